/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level size zone matrix (IBSI 3.8): zones by union-find over the earlier half of the
 * neighbours.
 */
#include "radiomics/sizes.h"

#include <stdlib.h>

#include "base/wide.h"

static uint32_t find(uint32_t *parent, uint32_t k)
{
    while (parent[k] != k) {
        parent[k] = parent[parent[k]];
        k = parent[k];
    }
    return k;
}

/* Zones in the making. Labels count from 1, by first voxel; the smaller of two that meet is the
 * root. */
typedef struct zones {
    uint32_t *label;  /* of each voxel, in the padded box */
    uint32_t *parent; /* [n + 1] */
    uint32_t *size;   /* voxels that took this label [n + 1] */
    int32_t *place;   /* of its level [n + 1] */
    uint32_t n;
} zones;

static void zones_clear(zones *z)
{
    free(z->label);
    free(z->parent);
    free(z->size);
    free(z->place);
}

static dlrn_status zones_new(zones *z, const dlrn_levels *l, dlrn_error *err)
{
    dlrn_status st;
    const size_t all = (size_t)(l->pad_dim[0] * l->pad_dim[1] * l->pad_dim[2]);
    const size_t most = l->region->n + 1;
    DLRN_TRY(dlrn_alloc_or_fail(&z->label, all, err));
    DLRN_TRY(dlrn_alloc_or_fail(&z->parent, most, err));
    DLRN_TRY(dlrn_alloc_or_fail(&z->size, most, err));
    DLRN_TRY(dlrn_alloc_or_fail(&z->place, most, err));
done:
    return st;
}

enum { BLOCK = 16 };

/* flag[k]: voxel p[k] has its level's equal among the earlier neighbours. */
DLRN_WIDE static void mark_joined(uint8_t flag[BLOCK], const int32_t *p, const dlrn_step *step,
                                  size_t n_steps)
{
    int32_t any[BLOCK] = {0};
    for (size_t a = 0; a < n_steps; a++) {
        const int32_t *q = p - step[a].offset;
        for (int k = 0; k < BLOCK; k++)
            any[k] |= q[k] == p[k];
    }
    for (int k = 0; k < BLOCK; k++)
        flag[k] = (uint8_t)any[k];
}

/* The label of a voxel that has equal neighbours: theirs, which are one zone from now on. */
static uint32_t join(zones *z, const int32_t *p, const uint32_t *label, const dlrn_step *step,
                     size_t n_steps)
{
    uint32_t mine = 0;
    for (size_t a = 0; a < n_steps; a++) {
        if (p[-step[a].offset] != *p) continue;
        const uint32_t other = label[-step[a].offset];
        if (other == mine) continue;
        const uint32_t root = find(z->parent, other);
        if (!mine) {
            mine = root;
        } else if (root < mine) {
            z->parent[mine] = root;
            mine = root;
        } else if (root > mine) {
            z->parent[root] = mine;
        }
    }
    return mine;
}

static void find_zones(zones *z, const dlrn_levels *l, const dlrn_step *step, size_t n_steps)
{
    for (size_t r = 0; r < l->n_spans; r++) {
        const int32_t *p = l->place + l->span[r].start;
        uint32_t *label = z->label + l->span[r].start;
        const uint32_t n = l->span[r].n;
        for (uint32_t at = 0; at < n; at += BLOCK) {
            uint8_t flag[BLOCK];
            mark_joined(flag, p + at, step, n_steps);
            for (uint32_t k = at; k < at + BLOCK && k < n; k++) {
                if (flag[k - at]) {
                    label[k] = join(z, p + k, label + k, step, n_steps);
                    z->size[label[k]]++;
                    continue;
                }
                label[k] = ++z->n;
                z->parent[z->n] = z->n;
                z->size[z->n] = 1;
                z->place[z->n] = p[k];
            }
        }
    }
}

/* Labels that met give their voxels to the root. */
static dlrn_status count_zones(dlrn_sizes *s, zones *z, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (uint32_t k = 1; k <= z->n; k++) {
        const uint32_t root = z->parent[k] = z->parent[z->parent[k]];
        if (root != k) z->size[root] += z->size[k];
    }
    for (uint32_t k = 1; k <= z->n; k++)
        if (z->parent[k] == k)
            DLRN_TRY(dlrn_sizes_add(s, (size_t)z->place[k] - 1, z->size[k], 1, err));
done:
    return st;
}

dlrn_status dlrn_glszm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                       const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    zones z = {0};
    dlrn_size_features f;
    size_t n_steps;
    (void)roi;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, true, true, err));
    DLRN_TRY(zones_new(&z, l, err));
    find_zones(&z, l, step, n_steps);
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    DLRN_TRY(count_zones(&s, &z, err));
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
