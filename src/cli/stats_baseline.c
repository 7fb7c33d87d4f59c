/* SPDX-License-Identifier: Apache-2.0
 *
 * baseline: the first table of a paper.
 */
#include "stats.h"

#include <dlrn/baseline.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const group_key[DLRN_BASELINE_GROUPS] = {"all", "negative", "positive"};
static const char *const form_name[] = {"mean (SD)", "median [IQR]", "n (%)"};

/* The columns as the library takes them. */
typedef struct job {
    dlrn_baseline_column *column; /* [n] */
    double **number;              /* [n] */
    const char ***text;           /* [n] */
    size_t n;
} job;

static void job_clear(job *j)
{
    for (size_t k = 0; j->number && k < j->n; k++)
        free(j->number[k]);
    for (size_t k = 0; j->text && k < j->n; k++)
        free(j->text[k]);
    free(j->column);
    free(j->number);
    free(j->text);
}

static bool is_category(const stats_names *categories, const char *column)
{
    for (size_t k = 0; k < categories->n; k++)
        if (!strcmp(categories->v[k], column)) return true;
    return false;
}

static dlrn_status load_column(job *j, size_t k, const stats_names *categories, const stats_data *d,
                               dlrn_error *err)
{
    dlrn_status st;
    size_t at;
    const char *name = d->columns.v[k];
    DLRN_TRY(dlrn_table_need(&at, d->table, name, err));
    j->column[k] = (dlrn_baseline_column){.name = name};
    if (dlrn_table_is_numeric(d->table, at) && !is_category(categories, name)) {
        DLRN_TRY(stats_numbers(&j->number[k], d, name, err));
        for (size_t i = 0; i < d->n; i++)
            if (isinf(j->number[k][i]))
                DLRN_TRY(dlrn_fail(
                    err, DLRN_EINVAL, "%s, line %zu, column '%s': not a finite number",
                    dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]), name));
        j->column[k].number = j->number[k];
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&j->text[k], d->n, err));
    for (size_t i = 0; i < d->n; i++)
        j->text[k][i] = dlrn_table_missing(d->table, at, d->row[i])
                            ? NULL
                            : dlrn_table_text(d->table, at, d->row[i]);
    j->column[k].text = j->text[k];
done:
    return st;
}

static dlrn_json *cell_json(const dlrn_baseline_row *row, size_t g)
{
    const dlrn_baseline_cell *c = &row->cell[g];
    dlrn_json *o = dlrn_json_object();
    dlrn_str text = {0};
    dlrn_baseline_text(&text, row, g);
    dlrn_json_set_string(o, "text", dlrn_str_get(&text));
    dlrn_json_set_integer(o, "n", (int64_t)c->n);
    if (row->form == DLRN_BASELINE_COUNT) {
        dlrn_json_set_integer(o, "count", (int64_t)c->count);
        dlrn_json_set_number(o, "percent", 100 * (double)c->count / (double)c->n);
    } else {
        dlrn_json_set_number(o, "mean", c->n ? c->mean : (double)NAN);
        dlrn_json_set_number(o, "sd", c->n ? c->sd : (double)NAN);
        dlrn_json_set_number(o, "median", c->n ? c->median : (double)NAN);
        dlrn_json_set_number(o, "q1", c->n ? c->q1 : (double)NAN);
        dlrn_json_set_number(o, "q3", c->n ? c->q3 : (double)NAN);
    }
    dlrn_str_clear(&text);
    return o;
}

static dlrn_json *row_json(const dlrn_baseline *b, size_t i)
{
    const dlrn_baseline_row *row = &b->row[i];
    const bool first = i == 0 || strcmp(row->name, b->row[i - 1].name) != 0;
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "name", row->name);
    dlrn_json_set_string(o, "level", *row->level ? row->level : NULL);
    dlrn_json_set_string(o, "form", form_name[row->form]);
    for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++)
        dlrn_json_set_take(o, group_key[g], cell_json(row, g));
    if (!first) return o; // a variable's test stands on its first row
    dlrn_json_set_string(o, "test", row->test);
    dlrn_json_set_number(o, "statistic", row->statistic);
    dlrn_json_set_number(o, "p", row->p);
    dlrn_json_set_number(o, "standardised_difference", row->standardised);
    dlrn_json_set_integer(o, "missing", (int64_t)row->missing);
    return o;
}

