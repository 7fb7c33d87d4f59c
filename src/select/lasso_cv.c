/* SPDX-License-Identifier: Apache-2.0
 *
 * Cross-validation of the elastic-net path, as cv.glmnet: every fold follows its own path and
 * predicts at the lambdas of the whole data.
 */
#include <dlrn/lasso.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cv.lognet: probabilities are held off 0 and 1 by this much in the deviance */
static const double p_floor = 1e-5;
enum { LEAST_ROWS_FOR_AUC = 10 };

typedef struct cv_work {
    const double *x, *y;
    size_t rows, cols;
    const dlrn_lasso_options *o;
    const dlrn_lasso_cv_options *cv;
    dlrn_lasso_cv *out;
    double *loss;    /* of each fold at each lambda [folds][n_lambda] */
    size_t *in_fold; /* rows of each fold [folds] */
    double *score;   /* predictions of a row's own fold [n_lambda][rows] */
} cv_work;

void dlrn_lasso_cv_clear(dlrn_lasso_cv *c)
{
    if (!c) return;
    dlrn_lasso_path_clear(&c->path);
    free(c->mean);
    free(c->se);
    *c = (dlrn_lasso_cv){0};
}

/* A path over the rows with in_fit and the columns that they choose; beta is spread to all columns.
 */
static dlrn_status fit_rows(dlrn_lasso_path *out, const cv_work *w, const uint8_t *in_fit,
                            dlrn_error *err)
{
    dlrn_status st;
    uint8_t *keep = NULL;
    size_t *column = NULL, kept = 0, n = 0;
    double *x = NULL, *y = NULL, *beta = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&keep, w->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&column, w->cols, err));
    memset(keep, 1, w->cols);
    if (w->cv->columns) DLRN_TRY(w->cv->columns(w->cv->user, in_fit, keep, err));
    for (size_t j = 0; j < w->cols; j++)
        if (keep[j]) column[kept++] = j;
    for (size_t i = 0; i < w->rows; i++)
        n += in_fit[i];
    DLRN_TRY(dlrn_alloc_or_fail(&x, n * kept, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, n, err));
    for (size_t i = 0, at = 0; i < w->rows; i++) {
        if (!in_fit[i]) continue;
        for (size_t k = 0; k < kept; k++)
            x[at * kept + k] = w->x[i * w->cols + column[k]];
        y[at++] = w->y[i];
    }
    DLRN_TRY(dlrn_lasso_fit(out, x, y, n, kept, w->o, err));
    DLRN_TRY(dlrn_alloc_or_fail(&beta, out->n_lambda * w->cols, err));
    for (size_t m = 0; m < out->n_lambda; m++)
        for (size_t k = 0; k < kept; k++)
            beta[m * w->cols + column[k]] = out->beta[m * kept + k];
    free(out->beta);
    out->beta = beta;
    out->cols = w->cols;
done:
    free(y);
    free(x);
    free(column);
    free(keep);
    if (st != DLRN_OK) dlrn_lasso_path_clear(out);
    return st;
}

/* Predictions of the fold's rows at every lambda of the whole data: probabilities, or values. */
static void predict_fold(const cv_work *w, const dlrn_lasso_path *p, size_t fold, double *beta,
                         size_t *used)
{
    for (size_t m = 0; m < w->out->path.n_lambda; m++) {
        double intercept;
        size_t n = 0;
        dlrn_lasso_at(&intercept, beta, p, w->out->path.lambda[m]);
        for (size_t j = 0; j < w->cols; j++)
            if (beta[j] != 0) used[n++] = j;
        for (size_t i = 0; i < w->rows; i++) {
            if (w->cv->fold[i] != fold) continue;
            double eta = intercept;
            for (size_t k = 0; k < n; k++)
                eta += beta[used[k]] * w->x[i * w->cols + used[k]];
            w->score[m * w->rows + i] =
                w->o->loss == DLRN_LASSO_LOGISTIC ? 1 / (1 + exp(-eta)) : eta;
        }
    }
}

static double row_loss(double y, double f, dlrn_lasso_loss loss, dlrn_lasso_measure measure)
{
    if (loss == DLRN_LASSO_LINEAR) return (y - f) * (y - f);
    if (measure == DLRN_LASSO_MSE) return 2 * (y - f) * (y - f); // both classes' columns count
    if (measure == DLRN_LASSO_CLASS) return y > 0 ? f <= 0.5 : f > 0.5;
    const double p = fmin(fmax(f, p_floor), 1 - p_floor);
    return -2 * (y > 0 ? log(p) : log(1 - p));
}

/* Concordance of the fold's rows, ties half; NaN where a class is absent. */
static double fold_auc(const cv_work *w, const double *score, size_t fold)
{
    double won = 0, pairs = 0;
    for (size_t i = 0; i < w->rows; i++) {
        if (w->cv->fold[i] != fold || w->y[i] != 1) continue;
        for (size_t k = 0; k < w->rows; k++) {
            if (w->cv->fold[k] != fold || w->y[k] != 0) continue;
            pairs++;
            won += score[i] > score[k] ? 1 : score[i] == score[k] ? 0.5 : 0;
        }
    }
    return won / pairs;
}

