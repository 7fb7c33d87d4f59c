/* SPDX-License-Identifier: Apache-2.0
 *
 * The ROC curve, thresholds chosen on it, area over a part of it. Sources: <dlrn/roc.h>.
 */
#include <dlrn/roc.h>

#include "stats/roc.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

dlrn_status stats_roc_of_order(dlrn_roc *out, const size_t *order, const double *score,
                               const dlrn_truth *t, size_t cases, dlrn_error *err)
{
    dlrn_status st;
    dlrn_roc r = {.cases = cases, .controls = t->n - cases};
    size_t distinct = 1;
    for (size_t i = 1; i < t->n; i++)
        distinct += score[order[i]] != score[order[i - 1]];
    DLRN_TRY(dlrn_alloc_or_fail(&r.point, distinct + 1, err));
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
done:
    return st;
}

dlrn_status dlrn_roc_curve(dlrn_roc *out, const double *score, const dlrn_truth *t, dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL, cases;

    DLRN_TRY(dlrn_truth_check(&cases, t, score, err));
    DLRN_TRY(stats_need_both_classes(cases, t->n, "a ROC curve", err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, t->n, err));
    dlrn_sort_index(order, score, t->n);
    st = stats_roc_of_order(out, order, score, t, cases, err);
done:
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
    /* in whole numbers or as one division of them, so that a tie is a tie */
    const double miss = (double)(r->cases - p->tp) / (double)r->cases,
                 alarm = (double)p->fp / (double)r->controls;
    const double weight =
        rule->cost > 0 ? (1 - rule->prevalence) / (rule->cost * rule->prevalence) : 1;
    switch (rule->kind) {
    case DLRN_THRESHOLD_YOUDEN:
        return (double)p->tp * (double)r->controls - (double)p->fp * (double)r->cases;
    case DLRN_THRESHOLD_CLOSEST: return -(miss * miss + weight * (alarm * alarm));
    case DLRN_THRESHOLD_SENSITIVITY:
        return p->sensitivity >= rule->value ? p->specificity : -(double)INFINITY;
    case DLRN_THRESHOLD_SPECIFICITY:
        return p->specificity >= rule->value ? p->sensitivity : -(double)INFINITY;
    case DLRN_THRESHOLD_COST: return -miss - alarm * weight;
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
    const bool weighed = rule->kind == DLRN_THRESHOLD_COST ||
                         (rule->kind == DLRN_THRESHOLD_CLOSEST && rule->cost != 0);
    if (weighed && !(rule->cost > 0 && rule->prevalence > 0 && rule->prevalence < 1))
        return dlrn_fail(
            err, DLRN_EINVAL,
            "a threshold weighed by cost needs cost > 0 (is %g) and a prevalence between 0 "
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
        if (m == -(double)INFINITY) continue;
        /* thresholds fall along the curve, so the last of equals (but for rounding) is the lowest;
         * a lower threshold with the same sensitivity only adds false alarms */
        const double rounding = 1e-12 * fabs(m);
        const bool better =
            rule->kind == DLRN_THRESHOLD_SPECIFICITY ? m > best + rounding : m >= best - rounding;
        if (!better) continue;
        best = fmax(best, m);
        at = i;
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
static double clipped_area(const dlrn_roc *r, const dlrn_auc_part *part)
{
    double area = 0;
    for (size_t i = 1; i < r->points; i++) {
        const dlrn_roc_point *p = &r->point[i - 1], *q = &r->point[i];
        area +=
            part->over_sensitivity
                ? stats_strip(p->sensitivity, p->specificity, q->sensitivity, q->specificity, part)
                : stats_strip(q->specificity, q->sensitivity, p->specificity, p->sensitivity,
                              part); // the curve runs backwards over specificity
    }
    return area;
}

double stats_strip(double x0, double y0, double x1, double y1, const dlrn_auc_part *part)
{
    const double from = fmax(x0, part->lo), to = fmin(x1, part->hi);
    if (!(to > from)) return 0;
    const double slope = (y1 - y0) / (x1 - x0);
    return (to - from) * (y0 + slope * ((from + to) / 2 - x0));
}

double dlrn_auc_mcclish(double area, const dlrn_auc_part *part)
{
    const double most = part->hi - part->lo, least = ((1 - part->lo) + (1 - part->hi)) * most / 2;
    return (1 + (area - least) / (most - least)) / 2;
}

dlrn_status stats_check_part(const dlrn_auc_part *part, dlrn_error *err)
{
    return part->lo >= 0 && part->hi <= 1 && part->lo < part->hi
               ? DLRN_OK
               : dlrn_fail(err, DLRN_EINVAL,
                           "a partial AUC from %g to %g: expected 0 <= from < to <= 1", part->lo,
                           part->hi);
}

dlrn_status dlrn_auc_partial(dlrn_partial_auc *out, const dlrn_roc *r, const dlrn_auc_part *part,
                             dlrn_error *err)
{
    const dlrn_status st = stats_check_part(part, err);
    if (st != DLRN_OK) return st;
    const double area = clipped_area(r, part), corrected = dlrn_auc_mcclish(area, part);
    *out = (dlrn_partial_auc){area, corrected < 0.5 - 1e-12 ? (double)NAN : corrected};
    return DLRN_OK;
}