static dlrn_status run_baseline(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    job j = {.n = d->columns.n};
    stats_names categories = {0};
    dlrn_baseline b = {0};
    int64_t positives = 0;
    DLRN_TRY(stats_split(&categories, &d->o->categories, d->table, err));
    for (size_t k = 0; k < categories.n; k++) {
        size_t at;
        DLRN_TRY(dlrn_table_need(&at, d->table, categories.v[k], err));
    }
    DLRN_TRY(dlrn_alloc_or_fail(&j.column, j.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j.number, j.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j.text, j.n, err));
    for (size_t k = 0; k < j.n; k++)
        DLRN_TRY(load_column(&j, k, &categories, d, err));
    DLRN_TRY(dlrn_baseline_make(&b, j.column, j.n, d->label, NULL, d->n, err));
    dlrn_json *rows = dlrn_json_array();
    for (size_t i = 0; i < b.n; i++)
        dlrn_json_append_take(rows, row_json(&b, i));
    for (size_t i = 0; i < d->n; i++)
        positives += d->label[i];
    dlrn_json_set_integer(out, "negative", (int64_t)d->n - positives);
    dlrn_json_set_integer(out, "positive", positives);
    dlrn_json_set_take(out, "rows", rows);
done:
    dlrn_baseline_clear(&b);
    stats_names_clear(&categories);
    job_clear(&j);
    return st;
}

static const char *cell_of(const dlrn_json *row, size_t g)
{
    return dlrn_json_get_string(dlrn_json_get(row, group_key[g]), "text", "");
}

/* One printed line: a variable with its test, or a level below it. */
static dlrn_json *line_json(const dlrn_json *row, char head[][48], bool test, bool cells)
{
    static const char *const numbers[][2] = {
        {"p", "p"}, {"SMD", "standardised_difference"}, {"missing", "missing"}};
    dlrn_json *line = dlrn_json_object();
    char name[240];
    if (test)
        snprintf(name, sizeof name, "%.180s, %s", dlrn_json_get_string(row, "name", ""),
                 dlrn_json_get_string(row, "form", ""));
    else
        snprintf(name, sizeof name, "  %.180s", dlrn_json_get_string(row, "level", ""));
    dlrn_json_set_string(line, "variable", name);
    for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++)
        dlrn_json_set_string(line, head[g], cells ? cell_of(row, g) : "");
    dlrn_json_set_string(line, "test", test ? dlrn_json_get_string(row, "test", "-") : "");
    for (size_t k = 0; k < 3; k++)
        dlrn_json_set_take(line, numbers[k][0],
                           test ? dlrn_json_copy(dlrn_json_get(row, numbers[k][1]))
                                : dlrn_json_string(""));
    return line;
}

/* As papers print it: the head counts the groups, levels stand below their variable. */
static dlrn_json *view_baseline(const dlrn_json *result)
{
    static const char *const rebuilt[] = {"rows"};
    dlrn_json *view = stats_without(result, rebuilt, 1), *lines = dlrn_json_array();
    const dlrn_json *rows = dlrn_json_get(result, "rows");
    const char *const counted[] = {"n", "negative", "positive"};
    char head[DLRN_BASELINE_GROUPS][48];
    for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++)
        snprintf(head[g], sizeof head[g], "%s (n = %.0f)", group_key[g],
                 dlrn_json_get_number(result, counted[g], 0));
    for (size_t i = 0; i < dlrn_json_size(rows); i++) {
        const dlrn_json *row = dlrn_json_at(rows, i);
        const bool level = dlrn_json_is_string(dlrn_json_get(row, "level"));
        if (dlrn_json_get(row, "missing"))
            dlrn_json_append_take(lines, line_json(row, head, true, !level));
        if (level) dlrn_json_append_take(lines, line_json(row, head, false, true));
    }
    dlrn_json_set_take(view, "table", lines);
    return view;
}

/* ---- the CSV ---- */

/* The rows of the result, or of all its groups, with the group of each. */
typedef struct lines {
    const dlrn_json **row;
    const char **by; /* [n] */
    size_t n;
} lines;

