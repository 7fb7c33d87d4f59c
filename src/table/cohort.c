/* SPDX-License-Identifier: Apache-2.0
 *
 * The cohort table: roles of columns, and the checks that need no image.
 */
#include <dlrn/cohort.h>
#include <dlrn/split.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    dlrn_cohort *c;
    dlrn_table *t;
    const dlrn_cohort_roles *roles;
    const char *name; /* of the table */
    dlrn_error *err;
} reader;

static void free_texts(char **v, size_t n)
{
    for (size_t i = 0; v && i < n; i++)
        free(v[i]);
    free(v);
}

void dlrn_cohort_clear(dlrn_cohort *c)
{
    if (!c) return;
    free(c->path);
    free(c->line);
    free_texts(c->id, c->rows);
    free(c->patient);
    free(c->centre);
    free_texts(c->centre_name, c->n_centres);
    free(c->cohort);
    free_texts(c->cohort_name, c->n_cohorts);
    free(c->label);
    free_texts(c->image, c->rows);
    free_texts(c->mask, c->rows);
    free_texts(c->mask2, c->rows);
    free(c->mask_label);
    *c = (dlrn_cohort){0};
}

static size_t find(const reader *r, const char *column)
{
    return column && *column ? dlrn_table_find(r->t, column) : SIZE_MAX;
}

static dlrn_status copy_text(char **out, const char *s, dlrn_error *err)
{
    *out = dlrn_strdup(s);
    return *out ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory");
}

/* ---- different texts of a column, numbered ---- */

typedef struct seen {
    const char *text;
    size_t row;
} seen;

static int compare_seen(const void *a, const void *b)
{
    const seen *x = a, *y = b;
    const int order = strcmp(x->text, y->text);
    return order ? order : x->row < y->row ? -1 : x->row > y->row;
}

/* The rows of a column in the order of their texts. */
static dlrn_status sort_column(seen **out, const reader *r, size_t j)
{
    const size_t n = r->c->rows;
    seen *v = *out = dlrn_alloc_array(n, sizeof *v);
    if (!v) return dlrn_fail(r->err, DLRN_ENOMEM, "out of memory for %zu rows", n);
    for (size_t i = 0; i < n; i++)
        v[i] = (seen){dlrn_table_text(r->t, j, i), i};
    qsort(v, n, sizeof *v, compare_seen);
    return DLRN_OK;
}

/* number[i]: which different text of column j row i holds, in order of appearance; first[k]: the
 * row in which number k appears. */
static dlrn_status number_texts(size_t *number, size_t *first, size_t *count, const reader *r,
                                size_t j)
{
    const size_t n = r->c->rows;
    seen *v = NULL;
    size_t *leader = NULL;
    dlrn_status st;
    DLRN_TRY(sort_column(&v, r, j));
    DLRN_TRY(dlrn_alloc_or_fail(&leader, n, r->err));
    for (size_t i = 0, lead = 0; i < n; i++) {
        if (i == 0 || strcmp(v[i].text, v[i - 1].text) != 0) lead = v[i].row;
        leader[v[i].row] = lead;
    }
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (leader[i] == i) {
            first[*count] = i;
            number[i] = (*count)++;
        } else {
            number[i] = number[leader[i]];
        }
    }
done:
    free(leader);
    free(v);
    return st;
}

/* ---- the roles ---- */

static dlrn_status read_ids(const reader *r)
{
    dlrn_cohort *c = r->c;
    const size_t j = find(r, r->roles->id);
    seen *v = NULL;
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&c->id, c->rows, r->err));
    for (size_t i = 0; i < c->rows; i++) {
        char number[32];
        snprintf(number, sizeof number, "%zu", i + 1);
        const char *text = j == SIZE_MAX ? number : dlrn_table_text(r->t, j, i);
        if (!*text)
            return dlrn_fail(r->err, DLRN_EINVAL,
                             "%s, line %zu, column %s: empty; every row needs an id of its own",
                             r->name, c->line[i], r->roles->id);
        DLRN_TRY(copy_text(&c->id[i], text, r->err));
    }
    if (j == SIZE_MAX) goto done;
    DLRN_TRY(sort_column(&v, r, j));
    for (size_t i = 1; i < c->rows && st == DLRN_OK; i++)
        if (!strcmp(v[i].text, v[i - 1].text))
            st = dlrn_fail(r->err, DLRN_EINVAL,
                           "%s, line %zu, column %s: the same id as in line %zu (duplicate id); "
                           "every row needs an id of its own",
                           r->name, c->line[v[i].row], r->roles->id, c->line[v[i - 1].row]);
