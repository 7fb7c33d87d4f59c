/* SPDX-License-Identifier: Apache-2.0
 *
 * The maximal correlation coefficient of a sparse co-occurrence matrix.
 *
 * Without eps, Q is similar to S S', S(i,j) = p(i,j) / sqrt(px(i) py(j)), whose largest eigenvalue
 * is 1 with the vector sqrt(px). The second one comes from Lanczos iterations orthogonal to that
 * vector, with full reorthogonalisation unless there are thousands of levels (Golub & Van
 * Loan, 10.1, 10.3; Paige 1980): of S itself where it is symmetric, since its eigenvalues are the
 * roots; else of S S'. eps then enters to first order. Where the matrix falls apart into blocks of
 * levels that never meet, each block has its own eigenvalue near 1, which eps alone moves.
 */
#include "radiomics/glcm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "radiomics/tridiagonal.h"

#define EPS 0x1p-52
enum {
    FIRST_CHECK = 12,
    SPARSE = 4,
    FEW = 1024, /* levels: every step is made orthogonal to all before */
    ALL = 128   /* of more levels: as many steps are */
};

/* A row of S: from its first non-zero value to its last with the zeros between, where these are
 * few; else the non-zero ones alone. */
typedef struct row {
    double *s;
    uint32_t *column; /* NULL: from `first` on, without a gap */
    uint32_t first, last, cells, n;
} row;

typedef struct solver {
    const dlrn_pairs *m;
    size_t n;
    double *memory; /* all arrays of numbers but the basis */
    row *row;       /* [n] */
    uint32_t *columns;
    double *root_x, *root_y; /* sqrt of the margins */
    double *s;               /* values of the rows */
    double *w;               /* scratch of columns */
    double *alpha, *beta;
    double *basis; /* Lanczos vectors [k][n] */
    size_t cap_basis;
} solver;

static void solver_clear(solver *q)
{
    free(q->memory);
    free(q->row);
    free(q->s);
    free(q->columns);
    free(q->basis);
}

static void measure_cell(row *r, uint32_t j)
{
    if (!r->cells++) r->first = j;
    r->last = j; // cells of one row come in order
}

static void put_cell(row *r, uint32_t j, double s)
{
    if (r->column) r->column[r->n] = j;
    r->s[r->column ? r->n++ : j - r->first] = s;
}

static dlrn_status make_rows(solver *q, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_pairs *m = q->m;
    size_t values = 0, sparse = 0;
    for (size_t k = 0; k < m->n; k++) {
        const dlrn_pair *c = &m->cell[k];
        measure_cell(&q->row[c->i], c->j);
        if (m->symmetrical && c->i != c->j) measure_cell(&q->row[c->j], c->i);
    }
    for (size_t i = 0; i < q->n; i++) {
        row *r = &q->row[i];
        const uint32_t width = r->cells ? r->last - r->first + 1 : 0;
        const bool few = width > SPARSE * r->cells;
        r->n = few ? 0 : width;
        values += few ? r->cells : width;
        sparse += few ? r->cells : 0;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&q->s, values, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->columns, sparse, err));
    values = sparse = 0;
    for (size_t i = 0; i < q->n; i++) {
        row *r = &q->row[i];
        r->s = q->s + values;
        if (r->cells && !r->n) r->column = q->columns + sparse;
        values += r->column ? r->cells : r->n;
        sparse += r->column ? r->cells : 0;
    }
    for (size_t k = 0; k < m->n; k++) {
        const dlrn_pair *c = &m->cell[k];
        const double s = c->p / (q->root_x[c->i] * q->root_y[c->j]);
        put_cell(&q->row[c->i], c->j, s);
        if (m->symmetrical && c->i != c->j) put_cell(&q->row[c->j], c->i, s);
    }
done:
    return st;
}

static dlrn_status solver_make(solver *q, const dlrn_pairs *m, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = m->n_levels;
    *q = (solver){.m = m, .n = n};
    DLRN_TRY(dlrn_alloc_or_fail(&q->memory, 5 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->row, n, err));
    q->root_x = q->memory;
    q->root_y = q->memory + n;
    q->w = q->memory + 2 * n;
    q->alpha = q->memory + 3 * n;
    q->beta = q->memory + 4 * n;
    for (size_t i = 0; i < n; i++) {
        q->root_x[i] = sqrt(m->px[i]);
        q->root_y[i] = sqrt(m->py[i]);
    }
    DLRN_TRY(make_rows(q, err));
done:
    return st;
}

/* y = S x */
DLRN_WIDE static void multiply_rows(double *y, const solver *q, const double *x)
{
    for (size_t i = 0; i < q->n; i++) {
        const row *r = &q->row[i];
        if (!r->column) {
            y[i] = dlrn_dot(r->s, x + r->first, r->n);
            continue;
        }
        double sum = 0;
        for (uint32_t k = 0; k < r->n; k++)
            sum += r->s[k] * x[r->column[k]];
        y[i] = sum;
    }
}

/* y = S' x */
DLRN_WIDE static void multiply_columns(double *y, const solver *q, const double *x)
{
    memset(y, 0, q->n * sizeof *y);
    for (size_t i = 0; i < q->n; i++) {
        const row *r = &q->row[i];
        if (!r->column) {
            dlrn_subtract_times(y + r->first, -x[i], r->s, r->n);
            continue;
        }
        for (uint32_t k = 0; k < r->n; k++)
            y[r->column[k]] += r->s[k] * x[i];
    }
}

