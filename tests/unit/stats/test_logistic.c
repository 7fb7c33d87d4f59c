/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/logistic.h>

#include "support/near.h"

#include <string.h>

enum { N = 40 };

/* The data of the R session that gave the expected values: i = 0..39, x1 = 7i mod 11,
 * x2 = (5i mod 13) / 2, y = (i^2 + 3i) mod 7 < 3, clusters of two. */
static double x[N][2];
static uint8_t y[N];
static size_t pair[N];
static const dlrn_logistic_data data = {.x = x[0], .label = y, .n = N, .p = 2, .cluster = pair};

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++) {
        x[i][0] = (double)((i * 7) % 11);
        x[i][1] = (double)((i * 5) % 13) / 2;
        y[i] = (i * i + 3 * i) % 7 < 3;
        pair[i] = i / 2;
    }
    return 0;
}

static void fit_matches_glm(void **state)
{
    (void)state;
    dlrn_logistic m = {0};
    dlrn_error err;
    assert_ok(dlrn_logistic_fit(&m, &data, NULL, &err));
    assert_near(m.coefficient[0], -0.86679617026016031, 1e-9, 0);
    assert_near(m.coefficient[1], 0.060890310874470992, 1e-9, 0);
    assert_near(m.coefficient[2], -0.10278992027894886, 1e-9, 0);
    dlrn_logistic_term t;
    dlrn_logistic_wald(&t, &m, 0, 0.95);
    assert_near(t.se, 0.78847833427510816, 1e-9, 0);
    dlrn_logistic_wald(&t, &m, 2, 0.95);
    assert_near(t.se, 0.1856463522238069, 1e-9, 0);
    assert_near(m.loglik, -24.168159343094498, 1e-12, 0);
    assert_near(m.null_deviance, 48.869144164391479, 1e-12, 0);
    assert_near(m.aic, 54.336318686188996, 1e-12, 0);
    assert_string_equal(m.name[1], "x1");
    dlrn_logistic_clear(&m);
}

static void profile_ends_lie_where_the_likelihood_says(void **state)
{
    (void)state;
    dlrn_logistic m = {0};
    double lo, hi;
    assert_ok(dlrn_logistic_fit(&m, &data, NULL, NULL));
    /* MASS interpolates its profile: good to four digits */
    assert_ok(dlrn_logistic_profile(&lo, &hi, &m, &data, NULL, 1, 0.95, NULL));
    assert_near(lo, -0.15361624142634722, 1e-4, 0);
    assert_near(hi, 0.28434903451673627, 1e-4, 0);
    assert_ok(dlrn_logistic_profile(&lo, &hi, &m, &data, NULL, 0, 0.95, NULL));
    assert_near(lo, -2.53134404912655198, 1e-4, 0);
    assert_near(hi, 0.62617352853122155, 1e-4, 0);
    dlrn_logistic_clear(&m);
}

/* There the intercept is as sure as the slope, that many times larger and against it. */
static void an_intercept_far_from_the_data_has_a_profile(void **state)
{
    (void)state;
    const double far = 1e9;
    double v[N];
    for (size_t i = 0; i < N; i++)
        v[i] = far + x[i][0];
    const dlrn_logistic_data d = {.x = v, .label = y, .n = N, .p = 1};
    for (int firth = 0; firth < 2; firth++) {
        const dlrn_logistic_opts o = {.firth = firth == 1};
        dlrn_logistic m = {0};
        double lo[2], hi[2];
        dlrn_lr_test t[2];
        assert_ok(dlrn_logistic_fit(&m, &d, &o, NULL));
        for (size_t k = 0; k < 2; k++) {
            assert_ok(dlrn_logistic_profile(&lo[k], &hi[k], &m, &d, &o, k, 0.95, NULL));
            assert_ok(dlrn_logistic_profile_test(&t[k], &m, &d, &o, k, 1, NULL));
        }
        assert_near(lo[0], -far * hi[1], 1e-6, 0);
        assert_near(hi[0], -far * lo[1], 1e-6, 0);
        assert_near(t[0].p, t[1].p, 1e-6, 0);
        dlrn_logistic_clear(&m);
    }
}

