/* SPDX-License-Identifier: Apache-2.0
 *
 * What 3-D and 2-D shape share: the padded crop of a mask, its covariance, and diameters of the
 * mesh. Mesh vertices lie half-way between a set and an unset voxel, so in doubled coordinates of
 * the padded crop they are whole numbers.
 */
#ifndef DLRN_RADIOMICS_SHAPE_BOX_H
#define DLRN_RADIOMICS_SHAPE_BOX_H

#include <string.h>

#include <dlrn/image.h>

/* The crop with one unset voxel around it: v[dim[2]][dim[1]][dim[0]], 0 or 1. */
typedef struct dlrn_shape_box {
    uint8_t *v;
    int64_t dim[3];
    int64_t n; /* voxels set */
} dlrn_shape_box;

DLRN_MUST_CHECK dlrn_status dlrn_shape_box_make(dlrn_shape_box *b, const dlrn_mask *mask,
                                                const int64_t lo[3], const int64_t size[3],
                                                dlrn_error *err);
void dlrn_shape_box_clear(dlrn_shape_box *b);

/* Eigenvalues, ascending, of the covariance (divisor n) of the set voxels' centres in mm; those in
 * (-1e-10, 0) become 0. */
DLRN_MUST_CHECK dlrn_status dlrn_shape_eigenvalues(double w[3], const dlrn_shape_box *b,
                                                   const double spacing_mm[3], dlrn_error *err);

/* Largest distance between mesh vertices: in planes of constant z, y and x (d[0..2]) and in space
 * (d[3]); 0 where there are none. */
DLRN_MUST_CHECK dlrn_status dlrn_shape_diameters(double d[4], const dlrn_shape_box *b,
                                                 const double spacing_mm[3], dlrn_error *err);

/* The next eight voxels of a row as one word. */
static inline uint64_t dlrn_eight_voxels(const uint8_t *v)
{
    uint64_t w;
    memcpy(&w, v, sizeof w);
    return w;
}

#endif
