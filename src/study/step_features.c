/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps radiomics and deep: a feature set each, computed from the images or read from a table.
 */
#include "study/config_read.h"
#include "study/folder.h"
#include "study/run.h"

#include <dlrn/deep.h>
#include <dlrn/radiomics.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *facing_of(const study_run *r, size_t i)
{
    if (!r->c.image.facing_column) return NULL;
    const size_t j = dlrn_table_find(r->table, r->c.image.facing_column);
    return j == SIZE_MAX ? NULL : dlrn_table_text(r->table, j, i);
}

dlrn_status study_read_case(case_image *out, const study_run *r, size_t i, bool second,
                            dlrn_error *err)
{
    const dlrn_cohort *c = &r->cohort;
    const char *mask = second ? c->mask2[i] : c->mask[i];
    const dlrn_status st = case_image_read(out, &r->c.image, c->image[i], mask, c->mask_label[i],
                                           facing_of(r, i), err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "id %s: ", c->id[i]);
    return st;
}

static dlrn_status add_set(feature_set **out, study_run *r, const char *name, dlrn_error *err)
{
    feature_set *grown = realloc(r->set, (r->n_sets + 1) * sizeof *grown);
    if (grown) r->set = grown;
    feature_set *second = grown ? realloc(r->second, (r->n_sets + 1) * sizeof *second) : NULL;
    if (!second) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a feature set");
    r->second = second;
    second[r->n_sets] = (feature_set){0};
    *out = &grown[r->n_sets];
    **out = (feature_set){0};
    const dlrn_status st = config_set_text(&(*out)->name, name, err);
    if (st == DLRN_OK) r->n_sets++;
    return st;
}

static dlrn_status set_from_table(feature_set *s, const study_run *r, const char *features,
                                  const char *prefix, dlrn_error *err)
{
    char *path = dlrn_path_join(r->c.folder, features);
    if (!path) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    const dlrn_status st = feature_set_from_table(s, path, r->c.columns.id, r->cohort.id,
                                                  r->cohort.rows, r->table, prefix, err);
    free(path);
    return st;
}

/* ---- radiomics ---- */

typedef struct radiomics_job {
    const study_run *r;
    const dlrn_radiomics *settings;
    bool second; /* the second reader's outline */
    feature_set *s;
    const size_t *row;
} radiomics_job;

/* Values by name: a filter that one image cannot have leaves its columns NaN. */
static void place_values(double *row, const feature_set *s, const dlrn_features *f)
{
    size_t at = 0;
    for (size_t j = 0; j < s->p; j++) {
        row[j] = (double)NAN;
        for (size_t tried = 0; tried < f->n; tried++, at = (at + 1) % f->n) {
            if (strcmp(f->name[at], s->column[j]) != 0) continue;
            row[j] = isfinite(f->value[at]) ? f->value[at] : (double)NAN;
            break;
        }
    }
}

static dlrn_status extract_case(dlrn_features *f, const radiomics_job *job, size_t i,
                                dlrn_error *err)
{
    dlrn_status st;
    case_image c = {0};
    dlrn_radiomics *own = NULL;
    const dlrn_exec one = {NULL, 1};
    DLRN_TRY(study_read_case(&c, job->r, i, job->second, err));
    DLRN_TRY(case_image_settings(&own, job->settings, &c, job->r->cohort.mask_label[i],
                                 job->r->c.image.spacing, err));
    st = dlrn_radiomics_extract(f, &c.image, &c.labels, own, &one, err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "id %s: ", job->r->cohort.id[i]);
done:
    dlrn_radiomics_free(own);
    case_image_clear(&c);
    return st;
}

static dlrn_status radiomics_row(void *user, size_t k, size_t w, dlrn_error *err)
{
    (void)w;
    const radiomics_job *job = user;
    const size_t i = job->row[k];
    double *row = job->s->x + i * job->s->p;
    if (job->second && !job->r->cohort.mask2[i]) { // the second reader saw a part of the cases
        for (size_t j = 0; j < job->s->p; j++)
            row[j] = (double)NAN;
        return DLRN_OK;
    }
    dlrn_features f = {0};
    const dlrn_status st = extract_case(&f, job, i, err);
    if (st == DLRN_OK) place_values(row, job->s, &f);
    dlrn_features_clear(&f);
    return st;
}

static dlrn_status radiomics_rows(void *user, feature_set *s, const size_t *row, size_t m,
                                  const dlrn_exec *ex, dlrn_error *err)
{
    radiomics_job job = *(const radiomics_job *)user;
    job.s = s;
    job.row = row;
    return dlrn_parallel_for(m, dlrn_exec_threads(ex), radiomics_row, &job, err);
}

static bool is_profile(const char *name)
{
    for (const char *const *p = dlrn_radiomics_profiles(); *p; p++)
        if (!strcmp(*p, name)) return true;
    return false;
}

