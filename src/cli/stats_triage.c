/* SPDX-License-Identifier: Apache-2.0
 *
 * triage: rule-out and rule-in thresholds, and the grey zone between them.
 */
#include "stats_rules.h"

#include <dlrn/triage.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A target with its name for the result. */
typedef struct target {
    dlrn_target of;
    char name[48];
} target;

static dlrn_status parse_target(target *out, const char *text, bool rule_out, dlrn_error *err)
{
    const char *first = rule_out ? "sensitivity" : "specificity",
               *second = rule_out ? "npv" : "ppv";
    bool is_second;
    double v;
    if (dlrn_parse_double(&v, text, strlen(text)) && isfinite(v)) {
        *out = (target){.of = {DLRN_TARGET_GIVEN, v}, .name = "given"};
        return DLRN_OK;
    }
    if (!stats_parse_target(&is_second, &v, text, first, second) || !(v >= 0 && v <= 1))
        return dlrn_fail(err, DLRN_EINVAL,
                         "--rule-%s '%.40s': expected %s=S, %s=S (0 to 1) or a threshold",
                         rule_out ? "out" : "in", text, first, second);
    out->of.kind = rule_out ? (is_second ? DLRN_TARGET_NPV : DLRN_TARGET_SENSITIVITY)
                            : (is_second ? DLRN_TARGET_PPV : DLRN_TARGET_SPECIFICITY);
    out->of.value = v;
    snprintf(out->name, sizeof out->name, "%s >= %.10g", is_second ? second : first, v);
    return DLRN_OK;
}

static dlrn_json *zone_json(const dlrn_zone *z)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_integer(o, "n", (int64_t)z->n);
    dlrn_json_set_integer(o, "cases", (int64_t)z->cases);
    dlrn_json_set_take(o, "share", stats_estimate(&z->share));
    return o;
}

static dlrn_json *rule_json(const dlrn_zone *z, const target *g, double threshold,
                            const char *out_of_reach)
{
    dlrn_json *o = zone_json(z);
    dlrn_json_set_string(o, "target", g->name);
    dlrn_json_set_number(o, "threshold", threshold);
    if (isnan(threshold)) dlrn_json_set_string(o, "threshold_reason", out_of_reach);
    return o;
}

static dlrn_json *triage_json(const dlrn_triage *r, const dlrn_zones *z, const target *rule_out,
                              const target *rule_in)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json *out = rule_json(&r->out, rule_out, z->low,
                               "no threshold of the calibration rows rules a row out and holds the "
                               "target");
    dlrn_json *in = rule_json(&r->in, rule_in, z->high,
                              "no threshold of the calibration rows rules a row in and holds the "
                              "target");
    dlrn_json *grey = zone_json(&r->grey);
    dlrn_json_set_take(out, "npv", stats_estimate(&r->npv));
    dlrn_json_set_take(out, "sensitivity", stats_estimate(&r->sensitivity));
    dlrn_json_set_take(in, "ppv", stats_estimate(&r->ppv));
    dlrn_json_set_take(in, "specificity", stats_estimate(&r->specificity));
    dlrn_json_set_take(grey, "risk", stats_estimate(&r->grey.risk));
    dlrn_json_set_take(o, "rule_out", out);
    dlrn_json_set_take(o, "grey", grey);
    dlrn_json_set_take(o, "rule_in", in);
    dlrn_json_set_bool(o, "one_threshold", z->one);
    return o;
}

static dlrn_status triage_of(dlrn_json *scores, const stats_data *d, size_t k,
                             const bool *calibration, bool apart, const target g[2],
                             dlrn_error *err)
{
    dlrn_status st;
    stats_part_rows chosen = {0}, judged = {0};
    dlrn_zones z;
    dlrn_triage r;
    DLRN_TRY(stats_take_rows(&chosen, d, k, calibration, apart, err));
    DLRN_TRY(stats_take_rows(&judged, d, k, calibration, false, err));
    const dlrn_truth on = {chosen.label, chosen.n, NULL}, of = {judged.label, judged.n, NULL};
    st = dlrn_triage_choose(&z, chosen.score, &on, &g[0].of, &g[1].of, err);
    if (st != DLRN_OK) {
        if (apart) dlrn_error_prefix(err, "calibration rows: ");
        goto done;
    }
    st = dlrn_triage_judge(&r, &z, judged.score, &of, d->o->ci, err);
    if (st != DLRN_OK) {
        if (apart) dlrn_error_prefix(err, "rows other than %.60s: ", d->o->calibration);
        goto done;
    }
    dlrn_json *o = triage_json(&r, &z, &g[0], &g[1]);
    dlrn_json_set_integer(o, "chosen_on", (int64_t)chosen.n);
    dlrn_json_set_integer(o, "judged_on", (int64_t)judged.n);
    dlrn_json_set_take(scores, d->score.v[k], o);
done:
    stats_part_rows_clear(&judged);
    stats_part_rows_clear(&chosen);
    return st;
}

static dlrn_status run_triage(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    target g[2];
    bool *calibration = NULL, apart;
    dlrn_json *scores = dlrn_json_object();
    DLRN_TRY(parse_target(&g[0], d->o->rule_out ? d->o->rule_out : "sensitivity=0.95", true, err));
    DLRN_TRY(parse_target(&g[1], d->o->rule_in ? d->o->rule_in : "specificity=0.95", false, err));
    DLRN_TRY(stats_calibration_rows(&calibration, &apart, d, err));
    for (size_t k = 0; k < d->score.n; k++)
        DLRN_TRY(triage_of(scores, d, k, calibration, apart, g, err));
    dlrn_json_set_take(out, "scores", scores);
    scores = NULL;
    if (!apart && (g[0].of.kind != DLRN_TARGET_GIVEN || g[1].of.kind != DLRN_TARGET_GIVEN))
        dlrn_json_set_string(
            out, "caution",
            "thresholds are judged on the rows they were chosen on, which flatters "
            "them: choose them on other rows with --calibration COL=VALUE");
done:
    dlrn_json_free(scores);
    free(calibration);
    return st;
}

static const cli_option triage_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_SCORE,
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"rule-out", 0, CLI_TEXT, STATS_AT(rule_out), "T",
     "sensitivity=S (default 0.95), npv=S, or a threshold: lower scores are ruled out"},
    {"rule-in", 0, CLI_TEXT, STATS_AT(rule_in), "T",
     "specificity=S (default 0.95), ppv=S, or a threshold: it and higher scores are ruled in"},
    STATS_OPT_CALIBRATION,
};

const stats_test stats_triage = {
    .cli = {STATS_CLI(triage_options), .name = "triage",
            .summary = "rule-out and rule-in thresholds, and the grey zone between them",
            .usage = "FILE.csv --label COL --score A,B,... [options]",
            .examples =
                "  # send home below, treat above, image the rest\n"
                "  dlrn stats triage p.csv --label y --score dlrn --rule-out npv=0.98 "
                "--rule-in ppv=0.9\n"
                "  # thresholds of one cohort judged on the others\n"
                "  dlrn stats triage p.csv --label y --score dlrn --calibration cohort=train\n"},
    .needs = STATS_LABEL | STATS_SCORE,
    .fn = run_triage,
};
