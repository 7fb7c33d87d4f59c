/* SPDX-License-Identifier: Apache-2.0
 *
 * conformal: prediction sets that hold the truth as often as asked.
 */
#include "stats_rules.h"

#include <dlrn/classify.h>
#include <dlrn/triage.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As text, by the bits of dlrn_conformal_set. */
static const char *const set_names[] = {"none", "0", "1", "0 or 1"};

/* Counts over the new rows. */
typedef struct tally {
    size_t rows, sets[4];
    size_t labelled[2], covered[2]; /* by the true class */
    size_t single, wrong;           /* labelled rows with one class in their set, not theirs */
} tally;

static void count_row(tally *c, unsigned set, uint8_t label)
{
    c->rows++;
    c->sets[set]++;
    if (label == STATS_NO_LABEL) return;
    const bool covered = (set >> label) & 1u;
    c->labelled[label]++;
    c->covered[label] += covered;
    if (set == 1 || set == 2) {
        c->single++;
        c->wrong += !covered;
    }
}

static void set_rate(dlrn_json *o, const char *key, size_t count, size_t n, double confidence)
{
    const dlrn_estimate e = dlrn_proportion(count, n, confidence, DLRN_WILSON);
    dlrn_json_set_take(o, key, n ? stats_estimate(&e) : dlrn_json_null());
}

static dlrn_json *tally_json(const tally *c, const dlrn_conformal *f, const stats_data *d)
{
    static const char *const rates[] = {"coverage_0", "coverage_1"},
                             *const n[] = {"n_calibration_0", "n_calibration_1"},
                             *const limits[] = {"limit_0", "limit_1"},
                             *const reasons[] = {"limit_0_reason", "limit_1_reason"};
    dlrn_json *o = dlrn_json_object();
    for (int y = 0; y < 2; y++) {
        dlrn_json_set_integer(o, n[y], (int64_t)f->n[y]);
        dlrn_json_set_number(o, limits[y], f->limit[y]);
        if (isinf(f->limit[y]))
            dlrn_json_set_string(
                o, reasons[y],
                "too few calibration rows for this coverage: the class is in every "
                "set");
    }
    dlrn_json_set_integer(o, "n_new", (int64_t)c->rows);
    set_rate(o, "coverage", c->covered[0] + c->covered[1], c->labelled[0] + c->labelled[1],
             d->o->ci);
    for (int y = 0; y < 2; y++)
        set_rate(o, rates[y], c->covered[y], c->labelled[y], d->o->ci);
    set_rate(o, "single", c->sets[1] + c->sets[2], c->rows, d->o->ci);
    set_rate(o, "both", c->sets[3], c->rows, d->o->ci);
    set_rate(o, "none", c->sets[0], c->rows, d->o->ci);
    set_rate(o, "single_error", c->wrong, c->single, d->o->ci);
    return o;
}

/* set[n]: NULL in calibration rows. */
static dlrn_status conformal_of(dlrn_json *scores, const char **set, const stats_data *d, size_t k,
                                const bool *calibration, dlrn_error *err)
{
    dlrn_status st;
    stats_part_rows rows = {0};
    dlrn_conformal f;
    tally c = {0};
    dlrn_json *sets = dlrn_json_array();
    DLRN_TRY(stats_take_rows(&rows, d, k, calibration, true, err));
    const dlrn_truth t = {rows.label, rows.n, NULL};
    st = dlrn_conformal_fit(&f, rows.score, &t, d->o->coverage, !d->o->pooled, err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "calibration rows: ");
        goto done;
    }
    for (size_t i = 0; i < d->n; i++) {
        if (calibration[i]) continue;
        const unsigned bits = dlrn_conformal_set(&f, d->score_v[k][i]);
        count_row(&c, bits, d->label[i]);
        set[i] = set_names[bits];
        dlrn_json_append_take(sets, dlrn_json_string(set[i]));
    }
    dlrn_json *o = tally_json(&c, &f, d);
    dlrn_json_set_take(o, "sets", sets);
    sets = NULL;
    dlrn_json_set_take(scores, d->score.v[k], o);
done:
    dlrn_json_free(sets);
    stats_part_rows_clear(&rows);
    return st;
}

/* A column of the new rows, taken from v[n]. */
static dlrn_status add_new(dlrn_table *t, const char *name, const char *const *v,
                           const stats_data *d, const bool *calibration, dlrn_error *err)
{
    dlrn_status st;
    const char **text = NULL;
    size_t n = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&text, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        if (!calibration[i]) text[n++] = v[i];
    DLRN_TRY(dlrn_table_add_text(t, name, text, err));
done:
    free(text);
    return st;
}

