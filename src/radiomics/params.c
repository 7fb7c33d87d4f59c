/* SPDX-License-Identifier: Apache-2.0
 *
 * Parameter files: setting, imageType, featureClass; the profiles are parameter files too.
 */
#include "radiomics/settings.h"

#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>

static const char *const top_keys[] = {"setting", "imageType", "featureClass", "voxelSetting"};
static const char *const voxel_keys[] = {"kernelRadius", "maskedKernel", "initValue", "voxelBatch"};

/* Percentiles of the outline's box: a radiograph's grey values have no unit, and metal or a marker
 * elsewhere on the film must not set the scale. */
static const char profile_xray_2d[] =
    "setting: {sliceAs2D: true, boxPercentiles: [1, 99], binCount: 32, minimumROISize: 20}\n"
    "imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [0.5, 1.0, 2.0]}, Gradient: {}}\n"
    "featureClass: {shape2D: , firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }\n";
/* 14 shape + 20 images x 91 (glcm without SumAverage and MCC): the count that such papers report.
 */
static const char profile_zhang1834[] =
    "setting: {binWidth: 5, normalize: true, normalizeScale: 100, voxelArrayShift: 300}\n"
    "imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [1.0, 2.0, 3.0]}, Square: {}, SquareRoot: "
    "{}, Logarithm: {}, Exponential: {}, Gradient: {}, LBP3D: {}}\n"
    "featureClass: {shape: , firstorder: , glcm: [Autocorrelation, JointAverage, "
    "ClusterProminence, ClusterShade, ClusterTendency, Contrast, Correlation, DifferenceAverage, "
    "DifferenceEntropy, DifferenceVariance, JointEnergy, JointEntropy, Imc1, Imc2, Idm, Idmn, Id, "
    "Idn, InverseVariance, MaximumProbability, SumEntropy, SumSquares], glrlm: , glszm: , gldm: , "
    "ngtdm: }\n";
static const char *const profile_names[] = {"xray_2d", "pyradiomics", "zhang1834", NULL};

/* What PyRadiomics renamed with its version 2, whose own files of before it refuses since then. */
static const char *find_renamed(const char *name)
{
    static const char *const names[][2] = {{"Volume", "MeshVolume"},
                                           {"MajorAxis", "MajorAxisLength"},
                                           {"MinorAxis", "MinorAxisLength"},
                                           {"LeastAxis", "LeastAxisLength"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i][0])) return names[i][1];
    return NULL;
}

void dlrn_radiomics_free(dlrn_radiomics *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n_images; i++)
        free(s->image[i].own);
    free(s);
}

static dlrn_status new_settings(dlrn_radiomics **out, dlrn_error *err)
{
    dlrn_status st;
    dlrn_radiomics *s = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&s, 1, err));
    for (int k = 0; k < DLRN_RAD_N_KEYS; k++)
        DLRN_TRY(dlrn_rad_value_parse(&s->value[k], (dlrn_rad_key)k,
                                      dlrn_rad_settings_table[k].fallback, err));
    *out = s;
    s = NULL;
done:
    dlrn_radiomics_free(s);
    return st;
}

static void choose_all(dlrn_radiomics *s, bool shape2d)
{
    for (int c = 0; c < DLRN_RAD_N_CLASSES; c++)
        if (c != DLRN_RAD_SHAPE2D || shape2d)
            s->class_[s->n_classes++] = (dlrn_rad_class_choice){.id = (dlrn_rad_class)c};
}

dlrn_status dlrn_radiomics_defaults(dlrn_radiomics **out, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(new_settings(out, err));
    (*out)->n_images = 1;
    choose_all(*out, false);
done:
    return st;
}

/* ---- reading ---- */

