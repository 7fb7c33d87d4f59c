/* SPDX-License-Identifier: Apache-2.0
 *
 * How much of a logistic model's apparent performance is optimism: Efron's bootstrap as
 * rms::validate and rms::calibrate do it (Harrell, Lee & Mark, Stat Med 1996;15:361). Each
 * replicate fits the model to rows drawn with replacement (whole clusters where there are any) and
 * measures it on those rows (training) and on all rows (test).
 */
#ifndef DLRN_VALIDATE_H
#define DLRN_VALIDATE_H

#include <dlrn/logistic.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_index {
    DLRN_INDEX_DXY,       /* 2 (AUC - 1/2) */
    DLRN_INDEX_R2,        /* Nagelkerke's */
    DLRN_INDEX_INTERCEPT, /* of the labels on the linear predictor */
    DLRN_INDEX_SLOPE,
    DLRN_INDEX_EMAX,  /* largest |p - recalibrated p| over 0..1 */
    DLRN_INDEX_D,     /* discrimination: (LR chi2 - 1) / n */
    DLRN_INDEX_U,     /* unreliability */
    DLRN_INDEX_Q,     /* D - U */
    DLRN_INDEX_BRIER, /* B */
    DLRN_INDEX_G,     /* Gini's mean difference of the linear predictor */
    DLRN_INDEX_GP,    /* and of the probability */
    DLRN_INDEXES
} dlrn_index;

/* "Dxy", "R2", "Intercept", "Slope", "Emax", "D", "U", "Q", "B", "g", "gp" */
DLRN_API const char *dlrn_index_name(dlrn_index i);

typedef struct dlrn_optimism {
    double original;       /* apparent */
    double training, test; /* means over the replicates */
    double optimism;       /* training - test */
    double corrected;      /* original - optimism */
} dlrn_optimism;

/* Zero-init is valid; dlrn_validation_clear frees it. */
typedef struct dlrn_validation {
    size_t n, events;
    size_t replicates; /* that gave a fit */
    size_t failed;     /* where the drawn rows gave none (separation, a level not drawn) */
    dlrn_optimism index[DLRN_INDEXES];
    size_t points;     /* the calibration curve: 50 predictions from the fifth smallest to the fifth
                          largest, evenly spaced; 0 below 11 rows */
    double *predicted; /* [points] */
    double *apparent;  /* loess (dlrn_loess, span 0.75) of the labels             [points] */
    double *corrected; /* less the optimism                                       [points] */
    double mean_error; /* mean |corrected curve - prediction| over the rows' predictions */
} dlrn_validation;

/* Plain maximum likelihood on d's columns (splines keep their knots, selections are not repeated:
 * what was chosen with the labels stays optimistic). Deterministic for any number of threads.
 * DLRN_EINVAL for bad data as dlrn_logistic_fit, weights or an offset, fewer than 2 replicates;
 * DLRN_ENUMERIC where the model itself or more than half of the replicates cannot be fitted. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_logistic_validate(dlrn_validation *out,
                                                            const dlrn_logistic_data *d,
                                                            const dlrn_bootstrap *boot,
                                                            dlrn_error *err);
DLRN_API void dlrn_validation_clear(dlrn_validation *v);

#ifdef __cplusplus
}
#endif

#endif
