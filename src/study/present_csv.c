/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of the report that show a file of tables/: which columns, under which heads, how rounded.
 */
#include "study/present_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EN_DASH "\xe2\x80\x93"
#define MINUS   "\xe2\x88\x92"

enum { MOST_COLUMNS = 12 };

void present_cells_clear(present_cells *c)
{
    for (size_t k = 0; k < c->n; k++)
        free(c->v[k]);
    free(c->v);
}

dlrn_status present_cell(present_cells *c, const char *text, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_grow(&c->v, &c->cap, c->n + 1, sizeof *c->v, err));
    c->v[c->n] = text ? dlrn_strdup(text) : NULL;
    if (text && !c->v[c->n]) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a table");
    c->n++;
done:
    return st;
}

/* ---- numbers and words ---- */

void present_fixed(char text[96], double x, int digits)
{
    char plain[64];
    if (isnan(x)) {
        snprintf(text, 96, EN_DASH);
        return;
    }
    if (fabs(x) < 1e5)
        snprintf(plain, sizeof plain, "%.*f", digits, fabs(x));
    else
        snprintf(plain, sizeof plain, "%.2e", fabs(x));
    // what rounds to nothing has no sign
    const bool negative = x < 0 && strpbrk(plain, "123456789i");
    snprintf(text, 96, "%s%s", negative ? MINUS : "", plain);
}

void present_p(char text[96], double p)
{
    if (p < 0.001)
        snprintf(text, 96, "< 0.001");
    else
        present_fixed(text, p, 3);
}

void present_estimate(char text[96], double x, const double interval[2], int digits)
{
    char at[96], lo[96], hi[96];
    present_fixed(at, x, digits);
    present_fixed(lo, interval[0], digits);
    present_fixed(hi, interval[1], digits);
    if (isnan(x) || isnan(interval[0]))
        snprintf(text, 96, "%.90s", at);
    else // a dash after a minus sign would be read as another one
        snprintf(text, 96, "%.24s (%.24s%s%.24s)", at, lo, interval[0] < 0 ? " to " : EN_DASH, hi);
}

const char *present_word(const char *name)
{
    static const char *const words[][2] = {
        {"mann_whitney", "Mann\xe2\x80\x93Whitney"},
        {"student", "Student's t"},
        {"welch", "Welch's t"},
        {"chi_square", "chi-square"},
        {"fisher", "Fisher's exact"},
        {"fisher_monte_carlo", "Fisher's, Monte Carlo"},
        {"delong", "DeLong"},
        {"obuchowski", "Obuchowski"},
        {"lr", "logistic regression"},
        {"svm", "support vector machine"},
        {"knn", "nearest neighbours"},
        {"random_forest", "random forest"},
        {"extra_trees", "extremely randomised trees"},
        {"xgboost", "XGBoost"},
        {"lightgbm", "LightGBM"},
        {"mlp", "multilayer perceptron"},
        {"icc", "agreement of the readers (ICC)"},
        {"lasso", "LASSO"},
        {"mrmr", "mRMR"},
    };
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (!strcmp(words[k][0], name)) return words[k][1];
    return name;
}

/* ---- a table from a file ---- */

typedef enum cell_kind {
    CELL_TEXT,
    CELL_WORD,   /* a name that present_word knows */
    CELL_MODEL,  /* a model's name */
    CELL_LEVEL,  /* the text, and after a colon that of the column `lo` where it has one */
    CELL_NUMBER, /* with so many digits */
    CELL_P,
    CELL_ESTIMATE /* with the columns `lo` and `hi`, where the file has them */
} cell_kind;

typedef struct column_spec {
    cell_kind kind;
    const char *from, *head, *unit;
    int digits;
    const char *lo, *hi;
} column_spec;

typedef struct table_spec {
    const char *name, *title;
    const char *group; /* a heading across wherever this column's text changes; NULL: none */
    const column_spec *columns;
    size_t n_columns;
    const char *const *notes;
    size_t n_notes;
} table_spec;

static const char *text_at(const dlrn_table *t, const char *column, size_t row)
{
    const size_t j = column ? dlrn_table_find(t, column) : SIZE_MAX;
    return j == SIZE_MAX ? "" : dlrn_table_text(t, j, row);
}

static double number_at(const dlrn_table *t, const char *column, size_t row)
{
    double x;
    const char *text = text_at(t, column, row);
    return *text && dlrn_parse_double(&x, text, strlen(text)) ? x : (double)NAN;
}

