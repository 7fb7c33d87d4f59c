/* SPDX-License-Identifier: Apache-2.0
 *
 * Features of one case or of many as csv, txt or json, in PyRadiomics' layout, and the reasons of
 * what is undefined.
 */
#include "extract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns after those of the input: names of the first case that was done in its order, then what
 * later ones add, sorted. Where a feature has the name of an input column it stands there, as in
 * PyRadiomics. */
typedef struct header {
    const char **name;
    size_t n, cap;
    bool *replaced; /* [columns of the input] */
} header;

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool in_list(const char *const *sorted, size_t n, const char *name)
{
    return n && bsearch(&name, sorted, n, sizeof *sorted, by_text) != NULL;
}

/* Adds the names that are not in known[0..n_known), which is sorted. */
static dlrn_status add_names(header *h, char *const *const names, size_t n,
                             const char *const *known, size_t n_known, dlrn_error *err)
{
    for (size_t k = 0; k < n; k++) {
        if (in_list(known, n_known, names[k])) continue;
        const dlrn_status st = dlrn_grow(&h->name, &h->cap, h->n + 1, sizeof *h->name, err);
        if (st != DLRN_OK) return st;
        h->name[h->n++] = names[k];
    }
    return DLRN_OK;
}

static dlrn_status add_case(header *h, const dlrn_features *f, const char *const *known,
                            size_t n_known, dlrn_error *err)
{
    const dlrn_status st = add_names(h, f->info_name, f->n_info, known, n_known, err);
    return st == DLRN_OK ? add_names(h, f->name, f->n, known, n_known, err) : st;
}

/* Takes the input's columns out of the header and marks those that a feature replaces. */
static void part_from_columns(header *h, const extract_table *t)
{
    size_t m = 0;
    for (size_t k = 0; k < h->n; k++) {
        size_t j = 0;
        while (j < t->n_columns && strcmp(t->column[j], h->name[k]) != 0)
            j++;
        if (j < t->n_columns)
            h->replaced[j] = true;
        else
            h->name[m++] = h->name[k];
    }
    h->n = m;
}

static dlrn_status make_header(header *h, const extract_table *t, dlrn_error *err)
{
    dlrn_status st;
    const char **known = NULL;
    size_t i = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&h->replaced, t->n_columns, err));
    while (i < t->n && !t->result[i].done)
        i++;
    if (i == t->n) goto done;
    DLRN_TRY(add_case(h, &t->result[i].f, NULL, 0, err));
    const size_t first = h->n;
    DLRN_TRY(dlrn_alloc_or_fail(&known, first, err));
    memcpy(known, h->name, first * sizeof *known);
    if (first > 1) qsort(known, first, sizeof *known, by_text);
    for (i++; i < t->n; i++)
        DLRN_TRY(add_case(h, &t->result[i].f, known, first, err));
    if (h->n > first + 1) qsort(h->name + first, h->n - first, sizeof *h->name, by_text);
    size_t m = first;
    for (size_t k = first; k < h->n; k++)
        if (m == first || strcmp(h->name[m - 1], h->name[k]) != 0) h->name[m++] = h->name[k];
    h->n = m;
    part_from_columns(h, t);
done:
    free(known);
    return st;
}

void extract_cell(dlrn_str *out, const char *text)
{
    const bool begins = !out->len || out->s[out->len - 1] == '\n';
    if (!begins) dlrn_str_add(out, ",");
    // an empty first cell is quoted: else the second would not know that it is not the first
    if (*text ? !strpbrk(text, ",\"\n\r") : !begins) {
        dlrn_str_add(out, text);
        return;
    }
    dlrn_str_add(out, "\"");
    for (; *text; text++) {
        if (*text == '"') dlrn_str_add(out, "\"");
        dlrn_str_addn(out, text, 1);
    }
    dlrn_str_add(out, "\"");
}

static bool is_skipped(const extract_table *t, double value)
{
    return t->skip_nans && isnan(value);
}

/* The text of a case's column; `at` is where it most likely stands. "" where it has none. */
static const char *value_text(char digits[32], const extract_table *t, size_t i, const char *name,
                              size_t at)
{
    const dlrn_features *f = &t->result[i].f;
    for (size_t k = 0; k < f->n_info + f->n; k++) {
        const size_t j = (at + k) % (f->n_info + f->n);
        const bool is_info = j < f->n_info;
        if (strcmp(is_info ? f->info_name[j] : f->name[j - f->n_info], name) != 0) continue;
        if (is_info) return f->info_text[j];
        const double x = f->value[j - f->n_info];
        return is_skipped(t, x) ? "" : dlrn_format_double(digits, x);
    }
    return "";
}

