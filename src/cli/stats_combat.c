/* SPDX-License-Identifier: Apache-2.0
 *
 * combat: features without the differences between hospitals.
 */
#include "stats.h"

#include <dlrn/combat.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct job {
    dlrn_combat_rows rows;
    double *x, *covariate;
    size_t *batch;
    stats_names batches;
} job;

static void job_clear(job *j)
{
    free(j->x);
    free(j->covariate);
    free(j->batch);
    stats_names_clear(&j->batches);
}

/* A numeric covariate is one column of the design, a text one an indicator for each value but the
 * first. */
static dlrn_status add_covariate(job *j, const stats_data *d, const char *name, dlrn_error *err)
{
    dlrn_status st;
    size_t col, *code = NULL;
    stats_names values = {0};
    double *v = NULL, *wide = NULL;
    DLRN_TRY(dlrn_table_need(&col, d->table, name, err));
    const bool numeric = dlrn_table_is_numeric(d->table, col);
    DLRN_TRY(dlrn_alloc_or_fail(&code, d->n, err));
    if (numeric)
        DLRN_TRY(stats_finite(&v, d, name, err));
    else
        DLRN_TRY(stats_number_values(code, &values, d, name, err));
    const size_t had = j->rows.covariates, more = numeric ? 1 : values.n - 1, all = had + more;
    DLRN_TRY(dlrn_alloc_or_fail(&wide, d->n * all, err));
    for (size_t i = 0; i < d->n; i++) {
        for (size_t k = 0; k < had; k++)
            wide[i * all + k] = j->covariate[i * had + k];
        for (size_t k = 0; k < more; k++)
            wide[i * all + had + k] = numeric ? v[i] : code[i] == k + 1;
    }
    free(j->covariate);
    j->covariate = wide;
    j->rows.covariates = all;
done:
    free(v);
    free(code);
    stats_names_clear(&values);
    return st;
}

static dlrn_status load(job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&j->batch, d->n, err));
    DLRN_TRY(stats_number_values(j->batch, &j->batches, d, d->o->batch, err));
    DLRN_TRY(stats_matrix(&j->x, d, err));
    for (size_t k = 0; k < d->covariates.n; k++)
        DLRN_TRY(add_covariate(j, d, d->covariates.v[k], err));
    j->rows = (dlrn_combat_rows){j->x,         j->batch,     j->covariate,      d->n,
                                 d->columns.n, j->batches.n, j->rows.covariates};
done:
    return st;
}

static dlrn_status reference_of(size_t *out, const job *j, const stats_data *d, dlrn_error *err)
{
    *out = SIZE_MAX;
    if (!d->o->reference) return DLRN_OK;
    for (size_t b = 0; b < j->batches.n; b++)
        if (!strcmp(j->batches.v[b], d->o->reference)) *out = b;
    if (*out != SIZE_MAX) return DLRN_OK;
    return dlrn_fail(err, DLRN_ENOTFOUND, "--reference '%.40s' is no value of column '%s'",
                     d->o->reference, d->o->batch);
}

/* The table's rows that were used, its adjusted columns in place of the raw ones. */
static dlrn_status write_table(const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const size_t m = d->columns.n;
    dlrn_table *t = NULL;
    const char **text = NULL;
    double *v = NULL;
    DLRN_TRY(dlrn_table_new(&t, d->n, d->o->output, err));
    DLRN_TRY(dlrn_alloc_or_fail(&text, d->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, d->n, err));
    for (size_t c = 0; c < dlrn_table_cols(d->table); c++) {
        const char *name = dlrn_table_column(d->table, c);
        size_t k = 0;
        while (k < m && strcmp(d->columns.v[k], name) != 0)
            k++;
        for (size_t i = 0; i < d->n; i++) {
            if (k < m) v[i] = j->x[i * m + k];
            text[i] = dlrn_table_missing(d->table, c, d->row[i])
                          ? NULL
                          : dlrn_table_text(d->table, c, d->row[i]);
        }
        DLRN_TRY(k < m ? dlrn_table_add_numbers(t, name, v, err)
                       : dlrn_table_add_text(t, name, text, err));
    }
    DLRN_TRY(dlrn_table_write(t, d->o->output, "", err));
done:
    free(v);
    free(text);
    dlrn_table_free(t);
    return st;
}

