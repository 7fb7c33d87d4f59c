/* SPDX-License-Identifier: Apache-2.0
 *
 * The logistic models of a study as they are kept and applied: the same arithmetic in study and
 * predict, so that both give the same bits.
 */
#ifndef DLRN_STUDY_LOGIT_H
#define DLRN_STUDY_LOGIT_H

#include "study/run.h"

/* log(p / (1 - p)) with p clipped to [1/2n, 1 - 1/2n], n the number of training rows. */
double logit_of_signature(double p, size_t n);

/* intercept + sum beta x, summed in order. */
double logit_linear(const study_logit *f, const double *x);

/* 1 / (1 + exp(-t)) without overflow. */
double logit_probability(double t);

dlrn_json *logit_json(const study_logit *f);
DLRN_MUST_CHECK dlrn_status logit_from_json(study_logit *out, const dlrn_json *j, dlrn_error *err);
void study_logit_clear(study_logit *f);

/* The design row of the nomogram: the signature's logit first (where there is a signature), then
 * the clinical columns. */
size_t nomogram_width(const clinical_spec *terms, bool signature);

#endif