static void cell_text(char *out, size_t size, const dlrn_table *t, const column_spec *c, size_t row)
{
    char text[96] = "";
    const char *from = text_at(t, c->from, row);
    const double x = number_at(t, c->from, row);
    const double interval[] = {number_at(t, c->lo, row), number_at(t, c->hi, row)};
    switch (c->kind) {
    case CELL_WORD: from = present_word(from); break;
    case CELL_MODEL:
        present_model_label(text, sizeof text, from);
        from = text;
        break;
    case CELL_NUMBER:
        if (*from) present_fixed(text, x, c->digits);
        from = text;
        break;
    case CELL_P:
        if (*from) present_p(text, x);
        from = text;
        break;
    case CELL_ESTIMATE:
        present_estimate(text, x, interval, c->digits);
        from = text;
        break;
    case CELL_LEVEL:
        if (*text_at(t, c->lo, row)) {
            snprintf(out, size, "%s: %s", from, text_at(t, c->lo, row));
            return;
        }
        break;
    case CELL_TEXT: break;
    }
    snprintf(out, size, "%s", from);
}

static dlrn_status fill(present_cells *c, bool *group, size_t *rows, const dlrn_table *t,
                        const table_spec *s, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const char *last = NULL;
    for (size_t i = 0; i < dlrn_table_rows(t); i++) {
        const char *now = text_at(t, s->group, i);
        if (s->group && (!last || strcmp(last, now) != 0)) {
            group[(*rows)++] = true;
            DLRN_TRY(present_cell(c, now, err));
            for (size_t k = 1; k < s->n_columns; k++)
                DLRN_TRY(present_cell(c, NULL, err));
        }
        last = now;
        for (size_t k = 0; k < s->n_columns; k++) {
            char text[400];
            cell_text(text, sizeof text, t, &s->columns[k], i);
            DLRN_TRY(present_cell(c, text, err));
        }
        (*rows)++;
    }
done:
    return st;
}

static dlrn_status present_file(dlrn_report *r, const present *p, const table_spec *s,
                                dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    present_cells c = {0};
    bool *group = NULL;
    size_t rows = 0;
    dlrn_report_column column[MOST_COLUMNS];
    char link[160];
    DLRN_TRY(present_table(&t, p, s->name, err));
    if (!t || dlrn_table_rows(t) == 0) goto done;
    DLRN_TRY(dlrn_alloc_or_fail(&group, 2 * dlrn_table_rows(t), err));
    DLRN_TRY(fill(&c, group, &rows, t, s, err));
    for (size_t k = 0; k < s->n_columns; k++)
        column[k] = (dlrn_report_column){s->columns[k].head, s->columns[k].unit, NULL,
                                         s->columns[k].kind < CELL_NUMBER ? DLRN_ALIGN_LEFT
                                                                          : DLRN_ALIGN_RIGHT};
    snprintf(link, sizeof link, "tables/%.120s.csv", s->name);
    const dlrn_report_table table = {.id = s->name,
                                     .title = s->title,
                                     .columns = column,
                                     .n_columns = s->n_columns,
                                     .cells = (const char *const *)c.v,
                                     .n_rows = rows,
                                     .group = group,
                                     .notes = s->notes,
                                     .n_notes = s->n_notes,
                                     .csv = link};
    DLRN_TRY(dlrn_report_table_add(r, &table, err));
done:
    free(group);
    present_cells_clear(&c);
    dlrn_table_free(t);
    return st;
}

/* ---- the tables ---- */

#define COUNT(array) (sizeof(array) / sizeof *(array))

dlrn_status present_baseline(dlrn_report *r, const present *p, dlrn_error *err)
{
    static const column_spec columns[] = {
        {CELL_LEVEL, "variable", "Characteristic", NULL, 0, "level", NULL},
        {CELL_TEXT, "all", "All", NULL, 0, NULL, NULL},
        {CELL_TEXT, "negative", "Negative", NULL, 0, NULL, NULL},
        {CELL_TEXT, "positive", "Positive", NULL, 0, NULL, NULL},
        {CELL_WORD, "test", "Test", NULL, 0, NULL, NULL},
        {CELL_P, "p", "p", NULL, 0, NULL, NULL},
        {CELL_NUMBER, "standardised_difference", "SMD", NULL, 2, NULL, NULL},
        {CELL_NUMBER, "missing", "Missing", NULL, 0, NULL, NULL},
    };
    static const char *const notes[] = {
        "Mean (SD), or median [quartiles] where the Shapiro\xe2\x80\x93Wilk test rejects a normal "
        "distribution; n (%). The test compares negative with positive cases, unadjusted.",
        "SMD: standardised mean difference, positive minus negative."};
    const table_spec s = {"baseline",     "Baseline characteristics by cohort and outcome.",
                          "cohort",       columns,
                          COUNT(columns), notes,
                          COUNT(notes)};
    return present_file(r, p, &s, err);
}

