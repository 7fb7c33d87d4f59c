/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/predict.h>
#include <dlrn/table.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    const char *image, *mask, *batch, *out, *facing;
    int64_t label;
    cli_list set;
    bool explain, keep_going;
} options;

static const cli_option option_table[] = {
    {"image", 0, CLI_READ, offsetof(options, image), "FILE", "the radiograph"},
    {"mask", 0, CLI_READ, offsetof(options, mask), "FILE", "the outline"},
    {"label", 0, CLI_INTEGER, offsetof(options, label), "N",
     "the vertebra's number in the mask (default: 1, or the table's)"},
    {"facing", 0, CLI_TEXT, offsetof(options, facing), "SIDE",
     "where the anterior side is, left or right, if the study turned its images"},
    {"set", 0, CLI_LIST, offsetof(options, set), "NAME=VALUE",
     "a clinical value; may be given again and again"},
    {"batch", 0, CLI_READ, offsetof(options, batch), "COHORT.csv",
     "many cases: id,image,mask[,mask_label] and the clinical columns"},
    {"out", 'o', CLI_WRITE, offsetof(options, out), "FILE",
     "where the answer goes (default: stdout)"},
    {"explain", 0, CLI_FLAG, offsetof(options, explain), NULL,
     "each term's part in the answer, with its nomogram points"},
    {"keep-going", 0, CLI_FLAG, offsetof(options, keep_going), NULL,
     "a case of the batch that fails leaves its row empty, with a warning"},
};
static const options defaults = {.label = 1};

/* `failure` (or NULL): why the case has no result. */
static dlrn_json *result_json(const char *id, const dlrn_case_result *p, const char *failure,
                              const dlrn_json *about)
{
    dlrn_json *j = dlrn_json_object();
    if (failure) {
        dlrn_json_set_string(j, "id", id);
        dlrn_json_set_number(j, "probability", (double)NAN);
        dlrn_json_set_string(j, "error", failure);
        return j;
    }
    if (id) dlrn_json_set_string(j, "id", id);
    dlrn_json_set_string(j, "outcome", dlrn_json_get_string(about, "outcome", ""));
    dlrn_json_set_number(j, "probability", p->probability);
    dlrn_json_set_number(j, "threshold", p->threshold);
    dlrn_json_set_bool(j, "positive", p->positive);
    dlrn_json_set_number(j, "signature", p->signature);
    dlrn_json_set_number(j, "points", p->points);
    dlrn_json_set_take(j, "terms", dlrn_json_copy(p->terms));
    dlrn_json_set_take(j, "notes", dlrn_json_copy(p->notes));
    dlrn_json_set_bool(j, "made_up_weights", dlrn_json_get_bool(about, "made_up_weights", false));
    dlrn_json_set_string(j, "use", "For research use, not a medical device.");
    return j;
}

static void print_terms(dlrn_str *b, const dlrn_case_result *p)
{
    dlrn_str_addf(b, "%-16s %14s %14s %8s\n", "term", "value", "log-odds", "points");
    for (size_t k = 0; k < dlrn_json_size(p->terms); k++) {
        const dlrn_json *t = dlrn_json_at(p->terms, k);
        dlrn_str_addf(b, "%-16s %14.14s %14.3f %8.1f%s\n", dlrn_json_get_string(t, "name", ""),
                      dlrn_json_get_string(t, "value", ""),
                      dlrn_json_get_number(t, "contribution", (double)NAN),
                      dlrn_json_get_number(t, "points", (double)NAN),
                      dlrn_json_get_bool(t, "imputed", false) ? "  imputed" : "");
    }
}

static void print_text(dlrn_str *b, const dlrn_case_result *p, const dlrn_json *about, bool explain)
{
    dlrn_str_addf(b, "%s: probability %.3f, %s the threshold %.3f: %s\n",
                  dlrn_json_get_string(about, "outcome", "outcome"), p->probability,
                  p->positive ? "at or above" : "below", p->threshold,
                  p->positive ? "positive" : "negative");
    if (!isnan(p->points)) dlrn_str_addf(b, "nomogram points: %.1f\n", p->points);
    if (explain) print_terms(b, p);
    for (size_t k = 0; k < dlrn_json_size(p->notes); k++)
        dlrn_str_addf(b, "note: %s\n", dlrn_json_as_string(dlrn_json_at(p->notes, k), ""));
    if (dlrn_json_get_bool(about, "made_up_weights", false))
        dlrn_str_add(b,
                     "The network's weights are made up: this answer is a demonstration only.\n");
    dlrn_str_add(b, "For research use, not a medical device.\n");
}

