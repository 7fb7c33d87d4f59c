/* SPDX-License-Identifier: Apache-2.0
 *
 * LightGBM 4.7 through its C interface. The official wheel brings the library without a header, so
 * the dozen functions that are used are declared here, after the interface's documentation. One
 * thread, deterministic: the same bits everywhere on one CPU type.
 */
#include <dlrn/learner.h>

#include "base/module.h"
#include "model/learners.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FLOAT32 = 0, FLOAT64 = 1 }; /* C_API_DTYPE_* */
enum { PREDICT_RAW_SCORE = 1 };    /* C_API_PREDICT_RAW_SCORE */
static const char LIBRARY[] = "lib_lightgbm.so";

typedef void *handle; /* DatasetHandle, BoosterHandle */

static struct {
    const char *(*last_error)(void);
    int (*register_log)(void (*callback)(const char *));
    int (*dataset_from_mat)(const void *data, int type, int32_t rows, int32_t cols,
                            int is_row_major, const char *parameters, handle reference,
                            handle *out);
    int (*dataset_set_field)(handle dataset, const char *field, const void *data, int n, int type);
    int (*dataset_free)(handle dataset);
    int (*booster_create)(handle dataset, const char *parameters, handle *out);
    int (*booster_update)(handle booster, int *is_finished);
    int (*booster_save)(handle booster, int start, int n, int importance, int64_t cap, int64_t *len,
                        char *out);
    int (*booster_load)(const char *model, int *iterations, handle *out);
    int (*booster_free)(handle booster);
    int (*booster_features)(handle booster, int *out);
    int (*booster_predict)(handle booster, const void *data, int type, int32_t rows, int32_t cols,
                           int is_row_major, int kind, int start, int n, const char *parameters,
                           int64_t *len, double *out);
} lgbm;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool opened;

static void be_quiet(const char *message)
{
    (void)message; // errors come back as return codes
}

static dlrn_status open_library(dlrn_error *err)
{
    static const struct {
        const char *name;
        void *at;
    } symbols[] = {
        {"LGBM_GetLastError", &lgbm.last_error},
        {"LGBM_RegisterLogCallback", &lgbm.register_log},
        {"LGBM_DatasetCreateFromMat", &lgbm.dataset_from_mat},
        {"LGBM_DatasetSetField", &lgbm.dataset_set_field},
        {"LGBM_DatasetFree", &lgbm.dataset_free},
        {"LGBM_BoosterCreate", &lgbm.booster_create},
        {"LGBM_BoosterUpdateOneIter", &lgbm.booster_update},
        {"LGBM_BoosterSaveModelToString", &lgbm.booster_save},
        {"LGBM_BoosterLoadModelFromString", &lgbm.booster_load},
        {"LGBM_BoosterFree", &lgbm.booster_free},
        {"LGBM_BoosterGetNumFeature", &lgbm.booster_features},
        {"LGBM_BoosterPredictForMat", &lgbm.booster_predict},
    };
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; k < sizeof symbols / sizeof *symbols; k++) {
        void *address;
        st = dlrn_module_symbol(&address, LIBRARY, symbols[k].name, "LightGBM", err);
        if (st != DLRN_OK) return st;
        memcpy(symbols[k].at, &address, sizeof address);
    }
    lgbm.register_log(be_quiet);
    return st;
}

static dlrn_status available(dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    pthread_mutex_lock(&lock);
    if (!opened) {
        st = open_library(err);
        opened = st == DLRN_OK;
    }
    pthread_mutex_unlock(&lock);
    return st;
}

static dlrn_status failed(const char *what, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EINTERNAL, "LightGBM: %s: %s", what, lgbm.last_error());
}

/* Bins and leaves that few rows can fill: its own defaults (20 rows a leaf, 31 leaves) leave a
 * training set of a hundred rows without a single split. */
static void parameter_text(char *text, size_t size, const dlrn_learner_data *d,
                           const dlrn_params *p)
{
    const double n = (double)d->rows;
    const double leaf = dlrn_params_get(p, "min_data_in_leaf", n < 200 ? 5 : 10);
    snprintf(text, size,
             "objective=binary num_threads=1 deterministic=true force_row_wise=true verbosity=-1 "
             "seed=%d learning_rate=%.17g num_leaves=%d max_depth=%d min_data_in_leaf=%d "
             "min_data_in_bin=%d feature_fraction=%.17g lambda_l2=%.17g bagging_fraction=%.17g "
             "bagging_freq=1",
             (int)(d->seed % 2147483647u), dlrn_params_get(p, "learning_rate", 0.05),
             (int)dlrn_params_get(p, "num_leaves", 7), (int)dlrn_params_get(p, "max_depth", 4),
             (int)leaf, n < 200 ? 1 : 3, dlrn_params_get(p, "feature_fraction", 0.8),
             dlrn_params_get(p, "lambda_l2", 1), dlrn_params_get(p, "bagging_fraction", 0.8));
}

