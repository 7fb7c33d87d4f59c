/* SPDX-License-Identifier: Apache-2.0
 *
 * logistic: the fit as a table.
 */
#include "stats_design.h"

#include <dlrn/logistic.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_logistic_data stats_logistic_data(const stats_design *x, const stats_data *d)
{
    return (dlrn_logistic_data){.x = x->x,
                                .label = d->label,
                                .n = d->n,
                                .p = x->names.n,
                                .cluster = d->cluster,
                                .name = (const char *const *)x->names.v};
}

dlrn_logistic_opts stats_logistic_opts(const stats_data *d)
{
    return (dlrn_logistic_opts){.firth = d->o->firth, .sandwich = d->cluster != NULL};
}

dlrn_status stats_logistic_check(const stats_data *d, dlrn_error *err)
{
    if (d->cluster && d->o->profile)
        return dlrn_fail(err, DLRN_EINVAL,
                         "--profile and --cluster: the likelihood does not know of clusters; "
                         "leave one out");
    if (d->cluster && d->o->firth)
        return dlrn_fail(err, DLRN_EINVAL,
                         "--firth and --cluster: there is no accepted sandwich of Firth's "
                         "estimates; leave one out");
    return DLRN_OK;
}

/* What all parts of the answer are made from. */
typedef struct job {
    stats_design x;
    dlrn_logistic m;
    dlrn_logistic_data data;
    dlrn_logistic_opts opts;
    double *weight; /* NULL without --weights [n] */
    double cases, controls;
} job;

static void job_clear(job *j)
{
    dlrn_logistic_clear(&j->m);
    stats_design_clear(&j->x);
    free(j->weight);
}

static dlrn_status load_weights(job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (d->o->weights) DLRN_TRY(stats_numbers(&j->weight, d, d->o->weights, err));
    for (size_t i = 0; i < d->n; i++) {
        const double w = j->weight ? j->weight[i] : 1;
        if (!(w >= 0 && isfinite(w)))
            DLRN_TRY(dlrn_fail(
                err, DLRN_EINVAL, "%s, line %zu, column '%s': weight %g, expected 0 or more",
                dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]), d->o->weights, w));
        *(d->label[i] ? &j->cases : &j->controls) += w;
    }
done:
    return st;
}

static dlrn_json *term_json(const dlrn_logistic_term *t, const char *name)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "term", name);
    dlrn_json_set_number(o, "coefficient", t->coefficient);
    dlrn_json_set_number(o, "se", t->se);
    dlrn_json_set_number(o, "z", t->z);
    dlrn_json_set_number(o, "p", t->p);
    dlrn_json_set_take(o, "coefficient_ci", dlrn_json_interval(t->lo, t->hi));
    dlrn_json_set_number(o, "or", t->odds_ratio);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(t->or_lo, t->or_hi));
    return o;
}

/* Wald rows; with --profile the interval by likelihood and p_lr, which agrees with it. */
static dlrn_status set_terms(dlrn_json *out, const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *terms = dlrn_json_array(), *inflation = dlrn_json_object();
    double *vif = NULL;
    for (size_t k = 0; k < j->m.k; k++) {
        dlrn_logistic_term t;
        dlrn_lr_test lr = {.p = (double)NAN};
        dlrn_logistic_wald(&t, &j->m, k, d->o->ci);
        if (d->o->profile) {
            DLRN_TRY(
                dlrn_logistic_profile(&t.lo, &t.hi, &j->m, &j->data, &j->opts, k, d->o->ci, err));
            DLRN_TRY(dlrn_logistic_profile_test(&lr, &j->m, &j->data, &j->opts, k, 1, err));
            t.or_lo = exp(t.lo);
            t.or_hi = exp(t.hi);
        }
        dlrn_json *o = term_json(&t, j->m.name[k]);
        if (d->o->profile) dlrn_json_set_number(o, "p_lr", lr.p);
        dlrn_json_append_take(terms, o);
    }
    dlrn_json_set_take(out, "terms", terms);
    terms = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&vif, j->m.k, err));
    DLRN_TRY(dlrn_logistic_vif(vif, &j->m, err));
    for (size_t k = 1; k < j->m.k; k++)
        dlrn_json_set_number(inflation, j->m.name[k], vif[k - 1]);
    dlrn_json_set_take(out, "vif", inflation);
    inflation = NULL;
done:
    free(vif);
    dlrn_json_free(inflation);
    dlrn_json_free(terms);
    return st;
}

/* ---- a test for each term ---- */

/* Whole terms: likelihood ratio against the model without them; Wald's over clusters. */
static dlrn_status set_tests(dlrn_json *out, const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *tests = dlrn_json_array();
    for (size_t k = 0; k < j->x.terms; k++) {
        const stats_term *t = &j->x.term[k];
        dlrn_lr_test test;
        DLRN_TRY(j->opts.sandwich
                     ? dlrn_logistic_wald_test(&test, &j->m, t->first + 1, t->width, err)
                     : dlrn_logistic_profile_test(&test, &j->m, &j->data, &j->opts, t->first + 1,
                                                  t->width, err));
        dlrn_json *o = dlrn_json_object();
        dlrn_json_set_string(o, "term", d->terms.v[k]);
        dlrn_json_set_number(o, "chi2", test.chi2);
        dlrn_json_set_integer(o, "df", (int64_t)test.df);
        dlrn_json_set_number(o, "p", test.p);
        dlrn_json_append_take(tests, o);
    }
    dlrn_json_set_string(out, "tests_method",
                         j->opts.sandwich ? "Wald, sandwich"
                         : j->opts.firth  ? "penalised likelihood ratio"
                                          : "likelihood ratio");
    dlrn_json_set_take(out, "tests", tests);
    tests = NULL;
done:
    dlrn_json_free(tests);
    return st;
}

