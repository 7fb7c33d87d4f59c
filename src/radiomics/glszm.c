/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level size zone matrix (IBSI 3.8): zones by union-find over the neighbours before
 * each voxel.
 */
#include "radiomics/sizes.h"

#include <stdlib.h>

#include "base/wide.h"

/* A zone in the making. Labels count by first voxel; the smaller of two that meet is the root. */
typedef struct zone {
    int32_t parent; /* of a root -(place of its level) */
    uint32_t size;  /* voxels that took this label */
} zone;

/* A neighbour before a voxel, and which of these neighbours touch it: where both are of the voxel's
 * level, the two have met already. */
typedef struct back {
    size_t offset;
    uint32_t touches; /* bit a: back[a], itself among them */
} back;

enum { MAX_BACK = 13 }; /* half of the neighbours in three dimensions */

typedef struct zones {
    zone *v; /* [n] */
    size_t n, cap;
    uint32_t *label;  /* of the last voxels, at their place & mask */
    size_t mask;      /* as far back as a neighbour may lie, and no farther */
    uint32_t *single; /* zones of one voxel, by place [n_present + 1] */
    back back[MAX_BACK];
    size_t n_back;
} zones;

static void zones_clear(zones *z)
{
    free(z->v);
    free(z->label);
    free(z->single);
}

/* The neighbours that touch most others first: one look at such a one is mostly enough. */
static void find_back(zones *z, const dlrn_step *step, size_t n_steps)
{
    uint32_t touches[MAX_BACK] = {0}, done = 0;
    size_t order[MAX_BACK];
    for (size_t a = 0; a < n_steps; a++)
        for (size_t b = 0; b < n_steps; b++) {
            bool near = true;
            for (int k = 0; k < 3; k++)
                near &= abs(step[a].d[k] - step[b].d[k]) <= 1;
            touches[a] |= (uint32_t)near << b;
        }
    for (; z->n_back < n_steps; z->n_back++) {
        size_t best = 0, most = 0;
        for (size_t a = 0; a < n_steps; a++) {
            const size_t count = (size_t)__builtin_popcount(touches[a]);
            if (done >> a & 1 || count <= most) continue;
            best = a;
            most = count;
        }
        done |= 1u << best;
        order[z->n_back] = best;
        z->back[z->n_back].offset = (size_t)step[best].offset;
    }
    for (size_t a = 0; a < n_steps; a++)
        for (size_t b = 0; b < n_steps; b++)
            z->back[a].touches |= (touches[order[a]] >> order[b] & 1) << b;
}

static dlrn_status zones_new(zones *z, const dlrn_levels *l, const dlrn_step *step, size_t n_steps,
                             dlrn_error *err)
{
    dlrn_status st;
    size_t length = 64; // and more than a block of voxels
    find_back(z, step, n_steps);
    for (size_t a = 0; a < n_steps; a++)
        while (length <= z->back[a].offset)
            length *= 2;
    z->mask = length - 1;
    DLRN_TRY(dlrn_alloc_or_fail(&z->label, length, err));
    DLRN_TRY(dlrn_alloc_or_fail(&z->single, l->n_present + 1, err));
done:
    return st;
}

static bool is_root(const zones *z, uint32_t k)
{
    return z->v[k].parent < 0;
}

static uint32_t find(const zones *z, uint32_t k)
{
    while (!is_root(z, k)) {
        const uint32_t up = (uint32_t)z->v[k].parent;
        if (is_root(z, up)) return up;
        z->v[k].parent = z->v[up].parent;
        k = (uint32_t)z->v[k].parent;
    }
    return k;
}

enum { BLOCK = 16 };

/* before[k]: which of the neighbours before voxel p[k] are of its level; after[k]: whether one
 * after it is. */
