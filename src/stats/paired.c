/* SPDX-License-Identifier: Apache-2.0
 *
 * Paired calls. Sources: <dlrn/paired.h>.
 */
#include <dlrn/paired.h>

#include <dlrn/classify.h>
#include <dlrn/special.h>
#include <dlrn/tests.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

/* Correlation of the two, its numerator corrected for continuity; 0 where a margin is empty. */
static double correlation(const dlrn_paired_rate *r)
{
    const double e = (double)r->both, f = (double)r->only_a, g = (double)r->only_b,
                 h = (double)r->neither;
    const double margins = (e + f) * (g + h) * (e + g) * (f + h);
    double top = e * h - f * g;
    if (top > 0) top = fmax(0, top - (double)r->n / 2);
    return margins > 0 ? top / sqrt(margins) : 0;
}

static double side(double x, double y, double phi)
{
    return sqrt(fmax(0, x * x - 2 * phi * x * y + y * y));
}

static void newcombe(dlrn_paired_rate *r, double confidence)
{
    const dlrn_estimate a = dlrn_proportion(r->both + r->only_a, r->n, confidence, DLRN_WILSON);
    const dlrn_estimate b = dlrn_proportion(r->both + r->only_b, r->n, confidence, DLRN_WILSON);
    const double phi = correlation(r);
    r->difference.lo = r->difference.value - side(a.value - a.lo, b.hi - b.value, phi);
    r->difference.hi = r->difference.value + side(a.hi - a.value, b.value - b.lo, phi);
}

/* Two-sided: twice the smaller tail, since half of the discordant rows are each one's. */
static double exact(size_t b, size_t c)
{
    const double few = (double)(b < c ? b : c), n = (double)(b + c);
    return fmin(1, 2 * dlrn_binomial_cdf(few, n, 0.5));
}

/* Sums over clusters: rows that count, and rows only a less rows only b has right. */
static dlrn_status by_cluster(dlrn_paired_rate *r, const int8_t *more, const bool *counts,
                              const dlrn_truth *t, double confidence, dlrn_error *err)
{
    dlrn_status st;
    size_t *number = NULL, all;
    double *sum = NULL, *size = NULL, square = 0, apart = 0, clusters = 0, total = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&number, t->n, err));
    DLRN_TRY(stats_number_clusters(number, &all, t->cluster, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&sum, all, err));
    DLRN_TRY(dlrn_alloc_or_fail(&size, all, err));
    for (size_t i = 0; i < t->n; i++) {
        if (!counts[i]) continue;
        sum[number[i]] += more[i];
        size[number[i]]++;
    }
    const double n = (double)r->n;
    for (size_t k = 0; k < all; k++) {
        const double own = sum[k] - size[k] * r->difference.value;
        clusters += size[k] > 0;
        total += sum[k];
        square += sum[k] * sum[k];
        apart += own * own;
    }
    const double factor = clusters / (clusters - 1); // one cluster: infinite, and no answer
    const double reach = dlrn_normal_quantile((1 + confidence) / 2) * sqrt(factor * apart) / n;
    const bool known = clusters > 1, wide = known && apart > 0;
    r->chi2 = known ? (square > 0 ? total * total / (factor * square) : 0) : (double)NAN;
    r->p = known ? dlrn_chi2_upper(r->chi2, 1) : (double)NAN;
    r->difference.lo = wide ? fmax(-1, r->difference.value - reach) : (double)NAN;
    r->difference.hi = wide ? fmin(1, r->difference.value + reach) : (double)NAN;
    r->exact_p = (double)NAN;
done:
    free(size);
    free(sum);
    free(number);
    return st;
}

static dlrn_status rate(dlrn_paired_rate *out, const int8_t *right_a, const int8_t *right_b,
                        const bool *counts, const dlrn_truth *t, double confidence, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_paired_rate r = {0};
    dlrn_test test = {0, 1, 1};
    int8_t *more = NULL;
    for (size_t i = 0; i < t->n; i++) {
        if (!counts[i]) continue;
        r.n++;
        ++*(right_a[i] ? (right_b[i] ? &r.both : &r.only_a)
                       : (right_b[i] ? &r.only_b : &r.neither));
    }
    const double n = (double)r.n;
    r.a = (double)(r.both + r.only_a) / n;
    r.b = (double)(r.both + r.only_b) / n;
    r.difference.value = ((double)r.only_a - (double)r.only_b) / n;
    if (t->cluster) {
        DLRN_TRY(dlrn_alloc_or_fail(&more, t->n, err));
        for (size_t i = 0; i < t->n; i++)
            more[i] = (int8_t)(right_a[i] - right_b[i]);
        DLRN_TRY(by_cluster(&r, more, counts, t, confidence, err));
    } else {
        if (r.only_a + r.only_b > 0)
            DLRN_TRY(dlrn_mcnemar(&test, (double)r.only_a, (double)r.only_b, err));
        r.chi2 = test.statistic;
        r.p = test.p;
        r.exact_p = exact(r.only_a, r.only_b);
        newcombe(&r, confidence);
    }
    *out = r;
done:
    free(more);
    return st;
}

dlrn_status dlrn_paired_calls(dlrn_paired *out, const double *a, double threshold_a,
                              const double *b, double threshold_b, const dlrn_truth *t,
                              double confidence, dlrn_error *err)
{
    dlrn_status st;
    size_t cases;
    int8_t *right_a = NULL, *right_b = NULL;
    bool *counts = NULL;
    dlrn_paired_rate *const rates[] = {&out->specificity, &out->sensitivity, &out->accuracy};

    DLRN_TRY(dlrn_truth_check(&cases, t, a, err));
    DLRN_TRY(dlrn_truth_check(NULL, t, b, err));
    DLRN_TRY(stats_need_both_classes(cases, t->n, "a comparison of calls", err));
    DLRN_TRY(dlrn_alloc_or_fail(&right_a, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&right_b, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&counts, t->n, err));
    for (size_t i = 0; i < t->n; i++) {
        right_a[i] = (a[i] >= threshold_a) == t->label[i];
        right_b[i] = (b[i] >= threshold_b) == t->label[i];
    }
    for (int k = 0; k < 3; k++) { // negative rows, positive ones, all
        for (size_t i = 0; i < t->n; i++)
            counts[i] = k == 2 || t->label[i] == k;
        DLRN_TRY(rate(rates[k], right_a, right_b, counts, t, confidence, err));
    }
done:
    free(counts);
    free(right_b);
    free(right_a);
    return st;
}
