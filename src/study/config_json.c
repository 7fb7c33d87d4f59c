/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings as JSON, defaults filled in.
 */
#include "study/config.h"

#include <string.h>

static dlrn_json *list_json(const config_list *l)
{
    dlrn_json *a = dlrn_json_array();
    for (size_t i = 0; i < l->n; i++)
        dlrn_json_append_take(a, dlrn_json_string(l->v[i]));
    return a;
}

static dlrn_json *step_json(const config_step *s)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "name", s->name);
    if (!strcmp(s->name, "lasso")) {
        dlrn_json_set_string(j, "loss", s->word);
        dlrn_json_set_number(j, "alpha", s->alpha);
        dlrn_json_set_integer(j, "folds", s->folds);
        dlrn_json_set_string(j, "rule", s->rule_min ? "min" : "1se");
        return j;
    }
    if (!strcmp(s->name, "mrmr")) {
        dlrn_json_set_integer(j, "k", s->k);
        return j;
    }
    if (s->word) dlrn_json_set_string(j, "method", s->word);
    dlrn_json_set_number(j, "value", s->number);
    return j;
}

static dlrn_json *clinical_json(const study_config *c)
{
    dlrn_json *a = dlrn_json_array();
    for (size_t i = 0; i < c->n_clinical; i++) {
        dlrn_json *j = dlrn_json_object();
        dlrn_json_set_string(j, "column", c->clinical[i].column);
        dlrn_json_set_string(j, "label", c->clinical[i].label);
        dlrn_json_set_string(j, "type", c->clinical[i].type);
        dlrn_json_set_string(j, "reference", c->clinical[i].reference);
        dlrn_json_set_string(j, "transform", c->clinical[i].log1p ? "log1p" : "none");
        dlrn_json_append_take(a, j);
    }
    return a;
}

dlrn_json *config_deep_json(const config_deep *d)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "name", d->name);
    dlrn_json_set_string(j, "weights", d->weights);
    dlrn_json_set_string(j, "features", d->features);
    dlrn_json_set_string(j, "normalise", d->normalise);
    dlrn_json_set_number(j, "margin", d->margin);
    dlrn_json_set_integer(j, "size", d->size);
    dlrn_json_set_take(j, "window", dlrn_json_interval(d->window[0], d->window[1]));
    return j;
}

dlrn_json *config_image_json(const config_image *im)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "invert", im->invert);
    dlrn_json_set_number(j, "spacing", im->spacing);
    dlrn_json_set_string(j, "facing_column", im->facing_column);
    dlrn_json_set_string(j, "facing_to", im->facing_to);
    dlrn_json_set_string(j, "geometry", im->geometry);
    return j;
}

static dlrn_json *learning_json(const study_config *c)
{
    dlrn_json *j = dlrn_json_object(), *steps = dlrn_json_array();
    dlrn_json_set_string(j, "impute", c->preprocess.impute);
    dlrn_json_set_string(j, "scale", c->preprocess.scale);
    dlrn_json_set_bool(j, "combat", c->preprocess.combat);
    for (size_t i = 0; i < c->n_selection; i++)
        dlrn_json_append_take(steps, step_json(&c->selection[i]));
    dlrn_json_set_take(j, "selection", steps);
    dlrn_json_set_take(j, "learners", list_json(&c->learners));
    dlrn_json_set_integer(j, "folds", c->tuning.folds);
    dlrn_json_set_integer(j, "repeats", c->tuning.repeats);
    dlrn_json_set_string(j, "metric", c->tuning.metric);
    dlrn_json_set_string(j, "grid", c->tuning.grid);
    dlrn_json_set_bool(j, "nested", c->tuning.nested);
    dlrn_json_set_string(j, "calibrate", c->calibrate ? "logistic" : "none");
    dlrn_json_set_string(j, "signature", c->signature);
    dlrn_json_set_string(j, "threshold", c->statistics.threshold);
    dlrn_json_set_number(j, "threshold_value", c->statistics.threshold_value);
    return j;
}

static dlrn_json *statistics_json(const study_config *c)
{
    dlrn_json *j = dlrn_json_object(), *pairs = dlrn_json_array();
    dlrn_json_set_integer(j, "bootstrap", c->statistics.bootstrap);
    dlrn_json_set_number(j, "confidence", c->statistics.confidence);
    dlrn_json_set_integer(j, "calibration_groups", c->statistics.calibration_groups);
    dlrn_json_set_string(j, "adjust", c->statistics.adjust);
    dlrn_json_set_take(j, "subgroups", list_json(&c->statistics.subgroups));
    dlrn_json_set_string(j, "cluster", c->statistics.cluster ? "auto" : "none");
    for (size_t i = 0; i < c->n_compare; i++) {
        dlrn_json *pair = dlrn_json_array();
        dlrn_json_append_take(pair, dlrn_json_string(c->compare[i].a));
        dlrn_json_append_take(pair, dlrn_json_string(c->compare[i].b));
        dlrn_json_append_take(pairs, pair);
    }
    dlrn_json_set_take(j, "compare", pairs);
    return j;
}

dlrn_json *study_config_json(const study_config *c)
{
    dlrn_json *deep = dlrn_json_array();
    dlrn_json *j = dlrn_json_object(), *outcome = dlrn_json_object();
    dlrn_json *cohorts = dlrn_json_object(), *radiomics = dlrn_json_object();
    dlrn_json *nomogram = dlrn_json_object();
    for (size_t i = 0; i < c->n_deep; i++)
        dlrn_json_append_take(deep, config_deep_json(&c->deep[i]));
    dlrn_json_set_string(j, "title", c->title);
    dlrn_json_set_integer(j, "seed", c->seed);
    dlrn_json_set_string(j, "cohort", c->cohort);
    dlrn_json_set_string(outcome, "column", c->outcome.column);
    dlrn_json_set_string(outcome, "positive", c->outcome.positive);
    dlrn_json_set_string(outcome, "name", c->outcome.name);
    dlrn_json_set_take(j, "outcome", outcome);
    dlrn_json_set_string(cohorts, "train", c->train);
    dlrn_json_set_take(cohorts, "test", list_json(&c->test));
    dlrn_json_set_take(j, "cohorts", cohorts);
    dlrn_json_set_take(j, "clinical", clinical_json(c));
    dlrn_json_set_take(j, "image", config_image_json(&c->image));
    dlrn_json_set_string(radiomics, "params", c->radiomics.params);
    dlrn_json_set_string(radiomics, "features", c->radiomics.features);
    dlrn_json_set_take(j, "radiomics", radiomics);
    dlrn_json_set_take(j, "deep", deep);
    dlrn_json_set_take(j, "learning", learning_json(c));
    dlrn_json_set_string(nomogram, "model", c->nomogram.model);
    dlrn_json_set_take(nomogram, "terms",
                       c->nomogram.all_terms ? dlrn_json_string("all")
                                             : list_json(&c->nomogram.terms));
    if (c->nomogram.entry_p > 0) dlrn_json_set_number(nomogram, "entry_p", c->nomogram.entry_p);
    dlrn_json_set_take(j, "nomogram", nomogram);
    dlrn_json_set_take(j, "statistics", statistics_json(c));
    return j;
}
