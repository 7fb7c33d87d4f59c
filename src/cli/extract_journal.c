/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal of a batch: a line that says what it belongs to, then one JSON line a case. A run
 * that was cut off goes on from it.
 */
#include "extract.h"

#include <dlrn/json.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct extract_journal {
    FILE *f;
    char *path;
    char *const *stamp;
};

char *extract_stamp(const char *image, const char *mask)
{
    const char *const path[] = {image, mask};
    dlrn_str b = {0};
    for (int k = 0; k < 2; k++) {
        struct stat s;
        if (stat(path[k], &s) == 0)
            dlrn_str_addf(&b, "%lld bytes %lld.%09ld; ", (long long)s.st_size,
                          (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
        else
            dlrn_str_add(&b, "absent; ");
    }
    return b.s;
}

/* A number; what JSON has no number for as text. */
static void set_value(dlrn_json *o, const char *name, double x)
{
    char text[32];
    if (isfinite(x))
        dlrn_json_set_number(o, name, x);
    else
        dlrn_json_set_string(o, name, dlrn_format_double(text, x));
}

static double as_value(const dlrn_json *v)
{
    double x = NAN;
    const char *text = dlrn_json_as_string(v, NULL);
    if (text && dlrn_parse_double(&x, text, strlen(text))) return x;
    return dlrn_json_as_number(v, NAN);
}

static dlrn_status cannot_write(const extract_journal *j, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EIO, "%s: cannot write: %s", j->path, strerror(errno));
}

dlrn_status extract_journal_add(extract_journal *j, size_t i, const extract_result *r,
                                dlrn_error *err)
{
    const dlrn_features *f = &r->f;
    char *text = NULL;
    dlrn_json *o = dlrn_json_object(), *values = dlrn_json_object();
    dlrn_json *info = dlrn_json_object(), *why = dlrn_json_object();
    for (size_t k = 0; k < f->n_info; k++)
        dlrn_json_set_string(info, f->info_name[k], f->info_text[k]);
    for (size_t k = 0; k < f->n; k++) {
        set_value(values, f->name[k], f->value[k]);
        if (f->reason[k]) dlrn_json_set_string(why, f->name[k], f->reason[k]);
    }
    dlrn_json_set_integer(o, "row", (int64_t)i);
    dlrn_json_set_string(o, "files", j->stamp[i]);
    dlrn_json_set_take(o, "info", info);
    dlrn_json_set_take(o, "values", values);
    dlrn_json_set_take(o, "reasons", why);
    dlrn_status st = dlrn_json_text(&text, o, 0, err);
    if (st == DLRN_OK && (fputs(text, j->f) == EOF || fflush(j->f) != 0)) st = cannot_write(j, err);
    free(text);
    dlrn_json_free(o);
    return st;
}

static dlrn_status take_names(char ***names, const dlrn_json *o, dlrn_error *err)
{
    dlrn_json_member m;
    size_t k = 0;
    const dlrn_status st = dlrn_alloc_or_fail(names, dlrn_json_size(o), err);
    if (st != DLRN_OK) return st;
    for (bool more = dlrn_json_first(o, &m); more; more = dlrn_json_next(o, &m))
        if (!((*names)[k++] = dlrn_strdup(m.key)))
            return dlrn_fail(err, DLRN_ENOMEM, "out of memory for names");
    return DLRN_OK;
}

static dlrn_status take_text(char **out, const char *text, dlrn_error *err)
{
    *out = text ? dlrn_strdup(text) : NULL;
    return text && !*out ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for a text") : DLRN_OK;
}

static dlrn_status restore(dlrn_features *f, const dlrn_json *line, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json_member m;
    size_t k = 0;
    const dlrn_json *info = dlrn_json_get(line, "info"), *values = dlrn_json_get(line, "values");
    const dlrn_json *why = dlrn_json_get(line, "reasons");
    DLRN_TRY(dlrn_alloc_or_fail(&f->value, dlrn_json_size(values), err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->reason, dlrn_json_size(values), err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->info_text, dlrn_json_size(info), err));
    DLRN_TRY(take_names(&f->name, values, err));
    f->n = dlrn_json_size(values);
    DLRN_TRY(take_names(&f->info_name, info, err));
    f->n_info = dlrn_json_size(info);
    for (bool more = dlrn_json_first(values, &m); more; more = dlrn_json_next(values, &m), k++) {
        f->value[k] = as_value(m.value);
        DLRN_TRY(take_text(&f->reason[k], dlrn_json_get_string(why, m.key, NULL), err));
    }
    k = 0;
    for (bool more = dlrn_json_first(info, &m); more; more = dlrn_json_next(info, &m))
        DLRN_TRY(take_text(&f->info_text[k++], dlrn_json_as_string(m.value, ""), err));
done:
    return st;
}

/* A last line that was cut off is done again. */
static dlrn_status resume(const extract_journal *j, extract_result *result, size_t *taken, size_t n,
                          const char *key, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    char *text = NULL;
    size_t len;
    if (!dlrn_file_exists(j->path)) return DLRN_OK;
    DLRN_TRY(dlrn_read_file(&text, &len, j->path, err));
    char *line = text, *end = strchr(line, '\n');
    if (!end || (size_t)(end - line) != 64 || strncmp(line, key, 64) != 0) goto done;
    for (line = end + 1; st == DLRN_OK && (end = strchr(line, '\n')); line = end + 1) {
        dlrn_json *o = NULL;
        if (dlrn_json_parse(&o, line, (size_t)(end - line), NULL) != DLRN_OK) break;
        const double row = dlrn_json_get_number(o, "row", -1);
        const size_t i = row >= 0 && row < (double)n ? (size_t)row : n;
        if (i < n && !result[i].done &&
            !strcmp(dlrn_json_get_string(o, "files", ""), j->stamp[i])) {
            st = restore(&result[i].f, o, err);
            result[i].done = true;
            ++*taken;
        }
        dlrn_json_free(o);
    }
done:
    free(text);
    return st;
}

/* Begins it anew with what was taken over; the old one stays until the new one is whole. */
static dlrn_status begin(extract_journal *j, const extract_result *result, size_t n,
                         const char *key, dlrn_error *err)
{
    dlrn_status st;
    dlrn_out fresh;
    DLRN_TRY(dlrn_out_open(&fresh, j->path, err));
    j->f = fresh.f;
    if (fprintf(j->f, "%s\n", key) < 0) st = cannot_write(j, err);
    for (size_t i = 0; st == DLRN_OK && i < n; i++)
        if (result[i].done) st = extract_journal_add(j, i, &result[i], err);
    j->f = NULL;
    if (st != DLRN_OK) {
        dlrn_out_discard(&fresh);
        goto done;
    }
    DLRN_TRY(dlrn_out_commit(&fresh, err));
    j->f = fopen(j->path, "a");
    if (!j->f) st = cannot_write(j, err);
done:
    return st;
}

dlrn_status extract_journal_open(extract_journal **out, extract_result *result, size_t *taken,
                                 char *const *stamp, size_t n, const char *path, const char *key,
                                 dlrn_error *err)
{
    dlrn_status st;
    extract_journal *j = NULL;
    *out = NULL;
    *taken = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&j, 1, err));
    j->stamp = stamp;
    j->path = dlrn_strdup(path);
    if (!j->path) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    DLRN_TRY(resume(j, result, taken, n, key, err));
    DLRN_TRY(begin(j, result, n, key, err));
    *out = j;
    j = NULL;
done:
    extract_journal_close(j, true);
    return st;
}

void extract_journal_close(extract_journal *j, bool keep)
{
    if (!j) return;
    if (j->f) fclose(j->f);
    if (!keep) unlink(j->path);
    free(j->path);
    free(j);
}
