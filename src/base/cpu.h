/* SPDX-License-Identifier: Apache-2.0
 *
 * Code for processors that have more than the baseline, chosen when the program runs.
 */
#ifndef DLRN_BASE_CPU_H
#define DLRN_BASE_CPU_H

/* Before a function: it is compiled once more for each wider vector unit. The bits stay the same,
 * because products and sums are never contracted and no sum is reordered. Its loops must run side
 * by side over a constant number of lanes, or the compiler finds nothing to widen. Sanitizers
 * cannot start a program that chooses so. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(DLRN_SHADOW_SANITIZER)
#define DLRN_WIDE __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define DLRN_WIDE
#endif

#endif
