/* SPDX-License-Identifier: Apache-2.0
 *
 * Each column against the label. The test is named, or chosen: numbers with more than two values by
 * Shapiro-Wilk in both groups (Welch or Mann-Whitney), all else chi-square, or Fisher where fewer
 * than 5 are expected in a cell.
 */
#include "stats.h"

#include <dlrn/describe.h>
#include <dlrn/padjust.h>
#include <dlrn/tests.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind {
    MANN_WHITNEY,
    STUDENT,
    WELCH,
    CHI_SQUARE,
    FISHER,
    SHAPIRO,
    BY_TYPE,           /* asked for */
    FISHER_MONTE_CARLO /* taken where Fisher's exact p is out of reach */
} kind;

static const char *const kind_name[] = {"mann_whitney", "student", "welch", "chi_square",
                                        "fisher",       "shapiro", "",      "fisher_monte_carlo"};

/* One column, missing values left out. */
typedef struct variable {
    const char *name;
    bool numeric;
    bool exact;       /* Mann-Whitney: asked for; then: was possible */
    double *group[2]; /* numeric: values by label [n_group[g]] */
    size_t n_group[2];
    dlrn_table *levels; /* a column for each value, in order of appearance, holding its counts */
} variable;

static void variable_clear(variable *v)
{
    free(v->group[0]);
    free(v->group[1]);
    dlrn_table_free(v->levels);
    *v = (variable){0};
}

static dlrn_status load_numbers(variable *v, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    double *all = NULL;
    DLRN_TRY(stats_numbers(&all, d, v->name, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v->group[0], d->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v->group[1], d->n, err));
    for (size_t i = 0; i < d->n; i++)
        if (!isnan(all[i])) v->group[d->label[i]][v->n_group[d->label[i]]++] = all[i];
done:
    free(all);
    return st;
}

/* The distinct values in ascending order, each with its count among label 0 and label 1. */
static dlrn_status count_levels(variable *v, const stats_data *d, size_t j, dlrn_error *err)
{
    enum { MOST = 200 };
    dlrn_status st;
    dlrn_table *seen = NULL;
    const char *names[MOST];
    double(*count)[2] = NULL, zero[2] = {0, 0};
    size_t n = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&count, MOST, err));
    DLRN_TRY(dlrn_table_new(&seen, 2, v->name, err));
    DLRN_TRY(dlrn_table_new(&v->levels, 2, v->name, err));
    for (size_t i = 0; i < d->n; i++) {
        if (dlrn_table_missing(d->table, j, d->row[i])) continue;
        const char *s = dlrn_table_text(d->table, j, d->row[i]);
        size_t at = dlrn_table_find(seen, s);
        if (at == SIZE_MAX) {
            if (n == MOST)
                DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                                   "%s, column '%s': more than %d different values, so it is no "
                                   "category; leave it out of --columns",
                                   dlrn_table_name(d->table), v->name, MOST));
            names[n] = s;
            at = n++;
            DLRN_TRY(dlrn_table_add_numbers(seen, s, zero, err));
        }
        count[at][d->label[i]]++;
        v->n_group[d->label[i]]++;
    }
    const char *sorted[MOST];
    memcpy(sorted, names, n * sizeof *names);
    qsort(sorted, n, sizeof *sorted, stats_compare_values);
    for (size_t k = 0; k < n; k++)
        DLRN_TRY(dlrn_table_add_numbers(v->levels, sorted[k],
                                        count[dlrn_table_find(seen, sorted[k])], err));
done:
    dlrn_table_free(seen);
    free(count);
    return st;
}

static size_t distinct_values(const variable *v)
{
    double first = (double)NAN, second = (double)NAN;
    for (int g = 0; g < 2; g++) {
        for (size_t i = 0; i < v->n_group[g]; i++) {
            const double x = v->group[g][i];
            if (isnan(first) || x == first)
                first = x;
            else if (isnan(second) || x == second)
                second = x;
            else
                return 3;
        }
    }
    return isnan(first) ? 0 : isnan(second) ? 1 : 2;
}

static bool is_normal(const double *v, size_t n)
{
    dlrn_test t;
    if (n > 5000) n = 5000; // what the test takes
    return dlrn_shapiro(&t, v, n, NULL) == DLRN_OK && t.p > 0.05;
}