/* A value's text: a scalar as it stands, a sequence as "[a, b]". */
static bool node_text(dlrn_str *out, const dlrn_yaml *node)
{
    if (!node || dlrn_yaml_is_null(node)) {
        dlrn_str_add(out, "null");
        return true;
    }
    if (node->kind == DLRN_YAML_SCALAR) {
        dlrn_str_add(out, node->text);
        return true;
    }
    if (node->kind != DLRN_YAML_SEQUENCE) return false;
    dlrn_str_add(out, "[");
    for (size_t i = 0; i < node->n; i++) {
        if (node->item[i]->kind != DLRN_YAML_SCALAR) return false;
        dlrn_str_addf(out, "%s%s", i ? ", " : "", node->item[i]->text);
    }
    dlrn_str_add(out, "]");
    return true;
}

static dlrn_status check_setting_keys(const dlrn_yaml_doc *doc, const dlrn_yaml *map,
                                      const char *where, dlrn_error *err)
{
    const char *known[DLRN_RAD_N_KEYS];
    for (int k = 0; k < DLRN_RAD_N_KEYS; k++)
        known[k] = dlrn_rad_settings_table[k].name;
    return dlrn_yaml_check_keys(doc, map, where, known, DLRN_RAD_N_KEYS, err);
}

static dlrn_status read_value(dlrn_rad_value *out, dlrn_rad_key *key, const dlrn_yaml_doc *doc,
                              const dlrn_yaml *map, size_t i, dlrn_error *err)
{
    dlrn_str text = {0};
    dlrn_error why = {DLRN_OK, ""};
    *key = (dlrn_rad_key)dlrn_rad_find_key(map->key[i]->text);
    dlrn_status st = DLRN_EINVAL;
    if (!node_text(&text, map->item[i]))
        snprintf(why.msg, sizeof why.msg, "%s: expected a value or a list", map->key[i]->text);
    else
        st = dlrn_rad_value_parse(out, *key, dlrn_str_get(&text), &why);
    if (st != DLRN_OK) st = dlrn_yaml_fail(err, doc, map->item[i], "%s", why.msg);
    dlrn_str_clear(&text);
    return st;
}

static dlrn_status read_settings(dlrn_radiomics *s, const dlrn_yaml_doc *doc, const dlrn_yaml *map,
                                 dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (dlrn_yaml_is_null(map)) return DLRN_OK;
    DLRN_TRY(check_setting_keys(doc, map, "setting", err));
    for (size_t i = 0; i < map->n; i++) {
        dlrn_rad_value v;
        dlrn_rad_key key;
        DLRN_TRY(read_value(&v, &key, doc, map, i, err));
        dlrn_rad_give(s, key, &v);
    }
done:
    return st;
}

static dlrn_status read_image_types(dlrn_radiomics *s, const dlrn_yaml_doc *doc,
                                    const dlrn_yaml *map, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    DLRN_TRY(dlrn_yaml_check_keys(doc, map, "imageType", dlrn_rad_image_type_names,
                                  DLRN_RAD_N_IMAGE_TYPES, err));
    for (size_t i = 0; i < map->n; i++) {
        dlrn_rad_image_choice *c = &s->image[s->n_images++];
        const dlrn_yaml *own = map->item[i];
        while (strcmp(dlrn_rad_image_type_names[c->type], map->key[i]->text) != 0)
            c->type++;
        if (dlrn_yaml_is_null(own) || (own->kind == DLRN_YAML_MAPPING && own->n == 0)) continue;
        DLRN_TRY(check_setting_keys(doc, own, map->key[i]->text, err));
        DLRN_TRY(dlrn_alloc_or_fail(&c->own, 1, err));
        for (size_t k = 0; k < own->n; k++) {
            dlrn_rad_value v;
            dlrn_rad_key key;
            DLRN_TRY(read_value(&v, &key, doc, own, k, err));
            dlrn_rad_put(c->own, key, &v);
        }
    }
done:
    return st;
}

