/* SPDX-License-Identifier: Apache-2.0
 *
 * NRI (Pencina et al., Stat Med 2008;27:157 and 2011;30:11) and IDI.
 */
#include <dlrn/reclassify.h>

#include <dlrn/special.h>

#include "stats/sample.h"

#include <math.h>
#include <string.h>

static size_t category(double risk, const double *cut, size_t cuts)
{
    size_t k = 0;
    while (k < cuts && risk >= cut[k])
        k++;
    return k;
}

/* variance: of the parts of non-events and events. */
static void finish(dlrn_improvement *v, const double variance[2], double confidence)
{
    v->value = v->events + v->nonevents;
    v->se = sqrt(fmax(0, variance[0] + variance[1]));
    v->z = v->se > 0 ? v->value / v->se : (double)NAN;
    v->p = dlrn_normal_two_sided(v->z);
    const double z = dlrn_normal_quantile((1 + confidence) / 2);
    v->lo = v->value - z * v->se;
    v->hi = v->value + z * v->se;
    const double events = z * sqrt(fmax(0, variance[1])),
                 nonevents = z * sqrt(fmax(0, variance[0]));
    v->events_lo = v->events - events;
    v->events_hi = v->events + events;
    v->nonevents_lo = v->nonevents - nonevents;
    v->nonevents_hi = v->nonevents + nonevents;
}

/* Moves between categories of the cuts, or any move where there are none. */
static dlrn_improvement net_moves(const double *before, const double *after, const dlrn_truth *t,
                                  const double *cut, size_t cuts, double confidence)
{
    double up[2] = {0, 0}, down[2] = {0, 0}, n[2] = {0, 0}, variance[2];
    for (size_t i = 0; i < t->n; i++) {
        const int y = t->label[i];
        const double move =
            cuts ? (double)category(after[i], cut, cuts) - (double)category(before[i], cut, cuts)
                 : after[i] - before[i];
        n[y]++;
        up[y] += move > 0;
        down[y] += move < 0;
    }
    for (int y = 0; y < 2; y++) {
        const double net = up[y] - down[y];
        variance[y] = (up[y] + down[y]) / (n[y] * n[y]) - net * net / (n[y] * n[y] * n[y]);
    }
    dlrn_improvement v = {.events = (up[1] - down[1]) / n[1],
                          .nonevents = (down[0] - up[0]) / n[0]};
    finish(&v, variance, confidence);
    return v;
}

static dlrn_improvement integrated(const double *before, const double *after, const dlrn_truth *t,
                                   double confidence)
{
    double sum[2] = {0, 0}, square[2] = {0, 0}, n[2] = {0, 0}, variance[2];
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
        variance[y] = square[y] / ((n[y] - 1) * n[y]);
    dlrn_improvement v = {.events = sum[1] / n[1], .nonevents = -sum[0] / n[0]};
    finish(&v, variance, confidence);
    return v;
}

static const dlrn_improvement no_improvement = {(double)NAN, (double)NAN, (double)NAN, (double)NAN,
                                                (double)NAN, (double)NAN, (double)NAN, (double)NAN,
                                                (double)NAN, (double)NAN, (double)NAN, (double)NAN};

void dlrn_reclassify_counts(size_t *out, const double *before, const double *after,
                            const dlrn_truth *t, uint8_t label, const double *cut, size_t cuts)
{
    memset(out, 0, (cuts + 1) * (cuts + 1) * sizeof *out);
    for (size_t i = 0; i < t->n; i++)
        if (t->label[i] == label)
            out[category(before[i], cut, cuts) * (cuts + 1) + category(after[i], cut, cuts)]++;
}

dlrn_status dlrn_reclassify(dlrn_reclassification *out, const double *before, const double *after,
                            const dlrn_truth *t, const double *cut, size_t cuts, double confidence,
                            dlrn_error *err)
{
    dlrn_status st;
    size_t cases;

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
    out->nri_categorical = net_moves(before, after, t, cut, cuts, confidence);
    if (!cuts) out->nri_categorical = no_improvement;
    out->idi = integrated(before, after, t, confidence);
done:
    return st;
}
