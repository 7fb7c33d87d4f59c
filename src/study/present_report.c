/* SPDX-License-Identifier: Apache-2.0
 *
 * report.html: the order of a paper.
 */
#include "study/present_tables.h"
#include "study/run.h"
#include "study/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One figure that was drawn into figures/; nothing where it was not. */
static dlrn_status add_figure(dlrn_report *r, const present *p, const char *name, const char *title,
                              const char *caption, bool wide, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    char *svg = NULL, pdf[200], csv[200];
    size_t len;
    dlrn_str path = {0}, table = {0};
    dlrn_str_addf(&path, "%s/figures/%s.svg", p->out, name);
    dlrn_str_addf(&table, "%s/tables/%s.csv", p->out, name);
    if (path.failed || table.failed) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    if (!dlrn_file_exists(path.s)) goto done;
    DLRN_TRY(dlrn_read_file(&svg, &len, path.s, err));
    snprintf(pdf, sizeof pdf, "figures/%.160s.pdf", name);
    snprintf(csv, sizeof csv, "tables/%.160s.csv", name);
    const dlrn_report_figure f = {
        name, svg, title, caption, pdf, dlrn_file_exists(table.s) ? csv : NULL, wide};
    DLRN_TRY(dlrn_report_figure_add(r, &f, err));
done:
    free(svg);
    dlrn_str_clear(&path);
    dlrn_str_clear(&table);
    return st;
}

/* figures/<kind>_<of>, of a model or a cohort, titled "<title>: <of>." */
static dlrn_status add_figure_of(dlrn_report *r, const present *p, const char *kind, const char *of,
                                 const char *title, const char *caption, bool wide, dlrn_error *err)
{
    char name[240], full[240], label[100];
    snprintf(label, sizeof label, "%s", of);
    for (size_t k = 0; k < p->n_models; k++)
        if (!strcmp(p->model[k], of)) present_model_label(label, sizeof label, of);
    snprintf(name, sizeof name, "%.120s_%.100s", kind, of);
    snprintf(full, sizeof full, "%.130s: %.100s.", title, label);
    return add_figure(r, p, name, full, caption, wide, err);
}

/* ---- first screen ---- */

static const dlrn_json *primary_comparison(const present *p)
{
    const dlrn_json *list = dlrn_json_get(p->results, "comparisons");
    for (size_t k = 0; k < dlrn_json_size(list); k++)
        if (dlrn_json_get_bool(dlrn_json_at(list, k), "primary", false))
            return dlrn_json_at(list, k);
    return NULL;
}

/* "the nomogram (DLRN)", "the clinical model", "DLR (net)" */
static void model_in_sentence(char *text, size_t size, const char *model)
{
    if (!strcmp(model, "dlrn"))
        snprintf(text, size, "the nomogram (DLRN)");
    else if (!strcmp(model, "clinical") || !strcmp(model, "radiomics"))
        snprintf(text, size, "the %s model", model);
    else
        present_model_label(text, size, model);
}

