/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/classify.h>
#include <dlrn/decision.h>
#include <dlrn/paired.h>

#include "support/near.h"

#include <string.h>

/* Expected values: R 4.2.2, prop.test(81, 263, correct = FALSE) and binom.test(81, 263). */
static void intervals_of_proportions_match_r(void **state)
{
    (void)state;
    const dlrn_estimate w = dlrn_proportion(81, 263, 0.95, DLRN_WILSON);
    assert_near(w.lo, 0.25528851987827428, 1e-12, 0);
    assert_near(w.hi, 0.36620957698280016, 1e-12, 0);
    const dlrn_estimate e = dlrn_proportion(81, 263, 0.95, DLRN_EXACT);
    assert_near(e.lo, 0.25273674558527121, 1e-10, 0);
    assert_near(e.hi, 0.3676219226013514, 1e-10, 0);
}

static void proportions_of_none_and_all_reach_the_ends(void **state)
{
    (void)state;
    for (int method = DLRN_WILSON; method <= DLRN_EXACT; method++) {
        const dlrn_estimate none = dlrn_proportion(0, 10, 0.95, (dlrn_interval_method)method);
        const dlrn_estimate all = dlrn_proportion(10, 10, 0.95, (dlrn_interval_method)method);
        assert_near(none.lo, 0, 0, 0);
        assert_near(all.hi, 1, 0, 0);
        assert_near(none.hi, 1 - all.lo, 1e-12, 0);
    }
    assert_true(isnan(dlrn_proportion(0, 0, 0.95, DLRN_WILSON).value));
}

static const double risk[] = {0.1, 0.4, 0.35, 0.8, 0.6, 0.5, 0.2, 0.9};
static const uint8_t label[] = {0, 0, 1, 1, 0, 1, 0, 1};
static const dlrn_truth truth = {label, 8, NULL};

static void a_score_at_the_threshold_is_positive(void **state)
{
    (void)state;
    const dlrn_bootstrap boot = {200, 1, 0.95, 1};
    dlrn_classification c;
    assert_ok(dlrn_classify(&c, risk, &truth, 0.5, DLRN_WILSON, &boot, NULL));
    assert_int_equal(c.tp, 3);
    assert_int_equal(c.fp, 1);
    assert_int_equal(c.fn, 1);
    assert_int_equal(c.tn, 3);
    assert_near(c.f1.value, 0.75, 1e-15, 0);
    assert_near(c.mcc.value, 0.5, 1e-15, 0);
    assert_near(c.dor.value, 9, 1e-14, 0);
    assert_near(c.lr_pos.value, 3, 1e-14, 0);
    assert_true(c.f1.lo < 0.75 && c.f1.hi > 0.75);
}

static void all_of_a_few_patients_is_no_certainty(void **state)
{
    (void)state;
    // two rows a patient; the four positive rows are three patients', so are the negative ones
    const size_t patient[] = {0, 0, 1, 1, 2, 2, 3, 3};
    const dlrn_truth clustered = {label, 8, patient};
    const dlrn_bootstrap boot = {200, 1, 0.95, 1};
    dlrn_classification c;
    assert_ok(dlrn_classify(&c, risk, &clustered, 0, DLRN_WILSON, &boot, NULL));
    const double z2 = 1.959963984540054 * 1.959963984540054;
    assert_near(c.sensitivity.value, 1, 0, 0);
    assert_near(c.sensitivity.lo, 3 / (3 + z2), 1e-12, 0);
    assert_near(c.sensitivity.hi, 1, 0, 0);
    assert_near(c.specificity.value, 0, 0, 0);
    assert_near(c.specificity.lo, 0, 0, 0);
    assert_near(c.specificity.hi, z2 / (3 + z2), 1e-12, 0);
    assert_true(isnan(c.npv.value));
}

