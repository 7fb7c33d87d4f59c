/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level size zone matrix (IBSI 3.8): zones by union-find over the earlier half of the
 * neighbours.
 */
#include "radiomics/sizes.h"

#include <stdlib.h>

static uint32_t find(uint32_t *parent, uint32_t k)
{
    while (parent[k] != k) {
        parent[k] = parent[parent[k]];
        k = parent[k];
    }
    return k;
}

/* Sizes of the zones, at the root of each; 0 elsewhere. */
static dlrn_status zones(uint32_t *size, const dlrn_levels *l, const dlrn_step *step,
                         size_t n_steps, dlrn_error *err)
{
    dlrn_status st;
    uint32_t *parent = NULL, *rank = NULL;
    const size_t all = (size_t)(l->pad_dim[0] * l->pad_dim[1] * l->pad_dim[2]);
    DLRN_TRY(dlrn_alloc_or_fail(&parent, l->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&rank, all, err)); // a voxel's place in the list
    for (size_t k = 0; k < l->n; k++) {
        const int32_t *at = l->index + l->where[k];
        uint32_t root = (uint32_t)k;
        rank[l->where[k]] = root;
        parent[k] = root;
        for (size_t a = 0; a < n_steps; a++) {
            if (at[-step[a].offset] != *at) continue;
            const uint32_t other = find(parent, rank[(int64_t)l->where[k] - step[a].offset]);
            // the smaller root stays: roots are first voxels, whatever the order of the steps
            if (other < root) {
                parent[root] = other;
                root = other;
            } else if (other > root) {
                parent[other] = root;
            }
        }
    }
    for (size_t k = 0; k < l->n; k++)
        size[find(parent, (uint32_t)k)]++;
done:
    free(parent);
    free(rank);
    return st;
}

dlrn_status dlrn_glszm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                       const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    uint32_t *size = NULL;
    dlrn_size_features f;
    size_t n_steps;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, roi->dim, t, true, true, err));
    DLRN_TRY(dlrn_alloc_or_fail(&size, l->n, err));
    DLRN_TRY(zones(size, l, step, n_steps, err));
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    for (size_t k = 0; k < l->n; k++)
        if (size[k]) DLRN_TRY(dlrn_sizes_add(&s, (size_t)l->index[l->where[k]], size[k], 1, err));
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
    free(size);
    dlrn_sizes_clear(&s);
    return st;
}
