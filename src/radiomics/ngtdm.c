/* SPDX-License-Identifier: Apache-2.0
 *
 * Neighbouring grey tone difference matrix (IBSI 3.9). A voxel without neighbours counts with
 * difference 0, as in PyRadiomics.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>

#include "base/wide.h"

enum { BUSYNESS, COARSENESS, COMPLEXITY, CONTRAST, STRENGTH };

enum {
    BLOCK = 16, /* two times eight */
    STEPS = 64  /* the sum of as many levels is an int32_t */
};

/* Adds up the neighbours' levels and their number. */
DLRN_WIDE static void add_neighbours(double sum[BLOCK], double count[BLOCK], const int32_t *p,
                                     const dlrn_step *step, size_t n_steps)
{
    dlrn_eight s[2] = {{0}, {0}}, n[2] = {{0}, {0}};
    for (size_t a = 0; a < n_steps; a++) {
        const int32_t *q = p + step[a].offset;
        for (int k = 0; k < 2; k++) {
            const dlrn_eight v = *(const dlrn_eight *)(q + 8 * k);
            s[k] += v;
            n[k] -= v != 0;
        }
    }
    const int32_t *sums = (const int32_t *)s, *counts = (const int32_t *)n;
    for (int k = 0; k < BLOCK; k += 4) {
        *(dlrn_four *)(sum + k) +=
            __builtin_convertvector(*(const dlrn_four_ints *)(sums + k), dlrn_four);
        *(dlrn_four *)(count + k) +=
            __builtin_convertvector(*(const dlrn_four_ints *)(counts + k), dlrn_four);
    }
}

/* d[k]: |level - mean of the neighbours| of voxel p[k]; 0 without neighbours. */
DLRN_WIDE static void take_differences(double d[BLOCK], const int32_t *p, const double sum[BLOCK],
                                       const double count[BLOCK])
{
    for (int k = 0; k < BLOCK; k += 4) {
        const dlrn_four level =
            __builtin_convertvector(*(const dlrn_four_ints *)(p + k), dlrn_four);
        const dlrn_four n = *(const dlrn_four *)(count + k);
        const dlrn_four off = level - *(const dlrn_four *)(sum + k) / n;
        *(dlrn_four *)(d + k) = DLRN_WHERE(n > 0, DLRN_MAGNITUDES(off));
    }
}

/* s[k]: sum over the voxels of level k of |level - mean of the neighbours|. */
static dlrn_status differences(double *s, const dlrn_levels *l, const dlrn_step *step,
                               size_t n_steps, dlrn_error *err)
{
    dlrn_status st;
    dlrn_level_window w;
    DLRN_TRY(dlrn_level_window_new(&w, l, step, n_steps, err));
    for (size_t r = 0; r < l->n_spans; r++) {
        const int32_t *p = dlrn_level_window_at(&w, &l->span[r]);
        const int32_t *place = l->place + l->span[r].start;
        const uint32_t n = l->span[r].n;
        for (uint32_t at = 0; at < n; at += BLOCK) {
            double sum[BLOCK] = {0}, count[BLOCK] = {0}, d[BLOCK];
            for (size_t a = 0; a < n_steps; a += STEPS)
                add_neighbours(sum, count, p + at, step + a,
                               n_steps - a < STEPS ? n_steps - a : STEPS);
            take_differences(d, p + at, sum, count);
            for (uint32_t k = at; k < at + BLOCK && k < n; k++)
                s[place[k] - 1] += d[k - at];
        }
    }
done:
    dlrn_level_window_clear(&w);
    return st;
}

/* ---- sums over all pairs of levels, none of which visits them all ---- */

/* Levels that equally many voxels have, in their order. */
typedef struct group {
    const double *level, *s;
    size_t n;
    double count, total; /* voxels of each, sum of the levels */
} group;

typedef struct pairs {
    double *level, *s, *count; /* by count, then by level */
    double *key;
    size_t *order;
    group *group;
    size_t n, n_groups;
} pairs;

static void pairs_clear(pairs *p)
{
    free(p->level);
    free(p->s);
    free(p->count);
    free(p->key);
    free(p->order);
    free(p->group);
}

