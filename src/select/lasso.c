/* SPDX-License-Identifier: Apache-2.0
 *
 * Elastic-net path: coordinate descent on the quadratic approximation of the loss, over the columns
 * that the strong rules let in (Tibshirani et al., J R Stat Soc B 2012;74:245), checked against the
 * Karush-Kuhn-Tucker conditions of all columns.
 */
#include "base/linalg.h"
#include "base/wide.h"

#include <dlrn/lasso.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* glmnet.control(): fdev, devmax, mnlam, pmin */
static const double least_gain = 1e-5, most_deviance = 0.999, p_min = 1e-9;
static const double infinite = 9.9e35;
enum { LEAST_LAMBDAS = 5, MAX_NEWTON = 100, MAX_SWEEPS = 20000, SWEEPS_TO_JUMP = 4 };

/* Largest change of a fitted value, squared, as a share of the null deviance, at which an iteration
 * counts as settled. */
static const double settled = 1e-20;

/* The same for a whole Newton step, times how far the solution has moved since its weights were
 * taken: what is left after it is about their product. */
static const double newton_settled = 1e-22;

typedef struct problem {
    size_t rows, cols;
    bool logistic;
    double alpha;
    double *x;                /* standardised; 0 in columns without spread [cols][rows] */
    double *mean, *sd;        /* of the columns, 1/n [cols] */
    double *y;                /* [rows]; linear: centred, of variance 1 */
    double y_mean, y_sd;      /* linear */
    double null_deviance;     /* a row */
    double lambda;            /* at hand */
    double b0, *b;            /* on standardised columns [cols] */
    double *eta;              /* [rows] */
    double *w, *r;            /* weights and weighted residuals of the approximation [rows] */
    double *curvature;        /* x_j' W x_j / n of the columns in use [cols] */
    double *gradient;         /* x_j' (y - p) / n [cols] */
    size_t *strong, n_strong; /* columns in use */
    uint8_t *in_strong;       /* [cols] */
    double *before;           /* b at the start of a Newton step [cols] */
    double *wx;               /* scratch [rows] */
    size_t most_active;       /* columns that a jump can take: min(rows - 1, cols) */
    size_t *active, n_active; /* columns that the products below cover [most_active] */
    uint8_t *in_active;       /* [cols] */
    bool has_products;        /* for the weights at hand */
    double *half; /* the intercept and the active columns, times sqrt(w / n) [1 + active][rows] */
    double *gram; /* their products [1 + most_active][1 + most_active] */
    double *system, *step;        /* the part of a jump, then its factor; its solution */
    size_t *factored, n_factored; /* columns of the factor at hand; 0: none [most_active] */
    double ridge;                 /* in it */
    double lambda_before, b0_before, *b_before; /* the solution before the last [cols] */
} problem;

static void problem_clear(problem *q)
{
    free(q->x);
    free(q->mean);
    free(q->sd);
    free(q->y);
    free(q->b);
    free(q->eta);
    free(q->w);
    free(q->r);
    free(q->curvature);
    free(q->gradient);
    free(q->strong);
    free(q->in_strong);
    free(q->before);
    free(q->wx);
    free(q->active);
    free(q->factored);
    free(q->in_active);
    free(q->b_before);
    free(q->half);
    free(q->gram);
    free(q->system);
    free(q->step);
}

static dlrn_status problem_alloc(problem *q, size_t rows, size_t cols, dlrn_error *err)
{
    dlrn_status st;
    q->rows = rows;
    q->cols = cols;
    if (cols && rows > SIZE_MAX / cols)
        return dlrn_fail(err, DLRN_ENOMEM, "%zu x %zu values are too many", rows, cols);
    DLRN_TRY(dlrn_alloc_or_fail(&q->x, rows * cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->mean, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->sd, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->y, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->b, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->eta, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->w, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->r, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->curvature, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->gradient, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->strong, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->in_strong, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->before, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->wx, rows, err));
    q->most_active = rows <= cols ? rows - 1 : cols;
    const size_t m = q->most_active + 1;
    DLRN_TRY(dlrn_alloc_or_fail(&q->active, m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->factored, m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->in_active, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->b_before, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->half, rows * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->gram, m * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->system, m * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q->step, m, err));
done:
    return st;
}

DLRN_WIDE static double dot(const double *a, const double *b, size_t n)
{
    return dlrn_dot(a, b, n);
}

