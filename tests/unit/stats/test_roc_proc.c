/* SPDX-License-Identifier: Apache-2.0
 *
 * Against R 4.2.2, pROC 1.18.0, direction "<". The data are a formula: i = 0..79,
 * y = (i^2 mod 5) < 2, a = (17i mod 23) + 4y, b = (29i mod 31) + 3y.
 */
#include <dlrn/roc.h>

#include "support/near.h"

enum { N = 80 };
static double a[N], b[N], half[2][N / 2];
static uint8_t y[N], half_y[2][N / 2];
static const dlrn_truth truth = {y, N, NULL};

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        y[i] = (i * i) % 5 < 2;
        a[i] = (i * 17) % 23 + 4 * y[i];
        b[i] = (i * 29) % 31 + 3 * y[i];
        half[i % 2][i / 2] = a[i];
        half_y[i % 2][i / 2] = y[i];
    }
    return 0;
}

static void auc_variance_and_interval(void **state)
{
    (void)state;
    dlrn_auc r;
    assert_ok(dlrn_auc_delong(&r, a, &truth, 0.95, NULL));
    assert_near(r.auc, 0.63118489583333337, 1e-13, 0);
    assert_near(r.variance, 0.0040399719682791078, 1e-12, 0);
    assert_near(r.lo, 0.50660806832154137, 1e-12, 0);
}

static void paired_test(void **state)
{
    (void)state;
    dlrn_auc_pair d;
    assert_ok(dlrn_auc_compare(&d, a, b, &truth, 0.95, NULL));
    assert_near(d.z, 1.5185838886162655, 1e-12, 0);
    assert_near(d.p, 0.12886726908558443, 1e-12, 0);
    assert_near(d.lo, -0.042008358884350755, 1e-12, 0);
}

static void unpaired_test_is_welch(void **state)
{
    (void)state;
    dlrn_auc r[2];
    dlrn_auc_pair d;
    for (int g = 0; g < 2; g++)
        assert_ok(
            dlrn_auc_delong(&r[g], half[g], &(dlrn_truth){half_y[g], N / 2, NULL}, 0.95, NULL));
    assert_ok(dlrn_auc_compare_independent(&d, &r[0], &r[1], 0.95, NULL));
    assert_near(d.z, 0.41383158585772079, 1e-12, 0);
    assert_near(d.df, 77.46424318999594, 1e-12, 0);
    assert_near(d.p, 0.68014098381904631, 1e-12, 0);
}

static void partial_areas(void **state)
{
    (void)state;
    dlrn_roc r = {0};
    dlrn_partial_auc part;
    assert_ok(dlrn_roc_curve(&r, a, &truth, NULL));
    assert_ok(dlrn_auc_partial(&part, &r, &(dlrn_auc_part){false, 0.8, 1}, NULL));
    assert_near(part.area, 0.045677083333333326, 1e-12, 0);
    assert_near(part.standardised, 0.57132523148148151, 1e-12, 0);
    assert_ok(dlrn_auc_partial(&part, &r, &(dlrn_auc_part){true, 0.7, 1}, NULL));
    assert_near(part.area, 0.088007812500000018, 1e-12, 0);
    dlrn_roc_clear(&r);
}

/* coords(r, "best", best.method, best.weights): the same points of the curve. */
static void thresholds_weighed_by_cost_and_prevalence(void **state)
{
    (void)state;
    const struct {
        dlrn_threshold_rule rule;
        double sensitivity, specificity;
    } want[] = {
        {{DLRN_THRESHOLD_YOUDEN, 0, 0, 0}, 0.85416666666666663, 0.3125},
        {{DLRN_THRESHOLD_COST, 0, 3, 0.2}, 0.14583333333333334, 1},
        {{DLRN_THRESHOLD_CLOSEST, 0, 0, 0}, 0.5625, 0.59375},
        {{DLRN_THRESHOLD_CLOSEST, 0, 3, 0.2}, 0.5625, 0.59375},
        {{DLRN_THRESHOLD_CLOSEST, 0, 0.5, 0.3}, 0.25, 0.875},
    };
    dlrn_roc r = {0};
    assert_ok(dlrn_roc_curve(&r, a, &truth, NULL));
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        size_t at;
        assert_ok(dlrn_roc_threshold(&at, &r, &want[i].rule, NULL));
        assert_near(r.point[at].sensitivity, want[i].sensitivity, 1e-15, 0);
        assert_near(r.point[at].specificity, want[i].specificity, 1e-15, 0);
    }
    dlrn_roc_clear(&r);
}

/* Of the whole axis a part is the whole; the Welch test's standard error is near the bootstrap's.
 */
static void bootstraps_of_parts_and_of_independent_cohorts(void **state)
{
    (void)state;
    const dlrn_bootstrap boot = {4000, 7, 0.95, 1};
    const dlrn_auc_part all = {false, 0, 1}, part = {true, 0.7, 1};
    dlrn_estimate whole, same, some;
    assert_ok(dlrn_auc_bootstrap(&whole, a, &truth, NULL, &boot, NULL));
    assert_ok(dlrn_auc_bootstrap(&same, a, &truth, &all, &boot, NULL));
    assert_near(same.lo, whole.lo, 1e-13, 0);
    assert_near(same.hi, whole.hi, 1e-13, 0);
    assert_ok(dlrn_auc_bootstrap(&some, a, &truth, &part, &boot, NULL));
    assert_near(some.value, 0.088007812500000018, 1e-12, 0);
    assert_true(some.lo < some.value && some.value < some.hi);

    const dlrn_truth t[2] = {{half_y[0], N / 2, NULL}, {half_y[1], N / 2, NULL}};
    dlrn_auc r[2];
    dlrn_auc_pair welch, drawn;
    for (int g = 0; g < 2; g++)
        assert_ok(dlrn_auc_delong(&r[g], half[g], &t[g], 0.95, NULL));
    assert_ok(dlrn_auc_compare_independent(&welch, &r[0], &r[1], 0.95, NULL));
    assert_ok(dlrn_auc_compare_independent_bootstrap(&drawn, half[0], &t[0], half[1], &t[1], NULL,
                                                     &boot, NULL));
    assert_near(drawn.difference, welch.difference, 1e-13, 0);
    assert_near(drawn.se, welch.se, 0.06, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auc_variance_and_interval),
        cmocka_unit_test(paired_test),
        cmocka_unit_test(unpaired_test_is_welch),
        cmocka_unit_test(partial_areas),
        cmocka_unit_test(thresholds_weighed_by_cost_and_prevalence),
        cmocka_unit_test(bootstraps_of_parts_and_of_independent_cohorts),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
