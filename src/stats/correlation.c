/* SPDX-License-Identifier: Apache-2.0
 *
 * Pearson is the product of standardised columns, in blocks through BLAS; Spearman the same of
 * ranks, in whole numbers where they are short enough; Kendall counts inversions pair by pair
 * (Knight, J Am Stat Assoc 1966;61:436).
 */
#include <dlrn/correlation.h>

#include "base/cpu.h"
#include "base/linalg.h"
#include "stats/correlation_p.h"
#include "stats/rank_product.h"
#include <dlrn/describe.h>
#include <dlrn/special.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, COLUMNS = RANK_PANEL };

typedef struct work {
    const double *x;
    double *r, *p;
    size_t n, m, blocks;
    dlrn_correlation_method method;
    correlation_p table; /* of Pearson and Spearman */
    double *column; /* standardised columns, or ranks for Kendall, one after the other [m][n] */
    int16_t *panel; /* of Spearman in whole numbers, instead of column [m / COLUMNS, up] */
    rank_kernel kernel;
    double *length;        /* of each column as it is multiplied; NaN: it does not vary [m] */
    size_t *order;         /* Kendall: rows of each column, ascending [m][n] */
    size_t *order_scratch; /* [threads][n] */
    double *scratch, *rank_scratch; /* [threads][COLUMNS][n], [threads][n] */
    double *pair_scratch;           /* [threads][2 n] */
    double *block;                  /* [threads][BLOCK][BLOCK] */
} work;

dlrn_status dlrn_correlation_from_name(dlrn_correlation_method *out, const char *name,
                                       dlrn_error *err)
{
    static const char *const known[] = {"pearson", "spearman", "kendall"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(known[i], name) != 0) continue;
        *out = (dlrn_correlation_method)i;
        return DLRN_OK;
    }
    return dlrn_fail(err, DLRN_EINVAL,
                     "'%.40s' is no correlation; expected pearson, spearman or kendall", name);
}

/* Mean 0 and length 1, which is returned; NaN where the values are all equal. */
static double standardise(double *v, size_t n)
{
    double mean = 0, squares = 0;
    bool varies = false;
    for (size_t i = 0; i < n; i++) {
        mean += v[i];
        varies |= v[i] != v[0];
    }
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        v[i] -= mean;
        squares += v[i] * v[i];
    }
    varies = varies && squares > 0;
    for (size_t i = 0; i < n; i++)
        v[i] = varies ? v[i] / sqrt(squares) : 0;
    return varies ? 1 : (double)NAN;
}

static void prepare_column(const work *w, size_t j, const double *raw, size_t thread)
{
    const size_t n = w->n;
    size_t *order = w->method == DLRN_KENDALL ? w->order + j * n : w->order_scratch + thread * n;
    double *v = w->panel ? w->rank_scratch + thread * n : w->column + j * n;
    if (w->method == DLRN_PEARSON)
        memcpy(v, raw, n * sizeof *v);
    else
        dlrn_rank(v, order, raw, n);
    if (w->method == DLRN_KENDALL) {
        w->length[j] = raw[order[0]] < raw[order[n - 1]] ? 1 : (double)NAN;
    } else if (w->panel) {
        const double squares =
            rank_panel_set(w->panel + j / COLUMNS * rank_panel_size(n), j % COLUMNS, v, n);
        w->length[j] = squares > 0 ? sqrt(squares) : (double)NAN;
    } else {
        w->length[j] = standardise(v, n);
    }
}

static size_t panels(size_t columns)
{
    return (columns + COLUMNS - 1) / COLUMNS;
}

/* A few columns at once: they share the lines of memory of each row. */
static dlrn_status prepare_columns(void *user, size_t item, size_t thread, dlrn_error *err)
{
    const work *w = user;
    double *raw = w->scratch + thread * w->n * COLUMNS;
    const size_t from = item * COLUMNS, left = w->m - from, many = left < COLUMNS ? left : COLUMNS;
    for (size_t i = 0; i < w->n; i++) {
        for (size_t k = 0; k < many; k++) {
            const double x = raw[k * w->n + i] = w->x[i * w->m + from + k];
            if (!isfinite(x))
                return dlrn_fail(err, DLRN_EINVAL, "row %zu, column %zu: not a finite number",
                                 i + 1, from + k + 1);
        }
    }
    for (size_t k = 0; k < many; k++)
        prepare_column(w, from + k, raw + k * w->n, thread);
    return DLRN_OK;
}

/* Beyond it only rounding keeps a correlation from 1. */
static const double END = 1 - 1e-15;

