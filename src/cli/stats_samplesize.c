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

static dlrn_status run_samplesize(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const stats_opts *o = d->o;
    dlrn_samplesize s;
    if (!strcmp(d->call->args[0], "develop"))
        DLRN_TRY(develop(&s, out, o, err));
    else
        DLRN_TRY(dlrn_samplesize_validate(&s, o->prevalence, o->auc, o->o_e_width, o->slope_width,
                                          o->auc_width, err));
    dlrn_json *criteria = dlrn_json_array();
    for (size_t i = 0; i < DLRN_SAMPLESIZE_CRITERIA; i++) {
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
             "  # external validation of a model with AUC 0.8\n"
             "  dlrn stats samplesize validate --prevalence 0.3 --auc 0.8\n"},
    .needs = STATS_NO_FILE,
    .check = check_samplesize,
    .fn = run_samplesize,
};
