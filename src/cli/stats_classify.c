/* SPDX-License-Identifier: Apache-2.0
 *
 * classify.
 */
#include "stats_rules.h"

#include <dlrn/classify.h>

#include <math.h>
#include <string.h>

/* One without a value has no denominator; an interval without width comes of a bootstrap whose
 * replicates are all the same. */
static void set_estimate(dlrn_json *o, const char *key, const dlrn_estimate *e)
{
    const bool flat = e->lo == e->hi;
    const dlrn_estimate shown = {e->value, flat ? (double)NAN : e->lo, flat ? (double)NAN : e->hi};
    dlrn_json *j = stats_estimate(&shown);
    if (flat)
        dlrn_json_set_string(j, "reason", "every replicate is the same: a bootstrap cannot tell");
    else if (isnan(e->value))
        dlrn_json_set_string(j, "reason", "no row is called so");
    dlrn_json_set_take(o, key, j);
}

/* ---- classify ---- */

static dlrn_status run_classify(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_truth t = stats_truth(d);
    const char *name = d->o->method ? d->o->method : "wilson";
    const dlrn_interval_method method = !strcmp(name, "exact") ? DLRN_EXACT : DLRN_WILSON;
    const dlrn_bootstrap boot = stats_boot(d, 2000);
    dlrn_json *scores = dlrn_json_object();
    stats_threshold rule;
    DLRN_TRY(stats_parse_threshold(&rule, d->o->threshold, "threshold", d, err));
    if (method == DLRN_WILSON && strcmp(name, "wilson") != 0)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--method '%.20s': expected wilson or exact", name));
    for (size_t k = 0; k < d->score.n; k++) {
        dlrn_classification c;
        double threshold;
        DLRN_TRY(stats_threshold_of(&threshold, &rule, d->score_v[k], &t, err));
        DLRN_TRY(dlrn_classify(&c, d->score_v[k], &t, threshold, method, &boot, err));
        dlrn_json *o = dlrn_json_object();
        dlrn_json_set_number(o, "threshold", threshold);
        dlrn_json_set_string(o, "threshold_rule", rule.name);
        dlrn_json_set_string(o, "ci_method", d->cluster ? "bootstrap of clusters" : name);
        dlrn_json_set_integer(o, "tp", (int64_t)c.tp);
        dlrn_json_set_integer(o, "fp", (int64_t)c.fp);
        dlrn_json_set_integer(o, "fn", (int64_t)c.fn);
        dlrn_json_set_integer(o, "tn", (int64_t)c.tn);
        set_estimate(o, "sensitivity", &c.sensitivity);
        set_estimate(o, "specificity", &c.specificity);
        set_estimate(o, "ppv", &c.ppv);
        set_estimate(o, "npv", &c.npv);
        set_estimate(o, "accuracy", &c.accuracy);
        set_estimate(o, "f1", &c.f1);
        set_estimate(o, "mcc", &c.mcc);
        set_estimate(o, "youden", &c.youden);
        set_estimate(o, "lr_pos", &c.lr_pos);
        set_estimate(o, "lr_neg", &c.lr_neg);
        set_estimate(o, "dor", &c.dor);
        if (dlrn_classify_has_zero(&c))
            dlrn_json_set_string(o, "zero_cell",
                                 "a count is 0: 0.5 is added to each for lr_pos, lr_neg and dor");
        dlrn_json_set_take(scores, d->score.v[k], o);
    }
    dlrn_json_set_take(out, "scores", scores);
    scores = NULL;
done:
    dlrn_json_free(scores);
    return st;
}

static const cli_option classify_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_SCORE,
    STATS_OPT_BY,
    STATS_OPT_CI,
    STATS_OPT_THRESHOLD,
    {"method", 0, CLI_TEXT, STATS_AT(method), "M",
     "intervals of proportions: wilson (default) or exact"},
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N",
     "replicates of the intervals of F1 and MCC (default: 2000)"},
    STATS_OPT_CLUSTER,
};

const stats_test stats_classify = {
    .cli = {STATS_CLI(classify_options), .name = "classify",
            .summary = "counts and rates at a threshold",
            .usage = "FILE.csv --label COL --score A,B,... [options]",
            .examples =
                "  # sensitivity, specificity and predictive values at 0.5\n"
                "  dlrn stats classify p.csv --label y --score dlrn --threshold 0.5\n"
                "  # exact intervals at the threshold of Youden, as JSON\n"
                "  dlrn stats classify p.csv --label y --score dlrn --method exact --json\n"},
    .needs = STATS_LABEL | STATS_SCORE,
    .fn = run_classify,
};
