/* SPDX-License-Identifier: Apache-2.0
 *
 * What the curve and the bootstrap share; see <dlrn/roc.h> for what callers see.
 */
#ifndef DLRN_STATS_ROC_H
#define DLRN_STATS_ROC_H

#include <dlrn/roc.h>

/* Area below the straight line from (x0, y0) to (x1, y1), x0 <= x1, over the part of the axis. */
double stats_strip(double x0, double y0, double x1, double y1, const dlrn_auc_part *part);

/* dlrn_roc_curve of rows in ascending order of their scores; `cases` have label 1. */
DLRN_MUST_CHECK dlrn_status stats_roc_of_order(dlrn_roc *out, const size_t *order,
                                               const double *score, const dlrn_truth *t,
                                               size_t cases, dlrn_error *err);

DLRN_MUST_CHECK dlrn_status stats_check_part(const dlrn_auc_part *part, dlrn_error *err);

#endif
