/* SPDX-License-Identifier: Apache-2.0
 *
 * lasso: the elastic-net path and its cross-validation.
 */
#include "stats.h"

#include <dlrn/lasso.h>

#include <stdlib.h>
#include <string.h>

/* Seeded and stratified: each class is shuffled and dealt out in turn. */
static dlrn_status deal_folds(size_t *fold, const stats_data *d, size_t folds, dlrn_error *err)
{
    dlrn_status st;
    size_t *row = NULL, dealt = 0;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, (uint64_t)d->call->seed, 0);
    DLRN_TRY(dlrn_alloc_or_fail(&row, d->n, err));
    for (uint8_t label = 0; label < 2; label++) {
        size_t n = 0;
        for (size_t i = 0; i < d->n; i++)
            if (d->label[i] == label) row[n++] = i;
        dlrn_rng_shuffle(&rng, row, n);
        for (size_t i = 0; i < n; i++)
            fold[row[i]] = dealt++ % folds;
    }
done:
    free(row);
    return st;
}

static dlrn_status load_folds(size_t *fold, size_t *folds, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    stats_names values = {0};
    *folds = d->o->folds > 0 ? (size_t)d->o->folds : 10;
    if (d->o->foldid) {
        DLRN_TRY(stats_number_values(fold, &values, d, d->o->foldid, err));
        *folds = values.n;
    }
    if (*folds < 3 || *folds > d->n)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                           "%zu folds of %zu rows; expected 3 at least, and no "
                           "more than rows",
                           *folds, d->n));
    if (!d->o->foldid) DLRN_TRY(deal_folds(fold, d, *folds, err));
done:
    stats_names_clear(&values);
    return st;
}

static dlrn_status word_at(size_t *at, const char *option, const char *word,
                           const char *const *known, size_t n, dlrn_error *err)
{
    for (*at = 0; *at < n; ++*at)
        if (!word || !strcmp(word, known[*at])) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL, "--%s '%.20s': unknown; see --help", option, word);
}

static dlrn_json *coefficients_json(const stats_data *d, const dlrn_lasso_path *p, size_t at)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_number(o, "(Intercept)", p->intercept[at]);
    for (size_t k = 0; k < p->cols; k++)
        if (p->beta[at * p->cols + k] != 0)
            dlrn_json_set_number(o, d->columns.v[k], p->beta[at * p->cols + k]);
    return o;
}

static void set_result(dlrn_json *out, const stats_data *d, const dlrn_lasso_cv *c)
{
    const dlrn_lasso_path *p = &c->path;
    dlrn_json *df = dlrn_json_array();
    for (size_t i = 0; i < p->n_lambda; i++)
        dlrn_json_append_take(df, dlrn_json_integer((int64_t)p->df[i]));
    dlrn_json_set_take(out, "lambda", dlrn_json_numbers(p->lambda, p->n_lambda));
    dlrn_json_set_take(out, "df", df);
    dlrn_json_set_take(out, "deviance_ratio", dlrn_json_numbers(p->deviance_ratio, p->n_lambda));
    dlrn_json_set_take(out, "cv_mean", dlrn_json_numbers(c->mean, p->n_lambda));
    dlrn_json_set_take(out, "cv_se", dlrn_json_numbers(c->se, p->n_lambda));
    dlrn_json_set_number(out, "lambda_min", p->lambda[c->at_min]);
    dlrn_json_set_number(out, "lambda_1se", p->lambda[c->at_1se]);
    dlrn_json_set_take(out, "coefficients_min", coefficients_json(d, p, c->at_min));
    dlrn_json_set_take(out, "coefficients_1se", coefficients_json(d, p, c->at_1se));
}

static dlrn_status run_lasso(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    static const char *const losses[] = {"logistic", "linear"};
    static const char *const measures[] = {"deviance", "auc", "class", "mse"};
    dlrn_status st;
    const size_t m = d->columns.n;
    double *x = NULL, *y = NULL, *v = NULL;
    size_t *fold = NULL, folds, loss, measure;
    dlrn_lasso_cv c = {0};
    DLRN_TRY(word_at(&loss, "loss", d->o->loss, losses, 2, err));
    DLRN_TRY(word_at(&measure, "measure", d->o->measure, measures, 4, err));
    DLRN_TRY(dlrn_alloc_or_fail(&x, d->n * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, d->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&fold, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        y[i] = d->label[i];
    for (size_t k = 0; k < m; k++) {
        DLRN_TRY(stats_numbers(&v, d, d->columns.v[k], err));
        for (size_t i = 0; i < d->n; i++)
            x[i * m + k] = v[i];
        free(v);
        v = NULL;
    }
    DLRN_TRY(load_folds(fold, &folds, d, err));
    const dlrn_lasso_options o = {.loss = (dlrn_lasso_loss)loss, .alpha = d->o->alpha};
    const dlrn_lasso_cv_options cv = {
        .measure = (dlrn_lasso_measure)measure, .fold = fold, .folds = folds};
    DLRN_TRY(dlrn_lasso_cross_validate(&c, x, y, d->n, m, &o, &cv, &d->call->exec, err));
    set_result(out, d, &c);
done:
    dlrn_lasso_cv_clear(&c);
    free(fold);
    free(v);
    free(y);
    free(x);
    return st;
}

static const cli_option lasso_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_COLUMNS,
    STATS_OPT_BY,
    {"alpha", 0, CLI_NUMBER, STATS_AT(alpha), "A", "1 lasso (default) to 0 ridge"},
    {"folds", 0, CLI_INTEGER, STATS_AT(folds), "N",
     "folds (default: 10), dealt within each class by --seed"},
    {"foldid", 0, CLI_TEXT, STATS_AT(foldid), "COL", "the column with each row's fold"},
    {"loss", 0, CLI_TEXT, STATS_AT(loss), "L", "logistic (default) or linear"},
    {"measure", 0, CLI_TEXT, STATS_AT(measure), "M", "deviance (default), auc, class or mse"},
};

const stats_test stats_lasso = {
    .cli = {STATS_CLI(lasso_options), .name = "lasso",
            .summary = "elastic-net path with cross-validation",
            .usage = "FILE.csv --label COL [options]",
            .examples =
                "  # which radiomics features remain\n"
                "  dlrn stats lasso features.csv --label y --seed 7\n"
                "  # folds as they stand in a column, chosen by AUC\n"
                "  dlrn stats lasso features.csv --label y --foldid fold --measure auc --json\n"},
    .needs = STATS_LABEL | STATS_COLUMNS | STATS_NUMERIC,
    .fn = run_lasso,
};