/* b = a + 1e-5 e: the coefficient of b is that of e, 1e5 times, in the model of a and e. */
static void nearly_dependent_columns_have_their_profiles(void **state)
{
    (void)state;
    double near[N][2];
    for (size_t i = 0; i < N; i++) {
        near[i][0] = x[i][0];
        near[i][1] = x[i][0] + 1e-5 * x[i][1];
    }
    const dlrn_logistic_data d = {.x = near[0], .label = y, .n = N, .p = 2};
    for (int firth = 0; firth < 2; firth++) {
        const dlrn_logistic_opts o = {.firth = firth == 1};
        dlrn_logistic m = {0}, apart = {0};
        double lo, hi, want_lo, want_hi;
        assert_ok(dlrn_logistic_fit(&m, &d, &o, NULL));
        assert_ok(dlrn_logistic_fit(&apart, &data, &o, NULL));
        assert_near(m.coefficient[2], 1e5 * apart.coefficient[2], 1e-4, 0);
        assert_ok(dlrn_logistic_profile(&lo, &hi, &m, &d, &o, 2, 0.95, NULL));
        assert_ok(dlrn_logistic_profile(&want_lo, &want_hi, &apart, &data, &o, 2, 0.95, NULL));
        assert_near(lo, 1e5 * want_lo, 1e-4, 0);
        assert_near(hi, 1e5 * want_hi, 1e-4, 0);
        dlrn_logistic_clear(&apart);
        dlrn_logistic_clear(&m);
    }
}

static void sandwich_and_vif_match_rms(void **state)
{
    (void)state;
    dlrn_logistic m = {0};
    double vif[2];
    assert_ok(dlrn_logistic_fit(&m, &data, &(dlrn_logistic_opts){.sandwich = true}, NULL));
    assert_near(sqrt(m.covariance[0]), 0.83331282612027024, 1e-8, 0);
    assert_near(sqrt(m.covariance[4]), 0.10864043261108418, 1e-8, 0);
    dlrn_logistic_clear(&m);
    assert_ok(dlrn_logistic_fit(&m, &data, NULL, NULL));
    assert_ok(dlrn_logistic_vif(vif, &m, NULL));
    assert_near(vif[0], 1.0298949469031085, 1e-8, 0);
    dlrn_logistic_clear(&m);
}

static void separation_is_refused_by_name_and_firth_answers(void **state)
{
    (void)state;
    const double v[] = {1, 2, 3, 4, 5, 6};
    const uint8_t label[] = {0, 0, 0, 1, 1, 1};
    const char *name[] = {"score"};
    const dlrn_logistic_data d = {.x = v, .label = label, .n = 6, .p = 1, .name = name};
    dlrn_logistic m = {0};
    dlrn_error err;
    assert_int_equal(dlrn_logistic_fit(&m, &d, NULL, &err), DLRN_ENUMERIC);
    assert_string_equal(
        err.msg,
        "the classes are perfectly separated (by 'score'): no finite "
        "estimate exists; use Firth's penalty (dlrn stats logistic --firth) or leave it out");
    assert_ok(dlrn_logistic_fit(&m, &d, &(dlrn_logistic_opts){.firth = true}, NULL));
    assert_true(m.coefficient[1] > 0.5 && m.coefficient[1] < 5);
    /* the middle of the data is even odds, by symmetry */
    assert_near(m.coefficient[0] + 3.5 * m.coefficient[1], 0, 0, 1e-9);
    dlrn_logistic_clear(&m);
}

/* As many coefficients as rows: half a case and half a control more of each row. */
static void firth_of_a_saturated_model_has_its_closed_form(void **state)
{
    (void)state;
    const double v[] = {1, 2};
    const uint8_t label[] = {0, 1};
    const dlrn_logistic_data d = {.x = v, .label = label, .n = 2, .p = 1};
    dlrn_logistic m = {0};
    assert_ok(dlrn_logistic_fit(&m, &d, &(dlrn_logistic_opts){.firth = true}, NULL));
    assert_near(m.coefficient[0], -3 * log(3), 1e-10, 0);
    assert_near(m.coefficient[1], 2 * log(3), 1e-10, 0);
    dlrn_logistic_clear(&m);
}

