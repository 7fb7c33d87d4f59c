/* SPDX-License-Identifier: Apache-2.0
 *
 * From the file to labels, scores and columns; every refusal names line and column.
 */
#include "stats_design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void stats_names_clear(stats_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->v[i]);
    free(names->v);
    *names = (stats_names){0};
}

dlrn_status stats_add_name(stats_names *out, const char *s, size_t n, dlrn_error *err)
{
    size_t cap = out->n;
    const dlrn_status st = dlrn_grow(&out->v, &cap, out->n + 1, sizeof *out->v, err);
    if (st != DLRN_OK) return st;
    out->v[out->n] = dlrn_strndup(s, n);
    if (!out->v[out->n]) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    out->n++;
    return DLRN_OK;
}

dlrn_status stats_split(stats_names *out, const cli_list *list, const dlrn_table *t,
                        dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t i = 0; i < list->n; i++) {
        const char *s = list->v[i];
        if (t && dlrn_table_find(t, s) != SIZE_MAX) {
            DLRN_TRY(stats_add_name(out, s, strlen(s), err));
            continue;
        }
        for (int depth = 0;; s++) { // a comma inside rcs(age,4) does not part
            size_t n = 0;
            for (; s[n] && (depth > 0 || s[n] != ','); n++)
                depth += (s[n] == '(') - (s[n] == ')');
            if (n) DLRN_TRY(stats_add_name(out, s, n, err));
            s += n;
            if (!*s) break;
        }
    }
done:
    return st;
}

static dlrn_status check_columns(const stats_data *d, const stats_names *names, const char *option,
                                 dlrn_error *err)
{
    for (size_t i = 0; i < names->n; i++) {
        size_t j;
        const dlrn_status st = dlrn_table_need(&j, d->table, names->v[i], err);
        if (st != DLRN_OK) return st;
        if (d->o->label && !strcmp(names->v[i], d->o->label))
            return dlrn_fail(err, DLRN_EINVAL, "--%s: '%s' is the label", option, names->v[i]);
        for (size_t k = 0; k < i; k++)
            if (!strcmp(names->v[i], names->v[k]))
                return dlrn_fail(err, DLRN_EINVAL, "--%s: column '%s' is given twice", option,
                                 names->v[i]);
    }
    return DLRN_OK;
}

static bool is_used(const stats_data *d, const char *name)
{
    const char *used[] = {d->o->label, d->o->by,     d->o->cluster,
                          d->o->batch, d->o->foldid, d->o->weights};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++)
        if (used[i] && !strcmp(used[i], name)) return true;
    for (size_t i = 0; i < d->score.n; i++)
        if (!strcmp(d->score.v[i], name)) return true;
    for (size_t i = 0; i < d->covariates.n; i++)
        if (!strcmp(d->covariates.v[i], name)) return true;
    return false;
}

static dlrn_status name_terms(stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(stats_split(&d->terms, &d->o->terms, d->table, err));
    for (size_t k = 0; k < d->terms.n; k++) {
        stats_term t;
        DLRN_TRY(stats_parse_term(&t, d->terms.v[k], d->table, err));
        st = stats_add_name(&d->columns, t.column, strlen(t.column), err);
        stats_term_clear(&t);
        if (st != DLRN_OK) goto done;
    }
    DLRN_TRY(check_columns(d, &d->columns, "terms", err));
    if (d->terms.n == 0) st = dlrn_fail(err, DLRN_EINVAL, "no term: name them with --terms a,b");
done:
    return st;
}

static dlrn_status name_columns(stats_data *d, const stats_test *test, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    DLRN_TRY(stats_split(&d->score, &d->o->score, d->table, err));
    DLRN_TRY(check_columns(d, &d->score, "score", err));
    if ((test->needs & STATS_SCORE) && d->score.n == 0)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--score names no column"));
    DLRN_TRY(stats_split(&d->covariates, &d->o->covariates, d->table, err));
    DLRN_TRY(check_columns(d, &d->covariates, "covariates", err));
    if (test->needs & STATS_TERMS) return name_terms(d, err);
    if (!(test->needs & STATS_COLUMNS)) goto done;
    DLRN_TRY(stats_split(&d->columns, &d->o->columns, d->table, err));
    DLRN_TRY(check_columns(d, &d->columns, "columns", err));
    for (size_t j = 0; !d->o->columns.n && j < dlrn_table_cols(d->table); j++) {
        const char *name = dlrn_table_column(d->table, j);
        if (is_used(d, name)) continue;
        if ((test->needs & STATS_NUMERIC) && !dlrn_table_is_numeric(d->table, j)) continue;
        DLRN_TRY(stats_add_name(&d->columns, name, strlen(name), err));
    }
    if (d->columns.n == 0)
        st = dlrn_fail(err, DLRN_EINVAL, "%s: no column to work on; name them with --columns",
                       dlrn_table_name(d->table));
done:
    return st;
}