/* NAME=VALUE words as two lists. */
static dlrn_status split_sets(const char ***name, const char ***value, char ***copies,
                              const cli_list *set, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(name, set->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(value, set->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(copies, set->n, err));
    for (size_t k = 0; k < set->n; k++) {
        const char *equals = strchr(set->v[k], '=');
        if (!equals || equals == set->v[k]) {
            st = dlrn_fail(err, DLRN_EINVAL, "--set %s: expected NAME=VALUE", set->v[k]);
            goto done;
        }
        (*copies)[k] = dlrn_strndup(set->v[k], (size_t)(equals - set->v[k]));
        if (!(*copies)[k]) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
            goto done;
        }
        (*name)[k] = (*copies)[k];
        (*value)[k] = equals + 1;
    }
done:
    return st;
}

static int deliver_json(const cli_call *call, const dlrn_json *j)
{
    const options *o = call->opts;
    dlrn_error err;
    char *text;
    if (dlrn_json_text(&text, j, 2, &err) != DLRN_OK) return cli_fail(call, &err);
    const int code = cli_deliver(call, o->out, text, strlen(text));
    free(text);
    return code;
}

static int predict_one(const cli_call *call, const dlrn_bundle *b)
{
    const options *o = call->opts;
    const char **name = NULL, **value = NULL;
    char **copies = NULL;
    dlrn_error err;
    dlrn_case_result p = {0};
    int code = 1;
    dlrn_status st = split_sets(&name, &value, &copies, &o->set, &err);
    const dlrn_case c = {NULL, o->image, o->mask, o->label, o->facing, name, value, o->set.n};
    if (st == DLRN_OK) st = dlrn_predict(&p, b, &c, &call->exec, &err);
    if (st != DLRN_OK) {
        code = cli_fail(call, &err);
    } else if (call->json) {
        dlrn_json *j = result_json(NULL, &p, NULL, dlrn_bundle_about(b));
        code = deliver_json(call, j);
        dlrn_json_free(j);
    } else {
        dlrn_str text = {0};
        print_text(&text, &p, dlrn_bundle_about(b), o->explain);
        code = cli_deliver(call, o->out, dlrn_str_get(&text), text.len);
        dlrn_str_clear(&text);
    }
    dlrn_case_result_clear(&p);
    for (size_t k = 0; copies && k < o->set.n; k++)
        free(copies[k]);
    free(copies);
    free(name);
    free(value);
    return code;
}

/* ---- many cases ---- */

typedef struct batch {
    const cli_call *call;
    const dlrn_bundle *bundle;
    dlrn_table *t;
    char *folder;
    size_t id, image, mask, label, facing; /* columns; SIZE_MAX: none */
    size_t *column;                        /* of each clinical term [n] */
    const char **name;
    size_t n;
    dlrn_case_result *result; /* [rows] */
    char **failure;           /* of rows without a result [rows] */
    size_t n_failed;
} batch;

static void batch_clear(batch *b)
{
    for (size_t i = 0; b->result && i < dlrn_table_rows(b->t); i++)
        dlrn_case_result_clear(&b->result[i]);
    for (size_t i = 0; b->failure && i < dlrn_table_rows(b->t); i++)
        free(b->failure[i]);
    dlrn_table_free(b->t);
    free(b->folder);
    free(b->column);
    free(b->name);
    free(b->result);
    free(b->failure);
}

static dlrn_status batch_columns(batch *b, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_json *about = dlrn_bundle_about(b->bundle);
    const dlrn_json *terms = dlrn_json_get(about, "clinical");
    const char *facing = dlrn_json_get_string(dlrn_json_get(about, "image"), "facing_column", NULL);
    const size_t rows = dlrn_table_rows(b->t);
    b->n = dlrn_json_size(terms);
    DLRN_TRY(dlrn_table_need(&b->id, b->t, "id", err));
    b->image = dlrn_table_find(b->t, "image");
    b->mask = dlrn_table_find(b->t, "mask");
    b->label = dlrn_table_find(b->t, "mask_label");
    b->facing = SIZE_MAX;
    if (facing) DLRN_TRY(dlrn_table_need(&b->facing, b->t, facing, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b->column, b->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b->name, b->n, err));
    for (size_t k = 0; k < b->n; k++) {
        b->name[k] = dlrn_json_get_string(dlrn_json_at(terms, k), "column", "");
        DLRN_TRY(dlrn_table_need(&b->column[k], b->t, b->name[k], err));
    }
    DLRN_TRY(dlrn_alloc_or_fail(&b->result, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b->failure, rows, err));
done:
    return st;
}

/* The path in a row's cell, beside the table; NULL where there is none. */
static dlrn_status cell_path(char **out, const batch *b, size_t column, size_t i, dlrn_error *err)
{
    const char *text = column == SIZE_MAX ? "" : dlrn_table_text(b->t, column, i);
    *out = *text ? dlrn_path_join(b->folder, text) : NULL;
    return *out || !*text ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
}

