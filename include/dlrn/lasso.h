/* SPDX-License-Identifier: Apache-2.0
 *
 * Elastic-net path by coordinate descent, with its cross-validation: the definitions of R's glmnet
 * (Friedman, Hastie & Tibshirani, J Stat Softw 2010;33:1), solved to its strict solution.
 *
 * Minimises  loss(b0, b) / n + lambda * sum(alpha |b_j| + (1 - alpha) / 2 b_j^2)  over columns that
 * are standardised inside (1/n variance); coefficients are given on the original scale.
 */
#ifndef DLRN_LASSO_H
#define DLRN_LASSO_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_lasso_loss { DLRN_LASSO_LOGISTIC, DLRN_LASSO_LINEAR } dlrn_lasso_loss;

typedef enum dlrn_lasso_measure {
    DLRN_LASSO_DEVIANCE, /* linear: the squared error */
    DLRN_LASSO_AUC,      /* logistic only; deviance where folds have fewer than 10 rows */
    DLRN_LASSO_CLASS,    /* logistic only */
    DLRN_LASSO_MSE
} dlrn_lasso_measure;

typedef struct dlrn_lasso_options {
    dlrn_lasso_loss loss;
    double alpha;         /* 0..1 */
    const double *lambda; /* descending [n_lambda]; NULL: glmnet's sequence and stopping rules */
    size_t n_lambda;      /* 0: 100 */
    size_t df_max; /* the path ends at the first lambda with more coefficients; 0: no such end */
} dlrn_lasso_options;

typedef struct dlrn_lasso_path {
    size_t n_lambda, cols;
    double *lambda;         /* descending [n_lambda] */
    double *deviance_ratio; /* share of the null deviance explained [n_lambda] */
    size_t *df;             /* coefficients that are not 0 [n_lambda] */
    double *intercept;      /* [n_lambda] */
    double *beta;           /* [n_lambda][cols] */
} dlrn_lasso_path;

/* x[rows][cols] without NaN, y[rows] (0 or 1 for logistic). DLRN_EINVAL for values that are not
 * finite, a y without spread, or no column with spread. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_lasso_fit(dlrn_lasso_path *out, const double *x,
                                                    const double *y, size_t rows, size_t cols,
                                                    const dlrn_lasso_options *o, dlrn_error *err);
DLRN_API void dlrn_lasso_path_clear(dlrn_lasso_path *p);

/* Intercept and beta[cols] at any lambda: linear between the neighbours on the path, as glmnet's
 * predict(s =). */
DLRN_API void dlrn_lasso_at(double *intercept, double *beta, const dlrn_lasso_path *p,
                            double lambda);

typedef struct dlrn_lasso_cv_options {
    dlrn_lasso_measure measure;
    const size_t *fold; /* 0..folds-1 [rows] */
    size_t folds;       /* at least 3 */
    /* Chooses the columns that a fit may use from its own rows: in_fit[rows] is 1 for the rows of
     * the fit; keep[cols] is to be filled with 0 or 1. Called for the whole data and for every
     * fold, from several threads. NULL: all columns. */
    dlrn_status (*columns)(void *user, const uint8_t *in_fit, uint8_t *keep, dlrn_error *err);
    void *user;
} dlrn_lasso_cv_options;

typedef struct dlrn_lasso_cv {
    dlrn_lasso_path path;       /* all rows */
    double *mean, *se;          /* cvm and cvsd [path.n_lambda] */
    size_t at_min, at_1se;      /* indices into path.lambda */
    dlrn_lasso_measure measure; /* used in fact */
} dlrn_lasso_cv;

/* As cv.glmnet: every fold fits its own path and predicts at the lambdas of the whole data by
 * interpolation; mean and se are weighted by fold size. Folds run in parallel; same bits for any
 * number of threads. */
DLRN_API DLRN_MUST_CHECK dlrn_status
dlrn_lasso_cross_validate(dlrn_lasso_cv *out, const double *x, const double *y, size_t rows,
                          size_t cols, const dlrn_lasso_options *o, const dlrn_lasso_cv_options *cv,
                          const dlrn_exec *ex, dlrn_error *err);
DLRN_API void dlrn_lasso_cv_clear(dlrn_lasso_cv *c);

#ifdef __cplusplus
}
#endif

#endif
