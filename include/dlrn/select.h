/* SPDX-License-Identifier: Apache-2.0
 *
 * Feature selection as a chain of steps that is fitted on training rows and yields the columns that
 * stay.
 */
#ifndef DLRN_SELECT_H
#define DLRN_SELECT_H

#include <dlrn/lasso.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One step, as study.yaml names it:
 *   variance     keeps columns whose sample variance (before scaling) is above `number`
 *   icc          keeps columns whose lower bound of ICC form `word` ("2,1") is at least `number`;
 *                skipped where there is no second reader
 *   univariate   keeps p < `number` by test `word` (mann_whitney, student, welch)
 *   correlation  of every pair with |r| > `number` by `word` (spearman, pearson) the column with
 *                the larger mean |r| over all columns goes
 *   mrmr         the `k` columns of least redundancy and most relevance (F statistic over mean |r|)
 *   lasso        columns with a coefficient at the lambda of the rule; `word` logistic or linear;
 *                its path ends where more than 100 columns, and more than a quarter of the rows,
 *                are kept
 */
typedef struct dlrn_select_step {
    const char *name;
    double number;
    const char *word;
    double alpha;  /* lasso */
    size_t folds;  /* lasso */
    size_t k;      /* mrmr */
    bool rule_min; /* lasso: lambda.min instead of lambda.1se */
} dlrn_select_step;

typedef struct dlrn_select_data {
    const double *x;      /* scaled, without NaN [rows][cols] */
    const double *raw;    /* before scaling; NULL: x [rows][cols] */
    const double *second; /* the second reader's values on the scale of raw, NaN where he did not
                             read; NULL: none [rows][cols] */
    size_t rows, cols;
    const uint8_t *label;  /* [rows] */
    const size_t *group;   /* patient; NULL: every row its own [rows] */
    const size_t *stratum; /* centre; NULL: one [rows] */
    uint64_t seed;         /* of the lasso's folds */
} dlrn_select_data;

typedef struct dlrn_select_report {
    const char *name; /* borrowed from the step */
    size_t kept;
    char *note; /* what was skipped or done otherwise, and why; NULL: nothing to say */
} dlrn_select_report;

typedef struct dlrn_selection {
    size_t n;
    size_t *column;           /* ascending, into the columns of the data [n] */
    double *coefficient;      /* of the last lasso step, on the scale of x; NaN without one [n] */
    dlrn_select_report *step; /* [n_steps] */
    size_t n_steps;
    bool has_lasso;
    dlrn_lasso_cv lasso;  /* of the last lasso step */
    size_t lasso_at;      /* index of the lambda that was taken */
    size_t *lasso_column; /* the columns of its path, into the data's [lasso.path.cols] */
} dlrn_selection;

/* A lasso's folds are grouped by patient and repeat every earlier step that looks at the label.
 * Where a lasso keeps nothing at the lambda of its rule, lambda.min is taken, else the first lambda
 * that keeps something, and the note says so. DLRN_EINVAL for an unknown step, method or test, and
 * where a step leaves no column. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_select_fit(dlrn_selection *out,
                                                     const dlrn_select_data *data,
                                                     const dlrn_select_step *steps, size_t n_steps,
                                                     const dlrn_exec *ex, dlrn_error *err);
DLRN_API void dlrn_selection_clear(dlrn_selection *s);

#ifdef __cplusplus
}
#endif

#endif
