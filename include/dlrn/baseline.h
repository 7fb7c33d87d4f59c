/* SPDX-License-Identifier: Apache-2.0
 *
 * The baseline table as a paper prints it: each variable in all rows, label 0 and label 1, the test
 * by which they differ, the standardised difference, what is missing.
 */
#ifndef DLRN_BASELINE_H
#define DLRN_BASELINE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One variable; numbers or texts. Borrowed. */
typedef struct dlrn_baseline_column {
    const char *name;
    const double *number;    /* NaN is missing [n]; NULL: texts */
    const char *const *text; /* NULL is missing [n] */
} dlrn_baseline_column;

typedef enum dlrn_baseline_form {
    DLRN_BASELINE_MEAN_SD,    /* numbers, normal in both groups (Shapiro-Wilk p > 0.05) */
    DLRN_BASELINE_MEDIAN_IQR, /* other numbers */
    DLRN_BASELINE_COUNT       /* texts, and numbers of one or two values: a row each level */
} dlrn_baseline_form;

/* All rows, label 0, label 1. */
enum { DLRN_BASELINE_GROUPS = 3 };

typedef struct dlrn_baseline_cell {
    size_t n;              /* values present */
    double mean, sd;       /* numbers */
    double median, q1, q3; /* numbers */
    size_t count;          /* of the level */
} dlrn_baseline_cell;

typedef struct dlrn_baseline_row {
    char *name, *level; /* level: "" for numbers */
    dlrn_baseline_form form;
    dlrn_baseline_cell cell[DLRN_BASELINE_GROUPS];
    /* "welch", "mann_whitney", "chi_square", "fisher", "fisher_monte_carlo" (DLRN_FISHER_TABLES,
     * seed 1, where the exact p is out of reach); NULL: none was possible */
    const char *test;
    double statistic, p; /* on a variable's first row, else NaN */
    /* (mean 1 - mean 0) / sqrt of the mean variance; over levels Yang & Dalton, SAS Global Forum
     * 2012:335, without sign. On a variable's first row, else NaN. */
    double standardised;
    size_t missing;
} dlrn_baseline_row;

/* Zero-init is empty. */
typedef struct dlrn_baseline {
    dlrn_baseline_row *row; /* [n] */
    size_t n;
} dlrn_baseline;

/* The table of the rows i with use[i] != 0 (NULL: all); label[n] is 0 or 1. For a table by cohort
 * call it once a cohort. DLRN_EINVAL for a text variable of more than 200 levels. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_baseline_make(dlrn_baseline *out,
                                                        const dlrn_baseline_column *column,
                                                        size_t columns, const uint8_t *label,
                                                        const uint8_t *use, size_t n,
                                                        dlrn_error *err);
DLRN_API void dlrn_baseline_clear(dlrn_baseline *b);

/* The cell as text: "64.25 (15.83)", "64.50 [50.00, 79.00]", "59 (54.1%)"; "-" without values. */
DLRN_API void dlrn_baseline_text(dlrn_str *out, const dlrn_baseline_row *row, size_t group);

#ifdef __cplusplus
}
#endif

#endif
