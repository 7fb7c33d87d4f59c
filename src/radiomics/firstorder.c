/* SPDX-License-Identifier: Apache-2.0
 *
 * First-order statistics (IBSI 3.3, 3.4). Sums are made pairwise in numpy's order, since a region
 * of one value that has no exact mean gives a skewness of 0 or 1 by the last bit of it.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "radiomics/entropy.h"
#include "radiomics/ranks.h"
#include "radiomics/sums.h"

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

/* Quantities of the voxels, summed all at once: fill() writes them for a leaf of voxels. x is
 * followed by zeros there, up to a multiple of four. */
enum { LEAF = 128, MAX_SUMS = 6 };

typedef struct quantities {
    void (*fill)(double q[MAX_SUMS][LEAF], const double *x, size_t n, const struct quantities *a);
    size_t n;
    double shift, mean, p10, p90;
} quantities;

static inline double leaf_sum(const double *v, size_t n)
{
    double s = 0;
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            s += v[i];
        return s;
    }
    dlrn_four a = *(const dlrn_four *)v, b = *(const dlrn_four *)(v + 4);
    size_t i = 8;
    for (; i < n - n % 8; i += 8) {
        a += *(const dlrn_four *)(v + i);
        b += *(const dlrn_four *)(v + i + 4);
    }
    s = ((a[0] + a[1]) + (a[2] + a[3])) + ((b[0] + b[1]) + (b[2] + b[3]));
    for (; i < n; i++)
        s += v[i];
    return s;
}

DLRN_WIDE static void leaf_sums(double *sum, double q[MAX_SUMS][LEAF], size_t n_sums, size_t n)
{
    for (size_t k = 0; k < n_sums; k++)
        sum[k] = leaf_sum(q[k], n);
}

/* A reader of the values, piece by piece. */
typedef struct reader {
    const dlrn_piece *piece;
    size_t at; /* in it */
} reader;

/* The next n values, and zeros up to a multiple of four; in `room` where they do not lie side by
 * side. */
static const double *take(reader *r, size_t n, double room[LEAF])
{
    if (n % 4 == 0 && r->piece->n - r->at >= n) {
        r->at += n;
        return r->piece->v + r->at - n;
    }
    for (size_t got = 0, m; got < n; got += m) {
        if (r->at == r->piece->n) {
            r->piece++;
            r->at = 0;
        }
        m = r->piece->n - r->at < n - got ? r->piece->n - r->at : n - got;
        memcpy(room + got, r->piece->v + r->at, m * sizeof *room);
        r->at += m;
    }
    for (size_t k = n; k % 4; k++)
        room[k] = 0;
    return room;
}

/* sum[a->n] over the next n values, pairwise as numpy. */
static void pairwise_sums(double *sum, reader *r, size_t n, const quantities *a)
{
    double second[MAX_SUMS];
    if (n <= LEAF) {
        double q[MAX_SUMS][LEAF], room[LEAF];
        a->fill(q, take(r, n, room), n, a);
        leaf_sums(sum, q, a->n, n);
        return;
    }
    const size_t half = dlrn_sum_half(n);
    pairwise_sums(sum, r, half, a);
    pairwise_sums(second, r, n - half, a);
    for (size_t k = 0; k < a->n; k++)
        sum[k] += second[k];
}

/* Branches of the pairwise sum, each the work of one thread. */
enum { BRANCH = 1 << 16 };

typedef struct branch {
    reader from;
    size_t n;
    double sum[MAX_SUMS];
} branch;

typedef struct tree {
    branch *v; /* [n] */
    size_t n, voxels;
    int threads;
    const quantities *a;
} tree;

static void find_branches(tree *t, reader *r, size_t n)
{
    if (n > BRANCH) {
        const size_t half = dlrn_sum_half(n);
        find_branches(t, r, half);
        find_branches(t, r, n - half);
        return;
    }
    t->v[t->n++] = (branch){.from = *r, .n = n};
    for (size_t left = n; left > 0;) {
        const size_t rest = r->piece->n - r->at, m = rest < left ? rest : left;
        r->at += m;
        left -= m;
        if (r->at == r->piece->n && left > 0) *r = (reader){r->piece + 1, 0};
    }
}