static void add_headline(dlrn_report *r, const present *p)
{
    char text[800], auc[64], p_text[96], lo[96], hi[96], difference[96], a[96], b[96];
    const dlrn_json *c = primary_comparison(p);
    const char *model = present_main_model(p);
    if (c && isnan(dlrn_json_get_number(c, "difference", (double)NAN))) {
        snprintf(
            text, sizeof text,
            "The primary comparison of %.60s with %.60s in the %.80s cohort could not be made: "
            "%.200s.",
            dlrn_json_get_string(c, "a", ""), dlrn_json_get_string(c, "b", ""),
            dlrn_json_get_string(c, "cohort", ""),
            dlrn_json_get_string(c, "difference_reason", "no difference"));
    } else if (c) {
        const dlrn_json *ci = dlrn_json_get(c, "ci");
        const double interval[] = {dlrn_json_as_number(dlrn_json_at(ci, 0), (double)NAN),
                                   dlrn_json_as_number(dlrn_json_at(ci, 1), (double)NAN)};
        present_p(p_text, dlrn_json_get_number(c, "p", (double)NAN));
        present_fixed(lo, interval[0], 3);
        present_fixed(hi, interval[1], 3);
        present_fixed(difference, dlrn_json_get_number(c, "difference", (double)NAN), 3);
        model_in_sentence(a, sizeof a, dlrn_json_get_string(c, "a", ""));
        model_in_sentence(b, sizeof b, dlrn_json_get_string(c, "b", ""));
        snprintf(text, sizeof text,
                 "In the %.80s cohort the AUC of %s was %.3f and that of %s %.3f: difference %s "
                 "(95%% CI %s to %s, p %s%s).",
                 dlrn_json_get_string(c, "cohort", ""), a,
                 dlrn_json_get_number(c, "auc_a", (double)NAN), b,
                 dlrn_json_get_number(c, "auc_b", (double)NAN), difference, lo, hi,
                 p_text[0] == '<' ? "" : "= ", p_text);
    } else if (p->n_test) {
        summary_auc(auc, sizeof auc, present_performance(p, model, p->test[p->n_test - 1]), " to ");
        model_in_sentence(a, sizeof a, model);
        snprintf(text, sizeof text, "In the %.80s cohort the AUC (95%% CI) of %s was %s.",
                 p->test[p->n_test - 1], a, auc);
    } else {
        snprintf(text, sizeof text, "No test cohort: nothing can be said about new patients.");
    }
    dlrn_report_headline(r, text);
}

static void add_warnings(dlrn_report *r, const present *p)
{
    const dlrn_json *w = dlrn_json_get(p->results, "warnings");
    for (size_t k = 0; k < dlrn_json_size(w); k++)
        dlrn_report_warning(r, dlrn_json_as_string(dlrn_json_at(w, k), ""));
    if (dlrn_json_get_bool(dlrn_json_get(p->results, "study"), "made_up_weights", false))
        dlrn_report_made_up_weights(r);
}

/* ---- sections ---- */

static dlrn_status add_cohorts(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_status st;
    dlrn_report_section(r, "cohorts", "Cohorts", 1);
    DLRN_TRY(add_figure(r, p, "flow", "Cohorts of the study.",
                        "Numbers of vertebrae, patients and positive cases.", true, err));
    DLRN_TRY(present_baseline(r, p, err));
done:
    return st;
}

static dlrn_status add_clinical(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_status st;
    if (dlrn_json_size(dlrn_json_get(dlrn_json_get(p->results, "clinical"), "univariable")) == 0)
        return DLRN_OK;
    dlrn_report_section(r, "clinical", "Clinical factors", 1);
    DLRN_TRY(present_terms(r, p, "univariable", err));
    DLRN_TRY(present_terms(r, p, "multivariable", err));
done:
    return st;
}

static dlrn_status add_selection_of(dlrn_report *r, const present *p, const char *model,
                                    dlrn_error *err)
{
    dlrn_status st;
    char text[600], label[64];
    const dlrn_json *of = dlrn_json_get(dlrn_json_get(p->results, "selection"), model);
    const dlrn_json *steps = dlrn_json_get(of, "steps");
    dlrn_str b = {0};
    if (dlrn_json_is_null(of)) return DLRN_OK;
    present_model_label(label, sizeof label, model);
    snprintf(text, sizeof text, "selection-%.100s", model);
    dlrn_report_section(r, text, label, 2);
    for (size_t k = 0; k < dlrn_json_size(steps); k++) {
        const dlrn_json *s = dlrn_json_at(steps, k);
        dlrn_str_addf(&b, "%s%s %.0f", k ? ", " : "",
                      present_word(dlrn_json_get_string(s, "name", "")),
                      dlrn_json_get_number(s, "kept", 0));
    }
    snprintf(text, sizeof text, "Features left after each step, fitted on training rows: %.500s.",
             dlrn_str_get(&b));
    dlrn_str_clear(&b);
    dlrn_report_paragraph(r, text);
    DLRN_TRY(add_figure_of(r, p, "lasso_path", model, "LASSO coefficient paths",
                           "Coefficients of the standardised features against the logarithm of "
                           "lambda. Dashed: the lambda of least deviance (min) and the largest "
                           "one within a standard error of it (1 SE).",
                           false, err));
    DLRN_TRY(add_figure_of(r, p, "lasso_cv", model, "LASSO cross-validation",
                           "Mean deviance over patient-grouped folds, plus and minus one standard "
                           "error.",
                           false, err));
    DLRN_TRY(add_figure_of(r, p, "coefficients", model, "Selected features",
                           "Coefficients at the chosen lambda.", true, err));
    DLRN_TRY(add_figure_of(r, p, "correlation", model, "Correlation of the selected features",
                           "Spearman's correlation on the training rows.", true, err));
    DLRN_TRY(present_selected(r, p, model, err));
done:
    return st;
}

