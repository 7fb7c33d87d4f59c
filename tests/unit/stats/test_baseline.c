/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/baseline.h>

#include <string.h>

static const uint8_t label[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1};
static const double age[] = {50, 55, 61, 64, 70, 58, 66, 71, 75, 83, (double)NAN, 99};
static const char *const sex[] = {"m", "f", "m", "m", "f", "f", "f", "m", "f", "f", NULL, "f"};
static const double yes[] = {0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1};
static const uint8_t use[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};

static void expect_text(const dlrn_baseline_row *r, size_t group, const char *want)
{
    dlrn_str s = {0};
    dlrn_baseline_text(&s, r, group);
    assert_string_equal(dlrn_str_get(&s), want);
    dlrn_str_clear(&s);
}

static void a_table_has_numbers_levels_tests_and_missing_values(void **state)
{
    (void)state;
    const dlrn_baseline_column c[] = {{"age", age, NULL}, {"sex", NULL, sex}, {"fall", yes, NULL}};
    dlrn_baseline b;
    assert_ok(dlrn_baseline_make(&b, c, 3, label, use, 12, NULL));
    assert_int_equal(b.n, 5);
    assert_int_equal(b.row[0].form, DLRN_BASELINE_MEAN_SD);
    expect_text(&b.row[0], 1, "60.00 (7.78)");
    expect_text(&b.row[0], 2, "70.60 (9.40)");
    assert_string_equal(b.row[0].test, "welch");
    assert_int_equal(b.row[0].missing, 1);
    assert_near(b.row[0].standardised, 10.6 / sqrt((60.5 + 88.3) / 2), 1e-12, 0);
    assert_string_equal(b.row[1].level, "f");
    expect_text(&b.row[1], 0, "6 (60.0%)");
    expect_text(&b.row[2], 1, "3 (60.0%)");
    assert_string_equal(b.row[1].test, "fisher");
    assert_near(b.row[1].p, 0.523809523809524, 1e-12, 0);
    assert_near(b.row[1].standardised, 0.4 / sqrt((0.24 + 0.16) / 2), 1e-12, 0);
    assert_true(isnan(b.row[2].p));
    assert_string_equal(b.row[4].level, "1");
    expect_text(&b.row[4], 2, "4 (80.0%)");
    dlrn_baseline_clear(&b);
}

static void nothing_but_missing_values_is_a_row_of_dashes(void **state)
{
    (void)state;
    const double none[] = {(double)NAN, (double)NAN};
    const dlrn_baseline_column c = {"vas", none, NULL};
    dlrn_baseline b;
    assert_ok(dlrn_baseline_make(&b, &c, 1, label, NULL, 2, NULL));
    assert_int_equal(b.n, 1);
    assert_int_equal(b.row[0].missing, 2);
    assert_null(b.row[0].test);
    expect_text(&b.row[0], 0, "-");
    dlrn_baseline_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_has_numbers_levels_tests_and_missing_values),
        cmocka_unit_test(nothing_but_missing_values_is_a_row_of_dashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
