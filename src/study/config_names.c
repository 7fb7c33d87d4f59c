/* SPDX-License-Identifier: Apache-2.0
 *
 * The models that the settings make, names checked against them, and the settings as JSON.
 */
#include "study/config_read.h"

#include <dlrn/learner.h>

#include <stdlib.h>
#include <string.h>

static dlrn_status add_named(config_list *l, const char *prefix, const char *name, dlrn_error *err)
{
    dlrn_str b = {0};
    dlrn_str_addf(&b, "%s%s", prefix, name);
    const dlrn_status st = b.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name")
                                    : config_list_add(l, b.s, err);
    dlrn_str_clear(&b);
    return st;
}

dlrn_status study_config_models(config_list *out, const study_config *c, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const bool radiomics = c->radiomics.params || c->radiomics.features;
    *out = (config_list){0};
    if (radiomics) DLRN_TRY(config_list_add(out, "radiomics", err));
    for (size_t i = 0; i < c->n_deep; i++)
        DLRN_TRY(add_named(out, "dtl_", c->deep[i].name, err));
    for (size_t i = 0; i < c->n_deep && radiomics; i++)
        DLRN_TRY(add_named(out, "dlr_", c->deep[i].name, err));
done:
    if (st != DLRN_OK) config_list_clear(out);
    return st;
}

static bool in_list(const config_list *l, const char *name, size_t len)
{
    for (size_t i = 0; i < l->n; i++)
        if (strlen(l->v[i]) == len && !memcmp(l->v[i], name, len)) return true;
    return false;
}

static dlrn_status unknown_name(const dlrn_yaml_doc *doc, const char *key, const char *name,
                                const config_list *known, dlrn_error *err)
{
    dlrn_str all = {0};
    for (size_t i = 0; i < known->n; i++)
        dlrn_str_addf(&all, "%s%s", i ? ", " : "", known->v[i]);
    const dlrn_status st =
        dlrn_yaml_fail(err, doc, dlrn_yaml_get(dlrn_yaml_root(doc), key),
                       "%s: '%s' is not one of: %s", key, name, dlrn_str_get(&all));
    dlrn_str_clear(&all);
    return st;
}

/* `name` is a model, or <model>.<learner>. */
static dlrn_status check_model(const study_config *c, const dlrn_yaml_doc *doc, const char *key,
                               const char *name, const config_list *models, dlrn_error *err)
{
    const char *dot = strchr(name, '.');
    const size_t len = dot ? (size_t)(dot - name) : strlen(name);
    if (!in_list(models, name, len)) return unknown_name(doc, key, name, models, err);
    if (dot && !in_list(&c->learners, dot + 1, strlen(dot + 1)))
        return unknown_name(doc, key, name, &c->learners, err);
    return DLRN_OK;
}

static dlrn_status unknown_learner(const dlrn_yaml_doc *doc, const dlrn_yaml *at, const char *name,
                                   dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    config_list known = {0};
    for (size_t k = 0; k < dlrn_learner_count(); k++)
        DLRN_TRY(config_list_add(&known, dlrn_learner_at(k)->name, err));
    const char *near = dlrn_nearest(name, (const char *const *)known.v, known.n);
    st = near ? dlrn_yaml_fail(err, doc, at, "learners: there is no '%s'; did you mean '%s'?", name,
                               near)
              : unknown_name(doc, "learners", name, &known, err);
done:
    config_list_clear(&known);
    return st;
}

static dlrn_status check_learners(const study_config *c, const dlrn_yaml_doc *doc, dlrn_error *err)
{
    const dlrn_yaml *at = dlrn_yaml_get(dlrn_yaml_root(doc), "learners");
    if (c->learners.n == 0) return dlrn_yaml_fail(err, doc, at, "learners: name at least one");
    for (size_t i = 0; i < c->learners.n; i++) {
        if (!dlrn_learner_find(c->learners.v[i]))
            return unknown_learner(doc, at, c->learners.v[i], err);
        for (size_t k = 0; k < i; k++)
            if (!strcmp(c->learners.v[k], c->learners.v[i]))
                return dlrn_yaml_fail(err, doc, at, "learners: '%s' stands twice",
                                      c->learners.v[i]);
    }
    if (strcmp(c->signature, "best") != 0 &&
        !in_list(&c->learners, c->signature, strlen(c->signature)))
        return unknown_name(doc, "signature", c->signature, &c->learners, err);
    return DLRN_OK;
}

