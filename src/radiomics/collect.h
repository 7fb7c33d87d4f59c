/* SPDX-License-Identifier: Apache-2.0
 *
 * Building a dlrn_features.
 */
#ifndef DLRN_RADIOMICS_COLLECT_H
#define DLRN_RADIOMICS_COLLECT_H

#include "radiomics/settings.h"

typedef struct dlrn_collect {
    dlrn_features f;
    size_t cap_name, cap_value, cap_reason, cap_info_name, cap_info_text;
} dlrn_collect;

/* reason may be NULL. */
DLRN_MUST_CHECK dlrn_status dlrn_collect_feature(dlrn_collect *c, const char *name, double value,
                                                 const char *reason, dlrn_error *err);
/* "diagnostics_" + name. */
DLRN_MUST_CHECK dlrn_status dlrn_collect_info(dlrn_collect *c, const char *name, const char *text,
                                              dlrn_error *err);
/* The features of choice `class_index` on the image `image_name`, from the class's values. */
DLRN_MUST_CHECK dlrn_status dlrn_collect_class(dlrn_collect *c, const dlrn_radiomics *s,
                                               size_t class_index, const char *image_name,
                                               const dlrn_rad_values *v, dlrn_error *err);

/* diagnostics_*: versions and settings; one image; one mask (image NULL: without grey values). */
DLRN_MUST_CHECK dlrn_status dlrn_diagnose_program(dlrn_collect *c, const dlrn_radiomics *s,
                                                  dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_diagnose_image(dlrn_collect *c, const dlrn_image *image,
                                                const char *prefix, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_diagnose_mask(dlrn_collect *c, const dlrn_image *geometry,
                                               const dlrn_mask *mask, const dlrn_image *labels,
                                               const dlrn_image *image, const char *prefix,
                                               dlrn_error *err);

#endif
