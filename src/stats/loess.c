/* SPDX-License-Identifier: Apache-2.0
 *
 * Local quadratic regression: Cleveland, Devlin & Grosse, J Econometrics 1988;37:87.
 */
#include "stats/loess.h"

#include "base/lanes.h"
#include "stats/calibration.h"

#include <math.h>

/* Intercept of the weighted polynomial whose moments are s (sum w u^0..4) and b (sum w u^0..2 y):
 * elimination from the highest power down. False where the moments lose more than four digits. */
static bool intercept(double *out, const double s[5], const double b[3])
{
    const double var = s[2] - s[1] * s[1] / s[0];
    const double d01 = s[3] - s[1] * s[2] / s[0]; // u with u^2, given 1
    const double d02 = s[4] - s[2] * s[2] / s[0]; // u^2 with itself, given 1
    const double y1 = b[1] - s[1] * b[0] / s[0], y2 = b[2] - s[2] * b[0] / s[0];
    const double rest = d02 - d01 * d01 / var;
    const double c2 = (y2 - d01 * y1 / var) / rest;
    const double c1 = (y1 - c2 * d01) / var;
    *out = (b[0] - c1 * s[1] - c2 * s[2]) / s[0];
    return s[0] > 0 && var > 1e-4 * s[2] && rest > 1e-4 * s[4];
}

enum { MOMENTS = 8 };

/* Adds four rows to the moments: sum w u^0..4, sum w u^0..2 y, with tricube weights w. */
DLRN_INLINE void add_rows(lanes sum[MOMENTS], lanes u, lanes y, const double *count)
{
    const lanes d = lanes_abs(u), c = 1.0 - d * d * d;
    lanes w = c * c * c;
    if (count) w *= lanes_load(count);
    const lanes wu = w * u, wu2 = wu * u, wu3 = wu2 * u;
    sum[0] += w;
    sum[1] += wu;
    sum[2] += wu2;
    sum[3] += wu3;
    sum[4] += wu3 * u;
    sum[5] += w * y;
    sum[6] += wu * y;
    sum[7] += wu2 * y;
}

/* What is left when the lanes are full: a row that is not there is at the window's end, where it
 * weighs nothing. */
DLRN_INLINE void add_rest(lanes sum[MOMENTS], const loess_rows *r, size_t i, size_t to, double at,
                          double inverse)
{
    double u[LANES], y[LANES] = {0}, count[LANES] = {0};
    for (size_t k = 0; k < LANES; k++) {
        u[k] = i + k < to ? (r->x[i + k] - at) * inverse : 1;
        if (i + k < to) y[k] = r->y[i + k];
        if (i + k < to && r->count) count[k] = r->count[i + k];
    }
    add_rows(sum, lanes_load(u), lanes_load(y), r->count ? count : NULL);
}

DLRN_CLONES static void sum_counted(double s[MOMENTS], const loess_rows *r, size_t from, size_t to,
                                    double at, double inverse)
{
    lanes sum[MOMENTS] = {{0}};
    size_t i = from;
    for (; i + LANES <= to; i += LANES)
        add_rows(sum, (lanes_load(r->x + i) - at) * inverse, lanes_load(r->y + i), r->count + i);
    if (i < to) add_rest(sum, r, i, to, at, inverse);
    for (size_t m = 0; m < MOMENTS; m++)
        s[m] = lanes_sum(sum[m]);
}

DLRN_CLONES static void sum_single(double s[MOMENTS], const loess_rows *r, size_t from, size_t to,
                                   double at, double inverse)
{
    lanes sum[MOMENTS] = {{0}};
    size_t i = from;
    for (; i + LANES <= to; i += LANES)
        add_rows(sum, (lanes_load(r->x + i) - at) * inverse, lanes_load(r->y + i), NULL);
    if (i < to) add_rest(sum, r, i, to, at, inverse);
    for (size_t m = 0; m < MOMENTS; m++)
        s[m] = lanes_sum(sum[m]);
}

/* Moments over the neighbourhood h wide. */
static void sum_moments(double s[MOMENTS], const loess_rows *r, size_t from, size_t to, double at,
                        double h)
{
    (r->count ? sum_counted : sum_single)(s, r, from, to, at, 1 / h);
}

static size_t row_of(const loess_rows *r, size_t copy)
{
    return r->copy ? r->copy[copy] : copy;
}

/* The neighbourhood of a point: rows from <= i < to within h of it. */
typedef struct reach {
    size_t from, to;
    double h;
} reach;

/* The window of the q nearest copies slides right as `at` grows; *first is its first. */
static reach reach_of(double at, const loess_rows *r, size_t q, size_t *first)
{
    const double *x = r->x;
    while (*first + q < r->copies && x[row_of(r, *first + q)] - at < at - x[row_of(r, *first)])
        ++*first;
    const size_t from = row_of(r, *first), last = row_of(r, *first + q - 1);
    reach near = {from, last + 1, fmax(at - x[from], x[last] - at)};
    if (!(near.h > 0)) near.h = 1e-300;
    while (near.from > 0 && at - x[near.from - 1] < near.h)
        near.from--;
    while (near.to < r->n && x[near.to] - at < near.h)
        near.to++;
    return near;
}

/* Polynomials orthogonal over a neighbourhood: 1, t = u - m, q = t^2 - c t - mean. Slower than
 * moments, and sharp where these are not. */
typedef struct basis {
    double at, h;
    double w0, v, v2; /* sums of w, w t^2, w q^2 */
    double m, c, mean;
    bool line, bend; /* a power that the rows cannot tell is left out */
} basis;

static double weight_of(const loess_rows *r, size_t i, const basis *b)
{
    const double d = fabs((r->x[i] - b->at) / b->h), c = 1 - d * d * d;
    return (d < 1 ? c * c * c : 0) * (r->count ? r->count[i] : 1);
}

