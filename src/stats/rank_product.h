/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of columns of ranks in whole numbers: exact, so the same bits on any processor.
 */
#ifndef DLRN_STATS_RANK_PRODUCT_H
#define DLRN_STATS_RANK_PRODUCT_H

#include <stddef.h>
#include <stdint.h>

enum {
    RANK_PANEL = 16,      /* columns that lie side by side */
    RANK_MOST_ROWS = 5000 /* beyond it sums of 32 bits hold too few products to be worth it */
};

/* Numbers of one panel of columns with n rows. */
size_t rank_panel_size(size_t n);

/* Column 0..15 of a panel from its mid-ranks 1..n: 2 rank - (n + 1), a whole number whatever the
 * ties. Returns the sum of its squares. A panel starts as zeros.
 */
double rank_panel_set(int16_t *panel, size_t column, const double *rank, size_t n);

/* Ways to the same products; a processor that has one has those before it too. */
typedef enum rank_kernel { RANK_PLAIN, RANK_AVX2, RANK_VNNI } rank_kernel;

/* The last that this processor has. */
rank_kernel rank_kernel_best(void);

/* c[16 p][16 q] += products of each column of p panels a with each of q panels b, exact.
 * n <= RANK_MOST_ROWS */
void rank_products(double *c, const int16_t *a, const int16_t *b, size_t p, size_t q, size_t n,
                   rank_kernel kernel);

#endif