/* Takes out of y what lies along the vectors from .. k-1 of the basis and along sqrt(px), which is
 * a unit vector too. */
DLRN_WIDE static void make_orthogonal(double *y, const solver *q, size_t from, size_t k)
{
    for (size_t j = k; j-- > from;) {
        const double *v = q->basis + j * q->n;
        dlrn_subtract_times(y, dlrn_dot(y, v, q->n), v, q->n);
    }
    dlrn_subtract_times(y, dlrn_dot(y, q->root_x, q->n), q->root_x, q->n);
}

/* Whether step k is made orthogonal to the last two vectors alone: eigenvalues that were found may
 * come up again, none goes wrong (Paige), and u is no unit vector. */
static bool is_local(const solver *q, size_t k)
{
    return q->n > FEW && k >= ALL;
}

/* Step k: the next vector, the matrix times the last one without what lies along the earlier
 * ones. */
static void lanczos_step(solver *q, size_t k)
{
    const size_t n = q->n;
    const double *v = q->basis + k * n;
    double *y = q->basis + (k + 1) * n;
    const size_t from = is_local(q, k) ? k - 1 : 0;
    if (q->m->symmetrical) {
        multiply_rows(y, q, v);
    } else {
        multiply_columns(q->w, q, v);
        multiply_rows(y, q, q->w);
    }
    q->alpha[k] = dlrn_dot(v, y, n);
    make_orthogonal(y, q, from, k + 1);
    make_orthogonal(y, q, from, k + 1);
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
    make_orthogonal(q->basis, q, 0, 0);
    make_orthogonal(q->basis, q, 0, 0);
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
                if (is_local(q, k)) scale(u, 1 / sqrt(dlrn_dot(u, u, n)), n);
                break;
            }
        }
        scale(q->basis + k * n, 1 / beta, n);
    }
done:
    free(c);
    return st;
}

/* sum_j s(j) h(j) / (1 + x(j)), x = eps / (px py). */
static double row_with_eps(const row *r, const double *h, const double *inverse_y, double eps_x)
{
    double sum = 0;
    for (uint32_t k = 0; k < r->n; k++) {
        const size_t j = r->column ? r->column[k] : r->first + k;
        sum += r->s[k] * h[j] / (1 + eps_x * inverse_y[j]);
    }
    return sum;
}

/* What eps takes from the eigenvalue of Q of u, to first order in u: u' D (Q0 - Q) D^-1 u. */
static double taken_by_eps(const double *u, solver *q)
{
    const size_t n = q->n;
    double *h = q->w, *inverse_y = q->alpha, change = 0, most = 0;
    multiply_columns(h, q, u);
    for (size_t j = 0; j < n; j++) {
        const double y = q->m->py[j], inverse = y > 0 ? 1 / y : 0;
        inverse_y[j] = inverse;
        most = inverse > most ? inverse : most;
        h[j] *= inverse; // sqrt(py)^2 / py^2
    }
    multiply_rows(q->beta, q, h);
    for (size_t i = 0; i < n; i++) {
        const double x = q->m->px[i], eps_x = x > 0 ? EPS / x : 0;
        // where x is tiny throughout, the product with S as it is
        const double sum =
            eps_x * most < 1e-6 ? q->beta[i] : row_with_eps(&q->row[i], h, inverse_y, eps_x);
        change += u[i] * eps_x * sum;
    }
    return change;
}

static uint32_t find(uint32_t *parent, uint32_t k)
{
    while (parent[k] != k)
        k = parent[k] = parent[parent[k]];
    return k;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    const uint32_t p = find(parent, a), q = find(parent, b);
    parent[p > q ? p : q] = p > q ? q : p;
}

/* The blocks' largest eigenvalues; the second largest of them into *lambda where there are two
 * blocks at least. Rows are nodes 0..n-1, columns n..2n-1. */
static dlrn_status split(bool *is_split, double *lambda, const dlrn_pairs *m, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = m->n_levels;
    uint32_t *parent = NULL;
    double *top = NULL, best[2] = {-1, -1};
    size_t blocks = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&parent, 2 * n, err));
    for (size_t k = 0; k < 2 * n; k++)
        parent[k] = (uint32_t)k;
    for (size_t k = 0; k < m->n; k++) {
        join(parent, m->cell[k].i, m->cell[k].j + (uint32_t)n);
        if (m->symmetrical) join(parent, m->cell[k].j, m->cell[k].i + (uint32_t)n);
    }
    for (size_t k = 0; k < n; k++)
        blocks += m->px[k] > 0 && parent[k] == k; // a block's root is its first row
    *is_split = blocks > 1;
    if (!*is_split) goto done;
    DLRN_TRY(dlrn_alloc_or_fail(&top, 2 * n, err));
    double *mass = top + n;
    for (size_t k = 0; k < m->n; k++) {
        const dlrn_pair *c = &m->cell[k];
        const double both = m->px[c->i] * m->py[c->j], part = c->p * both / (both + EPS);
        const uint32_t root = find(parent, c->i), other = find(parent, c->j);
        top[root] += part;
        mass[root] += c->p;
        if (!m->symmetrical || c->i == c->j) continue;
        top[other] += part;
        mass[other] += c->p;
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
