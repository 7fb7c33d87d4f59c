/* SPDX-License-Identifier: Apache-2.0
 *
 * The maximal correlation coefficient of a sparse co-occurrence matrix.
 *
 * Without eps, Q is similar to S S', S(i,j) = p(i,j) / sqrt(px(i) py(j)), whose largest eigenvalue
 * is 1 with the vector sqrt(px). The second one comes from Lanczos iterations orthogonal to that
 * vector, with full reorthogonalisation (Golub & Van Loan, 10.1, 10.3). eps then enters to first
 * order. Where the matrix falls apart into blocks of levels that never meet, each block has its own
 * eigenvalue near 1, which eps alone moves.
 */
#include "radiomics/glcm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EPS 0x1p-52
enum { CHECK_EVERY = 8 };

typedef struct solver {
    const dlrn_pairs *m;
    size_t n;
    double *root_x, *root_y; /* sqrt of the margins */
    double *s;               /* S of each cell */
    double *w;               /* scratch of columns */
    double *basis;           /* Lanczos vectors [steps][n] */
    double *alpha, *beta;
} solver;

/* y = S' x: additions that do not wait for each other. */
static void spread(double *y, const solver *q, const double *x)
{
    memset(y, 0, q->n * sizeof *y);
    for (size_t k = 0; k < q->m->n; k++)
        y[q->m->cell[k].j] += q->s[k] * x[q->m->cell[k].i];
}

/* y = S S' x */
static void multiply(double *y, const solver *q, const double *x)
{
    spread(q->w, q, x);
    if (q->m->symmetrical) {
        spread(y, q, q->w);
        return;
    }
    memset(y, 0, q->n * sizeof *y);
    for (size_t k = 0; k < q->m->n; k++)
        y[q->m->cell[k].i] += q->s[k] * q->w[q->m->cell[k].j];
}

