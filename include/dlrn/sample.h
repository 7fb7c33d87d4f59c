/* SPDX-License-Identifier: Apache-2.0
 *
 * The small structs that the statistics share: who is positive, an estimate with its interval, how
 * to bootstrap; and quantiles.
 */
#ifndef DLRN_SAMPLE_H
#define DLRN_SAMPLE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The truth of n rows. Borrowed. */
typedef struct dlrn_truth {
    const uint8_t *label; /* 0 or 1                                      [n] */
    size_t n;
    const size_t *cluster; /* rows of one number belong together (a patient); NULL: each its own
                              [n] */
} dlrn_truth;

/* A number with its confidence interval; lo and hi are NaN where there is none. */
typedef struct dlrn_estimate {
    double value, lo, hi;
} dlrn_estimate;

/* How to bootstrap. Percentile intervals; rows are drawn within each class (stratified), or whole
 * clusters where the truth has them. */
typedef struct dlrn_bootstrap {
    size_t replicates; /* 0: no bootstrap */
    uint64_t seed;
    double confidence; /* 0.95 */
    int threads;       /* 0: all CPUs; the result is the same for any number */
} dlrn_bootstrap;

/* Quantile of v[0..n), sorted ascending, as R's type 7; NaN where n is 0. */
DLRN_API double dlrn_quantile_sorted(const double *v, size_t n, double p);

/* Refuses (DLRN_EINVAL, naming the row) a label other than 0 and 1, a score that is not finite,
 * and no row at all. `cases` is the count of label 1; NULL allowed. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_truth_check(size_t *cases, const dlrn_truth *t,
                                                      const double *score, dlrn_error *err);

/* The same, and scores must lie in 0..1. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_truth_check_probability(size_t *cases,
                                                                  const dlrn_truth *t,
                                                                  const double *p, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
