/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/spline.h>

#include "support/near.h"

/* R 4.2.2, Hmisc 4.8-0: rcspline.eval(x, nk, inclx = TRUE) of x = (37 i mod 151) / 3, i = 0..n-1;
 * its knots and the last column of row 11. */
static const struct {
    size_t n, knots;
    double knot[6], last;
} cases[] = {
    {60, 3, {3.3333333333333335, 24.333333333333336, 47.333333333333336}, 3.7326293235384176},
    {60,
     4,
     {3.3333333333333335, 17.316666666666666, 32.350000000000001, 47.333333333333336},
     0.079096268078512513},
    {60,
     5,
     {3.3333333333333335, 12.891666666666664, 24.333333333333332, 36.25833333333334,
      47.333333333333336},
     0},
    {60,
     6,
     {3.3333333333333335, 11.523333333333333, 20.856666666666666, 28.810000000000002,
      37.763333333333335, 47.333333333333336},
     0},
    {150, 3, {4.9666666666666668, 24.833333333333336, 45.033333333333331}, 3.4542468736243856},
    {150,
     4,
     {2.4833333333333329, 17.383333333333333, 32.283333333333339, 47.516666666666659},
     0.072720330984551038},
    {150,
     5,
     {2.4833333333333329, 13.65833333333333, 24.833333333333329, 36.008333333333333,
      47.516666666666659},
     0},
    {150,
     6,
     {2.4833333333333329, 11.423333333333332, 20.363333333333333, 29.303333333333335,
      38.576666666666668, 47.516666666666659},
     0},
};

static void knots_and_columns_are_those_of_hmisc(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double x[150], knot[7], column[6];
        for (size_t i = 0; i < cases[c].n; i++)
            x[i] = (double)((i * 37) % 151) / 3;
        assert_ok(dlrn_rcs_knots(knot, cases[c].knots, x, cases[c].n, NULL));
        for (size_t k = 0; k < cases[c].knots; k++)
            assert_near(knot[k], cases[c].knot[k], 1e-13, 0);
        dlrn_rcs_basis(column, x[10], knot, cases[c].knots);
        assert_near(column[cases[c].knots - 2], cases[c].last, 1e-12, 1e-13);
    }
}

static void too_few_values_are_refused(void **state)
{
    (void)state;
    const double x[] = {0, 1, 0, 1, 0, 1, 0, 1};
    double knot[4];
    dlrn_error err;
    assert_int_equal(dlrn_rcs_knots(knot, 4, x, 8, &err), DLRN_ENUMERIC);
    assert_string_equal(err.msg,
                        "too few distinct values for a spline with 4 knots: use fewer knots");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knots_and_columns_are_those_of_hmisc),
        cmocka_unit_test(too_few_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