static basis basis_of(const loess_rows *r, const reach *near, double at)
{
    basis b = {.at = at, .h = near->h};
    double w1 = 0, w2 = 0, w4 = 0, cube = 0;
    for (size_t i = near->from; i < near->to; i++) {
        const double u = (r->x[i] - at) / b.h, w = weight_of(r, i, &b);
        b.w0 += w;
        w1 += w * u;
        w2 += w * u * u;
        w4 += w * u * u * u * u;
    }
    b.m = w1 / b.w0;
    for (size_t i = near->from; i < near->to; i++) {
        const double t = (r->x[i] - at) / b.h - b.m, w = weight_of(r, i, &b);
        b.v += w * t * t;
        cube += w * t * t * t;
    }
    b.line = b.v > 1e-12 * w2;
    b.c = b.line ? cube / b.v : 0;
    b.mean = b.v / b.w0;
    for (size_t i = near->from; i < near->to; i++) {
        const double t = (r->x[i] - at) / b.h - b.m, q = t * t - b.c * t - b.mean;
        b.v2 += weight_of(r, i, &b) * q * q;
    }
    b.bend = b.line && b.v2 > 1e-12 * w4;
    return b;
}

/* The same from moments; false where these have lost their digits. */
static bool basis_of_moments(basis *b, const double s[5], double at, double h)
{
    const double m = s[1] / s[0], v = s[2] - m * s[1];
    const double cube = s[3] - m * (3 * s[2] - m * (3 * s[1] - m * s[0]));
    const double fourth = s[4] - m * (4 * s[3] - m * (6 * s[2] - m * (4 * s[1] - m * s[0])));
    const double v2 = fourth - cube * cube / v - v * v / s[0];
    *b = (basis){.at = at,
                 .h = h,
                 .w0 = s[0],
                 .v = v,
                 .v2 = v2,
                 .m = m,
                 .c = cube / v,
                 .mean = v / s[0],
                 .line = true,
                 .bend = true};
    return s[0] > 0 && v > 1e-4 * s[2] && v2 > 1e-4 * s[4];
}

/* What row i adds to the curve at b->at for each unit of its y. */
static double share_of(const loess_rows *r, size_t i, const basis *b)
{
    const double t = (r->x[i] - b->at) / b->h - b->m, q = t * t - b->c * t - b->mean;
    const double q0 = b->m * b->m + b->c * b->m - b->mean; // where u is 0
    return weight_of(r, i, b) *
           (1 / b->w0 - (b->line ? b->m * t / b->v : 0) + (b->bend ? q0 * q / b->v2 : 0));
}

/* share_of, row by row, of rows that count once, where line and bend are told. */
DLRN_WIDE static void share_of_each(double *weight, const double *x, size_t n, const basis *b)
{
    const double at = b->at, inverse = 1 / b->h, m = b->m, c = b->c, mean = b->mean;
    const double level = 1 / b->w0, slope = m / b->v, bend = (m * m + c * m - mean) / b->v2;
    for (size_t i = 0; i < n; i++) {
        const double u = (x[i] - at) * inverse, d = fabs(u), near = 1 - d * d * d, t = u - m;
        weight[i] = near * near * near * (level - slope * t + bend * (t * t - c * t - mean));
    }
}

static double fit_at(double at, const loess_rows *r, size_t q, size_t *first)
{
    const reach near = reach_of(at, r, q, first);
    double s[MOMENTS], value, sum = 0;
    sum_moments(s, r, near.from, near.to, at, near.h);
    if (intercept(&value, s, s + 5)) return value;
    const basis b = basis_of(r, &near, at);
    for (size_t i = near.from; i < near.to; i++)
        sum += share_of(r, i, &b) * r->y[i];
    return sum;
}

void stats_loess_weights(double *weight, size_t *from, size_t *to, double at, const double *x,
                         size_t n, double span)
{
    const size_t q = (size_t)floor((double)n * span + 1e-5);
    const loess_rows rows = {.x = x, .y = x, .n = n, .copies = n};
    size_t first = 0;
    const reach near = reach_of(at, &rows, q > 0 ? q : 1, &first);
    double s[MOMENTS];
    basis b;
    sum_moments(s, &rows, near.from, near.to, at, near.h);
    if (basis_of_moments(&b, s, at, near.h)) {
        share_of_each(weight + near.from, x + near.from, near.to - near.from, &b);
    } else {
        b = basis_of(&rows, &near, at);
        for (size_t i = near.from; i < near.to; i++)
            weight[i] = share_of(&rows, i, &b);
    }
    *from = near.from;
    *to = near.to;
}

dlrn_status stats_loess(double *out, const double *at, size_t m, const loess_rows *rows,
                        double span, dlrn_error *err)
{
    const double share = floor((double)rows->copies * span + 1e-5);
    if (rows->n == 0 || !(share >= 1 && span <= 1))
        return dlrn_fail(err, DLRN_EINVAL, "loess with span %g over %zu points", span,
                         rows->copies);
    const size_t q = (size_t)share;
    size_t first = 0;
    for (size_t j = 0; j < m; j++) {
        if (j && at[j] < at[j - 1]) first = 0;
        out[j] = j && at[j] == at[j - 1] ? out[j - 1] : fit_at(at[j], rows, q, &first);
    }
    return DLRN_OK;
}

dlrn_status dlrn_loess(double *out, const double *at, size_t m, const double *x, const double *y,
                       size_t n, double span, dlrn_error *err)
{
    const loess_rows rows = {.x = x, .y = y, .n = n, .copies = n};
    return stats_loess(out, at, m, &rows, span, err);
}