dlrn_status study_radiomics_settings(dlrn_radiomics **out, const study_config *c, dlrn_error *err)
{
    dlrn_status st;
    char *path = NULL;
    *out = NULL;
    if (is_profile(c->radiomics.params)) {
        DLRN_TRY(dlrn_radiomics_profile(out, c->radiomics.params, err));
    } else {
        path = dlrn_path_join(c->folder, c->radiomics.params);
        DLRN_TRY(path ? dlrn_radiomics_load(out, path, err)
                      : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path"));
    }
done:
    free(path);
    if (st != DLRN_OK) {
        dlrn_radiomics_free(*out);
        *out = NULL;
    }
    return st;
}

/* Columns are those of the first case. */
static dlrn_status name_columns(feature_set *s, const radiomics_job *job, dlrn_error *err)
{
    dlrn_status st;
    dlrn_features f = {0};
    DLRN_TRY(extract_case(&f, job, 0, err));
    for (size_t j = 0; j < f.n; j++)
        DLRN_TRY(feature_set_add_column(s, f.name[j], err));
    s->n = job->r->cohort.rows;
done:
    dlrn_features_clear(&f);
    return st;
}

static dlrn_status compute_radiomics(feature_set *s, const study_run *r,
                                     const dlrn_radiomics *settings, bool second, dlrn_error *err)
{
    dlrn_status st;
    char key[65], *kept = NULL, *text = NULL;
    dlrn_json *j = dlrn_radiomics_to_json(settings);
    radiomics_job job = {.r = r, .settings = settings, .second = second};
    DLRN_TRY(dlrn_json_text(&text, j, 0, err));
    const char *const parts[] = {r->key, text, second ? "second" : "first"};
    DLRN_TRY(study_key(key, parts, 3, err));
    DLRN_TRY(
        folder_path(&kept, r->out, ".cache", second ? "radiomics2.rows" : "radiomics.rows", err));
    const radiomics_job first = {.r = r, .settings = settings};
    DLRN_TRY(name_columns(s, &first, err));
    const feature_job fj = {radiomics_rows, &job, second ? "radiomics, reader 2" : "radiomics",
                            kept, key};
    DLRN_TRY(feature_set_compute(s, &fj, r->ex, err));
done:
    dlrn_json_free(j);
    free(text);
    free(kept);
    return st;
}

static bool wants_icc(const study_config *c)
{
    for (size_t k = 0; k < c->n_selection; k++)
        if (!strcmp(c->selection[k].name, "icc")) return true;
    return false;
}

static dlrn_status write_set(const study_run *r, const feature_set *s, const char *file,
                             dlrn_error *err)
{
    char *path = NULL;
    dlrn_status st = folder_path(&path, r->out, "features", file, err);
    if (st == DLRN_OK) st = feature_set_write(s, r->cohort.id, path, err);
    free(path);
    return st;
}

dlrn_status study_step_radiomics(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    feature_set *s;
    dlrn_radiomics *settings = NULL;
    if (!r->c.radiomics.params && !r->c.radiomics.features) return DLRN_OK;
    DLRN_TRY(add_set(&s, r, "radiomics", err));
    if (r->c.radiomics.features) {
        DLRN_TRY(set_from_table(s, r, r->c.radiomics.features, NULL, err));
    } else {
        DLRN_TRY(study_radiomics_settings(&settings, &r->c, err));
        DLRN_TRY(compute_radiomics(s, r, settings, false, err));
        if (r->cohort.mask2 && wants_icc(&r->c))
            DLRN_TRY(compute_radiomics(&r->second[r->n_sets - 1], r, settings, true, err));
    }
    DLRN_TRY(write_set(r, s, "radiomics.csv", err));
done:
    dlrn_radiomics_free(settings);
    return st;
}

/* ---- deep ---- */

typedef struct deep_job {
    const study_run *r;
    bool second; /* the second reader's outline */
    const config_deep *d;
    dlrn_network *net;
    dlrn_normalise normalise;
    const size_t *row;
    float *crops;
} deep_job;

static dlrn_status crop_row(void *user, size_t k, size_t w, dlrn_error *err)
{
    (void)w;
    const deep_job *job = user;
    const size_t pixels = (size_t)job->d->size * (size_t)job->d->size;
    case_image c = {0};
    float *crop = NULL;
    dlrn_crop_opts o = DLRN_CROP_DEFAULTS;
    if (job->second && !job->r->cohort.mask2[job->row[k]]) return DLRN_OK; // stays 0, then NaN
    o.margin = job->d->margin;
    o.size = (int)job->d->size;
    o.window[0] = job->d->window[0];
    o.window[1] = job->d->window[1];
    dlrn_status st = study_read_case(&c, job->r, job->row[k], job->second, err);
    if (st == DLRN_OK) st = dlrn_crop_square(&crop, &c.image, &c.mask, &o, err);
    if (st == DLRN_OK) memcpy(job->crops + k * pixels, crop, pixels * sizeof *crop);
    free(crop);
    case_image_clear(&c);
    return st;
}

static dlrn_status deep_rows(void *user, feature_set *s, const size_t *row, size_t m,
                             const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    deep_job job = *(const deep_job *)user;
    const dlrn_exec quiet = {NULL, dlrn_exec_threads(ex)};
    float *out = NULL;
    job.row = row;
    DLRN_TRY(dlrn_alloc_or_fail(&job.crops, m * (size_t)(job.d->size * job.d->size), err));
    DLRN_TRY(dlrn_alloc_or_fail(&out, m * DLRN_DEEP_FEATURES, err));
    DLRN_TRY(dlrn_parallel_for(m, quiet.threads, crop_row, &job, err));
    DLRN_TRY(dlrn_network_features(out, job.net, job.crops, m, (int)job.d->size, job.normalise,
                                   &quiet, err));
    for (size_t k = 0; k < m; k++) {
        const bool read = !job.second || job.r->cohort.mask2[row[k]];
        for (size_t j = 0; j < DLRN_DEEP_FEATURES; j++)
            s->x[row[k] * s->p + j] = read ? (double)out[k * DLRN_DEEP_FEATURES + j] : (double)NAN;
    }
done:
    free(out);
    free(job.crops);
    return st;
}

static dlrn_status name_deep_columns(feature_set *s, const config_deep *d, size_t rows,
                                     dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t j = 0; j < DLRN_DEEP_FEATURES; j++) {
        char name[160];
        snprintf(name, sizeof name, "deep_%.100s_%04zu", d->name, j);
        DLRN_TRY(feature_set_add_column(s, name, err));
    }
    s->n = rows;
done:
    return st;
}

