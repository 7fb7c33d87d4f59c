/* SPDX-License-Identifier: Apache-2.0
 *
 * The diagnostics_* columns: versions, settings, and what image and mask were like.
 */
#include "radiomics/collect.h"

#include "base/cpu.h"
#include "radiomics/hashes.h"
#include "radiomics/runs.h"
#include "radiomics/sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_status dlrn_diagnose_program(dlrn_collect *c, const dlrn_radiomics *s, dlrn_error *err)
{
    dlrn_status st;
    dlrn_str text = {0};
    static const char *const others[] = {"Versions_Numpy", "Versions_SimpleITK",
                                         "Versions_PyWavelet", "Versions_Python"};
    dlrn_str_addf(&text, "dlrn %s", dlrn_version());
    DLRN_TRY(dlrn_collect_info(c, "Versions_PyRadiomics", dlrn_str_get(&text), err));
    for (size_t i = 0; i < 4; i++)
        DLRN_TRY(dlrn_collect_info(c, others[i], "not used", err));
    dlrn_str_clear(&text);
    dlrn_rad_print_settings(&text, s);
    DLRN_TRY(dlrn_collect_info(c, "Configuration_Settings", dlrn_str_get(&text), err));
    dlrn_str_clear(&text);
    dlrn_rad_print_image_types(&text, s);
    DLRN_TRY(dlrn_collect_info(c, "Configuration_EnabledImageTypes", dlrn_str_get(&text), err));
done:
    dlrn_str_clear(&text);
    return st;
}

/* ---- pieces of text ---- */

static void add_real(dlrn_str *out, double x)
{
    char text[32];
    dlrn_format_double(text, x);
    dlrn_str_add(out, text);
    if (!strpbrk(text, ".en")) dlrn_str_add(out, ".0");
}

static dlrn_status info(dlrn_collect *c, const char *what, const char *prefix, const char *item,
                        dlrn_str *text, dlrn_error *err)
{
    char name[80];
    snprintf(name, sizeof name, "%s-%s_%s", what, prefix, item);
    const dlrn_status st = text->failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for text")
                                        : dlrn_collect_info(c, name, dlrn_str_get(text), err);
    dlrn_str_clear(text);
    return st;
}

static dlrn_status info_reals(dlrn_collect *c, const char *what, const char *prefix,
                              const char *item, const double *v, int n, dlrn_error *err)
{
    dlrn_str text = {0};
    if (n > 1) dlrn_str_add(&text, "(");
    for (int k = 0; k < n; k++) {
        if (k) dlrn_str_add(&text, ", ");
        add_real(&text, v[k]);
    }
    if (n > 1) dlrn_str_add(&text, ")");
    return info(c, what, prefix, item, &text, err);
}

static dlrn_status info_integers(dlrn_collect *c, const char *what, const char *prefix,
                                 const char *item, const int64_t *v, int n, dlrn_error *err)
{
    dlrn_str text = {0};
    if (n > 1) dlrn_str_add(&text, "(");
    for (int k = 0; k < n; k++)
        dlrn_str_addf(&text, "%s%lld", k ? ", " : "", (long long)v[k]);
    if (n > 1) dlrn_str_add(&text, ")");
    return info(c, what, prefix, item, &text, err);
}

/* ---- image and mask ---- */

static dlrn_status info_hash(dlrn_collect *c, const char *what, const dlrn_image *im,
                             dlrn_pixel type, dlrn_error *err)
{
    dlrn_str text = {0};
    char hex[41];
    dlrn_pixel_hash(hex, im, type);
    dlrn_str_add(&text, hex);
    return info(c, what, "original", "Hash", &text, err);
}

/* Range of numbers, NaN being passed over, and a sum that is exact for whole numbers. */
typedef struct extent {
    double min, max, sum;
} extent;

enum { LANES = 16, NEAR = 2048 /* numbers that the nearest cache holds */ };

DLRN_WIDE static void widen(extent *e, const double *v, size_t n)
{
    double min[LANES], max[LANES], sum[LANES] = {0}; // by lane, so that the lanes run side by side
    size_t i = 0;
    for (int k = 0; k < LANES; k++) {
        min[k] = e->min;
        max[k] = e->max;
    }
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            const double x = v[i + (size_t)k];
            min[k] = x < min[k] ? x : min[k];
            max[k] = x > max[k] ? x : max[k];
            sum[k] += x;
        }
    for (int k = 0; i < n; i++, k++) {
        min[k] = v[i] < min[k] ? v[i] : min[k];
        max[k] = v[i] > max[k] ? v[i] : max[k];
        sum[k] += v[i];
    }
    for (int k = 0; k < LANES; k++) {
        e->min = min[k] < e->min ? min[k] : e->min;
        e->max = max[k] > e->max ? max[k] : e->max;
        e->sum += sum[k];
    }
}

/* Each part is summed while it is near; the halves are those of dlrn_sum_pairwise. */
static double widen_and_sum(extent *e, const dlrn_image *im, size_t at, size_t n)
{
    double x[NEAR];
    if (n <= NEAR) {
        dlrn_image_values(x, im, at, n);
        widen(e, x, n);
        // of numbers this short any order gives the same sum
        return im->stored <= DLRN_PIXEL_I16 ? 0 : dlrn_sum_pairwise(x, n);
    }
    const size_t half = dlrn_sum_half(n);
    const double first = widen_and_sum(e, im, at, half);
    return first + widen_and_sum(e, im, at + half, n - half);
}

