/* SPDX-License-Identifier: Apache-2.0
 *
 * Decision curves: Vickers & Elkin, Med Decis Making 2006;26:565. A risk >= threshold is treated; a
 * risk of exactly 0 or 1 as dcurves (0 is never, 1 always treated).
 */
#ifndef DLRN_DECISION_H
#define DLRN_DECISION_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_decision_opts {
    double prevalence; /* NaN: that of the data; else net benefit is corrected to it */
    double harm;       /* of the test, in net benefit; subtracted from the model's */
    dlrn_bootstrap boot;
} dlrn_decision_opts;

/* Curves over the thresholds. Zero-init is valid; all arrays [thresholds]. */
typedef struct dlrn_decision {
    size_t thresholds;
    double prevalence;
    double *net_benefit, *all; /* model; treat all (treat none is 0) */
    double *standardised;      /* net benefit / prevalence */
    double *avoided;           /* interventions avoided per 100, against treating all */
    double *lo, *hi; /* bootstrap band of net_benefit; NaN without bootstrap. Rows are drawn
                        whatever their class, since the prevalence is uncertain, too; within each
                        class where a prevalence is given; whole clusters where there are any */
} dlrn_decision;

/*   risk        probabilities                                             [n]
 *   threshold   in (0, 1)                                                 [thresholds]
 * DLRN_EINVAL for bad rows, one class (unless a prevalence is given, and even then both rates are
 * needed), thresholds outside (0, 1). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_decision_curve(dlrn_decision *out, const double *risk,
                                                         const dlrn_truth *t,
                                                         const double *threshold, size_t thresholds,
                                                         const dlrn_decision_opts *opts,
                                                         dlrn_error *err);
DLRN_API void dlrn_decision_clear(dlrn_decision *d);

/* Net benefit of a less that of b on the same rows. Zero-init is valid; arrays [thresholds]. */
typedef struct dlrn_decision_difference {
    size_t thresholds;
    double *difference, *lo, *hi; /* lo and hi as those of dlrn_decision, from the same draws */
} dlrn_decision_difference;

/* Arguments and errors as dlrn_decision_curve; a harm is both models' and leaves no trace. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_decision_compare(
    dlrn_decision_difference *out, const double *a, const double *b, const dlrn_truth *t,
    const double *threshold, size_t thresholds, const dlrn_decision_opts *opts, dlrn_error *err);
DLRN_API void dlrn_decision_difference_clear(dlrn_decision_difference *d);

#ifdef __cplusplus
}
#endif

#endif
