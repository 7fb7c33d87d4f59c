/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps fuse, select and train: a model for radiomics, for each backbone, and for both fused.
 */
#include "study/config_read.h"
#include "study/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static feature_set *find_set(const study_run *r, const char *name)
{
    for (size_t k = 0; k < r->n_sets; k++)
        if (!strcmp(r->set[k].name, name)) return &r->set[k];
    return NULL;
}

dlrn_status study_step_fuse(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    config_list names = {0};
    DLRN_TRY(study_config_models(&names, &r->c, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->model, names.n, err));
    for (size_t k = 0; k < names.n; k++) {
        study_model *m = &r->model[r->n_models++];
        DLRN_TRY(config_set_text(&m->name, names.v[k], err));
        if (!strncmp(m->name, "dlr_", 4)) {
            DLRN_TRY(feature_set_fuse(&m->fused, find_set(r, "radiomics"), find_set(r, m->name + 4),
                                      m->name, err));
            m->features = &m->fused;
        } else {
            m->features = find_set(r, strncmp(m->name, "dtl_", 4) ? m->name : m->name + 4);
        }
    }
    // the nomogram's signature: as named, else the first fusion, else radiomics, else the first
    for (size_t k = r->n_models; k-- > 0;) {
        const char *name = r->model[k].name, *wanted = r->c.nomogram.model;
        const bool best = wanted ? !strcmp(name, wanted) : !strncmp(name, "dlr_", 4);
        if (best || (r->nomogram_model == SIZE_MAX && !wanted)) r->nomogram_model = k;
        if (!wanted && !best && strcmp(name, "radiomics") == 0 &&
            strncmp(r->model[r->nomogram_model].name, "dlr_", 4) != 0)
            r->nomogram_model = k;
    }
done:
    config_list_clear(&names);
    return st;
}

void study_model_options(dlrn_model_options *o, dlrn_select_step *steps, const study_run *r)
{
    const study_config *c = &r->c;
    const char *const rules[] = {"youden", "sensitivity", "specificity", "number"};
    for (size_t k = 0; k < c->n_selection; k++) {
        const config_step *s = &c->selection[k];
        steps[k] = (dlrn_select_step){.name = s->name,
                                      .number = s->number,
                                      .word = s->word,
                                      .alpha = s->alpha,
                                      .folds = (size_t)s->folds,
                                      .k = (size_t)s->k,
                                      .rule_min = s->rule_min};
    }
    *o = (dlrn_model_options){
        .pipeline = {.impute = c->preprocess.impute,
                     .scale = c->preprocess.scale,
                     .steps = steps,
                     .n_steps = c->n_selection,
                     .seed = (uint64_t)c->seed},
        .learners = (const char *const *)c->learners.v,
        .n_learners = c->learners.n,
        .folds = (size_t)c->tuning.folds,
        .repeats = (size_t)c->tuning.repeats,
        .calibrate = c->calibrate,
        .signature = c->signature,
        .threshold_value = c->statistics.threshold_value,
        .seed = (uint64_t)c->seed,
    };
    for (size_t k = 0; k < 4; k++)
        if (!strcmp(c->statistics.threshold, rules[k])) o->threshold = (dlrn_cutoff)k;
}

/* The second reader's column of this name; NULL: he did not read it. */
static const double *second_column(size_t *stride, const study_run *r, const char *name)
{
    for (size_t q = 0; q < r->n_sets; q++)
        for (size_t j = 0; j < r->second[q].p; j++)
            if (!strcmp(r->second[q].column[j], name)) {
                *stride = r->second[q].p;
                return r->second[q].x + j;
            }
    return NULL;
}

/* The second reader's values beside a model's columns, NaN where he has none; NULL: no values at
 * all. [n_train][p] */
static dlrn_status second_reader(double **out, const study_run *r, const feature_set *s,
                                 dlrn_error *err)
{
    dlrn_status st;
    bool any = false;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(out, r->n_train * s->p, err));
    for (size_t j = 0; j < s->p; j++) {
        size_t stride = 0;
        const double *v = second_column(&stride, r, s->column[j]);
        any = any || v;
        for (size_t k = 0; k < r->n_train; k++)
            (*out)[k * s->p + j] = v ? v[r->train[k] * stride] : (double)NAN;
    }
    if (!any) {
        free(*out);
        *out = NULL;
    }
done:
    return st;
}

typedef struct training {
    dlrn_train_data data;
    study_train_set rows;
    double *x, *second;
    dlrn_select_step *steps;
    dlrn_model_options options;
} training;

static void training_clear(training *t)
{
    study_train_set_clear(&t->rows);
    free(t->x);
    free(t->second);
    free(t->steps);
}

