/* SPDX-License-Identifier: Apache-2.0
 *
 * ComBat: takes the differences between hospitals out of features (Johnson, Li & Rabinovic,
 * Biostatistics 2007;8:118), fitted on training rows and applied to any, as sva::ComBat.
 */
#ifndef DLRN_COMBAT_H
#define DLRN_COMBAT_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_combat_options {
    size_t reference;   /* this batch stays as it is; SIZE_MAX: none */
    bool mean_only;     /* shifts only; also where a batch has a single row */
    bool nonparametric; /* empirical priors */
} dlrn_combat_options;

/* What training rows showed; plain, so that it can be stored. Zero-init is valid. */
typedef struct dlrn_combat {
    size_t batches, cols, covariates, reference;
    double *mean;      /* of the pooled batches [cols] */
    double *sd;        /* pooled; 0: the column is left alone [cols] */
    double *covariate; /* coefficients [covariates][cols] */
    double *shift;     /* of each batch, in units of sd [batches][cols] */
    double *scale;     /* variance of each batch, in units of sd^2 [batches][cols] */
} dlrn_combat;

/* Rows to fit or adjust. */
typedef struct dlrn_combat_rows {
    const double *x;         /* finite [n][cols] */
    const size_t *batch;     /* 0..batches-1 [n] */
    const double *covariate; /* kept in the data; NULL: none [n][covariates] */
    size_t n, cols, batches, covariates;
} dlrn_combat_rows;

/* A column without spread inside some batch of several rows is left alone (sd 0), as sva does.
 * DLRN_EINVAL for fewer than two batches, an empty batch or a value that is not finite;
 * DLRN_ENUMERIC where covariates and batches are confounded. o NULL: parametric, no reference. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_combat_fit(dlrn_combat *out, const dlrn_combat_rows *rows,
                                                     const dlrn_combat_options *o, dlrn_error *err);
DLRN_API void dlrn_combat_clear(dlrn_combat *c);

/* adjusted[n][cols], may be rows->x. On the rows of the fit it equals sva::ComBat. DLRN_EINVAL for
 * a batch that the fit did not see, or another number of columns or covariates. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_combat_apply(double *adjusted, const dlrn_combat *c,
                                                       const dlrn_combat_rows *rows,
                                                       dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
