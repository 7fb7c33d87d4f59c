/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of a table of counts: chi-square and Fisher.
 */
#include <dlrn/special.h>
#include <dlrn/tests.h>

#include "stats/fisher.h"

#include <math.h>
#include <stdlib.h>

/* A table's margins; empty rows and columns are not counted in `full`. */
typedef struct margins {
    double *row, *col, total;
    size_t full_rows, full_cols;
} margins;

static void margins_clear(margins *m)
{
    free(m->row);
    free(m->col);
    *m = (margins){0};
}

static dlrn_status margins_of(margins *m, const double *counts, size_t rows, size_t cols,
                              dlrn_error *err)
{
    dlrn_status st;
    *m = (margins){0};
    DLRN_TRY(dlrn_alloc_or_fail(&m->row, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->col, cols, err));
    for (size_t i = 0; i < rows * cols; i++) {
        if (!(counts[i] >= 0) || counts[i] != floor(counts[i])) {
            st = dlrn_fail(err, DLRN_EINVAL, "row %zu, column %zu: %g is no count", i / cols + 1,
                           i % cols + 1, counts[i]);
            goto done;
        }
        m->row[i / cols] += counts[i];
        m->col[i % cols] += counts[i];
        m->total += counts[i];
    }
    for (size_t i = 0; i < rows; i++)
        m->full_rows += m->row[i] > 0;
    for (size_t j = 0; j < cols; j++)
        m->full_cols += m->col[j] > 0;
done:
    if (st != DLRN_OK) margins_clear(m);
    return st;
}

static dlrn_status check_size(const margins *m, const char *test, dlrn_error *err)
{
    if (m->full_rows >= 2 && m->full_cols >= 2) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL,
                     "%s: %zu rows and %zu columns of the table are not empty; two of each are "
                     "needed",
                     test, m->full_rows, m->full_cols);
}

double dlrn_least_expected(const double *counts, size_t rows, size_t cols)
{
    margins m;
    if (margins_of(&m, counts, rows, cols, NULL) != DLRN_OK) return (double)NAN;
    double row = (double)INFINITY, col = (double)INFINITY;
    for (size_t i = 0; i < rows; i++)
        if (m.row[i] > 0) row = fmin(row, m.row[i]);
    for (size_t j = 0; j < cols; j++)
        if (m.col[j] > 0) col = fmin(col, m.col[j]);
    const double least = m.total > 0 ? row * col / m.total : (double)NAN;
    margins_clear(&m);
    return least;
}

