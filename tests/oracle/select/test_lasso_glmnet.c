/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/lasso.h>

#include "support/golden.h"

static golden all;

static void check_curve(const golden_row *want, const double *got)
{
    for (size_t m = 0; m < want->n; m++)
        assert_near(got[m], want->v[m], 1e-6, 1e-9);
}

static void check_coefficients(size_t kase, const dlrn_lasso_path *p)
{
    const golden_row *at = golden_get(&all, kase, "at"), *beta = golden_get(&all, kase, "beta"),
                     *intercept = golden_get(&all, kase, "intercept");
    for (size_t k = 0; k < at->n; k++) {
        const size_t m = (size_t)at->v[k];
        double largest = fmax(fabs(intercept->v[k]), 1e-6); // 0 is written as 1e-17
        for (size_t j = 0; j < p->cols; j++)
            largest = fmax(largest, fabs(beta->v[k * p->cols + j]));
        assert_near(p->intercept[m], intercept->v[k], 0, 1e-6 * largest);
        for (size_t j = 0; j < p->cols; j++)
            assert_near(p->beta[m * p->cols + j], beta->v[k * p->cols + j], 0, 1e-6 * largest);
    }
}

static void check_case(size_t kase, int threads)
{
    const golden_row *x = golden_get(&all, kase, "x"), *y = golden_get(&all, kase, "y"),
                     *fold = golden_get(&all, kase, "fold"),
                     *lambda = golden_get(&all, kase, "lambda"), *df = golden_get(&all, kase, "df");
    const dlrn_lasso_options o = {
        .loss = golden_value(&all, kase, "logistic") > 0 ? DLRN_LASSO_LOGISTIC : DLRN_LASSO_LINEAR,
        .alpha = golden_value(&all, kase, "alpha")};
    const dlrn_exec ex = {.threads = threads};
    size_t number[200];
    dlrn_lasso_cv cv;
    for (size_t i = 0; i < y->n; i++)
        number[i] = (size_t)fold->v[i];
    const dlrn_lasso_cv_options c = {.measure =
                                         (dlrn_lasso_measure)golden_value(&all, kase, "measure"),
                                     .fold = number,
                                     .folds = (size_t)golden_value(&all, kase, "folds")};
    assert_ok(dlrn_lasso_cross_validate(&cv, x->v, y->v, y->n, x->n / y->n, &o, &c, &ex, NULL));
    assert_int_equal(cv.path.n_lambda, lambda->n);
    for (size_t m = 0; m < lambda->n; m++) {
        assert_near(cv.path.lambda[m], lambda->v[m], 1e-12, 0);
        assert_int_equal(cv.path.df[m], (size_t)df->v[m]);
    }
    check_curve(golden_get(&all, kase, "deviance_ratio"), cv.path.deviance_ratio);
    check_curve(golden_get(&all, kase, "cvm"), cv.mean);
    check_curve(golden_get(&all, kase, "cvsd"), cv.se);
    assert_int_equal(cv.at_min, (size_t)golden_value(&all, kase, "at_min"));
    assert_int_equal(cv.at_1se, (size_t)golden_value(&all, kase, "at_1se"));
    check_coefficients(kase, &cv.path);
    dlrn_lasso_cv_clear(&cv);
}

static void paths_and_cross_validation_equal_cv_glmnet(void **state)
{
    (void)state;
    all = golden_read("glmnet/lasso.txt");
    for (size_t kase = 0; kase < all.n_case; kase++) {
        print_message("%s\n", all.kase[kase]);
        check_case(kase, 1);
        check_case(kase, 2);
    }
    golden_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_and_cross_validation_equal_cv_glmnet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
