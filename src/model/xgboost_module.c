/* SPDX-License-Identifier: Apache-2.0
 *
 * The only file that includes XGBoost. One booster a call: its objects are not for two threads.
 */
#include "model/xgboost_module.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

#define EXPORTED __attribute__((visibility("default")))
enum { MARGIN = 1 };

EXPORTED xgboost_train_fn dlrn_xgboost_train;
EXPORTED xgboost_columns_fn dlrn_xgboost_columns;
EXPORTED xgboost_predict_fn dlrn_xgboost_predict;

static int failed(xgboost_why *why)
{
    const char *text = XGBGetLastError();
    snprintf(why->msg, sizeof why->msg, "%.*s", (int)strcspn(text, "\n"), text);
    return -1;
}

static int run_rounds(BoosterHandle booster, DMatrixHandle data, const xgboost_job *job)
{
    for (size_t k = 0; k < job->n_params; k++)
        if (XGBoosterSetParam(booster, job->param[2 * k], job->param[2 * k + 1]) != 0) return -1;
    for (int round = 0; round < job->rounds; round++)
        if (XGBoosterUpdateOneIter(booster, round, data) != 0) return -1;
    return 0;
}

static int copy_model(char **json, size_t *len, BoosterHandle booster)
{
    const char *bytes;
    bst_ulong n;
    if (XGBoosterSaveModelToBuffer(booster, "{\"format\": \"json\"}", &n, &bytes) != 0) return -1;
    *json = malloc(n + 1);
    if (!*json) return -1;
    memcpy(*json, bytes, n);
    (*json)[n] = '\0';
    *len = n;
    return 0;
}

int dlrn_xgboost_train(char **json, size_t *len, const xgboost_job *job, xgboost_why *why)
{
    DMatrixHandle data = NULL;
    BoosterHandle booster = NULL;
    int bad = XGDMatrixCreateFromMat(job->x, job->rows, job->cols, NAN, &data);
    if (!bad) bad = XGDMatrixSetFloatInfo(data, "label", job->y, job->rows);
    if (!bad) bad = XGBoosterCreate(&data, 1, &booster);
    if (!bad) bad = run_rounds(booster, data, job);
    if (!bad) bad = copy_model(json, len, booster);
    if (bad) failed(why);
    if (booster) XGBoosterFree(booster);
    if (data) XGDMatrixFree(data);
    return bad;
}

static int open_booster(BoosterHandle *booster, const char *json, size_t len)
{
    *booster = NULL;
    if (XGBoosterCreate(NULL, 0, booster) != 0) return -1;
    if (XGBoosterSetParam(*booster, "nthread", "1") != 0) return -1;
    return XGBoosterLoadModelFromBuffer(*booster, json, len);
}

int dlrn_xgboost_columns(size_t *cols, const char *json, size_t len, xgboost_why *why)
{
    BoosterHandle booster;
    bst_ulong n = 0;
    int bad = open_booster(&booster, json, len);
    if (!bad) bad = XGBoosterGetNumFeature(booster, &n);
    if (bad) failed(why);
    if (booster) XGBoosterFree(booster);
    *cols = n;
    return bad;
}

int dlrn_xgboost_predict(double *margin, const char *json, size_t len, const float *x, size_t rows,
                         size_t cols, xgboost_why *why)
{
    DMatrixHandle data = NULL;
    BoosterHandle booster;
    const float *out;
    bst_ulong n = 0;
    int bad = open_booster(&booster, json, len);
    if (!bad) bad = XGDMatrixCreateFromMat(x, rows, cols, NAN, &data);
    if (!bad) bad = XGBoosterPredict(booster, data, MARGIN, 0, 0, &n, &out);
    if (bad) failed(why);
    for (size_t i = 0; !bad && i < rows && i < n; i++)
        margin[i] = (double)out[i];
    if (data) XGDMatrixFree(data);
    if (booster) XGBoosterFree(booster);
    return bad;
}
