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

/* A warning of the library, how many cases had it, and the first of them. */
typedef struct warning {
    char *text;
    size_t cases, first;
} warning;

typedef struct batch {
    const cli_call *call;
    const dlrn_radiomics *s;
    const char *format;
    dlrn_table *cases;
    char *folder;
    size_t image, mask, label, channel; /* columns; SIZE_MAX: none */
    extract_result *result;             /* [n] */
    char **stamp;                       /* [n] */
    const char **column, **cell;
    char **path; /* [n][2]: Image and Mask as they are written */
    size_t n, n_columns, finished;
    extract_journal *journal; /* NULL: none */
    warning *warned;
    size_t n_warned, cap_warned;
    pthread_mutex_t lock;
} batch;

/* ---- the table of cases ---- */

static dlrn_status find_columns(batch *b, dlrn_error *err)
{
    static const char *const labels[] = {"Label", "mask_label", "label"};
    dlrn_status st = DLRN_OK;
    const bool cohort = dlrn_table_find(b->cases, "Image") == SIZE_MAX &&
                        dlrn_table_find(b->cases, "image") != SIZE_MAX;
    DLRN_TRY(dlrn_table_need(&b->image, b->cases, cohort ? "image" : "Image", err));
    DLRN_TRY(dlrn_table_need(&b->mask, b->cases, cohort ? "mask" : "Mask", err));
    b->label = SIZE_MAX;
    for (size_t i = cohort ? 1 : 0; i < 3 && b->label == SIZE_MAX; i += 2)
        b->label = dlrn_table_find(b->cases, labels[i]);
    if (cohort && b->label != SIZE_MAX &&
        strcmp(dlrn_table_column(b->cases, b->label), "mask_label") != 0)
        b->label = SIZE_MAX; // a cohort's `label` is its outcome
    b->channel = dlrn_table_find(b->cases, "Label_channel");
done:
    return st;
}

/* Every cell as the table has it, but for the paths, which are written as it was asked. */
static dlrn_status make_cells(batch *b, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const char *how = ((const extract_opts *)b->call->opts)->format_path;
    DLRN_TRY(dlrn_alloc_or_fail(&b->column, b->n_columns, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b->cell, b->n * b->n_columns, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b->path, 2 * b->n, err));
    for (size_t j = 0; j < b->n_columns; j++) {
        b->column[j] = dlrn_table_column(b->cases, j);
        for (size_t i = 0; i < b->n; i++) {
            const char *text = dlrn_table_text(b->cases, j, i);
            char **path = &b->path[2 * i + (j == b->mask)];
            b->cell[i * b->n_columns + j] = text;
            if (j != b->image && j != b->mask) continue;
            *path = extract_path(how, b->folder, text);
            if (!*path) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
            b->cell[i * b->n_columns + j] = *path;
        }
    }
done:
    return st;
}

static dlrn_status read_cases(batch *b, dlrn_error *err)
{
    dlrn_status st;
    const extract_opts *o = b->call->opts;
    DLRN_TRY(dlrn_table_read(&b->cases, o->batch, err));
    DLRN_TRY(find_columns(b, err));
    b->n = dlrn_table_rows(b->cases);
    b->n_columns = dlrn_table_cols(b->cases);
    b->folder = dlrn_path_folder(o->batch);
    if (!b->n || !b->folder) {
        st = b->n ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path")
                  : dlrn_fail(err, DLRN_EINVAL,
                              "%s: holds no case, only a line of column names: add a line for each "
                              "image",
                              o->batch);
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&b->result, b->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b->stamp, b->n, err));
    st = make_cells(b, err);
done:
    return st;
}

/* The path in a case's cell, beside the table. */
static dlrn_status case_path(char **out, const batch *b, size_t column, size_t i, dlrn_error *err)
{
    const char *text = dlrn_table_text(b->cases, column, i);
    if (dlrn_table_missing(b->cases, column, i))
        return dlrn_fail(err, DLRN_EINVAL, "column %s: the path is missing",
                         dlrn_table_column(b->cases, column));
    *out = dlrn_path_join(b->folder, text);
    return *out ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
}

/* Says where the failure of case i lies. */
static dlrn_status at_row(const batch *b, size_t i, dlrn_status st, dlrn_error *err)
{
    dlrn_error_prefix(err, "%s, line %zu: ", dlrn_table_name(b->cases),
                      dlrn_table_line(b->cases, i));
    return st;
}

