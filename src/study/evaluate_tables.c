/* SPDX-License-Identifier: Apache-2.0
 *
 * tables/ and predictions: what results.json says, one subject a file, and the data of the figures.
 */
#include "study/evaluate.h"
#include "study/measures.h"
#include "study/tables_out.h"

#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- predictions ---- */

static void prediction_header(csv_out *c, const study_run *r, bool headline)
{
    static const char *const fixed[] = {"id", "patient", "cohort", "label"};
    for (size_t k = 0; k < 4; k++)
        csv_text(c, fixed[k]);
    for (size_t k = 0; k < r->n_scores; k++) {
        char name[300];
        const study_score *s = &r->score[k];
        if (s->headline != headline) continue;
        csv_text(c, s->name);
        snprintf(name, sizeof name, "%.250s_cv", s->name);
        if (s->cv) csv_text(c, name);
        snprintf(name, sizeof name, "%.250s_fit", s->name);
        if (s->fit) csv_text(c, name);
    }
    csv_end_row(c);
}

static dlrn_status write_predictions(const study_run *r, bool headline, const char *file,
                                     dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    const dlrn_cohort *k = &r->cohort;
    const size_t patient = dlrn_table_find(r->table, r->c.columns.patient);
    prediction_header(&c, r, headline);
    for (size_t i = 0; i < k->rows; i++) {
        csv_text(&c, k->id[i]);
        csv_text(&c, patient == SIZE_MAX ? k->id[i] : dlrn_table_text(r->table, patient, i));
        csv_text(&c, k->cohort_name[k->cohort[i]]);
        csv_number(&c, k->label[i]);
        for (size_t q = 0; q < r->n_scores; q++) {
            const study_score *s = &r->score[q];
            if (s->headline != headline) continue;
            csv_number(&c, r->is_train[i] ? (double)NAN : s->p[i]);
            if (s->cv) csv_number(&c, s->cv[i]);
            if (s->fit) csv_number(&c, s->fit[i]);
        }
        csv_end_row(&c);
    }
    return csv_write(&c, r->out, "", file, err);
}

/* ---- performance, learners, selection ---- */

static double at(const dlrn_json *j, const char *key, size_t k)
{
    return dlrn_json_as_number(dlrn_json_at(dlrn_json_get(j, key), k), (double)NAN);
}

static dlrn_status write_performance(const study_run *r, dlrn_error *err)
{
    static const char *const plain[] = {"brier", "intercept", "slope", "o_e", "ici"};
    static const char *const estimates[] = {"sensitivity", "specificity", "ppv",
                                            "npv",         "accuracy",    "f1"};
    csv_out c = {.mid_row = false};
    dlrn_json_member m, k;
    const dlrn_json *all = dlrn_json_get(r->results, "performance");
    csv_header(&c, "model,cohort,n,patients,events,threshold,auc,auc_se,auc_lo,auc_hi,ci_method,"
                   "sensitivity,sensitivity_lo,sensitivity_hi,specificity,specificity_lo,"
                   "specificity_hi,ppv,ppv_lo,ppv_hi,npv,npv_lo,npv_hi,accuracy,accuracy_lo,"
                   "accuracy_hi,f1,f1_lo,f1_hi,brier,intercept,slope,o_e,ici");
    for (bool a = dlrn_json_first(all, &m); a; a = dlrn_json_next(all, &m)) {
        const dlrn_json *cohorts = dlrn_json_get(m.value, "cohorts");
        for (bool b = dlrn_json_first(cohorts, &k); b; b = dlrn_json_next(cohorts, &k)) {
            if (!dlrn_json_is_object(k.value)) continue;
            csv_text(&c, m.key);
            csv_text(&c, k.key);
            csv_number(&c, dlrn_json_get_number(k.value, "n", (double)NAN));
            csv_number(&c, dlrn_json_get_number(k.value, "patients", (double)NAN));
            csv_number(&c, dlrn_json_get_number(k.value, "events", (double)NAN));
            csv_number(&c, dlrn_json_get_number(m.value, "threshold", (double)NAN));
            csv_number(&c, dlrn_json_get_number(k.value, "auc", (double)NAN));
            csv_number(&c, dlrn_json_get_number(k.value, "auc_se", (double)NAN));
            csv_number(&c, at(k.value, "auc_ci", 0));
            csv_number(&c, at(k.value, "auc_ci", 1));
            csv_text(&c, dlrn_json_get_string(k.value, "ci_method", ""));
            for (size_t q = 0; q < 6; q++) {
                const dlrn_json *e = dlrn_json_get(k.value, estimates[q]);
                csv_number(&c, dlrn_json_get_number(e, "value", (double)NAN));
                csv_number(&c, at(e, "ci", 0));
                csv_number(&c, at(e, "ci", 1));
            }
            for (size_t q = 0; q < 5; q++)
                csv_number(&c, dlrn_json_get_number(k.value, plain[q], (double)NAN));
            csv_end_row(&c);
        }
    }
    return csv_write(&c, r->out, "tables", "performance.csv", err);
}

