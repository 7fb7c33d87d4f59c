/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of selection steps, and the LASSO at its end whose folds repeat it.
 */
#include "select/steps.h"

#include <dlrn/split.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct step_kind {
    const char *name;
    select_step_fn *fn; /* NULL: the LASSO, which needs the chain before it */
    bool uses_label;
} step_kind;

static const step_kind kinds[] = {
    {"variance", select_by_variance, false},
    {"icc", select_by_icc, false},
    {"univariate", select_by_univariate, true},
    {"correlation", select_by_correlation, false},
    {"mrmr", select_by_mrmr, true},
    {"lasso", NULL, true},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

typedef struct chain {
    const dlrn_select_data *d;
    const dlrn_select_step *steps;
    size_t n_steps;
    size_t first_label;    /* the first step that looks at the label; n_steps: none */
    uint8_t *before_label; /* what it is given [cols] */
    dlrn_selection *out;   /* NULL inside a fold */
    const dlrn_exec *ex;
} chain;

static const step_kind *find_kind(const char *name)
{
    for (size_t k = 0; k < N_KINDS; k++)
        if (!strcmp(kinds[k].name, name)) return &kinds[k];
    return NULL;
}

static size_t count_kept(const uint8_t *keep, size_t cols)
{
    size_t n = 0;
    for (size_t j = 0; j < cols; j++)
        n += keep[j];
    return n;
}

static dlrn_status run_steps(chain *c, uint8_t *keep, size_t from, size_t to, dlrn_error *err);

/* ---- the rows of a fold as data of their own ---- */

typedef struct subset {
    dlrn_select_data d;
    double *x, *raw, *second;
    uint8_t *label;
    size_t *group, *stratum;
} subset;

static void subset_clear(subset *s)
{
    free(s->x);
    free(s->raw);
    free(s->second);
    free(s->label);
    free(s->group);
    free(s->stratum);
}

static dlrn_status take_values(double **out, const double *v, const dlrn_select_data *d,
                               const uint8_t *in, size_t n, dlrn_error *err)
{
    dlrn_status st;
    if (!v) return DLRN_OK;
    DLRN_TRY(dlrn_alloc_or_fail(out, n * d->cols, err));
    for (size_t i = 0, at = 0; i < d->rows; i++)
        if (in[i]) memcpy(*out + at++ * d->cols, v + i * d->cols, d->cols * sizeof *v);
done:
    return st;
}

static dlrn_status take_numbers(size_t **out, const size_t *v, const dlrn_select_data *d,
                                const uint8_t *in, size_t n, dlrn_error *err)
{
    dlrn_status st;
    if (!v) return DLRN_OK;
    DLRN_TRY(dlrn_alloc_or_fail(out, n, err));
    for (size_t i = 0, at = 0; i < d->rows; i++)
        if (in[i]) (*out)[at++] = v[i];
done:
    return st;
}

static dlrn_status subset_take(subset *s, const dlrn_select_data *d, const uint8_t *in,
                               dlrn_error *err)
{
    dlrn_status st;
    const size_t n = count_kept(in, d->rows);
    DLRN_TRY(take_values(&s->x, d->x, d, in, n, err));
    DLRN_TRY(take_values(&s->raw, d->raw, d, in, n, err));
    DLRN_TRY(take_values(&s->second, d->second, d, in, n, err));
    DLRN_TRY(take_numbers(&s->group, d->group, d, in, n, err));
    DLRN_TRY(take_numbers(&s->stratum, d->stratum, d, in, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s->label, n, err));
    for (size_t i = 0, at = 0; i < d->rows; i++)
        if (in[i]) s->label[at++] = d->label[i];
    s->d = *d;
    s->d.x = s->x;
    s->d.raw = s->raw;
    s->d.second = s->second;
    s->d.rows = n;
    s->d.label = s->label;
    s->d.group = s->group;
    s->d.stratum = s->stratum;
done:
    return st;
}

/* ---- LASSO ---- */

typedef struct lasso_job {
    const chain *c;
    size_t at;            /* index of the LASSO among the steps */
    const size_t *column; /* the columns of its matrix, into the data's [n] */
    size_t n;
} lasso_job;

/* What the steps from the first that looks at the label up to the LASSO keep, on the rows of a fit.
 */
static dlrn_status choose_columns(void *user, const uint8_t *in_fit, uint8_t *keep, dlrn_error *err)
{
    const lasso_job *job = user;
    const chain *c = job->c;
    dlrn_status st = DLRN_OK;
    subset s = {0};
    uint8_t *own = NULL;
    if (c->first_label >= job->at) return DLRN_OK; // nothing before it has looked at a label
    DLRN_TRY(dlrn_alloc_or_fail(&own, c->d->cols, err));
    memcpy(own, c->before_label, c->d->cols);
    DLRN_TRY(subset_take(&s, c->d, in_fit, err));
    chain inner = {.d = &s.d,
                   .steps = c->steps,
                   .n_steps = c->n_steps,
                   .first_label = c->first_label,
                   .before_label = c->before_label};
    DLRN_TRY(run_steps(&inner, own, c->first_label, job->at, err));
    for (size_t k = 0; k < job->n; k++)
        keep[k] = own[job->column[k]];
done:
    free(own);
    subset_clear(&s);
    return st;
}

/* As many folds as asked for, or as the patients of the rarer label allow. */
static dlrn_status make_folds(size_t *fold, size_t *folds, const dlrn_select_data *d,
                              dlrn_error *err)
{
    const dlrn_split_rows rows = {d->rows, d->label, d->group, d->stratum};
    dlrn_status st = dlrn_folds(fold, &rows, *folds, d->seed, err);
    while (st == DLRN_EINVAL && *folds > 3)
        st = dlrn_folds(fold, &rows, --*folds, d->seed, err);
    return st == DLRN_OK ? st : (dlrn_error_prefix(err, "lasso: "), st);
}

/* The lambda of the rule; where that keeps nothing, lambda.min, else the first that keeps
 * something. */
static size_t choose_lambda(const dlrn_lasso_cv *cv, bool rule_min, const char **instead)
{
    size_t at = rule_min ? cv->at_min : cv->at_1se;
    *instead = NULL;
    if (cv->path.df[at] > 0) return at;
    *instead = "lambda.min is taken";
    if (cv->path.df[cv->at_min] > 0) return cv->at_min;
    *instead = "the first lambda that keeps one is taken";
    for (at = 0; at + 1 < cv->path.n_lambda && cv->path.df[at] == 0;)
        at++;
    return at;
}

static dlrn_status note_lasso(char **note, const dlrn_select_step *step, size_t folds,
                              const char *instead, dlrn_error *err)
{
    dlrn_str text = {0};
    if (folds != step->folds)
        dlrn_str_addf(&text, "%zu folds instead of %zu, for lack of patients", folds, step->folds);
    if (instead)
        dlrn_str_addf(&text, "%sno column is kept at lambda.%s: %s", text.len ? "; " : "",
                      step->rule_min ? "min" : "1se", instead);
    *note = text.s;
    return text.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory") : DLRN_OK;
}

static void forget_lasso(dlrn_selection *s)
{
    dlrn_lasso_cv_clear(&s->lasso);
    free(s->lasso_column);
    s->lasso_column = NULL;
    s->has_lasso = false;
}

static dlrn_status fit_lasso(dlrn_lasso_cv *cv, const lasso_job *job, size_t *folds,
                             dlrn_error *err)
{
    const dlrn_select_data *d = job->c->d;
    const dlrn_select_step *step = &job->c->steps[job->at];
    dlrn_status st;
    double *x = NULL, *y = NULL;
    size_t *fold = NULL;
    const bool linear = step->word && !strcmp(step->word, "linear");
    if (step->word && !linear && strcmp(step->word, "logistic") != 0)
        return dlrn_fail(err, DLRN_EINVAL, "lasso: loss '%s' is neither logistic nor linear",
                         step->word);
    DLRN_TRY(dlrn_alloc_or_fail(&x, d->rows * job->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, d->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&fold, d->rows, err));
    select_gather(x, d->x, d->rows, d->cols, job->column, job->n);
    for (size_t i = 0; i < d->rows; i++)
        y[i] = d->label[i];
    DLRN_TRY(make_folds(fold, folds, d, err));
    const dlrn_lasso_options o = {.loss = linear ? DLRN_LASSO_LINEAR : DLRN_LASSO_LOGISTIC,
                                  .alpha = step->alpha,
                                  .df_max = d->rows / 4 > 100 ? d->rows / 4 : 100};
    const dlrn_lasso_cv_options options = {.measure = linear ? DLRN_LASSO_MSE : DLRN_LASSO_DEVIANCE,
                                           .fold = fold,
                                           .folds = *folds,
                                           .columns = choose_columns,
                                           .user = (void *)(uintptr_t)job};
    DLRN_TRY(dlrn_lasso_cross_validate(cv, x, y, d->rows, job->n, &o, &options, job->c->ex, err));
done:
    free(fold);
    free(y);
    free(x);
    return st;
}

static dlrn_status run_lasso(chain *c, uint8_t *keep, size_t at, char **note, dlrn_error *err)
{
    dlrn_status st;
    dlrn_lasso_cv cv = {0};
    size_t *column = NULL, folds = c->steps[at].folds ? c->steps[at].folds : 10;
    const char *instead;
    DLRN_TRY(dlrn_alloc_or_fail(&column, c->d->cols, err));
    // a fold may choose other columns than the whole data do: it starts before any look at a label
    const uint8_t *wide = c->first_label < at ? c->before_label : keep;
    const lasso_job job = {c, at, column, select_list(column, wide, c->d->cols)};
    DLRN_TRY(fit_lasso(&cv, &job, &folds, err));
    const size_t lambda = choose_lambda(&cv, c->steps[at].rule_min, &instead);
    const double *beta = cv.path.beta + lambda * cv.path.cols;
    memset(keep, 0, c->d->cols);
    for (size_t k = 0; k < job.n; k++)
        keep[column[k]] = beta[k] != 0;
    DLRN_TRY(note_lasso(note, &c->steps[at], folds, instead, err));
    if (c->out) {
        forget_lasso(c->out);
        c->out->has_lasso = true;
        c->out->lasso = cv;
        c->out->lasso_at = lambda;
        c->out->lasso_column = column;
        cv = (dlrn_lasso_cv){0};
        column = NULL;
    }
done:
    dlrn_lasso_cv_clear(&cv);
    free(column);
    return st;
}

/* ---- the chain ---- */

static dlrn_status run_steps(chain *c, uint8_t *keep, size_t from, size_t to, dlrn_error *err)
{
    for (size_t s = from; s < to; s++) {
        const step_kind *kind = find_kind(c->steps[s].name);
        char *note = NULL;
        dlrn_status st;
        if (!kind)
            return dlrn_fail(err, DLRN_EINVAL,
                             "selection: '%s' is none of variance, icc, univariate, correlation, "
                             "mrmr, lasso",
                             c->steps[s].name);
        if (c->out && s == c->first_label) // the folds, which run side by side, share it
            memcpy(c->before_label, keep, c->d->cols);
        st = kind->fn ? kind->fn(keep, c->d, &c->steps[s], &note, err)
                      : run_lasso(c, keep, s, &note, err);
        const size_t kept = count_kept(keep, c->d->cols);
        if (c->out) {
            c->out->step[s] = (dlrn_select_report){kind->name, kept, note};
            note = NULL;
        }
        free(note);
        if (st != DLRN_OK) return st;
        if (kept == 0)
            return dlrn_fail(err, DLRN_EINVAL,
                             "selection: the step `%s` leaves no column; loosen it", kind->name);
    }
    return DLRN_OK;
}

void dlrn_selection_clear(dlrn_selection *s)
{
    if (!s) return;
    for (size_t k = 0; s->step && k < s->n_steps; k++)
        free(s->step[k].note);
    free(s->step);
    free(s->column);
    free(s->coefficient);
    forget_lasso(s);
    *s = (dlrn_selection){0};
}

static dlrn_status list_selected(dlrn_selection *out, const uint8_t *keep, size_t cols,
                                 dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&out->column, cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->coefficient, cols, err));
    out->n = select_list(out->column, keep, cols);
    const double *beta =
        out->has_lasso ? out->lasso.path.beta + out->lasso_at * out->lasso.path.cols : NULL;
    for (size_t k = 0, q = 0; k < out->n; k++) {
        out->coefficient[k] = (double)NAN;
        if (!beta) continue;
        while (out->lasso_column[q] != out->column[k])
            q++;
        out->coefficient[k] = beta[q];
    }
done:
    return st;
}

dlrn_status dlrn_select_fit(dlrn_selection *out, const dlrn_select_data *data,
                            const dlrn_select_step *steps, size_t n_steps, const dlrn_exec *ex,
                            dlrn_error *err)
{
    dlrn_status st;
    uint8_t *keep = NULL;
    chain c = {data, steps, n_steps, 0, NULL, out, ex};
    *out = (dlrn_selection){0};
    for (; c.first_label < n_steps; c.first_label++) {
        const step_kind *kind = find_kind(steps[c.first_label].name);
        if (kind && kind->uses_label) break;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&keep, data->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c.before_label, data->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->step, n_steps, err));
    out->n_steps = n_steps;
    memset(keep, 1, data->cols);
    DLRN_TRY(run_steps(&c, keep, 0, n_steps, err));
    DLRN_TRY(list_selected(out, keep, data->cols, err));
done:
    free(c.before_label);
    free(keep);
    if (st != DLRN_OK) dlrn_selection_clear(out);
    return st;
}