DLRN_WIDE static void mark_equals(int32_t before[BLOCK], int32_t after[BLOCK], const int32_t *p,
                                  const back *b, size_t n)
{
    const dlrn_eight p0 = *(const dlrn_eight *)p, p1 = *(const dlrn_eight *)(p + 8);
    dlrn_eight b0 = {0}, b1 = {0}, a0 = {0}, a1 = {0};
    for (size_t a = 0; a < n; a++) {
        const int32_t *q = p - b[a].offset, *r = p + b[a].offset, bit = 1 << a;
        b0 |= (*(const dlrn_eight *)q == p0) & bit;
        b1 |= (*(const dlrn_eight *)(q + 8) == p1) & bit;
        a0 |= *(const dlrn_eight *)r == p0;
        a1 |= *(const dlrn_eight *)(r + 8) == p1;
    }
    *(dlrn_eight *)before = b0;
    *(dlrn_eight *)(before + 8) = b1;
    *(dlrn_eight *)after = a0;
    *(dlrn_eight *)(after + 8) = a1;
}

/* The label of the voxel at a place that has equal neighbours before it (a bit for each): theirs,
 * one zone from now on. */
static uint32_t join(zones *z, size_t at, uint32_t equal)
{
    const back *b = &z->back[__builtin_ctz(equal)];
    uint32_t mine = z->label[(at - b->offset) & z->mask];
    for (equal &= ~b->touches; equal; equal &= ~b->touches) {
        b = &z->back[__builtin_ctz(equal)];
        const uint32_t one = find(z, mine), other = find(z, z->label[(at - b->offset) & z->mask]);
        mine = one < other ? one : other;
        if (one != other) z->v[one < other ? other : one].parent = (int32_t)mine;
    }
    z->v[mine].size++;
    return mine;
}

static dlrn_status find_zones(zones *z, const dlrn_levels *l, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t s = 0; s < l->n_spans; s++) {
        const size_t start = l->span[s].start;
        const int32_t *p = l->place + start;
        const uint32_t n = l->span[s].n;
        for (uint32_t from = 0; from < n; from += BLOCK) {
            int32_t before[BLOCK], after[BLOCK];
            mark_equals(before, after, p + from, z->back, z->n_back);
            DLRN_TRY(dlrn_grow(&z->v, &z->cap, z->n + BLOCK, sizeof *z->v, err));
            for (uint32_t k = from; k < from + BLOCK && k < n; k++) {
                if (before[k - from]) {
                    z->label[(start + k) & z->mask] =
                        join(z, start + k, (uint32_t)before[k - from]);
                } else if (after[k - from]) {
                    z->v[z->n] = (zone){-p[k], 1};
                    z->label[(start + k) & z->mask] = (uint32_t)z->n++;
                } else {
                    z->single[p[k]]++;
                }
            }
        }
    }
done:
    return st;
}

/* Labels that met give their voxels to the root. */
static dlrn_status count_zones(dlrn_sizes *s, zones *z, size_t n_present, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; k < z->n; k++)
        if (!is_root(z, (uint32_t)k)) z->v[find(z, (uint32_t)k)].size += z->v[k].size;
    for (size_t k = 0; k < z->n; k++)
        if (is_root(z, (uint32_t)k))
            DLRN_TRY(dlrn_sizes_add(s, (size_t)-z->v[k].parent - 1, z->v[k].size, 1, err));
    for (size_t k = 0; k < n_present; k++)
        if (z->single[k + 1]) DLRN_TRY(dlrn_sizes_add(s, k, 1, z->single[k + 1], err));
done:
    return st;
}

dlrn_status dlrn_glszm(dlrn_rad_values *out, const dlrn_levels *l, const dlrn_rad_texture *t,
                       dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    zones z = {0};
    dlrn_size_features f;
    size_t n_steps;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, true, true, err));
    DLRN_TRY(zones_new(&z, l, step, n_steps, err));
    DLRN_TRY(find_zones(&z, l, err));
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    DLRN_TRY(count_zones(&s, &z, l->n_present, err));
    DLRN_TRY(dlrn_sizes_features(&f, &s, l->present, err));
    const double values[] = {f.level_nonuniformity,
                             f.level_nonuniformity / f.n,
                             f.level_variance,
                             f.high,
                             f.large,
                             f.large_high,
                             f.large_low,
                             f.low,
                             f.size_nonuniformity,
                             f.size_nonuniformity / f.n,
                             f.small,
                             f.small_high,
                             f.small_low,
                             f.entropy,
                             f.n / f.voxels,
                             f.size_variance};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        out->v[k] = values[k];
done:
    free(step);
    zones_clear(&z);
    dlrn_sizes_clear(&s);
    return st;
}
