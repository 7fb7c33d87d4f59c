/* SPDX-License-Identifier: Apache-2.0
 *
 * One model's performance on the rows it is judged on, and what a bootstrap replicate makes of it.
 */
#ifndef DLRN_STATS_OPTIMISM_H
#define DLRN_STATS_OPTIMISM_H

#include <dlrn/validate.h>

/* A model's predictions from low to high, and how often each row counts. Arrays have room for whole
 * lanes; rows beyond n have weight 0. */
typedef struct ranked {
    size_t n;
    const double *lp, *p, *label, *weight; /* [n] */
} ranked;

/* The labels' own regression on the linear predictor. */
typedef struct recalibration {
    double intercept, slope, loglik;
    const double *eta, *prob; /* in the order of lp [n] */
} recalibration;

void optimism_measure(double out[DLRN_INDEXES], const ranked *v, const recalibration *again);

/* What all replicates share, and where their results go. */
typedef struct optimism {
    const dlrn_logistic_data *d;
    const double *const *z;  /* standardised columns, the first of ones          [p + 1][n] */
    const double *label;     /* [n] */
    const double *once;      /* each row once                                   [n] */
    const double *start;     /* the model's coefficients for z                  [p + 1] */
    size_t points;           /* of the curve */
    const double *predicted; /* [points] */
    struct optimism_scratch *scratch; /* of each worker */
    /* per replicate; NaN where it has no fit */
    double *training, *test;             /* [replicates][DLRN_INDEXES] */
    double *curve_training, *curve_test; /* [replicates][points] */
} optimism;

typedef struct optimism_scratch {
    double *block; /* NULL until the worker's first replicate */
    size_t *order;
} optimism_scratch;

/* The loess curve of the labels over the probabilities at o->predicted, each row counted once. */
DLRN_MUST_CHECK dlrn_status optimism_curve(double *out, const optimism *o, const ranked *v,
                                           dlrn_error *err);

/* stats_replicate_fn of a `const optimism`. */
dlrn_status optimism_replicate(void *user, size_t b, size_t worker, const uint32_t *count,
                               dlrn_error *err);

#endif
