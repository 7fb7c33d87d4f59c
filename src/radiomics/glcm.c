/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level co-occurrence matrix (IBSI 3.6): counts for each direction in one dense table, then
 * features from its non-zero cells.
 */
#include "radiomics/glcm.h"

#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    AUTOCORRELATION,
    CLUSTER_PROMINENCE,
    CLUSTER_SHADE,
    CLUSTER_TENDENCY,
    CONTRAST,
    CORRELATION,
    DIFFERENCE_AVERAGE,
    DIFFERENCE_ENTROPY,
    DIFFERENCE_VARIANCE,
    DISSIMILARITY,
    HOMOGENEITY1,
    HOMOGENEITY2,
    ID,
    IDM,
    IDMN,
    IDN,
    IMC1,
    IMC2,
    INVERSE_VARIANCE,
    JOINT_AVERAGE,
    JOINT_ENERGY,
    JOINT_ENTROPY,
    MCC,
    MAXIMUM_PROBABILITY,
    SUM_AVERAGE,
    SUM_ENTROPY,
    SUM_SQUARES,
    SUM_VARIANCE,
    N_FEATURES
};

#define EPS 0x1p-52
enum { DENSE_LEVELS = 2048 }; /* beyond, pairs are sorted instead of counted in a table */

/* One direction's matrix on its way from counts to features. */
typedef struct work {
    const dlrn_levels *l;
    bool symmetrical;
    double *table;  /* [n + 1][n + 1], the last row and column for what lies outside */
    uint64_t *keys; /* pairs to be sorted, where there is no table */
    dlrn_pairs m;
    double *minus, *plus; /* p-(k) [ng], p+(k) [2 ng + 1] */
} work;

static void work_clear(work *w)
{
    free(w->table);
    free(w->keys);
    free(w->m.cell);
    free(w->m.px);
    free(w->minus);
    *w = (work){0};
}

static dlrn_status work_new(work *w, const dlrn_levels *l, bool symmetrical, bool merge,
                            dlrn_error *err)
{
    dlrn_status st;
    const size_t n = l->n_present, ng = (size_t)l->ng;
    *w = (work){.l = l, .symmetrical = symmetrical};
    if (n > DENSE_LEVELS && merge)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "weightingNorm with %zu grey levels; %d at most: choose a larger binWidth",
                         n, DENSE_LEVELS);
    if (n <= DENSE_LEVELS)
        DLRN_TRY(dlrn_alloc_or_fail(&w->table, (n + 1) * (n + 1), err));
    else
        DLRN_TRY(dlrn_alloc_or_fail(&w->keys, 2 * l->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->m.px, 2 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->minus, 3 * ng + 1, err));
    w->m.py = w->m.px + n;
    w->m.n_levels = n;
    w->m.symmetrical = symmetrical;
    w->plus = w->minus + ng;
done:
    return st;
}

/* ---- counting ---- */

static void count_dense(work *w, const dlrn_step *step, double weight)
{
    const dlrn_levels *l = w->l;
    const size_t width = l->n_present + 1;
    for (size_t k = 0; k < l->n; k++) {
        const int32_t *at = l->index + l->where[k];
        w->table[(size_t)at[0] * width + (size_t)at[step->offset]] += weight;
    }
}

static dlrn_status add_cell(work *w, size_t i, size_t j, double weight, dlrn_error *err)
{
    const dlrn_status st = dlrn_grow(&w->m.cell, &w->m.cap, w->m.n + 1, sizeof *w->m.cell, err);
    if (st == DLRN_OK) w->m.cell[w->m.n++] = (dlrn_pair){(uint32_t)i, (uint32_t)j, weight};
    return st;
}

static dlrn_status cells_from_table(work *w, dlrn_error *err)
{
    const size_t n = w->l->n_present, width = n + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double c =
                w->table[i * width + j] + (w->symmetrical ? w->table[j * width + i] : 0);
            if (c == 0) continue;
            const dlrn_status st = add_cell(w, i, j, c, err);
            if (st != DLRN_OK) return st;
        }
    return DLRN_OK;
}

static int by_key(const void *a, const void *b)
{
    const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
    return p < q ? -1 : p > q;
}

static dlrn_status cells_from_sorting(work *w, const dlrn_step *step, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_levels *l = w->l;
    size_t n = 0;
    for (size_t k = 0; k < l->n; k++) {
        const int32_t *at = l->index + l->where[k];
        const uint64_t i = (uint64_t)at[0], j = (uint64_t)at[step->offset];
        if (j == l->n_present) continue;
        w->keys[n++] = i << 32 | j;
        if (w->symmetrical) w->keys[n++] = j << 32 | i;
    }
    if (n > 1) qsort(w->keys, n, sizeof *w->keys, by_key);
    for (size_t k = 0, end; k < n && st == DLRN_OK; k = end) {
        for (end = k; end < n && w->keys[end] == w->keys[k];)
            end++;
        st = add_cell(w, (size_t)(w->keys[k] >> 32), (size_t)(w->keys[k] & UINT32_MAX),
                      (double)(end - k), err);
    }
    return st;
}