/* Of all pairs of a case and a control, weighted, the share in which the case has more. */
static dlrn_status set_c_index(dlrn_json *out, const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    double *lp = NULL, below = 0, wins = 0;
    size_t *order = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&lp, d->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        lp[i] = dlrn_logistic_lp(&j->m, j->x.x + i * j->data.p);
    dlrn_sort_index(order, lp, d->n);
    for (size_t i = 0, end; i < d->n; i = end) {
        double tied[2] = {0, 0};
        for (end = i; end < d->n && lp[order[end]] == lp[order[i]]; end++)
            tied[d->label[order[end]]] += j->weight ? j->weight[order[end]] : 1;
        wins += tied[1] * (below + tied[0] / 2);
        below += tied[0];
    }
    dlrn_json_set_number(out, "c_index", wins / (j->cases * j->controls));
done:
    free(order);
    free(lp);
    return st;
}

static void warn_of_few_clusters(const stats_data *d)
{
    enum { FEW = 40 }; // Angrist & Pischke, Mostly Harmless Econometrics, 2009, 8.2.3
    size_t clusters = 0;
    for (size_t i = 0; d->cluster && i < d->n; i++)
        clusters = d->cluster[i] < clusters ? clusters : d->cluster[i] + 1;
    if (d->cluster && clusters < FEW)
        cli_warn(d->call, "%zu clusters: with fewer than %d, errors of the sandwich are too small",
                 clusters, FEW);
}

static void set_choices(dlrn_json *out, const job *j, const stats_data *d)
{
    const double parameters = (double)j->data.p, rarer = fmin(j->cases, j->controls);
    dlrn_json_set_string(out, "estimate",
                         d->o->firth ? "Firth's penalised likelihood" : "maximum likelihood");
    dlrn_json_set_string(out, "ci_method",
                         d->cluster      ? "sandwich"
                         : d->o->profile ? "profile"
                                         : "Wald");
    dlrn_json_set_number(out, "events", j->cases);
    dlrn_json_set_number(out, "events_per_variable", rarer / parameters);
    if (rarer < 10 * parameters)
        cli_warn(d->call,
                 "%.3g events (of the rarer outcome) for %.0f coefficients: below 10 each, expect "
                 "overfitting",
                 rarer, parameters);
}

static dlrn_status run_logistic(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    job j = {.weight = NULL};
    DLRN_TRY(stats_logistic_check(d, err));
    DLRN_TRY(load_weights(&j, d, err));
    DLRN_TRY(stats_design_make(&j.x, d, err));
    j.data = stats_logistic_data(&j.x, d);
    j.data.weight = j.weight;
    j.opts = stats_logistic_opts(d);
    DLRN_TRY(dlrn_logistic_fit(&j.m, &j.data, &j.opts, err));
    set_choices(out, &j, d);
    warn_of_few_clusters(d);
    DLRN_TRY(set_terms(out, &j, d, err));
    dlrn_json_set_number(out, "loglik", j.m.loglik);
    dlrn_json_set_number(out, "null_deviance", j.m.null_deviance);
    dlrn_json_set_number(out, "deviance", j.m.deviance);
    dlrn_json_set_number(out, "aic", j.m.aic);
    dlrn_json_set_bool(out, "converged", j.m.converged);
    DLRN_TRY(set_c_index(out, &j, d, err));
    DLRN_TRY(set_tests(out, &j, d, err));
done:
    job_clear(&j);
    return st;
}

static const cli_option logistic_options[] = {
    STATS_OPT_LABEL,
    {"terms", 0, CLI_LIST, STATS_AT(terms), "A,B,...", STATS_TERMS_HELP},
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"firth", 0, CLI_FLAG, STATS_AT(firth), NULL,
     "Firth's penalty: finite where the classes separate"},
    {"profile", 0, CLI_FLAG, STATS_AT(profile), NULL,
     "profile-likelihood intervals (default: Wald)"},
    {"cluster", 0, CLI_TEXT, STATS_AT(cluster), "COL",
     "sandwich errors: rows of one value belong together"},
    {"weights", 0, CLI_TEXT, STATS_AT(weights), "COL", "case weights: how often a row counts"},
};

const stats_test stats_logistic = {
    .cli =
        {STATS_CLI(logistic_options), .name = "logistic", .summary = "logistic regression",
         .usage = "FILE.csv --label COL --terms A,B,... [options]",
         .details =
             "A column of words is a factor, its first value the reference; splines are those of rms::rcs. Standard\n"
             "errors, z and p are Wald's; with --profile the intervals are by likelihood, and so is p_lr. With --cluster\n"
             "errors are the sandwich's of rms::robcov (no small-sample factor). The tests of whole terms are likelihood\n"
             "ratios, penalised with --firth (Wald's with --cluster); vif is rms::vif.",
         .examples =
             "  # a number, a category and a spline with 4 knots\n"
             "  dlrn stats logistic c.csv --label acute --terms \"pain,factor(race),rcs(age,4)\"\n"
             "  # Firth's penalty with profile intervals\n"
             "  dlrn stats logistic c.csv --label acute --terms age,pain --firth --profile\n"},
    .needs = STATS_LABEL | STATS_TERMS,
    .fn = run_logistic,
};
