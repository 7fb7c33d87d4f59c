/* SPDX-License-Identifier: Apache-2.0
 *
 * DeLong's and Obuchowski's variances of AUCs, intervals, comparisons. Sources: <dlrn/roc.h>.
 */
#include <dlrn/roc.h>

#include <dlrn/special.h>

#include "stats/roc.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

/* A case's placement is the share of controls below it, a control's the share of cases above it;
 * ties count half. Their means are the AUC, and the variances need nothing else. In row order. */
typedef struct placements {
    double *of_row; /* [n] */
    double auc;
    size_t cases, controls;
} placements;

/* Where `sorted` is not NULL it takes over the rows' order [n]. */
static dlrn_status place(placements *p, size_t **sorted, const double *score, const dlrn_truth *t,
                         dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL, cases;

    DLRN_TRY(dlrn_truth_check(&cases, t, score, err));
    DLRN_TRY(stats_need_both_classes(cases, t->n, "an AUC", err));
    *p = (placements){.cases = cases, .controls = t->n - cases};
    DLRN_TRY(dlrn_alloc_or_fail(&order, t->n, err));
    dlrn_sort_index(order, score, t->n); // the most memory is taken in it
    DLRN_TRY(dlrn_alloc_or_fail(&p->of_row, t->n, err));
    size_t case_at = 0, control_at = 0;
    double wins = 0;
    for (size_t i = 0, end; i < t->n; i = end) {
        size_t tied_cases = 0;
        for (end = i; end < t->n && score[order[end]] == score[order[i]]; end++)
            tied_cases += t->label[order[end]];
        const size_t tied_controls = end - i - tied_cases;
        const double below = (double)control_at + 0.5 * (double)tied_controls;
        const double above = (double)(cases - case_at) - 0.5 * (double)tied_cases;
        for (size_t k = i; k < end; k++)
            p->of_row[order[k]] =
                t->label[order[k]] ? below / (double)p->controls : above / (double)p->cases;
        wins += below * (double)tied_cases;
        case_at += tied_cases;
        control_at += tied_controls;
    }
    p->auc = wins / ((double)p->cases * (double)p->controls);
    if (sorted) {
        *sorted = order;
        order = NULL;
    }
done:
    free(order);
    return st;
}

static double delong_covariance(const placements *a, const placements *b, const dlrn_truth *t)
{
    double sum[2] = {0, 0};
    for (size_t i = 0; i < t->n; i++)
        sum[t->label[i]] += (a->of_row[i] - a->auc) * (b->of_row[i] - b->auc);
    const double m = (double)a->cases, n = (double)a->controls;
    return sum[1] / ((m - 1) * m) + sum[0] / ((n - 1) * n);
}

/* ---- clusters ---- */

/* What Obuchowski's formula needs of one cluster. */
typedef struct cluster_sum {
    double cases, controls;           /* members */
    double of_case[2], of_control[2]; /* sums of placements of score a and b */
} cluster_sum;

typedef struct clusters {
    cluster_sum *sum; /* [count] */
    size_t count, with_cases, with_controls;
} clusters;

static dlrn_status sum_clusters(clusters *c, const placements *a, const placements *b,
                                const dlrn_truth *t, dlrn_error *err)
{
    dlrn_status st;
    size_t *number = NULL;

    DLRN_TRY(dlrn_alloc_or_fail(&number, t->n, err));
    DLRN_TRY(stats_number_clusters(number, &c->count, t->cluster, t->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->sum, c->count, err));
    for (size_t i = 0; i < t->n; i++) {
        cluster_sum *s = &c->sum[number[i]];
        *(t->label[i] ? &s->cases : &s->controls) += 1;
        double *of = t->label[i] ? s->of_case : s->of_control;
        of[0] += a->of_row[i];
        of[1] += b->of_row[i];
    }
    c->with_cases = c->with_controls = 0;
    for (size_t k = 0; k < c->count; k++) {
        c->with_cases += c->sum[k].cases > 0;
        c->with_controls += c->sum[k].controls > 0;
    }
done:
    free(number);
    return st;
}