/* ---- rows ---- */

/* Which rows stay, and the column that takes most of them away. */
typedef struct choice {
    bool *keep; /* [rows] */
    const char *emptiest;
    size_t empty;
} choice;

static dlrn_status drop_where_missing(choice *c, const stats_data *d, const char *column,
                                      dlrn_error *err)
{
    size_t j, empty = 0;
    if (!column) return DLRN_OK;
    const dlrn_status st = dlrn_table_need(&j, d->table, column, err);
    if (st != DLRN_OK) return st;
    (void)dlrn_table_is_numeric(d->table, j); // where it is, its cells are read once and for all
    for (size_t i = 0; i < dlrn_table_rows(d->table); i++) {
        if (!c->keep[i] || !dlrn_table_missing(d->table, j, i)) continue;
        c->keep[i] = false;
        empty++;
    }
    if (empty > c->empty) {
        c->empty = empty;
        c->emptiest = column;
    }
    return st;
}

static dlrn_status drop_missing(choice *c, const stats_data *d, const stats_test *test,
                                dlrn_error *err)
{
    dlrn_status st;
    const bool labelled = (test->needs & STATS_LABEL) && !(test->needs & STATS_OPEN_LABEL);
    const char *const roles[] = {labelled ? d->o->label : NULL,
                                 d->o->cluster,
                                 d->o->batch,
                                 d->o->foldid,
                                 d->o->weights,
                                 test->needs & STATS_GROUPS ? d->o->groups : NULL};
    for (size_t k = 0; k < sizeof roles / sizeof *roles; k++)
        DLRN_TRY(drop_where_missing(c, d, roles[k], err));
    for (size_t k = 0; k < d->covariates.n; k++)
        DLRN_TRY(drop_where_missing(c, d, d->covariates.v[k], err));
    for (size_t k = 0; k < d->score.n; k++)
        DLRN_TRY(drop_where_missing(c, d, d->score.v[k], err));
    for (size_t k = 0; !(test->needs & STATS_KEEP_MISSING) && k < d->columns.n; k++)
        DLRN_TRY(drop_where_missing(c, d, d->columns.v[k], err));
    st = DLRN_OK;
done:
    return st;
}

static dlrn_status no_row(const stats_data *d, size_t asked, const choice *c, dlrn_error *err)
{
    const char *file = dlrn_table_name(d->table);
    if (asked == 0)
        return dlrn_fail(err, DLRN_EINVAL, "%s: no row to work on, only a header", file);
    return dlrn_fail(err, DLRN_EINVAL,
                     "%s: no row to work on: each of the %zu lacks a value (column '%.60s': %zu)",
                     file, asked, c->emptiest, c->empty);
}

static dlrn_status choose_rows(stats_data *d, const stats_test *test, size_t by, const char *value,
                               dlrn_error *err)
{
    dlrn_status st;
    const size_t rows = dlrn_table_rows(d->table);
    size_t asked = 0;
    choice c = {0};
    DLRN_TRY(dlrn_alloc_or_fail(&c.keep, rows, err));
    for (size_t i = 0; i < rows; i++) {
        c.keep[i] = by == SIZE_MAX || !strcmp(dlrn_table_text(d->table, by, i), value);
        asked += c.keep[i];
    }
    DLRN_TRY(drop_missing(&c, d, test, err));
    for (size_t i = 0; i < rows; i++)
        d->n += c.keep[i];
    DLRN_TRY(dlrn_alloc_or_fail(&d->row, d->n, err));
    for (size_t i = 0, at = 0; i < rows; i++)
        if (c.keep[i]) d->row[at++] = i;
    d->dropped = asked - d->n;
    if (d->n == 0) st = no_row(d, asked, &c, err);
done:
    free(c.keep);
    return st;
}

