/* SPDX-License-Identifier: Apache-2.0
 *
 * The small table at the end of a study: models x cohorts.
 */
#ifndef DLRN_STUDY_SUMMARY_H
#define DLRN_STUDY_SUMMARY_H

#include <dlrn/json.h>

/* As text for a terminal; freed with free(); NULL without memory. */
char *summary_table(const dlrn_json *results);

/* "0.812 (0.741-0.883)", or "-" where there is none; `dash` between the bounds. */
void summary_auc(char *text, size_t size, const dlrn_json *cohort_performance, const char *dash);

#endif
