/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn stats: a CSV file in, a table or JSON out. The tests themselves are in stats_<group>.c.
 */
#include "commands.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COMMON "label positive score by ci "

static const stats_test tests[] = {
    {"roc", "AUC, interval, threshold, curve", STATS_LABEL | STATS_SCORE,
     COMMON "bootstrap cluster threshold direction ", stats_roc},
    {"compare", "AUCs of all pairs of scores, or of two groups",
     STATS_LABEL | STATS_SCORE | STATS_GROUPS, COMMON "cluster groups ", stats_compare},
    {"classify", "counts and rates at a threshold", STATS_LABEL | STATS_SCORE,
     COMMON "threshold method bootstrap cluster ", stats_classify},
    {"calibration", "are the probabilities true", STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
     COMMON "groups fitted ", stats_calibration},
    {"dca", "decision curves", STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
     COMMON "thresholds bootstrap cluster prevalence harm ", stats_dca},
    {"reclassify", "NRI and IDI of a new risk over an old one",
     STATS_LABEL | STATS_SCORE | STATS_PROBABILITY, COMMON "cuts ", stats_reclassify},
    {"logistic", "logistic regression", STATS_LABEL | STATS_TERMS,
     "label positive by ci terms firth profile cluster ", stats_logistic},
    {"lasso", "elastic-net path with cross-validation", STATS_LABEL | STATS_COLUMNS | STATS_NUMERIC,
     "label positive by columns alpha folds foldid loss measure ", stats_lasso},
    {"samplesize", "cases needed: develop or validate", STATS_NO_FILE,
     "prevalence parameters r2cs o-e-width slope-width auc auc-width ", stats_samplesize},
    {"combat", "columns without the differences between batches", STATS_COLUMNS | STATS_NUMERIC,
     "columns batch covariates reference mean-only nonparametric output ", stats_combat},
    {"univariate", "each column against the label",
     STATS_LABEL | STATS_COLUMNS | STATS_KEEP_MISSING, "label positive by columns adjust test ",
     stats_univariate},
    {"correlation", "correlation of all pairs of columns", STATS_COLUMNS | STATS_NUMERIC,
     "by columns method ", stats_correlation},
    {"icc", "agreement of readers, a column each", STATS_COLUMNS | STATS_NUMERIC, "by columns ci ",
     stats_icc},
    {"padjust", "p-values adjusted for their number", 0, "by column method ", stats_padjust},
    {"describe", "columns in brief", STATS_COLUMNS | STATS_NUMERIC | STATS_KEEP_MISSING,
     "by columns ", stats_describe},
};
enum { N_TESTS = sizeof tests / sizeof *tests };

#define AT(member) offsetof(stats_opts, member)

