/* SPDX-License-Identifier: Apache-2.0
 *
 * Clinical columns as numbers.
 */
#include "study/clinical.h"

#include "study/config_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void clear_term(clinical_term *t)
{
    free(t->column);
    free(t->label);
    config_list_clear(&t->level);
}

void clinical_spec_clear(clinical_spec *s)
{
    for (size_t i = 0; i < s->n; i++)
        clear_term(&s->term[i]);
    for (size_t j = 0; j < s->p; j++)
        free(s->name[j]);
    free(s->term);
    free(s->name);
    *s = (clinical_spec){0};
}

bool clinical_is_missing(const char *text)
{
    return !*text || !strcasecmp(text, "na") || !strcasecmp(text, "nan");
}

static bool number_of(double *x, const char *text)
{
    return dlrn_parse_double(x, text, strlen(text)) && isfinite(*x);
}

/* ---- fitting ---- */

typedef struct fitting {
    clinical_term *t;
    const config_clinical *wanted;
    const dlrn_table *table;
    size_t at; /* its column there */
    const bool *train;
    dlrn_error *err;
} fitting;

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The different values of the training rows, sorted; the reference first. */
static dlrn_status find_levels(const fitting *f)
{
    dlrn_status st = DLRN_OK;
    config_list *levels = &f->t->level;
    const char *reference = f->wanted->reference;
    for (size_t i = 0; i < dlrn_table_rows(f->table); i++) {
        const char *text = dlrn_table_text(f->table, f->at, i);
        bool known = !f->train[i] || clinical_is_missing(text);
        for (size_t k = 0; k < levels->n && !known; k++)
            known = !strcmp(levels->v[k], text);
        if (known) continue;
        if (levels->n >= 50)
            return dlrn_fail(f->err, DLRN_EINVAL,
                             "%s: column '%s' has more than 50 different values; is it a category?",
                             dlrn_table_name(f->table), f->wanted->column);
        DLRN_TRY(config_list_add(levels, text, f->err));
    }
    if (levels->n < 2) {
        st = dlrn_fail(f->err, DLRN_EINVAL,
                       "%s: column '%s' has only one value in the training rows; take it out of "
                       "clinical",
                       dlrn_table_name(f->table), f->wanted->column);
        goto done;
    }
    qsort(levels->v, levels->n, sizeof *levels->v, compare_texts);
    for (size_t k = 0; reference && k <= levels->n; k++) {
        if (k == levels->n) {
            st = dlrn_fail(f->err, DLRN_EINVAL,
                           "%s: column '%s' has no '%s' in the training rows, which is named as "
                           "its reference",
                           dlrn_table_name(f->table), f->wanted->column, reference);
            goto done;
        }
        if (strcmp(levels->v[k], reference) != 0) continue;
        char *first = levels->v[k];
        memmove(levels->v + 1, levels->v, k * sizeof *levels->v);
        levels->v[0] = first;
        break;
    }
done:
    return st;
}

/* Training values of a column of numbers, in order; NaN where all are missing. */
static dlrn_status fit_number(const fitting *f)
{
    dlrn_status st;
    const size_t rows = dlrn_table_rows(f->table);
    double *v = NULL;
    size_t *order = NULL, n = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&v, rows, f->err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, rows, f->err));
    for (size_t i = 0; i < rows; i++) {
        const char *text = dlrn_table_text(f->table, f->at, i);
        if (!f->train[i] || clinical_is_missing(text)) continue;
        if (!number_of(&v[n], text)) {
            st = dlrn_fail(f->err, DLRN_EINVAL,
                           "%s, line %zu: column '%s': '%s' is not a number; correct it, leave it "
                           "empty (missing), or give the column type: category",
                           dlrn_table_name(f->table), dlrn_table_line(f->table, i),
                           f->wanted->column, text);
            goto done;
        }
        n++;
    }
    dlrn_sort_index(order, v, n);
    f->t->lo = v[order[0]];
    f->t->hi = v[order[n - 1]];
    if (f->t->lo == f->t->hi) {
        st = dlrn_fail(f->err, DLRN_EINVAL,
                       "%s: column '%s' has only one value in the training rows; take it out of "
                       "clinical",
                       dlrn_table_name(f->table), f->wanted->column);
        goto done;
    }
    if (f->t->log1p && f->t->lo <= -1) {
        st = dlrn_fail(f->err, DLRN_EINVAL,
                       "%s: column '%s' has values of -1 or less: log1p is not defined there",
                       dlrn_table_name(f->table), f->wanted->column);
        goto done;
    }
    const double a = v[order[(n - 1) / 2]], b = v[order[n / 2]];
    f->t->impute = f->t->kind == CLINICAL_BINARY ? a
                   : f->t->log1p                 ? 0.5 * (log1p(a) + log1p(b))
                                                 : 0.5 * (a + b);
