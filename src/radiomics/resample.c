/* SPDX-License-Identifier: Apache-2.0
 *
 * Resampling as PyRadiomics asks ITK for it: corner-aligned grid, cubic B-spline with ITK's
 * prefilter (Unser 1993; mirror borders), linear or nearest neighbour; 0 outside the image.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/preprocess.h"

typedef enum kind { NEAREST, LINEAR, BSPLINE } kind;

/* What output samples of one axis are made of. */
typedef struct taps {
    int64_t at[4];
    double w[4];
    bool inside;
} taps;

typedef struct grid {
    int ndim;
    int64_t size[3];
    double spacing[3], start[3]; /* start: in samples of the input */
    double from[3], old_mm[3];   /* first sample of the input along each axis in mm, its spacing */
} grid;

static int64_t mirror(int64_t i, int64_t n)
{
    if (n == 1) return 0;
    const int64_t period = 2 * n - 2;
    i = (i % period + period) % period;
    return i < n ? i : period - i;
}

static void prefilter_line(double *c, int64_t n)
{
    const double z = sqrt(3) - 2;
    for (int64_t i = 0; i < n; i++)
        c[i] *= 6;
    const int64_t horizon = (int64_t)ceil(log(1e-10) / log(fabs(z)));
    double sum = c[0], zn = z;
    if (horizon < n) {
        for (int64_t i = 1; i < horizon; i++, zn *= z)
            sum += zn * c[i];
    } else {
        const double iz = 1 / z;
        double z2n = pow(z, (double)(n - 1));
        sum = c[0] + z2n * c[n - 1];
        z2n *= z2n * iz;
        for (int64_t i = 1; i <= n - 2; i++, zn *= z, z2n *= iz)
            sum += (zn + z2n) * c[i];
        sum /= 1 - zn * zn;
    }
    c[0] = sum;
    for (int64_t i = 1; i < n; i++)
        c[i] += z * c[i - 1];
    c[n - 1] = z / (z * z - 1) * (z * c[n - 2] + c[n - 1]);
    for (int64_t i = n - 2; i >= 0; i--)
        c[i] = z * (c[i + 1] - c[i]);
}

static dlrn_status prefilter(double *v, const int64_t dim[3], dlrn_error *err)
{
    dlrn_status st;
    double *line = NULL;
    const int64_t all = dim[0] * dim[1] * dim[2];
    int64_t stride = 1;
    DLRN_TRY(dlrn_alloc_or_fail(&line, (size_t)(dim[0] + dim[1] + dim[2]), err));
    for (int a = 0; a < 3; stride *= dim[a++]) {
        if (dim[a] == 1) continue;
        for (int64_t l = 0; l < all / dim[a]; l++) {
            double *first = v + l / stride * stride * dim[a] + l % stride;
            for (int64_t i = 0; i < dim[a]; i++)
                line[i] = first[i * stride];
            prefilter_line(line, dim[a]);
            for (int64_t i = 0; i < dim[a]; i++)
                first[i * stride] = line[i];
        }
    }
done:
    free(line);
    return st;
}

static void find_taps(taps *t, double x, int64_t n, kind how)
{
    *t = (taps){.inside = x >= -0.5 && x < (double)n - 0.5};
    const double base = floor(how == NEAREST ? x + 0.5 : x), w = x - base;
    const int64_t i = (int64_t)base;
    for (int k = 0; k < 4; k++) {
        const int64_t j = how == BSPLINE ? i - 1 + k : how == LINEAR ? i + k % 2 : i;
        t->at[k] = how == BSPLINE ? mirror(j, n) : j < 0 ? 0 : j >= n ? n - 1 : j;
    }
    if (how == BSPLINE) {
        t->w[3] = 1.0 / 6 * w * w * w;
        t->w[0] = 1.0 / 6 + 0.5 * w * (w - 1) - t->w[3];
        t->w[2] = w + t->w[0] - 2 * t->w[3];
        t->w[1] = 1 - t->w[0] - t->w[2] - t->w[3];
    } else {
        t->w[0] = how == LINEAR ? 1 - w : 1;
        t->w[1] = how == LINEAR ? w : 0;
    }
}

