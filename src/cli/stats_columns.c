/* SPDX-License-Identifier: Apache-2.0
 *
 * describe, padjust, correlation, icc: columns without a label.
 */
#include "stats.h"

#include <dlrn/correlation.h>
#include <dlrn/describe.h>
#include <dlrn/icc.h>
#include <dlrn/padjust.h>

#include <math.h>
#include <stdlib.h>

static dlrn_status run_describe(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *columns = dlrn_json_array();
    double *v = NULL;
    for (size_t k = 0; k < d->columns.n; k++) {
        dlrn_summary s;
        DLRN_TRY(stats_numbers(&v, d, d->columns.v[k], err));
        DLRN_TRY(dlrn_describe(&s, v, d->n, err));
        free(v);
        v = NULL;
        dlrn_json *c = dlrn_json_object();
        dlrn_json_set_string(c, "name", d->columns.v[k]);
        dlrn_json_set_integer(c, "n", (int64_t)s.n);
        dlrn_json_set_integer(c, "missing", (int64_t)s.missing);
        dlrn_json_set_number(c, "mean", s.mean);
        dlrn_json_set_number(c, "sd", s.sd);
        dlrn_json_set_number(c, "min", s.min);
        dlrn_json_set_number(c, "q1", s.q1);
        dlrn_json_set_number(c, "median", s.median);
        dlrn_json_set_number(c, "q3", s.q3);
        dlrn_json_set_number(c, "max", s.max);
        dlrn_json_append_take(columns, c);
    }
    dlrn_json_set_take(out, "columns", columns);
    columns = NULL;
done:
    free(v);
    dlrn_json_free(columns);
    return st;
}

static const cli_option describe_options[] = {
    STATS_OPT_COLUMNS,
    STATS_OPT_BY,
};

const stats_test stats_describe = {
    .cli = {STATS_CLI(describe_options), .name = "describe",
            .summary = "columns in brief: n, mean, quartiles", .usage = "FILE.csv [options]",
            .examples = "  # all numbers of a file\n"
                        "  dlrn stats describe cohort.csv\n"
                        "  # two columns in each cohort\n"
                        "  dlrn stats describe cohort.csv --columns age,pain --by cohort\n"},
    .needs = STATS_COLUMNS | STATS_NUMERIC | STATS_KEEP_MISSING,
    .fn = run_describe,
};

static dlrn_status run_padjust(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const char *column = d->o->column ? d->o->column : "p";
    dlrn_padjust method;
    double *p = NULL;
    DLRN_TRY(dlrn_padjust_from_name(&method, d->o->method ? d->o->method : "holm", err));
    DLRN_TRY(stats_numbers(&p, d, column, err));
    for (size_t i = 0; i < d->n; i++)
        if (p[i] < 0 || p[i] > 1)
            DLRN_TRY(dlrn_fail(
                err, DLRN_EINVAL, "%s, line %zu, column '%s': p is %g, expected 0 to 1",
                dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]), column, p[i]));
    dlrn_json_set_string(out, "method", d->o->method ? d->o->method : "holm");
    dlrn_json_set_take(out, "p", dlrn_json_numbers(p, d->n));
    DLRN_TRY(dlrn_p_adjust(p, p, d->n, method, err));
    dlrn_json_set_take(out, "adjusted", dlrn_json_numbers(p, d->n));
done:
    free(p);
    return st;
}

/* A row for each p. */
static dlrn_json *view_padjust(const dlrn_json *result)
{
    static const char *const rebuilt[] = {"p", "adjusted"};
    dlrn_json *view = stats_without(result, rebuilt, 2), *rows = dlrn_json_array();
    for (size_t i = 0; i < dlrn_json_size(dlrn_json_get(result, "p")); i++) {
        dlrn_json *row = dlrn_json_object();
        dlrn_json_set_integer(row, "row", (int64_t)i + 1);
        dlrn_json_set_take(row, "p", dlrn_json_copy(dlrn_json_at(dlrn_json_get(result, "p"), i)));
        dlrn_json_set_take(row, "p_adjusted",
                           dlrn_json_copy(dlrn_json_at(dlrn_json_get(result, "adjusted"), i)));
        dlrn_json_append_take(rows, row);
    }
    dlrn_json_set_take(view, "rows", rows);
    return view;
}

