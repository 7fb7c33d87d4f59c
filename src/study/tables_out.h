/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables that grow row by row, for tables/.
 */
#ifndef DLRN_STUDY_TABLES_OUT_H
#define DLRN_STUDY_TABLES_OUT_H

#include <dlrn/base.h>

/* CSV text; zero-init is empty. Memory is checked when it is written. */
typedef struct csv_out {
    dlrn_str text;
    bool mid_row;
} csv_out;

void csv_text(csv_out *c, const char *s); /* quoted where RFC 4180 asks for it */
void csv_number(csv_out *c, double x);    /* NaN: empty */
void csv_end_row(csv_out *c);
/* A header: names separated by commas. */
void csv_header(csv_out *c, const char *names);

/* out/sub/name, whole or not at all; clears c. */
DLRN_MUST_CHECK dlrn_status csv_write(csv_out *c, const char *out, const char *sub,
                                      const char *name, dlrn_error *err);

#endif
