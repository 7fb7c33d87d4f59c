/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/roc.h>

#include "support/near.h"

/* Six cases by hand: controls 1 2 2, cases 2 3 4. Pairs won 7, tied 2 (value 2 against 2, twice):
 * (7 + 2 * 0.5) / 9. */
static const double hand_score[] = {1, 2, 2, 2, 3, 4};
static const uint8_t hand_label[] = {0, 0, 0, 1, 1, 1};
static const dlrn_truth hand = {hand_label, 6, NULL};

static void auc_counts_ties_half(void **state)
{
    (void)state;
    dlrn_auc a;
    assert_ok(dlrn_auc_delong(&a, hand_score, &hand, 0.95, NULL));
    assert_near(a.auc, 8.0 / 9.0, 1e-15, 0);
    assert_string_equal(a.ci_method, "delong");
    assert_near(a.hi, 1, 0, 0);
}

static void auc_of_the_negated_score_is_one_minus_auc(void **state)
{
    (void)state;
    double minus[6];
    dlrn_auc a, b;
    for (size_t i = 0; i < 6; i++)
        minus[i] = -hand_score[i];
    assert_ok(dlrn_auc_delong(&a, hand_score, &hand, 0.95, NULL));
    assert_ok(dlrn_auc_delong(&b, minus, &hand, 0.95, NULL));
    assert_near(a.auc + b.auc, 1.0, 1e-15, 0);
    assert_near(a.variance, b.variance, 1e-14, 0);
}

static void complete_separation_has_an_honest_interval(void **state)
{
    (void)state;
    const double score[] = {1, 2, 3, 4};
    const uint8_t label[] = {0, 0, 1, 1};
    dlrn_auc a;
    assert_ok(dlrn_auc_delong(&a, score, &(dlrn_truth){label, 4, NULL}, 0.95, NULL));
    assert_near(a.auc, 1.0, 0, 0);
    assert_near(a.variance, 0.0, 0, 0);
    assert_string_equal(a.ci_method, "newcombe");
    assert_true(a.lo > 0.1 && a.lo < 0.6);
    assert_near(a.hi, 1, 0, 0);
}

static void equal_scores_give_a_half_with_an_interval_around_it(void **state)
{
    (void)state;
    const double score[6] = {5, 5, 5, 5, 5, 5};
    dlrn_auc a;
    assert_ok(dlrn_auc_delong(&a, score, &hand, 0.95, NULL));
    assert_near(a.auc, 0.5, 0, 0);
    assert_near(a.lo + a.hi, 1, 1e-12, 0);
    assert_true(a.lo < 0.3);
}

static void a_class_of_one_has_an_interval_but_no_variance(void **state)
{
    (void)state;
    const uint8_t label[6] = {0, 0, 0, 0, 0, 1};
    dlrn_auc a;
    assert_ok(dlrn_auc_delong(&a, hand_score, &(dlrn_truth){label, 6, NULL}, 0.95, NULL));
    assert_near(a.auc, 1, 0, 0);
    assert_true(isnan(a.variance));
    assert_true(a.lo < 0.7);
}

static void area_and_curve_of_one_sort_are_those_of_two(void **state)
{
    (void)state;
    dlrn_auc a, b;
    dlrn_roc r, s;
    assert_ok(dlrn_auc_delong(&a, hand_score, &hand, 0.95, NULL));
    assert_ok(dlrn_roc_curve(&r, hand_score, &hand, NULL));
    assert_ok(dlrn_auc_delong_curve(&b, &s, hand_score, &hand, 0.95, NULL));
    assert_true(a.auc == b.auc && a.variance == b.variance && a.lo == b.lo && a.hi == b.hi);
    assert_int_equal(r.points, s.points);
    for (size_t i = 1; i < r.points; i++) {
        assert_true(r.point[i].threshold == s.point[i].threshold);
        assert_int_equal(r.point[i].tp, s.point[i].tp);
        assert_int_equal(r.point[i].fp, s.point[i].fp);
    }
    dlrn_roc_clear(&r);
    dlrn_roc_clear(&s);
}

static void clusters_of_one_row_are_delong(void **state)
{
    (void)state;
    const size_t each[] = {40, 7, 3, 99, 1000, 5};
    const double other[] = {2, 1, 4, 3, 3, 5};
    const dlrn_truth clustered = {hand_label, 6, each};
    dlrn_auc a, b;
    dlrn_auc_pair p, q;
    assert_ok(dlrn_auc_delong(&a, hand_score, &hand, 0.95, NULL));
    assert_ok(dlrn_auc_delong(&b, hand_score, &clustered, 0.95, NULL));
    assert_string_equal(b.ci_method, "obuchowski");
    assert_ok(dlrn_auc_compare(&p, hand_score, other, &hand, 0.95, NULL));
    assert_ok(dlrn_auc_compare(&q, hand_score, other, &clustered, 0.95, NULL));
    /* the cross term of singletons is 0: no cluster has cases and controls */
    assert_near(b.variance, a.variance, 1e-14, 0);
    assert_near(q.se, p.se, 1e-14, 0);
}

static void a_score_against_itself_does_not_differ(void **state)
{
    (void)state;
    dlrn_auc_pair d;
    assert_ok(dlrn_auc_compare(&d, hand_score, hand_score, &hand, 0.95, NULL));
    assert_near(d.z, 0.0, 0, 0);
    assert_near(d.p, 1.0, 0, 0);
}

