/* SPDX-License-Identifier: Apache-2.0
 *
 * A study while it runs: settings, rows, features, fitted models and what they say.
 */
#ifndef DLRN_STUDY_RUN_H
#define DLRN_STUDY_RUN_H

#include "study/case_image.h"
#include "study/clinical.h"
#include "study/config.h"
#include "study/features.h"

#include <dlrn/cohort.h>
#include <dlrn/model.h>
#include <dlrn/radiomics.h>
#include <dlrn/study.h>

/* What a model says of every row. Arrays are [rows of the cohort table], NaN where a row has no
 * such value; an array is NULL where the model has none of its kind. */
typedef struct study_score {
    char *name;            /* radiomics, dlr_x, clinical, dlrn, radiomics.lr, ... */
    bool headline;         /* a model, not one of its learners */
    bool contaminated;     /* its features saw training labels */
    double *p, *raw;       /* after and before `calibrate`; on training rows apparent */
    double *cv, *cv_raw;   /* training rows only: out of fold */
    double *fit, *fit_raw; /* training rows only: dlrn on the rows it was fitted on */
    const char *cv_reason; /* why cv is NULL; static */
    double threshold;
} study_score;

/* One model that is trained on features. */
typedef struct study_model {
    char *name;
    feature_set *features; /* one of the run's sets, or `fused` */
    feature_set fused;
    dlrn_model *fit;
} study_model;

/* The clinical logistic model and the nomogram; NULL members where the study has none. */
typedef struct study_logit {
    char **name; /* design columns, without the intercept [p] */
    size_t p;
    double *beta;       /* [1 + p], intercept first */
    double *covariance; /* [1 + p][1 + p], sandwich where rows are clustered by patient */
    double threshold;
} study_logit;

typedef struct study_run {
    study_config c;
    const dlrn_exec *ex;
    char *out; /* output folder */
    dlrn_table *table;
    dlrn_cohort cohort;
    bool *is_train; /* [rows] */
    size_t *train;  /* training rows, ascending [n_train] */
    size_t n_train;
    bool clustered;   /* some training patient has several rows, and cluster: auto */
    char key[65];     /* of settings, cohort table, images and outlines */
    feature_set *set; /* radiomics first [n_sets] */
    size_t n_sets;
    feature_set *second; /* the same sets from the second reader's outlines, p 0: none [n_sets] */
    dlrn_json *weights;  /* [{name, sha256, made_up, ...}] for provenance */
    bool made_up;        /* some weights are nobody's training */
    study_model *model;  /* [n_models] */
    size_t n_models;
    size_t nomogram_model;        /* index of the signature's model; SIZE_MAX: none */
    clinical_spec clinical;       /* all candidates */
    double *clinical_x;           /* [rows][clinical.p] */
    clinical_spec nomogram_terms; /* those in the nomogram */
    study_logit clinical_fit, nomogram_fit;
    study_score *score; /* [n_scores] */
    size_t n_scores, cap_scores;
    dlrn_json *results; /* results.json as it grows */
    dlrn_json *warnings;
} study_run;

void study_run_clear(study_run *r);

/* Settings and cohort table; out is decided, nothing is written. */
DLRN_MUST_CHECK dlrn_status study_run_load(study_run *r, const char *yaml,
                                           const dlrn_study_opts *opts, const dlrn_exec *ex,
                                           dlrn_error *err);

/* A cohort table alone, with roles as dlrn init guesses them: for checking. */
DLRN_MUST_CHECK dlrn_status study_run_load_table(study_run *r, const char *csv, const dlrn_exec *ex,
                                                 dlrn_error *err);

/* A warning for the screen and the report. */
void study_warn(study_run *r, const char *fmt, ...) DLRN_PRINTF(2, 3);

/* The radiomics settings that the study's image and radiomics keys ask for. */
DLRN_MUST_CHECK dlrn_status study_radiomics_settings(dlrn_radiomics **out, const study_config *c,
                                                     dlrn_error *err);

/* The steps. */
DLRN_MUST_CHECK dlrn_status study_step_radiomics(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_deep(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_fuse(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_select(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_train(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_nomogram(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_evaluate(study_run *r, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_step_bundle(study_run *r, dlrn_error *err);

/* One row's image and outlines as the settings want them. */
DLRN_MUST_CHECK dlrn_status study_read_case(case_image *out, const study_run *r, size_t row,
                                            bool second, dlrn_error *err);

/* Every problem that can be seen before hours are spent. */
DLRN_MUST_CHECK dlrn_status study_findings(dlrn_findings *out, const study_run *r, dlrn_error *err);

/* Figures and report from what the steps wrote into `out`. */
DLRN_MUST_CHECK dlrn_status study_draw_figures(const char *out, const dlrn_exec *ex,
                                               dlrn_error *err);
DLRN_MUST_CHECK dlrn_status study_write_report(const char *out, const dlrn_exec *ex,
                                               dlrn_error *err);

/* A cleared score with this name, its arrays NULL; the run owns it. */
DLRN_MUST_CHECK dlrn_status study_add_score(study_score **out, study_run *r, const char *name,
                                            bool headline, dlrn_error *err);
const study_score *study_find_score(const study_run *r, const char *name);

/* An array of the cohort's rows, NaN throughout. */
DLRN_MUST_CHECK dlrn_status study_rows_nan(double **out, const study_run *r, dlrn_error *err);

/* The training rows of x[rows][p] as [n_train][p]. */
DLRN_MUST_CHECK dlrn_status study_train_rows(double **out, const study_run *r, const double *x,
                                             size_t p, dlrn_error *err);

/* Labels, patients and centres of the training rows [n_train]. */
typedef struct study_train_set {
    uint8_t *label;
    size_t *group, *stratum;
} study_train_set;
DLRN_MUST_CHECK dlrn_status study_train_set_make(study_train_set *out, const study_run *r,
                                                 dlrn_error *err);
void study_train_set_clear(study_train_set *t);

/* The selection's and tuning's settings in the form that the models take. steps[n_selection]
 * borrows from the settings. */
void study_model_options(dlrn_model_options *o, dlrn_select_step *steps, const study_run *r);

/* Tunes, cross-validates and fits one model on the run's training rows. */
DLRN_MUST_CHECK dlrn_status study_fit_model(dlrn_model **out, const study_run *r,
                                            const study_model *m, dlrn_error *err);

/* SHA-256 over several texts, each with its length, as a key of the cache. */
DLRN_MUST_CHECK dlrn_status study_key(char key[65], const char *const *text, size_t n,
                                      dlrn_error *err);

#endif
