/* SPDX-License-Identifier: Apache-2.0
 *
 * Restricted cubic splines as Hmisc::rcspline.eval (norm = 2): linear beyond the outer knots.
 */
#ifndef DLRN_SPLINE_H
#define DLRN_SPLINE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Default positions of 3 to 7 knots for x[n] (Harrell, Regression Modeling Strategies, table 2.3;
 * with fewer than 100 rows the outer two are the fifth smallest and largest values). DLRN_EINVAL
 * for another number, DLRN_ENUMERIC where x has too few distinct values. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_rcs_knots(double *knot, size_t knots, const double *x,
                                                    size_t n, dlrn_error *err);

/* The spline's columns at x: x itself, then knots - 2 terms (named x', x'', ... by rms)
 *                                                                       [knots - 1] */
DLRN_API void dlrn_rcs_basis(double *out, double x, const double *knot, size_t knots);

#ifdef __cplusplus
}
#endif

#endif
