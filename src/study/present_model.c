/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures of what was fitted: nomogram, LASSO, coefficients, correlation of what was selected, and
 * the flow of the rows.
 */
#include "study/present.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TERMS = 24, MAX_TICKS = 64, TICK = 24 };

/* ---- nomogram ---- */

typedef struct axis_store {
    double at[MAX_TICKS];
    char text[MAX_TICKS][TICK];
    const char *tick[MAX_TICKS];
} axis_store;

static const char *label_of(const present *p, const dlrn_json *term)
{
    const char *name = dlrn_json_get_string(term, "name", "");
    if (!strcmp(name, "signature")) return "Signature (log-odds)";
    (void)p;
    return dlrn_json_get_string(term, "label", name);
}

/* pairs [[text or number, position]...] as an axis; `swap`: [[position, text]...]. */
static void fill_axis(dlrn_nomogram_axis *axis, axis_store *s, const char *label,
                      const dlrn_json *pairs, bool swap)
{
    *axis = (dlrn_nomogram_axis){label, s->at, s->tick, 0, (double)NAN, NULL};
    for (size_t k = 0; k < dlrn_json_size(pairs) && axis->n < MAX_TICKS; k++) {
        const dlrn_json *pair = dlrn_json_at(pairs, k);
        const dlrn_json *value = dlrn_json_at(pair, swap ? 1 : 0);
        const double at = dlrn_json_as_number(dlrn_json_at(pair, swap ? 0 : 1), (double)NAN);
        if (!isfinite(at)) continue;
        s->at[axis->n] = at;
        if (dlrn_json_is_string(value)) {
            snprintf(s->text[axis->n], TICK, "%s", dlrn_json_as_string(value, ""));
        } else {
            char number[32];
            const double x = dlrn_json_as_number(value, 0);
            dlrn_format_double(number, rint(x * 1e6) / 1e6);
            snprintf(s->text[axis->n], TICK, "%.23s", number);
        }
        s->tick[axis->n] = s->text[axis->n];
        axis->n++;
    }
}

dlrn_status present_nomogram(const present *p, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_json *j = dlrn_json_get(p->results, "nomogram");
    const dlrn_json *terms = dlrn_json_get(j, "terms"), *axes = dlrn_json_get(j, "axes");
    dlrn_nomogram_axis axis[MAX_TERMS];
    axis_store *store = NULL;
    dlrn_figure *f;
    dlrn_nomogram_plot plot = {.terms = axis};
    if (!terms) return DLRN_OK;
    DLRN_TRY(dlrn_alloc_or_fail(&store, MAX_TERMS + 2, err));
    for (size_t k = 0; k < dlrn_json_size(terms) && plot.n_terms < MAX_TERMS; k++) {
        const dlrn_json *t = dlrn_json_at(terms, k);
        fill_axis(&axis[plot.n_terms], &store[plot.n_terms], label_of(p, t),
                  dlrn_json_get(t, "points"), false);
        plot.n_terms += axis[plot.n_terms].n > 0;
    }
    fill_axis(&plot.total, &store[MAX_TERMS], "Total points", dlrn_json_get(axes, "total"), true);
    fill_axis(&plot.probability, &store[MAX_TERMS + 1],
              dlrn_json_get_string(axes, "outcome", "Probability"),
              dlrn_json_get(axes, "probability"), true);
    DLRN_TRY(dlrn_plot_nomogram(&f, &plot, err));
    DLRN_TRY(present_save(p, f, "nomogram", err));
done:
    free(store);
    return st;
}

/* ---- selection ---- */

static dlrn_status column_of(const double **v, dlrn_table *t, const char *column, dlrn_error *err)
{
    size_t j;
    const dlrn_status st = dlrn_table_need(&j, t, column, err);
    return st == DLRN_OK ? dlrn_table_numbers(v, t, j, err) : st;
}