static void store(const work *w, size_t i, size_t j, double r, double p)
{
    w->r[i * w->m + j] = w->r[j * w->m + i] = r;
    if (w->p) w->p[i * w->m + j] = w->p[j * w->m + i] = p;
}

/* The block below the diagonal from the one above it, in tiles that stay near. */
static void mirror_block(double *v, size_t m, size_t i0, size_t j0, size_t ni, size_t nj)
{
    enum { TILE = 8 };
    for (size_t a = 0; a < nj; a += TILE)
        for (size_t b = 0; b < ni; b += TILE)
            for (size_t j = a; j < a + TILE && j < nj; j++)
                for (size_t i = b; i < b + TILE && i < ni; i++)
                    v[(j0 + j) * m + i0 + i] = v[(i0 + i) * m + j0 + j];
}

/* r[n] from the products of a column with n others; one without spread has no correlation. */
DLRN_WIDE static void take_row(double *r, const double *c, double length, const double *lengths,
                               size_t n)
{
    for (size_t j = 0; j < n; j++) {
        const double v = c[j] / (length * lengths[j]);
        r[j] = v > END ? 1 : v < -END ? -1 : v;
    }
}

/* Rows i0 + 0..ni of r from the products c, whose rows are `width` apart. */
static void take_products(const work *w, const double *c, size_t width, size_t i0, size_t j0,
                          size_t ni, size_t nj)
{
    for (size_t i = 0; i < ni; i++)
        take_row(w->r + (i0 + i) * w->m + j0, c + i * width, w->length[i0 + i], w->length + j0, nj);
    for (size_t i = 0; i0 == j0 && i < ni; i++) {
        double *r = w->r + i0 * w->m + i0;
        if (!isnan(w->length[i0 + i])) r[i * w->m + i] = 1;
        for (size_t j = 0; j < i; j++)
            r[i * w->m + j] = r[j * w->m + i];
    }
}

static void take_p_values(const work *w, size_t i0, size_t j0, size_t ni, size_t nj)
{
    for (size_t i = i0; i < i0 + ni; i++)
        for (size_t j = j0; j < j0 + nj; j++)
            w->p[i * w->m + j] =
                i == j ? (double)NAN : correlation_p_value(&w->table, w->r[i * w->m + j]);
}

/* One block of the upper triangle, counted row after row of blocks. */
static dlrn_status multiply_block(void *user, size_t item, size_t thread, dlrn_error *err)
{
    const work *w = user;
    size_t bi = 0;
    for (; item >= w->blocks - bi; bi++)
        item -= w->blocks - bi;
    const size_t i0 = bi * BLOCK, j0 = (bi + item) * BLOCK;
    const size_t ni = w->m - i0 < BLOCK ? w->m - i0 : BLOCK,
                 nj = w->m - j0 < BLOCK ? w->m - j0 : BLOCK;
    double *c = w->block + thread * BLOCK * BLOCK;
    size_t width = nj;
    if (w->panel) {
        const size_t p = panels(ni), q = panels(nj), size = rank_panel_size(w->n);
        width = q * COLUMNS;
        memset(c, 0, p * COLUMNS * width * sizeof *c);
        rank_products(c, w->panel + i0 / COLUMNS * size, w->panel + j0 / COLUMNS * size, p, q, w->n,
                      w->kernel);
    } else {
        const dlrn_status st = dlrn_gemm(c, w->column + i0 * w->n, w->column + j0 * w->n, ni, nj,
                                         w->n, false, true, err);
        if (st != DLRN_OK) return st;
    }
    take_products(w, c, width, i0, j0, ni, nj);
    if (i0 != j0) mirror_block(w->r, w->m, i0, j0, ni, nj);
    if (w->p) take_p_values(w, i0, j0, ni, nj);
    if (w->p && i0 != j0) mirror_block(w->p, w->m, i0, j0, ni, nj);
    return DLRN_OK;
}

/* ---- Kendall ---- */

/* Sorts v[n] and returns how many pairs stood in descending order. */
static double count_inversions(double *v, double *spare, size_t n)
{
    double inversions = 0;
    if (n < 2) return 0;
    const size_t half = n / 2;
    inversions += count_inversions(v, spare, half);
    inversions += count_inversions(v + half, spare, n - half);
    size_t a = 0, b = half, at = 0;
    while (a < half && b < n) {
        if (v[b] < v[a]) {
            inversions += (double)(half - a);
            spare[at++] = v[b++];
        } else {
            spare[at++] = v[a++];
        }
    }
    memcpy(spare + at, v + a, (half - a) * sizeof *v);
    memcpy(v, spare, (at + half - a) * sizeof *v);
    return inversions;
}

