/* SPDX-License-Identifier: Apache-2.0
 *
 * samplesize: how many cases a study needs.
 */
#include "stats.h"

#include <dlrn/samplesize.h>

#include <math.h>
#include <string.h>

static int check_samplesize(const cli_call *call)
{
    const stats_opts *o = call->opts;
    const bool develop = !strcmp(call->args[0], "develop");
    if (!develop && strcmp(call->args[0], "validate") != 0)
        return cli_usage(call, "'%.40s': expected develop or validate", call->args[0]);
    if (isnan(o->prevalence))
        return cli_usage(call, "%s needs --prevalence P, the expected share of events",
                         call->args[0]);
    if (develop && o->parameters < 1)
        return cli_usage(call, "develop needs --parameters N, one or more");
    if (develop && isnan(o->r2cs) && isnan(o->auc))
        return cli_usage(call, "develop needs --r2cs R, the expected Cox-Snell R2, or --auc A");
    if (develop && !isnan(o->r2cs) && !isnan(o->auc))
        return cli_usage(call, "--r2cs and --auc both say how good the model will be; give one");
    if (!develop && isnan(o->auc))
        return cli_usage(call, "validate needs --auc A, the expected AUC");
    if (isnan(o->sensitivity) != isnan(o->specificity))
        return cli_usage(call, "--sensitivity and --specificity belong together; give both");
    if (isnan(o->risk) && !isnan(o->sensitivity))
        return cli_usage(call, "--sensitivity and --specificity need --threshold P, the risk they "
                               "are expected at");
    if (develop && !isnan(o->risk)) return cli_usage(call, "--threshold belongs to validate");
    return 0;
}

/* R2 as given, or what the AUC means. */
static dlrn_status develop(dlrn_samplesize *s, dlrn_json *out, const stats_opts *o, dlrn_error *err)
{
    double r2cs = o->r2cs;
    if (isnan(r2cs)) {
        if (!(o->auc > 0.5 && o->auc < 1))
            return dlrn_fail(err, DLRN_EINVAL, "AUC is %g, expected between 0.5 and 1", o->auc);
        r2cs = dlrn_samplesize_r2cs(o->prevalence, o->auc);
    }
    const dlrn_status st =
        dlrn_samplesize_develop(s, o->prevalence, (double)o->parameters, r2cs, err);
    if (st == DLRN_OK) dlrn_json_set_number(out, "r2cs", r2cs);
    return st;
}

static dlrn_status validate(dlrn_samplesize *s, dlrn_json *out, const stats_opts *o,
                            dlrn_error *err)
{
    dlrn_status st;
    dlrn_samplesize_decision d = {o->risk, o->sensitivity, o->specificity, (double)NAN};
    DLRN_TRY(dlrn_samplesize_validate(s, o->prevalence, o->auc, o->o_e_width, o->slope_width,
                                      o->auc_width, err));
    if (isnan(o->risk)) return DLRN_OK;
    if (isnan(o->sensitivity)) DLRN_TRY(dlrn_samplesize_accuracy(&d, o->prevalence, o->auc, err));
    DLRN_TRY(dlrn_samplesize_net_benefit(s, &d, o->prevalence, o->nb_width, err));
    dlrn_json_set_number(out, "threshold", d.threshold);
    dlrn_json_set_number(out, "sensitivity", d.sensitivity);
    dlrn_json_set_number(out, "specificity", d.specificity);
    dlrn_json_set_number(out, "standardised_net_benefit", d.standardised_net_benefit);
done:
    return st;
}

static dlrn_status run_samplesize(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const stats_opts *o = d->o;
    dlrn_samplesize s;
    if (!strcmp(d->call->args[0], "develop"))
        DLRN_TRY(develop(&s, out, o, err));
    else
        DLRN_TRY(validate(&s, out, o, err));
    dlrn_json *criteria = dlrn_json_array();
    for (size_t i = 0; i < s.criteria; i++) {
        dlrn_json *c = dlrn_json_object();
        dlrn_json_set_string(c, "name", s.criterion[i].name);
        dlrn_json_set_number(c, "n", s.criterion[i].n);
        dlrn_json_set_number(c, "events", s.criterion[i].events);
        dlrn_json_append_take(criteria, c);
    }
    dlrn_json_set_take(out, "criteria", criteria);
    dlrn_json_set_number(out, "n", s.n);
done:
    return st;
}

static const cli_option samplesize_options[] = {
    {"prevalence", 0, CLI_NUMBER, STATS_AT(prevalence), "P", "expected share with the outcome"},
    {"parameters", 0, CLI_INTEGER, STATS_AT(parameters), "N", "develop: candidate parameters"},
    {"r2cs", 0, CLI_NUMBER, STATS_AT(r2cs), "R", "develop: expected Cox-Snell R2, or"},
    {"auc", 0, CLI_NUMBER, STATS_AT(auc), "A", "expected AUC (develop: its R2 by Riley 2021)"},
    {"o-e-width", 0, CLI_NUMBER, STATS_AT(o_e_width), "W",
     "validate: width of the interval of O:E (default: 0.2)"},
    {"slope-width", 0, CLI_NUMBER, STATS_AT(slope_width), "W",
     "validate: of the calibration slope (default: 0.2)"},
    {"auc-width", 0, CLI_NUMBER, STATS_AT(auc_width), "W", "validate: of the AUC (default: 0.1)"},
    {"threshold", 0, CLI_NUMBER, STATS_AT(risk), "P",
     "validate: risk that is treated, for net benefit too"},
    {"sensitivity", 0, CLI_NUMBER, STATS_AT(sensitivity), "S",
     "validate: expected there, with (default: as the AUC means)"},
    {"specificity", 0, CLI_NUMBER, STATS_AT(specificity), "S", "validate: the same"},
    {"nb-width", 0, CLI_NUMBER, STATS_AT(nb_width), "W",
     "validate: of the standardised net benefit (default: 0.2)"},
};

const stats_test stats_samplesize = {
    .cli =
        {STATS_CLI(samplesize_options), .name = "samplesize",
         .summary = "cases needed: develop or validate",
         .usage =
             "develop --prevalence P --parameters N (--r2cs R | --auc A)\nvalidate --prevalence P --auc A [options]",
         .examples =
             "  # a new model of 24 parameters\n"
             "  dlrn stats samplesize develop --prevalence 0.174 --parameters 24 --r2cs 0.288\n"
             "  # external validation of a model with AUC 0.8 by which a risk of 20 % is treated\n"
             "  dlrn stats samplesize validate --prevalence 0.3 --auc 0.8 --threshold 0.2\n"},
    .needs = STATS_NO_FILE,
    .check = check_samplesize,
    .fn = run_samplesize,
};
