/* SPDX-License-Identifier: Apache-2.0
 *
 * A result as text: three-rule tables, numbers to four decimals, p-values as papers print them.
 */
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_p(const char *key)
{
    return !strcmp(key, "p") || !strncmp(key, "p_", 2);
}

static void add_number(dlrn_str *out, const char *key, double x)
{
    char text[48];
    if (isnan(x))
        dlrn_str_add(out, "-");
    else if (is_p(key) && x < 0.001)
        dlrn_str_add(out, "< 0.001");
    else if (fabs(x) < 1e-14) // what rounding leaves of nothing
        dlrn_str_add(out, "0");
    else if (x == rint(x) && fabs(x) < 1e9)
        dlrn_str_addf(out, "%.0f", x);
    else {
        snprintf(text, sizeof text, fabs(x) >= 1e5 || fabs(x) < 5e-4 ? "%.3e" : "%.4f", x);
        dlrn_str_add(out, text);
    }
}

/* An interval of which neither end is known. */
static bool is_empty_pair(const dlrn_json *v)
{
    return dlrn_json_is_array(v) && dlrn_json_size(v) == 2 &&
           dlrn_json_is_null(dlrn_json_at(v, 0)) && dlrn_json_is_null(dlrn_json_at(v, 1));
}

/* One cell: a number, a word, an interval, a value with its interval; else what it holds. */
static void add_cell(dlrn_str *out, const char *key, const dlrn_json *v)
{
    if (dlrn_json_is_number(v)) {
        add_number(out, key, dlrn_json_as_number(v, 0));
    } else if (dlrn_json_is_string(v)) {
        dlrn_str_add(out, dlrn_json_as_string(v, ""));
    } else if (dlrn_json_is_array(v) && dlrn_json_size(v) == 2 &&
               !dlrn_json_is_array(dlrn_json_at(v, 0)) &&
               !dlrn_json_is_object(dlrn_json_at(v, 0))) {
        add_cell(out, key, dlrn_json_at(v, 0));
        if (is_empty_pair(v)) return;
        dlrn_str_add(out, " to ");
        add_cell(out, key, dlrn_json_at(v, 1));
    } else if (dlrn_json_is_object(v)) {
        dlrn_json_member m;
        bool first = true;
        for (bool more = dlrn_json_first(v, &m); more;
             more = dlrn_json_next(v, &m), first = false) {
            if (!strcmp(m.key, "reason") || is_empty_pair(m.value)) continue;
            if (!first) dlrn_str_add(out, "  ");
            if (!strcmp(m.key, "value")) {
                add_cell(out, m.key, m.value);
            } else if (!strcmp(m.key, "ci")) {
                dlrn_str_add(out, "(");
                add_cell(out, m.key, m.value);
                dlrn_str_add(out, ")");
            } else {
                dlrn_str_addf(out, "%s ", m.key);
                add_cell(out, m.key, m.value);
            }
        }
    } else if (dlrn_json_is_array(v)) {
        dlrn_str_addf(out, "[%zu values: --json]", dlrn_json_size(v));
    } else {
        dlrn_str_add(out, "-");
    }
}

/* Cells by row and column; the first row is the head. */
typedef struct grid {
    dlrn_str *cell; /* [rows][cols] */
    size_t rows, cols;
} grid;