/* counts[level][label] */
static dlrn_status counts_of(double **out, const variable *v, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = dlrn_table_cols(v->levels);
    DLRN_TRY(dlrn_alloc_or_fail(out, 2 * n, err));
    for (size_t k = 0; k < n; k++) {
        const double *c;
        DLRN_TRY(dlrn_table_numbers(&c, v->levels, k, err));
        (*out)[2 * k] = c[0];
        (*out)[2 * k + 1] = c[1];
    }
done:
    return st;
}

static dlrn_status run_shapiro(dlrn_test *t, const variable *v, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = v->n_group[0] + v->n_group[1];
    double *all = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&all, n, err));
    memcpy(all, v->group[0], v->n_group[0] * sizeof *all);
    memcpy(all + v->n_group[0], v->group[1], v->n_group[1] * sizeof *all);
    DLRN_TRY(dlrn_shapiro(t, all, n, err));
done:
    free(all);
    return st;
}

static dlrn_status run_counts(dlrn_test *t, kind *k, const variable *v, uint64_t seed,
                              dlrn_error *err)
{
    dlrn_status st;
    double *counts = NULL;
    const size_t n = dlrn_table_cols(v->levels);
    DLRN_TRY(counts_of(&counts, v, err));
    if (*k == BY_TYPE) *k = dlrn_least_expected(counts, n, 2) < 5 ? FISHER : CHI_SQUARE;
    st = *k == FISHER ? dlrn_fisher(t, counts, n, 2, err) : dlrn_chi_square(t, counts, n, 2, err);
    if (*k == FISHER && st == DLRN_EUNSUPPORTED) {
        *k = FISHER_MONTE_CARLO;
        st = dlrn_fisher_monte_carlo(t, counts, n, 2, DLRN_FISHER_TABLES, seed, err);
    }
done:
    free(counts);
    return st;
}

/* Exact where asked for and possible; v->exact then says which it was. */
static dlrn_status run_mann_whitney(dlrn_test *t, variable *v, dlrn_error *err)
{
    const double *a = v->group[0], *b = v->group[1];
    if (v->exact) {
        const dlrn_status st = dlrn_mann_whitney_exact(t, a, v->n_group[0], b, v->n_group[1], err);
        if (st != DLRN_EUNSUPPORTED) return st;
        v->exact = false;
    }
    return dlrn_mann_whitney(t, a, v->n_group[0], b, v->n_group[1], err);
}

static dlrn_status run_test(dlrn_test *t, kind *k, variable *v, uint64_t seed, dlrn_error *err)
{
    const double *a = v->group[0], *b = v->group[1];
    const size_t na = v->n_group[0], nb = v->n_group[1];
    if (!v->numeric) return run_counts(t, k, v, seed, err);
    if (*k == BY_TYPE) *k = is_normal(a, na) && is_normal(b, nb) ? WELCH : MANN_WHITNEY;
    switch (*k) {
    case STUDENT: return dlrn_student(t, a, na, b, nb, err);
    case WELCH: return dlrn_welch(t, a, na, b, nb, err);
    case SHAPIRO: return run_shapiro(t, v, err);
    default: return run_mann_whitney(t, v, err);
    }
}

static dlrn_status group_json(dlrn_json **out, const variable *v, int g, dlrn_error *err)
{
    dlrn_json *o = *out = dlrn_json_object();
    dlrn_summary s;
    if (!v->numeric) {
        dlrn_json *levels = dlrn_json_object();
        for (size_t k = 0; k < dlrn_table_cols(v->levels); k++) {
            const double *c;
            const dlrn_status st = dlrn_table_numbers(&c, v->levels, k, err);
            if (st == DLRN_OK) dlrn_json_set_number(levels, dlrn_table_column(v->levels, k), c[g]);
        }
        dlrn_json_set_take(o, "levels", levels);
        return DLRN_OK;
    }
    const dlrn_status st = dlrn_describe(&s, v->group[g], v->n_group[g], err);
    if (st != DLRN_OK) return st;
    dlrn_json_set_integer(o, "n", (int64_t)s.n);
    dlrn_json_set_number(o, "mean", s.mean);
    dlrn_json_set_number(o, "sd", s.sd);
    dlrn_json_set_number(o, "median", s.median);
    dlrn_json_set_number(o, "q1", s.q1);
    dlrn_json_set_number(o, "q3", s.q3);
    return DLRN_OK;
}

