/* SPDX-License-Identifier: Apache-2.0
 *
 * Net reclassification and integrated discrimination improvement of a new risk over an old one.
 * Caution: both reward a badly calibrated new model and find improvement where there is none
 * (Pepe et al., Stat Biosci 2015;7:282); report them beside the difference of AUCs.
 */
#ifndef DLRN_RECLASSIFY_H
#define DLRN_RECLASSIFY_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_improvement {
    double value, se, z, p, lo, hi; /* se 0: z and p are NaN */
    double events, nonevents;       /* the two parts; their sum is value */
    double events_lo, events_hi, nonevents_lo, nonevents_hi;
} dlrn_improvement;

typedef struct dlrn_reclassification {
    dlrn_improvement nri_continuous;  /* any move up or down */
    dlrn_improvement nri_categorical; /* moves across cuts; NaN without cuts */
    dlrn_improvement idi;
} dlrn_reclassification;

/* Standard errors as Hmisc::improveProb (with the term -(up - down)^2 / n^3).
 *   before, after   probabilities of the old and the new model            [n]
 *   cut             ascending, in (0, 1); a risk >= cut is above it       [cuts]
 * DLRN_EINVAL for bad rows, fewer than two rows of a class, cuts out of order. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_reclassify(dlrn_reclassification *out,
                                                     const double *before, const double *after,
                                                     const dlrn_truth *t, const double *cut,
                                                     size_t cuts, double confidence,
                                                     dlrn_error *err);

/* How many rows of a label went from each category (row) to each (column), checked rows and cuts
 * given                                                   out[cuts + 1][cuts + 1] */
DLRN_API void dlrn_reclassify_counts(size_t *out, const double *before, const double *after,
                                     const dlrn_truth *t, uint8_t label, const double *cut,
                                     size_t cuts);

#ifdef __cplusplus
}
#endif

#endif
