/* SPDX-License-Identifier: Apache-2.0
 *
 * Decision curves with bootstrap bands. Source: <dlrn/decision.h>.
 */
#include <dlrn/decision.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

/* Rows by label, and those of them that are treated. */
typedef struct treatment {
    double all[2], treated[2];
} treatment;

static double net_benefit(const treatment *c, double threshold, const dlrn_decision_opts *o)
{
    const double prevalence =
        isnan(o->prevalence) ? c->all[1] / (c->all[0] + c->all[1]) : o->prevalence;
    return c->treated[1] / c->all[1] * prevalence -
           c->treated[0] / c->all[0] * (1 - prevalence) * threshold / (1 - threshold) - o->harm;
}

/* A row is treated at the `reach` lowest of the thresholds, so one pass over the rows serves them
 * all. */
typedef struct job {
    const dlrn_truth *t;
    const dlrn_decision_opts *o;
    const double *threshold;
    size_t thresholds;
    size_t *order; /* thresholds from low to high                       [thresholds] */
    size_t *reach; /* [n] */
    double *value; /* NULL, or [thresholds][replicates] */
} job;

static void job_clear(job *j)
{
    free(j->value);
    free(j->reach);
    free(j->order);
}

static dlrn_status job_init(job *j, const double *risk, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&j->order, j->thresholds, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j->reach, j->t->n, err));
    dlrn_sort_index(j->order, j->threshold, j->thresholds);
    for (size_t i = 0; i < j->t->n; i++) {
        size_t lo = 0, hi = j->thresholds;
        while (lo < hi) {
            const size_t middle = (lo + hi) / 2;
            if (j->threshold[j->order[middle]] <= risk[i])
                lo = middle + 1;
            else
                hi = middle;
        }
        j->reach[i] = lo;
    }
done:
    return st;
}

/* out[k * step]: net benefit at threshold k with rows counted weight[i] times (NULL: once). */
static dlrn_status curve(double *out, size_t step, const job *j, const uint32_t *weight,
                         dlrn_error *err)
{
    double(*at)[2];
    const dlrn_status st = dlrn_alloc_or_fail(&at, j->thresholds + 1, err);
    if (st != DLRN_OK) return st;
    treatment c = {{0, 0}, {0, 0}};
    for (size_t i = 0; i < j->t->n; i++) {
        const double w = weight ? weight[i] : 1;
        c.all[j->t->label[i]] += w;
        at[j->reach[i]][j->t->label[i]] += w;
    }
    for (size_t k = j->thresholds; k > 0; k--) {
        c.treated[0] += at[k][0];
        c.treated[1] += at[k][1];
        const size_t row = j->order[k - 1];
        out[row * step] = net_benefit(&c, j->threshold[row], j->o);
    }
    free(at);
    return DLRN_OK;
}

static dlrn_status replicate(void *user, size_t b, size_t worker, const uint32_t *weight,
                             dlrn_error *err)
{
    (void)worker;
    const job *j = user;
    return curve(j->value + b, j->o->boot.replicates, j, weight, err);
}

/* Where no prevalence is given it is the data's own, and as uncertain: rows are drawn without
 * regard to their class, each a cluster of its own. */
static dlrn_status draw(job *j, dlrn_error *err)
{
    dlrn_status st;
    dlrn_truth t = *j->t;
    size_t *row = NULL;
    const dlrn_bootstrap *boot = &j->o->boot;
    DLRN_TRY(dlrn_alloc_or_fail(&j->value, boot->replicates * j->thresholds, err));
    if (!t.cluster && isnan(j->o->prevalence)) {
        DLRN_TRY(dlrn_alloc_or_fail(&row, t.n, err));
        for (size_t i = 0; i < t.n; i++)
            row[i] = i;
        t.cluster = row;
    }
    st = stats_bootstrap(&t, boot, replicate, j, err);
done:
    free(row);
    return st;
}