static dlrn_status read_features(dlrn_rad_class_choice *c, const dlrn_yaml_doc *doc,
                                 const dlrn_yaml *list, dlrn_error *err)
{
    size_t n;
    const dlrn_feature_doc *rows = dlrn_rad_class_rows(c->id, &n);
    const char *names[DLRN_RAD_MAX_FEATURES];
    for (size_t k = 0; k < n; k++)
        names[k] = rows[k].name;
    if (list->kind != DLRN_YAML_SEQUENCE)
        return dlrn_yaml_fail(err, doc, list,
                              "featureClass, %s: expected a list of features, as [%s], or "
                              "nothing for all",
                              rows->class_name, rows->name);
    for (size_t i = 0; i < list->n; i++) {
        const dlrn_yaml *item = list->item[i];
        size_t k = 0;
        if (item->kind != DLRN_YAML_SCALAR)
            return dlrn_yaml_fail(err, doc, item,
                                  "featureClass, %s: expected names of features, as [%s]",
                                  rows->class_name, rows->name);
        while (k < n && strcmp(names[k], item->text) != 0)
            k++;
        if (k == n) {
            const char *now = find_renamed(item->text);
            const char *near = now ? now : dlrn_nearest(item->text, names, n);
            return dlrn_yaml_fail(err, doc, item, "the class %s has no feature '%s'%s%s%s",
                                  rows->class_name, item->text,
                                  now    ? "; since PyRadiomics 2 it is '"
                                  : near ? "; did you mean '"
                                         : "",
                                  near ? near : "",
                                  now    ? "'"
                                  : near ? "'?"
                                         : "");
        }
        bool there = false;
        for (size_t j = 0; j < c->n; j++)
            there |= c->feature[j] == k;
        if (!there) c->feature[c->n++] = (uint8_t)k;
    }
    return DLRN_OK;
}

static dlrn_status read_classes(dlrn_radiomics *s, const dlrn_yaml_doc *doc, const dlrn_yaml *map,
                                dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    DLRN_TRY(dlrn_yaml_check_keys(doc, map, "featureClass", dlrn_rad_class_names,
                                  DLRN_RAD_N_CLASSES, err));
    for (size_t i = 0; i < map->n; i++) {
        dlrn_rad_class_choice *c = &s->class_[s->n_classes++];
        while (strcmp(dlrn_rad_class_names[c->id], map->key[i]->text) != 0)
            c->id++;
        if (!dlrn_yaml_is_null(map->item[i])) DLRN_TRY(read_features(c, doc, map->item[i], err));
    }
done:
    return st;
}

static dlrn_status read_document(dlrn_radiomics **out, const dlrn_yaml_doc *doc, dlrn_error *err)
{
    dlrn_status st;
    dlrn_radiomics *s = NULL;
    const dlrn_yaml *root = dlrn_yaml_root(doc);
    *out = NULL;
    const dlrn_yaml *old = dlrn_yaml_get(root, "inputImage");
    if (old)
        return dlrn_yaml_fail(err, doc, old,
                              "unknown key 'inputImage'; since PyRadiomics 2 it is 'imageType'");
    DLRN_TRY(dlrn_yaml_check_keys(doc, root, "", top_keys, 4, err));
    DLRN_TRY(new_settings(&s, err));
    const dlrn_yaml *voxel = dlrn_yaml_get(root, "voxelSetting");
    if (!dlrn_yaml_is_null(voxel)) {
        DLRN_TRY(dlrn_yaml_check_keys(doc, voxel, "voxelSetting", voxel_keys, 4, err));
        s->has_voxel_setting = voxel->n > 0;
    }
    DLRN_TRY(read_settings(s, doc, dlrn_yaml_get(root, "setting"), err));
    const dlrn_yaml *images = dlrn_yaml_get(root, "imageType");
    if (!dlrn_yaml_is_null(images)) DLRN_TRY(read_image_types(s, doc, images, err));
    if (s->n_images == 0) s->n_images = 1;
    const dlrn_yaml *classes = dlrn_yaml_get(root, "featureClass");
    if (!dlrn_yaml_is_null(classes)) DLRN_TRY(read_classes(s, doc, classes, err));
    if (s->n_classes == 0) choose_all(s, true);
    *out = s;
    s = NULL;
done:
    dlrn_radiomics_free(s);
    return st;
}

