/* SPDX-License-Identifier: Apache-2.0
 *
 * Weights and sums of ITK's interpolators: NearestNeighbor, Linear, BSpline (Thevenaz et al. 2000),
 * Gaussian and LabelImageGaussian (Yushkevich et al. 2010), WindowedSinc (Meijering et al. 1999)
 * with edges repeated, BSplineResample (the image taken as coefficients).
 */
#include "radiomics/interpolate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    NEAREST,
    LINEAR,
    BSPLINE,
    GAUSSIAN,
    LABEL_GAUSSIAN,
    HAMMING,
    COSINE,
    WELCH,
    LANCZOS,
    BLACKMAN,
    SMOOTH /* a B-spline of the image itself */
};
enum { RADIUS = 5 }; /* of the windowed sinc functions */

const char *const dlrn_interpolator_names[] = {"sitkNearestNeighbor",
                                               "sitkLinear",
                                               "sitkBSpline",
                                               "sitkGaussian",
                                               "sitkLabelGaussian",
                                               "sitkHammingWindowedSinc",
                                               "sitkCosineWindowedSinc",
                                               "sitkWelchWindowedSinc",
                                               "sitkLanczosWindowedSinc",
                                               "sitkBlackmanWindowedSinc",
                                               "sitkBSpline1",
                                               "sitkBSpline2",
                                               "sitkBSpline3",
                                               "sitkBSpline4",
                                               "sitkBSpline5",
                                               "sitkBSplineResampler",
                                               "sitkBSplineResamplerOrder1",
                                               "sitkBSplineResamplerOrder2",
                                               "sitkBSplineResamplerOrder3",
                                               "sitkBSplineResamplerOrder4",
                                               "sitkBSplineResamplerOrder5",
                                               NULL};

void dlrn_interpolator_clear(dlrn_interpolator *p)
{
    free(p->coef);
    *p = (dlrn_interpolator){0};
}

dlrn_status dlrn_interpolator_make(dlrn_interpolator *out, const dlrn_image *im, const char *name,
                                   dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t n = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    int which = name ? 0 : BSPLINE;
    *out = (dlrn_interpolator){.im = im, .v = im->v};
    while (name && dlrn_interpolator_names[which] && strcmp(dlrn_interpolator_names[which], name))
        which++;
    if (!dlrn_interpolator_names[which])
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "interpolator '%s' is unknown; use sitkBSpline or another name of "
                         "SimpleITK",
                         name);
    const char last = dlrn_interpolator_names[which][strlen(dlrn_interpolator_names[which]) - 1];
    out->kind = which < SMOOTH ? which : which < SMOOTH + 5 ? BSPLINE : SMOOTH;
    out->order = last >= '1' && last <= '5' ? last - '0' : 3;
    if (out->kind != BSPLINE || out->order == 1) return DLRN_OK;
    DLRN_TRY(dlrn_alloc_or_fail(&out->coef, n, err));
    memcpy(out->coef, im->v, n * sizeof *out->coef);
    DLRN_TRY(dlrn_spline_filter(out->coef, im->dim, out->order, err));
    out->v = out->coef;
done:
    if (st != DLRN_OK) dlrn_interpolator_clear(out);
    return st;
}

/* ---- weights ---- */

/* vnl's incomplete gamma function P(1/2, x): it ends its series at 3e-7, which shows in ITK's
 * Gaussian weights. Lanczos' approximation of ln gamma: Toth 2004. */
static double half_gamma(double x)
{
    const double a = 0.5, least = 3e-7;
    double ln = 2.50662827563479526904 + 225.525584619175212544 / a;
    ln -= 268.295973841304927459 / (a + 1);
    ln += 80.9030806934622512966 / (a + 2);
    ln -= 5.00757863970517583837 / (a + 3);
    ln += 0.0114684895434781459556 / (a + 4);
    ln = log(ln) + (a - 0.5) * log(a + 4.65) - (a + 4.65);
    if (!(x > 0)) return 0;
    const double front = exp(-x + a * log(x) - ln);
    if (x < a + 1) { // power series
        double ai = a, term = 1 / a, sum = term;
        for (int i = 0; i < 100 && (i == 0 || !(fabs(term) < fabs(sum) * least)); i++) {
            ai += 1;
            term *= x / ai;
            sum += term;
        }
        return sum * front;
    }
    // continued fraction (Lentz)
    double b = x + 1 - a, c = 1e30, d = 1 / b, cf = d, delta = 0;
    for (int i = 1; i <= 100 && !(fabs(delta - 1) < least); i++) {
        const double ai = i * (a - i);
        b += 2;
        d = ai * d + b;
        if (fabs(d) < 1e-30) d = 1e-30;
        c = b + ai / c;
        if (fabs(c) < 1e-30) c = 1e-30;
        d = 1 / d;
        delta = d * c;
        cf *= delta;
    }
    return 1 - front * cf;
}

