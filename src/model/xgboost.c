/* SPDX-License-Identifier: Apache-2.0
 *
 * XGBoost through the module dlrn-xgboost.so. The state is its JSON model, as other programs read
 * it too; the score is the log-odds. Columns are rounded to single precision, as XGBoost does.
 */
#include <dlrn/learner.h>

#include "base/module.h"
#include "model/learners.h"
#include "model/xgboost_module.h"

#include <stdlib.h>
#include <string.h>

typedef struct boosted {
    char *json;
    size_t len, cols;
} boosted;

static void boosted_free(void *state)
{
    boosted *m = state;
    if (!m) return;
    free(m->json);
    free(m);
}

static dlrn_status symbol(void *function, const char *name, dlrn_error *err)
{
    void *address;
    const dlrn_status st = dlrn_module_symbol(&address, "dlrn-xgboost.so", name, "XGBoost", err);
    if (st == DLRN_OK) memcpy(function, &address, sizeof address);
    return st;
}

static dlrn_status available(dlrn_error *err)
{
    xgboost_train_fn *train;
    return symbol(&train, "dlrn_xgboost_train", err);
}

static dlrn_status to_floats(float **out, const double *x, size_t n, dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(out, n, err);
    for (size_t i = 0; i < n && st == DLRN_OK; i++)
        (*out)[i] = (float)x[i];
    return st;
}

static dlrn_status run_training(boosted *m, const dlrn_learner_data *d, const dlrn_params *p,
                                const float *x, const float *y, dlrn_error *err)
{
    char depth[32], eta[32], seed[32];
    xgboost_train_fn *train;
    xgboost_why why = {""};
    const dlrn_status st = symbol(&train, "dlrn_xgboost_train", err);
    if (st != DLRN_OK) return st;
    dlrn_format_double(depth, dlrn_params_get(p, "max_depth", 3));
    dlrn_format_double(eta, dlrn_params_get(p, "learning_rate", 0.05));
    snprintf(seed, sizeof seed, "%u", (unsigned)(d->seed & 0x7fffffff));
    const char *const param[] = {"objective",
                                 "binary:logistic",
                                 "tree_method",
                                 "exact",
                                 "nthread",
                                 "1",
                                 "verbosity",
                                 "0",
                                 "min_child_weight",
                                 "2",
                                 "max_depth",
                                 depth,
                                 "learning_rate",
                                 eta,
                                 "seed",
                                 seed};
    const xgboost_job job = {x,
                             y,
                             d->rows,
                             d->cols,
                             param,
                             sizeof param / sizeof *param / 2,
                             (int)dlrn_params_get(p, "rounds", 100)};
    m->cols = d->cols;
    return train(&m->json, &m->len, &job, &why) == 0
               ? DLRN_OK
               : dlrn_fail(err, DLRN_EINTERNAL, "XGBoost: %s", why.msg);
}

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err)
{
    dlrn_status st;
    boosted *m = NULL;
    float *x = NULL, *y = NULL;
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    DLRN_TRY(to_floats(&x, d->x, d->rows * d->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, d->rows, err));
    for (size_t i = 0; i < d->rows; i++)
        y[i] = d->label[i];
    DLRN_TRY(run_training(m, d, p, x, y, err));
    *state = m;
    m = NULL;
done:
    boosted_free(m);
    free(y);
    free(x);
    return st;
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    dlrn_status st;
    const boosted *m = state;
    xgboost_predict_fn *run;
    xgboost_why why = {""};
    float *f = NULL;
    if (cols != m->cols)
        return dlrn_fail(err, DLRN_EINVAL, "boosted trees of %zu columns got %zu", m->cols, cols);
    if (rows == 0) return DLRN_OK;
    DLRN_TRY(symbol(&run, "dlrn_xgboost_predict", err));
    DLRN_TRY(to_floats(&f, x, rows * cols, err));
    if (run(score, m->json, m->len, f, rows, cols, &why) != 0)
        st = dlrn_fail(err, DLRN_EINTERNAL, "XGBoost: %s", why.msg);
done:
    free(f);
    return st;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double depth[] = {3, 2}, rounds[] = {100, 300};
    size_t n = 0;
    (void)rows;
    (void)cols;
    for (size_t r = 0; r < 2; r++)
        for (size_t k = 0; k < 2 && n < cap; k++)
            out[n++] = (dlrn_params){
                {{"max_depth", depth[k]}, {"rounds", rounds[r]}, {"learning_rate", 0.05}}, 3};
    return n;
}

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    const boosted *m = state;
    *bytes = dlrn_strndup(m->json, m->len);
    *len = m->len;
    return *bytes ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for boosted trees");
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    dlrn_status st;
    boosted *m = NULL;
    xgboost_columns_fn *columns;
    xgboost_why why = {""};
    *state = NULL;
    // bytes that are no JSON would be taken for the old binary form, which trusts what it reads
    if (len < 2 || bytes[0] != '{' || bytes[len - 1] != '}')
        return dlrn_fail(err, DLRN_EFORMAT, "the boosted trees are damaged");
    DLRN_TRY(symbol(&columns, "dlrn_xgboost_columns", err));
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    m->json = dlrn_strndup(bytes, len);
    m->len = len;
    if (!m->json) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for boosted trees");
        goto done;
    }
    if (columns(&m->cols, m->json, len, &why) != 0 || m->cols == 0) {
        st = dlrn_fail(err, DLRN_EFORMAT, "the boosted trees are damaged: %s", why.msg);
        goto done;
    }
    *state = m;
    m = NULL;
done:
    boosted_free(m);
    return st;
}

const dlrn_learner learner_xgboost = {"xgboost", true, available, grid,        fit,
                                      predict,   save, load,      boosted_free};