done:
    free(v);
    return st;
}

static dlrn_status read_patients(const reader *r)
{
    dlrn_cohort *c = r->c;
    const size_t j = find(r, r->roles->patient);
    size_t *first = NULL;
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&c->patient, c->rows, r->err));
    c->has_patient = j != SIZE_MAX;
    c->n_patients = c->rows;
    if (!c->has_patient) {
        for (size_t i = 0; i < c->rows; i++)
            c->patient[i] = i;
        return DLRN_OK;
    }
    for (size_t i = 0; i < c->rows; i++)
        if (dlrn_table_missing(r->t, j, i))
            return dlrn_fail(r->err, DLRN_EINVAL,
                             "%s, line %zu, column %s: missing; every row needs its patient, or "
                             "none has one",
                             r->name, c->line[i], r->roles->patient);
    DLRN_TRY(dlrn_alloc_or_fail(&first, c->rows, r->err));
    DLRN_TRY(number_texts(c->patient, first, &c->n_patients, r, j));
done:
    free(first);
    return st;
}

static dlrn_status read_centres(const reader *r)
{
    dlrn_cohort *c = r->c;
    const size_t j = find(r, r->roles->centre);
    size_t *first = NULL, n = 1;
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&c->centre, c->rows, r->err));
    DLRN_TRY(dlrn_alloc_or_fail(&first, c->rows, r->err));
    c->has_centre = j != SIZE_MAX;
    if (c->has_centre) DLRN_TRY(number_texts(c->centre, first, &n, r, j));
    DLRN_TRY(dlrn_alloc_or_fail(&c->centre_name, n, r->err));
    c->n_centres = n;
    for (size_t k = 0; k < n; k++)
        DLRN_TRY(copy_text(&c->centre_name[k],
                           c->has_centre ? dlrn_table_text(r->t, j, first[k]) : "", r->err));
done:
    free(first);
    return st;
}

/* The same text, or the same number. */
static bool same_value(const char *a, const char *b)
{
    double x, y;
    if (!strcmp(a, b)) return true;
    return dlrn_parse_double(&x, a, strlen(a)) && dlrn_parse_double(&y, b, strlen(b)) && x == y;
}

static dlrn_status read_labels(const reader *r)
{
    dlrn_cohort *c = r->c;
    const char *positive = r->roles->positive ? r->roles->positive : "1";
    const char *other = NULL;
    size_t j, other_line = 0;
    dlrn_status st;
    DLRN_TRY(dlrn_table_need(&j, r->t, r->roles->outcome, r->err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->label, c->rows, r->err));
    for (size_t i = 0; i < c->rows; i++) {
        const char *text = dlrn_table_text(r->t, j, i);
        if (dlrn_table_missing(r->t, j, i))
            return dlrn_fail(r->err, DLRN_EINVAL,
                             "%s, line %zu, column %s: the outcome is missing; fill it in or take "
                             "the row out",
                             r->name, c->line[i], r->roles->outcome);
        c->label[i] = same_value(text, positive);
        if (c->label[i]) continue;
        if (other && !same_value(text, other))
            return dlrn_fail(r->err, DLRN_EINVAL,
                             "%s, line %zu, column %s: '%s' is a third value; expected %s "
                             "(positive) or %s (line %zu)",
                             r->name, c->line[i], r->roles->outcome, text, positive, other,
                             other_line);
        if (!other) other_line = c->line[i];
        other = text;
    }
done:
    return st;
}

static dlrn_status name_cohorts(const reader *r)
{
    dlrn_cohort *c = r->c;
    const dlrn_cohort_roles *roles = r->roles;
    const bool make_test = find(r, roles->cohort) == SIZE_MAX && roles->n_test == 0;
    dlrn_status st;
    c->n_cohorts = 1 + (make_test ? 1 : roles->n_test);
    DLRN_TRY(dlrn_alloc_or_fail(&c->cohort_name, c->n_cohorts, r->err));
    DLRN_TRY(copy_text(&c->cohort_name[0], roles->train ? roles->train : "training", r->err));
    for (size_t k = 1; k < c->n_cohorts; k++)
        DLRN_TRY(copy_text(&c->cohort_name[k], make_test ? "test" : roles->test[k - 1], r->err));
done:
    return st;
}