/* Counts become probabilities; margins and p-, p+ are filled. False where there is no pair. */
static bool normalise(work *w)
{
    const int32_t *level = w->l->present;
    double total = 0;
    memset(w->m.px, 0, 2 * w->m.n_levels * sizeof *w->m.px);
    memset(w->minus, 0, (3 * (size_t)w->l->ng + 1) * sizeof *w->minus);
    for (size_t k = 0; k < w->m.n; k++)
        total += w->m.cell[k].p;
    for (size_t k = 0; k < w->m.n; k++) {
        dlrn_pair *c = &w->m.cell[k];
        c->p /= total;
        w->m.px[c->i] += c->p;
        w->m.py[c->j] += c->p;
        w->minus[abs(level[c->i] - level[c->j])] += c->p;
        w->plus[level[c->i] + level[c->j]] += c->p;
    }
    return total > 0;
}

/* ---- features of one direction, added to f ---- */

static void moments(double *f, const work *w)
{
    const int32_t *level = w->l->present;
    double mx = 0, my = 0, sx = 0, sy = 0, cov = 0;
    for (size_t k = 0; k < w->m.n; k++) {
        const dlrn_pair *c = &w->m.cell[k];
        mx += c->p * level[c->i];
        my += c->p * level[c->j];
    }
    for (size_t k = 0; k < w->m.n; k++) {
        const dlrn_pair *c = &w->m.cell[k];
        const double i = level[c->i], j = level[c->j], d = i + j - mx - my, p = c->p;
        sx += p * (i - mx) * (i - mx);
        sy += p * (j - my) * (j - my);
        cov += p * (i - mx) * (j - my);
        f[AUTOCORRELATION] += p * (i * j);
        f[CLUSTER_TENDENCY] += p * (d * d);
        f[CLUSTER_SHADE] += p * (d * d * d);
        f[CLUSTER_PROMINENCE] += p * (d * d * d * d);
        f[CONTRAST] += p * ((i - j) * (i - j));
        f[JOINT_ENERGY] += p * p;
        f[JOINT_ENTROPY] += dlrn_entropy_term(p);
        if (p > f[MAXIMUM_PROBABILITY]) f[MAXIMUM_PROBABILITY] = p;
    }
    const double s = sqrt(sx) * sqrt(sy);
    f[CORRELATION] = s == 0 ? 1 : cov / (s + EPS);
    f[JOINT_AVERAGE] = mx;
    f[SUM_SQUARES] = sx;
}

static void sums_and_differences(double *f, const work *w)
{
    const double ng = w->l->ng;
    for (int32_t k = 0; k < w->l->ng; k++) {
        const double p = w->minus[k], d = k;
        if (p == 0) continue;
        f[DIFFERENCE_AVERAGE] += d * p;
        f[DIFFERENCE_ENTROPY] += dlrn_entropy_term(p);
        f[ID] += p / (1 + d);
        f[IDM] += p / (1 + d * d);
        f[IDMN] += p / (1 + d * d / (ng * ng));
        f[IDN] += p / (1 + d / ng);
        if (k > 0) f[INVERSE_VARIANCE] += p / (d * d);
    }
    for (int32_t k = 0; k < w->l->ng; k++) {
        const double d = k - f[DIFFERENCE_AVERAGE];
        f[DIFFERENCE_VARIANCE] += w->minus[k] * (d * d);
    }
    for (int32_t k = 2; k <= 2 * w->l->ng; k++) {
        if (w->plus[k] == 0) continue;
        f[SUM_AVERAGE] += k * w->plus[k];
        f[SUM_ENTROPY] += dlrn_entropy_term(w->plus[k]);
    }
}

/* HXY2, term by term in PyRadiomics' order: where the levels are independent its last bit decides
 * between 0 and undefined. */
static double independent_entropy(const work *w)
{
    double h = 0;
    for (size_t i = 0; i < w->m.n_levels; i++)
        for (size_t j = 0; j < w->m.n_levels; j++)
            h += dlrn_entropy_term(w->m.px[i] * w->m.py[j]);
    return h;
}

