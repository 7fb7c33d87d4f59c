/* SPDX-License-Identifier: Apache-2.0
 *
 * The face of the module dlrn-blas.so, which is opened at first use: OpenBLAS and LAPACKE take long
 * to load. Row-major; only the upper triangle of a symmetric result is filled. Whole numbers as
 * BLAS takes them.
 */
#ifndef DLRN_BASE_BLAS_MODULE_H
#define DLRN_BASE_BLAS_MODULE_H

#include <dlrn/base.h>

enum { DLRN_BLAS_ABI = 1 };

#define DLRN_BLAS_MODULE "dlrn-blas.so"
#define DLRN_BLAS_SYMBOL "dlrn_blas_module"

typedef struct dlrn_blas {
    int abi; /* DLRN_BLAS_ABI */
    const char *version;
    /* c[m][n] = a b, operands transposed where ta, tb. */
    void (*gemm)(double *c, const double *a, const double *b, int m, int n, int k, bool ta,
                 bool tb);
    /* c[n][n] = a^T a of a[k][n] (transposed), or a a^T of a[n][k]. */
    void (*syrk)(double *c, const double *a, int n, int k, bool transposed);
    /* 0, or the column at which the Cholesky factorisation broke off. */
    int (*posv)(double *a, double *b, int n, int m);
    int (*invert)(double *a, int n);
} dlrn_blas;

typedef const dlrn_blas *dlrn_blas_fn(void);

#endif
