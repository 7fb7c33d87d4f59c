/* SPDX-License-Identifier: Apache-2.0
 *
 * Seeded parts of a table whose patients are never parted: folds of a cross-validation and one
 * split in two.
 */
#ifndef DLRN_SPLIT_H
#define DLRN_SPLIT_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a split looks at, a row each. */
typedef struct dlrn_split_rows {
    size_t rows;
    const uint8_t *label;  /* 0 or 1 [rows] */
    const size_t *group;   /* patient, any numbers; NULL: every row its own [rows] */
    const size_t *stratum; /* centre, any numbers; NULL: one [rows] */
} dlrn_split_rows;

/* fold[i] in 0..k-1 for every row. Groups are dealt out, the largest first and in random order
 * otherwise, each to the fold that is then nearest to its share of every stratum x label and of
 * every label. The same seed gives the same folds; repeats take other seeds. DLRN_EINVAL where
 * k < 2, or where fewer than k groups hold a row of either label (a fold would lack it). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_folds(size_t *fold, const dlrn_split_rows *r, size_t k,
                                                uint64_t seed, dlrn_error *err);

/* part[i] = 1 for about `share` (0..1, exclusive) of the rows, else 0, dealt out as dlrn_folds
 * does. DLRN_EINVAL where a label has fewer than two groups. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_split(uint8_t *part, const dlrn_split_rows *r,
                                                double share, uint64_t seed, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
