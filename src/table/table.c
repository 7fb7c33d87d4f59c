/* SPDX-License-Identifier: Apache-2.0
 *
 * Named columns: cells of a file, or numbers and texts that a caller added.
 */
#include <dlrn/table.h>

#include "table/csv.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A column is one of three: cells of the grid (neither v nor text), numbers (v), texts (text).
 * What is asked for in the other form is made at first use and kept. */
typedef struct column {
    char *name;
    bool in_grid;
    size_t grid_col;
    double *v;       /* [rows], or NULL */
    char *pool;      /* all texts, NUL-terminated */
    size_t *text_at; /* in the pool; SIZE_MAX: missing [rows], or NULL */
} column;

struct dlrn_table {
    char *name;
    size_t rows;
    csv_grid grid;
    column *col;
    size_t n_cols, col_cap;
    size_t *slot; /* open addressing: column + 1, or 0 [n_slots, a power of two] */
    size_t n_slots;
};

/* ---- columns by name ---- */

static size_t hash(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u; // FNV-1a
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

static size_t *slot_of(const dlrn_table *t, const char *name)
{
    size_t at = hash(name) & (t->n_slots - 1);
    while (t->slot[at] && strcmp(t->col[t->slot[at] - 1].name, name) != 0)
        at = (at + 1) & (t->n_slots - 1);
    return &t->slot[at];
}

static dlrn_status make_room(dlrn_table *t, size_t n, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_grow(&t->col, &t->col_cap, n, sizeof *t->col, err));
    if (2 * n <= t->n_slots) return DLRN_OK;
    size_t n_slots = t->n_slots ? t->n_slots : 32, *slot;
    while (n_slots < 4 * n)
        n_slots *= 2;
    DLRN_TRY(dlrn_alloc_or_fail(&slot, n_slots, err));
    free(t->slot);
    t->slot = slot;
    t->n_slots = n_slots;
    for (size_t j = 0; j < t->n_cols; j++)
        *slot_of(t, t->col[j].name) = j + 1;
done:
    return st;
}

/* Appends a column of that name without content; it belongs to the table at once. */
static dlrn_status add_column(column **out, dlrn_table *t, const char *name, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(make_room(t, t->n_cols + 1, err));
    size_t *slot = slot_of(t, name);
    if (*slot)
        return dlrn_fail(err, DLRN_EINVAL, "%s: column '%.80s' is there already", t->name, name);
    char *copy = dlrn_strdup(name);
    if (!copy) return dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", t->name);
    *slot = ++t->n_cols;
    *out = &t->col[t->n_cols - 1];
    **out = (column){.name = copy};
done:
    return st;
}

static void clear_column(column *c)
{
    free(c->name);
    free(c->v);
    free(c->pool);
    free(c->text_at);
}

/* Takes back the column that add_column appended last. */
static void drop_last_column(dlrn_table *t)
{
    *slot_of(t, t->col[t->n_cols - 1].name) = 0;
    clear_column(&t->col[--t->n_cols]);
}

/* ---- making a table ---- */

dlrn_status dlrn_table_new(dlrn_table **out, size_t rows, const char *name, dlrn_error *err)
{
    *out = NULL;
    dlrn_table *t = dlrn_alloc_array(1, sizeof *t);
    char *copy = dlrn_strdup(name);
    if (!t || !copy) {
        free(t);
        free(copy);
        return dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", name);
    }
    t->name = copy;
    t->rows = rows;
    *out = t;
    return DLRN_OK;
}

void dlrn_table_free(dlrn_table *t)
{
    if (!t) return;
    for (size_t j = 0; j < t->n_cols; j++)
        clear_column(&t->col[j]);
    csv_clear(&t->grid);
    free(t->col);
    free(t->slot);
    free(t->name);
    free(t);
}

static bool is_blank(const char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    return *s == '\0';
}