static dlrn_status training_make(training *t, const study_run *r, const study_model *m,
                                 dlrn_error *err)
{
    dlrn_status st;
    const feature_set *s = m->features;
    *t = (training){0};
    DLRN_TRY(study_train_set_make(&t->rows, r, err));
    DLRN_TRY(study_train_rows(&t->x, r, s->x, s->p, err));
    DLRN_TRY(second_reader(&t->second, r, s, err));
    DLRN_TRY(dlrn_alloc_or_fail(&t->steps, r->c.n_selection, err));
    study_model_options(&t->options, t->steps, r);
    t->data = (dlrn_train_data){.x = t->x,
                                .rows = r->n_train,
                                .cols = s->p,
                                .name = (const char *const *)s->column,
                                .second = t->second,
                                .label = t->rows.label,
                                .group = t->rows.group,
                                .stratum = t->rows.stratum};
done:
    return st;
}

dlrn_status study_step_select(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; k < r->n_models; k++) {
        training t;
        dlrn_pipeline *p = NULL;
        st = training_make(&t, r, &r->model[k], err);
        if (st == DLRN_OK) st = dlrn_pipeline_fit(&p, &t.data, &t.options.pipeline, r->ex, err);
        if (st == DLRN_OK)
            dlrn_log(r->ex, DLRN_LOG_INFO, "%s: %zu of %zu columns selected", r->model[k].name,
                     dlrn_pipeline_size(p), t.data.cols);
        else
            dlrn_error_prefix(err, "%s: ", r->model[k].name);
        dlrn_pipeline_free(p);
        training_clear(&t);
        if (st != DLRN_OK) break;
    }
    return st;
}

/* ---- scores of the fitted models ---- */

static dlrn_status spread_training(double **out, const study_run *r, const double *v,
                                   dlrn_error *err)
{
    const dlrn_status st = study_rows_nan(out, r, err);
    for (size_t k = 0; st == DLRN_OK && k < r->n_train; k++)
        (*out)[r->train[k]] = v[k];
    return st;
}

static dlrn_status score_learner(study_run *r, const study_model *m, size_t learner,
                                 const char *name, bool headline, dlrn_error *err)
{
    dlrn_status st;
    study_score *s;
    const dlrn_model_learner *l = dlrn_model_learner_at(m->fit, learner);
    DLRN_TRY(study_add_score(&s, r, name, headline, err));
    DLRN_TRY(study_rows_nan(&s->p, r, err));
    DLRN_TRY(study_rows_nan(&s->raw, r, err));
    DLRN_TRY(spread_training(&s->cv, r, l->oof, err));
    DLRN_TRY(spread_training(&s->cv_raw, r, l->oof_raw, err));
    const dlrn_prediction out = {s->p, s->raw, NULL};
    DLRN_TRY(dlrn_model_predict(&out, m->fit, learner, m->features->x, r->cohort.rows,
                                m->features->p, NULL, err));
    s->threshold = l->threshold;
done:
    return st;
}

static dlrn_status score_model(study_run *r, const study_model *m, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(score_learner(r, m, dlrn_model_chosen(m->fit), m->name, true, err));
    for (size_t l = 0; l < dlrn_model_learners(m->fit); l++) {
        char name[256];
        const dlrn_model_learner *learner = dlrn_model_learner_at(m->fit, l);
        if (learner->missing) continue;
        snprintf(name, sizeof name, "%s.%s", m->name, learner->name);
        DLRN_TRY(score_learner(r, m, l, name, false, err));
    }
done:
    return st;
}

static void warn_of_missing_learners(study_run *r, const study_model *m)
{
    for (size_t l = 0; l < dlrn_model_learners(m->fit); l++) {
        const dlrn_model_learner *learner = dlrn_model_learner_at(m->fit, l);
        if (learner->missing)
            study_warn(r, "learner %s is left out: %s", learner->name, learner->missing);
    }
}

/* What the selection had to do otherwise than asked, and columns that could not take part. */
static void warn_of_selection(study_run *r, const study_model *m)
{
    const dlrn_selection *s = dlrn_pipeline_selection(dlrn_model_pipeline(m->fit));
    for (size_t k = 0; s && k < s->n_steps; k++)
        if (s->step[k].note) study_warn(r, "%s, %s: %s", m->name, s->step[k].name, s->step[k].note);
}

dlrn_status study_fit_model(dlrn_model **out, const study_run *r, const study_model *m,
                            dlrn_error *err)
{
    training t;
    dlrn_status st = training_make(&t, r, m, err);
    if (st == DLRN_OK) st = dlrn_model_fit(out, &t.data, &t.options, r->ex, err);
    training_clear(&t);
    return st;
}

dlrn_status study_step_train(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; k < r->n_models; k++) {
        study_model *m = &r->model[k];
        DLRN_TRY(dlrn_progress(r->ex, "training", k, r->n_models, err));
        st = study_fit_model(&m->fit, r, m, err);
        if (st != DLRN_OK) {
            dlrn_error_prefix(err, "%s: ", m->name);
            goto done;
        }
        if (k == 0) warn_of_missing_learners(r, m);
        warn_of_selection(r, m);
        DLRN_TRY(score_model(r, m, err));
    }
    DLRN_TRY(dlrn_progress(r->ex, "training", r->n_models, r->n_models, err));
done:
    return st;
}
