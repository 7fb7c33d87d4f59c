/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of a logistic fit, shared by the fit and what is derived from it.
 */
#ifndef DLRN_STATS_LOGISTIC_H
#define DLRN_STATS_LOGISTIC_H

#include <dlrn/logistic.h>

typedef struct newton {
    const dlrn_logistic_data *d;
    size_t k;                     /* coefficients, intercept included */
    double *z;                    /* 1 and the standardised columns                 [n][k] */
    double *mean, *scale;         /* of the columns                                 [k] */
    double *beta;                 /* on the standardised scale                      [k] */
    double *label, *weight;       /* 0 beyond n                          [whole lanes of n] */
    double *eta, *prob;           /* at the last beta tried              [whole lanes of n] */
    double *half;                 /* scratch                                        [n][k] */
    double *information, *factor; /* the matrix and its inverse             [k][k] */
    double *curvature;            /* of the objective, for the steps                [k][k] */
    double *cholesky;             /* scratch: a matrix and a vector            [k + 1][k] */
    double *gradient, *trial;     /* [k] */
    double loglik;
    double dependence;       /* squares of a column over what those before it leave: the most */
    size_t frozen, n_frozen; /* coefficients in a row that stay where they are */
    int iterations;
    bool firth, converged, singular, separated;
} newton;

DLRN_MUST_CHECK dlrn_status newton_init(newton *w, const dlrn_logistic_data *d,
                                        const dlrn_logistic_opts *o, dlrn_error *err);
/* From w->beta to the maximum. */
DLRN_MUST_CHECK dlrn_status newton_run(newton *w, dlrn_error *err);
void newton_clear(newton *w);
/* The log-likelihood reached, on the scale of the data: Firth's penalty depends on it. */
double newton_loglik(const newton *w);
/* factor (the inverse information) becomes the sandwich over the data's clusters. */
DLRN_MUST_CHECK dlrn_status newton_sandwich(newton *w, dlrn_error *err);

#endif