static dlrn_status pairs_make(pairs *p, const dlrn_levels *l, const double *s, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = l->n_present;
    *p = (pairs){.n = n};
    DLRN_TRY(dlrn_alloc_or_fail(&p->level, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->s, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->count, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->key, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->group, n, err));
    for (size_t a = 0; a < n; a++)
        p->key[a] = (double)l->count[a];
    dlrn_sort_index(p->order, p->key, n);
    for (size_t k = 0; k < n; k++) {
        const size_t a = p->order[k];
        p->level[k] = l->present[a];
        p->s[k] = s[a];
        p->count[k] = p->key[a];
        if (!k || p->count[k] != p->count[k - 1])
            p->group[p->n_groups++] = (group){p->level + k, p->s + k, 0, p->count[k], 0};
        p->group[p->n_groups - 1].n++;
        p->group[p->n_groups - 1].total += p->level[k];
    }
done:
    return st;
}

/* Sum over the levels i of g and j of h of s_i |i - j|. */
static double distances(const group *g, const group *h)
{
    double sum = 0, below = 0;
    size_t k = 0;
    for (size_t a = 0; a < g->n; a++) {
        const double i = g->level[a];
        while (k < h->n && h->level[k] <= i)
            below += h->level[k++];
        // whole numbers, so exact
        sum += g->s[a] * (i * (2 * (double)k - (double)h->n) + h->total - 2 * below);
    }
    return sum;
}

/* Sum of |i - j| (p_i s_i + p_j s_j) / (p_i + p_j): what depends on the probabilities is the same
 * for two groups, and there are fewer of them than the root of twice the voxels. */
static double complexity(const pairs *p)
{
    double sum = 0;
    for (size_t a = 0; a < p->n_groups; a++)
        for (size_t b = 0; b < p->n_groups; b++) {
            const group *g = &p->group[a], *h = &p->group[b];
            sum += 2 * g->count / (g->count + h->count) * distances(g, h);
        }
    return sum;
}

/* Sum of |i p_i - j p_j| over the pairs, each once: every gap of the ordered products by the pairs
 * that it parts. */
static double product_gaps(pairs *p, double voxels)
{
    double sum = 0;
    const double n = (double)p->n;
    for (size_t a = 0; a < p->n; a++)
        p->key[a] = p->level[a] * (p->count[a] / voxels);
    dlrn_sort_index(p->order, p->key, p->n);
    for (size_t k = 1; k < p->n; k++)
        sum += (p->key[p->order[k]] - p->key[p->order[k - 1]]) * ((double)k * (n - (double)k));
    return sum;
}

/* Sums over the pairs, each once, of p_i p_j (i - j)^2 and (p_i + p_j) (i - j)^2, by way of the
 * levels' means. */
static void squares(double *product, double *sum, const pairs *p, double voxels)
{
    const double n = (double)p->n;
    double mean = 0, weighted = 0, around = 0;
    *product = *sum = 0;
    for (size_t a = 0; a < p->n; a++) {
        mean += p->level[a] / n;
        weighted += p->level[a] * (p->count[a] / voxels);
    }
    for (size_t a = 0; a < p->n; a++)
        around += (p->level[a] - mean) * (p->level[a] - mean);
    for (size_t a = 0; a < p->n; a++) {
        const double q = p->count[a] / voxels, d = p->level[a] - mean, e = p->level[a] - weighted;
        *product += q * e * e;
        *sum += q * (n * d * d + around);
    }
}

static void features(double *v, pairs *p, double voxels)
{
    double sum_s = 0, sum_ps = 0, contrast, strength;
    for (size_t a = 0; a < p->n; a++) {
        sum_s += p->s[a];
        sum_ps += p->count[a] / voxels * p->s[a];
    }
    squares(&contrast, &strength, p, voxels);
    const double absolute = product_gaps(p, voxels);
    const double n_pairs = (double)p->n * (double)(p->n - 1);
    v[COARSENESS] = sum_ps != 0 ? 1 / sum_ps : 1e6;
    v[CONTRAST] = n_pairs != 0 ? 2 * contrast * sum_s / voxels / n_pairs : 0;
    v[BUSYNESS] = absolute != 0 ? sum_ps / (2 * absolute) : 0;
    v[COMPLEXITY] = complexity(p) / voxels;
    v[STRENGTH] = sum_s != 0 ? 2 * strength / sum_s : 0;
}

dlrn_status dlrn_ngtdm(dlrn_rad_values *out, const dlrn_levels *l, const dlrn_rad_texture *t,
                       dlrn_error *err)
{
    dlrn_status st;
    dlrn_step *step = NULL;
    double *s = NULL;
    pairs p = {0};
    size_t n_steps;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, false, false, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s, l->n_present, err));
    DLRN_TRY(differences(s, l, step, n_steps, err));
    DLRN_TRY(pairs_make(&p, l, s, err));
    features(out->v, &p, (double)l->region->n);
done:
    pairs_clear(&p);
    free(step);
    free(s);
    return st;
}
