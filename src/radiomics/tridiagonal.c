/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/tridiagonal.h"

#include <math.h>

#include "base/wide.h"

enum { POINTS = 4 }; /* tried in one sweep */

/* How many of the ascending points x lie below the largest magnitude: signs of the pivots of
 * T - x and -T - x (Sturm counts), side by side so that their divisions overlap. A pivot of 0 gives
 * an infinite one, which sorts itself out. */
DLRN_WIDE static int points_below(const double *diagonal, const double *beside, size_t n,
                                  const double x[POINTS])
{
    const dlrn_four at = *(const dlrn_four *)x;
    dlrn_four d = diagonal[0] - at, e = -diagonal[0] - at;
    dlrn_four_mask above = (d > 0) | (e > 0);
    for (size_t i = 1; i < n; i++) {
        const double square = beside[i - 1] * beside[i - 1];
        d = diagonal[i] - at - square / d;
        e = -diagonal[i] - at - square / e;
        above |= (d > 0) | (e > 0);
    }
    int count = 0;
    while (count < POINTS && above[count])
        count++;
    return count;
}

static bool is_positive_end(const double *diagonal, const double *beside, size_t n, double x)
{
    double d = diagonal[0] - x;
    for (size_t i = 1; i < n && !(d > 0); i++)
        d = diagonal[i] - x - beside[i - 1] * beside[i - 1] / d;
    return d > 0;
}

double dlrn_tridiagonal_largest(const double *diagonal, const double *beside, size_t n, double low,
                                double high)
{
    double below = low;
    for (int round = 0; round < 64 && high - low > 0x1p-53 * high; round++) {
        double x[POINTS];
        for (int p = 0; p < POINTS; p++)
            x[p] = low + (high - low) * ((p + 1) / (POINTS + 1.0));
        const int count = points_below(diagonal, beside, n, x);
        if (count < POINTS) high = x[count];
        if (count > 0) below = low = x[count - 1];
    }
    // an eigenvalue of magnitude above `below` is there: which end?
    const double value = 0.5 * (low + high);
    return is_positive_end(diagonal, beside, n, below * (1 - 0x1p-50)) ? value : -value;
}

void dlrn_tridiagonal_vector(double *v, double *scratch, const double *diagonal,
                             const double *beside, size_t n, double eigenvalue)
{
    // pivots from both ends meet where the two factorisations fit best (Dhillon & Parlett 2004)
    double *down = scratch, *up = scratch + n, least = INFINITY, norm = 0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = diagonal[i] - eigenvalue;
        down[i] = i ? d - beside[i - 1] * beside[i - 1] / down[i - 1] : d;
        if (down[i] == 0) down[i] = 1e-300;
    }
    for (size_t i = n; i-- > 0;) {
        const double d = diagonal[i] - eigenvalue;
        up[i] = i + 1 < n ? d - beside[i] * beside[i] / up[i + 1] : d;
        if (up[i] == 0) up[i] = 1e-300;
        const double twist = fabs(down[i] + up[i] - d);
        if (twist < least) {
            least = twist;
            at = i;
        }
    }
    v[at] = 1;
    for (size_t i = at; i-- > 0;)
        v[i] = -beside[i] * v[i + 1] / down[i];
    for (size_t i = at + 1; i < n; i++)
        v[i] = -beside[i - 1] * v[i - 1] / up[i];
    for (size_t i = 0; i < n; i++)
        norm += v[i] * v[i];
    norm = sqrt(norm);
    for (size_t i = 0; i < n; i++)
        v[i] /= norm;
}
