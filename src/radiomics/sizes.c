/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/sizes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/entropy.h"

dlrn_status dlrn_sizes_new(dlrn_sizes *s, size_t n_levels, dlrn_error *err)
{
    *s = (dlrn_sizes){.n_levels = n_levels};
    return dlrn_alloc_or_fail(&s->near, n_levels * DLRN_SIZES_NEAR, err);
}

void dlrn_sizes_reset(dlrn_sizes *s)
{
    memset(s->near, 0, s->n_levels * DLRN_SIZES_NEAR * sizeof *s->near);
    s->n_far = 0;
    s->longest = 0;
}

void dlrn_sizes_clear(dlrn_sizes *s)
{
    free(s->near);
    free(s->far);
    *s = (dlrn_sizes){0};
}

dlrn_status dlrn_sizes_add_far(dlrn_sizes *s, size_t level, size_t size, double weight,
                               dlrn_error *err)
{
    const dlrn_status st = dlrn_grow(&s->far, &s->cap_far, s->n_far + 1, sizeof *s->far, err);
    if (st == DLRN_OK)
        s->far[s->n_far++] = (dlrn_size_cell){(uint32_t)level, (uint32_t)size, weight};
    return st;
}

static int by_level_and_size(const void *a, const void *b)
{
    const dlrn_size_cell *p = a, *q = b;
    if (p->level != q->level) return p->level < q->level ? -1 : 1;
    return p->size < q->size ? -1 : p->size > q->size;
}

static void merge_far(dlrn_sizes *s)
{
    size_t n = 0;
    if (s->n_far > 1) qsort(s->far, s->n_far, sizeof *s->far, by_level_and_size);
    for (size_t i = 0; i < s->n_far; i++) {
        if (n > 0 && s->far[n - 1].level == s->far[i].level && s->far[n - 1].size == s->far[i].size)
            s->far[n - 1].weight += s->far[i].weight;
        else
            s->far[n++] = s->far[i];
    }
    s->n_far = n;
}

/* What a level's cells add up to. */
typedef struct level_sums {
    double by_inverse, by_square; /* sum w / j^2, sum w j^2 */
} level_sums;

static inline void add_cell(level_sums *sums, dlrn_entropy *e, size_t size, double weight)
{
    const double square = (double)size * (double)size;
    sums->by_inverse += weight / square;
    sums->by_square += weight * square;
    dlrn_entropy_add(e, weight, 1);
}

static void add_level(dlrn_size_features *f, const level_sums *sums, double i)
{
    const double square = i * i;
    f->small_low += sums->by_inverse / square;
    f->small_high += sums->by_inverse * square;
    f->large_low += sums->by_square / square;
    f->large_high += sums->by_square * square;
}

static void level_margin(dlrn_size_features *f, const double *margin, const int32_t *present,
                         size_t n)
{
    double mean = 0;
    for (size_t k = 0; k < n; k++) {
        const double i = present[k], w = margin[k];
        f->level_nonuniformity += w * w;
        f->low += w / (i * i);
        f->high += w * (i * i);
        mean += w / f->n * i;
    }
    for (size_t k = 0; k < n; k++)
        f->level_variance += margin[k] / f->n * (present[k] - mean) * (present[k] - mean);
}

static int by_size_and_level(const void *a, const void *b)
{
    const dlrn_size_cell *p = a, *q = b;
    if (p->size != q->size) return p->size < q->size ? -1 : 1;
    return p->level < q->level ? -1 : p->level > q->level;
}

/* Weights of the sizes that occur, ascending: margin[*n], of all levels, so that theirs mean
 * nothing. near[]: those in the table. The cells beyond it lose their order. */
static dlrn_status find_size_margin(dlrn_size_cell **margin, size_t *n, dlrn_sizes *s,
                                    const double near[DLRN_SIZES_NEAR], dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(margin, DLRN_SIZES_NEAR + s->n_far, err));
    *n = 0;
    for (uint32_t j = 0; j < DLRN_SIZES_NEAR; j++)
        if (near[j] != 0) (*margin)[(*n)++] = (dlrn_size_cell){0, j + 1, near[j]};
    if (s->n_far > 1) qsort(s->far, s->n_far, sizeof *s->far, by_size_and_level);
    for (size_t i = 0; i < s->n_far; i++) {
        if (*n > 0 && (*margin)[*n - 1].size == s->far[i].size)
            (*margin)[*n - 1].weight += s->far[i].weight;
        else
            (*margin)[(*n)++] = s->far[i];
    }
done:
    return st;
}

static void size_margin(dlrn_size_features *f, const dlrn_size_cell *margin, size_t n)
{
    double mean = 0;
    for (size_t k = 0; k < n; k++) {
        const double j = margin[k].size, w = margin[k].weight;
        f->size_nonuniformity += w * w;
        f->small += w / (j * j);
        f->large += w * (j * j);
        f->voxels += w * j;
        mean += w / f->n * j;
    }
    for (size_t k = 0; k < n; k++)
        f->size_variance +=
            margin[k].weight / f->n * (margin[k].size - mean) * (margin[k].size - mean);
}

static void divide_by_n(dlrn_size_features *f)
{
    double *all[] = {&f->small,     &f->large,     &f->level_nonuniformity, &f->size_nonuniformity,
                     &f->low,       &f->high,      &f->small_low,           &f->small_high,
                     &f->large_low, &f->large_high};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        *all[k] /= f->n;
}

dlrn_status dlrn_sizes_features(dlrn_size_features *out, dlrn_sizes *s, const int32_t *present,
                                dlrn_error *err)
{
    dlrn_status st;
    dlrn_size_features f = {0};
    double *by_level = NULL, near[DLRN_SIZES_NEAR] = {0};
    dlrn_size_cell *by_size = NULL;
    size_t n_sizes;
    merge_far(s);
    DLRN_TRY(dlrn_alloc_or_fail(&by_level, s->n_levels, err));
    const size_t width = s->longest < DLRN_SIZES_NEAR ? s->longest : DLRN_SIZES_NEAR;
    for (size_t k = 0; k < s->n_levels; k++)
        for (size_t j = 0; j < width; j++)
            by_level[k] += s->near[k * DLRN_SIZES_NEAR + j];
    for (size_t i = 0; i < s->n_far; i++)
        by_level[s->far[i].level] += s->far[i].weight;
    for (size_t k = 0; k < s->n_levels; k++)
        f.n += by_level[k];
    size_t far = 0;
    dlrn_entropy e = {.total = f.n};
    for (size_t k = 0; k < s->n_levels && f.n > 0; k++) {
        level_sums sums = {0, 0};
        for (size_t j = 0; j < width; j++) {
            const double w = s->near[k * DLRN_SIZES_NEAR + j];
            near[j] += w;
            if (w != 0) add_cell(&sums, &e, j + 1, w);
        }
        for (; far < s->n_far && s->far[far].level == k; far++)
            add_cell(&sums, &e, s->far[far].size, s->far[far].weight);
        add_level(&f, &sums, present[k]);
    }
    f.entropy = dlrn_entropy_sum(&e);
    level_margin(&f, by_level, present, s->n_levels);
    DLRN_TRY(find_size_margin(&by_size, &n_sizes, s, near, err));
    size_margin(&f, by_size, n_sizes);
    divide_by_n(&f);
    *out = f;
done:
    free(by_level);
    free(by_size);
    return st;
}
