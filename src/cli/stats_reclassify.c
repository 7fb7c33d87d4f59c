/* SPDX-License-Identifier: Apache-2.0
 *
 * reclassify.
 */
#include "stats_rules.h"

#include <dlrn/reclassify.h>

#include <math.h>
#include <stdlib.h>

static const char caution[] =
    "NRI and IDI reward a badly calibrated new model and find improvement where there is none "
    "(Pepe et al., Stat Biosci 2015;7:282): report them beside the difference of AUCs";

static dlrn_json *improvement_json(const dlrn_improvement *i)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_number(o, "value", i->value);
    dlrn_json_set_number(o, "se", i->se);
    dlrn_json_set_number(o, "z", i->z);
    dlrn_json_set_number(o, "p", i->p);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(i->lo, i->hi));
    dlrn_json_set_number(o, "events", i->events);
    dlrn_json_set_take(o, "events_ci", dlrn_json_interval(i->events_lo, i->events_hi));
    dlrn_json_set_number(o, "nonevents", i->nonevents);
    dlrn_json_set_take(o, "nonevents_ci", dlrn_json_interval(i->nonevents_lo, i->nonevents_hi));
    if (isnan(i->z)) dlrn_json_set_string(o, "z_reason", "nothing varies: the error is 0");
    return o;
}

/* Rows of each class from category (row) to category (column). */
static dlrn_status set_tables(dlrn_json *out, const stats_data *d, const double *cut, size_t cuts,
                              dlrn_error *err)
{
    dlrn_status st;
    size_t *count = NULL;
    const size_t k = cuts + 1;
    const dlrn_truth t = stats_truth(d);
    DLRN_TRY(dlrn_alloc_or_fail(&count, k * k, err));
    dlrn_json *tables = dlrn_json_object();
    dlrn_json_set_take(out, "tables", tables);
    for (int label = 1; label >= 0; label--) {
        dlrn_json *table = dlrn_json_array();
        dlrn_reclassify_counts(count, d->score_v[0], d->score_v[1], &t, (uint8_t)label, cut, cuts);
        for (size_t i = 0; i < k; i++) {
            dlrn_json *row = dlrn_json_array();
            for (size_t j = 0; j < k; j++)
                dlrn_json_append_take(row, dlrn_json_integer((int64_t)count[i * k + j]));
            dlrn_json_append_take(table, row);
        }
        dlrn_json_set_take(tables, label ? "events" : "nonevents", table);
    }
done:
    free(count);
    return st;
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
    if (cuts) DLRN_TRY(set_tables(out, d, cut, cuts, err));
    dlrn_json_set_string(out, "caution", caution);
    if (d->call->json) cli_note(d->call, "%s", caution);
done:
    free(cut);
    return st;
}

static dlrn_json *view_estimate(const dlrn_json *o, const char *key, const char *ci)
{
    dlrn_json *cell = dlrn_json_object();
    dlrn_json_set_take(cell, "value", dlrn_json_copy(dlrn_json_get(o, key)));
    dlrn_json_set_take(cell, "ci", dlrn_json_copy(dlrn_json_get(o, ci)));
    return cell;
}

/* Rows of the class that moved, as "old category: to each new one". */
static void view_table(dlrn_json *rows, const dlrn_json *table, const char *class)
{
    for (size_t i = 0; i < dlrn_json_size(table); i++) {
        dlrn_json *row = dlrn_json_object();
        char name[32];
        dlrn_json_set_string(row, "class", class);
        dlrn_json_set_integer(row, "old category", (int64_t)i + 1);
        for (size_t j = 0; j < dlrn_json_size(table); j++) {
            snprintf(name, sizeof name, "new %zu", j + 1);
            dlrn_json_set_take(row, name, dlrn_json_copy(dlrn_json_at(dlrn_json_at(table, i), j)));
        }
        dlrn_json_append_take(rows, row);
    }
}

static dlrn_json *view_reclassify(const dlrn_json *result)
{
    static const char *const kept[] = {"test", "n", "dropped", "caution"}, *const measures[] = {
                                                                               "nri_continuous",
                                                                               "nri_categorical",
                                                                               "idi"};
    dlrn_json *view = stats_only(result, kept, sizeof kept / sizeof *kept),
              *rows = dlrn_json_array();
    for (size_t k = 0; k < sizeof measures / sizeof *measures; k++) {
        const dlrn_json *o = dlrn_json_get(result, measures[k]);
        if (!dlrn_json_is_object(o)) continue;
        dlrn_json *row = dlrn_json_object();
        dlrn_json_set_string(row, "measure", measures[k]);
        dlrn_json_set_take(row, "value", view_estimate(o, "value", "ci"));
        dlrn_json_set_take(row, "p", dlrn_json_copy(dlrn_json_get(o, "p")));
        dlrn_json_set_take(row, "events", view_estimate(o, "events", "events_ci"));
        dlrn_json_set_take(row, "nonevents", view_estimate(o, "nonevents", "nonevents_ci"));
        dlrn_json_append_take(rows, row);
    }
    dlrn_json_set_take(view, "measures", rows);
    const dlrn_json *tables = dlrn_json_get(result, "tables");
    if (tables) {
        dlrn_json *moved = dlrn_json_array();
        view_table(moved, dlrn_json_get(tables, "events"), "events");
        view_table(moved, dlrn_json_get(tables, "nonevents"), "nonevents");
        dlrn_json_set_take(view, "moved", moved);
    }
    return view;
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
    .view = view_reclassify,
};
