/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/reclassify.h>

#include "support/near.h"

enum { N = 60 };
static double before[N], after[N];
static uint8_t y[N];
static const dlrn_truth truth = {y, N, NULL};

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        y[i] = i % 3 == 0;
        before[i] = ((i * 17) % 61 + 1) / 63.0;
        after[i] = ((i * 29) % 59 + 1 + 2 * y[i]) / 64.0;
    }
    return 0;
}

/* Expected values: R 4.2.2, Hmisc 4.8-0. */
static void values_and_errors_are_those_of_improve_prob(void **state)
{
    (void)state;
    dlrn_reclassification r;
    assert_ok(dlrn_reclassify(&r, before, after, &truth, NULL, 0, 0.95, NULL));
    assert_near(r.nri_continuous.value, 0.15000000000000008, 1e-12, 1e-14);
    assert_near(r.nri_continuous.se, 0.27283236611516604, 1e-12, 0);
    assert_near(r.nri_continuous.events, 0.10000000000000003, 1e-12, 1e-14);
    assert_near(r.idi.value, 0.062748015873015872, 1e-12, 1e-14);
    assert_near(r.idi.se, 0.11435466338104891, 1e-12, 0);
    assert_true(isnan(r.nri_categorical.value));
}

static void a_model_against_itself_moves_nobody(void **state)
{
    (void)state;
    const double cut[] = {0.2, 0.4};
    dlrn_reclassification r;
    assert_ok(dlrn_reclassify(&r, before, before, &truth, cut, 2, 0.95, NULL));
    assert_near(r.nri_categorical.value, 0, 0, 0);
    assert_near(r.idi.value, 0, 0, 0);
    assert_true(isnan(r.idi.p));
}

static void cuts_out_of_order_are_refused(void **state)
{
    (void)state;
    const double cut[] = {0.4, 0.2};
    dlrn_reclassification r;
    dlrn_error err;
    assert_int_equal(dlrn_reclassify(&r, before, after, &truth, cut, 2, 0.95, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "cut 2 is 0.2: cuts rise from one to the next between 0 and 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_errors_are_those_of_improve_prob),
        cmocka_unit_test(a_model_against_itself_moves_nobody),
        cmocka_unit_test(cuts_out_of_order_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
