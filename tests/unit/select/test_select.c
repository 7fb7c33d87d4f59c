/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/select.h>
#include <stdlib.h>
#include <string.h>

#include "support/near.h"

enum { ROWS = 150, COLS = 40 };

typedef struct sample {
    double x[ROWS * COLS];
    uint8_t label[ROWS];
} sample;

/* Column 0 carries the label, column 1 is nearly its copy, column 2 is constant; the rest is noise.
 */
static dlrn_select_data make_sample(sample *s, double strength, uint64_t seed)
{
    dlrn_rng rng;
    dlrn_rng_seed(&rng, seed, 3);
    for (size_t i = 0; i < ROWS; i++) {
        double *row = s->x + i * COLS;
        s->label[i] = i % 5 < 2;
        for (size_t j = 0; j < COLS; j++)
            row[j] = dlrn_rng_normal(&rng);
        row[0] += strength * s->label[i];
        row[1] = row[0] + 0.01 * row[1];
        row[2] = 7;
    }
    return (dlrn_select_data){.x = s->x, .rows = ROWS, .cols = COLS, .label = s->label, .seed = 1};
}

static const dlrn_select_step variance = {.name = "variance"};
static const dlrn_select_step correlation = {.name = "correlation", .number = 0.9};
static const dlrn_select_step lasso = {.name = "lasso", .alpha = 1, .folds = 10};
static const dlrn_select_step univariate = {.name = "univariate", .number = 0.05};

static void each_step_does_its_own_and_counts_what_stays(void **state)
{
    (void)state;
    sample s;
    const dlrn_select_data d = make_sample(&s, 2, 1);
    const dlrn_select_step steps[] = {variance, correlation, lasso};
    dlrn_selection out;
    assert_ok(dlrn_select_fit(&out, &d, steps, 3, NULL, NULL));
    assert_int_equal(out.step[0].kept, COLS - 1);
    assert_int_equal(out.step[1].kept, COLS - 2);
    assert_int_equal(out.step[2].kept, out.n);
    assert_true(out.n >= 1 && out.column[0] <= 1);
    assert_true(out.coefficient[0] > 0.2);
    dlrn_selection_clear(&out);
}

static void noise_screened_by_its_label_does_not_fool_the_folds(void **state)
{
    (void)state;
    sample s;
    const dlrn_select_data d = make_sample(&s, 0, 5);
    const dlrn_select_step steps[] = {variance, univariate, lasso};
    dlrn_selection out;
    assert_ok(dlrn_select_fit(&out, &d, steps, 3, NULL, NULL));
    // the null model is hardly beaten: the folds screened for themselves
    assert_true(out.lasso.mean[out.lasso.at_min] > 0.97 * out.lasso.mean[0]);
    dlrn_selection_clear(&out);
}

static void two_threads_give_the_same_bits(void **state)
{
    (void)state;
    sample s;
    const dlrn_select_data d = make_sample(&s, 1, 2);
    const dlrn_select_step steps[] = {variance, univariate, lasso};
    const dlrn_exec one = {.threads = 1}, two = {.threads = 2};
    dlrn_selection a, b;
    assert_ok(dlrn_select_fit(&a, &d, steps, 3, &one, NULL));
    assert_ok(dlrn_select_fit(&b, &d, steps, 3, &two, NULL));
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.coefficient, b.coefficient, a.n * sizeof *a.coefficient);
    assert_memory_equal(a.lasso.mean, b.lasso.mean, a.lasso.path.n_lambda * sizeof *a.lasso.mean);
    dlrn_selection_clear(&a);
    dlrn_selection_clear(&b);
}

static void mrmr_takes_no_copy_of_what_it_has(void **state)
{
    (void)state;
    sample s;
    const dlrn_select_data d = make_sample(&s, 0.6, 4);
    const dlrn_select_step steps[] = {variance, {.name = "mrmr", .k = 2}};
    dlrn_selection out;
    assert_ok(dlrn_select_fit(&out, &d, steps, 2, NULL, NULL));
    assert_int_equal(out.n, 2);
    assert_true(out.column[0] <= 1 && out.column[1] > 1);
    dlrn_selection_clear(&out);
}

static void an_unknown_step_is_named(void **state)
{
    (void)state;
    sample s;
    const dlrn_select_data d = make_sample(&s, 1, 2);
    const dlrn_select_step steps[] = {{.name = "magic"}};
    dlrn_selection out;
    dlrn_error err;
    assert_int_equal(dlrn_select_fit(&out, &d, steps, 1, NULL, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "'magic' is none of variance"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_does_its_own_and_counts_what_stays),
        cmocka_unit_test(noise_screened_by_its_label_does_not_fool_the_folds),
        cmocka_unit_test(two_threads_give_the_same_bits),
        cmocka_unit_test(mrmr_takes_no_copy_of_what_it_has),
        cmocka_unit_test(an_unknown_step_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
