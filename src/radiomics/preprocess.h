/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens to image and mask before the filters: PyRadiomics' normalize, resampling, cropping
 * and resegmentation.
 */
#ifndef DLRN_RADIOMICS_PREPROCESS_H
#define DLRN_RADIOMICS_PREPROCESS_H

#include <dlrn/image.h>

/* (x - mean) / sd over all voxels (sd with n - 1), clipped to +-outliers (NaN: not), times scale.
 * DLRN_ENUMERIC where all voxels are equal. */
DLRN_MUST_CHECK dlrn_status dlrn_pre_normalize(dlrn_image *io, double scale, double outliers,
                                               dlrn_error *err);

typedef enum dlrn_reseg_mode {
    DLRN_RESEG_ABSOLUTE,
    DLRN_RESEG_RELATIVE, /* of the maximum in the region */
    DLRN_RESEG_SIGMA     /* mean + sd * k of the region, sd with n */
} dlrn_reseg_mode;

/* Keeps the voxels of `io` whose value lies in the closed range (n 1: lower bound alone; 2: any
 * order). DLRN_EINVAL where one voxel or none is left. */
DLRN_MUST_CHECK dlrn_status dlrn_pre_resegment(dlrn_mask *io, const dlrn_image *im,
                                               const double *range, size_t n, dlrn_reseg_mode mode,
                                               dlrn_error *err);

/* Image and mask cut to the mask's box and `pad` voxels around it, within the image. `grid`: the
 * mask's geometry where it has one of its own, cut alike; NULL: none. */
DLRN_MUST_CHECK dlrn_status dlrn_pre_crop(dlrn_image *out, dlrn_mask *mask_out, dlrn_image *grid,
                                          const dlrn_image *im, const dlrn_mask *mask, int pad,
                                          dlrn_error *err);

/* Both at another spacing (0: that axis as it is; also where the region is one voxel thick), cut to
 * the region and `pad` voxels around it. `grid`: where the mask lies (its pixels are not looked
 * at), of as many dimensions as the image; the results lie in its directions. Interpolator of the
 * image: SimpleITK's name, NULL: sitkBSpline. Whole-number images stay so: clamped and cut off
 * toward 0, as ITK does. DLRN_EINVAL where the region leaves the image. */
DLRN_MUST_CHECK dlrn_status dlrn_pre_resample(dlrn_image *out, dlrn_mask *mask_out,
                                              const dlrn_image *im, const dlrn_mask *mask,
                                              const dlrn_image *grid, const double spacing_mm[3],
                                              const char *interpolator, int pad, dlrn_error *err);

#endif