static dlrn_status make_split(const reader *r)
{
    dlrn_cohort *c = r->c;
    const dlrn_split_rows rows = {c->rows, c->label, c->patient, c->centre};
    uint8_t *part = NULL;
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&part, c->rows, r->err));
    st = dlrn_split(part, &rows, 0.2, r->roles->seed, r->err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(r->err,
                          "%s: there is no cohort column, so an 80/20 split is made: ", r->name);
        goto done;
    }
    for (size_t i = 0; i < c->rows; i++)
        c->cohort[i] = part[i];
    c->split_made = true;
done:
    free(part);
    return st;
}

static dlrn_status unknown_cohort(const reader *r, size_t i, const char *found)
{
    dlrn_str known = {0};
    for (size_t k = 0; k < r->c->n_cohorts; k++)
        dlrn_str_addf(&known, "%s%s", k ? ", " : "", r->c->cohort_name[k]);
    const dlrn_status st = dlrn_fail(
        r->err, DLRN_EINVAL,
        "%s, line %zu, column %s: unknown cohort '%s'; expected one of %s (see `cohorts`)", r->name,
        r->c->line[i], r->roles->cohort, found, dlrn_str_get(&known));
    dlrn_str_clear(&known);
    return st;
}

static dlrn_status check_patients_whole(const reader *r)
{
    const dlrn_cohort *c = r->c;
    size_t *first = dlrn_alloc_array(c->n_patients, sizeof *first);
    if (!first) return dlrn_fail(r->err, DLRN_ENOMEM, "out of memory");
    dlrn_status st = DLRN_OK;
    for (size_t i = c->rows; i-- > 0;)
        first[c->patient[i]] = i;
    for (size_t i = 0; i < c->rows && st == DLRN_OK; i++) {
        const size_t k = first[c->patient[i]];
        if (c->cohort[i] != c->cohort[k])
            st = dlrn_fail(r->err, DLRN_EINVAL,
                           "%s, line %zu, column %s: the same patient is in two cohorts: %s here, "
                           "%s in line %zu; all rows of a patient belong into one",
                           r->name, c->line[i], r->roles->patient, c->cohort_name[c->cohort[i]],
                           c->cohort_name[c->cohort[k]], c->line[k]);
    }
    free(first);
    return st;
}

static dlrn_status check_training(const reader *r)
{
    const dlrn_cohort *c = r->c;
    size_t n[2] = {0, 0};
    for (size_t i = 0; i < c->rows; i++)
        if (c->cohort[i] == 0) n[c->label[i]]++;
    const char *train = c->cohort_name[0], *positive = r->roles->positive;
    if (n[0] + n[1] == 0)
        return dlrn_fail(r->err, DLRN_EINVAL, "%s: no row is in the training cohort '%s'", r->name,
                         train);
    for (int l = 0; l < 2; l++)
        if (n[l] == 0)
            return dlrn_fail(r->err, DLRN_EINVAL,
                             "%s: all %zu rows of the training cohort '%s' have one class (column "
                             "%s %s %s); a model needs both",
                             r->name, n[1 - l], train, r->roles->outcome,
                             l ? "is never" : "is always", positive ? positive : "1");
    return DLRN_OK;
}

static dlrn_status read_cohorts(const reader *r)
{
    dlrn_cohort *c = r->c;
    const size_t j = find(r, r->roles->cohort);
    dlrn_status st;
    DLRN_TRY(name_cohorts(r));
    DLRN_TRY(dlrn_alloc_or_fail(&c->cohort, c->rows, r->err));
    if (j == SIZE_MAX) {
        DLRN_TRY(make_split(r));
    } else {
        for (size_t i = 0; i < c->rows; i++) {
            const char *text = dlrn_table_text(r->t, j, i);
            size_t k = 0;
            while (k < c->n_cohorts && strcmp(text, c->cohort_name[k]) != 0)
                k++;
            if (k == c->n_cohorts) return unknown_cohort(r, i, text);
            c->cohort[i] = k;
        }
        DLRN_TRY(check_patients_whole(r));
    }
    DLRN_TRY(check_training(r));
done:
    return st;
}