/* The value in the image's own type. */
static double as_stored(double x, dlrn_pixel type)
{
    static const double low[] = {0, -128, 0, -32768, 0, -2147483648.0, 0, -9223372036854775808.0};
    static const double high[] = {255, 127, 65535, 32767, 4294967295, 2147483647.0, 0x1p64, 0x1p63};
    if (type == DLRN_PIXEL_F64) return x;
    if (type == DLRN_PIXEL_F32) return (double)(float)x;
    return x < low[type] ? low[type] : x > high[type] ? high[type] : trunc(x);
}

/* Where output sample i lies in the input. ITK goes by way of world coordinates, and along x by
 * shares of the whole line: nearest neighbours half-way between two samples depend on it. */
static double place(const grid *g, int a, int64_t i)
{
    const double first = g->from[a] + g->old_mm[a] * g->start[a], per_mm = 1 / g->old_mm[a];
    const int64_t n = g->size[a];
    if (a > 0) return (first + g->spacing[a] * (double)i - g->from[a]) * per_mm;
    const double begin = (first - g->from[a]) * per_mm;
    const double end = (first + g->spacing[a] * (double)n - g->from[a]) * per_mm;
    return begin + (end - begin) * ((double)i / (double)n);
}

/* A 2-D image has no third axis to interpolate along: one sample of weight 1. */
static dlrn_status make_taps(taps *t[3], const grid *g, const int64_t dim[3], kind how,
                             dlrn_error *err)
{
    for (int a = 0; a < 3; a++) {
        const dlrn_status st = dlrn_alloc_or_fail(&t[a], (size_t)g->size[a], err);
        if (st != DLRN_OK) return st;
        for (int64_t i = 0; i < g->size[a]; i++)
            find_taps(&t[a][i], place(g, a, i), dim[a], a < g->ndim ? how : NEAREST);
    }
    return DLRN_OK;
}

static double interpolate(const double *v, const int64_t dim[3], const taps *x, const taps *y,
                          const taps *z, const int n[2])
{
    double sum = 0;
    for (int k = 0; k < n[1]; k++)
        for (int j = 0; j < n[0]; j++) {
            const double *row = v + (z->at[k] * dim[1] + y->at[j]) * dim[0];
            for (int i = 0; i < n[0]; i++)
                sum += x->w[i] * y->w[j] * z->w[k] * row[x->at[i]];
        }
    return sum;
}

/* Along x, then y, then z, as ITK: a weighted sum would end on the other side of a whole number. */
static double interpolate_linear(const double *v, const int64_t dim[3], const taps *x,
                                 const taps *y, const taps *z)
{
    double plane[2];
    for (int k = 0; k < 2; k++) {
        double line[2];
        for (int j = 0; j < 2; j++) {
            const double *row = v + (z->at[k] * dim[1] + y->at[j]) * dim[0];
            line[j] = row[x->at[0]] + (row[x->at[1]] - row[x->at[0]]) * x->w[1];
        }
        plane[k] = line[0] + (line[1] - line[0]) * y->w[1];
    }
    return plane[0] + (plane[1] - plane[0]) * z->w[1];
}

static dlrn_status sample_image(dlrn_image *out, const dlrn_image *im, const grid *g, kind how,
                                dlrn_error *err)
{
    dlrn_status st;
    taps *t[3] = {NULL};
    double *coef = NULL;
    const size_t all = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    DLRN_TRY(make_taps(t, g, im->dim, how, err));
    DLRN_TRY(dlrn_alloc_or_fail(&coef, all, err));
    memcpy(coef, im->v, all * sizeof *coef);
    if (how == BSPLINE) DLRN_TRY(prefilter(coef, im->dim, err));
    const int n[2] = {how == BSPLINE ? 4 : 1, how == BSPLINE && im->ndim == 3 ? 4 : 1};
    double *dst = out->v;
    for (int64_t z = 0; z < g->size[2]; z++)
        for (int64_t y = 0; y < g->size[1]; y++)
            for (int64_t x = 0; x < g->size[0]; x++) {
                const taps *p = &t[0][x], *q = &t[1][y], *r = &t[2][z];
                const bool in = p->inside && q->inside && r->inside;
                const double value = !in             ? 0
                                     : how == LINEAR ? interpolate_linear(coef, im->dim, p, q, r)
                                                     : interpolate(coef, im->dim, p, q, r, n);
                *dst++ = as_stored(value, im->stored);
            }
done:
    free(coef);
    for (int a = 0; a < 3; a++)
        free(t[a]);
    return st;
}

