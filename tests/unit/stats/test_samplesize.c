/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/samplesize.h>

/* Riley et al., BMJ 2020;368:m441: pre-eclampsia, R2 0.288 over 24 parameters at 0.174 gives 623
 * by shrinkage; the other two by hand from the paper's formulas. */
static void development_follows_the_published_example(void **state)
{
    (void)state;
    dlrn_samplesize s;
    assert_ok(dlrn_samplesize_develop(&s, 0.174, 24, 0.288, NULL));
    assert_near(s.criterion[0].n, 623, 0, 0);
    assert_near(s.criterion[2].n, 221, 0, 0);
    assert_near(s.criterion[2].events, 39, 0, 0);
    const double most = 1 - pow(pow(0.174, 0.174) * pow(0.826, 0.826), 2);
    const double shrinkage = 0.288 / (0.288 + 0.05 * most);
    assert_near(s.criterion[1].n, ceil(24 / ((shrinkage - 1) * log(1 - 0.288 / shrinkage))), 0, 0);
    assert_near(s.n, fmax(s.criterion[1].n, 623), 0, 0);
}

/* The examples that the R packages pmsampsize and pmvalsampsize are tested with. */
static void criteria_are_those_of_the_authors_packages(void **state)
{
    (void)state;
    static const double want[][6] = {// prevalence, parameters, R2, the three criteria
                                     {0.174, 24, 0.288, 623, 662, 221},
                                     {0.174, 24, 0.55, 255, 532, 221},
                                     {0.174, 36, 0.288, 934, 992, 221},
                                     {0.25, 24, 0.288, 623, 590, 289}};
    dlrn_samplesize s;
    for (size_t k = 0; k < 4; k++) {
        assert_ok(dlrn_samplesize_develop(&s, want[k][0], want[k][1], want[k][2], NULL));
        for (size_t i = 0; i < 3; i++)
            assert_near(s.criterion[i].n, want[k][3 + i], 0, 0);
    }
    assert_ok(dlrn_samplesize_validate(&s, 0.018, 0.8, 1, 0.2, 0.1, NULL));
    assert_near(s.criterion[0].n, 905, 0, 0);
    assert_near(s.criterion[2].n, 4252, 0, 0);
}

/* Two million simulated rows gave 0.2906, 0.2117 and 0.0252. */
static void an_auc_means_an_r2(void **state)
{
    (void)state;
    assert_near(dlrn_samplesize_r2cs(0.174, 0.89), 0.2906, 0, 1e-3);
    assert_near(dlrn_samplesize_r2cs(0.77, 0.81), 0.2117, 0, 1e-3);
    assert_near(dlrn_samplesize_r2cs(0.05, 0.7), 0.0252, 0, 5e-4);
    assert_near(dlrn_samplesize_r2cs(0.3, 0.8), dlrn_samplesize_r2cs(0.7, 0.8), 1e-12, 0);
    assert_true(isnan(dlrn_samplesize_r2cs(0.3, 0.5)));
}

static void validation_widths_come_out(void **state)
{
    (void)state;
    dlrn_samplesize s;
    assert_ok(dlrn_samplesize_validate(&s, 0.5, 0.8, 0.2, 0.3, 0.1, NULL));
    const double se = sqrt(1 / s.criterion[0].n); // (1 - 0.5) / 0.5 is 1
    assert_near(exp(1.96 * se) - exp(-1.96 * se), 0.2, 1e-3, 0);
    assert_near(s.criterion[2].events, ceil(s.criterion[2].n / 2), 0, 0);
    // a slope asks for more where the AUC is smaller: the predictor varies less
    dlrn_samplesize weak;
    assert_ok(dlrn_samplesize_validate(&weak, 0.5, 0.65, 0.2, 0.3, 0.1, NULL));
    assert_true(weak.criterion[1].n > s.criterion[1].n);
}

/* pmvalsampsize's formula in R, its standard error of 0.051 (for a width of 0.2) as it is. */
static void net_benefit_is_that_of_pmvalsampsize(void **state)
{
    (void)state;
    static const double want[][6] = {// prevalence, sensitivity, specificity, threshold, rows
                                     {0.018, 0.5, 0.9, 0.08, 11028, 11020},
                                     {0.3, 0.8, 0.7, 0.2, 301, 301},
                                     {0.5, 0.9, 0.6, 0.5, 500, 500},
                                     {0.174, 0.75, 0.81, 0.1, 462, 461}};
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        const double *a = want[k];
        for (size_t rounded = 0; rounded < 2; rounded++) {
            dlrn_samplesize s;
            dlrn_samplesize_decision d = {
                .threshold = a[3], .sensitivity = a[1], .specificity = a[2]};
            assert_ok(dlrn_samplesize_validate(&s, a[0], 0.8, 1, 1, 0.5, NULL));
            assert_ok(
                dlrn_samplesize_net_benefit(&s, &d, a[0], rounded ? 2 * 1.96 * 0.051 : 0.2, NULL));
            assert_int_equal(s.criteria, 4);
            assert_string_equal(s.criterion[3].name, "net_benefit");
            assert_near(s.criterion[3].n, a[rounded ? 4 : 5], 0, 0);
            const double w = (1 - a[0]) / a[0] * a[3] / (1 - a[3]);
            assert_near(d.standardised_net_benefit, a[1] - w * (1 - a[2]), 1e-12, 0);
        }
    }
}

/* Four million simulated rows gave 0.8527, 0.5563 and 0.4969, 0.8320. */
static void an_auc_means_sensitivity_and_specificity(void **state)
{
    (void)state;
    dlrn_samplesize_decision d = {.threshold = 0.2};
    assert_ok(dlrn_samplesize_accuracy(&d, 0.3, 0.8, NULL));
    assert_near(d.sensitivity, 0.8527, 0, 1e-3);
    assert_near(d.specificity, 0.5563, 0, 1e-3);
    d.threshold = 0.15;
    assert_ok(dlrn_samplesize_accuracy(&d, 0.1, 0.75, NULL));
    assert_near(d.sensitivity, 0.4969, 0, 1e-3);
    assert_near(d.specificity, 0.8320, 0, 1e-3);
}

static void values_out_of_range_are_named(void **state)
{
    (void)state;
    dlrn_samplesize s;
    dlrn_error err;
    assert_int_equal(dlrn_samplesize_develop(&s, 0, 5, 0.1, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "prevalence is 0, expected between 0 and 1");
    assert_int_equal(dlrn_samplesize_validate(&s, 0.3, 1, 0.2, 0.2, 0.1, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "AUC is 1, expected between 0.5 and 1");
    dlrn_samplesize_decision d = {.threshold = 1};
    assert_int_equal(dlrn_samplesize_accuracy(&d, 0.3, 0.8, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "threshold is 1, expected a risk between 0 and 1");
    d = (dlrn_samplesize_decision){.threshold = 0.2, .sensitivity = 1.5, .specificity = 0.5};
    assert_int_equal(dlrn_samplesize_net_benefit(&s, &d, 0.3, 0.2, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "sensitivity 1.5 and specificity 0.5: expected 0 to 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(development_follows_the_published_example),
        cmocka_unit_test(validation_widths_come_out),
        cmocka_unit_test(criteria_are_those_of_the_authors_packages),
        cmocka_unit_test(an_auc_means_an_r2),
        cmocka_unit_test(net_benefit_is_that_of_pmvalsampsize),
        cmocka_unit_test(an_auc_means_sensitivity_and_specificity),
        cmocka_unit_test(values_out_of_range_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
