/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of `dlrn stats` share: their options, their data, their table.
 *
 * To add a test: in a stats_<group>.c write its function, its option table and its stats_test, as
 * the others do; declare the stats_test below and name it in the table of cmd_stats.c. To add an
 * option: a member of stats_opts, and a line in the table of each test that takes it.
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
    const char *weights, *batch, *reference, *partial, *rule_out, *rule_in, *calibration;
    cli_list score, columns, terms, covariates, categories;
    double ci, prevalence, cost, coverage, harm, alpha, r2cs, o_e_width, slope_width, auc,
        auc_width, risk, sensitivity, specificity, nb_width;
    int64_t bootstrap, folds, parameters;
    bool exact, fitted, pooled, firth, profile, mean_only, nonparametric;
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

/* What the options lack, as a usage error: 0 or the exit code. */
typedef int stats_check_fn(const cli_call *call);

typedef dlrn_status stats_fn(dlrn_json *out, const stats_data *d, dlrn_error *err);

/* The result (of one group) in the form that the text shows; freed by the caller. */
typedef dlrn_json *stats_view_fn(const dlrn_json *result);

/* Writes what -o asks for from the whole result, all groups in it. */
typedef dlrn_status stats_save_fn(const cli_call *call, const dlrn_json *result, dlrn_error *err);

/* What a test takes; the loader sees to it. */
enum {
    STATS_LABEL = 1,         /* --label, both classes */
    STATS_SCORE = 2,         /* --score, finite */
    STATS_PROBABILITY = 4,   /* and within 0..1 */
    STATS_COLUMNS = 8,       /* --columns */
    STATS_NUMERIC = 16,      /* columns: numbers only (the default leaves others out) */
    STATS_KEEP_MISSING = 32, /* columns: rows with missing values stay */
    STATS_NO_FILE = 64,
    STATS_TERMS = 256,      /* --terms; columns becomes the column of each */
    STATS_GROUPS = 128,     /* --groups is a column */
    STATS_OPEN_LABEL = 512, /* rows without a label stay, with label STATS_NO_LABEL */
    STATS_NO_LABEL = 2
};

/* One test: a command of its own below `dlrn stats`. */
typedef struct stats_test {
    cli_command cli; /* first: the call's command is the test */
    unsigned needs;
    stats_check_fn *check; /* NULL: no option is needed but by `needs` */
    stats_fn *fn;
    stats_view_fn *view; /* NULL: the text shows the result as it is */
    stats_save_fn *save; /* NULL: fn writes it, or there is no -o */
} stats_test;

extern const stats_test stats_describe, stats_padjust, stats_univariate, stats_correlation;
extern const stats_test stats_icc, stats_roc, stats_compare, stats_classify;
extern const stats_test stats_calibration, stats_mcnemar, stats_triage, stats_conformal, stats_dca,
    stats_reclassify;
extern const stats_test stats_samplesize, stats_combat, stats_logistic, stats_lasso;
extern const stats_test stats_nomogram, stats_validate, stats_baseline;

/* What every test's cli has alike. */
#define STATS_CLI(table)                                                                           \
    .parent = &cmd_stats, .options = (table), .n_options = sizeof(table) / sizeof *(table),        \
    .opts_size = sizeof(stats_opts), .defaults = &stats_defaults, .run = stats_run

#define STATS_AT(member) offsetof(stats_opts, member)

/* Options that many tests take, with one meaning. */
#define STATS_OPT_LABEL                                                                            \
    {"label", 0, CLI_TEXT, STATS_AT(label), "COL", "the truth: 0 and 1, or see --positive"},       \
    {                                                                                              \
        "positive", 0, CLI_TEXT, STATS_AT(positive), "V", "the label's positive value"             \
    }
#define STATS_OPT_SCORE                                                                            \
    {                                                                                              \
        "score", 0, CLI_LIST, STATS_AT(score), "A,B,...",                                          \
            "columns with scores; higher means positive"                                           \
    }
#define STATS_OPT_RISK                                                                             \
    {                                                                                              \
        "score", 0, CLI_LIST, STATS_AT(score), "A,B,...", "columns with probabilities (0 to 1)"    \
    }
#define STATS_OPT_BY                                                                               \
    {                                                                                              \
        "by", 0, CLI_TEXT, STATS_AT(by), "COL", "a result for each value of this column"           \
    }
#define STATS_OPT_CI                                                                               \
    {                                                                                              \
        "ci", 0, CLI_NUMBER, STATS_AT(ci), "C", "confidence of intervals (default: 0.95)"          \
    }
#define STATS_OPT_CLUSTER                                                                          \
    {                                                                                              \
        "cluster", 0, CLI_TEXT, STATS_AT(cluster), "COL",                                          \
            "rows of one value belong together (a patient)"                                        \
    }
#define STATS_OPT_COLUMNS                                                                          \
    {                                                                                              \
        "columns", 0, CLI_LIST, STATS_AT(columns), "A,B,...",                                      \
            "columns to work on (default: all others)"                                             \
    }

extern const cli_command cmd_stats;
extern const stats_opts stats_defaults;
/* Runs the test that is the call's command. */
int stats_run(const cli_call *call);

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

/* The same of a column that must be there and finite: DLRN_EINVAL names line and column. */
DLRN_MUST_CHECK dlrn_status stats_finite(double **out, const stats_data *d, const char *column,
                                         dlrn_error *err);
/* All of d->columns, finite, row-major [d->n][d->columns.n]; freed with free(). */
DLRN_MUST_CHECK dlrn_status stats_matrix(double **out, const stats_data *d, dlrn_error *err);

/* For qsort of texts: numbers as numbers, else by their bytes. */
int stats_compare_values(const void *a, const void *b);

/* The distinct values of a column in ascending order (stats_compare_values), and each row's number
 * among them [d->n]. */
DLRN_MUST_CHECK dlrn_status stats_number_values(size_t *out, stats_names *values,
                                                const stats_data *d, const char *column,
                                                dlrn_error *err);

/* A copy of the result without some of its members, for a view to fill in again. */
dlrn_json *stats_without(const dlrn_json *result, const char *const *keys, size_t n);
/* The same with these members alone. */
dlrn_json *stats_only(const dlrn_json *result, const char *const *keys, size_t n);

/* {value, ci: [lo, hi]} */
dlrn_json *stats_estimate(const dlrn_estimate *e);

/* The result as tables for people, as the test wants it seen (NULL: as it is). */
void stats_print(dlrn_str *out, const dlrn_json *result, stats_view_fn *view);

#endif
