/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/describe.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

double dlrn_rank(double *rank, size_t *order, const double *v, size_t n)
{
    double ties = 0;
    dlrn_sort_index(order, v, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && v[order[end]] == v[order[i]]; end++)
            ;
        const double t = (double)(end - i);
        ties += t * t * t - t;
        for (size_t k = i; k < end; k++)
            rank[order[k]] = (double)(i + end + 1) / 2;
    }
    return ties;
}

static void describe_sorted(dlrn_summary *s, const double *v, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    s->n = n;
    s->mean = sum / (double)n; // 0/0 where there is nothing
    double rest = 0;           // what rounding left, as R's mean()
    for (size_t i = 0; i < n; i++)
        rest += v[i] - s->mean;
    s->mean += rest / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (v[i] - s->mean) * (v[i] - s->mean);
    s->sd = n > 1 ? sqrt(squares / (double)(n - 1)) : (double)NAN;
    s->min = dlrn_quantile_sorted(v, n, 0);
    s->q1 = dlrn_quantile_sorted(v, n, 0.25);
    s->median = dlrn_quantile_sorted(v, n, 0.5);
    s->q3 = dlrn_quantile_sorted(v, n, 0.75);
    s->max = dlrn_quantile_sorted(v, n, 1);
}

dlrn_status dlrn_describe(dlrn_summary *out, const double *v, size_t n, dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL, present = 0;
    double *sorted = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&sorted, n, err));
    dlrn_sort_index(order, v, n);
    for (size_t i = 0; i < n && !isnan(v[order[i]]); i++)
        sorted[present++] = v[order[i]];
    describe_sorted(out, sorted, present);
    out->missing = n - present;
done:
    free(sorted);
    free(order);
    return st;
}
