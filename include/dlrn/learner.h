/* SPDX-License-Identifier: Apache-2.0
 *
 * One interface for every classifier: fit on numbers without NaN, score new rows, turn into bytes
 * and back.
 */
#ifndef DLRN_LEARNER_H
#define DLRN_LEARNER_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A point of a learner's grid. */
typedef struct dlrn_param {
    const char *name; /* static */
    double value;
} dlrn_param;

typedef struct dlrn_params {
    dlrn_param p[6];
    size_t n;
} dlrn_params;

/* NaN-free fallback where the name is not set. */
DLRN_API double dlrn_params_get(const dlrn_params *p, const char *name, double fallback);

typedef struct dlrn_learner_data {
    const double *x; /* [rows][cols], cols >= 1 */
    size_t rows, cols;
    const uint8_t *label; /* both classes present [rows] */
    uint64_t seed;
} dlrn_learner_data;

/* A kind of learner. `state` is what fit made: one thread at a time may free it, any number may
 * predict. */
typedef struct dlrn_learner {
    const char *name;
    bool margin; /* predict gives log-odds or a distance (any number), else a score in 0..1 */
    /* DLRN_EUNSUPPORTED says what is missing here. */
    dlrn_status (*available)(dlrn_error *err);
    /* Fills out[cap], the plainest point first; returns how many points there are. */
    size_t (*grid)(dlrn_params *out, size_t cap, size_t rows, size_t cols);
    dlrn_status (*fit)(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err);
    /* x[rows][cols] with the columns of the fit -> score[rows]; higher means label 1. */
    dlrn_status (*predict)(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err);
    /* The state as bytes (freed with free()) and back; the loaded one gives the same bits. Loading
     * distrusts its bytes: DLRN_EFORMAT where they are damaged. */
    dlrn_status (*save)(char **bytes, size_t *len, const void *state, dlrn_error *err);
    dlrn_status (*load)(void **state, const char *bytes, size_t len, dlrn_error *err);
    void (*free)(void *state);
} dlrn_learner;

enum { DLRN_GRID_MAX = 32 };

/* All kinds that this version knows, in their usual order: lr, svm, knn, random_forest,
 * extra_trees, xgboost, lightgbm, mlp (those that are written). */
DLRN_API size_t dlrn_learner_count(void);
DLRN_API const dlrn_learner *dlrn_learner_at(size_t i);
/* NULL where there is no such name. */
DLRN_API const dlrn_learner *dlrn_learner_find(const char *name);

#ifdef __cplusplus
}
#endif

#endif
