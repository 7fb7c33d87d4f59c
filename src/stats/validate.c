/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrap optimism. Source: <dlrn/validate.h>.
 */
#include <dlrn/validate.h>

#include <dlrn/calibration.h>

#include "stats/logistic.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 50 };

const char *dlrn_index_name(dlrn_index i)
{
    static const char *const name[] = {"Dxy", "R2", "Intercept", "Slope", "Emax", "D",
                                       "U",   "Q",  "B",         "g",     "gp"};
    return name[i];
}

typedef struct job {
    const dlrn_logistic_data *d;
    const double *start;     /* the model's coefficients, standardised       [p + 1] */
    size_t points;           /* of the curve */
    const double *predicted; /* [points] */
    size_t replicates;
    /* per replicate; NaN where it has no fit */
    double *training, *test;             /* [replicates][DLRN_INDEXES] */
    double *curve_training, *curve_test; /* [replicates][points] */
} job;

/* One model's linear predictor on all rows, from low to high, and who counts how often. */
typedef struct view {
    const double *lp;
    const uint8_t *label;
    const size_t *order;
    const double *weight; /* [n] */
    size_t n;
} view;

/* Gini's mean difference of a + b lp (or of its probability): sum over pairs |x_i - x_j| / pairs.
 * The map is monotone, so the order of lp serves. */
static double gini(const view *v, double a, double b, bool probability)
{
    double below = 0, sum_below = 0, apart = 0;
    for (size_t i = 0; i < v->n; i++) {
        const size_t row = v->order[i];
        const double w = v->weight[row], eta = a + b * v->lp[row];
        const double x = probability ? dlrn_logistic_probability(eta) : eta;
        apart += w * (below * x - sum_below);
        below += w;
        sum_below += w * x;
    }
    return fabs(apart) / (below * (below - 1) / 2);
}

static double somers(const view *v)
{
    double wins = 0, cases = 0, controls = 0;
    for (size_t i = 0, end; i < v->n; i = end) {
        double tied[2] = {0, 0};
        for (end = i; end < v->n && v->lp[v->order[end]] == v->lp[v->order[i]]; end++)
            tied[v->label[v->order[end]]] += v->weight[v->order[end]];
        wins += tied[1] * (controls + tied[0] / 2);
        controls += tied[0];
        cases += tied[1];
    }
    return 2 * wins / (cases * controls) - 1;
}

static double null_loglik(double cases, double n)
{
    return cases * log(cases / n) + (n - cases) * log1p(-cases / n);
}

/* The indexes of a linear predictor whose labels give it this intercept, slope and likelihood. */
static void measure(double out[DLRN_INDEXES], const view *v, double intercept, double slope,
                    double loglik)
{
    double n = 0, cases = 0, brier = 0, own = 0;
    for (size_t i = 0; i < v->n; i++) {
        const double w = v->weight[i], p = dlrn_logistic_probability(v->lp[i]);
        const double toward = v->label[i] ? v->lp[i] : -v->lp[i];
        n += w;
        cases += w * v->label[i];
        brier += w * (p - v->label[i]) * (p - v->label[i]);
        own -= w * (toward > 0 ? log1p(exp(-toward)) : log1p(exp(toward)) - toward);
    }
    const double empty = null_loglik(cases, n), chi2 = 2 * (loglik - empty);
    out[DLRN_INDEX_DXY] = somers(v);
    out[DLRN_INDEX_R2] = (1 - exp(-chi2 / n)) / (1 - exp(2 * empty / n));
    out[DLRN_INDEX_INTERCEPT] = intercept;
    out[DLRN_INDEX_SLOPE] = slope;
    out[DLRN_INDEX_EMAX] = 0;
    out[DLRN_INDEX_D] = (chi2 - 1) / n;
    out[DLRN_INDEX_U] = (2 * (loglik - own) - 2) / n;
    out[DLRN_INDEX_Q] = out[DLRN_INDEX_D] - out[DLRN_INDEX_U];
    out[DLRN_INDEX_BRIER] = brier / n;
    out[DLRN_INDEX_G] = gini(v, 0, slope, false);
    out[DLRN_INDEX_GP] = gini(v, intercept, slope, true);
}