static void score_fold(const cv_work *w, size_t fold)
{
    for (size_t m = 0; m < w->out->path.n_lambda; m++) {
        const double *score = w->score + m * w->rows;
        double sum = 0;
        if (w->out->measure == DLRN_LASSO_AUC) {
            sum = fold_auc(w, score, fold);
        } else {
            for (size_t i = 0; i < w->rows; i++)
                if (w->cv->fold[i] == fold)
                    sum += row_loss(w->y[i], score[i], w->o->loss, w->out->measure);
            sum /= (double)w->in_fold[fold];
        }
        w->loss[fold * w->out->path.n_lambda + m] = sum;
    }
}

static dlrn_status run_fold(void *user, size_t fold, size_t worker, dlrn_error *err)
{
    (void)worker;
    const cv_work *w = user;
    dlrn_status st;
    dlrn_lasso_path p = {0};
    uint8_t *in_fit = NULL;
    double *beta = NULL;
    size_t *used = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&in_fit, w->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&beta, w->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&used, w->cols, err));
    for (size_t i = 0; i < w->rows; i++)
        in_fit[i] = w->cv->fold[i] != fold;
    DLRN_TRY(fit_rows(&p, w, in_fit, err));
    predict_fold(w, &p, fold, beta, used);
    score_fold(w, fold);
done:
    free(used);
    free(beta);
    free(in_fit);
    dlrn_lasso_path_clear(&p);
    return st;
}

/* Means and their standard errors over the folds, each with the weight of its rows. */
static void summarise(const cv_work *w)
{
    const size_t n = w->out->path.n_lambda;
    for (size_t m = 0; m < n; m++) {
        double mean = 0, weight = 0, variance = 0, folds = 0;
        for (size_t f = 0; f < w->cv->folds; f++) {
            const double loss = w->loss[f * n + m], rows = (double)w->in_fold[f];
            if (isnan(loss)) continue;
            mean += rows * loss;
            weight += rows;
            folds++;
        }
        mean /= weight;
        for (size_t f = 0; f < w->cv->folds; f++) {
            const double loss = w->loss[f * n + m];
            if (!isnan(loss))
                variance += (double)w->in_fold[f] * (loss - mean) * (loss - mean) / weight;
        }
        w->out->mean[m] = mean;
        w->out->se[m] = sqrt(variance / (folds - 1));
    }
}

static void choose(dlrn_lasso_cv *c)
{
    const double sign = c->measure == DLRN_LASSO_AUC ? -1 : 1; // an AUC is to be large
    c->at_min = 0;
    for (size_t m = 1; m < c->path.n_lambda; m++)
        if (sign * c->mean[m] < sign * c->mean[c->at_min]) c->at_min = m;
    const double bar = sign * c->mean[c->at_min] + c->se[c->at_min];
    c->at_1se = 0;
    while (c->at_1se < c->at_min && !(sign * c->mean[c->at_1se] <= bar))
        c->at_1se++;
}

static dlrn_status check_folds(cv_work *w, dlrn_error *err)
{
    if (w->cv->folds < 3)
        return dlrn_fail(err, DLRN_EINVAL, "%zu folds: a LASSO needs 3 at least", w->cv->folds);
    for (size_t i = 0; i < w->rows; i++) {
        if (w->cv->fold[i] >= w->cv->folds)
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: fold %zu, expected 0 to %zu", i + 1,
                             w->cv->fold[i], w->cv->folds - 1);
        w->in_fold[w->cv->fold[i]]++;
    }
    for (size_t f = 0; f < w->cv->folds; f++)
        if (w->in_fold[f] == 0)
            return dlrn_fail(err, DLRN_EINVAL, "fold %zu of %zu has no row", f + 1, w->cv->folds);
    if (w->cv->measure == DLRN_LASSO_AUC && w->rows / w->cv->folds < LEAST_ROWS_FOR_AUC)
        w->out->measure = DLRN_LASSO_DEVIANCE;
    return DLRN_OK;
}

dlrn_status dlrn_lasso_cross_validate(dlrn_lasso_cv *out, const double *x, const double *y,
                                      size_t rows, size_t cols, const dlrn_lasso_options *o,
                                      const dlrn_lasso_cv_options *cv, const dlrn_exec *ex,
                                      dlrn_error *err)
{
    dlrn_status st;
    cv_work w = {x, y, rows, cols, o, cv, out, NULL, NULL, NULL};
    uint8_t *all = NULL;
    *out = (dlrn_lasso_cv){.measure = cv->measure};
    DLRN_TRY(dlrn_alloc_or_fail(&w.in_fold, cv->folds, err));
    DLRN_TRY(check_folds(&w, err));
    DLRN_TRY(dlrn_alloc_or_fail(&all, rows, err));
    memset(all, 1, rows);
    DLRN_TRY(fit_rows(&out->path, &w, all, err));
    const size_t n = out->path.n_lambda;
    DLRN_TRY(dlrn_alloc_or_fail(&out->mean, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->se, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.loss, cv->folds * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.score, rows * n, err));
    DLRN_TRY(dlrn_parallel_for(cv->folds, dlrn_exec_threads(ex), run_fold, &w, err));
    summarise(&w);
    choose(out);
done:
    free(w.score);
    free(w.loss);
    free(w.in_fold);
    free(all);
    if (st != DLRN_OK) dlrn_lasso_cv_clear(out);
    return st;
}
