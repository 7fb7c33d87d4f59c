/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn extract: what one case and a batch share.
 */
#ifndef DLRN_CLI_EXTRACT_H
#define DLRN_CLI_EXTRACT_H

#include "cli.h"

#include <dlrn/json.h>
#include <dlrn/radiomics.h>

#define EXTRACT_NO_LABEL INT64_MIN

typedef struct extract_opts {
    const char *params, *out, *format, *batch, *reasons, *format_path;
    int64_t label; /* EXTRACT_NO_LABEL: the settings' */
    cli_list settings;
    bool keep_going, correct_mask, skip_nans;
} extract_opts;

/* What came of one case. */
typedef struct extract_result {
    dlrn_features f; /* empty unless done */
    bool done;
    char *failure; /* why there are no features */
} extract_result;

/* Cases with the columns that they came with, and their results; all borrowed. */
typedef struct extract_table {
    bool single;    /* one case of the command line */
    bool skip_nans; /* an undefined value is left out: an empty cell, no line, no member */
    size_t n, n_columns;
    const char *const *column; /* [n_columns] */
    const char *const *cell;   /* [n][n_columns] */
    const extract_result *result;
} extract_table;

/* What of a mask is the region; EXTRACT_NO_LABEL: as the settings say. */
typedef struct extract_region {
    int64_t label, channel;
} extract_region;

/* Reads image and mask and extracts. Messages begin with the path. */
DLRN_MUST_CHECK dlrn_status extract_case(dlrn_features *out, const char *image, const char *mask,
                                         extract_region region, const dlrn_radiomics *s,
                                         const dlrn_exec *ex, dlrn_error *err);

/* Says where the profile zhang1834 does not give the image what its name promises. */
void extract_note_profile(const cli_call *call, const dlrn_features *f);

/* One CSV cell, quoted where it must be, after a comma where the line is not empty. */
void extract_cell(dlrn_str *out, const char *text);

/* Whether it is "absolute", "relative", "basename" or NULL, "as it was given". */
bool extract_knows_path_format(const char *format);
/* A path, given relative to the folder (NULL: to this process'), as a table is to hold it. NULL
 * where memory is short; freed with free(). */
char *extract_path(const char *format, const char *folder, const char *path);

/* A diagnostic as the JSON value that PyRadiomics has for it. */
dlrn_json *extract_literal(const char *name, const char *text);

/* Adds the whole table as "csv", "txt" or "json". */
DLRN_MUST_CHECK dlrn_status extract_print(dlrn_str *out, const extract_table *t, const char *format,
                                          dlrn_error *err);
/* Adds a CSV of every undefined value, and of every case that failed, with its reason. */
DLRN_MUST_CHECK dlrn_status extract_print_reasons(dlrn_str *out, const extract_table *t,
                                                  dlrn_error *err);

/* Extraction of all cases of a table, written as `format`. Returns the exit code. */
int extract_batch(const cli_call *call, const dlrn_radiomics *s, const char *format);

/* Results of an earlier run that was cut off. */
typedef struct extract_journal extract_journal;

/* Takes over from `path` into result[0..n) what an earlier run with the same key (64 characters)
 * noted of cases whose files (stamp[i], as extract_stamp gives it) are as they were, counts them in
 * *taken, and opens the file for more. */
DLRN_MUST_CHECK dlrn_status extract_journal_open(extract_journal **out, extract_result *result,
                                                 size_t *taken, char *const *stamp, size_t n,
                                                 const char *path, const char *key,
                                                 dlrn_error *err);
/* Notes that case i is done. */
DLRN_MUST_CHECK dlrn_status extract_journal_add(extract_journal *j, size_t i,
                                                const extract_result *r, dlrn_error *err);
/* Closes, and removes the file unless it is to be kept. */
void extract_journal_close(extract_journal *j, bool keep);
/* Size and time of change of an image and its mask; NULL where memory is short. */
char *extract_stamp(const char *image, const char *mask);

#endif
