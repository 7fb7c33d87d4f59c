/* SPDX-License-Identifier: Apache-2.0
 *
 * What a threshold does: the 2 x 2 table, its proportions with intervals.
 */
#ifndef DLRN_CLASSIFY_H
#define DLRN_CLASSIFY_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_interval_method { DLRN_WILSON, DLRN_EXACT } dlrn_interval_method;

/* `count` of `n` with Wilson's score interval (without continuity correction) or Clopper-Pearson's
 * exact one. NaN where n is 0. */
DLRN_API dlrn_estimate dlrn_proportion(size_t count, size_t n, double confidence,
                                       dlrn_interval_method method);

typedef struct dlrn_classification {
    size_t tp, fp, fn, tn;
    dlrn_estimate sensitivity, specificity, ppv, npv, accuracy; /* proportions */
    dlrn_estimate f1, mcc, youden; /* f1, mcc: bootstrap; youden: Newcombe's hybrid of the two */
    /* log method; where a cell is 0 (dlrn_classify_has_zero), 0.5 is added to each for the value
     * and the interval */
    dlrn_estimate lr_pos, lr_neg, dor;
} dlrn_classification;

/* `score` >= threshold is called positive. With clusters every interval is
 * the patient bootstrap's, or, where the proportion is 0 or 1 and a bootstrap has no width,
 * Wilson's with each cluster counted once. boot->replicates 0: f1 and mcc (and with clusters the
 * others) have no interval. DLRN_EINVAL for bad rows or one class. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_classify(dlrn_classification *out, const double *score,
                                                   const dlrn_truth *t, double threshold,
                                                   dlrn_interval_method method,
                                                   const dlrn_bootstrap *boot, dlrn_error *err);

/* Whether one of the four counts is 0. */
DLRN_API bool dlrn_classify_has_zero(const dlrn_classification *c);

#ifdef __cplusplus
}
#endif

#endif
