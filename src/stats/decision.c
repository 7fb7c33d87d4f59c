/* SPDX-License-Identifier: Apache-2.0
 *
 * Decision curves with bootstrap bands. Source: <dlrn/decision.h>.
 */
#include <dlrn/decision.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

/* Sum of weights by label, and of those treated at the threshold. */
static double net_benefit(const double *risk, const dlrn_truth *t, const uint32_t *weight,
                          double threshold, const dlrn_decision_opts *o)
{
    double all[2] = {0, 0}, treated[2] = {0, 0};
    for (size_t i = 0; i < t->n; i++) {
        const double w = weight ? weight[i] : 1;
        all[t->label[i]] += w;
        if (risk[i] >= threshold) treated[t->label[i]] += w;
    }
    const double prevalence = isnan(o->prevalence) ? all[1] / (all[0] + all[1]) : o->prevalence;
    return treated[1] / all[1] * prevalence -
           treated[0] / all[0] * (1 - prevalence) * threshold / (1 - threshold) - o->harm;
}

static dlrn_status bands(dlrn_decision *d, const double *risk, const dlrn_truth *t,
                         const double *threshold, const dlrn_decision_opts *o, dlrn_error *err)
{
    dlrn_status st;
    const size_t reps = o->boot.replicates;
    resampler draw = {0};
    uint32_t *weight = NULL;
    double *value = NULL;

    DLRN_TRY(resampler_init(&draw, t, err));
    DLRN_TRY(dlrn_alloc_or_fail(&weight, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&value, reps * d->thresholds, err));
    dlrn_rng rng;
    dlrn_rng_seed(&rng, o->boot.seed, 0);
    for (size_t b = 0; b < reps; b++) {
        resampler_draw(&draw, &rng, weight);
        for (size_t j = 0; j < d->thresholds; j++)
            value[j * reps + b] = net_benefit(risk, t, weight, threshold[j], o);
    }
    for (size_t j = 0; j < d->thresholds; j++) {
        stats_sort(value + j * reps, reps);
        d->lo[j] = dlrn_quantile_sorted(value + j * reps, reps, (1 - o->boot.confidence) / 2);
        d->hi[j] = dlrn_quantile_sorted(value + j * reps, reps, (1 + o->boot.confidence) / 2);
    }
done:
    free(value);
    free(weight);
    resampler_clear(&draw);
    return st;
}

static dlrn_status check(const double *risk, const dlrn_truth *t, const double *threshold,
                         size_t thresholds, const dlrn_decision_opts *o, dlrn_error *err)
{
    size_t cases;
    dlrn_status st = dlrn_truth_check_probability(&cases, t, risk, err);
    if (st == DLRN_OK) st = stats_need_both_classes(cases, t->n, "a decision curve", err);
    if (st != DLRN_OK) return st;
    for (size_t j = 0; j < thresholds; j++)
        if (!(threshold[j] > 0 && threshold[j] < 1))
            return dlrn_fail(err, DLRN_EINVAL, "threshold %g lies outside 0 to 1 (both excluded)",
                             threshold[j]);
    if (!isnan(o->prevalence) && !(o->prevalence > 0 && o->prevalence < 1))
        return dlrn_fail(err, DLRN_EINVAL, "a prevalence of %g lies outside 0 to 1", o->prevalence);
    return DLRN_OK;
}

dlrn_status dlrn_decision_curve(dlrn_decision *out, const double *risk, const dlrn_truth *t,
                                const double *threshold, size_t thresholds,
                                const dlrn_decision_opts *opts, dlrn_error *err)
{
    dlrn_status st;
    dlrn_decision d = {.thresholds = thresholds};
    double **array[] = {&d.net_benefit, &d.all, &d.standardised, &d.avoided, &d.lo, &d.hi};

    DLRN_TRY(check(risk, t, threshold, thresholds, opts, err));
    for (size_t a = 0; a < sizeof array / sizeof *array; a++)
        DLRN_TRY(dlrn_alloc_or_fail(array[a], thresholds, err));
    size_t cases = 0;
    for (size_t i = 0; i < t->n; i++)
        cases += t->label[i];
    d.prevalence = isnan(opts->prevalence) ? (double)cases / (double)t->n : opts->prevalence;
    for (size_t j = 0; j < thresholds; j++) {
        const double odds = threshold[j] / (1 - threshold[j]);
        d.net_benefit[j] = net_benefit(risk, t, NULL, threshold[j], opts);
        d.all[j] = d.prevalence - (1 - d.prevalence) * odds;
        d.standardised[j] = d.net_benefit[j] / d.prevalence;
        d.avoided[j] = 100 * (d.net_benefit[j] - d.all[j]) / odds;
        d.lo[j] = d.hi[j] = (double)NAN;
    }
    if (opts->boot.replicates) DLRN_TRY(bands(&d, risk, t, threshold, opts, err));
    *out = d;
    d = (dlrn_decision){0};
done:
    dlrn_decision_clear(&d);
    return st;
}

void dlrn_decision_clear(dlrn_decision *d)
{
    free(d->hi);
    free(d->lo);
    free(d->avoided);
    free(d->standardised);
    free(d->all);
    free(d->net_benefit);
    *d = (dlrn_decision){0};
}