dlrn_status present_terms(dlrn_report *r, const present *p, const char *which, dlrn_error *err)
{
    static const column_spec columns[] = {
        {CELL_TEXT, "label", "Term", NULL, 0, NULL, NULL},
        {CELL_NUMBER, "coefficient", "Coefficient", NULL, 3, NULL, NULL},
        {CELL_ESTIMATE, "or", "Odds ratio", "95% CI", 2, "or_lo", "or_hi"},
        {CELL_P, "p", "p", NULL, 0, NULL, NULL},
    };
    static const char *const one[] = {
        "Logistic regression of the outcome on one term at a time, training rows; Wald test."};
    static const char *const all[] = {
        "Logistic regression of the outcome on all terms together, training rows; Wald test. This "
        "is the clinical model."};
    const bool single = !strcmp(which, "univariable");
    const table_spec s = {which,
                          single ? "Clinical factors, each alone." : "Clinical factors together.",
                          NULL,
                          columns,
                          COUNT(columns),
                          single ? one : all,
                          1};
    return present_file(r, p, &s, err);
}

dlrn_status present_selected(dlrn_report *r, const present *p, const char *model, dlrn_error *err)
{
    static const column_spec columns[] = {
        {CELL_TEXT, "name", "Feature", NULL, 0, NULL, NULL},
        {CELL_NUMBER, "coefficient", "Coefficient", NULL, 4, NULL, NULL},
        {CELL_NUMBER, "frequency", "Chosen in folds", NULL, 2, NULL, NULL},
    };
    static const char *const notes[] = {
        "Coefficient of the standardised feature at the chosen lambda. Chosen in folds: the share "
        "of the cross-validation's folds in which the whole selection chose it again."};
    char name[160], title[160], label[96];
    present_model_label(label, sizeof label, model);
    snprintf(name, sizeof name, "selected_%.120s", model);
    snprintf(title, sizeof title, "Selected features: %.100s.", label);
    const table_spec s = {name, title, NULL, columns, COUNT(columns), notes, COUNT(notes)};
    return present_file(r, p, &s, err);
}

dlrn_status present_learners(dlrn_report *r, const present *p, dlrn_error *err)
{
    static const column_spec columns[] = {
        {CELL_MODEL, "model", "Model", NULL, 0, NULL, NULL},
        {CELL_WORD, "learner", "Learner", NULL, 0, NULL, NULL},
        {CELL_TEXT, "chosen", "Chosen", NULL, 0, NULL, NULL},
        {CELL_NUMBER, "cv_auc", "AUC", "mean", 3, NULL, NULL},
        {CELL_NUMBER, "cv_auc_sd", "SD", NULL, 3, NULL, NULL},
        {CELL_TEXT, "parameters", "Tuned parameters", NULL, 0, NULL, NULL},
    };
    static const char *const notes[] = {
        "Mean and SD of the folds' AUCs on training patients; the whole pipeline was refitted in "
        "each fold. Chosen: the best mean; of learners within one standard error of it, the "
        "simpler."};
    const table_spec s = {
        "learners",  "Learners in cross-validation.", NULL, columns, COUNT(columns), notes,
        COUNT(notes)};
    return present_file(r, p, &s, err);
}

dlrn_status present_comparisons(dlrn_report *r, const present *p, dlrn_error *err)
{
    static const column_spec columns[] = {
        {CELL_MODEL, "a", "A", NULL, 0, NULL, NULL},
        {CELL_MODEL, "b", "B", NULL, 0, NULL, NULL},
        {CELL_TEXT, "primary", "Primary", NULL, 0, NULL, NULL},
        {CELL_WORD, "method", "Test", NULL, 0, NULL, NULL},
        {CELL_NUMBER, "auc_a", "AUC of A", NULL, 3, NULL, NULL},
        {CELL_NUMBER, "auc_b", "AUC of B", NULL, 3, NULL, NULL},
        {CELL_ESTIMATE, "difference", "A \xe2\x88\x92 B", "95% CI", 3, "lo", "hi"},
        {CELL_P, "p", "p", NULL, 0, NULL, NULL},
        {CELL_P, "p_adjusted", "p adjusted", NULL, 0, NULL, NULL},
    };
    static const char *const notes[] = {
        "Paired tests of two AUCs on the same rows: DeLong, or Obuchowski's form of it where "
        "patients have several vertebrae. p is adjusted over all comparisons but the primary one."};
    const table_spec s = {
        "comparisons", "Comparisons of the models' AUCs.", "cohort", columns, COUNT(columns), notes,
        COUNT(notes)};
    return present_file(r, p, &s, err);
}

dlrn_status present_subgroups(dlrn_report *r, const present *p, dlrn_error *err)
{
    static const column_spec columns[] = {
        {CELL_MODEL, "model", "Model", NULL, 0, NULL, NULL},
        {CELL_LEVEL, "column", "Subgroup", NULL, 0, "value", NULL},
        {CELL_NUMBER, "n", "n", NULL, 0, NULL, NULL},
        {CELL_ESTIMATE, "auc", "AUC", "95% CI", 3, "lo", "hi"},
        {CELL_P, "interaction_p", "p of interaction", NULL, 0, NULL, NULL},
    };
    const table_spec s = {"subgroups", "Subgroups.", "cohort", columns, COUNT(columns), NULL, 0};
    return present_file(r, p, &s, err);
}