/* The table's new rows, and a column SCORE_set of each score behind them; set[scores][n]. */
static dlrn_status write_sets(const char *const *set, const stats_data *d, const bool *calibration,
                              dlrn_error *err)
{
    dlrn_status st;
    size_t n = 0;
    dlrn_table *t = NULL;
    const char **text = NULL;
    dlrn_str name = {0};
    for (size_t i = 0; i < d->n; i++)
        n += !calibration[i];
    DLRN_TRY(dlrn_table_new(&t, n, d->o->output, err));
    DLRN_TRY(dlrn_alloc_or_fail(&text, d->n, err));
    for (size_t c = 0; c < dlrn_table_cols(d->table); c++) {
        for (size_t i = 0; i < d->n; i++)
            text[i] = dlrn_table_text(d->table, c, d->row[i]);
        DLRN_TRY(add_new(t, dlrn_table_column(d->table, c), text, d, calibration, err));
    }
    for (size_t k = 0; k < d->score.n; k++) {
        name.len = 0;
        dlrn_str_addf(&name, "%s_set", d->score.v[k]);
        if (name.failed) DLRN_TRY(dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name"));
        DLRN_TRY(add_new(t, name.s, set + k * d->n, d, calibration, err));
    }
    DLRN_TRY(dlrn_table_write(t, d->o->output, "", err));
done:
    dlrn_str_clear(&name);
    free(text);
    dlrn_table_free(t);
    return st;
}

static dlrn_status run_conformal(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    bool *calibration = NULL, given;
    const char **set = NULL;
    dlrn_json *scores = dlrn_json_object(), *lines = dlrn_json_array();
    if (!(d->o->coverage > 0 && d->o->coverage < 1))
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--coverage %g: expected a number between 0 and 1",
                           d->o->coverage));
    DLRN_TRY(stats_calibration_rows(&calibration, &given, d, err));
    if (!given)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                           "conformal needs --calibration COL=VALUE: rows that the model was not "
                           "fitted on, with their truth"));
    DLRN_TRY(dlrn_alloc_or_fail(&set, d->score.n * d->n, err));
    for (size_t k = 0; k < d->score.n; k++)
        DLRN_TRY(conformal_of(scores, set + k * d->n, d, k, calibration, err));
    if (d->o->output) DLRN_TRY(write_sets(set, d, calibration, err));
    for (size_t i = 0; i < d->n; i++)
        if (!calibration[i])
            dlrn_json_append_take(lines,
                                  dlrn_json_integer((int64_t)dlrn_table_line(d->table, d->row[i])));
    dlrn_json_set_number(out, "coverage", d->o->coverage);
    dlrn_json_set_string(out, "limits", d->o->pooled ? "one for both classes" : "by class");
    dlrn_json_set_take(out, "scores", scores);
    scores = NULL;
    dlrn_json_set_take(out, "lines", lines);
    lines = NULL;
done:
    dlrn_json_free(lines);
    dlrn_json_free(scores);
    free(set);
    free(calibration);
    return st;
}

static int check_conformal(const cli_call *call)
{
    const stats_opts *o = call->opts;
    return o->output && o->by
               ? cli_usage(call, "--out and --by: one file holds the sets of one calibration; "
                                 "leave one out")
               : 0;
}

static const cli_option conformal_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_RISK,
    STATS_OPT_BY,
    STATS_OPT_CI,
    STATS_OPT_CALIBRATION,
    {"coverage", 0, CLI_NUMBER, STATS_AT(coverage), "C",
     "share of sets that hold the truth (default: 0.9)"},
    {"pooled", 0, CLI_FLAG, STATS_AT(pooled), NULL,
     "coverage over all rows instead of in each class"},
    {"out", 'o', CLI_WRITE, STATS_AT(output), "FILE",
     "CSV of the new rows, with a column SCORE_set behind theirs"},
};

const stats_test stats_conformal = {
    .cli = {STATS_CLI(conformal_options), .name = "conformal",
            .summary = "prediction sets that hold the truth as often as asked",
            .usage = "FILE.csv --label COL --score A,B,... --calibration COL=VALUE [options]",
            .details =
                "The calibration rows give each class the limit that a row's set keeps to; every\n"
                "other row gets its set: 0, 1, \"0 or 1\" (undecided) or none (like neither). The\n"
                "label of a new row may be missing; where it is there, the coverage is counted.",
            .examples =
                "  # sets for the new patients, right in 9 of 10 of either class\n"
                "  dlrn stats conformal p.csv --label y --score dlrn --calibration cohort=val\n"
                "  # right in 95 of 100 over all, with every row's set in a table\n"
                "  dlrn stats conformal p.csv --label y --score dlrn --calibration cohort=val "
                "--coverage 0.95 --pooled -o sets.csv\n"},
    .needs = STATS_LABEL | STATS_OPEN_LABEL | STATS_SCORE | STATS_PROBABILITY,
    .check = check_conformal,
    .fn = run_conformal,
};