static const cli_option options[] = {
    {"label", 0, CLI_TEXT, AT(label), "COL", "the truth: 0 and 1, or see --positive"},
    {"positive", 0, CLI_TEXT, AT(positive), "V", "the label's positive value"},
    {"score", 0, CLI_LIST, AT(score), "A,B,...", "columns with scores; higher means positive"},
    {"by", 0, CLI_TEXT, AT(by), "COL", "a result for each value of this column"},
    {"ci", 0, CLI_NUMBER, AT(ci), "C", "confidence of intervals (default: 0.95)"},
    {"columns", 0, CLI_LIST, AT(columns), "A,B,...", "columns to work on (default: all others)"},
    {"column", 0, CLI_TEXT, AT(column), "COL", "padjust: the column of p-values (default: p)"},
    {"cluster", 0, CLI_TEXT, AT(cluster), "COL", "rows of one value belong together (a patient)"},
    {"bootstrap", 0, CLI_INTEGER, AT(bootstrap), "N", "replicates of a bootstrap interval"},
    {"threshold", 0, CLI_TEXT, AT(threshold), "T", "a number, or youden; >= is positive"},
    {"direction", 0, CLI_TEXT, AT(direction), "D",
     "roc: < higher is positive (default), > lower is, auto by the medians"},
    {"groups", 0, CLI_TEXT, AT(groups), "X",
     "compare: the column of two independent groups; calibration: Hosmer-Lemeshow groups (10)"},
    {"method", 0, CLI_TEXT, AT(method), "M",
     "correlation: pearson, spearman, kendall; padjust: holm, hochberg, bonferroni, bh, by; classify: wilson, exact"},
    {"fitted", 0, CLI_FLAG, AT(fitted), NULL, "calibration: fitted on these rows (df - 2)"},
    {"thresholds", 0, CLI_TEXT, AT(thresholds), "T", "dca: from:to:step (default 0.01:0.99:0.01)"},
    {"prevalence", 0, CLI_NUMBER, AT(prevalence), "P",
     "dca: where it is used; samplesize: expected"},
    {"cuts", 0, CLI_TEXT, AT(cuts), "A,B,...", "reclassify: borders of the risk categories"},
    {"terms", 0, CLI_LIST, AT(terms), "A,B,...",
     "logistic: columns, factor(column), rcs(column,knots)"},
    {"firth", 0, CLI_FLAG, AT(firth), NULL, "logistic: Firth's penalty"},
    {"profile", 0, CLI_FLAG, AT(profile), NULL, "logistic: profile-likelihood intervals"},
    {"alpha", 0, CLI_NUMBER, AT(alpha), "A", "lasso: 1 lasso (default), 0 ridge"},
    {"folds", 0, CLI_INTEGER, AT(folds), "N", "lasso: folds (default: 10)"},
    {"foldid", 0, CLI_TEXT, AT(foldid), "COL", "lasso: the column with each row's fold"},
    {"loss", 0, CLI_TEXT, AT(loss), "L", "lasso: logistic (default) or linear"},
    {"measure", 0, CLI_TEXT, AT(measure), "M", "lasso: deviance (default), auc, class, mse"},
    {"harm", 0, CLI_NUMBER, AT(harm), "X", "dca: harm of the test, in net benefit"},
    {"parameters", 0, CLI_INTEGER, AT(parameters), "N", "samplesize: candidate parameters"},
    {"r2cs", 0, CLI_NUMBER, AT(r2cs), "R", "samplesize: expected Cox-Snell R2"},
    {"auc", 0, CLI_NUMBER, AT(auc), "A", "samplesize: expected AUC"},
    {"o-e-width", 0, CLI_NUMBER, AT(o_e_width), "W", "samplesize: of the interval (0.2)"},
    {"slope-width", 0, CLI_NUMBER, AT(slope_width), "W", "samplesize: of the interval (0.2)"},
    {"auc-width", 0, CLI_NUMBER, AT(auc_width), "W", "samplesize: of the interval (0.1)"},
    {"batch", 0, CLI_TEXT, AT(batch), "COL", "combat: the hospital or scanner"},
    {"covariates", 0, CLI_LIST, AT(covariates), "A,B,...", "combat: differences that are kept"},
    {"reference", 0, CLI_TEXT, AT(reference), "V", "combat: the batch that stays as it is"},
    {"mean-only", 0, CLI_FLAG, AT(mean_only), NULL, "combat: shifts only"},
    {"nonparametric", 0, CLI_FLAG, AT(nonparametric), NULL, "combat: empirical priors"},
    {"output", 'o', CLI_TEXT, AT(output), "FILE", "combat: the adjusted table"},
    {"adjust", 0, CLI_TEXT, AT(adjust), "M", "univariate: adjust p as padjust (default: holm)"},
    {"test", 0, CLI_TEXT, AT(test), "T",
     "univariate: mann_whitney, student, welch, chi_square, fisher or shapiro for all columns"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

static const stats_opts defaults = {.ci = 0.95,
                                    .prevalence = (double)NAN,
                                    .r2cs = (double)NAN,
                                    .auc = (double)NAN,
                                    .o_e_width = 0.2,
                                    .slope_width = 0.2,
                                    .auc_width = 0.1,
                                    .alpha = 1};

static const stats_test *find_test(const char *name)
{
    for (size_t i = 0; i < N_TESTS; i++)
        if (!strcmp(tests[i].name, name)) return &tests[i];
    return NULL;
}

static size_t size_of(cli_kind kind)
{
    switch (kind) {
    case CLI_FLAG: return sizeof(bool);
    case CLI_TEXT: return sizeof(const char *);
    case CLI_NUMBER: return sizeof(double);
    case CLI_INTEGER: return sizeof(int64_t);
    case CLI_LIST: return sizeof(cli_list);
    }
    return 0;
}

/* An option that the test would ignore is refused: it was meant to change the result. */
static int check_options(const cli_call *call, const stats_test *test)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const cli_option *o = &options[i];
        char word[48];
        const char *given = (const char *)call->opts + o->offset;
        if (!memcmp(given, (const char *)&defaults + o->offset, size_of(o->kind))) continue;
        snprintf(word, sizeof word, "%s ", o->name);
        const char *found = strstr(test->options, word);
        while (found && found != test->options && found[-1] != ' ')
            found = strstr(found + 1, word);
        if (!found) return cli_usage(call, "--%s does not go with '%s'", o->name, test->name);
    }
    const stats_opts *o = call->opts;
    if ((test->needs & STATS_LABEL) && !o->label)
        return cli_usage(call, "'%s' needs --label COL", test->name);
    if ((test->needs & STATS_SCORE) && !o->score.n)
        return cli_usage(call, "'%s' needs --score COL", test->name);
    if (!(o->ci > 0 && o->ci < 1)) return cli_usage(call, "--ci %g: expected 0 to 1", o->ci);
    if (o->bootstrap < 0 || o->bootstrap > 10000000)
        return cli_usage(call, "--bootstrap: expected 0 to 10000000");
    return 0;
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
    if (dropped) dlrn_json_set_integer(out, "dropped", (int64_t)dropped);
    dlrn_json_set_take(out, "groups", groups);
    groups = NULL;
done:
    dlrn_json_free(groups);
    return st;
}