static dlrn_status write_learners(const study_run *r, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    csv_header(&c, "model,learner,chosen,cv_auc,cv_auc_sd,parameters");
    for (size_t k = 0; k < r->n_models; k++) {
        const dlrn_model *m = r->model[k].fit;
        for (size_t l = 0; l < dlrn_model_learners(m); l++) {
            const dlrn_model_learner *of = dlrn_model_learner_at(m, l);
            dlrn_str params = {0};
            if (of->missing) continue;
            csv_text(&c, r->model[k].name);
            csv_text(&c, of->name);
            csv_text(&c, l == dlrn_model_chosen(m) ? "yes" : "");
            csv_number(&c, of->cv_auc);
            csv_number(&c, of->cv_auc_sd);
            for (size_t q = 0; q < of->params.n; q++)
                dlrn_str_addf(&params, "%s%s=%g", q ? " " : "", of->params.p[q].name,
                              of->params.p[q].value);
            csv_text(&c, dlrn_str_get(&params));
            dlrn_str_clear(&params);
            csv_end_row(&c);
        }
    }
    return csv_write(&c, r->out, "tables", "learners.csv", err);
}

static dlrn_status write_selected(const study_run *r, const study_model *m, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    char file[200];
    const dlrn_json *of = dlrn_json_get(dlrn_json_get(r->results, "selection"), m->name);
    const dlrn_json *selected = dlrn_json_get(of, "selected");
    csv_header(&c, "name,coefficient,frequency");
    for (size_t k = 0; k < dlrn_json_size(selected); k++) {
        const dlrn_json *f = dlrn_json_at(selected, k);
        csv_text(&c, dlrn_json_get_string(f, "name", ""));
        csv_number(&c, dlrn_json_get_number(f, "coefficient", (double)NAN));
        csv_number(&c, dlrn_json_get_number(f, "frequency", (double)NAN));
        csv_end_row(&c);
    }
    snprintf(file, sizeof file, "selected_%.150s.csv", m->name);
    return csv_write(&c, r->out, "tables", file, err);
}

/* lambda, df, cv_mean, cv_se, choice (1: min, 2: 1se, 3: both), then a column for each feature that
 * ever enters. */
static dlrn_status write_lasso(const study_run *r, const study_model *m, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    char file[200];
    const dlrn_selection *s = dlrn_pipeline_selection(dlrn_model_pipeline(m->fit));
    if (!s || !s->has_lasso) return DLRN_OK;
    const dlrn_lasso_path *p = &s->lasso.path;
    static const char *const fixed[] = {"lambda", "df", "cv_mean", "cv_se", "choice"};
    bool *enters = NULL;
    dlrn_status st = dlrn_alloc_or_fail(&enters, p->cols, err);
    if (st != DLRN_OK) return st;
    for (size_t q = 0; q < 5; q++)
        csv_text(&c, fixed[q]);
    for (size_t j = 0; j < p->cols; j++) {
        for (size_t k = 0; k < p->n_lambda; k++)
            enters[j] = enters[j] || p->beta[k * p->cols + j] != 0;
        if (enters[j]) csv_text(&c, m->features->column[s->lasso_column[j]]);
    }
    csv_end_row(&c);
    for (size_t k = 0; k < p->n_lambda; k++) {
        csv_number(&c, p->lambda[k]);
        csv_number(&c, (double)p->df[k]);
        csv_number(&c, s->lasso.mean[k]);
        csv_number(&c, s->lasso.se[k]);
        csv_number(&c, (k == s->lasso.at_min) + 2 * (k == s->lasso.at_1se));
        for (size_t j = 0; j < p->cols; j++)
            if (enters[j]) csv_number(&c, p->beta[k * p->cols + j]);
        csv_end_row(&c);
    }
    free(enters);
    snprintf(file, sizeof file, "lasso_%.150s.csv", m->name);
    return csv_write(&c, r->out, "tables", file, err);
}

