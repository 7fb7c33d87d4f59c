/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting a model. Three rounds of independent jobs: a pipeline for each fold and for all rows;
 * every learner and grid point in every fold; every learner at its best point on all rows.
 */
#include "model/model_private.h"

#include <dlrn/logistic.h>
#include <dlrn/roc.h>
#include <dlrn/split.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One fold: which rows it leaves out, and everything fitted without them. */
typedef struct fold_fit {
    size_t *in, *out; /* rows [n_in], [n_out] */
    size_t n_in, n_out;
    uint8_t *label_in, *label_out;
    dlrn_pipeline *pipeline;
    double *z_in, *z_out;
} fold_fit;

/* One grid point of one learner: its out-of-fold scores and the folds' AUCs. */
typedef struct point {
    size_t learner;
    dlrn_params params;
    double *score; /* [repeats][rows] */
    double *auc;   /* [folds] */
} point;

typedef struct fitting {
    const dlrn_train_data *d;
    const dlrn_model_options *o;
    const dlrn_exec *ex;
    dlrn_model *m;
    size_t folds, repeats;
    size_t n_folds; /* folds x repeats */
    fold_fit *fold; /* [n_folds + 1]: the last holds all rows */
    point *point;   /* [n_points] */
    size_t n_points;
} fitting;

/* ---- folds ---- */

static void fold_clear(fold_fit *f)
{
    free(f->in);
    free(f->out);
    free(f->label_in);
    free(f->label_out);
    free(f->z_in);
    free(f->z_out);
    dlrn_pipeline_free(f->pipeline);
}

static dlrn_status fill_fold(fold_fit *f, const fitting *t, const size_t *fold, size_t k,
                             dlrn_error *err)
{
    dlrn_status st;
    const size_t n = t->d->rows;
    DLRN_TRY(dlrn_alloc_or_fail(&f->in, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->out, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->label_in, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->label_out, n, err));
    for (size_t i = 0; i < n; i++) {
        if (fold && fold[i] == k) {
            f->label_out[f->n_out] = t->d->label[i];
            f->out[f->n_out++] = i;
        } else {
            f->label_in[f->n_in] = t->d->label[i];
            f->in[f->n_in++] = i;
        }
    }
done:
    return st;
}

static dlrn_status make_folds(fitting *t, dlrn_error *err)
{
    dlrn_status st;
    size_t *fold = NULL;
    const dlrn_split_rows rows = {t->d->rows, t->d->label, t->d->group, t->d->stratum};
    DLRN_TRY(dlrn_alloc_or_fail(&t->fold, t->n_folds + 1, err));
    DLRN_TRY(dlrn_alloc_or_fail(&fold, t->d->rows, err));
    for (size_t r = 0; r < t->repeats; r++) {
        DLRN_TRY(dlrn_folds(fold, &rows, t->folds, t->o->seed + 1000003 * r, err));
        for (size_t k = 0; k < t->folds; k++)
            DLRN_TRY(fill_fold(&t->fold[r * t->folds + k], t, fold, k, err));
    }
    DLRN_TRY(fill_fold(&t->fold[t->n_folds], t, NULL, 0, err));
done:
    free(fold);
    return st;
}

/* ---- round 1: pipelines ---- */

static dlrn_status take_rows(double **out, const double *x, size_t cols, const size_t *row,
                             size_t n, dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(out, n * cols, err);
    for (size_t i = 0; st == DLRN_OK && i < n; i++)
        memcpy(*out + i * cols, x + row[i] * cols, cols * sizeof **out);
    return st;
}

static dlrn_status take_ids(size_t **out, const size_t *v, const size_t *row, size_t n,
                            dlrn_error *err)
{
    *out = NULL;
    if (!v) return DLRN_OK;
    const dlrn_status st = dlrn_alloc_or_fail(out, n, err);
    for (size_t i = 0; st == DLRN_OK && i < n; i++)
        (*out)[i] = v[row[i]];
    return st;
}

