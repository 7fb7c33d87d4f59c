/* SPDX-License-Identifier: Apache-2.0
 *
 * A replicate fits the model to the rows as they were drawn, then judges it on them and on all
 * rows. Rows drawn several times are counted, not copied.
 */
#include "stats/optimism.h"

#include "base/lanes.h"
#include "stats/loess.h"
#include "stats/logistic.h"
#include "stats/refit.h"

#include <math.h>
#include <stdlib.h>

/* Gini's mean difference of ascending (or descending) x: sum over pairs |x_i - x_j| / pairs. */
static double gini(const double *x, const double *weight, size_t n)
{
    double below = 0, sum_below = 0, apart = 0;
    for (size_t i = 0; i < n; i++) {
        apart += weight[i] * (below * x[i] - sum_below);
        below += weight[i];
        sum_below += weight[i] * x[i];
    }
    return fabs(apart) / (below * (below - 1) / 2);
}

static double somers(const ranked *v)
{
    double wins = 0, cases = 0, controls = 0;
    for (size_t i = 0, end; i < v->n; i = end) {
        double tied = 0, tied_cases = 0;
        for (end = i; end < v->n && v->lp[end] == v->lp[i]; end++) {
            tied += v->weight[end];
            tied_cases += v->weight[end] * v->label[end];
        }
        wins += tied_cases * (controls + (tied - tied_cases) / 2);
        controls += tied - tied_cases;
        cases += tied_cases;
    }
    return 2 * wins / (cases * controls) - 1;
}

static double null_loglik(double cases, double n)
{
    return cases * log(cases / n) + (n - cases) * log1p(-cases / n);
}

void optimism_measure(double out[DLRN_INDEXES], const ranked *v, const recalibration *again)
{
    double n = 0, cases = 0, brier = 0;
    for (size_t i = 0; i < v->n; i++) {
        const double miss = v->p[i] - v->label[i];
        n += v->weight[i];
        cases += v->weight[i] * v->label[i];
        brier += v->weight[i] * miss * miss;
    }
    const double empty = null_loglik(cases, n), chi2 = 2 * (again->loglik - empty);
    const double own = again->eta == v->lp
                           ? again->loglik
                           : refit_loglik(v->lp, v->label, v->weight, lanes_padded(v->n));
    out[DLRN_INDEX_DXY] = somers(v);
    out[DLRN_INDEX_R2] = (1 - exp(-chi2 / n)) / (1 - exp(2 * empty / n));
    out[DLRN_INDEX_INTERCEPT] = again->intercept;
    out[DLRN_INDEX_SLOPE] = again->slope;
    out[DLRN_INDEX_EMAX] = 0;
    out[DLRN_INDEX_D] = (chi2 - 1) / n;
    out[DLRN_INDEX_U] = (2 * (again->loglik - own) - 2) / n;
    out[DLRN_INDEX_Q] = out[DLRN_INDEX_D] - out[DLRN_INDEX_U];
    out[DLRN_INDEX_BRIER] = brier / n;
    out[DLRN_INDEX_G] = gini(again->eta, v->weight, v->n);
    out[DLRN_INDEX_GP] = gini(again->prob, v->weight, v->n);
}

static const double span = 0.75;

dlrn_status optimism_curve(double *out, const optimism *o, const ranked *v, dlrn_error *err)
{
    const loess_rows r = {.x = v->p, .y = v->label, .n = v->n, .copies = v->n};
    return stats_loess(out, o->predicted, o->points, &r, span, err);
}

/* The same of rows that count as often as they were drawn; `work` holds 4 n doubles. */
static dlrn_status drawn_curve(double *out, const optimism *o, const ranked *v, double *work,
                               dlrn_error *err)
{
    double *x = work, *y = work + v->n, *count = work + 2 * v->n;
    dlrn_status st;
    uint32_t *copy = NULL;
    size_t rows = 0, copies = 0, k = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->weight[i] == 0) continue;
        x[rows] = v->p[i];
        y[rows] = v->label[i];
        count[rows++] = v->weight[i];
        copies += (size_t)v->weight[i];
    }
    DLRN_TRY(dlrn_alloc_or_fail(&copy, copies, err));
    for (size_t i = 0; i < rows; i++)
        for (size_t c = (size_t)count[i]; c > 0; c--)
            copy[k++] = (uint32_t)i;
    const loess_rows r = {
        .x = x, .y = y, .count = count, .copy = copy, .n = rows, .copies = copies};
    st = stats_loess(out, o->predicted, o->points, &r, span, err);
done:
    free(copy);
    return st;
}

/* ---- a replicate ---- */

/* The arrays of a worker. */
typedef struct arrays {
    double *weight, *eta, *prob, *slope, *rest;    /* of the fit, in the rows' order    [n] */
    double *lp, *p, *label, *drawn, *eta2, *prob2; /* from low to high                  [n] */
    double *work;                                  /* [4 n] */
    double *beta, *small;                          /* [k], [k (k + 3)] */
    size_t *order;                                 /* [n] */
} arrays;

enum { ROW_ARRAYS = 11, WORK = 4 };