static dlrn_status name_columns(dlrn_table *t, dlrn_error *err)
{
    dlrn_status st;
    const csv_grid *g = &t->grid;
    DLRN_TRY(make_room(t, g->cols, err));
    for (size_t j = 0; j < g->cols; j++) {
        const char *name = csv_cell(g, 0, j);
        column *c;
        if (is_blank(name))
            return dlrn_fail(err, DLRN_EFORMAT,
                             "%s, line %zu: column %zu of %zu has no name; name it or take it out",
                             t->name, csv_line(g, 0), j + 1, g->cols);
        if (dlrn_table_find(t, name) != SIZE_MAX)
            return dlrn_fail(err, DLRN_EFORMAT,
                             "%s, line %zu: two columns are named '%.80s' (columns %zu and %zu)",
                             t->name, csv_line(g, 0), name, dlrn_table_find(t, name) + 1, j + 1);
        DLRN_TRY(add_column(&c, t, name, err));
        c->in_grid = true;
        c->grid_col = j;
    }
done:
    return st;
}

/* Takes over `text`, also on failure. */
static dlrn_status from_text_take(dlrn_table **out, char *text, size_t len, const char *name,
                                  dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    csv_grid g = {0};
    *out = NULL;
    DLRN_TRY(csv_scan_take(&g, text, len, name, err));
    DLRN_TRY(dlrn_table_new(&t, g.rows - 1, name, err));
    t->grid = g;
    g = (csv_grid){0};
    DLRN_TRY(name_columns(t, err));
    *out = t;
    t = NULL;
done:
    csv_clear(&g);
    dlrn_table_free(t);
    return st;
}

dlrn_status dlrn_table_parse(dlrn_table **out, const char *text, size_t len, const char *name,
                             dlrn_error *err)
{
    *out = NULL;
    char *copy = dlrn_strndup(text, len);
    if (!copy) return dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory for %zu bytes", name, len);
    return from_text_take(out, copy, len, name, err);
}

dlrn_status dlrn_table_read(dlrn_table **out, const char *path, dlrn_error *err)
{
    char *text;
    size_t len;
    *out = NULL;
    const dlrn_status st = dlrn_read_file(&text, &len, path, err);
    return st == DLRN_OK ? from_text_take(out, text, len, path, err) : st;
}

dlrn_status dlrn_table_add_numbers(dlrn_table *t, const char *name, const double *v,
                                   dlrn_error *err)
{
    dlrn_status st;
    column *c;
    DLRN_TRY(add_column(&c, t, name, err));
    c->v = dlrn_alloc_array(t->rows, sizeof *c->v);
    if (!c->v) {
        drop_last_column(t);
        return dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory for %zu rows", t->name, t->rows);
    }
    if (t->rows) memcpy(c->v, v, t->rows * sizeof *v);
done:
    return st;
}

static dlrn_status pool_texts(column *c, const char *const *v, size_t n, dlrn_error *err)
{
    dlrn_status st;
    size_t size = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        size += v[i] ? strlen(v[i]) + 1 : 0;
    DLRN_TRY(dlrn_alloc_or_fail(&c->pool, size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->text_at, n, err));
    for (size_t i = 0; i < n; i++) {
        const size_t len = v[i] ? strlen(v[i]) + 1 : 0;
        c->text_at[i] = v[i] ? at : SIZE_MAX;
        if (v[i]) memcpy(c->pool + at, v[i], len);
        at += len;
    }
done:
    return st;
}

dlrn_status dlrn_table_add_text(dlrn_table *t, const char *name, const char *const *v,
                                dlrn_error *err)
{
    dlrn_status st;
    column *c;
    DLRN_TRY(add_column(&c, t, name, err));
    st = pool_texts(c, v, t->rows, err);
    if (st != DLRN_OK) drop_last_column(t);
done:
    return st;
}

/* ---- reading a table ---- */

const char *dlrn_table_name(const dlrn_table *t)
{
    return t->name;
}

size_t dlrn_table_rows(const dlrn_table *t)
{
    return t->rows;
}

size_t dlrn_table_cols(const dlrn_table *t)
{
    return t->n_cols;
}

const char *dlrn_table_column(const dlrn_table *t, size_t j)
{
    return t->col[j].name;
}

