/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn extract: what one case and a batch share.
 */
#ifndef DLRN_CLI_EXTRACT_H
#define DLRN_CLI_EXTRACT_H

#include "cli.h"

#include <dlrn/radiomics.h>

typedef struct extract_opts {
    const char *params, *out, *format, *batch, *reasons;
    int64_t label; /* 0: the settings' */
    cli_list settings;
    bool keep_going, correct_mask;
} extract_opts;

/* Reads image and mask and extracts; `label` 0: as the settings say. Messages begin with the path.
 */
DLRN_MUST_CHECK dlrn_status extract_case(dlrn_features *out, const char *image, const char *mask,
                                         int64_t label, const dlrn_radiomics *s,
                                         const dlrn_exec *ex, dlrn_error *err);

/* One CSV cell, quoted where it must be, after a comma where the line is not empty. */
void extract_cell(dlrn_str *out, const char *text);

/* Extraction of all cases of a table. Returns the exit code. */
int extract_batch(const cli_call *call, const dlrn_radiomics *s);

#endif
