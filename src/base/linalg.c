/* SPDX-License-Identifier: Apache-2.0
 *
 * Linear algebra by the module dlrn-blas.so; small eigenvalue problems by Jacobi's rotations.
 */
#include "base/linalg.h"

#include "base/blas_module.h"
#include "base/library.h"
#include "base/module.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The module's table, taken once: opening it also tells OpenBLAS how many threads it may use. */
static dlrn_status open_blas(const dlrn_blas **out, dlrn_error *err)
{
    static const dlrn_blas *blas;
    dlrn_status st = DLRN_OK;
    void *symbol;
    dlrn_blas_fn *ask;
    pthread_mutex_lock(&lock);
    if (!blas) {
        DLRN_TRY(
            dlrn_module_symbol(&symbol, DLRN_BLAS_MODULE, DLRN_BLAS_SYMBOL, "linear algebra", err));
        memcpy(&ask, &symbol, sizeof ask);
        const dlrn_blas *found = ask();
        if (found->abi != DLRN_BLAS_ABI) {
            st = dlrn_fail(err, DLRN_EUNSUPPORTED,
                           "linear algebra cannot be used: " DLRN_BLAS_MODULE
                           " belongs to another version of dlrn");
            goto done;
        }
        blas = found;
    }
done:
    *out = blas;
    pthread_mutex_unlock(&lock);
    return st;
}

/* The lower triangle from the upper. */
static void mirror(double *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            c[i * n + j] = c[j * n + i];
}

dlrn_status dlrn_gemm(double *c, const double *a, const double *b, size_t m, size_t n, size_t k,
                      bool ta, bool tb, dlrn_error *err)
{
    const dlrn_blas *blas;
    const dlrn_status st = open_blas(&blas, err);
    if (st == DLRN_OK) blas->gemm(c, a, b, (int)m, (int)n, (int)k, ta, tb);
    return st;
}

dlrn_status dlrn_gram(double *c, const double *a, size_t m, size_t n, dlrn_error *err)
{
    const dlrn_blas *blas;
    const dlrn_status st = open_blas(&blas, err);
    if (st != DLRN_OK) return st;
    blas->syrk(c, a, (int)n, (int)m, true);
    mirror(c, n);
    return DLRN_OK;
}

dlrn_status dlrn_gram_rows(double *c, const double *a, size_t m, size_t n, dlrn_error *err)
{
    const dlrn_blas *blas;
    const dlrn_status st = open_blas(&blas, err);
    if (st != DLRN_OK) return st;
    blas->syrk(c, a, (int)m, (int)n, false);
    mirror(c, m);
    return DLRN_OK;
}

dlrn_status dlrn_solve_spd(double *a, double *b, size_t n, size_t m, dlrn_error *err)
{
    const dlrn_blas *blas;
    const dlrn_status st = open_blas(&blas, err);
    if (st != DLRN_OK) return st;
    const int bad = blas->posv(a, b, (int)n, (int)m);
    return bad == 0 ? DLRN_OK
                    : dlrn_fail(err, DLRN_ENUMERIC,
                                "a system of %zu equations is singular (column %d depends on the "
                                "ones before it)",
                                n, bad);
}

void dlrn_solve_factored(const double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) { // u^T, row by row of u
        b[i] /= a[i * n + i];
        for (size_t j = i + 1; j < n; j++)
            b[j] -= a[i * n + j] * b[i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = b[i];
        for (size_t j = i + 1; j < n; j++)
            sum -= a[i * n + j] * b[j];
        b[i] = sum / a[i * n + i];
    }
}

dlrn_status dlrn_invert_spd(double *a, size_t n, dlrn_error *err)
{
    const dlrn_blas *blas;
    const dlrn_status st = open_blas(&blas, err);
    if (st != DLRN_OK) return st;
    const int bad = blas->invert(a, (int)n);
    if (bad != 0)
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "a %zu x %zu matrix is singular (column %d depends on the ones before it)",
                         n, n, bad);
    mirror(a, n);
    return DLRN_OK;
}

/* Rotates rows and columns p and q so that a[p][q] becomes 0. */
static void rotate(double *a, size_t n, size_t p, size_t q)
{
    const double apq = a[p * n + q];
    if (apq == 0) return;
    const double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    const double t = copysign(1, theta) / (fabs(theta) + hypot(theta, 1));
    const double c = 1 / sqrt(t * t + 1), s = t * c;
    a[p * n + p] -= t * apq;
    a[q * n + q] += t * apq;
    a[p * n + q] = a[q * n + p] = 0;
    for (size_t k = 0; k < n; k++) {
        if (k == p || k == q) continue;
        const double akp = a[k * n + p], akq = a[k * n + q];
        a[k * n + p] = a[p * n + k] = c * akp - s * akq;
        a[k * n + q] = a[q * n + k] = s * akp + c * akq;
    }
}

dlrn_status dlrn_eigen_symmetric(double *w, double *a, size_t n, dlrn_error *err)
{
    enum { MOST_SWEEPS = 60 }; // a handful does; what is not finite never ends
    double off = 1;
    for (int sweep = 0; sweep < MOST_SWEEPS && off != 0; sweep++) {
        off = 0;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                // beside its diagonal it is nothing
                const double small = 1e-18 * (fabs(a[p * n + p]) + fabs(a[q * n + q]));
                if (fabs(a[p * n + q]) <= small) a[p * n + q] = a[q * n + p] = 0;
                off += fabs(a[p * n + q]);
                rotate(a, n, p, q);
            }
    }
    if (off != 0)
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "the eigenvalues of a %zu x %zu matrix did not converge", n, n);
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && w[at - 1] > a[i * n + i]; at--)
            w[at] = w[at - 1];
        w[at] = a[i * n + i];
    }
    return DLRN_OK;
}

const char *dlrn_library_openblas(void)
{
    const dlrn_blas *blas;
    return open_blas(&blas, NULL) == DLRN_OK ? blas->version : NULL;
}
