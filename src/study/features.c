/* SPDX-License-Identifier: Apache-2.0
 *
 * Feature sets from tables; fusion; writing.
 */
#include "study/features.h"

#include <dlrn/radiomics.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void feature_set_clear(feature_set *s)
{
    for (size_t j = 0; j < s->p; j++)
        free(s->column[j]);
    for (size_t j = 0; j < s->n_dropped; j++) {
        free(s->dropped[j]);
        free(s->reason[j]);
    }
    free(s->name);
    free(s->column);
    free(s->x);
    free(s->dropped);
    free(s->reason);
    *s = (feature_set){0};
}

dlrn_status feature_set_drop(feature_set *s, const char *column, const char *reason,
                             dlrn_error *err)
{
    dlrn_status st;
    size_t cap = s->cap_dropped;
    DLRN_TRY(dlrn_grow(&s->dropped, &cap, s->n_dropped + 1, sizeof *s->dropped, err));
    DLRN_TRY(dlrn_grow(&s->reason, &s->cap_dropped, s->n_dropped + 1, sizeof *s->reason, err));
    s->dropped[s->n_dropped] = dlrn_strdup(column);
    s->reason[s->n_dropped] = dlrn_strdup(reason);
    if (!s->dropped[s->n_dropped] || !s->reason[s->n_dropped])
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a column's name");
    s->n_dropped++;
done:
    return st;
}

dlrn_status feature_set_add_column(feature_set *s, const char *column, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_grow(&s->column, &s->cap, s->p + 1, sizeof *s->column, err));
    s->column[s->p] = dlrn_strdup(column);
    if (!s->column[s->p])
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a column's name");
    else
        s->p++;
done:
    return st;
}

/* ---- rows of a table by id ---- */

typedef struct keyed_row {
    const char *id;
    size_t row;
} keyed_row;

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const keyed_row *)a)->id, ((const keyed_row *)b)->id);
}

static dlrn_status find_id_column(size_t *j, const dlrn_table *t, const char *id_column,
                                  dlrn_error *err)
{
    const char *const tried[] = {id_column, "id", "ID", "Id"};
    for (size_t k = 0; k < sizeof tried / sizeof *tried; k++) {
        *j = dlrn_table_find(t, tried[k]);
        if (*j != SIZE_MAX) return DLRN_OK;
    }
    return dlrn_table_need(j, t, id_column, err);
}

/* row[i] becomes the table's row of id[i]. */
static dlrn_status match_rows(size_t *row, const dlrn_table *t, size_t id_column, char *const *id,
                              size_t n, dlrn_error *err)
{
    dlrn_status st;
    const size_t rows = dlrn_table_rows(t);
    keyed_row *sorted = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&sorted, rows, err));
    for (size_t i = 0; i < rows; i++)
        sorted[i] = (keyed_row){dlrn_table_text(t, id_column, i), i};
    qsort(sorted, rows, sizeof *sorted, compare_ids);
    for (size_t i = 1; i < rows; i++)
        if (!strcmp(sorted[i].id, sorted[i - 1].id)) {
            st = dlrn_fail(err, DLRN_EINVAL, "%s, line %zu: id '%s' stands twice",
                           dlrn_table_name(t), dlrn_table_line(t, sorted[i].row), sorted[i].id);
            goto done;
        }
    for (size_t i = 0; i < n; i++) {
        const keyed_row wanted = {id[i], 0};
        const keyed_row *found = bsearch(&wanted, sorted, rows, sizeof *sorted, compare_ids);
        if (!found) {
            st = dlrn_fail(err, DLRN_EINVAL,
                           "%s: no row with id '%s', which the cohort table holds; add it or take "
                           "it out of the cohort",
                           dlrn_table_name(t), id[i]);
            goto done;
        }
        row[i] = found->row;
    }
done:
    free(sorted);
    return st;
}

bool feature_is_named(const char *column)
{
    size_t n;
    const dlrn_feature_doc *doc = dlrn_feature_catalogue(&n);
    const size_t length = strlen(column);
    if (!strncmp(column, "deep_", 5) || !strncmp(column, "diagnostics_", 12)) return true;
    for (size_t k = 0; k < n; k++) {
        const size_t c = strlen(doc[k].class_name), f = strlen(doc[k].name), tail = c + f + 2;
        const char *at = column + (length > tail ? length - tail : 0);
        if (length > tail && at[0] == '_' && !strncmp(at + 1, doc[k].class_name, c) &&
            at[1 + c] == '_' && !strcmp(at + 2 + c, doc[k].name))
            return true;
    }
    return false;
}

/* What PyRadiomics' own table holds beside features. */
static bool is_bookkeeping(const char *column)
{
    static const char *const names[] = {"Image",  "Mask",   "Label",      "Label_channel",
                                        "image",  "mask",   "mask_label", "patient",
                                        "centre", "cohort", "label",      "weights"};
    if (!strncmp(column, "diagnostics_", 12) || !*column) return true;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(column, names[k])) return true;
    return false;
}