static dlrn_status bands(dlrn_decision *d, job *j, dlrn_error *err)
{
    const dlrn_bootstrap *boot = &j->o->boot;
    const dlrn_status st = draw(j, err);
    for (size_t k = 0; st == DLRN_OK && k < j->thresholds; k++)
        stats_percentile(&d->lo[k], &d->hi[k], j->value + k * boot->replicates, boot->replicates,
                         boot->confidence);
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
    job j = {.t = t, .o = opts, .threshold = threshold, .thresholds = thresholds};

    DLRN_TRY(check(risk, t, threshold, thresholds, opts, err));
    DLRN_TRY(job_init(&j, risk, err));
    for (size_t a = 0; a < sizeof array / sizeof *array; a++)
        DLRN_TRY(dlrn_alloc_or_fail(array[a], thresholds, err));
    size_t cases = 0;
    for (size_t i = 0; i < t->n; i++)
        cases += t->label[i];
    d.prevalence = isnan(opts->prevalence) ? (double)cases / (double)t->n : opts->prevalence;
    DLRN_TRY(curve(d.net_benefit, 1, &j, NULL, err));
    for (size_t k = 0; k < thresholds; k++) {
        const double odds = threshold[k] / (1 - threshold[k]);
        d.all[k] = d.prevalence - (1 - d.prevalence) * odds;
        d.standardised[k] = d.net_benefit[k] / d.prevalence;
        d.avoided[k] = 100 * (d.net_benefit[k] - d.all[k]) / odds;
        d.lo[k] = d.hi[k] = (double)NAN;
    }
    if (opts->boot.replicates) DLRN_TRY(bands(&d, &j, err));
    *out = d;
    d = (dlrn_decision){0};
done:
    job_clear(&j);
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

dlrn_status dlrn_decision_compare(dlrn_decision_difference *out, const double *a, const double *b,
                                  const dlrn_truth *t, const double *threshold, size_t thresholds,
                                  const dlrn_decision_opts *opts, dlrn_error *err)
{
    dlrn_status st;
    dlrn_decision_difference d = {.thresholds = thresholds};
    double **array[] = {&d.difference, &d.lo, &d.hi}, *net = NULL;
    job j[2];
    const double *const risk[2] = {a, b};
    const size_t drawn = opts->boot.replicates;

    for (int m = 0; m < 2; m++)
        j[m] = (job){.t = t, .o = opts, .threshold = threshold, .thresholds = thresholds};
    DLRN_TRY(dlrn_alloc_or_fail(&net, thresholds, err));
    for (size_t k = 0; k < sizeof array / sizeof *array; k++)
        DLRN_TRY(dlrn_alloc_or_fail(array[k], thresholds, err));
    for (int m = 0; m < 2; m++) { // both draw the same rows: one seed
        DLRN_TRY(check(risk[m], t, threshold, thresholds, opts, err));
        DLRN_TRY(job_init(&j[m], risk[m], err));
        DLRN_TRY(curve(m ? net : d.difference, 1, &j[m], NULL, err));
        if (drawn) DLRN_TRY(draw(&j[m], err));
    }
    for (size_t k = 0; k < thresholds; k++) {
        d.difference[k] -= net[k];
        d.lo[k] = d.hi[k] = (double)NAN;
        if (!drawn) continue;
        double *v = j[0].value + k * drawn;
        for (size_t i = 0; i < drawn; i++)
            v[i] -= j[1].value[k * drawn + i];
        stats_percentile(&d.lo[k], &d.hi[k], v, drawn, opts->boot.confidence);
    }
    *out = d;
    d = (dlrn_decision_difference){0};
done:
    job_clear(&j[0]);
    job_clear(&j[1]);
    free(net);
    dlrn_decision_difference_clear(&d);
    return st;
}

void dlrn_decision_difference_clear(dlrn_decision_difference *d)
{
    free(d->hi);
    free(d->lo);
    free(d->difference);
    *d = (dlrn_decision_difference){0};
}
