/* SPDX-License-Identifier: Apache-2.0
 *
 * How many cases a prediction model of a binary outcome needs.
 */
#ifndef DLRN_SAMPLESIZE_H
#define DLRN_SAMPLESIZE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { DLRN_SAMPLESIZE_MOST = 4 };

typedef struct dlrn_samplesize_criterion {
    const char *name;
    double n, events; /* rounded up */
} dlrn_samplesize_criterion;

typedef struct dlrn_samplesize {
    dlrn_samplesize_criterion criterion[DLRN_SAMPLESIZE_MOST];
    size_t criteria;
    double n; /* the largest */
} dlrn_samplesize;

/* Development: Riley et al., Stat Med 2019;38:1276 and BMJ 2020;368:m441.
 *   prevalence  0..1, ends excluded
 *   parameters  candidate parameters, at least 1
 *   r2cs        expected Cox-Snell R2, above 0 and below its maximum at this prevalence
 * Criteria "shrinkage" (expected shrinkage 0.9), "optimism" (of Nagelkerke's R2 at most 0.05),
 * "overall_risk" (within 0.05). DLRN_EINVAL says which value is out of range. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_samplesize_develop(dlrn_samplesize *out,
                                                             double prevalence, double parameters,
                                                             double r2cs, dlrn_error *err);

/* The Cox-Snell R2 that an AUC (0.5..1) means at a prevalence, where the linear predictor is normal
 * in events and non-events with one variance: Riley et al., Stat Med 2021;40:859, integrated
 * instead of simulated. NaN outside the ranges. */
DLRN_API double dlrn_samplesize_r2cs(double prevalence, double auc);

/* External validation: Riley et al., Stat Med 2021;40:4230.
 *   auc                             expected, 0.5..1, ends excluded
 *   oe_width slope_width auc_width  widths wanted of the 95 % intervals, > 0
 * Criteria "o_e" (of a ratio of 1; the standard error in steps of 0.0001 up, as pmvalsampsize),
 * "slope" (of a slope of 1; the linear predictor is normal in events and non-events with one
 * variance, as the AUC implies, and calibrated), "auc" (Newcombe's variance). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_samplesize_validate(dlrn_samplesize *out,
                                                              double prevalence, double auc,
                                                              double oe_width, double slope_width,
                                                              double auc_width, dlrn_error *err);

/* What a model is expected to do where a risk of `threshold` or more is treated. */
typedef struct dlrn_samplesize_decision {
    double threshold, sensitivity, specificity; /* threshold 0..1, ends excluded */
    double standardised_net_benefit; /* dlrn_samplesize_net_benefit fills it: 1 at most */
} dlrn_samplesize_decision;

/* Sensitivity and specificity at d->threshold that an AUC means at a prevalence, under what
 * dlrn_samplesize_r2cs takes for granted. DLRN_EINVAL says which value is out of range. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_samplesize_accuracy(dlrn_samplesize_decision *d,
                                                              double prevalence, double auc,
                                                              dlrn_error *err);

/* A further criterion of external validation, "net_benefit": the 95 % interval of the standardised
 * net benefit is `width` wide (Riley et al., Stat Med 2021;40:4230; pmvalsampsize rounds the
 * standard error to 3 decimals). Called after dlrn_samplesize_validate. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_samplesize_net_benefit(dlrn_samplesize *s,
                                                                 dlrn_samplesize_decision *d,
                                                                 double prevalence, double width,
                                                                 dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
