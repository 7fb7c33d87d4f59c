/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/lasso.h>

#include <string.h>

#include "support/near.h"

enum { ROWS = 60, COLS = 5 };

typedef struct sample {
    double x[ROWS * COLS], y[ROWS];
} sample;

static void draw(sample *s)
{
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 8, 1);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < COLS; j++)
            s->x[i * COLS + j] = dlrn_rng_normal(&rng);
        s->y[i] = dlrn_rng_uniform(&rng) < 1 / (1 + exp(-2 * s->x[i * COLS]));
    }
}

static const dlrn_lasso_options logistic = {.alpha = 1};

/* The conditions of Karush, Kuhn and Tucker at one lambda, on standardised columns. */
static void check_conditions(const sample *s, const dlrn_lasso_path *p, size_t m)
{
    for (size_t j = 0; j < COLS; j++) {
        double mean = 0, sd = 0, gradient = 0;
        for (size_t i = 0; i < ROWS; i++)
            mean += s->x[i * COLS + j] / ROWS;
        for (size_t i = 0; i < ROWS; i++)
            sd += (s->x[i * COLS + j] - mean) * (s->x[i * COLS + j] - mean) / ROWS;
        sd = sqrt(sd);
        for (size_t i = 0; i < ROWS; i++) {
            double eta = p->intercept[m];
            for (size_t k = 0; k < COLS; k++)
                eta += p->beta[m * COLS + k] * s->x[i * COLS + k];
            gradient += (s->y[i] - 1 / (1 + exp(-eta))) * (s->x[i * COLS + j] - mean) / sd / ROWS;
        }
        const double b = p->beta[m * COLS + j];
        if (b != 0)
            assert_near(gradient, copysign(p->lambda[m], b), 1e-7, 0);
        else
            assert_true(fabs(gradient) <= p->lambda[m] * (1 + 1e-7));
    }
}

static void every_lambda_is_solved_to_its_conditions(void **state)
{
    (void)state;
    sample s;
    dlrn_lasso_path p;
    draw(&s);
    assert_ok(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &logistic, NULL));
    assert_int_equal(p.df[0], 0);
    for (size_t m = 0; m < p.n_lambda; m++)
        check_conditions(&s, &p, m);
    dlrn_lasso_path_clear(&p);
}

static void given_lambdas_are_all_used(void **state)
{
    (void)state;
    sample s;
    dlrn_lasso_path p;
    const double lambda[] = {0.2, 0.1, 0.01};
    const dlrn_lasso_options o = {.alpha = 1, .lambda = lambda, .n_lambda = 3};
    draw(&s);
    assert_ok(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &o, NULL));
    assert_int_equal(p.n_lambda, 3);
    for (size_t m = 0; m < 3; m++)
        check_conditions(&s, &p, m);
    dlrn_lasso_path_clear(&p);
}

static void between_two_lambdas_coefficients_lie_on_a_line(void **state)
{
    (void)state;
    sample s;
    dlrn_lasso_path p;
    double intercept, beta[COLS];
    draw(&s);
    assert_ok(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &logistic, NULL));
    dlrn_lasso_at(&intercept, beta, &p, (p.lambda[9] + p.lambda[10]) / 2);
    assert_near(intercept, (p.intercept[9] + p.intercept[10]) / 2, 1e-12, 0);
    assert_near(beta[0], (p.beta[9 * COLS] + p.beta[10 * COLS]) / 2, 1e-12, 0);
    dlrn_lasso_at(&intercept, beta, &p, 1e9);
    assert_near(intercept, p.intercept[0], 0, 0);
    dlrn_lasso_at(&intercept, beta, &p, 0);
    assert_near(intercept, p.intercept[p.n_lambda - 1], 0, 0);
    dlrn_lasso_path_clear(&p);
}

static void a_path_ends_where_too_many_are_kept(void **state)
{
    (void)state;
    sample s;
    dlrn_lasso_path p;
    const dlrn_lasso_options o = {.alpha = 1, .df_max = 2};
    draw(&s);
    assert_ok(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &o, NULL));
    assert_true(p.df[p.n_lambda - 1] > 2 && p.df[p.n_lambda - 2] <= 2);
    dlrn_lasso_path_clear(&p);
}

static void bad_values_are_named(void **state)
{
    (void)state;
    sample s;
    dlrn_lasso_path p;
    dlrn_error err;
    draw(&s);
    s.x[2 * COLS + 3] = (double)NAN;
    assert_int_equal(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &logistic, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "row 3, column 4: not a finite number");
    draw(&s);
    s.y[4] = 2;
    assert_int_equal(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &logistic, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "row 5: the outcome is 2, expected 0 or 1");
    memset(s.y, 0, sizeof s.y);
    assert_int_equal(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &logistic, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "the outcome is the same in all 60 rows");
    draw(&s);
    memset(s.x, 0, sizeof s.x);
    assert_int_equal(dlrn_lasso_fit(&p, s.x, s.y, ROWS, COLS, &logistic, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "no column has any spread");
}

static void empty_folds_are_refused(void **state)
{
    (void)state;
    sample s;
    size_t fold[ROWS];
    dlrn_lasso_cv cv;
    dlrn_error err;
    draw(&s);
    for (size_t i = 0; i < ROWS; i++)
        fold[i] = i % 3;
    const dlrn_lasso_cv_options o = {.fold = fold, .folds = 4};
    assert_int_equal(
        dlrn_lasso_cross_validate(&cv, s.x, s.y, ROWS, COLS, &logistic, &o, NULL, &err),
        DLRN_EINVAL);
    assert_string_equal(err.msg, "fold 4 of 4 has no row");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_lambda_is_solved_to_its_conditions),
        cmocka_unit_test(given_lambdas_are_all_used),
        cmocka_unit_test(between_two_lambdas_coefficients_lie_on_a_line),
        cmocka_unit_test(a_path_ends_where_too_many_are_kept),
        cmocka_unit_test(bad_values_are_named),
        cmocka_unit_test(empty_folds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
