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
        if (!f->room || f->v[i].image.v != *f->room) dlrn_image_clear(&f->v[i].image);
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
    const bool shared = f->room && !f->room_taken;
    double *v = shared ? *f->room : NULL;
    if (!v) {
        st = dlrn_image_alloc_uncleared(&r->image, im->ndim, box->size, err);
        if (st != DLRN_OK) return st;
        v = r->image.v;
    }
    if (shared) {
        *f->room = v;
        f->room_taken = true;
    }
    f->n++;
    snprintf(r->name, sizeof r->name, "%s", name);
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

dlrn_status dlrn_filtered_done(dlrn_filtered *f, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (!f->sink) return DLRN_OK;
    for (size_t i = 0; i < f->n && st == DLRN_OK; i++) {
        st = f->sink(f->user, &f->v[i], err);
        f->v[i].image.v = NULL;
    }
    if (st == DLRN_OK) f->n = 0;
    f->room_taken = false;
    return st;
}

/* ---- rows side by side ---- */

enum { ROWS = 16 /* of one item */, SMALL = 1 << 15 /* pixels that one thread does sooner */ };

typedef struct rows_job {
    const int64_t *size;
    dlrn_row_fn *fn;
    void *user;
} rows_job;

static dlrn_status some_rows(void *user, size_t item, size_t w, dlrn_error *err)
{
    const rows_job *j = user;
    const int64_t all = j->size[1] * j->size[2], first = (int64_t)item * ROWS;
    (void)err;
    for (int64_t row = first; row < first + ROWS && row < all; row++)
        j->fn(j->user, row % j->size[1], row / j->size[1], w);
    return DLRN_OK;
}

dlrn_status dlrn_filter_rows(const int64_t size[3], const dlrn_exec *ex, dlrn_row_fn *fn,
                             void *user, dlrn_error *err)
{
    rows_job j = {size, fn, user};
    const int64_t rows = size[1] * size[2];
    return dlrn_parallel_for((size_t)((rows + ROWS - 1) / ROWS),
                             size[0] * rows < SMALL ? 1 : dlrn_exec_threads(ex), some_rows, &j,
                             err);
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

typedef struct point_job {
    const dlrn_image *im;
    const dlrn_filter_box *box;
    point_fn *fn;
    double max, *out;
} point_job;

static void point_row(void *user, int64_t y, int64_t z, size_t w)
{
    const point_job *j = user;
    const int64_t *lo = j->box->lo, *size = j->box->size, *dim = j->im->dim;
    const double *src = j->im->v + lo[0] + ((z + lo[2]) * dim[1] + y + lo[1]) * dim[0];
    double *dst = j->out + (z * size[1] + y) * size[0];
    (void)w;
    for (int64_t x = 0; x < size[0]; x++)
        dst[x] = j->fn(src[x], j->max);
}

static dlrn_status apply_point(dlrn_filtered *out, const dlrn_image *im, point_fn *fn,
                               const char *name, const dlrn_filter_box *box, const dlrn_exec *ex,
                               dlrn_error *err)
{
    dlrn_status st;
    dlrn_image *r;
    point_job j = {im, box, fn, 0, NULL};
    const int64_t all = im->dim[0] * im->dim[1] * im->dim[2];
    DLRN_TRY(dlrn_filtered_add(&r, out, name, im, box, DLRN_PIXEL_F64, err));
    for (int64_t i = 0; i < all; i++)
        j.max = fabs(im->v[i]) > j.max ? fabs(im->v[i]) : j.max;
    j.out = r->v;
    DLRN_TRY(dlrn_filter_rows(box->size, ex, point_row, &j, err));
    DLRN_TRY(dlrn_filtered_done(out, err));
done:
    return st;
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
            return apply_point(out, im, point[i].fn, point[i].name, &box, ex, err);
    if (!strcmp(type, "Gradient")) return dlrn_filter_gradient(out, im, o, &box, ex, err);
    if (!strcmp(type, "Wavelet")) return dlrn_filter_wavelet(out, im, o, &box, ex, err);
    if (!strcmp(type, "LoG")) return dlrn_filter_log(out, im, o, &box, ex, err);
    if (!strcmp(type, "LBP2D")) return dlrn_filter_lbp2d(out, im, o, &box, ex, err);
    if (!strcmp(type, "LBP3D")) return dlrn_filter_lbp3d(out, im, o, &box, ex, err);
    return dlrn_fail(err, DLRN_EINVAL,
                     "image type '%s' is unknown; known: Wavelet, LoG, Square, SquareRoot, "
                     "Logarithm, Exponential, Gradient, LBP2D, LBP3D",
                     type);
}