static dlrn_status load_variable(variable *v, kind asked, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    size_t j;
    DLRN_TRY(dlrn_table_need(&j, d->table, v->name, err));
    v->numeric = asked != CHI_SQUARE && asked != FISHER;
    if (asked == BY_TYPE) v->numeric = dlrn_table_is_numeric(d->table, j);
    if (v->numeric) DLRN_TRY(load_numbers(v, d, err));
    if (v->numeric && (asked != BY_TYPE || distinct_values(v) > 2)) goto done;
    v->numeric = false;
    v->n_group[0] = v->n_group[1] = 0;
    DLRN_TRY(count_levels(v, d, j, err));
done:
    return st;
}

/* A test that cannot be done on a column is null with its reason, not the end of all the others. */
static dlrn_status one_column(dlrn_json *columns, double *p, const char *name, kind asked,
                              const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    variable v = {.name = name, .exact = d->o->exact};
    dlrn_test t = {(double)NAN, (double)NAN, (double)NAN};
    dlrn_error why = {DLRN_OK, ""};
    kind k = asked;
    DLRN_TRY(load_variable(&v, asked, d, err));
    st = run_test(&t, &k, &v, (uint64_t)d->call->seed, &why);
    if (st == DLRN_ENOMEM) {
        if (err) *err = why;
        goto done;
    }
    dlrn_json *o = dlrn_json_object(), *group[2] = {NULL, NULL};
    dlrn_json_set_string(o, "name", name);
    dlrn_json_set_string(o, "test", k == BY_TYPE ? NULL : kind_name[k]);
    dlrn_json_set_number(o, "statistic", t.statistic);
    dlrn_json_set_number(o, "p", t.p);
    dlrn_json_set_number(o, "p_adjusted", (double)NAN);
    if (d->o->exact && k == MANN_WHITNEY)
        dlrn_json_set_string(o, "p_method", v.exact ? "exact" : "normal: ties or many pairs");
    if (st != DLRN_OK) dlrn_json_set_string(o, "p_reason", why.msg);
    *p = st == DLRN_OK ? t.p : (double)NAN;
    st = group_json(&group[0], &v, 0, err);
    if (st == DLRN_OK) st = group_json(&group[1], &v, 1, err);
    dlrn_json_set_take(o, "group0", group[0]);
    dlrn_json_set_take(o, "group1", group[1]);
    dlrn_json_set_integer(o, "missing", (int64_t)(d->n - v.n_group[0] - v.n_group[1]));
    dlrn_json_append_take(columns, o);
done:
    variable_clear(&v);
    return st;
}

static dlrn_status kind_from_name(kind *out, const char *name, dlrn_error *err)
{
    *out = BY_TYPE;
    if (!name) return DLRN_OK;
    for (size_t i = 0; i < BY_TYPE; i++) {
        if (strcmp(kind_name[i], name) != 0) continue;
        *out = (kind)i;
        return DLRN_OK;
    }
    return dlrn_fail(err, DLRN_EINVAL,
                     "--test '%.40s': expected mann_whitney, student, welch, chi_square, fisher or "
                     "shapiro",
                     name);
}

static dlrn_status run_univariate(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    kind asked;
    dlrn_padjust method;
    const size_t n = d->columns.n;
    double *p = NULL, *adjusted = NULL;
    dlrn_json *columns = dlrn_json_array();
    DLRN_TRY(kind_from_name(&asked, d->o->test, err));
    DLRN_TRY(dlrn_padjust_from_name(&method, d->o->adjust ? d->o->adjust : "holm", err));
    DLRN_TRY(dlrn_alloc_or_fail(&p, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&adjusted, n, err));
    for (size_t k = 0; k < n; k++)
        DLRN_TRY(one_column(columns, &p[k], d->columns.v[k], asked, d, err));
    DLRN_TRY(dlrn_p_adjust(adjusted, p, n, method, err));
    dlrn_json *all = dlrn_json_array();
    for (size_t k = 0; k < n; k++) {
        dlrn_json *o = dlrn_json_copy(dlrn_json_at(columns, k));
        dlrn_json_set_number(o, "p_adjusted", adjusted[k]);
        dlrn_json_append_take(all, o);
    }
    dlrn_json_set_string(out, "adjust", d->o->adjust ? d->o->adjust : "holm");
    dlrn_json_set_take(out, "columns", all);
done:
    dlrn_json_free(columns);
    free(adjusted);
    free(p);
    return st;
}

