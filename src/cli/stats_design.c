/* SPDX-License-Identifier: Apache-2.0
 *
 * From --terms to the columns of a design: a, factor(c), factor(c,reference), rcs(d,4).
 */
#include "stats_design.h"

#include <dlrn/spline.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *s, size_t *n)
{
    for (; *n && *s == ' '; s++)
        --*n;
    while (*n && s[*n - 1] == ' ')
        --*n;
    return s;
}

static dlrn_status take_column(stats_term *out, const char *s, size_t n, const char *text,
                               dlrn_error *err)
{
    s = skip_blanks(s, &n);
    if (n == 0) return dlrn_fail(err, DLRN_EINVAL, "--terms: '%s' names no column", text);
    out->column = dlrn_strndup(s, n);
    return out->column ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory");
}

/* The part after the last comma of rcs(column,knots); a comma before it belongs to the column. */
static dlrn_status parse_spline(stats_term *out, const char *s, size_t n, const char *text,
                                dlrn_error *err)
{
    size_t comma = n;
    double knots = 5; // as rms
    for (size_t i = 0; i < n; i++)
        if (s[i] == ',') comma = i;
    if (comma < n && !dlrn_parse_double(&knots, s + comma + 1, n - comma - 1)) knots = 0;
    if (!(knots >= 3 && knots <= MAX_KNOTS && knots == floor(knots)))
        return dlrn_fail(err, DLRN_EINVAL,
                         "--terms: '%s': expected rcs(column,knots) with 3 to 7 knots", text);
    out->knots = (size_t)knots;
    return take_column(out, s, comma, text, err);
}

/* factor(column) or, where no column has that whole name, factor(column,reference). */
static dlrn_status parse_factor(stats_term *out, const char *s, size_t n, const char *text,
                                const dlrn_table *t, dlrn_error *err)
{
    size_t comma = n;
    char *whole = dlrn_strndup(s, n);
    if (!whole) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && dlrn_table_find(t, whole) == SIZE_MAX; i++)
        if (s[i] == ',') comma = i;
    free(whole);
    if (comma < n) {
        size_t rest = n - comma - 1;
        const char *reference = skip_blanks(s + comma + 1, &rest);
        if (rest == 0)
            return dlrn_fail(err, DLRN_EINVAL, "--terms: '%s': the reference is empty", text);
        out->reference = dlrn_strndup(reference, rest);
        if (!out->reference) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    }
    out->kind = TERM_FACTOR;
    return take_column(out, s, comma, text, err);
}

static dlrn_status parse_term(stats_term *out, const char *text, const dlrn_table *t,
                              dlrn_error *err)
{
    size_t n = strlen(text), open;
    if (dlrn_table_find(t, text) != SIZE_MAX) return take_column(out, text, n, text, err);
    const char *s = skip_blanks(text, &n);
    open = strcspn(s, "(");
    if (open >= n) return take_column(out, s, n, text, err);
    if (s[n - 1] != ')')
        return dlrn_fail(err, DLRN_EINVAL, "--terms: '%s': the parenthesis is not closed", text);
    const char *in = s + open + 1;
    if (open == 6 && !strncmp(s, "factor", 6)) return parse_factor(out, in, n - 8, text, t, err);
    if (open == 3 && !strncmp(s, "rcs", 3)) {
        out->kind = TERM_SPLINE;
        return parse_spline(out, in, n - 5, text, err);
    }
    return dlrn_fail(err, DLRN_EINVAL,
                     "--terms: '%s': expected a column, factor(column), factor(column,reference) "
                     "or rcs(column,knots)",
                     text);
}

dlrn_status stats_parse_term(stats_term *out, const char *text, const dlrn_table *t,
                             dlrn_error *err)
{
    *out = (stats_term){0};
    const dlrn_status st = parse_term(out, text, t, err);
    if (st != DLRN_OK) stats_term_clear(out);
    return st;
}

void stats_term_clear(stats_term *t)
{
    stats_names_clear(&t->level);
    free(t->reference);
    free(t->column);
    *t = (stats_term){0};
}

/* ---- columns ---- */

void stats_design_clear(stats_design *x)
{
    for (size_t k = 0; x->term && k < x->terms; k++)
        stats_term_clear(&x->term[k]);
    free(x->term);
    free(x->x);
    stats_names_clear(&x->names);
    *x = (stats_design){0};
}

