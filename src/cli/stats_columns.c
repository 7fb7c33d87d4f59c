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

dlrn_status stats_describe(dlrn_json *out, const stats_data *d, dlrn_error *err)
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

dlrn_status stats_padjust(dlrn_json *out, const stats_data *d, dlrn_error *err)
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
    DLRN_TRY(dlrn_p_adjust(p, p, d->n, method, err));
    dlrn_json_set_take(out, "adjusted", dlrn_json_numbers(p, d->n));
done:
    free(p);
    return st;
}

/* The columns as one matrix, row-major. */
static dlrn_status load_matrix(double **out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const size_t m = d->columns.n;
    double *v = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(out, d->n * m, err));
    for (size_t j = 0; j < m; j++) {
        DLRN_TRY(stats_numbers(&v, d, d->columns.v[j], err));
        for (size_t i = 0; i < d->n; i++) {
            (*out)[i * m + j] = v[i];
            if (!isfinite(v[i]))
                DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                                   "%s, line %zu, column '%s': not a finite number",
                                   dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]),
                                   d->columns.v[j]));
        }
        free(v);
        v = NULL;
    }
done:
    free(v);
    return st;
}

static dlrn_json *matrix_json(const double *v, size_t m)
{
    dlrn_json *rows = dlrn_json_array();
    for (size_t i = 0; i < m; i++)
        dlrn_json_append_take(rows, dlrn_json_numbers(v + i * m, m));
    return rows;
}

dlrn_status stats_correlation(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    dlrn_correlation_method method;
    const char *name = d->o->method ? d->o->method : "pearson";
    const size_t m = d->columns.n;
    double *x = NULL, *r = NULL, *p = NULL;
    DLRN_TRY(dlrn_correlation_from_name(&method, name, err));
    DLRN_TRY(load_matrix(&x, d, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r, m * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p, m * m, err));
    DLRN_TRY(dlrn_correlation(r, p, x, d->n, m, method, &d->call->exec, err));
    dlrn_json *columns = dlrn_json_array();
    for (size_t j = 0; j < m; j++)
        dlrn_json_append_take(columns, dlrn_json_string(d->columns.v[j]));
    dlrn_json_set_string(out, "method", name);
    dlrn_json_set_take(out, "columns", columns);
    dlrn_json_set_take(out, "matrix", matrix_json(r, m));
    dlrn_json_set_take(out, "p", matrix_json(p, m));
done:
    free(p);
    free(r);
    free(x);
    return st;
}

dlrn_status stats_icc(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    static const char *const name[] = {"icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"};
    dlrn_status st;
    double *v = NULL;
    dlrn_icc icc[DLRN_ICC_FORMS];
    DLRN_TRY(load_matrix(&v, d, err));
    DLRN_TRY(dlrn_icc_all(icc, v, d->n, d->columns.n, d->o->ci, err));
    for (size_t i = 0; i < DLRN_ICC_FORMS; i++) {
        dlrn_json *o = stats_estimate(&(dlrn_estimate){icc[i].value, icc[i].lo, icc[i].hi});
        dlrn_json_set_number(o, "f", icc[i].f);
        dlrn_json_set_number(o, "df1", icc[i].df1);
        dlrn_json_set_number(o, "df2", icc[i].df2);
        dlrn_json_set_number(o, "p", icc[i].p);
        dlrn_json_set_take(out, name[i], o);
    }
done:
    free(v);
    return st;
}
