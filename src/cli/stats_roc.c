/* SPDX-License-Identifier: Apache-2.0
 *
 * roc.
 */
#include "stats_rules.h"

#include <dlrn/classify.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Threshold, its rule, sensitivity and specificity with their intervals. `score` has the sign. */
static dlrn_status set_threshold(dlrn_json *o, const dlrn_roc *r, const stats_data *d,
                                 const double *score, double sign, dlrn_error *err)
{
    dlrn_status st;
    stats_threshold rule;
    dlrn_classification c;
    double t;
    const dlrn_truth truth = stats_truth(d);
    const dlrn_bootstrap boot = stats_boot(d, d->cluster ? 2000 : 0);
    DLRN_TRY(stats_parse_threshold(&rule, d->o->threshold, "threshold", d, err));
    rule.value *= sign;
    DLRN_TRY(stats_pick_threshold(&t, &rule, r, err));
    DLRN_TRY(dlrn_classify(&c, score, &truth, t, DLRN_WILSON, &boot, err));
    dlrn_json_set_number(o, "threshold", sign * t);
    dlrn_json_set_string(o, "threshold_rule", rule.name);
    dlrn_json_set_number(o, "sensitivity", c.sensitivity.value);
    dlrn_json_set_take(o, "sensitivity_ci", dlrn_json_interval(c.sensitivity.lo, c.sensitivity.hi));
    dlrn_json_set_number(o, "specificity", c.specificity.value);
    dlrn_json_set_take(o, "specificity_ci", dlrn_json_interval(c.specificity.lo, c.specificity.hi));
done:
    return st;
}

/* The curve where JSON is asked for; a table only says how long it is. */
static dlrn_json *curve_json(const dlrn_roc *r, double sign, bool whole)
{
    char length[48];
    snprintf(length, sizeof length, "[%zu values: --json]", r->points);
    if (!whole) return dlrn_json_string(length);
    dlrn_json *curve = dlrn_json_array();
    for (size_t i = 0; i < r->points; i++) {
        const double point[] = {sign * r->point[i].threshold, r->point[i].sensitivity,
                                r->point[i].specificity};
        dlrn_json_append_take(curve, dlrn_json_numbers(point, 3));
    }
    return curve;
}

/* An interval of no width comes of classes that no replicate mixes: none is better. */
static void set_bootstrap(dlrn_json *o, const char *key, double lo, double hi)
{
    char reason[64];
    const bool wide = lo < hi;
    dlrn_json_set_take(o, key, wide ? dlrn_json_interval(lo, hi) : dlrn_json_null());
    snprintf(reason, sizeof reason, "%s_reason", key);
    if (!wide)
        dlrn_json_set_string(o, reason,
                             "every replicate has the same area: a bootstrap cannot tell");
}

static bool one_alone(const stats_data *d, const dlrn_auc *a)
{
    return !d->cluster && (a->cases < 2 || a->controls < 2);
}

static dlrn_status set_bootstrap_ci(dlrn_json *o, const stats_data *d, const double *score,
                                    const dlrn_auc *a, dlrn_error *err)
{
    dlrn_estimate e;
    const dlrn_truth t = stats_truth(d);
    const dlrn_bootstrap boot = stats_boot(d, 0);
    if (!boot.replicates || one_alone(d, a)) {
        dlrn_json_set_take(o, "bootstrap_ci", dlrn_json_null());
        if (boot.replicates)
            dlrn_json_set_string(o, "bootstrap_ci_reason",
                                 "a class has one row, which is in every replicate");
        return DLRN_OK;
    }
    const dlrn_status st = dlrn_auc_bootstrap(&e, score, &t, NULL, &boot, err);
    if (st == DLRN_OK) set_bootstrap(o, "bootstrap_ci", e.lo, e.hi);
    return st;
}

