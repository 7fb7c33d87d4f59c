/* SPDX-License-Identifier: Apache-2.0
 *
 * Clinical columns as numbers: kind, levels and imputation are found on the training rows and kept,
 * so that a new case is encoded as the training rows were.
 */
#ifndef DLRN_STUDY_CLINICAL_H
#define DLRN_STUDY_CLINICAL_H

#include "study/config.h"

#include <dlrn/table.h>

typedef enum clinical_kind { CLINICAL_NUMBER, CLINICAL_BINARY, CLINICAL_CATEGORY } clinical_kind;

/* One clinical column. A number (or 0/1) is one design column; a category of k levels k - 1. */
typedef struct clinical_term {
    char *column, *label;
    clinical_kind kind;
    bool log1p;
    config_list level; /* category: levels, the reference first */
    double impute;     /* number: training median (after log1p); binary: mode; category: level */
    double lo, hi;     /* training range, before log1p */
    size_t missing;    /* training rows without a value */
    size_t first;      /* its first design column */
    size_t width;      /* its design columns */
} clinical_term;

/* Zero-init is valid. */
typedef struct clinical_spec {
    clinical_term *term; /* [n] */
    size_t n;
    char **name; /* design columns: "age", "sex=male" [p] */
    size_t p;
} clinical_spec;

void clinical_spec_clear(clinical_spec *s);

/* Finds kinds, levels and imputation of the n wanted columns on the rows with train[i] set.
 * DLRN_EINVAL names table and column: absent, empty, a category of one level, text where a number
 * was declared. */
DLRN_MUST_CHECK dlrn_status clinical_fit(clinical_spec *out, const config_clinical *wanted,
                                         size_t n, const dlrn_table *t, const bool *train,
                                         dlrn_error *err);

/* What encoding one value did. */
typedef enum clinical_note {
    CLINICAL_AS_GIVEN,
    CLINICAL_IMPUTED, /* missing: the training value stands in */
    CLINICAL_UNKNOWN, /* a level that training did not have: likewise */
    CLINICAL_OUT_OF_RANGE
} clinical_note;

/* Encodes one term's text into its design columns x[width]. DLRN_EINVAL where a number was
 * expected. */
DLRN_MUST_CHECK dlrn_status clinical_encode(double *x, clinical_note *note, const clinical_term *t,
                                            const char *text, dlrn_error *err);

/* All rows of a table: x[rows][p]; how often a value was imputed and a level unknown, per term
 * (each [n], may be NULL). */
DLRN_MUST_CHECK dlrn_status clinical_encode_table(double **x, size_t *unknown,
                                                  const clinical_spec *s, const dlrn_table *t,
                                                  dlrn_error *err);

/* Only the terms with keep[i] set. */
DLRN_MUST_CHECK dlrn_status clinical_subset(clinical_spec *out, const clinical_spec *s,
                                            const bool *keep, dlrn_error *err);

dlrn_json *clinical_json(const clinical_spec *s);
DLRN_MUST_CHECK dlrn_status clinical_from_json(clinical_spec *out, const dlrn_json *j,
                                               dlrn_error *err);

/* "" , NA, NaN and the like. */
bool clinical_is_missing(const char *text);

#endif