dlrn_status dlrn_chi_square(dlrn_test *out, const double *counts, size_t rows, size_t cols,
                            dlrn_error *err)
{
    dlrn_status st;
    margins m;
    double chi2 = 0;
    DLRN_TRY(margins_of(&m, counts, rows, cols, err));
    DLRN_TRY(check_size(&m, "chi-square", err));
    for (size_t i = 0; i < rows * cols; i++) {
        const double expected = m.row[i / cols] * m.col[i % cols] / m.total;
        if (expected > 0) chi2 += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    const double df = (double)((m.full_rows - 1) * (m.full_cols - 1));
    *out = (dlrn_test){chi2, df, dlrn_chi2_upper(chi2, df)};
done:
    margins_clear(&m);
    return st;
}

/* ---- Fisher: the network of a table of levels by two groups (Mehta & Patel, J Am Stat Assoc
 * 1983;78:427) ---- */

/* A node is (level i, k members of the first group still to place on the levels from i on). */
typedef struct network {
    const double *level;  /* members of each level [levels] */
    size_t levels, first; /* members of the first group */
    double *most,
        *least;   /* log of the likeliest and unlikeliest path to the end [levels+1][first+1] */
    double *rest; /* members of the levels from i on [levels+1] */
    double seen;  /* log weight up to which a table counts */
    double scale; /* log weight of all tables */
    double p;
    size_t steps;
} network;

static double log_choose(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* The range of members that level i may take when k are left. */
static void range_at(const network *w, size_t i, size_t k, size_t *lo, size_t *hi)
{
    const size_t own = (size_t)w->level[i], after = (size_t)w->rest[i + 1];
    *lo = k > after ? k - after : 0;
    *hi = k < own ? k : own;
}

static void measure_paths(network *w)
{
    const size_t width = w->first + 1;
    for (size_t i = w->levels + 1; i-- > 0;) {
        for (size_t k = 0; k < width; k++) {
            double *most = &w->most[i * width + k], *least = &w->least[i * width + k];
            *most = *least = i == w->levels && k == 0 ? 0 : -(double)INFINITY;
            if (i == w->levels || (double)k > w->rest[i]) continue;
            size_t lo, hi;
            range_at(w, i, k, &lo, &hi);
            *least = (double)INFINITY;
            for (size_t x = lo; x <= hi; x++) {
                const double own = log_choose(w->level[i], (double)x);
                const size_t next = (i + 1) * width + k - x;
                *most = fmax(*most, own + w->most[next]);
                *least = fmin(*least, own + w->least[next]);
            }
        }
    }
}

static bool walk(network *w, size_t i, size_t k, double past)
{
    enum { MOST_STEPS = 20000000 };
    const size_t at = i * (w->first + 1) + k;
    if (++w->steps > MOST_STEPS) return false;
    if (past + w->least[at] > w->seen) return true; // every table beyond is likelier
    if (past + w->most[at] <= w->seen) {            // every table beyond counts
        w->p += exp(past + log_choose(w->rest[i], (double)k) - w->scale);
        return true;
    }
    size_t lo, hi;
    range_at(w, i, k, &lo, &hi);
    for (size_t x = lo; x <= hi; x++)
        if (!walk(w, i + 1, k - x, past + log_choose(w->level[i], (double)x))) return false;
    return true;
}

static dlrn_status too_much(dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "Fisher's exact test: the table has too many others like it; use chi-square");
}

/* level[levels]: members of each level; of_first: how many of them in the first group. */
static dlrn_status fisher_levels(double *p, const double *level, const double *of_first,
                                 size_t levels, dlrn_error *err)
{
    dlrn_status st;
    double total = 0, first = 0;
    network w = {.level = level, .levels = levels};
    for (size_t i = 0; i < levels; i++) {
        w.seen += log_choose(level[i], of_first[i]);
        total += level[i];
        first += of_first[i];
    }
    if (total * (first + 1) > 4e8) return too_much(err);
    w.first = (size_t)first;
    w.seen += log1p(1e-7);
    w.scale = log_choose(total, first);
    DLRN_TRY(dlrn_alloc_or_fail(&w.most, (levels + 1) * (w.first + 1), err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.least, (levels + 1) * (w.first + 1), err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.rest, levels + 1, err));
    for (size_t i = levels; i-- > 0;)
        w.rest[i] = w.rest[i + 1] + level[i];
    measure_paths(&w);
    if (!walk(&w, 0, w.first, 0)) st = too_much(err);
    *p = fmin(1, w.p);
done:
    free(w.rest);
    free(w.least);
    free(w.most);
    return st;
}

/* The table without its empty rows and columns. */
static void squeeze(double *out, const margins *m, const double *counts, size_t rows, size_t cols)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            if (m->row[i] > 0 && m->col[j] > 0) *out++ = counts[i * cols + j];
}

/* Two columns (or rows): the network is a chain of levels. */
static dlrn_status fisher_two(double *p, const double *counts, size_t rows, size_t cols,
                              const margins *m, dlrn_error *err)
{
    dlrn_status st;
    const bool lying = rows == 2; // groups are rows, levels columns
    const size_t levels = lying ? cols : rows;
    double *first = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&first, levels, err));
    for (size_t i = 0; i < levels; i++)
        first[i] = lying ? counts[i] : counts[2 * i];
    DLRN_TRY(fisher_levels(p, lying ? m->col : m->row, first, levels, err));