/* The area over a part of the curve: no closed form has its interval, so --bootstrap gives it. */
static dlrn_status set_partial(dlrn_json *o, const stats_data *d, const dlrn_roc *r,
                               const double *score, const dlrn_auc *whole, dlrn_error *err)
{
    dlrn_status st;
    dlrn_auc_part part;
    dlrn_partial_auc a;
    dlrn_estimate e;
    bool given;
    const dlrn_truth t = stats_truth(d);
    const dlrn_bootstrap boot = stats_boot(d, 0);
    DLRN_TRY(stats_part(&part, &given, d, err));
    if (!given) goto done;
    DLRN_TRY(dlrn_auc_partial(&a, r, &part, err));
    dlrn_json *p = dlrn_json_object();
    const double range[] = {part.lo, part.hi};
    dlrn_json_set_take(o, "partial", p);
    dlrn_json_set_string(p, "over", part.over_sensitivity ? "sensitivity" : "specificity");
    dlrn_json_set_take(p, "range", dlrn_json_numbers(range, 2));
    dlrn_json_set_number(p, "auc", a.area);
    dlrn_json_set_number(p, "corrected", a.standardised);
    if (isnan(a.standardised))
        dlrn_json_set_string(p, "corrected_reason", "the area lies below that of chance");
    if (!boot.replicates || one_alone(d, whole)) goto done;
    DLRN_TRY(dlrn_auc_bootstrap(&e, score, &t, &part, &boot, err));
    set_bootstrap(p, "auc_ci", e.lo, e.hi);
    set_bootstrap(p, "corrected_ci", dlrn_auc_mcclish(e.lo, &part), dlrn_auc_mcclish(e.hi, &part));
done:
    return st;
}

static dlrn_status roc_of(dlrn_json *o, const stats_data *d, const char *name, double *score,
                          dlrn_error *err)
{
    dlrn_status st;
    dlrn_auc a;
    dlrn_roc r = {0};
    const dlrn_truth t = stats_truth(d);
    double sign;
    DLRN_TRY(stats_direction(&sign, d, score, err));
    for (size_t i = 0; i < d->n; i++)
        score[i] *= sign;
    DLRN_TRY(dlrn_auc_delong_curve(&a, &r, score, &t, d->o->ci, err));
    dlrn_json_set_integer(o, "n", (int64_t)d->n);
    dlrn_json_set_integer(o, "positives", (int64_t)a.cases);
    dlrn_json_set_string(o, "direction", sign > 0 ? "<" : ">");
    dlrn_json_set_number(o, "auc", a.auc);
    dlrn_json_set_number(o, "se", a.se);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(a.lo, a.hi));
    dlrn_json_set_string(o, "ci_method", a.ci_method);
    DLRN_TRY(set_bootstrap_ci(o, d, score, &a, err));
    DLRN_TRY(set_partial(o, d, &r, score, &a, err));
    DLRN_TRY(set_threshold(o, &r, d, score, sign, err));
    dlrn_json_set_take(o, "curve", curve_json(&r, sign, d->call->json));
    if (a.auc < 0.5)
        cli_warn(d->call,
                 "%s: AUC %.3f is below 0.5; if a lower score means positive, say "
                 "--direction '>'",
                 name, a.auc);
done:
    dlrn_roc_clear(&r);
    return st;
}

static dlrn_status run_roc(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_json *scores = dlrn_json_object();
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; st == DLRN_OK && k < d->score.n; k++) {
        dlrn_json *o = dlrn_json_object();
        st = roc_of(o, d, d->score.v[k], d->score_v[k], err);
        dlrn_json_set_take(scores, d->score.v[k], o);
    }
    dlrn_json_set_take(out, "scores", scores);
    return st;
}

static const cli_option roc_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_SCORE,
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N",
     "replicates of percentile intervals, stratified or of clusters (default: none)"},
    STATS_OPT_CLUSTER,
    STATS_OPT_THRESHOLD,
    STATS_OPT_PARTIAL,
    STATS_OPT_DIRECTION,
};

const stats_test stats_roc = {
    .cli = {STATS_CLI(roc_options), .name = "roc", .summary = "AUC, interval, threshold, curve",
            .usage = "FILE.csv --label COL --score A,B,... [options]",
            .examples =
                "  # AUC of two scores, DeLong and bootstrap intervals\n"
                "  dlrn stats roc p.csv --label y --score radiomics,dlrn --bootstrap 2000\n"
                "  # rows of one patient belong together; a threshold that misses few\n"
                "  dlrn stats roc p.csv --label y --score dlrn --cluster patient --threshold "
                "sensitivity=0.95\n"},
    .needs = STATS_LABEL | STATS_SCORE,
    .fn = run_roc,
};