static dlrn_status add_lines(lines *l, const dlrn_json *rows, const char *by, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    size_t cap = l->n, by_cap = l->n;
    const size_t more = dlrn_json_size(rows);
    if (more == 0) return st;
    DLRN_TRY(dlrn_grow(&l->row, &cap, l->n + more, sizeof *l->row, err));
    DLRN_TRY(dlrn_grow(&l->by, &by_cap, l->n + more, sizeof *l->by, err));
    for (size_t i = 0; i < more; i++) {
        l->row[l->n] = dlrn_json_at(rows, i);
        l->by[l->n++] = by;
    }
done:
    return st;
}

static dlrn_status add_texts(dlrn_table *t, const char **text, const lines *l, dlrn_error *err)
{
    dlrn_status st;
    static const char *const key[][2] = {
        {"variable", "name"}, {"level", "level"}, {"test", "test"}};
    for (size_t g = 0; g < 2 + DLRN_BASELINE_GROUPS + 1; g++) {
        const bool cell = g >= 2 && g < 2 + DLRN_BASELINE_GROUPS;
        const size_t k = g < 2 ? g : 2;
        for (size_t i = 0; i < l->n; i++)
            text[i] =
                cell ? cell_of(l->row[i], g - 2) : dlrn_json_get_string(l->row[i], key[k][1], NULL);
        DLRN_TRY(dlrn_table_add_text(t, cell ? group_key[g - 2] : key[k][0], text, err));
    }
done:
    return st;
}

static dlrn_status save_baseline(const cli_call *call, const dlrn_json *result, dlrn_error *err)
{
    static const char *const number[] = {"p", "standardised_difference", "missing"};
    dlrn_status st;
    const stats_opts *o = call->opts;
    const dlrn_json *groups = o->by ? dlrn_json_get(result, "groups") : NULL;
    lines l = {.n = 0};
    dlrn_table *t = NULL;
    const char **text = NULL;
    double *v = NULL;
    dlrn_json_member m;
    if (!o->by) DLRN_TRY(add_lines(&l, dlrn_json_get(result, "rows"), NULL, err));
    for (bool more = dlrn_json_first(groups, &m); more; more = dlrn_json_next(groups, &m))
        DLRN_TRY(add_lines(&l, dlrn_json_get(m.value, "rows"), m.key, err));
    DLRN_TRY(dlrn_table_new(&t, l.n, o->output, err));
    DLRN_TRY(dlrn_alloc_or_fail(&text, l.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, l.n, err));
    if (o->by) DLRN_TRY(dlrn_table_add_text(t, o->by, l.by, err));
    DLRN_TRY(add_texts(t, text, &l, err));
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < l.n; i++)
            v[i] = dlrn_json_get_number(l.row[i], number[k], (double)NAN);
        DLRN_TRY(dlrn_table_add_numbers(t, number[k], v, err));
    }
    DLRN_TRY(dlrn_table_write(t, o->output, "", err));
done:
    free(v);
    free(text);
    dlrn_table_free(t);
    free(l.by);
    free(l.row);
    return st;
}

static const cli_option baseline_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_COLUMNS,
    {"categories", 0, CLI_LIST, STATS_AT(categories), "A,B,...",
     "columns of numbers that are names: counted"},
    STATS_OPT_BY,
    {"out", 'o', CLI_WRITE, STATS_AT(output), "FILE", "the table as CSV"},
};

const stats_test stats_baseline = {
    .cli =
        {STATS_CLI(baseline_options), .name = "baseline",
         .summary = "the baseline table of a paper", .usage = "FILE.csv --label COL [options]",
         .details =
             "Numbers that are normal in both groups (Shapiro-Wilk p > 0.05) are mean (SD) with Welch's test, others\n"
             "median [IQR] with Mann-Whitney's; words and numbers of two values are n (%) with chi-square, or Fisher\n"
             "where fewer than 5 are expected in a cell. SMD is the standardised difference, positive less negative.",
         .examples = "  # every column but the identifiers\n"
                     "  dlrn stats baseline cohort.csv --label acute --columns age,sex,vas\n"
                     "  # a table for each cohort, and as CSV\n"
                     "  dlrn stats baseline cohort.csv --label acute --by cohort -o table1.csv\n"},
    .needs = STATS_LABEL | STATS_COLUMNS | STATS_KEEP_MISSING,
    .fn = run_baseline,
    .view = view_baseline,
    .save = save_baseline,
};