static size_t width_of(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void add_padded(dlrn_str *out, const char *s, size_t width, bool right)
{
    const size_t n = width_of(s);
    if (!right) dlrn_str_add(out, s);
    for (size_t i = n; i < width; i++)
        dlrn_str_add(out, " ");
    if (right) dlrn_str_add(out, s);
}

static void add_rule(dlrn_str *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dlrn_str_add(out, "-");
    dlrn_str_add(out, "\n");
}

static void add_grid(dlrn_str *out, const grid *g)
{
    size_t *width = dlrn_alloc_array(g->cols, sizeof *width), total = 0;
    if (!width || !g->cell) {
        out->failed = true;
        free(width);
        return;
    }
    for (size_t j = 0; j < g->cols; j++) {
        for (size_t i = 0; i < g->rows; i++) {
            const size_t n = width_of(dlrn_str_get(&g->cell[i * g->cols + j]));
            if (n > width[j]) width[j] = n;
        }
        total += width[j] + (j ? 2 : 0);
    }
    add_rule(out, total);
    for (size_t i = 0; i < g->rows; i++) {
        for (size_t j = 0; j < g->cols; j++) {
            if (j) dlrn_str_add(out, "  ");
            add_padded(out, dlrn_str_get(&g->cell[i * g->cols + j]), width[j], j > 0);
        }
        dlrn_str_add(out, "\n");
        if (i == 0 || i + 1 == g->rows) add_rule(out, total);
    }
    free(width);
}

static void grid_clear(grid *g)
{
    for (size_t i = 0; g->cell && i < g->rows * g->cols; i++)
        dlrn_str_clear(&g->cell[i]);
    free(g->cell);
}

/* "p_reason" says why p is not there. */
static bool is_reason(const char *key)
{
    const size_t n = strlen(key);
    return n > 7 && !strcmp(key + n - 7, "_reason");
}

/* The keys of all rows, in order of appearance. */
static dlrn_json *keys_of_rows(const dlrn_json *rows)
{
    dlrn_json *keys = dlrn_json_object();
    dlrn_json_member m;
    for (size_t i = 0; i < dlrn_json_size(rows); i++) {
        const dlrn_json *row = dlrn_json_at(rows, i);
        for (bool more = dlrn_json_first(row, &m); more; more = dlrn_json_next(row, &m))
            if (!is_reason(m.key) && !dlrn_json_get(keys, m.key))
                dlrn_json_set_bool(keys, m.key, true);
    }
    return keys;
}

/* Below the table: "site, p: chi-square: ..." */
static void print_reasons(dlrn_str *out, const dlrn_json *rows)
{
    dlrn_json_member first, m;
    for (size_t i = 0; i < dlrn_json_size(rows); i++) {
        const dlrn_json *row = dlrn_json_at(rows, i);
        if (!dlrn_json_first(row, &first)) continue;
        for (bool more = dlrn_json_first(row, &m); more; more = dlrn_json_next(row, &m))
            if (is_reason(m.key))
                dlrn_str_addf(out, "%s, %.*s: %s\n", dlrn_json_as_string(first.value, ""),
                              (int)strlen(m.key) - 7, m.key, dlrn_json_as_string(m.value, ""));
    }
}

/* An array of objects: a row each, their keys on top; then the reasons. */
static void print_rows(dlrn_str *out, const dlrn_json *rows)
{
    dlrn_json *keys = keys_of_rows(rows);
    grid g = {.rows = dlrn_json_size(rows) + 1, .cols = dlrn_json_size(keys)};
    g.cell = dlrn_alloc_array(g.rows * g.cols, sizeof *g.cell);
    dlrn_json_member m;
    size_t j = 0;
    for (bool more = dlrn_json_first(keys, &m); g.cell && more;
         more = dlrn_json_next(keys, &m), j++) {
        dlrn_str_add(&g.cell[j], m.key);
        for (size_t i = 1; i < g.rows; i++)
            add_cell(&g.cell[i * g.cols + j], m.key,
                     dlrn_json_get(dlrn_json_at(rows, i - 1), m.key));
    }
    add_grid(out, &g);
    grid_clear(&g);
    dlrn_json_free(keys);
    print_reasons(out, rows);
}

/* ---- an object of objects: a column each ---- */

/* Long words and reasons stand below the table. */
enum { LONG_WORD = 40 };

static bool is_remark(const dlrn_json_member *m)
{
    const size_t n = strlen(m->key);
    return dlrn_json_is_string(m->value) &&
           (strlen(dlrn_json_as_string(m->value, "")) > LONG_WORD ||
            (n >= 6 && !strcmp(m->key + n - 6, "reason")));
}

/* "yes" or "no"; NULL for what is neither true nor false. */
static const char *yes_or_no(const dlrn_json *object, const char *key)
{
    const bool given =
        dlrn_json_get_bool(object, key, true) == dlrn_json_get_bool(object, key, false);
    return !given ? NULL : dlrn_json_get_bool(object, key, false) ? "yes" : "no";
}

/* The members of an object that is no value with its interval become members with longer names;
 * true and false become words. */
static void flatten(dlrn_json *out, const dlrn_json *o, const char *lead)
{
    dlrn_json_member m;
    for (bool more = dlrn_json_first(o, &m); more; more = dlrn_json_next(o, &m)) {
        char key[160];
        snprintf(key, sizeof key, "%s%s%s", lead, *lead ? " " : "", m.key);
        if (dlrn_json_is_object(m.value) && !dlrn_json_get(m.value, "value"))
            flatten(out, m.value, key);
        else if (yes_or_no(o, m.key))
            dlrn_json_set_string(out, key, yes_or_no(o, m.key));
        else
            dlrn_json_set_take(out, key, dlrn_json_copy(m.value));
        const char *reason = dlrn_json_get_string(m.value, "reason", NULL);
        if (!reason) continue;
        snprintf(key, sizeof key, "%s%s%s_reason", lead, *lead ? " " : "", m.key);
        dlrn_json_set_string(out, key, reason);
    }
}

/* "p < 0.001" by the last word of the key. */
static const char *last_word(const char *key)
{
    const char *blank = strrchr(key, ' ');
    return blank ? blank + 1 : key;
}

static void print_remarks(dlrn_str *out, const dlrn_json *columns)
{
    dlrn_json_member c, m;
    for (bool any = dlrn_json_first(columns, &c); any; any = dlrn_json_next(columns, &c))
        for (bool more = dlrn_json_first(c.value, &m); more; more = dlrn_json_next(c.value, &m))
            if (is_remark(&m))
                dlrn_str_addf(out, "%s, %s: %s\n", c.key, m.key, dlrn_json_as_string(m.value, ""));
}

/* Every key of any column, in order, at the left. */
static dlrn_json *keys_of(const dlrn_json *columns)
{
    dlrn_json *keys = dlrn_json_object();
    dlrn_json_member c, m;
    for (bool any = dlrn_json_first(columns, &c); any; any = dlrn_json_next(columns, &c))
        for (bool more = dlrn_json_first(c.value, &m); more; more = dlrn_json_next(c.value, &m))
            if (!is_remark(&m) && !dlrn_json_get(keys, m.key))
                dlrn_json_set_bool(keys, m.key, true);
    return keys;
}

static void print_flat(dlrn_str *out, const dlrn_json *columns, const char *corner)
{
    dlrn_json_member c, k;
    dlrn_json *keys = keys_of(columns);
    grid g = {.rows = dlrn_json_size(keys) + 1, .cols = dlrn_json_size(columns) + 1};
    g.cell = dlrn_alloc_array(g.rows * g.cols, sizeof *g.cell);
    size_t i = 1, j = 1;
    if (g.cell) dlrn_str_add(&g.cell[0], corner);
    for (bool more = dlrn_json_first(keys, &k); g.cell && more; more = dlrn_json_next(keys, &k))
        dlrn_str_add(&g.cell[i++ * g.cols], k.key);
    for (bool any = g.cell && dlrn_json_first(columns, &c); any;
         any = dlrn_json_next(columns, &c), j++) {
        dlrn_str_add(&g.cell[j], c.key);
        i = 1;
        for (bool more = dlrn_json_first(keys, &k); more; more = dlrn_json_next(keys, &k), i++)
            add_cell(&g.cell[i * g.cols + j], last_word(k.key), dlrn_json_get(c.value, k.key));
    }
    add_grid(out, &g);
    grid_clear(&g);
    dlrn_json_free(keys);
    print_remarks(out, columns);
}

static void print_columns(dlrn_str *out, const dlrn_json *columns, const char *corner)
{
    dlrn_json *flat = dlrn_json_object();
    dlrn_json_member c;
    for (bool any = dlrn_json_first(columns, &c); any; any = dlrn_json_next(columns, &c)) {
        dlrn_json *column = dlrn_json_object();
        flatten(column, c.value, "");
        dlrn_json_set_take(flat, c.key, column);
    }
    if (dlrn_json_size(flat)) print_flat(out, flat, corner);
    dlrn_json_free(flat);
}

static bool holds_objects(const dlrn_json *v)
{
    dlrn_json_member m;
    if (dlrn_json_is_array(v)) return dlrn_json_is_object(dlrn_json_at(v, 0));
    return dlrn_json_is_object(v) && dlrn_json_first(v, &m) && dlrn_json_is_object(m.value);
}

/* Words and numbers first, a line for all; then the tables; then the remarks. */
static void print_result(dlrn_str *out, const dlrn_json *result)
{
    dlrn_json_member m;
    const char *lead = "";
    for (bool more = dlrn_json_first(result, &m); more; more = dlrn_json_next(result, &m)) {
        if (holds_objects(m.value) || is_remark(&m)) continue;
        dlrn_str_addf(out, "%s%s ", lead, m.key);
        if (yes_or_no(result, m.key))
            dlrn_str_add(out, yes_or_no(result, m.key));
        else
            add_cell(out, m.key, m.value);
        lead = dlrn_json_is_object(m.value) ? "\n" : ", ";
    }
    dlrn_str_add(out, "\n");
    for (bool more = dlrn_json_first(result, &m); more; more = dlrn_json_next(result, &m)) {
        if (holds_objects(m.value) && dlrn_json_is_array(m.value))
            print_rows(out, m.value);
        else if (holds_objects(m.value))
            print_columns(out, m.value, m.key);
    }
    for (bool more = dlrn_json_first(result, &m); more; more = dlrn_json_next(result, &m))
        if (is_remark(&m)) dlrn_str_addf(out, "%s: %s\n", m.key, dlrn_json_as_string(m.value, ""));
}

static void print_view(dlrn_str *out, const dlrn_json *result, stats_view_fn *view)
{
    dlrn_json *seen = view ? view(result) : NULL;
    print_result(out, seen ? seen : result);
    dlrn_json_free(seen);
}

void stats_print(dlrn_str *out, const dlrn_json *result, stats_view_fn *view)
{
    const dlrn_json *groups = dlrn_json_get(result, "groups");
    dlrn_json_member m;
    if (!dlrn_json_is_object(groups)) {
        print_view(out, result, view);
        return;
    }
    const char *lead = "";
    for (bool more = dlrn_json_first(result, &m); more; more = dlrn_json_next(result, &m)) {
        if (m.value == groups) continue;
        dlrn_str_addf(out, "%s%s ", lead, m.key);
        add_cell(out, m.key, m.value);
        lead = ", ";
    }
    dlrn_str_add(out, "\n");
    for (bool any = dlrn_json_first(groups, &m); any; any = dlrn_json_next(groups, &m)) {
        const char *reason = dlrn_json_get_string(m.value, "reason", NULL);
        dlrn_str_addf(out, "\n%s: ", m.key);
        if (reason && dlrn_json_size(m.value) == 1)
            dlrn_str_addf(out, "%s\n", reason);
        else
            print_view(out, m.value, reason ? NULL : view);
    }
}

dlrn_json *stats_without(const dlrn_json *result, const char *const *keys, size_t n)
{
    dlrn_json *out = dlrn_json_object();
    dlrn_json_member m;
    for (bool more = dlrn_json_first(result, &m); more; more = dlrn_json_next(result, &m)) {
        bool keep = true;
        for (size_t k = 0; k < n; k++)
            keep = keep && strcmp(m.key, keys[k]) != 0;
        if (keep) dlrn_json_set_take(out, m.key, dlrn_json_copy(m.value));
    }
    return out;
}

dlrn_json *stats_only(const dlrn_json *result, const char *const *keys, size_t n)
{
    dlrn_json *out = dlrn_json_object();
    for (size_t k = 0; k < n; k++)
        if (dlrn_json_get(result, keys[k]))
            dlrn_json_set_take(out, keys[k], dlrn_json_copy(dlrn_json_get(result, keys[k])));
    return out;
}

dlrn_json *stats_estimate(const dlrn_estimate *e)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_number(o, "value", e->value);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(e->lo, e->hi));
    return o;
}
