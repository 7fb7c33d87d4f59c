/* SPDX-License-Identifier: Apache-2.0
 *
 * Normalising, resampling or cropping, and resegmenting a case, in PyRadiomics' order.
 */
#include "radiomics/images.h"
#include "radiomics/preprocess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Takes over a new image in place of the case's. */
static void replace_image(dlrn_rad_case *c, const dlrn_image *image)
{
    if (c->owns_image) dlrn_image_clear(&c->image);
    c->image = *image;
    c->owns_image = true;
}

static dlrn_status normalize(dlrn_rad_case *c, const dlrn_radiomics *s, dlrn_error *err)
{
    dlrn_status st;
    if (!dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_NORMALIZE)) return DLRN_OK;
    DLRN_TRY(dlrn_rad_own_pixels(c, err));
    DLRN_TRY(dlrn_pre_normalize(&c->image, dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_NORMALIZE_SCALE),
                                dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_REMOVE_OUTLIERS), err));
done:
    return st;
}

/* Both at another spacing, or both cut to the region. */
static dlrn_status resample_or_crop(bool *resampled, dlrn_rad_case *c, const dlrn_radiomics *s,
                                    const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_image image = {0};
    dlrn_mask mask = {0};
    const dlrn_rad_value *to = dlrn_rad_get(s, SIZE_MAX, DLRN_RAD_RESAMPLED_PIXEL_SPACING);
    const char *interpolator = dlrn_rad_word(s, SIZE_MAX, DLRN_RAD_INTERPOLATOR);
    const int pad = (int)dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_PAD_DISTANCE);
    *resampled = !to->null && to->n > 0 && interpolator && *interpolator;
    if (*resampled) {
        double spacing[3] = {0, 0, 0};
        if (to->n < c->image.ndim) {
            st = dlrn_fail(err, DLRN_EINVAL,
                           "resampledPixelSpacing has %d number%s, the image %d dimensions: give "
                           "one for each (0 keeps an axis)",
                           to->n, to->n == 1 ? "" : "s", c->image.ndim);
            goto done;
        }
        for (int k = 0; k < c->image.ndim && k < to->n; k++)
            spacing[k] = to->v[k];
        st = dlrn_pre_resample(&image, &mask, &c->image, &c->mask, &c->grid, spacing, interpolator,
                               pad, err);
        if (st != DLRN_OK) {
            dlrn_error_prefix(err, "resampledPixelSpacing: ");
            goto done;
        }
    } else if (dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_PRE_CROP)) {
        bool corrected; // without diagnostics, as in PyRadiomics
        DLRN_TRY(dlrn_rad_match_mask(&corrected, c, s, ex, err));
        DLRN_TRY(dlrn_pre_crop(&image, &mask, &c->grid, &c->image, &c->mask, pad, err));
    } else {
        goto done;
    }
    replace_image(c, &image);
    dlrn_mask_clear(&c->mask);
    c->mask = mask;
    if (*resampled) {
        c->grid = c->image;
        c->grid.v = NULL;
    }
done:
    return st;
}

static dlrn_status diagnose(dlrn_collect *out, const dlrn_radiomics *s, const dlrn_rad_case *c,
                            const char *prefix, bool image, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (!dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_ADDITIONAL_INFO)) return DLRN_OK;
    if (image) DLRN_TRY(dlrn_diagnose_image(out, &c->image, prefix, err));
    DLRN_TRY(dlrn_diagnose_mask(out, &c->grid, &c->mask, NULL, &c->image, prefix, err));
done:
    return st;
}

dlrn_status dlrn_rad_prepare(dlrn_rad_case *c, dlrn_collect *out, const dlrn_radiomics *s,
                             const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    bool resampled, corrected;
    DLRN_TRY(normalize(c, s, err));
    DLRN_TRY(resample_or_crop(&resampled, c, s, ex, err));
    if (resampled) DLRN_TRY(diagnose(out, s, c, "interpolated", true, err));
    DLRN_TRY(dlrn_rad_match_mask(&corrected, c, s, ex, err));
    if (corrected) DLRN_TRY(diagnose(out, s, c, "corrected", false, err));
done:
    return st;
}

dlrn_status dlrn_rad_resegment(dlrn_rad_case *c, dlrn_collect *out, const dlrn_radiomics *s,
                               dlrn_error *err)
{
    static const char *const modes[] = {"absolute", "relative", "sigma"};
    dlrn_status st;
    dlrn_reseg_mode mode = DLRN_RESEG_ABSOLUTE;
    const dlrn_rad_value *range = dlrn_rad_get(s, SIZE_MAX, DLRN_RAD_RESEGMENT_RANGE);
    const char *word = dlrn_rad_word(s, SIZE_MAX, DLRN_RAD_RESEGMENT_MODE);
    const size_t n = (size_t)(c->mask.dim[0] * c->mask.dim[1] * c->mask.dim[2]);
    if (range->null || range->n == 0) return DLRN_OK;
    for (int k = 0; k < 3; k++)
        if (word && !strcmp(word, modes[k])) mode = (dlrn_reseg_mode)k;
    if (!dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_RESEGMENT_SHAPE)) {
        DLRN_TRY(dlrn_alloc_or_fail(&c->shape_mask.v, n, err));
        memcpy(c->shape_mask.v, c->mask.v, n);
        memcpy(c->shape_mask.dim, c->mask.dim, sizeof c->mask.dim);
    }
    DLRN_TRY(dlrn_pre_resegment(&c->mask, &c->image, range->v, range->n, mode, err));
    // as PyRadiomics: the box is the new region's, for the shape of the old one too
    dlrn_mask_box(&c->mask, c->lo, c->size);
    DLRN_TRY(diagnose(out, s, c, "resegmented", false, err));
done:
    return st;
}
