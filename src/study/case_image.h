/* SPDX-License-Identifier: Apache-2.0
 *
 * One case's image and outline as the study sees them: MONOCHROME1 undone, the anterior side where
 * the settings want it, geometry agreed. The same function serves study and predict.
 */
#ifndef DLRN_STUDY_CASE_IMAGE_H
#define DLRN_STUDY_CASE_IMAGE_H

#include "study/config.h"

#include <dlrn/image.h>
#include <dlrn/radiomics.h>

/* Zero-init is valid. */
typedef struct case_image {
    dlrn_image image;
    dlrn_image labels; /* the mask file, all its labels */
    dlrn_mask mask;    /* the chosen label */
} case_image;

/* `facing`: the case's value in the facing column (left or right), NULL where there is none.
 * Messages begin with the file they are about. */
DLRN_MUST_CHECK dlrn_status case_image_read(case_image *out, const config_image *how,
                                            const char *image, const char *mask, int64_t label,
                                            const char *facing, dlrn_error *err);
void case_image_clear(case_image *c);

/* A copy of `settings` for this case: its label, and resampling to `spacing` mm where the image has
 * another one (an image that has it already is taken as it is). Freed by the caller. */
DLRN_MUST_CHECK dlrn_status case_image_settings(dlrn_radiomics **out,
                                                const dlrn_radiomics *settings, const case_image *c,
                                                int64_t label, double spacing, dlrn_error *err);

#endif
