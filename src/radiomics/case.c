/* SPDX-License-Identifier: Apache-2.0
 *
 * From image and label image to a checked region (PyRadiomics' loadImage and checkMask).
 */
#include "radiomics/images.h"

#include "base/cpu.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void dlrn_rad_case_clear(dlrn_rad_case *c)
{
    if (c->owns_image) dlrn_image_clear(&c->image);
    dlrn_mask_clear(&c->mask);
    dlrn_mask_clear(&c->shape_mask);
    *c = (dlrn_rad_case){0};
}

/* What was done to the region before it is checked, and what to do where too little is left. */
typedef struct stage {
    const char *after, *advice;
} stage;
static const stage as_drawn = {"", "outline more"};
static const stage resampled = {" after resampling", "choose a finer resampledPixelSpacing"};
static const stage resegmented = {" after resegmentRange", "widen resegmentRange"};

static dlrn_status check_region(dlrn_rad_case *c, const dlrn_radiomics *s, const stage *at,
                                dlrn_error *err)
{
    const double least = dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_MINIMUM_ROI_SIZE);
    const int wanted = (int)dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_MINIMUM_ROI_DIMENSIONS);
    const size_t n = dlrn_mask_box(&c->mask, c->lo, c->size);
    int dims = 0;
    if (n == 0)
        return dlrn_fail(err, DLRN_EINVAL,
                         "the region has no voxel%s: it is thinner than the new spacing",
                         at->after);
    for (int k = 0; k < 3; k++)
        dims += c->size[k] > 1;
    if (dims == 0)
        return dlrn_fail(err, DLRN_EINVAL,
                         "the region%s is a single voxel; features need at least two: %s",
                         at->after, at->advice);
    if (dims < wanted)
        return dlrn_fail(err, DLRN_EINVAL,
                         "the region%s extends in %d dimension%s, minimumROIDimensions asks for "
                         "%d: %s, or lower it",
                         at->after, dims, dims == 1 ? "" : "s", wanted, at->advice);
    if (!isnan(least) && (double)n <= least)
        return dlrn_fail(err, DLRN_EINVAL,
                         "the region%s has %zu voxels, minimumROISize asks for more than %g: %s, "
                         "or lower it",
                         at->after, n, least, at->advice);
    return DLRN_OK;
}

/* Pixels of the region that are NaN, in a part of a row. */
DLRN_WIDE static size_t count_nan(const uint8_t *in, const double *v, size_t n)
{
    enum { LANES = 16 };
    uint64_t bad[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            bad[k] += (uint64_t)(v[i + k] != v[i + k]) & in[i + k];
    for (; i < n; i++)
        bad[0] += isnan(v[i]) && in[i];
    for (size_t k = 1; k < LANES; k++)
        bad[0] += bad[k];
    return bad[0];
}

/* PyRadiomics passes over them in some places and not in others: nobody wants such features. */
static void warn_of_nan(const dlrn_rad_case *c, const dlrn_exec *ex)
{
    const int64_t *d = c->mask.dim;
    size_t bad = 0;
    if (c->image.stored < DLRN_PIXEL_F32) return;
    for (int64_t z = c->lo[2]; z < c->lo[2] + c->size[2]; z++)
        for (int64_t y = c->lo[1]; y < c->lo[1] + c->size[1]; y++) {
            const int64_t at = (z * d[1] + y) * d[0] + c->lo[0];
            bad += count_nan(c->mask.v + at, c->image.v + at, (size_t)c->size[0]);
        }
    if (bad)
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "%zu of the region's %zu pixels are not numbers (NaN); features pass over them as "
                 "PyRadiomics' do: mend the image, or outline around them",
                 bad, dlrn_mask_box(&c->mask, NULL, NULL));
}

/* Whether anything that is computed of the image is in mm. */
static bool uses_mm(const dlrn_radiomics *s, const dlrn_image *im)
{
    bool mm = !dlrn_rad_get(s, SIZE_MAX, DLRN_RAD_RESAMPLED_PIXEL_SPACING)->null;
    for (size_t k = 0; k < s->n_images; k++)
        mm |= s->image[k].type == DLRN_RAD_LOG;
    for (size_t k = 0; k < s->n_classes; k++)
        mm |= s->class_[k].id == (im->ndim == 3 ? DLRN_RAD_SHAPE : DLRN_RAD_SHAPE2D);
    return mm;
}

