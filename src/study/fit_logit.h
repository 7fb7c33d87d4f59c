/* SPDX-License-Identifier: Apache-2.0
 *
 * Maximum likelihood for the study's logistic models.
 */
#ifndef DLRN_STUDY_FIT_LOGIT_H
#define DLRN_STUDY_FIT_LOGIT_H

#include "study/run.h"

/* Fits beta and covariance of f (f->p is set) on x[n][p]; cluster [n]: sandwich covariance by
 * patient; NULL: inverse information. DLRN_ENUMERIC says what went wrong: separation, a column that
 * depends on others. */
DLRN_MUST_CHECK dlrn_status fit_logit(study_logit *f, const double *x, const uint8_t *label,
                                      const size_t *cluster, size_t n, dlrn_error *err);

/* p of the likelihood-ratio test of one clinical term on the training rows. */
DLRN_MUST_CHECK dlrn_status fit_logit_term_p(double *p, const study_run *r, const clinical_term *t,
                                             const uint8_t *label, dlrn_error *err);

/* Intercept and slope of label on t[n]; 0 and 1 where they cannot be had or the slope is not
 * positive. */
DLRN_MUST_CHECK dlrn_status fit_recalibration(double *intercept, double *slope, const double *t,
                                              const uint8_t *label, size_t n, dlrn_error *err);

#endif
