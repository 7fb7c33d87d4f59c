/* SPDX-License-Identifier: Apache-2.0
 *
 * The ROC curve, thresholds chosen on it, area over a part of it. Sources: <dlrn/roc.h>.
 */
#include <dlrn/roc.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

dlrn_status dlrn_roc_curve(dlrn_roc *out, const double *score, const dlrn_truth *t, dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL, cases;
    dlrn_roc r = {0};

    DLRN_TRY(dlrn_truth_check(&cases, t, score, err));
    DLRN_TRY(stats_need_both_classes(cases, t->n, "a ROC curve", err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r.point, t->n + 1, err));
    dlrn_sort_index(order, score, t->n);
    r.cases = cases;
    r.controls = t->n - cases;
    r.point[r.points++] = (dlrn_roc_point){(double)NAN, 0, 1, 0, 0};
    size_t tp = 0, fp = 0;
    for (size_t i = t->n; i > 0;) {
        const double threshold = score[order[i - 1]];
        for (; i > 0 && score[order[i - 1]] == threshold; i--)
            ++*(t->label[order[i - 1]] ? &tp : &fp);
        r.point[r.points++] =
            (dlrn_roc_point){threshold, (double)tp / (double)r.cases,
                             (double)(r.controls - fp) / (double)r.controls, tp, fp};
    }
    *out = r;
    r = (dlrn_roc){0};
done:
    dlrn_roc_clear(&r);
    free(order);
    return st;
}

void dlrn_roc_clear(dlrn_roc *r)
{
    free(r->point);
    *r = (dlrn_roc){0};
}

/* How good a point is under the rule; -inf: not allowed. */
static double merit(const dlrn_roc_point *p, const dlrn_roc *r, const dlrn_threshold_rule *rule)
{
    const double miss = 1 - p->sensitivity, alarm = 1 - p->specificity;
    switch (rule->kind) {
    case DLRN_THRESHOLD_YOUDEN:
        /* in whole numbers, so that a tie is a tie */
        return (double)p->tp * (double)r->controls - (double)p->fp * (double)r->cases;
    case DLRN_THRESHOLD_CLOSEST: return -(miss * miss + alarm * alarm);
    case DLRN_THRESHOLD_SENSITIVITY:
        return p->sensitivity >= rule->value ? p->specificity : -(double)INFINITY;
    case DLRN_THRESHOLD_SPECIFICITY:
        return p->specificity >= rule->value ? p->sensitivity : -(double)INFINITY;
    case DLRN_THRESHOLD_COST:
        return p->sensitivity +
               p->specificity * (1 - rule->prevalence) / (rule->cost * rule->prevalence);
    }
    return -(double)INFINITY;
}

static dlrn_status check_rule(const dlrn_threshold_rule *rule, dlrn_error *err)
{
    const bool wanted =
        rule->kind == DLRN_THRESHOLD_SENSITIVITY || rule->kind == DLRN_THRESHOLD_SPECIFICITY;
    if (wanted && !(rule->value >= 0 && rule->value <= 1))
        return dlrn_fail(err, DLRN_EINVAL, "a wanted %s of %g lies outside 0 to 1",
                         rule->kind == DLRN_THRESHOLD_SENSITIVITY ? "sensitivity" : "specificity",
                         rule->value);
    if (rule->kind == DLRN_THRESHOLD_COST &&
        !(rule->cost > 0 && rule->prevalence > 0 && rule->prevalence < 1))
        return dlrn_fail(err, DLRN_EINVAL,
                         "a threshold by cost needs cost > 0 (is %g) and a prevalence between 0 "
                         "and 1 (is %g)",
                         rule->cost, rule->prevalence);
    return DLRN_OK;
}

dlrn_status dlrn_roc_threshold(size_t *point, const dlrn_roc *r, const dlrn_threshold_rule *rule,
                               dlrn_error *err)
{
    dlrn_status st = check_rule(rule, err);
    if (st != DLRN_OK) return st;
    double best = -(double)INFINITY;
    size_t at = 0;
    for (size_t i = 1; i < r->points; i++) {
        const double m = merit(&r->point[i], r, rule);
        /* thresholds fall along the curve, so >= takes the lowest of equals; a lower threshold
         * with the same sensitivity only adds false alarms */
        const bool better = rule->kind == DLRN_THRESHOLD_SPECIFICITY ? m > best : m >= best;
        if (better && m > -(double)INFINITY) {
            best = m;
            at = i;
        }
    }
    if (at == 0)
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "no threshold of the data has a specificity of %g: %zu of %zu negative "
                         "rows share the highest score",
                         rule->value, r->point[1].fp, r->controls);
    *point = at;
    return DLRN_OK;
}

/* Area under the polyline (x rising, y) between lo and hi. */
static double clipped_area(const dlrn_roc *r, bool over_sensitivity, double lo, double hi)
{
    double area = 0;
    for (size_t i = 1; i < r->points; i++) {
        const dlrn_roc_point *p = &r->point[i - 1], *q = &r->point[i];
        /* over specificity the curve runs backwards; sensitivity is the height */
        double x0 = over_sensitivity ? p->sensitivity : q->specificity;
        double y0 = over_sensitivity ? p->specificity : q->sensitivity;
        double x1 = over_sensitivity ? q->sensitivity : p->specificity;
        double y1 = over_sensitivity ? q->specificity : p->sensitivity;
        const double from = fmax(x0, lo), to = fmin(x1, hi);
        if (!(to > from)) continue;
        const double slope = (y1 - y0) / (x1 - x0);
        area += (to - from) * (y0 + slope * ((from + to) / 2 - x0));
    }
    return area;
}

dlrn_status dlrn_auc_partial(dlrn_partial_auc *out, const dlrn_roc *r, bool over_sensitivity,
                             double lo, double hi, dlrn_error *err)
{
    if (!(lo >= 0 && hi <= 1 && lo < hi))
        return dlrn_fail(err, DLRN_EINVAL,
                         "a partial AUC from %g to %g: expected 0 <= from < to <= 1", lo, hi);
    const double area = clipped_area(r, over_sensitivity, lo, hi);
    const double least = ((1 - lo) + (1 - hi)) * (hi - lo) / 2, most = hi - lo;
    const double standardised = (1 + (area - least) / (most - least)) / 2;
    *out = (dlrn_partial_auc){area, area < least ? (double)NAN : standardised};
    return DLRN_OK;
}
