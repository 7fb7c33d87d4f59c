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

dlrn_status present_summary(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    present_cells c = {0};
    dlrn_report_column column[MAX_COLUMNS] = {{"Model", NULL, NULL, DLRN_ALIGN_LEFT}};
    size_t n = 1;
    for (size_t k = 0; k < p->n_test && n < MAX_COLUMNS; k++)
        column[n++] = (dlrn_report_column){p->test[k], "AUC (95% CI)", NULL, DLRN_ALIGN_RIGHT};
    for (size_t m = 0; m < p->n_models; m++) {
        char text[96];
        present_model_label(text, sizeof text, p->model[m]);
        DLRN_TRY(present_cell(&c, text, err));
        for (size_t k = 0; k + 1 < n; k++) {
            summary_auc(text, sizeof text, present_performance(p, p->model[m], p->test[k]),
                        "\xe2\x80\x93");
            DLRN_TRY(present_cell(&c, text, err));
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
    present_cells_clear(&c);
    return st;
}

static void estimate_text(char text[96], const dlrn_json *of, const char *key)
{
    const dlrn_json *e = dlrn_json_get(of, key), *ci = dlrn_json_get(e, "ci");
    const double interval[] = {dlrn_json_as_number(dlrn_json_at(ci, 0), (double)NAN),
                               dlrn_json_as_number(dlrn_json_at(ci, 1), (double)NAN)};
    present_estimate(text, dlrn_json_get_number(e, "value", (double)NAN), interval, 3);
}

/* Training figures are never mistaken for evidence: their names say what they are. */
static void cohort_heading(char *text, size_t size, const present *p, size_t k)
{
    if (k == 0)
        snprintf(text, size, "%.80s, cross-validated (out of fold)", p->train);
    else if (k == 1)
        snprintf(text, size, "%.80s, the rows the nomogram was fitted on (apparent)", p->train);
    else
        snprintf(text, size, "%.150s", p->test[k - 2]);
}

static dlrn_status performance_row(present_cells *c, const present *p, const char *model,
                                   const char *cohort, dlrn_error *err)
{
    static const char *const estimates[] = {"sensitivity", "specificity"};
    static const char *const numbers[] = {"brier", "intercept", "slope"};
    dlrn_status st;
    char text[96];
    const dlrn_json *of = present_performance(p, model, cohort);
    present_model_label(text, sizeof text, model);
    DLRN_TRY(present_cell(c, text, err));
    snprintf(text, sizeof text, "%.0f / %.0f", dlrn_json_get_number(of, "n", 0),
             dlrn_json_get_number(of, "events", 0));
    DLRN_TRY(present_cell(c, text, err));
    summary_auc(text, sizeof text, of, "\xe2\x80\x93");
    DLRN_TRY(present_cell(c, text, err));
    for (size_t k = 0; k < 2; k++) {
        estimate_text(text, of, estimates[k]);
        DLRN_TRY(present_cell(c, text, err));
    }
    for (size_t k = 0; k < 3; k++) {
        present_fixed(text, dlrn_json_get_number(of, numbers[k], (double)NAN), k == 0 ? 3 : 2);
        DLRN_TRY(present_cell(c, text, err));
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
        "Cross-validated: every row by models that did not see its patient; of the nomogram, "
        "nested."};
    dlrn_status st = DLRN_OK;
    present_cells c = {0};
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
                char heading[160];
                cohort_heading(heading, sizeof heading, p, k);
                DLRN_TRY(present_cell(&c, heading, err));
                for (size_t j = 1; j < COLUMNS; j++)
                    DLRN_TRY(present_cell(&c, NULL, err));
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
    present_cells_clear(&c);
    return st;
}