/* r -= d x */
DLRN_WIDE static void subtract(double *r, double d, const double *x, size_t n)
{
    dlrn_subtract_times(r, d, x, n);
}

/* r -= d w x */
DLRN_WIDE static void subtract_weighted(double *r, double d, const double *w, const double *x,
                                        size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        *(dlrn_four *)(r + i) -= d * (*(const dlrn_four *)(w + i) * *(const dlrn_four *)(x + i));
    for (; i < n; i++)
        r[i] -= d * (w[i] * x[i]);
}

static double sum(const double *a, size_t n)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += a[i];
    return s;
}

static dlrn_status standardise(problem *q, const double *x, dlrn_error *err)
{
    const double n = (double)q->rows;
    bool any = false;
    for (size_t i = 0; i < q->rows; i++)
        for (size_t j = 0; j < q->cols; j++) {
            const double v = x[i * q->cols + j];
            if (!isfinite(v))
                return dlrn_fail(err, DLRN_EINVAL, "row %zu, column %zu: not a finite number",
                                 i + 1, j + 1);
            q->x[j * q->rows + i] = v;
        }
    for (size_t j = 0; j < q->cols; j++) {
        double *c = q->x + j * q->rows, largest = 0;
        q->mean[j] = sum(c, q->rows) / n;
        for (size_t i = 0; i < q->rows; i++) {
            largest = fmax(largest, fabs(c[i]));
            c[i] -= q->mean[j];
        }
        q->sd[j] = sqrt(dot(c, c, q->rows) / n);
        const bool flat = q->sd[j] <= 1e-13 * largest;
        if (flat) q->sd[j] = 0;
        any = any || !flat;
        for (size_t i = 0; i < q->rows; i++)
            c[i] = flat ? 0 : c[i] / q->sd[j];
    }
    return any ? DLRN_OK : dlrn_fail(err, DLRN_EINVAL, "no column has any spread");
}

/* y, the model of the intercept alone, and its deviance a row. */
static dlrn_status start(problem *q, const double *y, dlrn_error *err)
{
    const double n = (double)q->rows, mean = sum(y, q->rows) / n;
    double variance = 0;
    for (size_t i = 0; i < q->rows; i++) {
        if (q->logistic ? y[i] != 0 && y[i] != 1 : !isfinite(y[i]))
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: the outcome is %g, expected %s", i + 1,
                             y[i], q->logistic ? "0 or 1" : "a finite number");
        variance += (y[i] - mean) * (y[i] - mean) / n;
    }
    if (!(variance > 0))
        return dlrn_fail(err, DLRN_EINVAL, "the outcome is the same in all %zu rows", q->rows);
    q->y_mean = q->logistic ? 0 : mean;
    q->y_sd = q->logistic ? 1 : sqrt(variance);
    for (size_t i = 0; i < q->rows; i++)
        q->y[i] = (y[i] - q->y_mean) / q->y_sd;
    q->b0 = q->logistic ? log(mean / (1 - mean)) : 0;
    q->null_deviance = q->logistic ? -2 * (mean * log(mean) + (1 - mean) * log(1 - mean)) : 1;
    for (size_t i = 0; i < q->rows; i++)
        q->eta[i] = q->b0;
    return DLRN_OK;
}

/* Residuals at eta and, where asked, the weights; for the squared error these are 1. Returns the
 * deviance a row. */
static double approximate(problem *q, bool reweigh)
{
    const double most = log(1 / p_min - 1);
    double deviance = 0;
    for (size_t i = 0; i < q->rows; i++) {
        if (!q->logistic) {
            q->w[i] = 1;
            q->r[i] = q->y[i] - q->eta[i];
            deviance += q->r[i] * q->r[i];
            continue;
        }
        const double e = q->eta[i];
        const double p = e < -most ? 0 : e > most ? 1 : 1 / (1 + exp(-e));
        if (reweigh) q->w[i] = p * (1 - p);
        q->r[i] = q->y[i] - p;
        const double side = q->y[i] > 0 ? -e : e; // log(1 + exp(side)) without overflow
        deviance += 2 * (side > 0 ? side + log1p(exp(-side)) : log1p(exp(side)));
    }
    return deviance / (double)q->rows;
}

static double soft(double u, double by)
{
    return u > by ? u - by : u < -by ? u + by : 0;
}

