/* SPDX-License-Identifier: Apache-2.0
 *
 * Two classifiers on the same rows: which is right more often, by McNemar's test and the interval
 * of the difference.
 */
#ifndef DLRN_PAIRED_H
#define DLRN_PAIRED_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How often each is right among the rows that count. */
typedef struct dlrn_paired_rate {
    size_t n;                             /* rows that count */
    size_t both, only_a, only_b, neither; /* are right */
    double a, b;                          /* rates */
    /* a - b: Newcombe, Stat Med 1998;17:2635, method 10; with clusters +- z se of a ratio of sums
     */
    dlrn_estimate difference;
    /* McNemar with continuity correction (mcnemar.test); with clusters Obuchowski, Stat Med
     * 1998;17:1495. 0 and 1 where none is right alone */
    double chi2, p;
    double exact_p; /* binomial (binom.test); NaN with clusters */
} dlrn_paired_rate;

typedef struct dlrn_paired {
    dlrn_paired_rate sensitivity, specificity, accuracy;
} dlrn_paired;

/* Scores a[n] >= threshold_a and b[n] >= threshold_b are called positive. DLRN_EINVAL for bad rows
 * or one class. With rows of one cluster only, interval and test are NaN. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_paired_calls(dlrn_paired *out, const double *a,
                                                       double threshold_a, const double *b,
                                                       double threshold_b, const dlrn_truth *t,
                                                       double confidence, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
