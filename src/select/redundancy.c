/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns that say the same: the correlation filter and mRMR.
 */
#include "select/steps.h"

#include <dlrn/correlation.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* |r| of all pairs of kept columns; 0 where a column does not vary. */
static dlrn_status absolute_correlations(double **r, size_t **column, size_t *n,
                                         const uint8_t *keep, const dlrn_select_data *d,
                                         dlrn_correlation_method method, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(column, d->cols, err));
    *n = select_list(*column, keep, d->cols);
    DLRN_TRY(dlrn_alloc_or_fail(&x, d->rows * *n, err));
    DLRN_TRY(dlrn_alloc_or_fail(r, *n * *n, err));
    select_gather(x, d->x, d->rows, d->cols, *column, *n);
    DLRN_TRY(dlrn_correlation(*r, NULL, x, d->rows, *n, method, NULL, err));
    for (size_t k = 0; k < *n * *n; k++)
        (*r)[k] = isnan((*r)[k]) ? 0 : fabs((*r)[k]);
done:
    free(x);
    return st;
}

/* From the smallest mean |r| to the largest: a column stays unless one that stays already is too
 * near. So of any pair that is too near the one with the larger mean goes, if the other is there.
 */
dlrn_status select_by_correlation(uint8_t *keep, const dlrn_select_data *d,
                                  const dlrn_select_step *step, char **note, dlrn_error *err)
{
    (void)note;
    dlrn_status st;
    dlrn_correlation_method method;
    double *r = NULL, *mean = NULL;
    size_t *column = NULL, *order = NULL, *stays = NULL, n, kept = 0;
    DLRN_TRY(dlrn_correlation_from_name(&method, step->word ? step->word : "spearman", err));
    DLRN_TRY(absolute_correlations(&r, &column, &n, keep, d, method, err));
    DLRN_TRY(dlrn_alloc_or_fail(&mean, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&stays, n, err));
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
            mean[k] += r[k * n + l] / (double)n;
    dlrn_sort_index(order, mean, n);
    for (size_t o = 0; o < n; o++) {
        const size_t k = order[o];
        bool near = false;
        for (size_t q = 0; q < kept && !near; q++)
            near = r[k * n + stays[q]] > step->number;
        if (near)
            keep[column[k]] = 0;
        else
            stays[kept++] = k;
    }
done:
    free(stays);
    free(order);
    free(mean);
    free(column);
    free(r);
    return st;
}

/* One-way analysis of variance of a column between the two labels. */
static double f_statistic(const dlrn_select_data *d, size_t j)
{
    double n[2] = {0, 0}, mean[2] = {0, 0}, within = 0;
    for (size_t i = 0; i < d->rows; i++) {
        n[d->label[i]]++;
        mean[d->label[i]] += d->x[i * d->cols + j];
    }
    mean[0] /= n[0];
    mean[1] /= n[1];
    for (size_t i = 0; i < d->rows; i++) {
        const double e = d->x[i * d->cols + j] - mean[d->label[i]];
        within += e * e;
    }
    const double gap = mean[1] - mean[0], between = gap * gap * n[0] * n[1] / (n[0] + n[1]);
    if (within > 0) return between / (within / (n[0] + n[1] - 2));
    return between > 0 ? (double)INFINITY : 0;
}

/* FCQ of Zhao, Anand & Wang (IEEE DSAA 2019): each turn takes the column with the largest F divided
 * by its mean |Pearson r| with those taken; ties go to the lowest column. */
dlrn_status select_by_mrmr(uint8_t *keep, const dlrn_select_data *d, const dlrn_select_step *step,
                           char **note, dlrn_error *err)
{
    (void)note;
    dlrn_status st;
    double *r = NULL, *f = NULL, *redundancy = NULL;
    size_t *column = NULL, n;
    if (step->k == 0) return dlrn_fail(err, DLRN_EINVAL, "mrmr: k is 0, expected 1 or more");
    DLRN_TRY(absolute_correlations(&r, &column, &n, keep, d, DLRN_PEARSON, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&redundancy, n, err));
    for (size_t k = 0; k < n; k++) {
        f[k] = f_statistic(d, column[k]);
        keep[column[k]] = 0;
    }
    for (size_t taken = 0; taken < step->k && taken < n; taken++) {
        size_t best = n;
        double most = -1;
        for (size_t k = 0; k < n; k++) {
            if (keep[column[k]]) continue;
            const double mean = taken ? fmax(redundancy[k] / (double)taken, 1e-3) : 1;
            if (best < n && !(f[k] / mean > most)) continue;
            best = k;
            most = f[k] / mean;
        }
        keep[column[best]] = 1;
        for (size_t k = 0; k < n; k++)
            redundancy[k] += r[k * n + best];
    }
done:
    free(redundancy);
    free(f);
    free(column);
    free(r);
    return st;
}
