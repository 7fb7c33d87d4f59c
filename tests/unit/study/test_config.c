/* SPDX-License-Identifier: Apache-2.0 */
#include "study/config.h"
#include "support/near.h"

#include <string.h>
#include <unistd.h>

#define MINIMAL "cohort: cohort.csv\noutcome: {column: acute}\n"

static dlrn_status load(study_config *c, const char *text, dlrn_error *err)
{
    const char *path = "test_config.yaml";
    assert_ok(dlrn_write_file(path, text, strlen(text), NULL));
    const dlrn_status st = study_config_load(c, path, err);
    unlink(path);
    return st;
}

static void refuse(const char *text, const char *message)
{
    study_config c;
    dlrn_error err = {DLRN_OK, ""};
    assert_int_equal(load(&c, text, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, message);
    study_config_clear(&c);
}

static void a_minimal_study_gets_every_default(void **state)
{
    (void)state;
    study_config c;
    assert_ok(load(&c, MINIMAL, NULL));
    assert_string_equal(c.columns.patient, "patient");
    assert_string_equal(c.outcome.positive, "1");
    assert_string_equal(c.outcome.name, "acute");
    assert_string_equal(c.train, "training");
    assert_int_equal(c.test.n, 3);
    assert_string_equal(c.radiomics.params, "xray_2d");
    assert_int_equal(c.n_deep, 0);
    assert_int_equal(c.learners.n, 8);
    assert_int_equal(c.n_selection, 4);
    assert_string_equal(c.selection[3].name, "lasso");
    assert_int_equal(c.selection[3].folds, 10);
    assert_false(c.selection[3].rule_min);
    assert_near(c.selection[2].number, 0.9, 0, 0);
    assert_true(c.calibrate);
    assert_true(c.nomogram.all_terms);
    assert_near(c.image.spacing, 0.2, 0, 0);
    assert_int_equal(c.statistics.bootstrap, 2000);
    assert_true(c.statistics.cluster);
    study_config_clear(&c);
}

static void every_kind_of_value_is_read(void **state)
{
    (void)state;
    study_config c;
    assert_ok(load(&c,
                   MINIMAL "seed: 7\nclinical:\n  - age\n"
                           "  - {column: sex, type: category, reference: female}\n"
                           "  - {column: vas, label: Pain, transform: log1p}\n"
                           "deep:\n  - {name: a, features: a.csv}\n"
                           "  - {name: b, weights: w.safetensors, crop: {size: 96, window: [2, "
                           "98]}}\n"
                           "selection:\n  - variance: 0.1\n  - univariate: {p: 0.01}\n"
                           "  - lasso: {rule: min}\nlearners: [lr, lightgbm]\n"
                           "statistics: {threshold: {sensitivity: 0.9}, cluster: none}\n"
                           "nomogram: {model: dlr_a, terms: [age, vas]}\n"
                           "compare: [[dlrn, clinical], [dlr_a, dlr_b]]\n"
                           "primary: {compare: [dlrn, clinical], cohort: external}\n",
                   NULL));
    assert_int_equal(c.seed, 7);
    assert_true(c.clinical[2].log1p);
    assert_string_equal(c.clinical[2].label, "Pain");
    assert_int_equal(c.deep[1].size, 96);
    assert_near(c.deep[1].window[1], 98, 0, 0);
    assert_near(c.selection[0].number, 0.1, 0, 0);
    assert_near(c.selection[1].number, 0.01, 0, 0);
    assert_true(c.selection[2].rule_min);
    assert_string_equal(c.statistics.threshold, "sensitivity");
    assert_false(c.statistics.cluster);
    assert_int_equal(c.n_compare, 2);
    assert_string_equal(c.primary_a, "dlrn");
    config_list models;
    assert_ok(study_config_models(&models, &c, NULL));
    assert_int_equal(models.n, 5);
    assert_string_equal(models.v[0], "radiomics");
    assert_string_equal(models.v[4], "dlr_b");
    config_list_clear(&models);
    study_config_clear(&c);
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    refuse(MINIMAL "learner: [lr]\n",
           "test_config.yaml, line 3: unknown key 'learner'; did you mean 'learners'?");
    refuse(MINIMAL "seed: 1\nseed: 2\n",
           "test_config.yaml, line 4: the key 'seed' stands here again; it was given in line 3");
    refuse("cohort: c.csv\noutcome: {colum: acute}\n",
           "test_config.yaml, line 2: unknown key 'colum' in outcome; did you mean 'column'?");
    refuse("outcome: {column: acute}\n",
           "test_config.yaml, line 1: cohort (the table of cases) is required and missing");
    refuse(MINIMAL "learners: [lr, lihtgbm]\n",
           "test_config.yaml, line 3: learners: there is no 'lihtgbm'; did you mean 'lightgbm'?");
    refuse(MINIMAL "learners: [rf]\n",
           "test_config.yaml, line 3: learners: 'rf' is not one of: lr, svm, knn, random_forest, "
           "extra_trees, xgboost, lightgbm, mlp");
    refuse(MINIMAL "tuning: {folds: 1}\n",
           "test_config.yaml, line 3: folds: '1' is not a whole number from 2 to 50");
    refuse(MINIMAL "selection:\n  - laso\n",
           "test_config.yaml, line 4: selection: unknown step 'laso'; did you mean 'lasso'?");
    refuse(MINIMAL "compare: [[dlrn, dlr_x]]\n",
           "test_config.yaml, line 3: compare: 'dlr_x' is not one of: radiomics, dlrn");
    refuse(MINIMAL "cohorts: {train: a, test: [a]}\n",
           "test_config.yaml, line 3: cohorts: 'a' is both the training and a test cohort");
    refuse(MINIMAL "radiomics: none\n",
           "test_config.yaml, line 1: nothing to learn from: radiomics is none, and there are "
           "neither deep nor clinical columns");
    refuse(MINIMAL "deep:\n  - {name: 'a/b', features: f.csv}\n",
           "test_config.yaml, line 4: deep: name 'a/b': letters, digits, - and _ only, since it "
           "becomes part of file names");
    refuse("dlrn: 2\n" MINIMAL,
           "test_config.yaml, line 1: dlrn: '2' is not a format that this version reads (1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minimal_study_gets_every_default),
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(mistakes_are_named_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
