/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrapped AUCs: the rows are sorted once, a replicate is a count for each row and one pass.
 */
#include <dlrn/roc.h>

#include <dlrn/special.h>

#include "stats/roc.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

/* A score's walk from low to high. */
typedef struct walk {
    size_t *order;   /* [n] */
    uint8_t *breaks; /* 1 where the next row has a higher score          [n] */
} walk;

typedef struct job {
    const dlrn_truth *t;
    walk score[2];
    const dlrn_auc_part *part; /* NULL: the whole */
    int scores;
    double *auc[2]; /* [replicates] */
} job;

static dlrn_status walk_init(walk *w, const double *score, size_t n, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&w->order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->breaks, n, err));
    dlrn_sort_index(w->order, score, n);
    for (size_t i = 0; i < n; i++)
        w->breaks[i] = i + 1 == n || score[w->order[i + 1]] != score[w->order[i]];
done:
    return st;
}

static double weighted_auc(const walk *w, const uint8_t *label, const uint32_t *weight, size_t n)
{
    uint64_t won2 = 0, cases = 0, controls = 0, tied_cases = 0, tied_controls = 0; // won2: halves
    for (size_t i = 0; i < n; i++) {
        const size_t row = w->order[i];
        const uint64_t is_case = label[row], count = weight[row];
        tied_cases += is_case * count;
        tied_controls += (1 - is_case) * count;
        if (!w->breaks[i]) continue;
        won2 += tied_cases * (2 * controls + tied_controls);
        cases += tied_cases;
        controls += tied_controls;
        tied_cases = tied_controls = 0;
    }
    return (double)won2 / (2.0 * (double)cases * (double)controls);
}

/* From the lowest score up: specificity rises, sensitivity falls. */
static double weighted_part(const walk *w, const uint8_t *label, const uint32_t *weight, size_t n,
                            const dlrn_auc_part *part)
{
    uint64_t all[2] = {0, 0}, below[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        all[label[i]] += weight[i];
    double sens = 1, spec = 0, area = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t row = w->order[i];
        below[label[row]] += weight[row];
        if (!w->breaks[i]) continue;
        const double next_sens = (double)(all[1] - below[1]) / (double)all[1],
                     next_spec = (double)below[0] / (double)all[0];
        area += part->over_sensitivity ? stats_strip(next_sens, next_spec, sens, spec, part)
                                       : stats_strip(spec, sens, next_spec, next_sens, part);
        sens = next_sens;
        spec = next_spec;
    }
    return area;
}

static dlrn_status replicate(void *user, size_t b, size_t worker, const uint32_t *weight,
                             dlrn_error *err)
{
    (void)worker;
    (void)err;
    job *j = user;
    for (int s = 0; s < j->scores; s++)
        j->auc[s][b] = j->part ? weighted_part(&j->score[s], j->t->label, weight, j->t->n, j->part)
                               : weighted_auc(&j->score[s], j->t->label, weight, j->t->n);
    return DLRN_OK;
}

static void job_clear(job *j)
{
    for (int s = 0; s < 2; s++) {
        free(j->auc[s]);
        free(j->score[s].breaks);
        free(j->score[s].order);
    }
}

static dlrn_status run_job(job *j, const double *const *score, const dlrn_truth *t,
                           const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    size_t cases;

    if (j->part) DLRN_TRY(stats_check_part(j->part, err));
    for (int s = 0; s < j->scores; s++) {
        DLRN_TRY(dlrn_truth_check(&cases, t, score[s], err));
        DLRN_TRY(walk_init(&j->score[s], score[s], t->n, err));
        DLRN_TRY(dlrn_alloc_or_fail(&j->auc[s], boot->replicates, err));
    }
    DLRN_TRY(stats_need_both_classes(cases, t->n, "an AUC", err));
    j->t = t;
    st = stats_bootstrap(t, boot, replicate, j, err);
done:
    return st;
}

