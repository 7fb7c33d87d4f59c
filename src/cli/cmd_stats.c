/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn stats: a CSV file in, a table or JSON out. The tests themselves are in stats_<group>.c.
 */
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_command *const tests[] = {
    &stats_roc.cli,        &stats_compare.cli,    &stats_classify.cli,    &stats_mcnemar.cli,
    &stats_triage.cli,     &stats_conformal.cli,  &stats_calibration.cli, &stats_dca.cli,
    &stats_reclassify.cli, &stats_logistic.cli,   &stats_nomogram.cli,    &stats_validate.cli,
    &stats_lasso.cli,      &stats_univariate.cli, &stats_baseline.cli,    &stats_correlation.cli,
    &stats_icc.cli,        &stats_combat.cli,     &stats_describe.cli,    &stats_padjust.cli,
    &stats_samplesize.cli,
};

const stats_opts stats_defaults = {.ci = 0.95,
                                   .prevalence = (double)NAN,
                                   .r2cs = (double)NAN,
                                   .auc = (double)NAN,
                                   .o_e_width = 0.2,
                                   .slope_width = 0.2,
                                   .auc_width = 0.1,
                                   .risk = (double)NAN,
                                   .sensitivity = (double)NAN,
                                   .specificity = (double)NAN,
                                   .nb_width = 0.2,
                                   .alpha = 1,
                                   .coverage = 0.9,
                                   .cost = 1};

static int check_call(const cli_call *call, const stats_test *test)
{
    const stats_opts *o = call->opts;
    if (call->n_args != 1)
        return cli_usage(call, "expected one argument (dlrn stats %s %s), got %zu", test->cli.name,
                         test->cli.usage, call->n_args);
    if ((test->needs & STATS_LABEL) && !o->label)
        return cli_usage(call, "'%s' needs --label COL", test->cli.name);
    if ((test->needs & STATS_SCORE) && !o->score.n)
        return cli_usage(call, "'%s' needs --score COL", test->cli.name);
    if (!(o->ci > 0 && o->ci < 1))
        return cli_usage(call, "--ci %g: expected a number between 0 and 1", o->ci);
    if (o->bootstrap < 0 || o->bootstrap > 10000000)
        return cli_usage(call, "--bootstrap %lld: expected 0 to 10000000", (long long)o->bootstrap);
    return test->check ? test->check(call) : 0;
}

static dlrn_status run_group(dlrn_json *out, stats_data *d, const stats_test *test, size_t by,
                             const char *value, dlrn_error *err)
{
    dlrn_status st = stats_load(d, test, by, value, err);
    if (st == DLRN_OK && !(test->needs & STATS_NO_FILE)) {
        dlrn_json_set_integer(out, "n", (int64_t)d->n);
        dlrn_json_set_integer(out, "dropped", (int64_t)d->dropped);
    }
    if (st == DLRN_OK) st = test->fn(out, d, err);
    if (st != DLRN_OK && value && err) dlrn_error_prefix(err, "%s = %.60s: ", d->o->by, value);
    stats_clear(d);
    return st;
}

/* A result for each value of the column, in the order in which they appear. A group that has none
 * (no row, one class) says why; all such is an error. */
static dlrn_status run_by(dlrn_json *out, stats_data *d, const stats_test *test, dlrn_error *err)
{
    dlrn_status st;
    size_t j, dropped = 0, without = 0;
    dlrn_error why;
    dlrn_json *groups = dlrn_json_object();
    DLRN_TRY(dlrn_table_need(&j, d->table, d->o->by, err));
    for (size_t i = 0; i < dlrn_table_rows(d->table); i++) {
        const char *value = dlrn_table_text(d->table, j, i);
        const bool missing = dlrn_table_missing(d->table, j, i);
        dropped += missing;
        if (missing || dlrn_json_get(groups, value)) continue;
        if (dlrn_json_size(groups) >= 1000) {
            st = dlrn_fail(err, DLRN_EINVAL, "--by %s: more than 1,000 different values", d->o->by);
            goto done;
        }
        dlrn_json *group = dlrn_json_object();
        st = run_group(group, d, test, j, value, &why);
        if (st == DLRN_EINVAL) {
            dlrn_json_set_string(group, "reason", why.msg);
            without++;
        }
        dlrn_json_set_take(groups, value, group);
        if (st != DLRN_OK && st != DLRN_EINVAL) {
            st = dlrn_fail(err, st, "%s", why.msg);
            goto done;
        }
    }
    st = DLRN_OK;
    if (without && without == dlrn_json_size(groups)) {
        st = dlrn_fail(err, DLRN_EINVAL, "%s", why.msg);
        goto done;
    }
    if (dlrn_json_size(groups) == 0) {
        st = dlrn_fail(err, DLRN_EINVAL, "%s: --by %s: no row has a value in that column",
                       dlrn_table_name(d->table), d->o->by);
        goto done;
    }
    if (dropped) dlrn_json_set_integer(out, "dropped", (int64_t)dropped);
    dlrn_json_set_take(out, "groups", groups);
    groups = NULL;
done:
    dlrn_json_free(groups);
    return st;
}

static int deliver(const cli_call *call, const stats_test *test, const dlrn_json *out)
{
    dlrn_error err;
    dlrn_str text = {0};
    int code;
    if (call->json) {
        char *json;
        if (dlrn_json_text(&json, out, 2, &err) != DLRN_OK) return cli_fail(call, &err);
        code = cli_deliver(call, NULL, json, strlen(json));
        free(json);
        return code;
    }
    stats_print(&text, out, test->view);
    code = cli_deliver(call, NULL, dlrn_str_get(&text), text.len);
    dlrn_str_clear(&text);
    return code;
}

int stats_run(const cli_call *call)
{
    const stats_test *test = (const stats_test *)(const void *)call->command;
    int code = check_call(call, test);
    if (code) return code;
    dlrn_error err;
    dlrn_json *out = dlrn_json_object();
    stats_data d = {.call = call, .o = call->opts};
    dlrn_json_set_string(out, "test", test->cli.name);
    dlrn_status st = DLRN_OK;
    cli_catch_signals(false);
    if (!(test->needs & STATS_NO_FILE)) st = dlrn_table_read(&d.table, call->args[0], &err);
    if (st == DLRN_OK)
        st = d.o->by ? run_by(out, &d, test, &err) : run_group(out, &d, test, SIZE_MAX, NULL, &err);
    cli_catch_signals(true);
    if (st == DLRN_OK && test->save && d.o->output) st = test->save(call, out, &err);
    code = st == DLRN_OK ? deliver(call, test, out) : cli_fail(call, &err);
    dlrn_json_free(out);
    dlrn_table_free(d.table);
    return code;
}

const cli_command cmd_stats = {
    .name = "stats",
    .group = "numbers",
    .summary = "statistics of a CSV file: a text table, or --json",
    .usage = "TEST FILE.csv [options]",
    .details =
        "A row with a missing value in a column that is used is left out and counted (describe and\n"
        "univariate: for each column by itself).",
    .examples = "  # AUC of two scores with a bootstrap interval\n"
                "  dlrn stats roc p.csv --label y --score radiomics,dlrn --bootstrap 2000\n"
                "  # every clinical column against the outcome, by cohort, as JSON\n"
                "  dlrn stats univariate cohort.csv --label acute --by cohort --json\n",
    .subs = tests,
    .n_subs = sizeof tests / sizeof *tests,
    .sub_word = "test",
};