/* Known from the weights' file, or from the table that their features came in. */
static void note_weights(study_run *r, const config_deep *d, const char *sha256, bool made_up)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "name", d->name);
    dlrn_json_set_string(j, "sha256", sha256);
    dlrn_json_set_bool(j, "made_up", made_up);
    dlrn_json_append_take(r->weights, j);
    if (!made_up) return;
    r->made_up = true;
    study_warn(r,
               "the weights of backbone %s are made up: its features show the way, not what a "
               "trained network sees",
               d->name);
}

/* One reader's rows of an open network. */
static dlrn_status compute_deep_rows(feature_set *s, const deep_job *job, const char *sha256,
                                     dlrn_error *err)
{
    dlrn_status st;
    char key[65], file[160], *kept = NULL;
    deep_job own = *job;
    const char *const parts[] = {job->r->key, job->d->name, sha256, dlrn_network_backend(job->net),
                                 job->second ? "2" : "1"};
    DLRN_TRY(study_key(key, parts, 5, err));
    snprintf(file, sizeof file, "deep_%.120s%s.rows", job->d->name, job->second ? "2" : "");
    DLRN_TRY(folder_path(&kept, job->r->out, ".cache", file, err));
    DLRN_TRY(name_deep_columns(s, job->d, job->r->cohort.rows, err));
    const feature_job fj = {deep_rows, &own,
                            job->second ? "deep features, reader 2" : "deep features", kept, key};
    DLRN_TRY(feature_set_compute(s, &fj, job->r->ex, err));
done:
    free(kept);
    return st;
}

static dlrn_status compute_deep(study_run *r, size_t set, const config_deep *d, dlrn_error *err)
{
    dlrn_status st;
    dlrn_weights *w = NULL;
    deep_job job = {.r = r, .d = d};
    char *path = dlrn_path_join(r->c.folder, d->weights);
    if (!path) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    DLRN_TRY(dlrn_weights_load(&w, path, err));
    r->set[set].made_up = dlrn_weights_made_up(w);
    note_weights(r, d, dlrn_weights_sha256(w), r->set[set].made_up);
    DLRN_TRY(dlrn_normalise_parse(&job.normalise, d->normalise, err));
    DLRN_TRY(dlrn_network_open(&job.net, w, r->ex, err));
    DLRN_TRY(compute_deep_rows(&r->set[set], &job, dlrn_weights_sha256(w), err));
    job.second = r->cohort.mask2 && wants_icc(&r->c);
    if (job.second) DLRN_TRY(compute_deep_rows(&r->second[set], &job, dlrn_weights_sha256(w), err));
done:
    dlrn_network_free(job.net);
    dlrn_weights_free(w);
    free(path);
    return st;
}

dlrn_status study_step_deep(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; k < r->c.n_deep; k++) {
        const config_deep *d = &r->c.deep[k];
        feature_set *s;
        char text[160];
        DLRN_TRY(add_set(&s, r, d->name, err));
        snprintf(text, sizeof text, "deep_%.100s_", d->name);
        if (d->features) {
            DLRN_TRY(set_from_table(s, r, d->features, text, err));
            note_weights(r, d, NULL, s->made_up);
        } else {
            DLRN_TRY(compute_deep(r, r->n_sets - 1, d, err));
        }
        snprintf(text, sizeof text, "deep_%.100s.csv", d->name);
        DLRN_TRY(write_set(r, s, text, err));
    }
done:
    return st;
}
