/* SPDX-License-Identifier: Apache-2.0
 *
 * Inner loops for wide registers. DLRN_WIDE before a function's definition compiles it for AVX2
 * too; the processor decides when the program starts. The same operations in the same order, so
 * the same bits everywhere: sums stand in the four lanes of dlrn_four, and nothing is fused.
 */
#ifndef DLRN_BASE_WIDE_H
#define DLRN_BASE_WIDE_H

#include <stddef.h>

#if defined(__x86_64__) && defined(__GLIBC__)
#define DLRN_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define DLRN_WIDE
#endif

/* Four numbers side by side, at any address. */
typedef double dlrn_four __attribute__((vector_size(32), aligned(8), may_alias));

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
