/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of the step evaluate: each adds its keys to the run's results or its files to tables/.
 */
#ifndef DLRN_STUDY_EVALUATE_H
#define DLRN_STUDY_EVALUATE_H

#include "study/run.h"

/* results.subgroups: the main models in the levels of the wanted columns. */
DLRN_MUST_CHECK dlrn_status evaluate_subgroups(study_run *r, dlrn_error *err);

/* results.clinical: univariable and multivariable logistic regression on the training rows. */
DLRN_MUST_CHECK dlrn_status evaluate_clinical(study_run *r, dlrn_error *err);

/* results.nomogram: coefficients, points, total axis. */
DLRN_MUST_CHECK dlrn_status evaluate_nomogram(study_run *r, dlrn_error *err);

/* tables/baseline.csv. */
DLRN_MUST_CHECK dlrn_status evaluate_baseline(study_run *r, dlrn_error *err);

/* tables/ and predictions. */
DLRN_MUST_CHECK dlrn_status evaluate_tables(study_run *r, dlrn_error *err);

#endif
