/* SPDX-License-Identifier: Apache-2.0
 *
 * A fitted model: reading it, predicting, keeping it.
 */
#include "model/model_private.h"

#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void clear_learner(dlrn_model_learner *l)
{
    if (l->state) l->kind->free(l->state);
    free(l->missing);
    free(l->fold_auc);
    free(l->oof_score);
    free(l->oof_raw);
    free(l->oof);
    free(l->calibration_note);
}

void dlrn_model_free(dlrn_model *m)
{
    if (!m) return;
    for (size_t l = 0; l < m->n_learners; l++)
        clear_learner(&m->learner[l]);
    free(m->learner);
    free(m->frequency);
    dlrn_pipeline_free(m->pipeline);
    free(m);
}

const dlrn_pipeline *dlrn_model_pipeline(const dlrn_model *m)
{
    return m->pipeline;
}

size_t dlrn_model_learners(const dlrn_model *m)
{
    return m->n_learners;
}

const dlrn_model_learner *dlrn_model_learner_at(const dlrn_model *m, size_t i)
{
    return &m->learner[i];
}

size_t dlrn_model_find(const dlrn_model *m, const char *learner)
{
    for (size_t l = 0; l < m->n_learners; l++)
        if (!strcmp(m->learner[l].name, learner)) return l;
    return SIZE_MAX;
}

size_t dlrn_model_chosen(const dlrn_model *m)
{
    return m->chosen;
}

double dlrn_model_frequency(const dlrn_model *m, size_t column)
{
    return m->frequency && column < m->cols ? m->frequency[column] : (double)NAN;
}

size_t dlrn_model_rows(const dlrn_model *m)
{
    return m->rows;
}

static double expit(double t)
{
    if (t >= 0) return 1 / (1 + exp(-t));
    const double e = exp(t);
    return e / (1 + e);
}

double model_raw_probability(const dlrn_model_learner *l, double score)
{
    return l->kind->margin ? expit(score) : score;
}

double model_probability(const dlrn_model_learner *l, double score)
{
    if (!l->calibrated) return model_raw_probability(l, score);
    return expit(l->calibration_intercept + l->calibration_slope * score);
}

dlrn_status dlrn_model_predict(const dlrn_prediction *out, const dlrn_model *m, size_t learner,
                               const double *x, size_t rows, size_t cols, const size_t *source,
                               dlrn_error *err)
{
    dlrn_status st;
    double *z = NULL, *score = NULL;
    const dlrn_model_learner *l = &m->learner[learner];
    const size_t p = dlrn_pipeline_size(m->pipeline);
    if (l->missing) return dlrn_fail(err, DLRN_EUNSUPPORTED, "%s", l->missing);
    DLRN_TRY(dlrn_alloc_or_fail(&z, rows * p, err));
    DLRN_TRY(dlrn_alloc_or_fail(&score, rows, err));
    dlrn_pipeline_apply(z, m->pipeline, x, rows, cols, source);
    DLRN_TRY(l->kind->predict(score, l->state, z, rows, p, err));
    for (size_t i = 0; i < rows; i++) {
        if (out->score) out->score[i] = score[i];
        if (out->raw) out->raw[i] = model_raw_probability(l, score[i]);
        if (out->probability) out->probability[i] = model_probability(l, score[i]);
    }
done:
    free(score);
    free(z);
    return st;
}

dlrn_status dlrn_cutoff_choose(double *out, const double *p, const uint8_t *label, size_t rows,
                               dlrn_cutoff rule, double value, dlrn_error *err)
{
    static const dlrn_threshold_kind kinds[] = {DLRN_THRESHOLD_YOUDEN, DLRN_THRESHOLD_SENSITIVITY,
                                                DLRN_THRESHOLD_SPECIFICITY};
    dlrn_status st;
    dlrn_roc roc = {0};
    size_t at;
    if (rule == DLRN_CUTOFF_VALUE) {
        *out = value;
        return DLRN_OK;
    }
    const dlrn_truth truth = {label, rows, NULL};
    const dlrn_threshold_rule wanted = {.kind = kinds[rule], .value = value};
    DLRN_TRY(dlrn_roc_curve(&roc, p, &truth, err));
    DLRN_TRY(dlrn_roc_threshold(&at, &roc, &wanted, err));
    *out = roc.point[at].threshold;
done:
    dlrn_roc_clear(&roc);
    return st;
}

