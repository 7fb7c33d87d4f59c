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
static void differences(double *s, const dlrn_levels *l, const dlrn_step *step, size_t n_steps)
{
    for (size_t r = 0; r < l->n_spans; r++) {
        const int32_t *p = l->level + l->span[r].start, *place = l->place + l->span[r].start;
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
}

static void features(double *v, const dlrn_levels *l, const double *s)
{
    const double n = (double)l->region->n;
    double sum_s = 0, sum_ps = 0, contrast = 0, absolute = 0, complexity = 0, strength = 0;
    for (size_t a = 0; a < l->n_present; a++) {
        const double p = l->count[a] / n, i = l->present[a];
        sum_s += s[a];
        sum_ps += p * s[a];
        // each pair once: all sums are symmetrical
        for (size_t b = 0; b < a; b++) {
            const double q = l->count[b] / n, j = l->present[b], d = i - j;
            contrast += p * q * d * d;
            absolute += fabs(i * p - j * q);
            complexity += d * (p * s[a] + q * s[b]) / (p + q);
            strength += (p + q) * d * d;
        }
    }
    const double pairs = (double)l->n_present * (double)(l->n_present - 1);
    v[COARSENESS] = sum_ps != 0 ? 1 / sum_ps : 1e6;
    v[CONTRAST] = pairs != 0 ? 2 * contrast * sum_s / n / pairs : 0;
    v[BUSYNESS] = absolute != 0 ? sum_ps / (2 * absolute) : 0;
    v[COMPLEXITY] = 2 * complexity / n;
    v[STRENGTH] = sum_s != 0 ? 2 * strength / sum_s : 0;
}

dlrn_status dlrn_ngtdm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                       const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_step *step = NULL;
    double *s = NULL;
    size_t n_steps;
    (void)roi;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, false, false, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s, l->n_present, err));
    differences(s, l, step, n_steps);
    features(out->v, l, s);
done:
    free(step);
    free(s);
    return st;
}
