/* SPDX-License-Identifier: Apache-2.0
 *
 * The face of the module dlrn-xgboost.so, which is opened at first use: XGBoost takes long to load.
 */
#ifndef DLRN_MODEL_XGBOOST_MODULE_H
#define DLRN_MODEL_XGBOOST_MODULE_H

#include <stddef.h>

typedef struct xgboost_job {
    const float *x; /* [rows][cols] */
    const float *y; /* 0 or 1 [rows] */
    size_t rows, cols;
    const char *const *param; /* name, value, name, value, ... [2 n_params] */
    size_t n_params;
    int rounds;
} xgboost_job;

typedef struct xgboost_why {
    char msg[300];
} xgboost_why;

/* Trains; *json becomes the model, freed with free(). All return 0, or -1 with the reason. */
typedef int xgboost_train_fn(char **json, size_t *len, const xgboost_job *job, xgboost_why *why);
/* How many columns the model of these bytes reads. */
typedef int xgboost_columns_fn(size_t *cols, const char *json, size_t len, xgboost_why *why);
/* Log-odds of x[rows][cols]. */
typedef int xgboost_predict_fn(double *margin, const char *json, size_t len, const float *x,
                               size_t rows, size_t cols, xgboost_why *why);

#endif
