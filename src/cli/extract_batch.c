/* SPDX-License-Identifier: Apache-2.0
 *
 * Many cases: in parallel, each noted in a journal beside the output when it is done, so that an
 * interrupted run goes on where it stopped. The table is written when all are there.
 */
#include "extract.h"

#include <dlrn/json.h>
#include <dlrn/table.h>

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct result {
    dlrn_features f;
    bool done;
    char *failure; /* why there are no features */
} result;

typedef struct batch {
    const cli_call *call;
    const dlrn_radiomics *s;
    dlrn_table *cases;
    char *folder, *journal_path, key[65];
    size_t image, mask, label; /* columns; label SIZE_MAX: none */
    result *r;                 /* [rows] */
    size_t n, finished;
    FILE *journal;
    pthread_mutex_t lock;
} batch;

/* ---- journal: one JSON line a case, after a line that says what it belongs to ---- */

static dlrn_status note(batch *b, size_t i, dlrn_error *err)
{
    const dlrn_features *f = &b->r[i].f;
    char *text = NULL;
    dlrn_json *o = dlrn_json_object(), *values = dlrn_json_object();
    dlrn_json *info = dlrn_json_object(), *why = dlrn_json_object();
    for (size_t k = 0; k < f->n_info; k++)
        dlrn_json_set_string(info, f->info_name[k], f->info_text[k]);
    for (size_t k = 0; k < f->n; k++) {
        dlrn_json_set_number(values, f->name[k], f->value[k]);
        if (f->reason[k]) dlrn_json_set_string(why, f->name[k], f->reason[k]);
    }
    dlrn_json_set_integer(o, "row", (int64_t)i);
    dlrn_json_set_take(o, "info", info);
    dlrn_json_set_take(o, "values", values);
    dlrn_json_set_take(o, "reasons", why);
    dlrn_status st = dlrn_json_text(&text, o, 0, err);
    if (st == DLRN_OK && (fputs(text, b->journal) == EOF || fflush(b->journal) != 0))
        st = dlrn_fail(err, DLRN_EIO, "%s: cannot write (is the disk full?)", b->journal_path);
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
        const char *reason = dlrn_json_get_string(why, m.key, NULL);
        f->value[k] = dlrn_json_as_number(m.value, NAN);
        f->reason[k] = reason ? dlrn_strdup(reason) : NULL;
    }
    k = 0;
    for (bool more = dlrn_json_first(info, &m); more; more = dlrn_json_next(info, &m))
        f->info_text[k++] = dlrn_strdup(dlrn_json_as_string(m.value, ""));
done:
    return st;
}

/* Takes over the cases of an earlier run with the same table, settings and program. A last line
 * that was cut off is done again. */
static dlrn_status resume(batch *b, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    char *text = NULL;
    size_t len;
    if (!dlrn_file_exists(b->journal_path)) return DLRN_OK;
    DLRN_TRY(dlrn_read_file(&text, &len, b->journal_path, err));
    char *line = text, *end = strchr(line, '\n');
    if (!end || (size_t)(end - line) != 64 || strncmp(line, b->key, 64) != 0) goto done;
    for (line = end + 1; (end = strchr(line, '\n')); line = end + 1) {
        dlrn_json *o = NULL;
        if (dlrn_json_parse(&o, line, (size_t)(end - line), NULL) != DLRN_OK) break;
        const double row = dlrn_json_get_number(o, "row", -1);
        if (row >= 0 && row < (double)b->n && !b->r[(size_t)row].done) {
            st = restore(&b->r[(size_t)row].f, o, err);
            b->r[(size_t)row].done = true;
            b->finished++;
        }
        dlrn_json_free(o);
        if (st != DLRN_OK) break;
    }
done:
    free(text);
    return st;
}

static dlrn_status start_journal(batch *b, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(resume(b, err));
    if (b->finished) cli_note(b->call, "%zu of %zu cases were done earlier", b->finished, b->n);
    b->journal = fopen(b->journal_path, "w");
    if (!b->journal) {
        st = dlrn_fail(err, DLRN_EIO, "%s: cannot be written", b->journal_path);
        goto done;
    }
    fprintf(b->journal, "%s\n", b->key);
    for (size_t i = 0; i < b->n; i++)
        if (b->r[i].done) DLRN_TRY(note(b, i, err));
done:
    return st;
}

/* ---- cases ---- */

static dlrn_status find_columns(batch *b, dlrn_error *err)
{
    static const char *const labels[] = {"Label", "mask_label", "label"};
    dlrn_status st = DLRN_OK;
    const bool cohort = dlrn_table_find(b->cases, "Image") == SIZE_MAX;
    DLRN_TRY(dlrn_table_need(&b->image, b->cases, cohort ? "image" : "Image", err));
    DLRN_TRY(dlrn_table_need(&b->mask, b->cases, cohort ? "mask" : "Mask", err));
    b->label = SIZE_MAX;
    for (size_t i = cohort ? 1 : 0; i < 3 && b->label == SIZE_MAX; i += 2)
        b->label = dlrn_table_find(b->cases, labels[i]);
    if (cohort && b->label != SIZE_MAX &&
        strcmp(dlrn_table_column(b->cases, b->label), "mask_label") != 0)
        b->label = SIZE_MAX; // a cohort's `label` is its outcome
done:
    return st;
}

