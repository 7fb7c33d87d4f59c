/* SPDX-License-Identifier: Apache-2.0
 *
 * A study while it runs: loading, rows, clean-up.
 */
#include "study/run.h"

#include "study/config_read.h"
#include "study/logit.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void clear_score(study_score *s)
{
    free(s->name);
    free(s->p);
    free(s->raw);
    free(s->cv);
    free(s->cv_raw);
    free(s->fit);
    free(s->fit_raw);
}

void study_run_clear(study_run *r)
{
    for (size_t k = 0; k < r->n_sets; k++) {
        feature_set_clear(&r->set[k]);
        feature_set_clear(&r->second[k]);
    }
    for (size_t k = 0; k < r->n_models; k++) {
        free(r->model[k].name);
        feature_set_clear(&r->model[k].fused);
        dlrn_model_free(r->model[k].fit);
    }
    for (size_t k = 0; k < r->n_scores; k++)
        clear_score(&r->score[k]);
    study_logit_clear(&r->clinical_fit);
    study_logit_clear(&r->nomogram_fit);
    clinical_spec_clear(&r->clinical);
    clinical_spec_clear(&r->nomogram_terms);
    dlrn_json_free(r->weights);
    dlrn_json_free(r->results);
    dlrn_json_free(r->warnings);
    dlrn_cohort_clear(&r->cohort);
    dlrn_table_free(r->table);
    free(r->clinical_x);
    free(r->set);
    free(r->second);
    free(r->model);
    free(r->score);
    free(r->is_train);
    free(r->train);
    free(r->out);
    study_config_clear(&r->c);
    *r = (study_run){0};
}

void study_warn(study_run *r, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    dlrn_log(r->ex, DLRN_LOG_WARNING, "%s", text);
    dlrn_json_append_take(r->warnings, dlrn_json_string(text));
}

dlrn_status study_key(char key[65], const char *const *text, size_t n, dlrn_error *err)
{
    dlrn_str b = {0};
    for (size_t i = 0; i < n; i++)
        dlrn_str_addf(&b, "%zu:%s;", strlen(text[i]), text[i]);
    if (!b.failed) dlrn_sha256_hex(key, dlrn_str_get(&b), b.len);
    const dlrn_status st = b.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory") : DLRN_OK;
    dlrn_str_clear(&b);
    return st;
}

/* <study file's name>_out beside it. */
static char *default_out(const char *yaml)
{
    dlrn_str b = {0};
    const char *dot = strrchr(yaml, '.'), *slash = strrchr(yaml, '/');
    const size_t n = dot && (!slash || dot > slash + 1) ? (size_t)(dot - yaml) : strlen(yaml);
    dlrn_str_addn(&b, yaml, n);
    dlrn_str_add(&b, "_out");
    if (!b.failed) return b.s;
    dlrn_str_clear(&b);
    return NULL;
}

static dlrn_status load_cohort(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    const study_config *c = &r->c;
    const bool images = c->radiomics.params != NULL;
    bool needs_images = images;
    for (size_t k = 0; k < c->n_deep; k++)
        needs_images = needs_images || c->deep[k].weights;
    const dlrn_cohort_roles roles = {
        .id = c->columns.id,
        .patient = c->columns.patient,
        .centre = c->columns.centre,
        .cohort = c->columns.cohort,
        .image = c->columns.image,
        .mask = c->columns.mask,
        .mask_label = c->columns.mask_label,
        .mask2 = c->columns.mask2,
        .outcome = c->outcome.column,
        .positive = c->outcome.positive,
        .train = c->train,
        .test = (const char *const *)c->test.v,
        .n_test = c->test.n,
        .seed = (uint64_t)c->seed,
        .check_files = needs_images,
    };
    char *path = dlrn_path_join(c->folder, c->cohort);
    if (!path) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    DLRN_TRY(dlrn_table_read(&r->table, path, err));
    DLRN_TRY(dlrn_cohort_from_table(&r->cohort, r->table, &roles, err));
done:
    free(path);
    return st;
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Which rows are training rows, and whether any of their patients has several. */
static dlrn_status find_training_rows(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    size_t *patient = NULL;
    const size_t n = r->cohort.rows;
    DLRN_TRY(dlrn_alloc_or_fail(&r->is_train, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->train, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&patient, n, err));
    for (size_t i = 0; i < n; i++) {
        r->is_train[i] = r->cohort.cohort[i] == 0;
        if (r->is_train[i]) r->train[r->n_train++] = i;
    }
    for (size_t k = 0; k < n; k++)
        patient[k] = r->cohort.patient[k];
    qsort(patient, n, sizeof *patient, compare_sizes);
    for (size_t k = 1; k < n; k++)
        r->clustered = r->clustered || patient[k] == patient[k - 1];
    r->clustered = r->clustered && r->c.statistics.cluster;
done:
    free(patient);
    return st;
}

/* The files' contents; a file that cannot be read is the later steps' to complain about. */
static void add_contents(dlrn_str *b, char *const *path, size_t n)
{
    for (size_t i = 0; path && i < n; i++) {
        char hex[65] = "-";
        if (path[i] && dlrn_sha256_file(hex, path[i], NULL) != DLRN_OK) hex[0] = '\0';
        dlrn_str_addf(b, "%s;", hex);
    }
}

/* An image or outline that changed under the same name must not meet features of the old one. */
static dlrn_status make_key(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    char table[65];
    dlrn_str images = {0};
    bool computed = r->c.radiomics.params != NULL;
    for (size_t k = 0; k < r->c.n_deep; k++)
        computed = computed || r->c.deep[k].weights;
    DLRN_TRY(dlrn_sha256_file(table, r->cohort.path, err));
    if (computed) {
        add_contents(&images, r->cohort.image, r->cohort.rows);
        add_contents(&images, r->cohort.mask, r->cohort.rows);
        add_contents(&images, r->cohort.mask2, r->cohort.rows);
    }
    if (images.failed) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a key");
        goto done;
    }
    const char *const parts[] = {dlrn_version(), r->c.sha256, table, dlrn_str_get(&images)};
    DLRN_TRY(study_key(r->key, parts, 4, err));
done:
    dlrn_str_clear(&images);
    return st;
}

