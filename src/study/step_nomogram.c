/* SPDX-License-Identifier: Apache-2.0
 *
 * The step nomogram: the clinical logistic model, and the nomogram on the logit of the out-of-fold
 * signature plus clinical terms.
 */
#include "study/config_read.h"
#include "study/fit_logit.h"
#include "study/logit.h"
#include "study/nested.h"

#include <dlrn/split.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_term(const study_config *c, const char *column)
{
    if (c->nomogram.all_terms) return true;
    for (size_t k = 0; k < c->nomogram.terms.n; k++)
        if (!strcmp(c->nomogram.terms.v[k], column)) return true;
    return false;
}

/* {entry_p}: terms whose own likelihood-ratio test on the training rows is below the bound. */
static dlrn_status enter_by_p(bool *keep, study_run *r, const study_train_set *rows,
                              dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    study_warn(r,
               "nomogram: terms entered by p < %g; this makes their p-values and intervals too "
               "optimistic",
               r->c.nomogram.entry_p);
    for (size_t k = 0; k < r->clinical.n; k++) {
        double p;
        DLRN_TRY(fit_logit_term_p(&p, r, &r->clinical.term[k], rows->label, err));
        keep[k] = p < r->c.nomogram.entry_p;
    }
done:
    return st;
}

static dlrn_status choose_terms(study_run *r, const study_train_set *rows, dlrn_error *err)
{
    dlrn_status st;
    bool *keep = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&keep, r->clinical.n, err));
    for (size_t k = 0; k < r->clinical.n; k++)
        keep[k] = is_term(&r->c, r->clinical.term[k].column);
    if (r->c.nomogram.entry_p > 0) DLRN_TRY(enter_by_p(keep, r, rows, err));
    DLRN_TRY(clinical_subset(&r->nomogram_terms, &r->clinical, keep, err));
done:
    free(keep);
    return st;
}

static dlrn_status load_clinical(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    size_t *unknown = NULL;
    DLRN_TRY(
        clinical_fit(&r->clinical, r->c.clinical, r->c.n_clinical, r->table, r->is_train, err));
    DLRN_TRY(dlrn_alloc_or_fail(&unknown, r->clinical.n, err));
    DLRN_TRY(clinical_encode_table(&r->clinical_x, unknown, &r->clinical, r->table, err));
    for (size_t k = 0; k < r->clinical.n; k++) {
        const clinical_term *t = &r->clinical.term[k];
        if (unknown[k])
            study_warn(r,
                       "%zu rows have a level of '%s' that training rows do not have: the most "
                       "frequent level stands in",
                       unknown[k], t->column);
        if (t->missing)
            study_warn(r, "'%s' is missing in %zu of %zu training rows: the training %s stands in",
                       t->column, t->missing, r->n_train,
                       t->kind == CLINICAL_NUMBER ? "median" : "mode");
    }
done:
    free(unknown);
    return st;
}

/* The nomogram's design row of cohort row i at a signature probability (NaN where there is none).
 */
static void design_row(double *x, const study_run *r, size_t i, double signature)
{
    size_t at = 0;
    if (r->nomogram_model != SIZE_MAX) x[at++] = logit_of_signature(signature, r->n_train);
    for (size_t k = 0; k < r->nomogram_terms.n; k++) {
        const clinical_term *t = &r->nomogram_terms.term[k];
        for (size_t q = 0; q < r->clinical.n; q++) {
            const clinical_term *from = &r->clinical.term[q];
            if (strcmp(from->column, t->column) != 0) continue;
            memcpy(x + at, r->clinical_x + i * r->clinical.p + from->first, t->width * sizeof *x);
            at += t->width;
        }
    }
}

static dlrn_status name_design(study_logit *f, const clinical_spec *terms, bool signature,
                               dlrn_error *err)
{
    dlrn_status st;
    f->p = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&f->name, terms->p + signature, err));
    if (signature) DLRN_TRY(config_set_text(&f->name[f->p++], "signature", err));
    for (size_t j = 0; j < terms->p; j++)
        DLRN_TRY(config_set_text(&f->name[f->p++], terms->name[j], err));
done:
    return st;
}

/* ---- the clinical model ---- */

