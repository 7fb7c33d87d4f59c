/* SPDX-License-Identifier: Apache-2.0
 *
 * Local quadratic regression: Cleveland, Devlin & Grosse, J Econometrics 1988;37:87.
 */
#include <dlrn/calibration.h>

#include <math.h>

/* Tricube weight at distance d of a neighbourhood h wide, with netlib loess's rounding at its ends.
 */
static double tricube(double d, double h)
{
    if (d >= 0.999 * h) return 0;
    if (d <= 0.001 * h) return 1;
    const double r = d / h, c = 1 - r * r * r;
    return c * c * c;
}

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

static double fit_at(double at, const double *x, const double *y, size_t n, size_t q, size_t *first)
{
    /* the window of the q nearest slides right as `at` grows */
    while (*first + q < n && x[*first + q] - at < at - x[*first])
        ++*first;
    double h = fmax(at - x[*first], x[*first + q - 1] - at);
    if (!(h > 0)) h = 1e-300;
    double s[5] = {0}, b[3] = {0};
    size_t from = *first, to = *first + q;
    while (from > 0 && at - x[from - 1] < h)
        from--;
    while (to < n && x[to] - at < h)
        to++;
    for (size_t i = from; i < to; i++) {
        const double u = (x[i] - at) / h, w = tricube(fabs(x[i] - at), h);
        const double wu = w * u, wu2 = wu * u;
        s[0] += w;
        s[1] += wu;
        s[2] += wu2;
        s[3] += wu2 * u;
        s[4] += wu2 * u * u;
        b[0] += w * y[i];
        b[1] += wu * y[i];
        b[2] += wu2 * y[i];
    }
    return intercept(s, b);
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
