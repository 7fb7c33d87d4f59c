/* SPDX-License-Identifier: Apache-2.0
 *
 * logistic: the fit as a table.
 */
#include "stats_design.h"

#include <dlrn/logistic.h>
#include <dlrn/roc.h>

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

dlrn_json *stats_logistic_term(const dlrn_logistic_term *t, const char *name)
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

static dlrn_status set_terms(dlrn_json *out, const stats_data *d, const dlrn_logistic *m,
                             const dlrn_logistic_data *data, const dlrn_logistic_opts *opts,
                             dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *terms = dlrn_json_array(), *inflation = dlrn_json_object();
    double *vif = NULL;
    for (size_t k = 0; k < m->k; k++) {
        dlrn_logistic_term t;
        dlrn_logistic_wald(&t, m, k, d->o->ci);
        if (d->o->profile) {
            DLRN_TRY(dlrn_logistic_profile(&t.lo, &t.hi, m, data, opts, k, d->o->ci, err));
            t.or_lo = exp(t.lo);
            t.or_hi = exp(t.hi);
        }
        dlrn_json_append_take(terms, stats_logistic_term(&t, m->name[k]));
    }
    dlrn_json_set_take(out, "terms", terms);
    terms = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&vif, m->k, err));
    DLRN_TRY(dlrn_logistic_vif(vif, m, err));
    for (size_t k = 1; k < m->k; k++)
        dlrn_json_set_number(inflation, m->name[k], vif[k - 1]);
    dlrn_json_set_take(out, "vif", inflation);
    inflation = NULL;
done:
    free(vif);
    dlrn_json_free(inflation);
    dlrn_json_free(terms);
    return st;
}

static dlrn_status set_c_index(dlrn_json *out, const stats_data *d, const dlrn_logistic *m,
                               const double *x, dlrn_error *err)
{
    dlrn_status st;
    double *lp = NULL;
    dlrn_auc a;
    const dlrn_truth t = {d->label, d->n, NULL};
    DLRN_TRY(dlrn_alloc_or_fail(&lp, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        lp[i] = dlrn_logistic_lp(m, x + i * (m->k - 1));
    DLRN_TRY(dlrn_auc_delong(&a, lp, &t, d->o->ci, err));
    dlrn_json_set_number(out, "c_index", a.auc);
done:
    free(lp);
    return st;
}

static dlrn_status run_logistic(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    stats_design x = {0};
    dlrn_logistic m = {0};
    DLRN_TRY(stats_design_make(&x, d, err));
    const dlrn_logistic_data data = stats_logistic_data(&x, d);
    const dlrn_logistic_opts opts = stats_logistic_opts(d);
    DLRN_TRY(dlrn_logistic_fit(&m, &data, &opts, err));
    DLRN_TRY(set_terms(out, d, &m, &data, &opts, err));
    dlrn_json_set_number(out, "loglik", m.loglik);
    dlrn_json_set_number(out, "null_deviance", m.null_deviance);
    dlrn_json_set_number(out, "deviance", m.deviance);
    dlrn_json_set_number(out, "aic", m.aic);
    dlrn_json_set_bool(out, "converged", m.converged);
    DLRN_TRY(set_c_index(out, d, &m, x.x, err));
done:
    dlrn_logistic_clear(&m);
    stats_design_clear(&x);
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
};

const stats_test stats_logistic = {
    .cli =
        {STATS_CLI(logistic_options), .name = "logistic", .summary = "logistic regression",
         .usage = "FILE.csv --label COL --terms A,B,... [options]",
         .examples =
             "  # a number, a category and a spline with 4 knots\n"
             "  dlrn stats logistic c.csv --label acute --terms \"pain,factor(race),rcs(age,4)\"\n"
             "  # Firth's penalty with profile intervals\n"
             "  dlrn stats logistic c.csv --label acute --terms age,pain --firth --profile\n"},
    .needs = STATS_LABEL | STATS_TERMS,
    .fn = run_logistic,
};
