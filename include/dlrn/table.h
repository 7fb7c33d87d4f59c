/* SPDX-License-Identifier: Apache-2.0
 *
 * Named columns over rows: the CSV files at the seams. RFC 4180, UTF-8 with or without BOM; comma,
 * semicolon or tab found by itself; LF or CRLF; NA, NaN and empty are missing.
 */
#ifndef DLRN_TABLE_H
#define DLRN_TABLE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_table dlrn_table;

/* Reads a CSV file. Column names are unique and not empty, every row has as many cells as the
 * header: else DLRN_EFORMAT naming line and column. A file without a row is fine. Binary files are
 * refused. Messages begin with the path. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_read(dlrn_table **out, const char *path,
                                                     dlrn_error *err);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_parse(dlrn_table **out, const char *text,
                                                      size_t len, const char *name,
                                                      dlrn_error *err);
/* An empty table of `rows` rows, to be filled by the calls below. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_new(dlrn_table **out, size_t rows, const char *name,
                                                    dlrn_error *err);
DLRN_API void dlrn_table_free(dlrn_table *t);

/* Add a column; DLRN_EINVAL where the name is there already. Values are copied; NULL text is
 * missing. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_add_numbers(dlrn_table *t, const char *column,
                                                            const double *v, dlrn_error *err);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_add_text(dlrn_table *t, const char *column,
                                                         const char *const *v, dlrn_error *err);

DLRN_API const char *dlrn_table_name(const dlrn_table *t); /* the path, for messages */
DLRN_API size_t dlrn_table_rows(const dlrn_table *t);
DLRN_API size_t dlrn_table_cols(const dlrn_table *t);
DLRN_API const char *dlrn_table_column(const dlrn_table *t, size_t j);
/* SIZE_MAX where there is none. */
DLRN_API size_t dlrn_table_find(const dlrn_table *t, const char *column);
/* The same; where there is none DLRN_ENOTFOUND names the table, the column, and the nearest one. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_need(size_t *j, const dlrn_table *t,
                                                     const char *column, dlrn_error *err);
/* The line of the file that row i begins in (i + 2 in a table that was not read). */
DLRN_API size_t dlrn_table_line(const dlrn_table *t, size_t i);

/* The cell's text as it stands ("" where it is empty); borrowed, as long as the table. */
DLRN_API const char *dlrn_table_text(const dlrn_table *t, size_t j, size_t i);
DLRN_API bool dlrn_table_missing(const dlrn_table *t, size_t j, size_t i);

/* The column as numbers, NaN where missing; borrowed, parsed once. DLRN_EINVAL names line, column
 * and text of the first cell that is neither number nor missing. Not thread-safe on first use. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_numbers(const double **out, dlrn_table *t, size_t j,
                                                        dlrn_error *err);
/* True where every cell is a number or missing, and one at least is a number. */
DLRN_API bool dlrn_table_is_numeric(dlrn_table *t, size_t j);

/* CSV with LF, numbers with the shortest digits; NaN as nan (tables of features) or empty where
 * `missing` says so ("nan", "NA", ""). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_table_write(const dlrn_table *t, const char *path,
                                                      const char *missing, dlrn_error *err);
DLRN_API void dlrn_table_print(dlrn_str *out, const dlrn_table *t, const char *missing);

#ifdef __cplusplus
}
#endif

#endif
