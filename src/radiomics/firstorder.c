/* SPDX-License-Identifier: Apache-2.0
 *
 * First-order statistics (IBSI 3.3, 3.4). Sums are made pairwise in numpy's order, since a region
 * of one value that has no exact mean gives a skewness of 0 or 1 by the last bit of it.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/entropy.h"

enum {
    P10,
    P90,
    ENERGY,
    ENTROPY,
    IQR,
    KURTOSIS,
    MAXIMUM,
    MAD,
    MEAN,
    MEDIAN,
    MINIMUM,
    RANGE,
    RMAD,
    RMS,
    SKEWNESS,
    SD,
    TOTAL_ENERGY,
    UNIFORMITY,
    VARIANCE
};

static double pairwise_sum(const double *v, size_t n)
{
    double s = 0;
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            s += v[i];
        return s;
    }
    if (n > 128) {
        size_t half = n / 2;
        half -= half % 8;
        return pairwise_sum(v, half) + pairwise_sum(v + half, n - half);
    }
    double r[8];
    memcpy(r, v, sizeof r);
    size_t i = 8;
    for (; i < n - n % 8; i += 8)
        for (size_t k = 0; k < 8; k++)
            r[k] += v[i + k];
    s = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; i++)
        s += v[i];
    return s;
}

static void swap(double *a, double *b)
{
    const double t = *a;
    *a = *b;
    *b = t;
}

/* Puts the k-th smallest of v[lo..hi) in its place, smaller ones before it, larger ones after. */
static void select_place(double *v, size_t lo, size_t hi, size_t k)
{
    while (hi - lo > 1) {
        const size_t mid = lo + (hi - lo) / 2;
        if (v[mid] < v[lo]) swap(&v[mid], &v[lo]);
        if (v[hi - 1] < v[lo]) swap(&v[hi - 1], &v[lo]);
        if (v[hi - 1] < v[mid]) swap(&v[hi - 1], &v[mid]);
        const double pivot = v[mid];
        size_t i = lo, j = hi - 1;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (pivot < v[j])
                j--;
            if (i >= j) break;
            swap(&v[i++], &v[j--]);
        }
        // now v[lo..i) <= pivot <= v[j+1..hi), with i - 1 <= j + 1
        if (k <= j && j + 1 < hi)
            hi = j + 1;
        else if (k >= i && i > lo)
            lo = i;
        else
            return;
    }
}

/* numpy's linear percentile. v is reordered; smaller q first, from *done on. */
static double percentile(double *v, size_t n, double q, size_t *done)
{
    const double at = (double)(n - 1) * (q / 100);
    const size_t k = (size_t)at;
    const double part = at - (double)k;
    if (k >= *done) select_place(v, *done, n, k);
    *done = *done > k ? *done : k;
    if (k + 1 >= n) return v[k];
    double above = v[k + 1];
    for (size_t i = k + 2; i < n; i++)
        if (v[i] < above) above = v[i];
    const double gap = above - v[k];
    return part >= 0.5 ? above - gap * (1 - part) : v[k] + gap * part;
}