static const cli_option padjust_options[] = {
    {"column", 0, CLI_TEXT, STATS_AT(column), "COL", "the column of p-values (default: p)"},
    STATS_OPT_BY,
    {"method", 0, CLI_TEXT, STATS_AT(method), "M",
     "holm (default), hochberg, bonferroni, bh or by"},
};

const stats_test stats_padjust = {
    .cli = {STATS_CLI(padjust_options), .name = "padjust",
            .summary = "p-values adjusted for their number", .usage = "FILE.csv [options]",
            .examples = "  # Holm\n"
                        "  dlrn stats padjust tests.csv\n"
                        "  # false discovery rate, a family for each model\n"
                        "  dlrn stats padjust tests.csv --column p_value --method bh --by model\n"},
    .needs = 0,
    .fn = run_padjust,
    .view = view_padjust,
};

static dlrn_json *matrix_json(const double *v, size_t m)
{
    dlrn_json *rows = dlrn_json_array();
    for (size_t i = 0; i < m; i++)
        dlrn_json_append_take(rows, dlrn_json_numbers(v + i * m, m));
    return rows;
}

static dlrn_status run_correlation(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    dlrn_correlation_method method;
    const char *name = d->o->method ? d->o->method : "pearson";
    const size_t m = d->columns.n;
    double *x = NULL, *r = NULL, *p = NULL;
    DLRN_TRY(dlrn_correlation_from_name(&method, name, err));
    DLRN_TRY(stats_matrix(&x, d, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r, m * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p, m * m, err));
    DLRN_TRY(dlrn_correlation(r, p, x, d->n, m, method, &d->call->exec, err));
    dlrn_json *columns = dlrn_json_array();
    for (size_t j = 0; j < m; j++)
        dlrn_json_append_take(columns, dlrn_json_string(d->columns.v[j]));
    dlrn_json_set_string(out, "method", name);
    dlrn_json_set_string(out, "p_method",
                         method == DLRN_KENDALL ? "normal, ties in the variance" : "t, df n - 2");
    dlrn_json_set_take(out, "columns", columns);
    dlrn_json_set_take(out, "matrix", matrix_json(r, m));
    dlrn_json_set_take(out, "p", matrix_json(p, m));
done:
    free(p);
    free(r);
    free(x);
    return st;
}

/* A row for each pair; many columns are for --json. */
static dlrn_json *view_correlation(const dlrn_json *result)
{
    enum { MOST = 40 };
    static const char *const rebuilt[] = {"columns", "matrix", "p"};
    const dlrn_json *columns = dlrn_json_get(result, "columns"),
                    *r = dlrn_json_get(result, "matrix");
    const dlrn_json *p = dlrn_json_get(result, "p");
    const size_t m = dlrn_json_size(columns);
    if (m > MOST) return dlrn_json_copy(result);
    dlrn_json *view = stats_without(result, rebuilt, 3), *rows = dlrn_json_array();
    for (size_t i = 0; i < m; i++) {
        for (size_t j = i + 1; j < m; j++) {
            dlrn_json *row = dlrn_json_object();
            dlrn_json_set_take(row, "a", dlrn_json_copy(dlrn_json_at(columns, i)));
            dlrn_json_set_take(row, "b", dlrn_json_copy(dlrn_json_at(columns, j)));
            dlrn_json_set_take(row, "r", dlrn_json_copy(dlrn_json_at(dlrn_json_at(r, i), j)));
            dlrn_json_set_take(row, "p", dlrn_json_copy(dlrn_json_at(dlrn_json_at(p, i), j)));
            dlrn_json_append_take(rows, row);
        }
    }
    dlrn_json_set_take(view, "pairs", rows);
    return view;
}

static const cli_option correlation_options[] = {
    STATS_OPT_COLUMNS,
    STATS_OPT_BY,
    {"method", 0, CLI_TEXT, STATS_AT(method), "M", "pearson (default), spearman or kendall"},
};

