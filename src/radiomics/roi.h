/* SPDX-License-Identifier: Apache-2.0
 *
 * The region of interest as the feature classes see it: its bounding box, the voxels' values, and
 * their grey levels in a padded copy of the box.
 */
#ifndef DLRN_RADIOMICS_ROI_H
#define DLRN_RADIOMICS_ROI_H

#include "radiomics/settings.h"

/* The crop to the bounding box. Order of axes x, y, z; memory [z][y][x]. */
typedef struct dlrn_roi {
    double *value;   /* values of the region's voxels, in memory order [n] */
    uint32_t *where; /* their places in the box [n] */
    size_t n;
    int64_t dim[3];
    int ndim;
    double spacing_mm[3];
    dlrn_pixel stored;
} dlrn_roi;

/* Cuts the box lo[3], size[3] out of image and mask (same size, or the image holds the box alone).
 */
DLRN_MUST_CHECK dlrn_status dlrn_roi_make(dlrn_roi *out, const dlrn_image *image,
                                          const dlrn_mask *mask, const int64_t lo[3],
                                          const int64_t size[3], dlrn_error *err);
void dlrn_roi_clear(dlrn_roi *r);

/* Grey levels. A padded copy of the box holds 0 outside the region, so that no neighbour needs a
 * check of bounds. */
typedef struct dlrn_levels {
    int32_t *level;     /* 1..ng, 0 outside [pad_dim[2]][pad_dim[1]][pad_dim[0]] */
    int32_t *index;     /* place in `present`, n_present outside; same shape */
    int64_t pad_dim[3]; /* box plus `pad` on both sides */
    int64_t pad;
    uint32_t *where; /* the region's voxels in the padded box, in memory order [n] */
    int32_t *of;     /* their levels [n] */
    size_t n;
    int32_t ng;       /* highest level */
    int32_t *present; /* levels that occur, ascending [n_present] */
    uint32_t *count;  /* voxels of each [n_present] */
    size_t n_present;
} dlrn_levels;

/* Levels by bin width or bin count, as numpy.digitize over PyRadiomics' edges. DLRN_EINVAL where
 * the bins would be more than 2^24. */
DLRN_MUST_CHECK dlrn_status dlrn_levels_make(dlrn_levels *out, const dlrn_roi *roi,
                                             const dlrn_rad_texture *t, dlrn_error *err);
void dlrn_levels_clear(dlrn_levels *l);

/* One step to a neighbour. */
typedef struct dlrn_step {
    int d[3];       /* x, y, z */
    int64_t offset; /* in the padded box */
} dlrn_step;

/* All steps of the Chebyshev distances in t (`near`: distance 1 only), half of them or all, with
 * |d| smaller than the box, and none along a forced axis. Caller frees. */
DLRN_MUST_CHECK dlrn_status dlrn_steps_make(dlrn_step **out, size_t *n, const dlrn_levels *l,
                                            const int64_t dim[3], const dlrn_rad_texture *t,
                                            bool near, bool half, dlrn_error *err);

/* The classes. Values in the order of the catalogue. */
DLRN_MUST_CHECK dlrn_status dlrn_firstorder(dlrn_rad_values *out, const dlrn_roi *roi,
                                            const dlrn_levels *l, const dlrn_rad_texture *t,
                                            dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_glcm(dlrn_rad_values *out, const dlrn_roi *roi,
                                      const dlrn_levels *l, const dlrn_rad_texture *t,
                                      dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_glrlm(dlrn_rad_values *out, const dlrn_roi *roi,
                                       const dlrn_levels *l, const dlrn_rad_texture *t,
                                       dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_glszm(dlrn_rad_values *out, const dlrn_roi *roi,
                                       const dlrn_levels *l, const dlrn_rad_texture *t,
                                       dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_gldm(dlrn_rad_values *out, const dlrn_roi *roi,
                                      const dlrn_levels *l, const dlrn_rad_texture *t,
                                      dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_ngtdm(dlrn_rad_values *out, const dlrn_roi *roi,
                                       const dlrn_levels *l, const dlrn_rad_texture *t,
                                       dlrn_error *err);

/* -p log2(p + eps), eps = 2^-52: PyRadiomics' entropies. */
double dlrn_entropy_term(double p);

#endif