static const char *input_text(char digits[32], const extract_table *t, const header *h, size_t i,
                              size_t j)
{
    const char *own = t->cell[i * t->n_columns + j];
    return h->replaced[j] && t->result[i].done ? value_text(digits, t, i, t->column[j], 0) : own;
}

static void print_csv(dlrn_str *out, const extract_table *t, const header *h)
{
    char digits[32];
    for (size_t j = 0; j < t->n_columns; j++)
        extract_cell(out, t->column[j]);
    for (size_t k = 0; k < h->n; k++)
        extract_cell(out, h->name[k]);
    dlrn_str_add(out, "\n");
    for (size_t i = 0; i < t->n; i++) {
        for (size_t j = 0; j < t->n_columns; j++)
            extract_cell(out, input_text(digits, t, h, i, j));
        for (size_t k = 0; k < h->n; k++)
            extract_cell(out, value_text(digits, t, i, h->name[k], k));
        dlrn_str_add(out, "\n");
    }
}

static void print_txt(dlrn_str *out, const extract_table *t, const header *h)
{
    char digits[32];
    for (size_t i = 0; i < t->n; i++) {
        const dlrn_features *f = &t->result[i].f;
        for (size_t j = 0; j < t->n_columns; j++)
            dlrn_str_addf(out, "Case-%zu_%s: %s\n", i + 1, t->column[j],
                          input_text(digits, t, h, i, j));
        for (size_t k = 0; k < f->n_info; k++)
            dlrn_str_addf(out, "Case-%zu_%s: %s\n", i + 1, f->info_name[k], f->info_text[k]);
        for (size_t k = 0; k < f->n; k++)
            if (!is_skipped(t, f->value[k]))
                dlrn_str_addf(out, "Case-%zu_%s: %s\n", i + 1, f->name[k],
                              dlrn_format_double(digits, f->value[k]));
    }
}

/* A flat object; the input's columns only where there are several cases. */
static dlrn_json *case_json(const extract_table *t, size_t i)
{
    dlrn_json *o = dlrn_json_object();
    const dlrn_features *f = &t->result[i].f;
    for (size_t j = 0; !t->single && j < t->n_columns; j++)
        dlrn_json_set_string(o, t->column[j], t->cell[i * t->n_columns + j]);
    for (size_t k = 0; k < f->n_info; k++)
        dlrn_json_set_take(o, f->info_name[k], extract_literal(f->info_name[k], f->info_text[k]));
    for (size_t k = 0; k < f->n; k++)
        if (!is_skipped(t, f->value[k])) dlrn_json_set_number(o, f->name[k], f->value[k]);
    return o;
}

static dlrn_status print_json(dlrn_str *out, const extract_table *t, dlrn_error *err)
{
    char *text = NULL;
    dlrn_json *all = t->single ? case_json(t, 0) : dlrn_json_array();
    for (size_t i = 0; !t->single && i < t->n; i++)
        dlrn_json_append_take(all, case_json(t, i));
    const dlrn_status st = dlrn_json_text(&text, all, 2, err);
    if (st == DLRN_OK) dlrn_str_add(out, text);
    free(text);
    dlrn_json_free(all);
    return st;
}

dlrn_status extract_print(dlrn_str *out, const extract_table *t, const char *format,
                          dlrn_error *err)
{
    dlrn_status st;
    header h = {0};
    DLRN_TRY(make_header(&h, t, err));
    if (!strcmp(format, "json"))
        DLRN_TRY(print_json(out, t, err));
    else if (!strcmp(format, "txt"))
        print_txt(out, t, &h);
    else
        print_csv(out, t, &h);
    if (out->failed) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the table of features");
done:
    free(h.name);
    free(h.replaced);
    return st;
}

static void reason_row(dlrn_str *out, const extract_table *t, size_t i, const char *feature,
                       const char *reason)
{
    for (size_t j = 0; j < t->n_columns; j++)
        extract_cell(out, t->cell[i * t->n_columns + j]);
    extract_cell(out, feature);
    extract_cell(out, reason ? reason : "");
    dlrn_str_add(out, "\n");
}

dlrn_status extract_print_reasons(dlrn_str *out, const extract_table *t, dlrn_error *err)
{
    for (size_t j = 0; j < t->n_columns; j++)
        extract_cell(out, t->column[j]);
    extract_cell(out, "feature");
    extract_cell(out, "reason");
    dlrn_str_add(out, "\n");
    for (size_t i = 0; i < t->n; i++) {
        const extract_result *r = &t->result[i];
        if (r->failure) reason_row(out, t, i, "all", r->failure);
        for (size_t k = 0; k < r->f.n; k++)
            if (isnan(r->f.value[k])) reason_row(out, t, i, r->f.name[k], r->f.reason[k]);
    }
    return out->failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for the reasons") : DLRN_OK;
}