/* One coordinate; returns its squared change in units of fitted values. */
static double update(problem *q, size_t j)
{
    const double n = (double)q->rows, *x = q->x + j * q->rows, c = q->curvature[j];
    if (c <= 0) return 0;
    const double u = dot(x, q->r, q->rows) / n + c * q->b[j];
    const double b = soft(u, q->lambda * q->alpha) / (c + q->lambda * (1 - q->alpha));
    const double d = b - q->b[j];
    if (d == 0) return 0;
    q->b[j] = b;
    if (q->logistic)
        subtract_weighted(q->r, d, q->w, x, q->rows);
    else
        subtract(q->r, d, x, q->rows);
    return c * d * d;
}

static double update_intercept(problem *q, double weight)
{
    const double d = sum(q->r, q->rows) / weight;
    q->b0 += d;
    subtract(q->r, d, q->w, q->rows);
    return d * d * weight / (double)q->rows;
}

/* Forgets the products; those of the intercept are made anew. */
static void restart_products(problem *q)
{
    for (size_t a = 0; a < q->n_active; a++)
        q->in_active[q->active[a]] = 0;
    q->n_active = 0;
    for (size_t i = 0; i < q->rows; i++)
        q->half[i] = sqrt(q->w[i] / (double)q->rows);
    q->has_products = true;
}

/* Makes the columns that are not 0 active; false where there are too many. */
static bool take_nonzero(problem *q)
{
    for (size_t k = 0; k < q->n_strong; k++) {
        const size_t j = q->strong[k];
        if (q->b[j] == 0 || q->in_active[j]) continue;
        if (q->n_active == q->most_active) return false;
        double *half = q->half + (1 + q->n_active) * q->rows;
        for (size_t i = 0; i < q->rows; i++)
            half[i] = q->half[i] * q->x[j * q->rows + i];
        q->in_active[j] = 1;
        q->active[q->n_active++] = j;
    }
    return true;
}

/* The products of rows `from` to m of `half` with all rows before them. */
static bool add_products(problem *q, size_t from, size_t m)
{
    const size_t wide = 1 + q->most_active, more = m - from;
    const double *half = q->half;
    q->n_factored = 0; // its place is needed
    const dlrn_status st = from == 0 ? dlrn_gram_rows(q->system, half, m, q->rows, NULL)
                                     : dlrn_gemm(q->system, half + from * q->rows, half, more, m,
                                                 q->rows, false, true, NULL);
    if (st != DLRN_OK) return false; // a shortcut: descent alone gets there too
    for (size_t a = 0; a < more; a++)
        for (size_t c = 0; c <= from + a; c++)
            q->gram[(from + a) * wide + c] = q->gram[c * wide + from + a] = q->system[a * m + c];
    return true;
}

/* The active columns, and the products that every jump from these weights needs; columns that are
 * 0 again stay until there is no room. */
static bool prepare_jump(problem *q)
{
    size_t from = q->has_products ? 1 + q->n_active : 0;
    if (from == 0) restart_products(q);
    if (!take_nonzero(q)) {
        restart_products(q);
        from = 0;
        if (!take_nonzero(q)) return q->has_products = false;
    }
    const size_t m = 1 + q->n_active;
    return from == m || (q->has_products = add_products(q, from, m));
}

/* True where the factor at hand is that of the active columns that are not 0; else it is to be made
 * for them, and they are noted. */
static bool factor_fits(problem *q, size_t n, double ridge)
{
    bool same = q->n_factored == n && q->ridge == ridge;
    size_t at = 0;
    for (size_t a = 0; a < q->n_active; a++) {
        const size_t j = q->active[a];
        if (q->b[j] == 0) continue;
        same = same && q->factored[at] == j;
        q->factored[at++] = j;
    }
    q->n_factored = n;
    q->ridge = ridge;
    return same;
}

/* The products of the intercept and the active columns that are not 0. */
static void make_system(problem *q, size_t n, double ridge)
{
    const size_t wide = 1 + q->most_active;
    double *row = q->system;
    for (size_t from = 0; from <= q->n_active; from++) {
        if (from && q->b[q->active[from - 1]] == 0) continue;
        size_t at = 0;
        for (size_t c = 0; c <= q->n_active; c++)
            if (c == 0 || q->b[q->active[c - 1]] != 0) row[at++] = q->gram[from * wide + c];
        if (from) row[(size_t)(row - q->system) / (n + 1)] += ridge;
        row += n + 1;
    }
}

