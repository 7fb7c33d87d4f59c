/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/calibration.h>
#include <dlrn/classify.h>
#include <dlrn/decision.h>
#include <dlrn/validate.h>

#include "base/lanes.h"
#include "stats/loess.h"
#include "stats/refit.h"
#include "support/near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 90, P = 2 };
static double x[N * P], risk[N];
static uint8_t y[N];
static size_t patient[N];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++) {
        x[i * P] = (double)((i * 37) % 91) / 10;
        x[i * P + 1] = (double)((i * i) % 17);
        y[i] = (i * 53) % 97 < 20 + 6 * x[i * P];
        risk[i] = ((double)((i * 29) % 89) + 0.5 + 4 * y[i]) / 95;
        patient[i] = i / 3;
    }
    return 0;
}

static void validation_has_the_same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    const dlrn_logistic_data d = {.x = x, .label = y, .n = N, .p = P};
    dlrn_validation v[2] = {0};
    for (int k = 0; k < 2; k++) {
        const dlrn_bootstrap boot = {100, 7, 0.95, k ? 3 : 1};
        assert_ok(dlrn_logistic_validate(&v[k], &d, &boot, NULL));
    }
    assert_memory_equal(v[0].index, v[1].index, sizeof v[0].index);
    assert_int_equal(v[0].points, 50);
    assert_memory_equal(v[0].corrected, v[1].corrected, 50 * sizeof(double));
    assert_true(v[0].mean_error == v[1].mean_error && v[0].mean_error > 0);
    const dlrn_optimism *slope = &v[0].index[DLRN_INDEX_SLOPE];
    assert_true(slope->corrected < 1 && slope->corrected > 0.5);
    assert_near(slope->original - slope->training + slope->test, slope->corrected, 1e-14, 0);
    assert_string_equal(dlrn_index_name(DLRN_INDEX_BRIER), "B");
    dlrn_validation_clear(&v[0]);
    dlrn_validation_clear(&v[1]);
}

static void whole_clusters_are_drawn(void **state)
{
    (void)state;
    const dlrn_bootstrap boot = {100, 7, 0.95, 0};
    const dlrn_logistic_data d = {.x = x, .label = y, .n = N, .p = P, .cluster = patient};
    dlrn_validation v = {0};
    assert_ok(dlrn_logistic_validate(&v, &d, &boot, NULL));
    assert_int_equal(v.replicates + v.failed, 100);
    dlrn_validation_clear(&v);
}

static void separated_classes_and_one_replicate_are_refused(void **state)
{
    (void)state;
    uint8_t by_x[N];
    dlrn_validation v = {0};
    dlrn_error err;
    for (size_t i = 0; i < N; i++)
        by_x[i] = x[i * P] > 4;
    const dlrn_logistic_data apart = {.x = x, .label = by_x, .n = N, .p = P};
    const dlrn_bootstrap boot = {100, 7, 0.95, 0}, one = {1, 7, 0.95, 0};
    assert_int_equal(dlrn_logistic_validate(&v, &apart, &boot, &err), DLRN_ENUMERIC);
    assert_non_null(strstr(err.msg, "perfectly separated"));
    const dlrn_logistic_data d = {.x = x, .label = y, .n = N, .p = P};
    assert_int_equal(dlrn_logistic_validate(&v, &d, &one, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "1 bootstrap replicates: at least 2 are needed");
}

static void bands_have_the_same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    const dlrn_truth t = {y, N, patient};
    const double threshold[] = {0.5, 0.2, 0.8, 0.2};
    dlrn_decision d[2] = {0};
    dlrn_classification c[2];
    for (int k = 0; k < 2; k++) {
        const dlrn_bootstrap boot = {200, 5, 0.95, k ? 3 : 1};
        const dlrn_decision_opts o = {.prevalence = (double)NAN, .boot = boot};
        assert_ok(dlrn_decision_curve(&d[k], risk, &t, threshold, 4, &o, NULL));
        assert_ok(dlrn_classify(&c[k], risk, &t, 0.5, DLRN_WILSON, &boot, NULL));
    }
    assert_memory_equal(d[0].lo, d[1].lo, sizeof threshold);
    assert_memory_equal(d[0].hi, d[1].hi, sizeof threshold);
    assert_memory_equal(&c[0], &c[1], sizeof c[0]);
    /* thresholds come in any order, and a repeated one has one answer */
    assert_true(d[0].lo[1] == d[0].lo[3] && d[0].net_benefit[1] == d[0].net_benefit[3]);
    double tp = 0, fp = 0;
    for (size_t i = 0; i < N; i++)
        if (risk[i] >= 0.2) *(y[i] ? &tp : &fp) += 1;
    assert_near(d[0].net_benefit[1], tp / N - fp / N * 0.25, 1e-13, 0);
    assert_true(d[0].lo[1] < d[0].net_benefit[1] && d[0].net_benefit[1] < d[0].hi[1]);
    dlrn_decision_clear(&d[0]);
    dlrn_decision_clear(&d[1]);
}

