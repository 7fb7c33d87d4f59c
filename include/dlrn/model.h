/* SPDX-License-Identifier: Apache-2.0
 *
 * A model: one pipeline with several learners behind it, tuned by patient-grouped cross-validation
 * in which everything is refitted, recalibrated on out-of-fold scores, with its threshold frozen.
 */
#ifndef DLRN_MODEL_H
#define DLRN_MODEL_H

#include <dlrn/learner.h>
#include <dlrn/pipeline.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_cutoff {
    DLRN_CUTOFF_YOUDEN,      /* ties: the lowest */
    DLRN_CUTOFF_SENSITIVITY, /* the highest threshold that reaches it */
    DLRN_CUTOFF_SPECIFICITY, /* the lowest threshold that reaches it */
    DLRN_CUTOFF_VALUE        /* given */
} dlrn_cutoff;

typedef struct dlrn_model_options {
    dlrn_pipeline_options pipeline;
    const char *const *learners; /* [n_learners], in order of simplicity */
    size_t n_learners;
    size_t folds, repeats; /* 0: 5 and 1 */
    bool calibrate;        /* logistic recalibration on the out-of-fold scores */
    const char *signature; /* "best" (NULL: the same) or a learner's name */
    dlrn_cutoff threshold;
    double threshold_value;
    uint64_t seed;
} dlrn_model_options;

/* One learner of a model; all arrays [rows of the training data]. */
typedef struct dlrn_model_learner {
    const char *name;
    char *missing; /* why there is none (then all else is empty); NULL: it is there */
    dlrn_params params;
    double cv_auc, cv_auc_sd; /* mean and sample SD of the folds' AUCs */
    double *fold_auc;         /* [folds x repeats] */
    double *oof_score;        /* out of fold: margin, or score where the learner has no margin; mean
                                 over the repeats */
    double *oof_raw;          /* the same as a probability, before `calibrate` */
    double *oof;              /* the same as a probability after it */
    bool calibrated;
    double calibration_intercept, calibration_slope; /* on oof_score; 0 and 1 without */
    char *calibration_note; /* why there is no recalibration although it was wanted; NULL: none */
    double threshold;       /* on probabilities after `calibrate`; >= is positive */
    const dlrn_learner *kind;
    void *state; /* refitted on all training rows */
} dlrn_model_learner;

typedef struct dlrn_model dlrn_model;

/* Fits all. The pipeline is fitted once a fold and shared by the learners and grid points of that
 * fold. Learners that this installation lacks are left out with their reason; DLRN_EUNSUPPORTED
 * where none is left, or where `signature` is one of them. Same bits for any number of threads. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_model_fit(dlrn_model **out, const dlrn_train_data *d,
                                                    const dlrn_model_options *o,
                                                    const dlrn_exec *ex, dlrn_error *err);
DLRN_API void dlrn_model_free(dlrn_model *m);

DLRN_API const dlrn_pipeline *dlrn_model_pipeline(const dlrn_model *m);
DLRN_API size_t dlrn_model_learners(const dlrn_model *m);
DLRN_API const dlrn_model_learner *dlrn_model_learner_at(const dlrn_model *m, size_t i);
/* SIZE_MAX where there is no such learner. */
DLRN_API size_t dlrn_model_find(const dlrn_model *m, const char *learner);
/* The signature's learner: the simplest whose cv_auc is within one standard error (sd /
 * sqrt(folds x repeats), of the best) of the best. */
DLRN_API size_t dlrn_model_chosen(const dlrn_model *m);
/* Share of the folds' pipelines that kept a training column. Of a fitted model. */
DLRN_API double dlrn_model_frequency(const dlrn_model *m, size_t column);
DLRN_API size_t dlrn_model_rows(const dlrn_model *m); /* of the training data */

/* Predicts rows; outputs may be NULL. x, cols and source as dlrn_pipeline_apply. */
typedef struct dlrn_prediction {
    double *probability; /* after `calibrate` [rows] */
    double *raw;         /* before it [rows] */
    double *score;       /* margin or score [rows] */
} dlrn_prediction;
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_model_predict(const dlrn_prediction *out,
                                                        const dlrn_model *m, size_t learner,
                                                        const double *x, size_t rows, size_t cols,
                                                        const size_t *source, dlrn_error *err);

/* For results.json: {steps:[{name,kept}],lambda,selected:[{name,coefficient,frequency}]} and
 * {<learner>:{cv_auc,cv_auc_sd,params}}. */
DLRN_API dlrn_json *dlrn_model_selection_json(const dlrn_model *m);
DLRN_API dlrn_json *dlrn_model_learners_json(const dlrn_model *m);

/* The model for the bundle: JSON, and one blob a learner. */
typedef struct dlrn_blob {
    char *name; /* "lightgbm": the learner */
    char *bytes;
    size_t len;
} dlrn_blob;
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_model_save(dlrn_json **json, dlrn_blob **blobs,
                                                     size_t *n_blobs, const dlrn_model *m,
                                                     dlrn_error *err);
DLRN_API void dlrn_blobs_free(dlrn_blob *blobs, size_t n);
/* Back: predicts the same bits; the arrays of out-of-fold values are NULL. A learner that this
 * installation lacks is loaded as missing. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_model_load(dlrn_model **out, const dlrn_json *json,
                                                     const dlrn_blob *blobs, size_t n_blobs,
                                                     dlrn_error *err);

/* The threshold of a rule on predictions p[rows]. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_cutoff_choose(double *out, const double *p,
                                                        const uint8_t *label, size_t rows,
                                                        dlrn_cutoff rule, double value,
                                                        dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