/* The step to the minimum over the n active columns that are not 0, were their signs to stay;
 * columns that a jump has brought to 0 are held there. */
static bool solve_jump(problem *q, size_t n)
{
    const double ridge = q->lambda * (1 - q->alpha), rows = (double)q->rows;
    size_t to = 0;
    q->step[to++] = sum(q->r, q->rows) / rows;
    for (size_t a = 0; a < q->n_active; a++) {
        const size_t j = q->active[a];
        if (q->b[j] == 0) continue;
        q->step[to++] = dot(q->x + j * q->rows, q->r, q->rows) / rows - ridge * q->b[j] -
                        copysign(q->lambda * q->alpha, q->b[j]);
    }
    if (factor_fits(q, n, ridge)) {
        dlrn_solve_factored(q->system, q->step, n + 1);
        return true;
    }
    make_system(q, n, ridge);
    const bool solved = dlrn_solve_spd(q->system, q->step, n + 1, 1, NULL) == DLRN_OK;
    if (!solved) q->n_factored = 0;
    return solved;
}

/* Goes along the step until the first coefficient reaches 0; returns whether one did. */
static bool take_jump(problem *q, size_t n_active)
{
    double share = 1;
    size_t stop = SIZE_MAX, at = 1;
    for (size_t a = 0; a < n_active; a++) {
        const size_t j = q->active[a];
        if (q->b[j] == 0) continue;
        const double d = q->step[at++];
        if ((q->b[j] + share * d) * q->b[j] > 0) continue;
        share = -q->b[j] / d;
        stop = j;
    }
    q->b0 += share * q->step[0];
    for (size_t i = 0; i < q->rows; i++)
        q->wx[i] = share * q->step[0];
    at = 1;
    for (size_t a = 0; a < n_active; a++) {
        const size_t j = q->active[a];
        if (q->b[j] == 0) continue;
        const double d = share * q->step[at++], *x = q->x + j * q->rows;
        const double b = j == stop ? 0 : q->b[j] + d, moved = b - q->b[j];
        q->b[j] = b;
        subtract(q->wx, -moved, x, q->rows);
    }
    subtract_weighted(q->r, 1, q->w, q->wx, q->rows);
    return stop != SIZE_MAX;
}

/* Correlated columns creep under coordinate descent: jumps to the exact minimum over the active
 * columns instead, column by column giving up those that would change sign. Every jump lowers the
 * approximation, so that descent can go on from wherever it ends. */
static void jump(problem *q)
{
    if (!prepare_jump(q)) return;
    const size_t n_active = q->n_active;
    for (size_t turn = 0; turn <= n_active; turn++) {
        size_t n = 0;
        for (size_t a = 0; a < n_active; a++)
            n += q->b[q->active[a]] != 0;
        if (n == 0 || !solve_jump(q, n) || !take_jump(q, n_active)) return;
    }
}

/* Solves the approximation: sweeps over all columns in use, then over those that are not 0 until
 * they settle, until a full sweep changes nothing any more. */
static bool descend(problem *q, bool jump_first)
{
    const double enough = settled * q->null_deviance, weight = sum(q->w, q->rows);
    bool full = true;
    if (jump_first) jump(q);
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        double change = update_intercept(q, weight);
        for (size_t k = 0; k < q->n_strong; k++) {
            const size_t j = q->strong[k];
            if (full || q->b[j] != 0) change = fmax(change, update(q, j));
        }
        if (change < enough) {
            if (full) return true;
            full = true;
        } else {
            full = sweep % SWEEPS_TO_JUMP == SWEEPS_TO_JUMP - 1;
            if (full) jump(q);
        }
    }
    return false;
}

static void refresh_eta(problem *q)
{
    for (size_t i = 0; i < q->rows; i++)
        q->eta[i] = q->b0;
    for (size_t k = 0; k < q->n_strong; k++) {
        const double *x = q->x + q->strong[k] * q->rows, b = q->b[q->strong[k]];
        if (b == 0) continue;
        subtract(q->eta, -b, x, q->rows);
    }
}

static void find_curvature(problem *q)
{
    for (size_t k = 0; k < q->n_strong; k++) {
        const double *x = q->x + q->strong[k] * q->rows;
        for (size_t i = 0; i < q->rows; i++)
            q->wx[i] = q->w[i] * x[i];
        q->curvature[q->strong[k]] = dot(q->wx, x, q->rows) / (double)q->rows;
    }
}

