/* SPDX-License-Identifier: Apache-2.0
 *
 * classify, calibration, dca, reclassify.
 */
#include "stats.h"

#include <dlrn/calibration.h>
#include <dlrn/classify.h>
#include <dlrn/decision.h>
#include <dlrn/reclassify.h>
#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static dlrn_bootstrap bootstrap_of(const stats_data *d, size_t by_default)
{
    return (dlrn_bootstrap){d->o->bootstrap > 0 ? (size_t)d->o->bootstrap : by_default,
                            (uint64_t)d->call->seed, d->o->ci, (int)d->call->threads};
}

static void set_estimate(dlrn_json *o, const char *key, const dlrn_estimate *e)
{
    dlrn_json_set_take(o, key, stats_estimate(e));
}

/* ---- classify ---- */

/* The number given, or Youden's threshold of these rows. */
static dlrn_status threshold_of(double *out, const stats_data *d, size_t k, const dlrn_truth *t,
                                dlrn_error *err)
{
    dlrn_status st;
    const char *asked = d->o->threshold ? d->o->threshold : "youden";
    const dlrn_threshold_rule youden = {.kind = DLRN_THRESHOLD_YOUDEN};
    dlrn_roc r = {0};
    size_t at;
    if (dlrn_parse_double(out, asked, strlen(asked)) && isfinite(*out)) return DLRN_OK;
    if (strcmp(asked, "youden") != 0)
        return dlrn_fail(err, DLRN_EINVAL, "--threshold '%.20s': expected youden or a number",
                         asked);
    DLRN_TRY(dlrn_roc_curve(&r, d->score_v[k], t, err));
    DLRN_TRY(dlrn_roc_threshold(&at, &r, &youden, err));
    *out = r.point[at].threshold;
done:
    dlrn_roc_clear(&r);
    return st;
}

