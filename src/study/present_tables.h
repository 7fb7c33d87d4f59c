/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of the report, from results.json and tables/.
 */
#ifndef DLRN_STUDY_PRESENT_TABLES_H
#define DLRN_STUDY_PRESENT_TABLES_H

#include "study/present.h"

/* Numbers as a paper prints them: three significant digits, p with three digits or "< 0.001". */
void present_number(char text[32], const char *column, double x);

/* tables/<name>.csv as it is, numbers rounded; nothing where there is no such file. Columns named
 * `hidden[0..n_hidden)` are left out. */
DLRN_MUST_CHECK dlrn_status present_csv_table(dlrn_report *r, const present *p, const char *name,
                                              const char *title, const char *const *notes,
                                              size_t n_notes, dlrn_error *err);

/* Models x test cohorts, AUC with interval: the first screen. */
DLRN_MUST_CHECK dlrn_status present_summary(dlrn_report *r, const present *p, dlrn_error *err);

/* Every figure of merit of the headline models on every cohort. */
DLRN_MUST_CHECK dlrn_status present_performance_table(dlrn_report *r, const present *p,
                                                      dlrn_error *err);

#endif
