/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums as numpy makes them, so that means agree to the last bit.
 */
#ifndef DLRN_RADIOMICS_SUMS_H
#define DLRN_RADIOMICS_SUMS_H

#include <stddef.h>

/* Of n doubles that lie side by side: eight running sums in blocks of at most 128, the blocks added
 * in pairs. */
double dlrn_sum_pairwise(const double *v, size_t n);
/* Where n of them are parted: for who takes the sum's parts one by one, down to 128 at least. */
size_t dlrn_sum_half(size_t n);

#endif