static dlrn_status run_classify(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_truth t = {d->label, d->n, d->cluster};
    const char *name = d->o->method ? d->o->method : "wilson";
    const dlrn_interval_method method = !strcmp(name, "exact") ? DLRN_EXACT : DLRN_WILSON;
    const dlrn_bootstrap boot = bootstrap_of(d, 2000);
    dlrn_json *scores = dlrn_json_object();
    if (method == DLRN_WILSON && strcmp(name, "wilson") != 0)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--method '%.20s': expected wilson or exact", name));
    for (size_t k = 0; k < d->score.n; k++) {
        dlrn_classification c;
        double threshold;
        DLRN_TRY(threshold_of(&threshold, d, k, &t, err));
        DLRN_TRY(dlrn_classify(&c, d->score_v[k], &t, threshold, method, &boot, err));
        dlrn_json *o = dlrn_json_object();
        dlrn_json_set_number(o, "threshold", threshold);
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
    {"threshold", 0, CLI_TEXT, STATS_AT(threshold), "T",
     "a number, or youden (default); a score >= it is positive"},
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

/* ---- calibration ---- */

static void set_with_ci(dlrn_json *o, const char *key, const dlrn_estimate *e, const char *reason)
{
    char name[64];
    dlrn_json_set_number(o, key, e->value);
    snprintf(name, sizeof name, "%s_ci", key);
    dlrn_json_set_take(o, name, dlrn_json_interval(e->lo, e->hi));
    snprintf(name, sizeof name, "%s_reason", key);
    if (*reason) dlrn_json_set_string(o, name, reason);
}

static dlrn_json *calibration_json(const dlrn_calibration *c)
{
    dlrn_json *o = dlrn_json_object(), *hl = dlrn_json_object(), *z = dlrn_json_object();
    dlrn_json_set_integer(o, "n", (int64_t)c->n);
    dlrn_json_set_integer(o, "events", (int64_t)c->events);
    dlrn_json_set_number(o, "brier", c->brier);
    dlrn_json_set_number(o, "brier_scaled", c->brier_scaled);
    dlrn_json_set_number(o, "log_loss", c->log_loss);
    set_with_ci(o, "intercept", &c->intercept, c->reason);
    set_with_ci(o, "intercept_with_slope", &c->intercept_with_slope, c->reason);
    set_with_ci(o, "slope", &c->slope, c->reason);
    set_with_ci(o, "o_e", &c->o_e, "");
    dlrn_json_set_number(hl, "chi2", c->hl_chi2);
    dlrn_json_set_number(hl, "df", c->hl_df);
    dlrn_json_set_number(hl, "p", c->hl_p);
    dlrn_json_set_take(o, "hosmer_lemeshow", hl);
    dlrn_json_set_number(o, "ece", c->ece);
    dlrn_json_set_number(o, "ici", c->ici);
    dlrn_json_set_number(o, "e50", c->e50);
    dlrn_json_set_number(o, "e90", c->e90);
    dlrn_json_set_number(o, "emax", c->emax);
    dlrn_json_set_number(z, "z", c->spiegelhalter_z);
    dlrn_json_set_number(z, "p", c->spiegelhalter_p);
    dlrn_json_set_take(o, "spiegelhalter", z);
    dlrn_json_set_integer(o, "excluded", (int64_t)c->excluded);
    dlrn_json_set_bool(o, "imprecise", c->imprecise);
    return o;
}

static dlrn_status run_calibration(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_truth t = {d->label, d->n, d->cluster};
    double groups = 10;
    const char *asked = d->o->groups;
    dlrn_json *scores = dlrn_json_object();
    if (asked && (!dlrn_parse_double(&groups, asked, strlen(asked)) ||
                  !(groups >= 2 && groups <= 1000) || groups != floor(groups)))
        DLRN_TRY(
            dlrn_fail(err, DLRN_EINVAL, "--groups '%.20s': expected a whole number from 2", asked));
    const dlrn_calibration_opts opts = {(size_t)groups, d->o->fitted, d->o->ci};
    for (size_t k = 0; k < d->score.n; k++) {
        dlrn_calibration c;
        DLRN_TRY(dlrn_calibrate(&c, d->score_v[k], &t, &opts, err));
        dlrn_json_set_take(scores, d->score.v[k], calibration_json(&c));
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

/* ---- dca ---- */

/* "from:to:step", or "a,b,c". */
static dlrn_status parse_thresholds(double **out, size_t *n, const char *text, const char *option,
                                    dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    double v[3];
    size_t cap = 0, k = 0;
    *n = 0;
    const bool range = strchr(text, ':') != NULL;
    for (const char *s = text; *s; k++) {
        const size_t len = strcspn(s, range ? ":" : ",");
        double x;
        if (!dlrn_parse_double(&x, s, len) || !(x > 0) || !(x < 1) || (range && k > 2))
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                               "--%s '%.60s': expected from:to:step or a list, each "
                               "between 0 and 1",
                               option, text));
        if (range) {
            v[k] = x;
        } else {
            DLRN_TRY(dlrn_grow(out, &cap, k + 1, sizeof **out, err));
            (*out)[k] = x;
            *n = k + 1;
        }
        s += len + (s[len] != '\0');
    }
    if (!range && *n) goto done;
    if (!range || k != 3 || v[1] < v[0] || v[2] < 1e-5)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--%s '%.60s': expected from:to:step", option, text));
    *n = (size_t)floor((v[1] - v[0]) / v[2] + 1e-9) + 1;
    DLRN_TRY(dlrn_alloc_or_fail(out, *n, err));
    // hundredths as the decimal they are, not as a sum of steps
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = rint((v[0] + (double)i * v[2]) * 1e10) / 1e10;
done:
    return st;
}

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
    const dlrn_truth t = {d->label, d->n, d->cluster};
    const dlrn_decision_opts opts = {d->o->prevalence, d->o->harm, bootstrap_of(d, 0)};
    double *threshold = NULL, *none = NULL;
    size_t n;
    dlrn_decision c = {0};
    dlrn_json *scores = dlrn_json_object();
    DLRN_TRY(parse_thresholds(
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

/* ---- reclassify ---- */

static dlrn_json *improvement_json(const dlrn_improvement *i)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_number(o, "value", i->value);
    dlrn_json_set_number(o, "se", i->se);
    dlrn_json_set_number(o, "z", i->z);
    dlrn_json_set_number(o, "p", i->p);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(i->lo, i->hi));
    dlrn_json_set_number(o, "events", i->events);
    dlrn_json_set_number(o, "nonevents", i->nonevents);
    return o;
}

static dlrn_status run_reclassify(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_truth t = {d->label, d->n, d->cluster};
    dlrn_reclassification r;
    double *cut = NULL;
    size_t cuts = 0;
    if (d->score.n != 2)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "reclassify needs two scores: --score OLD,NEW"));
    if (d->o->cuts) DLRN_TRY(parse_thresholds(&cut, &cuts, d->o->cuts, "cuts", err));
    DLRN_TRY(dlrn_reclassify(&r, d->score_v[0], d->score_v[1], &t, cut, cuts, d->o->ci, err));
    dlrn_json_set_take(out, "nri_continuous", improvement_json(&r.nri_continuous));
    dlrn_json_set_take(out, "nri_categorical",
                       cuts ? improvement_json(&r.nri_categorical) : dlrn_json_null());
    dlrn_json_set_take(out, "idi", improvement_json(&r.idi));
    cli_note(d->call, "NRI and IDI reward a badly calibrated new model (Pepe 2015); report them "
                      "beside the difference of AUCs");
done:
    free(cut);
    return st;
}

static const cli_option reclassify_options[] = {
    STATS_OPT_LABEL,
    {"score", 0, CLI_LIST, STATS_AT(score), "OLD,NEW",
     "the columns of the old and the new probability"},
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"cuts", 0, CLI_TEXT, STATS_AT(cuts), "A,B,...",
     "borders of the risk categories (default: no categorical NRI)"},
};

const stats_test stats_reclassify = {
    .cli = {STATS_CLI(reclassify_options), .name = "reclassify",
            .summary = "NRI and IDI of a new risk over an old one",
            .usage = "FILE.csv --label COL --score OLD,NEW [options]",
            .examples =
                "  # continuous NRI and IDI\n"
                "  dlrn stats reclassify p.csv --label y --score clinical,dlrn\n"
                "  # three risk categories\n"
                "  dlrn stats reclassify p.csv --label y --score clinical,dlrn --cuts 0.2,0.4\n"},
    .needs = STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
    .fn = run_reclassify,
};
