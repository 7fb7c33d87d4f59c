/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/triage.h>

#include "support/near.h"

#include <string.h>

/* controls 1 2 3 4 6, cases 3.5 5 7 8 9 */
static const double score[] = {1, 2, 3, 4, 6, 3.5, 5, 7, 8, 9};
static const uint8_t label[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
static const dlrn_truth truth = {label, 10, NULL};

static void zones_hold_their_targets(void **state)
{
    (void)state;
    const dlrn_target all = {DLRN_TARGET_SENSITIVITY, 1}, most = {DLRN_TARGET_NPV, 0.79},
                      sure = {DLRN_TARGET_SPECIFICITY, 1}, often = {DLRN_TARGET_PPV, 0.8};
    dlrn_zones z;
    dlrn_triage r;
    assert_ok(dlrn_triage_choose(&z, score, &truth, &all, &sure, NULL));
    assert_near(z.low, 3.5, 0, 0);
    assert_near(z.high, 7, 0, 0);
    assert_false(z.one);
    assert_ok(dlrn_triage_judge(&r, &z, score, &truth, 0.95, NULL));
    assert_int_equal(r.out.n, 3);
    assert_int_equal(r.grey.n, 4);
    assert_int_equal(r.grey.cases, 2);
    assert_int_equal(r.in.n, 3);
    assert_near(r.npv.value, 1, 0, 0);
    assert_near(r.ppv.value, 1, 0, 0);
    /* four of the five below 5 are controls; four of the five from 5 on are cases */
    assert_ok(dlrn_triage_choose(&z, score, &truth, &most, &often, NULL));
    assert_near(z.low, 5, 0, 0);
    assert_near(z.high, 5, 0, 0);
}

static void overlapping_zones_become_one_threshold(void **state)
{
    (void)state;
    /* 5 holds a sensitivity of 0.8 and more than the specificity of 0.6, which 3.5 holds, too */
    const dlrn_target out = {DLRN_TARGET_SENSITIVITY, 0.8}, in = {DLRN_TARGET_SPECIFICITY, 0.6};
    dlrn_zones z;
    assert_ok(dlrn_triage_choose(&z, score, &truth, &out, &in, NULL));
    assert_true(z.one);
    assert_near(z.low, 5, 0, 0);
    assert_near(z.high, 5, 0, 0);
}

static void targets_out_of_reach_and_of_the_wrong_side(void **state)
{
    (void)state;
    const double reversed[] = {9, 8, 7, 6, 5, 5, 4, 3, 2, 1};
    const dlrn_target out = {DLRN_TARGET_SENSITIVITY, 1}, in = {DLRN_TARGET_PPV, 0.9},
                      low = {DLRN_TARGET_GIVEN, 4}, high = {DLRN_TARGET_GIVEN, 5};
    dlrn_zones z;
    dlrn_triage r;
    dlrn_error err;
    assert_ok(dlrn_triage_choose(&z, reversed, &truth, &out, &in, NULL));
    assert_true(isnan(z.low) && isnan(z.high));
    assert_ok(dlrn_triage_judge(&r, &z, reversed, &truth, 0.95, NULL));
    assert_int_equal(r.grey.n, 10);
    assert_true(isnan(r.npv.value));
    assert_int_equal(dlrn_triage_choose(&z, score, &truth, &in, &out, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "ruling out (0.9): out goes by sensitivity or NPV, in by "
                                 "specificity or PPV");
    assert_int_equal(dlrn_triage_choose(&z, score, &truth, &high, &low, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "the first must not be higher"));
}

static void sets_hold_the_ranked_share(void **state)
{
    (void)state;
    double p[18];
    uint8_t y[18];
    for (int i = 0; i < 9; i++) { // nonconformity 0.05 .. 0.45 in both classes
        p[i] = 0.05 * (i + 1);
        p[9 + i] = 1 - 0.05 * (i + 1);
        y[i] = 0;
        y[9 + i] = 1;
    }
    dlrn_conformal c;
    assert_ok(dlrn_conformal_fit(&c, p, &(dlrn_truth){y, 18, NULL}, 0.8, true, NULL));
    assert_int_equal(c.n[1], 9);
    assert_near(c.limit[0], 0.4, 1e-15, 0); // the 8th of 9: 10 x 0.8
    assert_near(c.limit[1], 0.4, 1e-15, 0);
    assert_int_equal(dlrn_conformal_set(&c, 0.1), 1);
    assert_int_equal(dlrn_conformal_set(&c, 0.5), 0);
    assert_int_equal(dlrn_conformal_set(&c, 0.9), 2);
    /* nine rows cannot promise 95 %: every class stays in every set; eighteen can promise 94 % */
    assert_ok(dlrn_conformal_fit(&c, p, &(dlrn_truth){y, 18, NULL}, 0.95, true, NULL));
    assert_int_equal(dlrn_conformal_set(&c, 0.999), 3);
    assert_ok(dlrn_conformal_fit(&c, p, &(dlrn_truth){y, 18, NULL}, 0.94, false, NULL));
    assert_near(c.limit[0], 0.45, 1e-15, 0);
}

/* Exchangeable rows: coverage averages to the share asked for, whatever the model. */
static void coverage_holds_for_a_bad_model(void **state)
{
    (void)state;
    enum { N = 100, TRIALS = 400 };
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 9, 0);
    size_t covered = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double p[N];
        uint8_t y[N];
        dlrn_conformal c;
        for (int i = 0; i < N; i++) {
            y[i] = (uint8_t)(i % 3 == 0);
            p[i] = 1 / (1 + exp(-3 * dlrn_rng_normal(&rng) + y[i])); // worse than chance
        }
        assert_ok(dlrn_conformal_fit(&c, p, &(dlrn_truth){y, N, NULL}, 0.9, true, NULL));
        for (int i = 0; i < N; i++) {
            const double fresh = 1 / (1 + exp(-3 * dlrn_rng_normal(&rng) + y[i]));
            covered += (dlrn_conformal_set(&c, fresh) >> y[i]) & 1u;
        }
    }
    const double share = (double)covered / (N * TRIALS);
    assert_true(share > 0.9 && share < 0.93);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_hold_their_targets),
        cmocka_unit_test(overlapping_zones_become_one_threshold),
        cmocka_unit_test(targets_out_of_reach_and_of_the_wrong_side),
        cmocka_unit_test(sets_hold_the_ranked_share),
        cmocka_unit_test(coverage_holds_for_a_bad_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
