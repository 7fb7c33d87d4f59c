/* SPDX-License-Identifier: Apache-2.0
 *
 * Distribution functions: normal, t, chi-square, F, beta, binomial. `_cdf` is P(X <= x), `_upper`
 * is P(X > x) without the loss of 1 - cdf, `_quantile` inverts `_cdf`. An argument outside the
 * domain (NaN, df <= 0, p outside 0..1) gives NaN; p = 0 and 1 give the ends, infinite or not.
 */
#ifndef DLRN_SPECIAL_H
#define DLRN_SPECIAL_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

DLRN_API double dlrn_normal_cdf(double x);
DLRN_API double dlrn_normal_upper(double x);
DLRN_API double dlrn_normal_quantile(double p);
/* 2 P(X > |z|), for tests; NaN for NaN. */
DLRN_API double dlrn_normal_two_sided(double z);

/* df may be infinite: the normal distribution. */
DLRN_API double dlrn_t_cdf(double x, double df);
DLRN_API double dlrn_t_upper(double x, double df);
DLRN_API double dlrn_t_quantile(double p, double df);
DLRN_API double dlrn_t_two_sided(double t, double df);

DLRN_API double dlrn_chi2_cdf(double x, double df);
DLRN_API double dlrn_chi2_upper(double x, double df);
DLRN_API double dlrn_chi2_quantile(double p, double df);

DLRN_API double dlrn_f_cdf(double x, double df1, double df2);
DLRN_API double dlrn_f_upper(double x, double df1, double df2);
DLRN_API double dlrn_f_quantile(double p, double df1, double df2);

DLRN_API double dlrn_beta_cdf(double x, double a, double b);
DLRN_API double dlrn_beta_upper(double x, double a, double b);
DLRN_API double dlrn_beta_quantile(double p, double a, double b);

/* k successes of n with probability p each. */
DLRN_API double dlrn_binomial_cdf(double k, double n, double p);
DLRN_API double dlrn_binomial_upper(double k, double n, double p); /* P(X > k) */
DLRN_API double dlrn_binomial_pmf(double k, double n, double p);
/* The smallest k with cdf >= q, as R's qbinom. */
DLRN_API double dlrn_binomial_quantile(double q, double n, double p);

#ifdef __cplusplus
}
#endif

#endif
