/* SPDX-License-Identifier: Apache-2.0
 *
 * Shape features of a mask: 3-D (marching cubes) and 2-D (marching squares), as PyRadiomics defines
 * them. Lengths in mm, areas in mm^2, volumes in mm^3.
 */
#ifndef DLRN_RADIOMICS_SHAPE_H
#define DLRN_RADIOMICS_SHAPE_H

#include <dlrn/image.h>

/* All of PyRadiomics' `shape`; the last three are off by default there. NaN where an eigenvalue of
 * the covariance is negative beyond rounding, or where a quotient is undefined. */
typedef struct dlrn_shape3d {
    double mesh_volume, voxel_volume, surface_area, surface_volume_ratio, sphericity;
    double maximum_3d_diameter;
    double maximum_2d_diameter_slice, maximum_2d_diameter_column, maximum_2d_diameter_row;
    double major_axis_length, minor_axis_length, least_axis_length, elongation, flatness;
    double compactness1, compactness2, spherical_disproportion;
} dlrn_shape3d;

/* All of PyRadiomics' `shape2D`; the last is off by default there. */
typedef struct dlrn_shape2d {
    double mesh_surface, pixel_surface, perimeter, perimeter_surface_ratio, sphericity;
    double maximum_diameter, major_axis_length, minor_axis_length, elongation;
    double spherical_disproportion;
} dlrn_shape2d;

/* Shape of the voxels of `mask` inside the box lo[3], size[3] (x, y, z; clipped to the mask). The
 * mesh volume depends on where the box starts, as PyRadiomics' does: its mesh has cracks at
 * ambiguous faces, so give the region's own bounding box.
 * DLRN_EINVAL where the box holds no voxel. */
DLRN_MUST_CHECK dlrn_status dlrn_shape3d_compute(dlrn_shape3d *out, const dlrn_mask *mask,
                                                 const int64_t lo[3], const int64_t size[3],
                                                 const double spacing_mm[3], dlrn_error *err);

/* The same for one slice: size[axis] must be 1, where axis (0 x, 1 y, 2 z) is the one that is
 * dropped (2 for a 2-D image). DLRN_EINVAL otherwise. */
DLRN_MUST_CHECK dlrn_status dlrn_shape2d_compute(dlrn_shape2d *out, const dlrn_mask *mask,
                                                 const int64_t lo[3], const int64_t size[3],
                                                 const double spacing_mm[3], int axis,
                                                 dlrn_error *err);

#endif