/* The files of each case as they are now; refuses an output that would replace one of them. */
static dlrn_status make_stamps(batch *b, dlrn_error *err)
{
    const extract_opts *o = b->call->opts;
    for (size_t i = 0; i < b->n; i++) {
        char *image = dlrn_path_join(b->folder, dlrn_table_text(b->cases, b->image, i));
        char *mask = dlrn_path_join(b->folder, dlrn_table_text(b->cases, b->mask, i));
        b->stamp[i] = image && mask ? extract_stamp(image, mask) : NULL;
        dlrn_status st = b->stamp[i] ? cli_spare(o->out, image, mask, err)
                                     : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        if (st == DLRN_OK) st = cli_spare(o->reasons, image, mask, err);
        free(image);
        free(mask);
        if (st != DLRN_OK) return at_row(b, i, st, err);
    }
    return DLRN_OK;
}

/* ---- cases ---- */

/* What a case's hooks know. */
typedef struct one_log {
    batch *b;
    size_t i;
} one_log;

/* Keeps a warning, each text once: a thousand cases would say the same. Hooks are called one at a
 * time, also with progress' under the batch's lock: taking that here too would wait for ever. */
static void on_log(void *user, dlrn_level level, const char *message)
{
    const one_log *one = user;
    batch *b = one->b;
    size_t k = 0;
    if (level != DLRN_LOG_WARNING) return;
    while (k < b->n_warned && strcmp(b->warned[k].text, message) != 0)
        k++;
    if (k == b->n_warned &&
        dlrn_grow(&b->warned, &b->cap_warned, k + 1, sizeof *b->warned, NULL) == DLRN_OK) {
        char *text = dlrn_strdup(message);
        if (text) b->warned[b->n_warned++] = (warning){text, 0, one->i};
    }
    if (k == b->n_warned) return;
    b->warned[k].cases++;
    if (one->i < b->warned[k].first) b->warned[k].first = one->i;
}

static int by_warning(const void *a, const void *b)
{
    return strcmp(((const warning *)a)->text, ((const warning *)b)->text);
}

static void show_warnings(batch *b)
{
    if (b->n_warned > 1) qsort(b->warned, b->n_warned, sizeof *b->warned, by_warning);
    for (size_t k = 0; k < b->n_warned; k++)
        cli_warn(b->call, "%s (%zu of %zu cases, the first in line %zu)", b->warned[k].text,
                 b->warned[k].cases, b->n, dlrn_table_line(b->cases, b->warned[k].first));
}

/* A case's whole number from `least`; *out stays as it is where the case has none. */
static dlrn_status case_number(int64_t *out, const batch *b, size_t column, size_t i, int least,
                               dlrn_error *err)
{
    double x;
    if (column == SIZE_MAX || dlrn_table_missing(b->cases, column, i)) return DLRN_OK;
    const char *text = dlrn_table_text(b->cases, column, i);
    if (!dlrn_parse_double(&x, text, strlen(text)) || !(x >= least) || x > 4294967295.0 ||
        x != floor(x))
        return dlrn_fail(err, DLRN_EINVAL,
                         "column %s: '%s' is no %s; expected a whole number from %d",
                         dlrn_table_column(b->cases, column), text,
                         column == b->label ? "label" : "channel", least);
    *out = (int64_t)x;
    return DLRN_OK;
}

static dlrn_status one_case(batch *b, size_t i, dlrn_error *err)
{
    dlrn_status st;
    extract_region region = {((const extract_opts *)b->call->opts)->label, EXTRACT_NO_LABEL};
    char *image = NULL, *mask = NULL;
    one_log one = {b, i};
    const dlrn_hooks hooks = {.user = &one, .log = on_log};
    const dlrn_exec alone = {.hooks = &hooks, .threads = 1};
    DLRN_TRY(case_path(&image, b, b->image, i, err));
    DLRN_TRY(case_path(&mask, b, b->mask, i, err));
    DLRN_TRY(case_number(&region.label, b, b->label, i, 1, err));
    DLRN_TRY(case_number(&region.channel, b, b->channel, i, 0, err));
    DLRN_TRY(extract_case(&b->result[i].f, image, mask, region, b->s, &alone, err));
done:
    free(image);
    free(mask);
    return st == DLRN_OK ? DLRN_OK : at_row(b, i, st, err);
}

