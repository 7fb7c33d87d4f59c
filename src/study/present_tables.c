/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of the report.
 */
#include "study/present_tables.h"

#include "study/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 16 };

/* Cells that a table borrows while it is added. */
typedef struct cells {
    char **v;
    size_t n, cap;
} cells;

static void cells_clear(cells *c)
{
    for (size_t k = 0; k < c->n; k++)
        free(c->v[k]);
    free(c->v);
}

static dlrn_status add_cell(cells *c, const char *text, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_grow(&c->v, &c->cap, c->n + 1, sizeof *c->v, err));
    c->v[c->n] = text ? dlrn_strdup(text) : NULL;
    if (text && !c->v[c->n]) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a table");
    c->n++;
done:
    return st;
}

static bool is_p(const char *column)
{
    return !strcmp(column, "p") || !strncmp(column, "p_", 2) || strstr(column, "_p");
}

void present_number(char text[32], const char *column, double x)
{
    if (isnan(x))
        snprintf(text, 32, "\xe2\x80\x93");
    else if (is_p(column) && x < 0.001)
        snprintf(text, 32, "< 0.001");
    else if (is_p(column))
        snprintf(text, 32, "%.3f", x);
    else if (x == rint(x) && fabs(x) < 1e6)
        snprintf(text, 32, "%.0f", x);
    else if (fabs(x) >= 100)
        snprintf(text, 32, "%.1f", x);
    else if (fabs(x) >= 0.001)
        snprintf(text, 32, "%.3f", x);
    else if (fabs(x) < 1e-9)
        snprintf(text, 32, "0.000"); // what rounding left of nothing
    else
        snprintf(text, 32, "%.2g", x);
}

static dlrn_status csv_cells(cells *c, dlrn_report_column *column, dlrn_table *t, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t cols = dlrn_table_cols(t) < MAX_COLUMNS ? dlrn_table_cols(t) : MAX_COLUMNS;
    for (size_t j = 0; j < cols; j++) {
        const char *name = dlrn_table_column(t, j);
        column[j] = (dlrn_report_column){
            name, NULL, NULL, dlrn_table_is_numeric(t, j) ? DLRN_ALIGN_RIGHT : DLRN_ALIGN_LEFT};
    }
    for (size_t i = 0; i < dlrn_table_rows(t); i++)
        for (size_t j = 0; j < cols; j++) {
            char text[32];
            const double *v;
            if (column[j].align == DLRN_ALIGN_LEFT) {
                DLRN_TRY(add_cell(c, dlrn_table_text(t, j, i), err));
                continue;
            }
            DLRN_TRY(dlrn_table_numbers(&v, t, j, err));
            present_number(text, column[j].head, v[i]);
            DLRN_TRY(add_cell(c, text, err));
        }
done:
    return st;
}

dlrn_status present_csv_table(dlrn_report *r, const present *p, const char *name, const char *title,
                              const char *const *notes, size_t n_notes, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    cells c = {0};
    dlrn_report_column column[MAX_COLUMNS];
    char link[160];
    DLRN_TRY(present_table(&t, p, name, err));
    if (!t || dlrn_table_rows(t) == 0) goto done;
    DLRN_TRY(csv_cells(&c, column, t, err));
    snprintf(link, sizeof link, "tables/%.120s.csv", name);
    const dlrn_report_table table = {
        .id = name,
        .title = title,
        .columns = column,
        .n_columns = dlrn_table_cols(t) < MAX_COLUMNS ? dlrn_table_cols(t) : MAX_COLUMNS,
        .cells = (const char *const *)c.v,
        .n_rows = dlrn_table_rows(t),
        .notes = notes,
        .n_notes = n_notes,
        .csv = link};
    DLRN_TRY(dlrn_report_table_add(r, &table, err));
done:
    cells_clear(&c);
    dlrn_table_free(t);
    return st;
}

dlrn_status present_summary(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    cells c = {0};
    dlrn_report_column column[MAX_COLUMNS] = {{"Model", NULL, NULL, DLRN_ALIGN_LEFT}};
    size_t n = 1;
    for (size_t k = 0; k < p->n_test && n < MAX_COLUMNS; k++)
        column[n++] = (dlrn_report_column){p->test[k], "AUC (95% CI)", NULL, DLRN_ALIGN_RIGHT};
    for (size_t m = 0; m < p->n_models; m++) {
        char text[96];
        present_model_label(text, sizeof text, p->model[m]);
        DLRN_TRY(add_cell(&c, text, err));
        for (size_t k = 0; k + 1 < n; k++) {
            summary_auc(text, sizeof text, present_performance(p, p->model[m], p->test[k]),
                        "\xe2\x80\x93");
            DLRN_TRY(add_cell(&c, text, err));
        }
    }
    static const char *const notes[] = {
        "Area under the ROC curve on cohorts that no step was fitted on."};
    const dlrn_report_table table = {.id = "summary",
                                     .title = "Discrimination on the test cohorts",
                                     .columns = column,
                                     .n_columns = n,
                                     .cells = (const char *const *)c.v,
                                     .n_rows = p->n_models,
                                     .notes = notes,
                                     .n_notes = 1,
                                     .csv = "tables/performance.csv"};
    DLRN_TRY(dlrn_report_summary(r, &table, err));
done:
    cells_clear(&c);
    return st;
}

