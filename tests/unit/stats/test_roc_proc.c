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
    assert_ok(dlrn_auc_partial(&part, &r, false, 0.8, 1, NULL));
    assert_near(part.area, 0.045677083333333326, 1e-12, 0);
    assert_near(part.standardised, 0.57132523148148151, 1e-12, 0);
    assert_ok(dlrn_auc_partial(&part, &r, true, 0.7, 1, NULL));
    assert_near(part.area, 0.088007812500000018, 1e-12, 0);
    dlrn_roc_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auc_variance_and_interval),
        cmocka_unit_test(paired_test),
        cmocka_unit_test(unpaired_test_is_welch),
        cmocka_unit_test(partial_areas),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
