/* SPDX-License-Identifier: Apache-2.0
 *
 * mcnemar: two classifiers on the same rows.
 */
#include "stats_rules.h"

#include <dlrn/paired.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static dlrn_json *rate_json(const dlrn_paired_rate *r)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_integer(o, "n", (int64_t)r->n);
    dlrn_json_set_number(o, "a", r->a);
    dlrn_json_set_number(o, "b", r->b);
    dlrn_json_set_number(o, "difference", r->difference.value);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(r->difference.lo, r->difference.hi));
    if (isnan(r->difference.lo))
        dlrn_json_set_string(o, "ci_reason", "the clusters all differ alike: no error is known");
    dlrn_json_set_integer(o, "both", (int64_t)r->both);
    dlrn_json_set_integer(o, "only_a", (int64_t)r->only_a);
    dlrn_json_set_integer(o, "only_b", (int64_t)r->only_b);
    dlrn_json_set_integer(o, "neither", (int64_t)r->neither);
    dlrn_json_set_number(o, "chi2", r->chi2);
    dlrn_json_set_number(o, "p", r->p);
    if (isnan(r->p))
        dlrn_json_set_string(o, "p_reason", "these rows are all of one cluster: no error is known");
    dlrn_json_set_number(o, "p_exact", r->exact_p);
    return o;
}

/* One rule for all scores, or one for each, parted by commas. */
static dlrn_status parse_rules(stats_threshold *rule, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const char *s = d->o->threshold;
    char *own = NULL;
    size_t given = 1;
    for (const char *c = s; c && *c; c++)
        given += *c == ',';
    if (given != 1 && given != d->score.n)
        return dlrn_fail(err, DLRN_EINVAL,
                         "--threshold '%.60s': %zu thresholds for %zu scores; expected one, or one "
                         "for each",
                         s, given, d->score.n);
    for (size_t k = 0; k < d->score.n; k++) {
        const size_t len = s ? strcspn(s, ",") : 0;
        if (s) {
            own = dlrn_strndup(s, len);
            if (!own) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
        }
        DLRN_TRY(stats_parse_threshold(&rule[k], own, "threshold", d, err));
        free(own);
        own = NULL;
        if (given > 1) s += len + (s[len] == ',');
    }
done:
    free(own);
    return st;
}

static dlrn_json *pair_json(const dlrn_paired *p, const stats_data *d, size_t a, size_t b,
                            const double *threshold)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "a", d->score.v[a]);
    dlrn_json_set_string(o, "b", d->score.v[b]);
    dlrn_json_set_number(o, "threshold_a", threshold[a]);
    dlrn_json_set_number(o, "threshold_b", threshold[b]);
    dlrn_json_set_take(o, "sensitivity", rate_json(&p->sensitivity));
    dlrn_json_set_take(o, "specificity", rate_json(&p->specificity));
    dlrn_json_set_take(o, "accuracy", rate_json(&p->accuracy));
    return o;
}

static dlrn_status run_mcnemar(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_truth t = stats_truth(d);
    stats_threshold *rule = NULL;
    double *threshold = NULL;
    dlrn_paired p;
    dlrn_json *pairs = dlrn_json_array();
    DLRN_TRY(dlrn_alloc_or_fail(&rule, d->score.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&threshold, d->score.n, err));
    if (d->score.n < 2)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "mcnemar needs two scores: --score A,B"));
    DLRN_TRY(parse_rules(rule, d, err));
    for (size_t k = 0; k < d->score.n; k++)
        DLRN_TRY(stats_threshold_of(&threshold[k], &rule[k], d->score_v[k], &t, err));
    for (size_t a = 0; a < d->score.n; a++) {
        for (size_t b = a + 1; b < d->score.n; b++) {
            DLRN_TRY(dlrn_paired_calls(&p, d->score_v[a], threshold[a], d->score_v[b], threshold[b],
                                       &t, d->o->ci, err));
            dlrn_json_append_take(pairs, pair_json(&p, d, a, b, threshold));
        }
    }
    dlrn_json_set_string(out, "method",
                         d->cluster ? "clusters: Obuchowski's test, interval of a ratio of sums"
                                    : "McNemar with continuity correction, Newcombe's interval");
    dlrn_json_set_take(out, "pairs", pairs);
    pairs = NULL;
done:
    dlrn_json_free(pairs);
    free(threshold);
    free(rule);
    return st;
}

/* A row for each pair and rate. */
static dlrn_json *view_mcnemar(const dlrn_json *result)
{
    static const char *const kept[] = {"test", "n", "dropped", "method"},
                             *const rates[] = {"sensitivity", "specificity", "accuracy"},
                             *const keys[] = {"a",      "b",    "difference", "ci",     "only_a",
                                              "only_b", "chi2", "p",          "p_exact"};
    dlrn_json *view = stats_only(result, kept, sizeof kept / sizeof *kept),
              *rows = dlrn_json_array();
    const dlrn_json *pairs = dlrn_json_get(result, "pairs");
    for (size_t i = 0; i < 3 * dlrn_json_size(pairs); i++) {
        const dlrn_json *pair = dlrn_json_at(pairs, i / 3), *r = dlrn_json_get(pair, rates[i % 3]);
        dlrn_json *row = dlrn_json_object();
        char name[200];
        snprintf(name, sizeof name, "%.60s >= %.6g, %.60s >= %.6g",
                 dlrn_json_get_string(pair, "a", ""),
                 dlrn_json_get_number(pair, "threshold_a", (double)NAN),
                 dlrn_json_get_string(pair, "b", ""),
                 dlrn_json_get_number(pair, "threshold_b", (double)NAN));
        dlrn_json_set_string(row, "a, b", name);
        dlrn_json_set_string(row, "rate", rates[i % 3]);
        for (size_t k = 0; k < 9; k++)
            dlrn_json_set_take(row, keys[k], dlrn_json_copy(dlrn_json_get(r, keys[k])));
        dlrn_json_append_take(rows, row);
    }
    dlrn_json_set_take(view, "pairs", rows);
    return view;
}

static const cli_option mcnemar_options[] = {
    STATS_OPT_LABEL, STATS_OPT_SCORE,   STATS_OPT_BY,
    STATS_OPT_CI,    STATS_OPT_CLUSTER, STATS_OPT_THRESHOLD,
};

const stats_test stats_mcnemar = {
    .cli =
        {STATS_CLI(mcnemar_options), .name = "mcnemar",
         .summary = "two classifiers on the same rows: sensitivity, specificity, accuracy",
         .usage = "FILE.csv --label COL --score A,B,... [options]",
         .details = "--threshold is one for all scores, or one for each: 0.5,0.3 or "
                    "sensitivity=0.9,youden.",
         .examples =
             "  # two models, each at 0.5\n"
             "  dlrn stats mcnemar p.csv --label y --score clinical,dlrn --threshold 0.5\n"
             "  # a reader's calls (0 and 1) against a model; rows of one patient belong together\n"
             "  dlrn stats mcnemar p.csv --label y --score reader,dlrn --threshold 1,youden "
             "--cluster patient\n"},
    .needs = STATS_LABEL | STATS_SCORE,
    .fn = run_mcnemar,
    .view = view_mcnemar,
};