static dlrn_status fit_pipeline(void *user, size_t k, size_t w, dlrn_error *err)
{
    (void)w;
    const fitting *t = user;
    const dlrn_train_data *d = t->d;
    fold_fit *f = &t->fold[k];
    dlrn_status st;
    double *x = NULL, *second = NULL, *x_out = NULL;
    size_t *group = NULL, *stratum = NULL;
    DLRN_TRY(take_rows(&x, d->x, d->cols, f->in, f->n_in, err));
    if (d->second) DLRN_TRY(take_rows(&second, d->second, d->cols, f->in, f->n_in, err));
    DLRN_TRY(take_ids(&group, d->group, f->in, f->n_in, err));
    DLRN_TRY(take_ids(&stratum, d->stratum, f->in, f->n_in, err));
    const dlrn_train_data own = {x, f->n_in, d->cols, d->name, second, f->label_in, group, stratum};
    DLRN_TRY(dlrn_pipeline_fit(&f->pipeline, &own, &t->o->pipeline, t->ex, err));
    const size_t p = dlrn_pipeline_size(f->pipeline);
    DLRN_TRY(dlrn_alloc_or_fail(&f->z_in, f->n_in * p, err));
    dlrn_pipeline_apply(f->z_in, f->pipeline, x, f->n_in, d->cols, NULL);
    DLRN_TRY(take_rows(&x_out, d->x, d->cols, f->out, f->n_out, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->z_out, f->n_out * p, err));
    dlrn_pipeline_apply(f->z_out, f->pipeline, x_out, f->n_out, d->cols, NULL);
done:
    free(stratum);
    free(group);
    free(x_out);
    free(second);
    free(x);
    return st;
}

static dlrn_status count_frequency(fitting *t, dlrn_error *err)
{
    dlrn_model *m = t->m;
    m->cols = t->d->cols;
    const dlrn_status st = dlrn_alloc_or_fail(&m->frequency, m->cols, err);
    for (size_t k = 0; st == DLRN_OK && k < t->n_folds; k++)
        for (size_t j = 0; j < dlrn_pipeline_size(t->fold[k].pipeline); j++)
            m->frequency[dlrn_pipeline_source(t->fold[k].pipeline, j)] += 1 / (double)t->n_folds;
    return st;
}

/* ---- round 2: learners in folds ---- */

static dlrn_status list_learners(fitting *t, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_model_options *o = t->o;
    size_t present = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&t->m->learner, o->n_learners, err));
    for (size_t l = 0; l < o->n_learners; l++) {
        dlrn_error why;
        dlrn_model_learner *of = &t->m->learner[t->m->n_learners++];
        of->name = o->learners[l];
        of->kind = dlrn_learner_find(o->learners[l]);
        of->calibration_slope = 1;
        of->threshold = (double)NAN;
        if (of->kind && of->kind->available(&why) == DLRN_OK) {
            present++;
            of->name = of->kind->name;
            continue;
        }
        of->missing = dlrn_strdup(of->kind ? why.msg : "this version does not have it yet");
        if (!of->missing) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a model");
            goto done;
        }
        if (o->signature && !strcmp(o->signature, o->learners[l])) {
            st = dlrn_fail(err, DLRN_EUNSUPPORTED, "signature: %s: %s", o->signature, of->missing);
            goto done;
        }
    }
    if (!present)
        st = dlrn_fail(err, DLRN_EUNSUPPORTED, "none of the learners is there: %s",
                       t->m->n_learners ? t->m->learner[0].missing : "none is named");
done:
    return st;
}

static dlrn_status list_points(fitting *t, dlrn_error *err)
{
    dlrn_status st;
    const size_t p = dlrn_pipeline_size(t->fold[t->n_folds].pipeline);
    DLRN_TRY(dlrn_alloc_or_fail(&t->point, t->m->n_learners * DLRN_GRID_MAX, err));
    for (size_t l = 0; l < t->m->n_learners; l++) {
        dlrn_params grid[DLRN_GRID_MAX];
        if (t->m->learner[l].missing) continue;
        const size_t n = t->m->learner[l].kind->grid(grid, DLRN_GRID_MAX, t->d->rows, p);
        for (size_t g = 0; g < n; g++) {
            point *q = &t->point[t->n_points++];
            q->learner = l;
            q->params = grid[g];
            DLRN_TRY(dlrn_alloc_or_fail(&q->score, t->repeats * t->d->rows, err));
            DLRN_TRY(dlrn_alloc_or_fail(&q->auc, t->n_folds, err));
        }
    }
done:
    return st;
}