/* PyRadiomics says neither, and nobody sees it in the features. */
static void warn_of_image(const dlrn_image *im, const dlrn_radiomics *s, const dlrn_exec *ex)
{
    if (im->inverted)
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "MONOCHROME1: in this image bright means little; its pixels are taken as stored, "
                 "so do not compare it with MONOCHROME2");
    if (!im->spacing_known && uses_mm(s, im))
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "the image has no pixel spacing: 1 mm stands in for shape, LoG and resampling");
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

static double percentile(const double *v, size_t n, double q)
{
    const double at = (double)(n - 1) * q / 100;
    const size_t k = (size_t)at;
    return k + 1 < n ? v[k] + (v[k + 1] - v[k]) * (at - (double)k) : v[k];
}

/* low..high becomes 0..255, and what lies beyond is held at the ends. */
DLRN_WIDE static void scale(double *v, size_t n, double low, double high)
{
    enum { LANES = 16 };
    const double range = high - low;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            const double x = (v[i + k] - low) / range;
            v[i + k] = 255 * (x < 0 ? 0 : x > 1 ? 1 : x);
        }
    for (; i < n; i++) {
        const double x = (v[i] - low) / range;
        v[i] = 255 * (x < 0 ? 0 : x > 1 ? 1 : x);
    }
}

dlrn_status dlrn_rad_own_pixels(dlrn_rad_case *c, dlrn_error *err)
{
    const size_t n = (size_t)(c->image.dim[0] * c->image.dim[1] * c->image.dim[2]);
    if (c->owns_image) return DLRN_OK;
    double *v = dlrn_alloc_uncleared(n, sizeof *v);
    if (!v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu pixels", n);
    memcpy(v, c->image.v, n * sizeof *v);
    c->image.v = v;
    c->owns_image = true;
    return DLRN_OK;
}

/* Grey values clipped to two percentiles inside the region's box and scaled to 0..255. */
static dlrn_status scale_to_box(dlrn_rad_case *c, const dlrn_rad_value *q, dlrn_error *err)
{
    dlrn_status st;
    double *box = NULL;
    const int64_t *d = c->image.dim;
    const size_t all = (size_t)(d[0] * d[1] * d[2]);
    const size_t n = (size_t)(c->size[0] * c->size[1] * c->size[2]);
    size_t k = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&box, n, err));
    for (int64_t z = 0; z < c->size[2]; z++)
        for (int64_t y = 0; y < c->size[1]; y++)
            for (int64_t x = 0; x < c->size[0]; x++)
                box[k++] = c->image.v[((c->lo[2] + z) * d[1] + c->lo[1] + y) * d[0] + c->lo[0] + x];
    for (k = 0; k < n; k++)
        if (!isfinite(box[k])) {
            st = dlrn_fail(err, DLRN_ENUMERIC,
                           "boxPercentiles: the box around the region holds pixels that are not "
                           "finite (NaN or infinite): mend the image");
            goto done;
        }
    qsort(box, n, sizeof *box, by_value);
    const double low = percentile(box, n, q->v[0]), high = percentile(box, n, q->v[1]);
    if (!(high > low)) {
        st =
            dlrn_fail(err, DLRN_ENUMERIC,
                      "boxPercentiles: the grey values in the box around the region are all %g, so "
                      "there is nothing to scale by: look at the image",
                      low);
        goto done;
    }
    DLRN_TRY(dlrn_rad_own_pixels(c, err));
    scale(c->image.v, all, low, high);
    c->image.stored = DLRN_PIXEL_F64;
done:
    free(box);
    return st;
}

static dlrn_status as_slice(dlrn_image *image, dlrn_error *err)
{
    if (image->dim[2] != 1)
        return dlrn_fail(err, DLRN_EINVAL,
                         "sliceAs2D (profile xray_2d) is for one radiograph; the image has %lld "
                         "slices: use the profile pyradiomics or a parameter file",
                         (long long)image->dim[2]);
    image->ndim = 2;
    return DLRN_OK;
}

