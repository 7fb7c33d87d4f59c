/* SPDX-License-Identifier: Apache-2.0
 *
 * Local quadratic regression: Cleveland, Devlin & Grosse, J Econometrics 1988;37:87.
 */
#include "stats/calibration.h"

#include <math.h>
#include <string.h>

/* Intercept of the weighted polynomial whose moments are s (sum w u^0..4) and b (sum w u^0..2 y):
 * elimination from the highest power down, so that a power that the data cannot tell is left out.
 */
static double intercept(const double s[5], const double b[3])
{
    const double var = s[2] - s[1] * s[1] / s[0];
    if (!(s[0] > 0)) return (double)NAN;
    if (!(var > 1e-12 * s[2])) return b[0] / s[0];
    const double d01 = s[3] - s[1] * s[2] / s[0]; // u with u^2, given 1
    const double d02 = s[4] - s[2] * s[2] / s[0]; // u^2 with itself, given 1
    const double y1 = b[1] - s[1] * b[0] / s[0], y2 = b[2] - s[2] * b[0] / s[0];
    const double rest = d02 - d01 * d01 / var;
    const double c2 = rest > 1e-12 * s[4] ? (y2 - d01 * y1 / var) / rest : 0;
    const double c1 = (y1 - c2 * d01) / var;
    return (b[0] - c1 * s[1] - c2 * s[2]) / s[0];
}

/* Four rows at a time, the same operations for each in the same order on any machine. */
typedef double lanes __attribute__((vector_size(32)));
typedef int64_t mask __attribute__((vector_size(32)));
enum { LANES = 4, MOMENTS = 8 };

/* Adds four rows to the moments: sum w u^0..4, sum w u^0..2 y. Tricube weights of a neighbourhood h
 * wide, with netlib loess's rounding at its ends (0 beyond 0.999 h, 1 within 0.001 h). */
static inline void add_rows(lanes sum[MOMENTS], const double *x, const double *y, double at,
                            double inverse)
{
    lanes u, v;
    memcpy(&u, x, sizeof u);
    memcpy(&v, y, sizeof v);
    u = (u - at) * inverse;
    const lanes d = (lanes)((mask)u & INT64_MAX), c = 1 - d * d * d; // |u|
    lanes w = c * c * c;
    const mask near = d <= 0.001, inside = d < 0.999;
    w = (lanes)(((mask)w & ~near) | ((mask)(w * 0 + 1) & near));
    w = (lanes)((mask)w & inside);
    const lanes wu = w * u, wu2 = wu * u;
    sum[0] += w;
    sum[1] += wu;
    sum[2] += wu2;
    sum[3] += wu2 * u;
    sum[4] += wu2 * u * u;
    sum[5] += w * v;
    sum[6] += wu * v;
    sum[7] += wu2 * v;
}

/* s: sum w u^0..4; s + 5: sum w u^0..2 y, over the n rows; beyond h a row weighs nothing. */
static void sum_moments(double s[MOMENTS], const double *x, const double *y, size_t n, double at,
                        double h)
{
    lanes sum[MOMENTS] = {{0}};
    const double inverse = 1 / h;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        add_rows(sum, x + i, y + i, at, inverse);
    if (i < n) {
        double more[2][LANES];
        for (size_t k = 0; k < LANES; k++) {
            more[0][k] = i + k < n ? x[i + k] : at + h;
            more[1][k] = i + k < n ? y[i + k] : 0;
        }
        add_rows(sum, more[0], more[1], at, inverse);
    }
    for (size_t m = 0; m < MOMENTS; m++)
        s[m] = (sum[m][0] + sum[m][1]) + (sum[m][2] + sum[m][3]);
}

/* The neighbourhood of a point: rows from <= i < to within h of it. */
typedef struct reach {
    size_t from, to;
    double h;
} reach;

/* The window of the q nearest slides right as `at` grows; *first is its first row. */
static reach reach_of(double at, const double *x, size_t n, size_t q, size_t *first)
{
    while (*first + q < n && x[*first + q] - at < at - x[*first])
        ++*first;
    reach r = {*first, *first + q, fmax(at - x[*first], x[*first + q - 1] - at)};
    if (!(r.h > 0)) r.h = 1e-300;
    while (r.from > 0 && at - x[r.from - 1] < r.h)
        r.from--;
    while (r.to < n && x[r.to] - at < r.h)
        r.to++;
    return r;
}

static double fit_at(double at, const double *x, const double *y, size_t n, size_t q, size_t *first)
{
    const reach r = reach_of(at, x, n, q, first);
    double s[MOMENTS];
    sum_moments(s, x + r.from, y + r.from, r.to - r.from, at, r.h);
    return intercept(s, s + 5);
}

void stats_loess_weights(double *weight, size_t *from, size_t *to, double at, const double *x,
                         size_t n, double span)
{
    const size_t q = (size_t)floor((double)n * span + 1e-5);
    size_t first = 0;
    const reach r = reach_of(at, x, n, q > 0 ? q : 1, &first);
    double s[MOMENTS], share[3];
    sum_moments(s, x + r.from, x + r.from, r.to - r.from, at, r.h);
    for (int k = 0; k < 3; k++) // the fit is linear in the moments of y
        share[k] = intercept(s, (const double[]){k == 0, k == 1, k == 2});
    for (size_t i = r.from; i < r.to; i++) {
        const double u = (x[i] - at) / r.h, d = fabs(u), c = 1 - d * d * d;
        const double w = d >= 0.999 ? 0 : d <= 0.001 ? 1 : c * c * c;
        weight[i] = w * (share[0] + share[1] * u + share[2] * u * u);
    }
    *from = r.from;
    *to = r.to;
}

dlrn_status dlrn_loess(double *out, const double *at, size_t m, const double *x, const double *y,
                       size_t n, double span, dlrn_error *err)
{
    const double share = floor((double)n * span + 1e-5);
    if (n == 0 || !(share >= 1 && span <= 1))
        return dlrn_fail(err, DLRN_EINVAL, "loess with span %g over %zu points", span, n);
    const size_t q = (size_t)share;
    size_t first = 0;
    for (size_t j = 0; j < m; j++) {
        if (j && at[j] < at[j - 1]) first = 0;
        out[j] = j && at[j] == at[j - 1] ? out[j - 1] : fit_at(at[j], x, y, n, q, &first);
    }
    return DLRN_OK;
}
