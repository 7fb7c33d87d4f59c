/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level co-occurrence matrix (IBSI 3.6): features of each direction from its non-zero cells.
 * What depends on i + j or |i - j| alone comes from sums of counts, which are exact.
 */
#include "radiomics/glcm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/entropy.h"

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
enum {
    DENSE = 2048,             /* levels, at most, of a matrix with its zeros */
    MOST_MCC_LEVELS = 1 << 16 /* beyond, the iterations find no end, nor room */
};

/* One direction's matrix on its way from counts to features. */
typedef struct work {
    const dlrn_levels *l;
    dlrn_pairs m;
    double *minus, *plus; /* p-(k) [ng], p+(k) [2 ng + 1] */
    double *inverse;      /* 1 / px, 1 / py [2 n] */
    double total;         /* sum of the counts */
    double squares, most; /* sum of their squares, largest */
    double entropy;       /* joint */
} work;

static void work_clear(work *w)
{
    free(w->m.cell);
    free(w->m.px);
    free(w->minus);
}

static dlrn_status work_new(work *w, const dlrn_levels *l, bool symmetrical, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = l->n_present, ng = (size_t)l->ng;
    *w = (work){.l = l};
    DLRN_TRY(dlrn_alloc_or_fail(&w->m.px, 4 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->minus, 3 * ng + 1, err));
    w->m.py = symmetrical ? w->m.px : w->m.px + n;
    w->inverse = w->m.px + 2 * n;
    w->m.n_levels = n;
    w->m.symmetrical = symmetrical;
    w->plus = w->minus + ng;
done:
    return st;
}

/* Sums of counts over the whole matrix, of which symmetry may have left half. */
static void add_counts(work *w)
{
    const int32_t *level = w->l->present;
    const double twice = w->m.symmetrical ? 2 : 1;
    w->total = w->squares = w->most = 0;
    for (size_t k = 0; k < w->m.n; k++) {
        const dlrn_pair *c = &w->m.cell[k];
        const double times = c->i == c->j ? 1 : twice, all = times * c->p;
        w->total += all;
        w->squares += all * c->p;
        w->most = c->p > w->most ? c->p : w->most;
        w->m.px[c->i] += c->p;
        if (twice == 1 || c->i != c->j) w->m.py[c->j] += c->p;
        w->minus[abs(level[c->i] - level[c->j])] += all;
        w->plus[level[c->i] + level[c->j]] += all;
    }
}

/* Counts become probabilities. */
static void divide_by_total(work *w)
{
    const size_t n = w->m.n_levels, sums = 3 * (size_t)w->l->ng + 1;
    for (size_t k = 0; k < (w->m.symmetrical ? n : 2 * n); k++)
        w->m.px[k] /= w->total;
    for (size_t k = 0; k < sums; k++)
        w->minus[k] /= w->total;
    for (size_t k = 0; k < w->m.n; k++)
        w->m.cell[k].p /= w->total;
}

static double joint_entropy(const work *w)
{
    dlrn_entropy e = {.total = w->total};
    for (size_t k = 0; k < w->m.n; k++) {
        const dlrn_pair *c = &w->m.cell[k];
        dlrn_entropy_add(&e, c->p, w->m.symmetrical && c->i != c->j ? 2 : 1);
    }
    return dlrn_entropy_sum(&e);
}

/* Margins, p-, p+ and the entropy from the counts. False where there is no pair. */
static bool normalise(work *w)
{
    memset(w->m.px, 0, 2 * w->m.n_levels * sizeof *w->m.px);
    memset(w->minus, 0, (3 * (size_t)w->l->ng + 1) * sizeof *w->minus);
    add_counts(w);
    if (!(w->total > 0)) return false;
    w->entropy = joint_entropy(w);
    divide_by_total(w);
    return true;
}

/* ---- features of one direction, added to f ---- */

