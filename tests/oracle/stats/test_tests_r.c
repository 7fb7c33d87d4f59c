/* SPDX-License-Identifier: Apache-2.0
 *
 * Against R: tests/golden/r/stats_tests.json, made by tools/golden/stats_tests.R.
 */
#include "support/json_golden.h"
#include "support/near.h"

#include <dlrn/correlation.h>
#include <dlrn/describe.h>
#include <dlrn/icc.h>
#include <dlrn/json.h>
#include <dlrn/padjust.h>
#include <dlrn/tests.h>

#include <stdio.h>
#include <stdlib.h>

static dlrn_json *golden;

static int load(void **state)
{
    (void)state;
    golden = json_golden_read("r/stats_tests.json");
    return golden ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    dlrn_json_free(golden);
    return 0;
}

static double *numbers(const dlrn_json *object, const char *key, size_t *n)
{
    const dlrn_json *a = dlrn_json_get(object, key);
    *n = dlrn_json_size(a);
    double *v = calloc(*n + 1, sizeof *v);
    for (size_t i = 0; i < *n; i++)
        v[i] = dlrn_json_as_number(dlrn_json_at(a, i), (double)NAN);
    return v;
}

static void expect_test(const dlrn_test *got, const dlrn_json *want)
{
    assert_near(got->statistic, dlrn_json_get_number(want, "statistic", -99), 1e-12, 1e-13);
    assert_near(got->p, dlrn_json_get_number(want, "p", -99), 1e-11, 0);
    const double df = dlrn_json_get_number(want, "df", (double)NAN);
    if (!isnan(df)) assert_near(got->df, df, 1e-12, 0);
}

static void two_groups_equal_r(void **state)
{
    (void)state;
    const dlrn_json *list = dlrn_json_get(golden, "tests");
    assert_int_equal(dlrn_json_size(list), 4);
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        const dlrn_json *g = dlrn_json_at(list, k);
        size_t na, nb, nq;
        double *a = numbers(g, "a", &na), *b = numbers(g, "b", &nb),
               *q = numbers(g, "quantiles", &nq);
        dlrn_test t;
        dlrn_summary s;
        assert_ok(dlrn_mann_whitney(&t, a, na, b, nb, NULL));
        expect_test(&t, dlrn_json_get(g, "mann_whitney"));
        assert_ok(dlrn_student(&t, a, na, b, nb, NULL));
        expect_test(&t, dlrn_json_get(g, "student"));
        assert_ok(dlrn_welch(&t, a, na, b, nb, NULL));
        expect_test(&t, dlrn_json_get(g, "welch"));
        assert_ok(dlrn_describe(&s, a, na, NULL));
        assert_near(s.q1, q[0], 1e-13, 0);
        assert_near(s.median, q[1], 1e-13, 0);
        assert_near(s.q3, q[2], 1e-13, 0);
        assert_near(s.mean, dlrn_json_get_number(g, "mean", 0), 1e-13, 0);
        assert_near(s.sd, dlrn_json_get_number(g, "sd", 0), 1e-13, 0);
        free(a);
        free(b);
        free(q);
    }
}

static void shapiro_wilk_equals_r(void **state)
{
    (void)state;
    const dlrn_json *list = dlrn_json_get(golden, "normality");
    assert_int_equal(dlrn_json_size(list), 10);
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        size_t n;
        dlrn_test t;
        double *v = numbers(dlrn_json_at(list, k), "v", &n);
        assert_ok(dlrn_shapiro(&t, v, n, NULL));
        // W is 1 minus a small rest, which p sees through a logarithm
        assert_near(t.statistic, dlrn_json_get_number(dlrn_json_at(list, k), "statistic", 0), 1e-12,
                    0);
        assert_near(t.p, dlrn_json_get_number(dlrn_json_at(list, k), "p", 0), 1e-9, 0);
        free(v);
    }
}

static void tables_of_counts_equal_r(void **state)
{
    (void)state;
    const dlrn_json *list = dlrn_json_get(golden, "tables");
    assert_int_equal(dlrn_json_size(list), 13);
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        const dlrn_json *g = dlrn_json_at(list, k);
        const size_t rows = (size_t)dlrn_json_get_number(g, "rows", 0);
        const size_t cols = (size_t)dlrn_json_get_number(g, "cols", 0);
        size_t n;
        dlrn_test t;
        double *v = numbers(g, "counts", &n);
        assert_ok(dlrn_chi_square(&t, v, rows, cols, NULL));
        assert_near(t.statistic, dlrn_json_get_number(g, "chi2", -1), 1e-12, 1e-14);
        assert_near(t.df, dlrn_json_get_number(g, "df", -1), 0, 0);
        assert_near(t.p, dlrn_json_get_number(g, "p", -1), 1e-11, 0);
        assert_ok(dlrn_fisher(&t, v, rows, cols, NULL));
        const double exact = dlrn_json_get_number(g, "fisher", -1);
        assert_near(t.p, exact, 1e-9, 0);
        assert_ok(dlrn_fisher_monte_carlo(&t, v, rows, cols, 20000, 1, NULL));
        assert_near(t.p, exact, 0, 4 * sqrt(exact * (1 - exact) / 20000) + 1e-4);
        free(v);
    }
}

/* wilcox.test(c(1.1, 2.3, 3.7, 9), c(0.2, 2.2, 4.1, 5, 6.3, 8), exact = TRUE): W 11, p 0.9142857;
 * and of 1:3 against 4:7 the least p there is, 2 / choose(7, 3). */
