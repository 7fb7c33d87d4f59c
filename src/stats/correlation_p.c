/* SPDX-License-Identifier: Apache-2.0
 *
 * See stats/correlation_p.h. The tail of Student's t costs a continued fraction; all pairs of
 * columns share its degrees of freedom, so what is left of it after the leading power is tabulated.
 */
#include "stats/correlation_p.h"

#include <dlrn/special.h>

#include <math.h>
#include <stddef.h>

enum { PIECES = CORRELATION_P_PIECES, TERMS = CORRELATION_P_TERMS };

static double by_student(double r, double df)
{
    return dlrn_t_two_sided(r * sqrt(df / ((1 - r) * (1 + r))), df);
}

/* df / 2 log(1 - r^2) */
static double log_power(double r, double df)
{
    return df / 2 * (r < 0.5 ? log1p(-r * r) : log((1 - r) * (1 + r)));
}

/* The polynomial in x, -1 to 1, through h at the TERMS Chebyshev points: its Chebyshev sum. */
static void fit_piece(double c[TERMS], const double h[TERMS])
{
    const double pi = 3.14159265358979323846;
    for (size_t k = 0; k < TERMS; k++) {
        c[k] = 0;
        for (size_t i = 0; i < TERMS; i++)
            c[k] += h[i] * cos(pi * (double)k * ((double)i + 0.5) / TERMS) * 2 / TERMS;
    }
    c[0] /= 2;
}

void correlation_p_init(correlation_p *t, double n)
{
    const double pi = 3.14159265358979323846, least = -640;
    *t = (correlation_p){.df = n - 2};
    if (n < 3) return;
    t->root = sqrt(t->df);
    t->far = sqrt(-expm1(2 * least / t->df));
    const double z = t->far * t->root, reach = z / (2 + z);
    t->per_w = PIECES / reach;
    for (size_t k = 0; k < PIECES; k++) {
        double h[TERMS];
        for (size_t i = 0; i < TERMS; i++) {
            const double x = cos(pi * ((double)i + 0.5) / TERMS);
            const double w = ((double)k + (x + 1) / 2) / t->per_w, r = 2 * w / (1 - w) / t->root;
            h[i] = by_student(r, t->df) * exp(-log_power(r, t->df));
        }
        fit_piece(t->c[k], h);
    }
}

double correlation_p_value(const correlation_p *t, double r)
{
    r = fabs(r);
    if (t->df < 1 || isnan(r)) return (double)NAN;
    const double power = log_power(r, t->df);
    if (power < -750) return 0; // no double is so small
    if (r >= t->far) return by_student(r, t->df);
    const double z = r * t->root, at = z / (2 + z) * t->per_w;
    const size_t k = at < PIECES - 1 ? (size_t)at : PIECES - 1;
    const double x = 2 * (at - (double)k) - 1, *c = t->c[k];
    double b1 = 0, b2 = 0; // Clenshaw
    for (size_t i = TERMS - 1; i > 0; i--) {
        const double b = c[i] + 2 * x * b1 - b2;
        b2 = b1;
        b1 = b;
    }
    return fmin(1, exp(power) * (c[0] + x * b1 - b2));
}
