/* SPDX-License-Identifier: Apache-2.0
 *
 * study.yaml as a struct: every key with its default, checked. The keys and their meaning are the
 * program's outside contract; an unknown or repeated key is an error with its line.
 */
#ifndef DLRN_STUDY_CONFIG_H
#define DLRN_STUDY_CONFIG_H

#include <dlrn/json.h>

typedef struct config_list {
    char **v; /* [n] */
    size_t n;
} config_list;

typedef struct config_clinical {
    char *column;
    char *label;     /* for people; the column's name where none was given */
    char *type;      /* number | binary | category; NULL: found from the data */
    char *reference; /* level of a category; NULL: the first */
    bool log1p;
} config_clinical;

typedef struct config_deep {
    char *name;
    char *weights;  /* NULL where features come from a table */
    char *features; /* NULL where weights are given */
    char *normalise;
    double margin;
    int64_t size;
    double window[2];
} config_deep;

/* How the study looks at an image. */
typedef struct config_image {
    char *invert;                    /* auto | never */
    double spacing;                  /* mm; 0: as stored */
    char *facing_column, *facing_to; /* column NULL: none; to: left | right */
    char *geometry;                  /* world | pixels */
} config_image;

/* One step of `selection`. */
typedef struct config_step {
    char *name;    /* variance, icc, univariate, correlation, lasso, mrmr, stability */
    double number; /* variance: least; icc: lower; univariate: p; correlation: max */
    char *word;    /* icc: form; univariate: test; correlation: method; lasso: loss */
    double alpha;  /* lasso */
    int64_t folds; /* lasso */
    int64_t k;     /* mrmr */
    bool rule_min; /* lasso: min instead of 1se */
} config_step;

typedef struct config_pair {
    char *a, *b;
} config_pair;

typedef struct study_config {
    char *path, *folder; /* of study.yaml; other paths are relative to the folder */
    char *sha256;        /* of its bytes */
    char *title;
    int64_t seed;
    char *cohort;
    struct {
        char *id, *patient, *centre, *cohort, *image, *mask, *mask_label, *mask2;
    } columns;
    struct {
        char *column, *positive, *name;
    } outcome;
    char *train;
    config_list test;
    config_clinical *clinical; /* [n_clinical] */
    size_t n_clinical;
    config_image image;
    struct {
        char *params;   /* profile or file; NULL: no radiomics, or features */
        char *features; /* NULL: computed */
    } radiomics;
    config_deep *deep; /* [n_deep] */
    size_t n_deep;
    struct {
        char *impute, *scale;
        bool combat;
    } preprocess;
    config_step *selection; /* [n_selection] */
    size_t n_selection;
    char *selection_name; /* default | published | listed */
    config_list learners;
    struct {
        int64_t folds, repeats;
        char *metric, *grid;
        bool nested;
    } tuning;
    bool calibrate;
    char *signature; /* best, or a learner's name */
    struct {
        char *model; /* NULL: the first dlr_<name>, else radiomics */
        bool all_terms;
        config_list terms;
        double entry_p; /* 0: not used */
    } nomogram;
    struct {
        char *threshold; /* youden | sensitivity | specificity | number */
        double threshold_value;
        int64_t bootstrap, calibration_groups;
        double confidence;
        char *adjust;
        config_list subgroups;
        bool cluster; /* auto */
    } statistics;
    config_pair *compare; /* [n_compare] */
    size_t n_compare;
    char *primary_a, *primary_b, *primary_cohort; /* NULL: none */
} study_config;

/* Reads and checks `path`. Messages name the file, the line and the key. */
DLRN_MUST_CHECK dlrn_status study_config_load(study_config *out, const char *path, dlrn_error *err);
/* The same from text; `path` stands in messages, and its folder is what paths are relative to. */
DLRN_MUST_CHECK dlrn_status study_config_parse(study_config *out, const char *text, size_t len,
                                               const char *path, dlrn_error *err);
void study_config_clear(study_config *c);

/* The settings as JSON, defaults filled in: for provenance and for the keys of the cache. */
dlrn_json *study_config_json(const study_config *c);

/* Parts of it that a bundle keeps too. */
dlrn_json *config_image_json(const config_image *im);
dlrn_json *config_deep_json(const config_deep *d);

/* The names of the models of this study that are trained on features: radiomics, dtl_<name>,
 * dlr_<name>, in that order. Strings are freed by config_list_clear. */
DLRN_MUST_CHECK dlrn_status study_config_models(config_list *out, const study_config *c,
                                                dlrn_error *err);
void config_list_clear(config_list *l);
DLRN_MUST_CHECK dlrn_status config_list_add(config_list *l, const char *s, dlrn_error *err);

#endif
