/* SPDX-License-Identifier: Apache-2.0
 *
 * The only file that includes CBLAS and LAPACKE.
 */
#include "base/linalg.h"

#include "base/library.h"

#include <cblas.h>
#include <lapacke.h>
#include <pthread.h>
#include <stdlib.h>

static void one_thread(void)
{
    openblas_set_num_threads(1);
}

static void prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, one_thread);
}

void dlrn_gemm(double *c, const double *a, const double *b, size_t m, size_t n, size_t k, bool ta,
               bool tb)
{
    prepare();
    cblas_dgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans,
                (int)m, (int)n, (int)k, 1.0, a, (int)(ta ? m : k), b, (int)(tb ? k : n), 0.0, c,
                (int)n);
}

/* The lower triangle from the upper. */
static void mirror(double *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            c[i * n + j] = c[j * n + i];
}

void dlrn_gram(double *c, const double *a, size_t m, size_t n)
{
    prepare();
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)m, 1.0, a, (int)n, 0.0, c,
                (int)n);
    mirror(c, n);
}

void dlrn_gram_rows(double *c, const double *a, size_t m, size_t n)
{
    prepare();
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)m, (int)n, 1.0, a, (int)n, 0.0, c,
                (int)m);
    mirror(c, m);
}

dlrn_status dlrn_solve_spd(double *a, double *b, size_t n, size_t m, dlrn_error *err)
{
    prepare();
    const lapack_int bad =
        LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', (int)n, (int)m, a, (int)n, b, (int)m);
    return bad == 0 ? DLRN_OK
                    : dlrn_fail(err, DLRN_ENUMERIC,
                                "a system of %zu equations is singular (column %d depends on the "
                                "ones before it)",
                                n, (int)bad);
}

dlrn_status dlrn_invert_spd(double *a, size_t n, dlrn_error *err)
{
    prepare();
    lapack_int bad = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', (int)n, a, (int)n);
    if (bad == 0) bad = LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'U', (int)n, a, (int)n);
    if (bad != 0)
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "a %zu x %zu matrix is singular (column %d depends on the ones before it)",
                         n, n, (int)bad);
    mirror(a, n);
    return DLRN_OK;
}

dlrn_status dlrn_eigen_symmetric(double *w, double *a, size_t n, bool vectors, dlrn_error *err)
{
    prepare();
    const lapack_int bad =
        LAPACKE_dsyev(LAPACK_ROW_MAJOR, vectors ? 'V' : 'N', 'U', (int)n, a, (int)n, w);
    return bad == 0 ? DLRN_OK
                    : dlrn_fail(err, DLRN_ENUMERIC,
                                "the eigenvalues of a %zu x %zu matrix did not "
                                "converge",
                                n, n);
}

dlrn_status dlrn_singular_values(double *s, double *a, size_t m, size_t n, dlrn_error *err)
{
    prepare();
    double *rest = dlrn_alloc_array(m < n ? m : n, sizeof *rest);
    if (!rest) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu singular values", n);
    const lapack_int bad = LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (int)m, (int)n, a, (int)n, s,
                                          NULL, 1, NULL, 1, rest);
    free(rest);
    return bad == 0 ? DLRN_OK
                    : dlrn_fail(err, DLRN_ENUMERIC,
                                "the singular values of a %zu x %zu matrix did "
                                "not converge",
                                m, n);
}

const char *dlrn_library_openblas(void)
{
    return openblas_get_config();
}
