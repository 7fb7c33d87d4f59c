/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of one grid at the voxels of another, by way of world coordinates as ITK's
 * ResampleImageFilter. A grid is the geometry of a dlrn_image; its pixels are not looked at.
 */
#ifndef DLRN_RADIOMICS_REGRID_H
#define DLRN_RADIOMICS_REGRID_H

#include <dlrn/image.h>

/* Fills out->v (allocated, geometry and pixel type set) with values of `im`, 0 outside it.
 * `interpolator`: SimpleITK's name, NULL: sitkBSpline. */
DLRN_MUST_CHECK dlrn_status dlrn_regrid_image(dlrn_image *out, const dlrn_image *im,
                                              const char *interpolator, dlrn_error *err);

/* The same of a mask that lies on `from`, nearest voxel, for the grid `to`. May leave no voxel. */
DLRN_MUST_CHECK dlrn_status dlrn_regrid_mask(dlrn_mask *out, const dlrn_mask *mask,
                                             const dlrn_image *from, const dlrn_image *to,
                                             dlrn_error *err);

/* World coordinates of a place in voxels. */
void dlrn_grid_to_world(double world[3], const dlrn_image *grid, const double at[3]);

/* True where the two grids are the same, bit for bit. */
bool dlrn_grid_equal(const dlrn_image *a, const dlrn_image *b);

/* PyRadiomics' check before a mask is resampled: DLRN_EINVAL where the region's box (half a voxel
 * around its outer voxels' centres, and 0.001 more) leaves the image. */
DLRN_MUST_CHECK dlrn_status dlrn_region_inside(const dlrn_image *image, const dlrn_image *grid,
                                               const int64_t lo[3], const int64_t size[3],
                                               dlrn_error *err);

#endif
