/* SPDX-License-Identifier: Apache-2.0
 *
 * The region of interest as the feature classes see it: its bounding box, the voxels' values, and
 * their grey levels in a padded copy of the box.
 */
#ifndef DLRN_RADIOMICS_ROI_H
#define DLRN_RADIOMICS_ROI_H

#include "radiomics/ranks.h"
#include "radiomics/runs.h"
#include "radiomics/settings.h"

/* The region within its bounding box, the same for every image type. Order of axes x, y, z; memory
 * [z][y][x]. */
typedef struct dlrn_region {
    dlrn_runs runs; /* in the box, whose size is runs.dim */
    size_t n;       /* voxels */
    int64_t lo[3];  /* the box in the mask */
    size_t *block;  /* first run of each block of work, and the end [n_blocks + 1] */
    size_t n_blocks;
} dlrn_region;

/* lo[3], size[3]: the mask's box. */
DLRN_MUST_CHECK dlrn_status dlrn_region_make(dlrn_region *out, const dlrn_mask *mask,
                                             const int64_t lo[3], const int64_t size[3],
                                             dlrn_error *err);
void dlrn_region_clear(dlrn_region *r);

/* The values of an image in the region; image and region are borrowed. */
typedef struct dlrn_roi {
    const dlrn_region *region;
    dlrn_piece *piece;   /* values of each run [region->runs.n] */
    double min, max;     /* NaN is passed over */
    size_t n_not_finite; /* values that are NaN or infinite */
    bool whole;          /* all are whole numbers */
    int ndim;
    double spacing_mm[3];
    dlrn_pixel stored;
    int threads; /* that share the work on a large region's values; no more than its blocks */
} dlrn_roi;

/* The image holds the box alone, or has the mask's size. */
DLRN_MUST_CHECK dlrn_status dlrn_roi_make(dlrn_roi *out, const dlrn_image *image,
                                          const dlrn_region *region, int threads, dlrn_error *err);
void dlrn_roi_clear(dlrn_roi *r);

/* Values past the end of a row that may be read in blocks; their content does not matter. */
enum { DLRN_LEVELS_SLACK = 16 };

/* Voxels of the region that follow each other in the padded box. */
typedef struct dlrn_span {
    size_t start;
    uint32_t n;
} dlrn_span;

/* Grey levels in a padded copy of the box that holds 0 outside the region, so that no neighbour
 * needs a check of bounds. It holds their places among those that occur: the levels themselves
 * where all occur. */
typedef struct dlrn_levels {
    const dlrn_region *region;
    int32_t *place;     /* 1 + place in `present`, 0 outside [pad_dim[2]][pad_dim[1]][pad_dim[0]] */
    int64_t pad_dim[3]; /* box plus `pad` on both sides */
    int64_t pad;
    double spacing_mm[3];
    dlrn_span *span; /* the region's runs in it, in memory order [n_spans] */
    size_t n_spans;
    int32_t ng;       /* highest level */
    int32_t *present; /* levels that occur, ascending [n_present] */
    uint32_t *count;  /* voxels of each [n_present] */
    size_t n_present;
} dlrn_levels;

/* Levels by bin width or bin count, as numpy.digitize over PyRadiomics' edges. DLRN_EINVAL where
 * the bins would be more than 2^24, DLRN_ENUMERIC where their range is not finite. */
DLRN_MUST_CHECK dlrn_status dlrn_levels_make(dlrn_levels *out, const dlrn_roi *roi,
                                             const dlrn_rad_texture *t, dlrn_error *err);
void dlrn_levels_clear(dlrn_levels *l);
/* Values of the padded box, those after its last row included. */
size_t dlrn_levels_size(const dlrn_levels *l);

/* One step to a neighbour. */
typedef struct dlrn_step {
    int d[3];       /* x, y, z */
    int64_t offset; /* in the padded box */
} dlrn_step;

/* A window on the levels themselves: of the voxels around one stretch after the other. */
typedef struct dlrn_level_window {
    const dlrn_levels *levels;
    size_t reach; /* as far as one looks around */
    int32_t *of;  /* level of each place [n_present + 1]; NULL: places are levels */
    int32_t *v;   /* levels at places from..to-1 of the padded box */
    size_t from, to, cap;
} dlrn_level_window;

/* For who looks as far as these steps. */
DLRN_MUST_CHECK dlrn_status dlrn_level_window_new(dlrn_level_window *out, const dlrn_levels *l,
                                                  const dlrn_step *step, size_t n_steps,
                                                  dlrn_error *err);
void dlrn_level_window_clear(dlrn_level_window *w);
/* The levels of span s, and all that the steps reach from it; until the next call. */
const int32_t *dlrn_level_window_at(dlrn_level_window *w, const dlrn_span *s);

/* All steps of the Chebyshev distances in t (`near`: distance 1 only), half of them or all, with
 * |d| smaller than the box, and none along a forced axis. Caller frees. */
DLRN_MUST_CHECK dlrn_status dlrn_steps_make(dlrn_step **out, size_t *n, const dlrn_levels *l,
                                            const dlrn_rad_texture *t, bool near, bool half,
                                            dlrn_error *err);

/* The classes. Values in the order of the catalogue. All but the first need no values. */
DLRN_MUST_CHECK dlrn_status dlrn_firstorder(dlrn_rad_values *out, const dlrn_roi *roi,
                                            const dlrn_levels *l, const dlrn_rad_texture *t,
                                            dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_glcm(dlrn_rad_values *out, const dlrn_levels *l,
                                      const dlrn_rad_texture *t, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_glrlm(dlrn_rad_values *out, const dlrn_levels *l,
                                       const dlrn_rad_texture *t, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_glszm(dlrn_rad_values *out, const dlrn_levels *l,
                                       const dlrn_rad_texture *t, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_gldm(dlrn_rad_values *out, const dlrn_levels *l,
                                      const dlrn_rad_texture *t, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_ngtdm(dlrn_rad_values *out, const dlrn_levels *l,
                                       const dlrn_rad_texture *t, dlrn_error *err);

#endif