static double dot(const double *a, const double *b, size_t n)
{
    // four sums that do not wait for each other, in a fixed order
    double s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            s[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        s[0] += a[i] * b[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static void remove_along(double *x, const double *v, size_t n)
{
    const double c = dot(x, v, n);
    for (size_t i = 0; i < n; i++)
        x[i] -= c * v[i];
}

/* Largest eigenvalue of the tridiagonal matrix of k Lanczos steps, by bisection (Sturm counts). */
static double largest_ritz(const double *alpha, const double *beta, size_t k)
{
    double low = 0, high = 1.0000001;
    for (int round = 0; round < 60 && high - low > 1e-17; round++) {
        const double mid = 0.5 * (low + high);
        double d = alpha[0] - mid;
        bool above = d > 0;
        for (size_t i = 1; i < k && !above; i++) {
            d = alpha[i] - mid - beta[i - 1] * beta[i - 1] / (d == 0 ? -1e-300 : d);
            above = d > 0;
        }
        if (above)
            low = mid;
        else
            high = mid;
    }
    return 0.5 * (low + high);
}

/* The Ritz vector of theta in the Lanczos basis: inverse iteration by the pivots of T - theta,
 * swept from the last component, which is scaled to 1. Returns the last component of the unit
 * vector. */
static double ritz_vector(double *c, const double *alpha, const double *beta, size_t k,
                          double theta)
{
    double *d = c + k, norm = 0;
    d[0] = alpha[0] - theta;
    for (size_t i = 1; i < k; i++) {
        if (fabs(d[i - 1]) < 1e-20) d[i - 1] = -1e-20;
        d[i] = alpha[i] - theta - beta[i - 1] * beta[i - 1] / d[i - 1];
    }
    c[k - 1] = 1;
    for (size_t i = k - 1; i-- > 0;) {
        c[i] = -beta[i] * c[i + 1] / d[i];
        while (fabs(c[i]) > 1e100) // keeps the products finite; what follows only matters in ratio
            for (size_t j = i; j < k; j++)
                c[j] *= 1e-100;
    }
    for (size_t i = 0; i < k; i++)
        norm += c[i] * c[i];
    norm = sqrt(norm);
    for (size_t i = 0; i < k; i++)
        c[i] /= norm;
    return fabs(c[k - 1]);
}

/* lambda of S S' below the trivial one, and its vector u. */
static dlrn_status second_eigenvalue(double *lambda, double *u, solver *q, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = q->n;
    double *c = NULL, last = -1;
    size_t k = 0;
    uint64_t seed = 88172645463325252u; // any start that no eigenvector is orthogonal to
    DLRN_TRY(dlrn_alloc_or_fail(&c, 2 * n + 2, err));
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        // texture makes the vector a slope over the levels, mostly; chance for what is not so
        const double chance = (double)(seed >> 11) * 0x1p-53 - 0.5;
        q->basis[i] = q->root_x[i] * ((double)i / (double)n + 0.1 * chance);
    }
    *lambda = 0;
    for (double *v = q->basis; k < n; v += n) {
        // what is large first, by the three-term recurrence; then what rounding left, along all
        for (size_t j = k > 2 ? k - 2 : 0; j < k; j++)
            remove_along(v, q->basis + j * n, n);
        remove_along(v, q->root_x, n);
        for (size_t j = 0; j < k; j++)
            remove_along(v, q->basis + j * n, n);
        remove_along(v, q->root_x, n);
        const double norm = sqrt(dot(v, v, n));
        if (k > 0) q->beta[k - 1] = norm;
        if (norm < 1e-14) break; // the space is exhausted
        for (size_t i = 0; i < n; i++)
            v[i] /= norm;
        multiply(v + n, q, v);
        q->alpha[k] = dot(v, v + n, n);
        k++;
        if (k % CHECK_EVERY && k < n) continue;
        const double theta = largest_ritz(q->alpha, q->beta, k);
        memcpy(u, v + n, n * sizeof *u);
        remove_along(u, v, n);
        const double rest = ritz_vector(c, q->alpha, q->beta, k, theta) * sqrt(dot(u, u, n));
        // the eigenvalue's error is below rest^2 / gap
        if (rest < 1e-9 && fabs(theta - last) < 1e-13) break;
        last = theta;
    }
    memset(u, 0, n * sizeof *u);
    if (k == 0) goto done;
    *lambda = largest_ritz(q->alpha, q->beta, k);
    ritz_vector(c, q->alpha, q->beta, k, *lambda);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            u[i] += c[j] * q->basis[j * n + i];
done:
    free(c);
    return st;
}

/* What eps takes from the eigenvalue of u, to first order: u' D (Q - Q0) D^-1 u. */
static double with_eps(double lambda, const double *u, const solver *q)
{
    const dlrn_pairs *m = q->m;
    double change = 0;
    memset(q->w, 0, q->n * sizeof *q->w); // w(k) = sum_j p(j,k) x(j), x = u / sqrt(px)
    for (size_t k = 0; k < m->n; k++)
        q->w[m->cell[k].j] += m->cell[k].p * u[m->cell[k].i] / q->root_x[m->cell[k].i];
    for (size_t k = 0; k < m->n; k++) {
        const size_t i = m->cell[k].i, j = m->cell[k].j;
        const double both = m->px[i] * m->py[j];
        change += u[i] * q->root_x[i] * m->cell[k].p * q->w[j] * (EPS / (both * (both + EPS)));
    }
    return lambda - change;
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
    const size_t n = m->n_levels;
    bool is_split;
    double lambda, *memory = NULL;
    DLRN_TRY(split(&is_split, &lambda, m, err));
    if (is_split) {
        *out = sqrt(lambda);
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&memory, 6 * n + m->n + (n + 1) * n, err));
    solver q = {.m = m, .n = n, .root_x = memory, .root_y = memory + n};
    q.w = memory + 2 * n;
    q.alpha = memory + 3 * n;
    q.beta = memory + 4 * n;
    double *u = memory + 5 * n;
    q.s = memory + 6 * n;
    q.basis = q.s + m->n;
    for (size_t i = 0; i < n; i++) {
        q.root_x[i] = sqrt(m->px[i]);
        q.root_y[i] = sqrt(m->py[i]);
    }
    for (size_t k = 0; k < m->n; k++)
        q.s[k] = m->cell[k].p / (q.root_x[m->cell[k].i] * q.root_y[m->cell[k].j]);
    DLRN_TRY(second_eigenvalue(&lambda, u, &q, err));
    lambda = with_eps(lambda, u, &q);
    *out = lambda > 1e-15 ? sqrt(lambda) : 0;
done:
    free(memory);
    return st;
}