static dlrn_status at_row(const batch *b, size_t i, dlrn_status st, dlrn_error *err)
{
    dlrn_error_prefix(err, "%s, line %zu: ", dlrn_table_name(b->t), dlrn_table_line(b->t, i));
    return st;
}

/* Before the first row is predicted: the answer replaces no file of any row. */
static dlrn_status spare_rows(const batch *b, const char *out, dlrn_error *err)
{
    for (size_t i = 0; i < dlrn_table_rows(b->t); i++) {
        char *image = NULL, *mask = NULL;
        dlrn_status st = cell_path(&image, b, b->image, i, err);
        if (st == DLRN_OK) st = cell_path(&mask, b, b->mask, i, err);
        if (st == DLRN_OK) st = cli_spare(out, image, mask, err);
        free(image);
        free(mask);
        if (st != DLRN_OK) return at_row(b, i, st, err);
    }
    return DLRN_OK;
}

static dlrn_status batch_row(batch *b, size_t i, dlrn_error *err)
{
    dlrn_status st;
    const char **value = NULL;
    char *image = NULL, *mask = NULL;
    double label = (double)((const options *)b->call->opts)->label;
    DLRN_TRY(dlrn_alloc_or_fail(&value, b->n, err));
    for (size_t k = 0; k < b->n; k++)
        value[k] = dlrn_table_text(b->t, b->column[k], i);
    DLRN_TRY(cell_path(&image, b, b->image, i, err));
    DLRN_TRY(cell_path(&mask, b, b->mask, i, err));
    if (b->label != SIZE_MAX) {
        const char *text = dlrn_table_text(b->t, b->label, i);
        if (*text && !dlrn_parse_double(&label, text, strlen(text))) {
            st = dlrn_fail(err, DLRN_EINVAL, "mask_label '%s' is not a number", text);
            goto done;
        }
    }
    const char *facing = b->facing == SIZE_MAX ? NULL : dlrn_table_text(b->t, b->facing, i);
    const dlrn_case c = {
        dlrn_table_text(b->t, b->id, i), image, mask, (int64_t)label, facing, b->name, value, b->n};
    DLRN_TRY(dlrn_predict(&b->result[i], b->bundle, &c, &b->call->exec, err));
done:
    free(image);
    free(mask);
    free(value);
    return st == DLRN_OK ? DLRN_OK : at_row(b, i, st, err);
}

/* A row that fails may stay empty. */
static dlrn_status try_row(batch *b, size_t i, dlrn_error *err)
{
    const options *o = b->call->opts;
    const dlrn_status st = batch_row(b, i, err);
    if (st == DLRN_OK || !o->keep_going || st == DLRN_ENOMEM || st == DLRN_ECANCELLED) return st;
    cli_warn(b->call, "%s", err->msg);
    b->n_failed++;
    b->failure[i] = dlrn_strdup(err->msg);
    return b->failure[i] ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a message");
}

/* The notes of row i as one text. */
static dlrn_status join_notes(char **out, const batch *b, size_t i, dlrn_error *err)
{
    dlrn_str all = {0};
    const dlrn_json *notes = b->result[i].notes;
    for (size_t k = 0; k < dlrn_json_size(notes); k++)
        dlrn_str_addf(&all, "%s%s", k ? "; " : "", dlrn_json_as_string(dlrn_json_at(notes, k), ""));
    *out = dlrn_strdup(dlrn_str_get(&all));
    dlrn_str_clear(&all);
    return *out ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a note");
}

static dlrn_status add_numbers(dlrn_table *t, const batch *b, const char *name, size_t offset,
                               double *v, dlrn_error *err)
{
    for (size_t i = 0; i < dlrn_table_rows(b->t); i++) {
        const char *p = (const char *)&b->result[i] + offset;
        v[i] = (double)NAN;
        if (!b->failure[i]) memcpy(&v[i], p, sizeof *v);
    }
    return dlrn_table_add_numbers(t, name, v, err);
}

static dlrn_status batch_table(dlrn_str *out, const batch *b, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    const char **text = NULL;
    char **notes = NULL;
    double *v = NULL;
    const size_t rows = dlrn_table_rows(b->t);
    DLRN_TRY(dlrn_table_new(&t, rows, "predictions", err));
    DLRN_TRY(dlrn_alloc_or_fail(&text, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&notes, rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, rows, err));
    for (size_t i = 0; i < rows; i++) {
        text[i] = dlrn_table_text(b->t, b->id, i);
        DLRN_TRY(join_notes(&notes[i], b, i, err));
    }
    DLRN_TRY(dlrn_table_add_text(t, "id", text, err));
    DLRN_TRY(add_numbers(t, b, "probability", offsetof(dlrn_case_result, probability), v, err));
    for (size_t i = 0; i < rows; i++)
        v[i] = b->failure[i] ? (double)NAN : b->result[i].positive;
    DLRN_TRY(dlrn_table_add_numbers(t, "positive", v, err));
    DLRN_TRY(add_numbers(t, b, "points", offsetof(dlrn_case_result, points), v, err));
    DLRN_TRY(add_numbers(t, b, "signature", offsetof(dlrn_case_result, signature), v, err));
    DLRN_TRY(dlrn_table_add_text(t, "notes", (const char *const *)notes, err));
    dlrn_table_print(out, t, "");
done:
    for (size_t i = 0; notes && i < rows; i++)
        free(notes[i]);
    free(notes);
    free(text);
    free(v);
    dlrn_table_free(t);
    return st;
}