dlrn_status dlrn_radiomics_parse(dlrn_radiomics **out, const char *text, size_t len,
                                 const char *name, dlrn_error *err)
{
    dlrn_status st;
    dlrn_yaml_doc *doc = NULL;
    *out = NULL;
    size_t blank = 0;
    while (blank < len && strchr(" \t\r\n", text[blank]))
        blank++;
    if (blank == len)
        return dlrn_fail(err, DLRN_EINVAL,
                         "%s: is empty; expected the keys setting, imageType or featureClass",
                         name);
    DLRN_TRY(dlrn_yaml_parse(&doc, text, len, name, err));
    DLRN_TRY(read_document(out, doc, err));
done:
    dlrn_yaml_free(doc);
    return st;
}

dlrn_status dlrn_radiomics_load(dlrn_radiomics **out, const char *path, dlrn_error *err)
{
    dlrn_status st;
    char *text = NULL;
    size_t len;
    *out = NULL;
    DLRN_TRY(dlrn_read_file(&text, &len, path, err));
    DLRN_TRY(dlrn_radiomics_parse(out, text, len, path, err));
done:
    free(text);
    return st;
}

const char *const *dlrn_radiomics_profiles(void)
{
    return profile_names;
}

dlrn_status dlrn_radiomics_profile(dlrn_radiomics **out, const char *name, dlrn_error *err)
{
    *out = NULL;
    if (!strcmp(name, "pyradiomics")) return dlrn_radiomics_defaults(out, err);
    if (!strcmp(name, "xray_2d"))
        return dlrn_radiomics_parse(out, profile_xray_2d, strlen(profile_xray_2d), name, err);
    if (!strcmp(name, "zhang1834"))
        return dlrn_radiomics_parse(out, profile_zhang1834, strlen(profile_zhang1834), name, err);
    return dlrn_fail(err, DLRN_ENOTFOUND,
                     "there is no profile '%s'; there are xray_2d, pyradiomics and zhang1834",
                     name);
}

dlrn_status dlrn_radiomics_set(dlrn_radiomics *s, const char *assignment, dlrn_error *err)
{
    dlrn_status st;
    dlrn_rad_value v;
    const char *equals = strpbrk(assignment, "=:"); // PyRadiomics' command line has a colon
    if (!equals)
        return dlrn_fail(err, DLRN_EINVAL, "setting '%s': expected NAME=VALUE, as binWidth=10",
                         assignment);
    char *name = dlrn_strndup(assignment, (size_t)(equals - assignment));
    if (!name) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a setting");
    const size_t key = dlrn_rad_find_key(name);
    if (key == SIZE_MAX) {
        const char *known[DLRN_RAD_N_KEYS];
        for (int k = 0; k < DLRN_RAD_N_KEYS; k++)
            known[k] = dlrn_rad_settings_table[k].name;
        const char *near = dlrn_nearest(name, known, DLRN_RAD_N_KEYS);
        st = dlrn_fail(err, DLRN_EINVAL, "there is no setting '%s'%s%s%s", name,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        goto done;
    }
    DLRN_TRY(dlrn_rad_value_parse(&v, (dlrn_rad_key)key, equals + 1, err));
    const dlrn_rad_kind kind = dlrn_rad_settings_table[key].kind;
    if (kind == DLRN_RAD_NUMBER || kind == DLRN_RAD_NUMBERS)
        memset(v.whole, 0, sizeof v.whole); // PyRadiomics' command line makes them real
    dlrn_rad_give(s, (dlrn_rad_key)key, &v);
done:
    free(name);
    return st;
}

int64_t dlrn_radiomics_label_channel(const dlrn_radiomics *s)
{
    return (int64_t)dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_LABEL_CHANNEL);
}

