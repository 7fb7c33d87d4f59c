/* SPDX-License-Identifier: Apache-2.0
 *
 * reclassify.
 */
#include "stats_rules.h"

#include <dlrn/reclassify.h>

#include <stdlib.h>

static dlrn_json *improvement_json(const dlrn_improvement *i)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_number(o, "value", i->value);
    dlrn_json_set_number(o, "se", i->se);
    dlrn_json_set_number(o, "z", i->z);
    dlrn_json_set_number(o, "p", i->p);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(i->lo, i->hi));
    dlrn_json_set_number(o, "events", i->events);
    dlrn_json_set_number(o, "nonevents", i->nonevents);
    return o;
}

static dlrn_status run_reclassify(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_truth t = stats_truth(d);
    dlrn_reclassification r;
    double *cut = NULL;
    size_t cuts = 0;
    if (d->score.n != 2)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "reclassify needs two scores: --score OLD,NEW"));
    if (d->o->cuts) DLRN_TRY(stats_parse_risks(&cut, &cuts, d->o->cuts, "cuts", err));
    DLRN_TRY(dlrn_reclassify(&r, d->score_v[0], d->score_v[1], &t, cut, cuts, d->o->ci, err));
    dlrn_json_set_take(out, "nri_continuous", improvement_json(&r.nri_continuous));
    dlrn_json_set_take(out, "nri_categorical",
                       cuts ? improvement_json(&r.nri_categorical) : dlrn_json_null());
    dlrn_json_set_take(out, "idi", improvement_json(&r.idi));
    cli_note(d->call, "NRI and IDI reward a badly calibrated new model (Pepe 2015); report them "
                      "beside the difference of AUCs");
done:
    free(cut);
    return st;
}

static const cli_option reclassify_options[] = {
    STATS_OPT_LABEL,
    {"score", 0, CLI_LIST, STATS_AT(score), "OLD,NEW",
     "the columns of the old and the new probability"},
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"cuts", 0, CLI_TEXT, STATS_AT(cuts), "A,B,...",
     "borders of the risk categories (default: no categorical NRI)"},
};

const stats_test stats_reclassify = {
    .cli = {STATS_CLI(reclassify_options), .name = "reclassify",
            .summary = "NRI and IDI of a new risk over an old one",
            .usage = "FILE.csv --label COL --score OLD,NEW [options]",
            .examples =
                "  # continuous NRI and IDI\n"
                "  dlrn stats reclassify p.csv --label y --score clinical,dlrn\n"
                "  # three risk categories\n"
                "  dlrn stats reclassify p.csv --label y --score clinical,dlrn --cuts 0.2,0.4\n"},
    .needs = STATS_LABEL | STATS_SCORE | STATS_PROBABILITY,
    .fn = run_reclassify,
};
