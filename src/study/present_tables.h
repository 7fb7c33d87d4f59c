/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of the report, from results.json and tables/.
 */
#ifndef DLRN_STUDY_PRESENT_TABLES_H
#define DLRN_STUDY_PRESENT_TABLES_H

#include "study/present.h"

/* Cells that a table borrows while it is added. Zero-init is valid. */
typedef struct present_cells {
    char **v;
    size_t n, cap;
} present_cells;

void present_cells_clear(present_cells *c);
DLRN_MUST_CHECK dlrn_status present_cell(present_cells *c, const char *text, dlrn_error *err);

/* Numbers as a paper prints them: `digits` decimals and a true minus sign, p with three digits or
 * "< 0.001", an estimate with its interval "0.81 (0.64-0.98)"; an en dash where there is none. */
void present_fixed(char text[96], double x, int digits);
void present_p(char text[96], double p);
void present_estimate(char text[96], double x, const double interval[2], int digits);

/* A method's, learner's or step's name for people; a name that is not known comes back as it is. */
const char *present_word(const char *name);

/* The tables that are made from a file of tables/; nothing where there is no such file or it has no
 * row. */
DLRN_MUST_CHECK dlrn_status present_baseline(dlrn_report *r, const present *p, dlrn_error *err);
/* which: "univariable" or "multivariable" */
DLRN_MUST_CHECK dlrn_status present_terms(dlrn_report *r, const present *p, const char *which,
                                          dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_selected(dlrn_report *r, const present *p, const char *model,
                                             dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_learners(dlrn_report *r, const present *p, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_comparisons(dlrn_report *r, const present *p, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status present_subgroups(dlrn_report *r, const present *p, dlrn_error *err);

/* Models x test cohorts, AUC with interval: the first screen. */
DLRN_MUST_CHECK dlrn_status present_summary(dlrn_report *r, const present *p, dlrn_error *err);

/* Every figure of merit of the headline models on every cohort. */
DLRN_MUST_CHECK dlrn_status present_performance_table(dlrn_report *r, const present *p,
                                                      dlrn_error *err);

#endif
