/* SPDX-License-Identifier: Apache-2.0
 *
 * A case after reading and checks, and the images that the enabled image types make of it.
 */
#ifndef DLRN_RADIOMICS_IMAGES_H
#define DLRN_RADIOMICS_IMAGES_H

#include "radiomics/collect.h"

/* Image and region, ready for filters. */
typedef struct dlrn_rad_case {
    dlrn_image image; /* .v may be borrowed */
    bool owns_image;
    dlrn_image grid;      /* geometry of the mask, as long as it may differ; .v NULL */
    dlrn_mask mask;       /* region of the textures */
    dlrn_mask shape_mask; /* region of the shape; .v NULL: the same */
    int64_t lo[3], size[3];
} dlrn_rad_case;

/* What a case is made of. */
typedef struct dlrn_rad_input {
    const dlrn_image *image, *labels;
    dlrn_image *spend_image, *spend_labels; /* the same where they may be spent, else NULL: their
                                               memory goes when nothing needs it */
} dlrn_rad_input;

/* Checks and preprocessing as the settings say; diagnostics go to `c`. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_case_make(dlrn_rad_case *out, dlrn_collect *c,
                                               const dlrn_radiomics *s, const dlrn_rad_input *in,
                                               const dlrn_exec *ex, dlrn_error *err);
void dlrn_rad_case_clear(dlrn_rad_case *c);
/* A copy of the pixels where they are borrowed, to be changed. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_own_pixels(dlrn_rad_case *c, dlrn_error *err);

/* The geometry of the mask: its own, or the image's where one of them does not know its spacing, or
 * where one is a 2-D file and the other one slice within geometryTolerance. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_place_mask(dlrn_rad_case *c, const dlrn_image *labels,
                                                const dlrn_radiomics *s, dlrn_error *err);
/* DLRN_EINVAL where mask and image differ in geometry, unless the settings let the mask be
 * resampled to the image (*corrected). */
DLRN_MUST_CHECK dlrn_status dlrn_rad_match_mask(bool *corrected, dlrn_rad_case *c,
                                                const dlrn_radiomics *s, const dlrn_exec *ex,
                                                dlrn_error *err);

/* Before the region is checked: normalize; then resampling or preCrop. Mask and image have the same
 * grid afterwards. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_prepare(dlrn_rad_case *c, dlrn_collect *out,
                                             const dlrn_radiomics *s, const dlrn_exec *ex,
                                             dlrn_error *err);
/* After it: resegmentRange gives the textures their own region. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_resegment(dlrn_rad_case *c, dlrn_collect *out,
                                               const dlrn_radiomics *s, dlrn_error *err);

/* One image that features are taken from. */
typedef struct dlrn_rad_image {
    char name[64];    /* "original", "wavelet-LH" */
    dlrn_image image; /* .v may be borrowed */
    bool owned;
    size_t choice; /* of the settings' image types */
} dlrn_rad_image;

void dlrn_rad_image_clear(dlrn_rad_image *im);

/* Takes over an image. */
typedef dlrn_status dlrn_rad_image_fn(void *user, const dlrn_rad_image *im, dlrn_error *err);

/* Gives fn the images of all image types in their order, each as soon as it is made. `at_once`: fn
 * is done with an image's pixels when it returns, so that the next image may lie there. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_each_image(const dlrn_radiomics *s, const dlrn_rad_case *c,
                                                bool at_once, dlrn_rad_image_fn *fn, void *user,
                                                const dlrn_exec *ex, dlrn_error *err);
/* The same for images of no particular pixels of these sizes: their names count. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_each_name(const dlrn_radiomics *s, int ndim,
                                               const int64_t dim[3], dlrn_rad_image_fn *fn,
                                               void *user, dlrn_error *err);

/* Whether a shape class applies to such an image. */
void dlrn_rad_has_shape(bool *has, const dlrn_radiomics *s, int ndim, const int64_t dim[3],
                        dlrn_rad_class id);
/* The class's values; *has is false, with a warning, where it does not apply. */
DLRN_MUST_CHECK dlrn_status dlrn_rad_shape(bool *has, dlrn_rad_values *v, const dlrn_radiomics *s,
                                           const dlrn_rad_case *c, dlrn_rad_class id,
                                           const dlrn_exec *ex, dlrn_error *err);

#endif
