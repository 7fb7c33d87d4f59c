/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/baseline.h>

#include "base/linalg.h"
#include <dlrn/describe.h>
#include <dlrn/tests.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LEVELS = 200 };

/* One variable in the rows that are used, missing values left out. */
typedef struct variable {
    const dlrn_baseline_column *column;
    double *value[DLRN_BASELINE_GROUPS]; /* all, label 0, label 1 */
    size_t n[DLRN_BASELINE_GROUPS], missing;
    char *level[MOST_LEVELS];
    double count[MOST_LEVELS][2]; /* by label */
    size_t levels;
} variable;

static void variable_clear(variable *v)
{
    for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++)
        free(v->value[g]);
    for (size_t k = 0; k < v->levels; k++)
        free(v->level[k]);
    free(v);
}

static dlrn_status count_level(variable *v, const char *s, uint8_t label, dlrn_error *err)
{
    size_t k = 0;
    while (k < v->levels && strcmp(v->level[k], s) != 0)
        k++;
    if (k == MOST_LEVELS)
        return dlrn_fail(err, DLRN_EINVAL,
                         "column '%.80s' has more than %d different values, so it is no category",
                         v->column->name, MOST_LEVELS);
    if (k == v->levels) {
        v->level[k] = dlrn_strdup(s);
        if (!v->level[k]) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
        v->levels++;
    }
    v->count[k][label]++;
    return DLRN_OK;
}

/* Puts the levels in ascending order, numbers as numbers. */
static void sort_levels(variable *v)
{
    for (size_t i = 1; i < v->levels; i++) {
        for (size_t k = i; k > 0; k--) {
            double a, b;
            char *x = v->level[k - 1], *y = v->level[k];
            const bool numbers =
                dlrn_parse_double(&a, x, strlen(x)) && dlrn_parse_double(&b, y, strlen(y));
            if (numbers ? a <= b : strcmp(x, y) <= 0) break;
            v->level[k - 1] = y;
            v->level[k] = x;
            for (int g = 0; g < 2; g++) {
                const double c = v->count[k][g];
                v->count[k][g] = v->count[k - 1][g];
                v->count[k - 1][g] = c;
            }
        }
    }
}

static bool has_three_values(const double *v, size_t n)
{
    double other = n ? v[0] : 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i] == v[0] || v[i] == other) continue;
        if (other != v[0]) return true;
        other = v[i];
    }
    return false;
}

static dlrn_status load(variable *v, const uint8_t *label, const uint8_t *use, size_t n,
                        dlrn_error *err)
{
    dlrn_status st;
    for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++)
        DLRN_TRY(dlrn_alloc_or_fail(&v->value[g], n, err));
    for (size_t i = 0; i < n; i++) {
        const dlrn_baseline_column *c = v->column;
        if (use && !use[i]) continue;
        if (c->number ? isnan(c->number[i]) : !c->text[i]) {
            v->missing++;
            continue;
        }
        const size_t own = 1 + label[i];
        if (c->number)
            v->value[0][v->n[0]] = v->value[own][v->n[own]] = c->number[i];
        else
            DLRN_TRY(count_level(v, c->text[i], label[i], err));
        v->n[0]++;
        v->n[own]++;
    }
    if (!v->column->number || has_three_values(v->value[0], v->n[0])) goto done;
    for (uint8_t g = 0; g < 2; g++) {
        for (size_t i = 0; i < v->n[1 + g]; i++) {
            char digits[32];
            DLRN_TRY(count_level(v, dlrn_format_double(digits, v->value[1 + g][i]), g, err));
        }
    }
done:
    sort_levels(v);
    return st;
}

static dlrn_baseline_row *add_row(dlrn_baseline *b, const char *name, const char *level,
                                  dlrn_error *err)
{
    size_t cap = b->n;
    if (dlrn_grow(&b->row, &cap, b->n + 1, sizeof *b->row, err) != DLRN_OK) return NULL;
    dlrn_baseline_row *r = &b->row[b->n];
    *r = (dlrn_baseline_row){.name = dlrn_strdup(name),
                             .level = dlrn_strdup(level),
                             .statistic = (double)NAN,
                             .p = (double)NAN,
                             .standardised = (double)NAN};
    b->n++;
    if (r->name && r->level) return r;
    dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    return NULL;
}

static bool is_normal(const double *v, size_t n)
{
    dlrn_test t;
    return dlrn_shapiro(&t, v, n < 5000 ? n : 5000, NULL) == DLRN_OK && t.p > 0.05;
}

static void set_test(dlrn_baseline_row *r, const dlrn_test *t, dlrn_status st, const char *name)
{
    if (st != DLRN_OK) return;
    r->test = name;
    r->statistic = t->statistic;
    r->p = t->p;
}

static dlrn_status add_number(dlrn_baseline *b, const variable *v, dlrn_error *err)
{
    dlrn_baseline_row *r = add_row(b, v->column->name, "", err);
    if (!r) return DLRN_ENOMEM;
    dlrn_test t;
    for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++) {
        dlrn_summary s;
        const dlrn_status st = dlrn_describe(&s, v->value[g], v->n[g], err);
        if (st != DLRN_OK) return st;
        r->cell[g] = (dlrn_baseline_cell){s.n, s.mean, s.sd, s.median, s.q1, s.q3, 0};
    }
    const double *x = v->value[1], *y = v->value[2];
    const bool normal = is_normal(x, v->n[1]) && is_normal(y, v->n[2]);
    r->form = normal ? DLRN_BASELINE_MEAN_SD : DLRN_BASELINE_MEDIAN_IQR;
    if (normal)
        set_test(r, &t, dlrn_welch(&t, x, v->n[1], y, v->n[2], NULL), "welch");
    else
        set_test(r, &t, dlrn_mann_whitney(&t, x, v->n[1], y, v->n[2], NULL), "mann_whitney");
    const dlrn_baseline_cell *c = r->cell;
    const double variance = (c[1].sd * c[1].sd + c[2].sd * c[2].sd) / 2;
    if (variance > 0) r->standardised = (c[2].mean - c[1].mean) / sqrt(variance);
    r->missing = v->missing;
    return DLRN_OK;
}

