/* SPDX-License-Identifier: Apache-2.0
 *
 * calibration.
 */
#include "stats_rules.h"

#include <dlrn/calibration.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void set_with_ci(dlrn_json *o, const char *key, const dlrn_estimate *e, const char *reason)
{
    char name[64];
    dlrn_json_set_number(o, key, e->value);
    snprintf(name, sizeof name, "%s_ci", key);
    dlrn_json_set_take(o, name, dlrn_json_interval(e->lo, e->hi));
    snprintf(name, sizeof name, "%s_reason", key);
    if (!isfinite(e->value) && *reason) dlrn_json_set_string(o, name, reason);
}

/* The curve at 101 points from the lowest to the highest prediction, with its band. */
static dlrn_status set_curve(dlrn_json *o, const stats_data *d, const double *p, dlrn_error *err)
{
    enum { POINTS = 101 };
    double at[POINTS], lo = p[0], hi = p[0];
    dlrn_calibration_point c[POINTS];
    const dlrn_truth t = stats_truth(d);
    for (size_t i = 1; i < d->n; i++) {
        lo = fmin(lo, p[i]);
        hi = fmax(hi, p[i]);
    }
    const size_t m = lo < hi ? POINTS : 1;
    for (size_t k = 0; k < m; k++)
        at[k] = k + 1 < m ? lo + (hi - lo) * (double)k / (POINTS - 1) : hi;
    const dlrn_status st =
        dlrn_calibration_curve(c, at, m, p, &t, d->o->ci, (int)d->call->threads, err);
    if (st != DLRN_OK) return st;
    dlrn_json *curve = dlrn_json_array();
    for (size_t k = 0; k < m; k++) {
        const double point[] = {c[k].predicted, c[k].observed, c[k].lo, c[k].hi};
        dlrn_json_append_take(curve, dlrn_json_numbers(point, 4));
    }
    dlrn_json_set_take(o, "curve", curve);
    return DLRN_OK;
}

static dlrn_json *calibration_json(const dlrn_calibration *c, bool clustered)
{
    dlrn_json *o = dlrn_json_object(), *hl = dlrn_json_object(), *z = dlrn_json_object();
    dlrn_json_set_integer(o, "n", (int64_t)c->n);
    dlrn_json_set_integer(o, "events", (int64_t)c->events);
    dlrn_json_set_number(o, "brier", c->brier);
    dlrn_json_set_number(o, "brier_scaled", c->brier_scaled);
    dlrn_json_set_number(o, "log_loss", c->log_loss);
    dlrn_json_set_string(o, "ci_method", clustered ? "sandwich" : "wald");
    set_with_ci(o, "intercept", &c->intercept, c->reason);
    set_with_ci(o, "intercept_with_slope", &c->intercept_with_slope, c->reason);
    set_with_ci(o, "slope", &c->slope, c->reason);
    set_with_ci(o, "o_e", &c->o_e, "no events are expected: every prediction is 0");
    dlrn_json_set_number(hl, "chi2", c->hl_chi2);
    dlrn_json_set_number(hl, "df", c->hl_df);
    dlrn_json_set_number(hl, "p", c->hl_p);
    if (isinf(c->hl_chi2))
        dlrn_json_set_string(hl, "chi2_reason",
                             "infinite: a group whose predictions are all 0, or "
                             "all 1, has rows of the other class");
    else if (isnan(c->hl_p))
        dlrn_json_set_string(hl, "p_reason",
                             "the groups leave no degree of freedom: too many equal "
                             "predictions");
    dlrn_json_set_take(o, "hosmer_lemeshow", hl);
    dlrn_json_set_number(o, "ece", c->ece);
    dlrn_json_set_number(o, "ici", c->ici);
    dlrn_json_set_number(o, "e50", c->e50);
    dlrn_json_set_number(o, "e90", c->e90);
    dlrn_json_set_number(o, "emax", c->emax);
    dlrn_json_set_number(z, "z", c->spiegelhalter_z);
    dlrn_json_set_number(z, "p", c->spiegelhalter_p);
    if (!isfinite(c->spiegelhalter_z))
        dlrn_json_set_string(z, "z_reason",
                             "every prediction is 0 or 1 (or 0.5): its variance is 0");
    dlrn_json_set_take(o, "spiegelhalter", z);
    dlrn_json_set_integer(o, "excluded", (int64_t)c->excluded);
    dlrn_json_set_bool(o, "imprecise", c->imprecise);
    return o;
}

static dlrn_status run_calibration(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_truth t = stats_truth(d);
    double groups = 10;
    const char *asked = d->o->groups;
    dlrn_json *scores = dlrn_json_object();
    if (asked && (!dlrn_parse_double(&groups, asked, strlen(asked)) ||
                  !(groups >= 2 && groups <= 1000) || groups != floor(groups)))
        DLRN_TRY(
            dlrn_fail(err, DLRN_EINVAL, "--groups '%.20s': expected a whole number from 2", asked));
    const dlrn_calibration_opts opts = {(size_t)groups, d->o->fitted, d->o->ci,
                                        (int)d->call->threads};
    for (size_t k = 0; k < d->score.n; k++) {
        dlrn_calibration c;
        DLRN_TRY(dlrn_calibrate(&c, d->score_v[k], &t, &opts, err));
        dlrn_json *o = calibration_json(&c, d->cluster != NULL);
        dlrn_json_set_take(scores, d->score.v[k], o);
        DLRN_TRY(set_curve(o, d, d->score_v[k], err));
        if (c.imprecise)
            cli_note(d->call, "%s: imprecise: fewer than 100 events or non-events", d->score.v[k]);
    }
    dlrn_json_set_take(out, "scores", scores);
    scores = NULL;
done:
    dlrn_json_free(scores);
    return st;
}

static const cli_option calibration_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_RISK,
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"cluster", 0, CLI_TEXT, STATS_AT(cluster), "COL",
     "sandwich intervals and band: rows of one value belong together"},
    {"groups", 0, CLI_TEXT, STATS_AT(groups), "N", "Hosmer-Lemeshow groups (default: 10)"},
    {"fitted", 0, CLI_FLAG, STATS_AT(fitted), NULL,
     "the model was fitted on these rows: df is groups - 2"},
};

const stats_test stats_calibration = {
    .cli = {STATS_CLI(calibration_options), .name = "calibration",
            .summary = "are the probabilities true",
            .usage = "FILE.csv --label COL --score A,B,... [options]",
            .examples = "  # a new cohort: slope, intercept, Brier score, Hosmer-Lemeshow\n"
                        "  dlrn stats calibration p.csv --label y --score dlrn\n"
                        "  # the rows that the model was fitted on\n"
                        "  dlrn stats calibration train.csv --label y --score dlrn --fitted\n"},
    .needs = STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
    .fn = run_calibration,
};
