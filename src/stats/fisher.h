/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DLRN_STATS_FISHER_H
#define DLRN_STATS_FISHER_H

#include <dlrn/base.h>

/* Fisher's p of a table without empty rows or columns, by the network of its columns; counts
 * [rows][cols] are whole numbers. DLRN_EUNSUPPORTED where the network is too large. */
DLRN_MUST_CHECK dlrn_status fisher_network(double *p, const double *counts, size_t rows,
                                           size_t cols, dlrn_error *err);

#endif