static dlrn_status work(void *user, size_t i, size_t w, dlrn_error *err)
{
    batch *b = user;
    const extract_opts *o = b->call->opts;
    (void)w;
    if (b->result[i].done) return DLRN_OK;
    dlrn_status st = one_case(b, i, err);
    pthread_mutex_lock(&b->lock);
    if (st == DLRN_OK) {
        b->result[i].done = true;
        if (b->journal) st = extract_journal_add(b->journal, i, &b->result[i], err);
    } else if (o->keep_going) {
        b->result[i].failure = dlrn_strdup(err->msg);
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

static const char *place(const char *path)
{
    return path && !strcmp(path, "-") ? "/dev/stdout" : path;
}

static dlrn_status write_results(const batch *b, dlrn_error *err)
{
    dlrn_status st;
    const extract_opts *o = b->call->opts;
    const extract_table t = {false,     o->skip_nans, b->n,     b->n_columns,
                             b->column, b->cell,      b->result};
    dlrn_str out = {0}, why = {0};
    DLRN_TRY(extract_print(&out, &t, b->format, err));
    if (o->reasons) {
        DLRN_TRY(extract_print_reasons(&why, &t, err));
        DLRN_TRY(dlrn_write_file(place(o->reasons), dlrn_str_get(&why), why.len, err));
    }
    DLRN_TRY(dlrn_write_file(place(o->out), dlrn_str_get(&out), out.len, err));
done:
    dlrn_str_clear(&out);
    dlrn_str_clear(&why);
    return st;
}

/* ---- the whole ---- */

static dlrn_status open_journal(batch *b, dlrn_error *err)
{
    dlrn_status st;
    const extract_opts *o = b->call->opts;
    char hash[65], key[65], *text = NULL;
    dlrn_str all = {0};
    dlrn_json *settings = dlrn_radiomics_to_json(b->s);
    DLRN_TRY(dlrn_sha256_file(hash, o->batch, err));
    DLRN_TRY(dlrn_json_text(&text, settings, 0, err));
    dlrn_str_addf(&all, "%s %s %lld %s", dlrn_version(), hash, (long long)o->label, text);
    dlrn_sha256_hex(key, dlrn_str_get(&all), all.len);
    dlrn_str_clear(&all);
    dlrn_str_addf(&all, "%s.journal", o->out);
    const bool earlier = dlrn_file_exists(dlrn_str_get(&all));
    DLRN_TRY(extract_journal_open(&b->journal, b->result, &b->finished, b->stamp, b->n,
                                  dlrn_str_get(&all), key, err));
    if (b->finished)
        cli_note(b->call, "%zu of %zu cases were done earlier", b->finished, b->n);
    else if (earlier)
        cli_note(b->call,
                 "%s is of another table, setting or version, or the files have changed: all cases "
                 "are done again",
                 dlrn_str_get(&all));
done:
    free(text);
    dlrn_str_clear(&all);
    dlrn_json_free(settings);
    return st;
}

static void clear_batch(batch *b)
{
    for (size_t i = 0; b->result && i < b->n; i++) {
        dlrn_features_clear(&b->result[i].f);
        free(b->result[i].failure);
    }
    for (size_t i = 0; b->stamp && i < b->n; i++)
        free(b->stamp[i]);
    for (size_t i = 0; b->path && i < 2 * b->n; i++)
        free(b->path[i]);
    for (size_t k = 0; k < b->n_warned; k++)
        free(b->warned[k].text);
    dlrn_table_free(b->cases);
    free(b->result);
    free(b->stamp);
    free(b->column);
    free(b->cell);
    free(b->path);
    free(b->warned);
    free(b->folder);
    pthread_mutex_destroy(&b->lock);
}

/* Says what is missing and what was kept; returns the exit code. */
static int finish(batch *b, int code)
{
    size_t failed = 0, done = 0;
    for (size_t i = 0; b->result && i < b->n; i++) {
        failed += b->result[i].failure != NULL;
        done += b->result[i].done;
    }
    const bool keep = b->journal && done > 0 && (code != 0 || failed > 0);
    if (failed)
        cli_warn(b->call, "%zu of %zu cases failed; their rows have no values%s", failed, b->n,
                 keep ? ": mend them and run it again, the others are kept" : "");
    else if (keep)
        cli_note(b->call, "%zu of %zu cases are kept: the same command goes on from there", done,
                 b->n);
    extract_journal_close(b->journal, keep);
    clear_batch(b);
    return code == 0 && failed ? 1 : code;
}

int extract_batch(const cli_call *call, const dlrn_radiomics *s, const char *format)
{
    dlrn_status st;
    dlrn_error err;
    int code = 0;
    const extract_opts *o = call->opts;
    batch b = {.call = call, .s = s, .format = format};
    pthread_mutex_init(&b.lock, NULL);
    DLRN_TRY(read_cases(&b, &err));
    DLRN_TRY(make_stamps(&b, &err));
    if (!cli_is_stream(o->out)) DLRN_TRY(open_journal(&b, &err));
    DLRN_TRY(dlrn_progress(&call->exec, "cases", b.finished, b.n, &err));
    DLRN_TRY(dlrn_parallel_for(b.n, dlrn_exec_threads(&call->exec), work, &b, &err));
    show_warnings(&b);
    for (size_t i = 0; i < b.n; i++)
        if (b.result[i].done) {
            extract_note_profile(call, &b.result[i].f);
            break;
        }
    DLRN_TRY(write_results(&b, &err));
done:
    if (st != DLRN_OK) code = cli_fail(call, &err);
    return finish(&b, code);
}