size_t dlrn_table_find(const dlrn_table *t, const char *name)
{
    const size_t found = t->n_slots ? *slot_of(t, name) : 0;
    return found ? found - 1 : SIZE_MAX;
}

/* "'a', 'b' and 200 more" */
static void list_columns(char *out, size_t size, const dlrn_table *t)
{
    enum { SHOWN = 6 };
    size_t at = 0;
    *out = '\0';
    for (size_t j = 0; j < t->n_cols && j < SHOWN && at < size; j++)
        at += (size_t)snprintf(out + at, size - at, "%s'%.40s'", j ? ", " : "", t->col[j].name);
    if (t->n_cols > SHOWN && at < size)
        snprintf(out + at, size - at, " and %zu more", t->n_cols - SHOWN);
}

dlrn_status dlrn_table_need(size_t *j, const dlrn_table *t, const char *name, dlrn_error *err)
{
    *j = dlrn_table_find(t, name);
    if (*j != SIZE_MAX) return DLRN_OK;
    const char *near = NULL, **names = dlrn_alloc_array(t->n_cols, sizeof *names);
    for (size_t k = 0; names && k < t->n_cols; k++)
        names[k] = t->col[k].name;
    if (names) near = dlrn_nearest(name, names, t->n_cols);
    free(names);
    if (near)
        return dlrn_fail(err, DLRN_ENOTFOUND,
                         "%s: there is no column '%.80s'; did you mean '%.80s'?", t->name, name,
                         near);
    if (t->n_cols == 1 && t->grid.rows)
        return dlrn_fail(err, DLRN_ENOTFOUND,
                         "%s: there is no column '%.80s', only '%.80s'; cells are parted by a "
                         "comma, a semicolon or a tab",
                         t->name, name, t->col[0].name);
    char columns[360];
    list_columns(columns, sizeof columns, t);
    return dlrn_fail(err, DLRN_ENOTFOUND, "%s: there is no column '%.80s'; there is %s", t->name,
                     name, t->n_cols ? columns : "none");
}

size_t dlrn_table_line(const dlrn_table *t, size_t i)
{
    return t->grid.rows ? csv_line(&t->grid, i + 1) : i + 2;
}

/* Prints the numbers of a column, so that their texts can be lent out. */
static bool print_numbers(column *c, size_t n)
{
    dlrn_str pool = {0};
    size_t *at = dlrn_alloc_array(n, sizeof *at);
    for (size_t i = 0; at && i < n; i++) {
        at[i] = isnan(c->v[i]) ? SIZE_MAX : pool.len;
        if (!isnan(c->v[i])) dlrn_str_add_double(&pool, c->v[i]);
        dlrn_str_addn(&pool, "", 1);
    }
    if (!at || pool.failed) {
        dlrn_str_clear(&pool);
        free(at);
        return false;
    }
    c->pool = pool.s;
    c->text_at = at;
    return true;
}

static const char *text_of(const dlrn_table *t, size_t j, size_t i)
{
    column *c = &t->col[j];
    if (c->in_grid) return csv_cell(&t->grid, i + 1, c->grid_col);
    if (!c->text_at && !print_numbers(c, t->rows)) return "";
    return c->text_at[i] == SIZE_MAX ? "" : c->pool + c->text_at[i];
}

const char *dlrn_table_text(const dlrn_table *t, size_t j, size_t i)
{
    return text_of(t, j, i);
}

/* Empty, NA or NaN (as C prints it, -nan too), with blanks around it or without. */
static bool text_is_missing(const char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    if (*s == '\0') return true;
    const bool sign = *s == '-' || *s == '+';
    s += sign;
    if (*s != 'N' && *s != 'n') return false;
    size_t n = strlen(s);
    while (n && isspace((unsigned char)s[n - 1]))
        n--;
    return (n == 2 && !sign && !memcmp(s, "NA", 2)) || (n == 3 && !strncasecmp(s, "nan", 3));
}