static dlrn_status info_extent(dlrn_collect *c, const char *what, const char *prefix,
                               const dlrn_image *im, size_t n, dlrn_error *err)
{
    dlrn_status st;
    extent e = {.min = (double)INFINITY, .max = -(double)INFINITY};
    const double ordered = widen_and_sum(&e, im, 0, n);
    const double mean = (im->stored <= DLRN_PIXEL_I16 ? e.sum : ordered) / (double)n;
    DLRN_TRY(info_reals(c, what, prefix, "Mean", &mean, 1, err));
    DLRN_TRY(info_reals(c, what, prefix, "Minimum", &e.min, 1, err));
    DLRN_TRY(info_reals(c, what, prefix, "Maximum", &e.max, 1, err));
done:
    return st;
}

dlrn_status dlrn_diagnose_image(dlrn_collect *c, const dlrn_image *image, const char *prefix,
                                dlrn_error *err)
{
    dlrn_status st;
    dlrn_str text = {0};
    const size_t n = (size_t)(image->dim[0] * image->dim[1] * image->dim[2]);
    if (!strcmp(prefix, "original")) {
        DLRN_TRY(info_hash(c, "Image", image, image->stored, err));
        dlrn_str_addf(&text, "%dD", image->ndim);
        DLRN_TRY(info(c, "Image", prefix, "Dimensionality", &text, err));
    }
    DLRN_TRY(info_reals(c, "Image", prefix, "Spacing", image->spacing_mm, image->ndim, err));
    DLRN_TRY(info_integers(c, "Image", prefix, "Size", image->dim, image->ndim, err));
    DLRN_TRY(info_extent(c, "Image", prefix, image, n, err));
done:
    return st;
}

static dlrn_status info_centre(dlrn_collect *c, const dlrn_image *g, const dlrn_runs *runs,
                               const char *prefix, dlrn_error *err)
{
    dlrn_status st;
    double centre[3], world[3];
    dlrn_runs_centre(centre, runs);
    for (int k = 0; k < 3; k++) { // ITK's order of additions
        world[k] = 0;
        for (int j = 0; j < g->ndim; j++)
            world[k] += g->dir[3 * k + j] * g->spacing_mm[j] * centre[j];
        world[k] += g->origin_mm[k];
    }
    DLRN_TRY(info_reals(c, "Mask", prefix, "CenterOfMassIndex", centre, g->ndim, err));
    DLRN_TRY(info_reals(c, "Mask", prefix, "CenterOfMass", world, g->ndim, err));
done:
    return st;
}

static dlrn_status info_grey(dlrn_collect *c, const dlrn_image *image, const dlrn_runs *runs,
                             const char *prefix, dlrn_error *err)
{
    dlrn_status st;
    double *v = NULL;
    size_t n = 0, most = 0;
    for (size_t i = 0; i < runs->n; i++)
        most += (size_t)(runs->v[i].end - runs->v[i].begin);
    DLRN_TRY(dlrn_alloc_or_fail(&v, most, err));
    for (size_t i = 0; i < runs->n; i++) {
        const dlrn_run *r = &runs->v[i];
        const size_t length = (size_t)(r->end - r->begin);
        dlrn_image_values(v + n, image, (size_t)(r->row * image->dim[0] + r->begin), length);
        n += length;
    }
    const dlrn_image grey = {.v = v, .stored = image->stored};
    DLRN_TRY(info_extent(c, "Mask", prefix, &grey, n, err));
done:
    free(v);
    return st;
}

dlrn_status dlrn_diagnose_mask(dlrn_collect *c, const dlrn_image *geometry, const dlrn_mask *mask,
                               const dlrn_image *labels, const dlrn_image *image,
                               const char *prefix, dlrn_error *err)
{
    dlrn_status st;
    int64_t lo[3], size[3], box[6], n, parts;
    dlrn_runs runs = {0};
    const int nd = geometry->ndim;
    if (!strcmp(prefix, "original")) DLRN_TRY(info_hash(c, "Mask", labels, DLRN_PIXEL_U32, err));
    DLRN_TRY(info_reals(c, "Mask", prefix, "Spacing", geometry->spacing_mm, nd, err));
    DLRN_TRY(info_integers(c, "Mask", prefix, "Size", geometry->dim, nd, err));
    n = (int64_t)dlrn_mask_box(mask, lo, size);
    for (int k = 0; k < nd; k++) {
        box[k] = lo[k];
        box[nd + k] = size[k];
    }
    DLRN_TRY(info_integers(c, "Mask", prefix, "BoundingBox", box, 2 * nd, err));
    DLRN_TRY(info_integers(c, "Mask", prefix, "VoxelNum", &n, 1, err));
    DLRN_TRY(dlrn_runs_make(&runs, mask, err));
    DLRN_TRY(dlrn_runs_parts(&parts, &runs, err));
    DLRN_TRY(info_integers(c, "Mask", prefix, "VolumeNum", &parts, 1, err));
    DLRN_TRY(info_centre(c, geometry, &runs, prefix, err));
    if (image) DLRN_TRY(info_grey(c, image, &runs, prefix, err));
done:
    dlrn_runs_clear(&runs);
    return st;
}
