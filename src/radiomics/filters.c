/* SPDX-License-Identifier: Apache-2.0
 *
 * The filters' one door, the list of results, and the filters that act on single values.
 */
#include "radiomics/filters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/filters_own.h"

void dlrn_filtered_clear(dlrn_filtered *f)
{
    for (size_t i = 0; i < f->n; i++)
        dlrn_image_clear(&f->v[i].image);
    free(f->v);
    *f = (dlrn_filtered){0};
}

dlrn_status dlrn_filtered_add(dlrn_image **out, dlrn_filtered *f, const char *name,
                              const dlrn_image *im, const dlrn_filter_box *box, dlrn_pixel stored,
                              dlrn_error *err)
{
    dlrn_status st = dlrn_grow(&f->v, &f->cap, f->n + 1, sizeof *f->v, err);
    if (st != DLRN_OK) return st;
    dlrn_filtered_image *r = &f->v[f->n];
    memset(r, 0, sizeof *r);
    st = dlrn_image_alloc_uncleared(&r->image, im->ndim, box->size, err);
    if (st != DLRN_OK) return st;
    f->n++;
    snprintf(r->name, sizeof r->name, "%s", name);
    double *v = r->image.v;
    r->image = *im;
    r->image.v = v;
    r->image.stored = stored;
    for (int k = 0; k < 3; k++) {
        r->image.dim[k] = box->size[k];
        for (int j = 0; j < 3; j++)
            r->image.origin_mm[k] += im->dir[3 * k + j] * im->spacing_mm[j] * (double)box->lo[j];
    }
    *out = &r->image;
    return DLRN_OK;
}

/* ---- filters of single values ---- */

static double square(double x, double max)
{
    const double y = 1 / sqrt(max) * x;
    return y * y;
}

static double square_root(double x, double max)
{
    return x > 0 ? sqrt(x * max) : x < 0 ? -sqrt(-x * max) : x;
}

static double logarithm(double x, double max)
{
    // ln grows, so the largest |y| belongs to the largest |x|
    const double y = x > 0 ? log(x + 1) : x < 0 ? -log(1 - x) : x;
    return y * (max / log(max + 1));
}

static double exponential(double x, double max)
{
    return exp(log(max) / max * x);
}

typedef double point_fn(double x, double max);

static dlrn_status apply_point(dlrn_filtered *out, const dlrn_image *im, point_fn *fn,
                               const char *name, const dlrn_filter_box *box, dlrn_error *err)
{
    dlrn_image *r;
    const dlrn_status st = dlrn_filtered_add(&r, out, name, im, box, DLRN_PIXEL_F64, err);
    if (st != DLRN_OK) return st;
    const int64_t all = im->dim[0] * im->dim[1] * im->dim[2];
    double max = 0;
    for (int64_t i = 0; i < all; i++)
        max = fabs(im->v[i]) > max ? fabs(im->v[i]) : max;
    double *dst = r->v;
    for (int64_t z = 0; z < box->size[2]; z++)
        for (int64_t y = 0; y < box->size[1]; y++) {
            const double *src =
                im->v + box->lo[0] + ((z + box->lo[2]) * im->dim[1] + y + box->lo[1]) * im->dim[0];
            for (int64_t x = 0; x < box->size[0]; x++)
                *dst++ = fn(src[x], max);
        }
    return DLRN_OK;
}

static dlrn_status find_box(dlrn_filter_box *box, const dlrn_image *im, const dlrn_filter_opts *o,
                            dlrn_error *err)
{
    for (int k = 0; k < 3; k++) {
        box->lo[k] = o->lo && o->size ? o->lo[k] : 0;
        box->size[k] = o->lo && o->size ? o->size[k] : im->dim[k];
        if (box->lo[k] < 0 || box->size[k] < 1 || box->lo[k] + box->size[k] > im->dim[k])
            return dlrn_fail(err, DLRN_EINVAL, "the box wanted of a filter leaves the image");
    }
    return DLRN_OK;
}

dlrn_status dlrn_filter_apply(dlrn_filtered *out, const dlrn_image *im, const char *type,
                              const dlrn_filter_opts *o, const dlrn_exec *ex, dlrn_error *err)
{
    static const struct {
        const char *type, *name;
        point_fn *fn;
    } point[] = {{"Square", "square", square},
                 {"SquareRoot", "squareroot", square_root},
                 {"Logarithm", "logarithm", logarithm},
                 {"Exponential", "exponential", exponential}};
    dlrn_filter_box box;
    const dlrn_status st = find_box(&box, im, o, err);
    if (st != DLRN_OK) return st;
    for (size_t i = 0; i < sizeof point / sizeof *point; i++)
        if (!strcmp(type, point[i].type))
            return apply_point(out, im, point[i].fn, point[i].name, &box, err);
    if (!strcmp(type, "Gradient")) return dlrn_filter_gradient(out, im, o, &box, err);
    if (!strcmp(type, "Wavelet")) return dlrn_filter_wavelet(out, im, o, &box, err);
    if (!strcmp(type, "LoG")) return dlrn_filter_log(out, im, o, &box, ex, err);
    if (!strcmp(type, "LBP2D")) return dlrn_filter_lbp2d(out, im, o, &box, err);
    if (!strcmp(type, "LBP3D")) return dlrn_filter_lbp3d(out, im, o, &box, ex, err);
    return dlrn_fail(err, DLRN_EINVAL,
                     "image type '%s' is unknown; known: Wavelet, LoG, Square, SquareRoot, "
                     "Logarithm, Exponential, Gradient, LBP2D, LBP3D",
                     type);
}
