/* SPDX-License-Identifier: Apache-2.0
 *
 * Calibration of predicted probabilities. Definitions: <dlrn/calibration.h>.
 */
#include <dlrn/calibration.h>

#include <dlrn/logistic.h>
#include <dlrn/special.h>

#include "stats/calibration.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void scores(dlrn_calibration *c, const double *p, const dlrn_truth *t)
{
    const double n = (double)t->n, tiny = 2.220446049250313e-16;
    double top = 0, below = 0;
    for (size_t i = 0; i < t->n; i++) {
        const double y = t->label[i], q = fmin(fmax(p[i], tiny), 1 - tiny);
        c->brier += (p[i] - y) * (p[i] - y) / n;
        c->log_loss -= (t->label[i] ? log(q) : log1p(-q)) / n;
        top += (y - p[i]) * (1 - 2 * p[i]);
        below += (1 - 2 * p[i]) * (1 - 2 * p[i]) * p[i] * (1 - p[i]);
    }
    const double events = (double)c->events, prevalence = events / n;
    c->brier_scaled = 1 - c->brier / (prevalence * (1 - prevalence));
    c->spiegelhalter_z = top / sqrt(below);
    c->spiegelhalter_p = dlrn_normal_two_sided(c->spiegelhalter_z);
}

/* Variance of a ratio of sums over clusters drawn at random, relative to the ratio squared. */
static dlrn_status ratio_variance(double *out, const double *p, const dlrn_truth *t, double ratio,
                                  double events, dlrn_error *err)
{
    dlrn_status st;
    size_t *number = NULL, count;
    double *apart = NULL, sum = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&number, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&apart, t->n, err));
    DLRN_TRY(stats_number_clusters(number, &count, t->cluster, t->n, err));
    if (count < 2) {
        st = dlrn_fail(err, DLRN_EINVAL,
                       "all rows are of one cluster: intervals by cluster need several");
        goto done;
    }
    for (size_t i = 0; i < t->n; i++)
        apart[number[i]] += t->label[i] - ratio * p[i];
    for (size_t k = 0; k < count; k++)
        sum += apart[k] * apart[k];
    const double m = (double)count;
    *out = m / (m - 1) * sum / (events * events);
done:
    free(apart);
    free(number);
    return st;
}

static dlrn_status observed_to_expected(dlrn_estimate *out, const double *p, const dlrn_truth *t,
                                        double confidence, dlrn_error *err)
{
    double expected = 0, events = 0;
    for (size_t i = 0; i < t->n; i++) {
        events += t->label[i];
        expected += p[i];
    }
    const double ratio = events / expected;
    double variance = (1 - events / (double)t->n) / events;
    if (t->cluster) {
        const dlrn_status st = ratio_variance(&variance, p, t, ratio, events, err);
        if (st != DLRN_OK) return st;
    }
    const double reach = dlrn_normal_quantile((1 + confidence) / 2) * sqrt(variance);
    *out = (dlrn_estimate){ratio, ratio * exp(-reach), ratio * exp(reach)};
    return DLRN_OK;
}

static dlrn_estimate wald(const dlrn_logistic *m, size_t term, double confidence)
{
    dlrn_logistic_term w;
    dlrn_logistic_wald(&w, m, term, confidence);
    return (dlrn_estimate){w.coefficient, w.lo, w.hi};
}

static bool all_equal(const double *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (v[i] != v[0]) return false;
    return true;
}

static dlrn_status regressions(dlrn_calibration *c, const double *p, const dlrn_truth *t,
                               double confidence, dlrn_error *err)
{
    dlrn_status st;
    double *logit = NULL;
    uint8_t *label = NULL;
    size_t *cluster = NULL;
    const dlrn_logistic_opts opts = {.sandwich = t->cluster != NULL};
    dlrn_logistic m = {0};
    dlrn_error why = {0};
    const dlrn_estimate none = {(double)NAN, (double)NAN, (double)NAN};
    size_t kept = 0;

    DLRN_TRY(dlrn_alloc_or_fail(&logit, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&label, t->n, err));
    if (t->cluster) DLRN_TRY(dlrn_alloc_or_fail(&cluster, t->n, err));
    for (size_t i = 0; i < t->n; i++) {
        if (!(p[i] > 0 && p[i] < 1)) continue;
        logit[kept] = log(p[i]) - log1p(-p[i]);
        if (cluster) cluster[kept] = t->cluster[i];
        label[kept++] = t->label[i];
    }
    c->excluded = t->n - kept;
    c->intercept = c->intercept_with_slope = c->slope = none;
    const char *const name[] = {"logit of the prediction"};
    dlrn_logistic_data d = {.label = label, .n = kept, .offset = logit, .cluster = cluster};
    if (dlrn_logistic_fit(&m, &d, &opts, &why) == DLRN_OK) {
        c->intercept = wald(&m, 0, confidence);
        dlrn_logistic_clear(&m);
    }
    d = (dlrn_logistic_data){
        .x = logit, .label = label, .n = kept, .p = 1, .cluster = cluster, .name = name};
    if (why.code == DLRN_OK && dlrn_logistic_fit(&m, &d, &opts, &why) == DLRN_OK) {
        c->intercept_with_slope = wald(&m, 0, confidence);
        c->slope = wald(&m, 1, confidence);
    }
    if (why.code == DLRN_ENUMERIC) // in words of predictions, not of a model's columns
        snprintf(c->reason, sizeof c->reason, "%s",
                 all_equal(logit, kept) ? "all predictions are equal: there is no slope"
                                        : "the predictions separate the classes: no finite slope "
                                          "exists");
    else if (why.code == DLRN_EINVAL)
        snprintf(c->reason, sizeof c->reason,
                 "the %zu predictions other than 0 and 1 do not meet both classes", kept);
    else if (why.code != DLRN_OK) // no fault of the data
        st = dlrn_fail(err, why.code, "%s", why.msg);
done:
    dlrn_logistic_clear(&m);
    free(cluster);
    free(label);
    free(logit);
    return st;
}

