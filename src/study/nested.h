/* SPDX-License-Identifier: Apache-2.0
 *
 * The nomogram in nested cross-validation.
 */
#ifndef DLRN_STUDY_NESTED_H
#define DLRN_STUDY_NESTED_H

#include "study/run.h"

/* Out-of-fold probabilities of the whole procedure on the training rows: cv[rows of the cohort],
 * other rows untouched. Patients stay together. DLRN_EINVAL or DLRN_ENUMERIC where a fold cannot be
 * fitted. */
DLRN_MUST_CHECK dlrn_status nested_nomogram(double *cv, const study_run *r, dlrn_error *err);

#endif
