/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/model.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

enum { ROWS = 120, NOISE_COLS = 500, COLS = 30, MOST = ROWS * NOISE_COLS };

typedef struct study {
    double x[MOST];
    uint8_t label[ROWS];
    size_t patient[ROWS];
    char text[NOISE_COLS][8];
    const char *name[NOISE_COLS];
} study;

static study s;

static const dlrn_select_step steps[] = {
    {.name = "variance"},
    {.name = "univariate", .word = "mann_whitney", .number = 0.05},
    {.name = "correlation", .word = "spearman", .number = 0.9},
    {.name = "lasso", .word = "logistic", .alpha = 1, .folds = 5},
};
static const char *const learners[] = {"lr", "knn"};

static dlrn_model_options options(void)
{
    return (dlrn_model_options){.pipeline = {.steps = steps, .n_steps = 4, .seed = 1},
                                .learners = learners,
                                .n_learners = 2,
                                .calibrate = true,
                                .seed = 1};
}

/* Two rows a patient in a tenth of the patients; `strength` moves the first two columns with the
 * label; 2 % missing; a constant and an empty column at the end. */
static dlrn_train_data draw(double strength, size_t cols, uint64_t seed)
{
    dlrn_rng rng;
    dlrn_rng_seed(&rng, seed, 1);
    for (size_t i = 0; i < ROWS; i++) {
        s.patient[i] = i % 10 == 1 ? i - 1 : i;
        s.label[i] = dlrn_rng_uniform(&rng) < 0.45;
        for (size_t j = 0; j < cols; j++) {
            double v = dlrn_rng_normal(&rng) + (j < 2 ? strength * s.label[i] : 0);
            if (dlrn_rng_uniform(&rng) < 0.02) v = (double)NAN;
            s.x[i * cols + j] = j == cols - 1 ? (double)NAN : j == cols - 2 ? 3 : v;
        }
    }
    for (size_t j = 0; j < cols; j++) {
        snprintf(s.text[j], sizeof s.text[j], "f%zu", j);
        s.name[j] = s.text[j];
    }
    return (dlrn_train_data){
        .x = s.x, .rows = ROWS, .cols = cols, .name = s.name, .label = s.label, .group = s.patient};
}

static void noise_gives_no_auc(void **state)
{
    (void)state;
    const dlrn_train_data d = draw(0, NOISE_COLS, 4);
    const dlrn_model_options o = options();
    dlrn_model *m;
    assert_ok(dlrn_model_fit(&m, &d, &o, NULL, NULL));
    for (size_t l = 0; l < dlrn_model_learners(m); l++)
        assert_near(dlrn_model_learner_at(m, l)->cv_auc, 0.5, 0, 0.15);
    dlrn_model_free(m);
}

static void signal_is_found_and_constant_columns_are_dropped(void **state)
{
    (void)state;
    const dlrn_train_data d = draw(1.5, COLS, 2);
    const dlrn_model_options o = options();
    const dlrn_dropped *dropped;
    dlrn_model *m;
    assert_ok(dlrn_model_fit(&m, &d, &o, NULL, NULL));
    assert_true(dlrn_model_learner_at(m, 0)->cv_auc > 0.8);
    assert_int_equal(dlrn_pipeline_dropped(&dropped, dlrn_model_pipeline(m)), 2);
    assert_string_equal(dlrn_pipeline_column(dlrn_model_pipeline(m), 0), "f0");
    assert_near(dlrn_model_frequency(m, 0), 1, 0, 0);
    dlrn_model_free(m);
}

static char *text_of(const dlrn_model *m)
{
    dlrn_json *j;
    dlrn_blob *blobs;
    size_t n;
    char *text;
    assert_ok(dlrn_model_save(&j, &blobs, &n, m, NULL));
    assert_ok(dlrn_json_text(&text, j, 0, NULL));
    dlrn_blobs_free(blobs, n);
    dlrn_json_free(j);
    return text;
}

static void two_threads_give_the_same_model(void **state)
{
    (void)state;
    const dlrn_train_data d = draw(1, COLS, 3);
    const dlrn_model_options o = options();
    const dlrn_exec one = {.threads = 1}, two = {.threads = 2};
    dlrn_model *a, *b;
    assert_ok(dlrn_model_fit(&a, &d, &o, &one, NULL));
    assert_ok(dlrn_model_fit(&b, &d, &o, &two, NULL));
    char *ta = text_of(a), *tb = text_of(b);
    assert_string_equal(ta, tb);
    for (size_t l = 0; l < 2; l++)
        assert_memory_equal(dlrn_model_learner_at(a, l)->oof, dlrn_model_learner_at(b, l)->oof,
                            ROWS * sizeof(double));
    free(ta);
    free(tb);
    dlrn_model_free(a);
    dlrn_model_free(b);
}

static void a_loaded_model_predicts_the_same_bits(void **state)
{
    (void)state;
    const dlrn_train_data d = draw(1, COLS, 5);
    const dlrn_model_options o = options();
    double p[2][ROWS], raw[2][ROWS];
    dlrn_model *m, *back;
    dlrn_json *j, *parsed;
    dlrn_blob *blobs;
    size_t n;
    char *text;
    assert_ok(dlrn_model_fit(&m, &d, &o, NULL, NULL));
    assert_ok(dlrn_model_save(&j, &blobs, &n, m, NULL));
    assert_ok(dlrn_json_text(&text, j, 2, NULL));
    assert_ok(dlrn_json_parse(&parsed, text, strlen(text), NULL));
    assert_ok(dlrn_model_load(&back, parsed, blobs, n, NULL));
    for (size_t l = 0; l < 2; l++) {
        const dlrn_prediction a = {.probability = p[0], .raw = raw[0]},
                              b = {.probability = p[1], .raw = raw[1]};
        assert_ok(dlrn_model_predict(&a, m, l, d.x, ROWS, COLS, NULL, NULL));
        assert_ok(dlrn_model_predict(&b, back, l, d.x, ROWS, COLS, NULL, NULL));
        assert_memory_equal(p[0], p[1], sizeof p[0]);
        assert_memory_equal(raw[0], raw[1], sizeof raw[0]);
    }
    free(text);
    dlrn_blobs_free(blobs, n);
    dlrn_json_free(j);
    dlrn_json_free(parsed);
    dlrn_model_free(back);
    dlrn_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_gives_no_auc),
        cmocka_unit_test(signal_is_found_and_constant_columns_are_dropped),
        cmocka_unit_test(two_threads_give_the_same_model),
        cmocka_unit_test(a_loaded_model_predicts_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
