/* SPDX-License-Identifier: Apache-2.0
 *
 * The cohort table with the roles of its columns, checked, as plain arrays: one row a vertebra.
 */
#ifndef DLRN_COHORT_H
#define DLRN_COHORT_H

#include <dlrn/table.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_clinical_type {
    DLRN_CLINICAL_AUTO, /* found from the values: see dlrn_cohort_read */
    DLRN_CLINICAL_NUMBER,
    DLRN_CLINICAL_BINARY,
    DLRN_CLINICAL_CATEGORY
} dlrn_clinical_type;

/* A clinical column that is wanted. */
typedef struct dlrn_clinical_spec {
    const char *column;
    dlrn_clinical_type type;
    const char *reference; /* level that the others are compared with; NULL: the first */
} dlrn_clinical_spec;

/* Which column plays which role. NULL, or a column that the table lacks: as if not given (but
 * outcome, and clinical columns, must be there). */
typedef struct dlrn_cohort_roles {
    const char *id; /* absent: the row's number */
    const char *patient, *centre, *cohort, *image, *mask, *mask_label, *mask2;
    const char *outcome, *positive; /* column, and the value that counts as label 1 */
    const char *train;              /* names in the cohort column */
    const char *const *test;        /* [n_test] */
    size_t n_test;
    const dlrn_clinical_spec *clinical; /* [n_clinical] */
    size_t n_clinical;
    uint64_t seed;    /* of the split that is made where there is no cohort column */
    bool check_files; /* every image and mask must be named and be there */
} dlrn_cohort_roles;

/* A clinical column as numbers. */
typedef struct dlrn_clinical {
    char *column;
    dlrn_clinical_type type; /* never AUTO */
    double *value; /* number as it stands; else the index of the level; NaN: missing [rows] */
    char **level;  /* reference first; binary and category only [n_levels] */
    size_t n_levels;
} dlrn_clinical;

typedef struct dlrn_cohort {
    char *path; /* of the table */
    size_t rows;
    size_t *line;    /* of the file, for messages [rows] */
    char **id;       /* unique [rows] */
    size_t *patient; /* 0..n_patients-1, in order of appearance [rows] */
    size_t n_patients;
    size_t *centre; /* 0..n_centres-1; one centre "" where the column is absent [rows] */
    size_t n_centres;
    char **centre_name;            /* in order of appearance [n_centres] */
    size_t *cohort;                /* 0: training, 1 + k: the k-th test cohort [rows] */
    size_t n_cohorts;              /* 1 + n_test; test cohorts may be empty */
    char **cohort_name;            /* [n_cohorts] */
    uint8_t *label;                /* [rows] */
    char **image, **mask, **mask2; /* paths that can be opened; each array NULL where its column is
                                      absent, an entry NULL where its cell is empty [rows] */
    int64_t *mask_label;           /* 1 where the column is absent [rows] */
    dlrn_clinical *clinical;       /* in the order of the roles [n_clinical] */
    size_t n_clinical;
    bool has_patient; /* false: every row its own patient, to be said in the report */
    bool has_centre;
    bool split_made; /* true: no cohort column; 80/20 by patient, label and centre */
} dlrn_cohort;

/* Reads and checks the table. A clinical column of numbers with more than two values is a number,
 * one with two values is binary, text is a category (binary with two levels). Levels are in the
 * order of their numbers or, for text, of their bytes, the reference first. Where no cohort column
 * exists, about a fifth of the patients become the first test cohort ("test" if none is named).
 * Errors name the file, line and column: repeated id; outcome missing or with a third value; no
 * row of a label in the training cohort; one patient in two cohorts; unknown cohort name; mask
 * label that is no whole number above 0; file absent. They never show the patient. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_cohort_read(dlrn_cohort *out, const char *path,
                                                      const dlrn_cohort_roles *roles,
                                                      dlrn_error *err);
/* The same from a table that was read already. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_cohort_from_table(dlrn_cohort *out, dlrn_table *table,
                                                            const dlrn_cohort_roles *roles,
                                                            dlrn_error *err);
DLRN_API void dlrn_cohort_clear(dlrn_cohort *c);

#ifdef __cplusplus
}
#endif

#endif