static dlrn_status add_prefixed(feature_set *s, const char *prefix, const char *column,
                                dlrn_error *err)
{
    dlrn_str b = {0};
    if (prefix && strncmp(column, prefix, strlen(prefix)) != 0) dlrn_str_add(&b, prefix);
    dlrn_str_add(&b, column);
    const dlrn_status st = b.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name")
                                    : feature_set_add_column(s, b.s, err);
    dlrn_str_clear(&b);
    return st;
}

/* Columns that are features, in order: from[0..p). */
static dlrn_status choose_columns(feature_set *s, size_t *from, dlrn_table *t, size_t id_column,
                                  const dlrn_table *cohort, const char *prefix, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t j = 0; j < dlrn_table_cols(t); j++) {
        const char *column = dlrn_table_column(t, j);
        const double *v;
        dlrn_error why;
        if (j == id_column || is_bookkeeping(column)) continue;
        if (cohort && dlrn_table_find(cohort, column) != SIZE_MAX && !feature_is_named(column)) {
            DLRN_TRY(feature_set_drop(s, column, "it is a column of the cohort table", err));
            continue;
        }
        if (dlrn_table_numbers(&v, t, j, &why) != DLRN_OK) {
            DLRN_TRY(feature_set_drop(s, column, why.msg, err));
            continue;
        }
        from[s->p] = j;
        DLRN_TRY(add_prefixed(s, prefix, column, err));
    }
    if (s->p == 0)
        st = dlrn_fail(err, DLRN_EINVAL, "%s: holds no column of numbers beside the id%s",
                       dlrn_table_name(t), cohort ? " and those of the cohort table" : "");
done:
    return st;
}

/* dlrn deep labels the features of made-up weights in a column of their own. */
static bool says_made_up(const dlrn_table *t)
{
    const size_t j = dlrn_table_find(t, "weights");
    return j != SIZE_MAX && dlrn_table_rows(t) && !strcmp(dlrn_table_text(t, j, 0), "made_up");
}

dlrn_status feature_set_from_table(feature_set *out, const char *path, const char *id_column,
                                   char *const *id, size_t n, const dlrn_table *cohort,
                                   const char *prefix, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    size_t *row = NULL, *from = NULL, at;
    DLRN_TRY(dlrn_table_read(&t, path, err));
    DLRN_TRY(find_id_column(&at, t, id_column, err));
    DLRN_TRY(dlrn_alloc_or_fail(&row, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&from, dlrn_table_cols(t), err));
    DLRN_TRY(match_rows(row, t, at, id, n, err));
    DLRN_TRY(choose_columns(out, from, t, at, cohort, prefix, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->x, n * out->p, err));
    out->n = n;
    out->made_up = says_made_up(t);
    for (size_t j = 0; j < out->p; j++) {
        const double *v;
        DLRN_TRY(dlrn_table_numbers(&v, t, from[j], err));
        for (size_t i = 0; i < n; i++)
            out->x[i * out->p + j] = isfinite(v[row[i]]) ? v[row[i]] : (double)NAN;
    }
done:
    free(from);
    free(row);
    dlrn_table_free(t);
    return st;
}

static dlrn_status add_made_up_column(dlrn_table *t, size_t n, dlrn_error *err)
{
    const char **text = NULL;
    dlrn_status st = dlrn_alloc_or_fail(&text, n, err);
    for (size_t i = 0; st == DLRN_OK && i < n; i++)
        text[i] = "made_up";
    if (st == DLRN_OK) st = dlrn_table_add_text(t, "weights", text, err);
    free(text);
    return st;
}

dlrn_status feature_set_write(const feature_set *s, char *const *id, const char *path,
                              dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    double *v = NULL;
    DLRN_TRY(dlrn_table_new(&t, s->n, path, err));
    DLRN_TRY(dlrn_table_add_text(t, "id", (const char *const *)id, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, s->n, err));
    for (size_t j = 0; j < s->p; j++) {
        for (size_t i = 0; i < s->n; i++)
            v[i] = s->x[i * s->p + j];
        DLRN_TRY(dlrn_table_add_numbers(t, s->column[j], v, err));
    }
    if (s->made_up) DLRN_TRY(add_made_up_column(t, s->n, err));
    DLRN_TRY(dlrn_table_write(t, path, "nan", err));
done:
    free(v);
    dlrn_table_free(t);
    return st;
}

dlrn_status feature_set_fuse(feature_set *out, const feature_set *a, const feature_set *b,
                             const char *name, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    *out = (feature_set){0};
    out->name = dlrn_strdup(name);
    if (!out->name) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name");
    for (size_t j = 0; j < a->p; j++)
        DLRN_TRY(feature_set_add_column(out, a->column[j], err));
    for (size_t j = 0; j < b->p; j++)
        DLRN_TRY(feature_set_add_column(out, b->column[j], err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->x, a->n * out->p, err));
    out->n = a->n;
    for (size_t i = 0; i < a->n; i++) {
        memcpy(out->x + i * out->p, a->x + i * a->p, a->p * sizeof *out->x);
        memcpy(out->x + i * out->p + a->p, b->x + i * b->p, b->p * sizeof *out->x);
    }
done:
    if (st != DLRN_OK) feature_set_clear(out);
    return st;
}