/* Puts the reference that was asked for before the other levels. */
static dlrn_status refer(stats_term *t, size_t *code, const stats_data *d, dlrn_error *err)
{
    size_t at = 0;
    if (!t->reference) return DLRN_OK;
    while (at < t->level.n && strcmp(t->level.v[at], t->reference) != 0)
        at++;
    if (at == t->level.n)
        return dlrn_fail(err, DLRN_EINVAL,
                         "%s: column '%s' has no value '%.40s' in these rows to refer to (it has "
                         "'%.40s' and %zu more)",
                         dlrn_table_name(d->table), t->column, t->reference, t->level.v[0],
                         t->level.n - 1);
    char *first = t->level.v[at];
    memmove(t->level.v + 1, t->level.v, at * sizeof *t->level.v);
    t->level.v[0] = first;
    for (size_t i = 0; i < d->n; i++)
        if (code[i] <= at) code[i] = code[i] == at ? 0 : code[i] + 1;
    return DLRN_OK;
}

/* Reads what the term needs of the rows: its numbers (or numbers of levels) v[n], levels, knots. */
static dlrn_status study_term(stats_term *t, double **v, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    size_t j, *code = NULL;
    DLRN_TRY(dlrn_table_need(&j, d->table, t->column, err));
    if (t->kind == TERM_NUMBER && !dlrn_table_is_numeric(d->table, j)) t->kind = TERM_FACTOR;
    if (t->kind == TERM_FACTOR) {
        DLRN_TRY(dlrn_alloc_or_fail(&code, d->n, err));
        DLRN_TRY(stats_number_values(code, &t->level, d, t->column, err));
        if (t->level.n < 2)
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                               "%s: column '%s' has one value ('%.40s') in these rows: leave it "
                               "out",
                               dlrn_table_name(d->table), t->column, t->level.v[0]));
        DLRN_TRY(refer(t, code, d, err));
        DLRN_TRY(dlrn_alloc_or_fail(v, d->n, err));
        for (size_t i = 0; i < d->n; i++)
            (*v)[i] = (double)code[i];
        t->width = t->level.n - 1;
        goto done;
    }
    DLRN_TRY(stats_finite(v, d, t->column, err));
    t->lo = t->hi = (*v)[0];
    for (size_t i = 0; i < d->n; i++) {
        t->lo = fmin(t->lo, (*v)[i]);
        t->hi = fmax(t->hi, (*v)[i]);
    }
    t->width = t->kind == TERM_SPLINE ? t->knots - 1 : 1;
    if (t->kind == TERM_SPLINE) st = dlrn_rcs_knots(t->knot, t->knots, *v, d->n, err);
    if (st != DLRN_OK)
        dlrn_error_prefix(err, "%s, column '%s': ", dlrn_table_name(d->table), t->column);
done:
    free(code);
    return st;
}

/* out[width]: the term's columns at a value. */
static void term_columns(double *out, const stats_term *t, double value)
{
    if (t->kind == TERM_SPLINE) {
        dlrn_rcs_basis(out, value, t->knot, t->knots);
        return;
    }
    for (size_t k = 0; k < t->width; k++)
        out[k] = t->kind == TERM_NUMBER ? value : (double)(value == (double)(k + 1));
}

double stats_term_part(const stats_term *t, const double *coefficient, double value)
{
    double column[MAX_KNOTS] = {0}, sum = 0;
    if (t->kind == TERM_FACTOR) return value > 0 ? coefficient[t->first + (size_t)value] : 0;
    term_columns(column, t, value);
    for (size_t k = 0; k < t->width; k++)
        sum += coefficient[t->first + k + 1] * column[k];
    return sum;
}

static dlrn_status name_columns(stats_design *x, const stats_term *t, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_str name = {0};
    for (size_t k = 0; k < t->width; k++) {
        dlrn_str_clear(&name);
        dlrn_str_add(&name, t->column);
        if (t->kind == TERM_FACTOR) dlrn_str_addf(&name, "=%s", t->level.v[k + 1]);
        for (size_t prime = 0; t->kind == TERM_SPLINE && prime < k; prime++)
            dlrn_str_add(&name, "'");
        DLRN_TRY(stats_add_name(&x->names, dlrn_str_get(&name), name.len, err));
    }
done:
    dlrn_str_clear(&name);
    return st;
}

dlrn_status stats_design_make(stats_design *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    stats_design x = {.terms = d->terms.n};
    double **v = NULL;
    size_t p = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&x.term, x.terms, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, x.terms, err));
    for (size_t k = 0; k < x.terms; k++) {
        stats_term *t = &x.term[k];
        DLRN_TRY(stats_parse_term(t, d->terms.v[k], d->table, err));
        DLRN_TRY(study_term(t, &v[k], d, err));
        t->first = p;
        p += t->width;
        DLRN_TRY(name_columns(&x, t, err));
    }
    DLRN_TRY(dlrn_alloc_or_fail(&x.x, d->n * p, err));
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 0; k < x.terms; k++)
            term_columns(x.x + i * p + x.term[k].first, &x.term[k], v[k][i]);
    *out = x;
    x = (stats_design){0};
done:
    for (size_t k = 0; v && k < d->terms.n; k++)
        free(v[k]);
    free(v);
    stats_design_clear(&x);
    return st;
}