/* The labels' own regression on lp, all rows counted once: coefficient[2] and log-likelihood. */
static dlrn_status recalibrate(double coefficient[2], double *loglik, const view *v)
{
    const dlrn_logistic_data d = {.x = v->lp, .label = v->label, .n = v->n, .p = 1};
    newton w = {0};
    dlrn_status st;
    DLRN_TRY(newton_init(&w, &d, &(dlrn_logistic_opts){0}, NULL));
    w.beta[0] = w.mean[1]; // intercept 0, slope 1
    w.beta[1] = w.scale[1];
    DLRN_TRY(newton_run(&w, NULL));
    coefficient[1] = w.beta[1] / w.scale[1];
    coefficient[0] = w.beta[0] - coefficient[1] * w.mean[1];
    *loglik = w.loglik;
done:
    newton_clear(&w);
    return st;
}

/* The loess curve over the rows that count, each as often as it counts. `work` holds 2 n. */
static dlrn_status curve(double *out, const job *j, const view *v, double *work, dlrn_error *err)
{
    double *p = work, *y = work + v->n;
    size_t m = 0;
    for (size_t i = 0; i < v->n; i++) {
        const size_t row = v->order[i];
        for (size_t k = (size_t)v->weight[row]; k > 0; k--, m++) {
            p[m] = dlrn_logistic_probability(v->lp[row]);
            y[m] = v->label[row];
        }
    }
    return dlrn_loess(out, j->predicted, j->points, p, y, m, 0.75, err);
}

/* Fits the model to the rows as they count and fills lp[n] for all rows. */
static dlrn_status refit(double *lp, double *loglik, const job *j, const double *weight)
{
    dlrn_logistic_data d = *j->d;
    newton w = {0};
    dlrn_status st;
    d.weight = weight;
    DLRN_TRY(newton_init(&w, &d, &(dlrn_logistic_opts){0}, NULL));
    memcpy(w.beta, j->start, w.k * sizeof *w.beta);
    DLRN_TRY(newton_run(&w, NULL));
    memcpy(lp, w.eta, d.n * sizeof *lp);
    *loglik = w.loglik;
done:
    newton_clear(&w);
    return st;
}

static dlrn_status curves(size_t b, const job *j, view *v, const double *weight, const double *once,
                          dlrn_error *err)
{
    dlrn_status st;
    double *work = NULL, rows = (double)v->n, drawn = 0;
    for (size_t i = 0; i < v->n; i++)
        drawn += weight[i];
    DLRN_TRY(dlrn_alloc_or_fail(&work, 2 * (size_t)fmax(rows, drawn), err));
    v->weight = once;
    DLRN_TRY(curve(j->curve_test + b * j->points, j, v, work, err));
    v->weight = weight;
    DLRN_TRY(curve(j->curve_training + b * j->points, j, v, work, err));
done:
    free(work);
    return st;
}

