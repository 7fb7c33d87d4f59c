/* SPDX-License-Identifier: Apache-2.0
 *
 * What results.json says of predictions on one cohort, and of two models on one cohort.
 */
#ifndef DLRN_STUDY_MEASURES_H
#define DLRN_STUDY_MEASURES_H

#include "study/run.h"
#include "study/tables_out.h"

/* One cohort's rows with a model's word on them. */
typedef struct measured {
    double *p, *raw; /* probability after and before `calibrate`; raw NULL: the same [n] */
    uint8_t *label;  /* [n] */
    size_t *patient; /* [n] */
    size_t n;
    bool clustered; /* some patient has several rows, and cluster: auto */
} measured;

void measured_clear(measured *m);

/* The rows of `cohort` (0: training) for which p is a number. */
DLRN_MUST_CHECK dlrn_status measured_make(measured *out, const study_run *r, const double *p,
                                          const double *raw, size_t cohort, dlrn_error *err);

/* The whole performance of INTERFACE's results.json as an object; undefined figures are null with a
 * reason. */
DLRN_MUST_CHECK dlrn_status measures_json(dlrn_json **out, const study_run *r, const measured *m,
                                          double threshold, bool fitted, dlrn_error *err);

/* Adds brier, hosmer_lemeshow, intercept, slope, o_e, ici and raw{...}. */
DLRN_MUST_CHECK dlrn_status measures_calibration(dlrn_json *j, const study_run *r,
                                                 const measured *m, bool fitted, dlrn_error *err);

/* Rows what,x,y,lo,hi of the calibration figure: "<model> curve", "<model> group", "<model> bins".
 */
DLRN_MUST_CHECK dlrn_status measures_calibration_rows(csv_out *c, const study_run *r,
                                                      const char *model, const measured *m,
                                                      dlrn_error *err);

/* DeLong's comparison of two models on the same rows; p NaN with a reason where undefined. */
typedef struct comparison {
    double auc_a, auc_b, difference, lo, hi, z, p;
    const char *method;
    char reason[200]; /* why p is NaN; "" */
} comparison;
DLRN_MUST_CHECK dlrn_status measures_compare(comparison *out, const study_run *r, const measured *a,
                                             const measured *b, dlrn_error *err);

/* Puts a number, or null with "<key>_reason". */
void measures_set(dlrn_json *object, const char *key, double x, const char *reason);

#endif