bool dlrn_table_missing(const dlrn_table *t, size_t j, size_t i)
{
    const column *c = &t->col[j];
    if (c->v) return isnan(c->v[i]);
    return text_is_missing(text_of(t, j, i));
}

/* The cell as a number, NaN where missing; false where it is neither. */
static bool cell_number(double *out, const dlrn_table *t, size_t j, size_t i)
{
    const char *s = text_of(t, j, i);
    if (dlrn_parse_double(out, s, strlen(s))) return true;
    *out = (double)NAN;
    return text_is_missing(s);
}

static dlrn_status not_a_number(const dlrn_table *t, size_t j, size_t i, dlrn_error *err)
{
    const char *s = text_of(t, j, i);
    const size_t digits = strspn(s, "+-.,0123456789 ");
    const char *hint = s[digits] == '\0' && strchr(s, ',') ? "; write a decimal point" : "";
    return dlrn_fail(err, DLRN_EINVAL,
                     "%s, line %zu, column '%.80s': '%.40s' is neither a number nor missing "
                     "(empty, NA, NaN)%s",
                     t->name, dlrn_table_line(t, i), t->col[j].name, s, hint);
}

dlrn_status dlrn_table_numbers(const double **out, dlrn_table *t, size_t j, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    double *v = NULL;
    *out = t->col[j].v;
    if (*out) return DLRN_OK;
    DLRN_TRY(dlrn_alloc_or_fail(&v, t->rows, err));
    for (size_t i = 0; i < t->rows; i++) {
        if (cell_number(&v[i], t, j, i)) continue;
        st = not_a_number(t, j, i, err);
        goto done;
    }
    *out = t->col[j].v = v;
    v = NULL;
done:
    free(v);
    return st;
}

bool dlrn_table_is_numeric(dlrn_table *t, size_t j)
{
    const double *v;
    if (dlrn_table_numbers(&v, t, j, NULL) != DLRN_OK) return false;
    for (size_t i = 0; i < t->rows; i++)
        if (!isnan(v[i])) return true;
    return false;
}

/* ---- writing ---- */

static void print_text(dlrn_str *out, const char *s)
{
    if (!strpbrk(s, ",\"\r\n")) {
        dlrn_str_add(out, s);
        return;
    }
    dlrn_str_add(out, "\"");
    for (const char *quote; (quote = strchr(s, '"')); s = quote + 1) {
        dlrn_str_addn(out, s, (size_t)(quote - s));
        dlrn_str_add(out, "\"\"");
    }
    dlrn_str_add(out, s);
    dlrn_str_add(out, "\"");
}

static void print_cell(dlrn_str *out, const dlrn_table *t, size_t j, size_t i, const char *missing)
{
    const column *c = &t->col[j];
    if (dlrn_table_missing(t, j, i)) {
        // a line of nothing would be no row
        dlrn_str_add(out, t->n_cols == 1 && !*missing ? "\"\"" : missing);
    } else if (c->v && !c->in_grid && !c->text_at) {
        dlrn_str_add_double(out, c->v[i]);
    } else {
        print_text(out, text_of(t, j, i));
    }
}

void dlrn_table_print(dlrn_str *out, const dlrn_table *t, const char *missing)
{
    for (size_t j = 0; j < t->n_cols; j++) {
        if (j) dlrn_str_add(out, ",");
        print_text(out, t->col[j].name);
    }
    dlrn_str_add(out, "\n");
    for (size_t i = 0; i < t->rows; i++) {
        for (size_t j = 0; j < t->n_cols; j++) {
            if (j) dlrn_str_add(out, ",");
            print_cell(out, t, j, i, missing);
        }
        dlrn_str_add(out, "\n");
    }
}

dlrn_status dlrn_table_write(const dlrn_table *t, const char *path, const char *missing,
                             dlrn_error *err)
{
    dlrn_str text = {0};
    dlrn_table_print(&text, t, missing);
    const dlrn_status st = text.failed ? dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", path)
                                       : dlrn_write_file(path, dlrn_str_get(&text), text.len, err);
    dlrn_str_clear(&text);
    return st;
}
