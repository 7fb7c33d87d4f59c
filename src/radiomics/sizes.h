/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrices of level by size that GLRLM, GLSZM and GLDM share, kept sparse, and the features that
 * all three define alike.
 */
#ifndef DLRN_RADIOMICS_SIZES_H
#define DLRN_RADIOMICS_SIZES_H

#include "radiomics/roi.h"

enum { DLRN_SIZES_NEAR = 64 }; /* sizes up to this are counted in a dense table */

typedef struct dlrn_size_cell {
    uint32_t level; /* place in `present` */
    uint32_t size;
    double weight;
} dlrn_size_cell;

/* Counts by level and size. */
typedef struct dlrn_sizes {
    double *near; /* [n_levels][DLRN_SIZES_NEAR] */
    size_t n_levels;
    dlrn_size_cell *far; /* sizes beyond, one entry each until they are merged [n_far] */
    size_t n_far, cap_far;
    uint32_t longest;
} dlrn_sizes;

DLRN_MUST_CHECK dlrn_status dlrn_sizes_new(dlrn_sizes *s, size_t n_levels, dlrn_error *err);
void dlrn_sizes_reset(dlrn_sizes *s);
void dlrn_sizes_clear(dlrn_sizes *s);
DLRN_MUST_CHECK dlrn_status dlrn_sizes_add_far(dlrn_sizes *s, size_t level, size_t size,
                                               double weight, dlrn_error *err);

static inline dlrn_status dlrn_sizes_add(dlrn_sizes *s, size_t level, size_t size, double weight,
                                         dlrn_error *err)
{
    if (size > s->longest) s->longest = (uint32_t)size;
    if (size <= DLRN_SIZES_NEAR) {
        s->near[level * DLRN_SIZES_NEAR + size - 1] += weight;
        return DLRN_OK;
    }
    return dlrn_sizes_add_far(s, level, size, weight, err);
}

/* What the three classes have in common; i: level, j: size, n: number of entries. */
typedef struct dlrn_size_features {
    double n, voxels; /* sum P, sum P j */
    double small, large, level_nonuniformity, size_nonuniformity;
    double level_variance, size_variance, entropy, low, high;
    double small_low, small_high, large_low, large_high;
} dlrn_size_features;

/* All NaN where there is no entry. */
DLRN_MUST_CHECK dlrn_status dlrn_sizes_features(dlrn_size_features *out, dlrn_sizes *s,
                                                const int32_t *present, dlrn_error *err);

#endif
