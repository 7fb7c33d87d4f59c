/* SPDX-License-Identifier: Apache-2.0
 *
 * The nomogram in nested cross-validation: in each outer fold the signature's model is tuned and
 * fitted anew, its inner out-of-fold logits fit the nomogram, and the rows left out only meet
 * `apply`.
 */
#include "study/nested.h"

#include "study/fit_logit.h"
#include "study/logit.h"

#include <dlrn/split.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One outer fold: a study that knows only these training rows. */
typedef struct outer {
    study_run sub;       /* shallow: train, n_train and is_train are its own */
    size_t *left_out, n; /* cohort rows */
    clinical_spec terms; /* fitted on its rows */
    double *clinical_x;  /* [rows][terms.p] */
    dlrn_model *model;
    study_logit fit;
} outer;

static void outer_clear(outer *o)
{
    free(o->sub.train);
    free(o->sub.is_train);
    free(o->left_out);
    free(o->clinical_x);
    clinical_spec_clear(&o->terms);
    dlrn_model_free(o->model);
    study_logit_clear(&o->fit);
}

static dlrn_status take_rows(outer *o, const study_run *r, const size_t *fold, size_t k,
                             dlrn_error *err)
{
    dlrn_status st;
    o->sub = *r;
    o->sub.train = NULL;
    o->sub.is_train = NULL;
    o->sub.n_train = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&o->sub.train, r->n_train, err));
    DLRN_TRY(dlrn_alloc_or_fail(&o->sub.is_train, r->cohort.rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&o->left_out, r->n_train, err));
    for (size_t i = 0; i < r->n_train; i++) {
        if (fold[i] == k) {
            o->left_out[o->n++] = r->train[i];
        } else {
            o->sub.is_train[r->train[i]] = true;
            o->sub.train[o->sub.n_train++] = r->train[i];
        }
    }
done:
    return st;
}

/* The nomogram's clinical terms, their imputation found on this fold's rows. */
static dlrn_status fit_terms(outer *o, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    config_clinical *wanted = NULL;
    size_t n = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&wanted, r->c.n_clinical, err));
    for (size_t k = 0; k < r->c.n_clinical; k++)
        for (size_t q = 0; q < r->nomogram_terms.n; q++)
            if (!strcmp(r->c.clinical[k].column, r->nomogram_terms.term[q].column))
                wanted[n++] = r->c.clinical[k];
    DLRN_TRY(clinical_fit(&o->terms, wanted, n, r->table, o->sub.is_train, err));
    DLRN_TRY(clinical_encode_table(&o->clinical_x, NULL, &o->terms, r->table, err));
done:
    free(wanted);
    return st;
}

static void design_row(double *x, const outer *o, size_t row, double signature)
{
    x[0] = logit_of_signature(signature, o->sub.n_train);
    memcpy(x + 1, o->clinical_x + row * o->terms.p, o->terms.p * sizeof *x);
}

static dlrn_status fit_outer(outer *o, const study_model *m, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL;
    study_train_set rows = {0};
    const size_t p = o->terms.p + 1, n = o->sub.n_train;
    DLRN_TRY(study_fit_model(&o->model, &o->sub, m, err));
    const double *oof = dlrn_model_learner_at(o->model, dlrn_model_chosen(o->model))->oof;
    DLRN_TRY(study_train_set_make(&rows, &o->sub, err));
    DLRN_TRY(dlrn_alloc_or_fail(&x, n * p, err));
    for (size_t k = 0; k < n; k++)
        design_row(x + k * p, o, o->sub.train[k], oof[k]);
    o->fit.p = p;
    DLRN_TRY(fit_logit(&o->fit, x, rows.label, NULL, n, err));
done:
    study_train_set_clear(&rows);
    free(x);
    return st;
}

static dlrn_status predict_outer(double *cv, outer *o, const study_model *m, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL, *p = NULL, *row = NULL;
    const feature_set *s = m->features;
    DLRN_TRY(dlrn_alloc_or_fail(&x, o->n * s->p, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p, o->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&row, o->fit.p, err));
    for (size_t k = 0; k < o->n; k++)
        memcpy(x + k * s->p, s->x + o->left_out[k] * s->p, s->p * sizeof *x);
    const dlrn_prediction out = {.probability = p};
    DLRN_TRY(
        dlrn_model_predict(&out, o->model, dlrn_model_chosen(o->model), x, o->n, s->p, NULL, err));
    for (size_t k = 0; k < o->n; k++) {
        design_row(row, o, o->left_out[k], p[k]);
        cv[o->left_out[k]] = logit_probability(logit_linear(&o->fit, row));
    }
done:
    free(row);
    free(p);
    free(x);
    return st;
}

static dlrn_status run_outer(double *cv, const study_run *r, const study_model *m,
                             const size_t *fold, size_t k, dlrn_error *err)
{
    dlrn_status st;
    outer o = {.n = 0};
    DLRN_TRY(take_rows(&o, r, fold, k, err));
    DLRN_TRY(fit_terms(&o, r, err));
    DLRN_TRY(fit_outer(&o, m, err));
    DLRN_TRY(predict_outer(cv, &o, m, err));
done:
    outer_clear(&o);
    return st;
}

dlrn_status nested_nomogram(double *cv, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    study_train_set rows = {0};
    size_t *fold = NULL;
    const size_t folds = (size_t)r->c.tuning.folds;
    const study_model *m = &r->model[r->nomogram_model];
    DLRN_TRY(study_train_set_make(&rows, r, err));
    DLRN_TRY(dlrn_alloc_or_fail(&fold, r->n_train, err));
    const dlrn_split_rows split = {r->n_train, rows.label, rows.group, rows.stratum};
    DLRN_TRY(dlrn_folds(fold, &split, folds, (uint64_t)r->c.seed, err));
    for (size_t k = 0; k < folds; k++) {
        DLRN_TRY(dlrn_progress(r->ex, "nested cross-validation", k, folds, err));
        st = run_outer(cv, r, m, fold, k, err);
        if (st != DLRN_OK) {
            dlrn_error_prefix(err, "outer fold %zu: ", k + 1);
            goto done;
        }
    }
    DLRN_TRY(dlrn_progress(r->ex, "nested cross-validation", folds, folds, err));
done:
    free(fold);
    study_train_set_clear(&rows);
    return st;
}