/* sqrt(d' S^-1 d) over the levels but the first; d the difference of the shares, S their mean
 * covariance. NaN where that is singular. */
static double levels_apart(const variable *v)
{
    const size_t k = v->levels - 1;
    double *s = dlrn_alloc_array(k * k, sizeof *s), *d = dlrn_alloc_array(2 * k, sizeof *d);
    double sum = (double)NAN;
    if (s && d && k > 0 && v->n[1] && v->n[2]) {
        for (size_t i = 0; i < k; i++) {
            const double p0 = v->count[i + 1][0] / (double)v->n[1];
            const double p1 = v->count[i + 1][1] / (double)v->n[2];
            d[i] = d[k + i] = p1 - p0;
            for (size_t j = 0; j < k; j++) {
                const double q0 = v->count[j + 1][0] / (double)v->n[1];
                const double q1 = v->count[j + 1][1] / (double)v->n[2];
                s[i * k + j] = ((i == j ? p0 + p1 : 0) - p0 * q0 - p1 * q1) / 2;
            }
        }
        if (dlrn_solve_spd(s, d, k, 1, NULL) == DLRN_OK) {
            sum = 0;
            for (size_t i = 0; i < k; i++)
                sum += d[i] * d[k + i];
        }
    }
    free(d);
    free(s);
    return sqrt(sum);
}

static dlrn_status add_levels(dlrn_baseline *b, const variable *v, dlrn_error *err)
{
    dlrn_test t;
    const double *counts = v->count[0];
    const size_t first = b->n;
    for (size_t k = 0; k < v->levels; k++) {
        dlrn_baseline_row *r = add_row(b, v->column->name, v->level[k], err);
        if (!r) return DLRN_ENOMEM;
        r->form = DLRN_BASELINE_COUNT;
        for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++)
            r->cell[g].n = v->n[g];
        r->cell[1].count = (size_t)v->count[k][0];
        r->cell[2].count = (size_t)v->count[k][1];
        r->cell[0].count = r->cell[1].count + r->cell[2].count;
    }
    if (v->levels == 0) {
        dlrn_baseline_row *r = add_row(b, v->column->name, "", err);
        if (!r) return DLRN_ENOMEM;
        r->form = DLRN_BASELINE_COUNT;
    }
    dlrn_baseline_row *r = &b->row[first];
    r->missing = v->missing;
    if (v->levels < 2) return DLRN_OK;
    if (dlrn_least_expected(counts, v->levels, 2) < 5) {
        const dlrn_status exact = dlrn_fisher(&t, counts, v->levels, 2, NULL);
        set_test(r, &t, exact, "fisher");
        if (exact == DLRN_EUNSUPPORTED)
            set_test(r, &t,
                     dlrn_fisher_monte_carlo(&t, counts, v->levels, 2, DLRN_FISHER_TABLES, 1, NULL),
                     "fisher_monte_carlo");
    }
    if (!r->test) set_test(r, &t, dlrn_chi_square(&t, counts, v->levels, 2, NULL), "chi_square");
    r->standardised = levels_apart(v);
    return DLRN_OK;
}

dlrn_status dlrn_baseline_make(dlrn_baseline *out, const dlrn_baseline_column *column,
                               size_t columns, const uint8_t *label, const uint8_t *use, size_t n,
                               dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    *out = (dlrn_baseline){0};
    for (size_t j = 0; st == DLRN_OK && j < columns; j++) {
        variable *v = dlrn_alloc_array(1, sizeof *v);
        if (!v) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
            break;
        }
        v->column = &column[j];
        st = load(v, label, use, n, err);
        if (st == DLRN_OK)
            st = v->column->number && v->levels == 0 && v->n[0] ? add_number(out, v, err)
                                                                : add_levels(out, v, err);
        variable_clear(v);
    }
    if (st != DLRN_OK) dlrn_baseline_clear(out);
    return st;
}

void dlrn_baseline_clear(dlrn_baseline *b)
{
    for (size_t i = 0; i < b->n; i++) {
        free(b->row[i].name);
        free(b->row[i].level);
    }
    free(b->row);
    *b = (dlrn_baseline){0};
}

void dlrn_baseline_text(dlrn_str *out, const dlrn_baseline_row *row, size_t group)
{
    const dlrn_baseline_cell *c = &row->cell[group];
    if (c->n == 0)
        dlrn_str_add(out, "-");
    else if (row->form == DLRN_BASELINE_COUNT)
        dlrn_str_addf(out, "%zu (%.1f%%)", c->count, 100 * (double)c->count / (double)c->n);
    else if (row->form == DLRN_BASELINE_MEDIAN_IQR)
        dlrn_str_addf(out, "%.2f [%.2f, %.2f]", c->median, c->q1, c->q3);
    else
        dlrn_str_addf(out, "%.2f (%.2f)", c->mean, c->sd);
}
