/* SPDX-License-Identifier: Apache-2.0
 *
 * The door where labels and scores are checked, and what several statistics compute alike.
 */
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double dlrn_quantile_sorted(const double *v, size_t n, double p)
{
    if (n == 0 || !(p >= 0 && p <= 1)) return (double)NAN;
    /* R's fuzz: a position that is whole but for rounding is whole */
    const double at = (double)(n - 1) * p, whole = floor(at + 4 * 2.220446049250313e-16);
    const double part = at - whole;
    const size_t low = (size_t)whole;
    if (fabs(part) < 1e-15 || low + 1 >= n) return v[low < n ? low : n - 1];
    if (v[low + 1] == v[low]) return v[low]; // as R: exactly the value that ties share
    return (1 - part) * v[low] + part * v[low + 1];
}

dlrn_status dlrn_truth_check(size_t *cases, const dlrn_truth *t, const double *score,
                             dlrn_error *err)
{
    size_t count = 0;
    if (t->n == 0) return dlrn_fail(err, DLRN_EINVAL, "no rows");
    for (size_t i = 0; i < t->n; i++) {
        if (t->label[i] > 1)
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: label is %u, expected 0 or 1", i + 1,
                             t->label[i]);
        if (!isfinite(score[i]))
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: score is not a finite number", i + 1);
        count += t->label[i];
    }
    if (cases) *cases = count;
    return DLRN_OK;
}

dlrn_status dlrn_truth_check_probability(size_t *cases, const dlrn_truth *t, const double *p,
                                         dlrn_error *err)
{
    for (size_t i = 0; i < t->n; i++)
        if (p[i] < 0 || p[i] > 1)
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: %.17g is no probability (expected 0 to 1)",
                             i + 1, p[i]);
    return dlrn_truth_check(cases, t, p, err);
}

dlrn_status stats_need_both_classes(size_t cases, size_t n, const char *what, dlrn_error *err)
{
    return cases > 0 && cases < n
               ? DLRN_OK
               : dlrn_fail(err, DLRN_EINVAL, "%zu positive and %zu negative rows: %s needs both",
                           cases, n - cases, what);
}

double stats_mean(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
}

double stats_covariance(const double *a, const double *b, size_t n)
{
    const double mean_a = stats_mean(a, n), mean_b = stats_mean(b, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (a[i] - mean_a) * (b[i] - mean_b);
    return sum / (double)(n - 1);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void stats_sort(double *v, size_t n)
{
    qsort(v, n, sizeof *v, compare_doubles);
}

dlrn_status stats_number_clusters(size_t *out, size_t *count, const size_t *cluster, size_t n,
                                  dlrn_error *err)
{
    dlrn_status st;
    double *key = NULL;
    size_t *order = NULL;

    DLRN_TRY(dlrn_alloc_or_fail(&key, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    for (size_t i = 0; i < n; i++)
        key[i] = (double)cluster[i];
    dlrn_sort_index(order, key, n);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || cluster[order[i]] != cluster[order[i - 1]]) ++*count;
        out[order[i]] = *count - 1;
    }
done:
    free(order);
    free(key);
    return st;
}

/* ---- drawing with replacement ---- */

static dlrn_status group_rows(resampler *r, const dlrn_truth *t, dlrn_error *err)
{
    dlrn_status st;
    size_t *number = NULL;

    DLRN_TRY(dlrn_alloc_or_fail(&number, t->n, err));
    if (t->cluster) {
        DLRN_TRY(stats_number_clusters(number, &r->groups, t->cluster, t->n, err));
    } else {
        r->groups = 2;
        for (size_t i = 0; i < t->n; i++)
            number[i] = t->label[i];
    }
    DLRN_TRY(dlrn_alloc_or_fail(&r->start, r->groups + 2, err));
    for (size_t i = 0; i < t->n; i++)
        r->start[number[i] + 2]++;
    for (size_t g = 1; g <= r->groups + 1; g++)
        r->start[g] += r->start[g - 1];
    for (size_t i = 0; i < t->n; i++)
        r->row[r->start[number[i] + 1]++] = i;
    st = DLRN_OK;
done:
    free(number);
    return st;
}

dlrn_status resampler_init(resampler *r, const dlrn_truth *t, dlrn_error *err)
{
    dlrn_status st;
    *r = (resampler){.n = t->n, .clustered = t->cluster != NULL, .label = t->label};
    DLRN_TRY(dlrn_alloc_or_fail(&r->row, t->n, err));
    DLRN_TRY(group_rows(r, t, err));
done:
    if (st != DLRN_OK) resampler_clear(r);
    return st;
}

void resampler_clear(resampler *r)
{
    free(r->start);
    free(r->row);
    *r = (resampler){0};
}

/* 0..n-1 from 32 random bits; the bias is below n / 2^32. */
static size_t below(uint32_t bits, size_t n)
{
    return (size_t)(((uint64_t)bits * n) >> 32);
}

static void draw_rows(const resampler *r, dlrn_rng *rng, uint32_t *weight)
{
    for (size_t g = 0; g < 2; g++) {
        const size_t *row = r->row + r->start[g], n = r->start[g + 1] - r->start[g];
        for (size_t i = 0; i < n; i += 2) {
            const uint64_t bits = dlrn_rng_next(rng);
            weight[row[below((uint32_t)bits, n)]]++;
            if (i + 1 < n) weight[row[below((uint32_t)(bits >> 32), n)]]++;
        }
    }
}

static bool draw_clusters(const resampler *r, dlrn_rng *rng, uint32_t *weight)
{
    bool seen[2] = {false, false};
    for (size_t i = 0; i < r->groups; i++) {
        const size_t g = (size_t)dlrn_rng_below(rng, r->groups);
        for (size_t k = r->start[g]; k < r->start[g + 1]; k++) {
            weight[r->row[k]]++;
            seen[r->label[r->row[k]]] = true;
        }
    }
    return seen[0] && seen[1];
}

void resampler_draw(const resampler *r, dlrn_rng *rng, uint32_t *weight)
{
    if (!r->clustered) {
        memset(weight, 0, r->n * sizeof *weight);
        draw_rows(r, rng, weight);
        return;
    }
    /* a draw of one class has no answer: draw again, as a stratified bootstrap never meets one */
    for (int attempt = 0; attempt < 1000; attempt++) {
        memset(weight, 0, r->n * sizeof *weight);
        if (draw_clusters(r, rng, weight)) return;
    }
}
