/* SPDX-License-Identifier: Apache-2.0
 *
 * Proportions (Wilson 1927; Clopper & Pearson 1934), the 2 x 2 table.
 */
#include <dlrn/classify.h>

#include <dlrn/special.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

dlrn_estimate dlrn_proportion(size_t count, size_t n, double confidence,
                              dlrn_interval_method method)
{
    const double k = (double)count, all = (double)n, p = k / all, tail = (1 - confidence) / 2;
    if (n == 0) return (dlrn_estimate){(double)NAN, (double)NAN, (double)NAN};
    if (method == DLRN_EXACT)
        return (dlrn_estimate){p, count ? dlrn_beta_quantile(tail, k, all - k + 1) : 0,
                               count < n ? dlrn_beta_quantile(1 - tail, k + 1, all - k) : 1};
    const double z = dlrn_normal_quantile(1 - tail), z2 = z * z;
    const double centre = (k + z2 / 2) / (all + z2);
    const double reach = z * sqrt(k * (all - k) / all + z2 / 4) / (all + z2);
    return (dlrn_estimate){p, count ? fmax(0, centre - reach) : 0,
                           count < n ? fmin(1, centre + reach) : 1};
}

enum {
    SENSITIVITY,
    SPECIFICITY,
    PPV,
    NPV,
    ACCURACY,
    F1,
    MCC,
    YOUDEN,
    LR_POS,
    LR_NEG,
    DOR,
    MEASURES
};

static void measure(double out[MEASURES], double tp, double fp, double fn, double tn)
{
    out[SENSITIVITY] = tp / (tp + fn);
    out[SPECIFICITY] = tn / (tn + fp);
    out[PPV] = tp / (tp + fp);
    out[NPV] = tn / (tn + fn);
    out[ACCURACY] = (tp + tn) / (tp + fp + fn + tn);
    out[F1] = 2 * tp / (2 * tp + fp + fn);
    const double product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
    out[MCC] = product > 0 ? (tp * tn - fp * fn) / sqrt(product) : 0;
    out[YOUDEN] = out[SENSITIVITY] + out[SPECIFICITY] - 1;
    const double more = tp > 0 && fp > 0 && fn > 0 && tn > 0 ? 0 : 0.5;
    const double a = tp + more, b = fp + more, f = fn + more, d = tn + more;
    const double sens = a / (a + f), spec = d / (b + d);
    out[LR_POS] = sens / (1 - spec);
    out[LR_NEG] = (1 - sens) / spec;
    out[DOR] = a * d / (b * f);
}

/* exp(log(ratio) +- z se) */
static dlrn_estimate log_interval(double ratio, double variance, double z)
{
    const double reach = z * sqrt(variance);
    return (dlrn_estimate){ratio, exp(log(ratio) - reach), exp(log(ratio) + reach)};
}

static void ratio_intervals(dlrn_estimate e[MEASURES], const dlrn_classification *c, double z)
{
    const double more = dlrn_classify_has_zero(c) ? 0.5 : 0;
    const double a = (double)c->tp + more, b = (double)c->fp + more, f = (double)c->fn + more,
                 d = (double)c->tn + more;
    e[LR_POS] = log_interval(e[LR_POS].value, 1 / a - 1 / (a + f) + 1 / b - 1 / (b + d), z);
    e[LR_NEG] = log_interval(e[LR_NEG].value, 1 / f - 1 / (a + f) + 1 / d - 1 / (b + d), z);
    e[DOR] = log_interval(e[DOR].value, 1 / a + 1 / b + 1 / f + 1 / d, z);
}

bool dlrn_classify_has_zero(const dlrn_classification *c)
{
    return !c->tp || !c->fp || !c->fn || !c->tn;
}

typedef struct job {
    const double *score;
    const dlrn_truth *t;
    double threshold;
    double *value; /* [MEASURES][replicates] */
    size_t replicates;
} job;

static dlrn_status replicate(void *user, size_t b, size_t worker, const uint32_t *weight,
                             dlrn_error *err)
{
    (void)worker;
    (void)err;
    const job *j = user;
    double cell[2][2] = {{0, 0}, {0, 0}}, m[MEASURES];
    for (size_t i = 0; i < j->t->n; i++)
        cell[j->t->label[i]][j->score[i] >= j->threshold] += weight[i];
    measure(m, cell[1][1], cell[0][1], cell[1][0], cell[0][0]);
    for (size_t k = 0; k < MEASURES; k++)
        j->value[k * j->replicates + b] = m[k];
    return DLRN_OK;
}

