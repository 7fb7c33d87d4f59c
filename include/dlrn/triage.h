/* SPDX-License-Identifier: Apache-2.0
 *
 * A score that may abstain: rule-out and rule-in thresholds with a grey zone between them, and
 * conformal prediction sets.
 */
#ifndef DLRN_TRIAGE_H
#define DLRN_TRIAGE_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- zones ---- */

typedef enum dlrn_target_kind {
    DLRN_TARGET_GIVEN,       /* the threshold itself */
    DLRN_TARGET_SENSITIVITY, /* rule out: this share of the cases at least is not ruled out */
    DLRN_TARGET_NPV,         /* rule out: this share at least of those ruled out are controls */
    DLRN_TARGET_SPECIFICITY, /* rule in: this share of the controls at least is not ruled in */
    DLRN_TARGET_PPV          /* rule in: this share at least of those ruled in are cases */
} dlrn_target_kind;

typedef struct dlrn_target {
    dlrn_target_kind kind;
    double value;
} dlrn_target;

/* A score below `low` rules out, one of `high` or more rules in. A NaN: no row can be ruled out
 * (in) at its target. */
typedef struct dlrn_zones {
    double low, high;
    bool one; /* low is high: there is no grey zone */
} dlrn_zones;

/* The thresholds among the scores that rule out the most controls and rule in the most cases; of
 * equals the one that misses (alarms) least. Where the two would overlap, the one threshold that
 * holds both, by Youden's index; DLRN_ENUMERIC where there is none. DLRN_EINVAL for bad rows, one
 * class, a target outside 0..1 or not of its side, given thresholds out of order. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_triage_choose(dlrn_zones *out, const double *score,
                                                        const dlrn_truth *t,
                                                        const dlrn_target *rule_out,
                                                        const dlrn_target *rule_in,
                                                        dlrn_error *err);

typedef struct dlrn_zone {
    size_t n, cases;
    dlrn_estimate share; /* of all rows */
    dlrn_estimate risk;  /* cases / n; NaN where the zone is empty */
} dlrn_zone;

/* What thresholds do; Wilson's intervals. */
typedef struct dlrn_triage {
    dlrn_zone out, grey, in;
    dlrn_estimate npv, sensitivity; /* of ruling out */
    dlrn_estimate ppv, specificity; /* of ruling in */
} dlrn_triage;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_triage_judge(dlrn_triage *out, const dlrn_zones *z,
                                                       const double *score, const dlrn_truth *t,
                                                       double confidence, dlrn_error *err);

/* ---- conformal sets ---- */

/* Split conformal prediction (Vovk et al., Algorithmic Learning in a Random World, 2005): a class
 * is in a row's set unless its nonconformity, 1 - its probability, exceeds the limit: the ceil((n +
 * 1) coverage)-th smallest of the n calibration rows of that class (of all rows where not by
 * class). Rows like the calibration rows then have their class in their set with the wanted
 * probability, whatever the model. */
typedef struct dlrn_conformal {
    size_t n[2];     /* calibration rows behind each class's limit */
    double limit[2]; /* infinite where n is too small: the class is in every set */
} dlrn_conformal;

/* Probabilities p[n] of label 1. DLRN_EINVAL for bad rows, one class, coverage outside (0, 1). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_conformal_fit(dlrn_conformal *out, const double *p,
                                                        const dlrn_truth *t, double coverage,
                                                        bool by_class, dlrn_error *err);

/* Bit 0: label 0 is in the set; bit 1: label 1. */
DLRN_API unsigned dlrn_conformal_set(const dlrn_conformal *c, double p);

#ifdef __cplusplus
}
#endif

#endif