/* Out-of-fold linear predictors over patient-grouped folds. */
static dlrn_status clinical_folds(double *t, const study_run *r, const double *x, size_t p,
                                  const study_train_set *rows, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = r->n_train, folds = (size_t)r->c.tuning.folds;
    size_t *fold = NULL;
    uint8_t *label = NULL;
    double *in = NULL;
    const dlrn_split_rows split = {n, rows->label, rows->group, rows->stratum};
    DLRN_TRY(dlrn_alloc_or_fail(&fold, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&label, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&in, n * p, err));
    DLRN_TRY(dlrn_folds(fold, &split, folds, (uint64_t)r->c.seed, err));
    for (size_t k = 0; k < folds; k++) {
        study_logit f = {.p = p};
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            if (fold[i] == k) continue;
            memcpy(in + m * p, x + i * p, p * sizeof *in);
            label[m++] = rows->label[i];
        }
        st = fit_logit(&f, in, label, NULL, m, err);
        for (size_t i = 0; st == DLRN_OK && i < n; i++)
            if (fold[i] == k) t[i] = logit_linear(&f, x + i * p);
        study_logit_clear(&f);
        if (st != DLRN_OK) {
            dlrn_error_prefix(err, "clinical model, fold %zu: ", k + 1);
            break;
        }
    }
done:
    free(in);
    free(label);
    free(fold);
    return st;
}

/* Fills p and cv of a score: linear predictors through the recalibration that their out-of-fold
 * values ask for. */
static dlrn_status score_clinical(study_run *r, study_score *s, const double *oof,
                                  const study_train_set *rows, dlrn_error *err)
{
    dlrn_status st;
    double a = 0, b = 1;
    DLRN_TRY(study_rows_nan(&s->p, r, err));
    DLRN_TRY(study_rows_nan(&s->raw, r, err));
    DLRN_TRY(study_rows_nan(&s->cv, r, err));
    DLRN_TRY(study_rows_nan(&s->cv_raw, r, err));
    if (r->c.calibrate) DLRN_TRY(fit_recalibration(&a, &b, oof, rows->label, r->n_train, err));
    for (size_t i = 0; i < r->cohort.rows; i++) {
        const double t = logit_linear(&r->clinical_fit, r->clinical_x + i * r->clinical.p);
        s->raw[i] = logit_probability(t);
        s->p[i] = logit_probability(a + b * t);
    }
    double *cv = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&cv, r->n_train, err));
    for (size_t k = 0; k < r->n_train; k++) {
        s->cv_raw[r->train[k]] = logit_probability(oof[k]);
        cv[k] = s->cv[r->train[k]] = logit_probability(a + b * oof[k]);
    }
    dlrn_model_options o;
    dlrn_select_step steps[64];
    study_model_options(&o, steps, r);
    st = dlrn_cutoff_choose(&s->threshold, cv, rows->label, r->n_train, o.threshold,
                            o.threshold_value, err);
    free(cv);
done:
    return st;
}

static dlrn_status fit_clinical(study_run *r, const study_train_set *rows, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL, *oof = NULL;
    study_score *s;
    if (!r->clinical.p) return DLRN_OK;
    DLRN_TRY(study_train_rows(&x, r, r->clinical_x, r->clinical.p, err));
    DLRN_TRY(name_design(&r->clinical_fit, &r->clinical, false, err));
    st = fit_logit(&r->clinical_fit, x, rows->label, r->clustered ? rows->group : NULL, r->n_train,
                   err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "clinical model: ");
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&oof, r->n_train, err));
    DLRN_TRY(clinical_folds(oof, r, x, r->clinical.p, rows, err));
    DLRN_TRY(study_add_score(&s, r, "clinical", true, err));
    DLRN_TRY(score_clinical(r, s, oof, rows, err));
    r->clinical_fit.threshold = s->threshold;
done:
    free(oof);
    free(x);
    return st;
}

/* ---- the nomogram ---- */

static const study_score *signature_score(const study_run *r)
{
    return r->nomogram_model == SIZE_MAX ? NULL
                                         : study_find_score(r, r->model[r->nomogram_model].name);
}

/* The nested out-of-fold probabilities; s->cv stays NULL with its reason where there are none. */
static dlrn_status score_nested(study_run *r, study_score *s, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_error why;
    double *cv = NULL;
    s->cv_reason = "nested cross-validation needs a signature and terms that were not entered by p";
    if (r->nomogram_model == SIZE_MAX || r->c.nomogram.entry_p > 0) return DLRN_OK;
    DLRN_TRY(study_rows_nan(&cv, r, err));
    const dlrn_status nested = nested_nomogram(cv, r, &why);
    if (nested == DLRN_ECANCELLED || nested == DLRN_ENOMEM) {
        st = dlrn_fail(err, nested, "%s", why.msg);
    } else if (nested != DLRN_OK) {
        study_warn(r, "no nested cross-validation of the nomogram: %s", why.msg);
        s->cv_reason =
            "a fold of the nested cross-validation could not be fitted: see the warnings";
    } else {
        s->cv = cv;
        cv = NULL;
    }
done:
    free(cv);
    return st;
}

