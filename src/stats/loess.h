/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DLRN_STATS_LOESS_H
#define DLRN_STATS_LOESS_H

#include <dlrn/base.h>

/* Rows of which some stand for several, as a bootstrap draws them. */
typedef struct loess_rows {
    const double *x, *y;  /* ascending x                                        [n] */
    const double *count;  /* copies of each, > 0; NULL: one                     [n] */
    const uint32_t *copy; /* the row of each copy, in order; NULL with count    [copies] */
    size_t n, copies;     /* copies = n without count */
} loess_rows;

/* dlrn_loess over all the copies. */
DLRN_MUST_CHECK dlrn_status stats_loess(double *out, const double *at, size_t m,
                                        const loess_rows *rows, double span, dlrn_error *err);

#endif
