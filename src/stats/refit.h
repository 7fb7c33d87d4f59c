/* SPDX-License-Identifier: Apache-2.0
 *
 * A logistic model fitted again and again to the same rows, each time counted differently: what a
 * bootstrap does. Nothing is allocated, checked or scaled in between; where Newton's method from a
 * near start does not settle at once, the caller turns to newton_run (stats/logistic.h).
 */
#ifndef DLRN_STATS_REFIT_H
#define DLRN_STATS_REFIT_H

#include <dlrn/base.h>

/* Arrays of rows have room for lanes_padded(n); rows beyond n have weight 0. */
typedef struct refit {
    size_t n, k;            /* rows; columns, the intercept's included */
    const double *const *z; /* columns, the first of ones                       [k][n] */
    const double *label;    /* 0 or 1                                           [n] */
    const double *weight;   /* how often a row counts                           [n] */
    double *beta;           /* where to start; becomes the maximum              [k] */
    double *eta, *prob;     /* at beta                                          [n] */
    double *slope, *rest;   /* scratch                                          [n] */
    double *small;          /* scratch                                          [k (k + 3)] */
    double loglik;
} refit;

/* False where there is no maximum near the start; beta is then as good as any. */
bool refit_run(refit *f);

/* prob = 1 / (1 + exp(-eta)), for whole lanes. */
void refit_probabilities(double *prob, const double *eta, size_t n);

/* sum w log(p), p the probability of the row's own label. */
double refit_loglik(const double *eta, const double *label, const double *weight, size_t n);

#endif