static dlrn_status replicate(void *user, size_t b, const uint32_t *count, dlrn_error *err)
{
    const job *j = user;
    const size_t n = j->d->n;
    dlrn_status st;
    double *lp = NULL, *weight, *once, loglik = 0, again[2] = {0, 1}, training[DLRN_INDEXES];
    size_t *order = NULL;

    DLRN_TRY(dlrn_alloc_or_fail(&lp, 3 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    weight = lp + n;
    once = lp + 2 * n;
    for (size_t i = 0; i < n; i++) {
        weight[i] = count[i];
        once[i] = 1;
    }
    view v = {lp, j->d->label, order, weight, n};
    st = refit(lp, &loglik, j, weight);
    if (st == DLRN_OK) {
        dlrn_sort_index(order, lp, n);
        measure(training, &v, 0, 1, loglik);
        v.weight = once;
        st = recalibrate(again, &loglik, &v);
    }
    if (st == DLRN_ENOMEM) DLRN_TRY(dlrn_fail(err, st, "out of memory in a bootstrap replicate"));
    if (st != DLRN_OK) { // no fit: it stays out of the means and is counted
        j->training[b * DLRN_INDEXES] = (double)NAN;
        st = DLRN_OK;
        goto done;
    }
    measure(j->test + b * DLRN_INDEXES, &v, again[0], again[1], loglik);
    memcpy(j->training + b * DLRN_INDEXES, training, sizeof training);
    if (j->points) DLRN_TRY(curves(b, j, &v, weight, once, err));
done:
    free(order);
    free(lp);
    return st;
}

/* ---- the model itself, and the means ---- */

static double recalibrated_emax(double intercept, double slope)
{
    double most = 0;
    for (int i = 1; i < 2000; i++) { // rms's grid
        const double p = i / 2000.0, lp = intercept + slope * log(p / (1 - p));
        most = fmax(most, fabs(p - dlrn_logistic_probability(lp)));
    }
    return most;
}

static dlrn_status apparent(dlrn_validation *v, job *j, double *start, double *once,
                            dlrn_error *err)
{
    const size_t n = j->d->n;
    dlrn_status st;
    newton w = {0};
    size_t *order = NULL;
    double *work = NULL, index[DLRN_INDEXES];

    DLRN_TRY(newton_init(&w, j->d, &(dlrn_logistic_opts){0}, err));
    DLRN_TRY(newton_run(&w, err));
    memcpy(start, w.beta, w.k * sizeof *start);
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&work, 2 * n, err));
    dlrn_sort_index(order, w.eta, n);
    for (size_t i = 0; i < n; i++)
        once[i] = 1;
    const view seen = {w.eta, j->d->label, order, once, n};
    measure(index, &seen, 0, 1, w.loglik);
    for (size_t k = 0; k < DLRN_INDEXES; k++)
        v->index[k].original = index[k];
    if (n < 11) goto done;
    const double lo = w.prob[order[4]], hi = w.prob[order[n - 5]];
    DLRN_TRY(dlrn_alloc_or_fail(&v->predicted, POINTS, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v->apparent, POINTS, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v->corrected, POINTS, err));
    for (size_t k = 0; k < POINTS; k++)
        v->predicted[k] = lo + (hi - lo) * (double)k / (POINTS - 1);
    j->predicted = v->predicted;
    j->points = v->points = POINTS;
    DLRN_TRY(curve(v->apparent, j, &seen, work, err));
    for (size_t i = 0; i < n; i++) // kept in the order of the predictions, for the mean error
        once[i] = w.prob[order[i]];
done:
    free(work);
    free(order);
    newton_clear(&w);
    return st;
}

static void average(dlrn_validation *v, const job *j)
{
    const double used = (double)v->replicates;
    for (size_t b = 0; b < j->replicates; b++) {
        if (isnan(j->training[b * DLRN_INDEXES])) continue;
        for (size_t k = 0; k < DLRN_INDEXES; k++) {
            v->index[k].training += j->training[b * DLRN_INDEXES + k] / used;
            v->index[k].test += j->test[b * DLRN_INDEXES + k] / used;
        }
        for (size_t k = 0; k < v->points; k++)
            v->corrected[k] -=
                (j->curve_training[b * v->points + k] - j->curve_test[b * v->points + k]) / used;
    }
    for (size_t k = 0; k < v->points; k++)
        v->corrected[k] += v->apparent[k];
    for (size_t k = 0; k < DLRN_INDEXES; k++) {
        dlrn_optimism *o = &v->index[k];
        o->optimism = o->training - o->test;
        o->corrected = o->original - o->optimism;
    }
    dlrn_optimism *emax = &v->index[DLRN_INDEX_EMAX];
    emax->corrected = recalibrated_emax(v->index[DLRN_INDEX_INTERCEPT].corrected,
                                        v->index[DLRN_INDEX_SLOPE].corrected);
    emax->test = emax->corrected;
    emax->optimism = -emax->corrected;
}