/* Covariance of the AUCs of scores x and y (0: a, 1: b). */
static double obuchowski_covariance(const clusters *c, const double auc[2], int x, int y,
                                    const placements *p)
{
    double s10 = 0, s01 = 0, s11 = 0;
    for (size_t k = 0; k < c->count; k++) {
        const cluster_sum *s = &c->sum[k];
        const double case_x = s->of_case[x] - s->cases * auc[x];
        const double case_y = s->of_case[y] - s->cases * auc[y];
        const double control_x = s->of_control[x] - s->controls * auc[x];
        const double control_y = s->of_control[y] - s->controls * auc[y];
        s10 += case_x * case_y;
        s01 += control_x * control_y;
        s11 += case_x * control_y + case_y * control_x;
    }
    const double m = (double)p->cases, n = (double)p->controls;
    const double i10 = (double)c->with_cases, i01 = (double)c->with_controls,
                 all = (double)c->count;
    return i10 / ((i10 - 1) * m * m) * s10 + i01 / ((i01 - 1) * n * n) * s01 +
           all / ((all - 1) * m * n) * s11;
}

/* cov = {var a, var b, cov ab}; groups = numbers of units with cases and with controls. */
static dlrn_status covariances(double cov[3], size_t groups[2], const placements *a,
                               const placements *b, const dlrn_truth *t, dlrn_error *err)
{
    if (!t->cluster) {
        cov[0] = delong_covariance(a, a, t);
        cov[1] = delong_covariance(b, b, t);
        cov[2] = delong_covariance(a, b, t);
        groups[0] = a->cases;
        groups[1] = a->controls;
        return DLRN_OK;
    }
    dlrn_status st;
    clusters c = {0};
    const double auc[2] = {a->auc, b->auc};

    DLRN_TRY(sum_clusters(&c, a, b, t, err));
    cov[0] = obuchowski_covariance(&c, auc, 0, 0, a);
    cov[1] = obuchowski_covariance(&c, auc, 1, 1, a);
    cov[2] = obuchowski_covariance(&c, auc, 0, 1, a);
    groups[0] = c.with_cases;
    groups[1] = c.with_controls;
done:
    free(c.sum);
    return st;
}

/* ---- intervals ---- */

/* Newcombe's method 5: the variance that an AUC of theta would have with m cases, n controls. */
static double newcombe_variance(double theta, double m, double n)
{
    const double more = (m + n) / 2 - 1;
    return theta * (1 - theta) *
           (1 + more * (1 - theta) / (2 - theta) + more * theta / (1 + theta)) / (m * n);
}

/* The end of the interval between auc and `end`, where |auc - theta| = z sd(theta). */
static double newcombe_bound(double auc, double end, double z, const size_t groups[2])
{
    double inside = auc, outside = end;
    for (int i = 0; i < 200; i++) {
        const double theta = (inside + outside) / 2;
        const double sd = sqrt(newcombe_variance(theta, (double)groups[0], (double)groups[1]));
        if (fabs(auc - theta) <= z * sd)
            inside = theta;
        else
            outside = theta;
    }
    return inside;
}

static dlrn_status check_confidence(double confidence, dlrn_error *err)
{
    return confidence > 0 && confidence < 1
               ? DLRN_OK
               : dlrn_fail(err, DLRN_EINVAL, "confidence is %g, expected between 0 and 1",
                           confidence);
}

/* What is left of a variance by rounding when there is none. */
static const double no_variance = 1e-20;

static void set_interval(dlrn_auc *a, const size_t groups[2], double confidence, bool clustered)
{
    const double z = dlrn_normal_quantile((1 + confidence) / 2);
    if (groups[0] < 2 || groups[1] < 2) a->variance = (double)NAN;
    if (fabs(a->variance) < no_variance) a->variance = 0;
    a->se = sqrt(a->variance);
    if (a->variance > 0) {
        a->lo = fmax(0, a->auc - z * a->se);
        a->hi = fmin(1, a->auc + z * a->se);
        a->ci_method = clustered ? "obuchowski" : "delong";
        return;
    }
    a->lo = a->auc > 0 ? newcombe_bound(a->auc, 0, z, groups) : 0;
    a->hi = a->auc < 1 ? newcombe_bound(a->auc, 1, z, groups) : 1;
    a->ci_method = "newcombe";
}

