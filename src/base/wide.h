/* SPDX-License-Identifier: Apache-2.0
 *
 * Inner loops for wide registers: the same operations in the same order on any processor, so the
 * same bits. Sums stand in the lanes of dlrn_four. What uses it is marked DLRN_WIDE.
 */
#ifndef DLRN_BASE_WIDE_H
#define DLRN_BASE_WIDE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* Four numbers side by side, at any address. */
typedef double dlrn_four __attribute__((vector_size(32), aligned(8), may_alias));
/* What a comparison of such gives: all bits set or none. */
typedef int64_t dlrn_four_mask __attribute__((vector_size(32), aligned(8), may_alias));
/* Eight whole numbers side by side; a comparison gives -1 or 0. */
typedef int32_t dlrn_eight __attribute__((vector_size(32), aligned(4), may_alias));
/* Four of these. */
typedef int32_t dlrn_four_ints __attribute__((vector_size(16), aligned(4), may_alias));

/* v where the mask says so, else 0; |v|. No functions: wide values are not passed alike everywhere.
 */
#define DLRN_WHERE(m, v)   ((dlrn_four)((dlrn_four_mask)(v) & (m)))
#define DLRN_MAGNITUDES(v) ((dlrn_four)((dlrn_four_mask)(v)&INT64_MAX))

static inline double dlrn_dot(const double *a, const double *b, size_t n)
{
    dlrn_four s = {0, 0, 0, 0}, t = s;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        s += *(const dlrn_four *)(a + i) * *(const dlrn_four *)(b + i);
        t += *(const dlrn_four *)(a + i + 4) * *(const dlrn_four *)(b + i + 4);
    }
    s += t;
    double rest = 0;
    for (; i < n; i++)
        rest += a[i] * b[i];
    return ((s[0] + s[1]) + (s[2] + s[3])) + rest;
}

/* y -= c x */
static inline void dlrn_subtract_times(double *y, double c, const double *x, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        *(dlrn_four *)(y + i) -= c * *(const dlrn_four *)(x + i);
    for (; i < n; i++)
        y[i] -= c * x[i];
}

#endif