/* Mean over the rows' predictions p[n], ascending, of how far the corrected curve lies from them;
 * beyond its ends the curve keeps its last distance. */
static double mean_error(const dlrn_validation *v, const double *p)
{
    const double lo = v->predicted[0], step = (v->predicted[POINTS - 1] - lo) / (POINTS - 1);
    double sum = 0;
    for (size_t i = 0; i < v->n; i++) {
        const double at = step > 0 ? fmin(fmax((p[i] - lo) / step, 0), POINTS - 1) : 0;
        const size_t k = at < POINTS - 2 ? (size_t)at : POINTS - 2;
        const double left = v->corrected[k] - v->predicted[k],
                     right = v->corrected[k + 1] - v->predicted[k + 1];
        sum += fabs(left + (right - left) * (at - (double)k));
    }
    return sum / (double)v->n;
}

static dlrn_status run(dlrn_validation *v, job *j, const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    size_t *own = NULL;
    dlrn_truth t = {j->d->label, j->d->n, j->d->cluster};

    DLRN_TRY(dlrn_alloc_or_fail(&own, t.n, err));
    for (size_t i = 0; i < t.n; i++)
        own[i] = i;
    if (!t.cluster) t.cluster = own; // rows of both classes in one pot, as rms draws them
    j->replicates = boot->replicates;
    const size_t indexes = boot->replicates * DLRN_INDEXES, points = boot->replicates * j->points;
    DLRN_TRY(dlrn_alloc_or_fail(&j->training, indexes, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j->test, indexes, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j->curve_training, points, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j->curve_test, points, err));
    DLRN_TRY(stats_bootstrap(&t, boot, replicate, j, err));
    for (size_t b = 0; b < boot->replicates; b++)
        v->failed += isnan(j->training[b * DLRN_INDEXES]) ? 1 : 0;
    v->replicates = boot->replicates - v->failed;
    if (v->failed > v->replicates)
        st = dlrn_fail(err, DLRN_ENUMERIC,
                       "the model could not be fitted in %zu of %zu bootstrap replicates: it has "
                       "too many columns for its rows",
                       v->failed, boot->replicates);
done:
    free(own);
    return st;
}

dlrn_status dlrn_logistic_validate(dlrn_validation *out, const dlrn_logistic_data *d,
                                   const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    dlrn_validation v = {.n = d->n};
    job j = {.d = d};
    double *start = NULL, *rows = NULL;

    if (d->weight || d->offset || d->p == 0)
        return dlrn_fail(err, DLRN_EINVAL,
                         "bootstrap validation needs at least one column, no weights, no offset");
    DLRN_TRY(dlrn_alloc_or_fail(&start, d->p + 1, err));
    DLRN_TRY(dlrn_alloc_or_fail(&rows, d->n, err));
    j.start = start;
    DLRN_TRY(apparent(&v, &j, start, rows, err));
    for (size_t i = 0; i < d->n; i++)
        v.events += d->label[i];
    DLRN_TRY(run(&v, &j, boot, err));
    average(&v, &j);
    v.mean_error = v.points ? mean_error(&v, rows) : (double)NAN;
    *out = v;
    v = (dlrn_validation){0};
done:
    free(j.curve_test);
    free(j.curve_training);
    free(j.test);
    free(j.training);
    free(rows);
    free(start);
    dlrn_validation_clear(&v);
    return st;
}

void dlrn_validation_clear(dlrn_validation *v)
{
    free(v->corrected);
    free(v->apparent);
    free(v->predicted);
    *v = (dlrn_validation){0};
}