const stats_test stats_correlation = {
    .cli = {STATS_CLI(correlation_options), .name = "correlation",
            .summary = "correlation of all pairs of columns", .usage = "FILE.csv [options]",
            .examples =
                "  # ranks of three columns\n"
                "  dlrn stats correlation c.csv --columns age,pain,height --method spearman\n"
                "  # all numbers of a file, as JSON\n"
                "  dlrn stats correlation features.csv --json\n"},
    .needs = STATS_COLUMNS | STATS_NUMERIC,
    .fn = run_correlation,
    .view = view_correlation,
};

/* A row for each form. */
static dlrn_json *view_icc(const dlrn_json *result)
{
    static const char *const form[DLRN_ICC_FORMS][2] = {
        {"icc1", "ICC(1,1)"},  {"icc2", "ICC(2,1)"},  {"icc3", "ICC(3,1)"},
        {"icc1k", "ICC(1,k)"}, {"icc2k", "ICC(2,k)"}, {"icc3k", "ICC(3,k)"}};
    static const char *const what[DLRN_ICC_FORMS] = {
        "random reader each",   "readers a sample",       "these readers",
        "mean, random readers", "mean, readers a sample", "mean, these readers"};
    const char *rebuilt[DLRN_ICC_FORMS];
    dlrn_json *rows = dlrn_json_array();
    for (size_t k = 0; k < DLRN_ICC_FORMS; k++) {
        dlrn_json *row = dlrn_json_object();
        const dlrn_json *icc = dlrn_json_get(result, form[k][0]);
        dlrn_json_member m;
        rebuilt[k] = form[k][0];
        dlrn_json_set_string(row, "form", form[k][1]);
        dlrn_json_set_string(row, "of", what[k]);
        for (bool more = dlrn_json_first(icc, &m); more; more = dlrn_json_next(icc, &m))
            dlrn_json_set_take(row, m.key, dlrn_json_copy(m.value));
        dlrn_json_append_take(rows, row);
    }
    dlrn_json *view = stats_without(result, rebuilt, DLRN_ICC_FORMS);
    dlrn_json_set_take(view, "icc", rows);
    return view;
}

static dlrn_status run_icc(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    static const char *const name[] = {"icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"};
    dlrn_status st;
    double *v = NULL;
    dlrn_icc icc[DLRN_ICC_FORMS];
    DLRN_TRY(stats_matrix(&v, d, err));
    DLRN_TRY(dlrn_icc_all(icc, v, d->n, d->columns.n, d->o->ci, err));
    for (size_t i = 0; i < DLRN_ICC_FORMS; i++) {
        dlrn_json *o = stats_estimate(&(dlrn_estimate){icc[i].value, icc[i].lo, icc[i].hi});
        dlrn_json_set_number(o, "f", icc[i].f);
        dlrn_json_set_number(o, "df1", icc[i].df1);
        dlrn_json_set_number(o, "df2", icc[i].df2);
        dlrn_json_set_number(o, "p", icc[i].p);
        if (isnan(icc[i].value))
            dlrn_json_set_string(o, "value_reason", "all ratings are equal: nothing varies");
        else if (isinf(icc[i].f))
            dlrn_json_set_string(o, "f_reason", "the readers agree exactly: F is infinite");
        dlrn_json_set_take(out, name[i], o);
    }
done:
    free(v);
    return st;
}

static const cli_option icc_options[] = {
    STATS_OPT_COLUMNS,
    STATS_OPT_BY,
    STATS_OPT_CI,
};

const stats_test stats_icc = {
    .cli = {STATS_CLI(icc_options), .name = "icc", .summary = "agreement of readers, a column each",
            .usage = "FILE.csv --columns A,B,... [options]",
            .examples =
                "  # two readers\n"
                "  dlrn stats icc readers.csv --columns reader1,reader2\n"
                "  # each site by itself\n"
                "  dlrn stats icc readers.csv --columns reader1,reader2,reader3 --by site\n"},
    .needs = STATS_COLUMNS | STATS_NUMERIC,
    .fn = run_icc,
    .view = view_icc,
};