/* A cubic on twelve rows: leverages change along the way, hundreds of steps are needed. brglm2 0.9
 * with epsilon = 1e-13. */
static void firth_closes_in_on_a_curve_of_few_rows(void **state)
{
    (void)state;
    enum { ROWS = 12 };
    const uint8_t label[ROWS] = {1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1};
    const double want[] = {-1.2808519656383, 0.9153839996712, 0.1440275259222, -0.0506425668635};
    double v[ROWS][3];
    for (int i = 0; i < ROWS; i++) {
        v[i][0] = i * 7 % 11 - 5 + 0.1 * i;
        v[i][1] = v[i][0] * v[i][0];
        v[i][2] = v[i][0] * v[i][1];
    }
    const dlrn_logistic_data d = {.x = v[0], .label = label, .n = ROWS, .p = 3};
    dlrn_logistic m = {0};
    assert_ok(dlrn_logistic_fit(&m, &d, &(dlrn_logistic_opts){.firth = true}, NULL));
    for (size_t k = 0; k < 4; k++)
        assert_near(m.coefficient[k], want[k], 1e-8, 0);
    dlrn_logistic_clear(&m);
}

static void quasi_separation_is_refused_too(void **state)
{
    (void)state;
    const double v[] = {0, 0, 0, 0, 1, 1, 0, 0};
    const uint8_t label[] = {0, 0, 1, 0, 1, 1, 1, 0};
    const dlrn_logistic_data d = {.x = v, .label = label, .n = 8, .p = 1};
    dlrn_logistic m = {0};
    assert_int_equal(dlrn_logistic_fit(&m, &d, NULL, NULL), DLRN_ENUMERIC);
}

static void dependent_and_constant_columns_are_named(void **state)
{
    (void)state;
    double v[N][3];
    const char *name[] = {"a", "b", "sum"};
    for (size_t i = 0; i < N; i++) {
        v[i][0] = x[i][0];
        v[i][1] = x[i][1];
        v[i][2] = x[i][0] + 2 * x[i][1];
    }
    dlrn_logistic_data d = {.x = v[0], .label = y, .n = N, .p = 3, .name = name};
    dlrn_logistic m = {0};
    dlrn_error err;
    assert_int_equal(dlrn_logistic_fit(&m, &d, NULL, &err), DLRN_ENUMERIC);
    assert_string_equal(err.msg,
                        "column 'sum' is a linear combination of the others: leave one out");
    for (size_t i = 0; i < N; i++)
        v[i][1] = 3.1;
    assert_int_equal(dlrn_logistic_fit(&m, &d, NULL, &err), DLRN_ENUMERIC);
    assert_string_equal(err.msg, "column 'b' has the same value in all 40 rows: leave it out");
}

static void weights_repeat_rows(void **state)
{
    (void)state;
    double weight[N], twice[2 * N][2];
    uint8_t label[2 * N];
    for (size_t i = 0; i < N; i++) {
        weight[i] = 2;
        for (size_t c = 0; c < 2; c++) {
            label[2 * i + c] = y[i];
            twice[2 * i + c][0] = x[i][0];
            twice[2 * i + c][1] = x[i][1];
        }
    }
    dlrn_logistic_data d = data;
    const dlrn_logistic_data full = {.x = twice[0], .label = label, .n = 2 * N, .p = 2};
    dlrn_logistic a = {0}, b = {0};
    d.weight = weight;
    assert_ok(dlrn_logistic_fit(&a, &d, NULL, NULL));
    assert_ok(dlrn_logistic_fit(&b, &full, NULL, NULL));
    assert_near(a.coefficient[1], b.coefficient[1], 1e-11, 0);
    assert_near(a.covariance[8], b.covariance[8], 1e-11, 0);
    assert_near(a.loglik, b.loglik, 1e-12, 0);
    dlrn_logistic_clear(&a);
    dlrn_logistic_clear(&b);
}