static dlrn_status fit_point(void *user, size_t i, size_t w, dlrn_error *err)
{
    (void)w;
    const fitting *t = user;
    const size_t k = i % t->n_folds;
    point *q = &t->point[i / t->n_folds];
    const fold_fit *f = &t->fold[k];
    const dlrn_learner *kind = t->m->learner[q->learner].kind;
    const size_t p = dlrn_pipeline_size(f->pipeline);
    dlrn_status st;
    void *state = NULL;
    double *score = NULL;
    dlrn_auc auc;
    const dlrn_learner_data d = {f->z_in, f->n_in, p, f->label_in, t->o->seed + k};
    DLRN_TRY(dlrn_alloc_or_fail(&score, f->n_out, err));
    DLRN_TRY(kind->fit(&state, &d, &q->params, err));
    DLRN_TRY(kind->predict(score, state, f->z_out, f->n_out, p, err));
    for (size_t r = 0; r < f->n_out; r++)
        q->score[(k / t->folds) * t->d->rows + f->out[r]] = score[r];
    const dlrn_truth truth = {f->label_out, f->n_out, NULL};
    DLRN_TRY(dlrn_auc_delong(&auc, score, &truth, 0.95, err));
    q->auc[k] = auc.auc;
done:
    if (state) kind->free(state);
    free(score);
    return st;
}

static double mean(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
}

static double sd(const double *v, size_t n)
{
    const double m = mean(v, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (v[i] - m) * (v[i] - m);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : 0;
}

static dlrn_status take_point(fitting *t, dlrn_model_learner *l, point *q, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = t->d->rows;
    l->params = q->params;
    l->cv_auc = mean(q->auc, t->n_folds);
    l->cv_auc_sd = sd(q->auc, t->n_folds);
    l->fold_auc = q->auc;
    q->auc = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&l->oof_score, n, err));
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t r = 0; r < t->repeats; r++)
            sum += q->score[r * n + i];
        l->oof_score[i] = sum / (double)t->repeats;
    }
done:
    return st;
}

