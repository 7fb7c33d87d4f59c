/* SPDX-License-Identifier: Apache-2.0
 *
 * A column of numbers in brief, and its ranks.
 */
#ifndef DLRN_DESCRIBE_H
#define DLRN_DESCRIBE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NaN where the values do not suffice: mean, quantiles and extremes need one, sd needs two. */
typedef struct dlrn_summary {
    size_t n, missing; /* values present, NaNs */
    double mean, sd;   /* sd over n - 1 */
    double min, q1, median, q3, max;
} dlrn_summary;

/* Describes v[n]; NaN is missing. Mean and sd in two passes, quantiles of type 7 (R's default). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_describe(dlrn_summary *out, const double *v, size_t n,
                                                   dlrn_error *err);

/* Mid-ranks 1..n of v[n], ties sharing their mean rank; no NaN. `order` is scratch [n]. Returns
 * the sum of t^3 - t over groups of t ties. */
DLRN_API double dlrn_rank(double *rank, size_t *order, const double *v, size_t n);

#ifdef __cplusplus
}
#endif

#endif