static dlrn_status add_models(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_report_section(r, "selection", "Feature selection", 1);
    for (size_t k = 0; k < p->n_models; k++)
        DLRN_TRY(add_selection_of(r, p, p->model[k], err));
    dlrn_report_section(r, "models", "Models", 1);
    DLRN_TRY(present_learners(r, p, err));
done:
    return st;
}

static dlrn_status add_nomogram(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_report_section(r, "nomogram", "Nomogram", 1);
    if (dlrn_json_is_null(dlrn_json_get(dlrn_json_get(p->results, "nomogram"), "terms"))) {
        dlrn_report_paragraph(r, "No nomogram was built; the warnings at the top say why.");
        return DLRN_OK;
    }
    return add_figure(r, p, "nomogram", "Nomogram.",
                      "Each term's value gives points on the top scale; their sum gives the "
                      "probability at the bottom. The signature enters as its out-of-fold logit.",
                      true, err);
}

static dlrn_status add_cohort_figures(dlrn_report *r, const present *p, const char *cohort,
                                      dlrn_error *err)
{
    dlrn_status st;
    char id[120], title[200], label[100], of[100];
    present_model_label(label, sizeof label, present_main_model(p));
    snprintf(id, sizeof id, "cohort-%.100s", cohort);
    dlrn_report_section(r, id, cohort, 2);
    DLRN_TRY(add_figure_of(r, p, "roc", cohort, "ROC curves",
                           "Areas with 95% confidence intervals; rings: the frozen thresholds.",
                           false, err));
    snprintf(title, sizeof title, "Calibration of %.100s", label);
    DLRN_TRY(add_figure_of(r, p, "calibration", cohort, title,
                           "Loess curve, groups of risk with 95% intervals, and the distribution "
                           "of risk by class; the diagonal is perfect calibration.",
                           false, err));
    DLRN_TRY(add_figure_of(r, p, "dca", cohort, "Decision curves",
                           "Net benefit against the threshold probability; treating all and "
                           "treating none for comparison.",
                           false, err));
    snprintf(title, sizeof title, "Predictions of %.100s", label);
    DLRN_TRY(add_figure_of(r, p, "waterfall", cohort, title,
                           "Each bar is a vertebra, in the colour of its true class; bars stand "
                           "on the frozen threshold.",
                           false, err));
    DLRN_TRY(add_figure_of(r, p, "delong", cohort, "Comparison of the models' AUCs",
                           "Below the diagonal: p of paired tests, unadjusted; above: AUC of the "
                           "row minus AUC of the column.",
                           false, err));
    for (size_t k = 0; k < p->n_models; k++) {
        char kind[160];
        snprintf(kind, sizeof kind, "roc_learners_%.100s", p->model[k]);
        present_model_label(of, sizeof of, p->model[k]);
        snprintf(title, sizeof title, "ROC curves of the learners of %.90s", of);
        DLRN_TRY(add_figure_of(r, p, kind, cohort, title,
                               "All learners of the model on the same selected features.", false,
                               err));
    }
done:
    return st;
}