static dlrn_status bootstrap(dlrn_estimate out[MEASURES], const double *score, const dlrn_truth *t,
                             double threshold, const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    job j = {.score = score, .t = t, .threshold = threshold, .replicates = boot->replicates};

    DLRN_TRY(dlrn_alloc_or_fail(&j.value, j.replicates * MEASURES, err));
    DLRN_TRY(stats_bootstrap(t, boot, replicate, &j, err));
    for (size_t k = 0; k < MEASURES; k++)
        stats_percentile(&out[k].lo, &out[k].hi, j.value + k * j.replicates, j.replicates,
                         boot->confidence);
done:
    free(j.value);
    return st;
}

static int compare_ids(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Whether row i is in the denominator of the k-th proportion. */
static bool counts_for(int k, bool label, bool called)
{
    return k == SENSITIVITY   ? label
           : k == SPECIFICITY ? !label
           : k == PPV         ? called
           : k == NPV         ? !called
                              : true;
}

/* A proportion of none or all is 0 or 1 in every replicate: the bootstrap's interval has no width
 * where the truth may be well away. Wilson's with each cluster counted once stands in. */
static dlrn_status mend_ends(dlrn_estimate e[MEASURES], const double *score, const dlrn_truth *t,
                             double threshold, const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    size_t *id = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&id, t->n, err));
    for (int k = SENSITIVITY; k <= ACCURACY; k++) {
        if (e[k].value != 0 && e[k].value != 1) continue; // undefined, too
        size_t n = 0, clusters = 0;
        for (size_t i = 0; i < t->n; i++)
            if (counts_for(k, t->label[i], score[i] >= threshold)) id[n++] = t->cluster[i];
        qsort(id, n, sizeof *id, compare_ids);
        for (size_t i = 0; i < n; i++)
            clusters += i == 0 || id[i] != id[i - 1];
        e[k] = dlrn_proportion(e[k].value == 1 ? clusters : 0, clusters, boot->confidence,
                               DLRN_WILSON);
    }
done:
    free(id);
    return st;
}

dlrn_status dlrn_classify(dlrn_classification *out, const double *score, const dlrn_truth *t,
                          double threshold, dlrn_interval_method method, const dlrn_bootstrap *boot,
                          dlrn_error *err)
{
    dlrn_status st;
    size_t cases, cell[2][2] = {{0, 0}, {0, 0}};
    dlrn_classification c = {0};
    double m[MEASURES];
    dlrn_estimate e[MEASURES];
    const double confidence = boot->confidence;

    DLRN_TRY(dlrn_truth_check(&cases, t, score, err));
    DLRN_TRY(stats_need_both_classes(cases, t->n, "a classification", err));
    for (size_t i = 0; i < t->n; i++)
        cell[t->label[i]][score[i] >= threshold]++;
    c.tp = cell[1][1];
    c.fp = cell[0][1];
    c.fn = cell[1][0];
    c.tn = cell[0][0];
    measure(m, (double)c.tp, (double)c.fp, (double)c.fn, (double)c.tn);
    for (int k = 0; k < MEASURES; k++)
        e[k] = (dlrn_estimate){m[k], (double)NAN, (double)NAN};
    if (boot->replicates) DLRN_TRY(bootstrap(e, score, t, threshold, boot, err));
    if (t->cluster && boot->replicates) DLRN_TRY(mend_ends(e, score, t, threshold, boot, err));
    if (!t->cluster) {
        e[SENSITIVITY] = dlrn_proportion(c.tp, cases, confidence, method);
        e[SPECIFICITY] = dlrn_proportion(c.tn, t->n - cases, confidence, method);
        e[PPV] = dlrn_proportion(c.tp, c.tp + c.fp, confidence, method);
        e[NPV] = dlrn_proportion(c.tn, c.tn + c.fn, confidence, method);
        e[ACCURACY] = dlrn_proportion(c.tp + c.tn, t->n, confidence, method);
        const dlrn_estimate *s = &e[SENSITIVITY], *q = &e[SPECIFICITY];
        e[YOUDEN].lo = m[YOUDEN] - hypot(s->value - s->lo, q->value - q->lo);
        e[YOUDEN].hi = m[YOUDEN] + hypot(s->hi - s->value, q->hi - q->value);
        ratio_intervals(e, &c, dlrn_normal_quantile((1 + confidence) / 2));
    }
    c.sensitivity = e[SENSITIVITY];
    c.specificity = e[SPECIFICITY];
    c.ppv = e[PPV];
    c.npv = e[NPV];
    c.accuracy = e[ACCURACY];
    c.f1 = e[F1];
    c.mcc = e[MCC];
    c.youden = e[YOUDEN];
    c.lr_pos = e[LR_POS];
    c.lr_neg = e[LR_NEG];
    c.dor = e[DOR];
    *out = c;
done:
    return st;
}
