/* SPDX-License-Identifier: Apache-2.0
 *
 * validate: a logistic model's optimism by the bootstrap, as rms::validate and rms::calibrate.
 */
#include "stats_design.h"

#include <dlrn/validate.h>

#include <stdlib.h>

enum { REPLICATES = 1000 };

static dlrn_json *optimism_json(const char *name, const dlrn_optimism *v)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "name", name);
    dlrn_json_set_number(o, "original", v->original);
    dlrn_json_set_number(o, "training", v->training);
    dlrn_json_set_number(o, "test", v->test);
    dlrn_json_set_number(o, "optimism", v->optimism);
    dlrn_json_set_number(o, "corrected", v->corrected);
    return o;
}

static dlrn_json *curve_json(const dlrn_validation *v)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "smoother", "loess, degree 2, span 0.75");
    dlrn_json_set_number(o, "mean_error", v->mean_error);
    if (v->points == 0)
        dlrn_json_set_string(o, "mean_error_reason", "fewer than 11 rows: no calibration curve");
    dlrn_json_set_take(o, "predicted", dlrn_json_numbers(v->predicted, v->points));
    dlrn_json_set_take(o, "apparent", dlrn_json_numbers(v->apparent, v->points));
    dlrn_json_set_take(o, "corrected", dlrn_json_numbers(v->corrected, v->points));
    return o;
}

static void set_result(dlrn_json *out, const dlrn_validation *v, const stats_data *d)
{
    const dlrn_optimism *dxy = &v->index[DLRN_INDEX_DXY];
    const dlrn_optimism auc = {.original = 0.5 + dxy->original / 2,
                               .training = 0.5 + dxy->training / 2,
                               .test = 0.5 + dxy->test / 2,
                               .optimism = dxy->optimism / 2,
                               .corrected = 0.5 + dxy->corrected / 2};
    dlrn_json *indexes = dlrn_json_array();
    dlrn_json_append_take(indexes, optimism_json("AUC", &auc));
    for (size_t k = 0; k < DLRN_INDEXES; k++)
        dlrn_json_append_take(indexes, optimism_json(dlrn_index_name((dlrn_index)k), &v->index[k]));
    dlrn_json_set_integer(out, "events", (int64_t)v->events);
    dlrn_json_set_integer(out, "replicates", (int64_t)v->replicates);
    dlrn_json_set_integer(out, "failed", (int64_t)v->failed);
    dlrn_json_set_take(out, "indexes", indexes);
    dlrn_json_set_take(out, "calibration", curve_json(v));
    if (v->failed)
        cli_warn(d->call, "%zu of %zu replicates could not be fitted and are left out of the means",
                 v->failed, v->failed + v->replicates);
}

static dlrn_status run_validate(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    stats_design x = {0};
    dlrn_validation v = {0};
    const size_t replicates = d->o->bootstrap ? (size_t)d->o->bootstrap : REPLICATES;
    const dlrn_bootstrap boot = {.replicates = replicates,
                                 .seed = (uint64_t)d->call->seed,
                                 .confidence = d->o->ci,
                                 .threads = (int)d->call->threads};
    DLRN_TRY(stats_design_make(&x, d, err));
    const dlrn_logistic_data data = stats_logistic_data(&x, d);
    DLRN_TRY(dlrn_logistic_validate(&v, &data, &boot, err));
    set_result(out, &v, d);
done:
    dlrn_validation_clear(&v);
    stats_design_clear(&x);
    return st;
}

/* The curve at every fifth prediction as a table, in place of its three arrays. */
static dlrn_json *view_validate(const dlrn_json *result)
{
    static const char *const key[] = {"predicted", "apparent", "corrected"};
    static const char *const rebuilt[] = {"calibration"};
    dlrn_json *view = stats_without(result, rebuilt, 1), *rows = dlrn_json_array();
    const dlrn_json *curve = dlrn_json_get(result, "calibration");
    const size_t n = dlrn_json_size(dlrn_json_get(curve, key[0]));
    for (size_t i = 0; i < n; i += i + 5 < n || i + 1 == n ? 5 : n - 1 - i) {
        dlrn_json *row = dlrn_json_object();
        for (size_t k = 0; k < 3; k++)
            dlrn_json_set_take(row, key[k],
                               dlrn_json_copy(dlrn_json_at(dlrn_json_get(curve, key[k]), i)));
        dlrn_json_append_take(rows, row);
    }
    dlrn_json_set_take(view, "calibration_error",
                       dlrn_json_copy(dlrn_json_get(curve, "mean_error")));
    dlrn_json_set_take(view, "smoother", dlrn_json_copy(dlrn_json_get(curve, "smoother")));
    if (n)
        dlrn_json_set_take(view, "calibration", rows);
    else
        dlrn_json_free(rows);
    return view;
}

static const cli_option validate_options[] = {
    STATS_OPT_LABEL,
    {"terms", 0, CLI_LIST, STATS_AT(terms), "A,B,...", STATS_TERMS_HELP},
    STATS_OPT_BY,
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N", "replicates (default: 1000)"},
    {"cluster", 0, CLI_TEXT, STATS_AT(cluster), "COL",
     "rows of one value are drawn together (a patient)"},
};

const stats_test stats_validate = {
    .cli =
        {STATS_CLI(validate_options), .name = "validate",
         .summary = "a logistic model's optimism by the bootstrap",
         .usage = "FILE.csv --label COL --terms A,B,... [options]",
         .details =
             "The indexes of rms::validate and the calibration curve of rms::calibrate (loess). Each replicate fits\n"
             "the same terms to rows drawn with replacement: what was chosen with the labels before stays optimistic.",
         .examples = "  # optimism-corrected AUC, slope, R2, Brier score\n"
                     "  dlrn stats validate c.csv --label acute --terms \"pain,rcs(age,4)\"\n"
                     "  # several rows a patient, 2,000 replicates\n"
                     "  dlrn stats validate c.csv --label acute --terms age,pain --cluster patient "
                     "--bootstrap 2000\n"},
    .needs = STATS_LABEL | STATS_TERMS,
    .fn = run_validate,
    .view = view_validate,
};
