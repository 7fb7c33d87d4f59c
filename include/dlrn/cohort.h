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

/* Which column plays which role. NULL, or a column that the table lacks: as if not given (but
 * the outcome must be there). */
typedef struct dlrn_cohort_roles {
    const char *id; /* absent: the row's number */
    const char *patient, *centre, *cohort, *image, *mask, *mask_label, *mask2;
    const char *outcome, *positive; /* column, and the value that counts as label 1 */
    const char *train;              /* names in the cohort column */
    const char *const *test;        /* [n_test] */
    size_t n_test;
    uint64_t seed;    /* of the split that is made where there is no cohort column */
    bool check_files; /* every image and mask must be named and be there */
} dlrn_cohort_roles;

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
    bool has_patient;              /* false: every row its own patient, to be said in the report */
    bool has_centre;
    bool split_made; /* true: no cohort column; 80/20 by patient, label and centre */
} dlrn_cohort;

/* Checks a table and takes what the roles name from it. Where no cohort column exists, about a
 * fifth of the patients become the first test cohort ("test" if none is named). Clinical columns
 * are not its business: what they are is found on the training rows alone. Errors name the file,
 * line and column: repeated id; outcome missing or with a third value; no row of a label in the
 * training cohort; one patient in two cohorts; unknown cohort name; mask label that is no whole
 * number above 0; file absent. They never show the patient. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_cohort_from_table(dlrn_cohort *out, dlrn_table *table,
                                                            const dlrn_cohort_roles *roles,
                                                            dlrn_error *err);
DLRN_API void dlrn_cohort_clear(dlrn_cohort *c);

#ifdef __cplusplus
}
#endif

#endif
