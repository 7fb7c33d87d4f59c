/* SPDX-License-Identifier: Apache-2.0
 *
 * The diagnostics_* columns: versions, settings, and what image and mask were like.
 */
#include "radiomics/collect.h"

#include "radiomics/sha1.h"

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

/* ---- hashes: SHA-1 of the pixels in their own type ---- */

static size_t put_pixel(unsigned char *b, double x, dlrn_pixel type)
{
    const size_t width = type <= DLRN_PIXEL_I8    ? 1
                         : type <= DLRN_PIXEL_I16 ? 2
                         : type <= DLRN_PIXEL_I32 ? 4
                                                  : 8;
    if (type == DLRN_PIXEL_F32) {
        const float f = (float)x;
        memcpy(b, &f, 4);
        return 4;
    }
    if (type == DLRN_PIXEL_F64) {
        memcpy(b, &x, 8);
        return 8;
    }
    const uint64_t bits =
        type == DLRN_PIXEL_U64 && x >= 9.2e18 ? (uint64_t)x : (uint64_t)(int64_t)x;
    for (size_t k = 0; k < width; k++)
        b[k] = (unsigned char)(bits >> (8 * k));
    return width;
}

static dlrn_status info_hash(dlrn_collect *c, const char *what, const dlrn_image *im,
                             dlrn_pixel type, dlrn_error *err)
{
    unsigned char block[4096];
    dlrn_sha1 h;
    size_t used = 0;
    dlrn_str text = {0};
    char hex[41];
    const size_t n = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    dlrn_sha1_begin(&h);
    for (size_t i = 0; i < n; i++) {
        used += put_pixel(block + used, im->v[i], type);
        if (used + 8 <= sizeof block && i + 1 < n) continue;
        dlrn_sha1_add(&h, block, used);
        used = 0;
    }
    dlrn_sha1_hex(hex, &h);
    dlrn_str_add(&text, hex);
    return info(c, what, "original", "Hash", &text, err);
}

/* ---- image and mask ---- */

typedef struct extent {
    double sum, min, max;
    size_t n;
} extent;

static extent measure(const dlrn_image *im, const dlrn_mask *mask)
{
    extent e = {0, INFINITY, -INFINITY, 0};
    const size_t n = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    for (size_t i = 0; i < n; i++) {
        if (mask && !mask->v[i]) continue;
        e.sum += im->v[i];
        e.n++;
        if (im->v[i] < e.min) e.min = im->v[i];
        if (im->v[i] > e.max) e.max = im->v[i];
    }
    return e;
}

static dlrn_status info_extent(dlrn_collect *c, const char *what, const char *prefix, extent e,
                               dlrn_error *err)
{
    dlrn_status st;
    const double mean = e.sum / (double)e.n;
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
    if (!strcmp(prefix, "original")) {
        DLRN_TRY(info_hash(c, "Image", image, image->stored, err));
        dlrn_str_addf(&text, "%dD", image->ndim);
        DLRN_TRY(info(c, "Image", prefix, "Dimensionality", &text, err));
    }
    DLRN_TRY(info_reals(c, "Image", prefix, "Spacing", image->spacing_mm, image->ndim, err));
    DLRN_TRY(info_integers(c, "Image", prefix, "Size", image->dim, image->ndim, err));
    DLRN_TRY(info_extent(c, "Image", prefix, measure(image, NULL), err));
done:
    return st;
}

/* Number of parts that hang together by faces, edges or corners. */
static dlrn_status count_parts(int64_t *parts, const dlrn_mask *m, dlrn_error *err)
{
    dlrn_status st;
    uint8_t *left = NULL;
    size_t *stack = NULL, cap = 0, n = 0;
    const int64_t nx = m->dim[0], ny = m->dim[1], nz = m->dim[2];
    const size_t all = (size_t)(nx * ny * nz);
    DLRN_TRY(dlrn_alloc_or_fail(&left, all, err));
    memcpy(left, m->v, all);
    *parts = 0;
    for (size_t i = 0; i < all; i++) {
        if (!left[i]) continue;
        ++*parts;
        left[i] = 0;
        DLRN_TRY(dlrn_grow(&stack, &cap, 1, sizeof *stack, err));
        stack[n++] = i;
        while (n > 0) {
            const int64_t at = (int64_t)stack[--n], x = at % nx, y = at / nx % ny,
                          z = at / (nx * ny);
            for (int k = 0; k < 27; k++) {
                const int64_t u = x + k % 3 - 1, v = y + k / 3 % 3 - 1, w = z + k / 9 - 1;
                if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz) continue;
                const size_t j = (size_t)((w * ny + v) * nx + u);
                if (!left[j]) continue;
                left[j] = 0;
                DLRN_TRY(dlrn_grow(&stack, &cap, n + 1, sizeof *stack, err));
                stack[n++] = j;
            }
        }
    }
done:
    free(left);
    free(stack);
    return st;
}

static dlrn_status info_centre(dlrn_collect *c, const dlrn_image *g, const dlrn_mask *m,
                               const char *prefix, dlrn_error *err)
{
    dlrn_status st;
    double centre[3] = {0}, world[3], n = 0;
    size_t i = 0;
    for (int64_t z = 0; z < m->dim[2]; z++)
        for (int64_t y = 0; y < m->dim[1]; y++)
            for (int64_t x = 0; x < m->dim[0]; x++, i++) {
                if (!m->v[i]) continue;
                centre[0] += (double)x;
                centre[1] += (double)y;
                centre[2] += (double)z;
                n++;
            }
    for (int k = 0; k < 3; k++)
        centre[k] /= n;
    for (int k = 0; k < 3; k++) {
        world[k] = g->origin_mm[k];
        for (int j = 0; j < 3; j++)
            world[k] += g->dir[3 * k + j] * g->spacing_mm[j] * centre[j];
    }
    DLRN_TRY(info_reals(c, "Mask", prefix, "CenterOfMassIndex", centre, g->ndim, err));
    DLRN_TRY(info_reals(c, "Mask", prefix, "CenterOfMass", world, g->ndim, err));
done:
    return st;
}

dlrn_status dlrn_diagnose_mask(dlrn_collect *c, const dlrn_image *geometry, const dlrn_mask *mask,
                               const dlrn_image *labels, const dlrn_image *image,
                               const char *prefix, dlrn_error *err)
{
    dlrn_status st;
    int64_t lo[3], size[3], box[6], n, parts;
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
    DLRN_TRY(count_parts(&parts, mask, err));
    DLRN_TRY(info_integers(c, "Mask", prefix, "VolumeNum", &parts, 1, err));
    DLRN_TRY(info_centre(c, geometry, mask, prefix, err));
    if (image) DLRN_TRY(info_extent(c, "Mask", prefix, measure(image, mask), err));
done:
    return st;
}
