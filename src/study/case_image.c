/* SPDX-License-Identifier: Apache-2.0
 *
 * One case's image and outline as the study sees them.
 */
#include "study/case_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void case_image_clear(case_image *c)
{
    dlrn_image_clear(&c->image);
    dlrn_image_clear(&c->labels);
    dlrn_mask_clear(&c->mask);
}

static size_t pixels(const dlrn_image *im)
{
    return (size_t)im->dim[0] * (size_t)im->dim[1] * (size_t)im->dim[2];
}

/* Bright means little: turned round inside its own range, so that integers stay integers. */
static void undo_inversion(dlrn_image *im)
{
    const size_t n = pixels(im);
    double lo = im->v[0], hi = im->v[0];
    for (size_t i = 1; i < n; i++) {
        if (im->v[i] < lo) lo = im->v[i];
        if (im->v[i] > hi) hi = im->v[i];
    }
    for (size_t i = 0; i < n; i++)
        im->v[i] = lo + hi - im->v[i];
    im->inverted = false;
}

static void mirror(dlrn_image *im)
{
    const size_t w = (size_t)im->dim[0], lines = pixels(im) / w;
    for (size_t k = 0; k < lines; k++) {
        double *line = im->v + k * w;
        for (size_t a = 0, b = w - 1; a < b; a++, b--) {
            const double t = line[a];
            line[a] = line[b];
            line[b] = t;
        }
    }
}

static dlrn_status agree(case_image *c, const config_image *how, const char *mask, dlrn_error *err)
{
    if (!strcmp(how->geometry, "pixels")) {
        for (int k = 0; k < 3; k++)
            if (c->image.dim[k] != c->labels.dim[k])
                return dlrn_fail(err, DLRN_EINVAL,
                                 "%s: the mask has %lld x %lld pixels, its image %lld x %lld; draw "
                                 "the outline on the image as it is",
                                 mask, (long long)c->labels.dim[0], (long long)c->labels.dim[1],
                                 (long long)c->image.dim[0], (long long)c->image.dim[1]);
        memcpy(c->labels.spacing_mm, c->image.spacing_mm, sizeof c->image.spacing_mm);
        memcpy(c->labels.origin_mm, c->image.origin_mm, sizeof c->image.origin_mm);
        memcpy(c->labels.dir, c->image.dir, sizeof c->image.dir);
        c->labels.spacing_known = c->image.spacing_known;
        return DLRN_OK;
    }
    dlrn_error why;
    const dlrn_status st = dlrn_geometry_check(&c->image, &c->labels, 0, &why);
    const bool sizes = !memcmp(c->image.dim, c->labels.dim, sizeof c->image.dim);
    if (st == DLRN_OK) return st;
    return dlrn_fail(
        err, st, "%s: %s%s", mask, why.msg,
        sizes ? "; image: {geometry: pixels} in the study file compares numbers of pixels alone"
              : "");
}

static dlrn_status face(case_image *c, const config_image *how, const char *image,
                        const char *facing, dlrn_error *err)
{
    if (!how->facing_column) return DLRN_OK;
    if (!facing || (strcasecmp(facing, "left") != 0 && strcasecmp(facing, "right") != 0))
        return dlrn_fail(err, DLRN_EINVAL, "%s: column %s is '%s', expected left or right", image,
                         how->facing_column, facing ? facing : "");
    if (!strcasecmp(facing, how->facing_to)) return DLRN_OK;
    mirror(&c->image);
    mirror(&c->labels);
    return DLRN_OK;
}

dlrn_status case_image_read(case_image *out, const config_image *how, const char *image,
                            const char *mask, int64_t label, const char *facing, dlrn_error *err)
{
    dlrn_status st;
    *out = (case_image){0};
    DLRN_TRY(dlrn_image_read(&out->image, image, err));
    DLRN_TRY(dlrn_image_read(&out->labels, mask, err));
    DLRN_TRY(agree(out, how, mask, err));
    DLRN_TRY(face(out, how, image, facing, err));
    if (out->image.inverted && !strcmp(how->invert, "auto")) undo_inversion(&out->image);
    st = dlrn_mask_from_image(&out->mask, &out->labels, label, err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "%s: ", mask);
done:
    if (st != DLRN_OK) case_image_clear(out);
    return st;
}

dlrn_status case_image_settings(dlrn_radiomics **out, const dlrn_radiomics *settings,
                                const case_image *c, int64_t label, double spacing, dlrn_error *err)
{
    dlrn_status st;
    char assignment[96], number[32];
    bool there = true;
    *out = NULL;
    for (int k = 0; k < 2; k++) // as close as PyRadiomics asks before it leaves an image alone
        there = there && fabs(c->image.spacing_mm[k] - spacing) <= 1e-5 * spacing;
    DLRN_TRY(dlrn_radiomics_copy(out, settings, err));
    snprintf(assignment, sizeof assignment, "label=%lld", (long long)label);
    DLRN_TRY(dlrn_radiomics_set(*out, assignment, err));
    // a study keeps features alone: nobody reads the hashes
    DLRN_TRY(dlrn_radiomics_set(*out, "additionalInfo=false", err));
    if (spacing > 0 && !there) {
        dlrn_format_double(number, spacing);
        snprintf(assignment, sizeof assignment, "resampledPixelSpacing=[%s,%s,0]", number, number);
        DLRN_TRY(dlrn_radiomics_set(*out, assignment, err));
    }
done:
    if (st != DLRN_OK) {
        dlrn_radiomics_free(*out);
        *out = NULL;
    }
    return st;
}
