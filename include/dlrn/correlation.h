/* SPDX-License-Identifier: Apache-2.0
 *
 * Correlation of all pairs of columns.
 */
#ifndef DLRN_CORRELATION_H
#define DLRN_CORRELATION_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_correlation_method {
    DLRN_PEARSON,
    DLRN_SPEARMAN, /* Pearson of the mid-ranks */
    DLRN_KENDALL   /* tau-b */
} dlrn_correlation_method;

/* DLRN_EINVAL lists the names. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_correlation_from_name(dlrn_correlation_method *out,
                                                                const char *name, dlrn_error *err);

/* Correlation of the columns of x.
 *   x   finite numbers, row-major                                              [n][m]
 *   r   -1..1, exactly 1 on the diagonal and within 1e-15 of it; NaN where a column does not vary
 * [m][m] p   two-sided, NaN on the diagonal; NULL: not wanted                       [m][m] p of
 * Pearson and Spearman: t with n - 2 degrees of freedom (cor.test, for Spearman with exact = FALSE;
 * Hmisc::rcorr); of Kendall: normal, variance with ties (cor.test, exact = FALSE). DLRN_EINVAL
 * where n < 2, or where a value is not finite, naming row and column. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_correlation(double *r, double *p, const double *x,
                                                      size_t n, size_t m,
                                                      dlrn_correlation_method method,
                                                      const dlrn_exec *ex, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