static void rows_of_weight_0_are_no_rows(void **state)
{
    (void)state;
    double weight[N], v[N][2];
    const char *name[] = {"a", "b"};
    for (size_t i = 0; i < N; i++) {
        weight[i] = i % 2 ? 1 : 0;
        v[i][0] = x[i][0];
        v[i][1] = i % 2 ? 3.1 : x[i][1];
    }
    const dlrn_logistic_data d = {
        .x = v[0], .label = y, .n = N, .p = 2, .weight = weight, .name = name};
    dlrn_logistic m = {0};
    dlrn_error err;
    assert_int_equal(dlrn_logistic_fit(&m, &d, NULL, &err), DLRN_ENUMERIC);
    assert_string_equal(err.msg, "column 'b' has the same value in all 20 rows: leave it out");
}

static void the_sandwich_needs_more_clusters_than_coefficients(void **state)
{
    (void)state;
    size_t cluster[N];
    for (size_t i = 0; i < N; i++)
        cluster[i] = i % 3;
    dlrn_logistic_data d = data;
    d.cluster = cluster;
    dlrn_logistic m = {0};
    dlrn_error err;
    assert_int_equal(dlrn_logistic_fit(&m, &d, &(dlrn_logistic_opts){.sandwich = true}, &err),
                     DLRN_EINVAL);
    assert_string_equal(err.msg, "3 clusters for 3 coefficients: the sandwich needs more clusters "
                                 "than coefficients");
}

/* Variances of 1e300 and 1e-300 have no product. */
static void inflation_does_not_depend_on_units(void **state)
{
    (void)state;
    double v[N][2], vif[2], far[2];
    for (size_t i = 0; i < N; i++) {
        v[i][0] = x[i][0] * 1e145;
        v[i][1] = x[i][1] * 1e-145;
    }
    const dlrn_logistic_data d = {.x = v[0], .label = y, .n = N, .p = 2};
    dlrn_logistic near = {0}, m = {0};
    assert_ok(dlrn_logistic_fit(&near, &data, NULL, NULL));
    assert_ok(dlrn_logistic_fit(&m, &d, NULL, NULL));
    assert_ok(dlrn_logistic_vif(vif, &near, NULL));
    assert_ok(dlrn_logistic_vif(far, &m, NULL));
    assert_near(far[0], vif[0], 1e-10, 0);
    assert_near(far[1], vif[1], 1e-10, 0);
    dlrn_logistic_clear(&near);
    dlrn_logistic_clear(&m);
}

static void a_column_beyond_the_range_of_squares_asks_for_another_unit(void **state)
{
    (void)state;
    static const double dose[] = {1e200, -2e200, 3e200, 4e200, -1e200, 2e200};
    static const uint8_t label[] = {0, 1, 0, 1, 1, 0};
    static const char *const name[] = {"dose"};
    const dlrn_logistic_data d = {.x = dose, .label = label, .n = 6, .p = 1, .name = name};
    dlrn_logistic m = {0};
    dlrn_error err;
    assert_int_equal(dlrn_logistic_fit(&m, &d, NULL, &err), DLRN_ENUMERIC);
    assert_non_null(strstr(err.msg, "column 'dose': its values spread by inf"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_beyond_the_range_of_squares_asks_for_another_unit),
        cmocka_unit_test(fit_matches_glm),
        cmocka_unit_test(profile_ends_lie_where_the_likelihood_says),
        cmocka_unit_test(an_intercept_far_from_the_data_has_a_profile),
        cmocka_unit_test(nearly_dependent_columns_have_their_profiles),
        cmocka_unit_test(sandwich_and_vif_match_rms),
        cmocka_unit_test(separation_is_refused_by_name_and_firth_answers),
        cmocka_unit_test(quasi_separation_is_refused_too),
        cmocka_unit_test(dependent_and_constant_columns_are_named),
        cmocka_unit_test(weights_repeat_rows),
        cmocka_unit_test(firth_of_a_saturated_model_has_its_closed_form),
        cmocka_unit_test(firth_closes_in_on_a_curve_of_few_rows),
        cmocka_unit_test(rows_of_weight_0_are_no_rows),
        cmocka_unit_test(the_sandwich_needs_more_clusters_than_coefficients),
        cmocka_unit_test(inflation_does_not_depend_on_units),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