done:
    free(order);
    free(v);
    return st;
}

/* The most frequent level. */
static void fit_mode(const fitting *f)
{
    size_t best = 0;
    for (size_t k = 0; k < f->t->level.n; k++) {
        size_t count = 0;
        for (size_t i = 0; i < dlrn_table_rows(f->table); i++)
            count += f->train[i] && !strcmp(dlrn_table_text(f->table, f->at, i), f->t->level.v[k]);
        if (count > best) {
            best = count;
            f->t->impute = (double)k;
        }
    }
}

/* The kind that the training values show: 0/1, numbers, or words. A few words among numbers are
 * slips of the pen, which fit_number names; they would make a category of every age. */
static clinical_kind guess_kind(const fitting *f)
{
    size_t numbers = 0, words = 0;
    bool zero_one = true;
    for (size_t i = 0; i < dlrn_table_rows(f->table); i++) {
        const char *text = dlrn_table_text(f->table, f->at, i);
        double x;
        if (!f->train[i] || clinical_is_missing(text)) continue;
        const bool number = number_of(&x, text);
        numbers += number;
        words += !number;
        zero_one = zero_one && number && (x == 0 || x == 1);
    }
    return zero_one ? CLINICAL_BINARY : numbers > words ? CLINICAL_NUMBER : CLINICAL_CATEGORY;
}

static dlrn_status fit_term(const fitting *f)
{
    dlrn_status st;
    clinical_term *t = f->t;
    size_t present = 0;
    DLRN_TRY(config_set_text(&t->column, f->wanted->column, f->err));
    DLRN_TRY(config_set_text(&t->label, f->wanted->label, f->err));
    t->log1p = f->wanted->log1p;
    for (size_t i = 0; i < dlrn_table_rows(f->table); i++) {
        const bool missing = clinical_is_missing(dlrn_table_text(f->table, f->at, i));
        t->missing += f->train[i] && missing;
        present += f->train[i] && !missing;
    }
    if (!present) {
        st = dlrn_fail(f->err, DLRN_EINVAL, "%s: column '%s' is empty in the training rows",
                       dlrn_table_name(f->table), t->column);
        goto done;
    }
    const char *type = f->wanted->type;
    t->kind = guess_kind(f);
    if (type && !strcmp(type, "number")) t->kind = CLINICAL_NUMBER;
    // two words are a category of two levels, whatever it is called
    if (type && !strcmp(type, "category")) t->kind = CLINICAL_CATEGORY;
    if (type && !strcmp(type, "binary") && t->kind == CLINICAL_NUMBER) t->kind = CLINICAL_CATEGORY;
    if (t->kind == CLINICAL_CATEGORY) {
        DLRN_TRY(find_levels(f));
        fit_mode(f);
        t->width = t->level.n - 1;
        if (type && !strcmp(type, "binary") && t->width != 1)
            st = dlrn_fail(f->err, DLRN_EINVAL, "%s: column '%s' has %zu values, binary needs two",
                           dlrn_table_name(f->table), t->column, t->level.n);
    } else {
        DLRN_TRY(fit_number(f));
        t->width = 1;
    }
done:
    return st;
}

