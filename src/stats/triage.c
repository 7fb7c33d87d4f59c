/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule-out and rule-in thresholds. Definitions: <dlrn/triage.h>.
 */
#include <dlrn/triage.h>

#include <dlrn/classify.h>
#include <dlrn/roc.h>

#include "stats/sample.h"

#include <math.h>

static dlrn_status check_target(const dlrn_target *g, bool out, dlrn_error *err)
{
    const bool own = g->kind == DLRN_TARGET_GIVEN ||
                     (g->kind == DLRN_TARGET_SENSITIVITY || g->kind == DLRN_TARGET_NPV) == out;
    const bool within =
        g->kind == DLRN_TARGET_GIVEN ? isfinite(g->value) : g->value >= 0 && g->value <= 1;
    if (own && within) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL,
                     own ? "ruling %s: a target of %g lies outside 0 to 1"
                         : "ruling %s (%g): out goes by sensitivity or NPV, in by specificity or "
                           "PPV",
                     out ? "out" : "in", g->value);
}

/* Whether the point's threshold holds the target. */
static bool holds(const dlrn_target *g, const dlrn_roc_point *p, const dlrn_roc *r)
{
    const double tp = (double)p->tp, fp = (double)p->fp;
    const double fn = (double)r->cases - tp, tn = (double)r->controls - fp;
    switch (g->kind) {
    case DLRN_TARGET_GIVEN: return p->threshold == g->value;
    case DLRN_TARGET_SENSITIVITY: return p->sensitivity >= g->value;
    case DLRN_TARGET_NPV: return tn >= g->value * (tn + fn);
    case DLRN_TARGET_SPECIFICITY: return p->specificity >= g->value;
    case DLRN_TARGET_PPV: return tp >= g->value * (tp + fp);
    }
    return false;
}

/* Thresholds fall from point to point. */
static double lowest_of_best(const dlrn_target *g, const dlrn_roc *r)
{
    double low = (double)NAN;
    size_t most = 0; // controls ruled out
    if (g->kind == DLRN_TARGET_GIVEN) return g->value;
    for (size_t i = 1; i < r->points; i++) {
        const size_t out = r->controls - r->point[i].fp;
        if (out == 0 || out < most || !holds(g, &r->point[i], r)) continue;
        most = out;
        low = r->point[i].threshold;
    }
    return low;
}

static double highest_of_best(const dlrn_target *g, const dlrn_roc *r)
{
    double high = (double)NAN;
    size_t most = 0; // cases ruled in
    if (g->kind == DLRN_TARGET_GIVEN) return g->value;
    for (size_t i = 1; i < r->points; i++) {
        if (r->point[i].tp <= most || !holds(g, &r->point[i], r)) continue;
        most = r->point[i].tp;
        high = r->point[i].threshold;
    }
    return high;
}

/* The one threshold that holds both targets, the best by Youden's index. */
static dlrn_status no_grey(dlrn_zones *z, const dlrn_roc *r, const dlrn_target *rule_out,
                           const dlrn_target *rule_in, dlrn_error *err)
{
    double best = -(double)INFINITY;
    for (size_t i = 1; i < r->points; i++) {
        const dlrn_roc_point *p = &r->point[i];
        const double index = (double)p->tp * (double)r->controls - (double)p->fp * (double)r->cases;
        if (!holds(rule_out, p, r) || !holds(rule_in, p, r) || !(index > best)) continue;
        best = index;
        z->low = z->high = p->threshold;
        z->one = true;
    }
    if (z->one) return DLRN_OK;
    return dlrn_fail(
        err, DLRN_ENUMERIC,
        "scores from %g are ruled in and scores below %g ruled out: the zones overlap; "
        "raise a target",
        z->high, z->low);
}

dlrn_status dlrn_triage_choose(dlrn_zones *out, const double *score, const dlrn_truth *t,
                               const dlrn_target *rule_out, const dlrn_target *rule_in,
                               dlrn_error *err)
{
    dlrn_status st;
    dlrn_roc r = {0};
    DLRN_TRY(check_target(rule_out, true, err));
    DLRN_TRY(check_target(rule_in, false, err));
    DLRN_TRY(dlrn_roc_curve(&r, score, t, err));
    *out = (dlrn_zones){lowest_of_best(rule_out, &r), highest_of_best(rule_in, &r), false};
    out->one = out->low == out->high;
    if (!(out->low > out->high)) goto done;
    if (rule_out->kind == DLRN_TARGET_GIVEN && rule_in->kind == DLRN_TARGET_GIVEN)
        st = dlrn_fail(err, DLRN_EINVAL,
                       "ruling out below %g and ruling in from %g: the first must not be higher",
                       out->low, out->high);
    else
        st = no_grey(out, &r, rule_out, rule_in, err);
done:
    dlrn_roc_clear(&r);
    return st;
}

static void measure(dlrn_zone *z, size_t all, double confidence)
{
    z->share = dlrn_proportion(z->n, all, confidence, DLRN_WILSON);
    z->risk = dlrn_proportion(z->cases, z->n, confidence, DLRN_WILSON);
}

dlrn_status dlrn_triage_judge(dlrn_triage *out, const dlrn_zones *z, const double *score,
                              const dlrn_truth *t, double confidence, dlrn_error *err)
{
    size_t cases;
    dlrn_triage r = {0};
    dlrn_status st = dlrn_truth_check(&cases, t, score, err);
    if (st == DLRN_OK) st = stats_need_both_classes(cases, t->n, "triage", err);
    if (st != DLRN_OK) return st;
    for (size_t i = 0; i < t->n; i++) {
        dlrn_zone *own = score[i] >= z->high ? &r.in : score[i] < z->low ? &r.out : &r.grey;
        own->n++;
        own->cases += t->label[i];
    }
    measure(&r.out, t->n, confidence);
    measure(&r.grey, t->n, confidence);
    measure(&r.in, t->n, confidence);
    const size_t controls = t->n - cases, wrong_in = r.in.n - r.in.cases;
    r.npv = dlrn_proportion(r.out.n - r.out.cases, r.out.n, confidence, DLRN_WILSON);
    r.sensitivity = dlrn_proportion(cases - r.out.cases, cases, confidence, DLRN_WILSON);
    r.ppv = r.in.risk;
    r.specificity = dlrn_proportion(controls - wrong_in, controls, confidence, DLRN_WILSON);
    *out = r;
    return DLRN_OK;
}
