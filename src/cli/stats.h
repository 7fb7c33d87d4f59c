/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of `dlrn stats` share: their options, their data, their table.
 *
 * To add a test: write its function in a stats_<group>.c, declare it below, give it a row in the
 * table of cmd_stats.c.
 */
#ifndef DLRN_CLI_STATS_H
#define DLRN_CLI_STATS_H

#include "cli.h"

#include <dlrn/json.h>
#include <dlrn/sample.h>
#include <dlrn/table.h>

typedef struct stats_opts {
    const char *label, *positive, *by, *cluster, *threshold, *direction, *groups, *method;
    const char *thresholds, *cuts, *adjust, *test, *foldid, *loss, *measure, *output, *column;
    const char *batch, *reference;
    cli_list score, columns, terms, covariates;
    double ci, prevalence, harm, alpha, r2cs, o_e_width, slope_width, auc, auc_width;
    int64_t bootstrap, folds, parameters;
    bool fitted, firth, profile, mean_only, nonparametric;
} stats_opts;

/* A list of column names. */
typedef struct stats_names {
    char **v; /* [n] */
    size_t n;
} stats_names;

/* The rows of one result: of the whole file, or of one value of --by. */
typedef struct stats_data {
    const cli_call *call;
    const stats_opts *o;
    dlrn_table *table; /* NULL where the test takes no file */
    size_t *row;       /* rows of the table [n] */
    size_t n, dropped;
    uint8_t *label;      /* NULL where the test takes none [n] */
    size_t *cluster;     /* NULL without --cluster [n] */
    stats_names score;   /* the columns of --score */
    double **score_v;    /* [score.n][n] */
    stats_names columns; /* the columns of --columns; by default all that are not used otherwise */
    stats_names terms;   /* of --terms, as written */
    stats_names covariates; /* of --covariates */
} stats_data;

typedef dlrn_status stats_fn(dlrn_json *out, const stats_data *d, dlrn_error *err);

/* What a test takes; the loader sees to it. */
enum {
    STATS_LABEL = 1,         /* --label, both classes */
    STATS_SCORE = 2,         /* --score, finite */
    STATS_PROBABILITY = 4,   /* and within 0..1 */
    STATS_COLUMNS = 8,       /* --columns */
    STATS_NUMERIC = 16,      /* columns: numbers only (the default leaves others out) */
    STATS_KEEP_MISSING = 32, /* columns: rows with missing values stay */
    STATS_NO_FILE = 64,
    STATS_TERMS = 256, /* --terms; columns becomes the column of each */
    STATS_GROUPS = 128 /* --groups is a column */
};

typedef struct stats_test {
    const char *name, *summary;
    unsigned needs;
    const char *options; /* that it takes, each followed by a blank */
    stats_fn *fn;
} stats_test;

stats_fn stats_describe, stats_padjust, stats_univariate, stats_correlation, stats_icc;
stats_fn stats_roc, stats_compare;
stats_fn stats_classify, stats_calibration, stats_dca, stats_samplesize;
stats_fn stats_combat, stats_reclassify, stats_logistic, stats_lasso;

/* Splits "a,b" items into names; an item that is a column of t as it stands is one name. */
DLRN_MUST_CHECK dlrn_status stats_split(stats_names *out, const cli_list *list, const dlrn_table *t,
                                        dlrn_error *err);
DLRN_MUST_CHECK dlrn_status stats_add_name(stats_names *out, const char *s, size_t n,
                                           dlrn_error *err);
void stats_names_clear(stats_names *names);

/* Reads what `test` needs from the rows where column `by` (SIZE_MAX: none) reads `value`. */
DLRN_MUST_CHECK dlrn_status stats_load(stats_data *d, const stats_test *test, size_t by,
                                       const char *value, dlrn_error *err);
/* Clears all but call, options and table. */
void stats_clear(stats_data *d);

/* The rows' numbers of a column, NaN where missing [d->n]; freed with free(). */
DLRN_MUST_CHECK dlrn_status stats_numbers(double **out, const stats_data *d, const char *column,
                                          dlrn_error *err);

/* The distinct values of a column in ascending order (numbers as numbers), and each row's number
 * among them [d->n]. */
DLRN_MUST_CHECK dlrn_status stats_number_values(size_t *out, stats_names *values,
                                                const stats_data *d, const char *column,
                                                dlrn_error *err);

/* {value, ci: [lo, hi]} */
dlrn_json *stats_estimate(const dlrn_estimate *e);

/* The result as a table for people. */
void stats_print(dlrn_str *out, const dlrn_json *result);

#endif