static void information(double *f, const work *w)
{
    const size_t n = w->m.n_levels;
    const double per_ln2 = 1.4426950408889634;
    double hx = 0, hy = 0, lx = 0, ly = 0, nx = 0, ny = 0, extra = 0;
    for (size_t k = 0; k < n; k++) {
        const double x = w->m.px[k], y = w->m.py[k];
        if (x > 0) lx -= x * log2(x), hx += dlrn_entropy_term(x), nx++;
        if (y > 0) ly -= y * log2(y), hy += dlrn_entropy_term(y), ny++;
    }
    // log2(px py + eps) = log2 px + log2 py + eps / (px py ln 2), to first order in eps
    for (size_t k = 0; k < w->m.n; k++) {
        const double both = w->m.px[w->m.cell[k].i] * w->m.py[w->m.cell[k].j];
        extra += w->m.cell[k].p * (log1p(EPS / both) * per_ln2);
    }
    const double hxy = f[JOINT_ENTROPY], hxy1 = lx + ly - extra;
    double hxy2 = lx + ly - EPS * per_ln2 * nx * ny;
    if (fabs(hxy2 - hxy) < 1e-12 && n <= DENSE_LEVELS) hxy2 = independent_entropy(w);
    const double most = fmax(hx, hy);
    f[IMC1] = most != 0 ? (hxy - hxy1) / most : 0;
    f[IMC2] = hxy2 == hxy ? 0 : sqrt(1 - exp(-2 * (hxy2 - hxy)));
}

static dlrn_status features(double *f, const work *w, dlrn_error *err)
{
    memset(f, 0, N_FEATURES * sizeof *f);
    moments(f, w);
    sums_and_differences(f, w);
    information(f, w);
    if (w->m.n_levels > 1) return dlrn_glcm_mcc(&f[MCC], &w->m, err);
    f[MCC] = 1;
    return DLRN_OK;
}

/* ---- all directions ---- */

static double step_weight(const dlrn_step *step, const dlrn_roi *roi, dlrn_rad_norm norm)
{
    double sum = 0, square = 0, max = 0;
    for (int a = 0; a < 3; a++) {
        const double d = abs(step->d[a]) * roi->spacing_mm[a];
        sum += d;
        square += d * d;
        if (d > max) max = d;
    }
    switch (norm) {
    case DLRN_RAD_NORM_MANHATTAN: return exp(-sum * sum);
    case DLRN_RAD_NORM_EUCLIDEAN: return exp(-square);
    case DLRN_RAD_NORM_INFINITY: return exp(-max * max);
    default: return 1;
    }
}

/* The mean over directions of each feature, leaving out what is NaN. */
typedef struct mean {
    double sum[N_FEATURES];
    size_t n[N_FEATURES], directions;
} mean;

static dlrn_status add_direction(mean *t, work *w, dlrn_error *err)
{
    double f[N_FEATURES];
    if (!normalise(w)) return DLRN_OK;
    const dlrn_status st = features(f, w, err);
    if (st != DLRN_OK) return st;
    t->directions++;
    for (int k = 0; k < N_FEATURES; k++)
        if (!isnan(f[k])) {
            t->sum[k] += f[k];
            t->n[k]++;
        }
    return DLRN_OK;
}

static dlrn_status each_direction(mean *t, work *w, const dlrn_step *step, size_t n,
                                  dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t width = w->l->n_present + 1;
    for (size_t a = 0; a < n && st == DLRN_OK; a++) {
        w->m.n = 0;
        if (w->table) {
            if (a) memset(w->table, 0, width * width * sizeof *w->table);
            count_dense(w, &step[a], 1);
            st = cells_from_table(w, err);
        } else {
            st = cells_from_sorting(w, &step[a], err);
        }
        if (st == DLRN_OK) st = add_direction(t, w, err);
    }
    return st;
}

dlrn_status dlrn_glcm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                      const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_step *step = NULL;
    work w = {0};
    mean sum = {0};
    size_t n_steps;
    const bool merge = t->norm != DLRN_RAD_NORM_NONE;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, roi->dim, t, false, true, err));
    DLRN_TRY(work_new(&w, l, t->symmetrical, merge, err));
    if (merge) {
        for (size_t a = 0; a < n_steps; a++)
            count_dense(&w, &step[a], step_weight(&step[a], roi, t->norm));
        DLRN_TRY(cells_from_table(&w, err));
        DLRN_TRY(add_direction(&sum, &w, err));
    } else {
        DLRN_TRY(each_direction(&sum, &w, step, n_steps, err));
    }
    for (int k = 0; k < N_FEATURES; k++) {
        out->v[k] = sum.n[k] ? sum.sum[k] / (double)sum.n[k] : (double)NAN;
        if (!sum.n[k])
            out->why[k] = sum.directions
                              ? "the levels of neighbours are independent to the last bit"
                              : "no voxel of the region has a neighbour in it";
    }
    // without any direction PyRadiomics has no matrix to refuse, and takes the flat region's 1
    if (!sum.directions && l->n_present == 1 && n_steps != 1 && !merge) {
        out->v[MCC] = 1;
        out->why[MCC] = NULL;
    }
done:
    free(step);
    work_clear(&w);
    return st;
}