static void estimate_text(char *text, size_t size, const dlrn_json *of, const char *key)
{
    const dlrn_json *e = dlrn_json_get(of, key), *ci = dlrn_json_get(e, "ci");
    const double x = dlrn_json_get_number(e, "value", (double)NAN);
    const double lo = dlrn_json_as_number(dlrn_json_at(ci, 0), (double)NAN);
    const double hi = dlrn_json_as_number(dlrn_json_at(ci, 1), (double)NAN);
    if (isnan(x))
        snprintf(text, size, "\xe2\x80\x93");
    else if (isnan(lo))
        snprintf(text, size, "%.3f", x);
    else
        snprintf(text, size, "%.3f (%.3f\xe2\x80\x93%.3f)", x, lo, hi);
}

static dlrn_status performance_row(cells *c, const present *p, const char *model,
                                   const char *cohort, dlrn_error *err)
{
    static const char *const estimates[] = {"sensitivity", "specificity"};
    static const char *const numbers[] = {"brier", "intercept", "slope"};
    dlrn_status st;
    char text[96];
    const dlrn_json *of = present_performance(p, model, cohort);
    present_model_label(text, sizeof text, model);
    DLRN_TRY(add_cell(c, text, err));
    snprintf(text, sizeof text, "%.0f / %.0f", dlrn_json_get_number(of, "n", 0),
             dlrn_json_get_number(of, "events", 0));
    DLRN_TRY(add_cell(c, text, err));
    summary_auc(text, sizeof text, of, "\xe2\x80\x93");
    DLRN_TRY(add_cell(c, text, err));
    for (size_t k = 0; k < 2; k++) {
        estimate_text(text, sizeof text, of, estimates[k]);
        DLRN_TRY(add_cell(c, text, err));
    }
    for (size_t k = 0; k < 3; k++) {
        present_number(text, numbers[k], dlrn_json_get_number(of, numbers[k], (double)NAN));
        DLRN_TRY(add_cell(c, text, err));
    }
done:
    return st;
}

dlrn_status present_performance_table(dlrn_report *r, const present *p, dlrn_error *err)
{
    enum { COLUMNS = 8, MOST_ROWS = 256 };
    static const dlrn_report_column column[COLUMNS] = {
        {"Model", NULL, NULL, DLRN_ALIGN_LEFT},
        {"n / events", NULL, NULL, DLRN_ALIGN_RIGHT},
        {"AUC", "95% CI", NULL, DLRN_ALIGN_RIGHT},
        {"Sensitivity", "95% CI", NULL, DLRN_ALIGN_RIGHT},
        {"Specificity", "95% CI", NULL, DLRN_ALIGN_RIGHT},
        {"Brier", NULL, NULL, DLRN_ALIGN_RIGHT},
        {"Intercept", NULL, NULL, DLRN_ALIGN_RIGHT},
        {"Slope", NULL, NULL, DLRN_ALIGN_RIGHT},
    };
    static const char *const notes[] = {
        "Sensitivity and specificity at the threshold that was chosen on cross-validated training "
        "predictions and frozen; intercept of the calibration with the slope fixed at 1.",
        "training_cv: out of fold (of the nomogram: nested); training_fit: the nomogram on the rows "
        "it was fitted on."};
    dlrn_status st = DLRN_OK;
    cells c = {0};
    bool group[MOST_ROWS] = {false};
    size_t rows = 0;
    char cv[96], fit[96];
    snprintf(cv, sizeof cv, "%.80s_cv", p->train);
    snprintf(fit, sizeof fit, "%.80s_fit", p->train);
    for (size_t k = 0; k < p->n_test + 2; k++) {
        const char *cohort = k == 0 ? cv : k == 1 ? fit : p->test[k - 2];
        bool any = false;
        for (size_t m = 0; m < p->n_models && rows + 1 < MOST_ROWS; m++) {
            if (dlrn_json_is_null(present_performance(p, p->model[m], cohort))) continue;
            if (!any) {
                group[rows++] = true;
                DLRN_TRY(add_cell(&c, cohort, err));
                for (size_t j = 1; j < COLUMNS; j++)
                    DLRN_TRY(add_cell(&c, NULL, err));
                any = true;
            }
            DLRN_TRY(performance_row(&c, p, p->model[m], cohort, err));
            rows++;
        }
    }
    const dlrn_report_table table = {.id = "performance",
                                     .title = "Performance",
                                     .columns = column,
                                     .n_columns = COLUMNS,
                                     .cells = (const char *const *)c.v,
                                     .n_rows = rows,
                                     .group = group,
                                     .notes = notes,
                                     .n_notes = 2,
                                     .csv = "tables/performance.csv"};
    DLRN_TRY(dlrn_report_table_add(r, &table, err));
done:
    cells_clear(&c);
    return st;
}
