/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse co-occurrence matrices, and their maximal correlation coefficient.
 */
#ifndef DLRN_RADIOMICS_GLCM_H
#define DLRN_RADIOMICS_GLCM_H

#include "radiomics/roi.h"

typedef struct dlrn_pair {
    uint32_t i, j; /* places of the two levels in `present` */
    double p;
} dlrn_pair;

/* Non-zero cells in row-major order, of a symmetrical matrix those with i <= j alone; margins of
 * all cells. */
typedef struct dlrn_pairs {
    dlrn_pair *cell; /* [n] */
    size_t n, cap;
    double *px, *py; /* [n_levels]; the same memory where symmetrical */
    size_t n_levels;
    bool symmetrical; /* p(i,j) = p(j,i) */
} dlrn_pairs;

/* Counts of pairs of levels: in a table, or, where the levels are too many for one, as a list. */
typedef struct dlrn_cooccurrence {
    const dlrn_levels *l;
    bool symmetrical;
    uint32_t *table;  /* one direction [n + 1][n + 1]; row and column 0: outside the region */
    double *weighted; /* sum of directions; NULL: each by itself */
    uint64_t *keys;   /* pairs to be sorted, where there is no table */
} dlrn_cooccurrence;

/* merge: the directions are summed with weights. DLRN_EUNSUPPORTED where that needs a table of too
 * many levels. */
DLRN_MUST_CHECK dlrn_status dlrn_cooccurrence_new(dlrn_cooccurrence *c, const dlrn_levels *l,
                                                  bool symmetrical, bool merge, dlrn_error *err);
void dlrn_cooccurrence_clear(dlrn_cooccurrence *c);

/* Adds a direction to the sum. */
void dlrn_cooccurrence_add(dlrn_cooccurrence *c, const dlrn_step *step, double weight);
/* The sum's cells, with counts for p; margins are left alone. */
DLRN_MUST_CHECK dlrn_status dlrn_cooccurrence_sum(dlrn_pairs *out, dlrn_cooccurrence *c,
                                                  dlrn_error *err);
/* The same of one direction. */
DLRN_MUST_CHECK dlrn_status dlrn_cooccurrence_one(dlrn_pairs *out, dlrn_cooccurrence *c,
                                                  const dlrn_step *step, dlrn_error *err);

/* Square root of the second largest eigenvalue of
 * Q(i,j) = sum_k p(i,k) p(j,k) / (px(i) py(k) + eps). */
DLRN_MUST_CHECK dlrn_status dlrn_glcm_mcc(double *out, const dlrn_pairs *m, dlrn_error *err);

#endif