static dlrn_status read_paths(const reader *r, char ***out, const char *column, const char *folder)
{
    const size_t j = find(r, column);
    dlrn_status st;
    if (j == SIZE_MAX) return DLRN_OK;
    DLRN_TRY(dlrn_alloc_or_fail(out, r->c->rows, r->err));
    for (size_t i = 0; i < r->c->rows; i++) {
        if (dlrn_table_missing(r->t, j, i)) continue;
        (*out)[i] = dlrn_path_join(folder, dlrn_table_text(r->t, j, i));
        if (!(*out)[i]) return dlrn_fail(r->err, DLRN_ENOMEM, "out of memory");
    }
done:
    return st;
}

static dlrn_status check_paths(const reader *r, char **path, const char *column, bool needed)
{
    for (size_t i = 0; path && i < r->c->rows; i++) {
        if (!path[i] && needed)
            return dlrn_fail(r->err, DLRN_EINVAL, "%s, line %zu, column %s: the path is missing",
                             r->name, r->c->line[i], column);
        if (path[i] && !dlrn_file_exists(path[i]))
            return dlrn_fail(r->err, DLRN_ENOTFOUND,
                             "%s, line %zu, column %s: there is no file %s (paths are relative to "
                             "the table)",
                             r->name, r->c->line[i], column, path[i]);
    }
    return DLRN_OK;
}

static dlrn_status read_files(const reader *r)
{
    dlrn_cohort *c = r->c;
    const dlrn_cohort_roles *roles = r->roles;
    char *folder = dlrn_path_folder(r->name);
    dlrn_status st = DLRN_OK;
    DLRN_TRY(read_paths(r, &c->image, roles->image, folder));
    DLRN_TRY(read_paths(r, &c->mask, roles->mask, folder));
    DLRN_TRY(read_paths(r, &c->mask2, roles->mask2, folder));
    DLRN_TRY(dlrn_alloc_or_fail(&c->mask_label, c->rows, r->err));
    const size_t j = find(r, roles->mask_label);
    const double *number = NULL;
    if (j != SIZE_MAX) DLRN_TRY(dlrn_table_numbers(&number, r->t, j, r->err));
    for (size_t i = 0; i < c->rows; i++) {
        const double x = number && !isnan(number[i]) ? number[i] : 1;
        if (!(x >= 1 && x <= 4294967295.0 && x == floor(x))) {
            st = dlrn_fail(r->err, DLRN_EINVAL,
                           "%s, line %zu, column %s: %g is no mask label; expected 1, 2, 3, ...",
                           r->name, c->line[i], roles->mask_label, x);
            goto done;
        }
        c->mask_label[i] = (int64_t)x;
    }
    if (!roles->check_files) goto done;
    DLRN_TRY(check_paths(r, c->image, roles->image, true));
    DLRN_TRY(check_paths(r, c->mask, roles->mask, true));
    DLRN_TRY(check_paths(r, c->mask2, roles->mask2, false));
done:
    free(folder);
    return st;
}

/* ---- all together ---- */

static dlrn_status read_all(const reader *r)
{
    dlrn_cohort *c = r->c;
    dlrn_status st;
    c->rows = dlrn_table_rows(r->t);
    if (c->rows == 0) return dlrn_fail(r->err, DLRN_EINVAL, "%s: no row", r->name);
    DLRN_TRY(copy_text(&c->path, r->name, r->err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->line, c->rows, r->err));
    for (size_t i = 0; i < c->rows; i++)
        c->line[i] = dlrn_table_line(r->t, i);
    DLRN_TRY(read_ids(r));
    DLRN_TRY(read_patients(r));
    DLRN_TRY(read_centres(r));
    DLRN_TRY(read_labels(r));
    DLRN_TRY(read_cohorts(r));
    DLRN_TRY(read_files(r));
done:
    return st;
}

dlrn_status dlrn_cohort_from_table(dlrn_cohort *out, dlrn_table *table,
                                   const dlrn_cohort_roles *roles, dlrn_error *err)
{
    *out = (dlrn_cohort){0};
    const reader r = {out, table, roles, dlrn_table_name(table), err};
    const dlrn_status st = read_all(&r);
    if (st != DLRN_OK) dlrn_cohort_clear(out);
    return st;
}