done:
    free(first);
    return st;
}

dlrn_status dlrn_fisher(dlrn_test *out, const double *counts, size_t rows, size_t cols,
                        dlrn_error *err)
{
    dlrn_status st;
    margins m;
    double *full = NULL;
    DLRN_TRY(margins_of(&m, counts, rows, cols, err));
    DLRN_TRY(check_size(&m, "Fisher's exact test", err));
    out->statistic = out->df = (double)NAN;
    if (rows == 2 || cols == 2) {
        DLRN_TRY(fisher_two(&out->p, counts, rows, cols, &m, err));
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&full, rows * cols, err));
    squeeze(full, &m, counts, rows, cols);
    DLRN_TRY(fisher_network(&out->p, full, m.full_rows, m.full_cols, err));
done:
    free(full);
    margins_clear(&m);
    return st;
}

/* ---- Monte Carlo ---- */

/* How many of `draws` without replacement from `total`, `good` of which count, do so: inversion
 * from the mode outwards. */
static double draw_count(dlrn_rng *rng, double draws, double good, double total)
{
    const double lo = fmax(0, draws - (total - good)), hi = fmin(draws, good);
    if (!(hi > lo)) return lo;
    const double mode = fmin(hi, fmax(lo, floor((draws + 1) * (good + 1) / (total + 2))));
    const double top = exp(log_choose(good, mode) + log_choose(total - good, draws - mode) -
                           log_choose(total, draws));
    double u = dlrn_rng_uniform(rng) - top, down = mode, up = mode, p_down = top, p_up = top;
    while (u > 0 && (down > lo || up < hi)) {
        if (up < hi) {
            p_up *= (good - up) * (draws - up) / ((up + 1) * (total - good - draws + up + 1));
            up++;
            u -= p_up;
            if (u <= 0) return up;
        }
        if (down > lo) {
            p_down *=
                down * (total - good - draws + down) / ((good - down + 1) * (draws - down + 1));
            down--;
            u -= p_down;
            if (u <= 0) return down;
        }
    }
    return mode;
}

/* Log weight of a random table with the margins. `left` is scratch [cols]. */
static double draw_table(dlrn_rng *rng, double *left, const margins *m, size_t rows, size_t cols)
{
    double weight = 0, below = m->total;
    for (size_t j = 0; j < cols; j++)
        left[j] = m->col[j];
    for (size_t i = 0; i < rows; i++) {
        double draws = m->row[i], total = below;
        for (size_t j = 0; j < cols; j++) {
            const double x = draw_count(rng, draws, left[j], total);
            total -= left[j];
            draws -= x;
            left[j] -= x;
            weight -= lgamma(x + 1);
        }
        below -= m->row[i];
    }
    return weight;
}

dlrn_status dlrn_fisher_monte_carlo(dlrn_test *out, const double *counts, size_t rows, size_t cols,
                                    size_t tables, uint64_t seed, dlrn_error *err)
{
    dlrn_status st;
    margins m;
    double *left = NULL, seen = log1p(1e-7);
    size_t as_rare = 0;
    dlrn_rng rng;
    DLRN_TRY(margins_of(&m, counts, rows, cols, err));
    DLRN_TRY(check_size(&m, "Fisher's exact test", err));
    DLRN_TRY(dlrn_alloc_or_fail(&left, cols, err));
    for (size_t i = 0; i < rows * cols; i++)
        seen -= lgamma(counts[i] + 1);
    dlrn_rng_seed(&rng, seed, 0);
    for (size_t k = 0; k < tables; k++)
        as_rare += draw_table(&rng, left, &m, rows, cols) <= seen;
    *out = (dlrn_test){(double)NAN, (double)NAN, (double)(as_rare + 1) / (double)(tables + 1)};
done:
    free(left);
    margins_clear(&m);
    return st;
}
