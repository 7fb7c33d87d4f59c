/* SPDX-License-Identifier: Apache-2.0
 *
 * One eigenvalue of a symmetric tridiagonal matrix, and its vector: what Lanczos iterations ask for
 * again and again.
 */
#ifndef DLRN_RADIOMICS_TRIDIAGONAL_H
#define DLRN_RADIOMICS_TRIDIAGONAL_H

#include <dlrn/base.h>

/* The eigenvalue of largest magnitude of the matrix with diagonal[n] and beside[n - 1] (not 0),
 * where that magnitude lies between low and high. */
double dlrn_tridiagonal_largest(const double *diagonal, const double *beside, size_t n, double low,
                                double high);

/* The unit vector v[n] of the eigenvalue; scratch[2 n]. */
void dlrn_tridiagonal_vector(double *v, double *scratch, const double *diagonal,
                             const double *beside, size_t n, double eigenvalue);

#endif
