/* SPDX-License-Identifier: Apache-2.0
 *
 * The module dlrn-blas.so: the only file that includes CBLAS and LAPACKE.
 */
#include "base/blas_module.h"

#include <cblas.h>
#include <lapacke.h>

static void gemm(double *c, const double *a, const double *b, int m, int n, int k, bool ta, bool tb)
{
    cblas_dgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n,
                k, 1.0, a, ta ? m : k, b, tb ? k : n, 0.0, c, n);
}

static void syrk(double *c, const double *a, int n, int k, bool transposed)
{
    cblas_dsyrk(CblasRowMajor, CblasUpper, transposed ? CblasTrans : CblasNoTrans, n, k, 1.0, a,
                transposed ? n : k, 0.0, c, n);
}

/* A symmetric matrix is its own transpose, and so is a single column: nothing is to be turned. */
static int posv(double *a, double *b, int n, int m)
{
    return m == 1 ? LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', n, 1, a, n, b, n)
                  : LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', n, m, a, n, b, m);
}

static int invert(double *a, int n)
{
    const int bad = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', n, a, n);
    return bad ? bad : LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', n, a, n);
}

DLRN_API const dlrn_blas *dlrn_blas_module(void);

const dlrn_blas *dlrn_blas_module(void)
{
    static dlrn_blas blas = {DLRN_BLAS_ABI, NULL, gemm, syrk, posv, invert};
    openblas_set_num_threads(1);
    blas.version = openblas_get_config();
    return &blas;
}
