/* SPDX-License-Identifier: Apache-2.0
 *
 * dca.
 */
#include "stats_rules.h"

#include <dlrn/decision.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static dlrn_json *bands_json(const double *lo, const double *hi, size_t n, bool drawn)
{
    if (!drawn) return dlrn_json_null();
    dlrn_json *ci = dlrn_json_array();
    for (size_t i = 0; i < n; i++)
        dlrn_json_append_take(ci, dlrn_json_interval(lo[i], hi[i]));
    return ci;
}

/* The thresholds and how to draw. */
typedef struct plan {
    const stats_data *d;
    dlrn_truth t;
    dlrn_decision_opts opts;
    double *threshold;
    size_t n;
} plan;

static dlrn_status add_curve(dlrn_json *out, dlrn_json *scores, const plan *p, size_t k,
                             dlrn_error *err)
{
    dlrn_status st;
    dlrn_decision c = {0};
    DLRN_TRY(dlrn_decision_curve(&c, p->d->score_v[k], &p->t, p->threshold, p->n, &p->opts, err));
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_take(o, "net_benefit", dlrn_json_numbers(c.net_benefit, p->n));
    dlrn_json_set_take(o, "standardised", dlrn_json_numbers(c.standardised, p->n));
    dlrn_json_set_take(o, "interventions_avoided", dlrn_json_numbers(c.avoided, p->n));
    dlrn_json_set_take(o, "ci", bands_json(c.lo, c.hi, p->n, p->opts.boot.replicates > 0));
    dlrn_json_set_take(scores, p->d->score.v[k], o);
    if (k == 0) {
        dlrn_json *none = dlrn_json_array();
        for (size_t i = 0; i < p->n; i++)
            dlrn_json_append_take(none, dlrn_json_number(0));
        dlrn_json_set_number(out, "prevalence", c.prevalence);
        dlrn_json_set_take(out, "all", dlrn_json_numbers(c.all, p->n));
        dlrn_json_set_take(out, "none", none);
    }
done:
    dlrn_decision_clear(&c);
    return st;
}

static dlrn_status add_difference(dlrn_json *all, const plan *p, size_t a, size_t b,
                                  dlrn_error *err)
{
    dlrn_status st;
    dlrn_decision_difference c = {0};
    const stats_data *d = p->d;
    DLRN_TRY(dlrn_decision_compare(&c, d->score_v[a], d->score_v[b], &p->t, p->threshold, p->n,
                                   &p->opts, err));
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "a", d->score.v[a]);
    dlrn_json_set_string(o, "b", d->score.v[b]);
    dlrn_json_set_take(o, "net_benefit", dlrn_json_numbers(c.difference, p->n));
    dlrn_json_set_take(o, "ci", bands_json(c.lo, c.hi, p->n, p->opts.boot.replicates > 0));
    dlrn_json_append_take(all, o);
done:
    dlrn_decision_difference_clear(&c);
    return st;
}

static dlrn_status run_dca(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    plan p = {
        .d = d, .t = stats_truth(d), .opts = {d->o->prevalence, d->o->harm, stats_boot(d, 0)}};
    dlrn_json *scores = dlrn_json_object(), *differences = dlrn_json_array();
    DLRN_TRY(stats_parse_risks(&p.threshold, &p.n,
                               d->o->thresholds ? d->o->thresholds : "0.01:0.99:0.01", "thresholds",
                               err));
    dlrn_json_set_take(out, "thresholds", dlrn_json_numbers(p.threshold, p.n));
    for (size_t k = 0; k < d->score.n; k++)
        DLRN_TRY(add_curve(out, scores, &p, k, err));
    for (size_t a = 0; a < d->score.n; a++)
        for (size_t b = a + 1; b < d->score.n; b++)
            DLRN_TRY(add_difference(differences, &p, a, b, err));
    dlrn_json_set_take(out, "scores", scores);
    scores = NULL;
    dlrn_json_set_take(out, "differences", differences);
    differences = NULL;
done:
    dlrn_json_free(differences);
    dlrn_json_free(scores);
    free(p.threshold);
    return st;
}