static double itk_erf(double x)
{
    return x < 0 ? -half_gamma(x * x) : half_gamma(x * x);
}

static void gaussian_taps(dlrn_taps *t, double x, int64_t n, double spacing, bool label)
{
    const double sigma = label ? spacing : 0.8 * spacing;
    const double scale = 1 / (M_SQRT2 * sigma / spacing), reach = sigma * (label ? 1 : 4) / spacing;
    const double low = floor(x + 0.5 - reach), high = ceil(x + 0.5 + reach);
    const int64_t begin = low > 0 ? (int64_t)low : 0;
    const int64_t end = high < (double)n ? (int64_t)high : n;
    double at = (-0.5 - x + (double)begin) * scale, before = itk_erf(at);
    for (int64_t i = begin; i < end && t->n < DLRN_MAX_TAPS; i++) {
        at += scale;
        const double now = itk_erf(at);
        t->at[t->n] = i;
        t->w[t->n++] = now - before;
        before = now;
    }
}

static double window(int kind, double x)
{
    const double m = RADIUS;
    switch (kind) {
    case HAMMING: return 0.54 + 0.46 * cos(x * (M_PI / m));
    case COSINE: return cos(x * (M_PI / (2 * m)));
    case WELCH: return 1 - x * (1 / (m * m)) * x;
    case LANCZOS: {
        const double z = x * (M_PI / m);
        return x == 0 ? 1 : sin(z) / z;
    }
    default: return 0.42 + 0.5 * cos(x * (M_PI / m)) + 0.08 * cos(x * (2 * M_PI / m));
    }
}

static void sinc_taps(dlrn_taps *t, int kind, double x, int64_t n)
{
    const double base = floor(x), part = x - base;
    for (int i = 0; i < 2 * RADIUS; i++) {
        const int64_t j = (int64_t)base + i - (RADIUS - 1);
        const double d = part + RADIUS - 1 - i, z = M_PI * d;
        t->at[i] = j < 0 ? 0 : j >= n ? n - 1 : j;
        t->w[i] = part == 0 ? i == RADIUS - 1 : window(kind, d) * (d == 0 ? 1 : sin(z) / z);
    }
    t->n = 2 * RADIUS;
}

static void spline_weights(double w[6], int order, double x)
{
    const double xx = x * x;
    switch (order) {
    case 1:
        w[1] = x;
        w[0] = 1 - x;
        break;
    case 2:
        w[1] = 0.75 - xx;
        w[2] = 0.5 * (x - w[1] + 1);
        w[0] = 1 - w[1] - w[2];
        break;
    case 4: {
        const double t = 1.0 / 6 * xx, odd = x * (t - 11.0 / 24);
        const double even = 19.0 / 96 + xx * (0.25 - t), far = (0.5 - x) * (0.5 - x);
        w[0] = far * (1.0 / 24 * far);
        w[1] = even + odd;
        w[3] = even - odd;
        w[4] = w[0] + odd + 0.5 * x;
        w[2] = 1 - w[0] - w[1] - w[3] - w[4];
        break;
    }
    case 5: {
        const double y = xx - x, yy = y * y, c = x - 0.5, t = y * (y - 3);
        w[5] = 1.0 / 120 * x * xx * xx;
        w[0] = 1.0 / 24 * (1.0 / 5 + y + yy) - w[5];
        const double even = 1.0 / 24 * (y * (y - 5) + 46.0 / 5), odd = -1.0 / 12 * c * (t + 4);
        w[2] = even + odd;
        w[3] = even - odd;
        const double outer = 1.0 / 16 * (9.0 / 5 - t), skew = 1.0 / 24 * c * (yy - y - 5);
        w[1] = outer + skew;
        w[4] = outer - skew;
        break;
    }
    default:
        w[3] = 1.0 / 6 * x * x * x;
        w[0] = 1.0 / 6 + 0.5 * x * (x - 1) - w[3];
        w[2] = x + w[0] - 2 * w[3];
        w[1] = 1 - w[0] - w[2] - w[3];
    }
}

/* ITK finds the voxels of a place rounded to single precision, and weighs them for the place
 * itself: the same value up to its last bits, which decide where it is cut off. */
static void spline_taps(dlrn_taps *t, int order, double x, int64_t n)
{
    const double middle = (double)floorf(order % 2 ? (float)x : (float)x + 0.5f);
    spline_weights(t->w, order, x - middle);
    t->n = order + 1;
    for (int k = 0; k < t->n; k++)
        t->at[k] = dlrn_mirror_index((int64_t)middle - order / 2 + k, n);
}