/* Each row twice, in a cluster: the ratios' intervals stay nearly those of the rows once. */
static void doubled_rows_do_not_sharpen_the_ratios(void **state)
{
    (void)state;
    enum { N = 400 };
    double once[N], twice[2 * N];
    uint8_t y[N], yy[2 * N];
    size_t pair[2 * N];
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 5, 0);
    for (size_t i = 0; i < N; i++) {
        y[i] = i % 2 == 0;
        once[i] = dlrn_rng_normal(&rng) + y[i];
        for (size_t k = 2 * i; k < 2 * i + 2; k++) {
            twice[k] = once[i];
            yy[k] = y[i];
            pair[k] = i;
        }
    }
    const dlrn_bootstrap boot = {2000, 1, 0.95, 2};
    dlrn_classification a, b;
    assert_ok(dlrn_classify(&a, once, &(dlrn_truth){y, N, NULL}, 0.5, DLRN_WILSON, &boot, NULL));
    assert_ok(
        dlrn_classify(&b, twice, &(dlrn_truth){yy, 2 * N, pair}, 0.5, DLRN_WILSON, &boot, NULL));
    const dlrn_estimate *const one[] = {&a.lr_pos, &a.lr_neg, &a.dor}, *const two[] = {&b.lr_pos,
                                                                                       &b.lr_neg,
                                                                                       &b.dor};
    for (int k = 0; k < 3; k++) {
        assert_near(two[k]->value, one[k]->value, 1e-12, 0);
        assert_near(log(two[k]->hi / two[k]->lo), log(one[k]->hi / one[k]->lo), 0.1, 0);
    }
}

static void net_benefit_by_hand(void **state)
{
    (void)state;
    const double threshold[] = {0.25, 0.5};
    const dlrn_decision_opts opts = {.prevalence = (double)NAN};
    dlrn_decision d = {0};
    assert_ok(dlrn_decision_curve(&d, risk, &truth, threshold, 2, &opts, NULL));
    assert_near(d.net_benefit[0], 4.0 / 8 - 2.0 / 8 / 3, 1e-15, 0);
    assert_near(d.net_benefit[1], 3.0 / 8 - 1.0 / 8, 1e-15, 0);
    assert_near(d.all[0], 0.5 - 0.5 / 3, 1e-15, 0);
    assert_near(d.standardised[1], 0.5, 1e-15, 0);
    assert_near(d.avoided[1], 25, 1e-13, 0);
    dlrn_decision_clear(&d);
}

/* The difference is that of the curves; its band comes of the same draws, so that a model against
 * itself has none, and the curve's band covers the net benefit of treating as the classes fall. */
static void differences_of_net_benefit_draw_the_same_rows(void **state)
{
    (void)state;
    enum { N = 200 };
    double a[N], b[N];
    uint8_t y[N];
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 3, 0);
    for (size_t i = 0; i < N; i++) {
        y[i] = i % 4 == 0;
        a[i] = 1 / (1 + exp(1 - dlrn_rng_normal(&rng) - 2 * y[i]));
        b[i] = 1 / (1 + exp(1 - dlrn_rng_normal(&rng) - y[i]));
    }
    const dlrn_truth t = {y, N, NULL};
    const double threshold[] = {0.3, 0.1};
    const dlrn_decision_opts opts = {.prevalence = (double)NAN, .boot = {500, 1, 0.95, 2}};
    dlrn_decision c[2] = {{0}, {0}};
    dlrn_decision_difference d = {0}, none = {0};
    assert_ok(dlrn_decision_curve(&c[0], a, &t, threshold, 2, &opts, NULL));
    assert_ok(dlrn_decision_curve(&c[1], b, &t, threshold, 2, &opts, NULL));
    assert_ok(dlrn_decision_compare(&d, a, b, &t, threshold, 2, &opts, NULL));
    assert_ok(dlrn_decision_compare(&none, a, a, &t, threshold, 2, &opts, NULL));
    for (int k = 0; k < 2; k++) {
        assert_near(d.difference[k], c[0].net_benefit[k] - c[1].net_benefit[k], 0, 1e-15);
        assert_true(d.lo[k] < d.difference[k] && d.difference[k] < d.hi[k]);
        assert_true(d.hi[k] - d.lo[k] < c[0].hi[k] - c[0].lo[k] + c[1].hi[k] - c[1].lo[k]);
        assert_near(none.hi[k] - none.lo[k], 0, 0, 0);
    }
    /* all treated at a threshold near 0: the band is that of the prevalence, sd sqrt(pq/n) */
    const double low[] = {1e-6};
    dlrn_decision all = {0};
    assert_ok(dlrn_decision_curve(
        &all, a, &t, low, 1,
        &(dlrn_decision_opts){.prevalence = (double)NAN, .boot = {4000, 1, 0.95, 2}}, NULL));
    assert_near(all.hi[0] - all.lo[0], 2 * 1.96 * sqrt(0.25 * 0.75 / N), 0.06, 0);
    dlrn_decision_clear(&all);
    dlrn_decision_difference_clear(&none);
    dlrn_decision_difference_clear(&d);
    dlrn_decision_clear(&c[1]);
    dlrn_decision_clear(&c[0]);
}