static dlrn_status one_case(batch *b, size_t i, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    double label = 0;
    const extract_opts *o = b->call->opts;
    char *image = dlrn_path_join(b->folder, dlrn_table_text(b->cases, b->image, i));
    char *mask = dlrn_path_join(b->folder, dlrn_table_text(b->cases, b->mask, i));
    if (!image || !mask) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    if (o->label) label = (double)o->label;
    if (b->label != SIZE_MAX && !dlrn_table_missing(b->cases, b->label, i)) {
        const char *text = dlrn_table_text(b->cases, b->label, i);
        if (!dlrn_parse_double(&label, text, strlen(text)) || label < 1 || label > 4294967295.0 ||
            label != floor(label)) {
            st = dlrn_fail(err, DLRN_EINVAL, "%s: '%s' is no label; expected a number from 1",
                           dlrn_table_column(b->cases, b->label), text);
            goto done;
        }
    }
    DLRN_TRY(extract_case(&b->r[i].f, image, mask, (int64_t)label, b->s, ex, err));
done:
    free(image);
    free(mask);
    if (st != DLRN_OK)
        dlrn_error_prefix(err, "%s, line %zu: ", dlrn_table_name(b->cases),
                          dlrn_table_line(b->cases, i));
    return st;
}

static dlrn_status work(void *user, size_t i, size_t w, dlrn_error *err)
{
    batch *b = user;
    const extract_opts *o = b->call->opts;
    // hooks are not for many threads at once: a case's own warnings stay silent in a batch
    const dlrn_exec quiet = {.threads = 1};
    (void)w;
    if (b->r[i].done) return DLRN_OK;
    dlrn_status st = one_case(b, i, &quiet, err);
    pthread_mutex_lock(&b->lock);
    if (st == DLRN_OK) {
        b->r[i].done = true;
        st = note(b, i, err);
    } else if (o->keep_going) {
        b->r[i].failure = dlrn_strdup(err->msg);
        cli_warn(b->call, "%s", err->msg);
        st = DLRN_OK;
    }
    if (st == DLRN_OK) {
        b->finished++;
        st = dlrn_progress(&b->call->exec, "cases", b->finished, b->n, err);
    }
    pthread_mutex_unlock(&b->lock);
    return st;
}

/* ---- output ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the first case that was done in its order, then what later ones add, sorted. The index
 * of names is in the first `first` places unsorted, the rest sorted. */
typedef struct header {
    const char **name;
    size_t n, cap, first;
} header;

static bool in_list(const char *const *sorted, size_t n, const char *name)
{
    return n && bsearch(&name, sorted, n, sizeof *sorted, by_text) != NULL;
}

static dlrn_status collect_names(header *h, char *const *const names, size_t n, const char **known,
                                 size_t n_known, dlrn_error *err)
{
    for (size_t k = 0; k < n; k++) {
        if (in_list(known, n_known, names[k])) continue;
        const dlrn_status st = dlrn_grow(&h->name, &h->cap, h->n + 1, sizeof *h->name, err);
        if (st != DLRN_OK) return st;
        h->name[h->n++] = names[k];
    }
    return DLRN_OK;
}

static dlrn_status make_header(header *h, const batch *b, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const char **known = NULL;
    size_t i = 0;
    while (i < b->n && !b->r[i].done)
        i++;
    if (i == b->n) goto done;
    const dlrn_features *f = &b->r[i].f;
    DLRN_TRY(collect_names(h, f->info_name, f->n_info, NULL, 0, err));
    DLRN_TRY(collect_names(h, f->name, f->n, NULL, 0, err));
    h->first = h->n;
    DLRN_TRY(dlrn_alloc_or_fail(&known, h->n, err));
    memcpy(known, h->name, h->n * sizeof *known);
    if (h->n > 1) qsort(known, h->n, sizeof *known, by_text);
    for (i++; i < b->n; i++) {
        f = &b->r[i].f;
        DLRN_TRY(collect_names(h, f->info_name, f->n_info, known, h->first, err));
        DLRN_TRY(collect_names(h, f->name, f->n, known, h->first, err));
    }
    if (h->n > h->first + 1) qsort(h->name + h->first, h->n - h->first, sizeof *h->name, by_text);
    size_t m = h->first;
    for (size_t k = h->first; k < h->n; k++)
        if (m == h->first || strcmp(h->name[m - 1], h->name[k]) != 0) h->name[m++] = h->name[k];
    h->n = m;
done:
    free(known);
    return st;
}

/* The case's value of a column; `at` is where it most likely stands. */
static void value_cell(dlrn_str *out, const dlrn_features *f, const char *name, size_t at)
{
    char text[32];
    for (size_t k = 0; k < f->n_info + f->n; k++) {
        const size_t j = (at + k) % (f->n_info + f->n);
        const bool is_info = j < f->n_info;
        if (strcmp(is_info ? f->info_name[j] : f->name[j - f->n_info], name) != 0) continue;
        extract_cell(out,
                     is_info ? f->info_text[j] : dlrn_format_double(text, f->value[j - f->n_info]));
        return;
    }
    dlrn_str_add(out, ",");
}

