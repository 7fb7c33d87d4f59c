/* SPDX-License-Identifier: Apache-2.0
 *
 * The cells of a CSV text, found in place.
 */
#ifndef DLRN_TABLE_CSV_H
#define DLRN_TABLE_CSV_H

#include <dlrn/base.h>

/* From record `row` on, lines run ahead of records by `extra`: blank lines that were skipped and
 * line ends inside quotes. */
typedef struct csv_jump {
    size_t row, extra;
} csv_jump;

/* Records of `cols` cells each, the header being record 0. Each cell is NUL-terminated inside
 * `text`, quotes taken off. Zero-init is empty. */
typedef struct csv_grid {
    char *text;
    size_t rows, cols;
    size_t *row_at; /* where each record begins in text [rows] */
    uint32_t *cell; /* from there [rows][cols] */
    csv_jump *jump; /* ascending [n_jumps] */
    size_t n_jumps;
} csv_grid;

/* Takes over `text` [len], NUL-terminated, also on failure. `name` stands in messages. */
DLRN_MUST_CHECK dlrn_status csv_scan_take(csv_grid *out, char *text, size_t len, const char *name,
                                          dlrn_error *err);
void csv_clear(csv_grid *g);

/* DLRN_EFORMAT where the text [len], NUL-terminated, is no UTF-8 or is plainly something else: an
 * image, a workbook, JSON. The message says what, and what to do. */
DLRN_MUST_CHECK dlrn_status csv_check_text(const char *text, size_t len, const char *name,
                                           dlrn_error *err);

static inline const char *csv_cell(const csv_grid *g, size_t row, size_t col)
{
    return g->text + g->row_at[row] + g->cell[row * g->cols + col];
}

/* The line of the file that a record begins in, 1-based. */
size_t csv_line(const csv_grid *g, size_t row);

#endif
