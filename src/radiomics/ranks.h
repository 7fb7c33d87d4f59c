/* SPDX-License-Identifier: Apache-2.0
 *
 * Values by rank, without sorting all of them.
 */
#ifndef DLRN_RADIOMICS_RANKS_H
#define DLRN_RADIOMICS_RANKS_H

#include <dlrn/base.h>

enum { DLRN_MAX_RANKS = 16 };

/* Values that lie side by side. */
typedef struct dlrn_piece {
    const double *v;
    size_t n;
} dlrn_piece;

/* Values in pieces, and how threads share them. */
typedef struct dlrn_pieces {
    const dlrn_piece *v;
    size_t n;            /* voxels of all pieces */
    const size_t *block; /* first piece of each block of work, and the end [n_blocks + 1] */
    size_t n_blocks;
    int threads;
} dlrn_pieces;

/* out[k]: the value at place rank[k] (from 0) of all values of x sorted; min and max are theirs. At
 * most DLRN_MAX_RANKS ranks, no NaN. `whole`: all values are whole numbers. */
DLRN_MUST_CHECK dlrn_status dlrn_values_by_rank(double *out, const size_t *rank, size_t n_ranks,
                                                const dlrn_pieces *x, double min, double max,
                                                bool whole, dlrn_error *err);

#endif