static dlrn_status check_terms(const study_config *c, const dlrn_yaml_doc *doc, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    config_list columns = {0};
    for (size_t i = 0; i < c->n_clinical; i++)
        DLRN_TRY(config_list_add(&columns, c->clinical[i].column, err));
    for (size_t i = 0; i < c->nomogram.terms.n; i++) {
        const char *term = c->nomogram.terms.v[i];
        if (!in_list(&columns, term, strlen(term))) {
            st = unknown_name(doc, "nomogram", term, &columns, err);
            goto done;
        }
    }
done:
    config_list_clear(&columns);
    return st;
}

static dlrn_status check_cohorts(const study_config *c, const dlrn_yaml_doc *doc, dlrn_error *err)
{
    if (in_list(&c->test, c->train, strlen(c->train)))
        return dlrn_yaml_fail(err, doc, dlrn_yaml_get(dlrn_yaml_root(doc), "cohorts"),
                              "cohorts: '%s' is both the training and a test cohort", c->train);
    if (c->primary_cohort && !in_list(&c->test, c->primary_cohort, strlen(c->primary_cohort)))
        return unknown_name(doc, "primary", c->primary_cohort, &c->test, err);
    return DLRN_OK;
}

dlrn_status config_check_names(const study_config *c, const dlrn_yaml_doc *doc, dlrn_error *err)
{
    dlrn_status st;
    config_list models = {0};
    DLRN_TRY(check_learners(c, doc, err));
    DLRN_TRY(check_cohorts(c, doc, err));
    DLRN_TRY(check_terms(c, doc, err));
    DLRN_TRY(study_config_models(&models, c, err));
    if (c->nomogram.model && !in_list(&models, c->nomogram.model, strlen(c->nomogram.model))) {
        st = unknown_name(doc, "nomogram", c->nomogram.model, &models, err);
        goto done;
    }
    if (c->n_clinical) DLRN_TRY(config_list_add(&models, "clinical", err));
    if (models.n) DLRN_TRY(config_list_add(&models, "dlrn", err));
    for (size_t i = 0; i < c->n_compare; i++) {
        DLRN_TRY(check_model(c, doc, "compare", c->compare[i].a, &models, err));
        DLRN_TRY(check_model(c, doc, "compare", c->compare[i].b, &models, err));
    }
    if (c->primary_a) {
        DLRN_TRY(check_model(c, doc, "primary", c->primary_a, &models, err));
        DLRN_TRY(check_model(c, doc, "primary", c->primary_b, &models, err));
    }
done:
    config_list_clear(&models);
    return st;
}

static void clear_deep(config_deep *d)
{
    free(d->name);
    free(d->weights);
    free(d->features);
    free(d->normalise);
}

static void clear_clinical(config_clinical *k)
{
    free(k->column);
    free(k->label);
    free(k->type);
    free(k->reference);
}

void study_config_clear(study_config *c)
{
    char *const texts[] = {c->path,
                           c->folder,
                           c->sha256,
                           c->title,
                           c->cohort,
                           c->columns.id,
                           c->columns.patient,
                           c->columns.centre,
                           c->columns.cohort,
                           c->columns.image,
                           c->columns.mask,
                           c->columns.mask_label,
                           c->columns.mask2,
                           c->outcome.column,
                           c->outcome.positive,
                           c->outcome.name,
                           c->train,
                           c->image.invert,
                           c->image.facing_column,
                           c->image.facing_to,
                           c->image.geometry,
                           c->radiomics.params,
                           c->radiomics.features,
                           c->preprocess.impute,
                           c->preprocess.scale,
                           c->selection_name,
                           c->tuning.metric,
                           c->tuning.grid,
                           c->signature,
                           c->nomogram.model,
                           c->statistics.threshold,
                           c->statistics.adjust,
                           c->primary_a,
                           c->primary_b,
                           c->primary_cohort};
    config_list *const lists[] = {&c->test, &c->learners, &c->nomogram.terms,
                                  &c->statistics.subgroups};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        config_list_clear(lists[i]);
    for (size_t i = 0; i < c->n_clinical; i++)
        clear_clinical(&c->clinical[i]);
    for (size_t i = 0; i < c->n_deep; i++)
        clear_deep(&c->deep[i]);
    for (size_t i = 0; i < c->n_selection; i++) {
        free(c->selection[i].name);
        free(c->selection[i].word);
    }
    for (size_t i = 0; i < c->n_compare; i++) {
        free(c->compare[i].a);
        free(c->compare[i].b);
    }
    free(c->clinical);
    free(c->deep);
    free(c->selection);
    free(c->compare);
    *c = (study_config){0};
}