/* The area itself. */
static dlrn_status area_of(double *out, const double *score, const dlrn_truth *t,
                           const dlrn_auc_part *part, double confidence, dlrn_error *err)
{
    dlrn_status st;
    dlrn_auc whole;
    dlrn_partial_auc a;
    dlrn_roc r = {0};
    DLRN_TRY(dlrn_auc_delong(&whole, score, t, confidence, err));
    *out = whole.auc;
    if (!part) goto done;
    DLRN_TRY(dlrn_roc_curve(&r, score, t, err));
    DLRN_TRY(dlrn_auc_partial(&a, &r, part, err));
    *out = a.area;
done:
    dlrn_roc_clear(&r);
    return st;
}

dlrn_status dlrn_auc_bootstrap(dlrn_estimate *out, const double *score, const dlrn_truth *t,
                               const dlrn_auc_part *part, const dlrn_bootstrap *boot,
                               dlrn_error *err)
{
    dlrn_status st;
    job j = {.scores = 1, .part = part};

    DLRN_TRY(run_job(&j, &score, t, boot, err));
    DLRN_TRY(area_of(&out->value, score, t, part, boot->confidence, err));
    stats_percentile(&out->lo, &out->hi, j.auc[0], boot->replicates, boot->confidence);
done:
    job_clear(&j);
    return st;
}

/* A row that is alone in its class is in every replicate, and its variance in none. */
static dlrn_status need_two(const dlrn_truth *t, dlrn_error *err)
{
    size_t cases = 0;
    for (size_t i = 0; i < t->n; i++)
        cases += t->label[i];
    if (t->cluster || (cases >= 2 && t->n - cases >= 2)) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL,
                     "%zu positive and %zu negative rows: a comparison of AUCs needs two of each",
                     cases, t->n - cases);
}

/* Statistic, p and interval of a pair from replicates of both areas; a's become differences. */
static void finish_pair(dlrn_auc_pair *d, double *a, const double *b, const dlrn_bootstrap *boot)
{
    for (size_t i = 0; i < boot->replicates; i++)
        a[i] -= b[i];
    d->difference = d->auc_a - d->auc_b;
    d->se = sqrt(stats_covariance(a, a, boot->replicates));
    d->z = d->se > 0 ? d->difference / d->se : 0;
    d->df = (double)INFINITY;
    d->p = d->se > 0 || d->difference == 0 ? dlrn_normal_two_sided(d->z) : (double)NAN;
    stats_percentile(&d->lo, &d->hi, a, boot->replicates, boot->confidence);
}

dlrn_status dlrn_auc_compare_bootstrap(dlrn_auc_pair *out, const double *a, const double *b,
                                       const dlrn_truth *t, const dlrn_auc_part *part,
                                       const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    job j = {.scores = 2, .part = part};
    dlrn_auc_pair d = {.method = "bootstrap"};
    const double *const score[2] = {a, b};

    DLRN_TRY(need_two(t, err));
    DLRN_TRY(run_job(&j, score, t, boot, err));
    DLRN_TRY(area_of(&d.auc_a, a, t, part, boot->confidence, err));
    DLRN_TRY(area_of(&d.auc_b, b, t, part, boot->confidence, err));
    finish_pair(&d, j.auc[0], j.auc[1], boot);
    *out = d;
done:
    job_clear(&j);
    return st;
}

dlrn_status dlrn_auc_compare_independent_bootstrap(dlrn_auc_pair *out, const double *a,
                                                   const dlrn_truth *truth_a, const double *b,
                                                   const dlrn_truth *truth_b,
                                                   const dlrn_auc_part *part,
                                                   const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    job j[2] = {{.scores = 1, .part = part}, {.scores = 1, .part = part}};
    dlrn_auc_pair d = {.method = "bootstrap_unpaired"};
    dlrn_bootstrap other = *boot;
    other.seed = ~boot->seed; // independent of the first cohort's draws

    DLRN_TRY(need_two(truth_a, err));
    DLRN_TRY(need_two(truth_b, err));
    DLRN_TRY(run_job(&j[0], &a, truth_a, boot, err));
    DLRN_TRY(run_job(&j[1], &b, truth_b, &other, err));
    DLRN_TRY(area_of(&d.auc_a, a, truth_a, part, boot->confidence, err));
    DLRN_TRY(area_of(&d.auc_b, b, truth_b, part, boot->confidence, err));
    finish_pair(&d, j[0].auc[0], j[1].auc[0], boot);
    *out = d;
done:
    job_clear(&j[0]);
    job_clear(&j[1]);
    return st;
}
