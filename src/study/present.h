/* SPDX-License-Identifier: Apache-2.0
 *
 * From results.json and the tables of an output folder to the structs of figures and report. No
 * number is made here; a figure's data stand in a table of the same name.
 */
#ifndef DLRN_STUDY_PRESENT_H
#define DLRN_STUDY_PRESENT_H

#include <dlrn/figures.h>
#include <dlrn/json.h>
#include <dlrn/report.h>
#include <dlrn/table.h>

typedef struct present {
    const char *out;
    dlrn_json *results;
    const char **test; /* cohorts other than training, with rows; borrowed [n_test] */
    size_t n_test;
    const char **model; /* headline models in order; borrowed [n_models] */
    size_t n_models;
    const char *train;
} present;

DLRN_MUST_CHECK dlrn_status present_load(present *out, const char *folder, dlrn_error *err);
void present_clear(present *p);

/* performance.<model>.cohorts.<cohort>; NULL: none. */
const dlrn_json *present_performance(const present *p, const char *model, const char *cohort);

/* The style of the k-th headline model: the second backbone is dashed. */
dlrn_style present_style(const present *p, const char *model);

/* The model of the figures that show only one: the last headline model. */
const char *present_main_model(const present *p);

/* A model's name for people: "Clinical", "Radiomics", "DLR (net)", "Nomogram (DLRN)". */
void present_model_label(char *text, size_t size, const char *model);

/* tables/<name>.csv; *out is NULL where there is no such table. */
DLRN_MUST_CHECK dlrn_status present_table(dlrn_table **out, const present *p, const char *name,
                                          dlrn_error *err);

/* Numbers of `column` in the rows whose text in `key` is `value`; v[n] is freed by the caller. */
DLRN_MUST_CHECK dlrn_status present_rows(double **v, size_t *n, dlrn_table *t, const char *key,
                                         const char *value, const char *column, dlrn_error *err);

/* figures/<name>.svg and .pdf; frees the figure. */
DLRN_MUST_CHECK dlrn_status present_save(const present *p, dlrn_figure *f, const char *name,
                                         dlrn_error *err);

/* The figures of a cohort, of the nomogram and of a model's selection; each is drawn where its data
 * are there. */
DLRN_MUST_CHECK dlrn_status present_roc(const present *p, const char *cohort, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_calibration(const present *p, const char *cohort,
                                                dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_dca(const present *p, const char *cohort, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_confusion(const present *p, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_waterfall(const present *p, const char *cohort,
                                              dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_delong(const present *p, const char *cohort, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_nomogram(const present *p, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_lasso(const present *p, const char *model, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_coefficients(const present *p, const char *model,
                                                 dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_correlation(const present *p, const char *model,
                                                dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_flow(const present *p, dlrn_error *err);

#endif
