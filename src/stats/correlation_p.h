/* SPDX-License-Identifier: Apache-2.0
 *
 * The two-sided p-value of a correlation, for many pairs over the same rows.
 */
#ifndef DLRN_STATS_CORRELATION_P_H
#define DLRN_STATS_CORRELATION_P_H

/* p = (1 - r^2)^(df / 2) h(r), where h is smooth and falls slowly: polynomials in w = z / (2 + z),
 * z = |r| sqrt(df), piece by piece. Beyond `far` p is below 1e-278 and h is not tabulated. */
enum { CORRELATION_P_PIECES = 32, CORRELATION_P_TERMS = 11 };
typedef struct correlation_p {
    double df, root, far;
    double per_w; /* pieces a unit of w */
    double c[CORRELATION_P_PIECES][CORRELATION_P_TERMS];
} correlation_p;

/* For n rows; df = n - 2. */
void correlation_p_init(correlation_p *t, double n);

/* P(|R| >= |r|) where there is no correlation, by Student's t; NaN where r is or n < 3. Agrees with
 * dlrn_t_two_sided to 1e-12 of its value. */
double correlation_p_value(const correlation_p *t, double r);

#endif