/* Columns that no model could use, with the reason. */
static dlrn_status write_dropped(const study_run *r, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    csv_header(&c, "set,name,reason");
    for (size_t k = 0; k < r->n_sets; k++) {
        const feature_set *s = &r->set[k];
        const dlrn_dropped *d = NULL;
        size_t n = 0;
        for (size_t q = 0; q < s->n_dropped; q++) {
            csv_text(&c, s->name);
            csv_text(&c, s->dropped[q]);
            csv_text(&c, s->reason[q]);
            csv_end_row(&c);
        }
        for (size_t q = 0; q < r->n_models; q++)
            if (r->model[q].features == s)
                n = dlrn_pipeline_dropped(&d, dlrn_model_pipeline(r->model[q].fit));
        for (size_t q = 0; q < n; q++) {
            csv_text(&c, s->name);
            csv_text(&c, s->column[d[q].column]);
            csv_text(&c, d[q].reason);
            csv_end_row(&c);
        }
    }
    return csv_write(&c, r->out, "features", "dropped.csv", err);
}

/* ---- clinical, comparisons, subgroups ---- */

static dlrn_status write_terms(const study_run *r, const char *which, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    char file[64];
    const dlrn_json *list = dlrn_json_get(dlrn_json_get(r->results, "clinical"), which);
    csv_header(&c, "term,coefficient,or,or_lo,or_hi,p,label");
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        const dlrn_json *t = dlrn_json_at(list, k);
        csv_text(&c, dlrn_json_get_string(t, "term", ""));
        csv_number(&c, dlrn_json_get_number(t, "coefficient", (double)NAN));
        csv_number(&c, dlrn_json_get_number(t, "or", (double)NAN));
        csv_number(&c, at(t, "ci", 0));
        csv_number(&c, at(t, "ci", 1));
        csv_number(&c, dlrn_json_get_number(t, "p", (double)NAN));
        csv_text(&c, dlrn_json_get_string(t, "label", ""));
        csv_end_row(&c);
    }
    snprintf(file, sizeof file, "%.50s.csv", which);
    return csv_write(&c, r->out, "tables", file, err);
}

static dlrn_status write_comparisons(const study_run *r, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    const dlrn_json *list = dlrn_json_get(r->results, "comparisons");
    csv_header(&c, "cohort,a,b,auc_a,auc_b,difference,lo,hi,z,p,p_adjusted,primary,method");
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        static const char *const numbers[] = {"auc_a", "auc_b", "difference"};
        const dlrn_json *x = dlrn_json_at(list, k);
        csv_text(&c, dlrn_json_get_string(x, "cohort", ""));
        csv_text(&c, dlrn_json_get_string(x, "a", ""));
        csv_text(&c, dlrn_json_get_string(x, "b", ""));
        for (size_t q = 0; q < 3; q++)
            csv_number(&c, dlrn_json_get_number(x, numbers[q], (double)NAN));
        csv_number(&c, at(x, "ci", 0));
        csv_number(&c, at(x, "ci", 1));
        csv_number(&c, dlrn_json_get_number(x, "z", (double)NAN));
        csv_number(&c, dlrn_json_get_number(x, "p", (double)NAN));
        csv_number(&c, dlrn_json_get_number(x, "p_adjusted", (double)NAN));
        csv_text(&c, dlrn_json_get_bool(x, "primary", false) ? "yes" : "");
        csv_text(&c, dlrn_json_get_string(x, "method", ""));
        csv_end_row(&c);
    }
    return csv_write(&c, r->out, "tables", "comparisons.csv", err);
}

/* ---- data of the figures ---- */