static dlrn_status run_combat(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    job j = {.rows = {0}};
    dlrn_combat c = {0};
    dlrn_combat_options o = {.mean_only = d->o->mean_only, .nonparametric = d->o->nonparametric};
    double *v = NULL;
    if (!d->o->batch) return dlrn_fail(err, DLRN_EINVAL, "combat needs --batch COL");
    DLRN_TRY(load(&j, d, err));
    DLRN_TRY(reference_of(&o.reference, &j, d, err));
    DLRN_TRY(dlrn_combat_fit(&c, &j.rows, &o, err));
    DLRN_TRY(dlrn_combat_apply(j.x, &c, &j.rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, d->n, err));
    dlrn_json *batches = dlrn_json_object(), *adjusted = dlrn_json_object();
    for (size_t b = 0; b < j.batches.n; b++) {
        int64_t n = 0;
        for (size_t i = 0; i < d->n; i++)
            n += j.batch[i] == b;
        dlrn_json_set_integer(batches, j.batches.v[b], n);
    }
    for (size_t k = 0; k < d->columns.n; k++) {
        for (size_t i = 0; i < d->n; i++)
            v[i] = j.x[i * d->columns.n + k];
        dlrn_json_set_take(adjusted, d->columns.v[k], dlrn_json_numbers(v, d->n));
        if (c.sd[k] == 0)
            cli_note(
                d->call,
                "%s does not vary within a batch, or beside the covariates, and is left as it is",
                d->columns.v[k]);
    }
    dlrn_json_set_take(out, "batches", batches);
    dlrn_json_set_take(out, "adjusted", adjusted);
    if (d->o->output) DLRN_TRY(write_table(&j, d, err));
done:
    free(v);
    dlrn_combat_clear(&c);
    job_clear(&j);
    return st;
}

/* How many columns; their values are for -o and --json. */
static dlrn_json *view_combat(const dlrn_json *result)
{
    static const char *const rebuilt[] = {"adjusted"};
    dlrn_json *view = stats_without(result, rebuilt, 1);
    dlrn_json_set_integer(view, "columns adjusted",
                          (int64_t)dlrn_json_size(dlrn_json_get(result, "adjusted")));
    return view;
}

static const cli_option combat_options[] = {
    {"batch", 0, CLI_TEXT, STATS_AT(batch), "COL", "the hospital or scanner"},
    STATS_OPT_COLUMNS,
    {"covariates", 0, CLI_LIST, STATS_AT(covariates), "A,B,...",
     "columns whose differences are kept"},
    {"reference", 0, CLI_TEXT, STATS_AT(reference), "V",
     "the batch that stays as it is (default: none)"},
    {"mean-only", 0, CLI_FLAG, STATS_AT(mean_only), NULL, "shifts only, no scaling"},
    {"nonparametric", 0, CLI_FLAG, STATS_AT(nonparametric), NULL, "empirical priors"},
    {"out", 'o', CLI_WRITE, STATS_AT(output), "FILE",
     "the table with its adjusted columns, as CSV"},
};

const stats_test stats_combat = {
    .cli =
        {STATS_CLI(combat_options), .name = "combat",
         .summary = "columns without the differences between batches",
         .usage = "FILE.csv --batch COL [options]",
         .examples =
             "  # two hospitals, age and outcome kept\n"
             "  dlrn stats combat f.csv --batch centre --covariates age,y -o adjusted.csv\n"
             "  # adjust to one hospital\n"
             "  dlrn stats combat f.csv --batch centre --reference A --columns f1,f2 -o adjusted.csv\n"},
    .needs = STATS_COLUMNS | STATS_NUMERIC,
    .fn = run_combat,
    .view = view_combat,
};
