/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn init: a commented study.yaml, with each column's role guessed from its name and values.
 */
#include <dlrn/study.h>
#include <dlrn/table.h>

#include "study/clinical.h"
#include "study/features.h"
#include "study/findings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_LEVELS = 12 };

typedef enum role {
    ROLE_ID,
    ROLE_PATIENT,
    ROLE_CENTRE,
    ROLE_COHORT,
    ROLE_IMAGE,
    ROLE_MASK,
    ROLE_MASK_LABEL,
    ROLE_MASK2,
    ROLE_OUTCOME,
    N_ROLES,
    ROLE_NONE = N_ROLES
} role;

static const struct {
    const char *name;  /* as in study.yaml */
    const char *words; /* names that mean it, lower case, separated by spaces */
} roles[N_ROLES] = {
    {"id", " id case case_id vertebra vertebra_id sample sample_id "},
    {"patient", " patient patient_id patientid pid subject subject_id "},
    {"centre", " centre center hospital site institution "},
    {"cohort", " cohort set split dataset partition "},
    {"image", " image img image_path radiograph xray dicom "},
    {"mask", " mask mask_path seg segmentation roi outline "},
    {"mask_label", " mask_label roi_label label_value "},
    {"mask2", " mask2 mask_2 second_mask mask_reader2 "},
    {"outcome", " acute outcome label class target y diagnosis status fresh fracture_age "},
};

typedef struct guess {
    dlrn_table *t;
    size_t column[N_ROLES]; /* SIZE_MAX: none */
    dlrn_findings *said;
    dlrn_error *err;
} guess;

static bool word_in(const char *words, const char *column)
{
    char key[64];
    snprintf(key, sizeof key, " %.60s ", column);
    for (char *c = key; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
    return strstr(words, key) != NULL;
}

/* The different values of a column, at most MAX_LEVELS + 1; and the rows without a value. */
static size_t count_levels(const dlrn_table *t, size_t j, const char *level[MAX_LEVELS + 1],
                           size_t *missing)
{
    size_t n = 0;
    *missing = 0;
    for (size_t i = 0; i < dlrn_table_rows(t) && n <= MAX_LEVELS; i++) {
        const char *text = dlrn_table_text(t, j, i);
        bool known = false;
        if (clinical_is_missing(text)) {
            ++*missing;
            continue;
        }
        for (size_t k = 0; k < n && !known; k++)
            known = !strcmp(level[k], text);
        if (!known) level[n++] = text;
    }
    return n;
}

static dlrn_status guess_roles(guess *g)
{
    dlrn_status st = DLRN_OK;
    for (size_t r = 0; r < N_ROLES; r++) {
        g->column[r] = SIZE_MAX;
        for (size_t j = 0; j < dlrn_table_cols(g->t) && g->column[r] == SIZE_MAX; j++) {
            const char *level[MAX_LEVELS + 1];
            size_t missing;
            if (!word_in(roles[r].words, dlrn_table_column(g->t, j))) continue;
            if (r == ROLE_OUTCOME && count_levels(g->t, j, level, &missing) != 2) continue;
            g->column[r] = j;
        }
        if (g->column[r] != SIZE_MAX)
            DLRN_TRY(findings_add(g->said, false, g->err, "%s: column '%s'", roles[r].name,
                                  dlrn_table_column(g->t, g->column[r])));
    }
    if (g->column[ROLE_ID] == SIZE_MAX)
        return dlrn_fail(g->err, DLRN_EINVAL,
                         "%s: no column looks like the rows' id (id, case, sample); name one 'id'",
                         dlrn_table_name(g->t));
    if (g->column[ROLE_OUTCOME] == SIZE_MAX)
        return dlrn_fail(g->err, DLRN_EINVAL,
                         "%s: no column looks like the outcome (outcome, label, class, acute ... "
                         "with two values); rename it, or write outcome into a study.yaml of your "
                         "own",
                         dlrn_table_name(g->t));
done:
    return st;
}

static role role_of(const guess *g, size_t j)
{
    for (size_t r = 0; r < N_ROLES; r++)
        if (g->column[r] == j) return (role)r;
    return ROLE_NONE;
}

/* A text of the table as YAML: as it is where it is nothing but words, else in quotes. */
static void add_text(dlrn_str *y, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    bool words = *text && strcasecmp(text, "null") != 0;
    for (const char *c = text; *c && words; c++)
        words = strchr(plain, *c) || (unsigned char)*c >= 0x80 || // UTF-8
                (c[1] && strchr(c > text ? " .-/" : "./", *c));
    if (words) {
        dlrn_str_add(y, text);
        return;
    }
    dlrn_str_add(y, "\"");
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') dlrn_str_add(y, "\\");
        if ((unsigned char)*c < 0x20)
            dlrn_str_addf(y, "\\x%02x", (unsigned)*c);
        else
            dlrn_str_addn(y, c, 1);
    }
    dlrn_str_add(y, "\"");
}