/* ---- for results.json ---- */

static dlrn_json *params_json(const dlrn_params *p)
{
    dlrn_json *j = dlrn_json_object();
    for (size_t k = 0; k < p->n; k++)
        dlrn_json_set_number(j, p->p[k].name, p->p[k].value);
    return j;
}

dlrn_json *dlrn_model_selection_json(const dlrn_model *m)
{
    const dlrn_selection *s = dlrn_pipeline_selection(m->pipeline);
    dlrn_json *j = dlrn_json_object(), *steps = dlrn_json_array(), *selected = dlrn_json_array();
    for (size_t k = 0; s && k < s->n_steps; k++) {
        dlrn_json *step = dlrn_json_object();
        dlrn_json_set_string(step, "name", s->step[k].name);
        dlrn_json_set_integer(step, "kept", (int64_t)s->step[k].kept);
        if (s->step[k].note) dlrn_json_set_string(step, "note", s->step[k].note);
        dlrn_json_append_take(steps, step);
    }
    for (size_t k = 0; k < dlrn_pipeline_size(m->pipeline); k++) {
        dlrn_json *f = dlrn_json_object();
        dlrn_json_set_string(f, "name", dlrn_pipeline_column(m->pipeline, k));
        dlrn_json_set_number(f, "coefficient", s ? s->coefficient[k] : (double)NAN);
        dlrn_json_set_number(f, "frequency",
                             dlrn_model_frequency(m, dlrn_pipeline_source(m->pipeline, k)));
        dlrn_json_append_take(selected, f);
    }
    dlrn_json_set_take(j, "steps", steps);
    if (s && s->has_lasso)
        dlrn_json_set_number(j, "lambda", s->lasso.path.lambda[s->lasso_at]);
    else
        dlrn_json_set_take(j, "lambda", dlrn_json_null());
    dlrn_json_set_take(j, "selected", selected);
    return j;
}

dlrn_json *dlrn_model_learners_json(const dlrn_model *m)
{
    dlrn_json *j = dlrn_json_object();
    for (size_t l = 0; l < m->n_learners; l++) {
        const dlrn_model_learner *of = &m->learner[l];
        dlrn_json *item = dlrn_json_object();
        if (of->missing) {
            dlrn_json_set_take(item, "cv_auc", dlrn_json_null());
            dlrn_json_set_string(item, "cv_auc_reason", of->missing);
        } else {
            dlrn_json_set_number(item, "cv_auc", of->cv_auc);
            dlrn_json_set_number(item, "cv_auc_sd", of->cv_auc_sd);
            dlrn_json_set_take(item, "params", params_json(&of->params));
        }
        dlrn_json_set_take(j, of->name, item);
    }
    return j;
}

/* ---- for the bundle ---- */

void dlrn_blobs_free(dlrn_blob *blobs, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        free(blobs[k].name);
        free(blobs[k].bytes);
    }
    free(blobs);
}

static dlrn_json *learner_json(const dlrn_model_learner *l)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "name", l->name);
    dlrn_json_set_string(j, "missing", l->missing);
    dlrn_json_set_take(j, "params", params_json(&l->params));
    dlrn_json_set_number(j, "cv_auc", l->cv_auc);
    dlrn_json_set_number(j, "cv_auc_sd", l->cv_auc_sd);
    dlrn_json_set_bool(j, "calibrated", l->calibrated);
    dlrn_json_set_number(j, "intercept", l->calibration_intercept);
    dlrn_json_set_number(j, "slope", l->calibration_slope);
    dlrn_json_set_number(j, "threshold", l->threshold);
    return j;
}

