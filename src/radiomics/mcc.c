/* SPDX-License-Identifier: Apache-2.0
 *
 * The maximal correlation coefficient of a sparse co-occurrence matrix.
 *
 * Without eps, Q is similar to S S', S(i,j) = p(i,j) / sqrt(px(i) py(j)), whose largest eigenvalue
 * is 1 with the vector sqrt(px). The second one comes from Lanczos iterations orthogonal to that
 * vector, with full reorthogonalisation (Golub & Van Loan, 10.1, 10.3): of S itself where it is
 * symmetric, since its eigenvalues are the roots; else of S S'. eps then enters to first order.
 * Where the matrix falls apart into blocks of levels that never meet, each block has its own
 * eigenvalue near 1, which eps alone moves.
 */
#include "radiomics/glcm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "radiomics/tridiagonal.h"

#define EPS 0x1p-52
enum { FIRST_CHECK = 12, SPARSE = 4 };

/* A row of S: from its first non-zero value to its last with the zeros between, where these are
 * few; else the non-zero ones alone. */
typedef struct row {
    const double *s;
    const dlrn_pair *cell; /* columns; NULL: from `first` on, without a gap */
    uint32_t first, n;
} row;

typedef struct solver {
    const dlrn_pairs *m;
    size_t n;
    double *memory; /* all arrays but the basis */
    row *row;       /* [n] */
    double *root_x; /* sqrt(px) */
    double *w;      /* scratch of columns */
    double *alpha, *beta;
    double *basis; /* Lanczos vectors [k][n] */
    size_t cap_basis;
} solver;

static void solver_clear(solver *q)
{
    free(q->memory);
    free(q->row);
    free(q->basis);
}

static dlrn_status solver_make(solver *q, const dlrn_pairs *m, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = m->n_levels;
    *q = (solver){.m = m, .n = n};
    DLRN_TRY(dlrn_alloc_or_fail(&q->memory, 5 * n + SPARSE * m->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->row, n, err));
    q->root_x = q->memory;
    q->w = q->memory + n;
    q->alpha = q->memory + 2 * n;
    q->beta = q->memory + 3 * n;
    double *root_y = q->memory + 4 * n, *s = q->memory + 5 * n;
    for (size_t i = 0; i < n; i++) {
        q->root_x[i] = sqrt(m->px[i]);
        root_y[i] = sqrt(m->py[i]);
    }
    for (size_t k = 0, end; k < m->n; k = end) {
        const dlrn_pair *c = m->cell + k;
        row *r = &q->row[c->i];
        for (end = k; end < m->n && m->cell[end].i == c->i;)
            end++;
        const uint32_t cells = (uint32_t)(end - k), wide = m->cell[end - 1].j - c->j + 1;
        const bool sparse = wide > SPARSE * cells;
        *r = (row){s, sparse ? c : NULL, c->j, sparse ? cells : wide};
        for (uint32_t t = 0; t < cells; t++)
            s[sparse ? t : c[t].j - c->j] = c[t].p / (q->root_x[c->i] * root_y[c[t].j]);
        s += r->n;
    }
done:
    return st;
}

/* y = S x */
DLRN_WIDE static void multiply_rows(double *y, const solver *q, const double *x)
{
    for (size_t i = 0; i < q->n; i++) {
        const row *r = &q->row[i];
        if (!r->cell) {
            y[i] = dlrn_dot(r->s, x + r->first, r->n);
            continue;
        }
        double sum = 0;
        for (uint32_t k = 0; k < r->n; k++)
            sum += r->s[k] * x[r->cell[k].j];
        y[i] = sum;
    }
}

/* y = S' x */
DLRN_WIDE static void multiply_columns(double *y, const solver *q, const double *x)
{
    memset(y, 0, q->n * sizeof *y);
    for (size_t i = 0; i < q->n; i++) {
        const row *r = &q->row[i];
        if (!r->cell) {
            dlrn_subtract_times(y + r->first, -x[i], r->s, r->n);
            continue;
        }
        for (uint32_t k = 0; k < r->n; k++)
            y[r->cell[k].j] += r->s[k] * x[i];
    }
}

/* Takes out of y what lies along the first k vectors of the basis and along sqrt(px), which is a
 * unit vector too. */
DLRN_WIDE static void make_orthogonal(double *y, const solver *q, size_t k)
{
    for (size_t j = k; j-- > 0;) {
        const double *v = q->basis + j * q->n;
        dlrn_subtract_times(y, dlrn_dot(y, v, q->n), v, q->n);
    }
    dlrn_subtract_times(y, dlrn_dot(y, q->root_x, q->n), q->root_x, q->n);
}

/* Step k: the next vector, the matrix times the last one without what lies along the earlier
 * ones. */
static void lanczos_step(solver *q, size_t k)
{
    const size_t n = q->n;
    const double *v = q->basis + k * n;
    double *y = q->basis + (k + 1) * n;
    if (q->m->symmetrical) {
        multiply_rows(y, q, v);
    } else {
        multiply_columns(q->w, q, v);
        multiply_rows(y, q, q->w);
    }
    q->alpha[k] = dlrn_dot(v, y, n);
    make_orthogonal(y, q, k + 1);
    make_orthogonal(y, q, k + 1);
    q->beta[k] = sqrt(dlrn_dot(y, y, n));
}

static void scale(double *v, double factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i] *= factor;
}

/* A vector that no eigenvector is orthogonal to: texture makes the second one a slope over the
 * levels, mostly; chance for what is not so. */