static void curve_runs_from_nobody_to_everybody(void **state)
{
    (void)state;
    dlrn_roc r = {0};
    size_t at;
    assert_ok(dlrn_roc_curve(&r, hand_score, &hand, NULL));
    assert_int_equal(r.points, 5);
    assert_true(isnan(r.point[0].threshold));
    assert_near(r.point[4].sensitivity, 1, 0, 0);
    assert_near(r.point[4].specificity, 0, 0, 0);
    /* thresholds 3 and 2: 2/3 + 1 and 1 + 1/3 */
    assert_ok(dlrn_roc_threshold(&at, &r, &(dlrn_threshold_rule){0}, NULL));
    assert_near(r.point[at].threshold, 3, 0, 0);
    const dlrn_threshold_rule sensitive = {DLRN_THRESHOLD_SENSITIVITY, 0.9, 0, 0};
    assert_ok(dlrn_roc_threshold(&at, &r, &sensitive, NULL));
    assert_near(r.point[at].threshold, 2, 0, 0);
    dlrn_partial_auc whole;
    assert_ok(dlrn_auc_partial(&whole, &r, &(dlrn_auc_part){false, 0, 1}, NULL));
    assert_near(whole.area, 8.0 / 9.0, 1e-15, 0);
    assert_ok(dlrn_auc_partial(&whole, &r, &(dlrn_auc_part){true, 0, 1}, NULL));
    assert_near(whole.standardised, 8.0 / 9.0, 1e-15, 0);
    dlrn_roc_clear(&r);
    dlrn_roc_clear(&r);
}

static void youden_ties_go_to_the_lowest_threshold(void **state)
{
    (void)state;
    const double score[] = {1, 2, 3, 4};
    const uint8_t label[] = {0, 1, 0, 1};
    dlrn_roc r = {0};
    size_t at;
    assert_ok(dlrn_roc_curve(&r, score, &(dlrn_truth){label, 4, NULL}, NULL));
    assert_ok(dlrn_roc_threshold(&at, &r, &(dlrn_threshold_rule){0}, NULL));
    assert_near(r.point[at].threshold, 2, 0, 0);
    dlrn_roc_clear(&r);
}

static void a_specificity_out_of_reach_is_refused(void **state)
{
    (void)state;
    const double score[] = {1, 2, 4, 4};
    const uint8_t label[] = {0, 1, 0, 1};
    const dlrn_threshold_rule rule = {DLRN_THRESHOLD_SPECIFICITY, 0.9, 0, 0};
    dlrn_roc r = {0};
    dlrn_error err;
    size_t at;
    assert_ok(dlrn_roc_curve(&r, score, &(dlrn_truth){label, 4, NULL}, NULL));
    assert_int_equal(dlrn_roc_threshold(&at, &r, &rule, &err), DLRN_ENUMERIC);
    assert_string_equal(err.msg, "no threshold of the data has a specificity of 0.9: 1 of 2 "
                                 "negative rows share the highest score");
    dlrn_roc_clear(&r);
}

static void bootstrap_is_the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 200 };
    double score[N];
    uint8_t label[N];
    size_t patient[N];
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 4, 0);
    for (size_t i = 0; i < N; i++) {
        label[i] = i % 3 == 0;
        patient[i] = i / 2;
        score[i] = dlrn_rng_normal(&rng) + label[i];
    }
    for (int clustered = 0; clustered < 2; clustered++) {
        const dlrn_truth t = {label, N, clustered ? patient : NULL};
        dlrn_estimate one, many;
        dlrn_auc a;
        assert_ok(
            dlrn_auc_bootstrap(&one, score, &t, NULL, &(dlrn_bootstrap){2000, 1, 0.95, 1}, NULL));
        assert_ok(
            dlrn_auc_bootstrap(&many, score, &t, NULL, &(dlrn_bootstrap){2000, 1, 0.95, 3}, NULL));
        assert_ok(dlrn_auc_delong(&a, score, &t, 0.95, NULL));
        assert_near(one.lo, many.lo, 0, 0);
        assert_near(one.hi, many.hi, 0, 0);
        assert_near(one.lo, a.lo, 0, 0.012);
        assert_near(one.hi, a.hi, 0, 0.012);
    }
}

static void one_class_is_refused_with_its_counts(void **state)
{
    (void)state;
    const uint8_t label[6] = {0};
    dlrn_error err;
    dlrn_auc a;
    assert_int_equal(dlrn_auc_delong(&a, hand_score, &(dlrn_truth){label, 6, NULL}, 0.95, &err),
                     DLRN_EINVAL);
    assert_string_equal(err.msg, "0 positive and 6 negative rows: an AUC needs both");
}

static void a_bad_row_is_named(void **state)
{
    (void)state;
    double score[] = {1, 2, 2, 2, (double)NAN, 4};
    dlrn_error err;
    dlrn_auc a;
    assert_int_equal(dlrn_auc_delong(&a, score, &hand, 0.95, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "row 5: score is not a finite number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auc_counts_ties_half),
        cmocka_unit_test(auc_of_the_negated_score_is_one_minus_auc),
        cmocka_unit_test(complete_separation_has_an_honest_interval),
        cmocka_unit_test(equal_scores_give_a_half_with_an_interval_around_it),
        cmocka_unit_test(a_class_of_one_has_an_interval_but_no_variance),
        cmocka_unit_test(area_and_curve_of_one_sort_are_those_of_two),
        cmocka_unit_test(clusters_of_one_row_are_delong),
        cmocka_unit_test(a_score_against_itself_does_not_differ),
        cmocka_unit_test(curve_runs_from_nobody_to_everybody),
        cmocka_unit_test(youden_ties_go_to_the_lowest_threshold),
        cmocka_unit_test(a_specificity_out_of_reach_is_refused),
        cmocka_unit_test(bootstrap_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(one_class_is_refused_with_its_counts),
        cmocka_unit_test(a_bad_row_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