static dlrn_status sample_mask(dlrn_mask *out, const dlrn_mask *m, const grid *g, dlrn_error *err)
{
    dlrn_status st;
    taps *t[3] = {NULL};
    uint8_t *dst = out->v;
    DLRN_TRY(make_taps(t, g, m->dim, NEAREST, err));
    for (int64_t z = 0; z < g->size[2]; z++)
        for (int64_t y = 0; y < g->size[1]; y++)
            for (int64_t x = 0; x < g->size[0]; x++) {
                const taps *p = &t[0][x], *q = &t[1][y], *r = &t[2][z];
                *dst++ = p->inside && q->inside && r->inside &&
                         m->v[(r->at[0] * m->dim[1] + q->at[0]) * m->dim[0] + p->at[0]];
            }
done:
    for (int a = 0; a < 3; a++)
        free(t[a]);
    return st;
}

/* The new grid; *same where no axis changes. */
static void plan_grid(grid *g, bool *same, const dlrn_image *im, const int64_t lo[3],
                      const int64_t size[3], const double spacing[3], int pad)
{
    *same = true;
    g->ndim = im->ndim;
    for (int a = 0; a < 3; a++) {
        const double s = im->spacing_mm[a], t = spacing[a];
        const bool keep = a >= im->ndim || !(t > 0) || size[a] == 1;
        g->spacing[a] = keep ? s : t;
        const double r = s / g->spacing[a];
        const int own = a < im->ndim ? pad : 0;
        const double low = fmax(0, floor(((double)lo[a] - 0.5) * r - own));
        const double high = fmin(ceil((double)im->dim[a] * r) - 1,
                                 ceil(((double)(lo[a] + size[a]) - 0.5) * r + own));
        g->size[a] = (int64_t)(high - low) + 1;
        g->start[a] = 0.5 * (g->spacing[a] - s) / s + low / r;
        g->old_mm[a] = s;
        g->from[a] = 0;
        for (int k = 0; k < 3; k++)
            g->from[a] += im->dir[3 * k + a] * im->origin_mm[k];
        if (fabs(s - g->spacing[a]) > 1e-8 + 1e-5 * g->spacing[a]) *same = false;
    }
}

dlrn_status dlrn_pre_resample(dlrn_image *out, dlrn_mask *mask_out, const dlrn_image *im,
                              const dlrn_mask *mask, const double spacing_mm[3],
                              const char *interpolator, int pad, dlrn_error *err)
{
    static const char *const names[] = {"sitkNearestNeighbor", "sitkLinear", "sitkBSpline"};
    dlrn_status st;
    int64_t lo[3], size[3];
    grid g;
    bool same;
    int how = interpolator ? 0 : BSPLINE;
    while (interpolator && how < 3 && strcmp(interpolator, names[how]))
        how++;
    *out = (dlrn_image){0};
    *mask_out = (dlrn_mask){0};
    if (how == 3)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "interpolator '%s' is not built in; known: sitkNearestNeighbor, "
                         "sitkLinear, sitkBSpline",
                         interpolator);
    if (!dlrn_mask_box(mask, lo, size))
        return dlrn_fail(err, DLRN_EINVAL, "the mask holds no voxel of the label");
    plan_grid(&g, &same, im, lo, size, spacing_mm, pad);
    if (same) return dlrn_pre_crop(out, mask_out, im, mask, pad, err);
    DLRN_TRY(dlrn_image_alloc(out, im->ndim, g.size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&mask_out->v, (size_t)(g.size[0] * g.size[1] * g.size[2]), err));
    double *v = out->v;
    *out = *im;
    out->v = v;
    for (int k = 0; k < 3; k++) {
        out->dim[k] = mask_out->dim[k] = g.size[k];
        out->spacing_mm[k] = g.spacing[k];
        for (int j = 0; j < 3; j++)
            out->origin_mm[k] += im->dir[3 * k + j] * im->spacing_mm[j] * g.start[j];
    }
    DLRN_TRY(sample_image(out, im, &g, (kind)how, err));
    DLRN_TRY(sample_mask(mask_out, mask, &g, err));
done:
    if (st != DLRN_OK) {
        dlrn_image_clear(out);
        dlrn_mask_clear(mask_out);
    }
    return st;
}
