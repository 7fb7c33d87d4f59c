/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes before a learner, as one fitted object: columns without information are dropped,
 * missing values imputed, columns scaled and selected; all of it fitted on the rows it is given and
 * applied to any others.
 */
#ifndef DLRN_PIPELINE_H
#define DLRN_PIPELINE_H

#include <dlrn/json.h>
#include <dlrn/select.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Training rows: the only rows that a fit ever sees. */
typedef struct dlrn_train_data {
    const double *x; /* NaN: missing [rows][cols] */
    size_t rows, cols;
    const char *const *name; /* of the columns [cols] */
    const double *second;    /* the second reader's features, NaN where he did not read; NULL: none
                                [rows][cols] */
    const uint8_t *label;    /* [rows] */
    const size_t *group;     /* patient; NULL: every row its own [rows] */
    const size_t *stratum;   /* centre; NULL: one [rows] */
} dlrn_train_data;

typedef struct dlrn_pipeline_options {
    const char *impute; /* median (NULL: the same) */
    const char *scale;  /* zscore (NULL: the same) | robust | rank | none */
    const dlrn_select_step *steps;
    size_t n_steps; /* 0: every column stays */
    uint64_t seed;
} dlrn_pipeline_options;

/* A column that was dropped before any step looked at it. */
typedef struct dlrn_dropped {
    size_t column;
    const char *reason; /* static: "missing in every row", "constant" */
} dlrn_dropped;

typedef struct dlrn_pipeline dlrn_pipeline;

/* zscore: mean and sd (n - 1); robust: median and interquartile range (type 7; sd where it is 0);
 * rank: share of training values below, ties half, in 0..1 minus 0.5. Infinite values are
 * DLRN_EINVAL naming the column. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_pipeline_fit(dlrn_pipeline **out,
                                                       const dlrn_train_data *d,
                                                       const dlrn_pipeline_options *o,
                                                       const dlrn_exec *ex, dlrn_error *err);
DLRN_API void dlrn_pipeline_free(dlrn_pipeline *p);

/* The columns that it reads and gives, in order. */
DLRN_API size_t dlrn_pipeline_size(const dlrn_pipeline *p);
DLRN_API const char *dlrn_pipeline_column(const dlrn_pipeline *p, size_t k);
/* Where that column stood in the training data. */
DLRN_API size_t dlrn_pipeline_source(const dlrn_pipeline *p, size_t k);

/* z[rows][size] from x[rows][cols]; column k is read from x's column source[k], or
 * dlrn_pipeline_source where source is NULL. NaN is imputed. */
DLRN_API void dlrn_pipeline_apply(double *z, const dlrn_pipeline *p, const double *x, size_t rows,
                                  size_t cols, const size_t *source);

/* Of a fitted (not a loaded) one: how it came about; borrowed. Columns of the selection's numbering
 * are training columns. */
DLRN_API const dlrn_selection *dlrn_pipeline_selection(const dlrn_pipeline *p);
DLRN_API size_t dlrn_pipeline_dropped(const dlrn_dropped **out, const dlrn_pipeline *p);

/* As JSON, and back: the loaded one gives the same bits. */
DLRN_API dlrn_json *dlrn_pipeline_json(const dlrn_pipeline *p);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_pipeline_load(dlrn_pipeline **out, const dlrn_json *j,
                                                        dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
