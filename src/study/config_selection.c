/* SPDX-License-Identifier: Apache-2.0
 *
 * The `selection` key.
 */
#include "study/config_read.h"

#include <stdlib.h>
#include <string.h>

static const char DEFAULT_STEPS[] = "[{variance: 0}, {icc: {form: '2,1', lower: 0.75}},"
                                    " {correlation: {method: spearman, max: 0.9}},"
                                    " {lasso: {loss: logistic, alpha: 1, folds: 10, rule: 1se}}]";
static const char PUBLISHED_STEPS[] = "[{variance: 0}, {icc: {form: '2,1', lower: 0.75}},"
                                      " {univariate: {test: mann_whitney, p: 0.05}},"
                                      " {correlation: {method: spearman, max: 0.9}},"
                                      " {lasso: {loss: logistic, alpha: 1, folds: 10, rule: min}}]";

#define STEP(member) offsetof(config_step, member)
#define COUNT(a)     (sizeof(a) / sizeof *(a))

static const field variance_fields[] = {
    {"variance", FIELD_NUMBER, STEP(number), "0", NULL, 0, 1e300},
};
static const field icc_fields[] = {
    {"form", FIELD_CHOICE, STEP(word), "'2,1'", "1,1|2,1|3,1", 0, 0},
    {"lower", FIELD_NUMBER, STEP(number), "0.75", NULL, 0, 1},
};
static const field univariate_fields[] = {
    {"test", FIELD_CHOICE, STEP(word), "mann_whitney", "mann_whitney|student|welch", 0, 0},
    {"p", FIELD_NUMBER, STEP(number), "0.05", NULL, 0, 1},
};
static const field correlation_fields[] = {
    {"method", FIELD_CHOICE, STEP(word), "spearman", "spearman|pearson", 0, 0},
    {"max", FIELD_NUMBER, STEP(number), "0.9", NULL, 0, 1},
};
static const field lasso_fields[] = {
    {"loss", FIELD_CHOICE, STEP(word), "logistic", "logistic|linear", 0, 0},
    {"alpha", FIELD_NUMBER, STEP(alpha), "1", NULL, 1e-6, 1},
    {"folds", FIELD_INTEGER, STEP(folds), "10", NULL, 3, 100},
    {"rule", FIELD_OTHER, 0, NULL, NULL, 0, 0},
};
static const field mrmr_fields[] = {
    {"k", FIELD_INTEGER, STEP(k), "30", NULL, 1, 100000},
};

typedef struct step_kind {
    const char *name;
    const field *fields;
    size_t n;
} step_kind;

static const step_kind kinds[] = {
    {"variance", variance_fields, COUNT(variance_fields)},
    {"icc", icc_fields, COUNT(icc_fields)},
    {"univariate", univariate_fields, COUNT(univariate_fields)},
    {"correlation", correlation_fields, COUNT(correlation_fields)},
    {"lasso", lasso_fields, COUNT(lasso_fields)},
    {"mrmr", mrmr_fields, COUNT(mrmr_fields)},
};

static const step_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (!strcmp(kinds[i].name, name)) return &kinds[i];
    return NULL;
}

static dlrn_status unknown_step(const dlrn_yaml_doc *doc, const dlrn_yaml *node, const char *name,
                                dlrn_error *err)
{
    const char *names[COUNT(kinds)];
    for (size_t i = 0; i < COUNT(kinds); i++)
        names[i] = kinds[i].name;
    const char *near = dlrn_nearest(name, names, COUNT(kinds));
    if (near)
        return dlrn_yaml_fail(err, doc, node, "selection: unknown step '%s'; did you mean '%s'?",
                              name, near);
    return dlrn_yaml_fail(err, doc, node,
                          "selection: unknown step '%s'; there are variance, icc, univariate, "
                          "correlation, lasso, mrmr",
                          name);
}

static dlrn_status read_rule(config_step *step, const dlrn_yaml_doc *doc, const dlrn_yaml *value,
                             dlrn_error *err)
{
    const dlrn_yaml *rule = dlrn_yaml_get(value, "rule");
    if (dlrn_yaml_is_null(rule)) return DLRN_OK;
    step->rule_min = rule->kind == DLRN_YAML_SCALAR && !strcmp(rule->text, "min");
    if (!step->rule_min && (rule->kind != DLRN_YAML_SCALAR || strcmp(rule->text, "1se") != 0))
        return dlrn_yaml_fail(err, doc, rule, "rule: expected min or 1se");
    return DLRN_OK;
}

static dlrn_status read_step(config_step *step, const dlrn_yaml_doc *doc, const dlrn_yaml *node,
                             dlrn_error *err)
{
    dlrn_status st;
    const bool bare = node->kind == DLRN_YAML_SCALAR;
    if (!bare && (node->kind != DLRN_YAML_MAPPING || node->n != 1))
        return dlrn_yaml_fail(err, doc, node, "selection: expected one step, `name: settings`");
    const char *name = bare ? node->text : node->key[0]->text;
    const step_kind *kind = find_kind(name);
    if (!kind) return unknown_step(doc, node, name, err);
    const dlrn_yaml *value = bare ? NULL : node->item[0];
    DLRN_TRY(config_set_text(&step->name, name, err));
    // `variance: 0` is short for its only setting
    if (value && value->kind == DLRN_YAML_SCALAR && !strcmp(name, "variance")) value = node;
    DLRN_TRY(config_read(step, kind->fields, kind->n, doc, value, name, err));
    DLRN_TRY(read_rule(step, doc, value, err));
done:
    return st;
}

static dlrn_status read_steps(study_config *c, const dlrn_yaml_doc *doc, const dlrn_yaml *list,
                              dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&c->selection, list->n, err));
    c->n_selection = list->n;
    for (size_t i = 0; i < list->n; i++)
        DLRN_TRY(read_step(&c->selection[i], doc, list->item[i], err));
done:
    return st;
}

dlrn_status config_read_selection(study_config *c, const dlrn_yaml_doc *doc, const dlrn_yaml *node,
                                  dlrn_error *err)
{
    dlrn_status st;
    dlrn_yaml_doc *builtin = NULL;
    const char *name = "listed", *steps = NULL;
    if (dlrn_yaml_is_null(node)) {
        name = "default";
        steps = DEFAULT_STEPS;
    } else if (node->kind == DLRN_YAML_SCALAR) {
        name = node->text;
        if (!strcmp(name, "default")) steps = DEFAULT_STEPS;
        if (!strcmp(name, "published")) steps = PUBLISHED_STEPS;
        if (!steps)
            return dlrn_yaml_fail(err, doc, node,
                                  "selection: '%s' is neither default, published nor a list", name);
    } else if (node->kind == DLRN_YAML_MAPPING) {
        return dlrn_yaml_fail(err, doc, node, "selection: expected a list, `- variance: 0` ...");
    }
    DLRN_TRY(config_set_text(&c->selection_name, name, err));
    if (steps) DLRN_TRY(dlrn_yaml_parse(&builtin, steps, strlen(steps), "selection", err));
    st = read_steps(c, builtin ? builtin : doc, builtin ? dlrn_yaml_root(builtin) : node, err);
done:
    dlrn_yaml_free(builtin);
    return st;
}
