/* SPDX-License-Identifier: Apache-2.0
 *
 * Restricted cubic splines. Source: <dlrn/spline.h>.
 */
#include <dlrn/spline.h>

#include "stats/sample.h"

#include <stdlib.h>
#include <string.h>

dlrn_status dlrn_rcs_knots(double *knot, size_t knots, const double *x, size_t n, dlrn_error *err)
{
    static const double outer[] = {0.1, 0.05, 0.05, 0.05, 0.025}; // for 3..7 knots
    dlrn_status st;
    double *v = NULL;

    if (knots < 3 || knots > 7)
        return dlrn_fail(err, DLRN_EINVAL, "%zu knots: expected 3 to 7", knots);
    if (n < 5) return dlrn_fail(err, DLRN_ENUMERIC, "%zu rows are too few for a spline", n);
    DLRN_TRY(dlrn_alloc_or_fail(&v, n, err));
    memcpy(v, x, n * sizeof *v);
    stats_sort(v, n);
    const double first = outer[knots - 3], step = (1 - 2 * first) / (double)(knots - 1);
    for (size_t k = 0; k < knots; k++)
        knot[k] = dlrn_quantile_sorted(v, n, first + step * (double)k);
    if (n < 100) {
        knot[0] = v[4];
        knot[knots - 1] = v[n - 5];
    }
    for (size_t k = 1; k < knots; k++)
        if (!(knot[k] > knot[k - 1])) {
            st = dlrn_fail(err, DLRN_ENUMERIC,
                           "too few distinct values for a spline with %zu knots: use fewer knots",
                           knots);
            break;
        }
done:
    free(v);
    return st;
}

static double cube_above(double x, double knot)
{
    const double d = x - knot;
    return d > 0 ? d * d * d : 0;
}

void dlrn_rcs_basis(double *out, double x, const double *knot, size_t knots)
{
    const double last = knot[knots - 1], before = knot[knots - 2], width = last - knot[0];
    out[0] = x;
    for (size_t j = 0; j + 2 < knots; j++)
        out[j + 1] =
            (cube_above(x, knot[j]) - cube_above(x, before) * (last - knot[j]) / (last - before) +
             cube_above(x, last) * (before - knot[j]) / (last - before)) /
            (width * width);
}
