/* SPDX-License-Identifier: Apache-2.0
 *
 * Firth's penalised logistic regression against R: tests/golden/r/firth.txt, made by
 * tools/golden/firth.R.
 */
#include "support/golden.h"

#include <dlrn/logistic.h>

#include <stdio.h>

static golden g;

static int load(void **state)
{
    (void)state;
    g = golden_read("r/firth.txt");
    return 0;
}

static int unload(void **state)
{
    (void)state;
    golden_clear(&g);
    return 0;
}

/* The rows of a case; freed by drop. */
static dlrn_logistic_data take(size_t at)
{
    const golden_row *label = golden_get(&g, at, "y");
    const size_t n = label->n, p = golden_get(&g, at, "coefficient")->n - 1;
    double *x = calloc(n * p, sizeof *x);
    uint8_t *y = calloc(n, sizeof *y);
    for (size_t i = 0; i < n; i++)
        y[i] = label->v[i] > 0;
    for (size_t j = 0; j < p; j++) {
        char name[24];
        snprintf(name, sizeof name, "x%zu", j + 1);
        for (size_t i = 0; i < n; i++)
            x[i * p + j] = golden_get(&g, at, name)->v[i];
    }
    return (dlrn_logistic_data){
        .x = x, .label = y, .n = n, .p = p, .weight = golden_get(&g, at, "weight")->v};
}

static void drop(dlrn_logistic_data *d)
{
    free((double *)d->x);
    free((uint8_t *)d->label);
}

static void expect_case(const char *name)
{
    const size_t at = golden_case(&g, name);
    const dlrn_logistic_opts firth = {.firth = true};
    dlrn_logistic_data d = take(at);
    dlrn_logistic m = {0};
    dlrn_lr_test t;
    assert_ok(dlrn_logistic_fit(&m, &d, &firth, NULL));
    assert_near(m.loglik, *golden_get(&g, at, "loglik")->v, 1e-12, 0);
    assert_near(m.null_loglik, *golden_get(&g, at, "null_loglik")->v, 1e-12, 0);
    for (size_t k = 0; k < m.k; k++) {
        double lo, hi;
        assert_near(m.coefficient[k], golden_get(&g, at, "coefficient")->v[k], 1e-9, 0);
        assert_near(sqrt(m.covariance[k * m.k + k]), golden_get(&g, at, "se")->v[k], 1e-9, 0);
        assert_ok(dlrn_logistic_profile(&lo, &hi, &m, &d, &firth, k, 0.95, NULL));
        assert_near(lo, golden_get(&g, at, "lo")->v[k], 1e-8, 1e-10);
        assert_near(hi, golden_get(&g, at, "hi")->v[k], 1e-8, 1e-10);
        assert_ok(dlrn_logistic_profile_test(&t, &m, &d, &firth, k, 1, NULL));
        assert_near(t.p, golden_get(&g, at, "p")->v[k], 1e-9, 0);
    }
    // first and last coefficient, chi-square and p of the factor as a whole
    const double *group = golden_get(&g, at, "group")->v;
    const size_t first = (size_t)group[0], count = (size_t)group[1] + 1 - first;
    assert_ok(dlrn_logistic_profile_test(&t, &m, &d, &firth, first, count, NULL));
    assert_int_equal(t.df, count);
    assert_near(t.chi2, group[2], 1e-11, 0);
    assert_near(t.p, group[3], 1e-9, 0);
    dlrn_logistic_clear(&m);
    drop(&d);
}

static void without_separation(void **state)
{
    (void)state;
    expect_case("plain");
}

static void with_a_separated_level(void **state)
{
    (void)state;
    expect_case("separated");
}

static void with_case_weights(void **state)
{
    (void)state;
    expect_case("weighted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_separation),
        cmocka_unit_test(with_a_separated_level),
        cmocka_unit_test(with_case_weights),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
