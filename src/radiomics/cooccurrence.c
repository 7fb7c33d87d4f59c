/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/glcm.h"

#include <stdlib.h>
#include <string.h>

enum { DENSE_LEVELS = 2048 }; /* beyond, pairs are sorted instead of counted in a table */

void dlrn_cooccurrence_clear(dlrn_cooccurrence *c)
{
    free(c->table);
    free(c->weighted);
    free(c->keys);
    *c = (dlrn_cooccurrence){0};
}

dlrn_status dlrn_cooccurrence_new(dlrn_cooccurrence *c, const dlrn_levels *l, bool symmetrical,
                                  bool merge, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = l->n_present;
    *c = (dlrn_cooccurrence){.l = l, .symmetrical = symmetrical};
    if (n > DENSE_LEVELS && merge)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "weightingNorm with %zu grey levels; %d at most: choose a larger binWidth",
                         n, DENSE_LEVELS);
    if (merge) DLRN_TRY(dlrn_alloc_or_fail(&c->weighted, (n + 1) * (n + 1), err));
    if (n <= DENSE_LEVELS)
        DLRN_TRY(dlrn_alloc_or_fail(&c->table, (n + 1) * (n + 1), err));
    else
        DLRN_TRY(dlrn_alloc_or_fail(&c->keys, 2 * l->region->n, err));
done:
    return st;
}

static void count(dlrn_cooccurrence *c, const dlrn_step *step)
{
    const dlrn_levels *l = c->l;
    const size_t width = l->n_present + 1;
    uint32_t *table = c->table;
    memset(table, 0, width * width * sizeof *table);
    for (size_t s = 0; s < l->n_spans; s++) {
        const int32_t *p = l->place + l->span[s].start, *q = p + step->offset;
        const uint32_t n = l->span[s].n;
        for (uint32_t k = 0; k < n; k++)
            table[(size_t)p[k] * width + (size_t)q[k]]++;
    }
}

void dlrn_cooccurrence_add(dlrn_cooccurrence *c, const dlrn_step *step, double weight)
{
    const size_t width = c->l->n_present + 1;
    count(c, step);
    for (size_t k = 0; k < width * width; k++)
        c->weighted[k] += weight * c->table[k];
}

/* Room for `more` cells after those there are. */
static dlrn_status reserve(dlrn_pairs *out, size_t more, dlrn_error *err)
{
    return dlrn_grow(&out->cell, &out->cap, out->n + more, sizeof *out->cell, err);
}

dlrn_status dlrn_cooccurrence_sum(dlrn_pairs *out, dlrn_cooccurrence *c, dlrn_error *err)
{
    const size_t n = c->l->n_present, width = n + 1;
    out->n = 0;
    for (size_t i = 1; i <= n; i++) {
        const dlrn_status st = reserve(out, width, err);
        if (st != DLRN_OK) return st;
        for (size_t j = c->symmetrical ? i : 1; j <= n; j++) {
            const double there = c->weighted[i * width + j], back = c->weighted[j * width + i];
            const double p = c->symmetrical ? there + back : there;
            out->cell[out->n] = (dlrn_pair){(uint32_t)i - 1, (uint32_t)j - 1, p};
            out->n += p != 0;
        }
    }
    return DLRN_OK;
}

static dlrn_status cells_from_table(dlrn_pairs *out, const dlrn_cooccurrence *c, dlrn_error *err)
{
    const size_t n = c->l->n_present, width = n + 1;
    for (size_t i = 1; i <= n; i++) {
        const dlrn_status st = reserve(out, width, err);
        if (st != DLRN_OK) return st;
        const uint32_t *there = c->table + i * width, *back = c->table + i;
        dlrn_pair *to = out->cell + out->n;
        for (size_t j = c->symmetrical ? i : 1; j <= n; j++) {
            // written in any case, kept where it is not empty: no branch to guess
            const uint32_t p = there[j] + (c->symmetrical ? back[j * width] : 0);
            *to = (dlrn_pair){(uint32_t)i - 1, (uint32_t)j - 1, p};
            to += p != 0;
        }
        out->n = (size_t)(to - out->cell);
    }
    return DLRN_OK;
}

static int by_key(const void *a, const void *b)
{
    const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
    return p < q ? -1 : p > q;
}

static dlrn_status cells_from_sorting(dlrn_pairs *out, dlrn_cooccurrence *c, const dlrn_step *step,
                                      dlrn_error *err)
{
    const dlrn_levels *l = c->l;
    size_t n = 0;
    for (size_t s = 0; s < l->n_spans; s++) {
        const int32_t *p = l->place + l->span[s].start, *q = p + step->offset;
        for (uint32_t k = 0; k < l->span[s].n; k++) {
            const uint64_t i = (uint64_t)p[k] - 1, j = (uint64_t)q[k] - 1;
            if (!q[k]) continue;
            if (!c->symmetrical || i <= j) c->keys[n++] = i << 32 | j;
            if (c->symmetrical && j <= i) c->keys[n++] = j << 32 | i;
        }
    }
    if (n > 1) qsort(c->keys, n, sizeof *c->keys, by_key);
    for (size_t k = 0, end; k < n; k = end) {
        for (end = k; end < n && c->keys[end] == c->keys[k];)
            end++;
        const dlrn_status st = reserve(out, 1, err);
        if (st != DLRN_OK) return st;
        out->cell[out->n++] = (dlrn_pair){(uint32_t)(c->keys[k] >> 32),
                                          (uint32_t)(c->keys[k] & UINT32_MAX), (double)(end - k)};
    }
    return DLRN_OK;
}

dlrn_status dlrn_cooccurrence_one(dlrn_pairs *out, dlrn_cooccurrence *c, const dlrn_step *step,
                                  dlrn_error *err)
{
    out->n = 0;
    if (!c->table) return cells_from_sorting(out, c, step, err);
    count(c, step);
    return cells_from_table(out, c, err);
}