static dlrn_status open_scratch(arrays *a, optimism_scratch *s, size_t n, size_t k, dlrn_error *err)
{
    const size_t step = lanes_padded(n);
    dlrn_status st = DLRN_OK;
    if (!s->block) { // zeroed: rows beyond n stay so
        DLRN_TRY(
            dlrn_alloc_or_fail(&s->block, (ROW_ARRAYS + WORK) * step + k + k * (k + 3) + 16, err));
        DLRN_TRY(dlrn_alloc_or_fail(&s->order, n, err));
    }
    double **const part[ROW_ARRAYS] = {&a->weight, &a->eta,  &a->prob, &a->slope,
                                       &a->rest,   &a->lp,   &a->p,    &a->label,
                                       &a->drawn,  &a->eta2, &a->prob2};
    for (size_t i = 0; i < ROW_ARRAYS; i++)
        *part[i] = s->block + i * step;
    a->work = s->block + ROW_ARRAYS * step;
    a->beta = a->work + WORK * step;
    a->small = a->beta + k;
    a->order = s->order;
done:
    return st;
}

/* Newton's method with all its safeguards, where the quick one did not settle. */
static dlrn_status fit_carefully(arrays *a, double *loglik, const optimism *o)
{
    dlrn_logistic_data d = *o->d;
    newton w = {0};
    dlrn_status st;
    d.weight = a->weight;
    DLRN_TRY(newton_init(&w, &d, &(dlrn_logistic_opts){0}, NULL));
    for (size_t j = 0; j < w.k; j++)
        w.beta[j] = o->start[j];
    DLRN_TRY(newton_run(&w, NULL));
    for (size_t i = 0; i < d.n; i++) {
        a->eta[i] = w.eta[i];
        a->prob[i] = w.prob[i];
    }
    *loglik = w.loglik;
done:
    newton_clear(&w);
    return st;
}

static dlrn_status fit_drawn(arrays *a, double *loglik, const optimism *o)
{
    const size_t k = o->d->p + 1;
    refit f = {.n = o->d->n,
               .k = k,
               .z = o->z,
               .label = o->label,
               .weight = a->weight,
               .beta = a->beta,
               .eta = a->eta,
               .prob = a->prob,
               .slope = a->slope,
               .rest = a->rest,
               .small = a->small};
    for (size_t j = 0; j < k; j++)
        a->beta[j] = o->start[j];
    if (!refit_run(&f)) return fit_carefully(a, loglik, o);
    *loglik = f.loglik;
    return DLRN_OK;
}

static void rank(arrays *a, size_t n, const double *label)
{
    dlrn_sort_index(a->order, a->eta, n);
    for (size_t i = 0; i < n; i++) {
        const size_t row = a->order[i];
        a->lp[i] = a->eta[row];
        a->p[i] = a->prob[row];
        a->label[i] = label[row];
        a->drawn[i] = a->weight[row];
    }
}

/* The labels' own regression on lp, all rows counted once. */
static bool recalibrate(recalibration *out, arrays *a, const optimism *o)
{
    const double *const z[] = {o->once, a->lp};
    double beta[] = {0, 1}, small[10];
    refit f = {.n = o->d->n,
               .k = 2,
               .z = z,
               .label = a->label,
               .weight = o->once,
               .beta = beta,
               .eta = a->eta2,
               .prob = a->prob2,
               .slope = a->slope,
               .rest = a->rest,
               .small = small};
    const bool found = refit_run(&f);
    *out = (recalibration){beta[0], beta[1], f.loglik, a->eta2, a->prob2};
    return found;
}

dlrn_status optimism_replicate(void *user, size_t b, size_t worker, const uint32_t *count,
                               dlrn_error *err)
{
    const optimism *o = user;
    const size_t n = o->d->n;
    dlrn_status st;
    arrays a;
    double loglik;
    recalibration again;

    DLRN_TRY(open_scratch(&a, &o->scratch[worker], n, o->d->p + 1, err));
    for (size_t i = 0; i < n; i++)
        a.weight[i] = count[i];
    st = fit_drawn(&a, &loglik, o);
    if (st == DLRN_ENOMEM) return dlrn_fail(err, st, "out of memory in a bootstrap replicate");
    if (st == DLRN_OK) rank(&a, n, o->label);
    if (st != DLRN_OK || !recalibrate(&again, &a, o)) { // it stays out of the means, and is counted
        o->training[b * DLRN_INDEXES] = (double)NAN;
        return DLRN_OK;
    }
    const ranked training = {n, a.lp, a.p, a.label, a.drawn},
                 test = {n, a.lp, a.p, a.label, o->once};
    const recalibration none = {0, 1, loglik, a.lp, a.p};
    optimism_measure(o->training + b * DLRN_INDEXES, &training, &none);
    optimism_measure(o->test + b * DLRN_INDEXES, &test, &again);
    if (!o->points) return DLRN_OK;
    DLRN_TRY(optimism_curve(o->curve_test + b * o->points, o, &test, err));
    st = drawn_curve(o->curve_training + b * o->points, o, &training, a.work, err);
done:
    return st;
}