/* p ascending with its labels y. */
static void hosmer_lemeshow(dlrn_calibration *c, const double *p, const double *y, size_t n,
                            size_t groups, bool fitted)
{
    size_t used = 0, i = 0;
    double chi2 = 0, last = -1;
    for (size_t g = 1; g <= groups; g++) {
        const double cut =
            g == groups ? p[n - 1] : dlrn_quantile_sorted(p, n, (double)g / (double)groups);
        if (cut == last || (g < groups && cut == p[0])) continue; // the cuts are unique
        last = cut;
        double observed = 0, expected = 0, size = 0;
        for (; i < n && p[i] <= cut; i++) {
            observed += y[i];
            expected += p[i];
            size++;
        }
        if (size == 0) continue;
        const double apart = (observed - expected) * (observed - expected);
        if (apart > 0) chi2 += apart / expected + apart / (size - expected);
        used++;
    }
    c->hl_chi2 = chi2;
    c->hl_df = (double)used - (fitted ? 2 : 0);
    c->hl_p = dlrn_chi2_upper(chi2, c->hl_df);
}

static double calibration_error(const double *p, const double *y, size_t n)
{
    double apart[10] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t bin = (size_t)(p[i] * 10);
        apart[bin < 9 ? bin : 9] += y[i] - p[i];
    }
    for (int b = 0; b < 10; b++)
        sum += fabs(apart[b]);
    return sum / (double)n;
}

/* |curve - p| over the rows. */
static dlrn_status along_curve(dlrn_calibration *c, const double *p, const double *y, size_t n,
                               int threads, dlrn_error *err)
{
    dlrn_status st;
    double *apart = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&apart, n, err));
    DLRN_TRY(stats_curve_at_rows(apart, p, y, n, 1000, threads, err));
    for (size_t i = 0; i < n; i++)
        apart[i] = fabs(apart[i] - p[i]);
    stats_sort(apart, n);
    c->ici = stats_mean(apart, n);
    c->e50 = dlrn_quantile_sorted(apart, n, 0.5);
    c->e90 = dlrn_quantile_sorted(apart, n, 0.9);
    c->emax = apart[n - 1];
done:
    free(apart);
    return st;
}

dlrn_status dlrn_calibrate(dlrn_calibration *out, const double *p, const dlrn_truth *t,
                           const dlrn_calibration_opts *opts, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_calibration_opts o = opts ? *opts : (dlrn_calibration_opts){0};
    const double confidence = o.confidence > 0 ? o.confidence : 0.95;
    dlrn_calibration c = {.n = t->n};
    double *sorted = NULL, *y = NULL;
    size_t *order = NULL;

    DLRN_TRY(dlrn_truth_check_probability(&c.events, t, p, err));
    DLRN_TRY(stats_need_both_classes(c.events, t->n, "calibration", err));
    DLRN_TRY(dlrn_alloc_or_fail(&sorted, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, t->n, err));
    dlrn_sort_index(order, p, t->n);
    for (size_t i = 0; i < t->n; i++) {
        sorted[i] = p[order[i]];
        y[i] = t->label[order[i]];
    }
    c.imprecise = c.events < 100 || t->n - c.events < 100;
    scores(&c, p, t);
    DLRN_TRY(observed_to_expected(&c.o_e, p, t, confidence, err));
    DLRN_TRY(regressions(&c, p, t, confidence, err));
    hosmer_lemeshow(&c, sorted, y, t->n, o.groups ? o.groups : 10, o.fitted);
    c.ece = calibration_error(sorted, y, t->n);
    DLRN_TRY(along_curve(&c, sorted, y, t->n, o.threads, err));
    *out = c;
done:
    free(order);
    free(y);
    free(sorted);
    return st;
}
