/* SPDX-License-Identifier: Apache-2.0
 *
 * The calibration curve: loess of the outcome on the prediction, with a pointwise band.
 * Definitions: <dlrn/calibration.h>.
 */
#include "stats/calibration.h"

#include <dlrn/special.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

static const double span = 0.75;

/* ---- at the rows: fitted at points of the data, in chunks on several threads ---- */

enum { MANY = 5000, CHUNK = 25 };

typedef struct curve {
    const double *p, *y;
    size_t n, points;
    double *at, *value; /* [points] */
} curve;

static dlrn_status fit_chunk(void *user, size_t i, size_t worker, dlrn_error *err)
{
    (void)worker;
    const curve *c = user;
    const size_t from = i * CHUNK, left = c->points - from;
    return dlrn_loess(c->value + from, c->at + from, left < CHUNK ? left : CHUNK, c->p, c->y, c->n,
                      span, err);
}

/* Every row's value, between the points by straight lines. */
static void between_points(double *out, const curve *c)
{
    size_t k = 0;
    for (size_t i = 0; i < c->n; i++) {
        while (k + 2 < c->points && c->p[i] > c->at[k + 1])
            k++;
        out[i] = c->value[k];
        if (k + 1 < c->points && c->at[k + 1] > c->at[k])
            out[i] +=
                (c->value[k + 1] - c->value[k]) * (c->p[i] - c->at[k]) / (c->at[k + 1] - c->at[k]);
    }
}

dlrn_status stats_curve_at_rows(double *out, const double *p, const double *y, size_t n,
                                size_t points, int threads, dlrn_error *err)
{
    dlrn_status st;
    curve k = {.p = p, .y = y, .n = n, .points = n > MANY ? points : n};
    const dlrn_exec ex = {.threads = threads};
    DLRN_TRY(dlrn_alloc_or_fail(&k.at, k.points, err));
    DLRN_TRY(dlrn_alloc_or_fail(&k.value, k.points, err));
    for (size_t i = 0; i < k.points; i++)
        k.at[i] = p[k.points == n ? i : i * (n - 1) / (k.points - 1)];
    DLRN_TRY(dlrn_parallel_for((k.points + CHUNK - 1) / CHUNK, dlrn_exec_threads(&ex), fit_chunk,
                               &k, err));
    between_points(out, &k);
done:
    free(k.value);
    free(k.at);
    return st;
}

/* ---- with its band ---- */

static double clip(double v)
{
    return fmin(fmax(v, 0), 1);
}

/* The rows by prediction, and what the band needs of them. */
typedef struct rows {
    size_t n, clusters;
    double *p, *y, *fitted; /* p ascending                                [n] */
    size_t *cluster;        /* 0..clusters-1; NULL: each row its own      [n] */
    double *variance;       /* of an outcome, by the curve                [n] */
    double *weight;         /* scratch                                    [n] */
    double *sum;            /* scratch                                    [clusters] */
} rows;

static void rows_clear(rows *r)
{
    free(r->sum);
    free(r->weight);
    free(r->variance);
    free(r->cluster);
    free(r->fitted);
    free(r->y);
    free(r->p);
}

static dlrn_status rows_init(rows *r, const double *p, const dlrn_truth *t, int threads,
                             dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL, *number = NULL;
    r->n = t->n;
    DLRN_TRY(dlrn_alloc_or_fail(&order, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->p, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->y, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->fitted, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->variance, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r->weight, t->n, err));
    dlrn_sort_index(order, p, t->n);
    for (size_t i = 0; i < t->n; i++) {
        r->p[i] = p[order[i]];
        r->y[i] = t->label[order[i]];
    }
    if (t->cluster) {
        DLRN_TRY(dlrn_alloc_or_fail(&number, t->n, err));
        DLRN_TRY(dlrn_alloc_or_fail(&r->cluster, t->n, err));
        DLRN_TRY(stats_number_clusters(number, &r->clusters, t->cluster, t->n, err));
        DLRN_TRY(dlrn_alloc_or_fail(&r->sum, r->clusters, err));
        for (size_t i = 0; i < t->n; i++)
            r->cluster[i] = number[order[i]];
    }
    // the variance needs the curve less sharply than the errors along it do
    DLRN_TRY(stats_curve_at_rows(r->fitted, r->p, r->y, r->n, 200, threads, err));
    for (size_t i = 0; i < t->n; i++)
        r->variance[i] = clip(r->fitted[i]) * (1 - clip(r->fitted[i]));
done:
    free(number);
    free(order);
    return st;
}

/* Variance of the curve at `at`: every row's outcome is drawn with its own probability, or, with
 * clusters, errs together with the others of its cluster. */
static double variance_at(const rows *r, double at, double *value)
{
    size_t from, to;
    double variance = 0;
    stats_loess_weights(r->weight, &from, &to, at, r->p, r->n, span);
    *value = 0;
    for (size_t k = 0; k < r->clusters; k++)
        r->sum[k] = 0;
    for (size_t i = from; i < to; i++) {
        const double w = r->weight[i];
        *value += w * r->y[i];
        if (r->cluster)
            r->sum[r->cluster[i]] += w * (r->y[i] - r->fitted[i]);
        else
            variance += w * w * r->variance[i];
    }
    for (size_t k = 0; k < r->clusters; k++)
        variance += r->sum[k] * r->sum[k];
    return variance;
}

dlrn_status dlrn_calibration_curve(dlrn_calibration_point *out, const double *at, size_t m,
                                   const double *p, const dlrn_truth *t, double confidence,
                                   int threads, dlrn_error *err)
{
    dlrn_status st;
    rows r = {0};
    const double z = dlrn_normal_quantile((1 + confidence) / 2);
    DLRN_TRY(dlrn_truth_check_probability(NULL, t, p, err));
    DLRN_TRY(rows_init(&r, p, t, threads, err));
    for (size_t k = 0; k < m; k++) {
        double value;
        const double reach = z * sqrt(variance_at(&r, at[k], &value));
        out[k] =
            (dlrn_calibration_point){at[k], clip(value), clip(value - reach), clip(value + reach)};
    }
done:
    rows_clear(&r);
    return st;
}