static dlrn_status tree_new(tree *t, const dlrn_pieces *x, dlrn_error *err)
{
    *t = (tree){.voxels = x->n, .threads = x->threads};
    // a branch is hardly less than half of the most
    const dlrn_status st = dlrn_alloc_or_fail(&t->v, 4 * x->n / BRANCH + 1, err);
    if (st == DLRN_OK) find_branches(t, &(reader){x->v, 0}, x->n);
    return st;
}

static dlrn_status sum_branch(void *user, size_t i, size_t w, dlrn_error *err)
{
    const tree *t = user;
    reader r = t->v[i].from;
    (void)w;
    (void)err;
    pairwise_sums(t->v[i].sum, &r, t->v[i].n, t->a);
    return DLRN_OK;
}

/* The branches from *at on, as they grow together. */
static void join_branches(double *sum, const tree *t, size_t *at, size_t n)
{
    double second[MAX_SUMS];
    if (n <= BRANCH) {
        memcpy(sum, t->v[(*at)++].sum, sizeof second);
        return;
    }
    const size_t half = dlrn_sum_half(n);
    join_branches(sum, t, at, half);
    join_branches(second, t, at, n - half);
    for (size_t k = 0; k < t->a->n; k++)
        sum[k] += second[k];
}

static dlrn_status tree_sums(double sum[MAX_SUMS], tree *t, const quantities *a, dlrn_error *err)
{
    size_t at = 0;
    t->a = a;
    const dlrn_status st = dlrn_parallel_for(t->n, t->threads, sum_branch, t, err);
    if (st == DLRN_OK) join_branches(sum, t, &at, t->voxels);
    return st;
}

/* x, (x + shift)^2 */
DLRN_WIDE static void fill_powers(double q[MAX_SUMS][LEAF], const double *x, size_t n,
                                  const quantities *a)
{
    for (size_t i = 0; i < n; i += 4) {
        const dlrn_four v = *(const dlrn_four *)(x + i), c = v + a->shift;
        *(dlrn_four *)(q[0] + i) = v;
        *(dlrn_four *)(q[1] + i) = c * c;
    }
}

/* |d|, d^2, d^3, d^4, d = x - mean; x and 1 where x lies between the percentiles: what lies outside
 * is NaN in PyRadiomics' array, and 0 in its sums. */
DLRN_WIDE static void fill_central(double q[MAX_SUMS][LEAF], const double *x, size_t n,
                                   const quantities *a)
{
    const dlrn_four one = {1, 1, 1, 1};
    for (size_t i = 0; i < n; i += 4) {
        const dlrn_four v = *(const dlrn_four *)(x + i), d = v - a->mean, d2 = d * d, d3 = d2 * d;
        const dlrn_four_mask in = (v - a->p10 >= 0) & (v - a->p90 <= 0);
        *(dlrn_four *)(q[0] + i) = DLRN_MAGNITUDES(d);
        *(dlrn_four *)(q[1] + i) = d2;
        *(dlrn_four *)(q[2] + i) = d3;
        *(dlrn_four *)(q[3] + i) = d3 * d;
        *(dlrn_four *)(q[4] + i) = DLRN_WHERE(in, v);
        *(dlrn_four *)(q[5] + i) = DLRN_WHERE(in, one);
    }
}

/* |x - mean| between the percentiles. */
DLRN_WIDE static void fill_robust(double q[MAX_SUMS][LEAF], const double *x, size_t n,
                                  const quantities *a)
{
    for (size_t i = 0; i < n; i += 4) {
        const dlrn_four v = *(const dlrn_four *)(x + i);
        const dlrn_four_mask in = (v - a->p10 >= 0) & (v - a->p90 <= 0);
        *(dlrn_four *)(q[0] + i) = DLRN_WHERE(in, DLRN_MAGNITUDES(v - a->mean));
    }
}

static dlrn_status moments(double *v, const dlrn_pieces *x, double shift, dlrn_error *err)
{
    dlrn_status st;
    double sum[MAX_SUMS];
    const double count = (double)x->n;
    tree t;
    quantities a = {.fill = fill_powers, .n = 2, .shift = shift};
    DLRN_TRY(tree_new(&t, x, err));
    DLRN_TRY(tree_sums(sum, &t, &a, err));
    v[MEAN] = sum[0] / count;
    v[ENERGY] = sum[1];
    v[RMS] = sqrt(v[ENERGY] / count);
    a = (quantities){.fill = fill_central, .n = 6, .mean = v[MEAN], .p10 = v[P10], .p90 = v[P90]};
    DLRN_TRY(tree_sums(sum, &t, &a, err));
    const double m2 = sum[1] / count, divisor = m2 == 0 ? 1 : m2, inside = sum[5];
    v[MAD] = sum[0] / count;
    v[SD] = sqrt(m2);
    v[VARIANCE] = v[SD] * v[SD];
    v[SKEWNESS] = sum[2] / count / pow(divisor, 1.5);
    v[KURTOSIS] = sum[3] / count / (divisor * divisor);
    v[RMAD] = NAN;
    if (inside == 0) goto done;
    a.fill = fill_robust;
    a.n = 1;
    a.mean = sum[4] / inside;
    DLRN_TRY(tree_sums(sum, &t, &a, err));
    v[RMAD] = sum[0] / inside;
done:
    free(t.v);
    return st;
}

