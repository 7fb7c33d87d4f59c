/* SPDX-License-Identifier: Apache-2.0
 *
 * dca.
 */
#include "stats_rules.h"

#include <dlrn/decision.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static dlrn_json *bands_json(const dlrn_decision *c)
{
    dlrn_json *ci = dlrn_json_array();
    for (size_t i = 0; i < c->thresholds; i++)
        dlrn_json_append_take(ci, dlrn_json_interval(c->lo[i], c->hi[i]));
    return ci;
}

static dlrn_status run_dca(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_truth t = stats_truth(d);
    const dlrn_decision_opts opts = {d->o->prevalence, d->o->harm, stats_boot(d, 0)};
    double *threshold = NULL, *none = NULL;
    size_t n;
    dlrn_decision c = {0};
    dlrn_json *scores = dlrn_json_object();
    DLRN_TRY(stats_parse_risks(
        &threshold, &n, d->o->thresholds ? d->o->thresholds : "0.01:0.99:0.01", "thresholds", err));
    DLRN_TRY(dlrn_alloc_or_fail(&none, n, err));
    dlrn_json_set_take(out, "thresholds", dlrn_json_numbers(threshold, n));
    for (size_t k = 0; k < d->score.n; k++) {
        DLRN_TRY(dlrn_decision_curve(&c, d->score_v[k], &t, threshold, n, &opts, err));
        dlrn_json *o = dlrn_json_object();
        dlrn_json_set_take(o, "net_benefit", dlrn_json_numbers(c.net_benefit, n));
        dlrn_json_set_take(o, "standardised", dlrn_json_numbers(c.standardised, n));
        dlrn_json_set_take(o, "interventions_avoided", dlrn_json_numbers(c.avoided, n));
        dlrn_json_set_take(o, "ci", d->o->bootstrap > 0 ? bands_json(&c) : dlrn_json_null());
        dlrn_json_set_take(scores, d->score.v[k], o);
        if (k == 0) {
            dlrn_json_set_number(out, "prevalence", c.prevalence);
            dlrn_json_set_take(out, "all", dlrn_json_numbers(c.all, n));
            dlrn_json_set_take(out, "none", dlrn_json_numbers(none, n));
        }
        dlrn_decision_clear(&c);
    }
    dlrn_json_set_take(out, "scores", scores);
    scores = NULL;
done:
    dlrn_json_free(scores);
    dlrn_decision_clear(&c);
    free(none);
    free(threshold);
    return st;
}

static const cli_option dca_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_RISK,
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"thresholds", 0, CLI_TEXT, STATS_AT(thresholds), "T",
     "from:to:step (default: 0.01:0.99:0.01)"},
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N",
     "replicates of the bands (default: none)"},
    STATS_OPT_CLUSTER,
    {"prevalence", 0, CLI_NUMBER, STATS_AT(prevalence), "P",
     "of the outcome where the model is used (default: as in the rows)"},
    {"harm", 0, CLI_NUMBER, STATS_AT(harm), "X", "harm of the test, in net benefit (default: 0)"},
};

const stats_test stats_dca = {
    .cli =
        {STATS_CLI(dca_options), .name = "dca",
         .summary = "decision curves: net benefit over thresholds",
         .usage = "FILE.csv --label COL --score A,B,... [options]",
         .examples =
             "  # two models over the thresholds that matter\n"
             "  dlrn stats dca p.csv --label y --score clinical,dlrn --thresholds 0.05:0.5:0.05\n"
             "  # with bands, for a place where 1 in 10 has the outcome\n"
             "  dlrn stats dca p.csv --label y --score dlrn --bootstrap 500 --prevalence 0.1\n"},
    .needs = STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
    .fn = run_dca,
};