/* ---- label ---- */

static dlrn_status check_two_values(const stats_data *d, size_t j, dlrn_error *err)
{
    const char *other[2] = {NULL, NULL}, *file = dlrn_table_name(d->table);
    bool seen = false;
    for (size_t i = 0; i < d->n; i++) {
        const char *s = dlrn_table_text(d->table, j, d->row[i]);
        if (dlrn_table_missing(d->table, j, d->row[i])) continue;
        if (!strcmp(s, d->o->positive))
            seen = true;
        else if (!other[0])
            other[0] = s;
        else if (!other[1] && strcmp(s, other[0]) != 0)
            other[1] = s;
    }
    if (!seen)
        return dlrn_fail(
            err, DLRN_EINVAL,
            "%s, column '%s': no row reads '%.40s' (--positive); there is '%.40s'%s%.40s%s", file,
            d->o->label, d->o->positive, other[0], other[1] ? ", '" : "", other[1] ? other[1] : "",
            other[1] ? "'" : "");
    if (other[1])
        return dlrn_fail(err, DLRN_EINVAL,
                         "%s, column '%s': more than two values ('%.40s', '%.40s' and '%.40s'); "
                         "a label has two",
                         file, d->o->label, d->o->positive, other[0], other[1]);
    return DLRN_OK;
}

static dlrn_status load_label(stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    size_t j, positives = 0, labelled = 0;
    const double *number = NULL;
    DLRN_TRY(dlrn_table_need(&j, d->table, d->o->label, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->label, d->n, err));
    if (d->o->positive)
        DLRN_TRY(check_two_values(d, j, err));
    else if (dlrn_table_is_numeric(d->table, j))
        DLRN_TRY(dlrn_table_numbers(&number, d->table, j, err));
    for (size_t i = 0; i < d->n; i++) {
        const size_t row = d->row[i];
        double v = number ? number[row] : (double)NAN;
        if (isnan(v) && dlrn_table_missing(d->table, j, row)) { // only where the test allows it
            d->label[i] = STATS_NO_LABEL;
            continue;
        }
        const char *s = number ? "" : dlrn_table_text(d->table, j, row);
        if (d->o->positive)
            v = !strcmp(s, d->o->positive);
        else if ((!number && !dlrn_parse_double(&v, s, strlen(s))) || (v != 0 && v != 1))
            return dlrn_fail(err, DLRN_EINVAL,
                             "%s, line %zu, column '%s': '%.40s' is neither 0 nor 1; name the "
                             "positive value with --positive",
                             dlrn_table_name(d->table), dlrn_table_line(d->table, row), d->o->label,
                             dlrn_table_text(d->table, j, row));
        d->label[i] = v == 1;
        positives += v == 1;
        labelled++;
    }
    if (positives == 0 || positives == labelled)
        st = dlrn_fail(err, DLRN_EINVAL,
                       "%s, column '%s': %zu positive and %zu negative rows; both are needed",
                       dlrn_table_name(d->table), d->o->label, positives, labelled - positives);
done:
    return st;
}

/* Numbers the values of the cluster column in the order in which they appear. */
static dlrn_status load_cluster(stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    size_t j, n = 0;
    dlrn_table *seen = NULL; // its columns are the values: found by name, and numbered
    double none = 0;
    DLRN_TRY(dlrn_table_need(&j, d->table, d->o->cluster, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->cluster, d->n, err));
    DLRN_TRY(dlrn_table_new(&seen, 1, "clusters", err));
    for (size_t i = 0; i < d->n; i++) {
        const char *s = dlrn_table_text(d->table, j, d->row[i]);
        d->cluster[i] = dlrn_table_find(seen, s);
        if (d->cluster[i] != SIZE_MAX) continue;
        d->cluster[i] = n++;
        DLRN_TRY(dlrn_table_add_numbers(seen, s, &none, err));
    }
done:
    dlrn_table_free(seen);
    return st;
}