dlrn_status dlrn_radiomics_copy(dlrn_radiomics **out, const dlrn_radiomics *s, dlrn_error *err)
{
    dlrn_status st;
    dlrn_radiomics *c = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&c, 1, err));
    *c = *s;
    c->n_images = 0; // what is owned is copied one by one
    for (size_t i = 0; i < s->n_images; i++) {
        c->image[i].own = NULL;
        c->n_images++;
        if (!s->image[i].own) continue;
        DLRN_TRY(dlrn_alloc_or_fail(&c->image[i].own, 1, err));
        *c->image[i].own = *s->image[i].own;
    }
    *out = c;
    c = NULL;
done:
    dlrn_radiomics_free(c);
    return st;
}

/* ---- JSON ---- */

static dlrn_json *value_json(dlrn_rad_key key, const dlrn_rad_value *v)
{
    const dlrn_rad_kind kind = dlrn_rad_settings_table[key].kind;
    if (v->null) return dlrn_json_null();
    if (kind == DLRN_RAD_BOOL) return dlrn_json_bool(v->v[0] != 0);
    if (kind == DLRN_RAD_WORD) return dlrn_json_string(v->word);
    dlrn_json *list = kind == DLRN_RAD_INTS || kind == DLRN_RAD_NUMBERS ? dlrn_json_array() : NULL;
    if (!list) return v->whole[0] ? dlrn_json_integer((int64_t)v->v[0]) : dlrn_json_number(v->v[0]);
    for (int i = 0; i < v->n; i++)
        dlrn_json_append_take(list, v->whole[i] ? dlrn_json_integer((int64_t)v->v[i])
                                                : dlrn_json_number(v->v[i]));
    return list;
}

dlrn_json *dlrn_radiomics_to_json(const dlrn_radiomics *s)
{
    dlrn_json *root = dlrn_json_object(), *setting = dlrn_json_object();
    dlrn_json *images = dlrn_json_object(), *classes = dlrn_json_object();
    for (size_t i = 0; i < s->n_given; i++)
        dlrn_json_set_take(setting, dlrn_rad_settings_table[s->given[i]].name,
                           value_json(s->given[i], &s->value[s->given[i]]));
    for (size_t i = 0; i < s->n_images; i++) {
        dlrn_json *own = dlrn_json_object();
        const dlrn_rad_values_set *set = s->image[i].own;
        for (size_t k = 0; set && k < set->n; k++)
            dlrn_json_set_take(own, dlrn_rad_settings_table[set->key[k]].name,
                               value_json(set->key[k], &set->value[k]));
        dlrn_json_set_take(images, dlrn_rad_image_type_names[s->image[i].type], own);
    }
    for (size_t i = 0; i < s->n_classes; i++) {
        size_t n;
        const dlrn_rad_class_choice *c = &s->class_[i];
        const dlrn_feature_doc *rows = dlrn_rad_class_rows(c->id, &n);
        dlrn_json *list = c->n ? dlrn_json_array() : dlrn_json_null();
        for (size_t k = 0; k < c->n; k++)
            dlrn_json_append_take(list, dlrn_json_string(rows[c->feature[k]].name));
        dlrn_json_set_take(classes, rows->class_name, list);
    }
    dlrn_json_set_take(root, "setting", setting);
    dlrn_json_set_take(root, "imageType", images);
    dlrn_json_set_take(root, "featureClass", classes);
    return root;
}

dlrn_status dlrn_radiomics_from_json(dlrn_radiomics **out, const dlrn_json *j, dlrn_error *err)
{
    dlrn_status st;
    char *text = NULL;
    *out = NULL;
    // JSON is YAML, so one reader checks both
    DLRN_TRY(dlrn_json_text(&text, j, 2, err));
    DLRN_TRY(dlrn_radiomics_parse(out, text, strlen(text), "radiomics settings", err));
done:
    free(text);
    return st;
}
