/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrapped AUCs: the rows are sorted once, a replicate is a count for each row and one pass.
 */
#include <dlrn/roc.h>

#include <dlrn/special.h>

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

static dlrn_status replicate(void *user, size_t b, const uint32_t *weight, dlrn_error *err)
{
    (void)err;
    job *j = user;
    for (int s = 0; s < j->scores; s++)
        j->auc[s][b] = weighted_auc(&j->score[s], j->t->label, weight, j->t->n);
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

dlrn_status dlrn_auc_bootstrap(dlrn_estimate *out, const double *score, const dlrn_truth *t,
                               const dlrn_bootstrap *boot, dlrn_error *err)
{
    dlrn_status st;
    dlrn_auc a;
    job j = {.scores = 1};

    DLRN_TRY(run_job(&j, &score, t, boot, err));
    DLRN_TRY(dlrn_auc_delong(&a, score, t, boot->confidence, err));
    out->value = a.auc;
    stats_percentile(&out->lo, &out->hi, j.auc[0], boot->replicates, boot->confidence);
done:
    job_clear(&j);
    return st;
}

dlrn_status dlrn_auc_compare_bootstrap(dlrn_auc_pair *out, const double *a, const double *b,
                                       const dlrn_truth *t, const dlrn_bootstrap *boot,
                                       dlrn_error *err)
{
    dlrn_status st;
    job j = {.scores = 2};
    dlrn_auc_pair d;
    const double *const score[2] = {a, b};

    DLRN_TRY(run_job(&j, score, t, boot, err));
    DLRN_TRY(dlrn_auc_compare(&d, a, b, t, boot->confidence, err));
    double *difference = j.auc[0];
    for (size_t i = 0; i < boot->replicates; i++)
        difference[i] -= j.auc[1][i];
    d.se = sqrt(stats_covariance(difference, difference, boot->replicates));
    d.z = d.se > 0 ? d.difference / d.se : 0;
    d.p = d.se > 0 || d.difference == 0 ? dlrn_normal_two_sided(d.z) : (double)NAN;
    stats_percentile(&d.lo, &d.hi, difference, boot->replicates, boot->confidence);
    d.method = "bootstrap";
    *out = d;
done:
    job_clear(&j);
    return st;
}
