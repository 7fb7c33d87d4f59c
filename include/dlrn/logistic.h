/* SPDX-License-Identifier: Apache-2.0
 *
 * Logistic regression: maximum likelihood to full convergence, Firth's penalty, Wald and profile
 * intervals, sandwich covariance, likelihood-ratio tests, variance inflation. The intercept is
 * always there, always first, never penalised apart from Firth's determinant.
 */
#ifndef DLRN_LOGISTIC_H
#define DLRN_LOGISTIC_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is modelled. Borrowed. */
typedef struct dlrn_logistic_data {
    const double *x; /* columns without the intercept, row-major; may be NULL where p = 0 [n][p] */
    const uint8_t *label; /* 0 or 1                                          [n] */
    size_t n, p;
    const double *weight;    /* NULL: 1; >= 0                                   [n] */
    const double *offset;    /* NULL: 0                                         [n] */
    const size_t *cluster;   /* NULL; for the sandwich covariance               [n] */
    const char *const *name; /* for messages and results; NULL: x1, x2, ...     [p] */
} dlrn_logistic_data;

typedef struct dlrn_logistic_opts {
    bool firth;        /* Firth, Biometrika 1993;80:27: finite under separation */
    bool sandwich;     /* covariance clustered by `cluster` (each row its own where NULL), as
                          rms::robcov: no small-sample factor */
    bool fixed_slopes; /* only the intercept is fitted: columns are left out (calibration) */
} dlrn_logistic_opts;

/* A fitted model. Zero-init is valid; dlrn_logistic_clear frees it. */
typedef struct dlrn_logistic {
    size_t n, k;         /* rows; coefficients, intercept included */
    double *coefficient; /* [k], intercept first */
    double *covariance;  /* of the coefficients                                 [k][k] */
    char **name;         /* "(Intercept)" first                                 [k] */
    double loglik;       /* with Firth's penalty of the columns as they are given (as logistf) */
    double null_loglik;  /* all slopes 0; under the penalty of the whole matrix (as logistf) */
    double null_deviance, deviance, aic; /* of these */
    bool converged;
    int iterations;
} dlrn_logistic;

/* Newton's method with step halving until the coefficients stand still.
 *   opts    NULL: plain maximum likelihood
 * DLRN_EINVAL for bad rows, one class, more columns than rows; DLRN_ENUMERIC naming the columns
 * where one is constant or depends on others, and where they separate the classes (no finite
 * estimate exists: use Firth's). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_logistic_fit(dlrn_logistic *out,
                                                       const dlrn_logistic_data *d,
                                                       const dlrn_logistic_opts *opts,
                                                       dlrn_error *err);
DLRN_API void dlrn_logistic_clear(dlrn_logistic *m);

/* Linear predictor of a row x[k - 1]; 1 / (1 + exp(-lp)) is the probability. */
DLRN_API double dlrn_logistic_lp(const dlrn_logistic *m, const double *x);
DLRN_API double dlrn_logistic_probability(double lp);

/* One coefficient as a table row prints it. */
typedef struct dlrn_logistic_term {
    double coefficient, se, z, p; /* Wald */
    double lo, hi;                /* of the coefficient */
    double odds_ratio, or_lo, or_hi;
} dlrn_logistic_term;

DLRN_API void dlrn_logistic_wald(dlrn_logistic_term *out, const dlrn_logistic *m, size_t term,
                                 double confidence);

/* Profile-likelihood interval of one coefficient (as MASS's confint.glm, solved instead of
 * interpolated); an end is infinite where the likelihood never falls that far. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_logistic_profile(
    double *lo, double *hi, const dlrn_logistic *m, const dlrn_logistic_data *d,
    const dlrn_logistic_opts *opts, size_t term, double confidence, dlrn_error *err);

/* Likelihood-ratio test of `full` against `reduced`, nested and fitted to the same rows without
 * Firth's penalty, which differs between them. */
typedef struct dlrn_lr_test {
    double chi2, p;
    size_t df;
} dlrn_lr_test;
DLRN_API void dlrn_logistic_lr_test(dlrn_lr_test *out, const dlrn_logistic *full,
                                    const dlrn_logistic *reduced);

/* The same against the model in which `count` coefficients from `first` on are 0 (of the intercept
 * alone: 0 and 1), the others fitted anew; with Firth's penalty of the whole information matrix (as
 * logistftest). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_logistic_profile_test(
    dlrn_lr_test *out, const dlrn_logistic *m, const dlrn_logistic_data *d,
    const dlrn_logistic_opts *opts, size_t first, size_t count, dlrn_error *err);

/* Wald's chi-square of the `count` coefficients from `first` on, from the model's covariance. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_logistic_wald_test(dlrn_lr_test *out,
                                                             const dlrn_logistic *m, size_t first,
                                                             size_t count, dlrn_error *err);

/* Variance inflation of each coefficient but the intercept, from the covariance of the
 * coefficients (as rms::vif)                                            [k - 1] */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_logistic_vif(double *out, const dlrn_logistic *m,
                                                       dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