static dlrn_status batch_json(dlrn_str *out, const batch *b, dlrn_error *err)
{
    char *text = NULL;
    dlrn_json *all = dlrn_json_array();
    for (size_t i = 0; i < dlrn_table_rows(b->t); i++)
        dlrn_json_append_take(all, result_json(dlrn_table_text(b->t, b->id, i), &b->result[i],
                                               b->failure[i], dlrn_bundle_about(b->bundle)));
    const dlrn_status st = dlrn_json_text(&text, all, 2, err);
    if (st == DLRN_OK) dlrn_str_add(out, text);
    free(text);
    dlrn_json_free(all);
    return st;
}

static int predict_batch(const cli_call *call, const dlrn_bundle *bundle)
{
    const options *o = call->opts;
    dlrn_status st;
    dlrn_error err;
    dlrn_str text = {0};
    batch b = {.call = call, .bundle = bundle, .folder = dlrn_path_folder(o->batch)};
    DLRN_TRY(dlrn_table_read(&b.t, o->batch, &err));
    DLRN_TRY(batch_columns(&b, &err));
    DLRN_TRY(spare_rows(&b, o->out, &err));
    for (size_t i = 0; i < dlrn_table_rows(b.t); i++) {
        DLRN_TRY(dlrn_progress(&call->exec, "predicting", i, dlrn_table_rows(b.t), &err));
        DLRN_TRY(try_row(&b, i, &err));
    }
    DLRN_TRY(call->json ? batch_json(&text, &b, &err) : batch_table(&text, &b, &err));
done:;
    int code = st == DLRN_OK ? cli_deliver(call, o->out, dlrn_str_get(&text), text.len)
                             : cli_fail(call, &err);
    if (code == 0) cli_note(call, "For research use, not a medical device.");
    if (code == 0 && b.n_failed) {
        cli_warn(call, "%zu of %zu cases failed; their rows have no values", b.n_failed,
                 dlrn_table_rows(b.t));
        code = 1;
    }
    dlrn_str_clear(&text);
    batch_clear(&b);
    return code;
}

static int run(const cli_call *call)
{
    const options *o = call->opts;
    dlrn_bundle *b;
    dlrn_error err;
    if (call->n_args != 1) return cli_usage(call, "expected one model (model.dlrn)");
    if (o->batch && (o->image || o->mask || o->set.n))
        return cli_usage(call, "--batch takes its values from the table: leave out --image, --mask "
                               "and --set");
    if (o->batch && o->facing)
        return cli_usage(call,
                         "--batch takes the side from the table's column: leave out --facing");
    if (o->batch && o->explain)
        return cli_usage(call,
                         "--explain is for one case; --batch with --json gives each its terms");
    if (o->keep_going && !o->batch) return cli_usage(call, "--keep-going belongs to --batch");
    if (dlrn_bundle_open(&b, call->args[0], &err) != DLRN_OK) return cli_fail(call, &err);
    const int code = o->batch ? predict_batch(call, b) : predict_one(call, b);
    dlrn_bundle_free(b);
    return code;
}

const cli_command cmd_predict = {
    .name = "predict",
    .group = "a new case",
    .summary = "probability, points and class of a new case, and why",
    .usage = "MODEL.dlrn --image I --mask M --set age=71 ... [--explain] [--json]\n"
             "MODEL.dlrn --batch COHORT.csv [-o OUT.csv] [--keep-going]",
    .details =
        "For research use, not a medical device. A clinical value that is not given is imputed\n"
        "as in training, and the answer says so: a batch in its column notes. With --json a batch\n"
        "is a list of such answers.",
    .examples =
        "  # one radiograph\n"
        "  dlrn predict model.dlrn --image a.nii.gz --mask a_mask.nii.gz --set age=71 --explain\n"
        "  # many, as a table\n  dlrn predict model.dlrn --batch new.csv -o new_predictions.csv\n",
    .options = option_table,
    .n_options = sizeof option_table / sizeof *option_table,
    .opts_size = sizeof(options),
    .defaults = &defaults,
    .run = run,
};
