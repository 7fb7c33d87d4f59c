/* SPDX-License-Identifier: Apache-2.0
 *
 * The dense linear algebra that the modules share. Row-major, BLAS and LAPACK on one thread, so
 * that the bits do not depend on the number of threads.
 */
#ifndef DLRN_BASE_LINALG_H
#define DLRN_BASE_LINALG_H

#include <dlrn/base.h>

/* c[m][n] = a[m][k] b[k][n]; ta, tb: that operand is stored transposed. */
void dlrn_gemm(double *c, const double *a, const double *b, size_t m, size_t n, size_t k, bool ta,
               bool tb);

/* c[n][n] = a[m][n]^T a, both triangles filled. */
void dlrn_gram(double *c, const double *a, size_t m, size_t n);

/* c[m][m] = a[m][n] a^T, both triangles filled. */
void dlrn_gram_rows(double *c, const double *a, size_t m, size_t n);

/* Solves a x = b for symmetric positive definite a[n][n], b[n][m] replaced by x; a is destroyed
 * (becomes its Cholesky factor). DLRN_ENUMERIC where a is not positive definite. */
DLRN_MUST_CHECK dlrn_status dlrn_solve_spd(double *a, double *b, size_t n, size_t m,
                                           dlrn_error *err);

/* a[n][n], symmetric positive definite, replaced by its inverse. */
DLRN_MUST_CHECK dlrn_status dlrn_invert_spd(double *a, size_t n, dlrn_error *err);

/* Eigenvalues of symmetric a[n][n], ascending, into w[n]; a becomes the eigenvectors, in columns,
 * where vectors is set, else is destroyed. */
DLRN_MUST_CHECK dlrn_status dlrn_eigen_symmetric(double *w, double *a, size_t n, bool vectors,
                                                 dlrn_error *err);

/* Singular values of a[m][n], descending, into s[min(m,n)]; a is destroyed. */
DLRN_MUST_CHECK dlrn_status dlrn_singular_values(double *s, double *a, size_t m, size_t n,
                                                 dlrn_error *err);

#endif
