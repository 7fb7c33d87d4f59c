/* SPDX-License-Identifier: Apache-2.0
 *
 * The ridge logistic fit that learner and recalibration share.
 */
#ifndef DLRN_MODEL_LR_H
#define DLRN_MODEL_LR_H

#include <dlrn/learner.h>

/* Minimises -loglik + penalty |b|^2 / 2 from the given beta[1 + cols], intercept first and free.
 * DLRN_ENUMERIC where the Hessian is singular. */
DLRN_MUST_CHECK dlrn_status lr_newton(double *beta, const dlrn_learner_data *d, double penalty,
                                      dlrn_error *err);
double lr_objective(const double *beta, const dlrn_learner_data *d, double penalty);

#endif