/* The start is so near that further steps can do with its weights; should they not settle, the
 * weights are renewed now and then. */
static bool has_new_weights(int step)
{
    return step % 8 == 0;
}

/* Newton steps until the solution over the columns in use settles; *deviance is that of the result,
 * and q->r its residuals. */
static void solve(problem *q, double *deviance)
{
    const double enough = newton_settled * q->null_deviance * q->null_deviance;
    double moved = 0;
    *deviance = approximate(q, true);
    for (int step = 0; step < MAX_NEWTON; step++) {
        const double b0 = q->b0;
        double change;
        memcpy(q->before, q->b, q->cols * sizeof *q->b);
        if (has_new_weights(step)) {
            find_curvature(q);
            q->has_products = false;
            moved = 0;
        }
        if (sum(q->w, q->rows) <= p_min * (double)q->rows || !descend(q, step > 0)) break;
        refresh_eta(q);
        change = (q->b0 - b0) * (q->b0 - b0) * sum(q->w, q->rows) / (double)q->rows;
        for (size_t k = 0; k < q->n_strong; k++) {
            const size_t j = q->strong[k];
            const double d = q->b[j] - q->before[j];
            change = fmax(change, q->curvature[j] * d * d);
        }
        *deviance = approximate(q, has_new_weights(step + 1));
        moved = fmax(moved, change);
        if (change * moved < enough || !q->logistic) break;
    }
}

static void find_gradient(problem *q)
{
    for (size_t j = 0; j < q->cols; j++)
        q->gradient[j] = dot(q->x + j * q->rows, q->r, q->rows) / (double)q->rows;
}

/* Lets in the columns whose gradient reaches `bar`; returns how many are new. */
static size_t let_in(problem *q, double bar)
{
    size_t n = 0;
    for (size_t j = 0; j < q->cols; j++) {
        if (q->in_strong[j] || q->sd[j] == 0 || fabs(q->gradient[j]) <= bar) continue;
        q->in_strong[j] = 1;
        q->strong[q->n_strong++] = j;
        n++;
    }
    return n;
}

static void keep_only_nonzero(problem *q)
{
    size_t n = 0;
    for (size_t k = 0; k < q->n_strong; k++) {
        const size_t j = q->strong[k];
        if (q->b[j] != 0)
            q->strong[n++] = j;
        else
            q->in_strong[j] = 0;
    }
    q->n_strong = n;
}

/* Goes on along the line through the last two solutions: the path is nearly straight between the
 * lambdas where a column comes or goes. */
static void foresee(problem *q, double lambda, double last)
{
    double share = (lambda - last) / (last - q->lambda_before);
    if (!(share > 0 && share <= 2)) share = 0; // no two before, or lambdas in another order
    const double b0 = q->b0;
    q->b0 += share * (q->b0 - q->b0_before);
    q->b0_before = b0;
    for (size_t j = 0; j < q->cols; j++) {
        const double b = q->b[j], to = b + share * (b - q->b_before[j]);
        if (b != 0 && q->b_before[j] != 0 && to * b > 0) q->b[j] = to;
        q->b_before[j] = b;
    }
    q->lambda_before = last;
    refresh_eta(q);
}

/* The solution at `lambda`, coming from `last`; gradients of the solution are left behind. */
static double solve_at(problem *q, double lambda, double last)
{
    double deviance;
    q->lambda = lambda;
    keep_only_nonzero(q);
    let_in(q, q->alpha * (2 * lambda - last));
    foresee(q, lambda, last);
    do {
        solve(q, &deviance);
        find_gradient(q);
    } while (let_in(q, q->alpha * lambda * (1 + 1e-9)) > 0);
    return deviance;
}

static dlrn_status path_alloc(dlrn_lasso_path *p, size_t n, size_t cols, dlrn_error *err)
{
    dlrn_status st;
    p->cols = cols;
    DLRN_TRY(dlrn_alloc_or_fail(&p->lambda, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->deviance_ratio, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->df, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->intercept, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->beta, n * cols, err));
done:
    return st;
}

void dlrn_lasso_path_clear(dlrn_lasso_path *p)
{
    if (!p) return;
    free(p->lambda);
    free(p->deviance_ratio);
    free(p->df);
    free(p->intercept);
    free(p->beta);
    *p = (dlrn_lasso_path){0};
}

