/* SPDX-License-Identifier: Apache-2.0
 *
 * What calibration, its curve and loess share; see <dlrn/calibration.h> for what callers see.
 */
#ifndef DLRN_STATS_CALIBRATION_H
#define DLRN_STATS_CALIBRATION_H

#include <dlrn/calibration.h>

/* out[i]: the loess curve of y on p (ascending) at p[i]: fitted there, or above 5,000 rows at
 * `points` of them, evenly spaced by rank, and straight in between                        [n] */
DLRN_MUST_CHECK dlrn_status stats_curve_at_rows(double *out, const double *p, const double *y,
                                                size_t n, size_t points, int threads,
                                                dlrn_error *err);

/* The curve at `at` is sum weight[i] y[i] over from <= i < to; weight[n], x ascending. */
void stats_loess_weights(double *weight, size_t *from, size_t *to, double at, const double *x,
                         size_t n, double span);

#endif
