/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/special.h>

#include "support/near.h"

/* Expected values: R 4.2.2, printed with 17 digits. */
static void normal_matches_r_into_the_tails(void **state)
{
    (void)state;
    assert_near(dlrn_normal_cdf(1.96), 0.97500210485177952, 1e-14, 0);
    assert_near(dlrn_normal_upper(10), 7.6198530241605269e-24, 1e-13, 0);
    assert_near(dlrn_normal_quantile(0.975), 1.9599639845400536, 1e-14, 0);
    assert_near(dlrn_normal_two_sided(0), 1, 0, 0);
}

static void infinite_degrees_of_freedom_are_the_normal(void **state)
{
    (void)state;
    assert_near(dlrn_t_cdf(1.3, (double)INFINITY), dlrn_normal_cdf(1.3), 0, 0);
    assert_near(dlrn_t_two_sided(2.5, 10), 0.031446844236608804, 1e-13, 0);
    assert_near(dlrn_t_quantile(0.975, 7), 2.3646242515927849, 1e-13, 0);
}

static void chi_square_f_and_beta_match_r(void **state)
{
    (void)state;
    assert_near(dlrn_chi2_upper(3.841458820694124, 1), 0.05, 1e-13, 0);
    assert_near(dlrn_chi2_quantile(0.95, 1), 3.8414588206941240, 1e-13, 0);
    assert_near(dlrn_f_quantile(dlrn_f_cdf(2.5, 3, 20), 3, 20), 2.5, 1e-12, 0);
    assert_near(dlrn_beta_quantile(dlrn_beta_cdf(0.3, 2, 5), 2, 5), 0.3, 1e-13, 0);
}

static void binomial_sums_its_masses(void **state)
{
    (void)state;
    double sum = 0;
    for (int k = 0; k <= 4; k++)
        sum += dlrn_binomial_pmf(k, 12, 0.3);
    assert_near(dlrn_binomial_cdf(4, 12, 0.3), sum, 1e-13, 0);
    assert_near(dlrn_binomial_upper(4, 12, 0.3), 1 - sum, 1e-13, 0);
    assert_near(dlrn_binomial_quantile(dlrn_binomial_cdf(4, 12, 0.3), 12, 0.3), 4, 0, 0);
}

static void outside_the_domain_is_nan_and_the_ends_are_the_ends(void **state)
{
    (void)state;
    assert_true(isnan(dlrn_t_cdf(1, -1)));
    assert_true(isnan(dlrn_normal_quantile(1.5)));
    assert_true(isnan(dlrn_chi2_cdf((double)NAN, 2)));
    assert_true(isinf(dlrn_normal_quantile(1)));
    assert_near(dlrn_chi2_upper(-1, 2), 1, 0, 0);
    assert_near(dlrn_chi2_upper((double)INFINITY, 2), 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_matches_r_into_the_tails),
        cmocka_unit_test(infinite_degrees_of_freedom_are_the_normal),
        cmocka_unit_test(chi_square_f_and_beta_match_r),
        cmocka_unit_test(binomial_sums_its_masses),
        cmocka_unit_test(outside_the_domain_is_nan_and_the_ends_are_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