/* From nested predictions where there are some, else from the fit's own rows. */
static dlrn_status choose_threshold(study_run *r, study_score *s, const study_train_set *rows,
                                    dlrn_error *err)
{
    dlrn_status st;
    double *p = NULL;
    dlrn_model_options o;
    dlrn_select_step *steps = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&steps, r->c.n_selection, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p, r->n_train, err));
    study_model_options(&o, steps, r);
    for (size_t k = 0; k < r->n_train; k++)
        p[k] = s->cv ? s->cv[r->train[k]] : s->fit[r->train[k]];
    DLRN_TRY(dlrn_cutoff_choose(&s->threshold, p, rows->label, r->n_train, o.threshold,
                                o.threshold_value, err));
    r->nomogram_fit.threshold = s->threshold;
done:
    free(steps);
    free(p);
    return st;
}

static dlrn_status score_nomogram(study_run *r, const study_train_set *rows, const double *x,
                                  dlrn_error *err)
{
    dlrn_status st;
    study_score *s;
    double *row = NULL;
    const size_t p = r->nomogram_fit.p;
    DLRN_TRY(study_add_score(&s, r, "dlrn", true, err)); // moves the scores: find them again
    const study_score *signature = signature_score(r);
    DLRN_TRY(dlrn_alloc_or_fail(&row, p, err));
    DLRN_TRY(study_rows_nan(&s->p, r, err));
    DLRN_TRY(study_rows_nan(&s->fit, r, err));
    for (size_t i = 0; i < r->cohort.rows; i++) {
        if (r->is_train[i]) continue; // a refitted learner has seen its own rows
        design_row(row, r, i, signature ? signature->p[i] : (double)NAN);
        s->p[i] = logit_probability(logit_linear(&r->nomogram_fit, row));
    }
    for (size_t k = 0; k < r->n_train; k++)
        s->fit[r->train[k]] = logit_probability(logit_linear(&r->nomogram_fit, x + k * p));
    DLRN_TRY(score_nested(r, s, err));
    DLRN_TRY(choose_threshold(r, s, rows, err));
done:
    free(row);
    return st;
}

static size_t count_clips(const study_run *r, const study_score *signature)
{
    size_t clips = 0;
    const double least = 0.5 / (double)r->n_train;
    for (size_t k = 0; signature && k < r->n_train; k++) {
        const double p = signature->cv[r->train[k]];
        clips += p < least || p > 1 - least;
    }
    return clips;
}

static dlrn_status fit_nomogram(study_run *r, const study_train_set *rows, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL;
    const study_score *signature = signature_score(r);
    study_logit *f = &r->nomogram_fit;
    DLRN_TRY(name_design(f, &r->nomogram_terms, signature != NULL, err));
    DLRN_TRY(dlrn_alloc_or_fail(&x, r->n_train * f->p, err));
    for (size_t k = 0; k < r->n_train; k++)
        design_row(x + k * f->p, r, r->train[k],
                   signature ? signature->cv[r->train[k]] : (double)NAN);
    const size_t clips = count_clips(r, signature);
    if (clips) study_warn(r, "%zu signature probabilities were clipped to [1/2n, 1 - 1/2n]", clips);
    st = fit_logit(f, x, rows->label, r->clustered ? rows->group : NULL, r->n_train, err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "nomogram: ");
        goto done;
    }
    if (signature && !(f->beta[1] > 0)) {
        study_warn(
            r,
            "no nomogram: the signature's slope is %.3g, so the out-of-fold logit of %s does "
            "not rise with the outcome beside the clinical terms; there is nothing to build "
            "a nomogram on",
            f->beta[1], r->model[r->nomogram_model].name);
        study_logit_clear(f);
        goto done;
    }
    DLRN_TRY(score_nomogram(r, rows, x, err));
done:
    free(x);
    return st;
}

dlrn_status study_step_nomogram(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    study_train_set rows = {0};
    DLRN_TRY(study_train_set_make(&rows, r, err));
    DLRN_TRY(load_clinical(r, err));
    DLRN_TRY(fit_clinical(r, &rows, err));
    DLRN_TRY(choose_terms(r, &rows, err));
    if (r->nomogram_terms.p || r->nomogram_model != SIZE_MAX) DLRN_TRY(fit_nomogram(r, &rows, err));
done:
    study_train_set_clear(&rows);
    return st;
}
