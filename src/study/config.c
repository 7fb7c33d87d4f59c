/* SPDX-License-Identifier: Apache-2.0
 *
 * study.yaml: the tables of keys and what a table cannot say.
 */
#include "study/config.h"

#include "study/config_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_AT(type, member) offsetof(type, member)
#define COUNT(a)               (sizeof(a) / sizeof *(a))

static const field top_fields[] = {
    {"dlrn", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"title", FIELD_TEXT, FIELD_AT(study_config, title), "''", NULL, 0, 0},
    {"seed", FIELD_INTEGER, FIELD_AT(study_config, seed), "1", NULL, 0, 9e15},
    {"cohort", FIELD_TEXT, FIELD_AT(study_config, cohort), NULL, NULL, 0, 0},
    {"columns", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"outcome", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"cohorts", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"clinical", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"image", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"radiomics", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"deep", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"preprocess", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"selection", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"learners", FIELD_LIST, FIELD_AT(study_config, learners),
     "[lr, svm, knn, random_forest, extra_trees, xgboost, lightgbm, mlp]", NULL, 0, 0},
    {"tuning", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"calibrate", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"signature", FIELD_TEXT, FIELD_AT(study_config, signature), "best", NULL, 0, 0},
    {"nomogram", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"statistics", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"compare", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"primary", FIELD_OTHER, 0, NULL, NULL, 0, 0},
};
static const field column_fields[] = {
    {"id", FIELD_TEXT, FIELD_AT(study_config, columns.id), "id", NULL, 0, 0},
    {"patient", FIELD_TEXT, FIELD_AT(study_config, columns.patient), "patient", NULL, 0, 0},
    {"centre", FIELD_TEXT, FIELD_AT(study_config, columns.centre), "centre", NULL, 0, 0},
    {"cohort", FIELD_TEXT, FIELD_AT(study_config, columns.cohort), "cohort", NULL, 0, 0},
    {"image", FIELD_TEXT, FIELD_AT(study_config, columns.image), "image", NULL, 0, 0},
    {"mask", FIELD_TEXT, FIELD_AT(study_config, columns.mask), "mask", NULL, 0, 0},
    {"mask_label", FIELD_TEXT, FIELD_AT(study_config, columns.mask_label), "mask_label", NULL, 0,
     0},
    {"mask2", FIELD_TEXT, FIELD_AT(study_config, columns.mask2), "mask2", NULL, 0, 0},
};
static const field outcome_fields[] = {
    {"column", FIELD_TEXT, FIELD_AT(study_config, outcome.column), NULL, NULL, 0, 0},
    {"positive", FIELD_TEXT, FIELD_AT(study_config, outcome.positive), "1", NULL, 0, 0},
    {"name", FIELD_TEXT, FIELD_AT(study_config, outcome.name), NULL, NULL, 0, 0},
};
static const field cohort_fields[] = {
    {"train", FIELD_TEXT, FIELD_AT(study_config, train), "training", NULL, 0, 0},
    {"test", FIELD_LIST, FIELD_AT(study_config, test), "[internal, external, prospective]", NULL, 0,
     0},
};
static const field image_fields[] = {
    {"invert", FIELD_CHOICE, FIELD_AT(study_config, image.invert), "auto", "auto|never", 0, 0},
    {"spacing", FIELD_NUMBER, FIELD_AT(study_config, image.spacing), "0.2", NULL, 0, 100},
    {"facing", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"geometry", FIELD_CHOICE, FIELD_AT(study_config, image.geometry), "world", "world|pixels", 0,
     0},
};
static const field facing_fields[] = {
    {"column", FIELD_TEXT, FIELD_AT(study_config, image.facing_column), NULL, NULL, 0, 0},
    {"to", FIELD_CHOICE, FIELD_AT(study_config, image.facing_to), "left", "left|right", 0, 0},
};
static const field radiomics_fields[] = {
    {"params", FIELD_TEXT, FIELD_AT(study_config, radiomics.params), NULL, NULL, 0, 0},
    {"features", FIELD_TEXT, FIELD_AT(study_config, radiomics.features), NULL, NULL, 0, 0},
};
static const field deep_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(config_deep, name), NULL, NULL, 0, 0},
    {"weights", FIELD_TEXT, FIELD_AT(config_deep, weights), NULL, NULL, 0, 0},
    {"features", FIELD_TEXT, FIELD_AT(config_deep, features), NULL, NULL, 0, 0},
    {"normalise", FIELD_CHOICE, FIELD_AT(config_deep, normalise), "minus1_1",
     "imagenet|minus1_1|caffe|none", 0, 0},
    {"crop", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"finetune", FIELD_OTHER, 0, NULL, NULL, 0, 0},
};
static const field crop_fields[] = {
    {"margin", FIELD_NUMBER, FIELD_AT(config_deep, margin), "0.25", NULL, 0, 5},
    {"size", FIELD_INTEGER, FIELD_AT(config_deep, size), "224", NULL, 32, 2048},
    {"window", FIELD_OTHER, 0, NULL, NULL, 0, 0},
};
static const field preprocess_fields[] = {
    {"impute", FIELD_CHOICE, FIELD_AT(study_config, preprocess.impute), "median", "median", 0, 0},
    {"scale", FIELD_CHOICE, FIELD_AT(study_config, preprocess.scale), "zscore",
     "zscore|robust|rank|none", 0, 0},
    {"combat", FIELD_BOOL, FIELD_AT(study_config, preprocess.combat), "false", NULL, 0, 0},
};
static const field tuning_fields[] = {
    {"folds", FIELD_INTEGER, FIELD_AT(study_config, tuning.folds), "5", NULL, 2, 50},
    {"repeats", FIELD_INTEGER, FIELD_AT(study_config, tuning.repeats), "1", NULL, 1, 100},
    {"metric", FIELD_CHOICE, FIELD_AT(study_config, tuning.metric), "auc", "auc", 0, 0},
    {"grid", FIELD_CHOICE, FIELD_AT(study_config, tuning.grid), "default", "default", 0, 0},
    {"nested", FIELD_BOOL, FIELD_AT(study_config, tuning.nested), "false", NULL, 0, 0},
};
static const field nomogram_fields[] = {
    {"model", FIELD_TEXT, FIELD_AT(study_config, nomogram.model), NULL, NULL, 0, 0},
    {"terms", FIELD_OTHER, 0, NULL, NULL, 0, 0},
};
static const field statistics_fields[] = {
    {"threshold", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"bootstrap", FIELD_INTEGER, FIELD_AT(study_config, statistics.bootstrap), "2000", NULL, 0,
     1e6},
    {"confidence", FIELD_NUMBER, FIELD_AT(study_config, statistics.confidence), "0.95", NULL, 0.5,
     0.9999},
    {"calibration_groups", FIELD_INTEGER, FIELD_AT(study_config, statistics.calibration_groups),
     "10", NULL, 3, 100},
    {"adjust", FIELD_CHOICE, FIELD_AT(study_config, statistics.adjust), "holm",
     "holm|hochberg|bonferroni|bh|by|none", 0, 0},
    {"subgroups", FIELD_LIST, FIELD_AT(study_config, statistics.subgroups), "[sex, centre]", NULL,
     0, 0},
    {"cluster", FIELD_OTHER, 0, NULL, NULL, 0, 0},
};
static const field primary_fields[] = {
    {"compare", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    {"cohort", FIELD_TEXT, FIELD_AT(study_config, primary_cohort), NULL, NULL, 0, 0},
};

/* What every reader below needs. */
typedef struct source {
    study_config *c;
    const dlrn_yaml_doc *doc;
    const dlrn_yaml *root;
    dlrn_error *err;
} source;

static dlrn_status required(const source *s, const dlrn_yaml *at, const char *value,
                            const char *what)
{
    return value && *value ? DLRN_OK
                           : dlrn_yaml_fail(s->err, s->doc, at, "%s is required and missing", what);
}

static bool is_word(const dlrn_yaml *node, const char *word)
{
    return node && node->kind == DLRN_YAML_SCALAR && !strcmp(node->text, word);
}

static dlrn_status read_clinical_item(const source *s, config_clinical *item, const dlrn_yaml *node)
{
    static const field fields[] = {
        {"column", FIELD_TEXT, FIELD_AT(config_clinical, column), NULL, NULL, 0, 0},
        {"label", FIELD_TEXT, FIELD_AT(config_clinical, label), NULL, NULL, 0, 0},
        {"type", FIELD_CHOICE, FIELD_AT(config_clinical, type), NULL, "number|binary|category", 0,
         0},
        {"reference", FIELD_TEXT, FIELD_AT(config_clinical, reference), NULL, NULL, 0, 0},
        {"transform", FIELD_OTHER, 0, NULL, NULL, 0, 0},
    };
    dlrn_status st;
    if (node->kind == DLRN_YAML_SCALAR) {
        DLRN_TRY(config_set_text(&item->column, node->text, s->err));
    } else {
        DLRN_TRY(config_read(item, fields, COUNT(fields), s->doc, node, "clinical", s->err));
        const dlrn_yaml *transform = dlrn_yaml_get(node, "transform");
        item->log1p = is_word(transform, "log1p");
        if (transform && !item->log1p && !is_word(transform, "none")) {
            st = dlrn_yaml_fail(s->err, s->doc, transform, "transform: expected none or log1p");
            goto done;
        }
    }
    DLRN_TRY(required(s, node, item->column, "clinical: the column"));
    if (!item->label) DLRN_TRY(config_set_text(&item->label, item->column, s->err));
done:
    return st;
}

static dlrn_status read_clinical(const source *s)
{
    dlrn_status st = DLRN_OK;
    const dlrn_yaml *node = dlrn_yaml_get(s->root, "clinical");
    if (dlrn_yaml_is_null(node) || is_word(node, "none")) return DLRN_OK;
    if (node->kind != DLRN_YAML_SEQUENCE)
        return dlrn_yaml_fail(s->err, s->doc, node, "clinical: expected a list of columns");
    DLRN_TRY(dlrn_alloc_or_fail(&s->c->clinical, node->n, s->err));
    s->c->n_clinical = node->n;
    for (size_t i = 0; i < node->n; i++) {
        DLRN_TRY(read_clinical_item(s, &s->c->clinical[i], node->item[i]));
        for (size_t k = 0; k < i; k++)
            if (!strcmp(s->c->clinical[k].column, s->c->clinical[i].column)) {
                st = dlrn_yaml_fail(s->err, s->doc, node->item[i], "clinical: '%s' stands twice",
                                    s->c->clinical[i].column);
                goto done;
            }
    }
done:
    return st;
}

static dlrn_status read_pair(const source *s, config_pair *p, const dlrn_yaml *node)
{
    if (!node || node->kind != DLRN_YAML_SEQUENCE || node->n != 2 ||
        node->item[0]->kind != DLRN_YAML_SCALAR || node->item[1]->kind != DLRN_YAML_SCALAR)
        return dlrn_yaml_fail(s->err, s->doc, node, "compare: expected two models, [a, b]");
    dlrn_status st = config_set_text(&p->a, node->item[0]->text, s->err);
    return st == DLRN_OK ? config_set_text(&p->b, node->item[1]->text, s->err) : st;
}

static dlrn_status read_compare(const source *s)
{
    dlrn_status st = DLRN_OK;
    const dlrn_yaml *list = dlrn_yaml_get(s->root, "compare");
    const dlrn_yaml *primary = dlrn_yaml_get(s->root, "primary");
    if (!dlrn_yaml_is_null(list)) {
        if (list->kind != DLRN_YAML_SEQUENCE)
            return dlrn_yaml_fail(s->err, s->doc, list, "compare: expected a list of pairs");
        DLRN_TRY(dlrn_alloc_or_fail(&s->c->compare, list->n, s->err));
        s->c->n_compare = list->n;
        for (size_t i = 0; i < list->n; i++)
            DLRN_TRY(read_pair(s, &s->c->compare[i], list->item[i]));
    }
    if (!dlrn_yaml_is_null(primary)) {
        config_pair p = {0};
        DLRN_TRY(config_read(s->c, primary_fields, COUNT(primary_fields), s->doc, primary,
                             "primary", s->err));
        DLRN_TRY(required(s, primary, s->c->primary_cohort, "primary: cohort"));
        st = read_pair(s, &p, dlrn_yaml_get(primary, "compare"));
        s->c->primary_a = p.a;
        s->c->primary_b = p.b;
    }
done:
    return st;
}

static dlrn_status read_deep_item(const source *s, config_deep *d, const dlrn_yaml *node)
{
    dlrn_status st;
    DLRN_TRY(config_read(d, deep_fields, COUNT(deep_fields), s->doc, node, "deep", s->err));
    DLRN_TRY(required(s, node, d->name, "deep: name"));
    if (strspn(d->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
        strlen(d->name)) {
        st = dlrn_yaml_fail(s->err, s->doc, node,
                            "deep: name '%s': letters, digits, - and _ only, since it becomes part "
                            "of file names",
                            d->name);
        goto done;
    }
    if (!d->weights == !d->features) {
        st = dlrn_yaml_fail(s->err, s->doc, node, "deep: '%s' needs either weights or features",
                            d->name);
        goto done;
    }
    const dlrn_yaml *crop = dlrn_yaml_get(node, "crop"), *window = dlrn_yaml_get(crop, "window");
    DLRN_TRY(config_read(d, crop_fields, COUNT(crop_fields), s->doc, crop, "crop", s->err));
    d->window[0] = 1;
    d->window[1] = 99;
    if (window && (window->n != 2 || !dlrn_yaml_number(&d->window[0], window->item[0]) ||
                   !dlrn_yaml_number(&d->window[1], window->item[1]) || d->window[0] < 0 ||
                   d->window[1] > 100 || d->window[0] >= d->window[1])) {
        st = dlrn_yaml_fail(s->err, s->doc, window,
                            "window: expected two rising percentiles, [1, 99]");
        goto done;
    }
    bool finetune = false;
    const dlrn_yaml *tune = dlrn_yaml_get(node, "finetune");
    if (tune && (!dlrn_yaml_bool(&finetune, tune) || finetune))
        st = dlrn_yaml_fail(s->err, s->doc, tune,
                            "finetune: this version takes the features of the weights as they are; "
                            "set it to false");
done:
    return st;
}

static dlrn_status read_deep(const source *s)
{
    dlrn_status st = DLRN_OK;
    const dlrn_yaml *node = dlrn_yaml_get(s->root, "deep");
    if (dlrn_yaml_is_null(node) || is_word(node, "none")) return DLRN_OK;
    if (node->kind != DLRN_YAML_SEQUENCE)
        return dlrn_yaml_fail(s->err, s->doc, node, "deep: expected none or a list of backbones");
    DLRN_TRY(dlrn_alloc_or_fail(&s->c->deep, node->n, s->err));
    s->c->n_deep = node->n;
    for (size_t i = 0; i < node->n; i++) {
        DLRN_TRY(read_deep_item(s, &s->c->deep[i], node->item[i]));
        for (size_t k = 0; k < i; k++)
            if (!strcmp(s->c->deep[k].name, s->c->deep[i].name)) {
                st = dlrn_yaml_fail(s->err, s->doc, node->item[i], "deep: '%s' stands twice",
                                    s->c->deep[i].name);
                goto done;
            }
    }
done:
    return st;
}

static dlrn_status read_radiomics(const source *s)
{
    dlrn_status st;
    const dlrn_yaml *node = dlrn_yaml_get(s->root, "radiomics");
    if (dlrn_yaml_is_null(node)) return config_set_text(&s->c->radiomics.params, "xray_2d", s->err);
    if (is_word(node, "none")) return DLRN_OK;
    DLRN_TRY(config_read(s->c, radiomics_fields, COUNT(radiomics_fields), s->doc, node, "radiomics",
                         s->err));
    if (!s->c->radiomics.params == !s->c->radiomics.features)
        st = dlrn_yaml_fail(s->err, s->doc, node, "radiomics: give either params or features");
done:
    return st;
}

static dlrn_status read_threshold(const source *s, const dlrn_yaml *statistics)
{
    study_config *c = s->c;
    const dlrn_yaml *node = dlrn_yaml_get(statistics, "threshold");
    const char *word = "youden";
    bool good = dlrn_yaml_is_null(node) || is_word(node, "youden");
    if (node && node->kind == DLRN_YAML_MAPPING && node->n == 1) {
        word = node->key[0]->text;
        good = (!strcmp(word, "sensitivity") || !strcmp(word, "specificity")) &&
               dlrn_yaml_number(&c->statistics.threshold_value, node->item[0]);
    } else if (!good && dlrn_yaml_number(&c->statistics.threshold_value, node)) {
        word = "number";
        good = true;
    }
    if (!good || c->statistics.threshold_value < 0 || c->statistics.threshold_value > 1)
        return dlrn_yaml_fail(s->err, s->doc, node,
                              "threshold: expected youden, {sensitivity: 0.90}, {specificity: "
                              "0.90} or a number from 0 to 1");
    return config_set_text(&c->statistics.threshold, word, s->err);
}

static dlrn_status read_statistics(const source *s)
{
    dlrn_status st;
    const dlrn_yaml *node = dlrn_yaml_get(s->root, "statistics");
    DLRN_TRY(config_read(s->c, statistics_fields, COUNT(statistics_fields), s->doc, node,
                         "statistics", s->err));
    const dlrn_yaml *cluster = dlrn_yaml_get(node, "cluster");
    s->c->statistics.cluster = dlrn_yaml_is_null(cluster) || is_word(cluster, "auto");
    if (!s->c->statistics.cluster && !is_word(cluster, "none")) {
        st = dlrn_yaml_fail(s->err, s->doc, cluster, "cluster: expected auto or none");
        goto done;
    }
    DLRN_TRY(read_threshold(s, node));
done:
    return st;
}

static dlrn_status read_nomogram(const source *s)
{
    dlrn_status st;
    const dlrn_yaml *node = dlrn_yaml_get(s->root, "nomogram");
    DLRN_TRY(config_read(s->c, nomogram_fields, COUNT(nomogram_fields), s->doc, node, "nomogram",
                         s->err));
    const dlrn_yaml *terms = dlrn_yaml_get(node, "terms");
    s->c->nomogram.all_terms = dlrn_yaml_is_null(terms) || is_word(terms, "all");
    if (s->c->nomogram.all_terms) goto done;
    if (terms->kind == DLRN_YAML_SEQUENCE) {
        for (size_t i = 0; i < terms->n; i++)
            DLRN_TRY(config_list_add(&s->c->nomogram.terms, terms->item[i]->text, s->err));
    } else if (!dlrn_yaml_number(&s->c->nomogram.entry_p, dlrn_yaml_get(terms, "entry_p")) ||
               !(s->c->nomogram.entry_p > 0 && s->c->nomogram.entry_p < 1)) {
        st = dlrn_yaml_fail(s->err, s->doc, terms,
                            "terms: expected all, a list of columns or {entry_p: 0.05}");
    }
done:
    return st;
}

static dlrn_status read_sections(const source *s)
{
    dlrn_status st;
    const dlrn_yaml *image = dlrn_yaml_get(s->root, "image");
    DLRN_TRY(config_read(s->c, column_fields, COUNT(column_fields), s->doc,
                         dlrn_yaml_get(s->root, "columns"), "columns", s->err));
    DLRN_TRY(config_read(s->c, outcome_fields, COUNT(outcome_fields), s->doc,
                         dlrn_yaml_get(s->root, "outcome"), "outcome", s->err));
    DLRN_TRY(config_read(s->c, cohort_fields, COUNT(cohort_fields), s->doc,
                         dlrn_yaml_get(s->root, "cohorts"), "cohorts", s->err));
    DLRN_TRY(config_read(s->c, image_fields, COUNT(image_fields), s->doc, image, "image", s->err));
    DLRN_TRY(config_read(s->c, facing_fields, COUNT(facing_fields), s->doc,
                         dlrn_yaml_get(image, "facing"), "facing", s->err));
    DLRN_TRY(config_read(s->c, preprocess_fields, COUNT(preprocess_fields), s->doc,
                         dlrn_yaml_get(s->root, "preprocess"), "preprocess", s->err));
    DLRN_TRY(config_read(s->c, tuning_fields, COUNT(tuning_fields), s->doc,
                         dlrn_yaml_get(s->root, "tuning"), "tuning", s->err));
    DLRN_TRY(read_clinical(s));
    DLRN_TRY(read_radiomics(s));
    DLRN_TRY(read_deep(s));
    DLRN_TRY(config_read_selection(s->c, s->doc, dlrn_yaml_get(s->root, "selection"), s->err));
    DLRN_TRY(read_nomogram(s));
    DLRN_TRY(read_statistics(s));
    DLRN_TRY(read_compare(s));
done:
    return st;
}

static dlrn_status check_required(const source *s)
{
    dlrn_status st;
    study_config *c = s->c;
    const dlrn_yaml *version = dlrn_yaml_get(s->root, "dlrn");
    const dlrn_yaml *calibrate = dlrn_yaml_get(s->root, "calibrate");
    int64_t number = 1;
    if (version && (!dlrn_yaml_integer(&number, version) || number != 1))
        return dlrn_yaml_fail(s->err, s->doc, version,
                              "dlrn: '%s' is not a format that this version reads (1)",
                              version->text);
    DLRN_TRY(required(s, s->root, c->cohort, "cohort (the table of cases)"));
    DLRN_TRY(required(s, dlrn_yaml_get(s->root, "outcome"), c->outcome.column, "outcome: column"));
    if (!c->outcome.name) DLRN_TRY(config_set_text(&c->outcome.name, c->outcome.column, s->err));
    c->calibrate = dlrn_yaml_is_null(calibrate) || is_word(calibrate, "logistic");
    if (!c->calibrate && !is_word(calibrate, "none"))
        st = dlrn_yaml_fail(s->err, s->doc, calibrate, "calibrate: expected logistic or none");
    if (st == DLRN_OK && c->preprocess.combat)
        st = dlrn_yaml_fail(s->err, s->doc, dlrn_yaml_get(s->root, "preprocess"),
                            "combat: this version does not adjust inside the study; `dlrn stats "
                            "combat` adjusts a feature table beforehand");
    if (st == DLRN_OK && c->tuning.nested)
        st = dlrn_yaml_fail(s->err, s->doc, dlrn_yaml_get(s->root, "tuning"),
                            "nested: this version nests the nomogram's cross-validation only; set "
                            "it to false");
    if (st == DLRN_OK && !c->radiomics.params && !c->radiomics.features && !c->n_deep &&
        !c->n_clinical)
        st = dlrn_yaml_fail(s->err, s->doc, s->root,
                            "nothing to learn from: radiomics is none, and there are neither deep "
                            "nor clinical columns");
done:
    return st;
}

/* Defaults whose columns are another study's are not an error; names given by the user are. */
static dlrn_status read_text(study_config *c, const char *text, size_t len, dlrn_error *err)
{
    dlrn_status st;
    dlrn_yaml_doc *doc = NULL;
    char hex[65];
    DLRN_TRY(dlrn_yaml_parse(&doc, text, len, c->path, err));
    const source s = {c, doc, dlrn_yaml_root(doc), err};
    dlrn_sha256_hex(hex, text, len);
    DLRN_TRY(config_set_text(&c->sha256, hex, err));
    DLRN_TRY(config_read(c, top_fields, COUNT(top_fields), doc, s.root, "", err));
    DLRN_TRY(read_sections(&s));
    DLRN_TRY(check_required(&s));
    DLRN_TRY(config_check_names(c, doc, err));
done:
    dlrn_yaml_free(doc);
    return st;
}

dlrn_status study_config_parse(study_config *out, const char *text, size_t len, const char *path,
                               dlrn_error *err)
{
    dlrn_status st;
    *out = (study_config){0};
    DLRN_TRY(config_set_text(&out->path, path, err));
    out->folder = dlrn_path_folder(path);
    if (!out->folder) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the settings");
        goto done;
    }
    DLRN_TRY(read_text(out, text, len, err));
done:
    if (st != DLRN_OK) study_config_clear(out);
    return st;
}

dlrn_status study_config_load(study_config *out, const char *path, dlrn_error *err)
{
    char *text = NULL;
    size_t len;
    *out = (study_config){0};
    dlrn_status st = dlrn_read_file(&text, &len, path, err);
    if (st == DLRN_OK) st = study_config_parse(out, text, len, path, err);
    free(text);
    return st;
}