/* The best point of each learner; ties go to the plainer one, which stands first. */
static dlrn_status choose_points(fitting *t, dlrn_error *err)
{
    for (size_t l = 0; l < t->m->n_learners; l++) {
        point *best = NULL;
        double best_auc = -1;
        for (size_t k = 0; k < t->n_points; k++) {
            if (t->point[k].learner != l) continue;
            const double auc = mean(t->point[k].auc, t->n_folds);
            if (auc > best_auc + 1e-12) {
                best = &t->point[k];
                best_auc = auc;
            }
        }
        if (!best) continue;
        const dlrn_status st = take_point(t, &t->m->learner[l], best, err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

/* ---- recalibration and threshold, on out-of-fold scores ---- */

dlrn_status model_recalibrate(double *intercept, double *slope, bool *separated, const double *t,
                              const uint8_t *label, size_t rows, dlrn_error *err)
{
    dlrn_logistic m = {0};
    const dlrn_logistic_data d = {.x = t, .label = label, .n = rows, .p = 1};
    const dlrn_status st = dlrn_logistic_fit(&m, &d, NULL, err);
    *separated = st == DLRN_ENUMERIC; // or the scores have no spread
    if (st == DLRN_OK) {
        *intercept = m.coefficient[0];
        *slope = m.coefficient[1];
    }
    dlrn_logistic_clear(&m);
    return *separated ? DLRN_OK : st;
}

static dlrn_status calibrate(const fitting *t, dlrn_model_learner *l, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t n = t->d->rows;
    if (t->o->calibrate) {
        double a = 0, b = 1;
        bool separated;
        DLRN_TRY(model_recalibrate(&a, &b, &separated, l->oof_score, t->d->label, n, err));
        if (separated || !(b > 0)) {
            l->calibration_note =
                dlrn_strdup(separated ? "not recalibrated: the out-of-fold scores separate the "
                                        "classes completely"
                                      : "not recalibrated: the out-of-fold scores do not rise "
                                        "with the label");
        } else {
            l->calibrated = true;
            l->calibration_intercept = a;
            l->calibration_slope = b;
        }
    }
    DLRN_TRY(dlrn_alloc_or_fail(&l->oof_raw, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->oof, n, err));
    for (size_t i = 0; i < n; i++) {
        l->oof_raw[i] = model_raw_probability(l, l->oof_score[i]);
        l->oof[i] = model_probability(l, l->oof_score[i]);
    }
    DLRN_TRY(dlrn_cutoff_choose(&l->threshold, l->oof, t->d->label, n, t->o->threshold,
                                t->o->threshold_value, err));
done:
    return st;
}

/* ---- round 3: on all rows ---- */

static dlrn_status refit(void *user, size_t k, size_t w, dlrn_error *err)
{
    (void)w;
    const fitting *t = user;
    const fold_fit *all = &t->fold[t->n_folds];
    dlrn_model_learner *l = &t->m->learner[k];
    if (l->missing) return DLRN_OK;
    const dlrn_learner_data d = {all->z_in, all->n_in, dlrn_pipeline_size(all->pipeline),
                                 all->label_in, t->o->seed + t->n_folds};
    const dlrn_status st = l->kind->fit(&l->state, &d, &l->params, err);
    return st == DLRN_OK ? calibrate(t, l, err) : st;
}

static void choose_signature(dlrn_model *m, const dlrn_model_options *o, size_t n_folds)
{
    size_t best = SIZE_MAX;
    for (size_t l = 0; l < m->n_learners; l++) {
        if (m->learner[l].missing) continue;
        if (o->signature && !strcmp(o->signature, m->learner[l].name)) {
            m->chosen = l;
            return;
        }
        if (best == SIZE_MAX || m->learner[l].cv_auc > m->learner[best].cv_auc) best = l;
    }
    const double se = m->learner[best].cv_auc_sd / sqrt((double)n_folds);
    for (size_t l = 0; l < m->n_learners; l++)
        if (!m->learner[l].missing && m->learner[l].cv_auc >= m->learner[best].cv_auc - se) {
            m->chosen = l;
            return;
        }
}

static void fitting_clear(fitting *t)
{
    for (size_t k = 0; t->fold && k <= t->n_folds; k++)
        fold_clear(&t->fold[k]);
    for (size_t k = 0; k < t->n_points; k++) {
        free(t->point[k].score);
        free(t->point[k].auc);
    }
    free(t->fold);
    free(t->point);
}

dlrn_status dlrn_model_fit(dlrn_model **out, const dlrn_train_data *d, const dlrn_model_options *o,
                           const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    const int threads = dlrn_exec_threads(ex);
    fitting t = {.d = d, .o = o, .ex = ex};
    *out = NULL;
    t.folds = o->folds ? o->folds : 5;
    t.repeats = o->repeats ? o->repeats : 1;
    t.n_folds = t.folds * t.repeats;
    DLRN_TRY(dlrn_alloc_or_fail(&t.m, 1, err));
    t.m->rows = d->rows;
    DLRN_TRY(list_learners(&t, err));
    DLRN_TRY(make_folds(&t, err));
    DLRN_TRY(dlrn_parallel_for(t.n_folds + 1, threads, fit_pipeline, &t, err));
    DLRN_TRY(count_frequency(&t, err));
    DLRN_TRY(list_points(&t, err));
    DLRN_TRY(dlrn_parallel_for(t.n_points * t.n_folds, threads, fit_point, &t, err));
    DLRN_TRY(choose_points(&t, err));
    DLRN_TRY(dlrn_parallel_for(t.m->n_learners, threads, refit, &t, err));
    choose_signature(t.m, o, t.n_folds);
    t.m->pipeline = t.fold[t.n_folds].pipeline;
    t.fold[t.n_folds].pipeline = NULL;
    *out = t.m;
    t.m = NULL;
done:
    dlrn_model_free(t.m);
    fitting_clear(&t);
    return st;
}
