/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums in numpy's order.
 */
#include "radiomics/sums.h"

#include <string.h>

size_t dlrn_sum_half(size_t n)
{
    return n / 2 - n / 2 % 8;
}

double dlrn_sum_pairwise(const double *v, size_t n)
{
    double s = 0;
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            s += v[i];
        return s;
    }
    if (n > 128) {
        const size_t half = dlrn_sum_half(n);
        return dlrn_sum_pairwise(v, half) + dlrn_sum_pairwise(v + half, n - half);
    }
    double r[8];
    memcpy(r, v, sizeof r);
    size_t i = 8;
    for (; i < n - n % 8; i += 8)
        for (size_t k = 0; k < 8; k++)
            r[k] += v[i + k];
    s = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; i++)
        s += v[i];
    return s;
}