dlrn_status stats_numbers(double **out, const stats_data *d, const char *column, dlrn_error *err)
{
    dlrn_status st;
    size_t j;
    const double *v;
    *out = NULL;
    DLRN_TRY(dlrn_table_need(&j, d->table, column, err));
    DLRN_TRY(dlrn_table_numbers(&v, d->table, j, err));
    DLRN_TRY(dlrn_alloc_or_fail(out, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        (*out)[i] = v[d->row[i]];
done:
    return st;
}

dlrn_status stats_finite(double **out, const stats_data *d, const char *column, dlrn_error *err)
{
    dlrn_status st = stats_numbers(out, d, column, err);
    for (size_t i = 0; st == DLRN_OK && i < d->n; i++)
        if (!isfinite((*out)[i]))
            st = dlrn_fail(err, DLRN_EINVAL, "%s, line %zu, column '%s': not a finite number",
                           dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]), column);
    if (st == DLRN_OK) return st;
    free(*out);
    *out = NULL;
    return st;
}

dlrn_status stats_matrix(double **out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const size_t m = d->columns.n;
    double *v = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(out, d->n * m, err));
    for (size_t j = 0; j < m; j++) {
        DLRN_TRY(stats_finite(&v, d, d->columns.v[j], err));
        for (size_t i = 0; i < d->n; i++)
            (*out)[i * m + j] = v[i];
        free(v);
        v = NULL;
    }
done:
    free(v);
    return st;
}

int stats_compare_values(const void *a, const void *b)
{
    double x, y;
    const char *const s = *(const char *const *)a, *const t = *(const char *const *)b;
    if (dlrn_parse_double(&x, s, strlen(s)) && dlrn_parse_double(&y, t, strlen(t)) && x != y)
        return x < y ? -1 : 1;
    return strcmp(s, t);
}

dlrn_status stats_number_values(size_t *out, stats_names *values, const stats_data *d,
                                const char *column, dlrn_error *err)
{
    dlrn_status st;
    size_t col;
    DLRN_TRY(dlrn_table_need(&col, d->table, column, err));
    for (int pass = 0; pass < 2; pass++) { // the first collects the values, the second numbers them
        for (size_t i = 0; i < d->n; i++) {
            const char *s = dlrn_table_text(d->table, col, d->row[i]);
            size_t k = 0;
            while (k < values->n && strcmp(values->v[k], s) != 0)
                k++;
            if (k == values->n) DLRN_TRY(stats_add_name(values, s, strlen(s), err));
            if (values->n > 1000)
                DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                                   "column '%s': more than 1,000 different values", column));
            out[i] = k;
        }
        if (pass == 0) qsort(values->v, values->n, sizeof *values->v, stats_compare_values);
    }
done:
    return st;
}

static dlrn_status load_scores(stats_data *d, const stats_test *test, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&d->score_v, d->score.n, err));
    for (size_t k = 0; k < d->score.n; k++) {
        DLRN_TRY(stats_numbers(&d->score_v[k], d, d->score.v[k], err));
        for (size_t i = 0; i < d->n; i++) {
            const double v = d->score_v[k][i];
            const bool outside = (test->needs & STATS_PROBABILITY) && !(v >= 0 && v <= 1);
            if (isfinite(v) && !outside) continue;
            return dlrn_fail(
                err, DLRN_EINVAL, "%s, line %zu, column '%s': %g is not a %s; '%s' needs one",
                dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]), d->score.v[k], v,
                outside ? "probability (0 to 1)" : "finite number", test->cli.name);
        }
    }
done:
    return st;
}

dlrn_status stats_load(stats_data *d, const stats_test *test, size_t by, const char *value,
                       dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (test->needs & STATS_NO_FILE) return st;
    DLRN_TRY(name_columns(d, test, err));
    DLRN_TRY(choose_rows(d, test, by, value, err));
    if (test->needs & STATS_LABEL) DLRN_TRY(load_label(d, err));
    if (d->o->cluster) DLRN_TRY(load_cluster(d, err));
    DLRN_TRY(load_scores(d, test, err));
done:
    return st;
}

void stats_clear(stats_data *d)
{
    for (size_t k = 0; d->score_v && k < d->score.n; k++)
        free(d->score_v[k]);
    free(d->score_v);
    free(d->cluster);
    free(d->label);
    free(d->row);
    stats_names_clear(&d->score);
    stats_names_clear(&d->columns);
    stats_names_clear(&d->covariates);
    stats_names_clear(&d->terms);
    *d = (stats_data){.call = d->call, .o = d->o, .table = d->table};
}
