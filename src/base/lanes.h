/* SPDX-License-Identifier: Apache-2.0
 *
 * Eight doubles at a time: the same operations in the same order on any processor, so that the bits
 * do not depend on how wide its registers are. Compiled for each of them where DLRN_CLONES
 * stands, as DLRN_WIDE does, but by gcc alone.
 */
#ifndef DLRN_BASE_LANES_H
#define DLRN_BASE_LANES_H

#include "base/cpu.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* All of it is inlined: no register width reaches a call. */
#pragma GCC diagnostic ignored "-Wpsabi"

typedef double lanes __attribute__((vector_size(64)));
typedef int64_t lane_bits __attribute__((vector_size(64)));
enum { LANES = 8 };

/* clang does not inline what passes lanes into a wider clone */
#ifdef __clang__
#define DLRN_CLONES
#else
#define DLRN_CLONES DLRN_WIDE
#endif
#define DLRN_INLINE static inline __attribute__((always_inline))

/* n rounded up to whole lanes. */
DLRN_INLINE size_t lanes_padded(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

DLRN_INLINE lanes lanes_load(const double *v)
{
    lanes x;
    memcpy(&x, v, sizeof x);
    return x;
}

DLRN_INLINE void lanes_store(double *v, lanes x)
{
    memcpy(v, &x, sizeof x);
}

DLRN_INLINE double lanes_sum(lanes x)
{
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

DLRN_INLINE lanes lanes_abs(lanes x)
{
    return (lanes)((lane_bits)x & INT64_MAX);
}

/* a where yes has all bits set, b where it has none */
DLRN_INLINE lanes lanes_pick(lane_bits yes, lanes a, lanes b)
{
    return (lanes)(((lane_bits)a & yes) | ((lane_bits)b & ~yes));
}

/* e^x to 2 units in the last place for -708 <= x <= 708; beyond, as at the nearer end. Cody and
 * Waite's reduction to |r| <= ln 2 / 2 and the Taylor polynomial of degree 13. */
DLRN_INLINE lanes lanes_exp(lanes x)
{
    const lanes zero = {0};
    const lanes most = zero + 708.0;
    x = lanes_pick(x > most, most, lanes_pick(x < -most, -most, x));
    const double shift = 0x1.8p52; // its last bits hold a whole number
    const lanes t = x * 0x1.71547652b82fep0 + shift, k = t - shift;
    const lanes r = (x - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45;
    const double c[] = {1 / 6227020800.0,
                        1 / 479001600.0,
                        1 / 39916800.0,
                        1 / 3628800.0,
                        1 / 362880.0,
                        1 / 40320.0,
                        1 / 5040.0,
                        1 / 720.0,
                        1 / 120.0,
                        1 / 24.0,
                        1 / 6.0,
                        0.5,
                        1.0,
                        1.0};
    lanes p = zero + c[0];
    for (size_t i = 1; i < sizeof c / sizeof *c; i++)
        p = p * r + c[i];
    return (lanes)((lane_bits)p + ((lane_bits)t << 52));
}

/* log(1 + e) for 0 <= e <= 1, by 2 atanh(e / (2 + e)); near 1 of (1 + e) / sqrt 2 instead, so that
 * the argument of atanh stays below 0.172. */
DLRN_INLINE lanes lanes_log1p(lanes e)
{
    const double root = 0x1.6a09e667f3bcdp0, log_root = 0x1.62e42fefa39f0p-2; // of root as it is
    const lane_bits far = e > root - 1.0;
    const lanes s = lanes_pick(far, (1.0 + e) - root, e) /
                    lanes_pick(far, (1.0 + e) + root, 2.0 + e),
                s2 = s * s;
    lanes p = s2 * 0 + 1 / 21.0;
    for (int odd = 19; odd >= 1; odd -= 2)
        p = p * s2 + 1.0 / odd;
    return lanes_pick(far, 2.0 * s * p + log_root, 2.0 * s * p);
}

#endif