/* numpy's linear percentiles and its median, the mean of the two middle values. */
static dlrn_status order_statistics(double *v, const dlrn_pieces *x, const dlrn_roi *roi,
                                    dlrn_error *err)
{
    enum { N = 4 };
    const size_t n = x->n;
    static const double percent[N] = {10, 25, 75, 90};
    size_t rank[2 * N + 2];
    double part[N], at[2 * N + 2], value[N];
    for (size_t k = 0; k < N; k++) {
        const double place = (double)(n - 1) * (percent[k] / 100);
        rank[2 * k] = (size_t)place;
        rank[2 * k + 1] = rank[2 * k] + 1 < n ? rank[2 * k] + 1 : n - 1;
        part[k] = place - (double)rank[2 * k];
    }
    rank[2 * N] = (n - 1) / 2;
    rank[2 * N + 1] = n / 2;
    const dlrn_status st =
        dlrn_values_by_rank(at, rank, 2 * N + 2, x, roi->min, roi->max, roi->whole, err);
    if (st != DLRN_OK) return st;
    for (size_t k = 0; k < N; k++) {
        const double low = at[2 * k], high = at[2 * k + 1], gap = high - low;
        value[k] = part[k] >= 0.5 ? high - gap * (1 - part[k]) : low + gap * part[k];
    }
    v[P10] = value[0];
    v[IQR] = value[2] - value[1];
    v[P90] = value[3];
    v[MEDIAN] = (at[2 * N] + at[2 * N + 1]) / 2;
    return DLRN_OK;
}

/* A copy of the values without those where the image is undefined. */
static dlrn_status leave_out_undefined(double **known, size_t *n, const dlrn_roi *roi,
                                       dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(known, roi->region->n, err);
    if (st != DLRN_OK) return st;
    *n = 0;
    for (size_t p = 0; p < roi->region->runs.n; p++)
        for (size_t i = 0; i < roi->piece[p].n; i++)
            if (!isnan(roi->piece[p].v[i])) (*known)[(*n)++] = roi->piece[p].v[i];
    return DLRN_OK;
}

dlrn_status dlrn_firstorder(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                            const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_region *region = roi->region;
    const size_t whole[2] = {0, 1};
    dlrn_pieces x = {roi->piece, region->n, region->block, region->n_blocks, roi->threads};
    double *known = NULL, *v = out->v;
    dlrn_piece all_known;
    if (roi->n_not_finite) {
        DLRN_TRY(leave_out_undefined(&known, &x.n, roi, err));
        all_known = (dlrn_piece){known, x.n};
        x = (dlrn_pieces){&all_known, x.n, whole, 1, roi->threads};
    }
    DLRN_TRY(order_statistics(v, &x, roi, err));
    v[MINIMUM] = roi->min;
    v[MAXIMUM] = roi->max;
    v[RANGE] = v[MAXIMUM] - v[MINIMUM];
    DLRN_TRY(moments(v, &x, t->voxel_array_shift, err));
    v[TOTAL_ENERGY] = v[ENERGY] * (roi->spacing_mm[0] * roi->spacing_mm[1] *
                                   (roi->ndim == 3 ? roi->spacing_mm[2] : 1));
    if (isnan(v[RMAD])) out->why[RMAD] = "no value lies between the 10th and 90th percentile";
    v[ENTROPY] = v[UNIFORMITY] = 0;
    for (size_t k = 0; k < l->n_present; k++) {
        const double p = (double)l->count[k] / (double)roi->region->n;
        v[ENTROPY] += dlrn_entropy_term(p);
        v[UNIFORMITY] += p * p;
    }
done:
    free(known);
    return st;
}