static dlrn_status write_table(batch *b, dlrn_error *err)
{
    dlrn_status st;
    const extract_opts *o = b->call->opts;
    header h = {0};
    dlrn_str out = {0};
    const size_t cols = dlrn_table_cols(b->cases);
    DLRN_TRY(make_header(&h, b, err));
    for (size_t j = 0; j < cols; j++)
        extract_cell(&out, dlrn_table_column(b->cases, j));
    for (size_t k = 0; k < h.n; k++)
        extract_cell(&out, h.name[k]);
    dlrn_str_add(&out, "\n");
    for (size_t i = 0; i < b->n; i++) {
        for (size_t j = 0; j < cols; j++)
            extract_cell(&out, dlrn_table_text(b->cases, j, i));
        for (size_t k = 0; k < h.n; k++)
            value_cell(&out, &b->r[i].f, h.name[k], k);
        dlrn_str_add(&out, "\n");
    }
    st = out.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for the table")
                    : dlrn_write_file(o->out, dlrn_str_get(&out), out.len, err);
done:
    free(h.name);
    dlrn_str_clear(&out);
    return st;
}

static dlrn_status write_reasons(batch *b, dlrn_error *err)
{
    const extract_opts *o = b->call->opts;
    dlrn_str out = {0};
    if (!o->reasons) return DLRN_OK;
    dlrn_str_add(&out, "Image,feature,reason\n");
    for (size_t i = 0; i < b->n; i++) {
        const dlrn_features *f = &b->r[i].f;
        for (size_t k = 0; k < f->n + (b->r[i].failure != NULL); k++) {
            if (k < f->n && !isnan(f->value[k])) continue;
            extract_cell(&out, dlrn_table_text(b->cases, b->image, i));
            extract_cell(&out, k < f->n ? f->name[k] : "all");
            extract_cell(&out, k < f->n ? (f->reason[k] ? f->reason[k] : "") : b->r[i].failure);
            dlrn_str_add(&out, "\n");
        }
    }
    const dlrn_status st = dlrn_write_file(o->reasons, dlrn_str_get(&out), out.len, err);
    dlrn_str_clear(&out);
    return st;
}

/* ---- the whole ---- */

static dlrn_status open_batch(batch *b, dlrn_error *err)
{
    dlrn_status st;
    const extract_opts *o = b->call->opts;
    char hash[65], *text = NULL;
    dlrn_str all = {0};
    dlrn_json *settings = dlrn_radiomics_to_json(b->s);
    DLRN_TRY(dlrn_table_read(&b->cases, o->batch, err));
    DLRN_TRY(find_columns(b, err));
    b->n = dlrn_table_rows(b->cases);
    DLRN_TRY(dlrn_alloc_or_fail(&b->r, b->n, err));
    b->folder = dlrn_path_folder(o->batch);
    DLRN_TRY(dlrn_sha256_file(hash, o->batch, err));
    DLRN_TRY(dlrn_json_text(&text, settings, 0, err));
    dlrn_str_addf(&all, "%s %s %lld %s", dlrn_version(), hash, (long long)o->label, text);
    dlrn_sha256_hex(b->key, dlrn_str_get(&all), all.len);
    dlrn_str_clear(&all);
    dlrn_str_addf(&all, "%s.journal", o->out);
    b->journal_path = dlrn_strdup(dlrn_str_get(&all));
    if (!b->folder || !b->journal_path)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    else
        st = start_journal(b, err);
done:
    free(text);
    dlrn_str_clear(&all);
    dlrn_json_free(settings);
    return st;
}

static int close_batch(batch *b, int code)
{
    size_t failed = 0;
    for (size_t i = 0; b->r && i < b->n; i++) {
        failed += b->r[i].failure != NULL;
        dlrn_features_clear(&b->r[i].f);
        free(b->r[i].failure);
    }
    if (b->journal) fclose(b->journal);
    if (code == 0) unlink(b->journal_path);
    if (failed)
        cli_warn(b->call, "%zu of %zu cases failed; their rows have no values", failed, b->n);
    dlrn_table_free(b->cases);
    free(b->r);
    free(b->folder);
    free(b->journal_path);
    pthread_mutex_destroy(&b->lock);
    return code == 0 && failed ? 1 : code;
}

int extract_batch(const cli_call *call, const dlrn_radiomics *s)
{
    dlrn_status st;
    dlrn_error err;
    int code = 0;
    batch b = {.call = call, .s = s};
    pthread_mutex_init(&b.lock, NULL);
    DLRN_TRY(open_batch(&b, &err));
    DLRN_TRY(dlrn_parallel_for(b.n, dlrn_exec_threads(&call->exec), work, &b, &err));
    DLRN_TRY(write_table(&b, &err));
    DLRN_TRY(write_reasons(&b, &err));
done:
    if (st != DLRN_OK) code = cli_fail(call, &err);
    return close_batch(&b, code);
}