static bool start_vector(solver *q)
{
    const size_t n = q->n;
    uint64_t seed = 88172645463325252u;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const double chance = (double)(seed >> 11) * 0x1p-53 - 0.5;
        q->basis[i] = q->root_x[i] * ((double)i / (double)n + 0.1 * chance);
    }
    make_orthogonal(q->basis, q, 0);
    make_orthogonal(q->basis, q, 0);
    const double norm = sqrt(dlrn_dot(q->basis, q->basis, n));
    if (norm > 1e-14) scale(q->basis, 1 / norm, n);
    return norm > 1e-14;
}

/* The eigenvalue of largest magnitude beside the trivial one, and its unit vector u. */
static dlrn_status second_eigenvalue(double *lambda, double *u, solver *q, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = q->n;
    double *c = NULL, last = 0;
    size_t check = FIRST_CHECK;
    *lambda = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&c, 3 * n, err));
    DLRN_TRY(dlrn_grow(&q->basis, &q->cap_basis, (FIRST_CHECK + 1) * n, sizeof *q->basis, err));
    memset(u, 0, n * sizeof *u);
    if (!start_vector(q)) goto done;
    for (size_t k = 1;; k++) {
        DLRN_TRY(dlrn_grow(&q->basis, &q->cap_basis, (k + 1) * n, sizeof *q->basis, err));
        lanczos_step(q, k - 1);
        const double beta = q->beta[k - 1];
        const bool exhausted = beta < 1e-14 || k + 1 >= n;
        if (k == check || exhausted) {
            check += check / 3;
            last = dlrn_tridiagonal_largest(q->alpha, q->beta, k, last, 1 + 1e-9);
            dlrn_tridiagonal_vector(c, c + n, q->alpha, q->beta, k, last);
            *lambda = last;
            last = fabs(last) * (1 - 1e-15);
            // the eigenvalue errs by less than this residual, and by its square over the gap
            if (exhausted || beta * fabs(c[k - 1]) < 1e-10 * last) {
                for (size_t j = 0; j < k; j++)
                    dlrn_subtract_times(u, -c[j], q->basis + j * n, n);
                break;
            }
        }
        scale(q->basis + k * n, 1 / beta, n);
    }
done:
    free(c);
    return st;
}

/* What eps takes from the eigenvalue of Q of u, to first order: u' D (Q0 - Q) D^-1 u. */
static double taken_by_eps(const double *u, const solver *q)
{
    const dlrn_pairs *m = q->m;
    double change = 0;
    memset(q->w, 0, q->n * sizeof *q->w); // w(k) = sum_j p(j,k) x(j), x = u / sqrt(px)
    for (size_t k = 0; k < m->n; k++)
        q->w[m->cell[k].j] += m->cell[k].p * (u[m->cell[k].i] / q->root_x[m->cell[k].i]);
    for (size_t k = 0; k < m->n; k++) {
        const size_t i = m->cell[k].i, j = m->cell[k].j;
        const double both = m->px[i] * m->py[j];
        change += u[i] * q->root_x[i] * m->cell[k].p * q->w[j] * (EPS / (both * (both + EPS)));
    }
    return change;
}

static uint32_t find(uint32_t *parent, uint32_t k)
{
    while (parent[k] != k)
        k = parent[k] = parent[parent[k]];
    return k;
}

/* The blocks' largest eigenvalues; the second largest of them into *lambda where there are two
 * blocks at least. Rows are nodes 0..n-1, columns n..2n-1. */
static dlrn_status split(bool *is_split, double *lambda, const dlrn_pairs *m, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = m->n_levels;
    uint32_t *parent = NULL;
    double *top = NULL, best[2] = {-1, -1};
    DLRN_TRY(dlrn_alloc_or_fail(&parent, 2 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&top, 4 * n, err));
    double *mass = top + 2 * n;
    for (size_t k = 0; k < 2 * n; k++)
        parent[k] = (uint32_t)k;
    for (size_t k = 0; k < m->n; k++) {
        const uint32_t a = find(parent, m->cell[k].i);
        const uint32_t b = find(parent, m->cell[k].j + (uint32_t)n);
        parent[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t k = 0; k < m->n; k++) {
        const uint32_t root = find(parent, m->cell[k].i);
        const double both = m->px[m->cell[k].i] * m->py[m->cell[k].j];
        top[root] += m->cell[k].p * both / (both + EPS);
        mass[root] += m->cell[k].p;
    }
    for (size_t k = 0; k < n; k++) {
        if (mass[k] == 0) continue;
        const double value = top[k] / mass[k];
        if (value > best[0]) {
            best[1] = best[0];
            best[0] = value;
        } else if (value > best[1]) {
            best[1] = value;
        }
    }
    *is_split = best[1] >= 0;
    *lambda = best[1];
done:
    free(parent);
    free(top);
    return st;
}

dlrn_status dlrn_glcm_mcc(double *out, const dlrn_pairs *m, dlrn_error *err)
{
    dlrn_status st;
    bool is_split;
    double lambda, *u = NULL;
    solver q = {0};
    DLRN_TRY(split(&is_split, &lambda, m, err));
    if (is_split) {
        *out = sqrt(lambda);
        goto done;
    }
    DLRN_TRY(solver_make(&q, m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&u, m->n_levels, err));
    DLRN_TRY(second_eigenvalue(&lambda, u, &q, err));
    lambda = (m->symmetrical ? lambda * lambda : lambda) - taken_by_eps(u, &q);
    *out = lambda > 1e-15 ? sqrt(lambda) : 0;
done:
    free(u);
    solver_clear(&q);
    return st;
}
