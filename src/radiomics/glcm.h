/* SPDX-License-Identifier: Apache-2.0
 *
 * A sparse co-occurrence matrix of one direction, and its maximal correlation coefficient.
 */
#ifndef DLRN_RADIOMICS_GLCM_H
#define DLRN_RADIOMICS_GLCM_H

#include <dlrn/base.h>

typedef struct dlrn_pair {
    uint32_t i, j; /* places of the two levels in `present` */
    double p;
} dlrn_pair;

/* Non-zero cells in row-major order; margins; all probabilities. */
typedef struct dlrn_pairs {
    dlrn_pair *cell; /* [n] */
    size_t n, cap;
    double *px, *py; /* [n_levels] */
    size_t n_levels;
    bool symmetrical; /* p(i,j) = p(j,i) */
} dlrn_pairs;

/* Square root of the second largest eigenvalue of
 * Q(i,j) = sum_k p(i,k) p(j,k) / (px(i) py(k) + eps). */
DLRN_MUST_CHECK dlrn_status dlrn_glcm_mcc(double *out, const dlrn_pairs *m, dlrn_error *err);

#endif
