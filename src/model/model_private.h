/* SPDX-License-Identifier: Apache-2.0
 *
 * A model inside, and what its parts share.
 */
#ifndef DLRN_MODEL_PRIVATE_H
#define DLRN_MODEL_PRIVATE_H

#include <dlrn/model.h>

struct dlrn_model {
    size_t rows;
    dlrn_pipeline *pipeline;
    dlrn_model_learner *learner; /* [n_learners] */
    size_t n_learners;
    size_t chosen;
    double *frequency; /* of each training column; NULL: loaded [cols] */
    size_t cols;
};

/* Intercept and slope of label on t by maximum likelihood. False in *separated where the classes
 * overlap. */
DLRN_MUST_CHECK dlrn_status model_recalibrate(double *intercept, double *slope, bool *separated,
                                              const double *t, const uint8_t *label, size_t rows,
                                              dlrn_error *err);

/* Probability from a learner's score, before and after `calibrate`. */
double model_raw_probability(const dlrn_model_learner *l, double score);
double model_probability(const dlrn_model_learner *l, double score);

#endif
