/* SPDX-License-Identifier: Apache-2.0
 *
 * The dense linear algebra that the modules share. Row-major, BLAS and LAPACK on one thread, so
 * that the bits do not depend on the number of threads.
 */
#ifndef DLRN_BASE_LINALG_H
#define DLRN_BASE_LINALG_H

#include <dlrn/base.h>

/* Every function that returns a status: DLRN_EUNSUPPORTED where the module dlrn-blas.so is missing.
 */

/* c[m][n] = a[m][k] b[k][n]; ta, tb: that operand is stored transposed. */
DLRN_MUST_CHECK dlrn_status dlrn_gemm(double *c, const double *a, const double *b, size_t m,
                                      size_t n, size_t k, bool ta, bool tb, dlrn_error *err);

/* c[n][n] = a[m][n]^T a, both triangles filled. */
DLRN_MUST_CHECK dlrn_status dlrn_gram(double *c, const double *a, size_t m, size_t n,
                                      dlrn_error *err);

/* c[m][m] = a[m][n] a^T, both triangles filled. */
DLRN_MUST_CHECK dlrn_status dlrn_gram_rows(double *c, const double *a, size_t m, size_t n,
                                           dlrn_error *err);

/* Solves a x = b for symmetric positive definite a[n][n], b[n][m] replaced by x; a is destroyed
 * (becomes its Cholesky factor). DLRN_ENUMERIC where a is not positive definite. */
DLRN_MUST_CHECK dlrn_status dlrn_solve_spd(double *a, double *b, size_t n, size_t m,
                                           dlrn_error *err);

/* The same for one more b[n] by the factor that dlrn_solve_spd left in a. */
void dlrn_solve_factored(const double *a, double *b, size_t n);

/* a[n][n], symmetric positive definite, replaced by its inverse. */
DLRN_MUST_CHECK dlrn_status dlrn_invert_spd(double *a, size_t n, dlrn_error *err);

/* Eigenvalues of symmetric a[n][n], ascending, into w[n]; a is destroyed. For small n: Jacobi's
 * rotations, without the module. DLRN_ENUMERIC where a holds what is not finite. */
DLRN_MUST_CHECK dlrn_status dlrn_eigen_symmetric(double *w, double *a, size_t n, dlrn_error *err);

#endif
