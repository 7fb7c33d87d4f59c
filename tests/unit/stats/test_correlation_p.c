/* SPDX-License-Identifier: Apache-2.0
 *
 * The tabulated p-values of correlations against Student's t itself.
 */
#include "stats/correlation_p.h"

#include <dlrn/special.h>

#include "support/near.h"

#include <math.h>
#include <stdlib.h>

static void table_is_student_s_t(void **state)
{
    (void)state;
    const double rows[] = {4, 5, 6, 8, 20, 100, 712, 10000, 1e6};
    correlation_p *t = malloc(sizeof *t);
    assert_non_null(t);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        correlation_p_init(t, rows[k]);
        for (int i = 0; i < 5000; i++) {
            const double u = i / 5000.0, r = i % 2 ? u : t->far * u * u,
                         p = dlrn_t_two_sided(r * sqrt(t->df / ((1 - r) * (1 + r))), t->df);
            if (p < 1e-300) continue; // the digits of what is nearly 0 are few
            assert_near(correlation_p_value(t, r), p, 1e-12, 0);
            assert_true(correlation_p_value(t, -r) == correlation_p_value(t, r));
        }
    }
    free(t);
}

static void ends_and_few_rows(void **state)
{
    (void)state;
    correlation_p *t = malloc(sizeof *t);
    assert_non_null(t);
    correlation_p_init(t, 712);
    assert_near(correlation_p_value(t, 0), 1, 1e-15, 0);
    assert_true(correlation_p_value(t, 1) == 0);
    assert_true(correlation_p_value(t, -0.999) == 0);
    assert_true(isnan(correlation_p_value(t, (double)NAN)));
    correlation_p_init(t, 3); // p = 1 - 2 asin(r) / pi
    for (int i = 0; i <= 100; i++)
        assert_near(correlation_p_value(t, i / 100.0), acos(i / 100.0) * 2 / 3.14159265358979323846,
                    1e-13, 1e-300);
    correlation_p_init(t, 2);
    assert_true(isnan(correlation_p_value(t, 0.5)));
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_student_s_t),
        cmocka_unit_test(ends_and_few_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
