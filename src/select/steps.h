/* SPDX-License-Identifier: Apache-2.0
 *
 * The single steps of a chain, each narrowing keep[cols].
 */
#ifndef DLRN_SELECT_STEPS_H
#define DLRN_SELECT_STEPS_H

#include <dlrn/select.h>

typedef dlrn_status select_step_fn(uint8_t *keep, const dlrn_select_data *d,
                                   const dlrn_select_step *step, char **note, dlrn_error *err);

select_step_fn select_by_variance, select_by_icc, select_by_univariate, select_by_correlation,
    select_by_mrmr;

/* The kept columns, ascending; returns how many. */
size_t select_list(size_t *column, const uint8_t *keep, size_t cols);

/* x's columns of the list, row-major [rows][n]. */
void select_gather(double *out, const double *x, size_t rows, size_t cols, const size_t *column,
                   size_t n);

#endif