/* Coefficients [feature][lambda] from the table's columns behind the fixed ones. */
static dlrn_status coefficient_rows(double **out, size_t *n_features, dlrn_table *t, size_t first,
                                    dlrn_error *err)
{
    const size_t n = dlrn_table_rows(t), cols = dlrn_table_cols(t);
    *n_features = cols > first ? cols - first : 0;
    dlrn_status st = dlrn_alloc_or_fail(out, *n_features * n, err);
    for (size_t j = first; st == DLRN_OK && j < cols; j++) {
        const double *v;
        st = dlrn_table_numbers(&v, t, j, err);
        if (st == DLRN_OK) memcpy(*out + (j - first) * n, v, n * sizeof *v);
    }
    return st;
}

static dlrn_status save_lasso(const present *p, const dlrn_lasso_plot *plot, const char *model,
                              dlrn_error *err)
{
    dlrn_status st;
    dlrn_figure *f;
    char file[160];
    DLRN_TRY(dlrn_plot_lasso_path(&f, plot, err));
    snprintf(file, sizeof file, "lasso_path_%.120s", model);
    DLRN_TRY(present_save(p, f, file, err));
    DLRN_TRY(dlrn_plot_lasso_cv(&f, plot, err));
    snprintf(file, sizeof file, "lasso_cv_%.120s", model);
    DLRN_TRY(present_save(p, f, file, err));
done:
    return st;
}

dlrn_status present_lasso(const present *p, const char *model, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    char file[160];
    const double *lambda, *mean, *se, *chosen;
    double *log_lambda = NULL, *band = NULL, *beta = NULL;
    dlrn_lasso_plot plot = {
        .measure = "Deviance", .log_lambda_min = (double)NAN, .log_lambda_1se = (double)NAN};
    snprintf(file, sizeof file, "lasso_%.120s", model);
    DLRN_TRY(present_table(&t, p, file, err));
    if (!t) goto done;
    plot.n = dlrn_table_rows(t);
    DLRN_TRY(column_of(&lambda, t, "lambda", err));
    DLRN_TRY(column_of(&plot.df, t, "df", err));
    DLRN_TRY(column_of(&mean, t, "cv_mean", err));
    DLRN_TRY(column_of(&se, t, "cv_se", err));
    DLRN_TRY(column_of(&chosen, t, "choice", err));
    DLRN_TRY(dlrn_alloc_or_fail(&log_lambda, plot.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&band, 2 * plot.n, err));
    for (size_t k = 0; k < plot.n; k++) {
        log_lambda[k] = log(lambda[k]);
        band[k] = mean[k] - se[k];
        band[plot.n + k] = mean[k] + se[k];
        if (chosen[k] == 1 || chosen[k] == 3) plot.log_lambda_min = log_lambda[k];
        if (chosen[k] == 2 || chosen[k] == 3) plot.log_lambda_1se = log_lambda[k];
    }
    DLRN_TRY(coefficient_rows(&beta, &plot.n_features, t, 5, err));
    plot.log_lambda = log_lambda;
    plot.mean = mean;
    plot.lo = band;
    plot.hi = band + plot.n;
    plot.coefficients = beta;
    DLRN_TRY(save_lasso(p, &plot, model, err));
done:
    free(beta);
    free(band);
    free(log_lambda);
    dlrn_table_free(t);
    return st;
}

typedef struct bar {
    const char *name;
    double value;
} bar;

static int compare_bars(const void *a, const void *b)
{
    const double x = ((const bar *)a)->value, y = ((const bar *)b)->value;
    return x > y ? -1 : x < y;
}