static void central_moments(double *out, double *scratch, const double *x, size_t n, double mean)
{
    // one array for each power keeps numpy's order of summation
    double *d = scratch, *p = scratch + n;
    for (size_t i = 0; i < n; i++)
        d[i] = x[i] - mean;
    for (size_t i = 0; i < n; i++)
        p[i] = fabs(d[i]);
    out[1] = pairwise_sum(p, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        p[i] = d[i] * d[i];
    out[2] = pairwise_sum(p, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        p[i] *= d[i];
    out[3] = pairwise_sum(p, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        p[i] *= d[i];
    out[4] = pairwise_sum(p, n) / (double)n;
}

static double robust_deviation(double *scratch, const double *x, size_t n, double p10, double p90)
{
    // what is left out is NaN in PyRadiomics' array, and 0 in its sums
    double *keep = scratch, *d = scratch + n;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const bool in = x[i] - p10 >= 0 && x[i] - p90 <= 0;
        keep[i] = in ? x[i] : 0;
        m += in;
    }
    if (m == 0) return NAN;
    const double mean = pairwise_sum(keep, n) / (double)m;
    for (size_t i = 0; i < n; i++) {
        const bool in = x[i] - p10 >= 0 && x[i] - p90 <= 0;
        d[i] = in ? fabs(x[i] - mean) : 0;
    }
    return pairwise_sum(d, n) / (double)m;
}

static void order_statistics(double *v, double *scratch, const double *x, size_t n)
{
    size_t done = 0;
    memcpy(scratch, x, n * sizeof *x);
    v[P10] = percentile(scratch, n, 10, &done);
    const double p25 = percentile(scratch, n, 25, &done);
    if (n % 2) {
        v[MEDIAN] = percentile(scratch, n, 50, &done);
    } else { // numpy's median is the mean of two, not an interpolation
        select_place(scratch, done, n, n / 2);
        double below = scratch[0];
        for (size_t i = 0; i < n / 2; i++)
            if (scratch[i] > below) below = scratch[i];
        v[MEDIAN] = (below + scratch[n / 2]) / 2;
        done = 0;
    }
    v[IQR] = percentile(scratch, n, 75, &done) - p25;
    v[P90] = percentile(scratch, n, 90, &done);
}

/* A copy of x[0..*n) without the voxels where the image is undefined; *known is NULL where there is
 * none. */
static dlrn_status leave_out_undefined(double **known, size_t *n, const double *x, dlrn_error *err)
{
    size_t k = 0;
    while (k < *n && !isnan(x[k]))
        k++;
    if (k == *n) return DLRN_OK;
    const dlrn_status st = dlrn_alloc_or_fail(known, *n, err);
    if (st != DLRN_OK) return st;
    k = 0;
    for (size_t i = 0; i < *n; i++)
        if (!isnan(x[i])) (*known)[k++] = x[i];
    *n = k;
    return DLRN_OK;
}

dlrn_status dlrn_firstorder(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                            const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    size_t n = roi->region->n;
    const double *x = roi->value;
    double *scratch = NULL, *known = NULL, *v = out->v, m[5];
    DLRN_TRY(dlrn_alloc_or_fail(&scratch, 2 * n, err));
    DLRN_TRY(leave_out_undefined(&known, &n, x, err));
    if (known) x = known;
    order_statistics(v, scratch, x, n);
    v[MINIMUM] = roi->min;
    v[MAXIMUM] = roi->max;
    v[RANGE] = v[MAXIMUM] - v[MINIMUM];
    v[MEAN] = pairwise_sum(x, n) / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double c = x[i] + t->voxel_array_shift;
        scratch[i] = c * c;
    }
    v[ENERGY] = pairwise_sum(scratch, n);
    v[RMS] = sqrt(v[ENERGY] / (double)n);
    v[TOTAL_ENERGY] = v[ENERGY] * (roi->spacing_mm[0] * roi->spacing_mm[1] *
                                   (roi->ndim == 3 ? roi->spacing_mm[2] : 1));
    central_moments(m, scratch, x, n, v[MEAN]);
    const double m2 = m[2] == 0 ? 1 : m[2];
    v[MAD] = m[1];
    v[SD] = sqrt(m[2]);
    v[VARIANCE] = v[SD] * v[SD];
    v[SKEWNESS] = m[3] / pow(m2, 1.5);
    v[KURTOSIS] = m[4] / (m2 * m2);
    v[RMAD] = robust_deviation(scratch, x, n, v[P10], v[P90]);
    if (isnan(v[RMAD])) out->why[RMAD] = "no value lies between the 10th and 90th percentile";
    v[ENTROPY] = v[UNIFORMITY] = 0;
    for (size_t k = 0; k < l->n_present; k++) {
        const double p = (double)l->count[k] / (double)roi->region->n;
        v[ENTROPY] += dlrn_entropy_term(p);
        v[UNIFORMITY] += p * p;
    }
done:
    free(scratch);
    free(known);
    return st;
}
