/* SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers that the files of this folder share.
 */
#ifndef DLRN_IMAGE_COUNT_H
#define DLRN_IMAGE_COUNT_H

#include <dlrn/image.h>

/* The product of three sizes; DLRN_EFORMAT where one is below 1 or memory could never hold it. */
DLRN_MUST_CHECK dlrn_status dlrn_voxel_count(size_t *n, const int64_t dim[3], dlrn_error *err);

/* Gives an image without pixels its size, and unit spacing. */
void dlrn_image_shape(dlrn_image *im, int ndim, const int64_t dim[3]);

/* The pixels of raw in v. */
DLRN_MUST_CHECK dlrn_status dlrn_image_widen(dlrn_image *im, dlrn_error *err);

/* Percentile q (0..100) of v[0..n), linear at (n-1)q; n > 0, no NaN; v is reordered. */
double dlrn_percentile_of(double *v, size_t n, double q);

#endif
