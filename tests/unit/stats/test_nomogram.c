/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/nomogram.h>

#include "support/near.h"

#include <stdlib.h>

/* lo, hi, then what R 4.2.2's pretty(c(lo, hi), n = 10) gives: count, first, last. */
static const struct {
    double lo, hi;
    size_t count;
    double first, last;
} ticks[] = {
    {0, 1, 11, 0, 1},
    {0, 137.19999999999999, 15, 0, 140},
    {-3.2000000000000002, 8.9000000000000004, 14, -4, 9},
    {17, 93, 10, 10, 100},
    {0.001, 0.0041999999999999997, 8, 0.001, 0.0045000000000000005},
    {1234, 1239, 11, 1234, 1239},
    {-5, -1, 9, -5, -1},
    {65, 88.299999999999997, 14, 64, 90},
    {99.5, 100.5, 11, 99.5, 100.5},
    {0, 0, 4, -0.40000000000000002, 0.20000000000000001},
    {5, 5, 4, 3, 6},
    {-0.001, 0.001, 11, -0.001, 0.001},
};

static void ticks_are_those_of_r(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        double *v = NULL;
        size_t n;
        assert_ok(dlrn_pretty(&v, &n, ticks[i].lo, ticks[i].hi, 10, NULL));
        assert_int_equal(n, ticks[i].count);
        assert_near(v[0], ticks[i].first, 1e-13, 1e-15);
        assert_near(v[n - 1], ticks[i].last, 1e-13, 1e-15);
        free(v);
    }
}

static void the_widest_term_has_100_points_and_totals_give_the_model_back(void **state)
{
    (void)state;
    const double a[] = {-1, 0, 1, 2}, b[] = {0, -0.6};
    const dlrn_nomogram_term term[] = {{a, 4}, {b, 2}};
    dlrn_nomogram m = {0};
    assert_ok(dlrn_nomogram_build(&m, 0.25, term, 2, NULL, NULL));
    assert_near(m.points[0][3], 100, 1e-14, 0);
    assert_near(m.points[0][0], 0, 0, 0);
    assert_near(m.points[1][0], 20, 1e-13, 0);
    /* the row with a = 1, b = -0.6 */
    assert_near(dlrn_nomogram_total(&m, 0.25 + 1 - 0.6), m.points[0][2] + m.points[1][1], 1e-13, 0);
    assert_near(m.total[0], 0, 0, 0);
    assert_near(m.probability[0], 1 / (1 + exp(1.35)), 1e-14, 0);
    dlrn_nomogram_clear(&m);
}

static void a_nomogram_that_says_nothing_is_refused(void **state)
{
    (void)state;
    const double flat[] = {0.3, 0.3};
    const dlrn_nomogram_term term[] = {{flat, 2}};
    dlrn_nomogram m = {0};
    dlrn_error err;
    assert_int_equal(dlrn_nomogram_build(&m, 0, term, 1, NULL, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "no term of the nomogram changes the prediction");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_those_of_r),
        cmocka_unit_test(the_widest_term_has_100_points_and_totals_give_the_model_back),
        cmocka_unit_test(a_nomogram_that_says_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