static dlrn_status make_dataset(handle *out, const dlrn_learner_data *d, const char *parameters,
                                dlrn_error *err)
{
    dlrn_status st;
    float *label = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&label, d->rows, err));
    for (size_t i = 0; i < d->rows; i++)
        label[i] = d->label[i];
    if (lgbm.dataset_from_mat(d->x, FLOAT64, (int32_t)d->rows, (int32_t)d->cols, 1, parameters,
                              NULL, out) != 0)
        st = failed("the training rows", err);
    else if (lgbm.dataset_set_field(*out, "label", label, (int)d->rows, FLOAT32) != 0)
        st = failed("the labels", err);
done:
    free(label);
    return st;
}

static void booster_free(void *state)
{
    if (state) lgbm.booster_free(state);
}

/* Through its own text, so that a fitted and a loaded model are the same object. */
static dlrn_status reload(handle *booster, dlrn_error *err);

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err)
{
    dlrn_status st;
    char parameters[600];
    handle dataset = NULL, booster = NULL;
    *state = NULL;
    DLRN_TRY(available(err));
    parameter_text(parameters, sizeof parameters, d, p);
    DLRN_TRY(make_dataset(&dataset, d, parameters, err));
    if (lgbm.booster_create(dataset, parameters, &booster) != 0) {
        st = failed("the settings", err);
        goto done;
    }
    const int rounds = (int)dlrn_params_get(p, "rounds", 100);
    for (int k = 0, finished = 0; k < rounds && !finished; k++)
        if (lgbm.booster_update(booster, &finished) != 0) {
            st = failed("training", err);
            goto done;
        }
    DLRN_TRY(reload(&booster, err));
    *state = booster;
    booster = NULL;
done:
    if (booster) lgbm.booster_free(booster);
    if (dataset) lgbm.dataset_free(dataset);
    return st;
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    union {
        const void *in;
        handle out;
    } booster = {state}; // its interface knows no const
    int features = 0;
    int64_t len = 0;
    if (rows == 0) return DLRN_OK;
    if (lgbm.booster_features(booster.out, &features) != 0 || (size_t)features != cols)
        return dlrn_fail(err, DLRN_EINVAL, "a LightGBM model of %d columns got %zu", features,
                         cols);
    if (lgbm.booster_predict(booster.out, x, FLOAT64, (int32_t)rows, (int32_t)cols, 1,
                             PREDICT_RAW_SCORE, 0, -1, "num_threads=1 verbosity=-1", &len,
                             score) != 0)
        return failed("prediction", err);
    return DLRN_OK;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double depth[] = {2, 4}, rounds[] = {60, 150};
    size_t n = 0;
    (void)rows;
    (void)cols;
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 2 && n < cap; b++)
            out[n++] = (dlrn_params){{{"max_depth", depth[a]},
                                      {"num_leaves", depth[a] == 2 ? 4 : 12},
                                      {"rounds", rounds[b]}},
                                     3};
    return n;
}

static dlrn_status text_of(char **bytes, size_t *len, handle booster, dlrn_error *err)
{
    int64_t need = 0;
    char one[1];
    *bytes = NULL;
    if (lgbm.booster_save(booster, 0, -1, 0, 0, &need, one) != 0) return failed("saving", err);
    char *text = dlrn_alloc_array((size_t)need + 1, 1);
    if (!text) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a LightGBM model");
    if (lgbm.booster_save(booster, 0, -1, 0, need, &need, text) != 0) {
        free(text);
        return failed("saving", err);
    }
    *bytes = text;
    *len = strlen(text);
    return DLRN_OK;
}

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    union {
        const void *in;
        handle out;
    } booster = {state};
    return text_of(bytes, len, booster.out, err);
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    int iterations = 0;
    *state = NULL;
    dlrn_status st = available(err);
    if (st != DLRN_OK) return st;
    char *text = dlrn_strndup(bytes, len); // it wants a NUL at the end
    if (!text) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a LightGBM model");
    if (strncmp(text, "tree\n", 5) != 0)
        st = dlrn_fail(err, DLRN_EFORMAT, "a LightGBM model is damaged");
    else if (lgbm.booster_load(text, &iterations, state) != 0)
        st = failed("loading", err);
    free(text);
    return st;
}

static dlrn_status reload(handle *booster, dlrn_error *err)
{
    char *text;
    size_t len;
    handle loaded;
    dlrn_status st = text_of(&text, &len, *booster, err);
    if (st != DLRN_OK) return st;
    st = load(&loaded, text, len, err);
    free(text);
    if (st != DLRN_OK) return st;
    lgbm.booster_free(*booster);
    *booster = loaded;
    return DLRN_OK;
}

const dlrn_learner learner_lightgbm = {"lightgbm", true, available, grid,        fit,
                                       predict,    save, load,      booster_free};