/* Many rows: the curve at 1,000 points, straight in between, against the curve at each row. */
static void a_curve_at_a_thousand_points_is_that_of_all_rows(void **state)
{
    (void)state;
    enum { MANY = 6000 };
    double *p = calloc(MANY, sizeof *p), *t = calloc(MANY, sizeof *t);
    double *fit = calloc(MANY, sizeof *fit), ici = 0;
    uint8_t *label = calloc(MANY, sizeof *label);
    for (size_t i = 0; i < MANY; i++) {
        p[i] = ((double)i + 0.5) / MANY * 0.9;
        label[i] = (double)((i * 7919) % 6007) / 6007 < p[i] * p[i] + 0.1;
        t[i] = label[i];
    }
    dlrn_calibration c;
    assert_ok(dlrn_calibrate(&c, p, &(dlrn_truth){label, MANY, NULL}, NULL, NULL));
    assert_ok(dlrn_loess(fit, p, MANY, p, t, MANY, 0.75, NULL));
    for (size_t i = 0; i < MANY; i++)
        ici += fabs(fit[i] - p[i]) / MANY;
    assert_near(c.ici, ici, 0, 1e-6);
    free(label);
    free(fit);
    free(t);
    free(p);
}

static void exponentials_and_logarithms_are_those_of_libm(void **state)
{
    (void)state;
    for (int i = -7080; i <= 7080; i++) {
        const double t = i / 10.0 + 1e-3 * (i % 7), e = fabs(i / 7080.0);
        const lanes grow = lanes_exp((lanes){t, 0, -t, 1}),
                    log = lanes_log1p((lanes){e, 0, 1, e / 3});
        if (fabs(t) < 708) assert_near(grow[0], exp(t), 4e-16, 0);
        assert_true(grow[1] == 1 && log[1] == 0);
        assert_near(log[0], log1p(e), 6e-16, 0);
        assert_near(log[3], log1p(e / 3), 6e-16, 0);
    }
    const lanes far = lanes_exp((lanes){1000, -1000, -0.0, 708});
    assert_true(isfinite(far[0]) && far[1] > 0 && far[1] < 1e-300 && far[2] == 1 &&
                far[0] == far[3]);
}

static void rows_that_count_are_copies(void **state)
{
    (void)state;
    enum { ROWS = 41, MOST = 200, AT = 30 };
    double rx[ROWS], ry[ROWS], count[ROWS], cx[MOST], cy[MOST], at[AT], counted[AT], copied[AT];
    uint32_t copy[MOST];
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        rx[i] = i < 3 ? 0.1 : (double)i / ROWS + 0.1 * (double)(i % 2); // ties, then none
        if (i && rx[i] < rx[i - 1]) rx[i] = rx[i - 1];
        ry[i] = (i * 7) % 5 < 1 + i / 12;
        count[i] = (double)(1 + i * i % 4);
        for (size_t k = 0; k < (size_t)count[i]; k++, n++) {
            copy[n] = (uint32_t)i;
            cx[n] = rx[i];
            cy[n] = ry[i];
        }
    }
    for (size_t j = 0; j < AT; j++)
        at[j] = 0.05 + (double)j / AT;
    const loess_rows rows = {rx, ry, count, copy, ROWS, n};
    assert_ok(stats_loess(counted, at, AT, &rows, 0.75, NULL));
    assert_ok(dlrn_loess(copied, at, AT, cx, cy, n, 0.75, NULL));
    for (size_t j = 0; j < AT; j++)
        assert_near(counted[j], copied[j], 1e-12, 1e-13);
}

/* The fit without safeguards against the one with them, rows counted 0 to 3 times. */
static void the_quick_fit_is_the_careful_one(void **state)
{
    (void)state;
    enum { ROOM = N + 6 };
    double column[P + 1][ROOM] = {{0}}, label[ROOM] = {0}, weight[ROOM] = {0}, beta[P + 1] = {0};
    double eta[ROOM], prob[ROOM], slope[ROOM], rest[ROOM], small[(P + 1) * (P + 4)];
    for (size_t i = 0; i < N; i++) {
        column[0][i] = 1;
        for (size_t j = 0; j < P; j++)
            column[j + 1][i] = x[i * P + j];
        label[i] = y[i];
        weight[i] = (double)(i * 5 % 4);
    }
    const double *const z[] = {column[0], column[1], column[2]};
    refit f = {.n = N,
               .k = P + 1,
               .z = z,
               .label = label,
               .weight = weight,
               .beta = beta,
               .eta = eta,
               .prob = prob,
               .slope = slope,
               .rest = rest,
               .small = small};
    const dlrn_logistic_data d = {.x = x, .label = y, .n = N, .p = P, .weight = weight};
    dlrn_logistic m = {0};
    assert_ok(dlrn_logistic_fit(&m, &d, NULL, NULL));
    for (size_t j = 0; j < m.k; j++)
        beta[j] = 0.9 * m.coefficient[j];
    assert_true(refit_run(&f));
    for (size_t j = 0; j < m.k; j++)
        assert_near(beta[j], m.coefficient[j], 1e-11, 0);
    assert_near(f.loglik, m.loglik, 1e-13, 0);
    for (size_t i = 0; i < N; i++) // no maximum: the classes part
        label[i] = column[1][i] > 4;
    assert_false(refit_run(&f));
    dlrn_logistic_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validation_has_the_same_bits_on_any_number_of_threads),
        cmocka_unit_test(whole_clusters_are_drawn),
        cmocka_unit_test(exponentials_and_logarithms_are_those_of_libm),
        cmocka_unit_test(rows_that_count_are_copies),
        cmocka_unit_test(the_quick_fit_is_the_careful_one),
        cmocka_unit_test(separated_classes_and_one_replicate_are_refused),
        cmocka_unit_test(bands_have_the_same_bits_on_any_number_of_threads),
        cmocka_unit_test(a_curve_at_a_thousand_points_is_that_of_all_rows),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