static dlrn_status diagnose(dlrn_collect *c, const dlrn_radiomics *s, const dlrn_rad_case *one,
                            const dlrn_image *labels, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (!dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_ADDITIONAL_INFO)) return DLRN_OK;
    DLRN_TRY(dlrn_diagnose_program(c, s, err));
    DLRN_TRY(dlrn_diagnose_image(c, &one->image, "original", err));
    DLRN_TRY(dlrn_diagnose_mask(c, &one->grid, &one->mask, labels, NULL, "original", err));
done:
    return st;
}

/* Whether pixels outside the region's box count for anything. */
static bool needs_whole(const dlrn_radiomics *s)
{
    static const dlrn_rad_key whole[] = {DLRN_RAD_RESAMPLED_PIXEL_SPACING, DLRN_RAD_RESEGMENT_RANGE,
                                         DLRN_RAD_BOX_PERCENTILES};
    for (size_t k = 0; k < s->n_images; k++)
        if (s->image[k].type != DLRN_RAD_ORIGINAL) return true;
    for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
        if (!dlrn_rad_get(s, SIZE_MAX, whole[k])->null) return true;
    return dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_NORMALIZE) ||
           dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_PRE_CROP);
}

/* Pixels as doubles, from the rows of a box where there is one; nobody looks at the others. */
static dlrn_status widen(dlrn_rad_case *c, const dlrn_rad_input *in, const int64_t lo[3],
                         const int64_t size[3], dlrn_error *err)
{
    const int64_t *d = c->image.dim;
    const size_t n = (size_t)(d[0] * d[1] * d[2]);
    if (c->image.v) return DLRN_OK;
    double *v = dlrn_alloc_uncleared(n, sizeof *v);
    if (!v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu pixels", n);
    if (!lo) dlrn_image_values(v, &c->image, 0, n);
    for (int64_t z = 0; lo && z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const size_t at = (size_t)(((lo[2] + z) * d[1] + lo[1] + y) * d[0] + lo[0]);
            dlrn_image_values(v + at, &c->image, at, (size_t)size[0]);
        }
    c->image.v = v;
    c->image.raw = NULL;
    c->image.raw_owner = NULL;
    c->owns_image = true;
    if (in->spend_image) dlrn_image_clear(in->spend_image);
    return DLRN_OK;
}

dlrn_status dlrn_rad_case_make(dlrn_rad_case *out, dlrn_collect *c, const dlrn_radiomics *s,
                               const dlrn_rad_input *in, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image mask = *in->labels;
    double spacing_mm[3];
    const dlrn_rad_value *box = dlrn_rad_get(s, SIZE_MAX, DLRN_RAD_BOX_PERCENTILES);
    const double label = dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_LABEL);
    *out = (dlrn_rad_case){.image = *in->image};
    memcpy(spacing_mm, in->image->spacing_mm, sizeof spacing_mm);
    warn_of_image(in->image, s, ex);
    if (dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_SLICE_AS_2D)) {
        DLRN_TRY(as_slice(&out->image, err));
        DLRN_TRY(as_slice(&mask, err));
    }
    DLRN_TRY(dlrn_rad_place_mask(out, &mask, s, err));
    DLRN_TRY(dlrn_mask_from_image(&out->mask, &mask, (int64_t)label, err));
    DLRN_TRY(diagnose(c, s, out, &mask, err));
    if (in->spend_labels) dlrn_image_clear(in->spend_labels);
    if (needs_whole(s)) DLRN_TRY(widen(out, in, NULL, NULL, err));
    DLRN_TRY(dlrn_rad_prepare(out, c, s, ex, err));
    const bool same = memcmp(out->image.spacing_mm, spacing_mm, sizeof spacing_mm) == 0;
    DLRN_TRY(check_region(out, s, same ? &as_drawn : &resampled, err));
    DLRN_TRY(widen(out, in, out->lo, out->size, err));
    warn_of_nan(out, ex);
    DLRN_TRY(dlrn_rad_resegment(out, c, s, err));
    // what resegmentRange left must be large enough too
    DLRN_TRY(check_region(out, s, &resegmented, err));
    if (s->has_voxel_setting)
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "voxelSetting belongs to feature maps, which dlrn does not make: passed over");
    if (out->image.ndim == 2 && dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_FORCE_2D))
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "force2D on a 2-D image drops one of its two axes, as PyRadiomics does: remove it "
                 "from the parameter file");
    if (!box->null && box->n == 2) DLRN_TRY(scale_to_box(out, box, err));
done:
    return st;
}