static dlrn_status write_roc(const study_run *r, size_t cohort, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    csv_out c = {.mid_row = false};
    char file[200];
    csv_header(&c, "model,threshold,fpr,tpr");
    for (size_t k = 0; k < r->n_scores && st == DLRN_OK; k++) {
        measured m = {0};
        dlrn_roc roc = {0};
        st = measured_make(&m, r, r->score[k].p, NULL, cohort, err);
        const dlrn_truth t = {m.label, m.n, NULL};
        // a cohort of one class has no curve: its table has no rows
        const bool has = st == DLRN_OK && dlrn_roc_curve(&roc, m.p, &t, NULL) == DLRN_OK;
        for (size_t q = 0; has && q < roc.points; q++) {
            csv_text(&c, r->score[k].name);
            csv_number(&c, roc.point[q].threshold);
            csv_number(&c, 1 - roc.point[q].specificity);
            csv_number(&c, roc.point[q].sensitivity);
            csv_end_row(&c);
        }
        dlrn_roc_clear(&roc);
        measured_clear(&m);
    }
    snprintf(file, sizeof file, "roc_%.150s.csv", r->cohort.cohort_name[cohort]);
    const dlrn_status wrote = csv_write(&c, r->out, "tables", file, err);
    return st == DLRN_OK ? wrote : st;
}

static dlrn_status write_calibration(const study_run *r, size_t cohort, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    csv_out c = {.mid_row = false};
    char file[200];
    csv_header(&c, "what,x,y,lo,hi");
    for (size_t k = 0; k < r->n_scores && st == DLRN_OK; k++) {
        measured m = {0};
        if (!r->score[k].headline) continue;
        st = measured_make(&m, r, r->score[k].p, NULL, cohort, err);
        if (st == DLRN_OK) st = measures_calibration_rows(&c, r, r->score[k].name, &m, err);
        measured_clear(&m);
    }
    snprintf(file, sizeof file, "calibration_%.150s.csv", r->cohort.cohort_name[cohort]);
    const dlrn_status wrote = csv_write(&c, r->out, "tables", file, err);
    return st == DLRN_OK ? wrote : st;
}

/* All pairs of models, for the matrix. */
static dlrn_status write_delong(const study_run *r, size_t cohort, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    csv_out c = {.mid_row = false};
    char file[200];
    csv_header(&c, "a,b,difference,p");
    for (size_t x = 0; x < r->n_scores && st == DLRN_OK; x++)
        for (size_t y = x + 1; y < r->n_scores && st == DLRN_OK; y++) {
            measured a = {0}, b = {0};
            comparison k;
            if (!r->score[x].headline || !r->score[y].headline) continue;
            st = measured_make(&a, r, r->score[x].p, NULL, cohort, err);
            if (st == DLRN_OK) st = measured_make(&b, r, r->score[y].p, NULL, cohort, err);
            if (st == DLRN_OK) st = measures_compare(&k, r, &a, &b, err);
            if (st == DLRN_OK) {
                csv_text(&c, r->score[x].name);
                csv_text(&c, r->score[y].name);
                csv_number(&c, k.difference);
                csv_number(&c, k.p);
                csv_end_row(&c);
            }
            measured_clear(&a);
            measured_clear(&b);
        }
    snprintf(file, sizeof file, "delong_%.150s.csv", r->cohort.cohort_name[cohort]);
    const dlrn_status wrote = csv_write(&c, r->out, "tables", file, err);
    return st == DLRN_OK ? wrote : st;
}

static dlrn_status write_models(const study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; k < r->n_models; k++) {
        DLRN_TRY(write_selected(r, &r->model[k], err));
        DLRN_TRY(write_lasso(r, &r->model[k], err));
    }
    DLRN_TRY(write_learners(r, err));
    DLRN_TRY(write_dropped(r, err));
done:
    return st;
}

dlrn_status evaluate_tables(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(write_predictions(r, true, "predictions.csv", err));
    DLRN_TRY(write_predictions(r, false, "predictions_learners.csv", err));
    DLRN_TRY(write_performance(r, err));
    DLRN_TRY(write_models(r, err));
    DLRN_TRY(write_terms(r, "univariable", err));
    DLRN_TRY(write_terms(r, "multivariable", err));
    DLRN_TRY(write_comparisons(r, err));
    for (size_t k = 1; k < r->cohort.n_cohorts; k++) {
        DLRN_TRY(write_roc(r, k, err));
        DLRN_TRY(write_calibration(r, k, err));
        DLRN_TRY(write_delong(r, k, err));
    }
done:
    return st;
}