static void add_columns(dlrn_str *y, const guess *g)
{
    dlrn_str_add(y, "columns:                         # role -> column\n");
    for (size_t r = 0; r < ROLE_OUTCOME; r++) {
        if (g->column[r] == SIZE_MAX) {
            dlrn_str_addf(y, "# %s: ...                      # no such column was found\n",
                          roles[r].name);
            continue;
        }
        dlrn_str_addf(y, "  %s: ", roles[r].name);
        add_text(y, dlrn_table_column(g->t, g->column[r]));
        dlrn_str_add(y, "\n");
    }
}

static dlrn_status add_outcome(dlrn_str *y, const guess *g)
{
    const char *level[MAX_LEVELS + 1];
    size_t missing;
    const size_t j = g->column[ROLE_OUTCOME];
    count_levels(g->t, j, level, &missing);
    const char *positive = strcmp(level[0], level[1]) > 0 ? level[0] : level[1];
    dlrn_str_add(y, "outcome: {column: ");
    add_text(y, dlrn_table_column(g->t, j));
    dlrn_str_add(y, ", positive: ");
    add_text(y, positive);
    dlrn_str_add(y, ", name: ");
    add_text(y, dlrn_table_column(g->t, j));
    dlrn_str_add(y, "}\n");
    return findings_add(g->said, false, g->err,
                        "outcome: '%s' in column '%s' counts as positive (the other value is "
                        "'%s')",
                        positive, dlrn_table_column(g->t, j),
                        positive == level[0] ? level[1] : level[0]);
}

static void add_cohorts(dlrn_str *y, const guess *g)
{
    const char *level[MAX_LEVELS + 1];
    size_t missing, n = 0, train = 0;
    if (g->column[ROLE_COHORT] == SIZE_MAX) {
        dlrn_str_add(y,
                     "# no cohort column: a patient-grouped 80/20 split is made and written out\n"
                     "cohorts: {train: training, test: [internal]}\n");
        return;
    }
    n = count_levels(g->t, g->column[ROLE_COHORT], level, &missing);
    for (size_t k = 0; k < n; k++)
        if (!strncasecmp(level[k], "train", 5) || !strncasecmp(level[k], "dev", 3)) train = k;
    dlrn_str_add(y, "cohorts: {train: ");
    add_text(y, level[train]);
    dlrn_str_add(y, ", test: [");
    for (size_t k = 0, shown = 0; k < n; k++) {
        if (k == train) continue;
        if (shown++) dlrn_str_add(y, ", ");
        add_text(y, level[k]);
    }
    dlrn_str_add(y, "]}\n");
}

/* Columns that a batch of features added to the table are no candidates for the nomogram. */
static dlrn_status leave_features_out(dlrn_str *y, const guess *g)
{
    size_t n = 0, first = 0;
    for (size_t j = 0; j < dlrn_table_cols(g->t); j++)
        if (feature_is_named(dlrn_table_column(g->t, j)) && !n++) first = j;
    if (!n) return DLRN_OK;
    dlrn_str_add(y, "# - ");
    add_text(y, dlrn_table_column(g->t, first));
    dlrn_str_addf(y, ", ...    # left out: %zu columns of features\n", n);
    return findings_add(g->said, false, g->err,
                        "clinical: %zu columns of features ('%s', ...) left out; with --features "
                        "%s the study takes them as they are",
                        n, dlrn_table_column(g->t, first), dlrn_table_name(g->t));
}

static dlrn_status add_clinical(dlrn_str *y, const guess *g)
{
    dlrn_status st = DLRN_OK;
    size_t shown = 0;
    dlrn_str_add(y, "clinical:                        # candidates for the nomogram\n");
    for (size_t j = 0; j < dlrn_table_cols(g->t); j++) {
        const char *level[MAX_LEVELS + 1], *column = dlrn_table_column(g->t, j);
        size_t missing;
        if (role_of(g, j) != ROLE_NONE || feature_is_named(column)) continue;
        const bool numeric = dlrn_table_is_numeric(g->t, j);
        const size_t n = count_levels(g->t, j, level, &missing);
        const char *why = n < 2                        ? "it has only one value"
                          : !numeric && n > MAX_LEVELS ? "it looks like text or an identifier"
                                                       : NULL;
        if (why) {
            dlrn_str_add(y, "# - ");
            add_text(y, column);
            dlrn_str_addf(y, "                      # left out: %s\n", why);
            DLRN_TRY(
                findings_add(g->said, false, g->err, "clinical: '%s' left out: %s", column, why));
            continue;
        }
        dlrn_str_add(y, numeric ? "  - " : "  - {column: ");
        add_text(y, column);
        if (!numeric) {
            dlrn_str_add(y, ", type: category, reference: ");
            add_text(y, level[0]);
            dlrn_str_add(y, "}");
        }
        dlrn_str_add(y, "\n");
        shown++;
        DLRN_TRY(findings_add(g->said, false, g->err, "clinical: '%s' as a %s", column,
                              numeric ? "number" : "category"));
    }
    if (!shown) dlrn_str_add(y, "  []\n");
    DLRN_TRY(leave_features_out(y, g));
done:
    return st;
}