/* What follows the settings: rows and keys. */
static dlrn_status finish_loading(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    r->results = dlrn_json_object();
    r->warnings = dlrn_json_array();
    r->weights = dlrn_json_array();
    DLRN_TRY(load_cohort(r, err));
    DLRN_TRY(find_training_rows(r, err));
    DLRN_TRY(make_key(r, err));
done:
    return st;
}

dlrn_status study_run_load(study_run *r, const char *yaml, const dlrn_study_opts *opts,
                           const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    *r = (study_run){.ex = ex, .nomogram_model = SIZE_MAX};
    DLRN_TRY(study_config_load(&r->c, yaml, err));
    if (opts && opts->seed >= 0) r->c.seed = opts->seed;
    r->out = opts && opts->out ? dlrn_strdup(opts->out) : default_out(yaml);
    if (!r->out) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    DLRN_TRY(finish_loading(r, err));
done:
    if (st != DLRN_OK) study_run_clear(r);
    return st;
}

dlrn_status study_run_load_table(study_run *r, const char *csv, const dlrn_exec *ex,
                                 dlrn_error *err)
{
    dlrn_status st;
    dlrn_str yaml = {0};
    dlrn_findings guesses = {0};
    char *folder = dlrn_path_folder(csv);
    const char *slash = strrchr(csv, '/');
    *r = (study_run){.ex = ex, .nomogram_model = SIZE_MAX};
    if (!folder) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    DLRN_TRY(dlrn_study_init(&yaml, &guesses, csv, NULL, 0, ".", err));
    DLRN_TRY(study_config_parse(&r->c, yaml.s, yaml.len, csv, err));
    DLRN_TRY(config_set_text(&r->c.cohort, slash ? slash + 1 : csv, err));
    DLRN_TRY(finish_loading(r, err));
done:
    dlrn_findings_clear(&guesses);
    dlrn_str_clear(&yaml);
    free(folder);
    if (st != DLRN_OK) study_run_clear(r);
    return st;
}

dlrn_status study_add_score(study_score **out, study_run *r, const char *name, bool headline,
                            dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_grow(&r->score, &r->cap_scores, r->n_scores + 1, sizeof *r->score, err));
    study_score *s = &r->score[r->n_scores];
    *s = (study_score){.headline = headline, .threshold = (double)NAN};
    DLRN_TRY(config_set_text(&s->name, name, err));
    r->n_scores++;
    *out = s;
done:
    return st;
}

const study_score *study_find_score(const study_run *r, const char *name)
{
    for (size_t k = 0; k < r->n_scores; k++)
        if (!strcmp(r->score[k].name, name)) return &r->score[k];
    return NULL;
}

dlrn_status study_rows_nan(double **out, const study_run *r, dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(out, r->cohort.rows, err);
    for (size_t i = 0; st == DLRN_OK && i < r->cohort.rows; i++)
        (*out)[i] = (double)NAN;
    return st;
}

dlrn_status study_train_rows(double **out, const study_run *r, const double *x, size_t p,
                             dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(out, r->n_train * p, err);
    for (size_t k = 0; st == DLRN_OK && k < r->n_train; k++)
        memcpy(*out + k * p, x + r->train[k] * p, p * sizeof **out);
    return st;
}

dlrn_status study_train_set_make(study_train_set *out, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    *out = (study_train_set){0};
    DLRN_TRY(dlrn_alloc_or_fail(&out->label, r->n_train, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->group, r->n_train, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->stratum, r->n_train, err));
    for (size_t k = 0; k < r->n_train; k++) {
        out->label[k] = r->cohort.label[r->train[k]];
        out->group[k] = r->cohort.patient[r->train[k]];
        out->stratum[k] = r->cohort.centre[r->train[k]];
    }
done:
    if (st != DLRN_OK) study_train_set_clear(out);
    return st;
}

void study_train_set_clear(study_train_set *t)
{
    free(t->label);
    free(t->group);
    free(t->stratum);
    *t = (study_train_set){0};
}
