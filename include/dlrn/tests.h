/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of one column, between two groups, and of a table of counts. Each equals R's function of
 * the name given; samples are finite numbers.
 */
#ifndef DLRN_TESTS_H
#define DLRN_TESTS_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_test {
    double statistic; /* NaN where the test has none (Fisher) */
    double df;        /* NaN where the test has none */
    double p;         /* two-sided */
} dlrn_test;

/* Shapiro-Wilk W of v[n]: shapiro.test, algorithm AS R94 (Royston, Appl Stat 1995;44:547), in
 * double precision. DLRN_EINVAL below 3 or above 5,000 values, DLRN_ENUMERIC where all are equal.
 */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_shapiro(dlrn_test *out, const double *v, size_t n,
                                                  dlrn_error *err);

/* Mann-Whitney: wilcox.test(a, b, exact = FALSE), statistic W of a; normal approximation with ties
 * and continuity correction. p is 1 where all values are equal. DLRN_EINVAL for an empty group. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_mann_whitney(dlrn_test *out, const double *a, size_t na,
                                                       const double *b, size_t nb, dlrn_error *err);

/* The same with the exact distribution of W: wilcox.test(a, b, exact = TRUE). DLRN_EUNSUPPORTED
 * where values are tied, or above 10,000 pairs. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_mann_whitney_exact(dlrn_test *out, const double *a,
                                                             size_t na, const double *b, size_t nb,
                                                             dlrn_error *err);

/* t.test(a, b, var.equal = TRUE) and t.test(a, b): t of mean(a) - mean(b). DLRN_EINVAL below two
 * values a group (Student: below three in all), DLRN_ENUMERIC where neither group varies. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_student(dlrn_test *out, const double *a, size_t na,
                                                  const double *b, size_t nb, dlrn_error *err);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_welch(dlrn_test *out, const double *a, size_t na,
                                                const double *b, size_t nb, dlrn_error *err);

/* Pearson's chi-square of counts[rows][cols]: chisq.test(correct = FALSE); empty rows and columns
 * are left out. DLRN_EINVAL for a negative count or fewer than two rows or columns that are not
 * empty. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_chi_square(dlrn_test *out, const double *counts,
                                                     size_t rows, size_t cols, dlrn_error *err);

/* The smallest count expected under independence, by which chi-square or Fisher is chosen; empty
 * rows and columns are left out. NaN where nothing is left. */
DLRN_API double dlrn_least_expected(const double *counts, size_t rows, size_t cols);

/* Fisher's exact p of any table: fisher.test, two-sided by probability (tables at most 1 + 1e-7
 * times as likely as the one seen); empty rows and columns are left out. DLRN_EINVAL as
 * dlrn_chi_square; DLRN_EUNSUPPORTED where too many tables share its margins (some seconds of
 * work, or more than 16 rows and columns, or 1,000,000 counted). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_fisher(dlrn_test *out, const double *counts, size_t rows,
                                                 size_t cols, dlrn_error *err);

/* Tables that the programs draw where the exact p is out of reach. */
enum { DLRN_FISHER_TABLES = 20000 };

/* The same p from random tables with these margins, as fisher.test(simulate.p.value = TRUE): (1 +
 * tables at most as likely as the one seen) / (1 + tables); standard error sqrt(p (1 - p) /
 * tables). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_fisher_monte_carlo(dlrn_test *out, const double *counts,
                                                             size_t rows, size_t cols,
                                                             size_t tables, uint64_t seed,
                                                             dlrn_error *err);

/* McNemar's chi-square with continuity correction of b and c discordant pairs: mcnemar.test. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_mcnemar(dlrn_test *out, double b, double c,
                                                  dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