dlrn_status dlrn_auc_delong_curve(dlrn_auc *out, dlrn_roc *curve, const double *score,
                                  const dlrn_truth *t, double confidence, dlrn_error *err)
{
    dlrn_status st;
    placements p = {0};
    size_t groups[2], *order = NULL;
    double cov[3];

    DLRN_TRY(check_confidence(confidence, err));
    DLRN_TRY(place(&p, curve ? &order : NULL, score, t, err));
    DLRN_TRY(covariances(cov, groups, &p, &p, t, err));
    *out = (dlrn_auc){.auc = p.auc, .variance = cov[0], .cases = p.cases, .controls = p.controls};
    set_interval(out, groups, confidence, t->cluster != NULL);
    if (!curve) goto done;
    free(p.of_row);
    p.of_row = NULL;
    st = stats_roc_of_order(curve, order, score, t, p.cases, err);
done:
    free(order);
    free(p.of_row);
    return st;
}

dlrn_status dlrn_auc_delong(dlrn_auc *out, const double *score, const dlrn_truth *t,
                            double confidence, dlrn_error *err)
{
    return dlrn_auc_delong_curve(out, NULL, score, t, confidence, err);
}

/* ---- comparisons ---- */

/* Statistic, p and interval from difference, se and df. */
static void finish_pair(dlrn_auc_pair *d, double confidence)
{
    d->z = d->se > 0 ? d->difference / d->se : 0;
    d->p = d->se > 0 || d->difference == 0 ? dlrn_t_two_sided(d->z, d->df) : (double)NAN;
    const double reach = dlrn_t_quantile((1 + confidence) / 2, d->df) * d->se;
    d->lo = fmax(-1, d->difference - reach);
    d->hi = fmin(1, d->difference + reach);
    if (d->se == 0 && d->difference != 0) d->lo = d->hi = (double)NAN;
}

dlrn_status dlrn_auc_compare(dlrn_auc_pair *out, const double *a, const double *b,
                             const dlrn_truth *t, double confidence, dlrn_error *err)
{
    dlrn_status st;
    placements pa = {0}, pb = {0};
    double cov[3];
    size_t groups[2];

    DLRN_TRY(check_confidence(confidence, err));
    DLRN_TRY(place(&pa, NULL, a, t, err));
    DLRN_TRY(place(&pb, NULL, b, t, err));
    DLRN_TRY(covariances(cov, groups, &pa, &pb, t, err));
    if (groups[0] < 2 || groups[1] < 2) {
        st = dlrn_fail(err, DLRN_EINVAL,
                       "%zu positive and %zu negative %s: a comparison of AUCs needs two of each",
                       groups[0], groups[1], t->cluster ? "clusters" : "rows");
        goto done;
    }
    const double variance = cov[0] + cov[1] - 2 * cov[2];
    /* two scores that order the cases alike leave rounding, not variance */
    *out = (dlrn_auc_pair){.auc_a = pa.auc,
                           .auc_b = pb.auc,
                           .difference = pa.auc - pb.auc,
                           .se = variance > 1e-16 * (cov[0] + cov[1]) + no_variance ? sqrt(variance)
                                                                                    : 0,
                           .df = (double)INFINITY,
                           .method = t->cluster ? "obuchowski" : "delong"};
    finish_pair(out, confidence);
done:
    free(pb.of_row);
    free(pa.of_row);
    return st;
}

dlrn_status dlrn_auc_compare_independent(dlrn_auc_pair *out, const dlrn_auc *a, const dlrn_auc *b,
                                         double confidence, dlrn_error *err)
{
    dlrn_status st = check_confidence(confidence, err);
    if (st != DLRN_OK) return st;
    if (!(a->variance >= 0 && b->variance >= 0))
        return dlrn_fail(err, DLRN_EINVAL,
                         "a comparison of AUCs needs two positive and two negative rows in each "
                         "group");
    const double sum = a->variance + b->variance;
    const double rows_a = (double)(a->cases + a->controls),
                 rows_b = (double)(b->cases + b->controls);
    const double df = sum > 0 ? sum * sum /
                                    (a->variance * a->variance / (rows_a - 1) +
                                     b->variance * b->variance / (rows_b - 1))
                              : (double)INFINITY;
    *out = (dlrn_auc_pair){.auc_a = a->auc,
                           .auc_b = b->auc,
                           .difference = a->auc - b->auc,
                           .se = sqrt(sum),
                           .df = df,
                           .method = "delong_unpaired"};
    finish_pair(out, confidence);
    return DLRN_OK;
}