dlrn_status present_coefficients(const present *p, const char *model, dlrn_error *err)
{
    enum { MOST = 60 };
    dlrn_status st;
    dlrn_figure *f;
    bar *bars = NULL;
    const char *names[MOST];
    double values[MOST];
    char file[160];
    const dlrn_json *of = dlrn_json_get(dlrn_json_get(p->results, "selection"), model);
    const dlrn_json *selected = dlrn_json_get(of, "selected");
    size_t n = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&bars, dlrn_json_size(selected), err));
    for (size_t k = 0; k < dlrn_json_size(selected); k++) {
        const dlrn_json *s = dlrn_json_at(selected, k);
        const double value = dlrn_json_get_number(s, "coefficient", (double)NAN);
        if (isfinite(value)) bars[n++] = (bar){dlrn_json_get_string(s, "name", ""), value};
    }
    if (!n) goto done;
    qsort(bars, n, sizeof *bars, compare_bars);
    if (n > MOST) n = MOST;
    for (size_t k = 0; k < n; k++) {
        names[k] = bars[k].name;
        values[k] = bars[k].value;
    }
    const dlrn_bars_plot plot = {
        NULL, "Coefficient (standardised features)", names, values, NULL, NULL, n};
    snprintf(file, sizeof file, "coefficients_%.120s", model);
    DLRN_TRY(dlrn_plot_bars(&f, &plot, err));
    DLRN_TRY(present_save(p, f, file, err));
done:
    free(bars);
    return st;
}

dlrn_status present_correlation(const present *p, const char *model, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    dlrn_figure *f;
    double *m = NULL;
    const char **names = NULL;
    char file[160];
    snprintf(file, sizeof file, "correlation_%.120s", model);
    DLRN_TRY(present_table(&t, p, file, err));
    if (!t) goto done;
    const size_t n = dlrn_table_rows(t);
    if (n < 2 || dlrn_table_cols(t) != n + 1) goto done;
    DLRN_TRY(dlrn_alloc_or_fail(&m, n * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&names, n, err));
    for (size_t j = 0; j < n; j++) {
        const double *v;
        DLRN_TRY(dlrn_table_numbers(&v, t, j + 1, err));
        names[j] = dlrn_table_column(t, j + 1);
        for (size_t i = 0; i < n; i++)
            m[i * n + j] = v[i];
    }
    const dlrn_heatmap_plot plot = {NULL, "Spearman correlation", names, m, n, NULL, NULL, NULL};
    DLRN_TRY(dlrn_plot_heatmap(&f, &plot, err));
    DLRN_TRY(present_save(p, f, file, err));
done:
    free(names);
    free(m);
    dlrn_table_free(t);
    return st;
}

/* ---- flow ---- */

dlrn_status present_flow(const present *p, dlrn_error *err)
{
    enum { MOST = 12, TEXT = 160 };
    dlrn_status st;
    dlrn_flow_box box[MOST + 1];
    char text[MOST + 1][TEXT];
    dlrn_json_member m;
    dlrn_figure *f;
    size_t n = 1, rows = 0;
    const dlrn_json *cohorts = dlrn_json_get(p->results, "cohorts");
    for (bool c = dlrn_json_first(cohorts, &m); c && n <= MOST; c = dlrn_json_next(cohorts, &m)) {
        const double count = dlrn_json_get_number(m.value, "n", 0);
        rows += (size_t)count;
        snprintf(text[n], TEXT, "%s\n%.0f vertebrae, %.0f patients\n%.0f positive", m.key, count,
                 dlrn_json_get_number(m.value, "patients", 0),
                 dlrn_json_get_number(m.value, "events", 0));
        box[n] = (dlrn_flow_box){text[n], 1, 0, false};
        n++;
    }
    snprintf(text[0], TEXT, "%s\n%zu vertebrae",
             dlrn_json_get_string(dlrn_json_get(p->results, "study"), "outcome", "Study"), rows);
    box[0] = (dlrn_flow_box){text[0], 0, 0, false};
    const dlrn_flow_plot plot = {NULL, box, n};
    DLRN_TRY(dlrn_plot_flow(&f, &plot, err));
    DLRN_TRY(present_save(p, f, "flow", err));
done:
    return st;
}