/* Design columns and their names, once the terms are known. */
static dlrn_status lay_out(clinical_spec *s, dlrn_error *err)
{
    dlrn_status st;
    size_t p = 0, at = 0;
    for (size_t i = 0; i < s->n; i++) {
        s->term[i].first = p;
        p += s->term[i].width;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&s->name, p, err));
    s->p = p;
    for (size_t i = 0; i < s->n; i++) {
        const clinical_term *t = &s->term[i];
        for (size_t k = 0; k < t->width; k++) {
            dlrn_str b = {0};
            dlrn_str_add(&b, t->column);
            if (t->kind == CLINICAL_CATEGORY) dlrn_str_addf(&b, "=%s", t->level.v[k + 1]);
            if (b.failed) {
                st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name");
                goto done;
            }
            s->name[at++] = b.s;
        }
    }
done:
    return st;
}

dlrn_status clinical_fit(clinical_spec *out, const config_clinical *wanted, size_t n,
                         const dlrn_table *t, const bool *train, dlrn_error *err)
{
    dlrn_status st;
    *out = (clinical_spec){0};
    DLRN_TRY(dlrn_alloc_or_fail(&out->term, n, err));
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        fitting f = {&out->term[i], &wanted[i], t, 0, train, err};
        DLRN_TRY(dlrn_table_need(&f.at, t, wanted[i].column, err));
        DLRN_TRY(fit_term(&f));
    }
    DLRN_TRY(lay_out(out, err));
done:
    if (st != DLRN_OK) clinical_spec_clear(out);
    return st;
}

dlrn_status clinical_subset(clinical_spec *out, const clinical_spec *s, const bool *keep,
                            dlrn_error *err)
{
    dlrn_status st;
    *out = (clinical_spec){0};
    DLRN_TRY(dlrn_alloc_or_fail(&out->term, s->n, err));
    for (size_t i = 0; i < s->n; i++) {
        if (!keep[i]) continue;
        clinical_term *t = &out->term[out->n++];
        *t = s->term[i];
        t->column = t->label = NULL;
        t->level = (config_list){0};
        DLRN_TRY(config_set_text(&t->column, s->term[i].column, err));
        DLRN_TRY(config_set_text(&t->label, s->term[i].label, err));
        for (size_t k = 0; k < s->term[i].level.n; k++)
            DLRN_TRY(config_list_add(&t->level, s->term[i].level.v[k], err));
    }
    DLRN_TRY(lay_out(out, err));
done:
    if (st != DLRN_OK) clinical_spec_clear(out);
    return st;
}

/* ---- encoding ---- */

static void encode_level(double *x, const clinical_term *t, size_t level)
{
    for (size_t k = 0; k < t->width; k++)
        x[k] = level == k + 1;
}

dlrn_status clinical_encode(double *x, clinical_note *note, const clinical_term *t,
                            const char *text, dlrn_error *err)
{
    *note = CLINICAL_AS_GIVEN;
    if (clinical_is_missing(text)) {
        *note = CLINICAL_IMPUTED;
        if (t->kind == CLINICAL_CATEGORY)
            encode_level(x, t, (size_t)t->impute);
        else
            *x = t->impute;
        return DLRN_OK;
    }
    if (t->kind == CLINICAL_CATEGORY) {
        for (size_t k = 0; k < t->level.n; k++)
            if (!strcmp(t->level.v[k], text)) {
                encode_level(x, t, k);
                return DLRN_OK;
            }
        *note = CLINICAL_UNKNOWN;
        encode_level(x, t, (size_t)t->impute);
        return DLRN_OK;
    }
    if (!number_of(x, text))
        return dlrn_fail(err, DLRN_EINVAL, "%s: '%s' is not a number", t->column, text);
    if (*x < t->lo || *x > t->hi) *note = CLINICAL_OUT_OF_RANGE;
    if (t->log1p) {
        if (*x <= -1)
            return dlrn_fail(err, DLRN_EINVAL, "%s: '%s' has no logarithm log(1 + x)", t->column,
                             text);
        *x = log1p(*x);
    }
    return DLRN_OK;
}