/* Number k of an array, with its interval where there is one. */
static dlrn_json *estimate_at(const dlrn_json *o, size_t k)
{
    const dlrn_json *value = dlrn_json_at(dlrn_json_get(o, "net_benefit"), k);
    const dlrn_json *ci = dlrn_json_at(dlrn_json_get(o, "ci"), k);
    if (!ci) return dlrn_json_copy(value);
    dlrn_json *cell = dlrn_json_object();
    dlrn_json_set_take(cell, "value", dlrn_json_copy(value));
    dlrn_json_set_take(cell, "ci", dlrn_json_copy(ci));
    return cell;
}

static dlrn_json *view_row(const dlrn_json *result, size_t k)
{
    dlrn_json *row = dlrn_json_object();
    dlrn_json_member m;
    const dlrn_json *scores = dlrn_json_get(result, "scores"),
                    *differences = dlrn_json_get(result, "differences");
    dlrn_json_set_take(row, "threshold",
                       dlrn_json_copy(dlrn_json_at(dlrn_json_get(result, "thresholds"), k)));
    dlrn_json_set_take(row, "treat all",
                       dlrn_json_copy(dlrn_json_at(dlrn_json_get(result, "all"), k)));
    for (bool any = dlrn_json_first(scores, &m); any; any = dlrn_json_next(scores, &m))
        dlrn_json_set_take(row, m.key, estimate_at(m.value, k));
    for (size_t i = 0; i < dlrn_json_size(differences); i++) {
        char name[200];
        const dlrn_json *o = dlrn_json_at(differences, i);
        snprintf(name, sizeof name, "%.80s - %.80s", dlrn_json_get_string(o, "a", ""),
                 dlrn_json_get_string(o, "b", ""));
        dlrn_json_set_take(row, name, estimate_at(o, k));
    }
    return row;
}

/* A row for each threshold, or for every so many where they would fill the screen. */
static dlrn_json *view_dca(const dlrn_json *result)
{
    enum { ROWS = 24 };
    static const char *const kept[] = {"test", "n", "dropped", "prevalence"};
    dlrn_json *view = stats_only(result, kept, sizeof kept / sizeof *kept),
              *rows = dlrn_json_array();
    const size_t n = dlrn_json_size(dlrn_json_get(result, "thresholds"));
    const size_t step = n <= ROWS ? 1 : n <= 5 * ROWS ? 5 : (n + ROWS - 1) / ROWS;
    for (size_t k = step - 1; k < n; k += step)
        dlrn_json_append_take(rows, view_row(result, k));
    dlrn_json_set_take(view, "rows", rows);
    dlrn_json_set_string(view, "shown",
                         step > 1 ? "net benefit; standardised, interventions avoided, and the "
                                    "thresholds in between with --json"
                                  : "net benefit; standardised and interventions avoided with "
                                    "--json");
    return view;
}

static const cli_option dca_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_RISK,
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"thresholds", 0, CLI_TEXT, STATS_AT(thresholds), "T",
     "from:to:step (default: 0.01:0.99:0.01)"},
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N",
     "replicates of bands and of the differences between models (default: none)"},
    STATS_OPT_CLUSTER,
    {"prevalence", 0, CLI_NUMBER, STATS_AT(prevalence), "P",
     "of the outcome where the model is used (default: as in the rows)"},
    {"harm", 0, CLI_NUMBER, STATS_AT(harm), "X", "harm of the test, in net benefit (default: 0)"},
};

const stats_test stats_dca = {
    .cli =
        {STATS_CLI(dca_options), .name = "dca",
         .summary = "decision curves: net benefit over thresholds",
         .usage = "FILE.csv --label COL --score A,B,... [options]",
         .examples =
             "  # two models over the thresholds that matter\n"
             "  dlrn stats dca p.csv --label y --score clinical,dlrn --thresholds 0.05:0.5:0.05\n"
             "  # with bands, for a place where 1 in 10 has the outcome\n"
             "  dlrn stats dca p.csv --label y --score dlrn --bootstrap 500 --prevalence 0.1\n"},
    .needs = STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
    .fn = run_dca,
    .view = view_dca,
};