static dlrn_status add_evaluation(dlrn_report *r, const present *p, dlrn_error *err)
{
    dlrn_status st;
    dlrn_report_section(r, "evaluation", "Evaluation", 1);
    DLRN_TRY(present_performance_table(r, p, err));
    DLRN_TRY(present_comparisons(r, p, err));
    char title[200], label[100];
    present_model_label(label, sizeof label, present_main_model(p));
    snprintf(title, sizeof title, "Confusion matrices of %.100s.", label);
    DLRN_TRY(add_figure(r, p, "confusion", title,
                        "Counts and shares of the true class at the frozen threshold.", true, err));
    for (size_t k = 0; k < p->n_test; k++)
        DLRN_TRY(add_cohort_figures(r, p, p->test[k], err));
    DLRN_TRY(present_subgroups(r, p, err));
done:
    return st;
}

static void add_limits(dlrn_report *r, const present *p)
{
    const dlrn_json *study = dlrn_json_get(p->results, "study");
    dlrn_report_section(r, "limits", "Limits", 1);
    dlrn_report_item(r, "For research use, not a medical device.");
    dlrn_report_item(r, "Figures on training rows are apparent or cross-validated and are no "
                        "evidence of performance on new patients.");
    dlrn_report_item(r, "Below 100 events or non-events in a cohort, calibration and its "
                        "intervals are imprecise.");
    if (dlrn_json_get_bool(study, "made_up_weights", false))
        dlrn_report_item(r, "The network's weights are made up: deep features here say nothing "
                            "about what a trained network would add.");
}

static void add_provenance(dlrn_report *r, const present *p)
{
    char number[32];
    const dlrn_json *study = dlrn_json_get(p->results, "study");
    dlrn_report_section(r, "provenance", "Provenance", 1);
    dlrn_report_paragraph(r, "Times, versions, settings and the SHA-256 of every input stand in "
                             "provenance.json; every number of this page in results.json.");
    dlrn_report_fact(r, "Program", dlrn_version());
    dlrn_report_fact(r, "Seed", dlrn_format_double(number, dlrn_json_get_number(study, "seed", 0)));
    dlrn_report_fact(r, "Outcome", dlrn_json_get_string(study, "outcome", ""));
}

static dlrn_status write_report(const present *p, dlrn_error *err)
{
    dlrn_status st;
    dlrn_report *r = NULL;
    char *path = dlrn_path_join(p->out, "report.html");
    const dlrn_json *study = dlrn_json_get(p->results, "study");
    const char *title = dlrn_json_get_string(study, "title", "");
    if (!path) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    char outcome[200];
    snprintf(outcome, sizeof outcome, "Outcome: %.180s",
             dlrn_json_get_string(study, "outcome", ""));
    DLRN_TRY(
        dlrn_report_new(&r, *title ? title : "Deep learning radiomics nomogram", outcome, err));
    add_headline(r, p);
    add_warnings(r, p);
    DLRN_TRY(present_summary(r, p, err));
    DLRN_TRY(add_cohorts(r, p, err));
    DLRN_TRY(add_clinical(r, p, err));
    DLRN_TRY(add_models(r, p, err));
    DLRN_TRY(add_nomogram(r, p, err));
    DLRN_TRY(add_evaluation(r, p, err));
    add_limits(r, p);
    add_provenance(r, p);
    DLRN_TRY(dlrn_report_write(r, path, err));
done:
    dlrn_report_free(r);
    free(path);
    return st;
}

dlrn_status study_write_report(const char *out, const dlrn_exec *ex, dlrn_error *err)
{
    present p;
    (void)ex;
    dlrn_status st = present_load(&p, out, err);
    if (st != DLRN_OK) return st;
    st = write_report(&p, err);
    present_clear(&p);
    return st;
}
