/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/calibration.h>

#include "support/near.h"

enum { N = 120 };
static double p[N];
static uint8_t y[N];
static const dlrn_truth truth = {y, N, NULL};

/* The data of the R session that gave the expected values (R 4.2.2; glm with epsilon 1e-15, loess
 * with surface = "direct"). */
static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        p[i] = ((i * 37) % 121 + 0.5) / 122;
        y[i] = ((i * 53) % 127) / 127.0 < p[i] * 0.8 + 0.1;
    }
    return 0;
}

static void every_figure_matches_r(void **state)
{
    (void)state;
    dlrn_calibration c;
    assert_ok(dlrn_calibrate(&c, p, &truth, NULL, NULL));
    assert_near(c.brier, 0.21828697482755532, 1e-13, 0);
    assert_near(c.intercept.value, 0.03422476878814118, 1e-9, 0);
    assert_near(c.intercept_with_slope.value, 0.018990249610345782, 1e-9, 0);
    assert_near(c.slope.value, 0.43899807984088035, 1e-9, 0);
    assert_near(c.hl_chi2, 33.055092704238731, 1e-12, 0);
    assert_near(c.hl_df, 10, 0, 0);
    assert_near(c.ici, 0.078097523419438916, 1e-9, 0);
    assert_near(c.e50, 0.055581868816179492, 1e-9, 0);
    assert_near(c.e90, 0.16748016488049711, 1e-9, 0);
    assert_near(c.emax, 0.34396841102714576, 1e-9, 0);
    assert_near(c.spiegelhalter_z, 3.0267153220866989, 1e-12, 0);
    assert_true(c.imprecise);
}

static void fitted_predictions_lose_two_degrees_of_freedom(void **state)
{
    (void)state;
    dlrn_calibration c;
    assert_ok(dlrn_calibrate(&c, p, &truth, &(dlrn_calibration_opts){.fitted = true}, NULL));
    assert_near(c.hl_df, 8, 0, 0);
}

static void separated_predictions_have_no_slope_but_a_reason(void **state)
{
    (void)state;
    const double q[] = {0.1, 0.2, 0.3, 0.7, 0.8, 1};
    const uint8_t label[] = {0, 0, 0, 1, 1, 1};
    dlrn_calibration c;
    assert_ok(dlrn_calibrate(&c, q, &(dlrn_truth){label, 6, NULL}, NULL, NULL));
    assert_true(isnan(c.slope.value));
    assert_true(c.reason[0] != 0);
    assert_int_equal(c.excluded, 1);
    assert_true(isfinite(c.log_loss));
}

/* Two rows of the same prediction and outcome in each cluster: the sandwich is that of one of them
 * (Huber-White), so the intervals of the halved data with clusters of one row are the same. */
static void doubled_rows_in_clusters_tell_no_more(void **state)
{
    (void)state;
    double twice_p[2 * N];
    uint8_t twice_y[2 * N];
    size_t own[N], pair[2 * N];
    dlrn_calibration once, twice;
    for (size_t i = 0; i < 2 * N; i++) {
        twice_p[i] = p[i / 2];
        twice_y[i] = y[i / 2];
        pair[i] = own[i / 2] = i / 2;
    }
    assert_ok(dlrn_calibrate(&once, p, &(dlrn_truth){y, N, own}, NULL, NULL));
    assert_ok(dlrn_calibrate(&twice, twice_p, &(dlrn_truth){twice_y, 2 * N, pair}, NULL, NULL));
    assert_near(twice.slope.lo, once.slope.lo, 1e-9, 0);
    assert_near(twice.intercept.hi, once.intercept.hi, 1e-9, 0);
    assert_near(twice.o_e.lo, once.o_e.lo, 1e-12, 0);
    const double at[] = {0.1, 0.5, 0.9};
    dlrn_calibration_point a[3], b[3];
    assert_ok(dlrn_calibration_curve(a, at, 3, p, &(dlrn_truth){y, N, own}, 0.95, 1, NULL));
    assert_ok(dlrn_calibration_curve(b, at, 3, twice_p, &(dlrn_truth){twice_y, 2 * N, pair}, 0.95,
                                     2, NULL));
    for (int k = 0; k < 3; k++) {
        assert_near(b[k].observed, a[k].observed, 1e-9, 0);
        assert_near(b[k].lo, a[k].lo, 1e-9, 1e-12);
    }
}

/* R 4.2.2: predict(loess(y ~ x, span = 1, control = loess.control(surface = "direct"))); rows at
 * the very edge of the neighbourhood weigh what the tricube gives them. */
static void weights_of_loess_are_the_tricubes(void **state)
{
    (void)state;
    const double x[] = {0, .0005, .002, .01, .3, .5, .6, .7, .998, .9992, .9994, 1},
                 v[] = {0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1}, at[] = {0, .0005, .5},
                 want[] = {0.52394249207142329, 0.52432329101216324, -0.10082495757684973};
    double fit[3];
    assert_ok(dlrn_loess(fit, at, 3, x, v, 12, 1, NULL));
    for (int k = 0; k < 3; k++)
        assert_near(fit[k], want[k], 1e-10, 0);
}

static void the_curve_is_that_of_loess_within_its_band(void **state)
{
    (void)state;
    double x[N], v[N], fit[2];
    size_t order[N];
    const double at[] = {0.3, 0.8};
    dlrn_calibration_point c[2];
    dlrn_sort_index(order, p, N);
    for (size_t i = 0; i < N; i++) {
        x[i] = p[order[i]];
        v[i] = y[order[i]];
    }
    assert_ok(dlrn_loess(fit, at, 2, x, v, N, 0.75, NULL));
    assert_ok(dlrn_calibration_curve(c, at, 2, p, &truth, 0.95, 1, NULL));
    for (int k = 0; k < 2; k++) {
        assert_near(c[k].observed, fit[k], 1e-12, 0);
        assert_true(c[k].lo < fit[k] && fit[k] < c[k].hi);
        assert_true(c[k].hi - c[k].lo < 0.6);
    }
}

static void one_class_is_refused(void **state)
{
    (void)state;
    const uint8_t label[N] = {0};
    dlrn_calibration c;
    dlrn_error err;
    assert_int_equal(dlrn_calibrate(&c, p, &(dlrn_truth){label, N, NULL}, NULL, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "0 positive and 120 negative rows: calibration needs both");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_matches_r),
        cmocka_unit_test(fitted_predictions_lose_two_degrees_of_freedom),
        cmocka_unit_test(separated_predictions_have_no_slope_but_a_reason),
        cmocka_unit_test(doubled_rows_in_clusters_tell_no_more),
        cmocka_unit_test(weights_of_loess_are_the_tricubes),
        cmocka_unit_test(the_curve_is_that_of_loess_within_its_band),
        cmocka_unit_test(one_class_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