void dlrn_taps_make(dlrn_taps *t, const dlrn_interpolator *p, int axis, double x)
{
    const int64_t n = p->im->dim[axis];
    *t = (dlrn_taps){.inside = x >= -0.5 && x < (double)n - 0.5, .n = 1, .w = {1}};
    if (axis >= p->im->ndim) t->inside = true;
    if (axis >= p->im->ndim || !t->inside) return;
    switch (p->kind) {
    case NEAREST: t->at[0] = (int64_t)floor(x + 0.5); break;
    case LINEAR: {
        const double low = floor(x);
        const int64_t i = (int64_t)low;
        t->at[0] = i < 0 ? 0 : i;
        t->at[1] = i + 1 >= n ? n - 1 : i + 1;
        t->w[1] = x - low;
        t->w[0] = 1 - t->w[1];
        t->n = 2;
        break;
    }
    case BSPLINE:
    case SMOOTH: spline_taps(t, p->order, x, n); break;
    case GAUSSIAN:
    case LABEL_GAUSSIAN:
        t->n = 0;
        gaussian_taps(t, x, n, p->im->spacing_mm[axis], p->kind == LABEL_GAUSSIAN);
        break;
    default: sinc_taps(t, p->kind, x, n); break;
    }
}

/* ---- sums ---- */

/* Along x, then y, then z, as ITK: a weighted sum would end on the other side of a whole number. */
static double linear(const dlrn_interpolator *p, const dlrn_taps *x, const dlrn_taps *y,
                     const dlrn_taps *z)
{
    double plane[2] = {0, 0};
    for (int k = 0; k < z->n; k++) {
        double line[2] = {0, 0};
        for (int j = 0; j < y->n; j++) {
            const double *row = p->v + (z->at[k] * p->im->dim[1] + y->at[j]) * p->im->dim[0];
            line[j] = row[x->at[0]] + (row[x->at[1]] - row[x->at[0]]) * x->w[1];
        }
        plane[k] = line[0] + (line[1] - line[0]) * y->w[1];
    }
    return z->n == 1 ? plane[0] : plane[0] + (plane[1] - plane[0]) * z->w[1];
}

/* The grey value that has most of the weight; of equal ones that which had it first. */
static double heaviest(const dlrn_interpolator *p, const dlrn_taps *x, const dlrn_taps *y,
                       const dlrn_taps *z)
{
    enum { MOST = DLRN_MAX_TAPS * DLRN_MAX_TAPS * DLRN_MAX_TAPS };
    double value[MOST], weight[MOST];
    double most = 0, best = 0;
    int n = 0;
    for (int k = 0; k < z->n; k++)
        for (int j = 0; j < y->n; j++)
            for (int i = 0; i < x->n; i++) {
                const double v =
                    p->v[(z->at[k] * p->im->dim[1] + y->at[j]) * p->im->dim[0] + x->at[i]];
                int at = 0;
                while (at < n && value[at] != v)
                    at++;
                if (at == n) {
                    value[n] = v;
                    weight[n++] = 0;
                }
                weight[at] += x->w[i] * y->w[j] * z->w[k];
                if (weight[at] > most) {
                    most = weight[at];
                    best = v;
                }
            }
    return best;
}

static double weighted(const dlrn_interpolator *p, const dlrn_taps *x, const dlrn_taps *y,
                       const dlrn_taps *z)
{
    const bool sinc = p->kind >= HAMMING && p->kind <= BLACKMAN;
    double sum = 0, total = 0;
    for (int k = 0; k < z->n; k++)
        for (int j = 0; j < y->n; j++) {
            const double *row = p->v + (z->at[k] * p->im->dim[1] + y->at[j]) * p->im->dim[0];
            for (int i = 0; i < x->n; i++) {
                const double v = row[x->at[i]], w = x->w[i] * y->w[j] * z->w[k];
                sum += sinc ? v * x->w[i] * y->w[j] * z->w[k] : w * v;
                total += w;
            }
        }
    return p->kind == GAUSSIAN ? sum / total : sum;
}

double dlrn_as_pixel(double x, dlrn_pixel type)
{
    static const double low[] = {0, -128, 0, -32768, 0, -2147483648.0, 0, -9223372036854775808.0};
    static const double high[] = {255, 127, 65535, 32767, 4294967295, 2147483647.0, 0x1p64, 0x1p63};
    if (type == DLRN_PIXEL_F64) return x;
    if (type == DLRN_PIXEL_F32) return (double)(float)x;
    return x < low[type] ? low[type] : x > high[type] ? high[type] : trunc(x);
}

double dlrn_interpolate(const dlrn_interpolator *p, const dlrn_taps *x, const dlrn_taps *y,
                        const dlrn_taps *z)
{
    if (!x->inside || !y->inside || !z->inside) return 0;
    const double v = p->kind == NEAREST
                         ? p->v[(z->at[0] * p->im->dim[1] + y->at[0]) * p->im->dim[0] + x->at[0]]
                     : p->kind == LINEAR         ? linear(p, x, y, z)
                     : p->kind == LABEL_GAUSSIAN ? heaviest(p, x, y, z)
                                                 : weighted(p, x, y, z);
    return dlrn_as_pixel(v, p->im->stored);
}