static void margin_moments(double *mean, double *variance, const double *p, const work *w)
{
    const int32_t *level = w->l->present;
    *mean = *variance = 0;
    for (size_t k = 0; k < w->m.n_levels; k++)
        *mean += p[k] * level[k];
    for (size_t k = 0; k < w->m.n_levels; k++)
        *variance += p[k] * (level[k] - *mean) * (level[k] - *mean);
}

static void moments(double *f, const work *w)
{
    double mx, my, sx, sy, square = 0;
    margin_moments(&mx, &sx, w->m.px, w);
    margin_moments(&my, &sy, w->m.py, w);
    for (int32_t k = 2; k <= 2 * w->l->ng; k++) {
        const double p = w->plus[k], d = k - mx - my;
        square += p * ((double)k * k);
        f[CLUSTER_TENDENCY] += p * (d * d);
        f[CLUSTER_SHADE] += p * (d * d * d);
        f[CLUSTER_PROMINENCE] += p * (d * d * d * d);
    }
    for (int32_t k = 1; k < w->l->ng; k++)
        f[CONTRAST] += w->minus[k] * ((double)k * k);
    // 4 i j = (i + j)^2 - (i - j)^2; of the covariance the same
    f[AUTOCORRELATION] = (square - f[CONTRAST]) / 4;
    const double apart = f[CONTRAST] - (mx - my) * (mx - my);
    const double cov = (f[CLUSTER_TENDENCY] - apart) / 4, s = sqrt(sx) * sqrt(sy);
    f[CORRELATION] = s == 0 ? 1 : cov / (s + EPS);
    f[JOINT_AVERAGE] = mx;
    f[SUM_SQUARES] = sx;
    f[JOINT_ENERGY] = w->squares / (w->total * w->total);
    f[JOINT_ENTROPY] = w->entropy;
    f[MAXIMUM_PROBABILITY] = w->most / w->total;
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

/* HXY and HXY2, term by term in PyRadiomics' order: where the levels are independent their last bit
 * decides between 0 and undefined. p[n][n] and both margins are scratch. */
static void independent_entropies(double *hxy, double *hxy2, double *p, const work *w)
{
    const size_t n = w->m.n_levels;
    double *px = p + n * n, *py = px + n;
    *hxy = *hxy2 = 0;
    for (size_t k = 0; k < w->m.n; k++) {
        const dlrn_pair *c = &w->m.cell[k];
        p[c->i * n + c->j] = c->p;
        if (w->m.symmetrical) p[c->j * n + c->i] = c->p;
    }
    for (size_t k = 0; k < n * n; k++) {
        px[k / n] += p[k];
        py[k % n] += p[k];
        if (p[k] > 0) *hxy += dlrn_entropy_term(p[k]);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            *hxy2 += dlrn_entropy_term(px[i] * py[j]);
}

/* sum p log2(1 + eps / (px py)): what eps adds to HXY1. */
static double added_by_eps(const work *w)
{
    const size_t n = w->m.n_levels;
    const double *px = w->inverse, *py = w->m.symmetrical ? px : px + n;
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        w->inverse[k] = 1 / w->m.px[k];
        w->inverse[n + k] = 1 / w->m.py[k];
    }
    for (size_t k = 0; k < w->m.n; k++) {
        const dlrn_pair *c = &w->m.cell[k];
        const double x = EPS * (px[c->i] * py[c->j]);
        // ln(1 + x); what is left out is below x^4 / 4
        const double ln = x < 1e-4 ? x * (1 - x * (0.5 - x / 3)) : log1p(x);
        sum += (w->m.symmetrical && c->i != c->j ? 2 : 1) * c->p * ln;
    }
    return sum * M_LOG2E;
}

static dlrn_status information(double *f, const work *w, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t n = w->m.n_levels;
    double hx = 0, hy = 0, lx = 0, ly = 0, nx = 0, ny = 0, *scratch = NULL;
    for (size_t k = 0; k < n; k++) {
        const double x = w->m.px[k], y = w->m.py[k];
        if (x > 0) lx -= x * log2(x), hx += dlrn_entropy_term(x), nx++;
        if (y > 0) ly -= y * log2(y), hy += dlrn_entropy_term(y), ny++;
    }
    // log2(px py + eps) = log2 px + log2 py + log2(1 + eps / (px py))
    double hxy = f[JOINT_ENTROPY];
    const double hxy1 = lx + ly - added_by_eps(w);
    double hxy2 = lx + ly - EPS * M_LOG2E * nx * ny;
    const double most = fmax(hx, hy);
    f[IMC1] = most != 0 ? (hxy - hxy1) / most : 0;
    if (fabs(hxy2 - hxy) < 1e-12 && n <= DENSE) {
        DLRN_TRY(dlrn_alloc_or_fail(&scratch, n * n + 2 * n, err));
        independent_entropies(&hxy, &hxy2, scratch, w);
    }
    f[IMC2] = hxy2 == hxy ? 0 : sqrt(1 - exp(-2 * (hxy2 - hxy)));
done:
    free(scratch);
    return st;
}

static dlrn_status features(double *f, const work *w, dlrn_error *err)
{
    memset(f, 0, N_FEATURES * sizeof *f);
    moments(f, w);
    sums_and_differences(f, w);
    const dlrn_status st = information(f, w, err);
    if (st != DLRN_OK) return st;
    f[MCC] = w->m.n_levels > MOST_MCC_LEVELS ? (double)NAN : 1;
    if (w->m.n_levels > 1 && w->m.n_levels <= MOST_MCC_LEVELS)
        return dlrn_glcm_mcc(&f[MCC], &w->m, err);
    return DLRN_OK;
}

/* ---- all directions ---- */

static double step_weight(const dlrn_step *step, const dlrn_levels *l, dlrn_rad_norm norm)
{
    double sum = 0, square = 0, max = 0;
    for (int a = 0; a < 3; a++) {
        const double d = abs(step->d[a]) * l->spacing_mm[a];
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

dlrn_status dlrn_glcm(dlrn_rad_values *out, const dlrn_levels *l, const dlrn_rad_texture *t,
                      dlrn_error *err)
{
    dlrn_status st;
    dlrn_step *step = NULL;
    dlrn_cooccurrence counts = {0};
    work w = {0};
    mean sum = {0};
    size_t n_steps;
    const bool merge = t->norm != DLRN_RAD_NORM_NONE;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, false, true, err));
    DLRN_TRY(dlrn_cooccurrence_new(&counts, l, t->symmetrical, merge, err));
    DLRN_TRY(work_new(&w, l, t->symmetrical, err));
    for (size_t a = 0; a < n_steps; a++) {
        if (merge) {
            dlrn_cooccurrence_add(&counts, &step[a], step_weight(&step[a], l, t->norm));
        } else {
            DLRN_TRY(dlrn_cooccurrence_one(&w.m, &counts, &step[a], err));
            DLRN_TRY(add_direction(&sum, &w, err));
        }
    }
    if (merge) {
        DLRN_TRY(dlrn_cooccurrence_sum(&w.m, &counts, err));
        DLRN_TRY(add_direction(&sum, &w, err));
    }
    for (int k = 0; k < N_FEATURES; k++) {
        out->v[k] = sum.n[k] ? sum.sum[k] / (double)sum.n[k] : (double)NAN;
        if (!sum.n[k])
            out->why[k] = !sum.directions ? "no voxel of the region has a neighbour in it"
                          : k == MCC      ? "more than 65,536 grey levels: choose a larger binWidth"
                                     : "the levels of neighbours are independent to the last bit";
    }
    if (!sum.directions && l->n_present == 1) {
        // without any direction PyRadiomics has no matrix to refuse, and takes the flat region's
        // MCC of 1; an empty one is NaN, but InverseVariance has no difference to sum it over
        const bool empty = n_steps == 1 || merge;
        const int k = empty ? INVERSE_VARIANCE : MCC;
        out->v[k] = empty ? 0 : 1;
        out->why[k] = NULL;
    }
done:
    free(step);
    dlrn_cooccurrence_clear(&counts);
    work_clear(&w);
    return st;
}
