/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrap optimism. Source: <dlrn/validate.h>.
 */
#include <dlrn/validate.h>

#include "base/lanes.h"
#include "stats/logistic.h"
#include "stats/optimism.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

enum { POINTS = 50 };

const char *dlrn_index_name(dlrn_index i)
{
    static const char *const name[] = {"Dxy", "R2", "Intercept", "Slope", "Emax", "D",
                                       "U",   "Q",  "B",         "g",     "gp"};
    return name[i];
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

/* Arrays of rows that the replicates share, with room for whole lanes, and the model itself. */
typedef struct model {
    double *block;    /* z, label, once, then what apparent() ranks */
    const double **z; /* [k] */
    double *start;    /* [k] */
    double *label, *once, *lp, *p, *ranked_label;
} model;

static void model_clear(model *m)
{
    free(m->start);
    free(m->z);
    free(m->block);
    *m = (model){0};
}

static dlrn_status model_init(model *m, const newton *w, dlrn_error *err)
{
    enum { OTHERS = 5 };
    dlrn_status st;
    const size_t n = w->d->n, k = w->k, step = lanes_padded(n);
    DLRN_TRY(dlrn_alloc_or_fail(&m->block, (k + OTHERS) * step, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->z, k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->start, k, err));
    double **const part[OTHERS] = {&m->label, &m->once, &m->lp, &m->p, &m->ranked_label};
    for (size_t i = 0; i < OTHERS; i++)
        *part[i] = m->block + (k + i) * step;
    for (size_t j = 0; j < k; j++) {
        double *column = m->block + j * step;
        for (size_t i = 0; i < n; i++)
            column[i] = w->z[i * k + j];
        m->z[j] = column;
        m->start[j] = w->beta[j];
    }
    for (size_t i = 0; i < n; i++) {
        m->label[i] = w->d->label[i];
        m->once[i] = 1;
    }
done:
    return st;
}

static dlrn_status apparent_curve(dlrn_validation *v, optimism *o, const ranked *seen,
                                  dlrn_error *err)
{
    dlrn_status st;
    const double lo = seen->p[4], hi = seen->p[v->n - 5];
    DLRN_TRY(dlrn_alloc_or_fail(&v->predicted, POINTS, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v->apparent, POINTS, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v->corrected, POINTS, err));
    for (size_t k = 0; k < POINTS; k++)
        v->predicted[k] = lo + (hi - lo) * (double)k / (POINTS - 1);
    o->predicted = v->predicted;
    o->points = v->points = POINTS;
    st = optimism_curve(v->apparent, o, seen, err);
done:
    return st;
}

static dlrn_status apparent(dlrn_validation *v, optimism *o, model *m, dlrn_error *err)
{
    const size_t n = o->d->n;
    dlrn_status st;
    newton w = {0};
    size_t *order = NULL;
    double index[DLRN_INDEXES];

    DLRN_TRY(newton_init(&w, o->d, &(dlrn_logistic_opts){0}, err));
    DLRN_TRY(newton_run(&w, err));
    DLRN_TRY(model_init(m, &w, err));
    o->z = m->z;
    o->label = m->label;
    o->once = m->once;
    o->start = m->start;
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    dlrn_sort_index(order, w.eta, n);
    for (size_t i = 0; i < n; i++) {
        m->lp[i] = w.eta[order[i]];
        m->p[i] = w.prob[order[i]];
        m->ranked_label[i] = o->d->label[order[i]];
    }
    const ranked seen = {n, m->lp, m->p, m->ranked_label, m->once};
    const recalibration none = {0, 1, w.loglik, m->lp, m->p};
    optimism_measure(index, &seen, &none);
    for (size_t k = 0; k < DLRN_INDEXES; k++)
        v->index[k].original = index[k];
    if (n >= 11) st = apparent_curve(v, o, &seen, err);
done:
    free(order);
    newton_clear(&w);
    return st;
}

static void average(dlrn_validation *v, const optimism *j, size_t replicates)
{
    const double used = (double)v->replicates;
    for (size_t b = 0; b < replicates; b++) {
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

static dlrn_status run(dlrn_validation *v, optimism *o, const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    size_t *own = NULL;
    dlrn_truth t = {o->d->label, o->d->n, o->d->cluster};

    DLRN_TRY(dlrn_alloc_or_fail(&own, t.n, err));
    for (size_t i = 0; i < t.n; i++)
        own[i] = i;
    if (!t.cluster) t.cluster = own; // rows of both classes in one pot, as rms draws them
    const size_t indexes = boot->replicates * DLRN_INDEXES, points = boot->replicates * o->points;
    DLRN_TRY(dlrn_alloc_or_fail(&o->training, indexes, err));
    DLRN_TRY(dlrn_alloc_or_fail(&o->test, indexes, err));
    DLRN_TRY(dlrn_alloc_or_fail(&o->curve_training, points, err));
    DLRN_TRY(dlrn_alloc_or_fail(&o->curve_test, points, err));
    DLRN_TRY(stats_bootstrap(&t, boot, optimism_replicate, o, err));
    for (size_t b = 0; b < boot->replicates; b++)
        v->failed += isnan(o->training[b * DLRN_INDEXES]) ? 1 : 0;
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
    optimism o = {.d = d};
    model m = {0};
    const size_t workers = stats_bootstrap_workers(boot);

    if (d->weight || d->offset || d->p == 0)
        return dlrn_fail(err, DLRN_EINVAL,
                         "bootstrap validation needs at least one column, no weights, no offset");
    DLRN_TRY(dlrn_alloc_or_fail(&o.scratch, workers, err));
    DLRN_TRY(apparent(&v, &o, &m, err));
    for (size_t i = 0; i < d->n; i++)
        v.events += d->label[i];
    DLRN_TRY(run(&v, &o, boot, err));
    average(&v, &o, boot->replicates);
    v.mean_error = v.points ? mean_error(&v, m.p) : (double)NAN;
    *out = v;
    v = (dlrn_validation){0};
done:
    for (size_t k = 0; o.scratch && k < workers; k++) {
        free(o.scratch[k].block);
        free(o.scratch[k].order);
    }
    free(o.scratch);
    free(o.curve_test);
    free(o.curve_training);
    free(o.test);
    free(o.training);
    model_clear(&m);
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
