/* SPDX-License-Identifier: Apache-2.0
 *
 * NRI (Pencina et al., Stat Med 2008;27:157 and 2011;30:11) and IDI.
 */
#include <dlrn/reclassify.h>

#include <dlrn/special.h>

#include "stats/sample.h"

#include <math.h>

static double category(double risk, const double *cut, size_t cuts)
{
    size_t k = 0;
    while (k < cuts && risk >= cut[k])
        k++;
    return (double)k;
}

static void finish(dlrn_improvement *v, double variance, double confidence)
{
    v->value = v->events + v->nonevents;
    v->se = sqrt(fmax(0, variance));
    v->z = v->se > 0 ? v->value / v->se : (double)NAN;
    v->p = dlrn_normal_two_sided(v->z);
    const double reach = dlrn_normal_quantile((1 + confidence) / 2) * v->se;
    v->lo = v->value - reach;
    v->hi = v->value + reach;
}

/* Moves between categories of the cuts, or any move where there are none. */
static dlrn_improvement net_moves(const double *before, const double *after, const dlrn_truth *t,
                                  const double *cut, size_t cuts, double confidence)
{
    double up[2] = {0, 0}, down[2] = {0, 0}, n[2] = {0, 0}, variance = 0;
    for (size_t i = 0; i < t->n; i++) {
        const int y = t->label[i];
        const double move = cuts ? category(after[i], cut, cuts) - category(before[i], cut, cuts)
                                 : after[i] - before[i];
        n[y]++;
        up[y] += move > 0;
        down[y] += move < 0;
    }
    for (int y = 0; y < 2; y++) {
        const double net = up[y] - down[y];
        variance += (up[y] + down[y]) / (n[y] * n[y]) - net * net / (n[y] * n[y] * n[y]);
    }
    dlrn_improvement v = {.events = (up[1] - down[1]) / n[1],
                          .nonevents = (down[0] - up[0]) / n[0]};
    finish(&v, variance, confidence);
    return v;
}

static dlrn_improvement integrated(const double *before, const double *after, const dlrn_truth *t,
                                   double confidence)
{
    double sum[2] = {0, 0}, square[2] = {0, 0}, n[2] = {0, 0}, variance = 0;
    for (size_t i = 0; i < t->n; i++) {
        sum[t->label[i]] += after[i] - before[i];
        n[t->label[i]]++;
    }
    for (size_t i = 0; i < t->n; i++) {
        const int y = t->label[i];
        const double apart = after[i] - before[i] - sum[y] / n[y];
        square[y] += apart * apart;
    }
    for (int y = 0; y < 2; y++)
        variance += square[y] / ((n[y] - 1) * n[y]);
    dlrn_improvement v = {.events = sum[1] / n[1], .nonevents = -sum[0] / n[0]};
    finish(&v, variance, confidence);
    return v;
}

dlrn_status dlrn_reclassify(dlrn_reclassification *out, const double *before, const double *after,
                            const dlrn_truth *t, const double *cut, size_t cuts, double confidence,
                            dlrn_error *err)
{
    dlrn_status st;
    size_t cases;
    const double none = (double)NAN;

    DLRN_TRY(dlrn_truth_check_probability(&cases, t, before, err));
    DLRN_TRY(dlrn_truth_check_probability(&cases, t, after, err));
    if (cases < 2 || t->n - cases < 2)
        return dlrn_fail(err, DLRN_EINVAL,
                         "%zu positive and %zu negative rows: reclassification needs two of each",
                         cases, t->n - cases);
    for (size_t k = 0; k < cuts; k++)
        if (!(cut[k] > 0 && cut[k] < 1) || (k && !(cut[k] > cut[k - 1])))
            return dlrn_fail(err, DLRN_EINVAL,
                             "cut %zu is %g: cuts rise from one to the next between 0 and 1", k + 1,
                             cut[k]);
    out->nri_continuous = net_moves(before, after, t, NULL, 0, confidence);
    out->nri_categorical = cuts
                               ? net_moves(before, after, t, cut, cuts, confidence)
                               : (dlrn_improvement){none, none, none, none, none, none, none, none};
    out->idi = integrated(before, after, t, confidence);
done:
    return st;
}