static void exact_mann_whitney_equals_r(void **state)
{
    (void)state;
    static const double a[] = {1.1, 2.3, 3.7, 9}, b[] = {0.2, 2.2, 4.1, 5, 6.3, 8};
    static const double low[] = {1, 2, 3}, high[] = {4, 5, 6, 7}, tied[] = {3, 9};
    dlrn_test t;
    assert_ok(dlrn_mann_whitney_exact(&t, a, 4, b, 6, NULL));
    assert_near(t.statistic, 11, 0, 0);
    assert_near(t.p, 192.0 / 210, 1e-14, 0);
    assert_ok(dlrn_mann_whitney_exact(&t, low, 3, high, 4, NULL));
    assert_near(t.p, 2.0 / 35, 1e-14, 0);
    assert_int_equal(dlrn_mann_whitney_exact(&t, low, 3, tied, 2, NULL), DLRN_EUNSUPPORTED);
}

static void a_table_with_too_many_like_it_is_left_to_monte_carlo(void **state)
{
    (void)state;
    double v[25], again;
    dlrn_test t;
    for (int i = 0; i < 25; i++)
        v[i] = 40 + i % 7;
    assert_int_equal(dlrn_fisher(&t, v, 5, 5, NULL), DLRN_EUNSUPPORTED);
    assert_ok(dlrn_fisher_monte_carlo(&t, v, 5, 5, 500, 3, NULL));
    again = t.p;
    assert_ok(dlrn_fisher_monte_carlo(&t, v, 5, 5, 500, 3, NULL));
    assert_near(t.p, again, 0, 0);
    assert_true(t.p > 0.5 && t.p <= 1);

    enum { COLUMNS = 60000 }; // one count each: a path of as many nodes
    double *wide = calloc((size_t)3 * COLUMNS, sizeof *wide);
    for (size_t j = 0; j < COLUMNS; j++)
        wide[j % 3 * COLUMNS + j] = 1;
    assert_int_equal(dlrn_fisher(&t, wide, 3, COLUMNS, NULL), DLRN_EUNSUPPORTED);
    free(wide);
}

static void adjusted_p_values_equal_r(void **state)
{
    (void)state;
    static const char *const name[] = {"holm", "hochberg", "bonferroni", "bh", "by"};
    const dlrn_json *g = dlrn_json_get(golden, "adjust");
    size_t n;
    double *p = numbers(g, "p", &n), *out = calloc(n, sizeof *out);
    for (size_t k = 0; k < 5; k++) {
        dlrn_padjust method;
        double *want = numbers(g, name[k], &n);
        assert_ok(dlrn_padjust_from_name(&method, name[k], NULL));
        assert_ok(dlrn_p_adjust(out, p, n, method, NULL));
        for (size_t i = 0; i < n; i++) {
            if (isnan(want[i]))
                assert_true(isnan(out[i]));
            else
                assert_near(out[i], want[i], 1e-13, 0);
        }
        free(want);
    }
    free(out);
    free(p);
}

static void correlations_equal_r(void **state)
{
    (void)state;
    static const char *const name[] = {"pearson", "spearman", "kendall"};
    const dlrn_json *g = dlrn_json_get(golden, "correlation");
    const size_t n = (size_t)dlrn_json_get_number(g, "n", 0), m = 4;
    size_t size;
    double *x = numbers(g, "x", &size), r[16], p[16];
    for (size_t k = 0; k < 3; k++) {
        dlrn_correlation_method method;
        double *want_r = numbers(dlrn_json_get(g, name[k]), "r", &size);
        double *want_p = numbers(dlrn_json_get(g, name[k]), "p", &size);
        assert_int_equal(size, 16);
        assert_ok(dlrn_correlation_from_name(&method, name[k], NULL));
        assert_ok(dlrn_correlation(r, p, x, n, m, method, NULL, NULL));
        for (size_t i = 0; i < 16; i++) {
            assert_near(r[i], want_r[i], 1e-12, 1e-14);
            if (i % 5) assert_near(p[i], want_p[i], 1e-10, 0);
        }
        free(want_r);
        free(want_p);
    }
    free(x);
}

static void icc_equals_psych(void **state)
{
    (void)state;
    const dlrn_json *list = dlrn_json_get(golden, "icc");
    assert_int_equal(dlrn_json_size(list), 3);
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        const dlrn_json *g = dlrn_json_at(list, k);
        static const char *const key[] = {"value", "lo", "hi", "f", "df1", "df2", "p"};
        size_t n;
        double *v = numbers(g, "v", &n);
        dlrn_icc icc[DLRN_ICC_FORMS];
        assert_ok(dlrn_icc_all(icc, v, (size_t)dlrn_json_get_number(g, "subjects", 0),
                               (size_t)dlrn_json_get_number(g, "readers", 0), 0.95, NULL));
        for (size_t j = 0; j < 7; j++) {
            double *want = numbers(g, key[j], &n);
            for (size_t i = 0; i < DLRN_ICC_FORMS; i++) {
                const double got[] = {icc[i].value, icc[i].lo,  icc[i].hi, icc[i].f,
                                      icc[i].df1,   icc[i].df2, icc[i].p};
                assert_near(got[j], want[i], 1e-10, 1e-13);
            }
            free(want);
        }
        free(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_mann_whitney_equals_r),
        cmocka_unit_test(a_table_with_too_many_like_it_is_left_to_monte_carlo),
        cmocka_unit_test(two_groups_equal_r),
        cmocka_unit_test(shapiro_wilk_equals_r),
        cmocka_unit_test(tables_of_counts_equal_r),
        cmocka_unit_test(adjusted_p_values_equal_r),
        cmocka_unit_test(correlations_equal_r),
        cmocka_unit_test(icc_equals_psych),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