/* Puts the solution at hand into the path, back on the original scale. */
static void store(dlrn_lasso_path *p, const problem *q, double lambda, double deviance)
{
    const size_t m = p->n_lambda++;
    double *beta = p->beta + m * p->cols, shift = 0;
    for (size_t j = 0; j < p->cols; j++) {
        if (q->b[j] == 0) continue;
        beta[j] = q->y_sd * q->b[j] / q->sd[j];
        shift += beta[j] * q->mean[j];
        p->df[m]++;
    }
    p->lambda[m] = lambda * q->y_sd;
    p->intercept[m] = q->y_mean + q->y_sd * q->b0 - shift;
    p->deviance_ratio[m] = 1 - deviance / q->null_deviance;
}

static bool path_is_done(const dlrn_lasso_path *p, bool logistic, size_t most)
{
    const size_t m = p->n_lambda;
    if (most && p->df[m - 1] > most) return true;
    if (m < LEAST_LAMBDAS) return false;
    const double now = p->deviance_ratio[m - 1], gain = now - p->deviance_ratio[m - 2];
    if (now > most_deviance) return true;
    return gain < least_gain * (logistic ? 1 : now);
}

static void follow(dlrn_lasso_path *out, problem *q, const dlrn_lasso_options *o, size_t n)
{
    const double least = q->rows < q->cols ? 0.01 : 1e-4;
    double most = 0;
    approximate(q, true);
    find_gradient(q);
    for (size_t j = 0; j < q->cols; j++)
        most = fmax(most, fabs(q->gradient[j]));
    most /= fmax(q->alpha, 1e-3);
    const double ratio = n > 1 ? pow(least, 1 / (double)(n - 1)) : 1;
    double last = most;
    for (size_t m = 0; m < n; m++) {
        const double lambda = o->lambda ? o->lambda[m] / q->y_sd
                              : m == 0  ? most
                                        : most * pow(ratio, (double)m);
        // glmnet solves the first of its own lambdas as if it were infinite, which ridge notices
        const double used = m == 0 && !o->lambda ? infinite : lambda;
        const double deviance = solve_at(q, used, fmax(last, used));
        store(out, q, lambda, deviance);
        if (!o->lambda && path_is_done(out, q->logistic, o->df_max)) break;
        last = lambda;
    }
}

dlrn_status dlrn_lasso_fit(dlrn_lasso_path *out, const double *x, const double *y, size_t rows,
                           size_t cols, const dlrn_lasso_options *o, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = o->n_lambda ? o->n_lambda : 100;
    problem q = {.logistic = o->loss == DLRN_LASSO_LOGISTIC, .alpha = o->alpha};
    *out = (dlrn_lasso_path){0};
    if (rows < 2 || cols == 0)
        return dlrn_fail(err, DLRN_EINVAL, "%zu rows and %zu columns: nothing to fit on", rows,
                         cols);
    if (!(o->alpha >= 0 && o->alpha <= 1))
        return dlrn_fail(err, DLRN_EINVAL, "alpha is %g: expected 0 (ridge) to 1 (LASSO)",
                         o->alpha);
    DLRN_TRY(problem_alloc(&q, rows, cols, err));
    DLRN_TRY(standardise(&q, x, err));
    DLRN_TRY(start(&q, y, err));
    DLRN_TRY(path_alloc(out, n, cols, err));
    follow(out, &q, o, n);
done:
    problem_clear(&q);
    if (st != DLRN_OK) dlrn_lasso_path_clear(out);
    return st;
}

void dlrn_lasso_at(double *intercept, double *beta, const dlrn_lasso_path *p, double lambda)
{
    size_t right = 0;
    while (right + 1 < p->n_lambda && p->lambda[right] > lambda)
        right++;
    const size_t left = right > 0 && p->lambda[right] < lambda ? right - 1 : right;
    double share = 1; // of the left one
    if (left != right) share = (lambda - p->lambda[right]) / (p->lambda[left] - p->lambda[right]);
    const double *a = p->beta + left * p->cols, *b = p->beta + right * p->cols;
    *intercept = share * p->intercept[left] + (1 - share) * p->intercept[right];
    for (size_t j = 0; j < p->cols; j++)
        beta[j] = share * a[j] + (1 - share) * b[j];
}
