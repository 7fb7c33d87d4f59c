/* SPDX-License-Identifier: Apache-2.0
 *
 * The learners that the table in learner.c lists.
 */
#ifndef DLRN_MODEL_LEARNERS_H
#define DLRN_MODEL_LEARNERS_H

#include <dlrn/learner.h>

extern const dlrn_learner learner_lr;
extern const dlrn_learner learner_knn;
extern const dlrn_learner learner_random_forest;
extern const dlrn_learner learner_extra_trees;
extern const dlrn_learner learner_lightgbm;
extern const dlrn_learner learner_mlp;
extern const dlrn_learner learner_svm;
extern const dlrn_learner learner_xgboost;

#endif
