/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/learner.h>

#include <libsvm/svm.h>

#include "support/near.h"

enum { ROWS = 80, COLS = 3 };

static void quiet(const char *text)
{
    (void)text;
}

/* Our own sum over the support vectors against svm_predict_values of the same library. */
static void decision_values_are_those_of_libsvm(void **state)
{
    (void)state;
    static struct svm_node node[ROWS][COLS + 1], *row[ROWS];
    double x[ROWS * COLS], y[ROWS], score[ROWS];
    uint8_t label[ROWS];
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 3, 1);
    for (size_t i = 0; i < ROWS; i++) {
        label[i] = i % 3 == 1; // the first row has label 0: libsvm's sign is the other way round
        y[i] = label[i];
        for (size_t j = 0; j < COLS; j++) {
            x[i * COLS + j] = dlrn_rng_normal(&rng) + label[i];
            node[i][j] = (struct svm_node){(int)j + 1, x[i * COLS + j]};
        }
        node[i][COLS].index = -1;
        row[i] = node[i];
    }
    const struct svm_problem problem = {ROWS, y, row};
    const struct svm_parameter parameter = {
        .kernel_type = RBF, .gamma = 0.5 / COLS, .C = 2, .cache_size = 10, .eps = 1e-3};
    svm_set_print_string_function(quiet);
    struct svm_model *model = svm_train(&problem, &parameter);

    const dlrn_learner *svm = dlrn_learner_find("svm");
    const dlrn_learner_data d = {x, ROWS, COLS, label, 1};
    const dlrn_params p = {{{"C", 2}, {"gamma_x_columns", 0.5}}, 2};
    void *fitted;
    assert_ok(svm->fit(&fitted, &d, &p, NULL));
    assert_ok(svm->predict(score, fitted, x, ROWS, COLS, NULL));
    for (size_t i = 0; i < ROWS; i++) {
        double want;
        svm_predict_values(model, row[i], &want);
        assert_near(score[i], -want, 1e-12, 1e-12);
    }
    svm->free(fitted);
    svm_free_and_destroy_model(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decision_values_are_those_of_libsvm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