static int deliver(const cli_call *call, const dlrn_json *out)
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
    stats_print(&text, out);
    code = cli_deliver(call, NULL, dlrn_str_get(&text), text.len);
    dlrn_str_clear(&text);
    return code;
}

static int unknown_test(const cli_call *call)
{
    const char *names[N_TESTS];
    dlrn_str all = {0};
    for (size_t i = 0; i < N_TESTS; i++) {
        names[i] = tests[i].name;
        dlrn_str_addf(&all, "%s%s", i ? ", " : "", tests[i].name);
    }
    const char *near = call->n_args ? dlrn_nearest(call->args[0], names, N_TESTS) : NULL;
    int code;
    if (near)
        code = cli_usage(call, "there is no test '%s'; did you mean '%s'?", call->args[0], near);
    else
        code = cli_usage(call, "expected one of the tests %s", dlrn_str_get(&all));
    dlrn_str_clear(&all);
    return code;
}

static int run(const cli_call *call)
{
    const stats_test *test = call->n_args ? find_test(call->args[0]) : NULL;
    if (!test) return unknown_test(call);
    const bool no_file = test->needs & STATS_NO_FILE;
    if (call->n_args != 2)
        return cli_usage(call, no_file ? "'%s' needs one word more" : "'%s' needs one CSV file",
                         test->name);
    int code = check_options(call, test);
    if (code) return code;
    dlrn_error err;
    dlrn_json *out = dlrn_json_object();
    stats_data d = {.call = call, .o = call->opts};
    dlrn_json_set_string(out, "test", test->name);
    dlrn_status st = no_file ? DLRN_OK : dlrn_table_read(&d.table, call->args[1], &err);
    if (st == DLRN_OK)
        st = d.o->by ? run_by(out, &d, test, &err) : run_group(out, &d, test, SIZE_MAX, NULL, &err);
    code = st == DLRN_OK ? deliver(call, out) : cli_fail(call, &err);
    dlrn_json_free(out);
    dlrn_table_free(d.table);
    return code;
}

const cli_command cmd_stats = {
    .name = "stats",
    .group = "numbers",
    .summary = "statistics of a CSV file: a text table, or --json",
    .usage = "TEST FILE.csv [options]\nsamplesize develop|validate [options]",
    .details =
        "Tests: roc, compare, classify, calibration, dca, reclassify, logistic, lasso, samplesize, combat, univariate,\n"
        " correlation, icc, padjust, describe.\n"
        "A row with a missing value in a column that is used is left out and counted (describe and\n"
        "univariate: for each column by itself).",
    .examples = "  # AUC of two scores with a bootstrap interval\n"
                "  dlrn stats roc p.csv --label y --score radiomics,dlrn --bootstrap 2000\n"
                "  # every clinical column against the outcome, by cohort, as JSON\n"
                "  dlrn stats univariate cohort.csv --label acute --by cohort --json\n",
    .options = options,
    .n_options = N_OPTIONS,
    .opts_size = sizeof(stats_opts),
    .defaults = &defaults,
    .run = run,
};