/* "59.60 (10.86)" beside a t test, "58.50 [52.40, 67.15]" beside others, "a 57, b 37" */
static dlrn_json *group_text(const dlrn_json *group, bool mean)
{
    dlrn_str text = {0};
    const dlrn_json *levels = dlrn_json_get(group, "levels");
    dlrn_json_member m;
    for (bool more = dlrn_json_first(levels, &m); more; more = dlrn_json_next(levels, &m))
        dlrn_str_addf(&text, "%s%.60s %.0f", text.len ? ", " : "", m.key,
                      dlrn_json_as_number(m.value, 0));
    if (!levels && dlrn_json_get_number(group, "n", 0) > 0) {
        const double a = dlrn_json_get_number(group, mean ? "mean" : "median", (double)NAN);
        const double b = dlrn_json_get_number(group, mean ? "sd" : "q1", (double)NAN);
        dlrn_str_addf(&text, mean ? "%.4g (%.4g)" : "%.4g [%.4g, %.4g]", a, b,
                      dlrn_json_get_number(group, "q3", (double)NAN));
    }
    dlrn_json *o = dlrn_json_string(text.len ? dlrn_str_get(&text) : "-");
    dlrn_str_clear(&text);
    return o;
}

/* Each group in one cell: mean (SD) beside a t test, else median [IQR], else counts. */
static dlrn_json *view_univariate(const dlrn_json *result)
{
    static const char *const rebuilt[] = {"columns"};
    dlrn_json *view = stats_without(result, rebuilt, 1), *rows = dlrn_json_array();
    const dlrn_json *columns = dlrn_json_get(result, "columns");
    dlrn_json_member m;
    for (size_t i = 0; i < dlrn_json_size(columns); i++) {
        const dlrn_json *column = dlrn_json_at(columns, i);
        const char *test = dlrn_json_get_string(column, "test", "");
        const bool mean = !strcmp(test, "welch") || !strcmp(test, "student");
        dlrn_json *row = dlrn_json_object();
        for (bool more = dlrn_json_first(column, &m); more; more = dlrn_json_next(column, &m)) {
            dlrn_json_set_take(row, m.key,
                               strncmp(m.key, "group", 5) != 0 ? dlrn_json_copy(m.value)
                                                               : group_text(m.value, mean));
        }
        dlrn_json_append_take(rows, row);
    }
    dlrn_json_set_take(view, "columns", rows);
    return view;
}

static const cli_option univariate_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_COLUMNS,
    STATS_OPT_BY,
    {"test", 0, CLI_TEXT, STATS_AT(test), "T",
     "mann_whitney, student, welch, chi_square, fisher or shapiro "
     "for all columns (default: by type and normality)"},
    {"exact", 0, CLI_FLAG, STATS_AT(exact), NULL,
     "Mann-Whitney: the exact p where nothing is tied (default: normal)"},
    {"adjust", 0, CLI_TEXT, STATS_AT(adjust), "M",
     "holm (default), hochberg, bonferroni, bh or by"},
};

const stats_test stats_univariate = {
    .cli = {STATS_CLI(univariate_options), .name = "univariate",
            .summary = "each column against the label", .usage = "FILE.csv --label COL [options]",
            .examples =
                "  # every column by its type, p-values adjusted\n"
                "  dlrn stats univariate cohort.csv --label acute --adjust bh\n"
                "  # Mann-Whitney for all features\n"
                "  dlrn stats univariate features.csv --label y --test mann_whitney --json\n"},
    .needs = STATS_LABEL | STATS_COLUMNS | STATS_KEEP_MISSING,
    .fn = run_univariate,
    .view = view_univariate,
};