/* Sums over groups of t ties in ascending ranks: t(t-1), t(t-1)(t-2), t(t-1)(2t+5). */
typedef struct tie_sums {
    double two, three, five;
} tie_sums;

static void add_ties(tie_sums *s, double t)
{
    s->two += t * (t - 1);
    s->three += t * (t - 1) * (t - 2);
    s->five += t * (t - 1) * (2 * t + 5);
}

static tie_sums ties_in(const double *sorted, size_t n)
{
    tie_sums s = {0, 0, 0};
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && sorted[end] == sorted[i]; end++)
            ;
        add_ties(&s, (double)(end - i));
    }
    return s;
}

/* y in the order of x, ascending among ties of x; returns the pairs tied in both, twice. */
static double arrange(double *out, const size_t *order, const double *x, const double *y,
                      double *spare, size_t n)
{
    double joint = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && x[order[end]] == x[order[i]]; end++)
            out[end] = y[order[end]];
        count_inversions(out + i, spare, end - i); // for its sorting
        joint += ties_in(out + i, end - i).two;
    }
    return joint;
}

static void kendall(const work *w, size_t i, size_t j, double *v)
{
    const double *x = w->column + i * w->n, *y = w->column + j * w->n, n = (double)w->n;
    double *spare = v + w->n;
    for (size_t k = 0; k < w->n; k++)
        v[k] = x[w->order[i * w->n + k]];
    const tie_sums tx = ties_in(v, w->n);
    const double joint = arrange(v, w->order + i * w->n, x, y, spare, w->n);
    const double discordant = count_inversions(v, spare, w->n);
    const tie_sums ty = ties_in(v, w->n); // v is y sorted now
    const double pairs = n * (n - 1);
    const double s = (pairs - tx.two - ty.two + joint) / 2 - 2 * discordant;
    const double tau = s / (sqrt((pairs - tx.two) / 2) * sqrt((pairs - ty.two) / 2));
    double variance =
        (pairs * (2 * n + 5) - tx.five - ty.five) / 18 + tx.two * ty.two / (2 * pairs);
    if (w->n > 2) variance += tx.three * ty.three / (9 * pairs * (n - 2));
    store(w, i, j,
          tau > END    ? 1
          : tau < -END ? -1
                       : tau,
          dlrn_normal_two_sided(s / sqrt(variance)));
}

static dlrn_status kendall_row(void *user, size_t i, size_t thread, dlrn_error *err)
{
    (void)err;
    const work *w = user;
    store(w, i, i, w->length[i], (double)NAN);
    for (size_t j = i + 1; j < w->m; j++) {
        if (!isnan(w->length[i]) && !isnan(w->length[j]))
            kendall(w, i, j, w->pair_scratch + thread * 2 * w->n);
        else
            store(w, i, j, (double)NAN, (double)NAN);
    }
    return DLRN_OK;
}

dlrn_status dlrn_correlation(double *r, double *p, const double *x, size_t n, size_t m,
                             dlrn_correlation_method method, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    const int threads = dlrn_exec_threads(ex);
    const size_t slots = (size_t)threads;
    work w = {.x = x, .r = r, .p = p, .n = n, .m = m, .method = method};
    if (n < 2)
        return dlrn_fail(err, DLRN_EINVAL, "a correlation needs two complete rows, found %zu", n);
    w.kernel = rank_kernel_best();
    w.blocks = (m + BLOCK - 1) / BLOCK;
    const bool is_kendall = method == DLRN_KENDALL;
    if (p && !is_kendall) correlation_p_init(&w.table, (double)n);
    const bool whole = method == DLRN_SPEARMAN && n <= RANK_MOST_ROWS;
    if (whole) DLRN_TRY(dlrn_alloc_or_fail(&w.panel, panels(m) * rank_panel_size(n), err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.column, whole ? 0 : n * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.rank_scratch, whole ? slots * n : 0, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.length, m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.order, is_kendall ? n * m : 0, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.order_scratch, slots * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.scratch, slots * COLUMNS * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.pair_scratch, is_kendall ? 2 * slots * n : 0, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.block, is_kendall ? 0 : slots * BLOCK * BLOCK, err));
    DLRN_TRY(dlrn_parallel_for(panels(m), threads, prepare_columns, &w, err));
    DLRN_TRY(is_kendall ? dlrn_parallel_for(m, threads, kendall_row, &w, err)
                        : dlrn_parallel_for(w.blocks * (w.blocks + 1) / 2, threads, multiply_block,
                                            &w, err));
done:
    free(w.block);
    free(w.pair_scratch);
    free(w.scratch);
    free(w.order_scratch);
    free(w.order);
    free(w.length);
    free(w.rank_scratch);
    free(w.panel);
    free(w.column);
    return st;
}
