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
    double *x = NULL, *y = NULL;
    size_t *fold = NULL, folds, loss, measure;
    dlrn_lasso_cv c = {0};
    DLRN_TRY(word_at(&loss, "loss", d->o->loss, losses, 2, err));
    DLRN_TRY(word_at(&measure, "measure", d->o->measure, measures, 4, err));
    if (loss == DLRN_LASSO_LINEAR && (measure == DLRN_LASSO_AUC || measure == DLRN_LASSO_CLASS))
        DLRN_TRY(
            dlrn_fail(err, DLRN_EINVAL, "--measure %s needs --loss logistic", measures[measure]));
    DLRN_TRY(dlrn_alloc_or_fail(&y, d->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&fold, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        y[i] = d->label[i];
    DLRN_TRY(stats_matrix(&x, d, err));
    DLRN_TRY(load_folds(fold, &folds, d, err));
    const dlrn_lasso_options o = {.loss = (dlrn_lasso_loss)loss, .alpha = d->o->alpha};
    const dlrn_lasso_cv_options cv = {
        .measure = (dlrn_lasso_measure)measure, .fold = fold, .folds = folds};
    DLRN_TRY(dlrn_lasso_cross_validate(&c, x, y, d->n, m, &o, &cv, &d->call->exec, err));
    dlrn_json_set_string(out, "loss", losses[loss]);
    dlrn_json_set_string(out, "measure", measures[c.measure]);
    if ((size_t)c.measure != measure)
        cli_note(d->call, "fewer than 10 rows a fold: deviance instead of auc, as cv.glmnet");
    set_result(out, d, &c);
done:
    dlrn_lasso_cv_clear(&c);
    free(fold);
    free(y);
    free(x);
    return st;
}

/* One row of the path: the choice's name, then the path's numbers there. */
static dlrn_json *choice_json(const dlrn_json *result, const char *name)
{
    static const char *const key[] = {"lambda", "df", "deviance_ratio", "cv_mean", "cv_se"};
    const dlrn_json *lambda = dlrn_json_get(result, "lambda");
    const double chosen = dlrn_json_get_number(result, name, 0);
    size_t at = 0;
    while (at < dlrn_json_size(lambda) &&
           dlrn_json_as_number(dlrn_json_at(lambda, at), 0) != chosen)
        at++;
    dlrn_json *row = dlrn_json_object();
    dlrn_json_set_string(row, "choice", name);
    for (size_t k = 0; k < sizeof key / sizeof *key; k++)
        dlrn_json_set_take(row, key[k],
                           dlrn_json_copy(dlrn_json_at(dlrn_json_get(result, key[k]), at)));
    return row;
}

/* The two choices, and the coefficients of both side by side. */
static dlrn_json *view_lasso(const dlrn_json *result)
{
    static const char *const rebuilt[] = {
        "lambda",     "df",         "deviance_ratio",   "cv_mean",         "cv_se",
        "lambda_min", "lambda_1se", "coefficients_min", "coefficients_1se"};
    dlrn_json *view = stats_without(result, rebuilt, sizeof rebuilt / sizeof *rebuilt);
    dlrn_json *choices = dlrn_json_array(), *rows = dlrn_json_array();
    const dlrn_json *min = dlrn_json_get(result, "coefficients_min");
    const dlrn_json *one = dlrn_json_get(result, "coefficients_1se");
    dlrn_json_member m;
    dlrn_json_append_take(choices, choice_json(result, "lambda_min"));
    dlrn_json_append_take(choices, choice_json(result, "lambda_1se"));
    for (int pass = 0; pass < 2; pass++) { // those of min, then what only 1se has
        const dlrn_json *from = pass ? one : min;
        for (bool more = dlrn_json_first(from, &m); more; more = dlrn_json_next(from, &m)) {
            if (pass && dlrn_json_get(min, m.key)) continue;
            dlrn_json *row = dlrn_json_object();
            dlrn_json_set_string(row, "column", m.key);
            dlrn_json_set_number(row, "at lambda_min", dlrn_json_get_number(min, m.key, 0));
            dlrn_json_set_number(row, "at lambda_1se", dlrn_json_get_number(one, m.key, 0));
            dlrn_json_append_take(rows, row);
        }
    }
    dlrn_json_set_integer(view, "lambdas",
                          (int64_t)dlrn_json_size(dlrn_json_get(result, "lambda")));
    dlrn_json_set_take(view, "choices", choices);
    dlrn_json_set_take(view, "coefficients", rows);
    return view;
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
    .view = view_lasso,
};