/* R 4.2.2: mcnemar.test(matrix(c(0, 9, 3, 0), 2)) and binom.test(3, 12) of the discordant rows. */
static void paired_calls_are_mcnemars(void **state)
{
    (void)state;
    double a[40], b[40];
    uint8_t y[40];
    size_t own[40], one[40] = {0};
    for (size_t i = 0; i < 40; i++) {
        y[i] = i < 30;
        a[i] = i >= 9; // misses 9 of the 30
        b[i] = i < 27; // misses 3 others
        own[i] = i;
    }
    dlrn_paired p;
    assert_ok(dlrn_paired_calls(&p, a, 0.5, b, 0.5, &(dlrn_truth){y, 40, NULL}, 0.95, NULL));
    assert_int_equal(p.sensitivity.only_a, 3);
    assert_int_equal(p.sensitivity.only_b, 9);
    assert_near(p.sensitivity.chi2, 25.0 / 12, 1e-14, 0);
    assert_near(p.sensitivity.p, 0.14891467317876565, 1e-12, 0);
    assert_near(p.sensitivity.exact_p, 0.14599609375, 1e-12, 0);
    assert_near(p.sensitivity.difference.value, -0.2, 1e-14, 0);
    assert_true(p.sensitivity.difference.lo > -1 && p.sensitivity.difference.hi < 0.1);
    /* rows as clusters of one: Obuchowski's, without continuity correction */
    assert_ok(dlrn_paired_calls(&p, a, 0.5, b, 0.5, &(dlrn_truth){y, 40, own}, 0.95, NULL));
    assert_near(p.sensitivity.chi2, 36.0 / 12 * 29 / 30, 1e-13, 0);
    assert_true(isnan(p.sensitivity.exact_p));
    assert_ok(dlrn_paired_calls(&p, a, 0.5, b, 0.5, &(dlrn_truth){y, 40, one}, 0.95, NULL));
    assert_true(isnan(p.sensitivity.p) && isnan(p.sensitivity.difference.lo));
    /* none right alone */
    assert_ok(dlrn_paired_calls(&p, a, 0.5, a, 0.5, &(dlrn_truth){y, 40, NULL}, 0.95, NULL));
    assert_near(p.accuracy.p, 1, 0, 0);
    assert_near(p.accuracy.exact_p, 1, 0, 0);
    assert_true(p.accuracy.difference.lo < 0 && p.accuracy.difference.hi > 0);
}

static void a_risk_outside_0_to_1_names_its_row(void **state)
{
    (void)state;
    const double bad[] = {0.1, 0.4, 1.35, 0.8, 0.6, 0.5, 0.2, 0.9}, threshold[] = {0.5};
    const dlrn_decision_opts opts = {.prevalence = (double)NAN};
    dlrn_decision d = {0};
    dlrn_error err;
    assert_int_equal(dlrn_decision_curve(&d, bad, &truth, threshold, 1, &opts, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "row 3: 1.35"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_proportions_match_r),
        cmocka_unit_test(proportions_of_none_and_all_reach_the_ends),
        cmocka_unit_test(a_score_at_the_threshold_is_positive),
        cmocka_unit_test(all_of_a_few_patients_is_no_certainty),
        cmocka_unit_test(doubled_rows_do_not_sharpen_the_ratios),
        cmocka_unit_test(net_benefit_by_hand),
        cmocka_unit_test(differences_of_net_benefit_draw_the_same_rows),
        cmocka_unit_test(paired_calls_are_mcnemars),
        cmocka_unit_test(a_risk_outside_0_to_1_names_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