/* The path of `file` as seen from `folder`: as given where both are relative to the same place. */
static void add_path(dlrn_str *y, const char *file, const char *folder)
{
    char *absolute = realpath(file, NULL), *base = realpath(folder, NULL);
    const size_t n = base ? strlen(base) : 0;
    if (absolute && n > 1 && !strncmp(absolute, base, n) && absolute[n] == '/')
        add_text(y, absolute + n + 1); // beside the study file: the folder may move
    else
        add_text(y, absolute && strcmp(folder, ".") != 0 ? absolute : file);
    free(base);
    free(absolute);
}

static dlrn_status add_features(dlrn_str *y, const guess *g, const char *const *features, size_t n,
                                const char *folder)
{
    dlrn_status st = DLRN_OK;
    size_t deep = 0;
    bool radiomics = false;
    for (size_t k = 0; k < n && !radiomics; k++)
        if (!strstr(features[k], "deep")) {
            dlrn_str_add(y, "radiomics: {features: ");
            add_path(y, features[k], folder);
            dlrn_str_add(y, "}   # a table computed elsewhere\n");
            radiomics = true;
            DLRN_TRY(
                findings_add(g->said, false, g->err, "radiomics: features from %s", features[k]));
        }
    if (!radiomics && g->column[ROLE_IMAGE] != SIZE_MAX && g->column[ROLE_MASK] != SIZE_MAX)
        dlrn_str_add(y, "radiomics: {params: xray_2d}     # a PyRadiomics parameter file or a "
                        "profile: xray_2d | pyradiomics | zhang1834\n");
    else if (!radiomics)
        dlrn_str_add(y, "radiomics: none                  # no image and mask columns\n");
    for (size_t k = 0; k < n; k++) {
        if (!strstr(features[k], "deep")) continue;
        if (!deep++) dlrn_str_add(y, "deep:\n");
        dlrn_str_addf(y, "  - {name: deep%zu, features: ", deep);
        add_path(y, features[k], folder);
        dlrn_str_add(y, "}\n");
        DLRN_TRY(findings_add(g->said, false, g->err, "deep: features from %s", features[k]));
    }
    if (!deep)
        dlrn_str_add(y, "deep: none\n"
                        "# deep:                          # one or several backbones\n"
                        "#   - name: radimagenet\n"
                        "#     weights: RadImageNet-ResNet50.safetensors   # dlrn weights import\n"
                        "#     normalise: minus1_1        # imagenet | minus1_1 | caffe | none\n");
done:
    return st;
}

static const char REST[] =
    "preprocess: {impute: median, scale: zscore}      # fitted on training rows only\n"
    "selection: default               # default | published | a list of steps\n"
    "learners: [lr, svm, knn, random_forest, extra_trees, xgboost, lightgbm, mlp]\n"
    "tuning: {folds: 5, repeats: 1}   # grouped by patient, stratified\n"
    "calibrate: logistic              # logistic | none\n"
    "signature: best                  # the nomogram's signature: best, or a learner's name\n"
    "nomogram: {terms: all}           # all clinical candidates, or a list\n"
    "statistics: {threshold: youden, bootstrap: 2000, confidence: 0.95, calibration_groups: 10}\n";

dlrn_status dlrn_study_init(dlrn_str *yaml, dlrn_findings *guesses, const char *cohort,
                            const char *const *features, size_t n_features, const char *folder,
                            dlrn_error *err)
{
    dlrn_status st;
    guess g = {.said = guesses, .err = err};
    DLRN_TRY(dlrn_table_read(&g.t, cohort, err));
    DLRN_TRY(guess_roles(&g));
    dlrn_str_add(yaml, "# A study of dlrn; every key has a default, an unknown one is an error.\n"
                       "dlrn: 1\ntitle: My study\nseed: 1\ncohort: ");
    add_path(yaml, cohort, folder);
    dlrn_str_add(yaml, "\n");
    add_columns(yaml, &g);
    DLRN_TRY(add_outcome(yaml, &g));
    add_cohorts(yaml, &g);
    DLRN_TRY(add_clinical(yaml, &g));
    DLRN_TRY(add_features(yaml, &g, features, n_features, folder));
    dlrn_str_add(yaml, REST);
    if (yaml->failed) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the study file");
done:
    dlrn_table_free(g.t);
    return st;
}