dlrn_status clinical_encode_table(double **x, size_t *unknown, const clinical_spec *s,
                                  const dlrn_table *t, dlrn_error *err)
{
    dlrn_status st;
    const size_t rows = dlrn_table_rows(t);
    *x = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(x, rows * s->p, err));
    for (size_t k = 0; k < s->n; k++) {
        const clinical_term *term = &s->term[k];
        size_t at;
        DLRN_TRY(dlrn_table_need(&at, t, term->column, err));
        for (size_t i = 0; i < rows; i++) {
            clinical_note note;
            st = clinical_encode(*x + i * s->p + term->first, &note, term,
                                 dlrn_table_text(t, at, i), err);
            if (st != DLRN_OK) {
                dlrn_error_prefix(err, "%s, line %zu: ", dlrn_table_name(t), dlrn_table_line(t, i));
                goto done;
            }
            if (unknown) unknown[k] += note == CLINICAL_UNKNOWN;
        }
    }
done:
    if (st != DLRN_OK) {
        free(*x);
        *x = NULL;
    }
    return st;
}

/* ---- keeping ---- */

static const char *const kind_names[] = {"number", "binary", "category"};

dlrn_json *clinical_json(const clinical_spec *s)
{
    dlrn_json *a = dlrn_json_array();
    for (size_t i = 0; i < s->n; i++) {
        const clinical_term *t = &s->term[i];
        dlrn_json *j = dlrn_json_object(), *levels = dlrn_json_array();
        dlrn_json_set_string(j, "column", t->column);
        dlrn_json_set_string(j, "label", t->label);
        dlrn_json_set_string(j, "type", kind_names[t->kind]);
        dlrn_json_set_bool(j, "log1p", t->log1p);
        for (size_t k = 0; k < t->level.n; k++)
            dlrn_json_append_take(levels, dlrn_json_string(t->level.v[k]));
        dlrn_json_set_take(j, "levels", levels);
        dlrn_json_set_number(j, "impute", t->impute);
        dlrn_json_set_number(j, "lo", t->lo);
        dlrn_json_set_number(j, "hi", t->hi);
        dlrn_json_set_integer(j, "missing", (int64_t)t->missing);
        dlrn_json_append_take(a, j);
    }
    return a;
}

static dlrn_status term_from_json(clinical_term *t, const dlrn_json *j, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_json *levels = dlrn_json_get(j, "levels");
    const char *type = dlrn_json_get_string(j, "type", "");
    DLRN_TRY(config_set_text(&t->column, dlrn_json_get_string(j, "column", ""), err));
    DLRN_TRY(config_set_text(&t->label, dlrn_json_get_string(j, "label", t->column), err));
    t->kind = !strcmp(type, "category") ? CLINICAL_CATEGORY
              : !strcmp(type, "binary") ? CLINICAL_BINARY
                                        : CLINICAL_NUMBER;
    for (size_t k = 0; k < dlrn_json_size(levels); k++)
        DLRN_TRY(config_list_add(&t->level, dlrn_json_as_string(dlrn_json_at(levels, k), ""), err));
    t->log1p = dlrn_json_get_bool(j, "log1p", false);
    t->impute = dlrn_json_get_number(j, "impute", (double)NAN);
    t->lo = dlrn_json_get_number(j, "lo", (double)NAN);
    t->hi = dlrn_json_get_number(j, "hi", (double)NAN);
    t->missing = (size_t)dlrn_json_get_number(j, "missing", 0);
    t->width = t->kind == CLINICAL_CATEGORY ? t->level.n - 1 : 1;
    const bool level_ok = t->kind != CLINICAL_CATEGORY ||
                          (t->level.n >= 2 && t->impute >= 0 && t->impute < (double)t->level.n);
    if (!*t->column || !isfinite(t->impute) || !level_ok)
        st = dlrn_fail(err, DLRN_EFORMAT, "a clinical term is damaged");
done:
    return st;
}

dlrn_status clinical_from_json(clinical_spec *out, const dlrn_json *j, dlrn_error *err)
{
    dlrn_status st;
    *out = (clinical_spec){0};
    DLRN_TRY(dlrn_alloc_or_fail(&out->term, dlrn_json_size(j), err));
    out->n = dlrn_json_size(j);
    for (size_t i = 0; i < out->n; i++)
        DLRN_TRY(term_from_json(&out->term[i], dlrn_json_at(j, i), err));
    DLRN_TRY(lay_out(out, err));
done:
    if (st != DLRN_OK) clinical_spec_clear(out);
    return st;
}