dlrn_status dlrn_model_save(dlrn_json **json, dlrn_blob **blobs, size_t *n_blobs,
                            const dlrn_model *m, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json *learners = dlrn_json_array();
    *json = dlrn_json_object();
    *n_blobs = 0;
    DLRN_TRY(dlrn_alloc_or_fail(blobs, m->n_learners, err));
    for (size_t l = 0; l < m->n_learners; l++) {
        const dlrn_model_learner *of = &m->learner[l];
        dlrn_json_append_take(learners, learner_json(of));
        if (of->missing) continue;
        dlrn_blob *b = &(*blobs)[(*n_blobs)++];
        b->name = dlrn_strdup(of->name);
        if (!b->name) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a model");
            goto done;
        }
        DLRN_TRY(of->kind->save(&b->bytes, &b->len, of->state, err));
    }
    dlrn_json_set_integer(*json, "rows", (int64_t)m->rows);
    dlrn_json_set_string(*json, "chosen", m->learner[m->chosen].name);
    dlrn_json_set_take(*json, "pipeline", dlrn_pipeline_json(m->pipeline));
    dlrn_json_set_take(*json, "learners", learners);
    learners = NULL;
done:
    dlrn_json_free(learners);
    if (st != DLRN_OK) {
        dlrn_blobs_free(*blobs, *n_blobs);
        dlrn_json_free(*json);
        *json = NULL;
        *blobs = NULL;
        *n_blobs = 0;
    }
    return st;
}

static dlrn_status set_missing(dlrn_model_learner *l, const char *why, dlrn_error *err)
{
    l->missing = dlrn_strdup(why);
    return l->missing ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a model");
}

static dlrn_status load_learner(dlrn_model_learner *l, const dlrn_json *j, const dlrn_blob *blobs,
                                size_t n_blobs, dlrn_error *err)
{
    dlrn_error why;
    const char *name = dlrn_json_get_string(j, "name", "");
    const char *missing = dlrn_json_get_string(j, "missing", NULL);
    l->kind = dlrn_learner_find(name);
    if (!l->kind)
        return dlrn_fail(err, DLRN_EUNSUPPORTED, "a learner '%s' that this program does not know",
                         name);
    l->name = l->kind->name;
    l->cv_auc = dlrn_json_get_number(j, "cv_auc", (double)NAN);
    l->cv_auc_sd = dlrn_json_get_number(j, "cv_auc_sd", (double)NAN);
    l->calibrated = dlrn_json_get_bool(j, "calibrated", false);
    l->calibration_intercept = dlrn_json_get_number(j, "intercept", 0);
    l->calibration_slope = dlrn_json_get_number(j, "slope", 1);
    l->threshold = dlrn_json_get_number(j, "threshold", (double)NAN);
    if (missing) return set_missing(l, missing, err);
    if (l->kind->available(&why) != DLRN_OK) return set_missing(l, why.msg, err);
    for (size_t k = 0; k < n_blobs; k++)
        if (!strcmp(blobs[k].name, name))
            return l->kind->load(&l->state, blobs[k].bytes, blobs[k].len, err);
    return dlrn_fail(err, DLRN_EFORMAT, "the learner %s has no part in the file", name);
}

dlrn_status dlrn_model_load(dlrn_model **out, const dlrn_json *json, const dlrn_blob *blobs,
                            size_t n_blobs, dlrn_error *err)
{
    dlrn_status st;
    dlrn_model *m = NULL;
    const dlrn_json *learners = dlrn_json_get(json, "learners");
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    m->rows = (size_t)dlrn_json_get_number(json, "rows", 0);
    DLRN_TRY(dlrn_pipeline_load(&m->pipeline, dlrn_json_get(json, "pipeline"), err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->learner, dlrn_json_size(learners), err));
    for (size_t l = 0; l < dlrn_json_size(learners); l++) {
        m->n_learners = l + 1;
        DLRN_TRY(load_learner(&m->learner[l], dlrn_json_at(learners, l), blobs, n_blobs, err));
    }
    m->chosen = dlrn_model_find(m, dlrn_json_get_string(json, "chosen", ""));
    if (m->chosen == SIZE_MAX) {
        st = dlrn_fail(err, DLRN_EFORMAT, "the model does not say which learner it chose");
        goto done;
    }
    *out = m;
    m = NULL;
done:
    dlrn_model_free(m);
    return st;
}
