/* SPDX-License-Identifier: Apache-2.0
 *
 * Logistic models, splines, nomograms, clustered AUCs and bootstrap validation against R:
 * tests/golden/r/models.txt, made by tools/golden/models.R.
 */
#include "support/golden.h"

#include <dlrn/logistic.h>
#include <dlrn/nomogram.h>
#include <dlrn/roc.h>
#include <dlrn/spline.h>
#include <dlrn/validate.h>

#include <stdio.h>

enum { TERMS = 4 };

static golden g;
static size_t n;
static uint8_t *label;
static size_t *patient;
static double *x; /* age, log1p(marker), race=2, race=3                     [n][TERMS] */

static const double *values(const char *of, const char *name)
{
    return golden_get(&g, golden_case(&g, of), name)->v;
}

static int load(void **state)
{
    (void)state;
    g = golden_read("r/models.txt");
    const golden_row *y = golden_get(&g, 0, "y");
    n = y->n;
    label = calloc(n, sizeof *label);
    patient = calloc(n, sizeof *patient);
    x = calloc(n * TERMS, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        label[i] = y->v[i] > 0;
        patient[i] = (size_t)values("cohort", "patient")[i];
        x[i * TERMS] = values("cohort", "age")[i];
        x[i * TERMS + 1] = log1p(values("cohort", "marker")[i]);
        x[i * TERMS + 2] = values("cohort", "race")[i] == 2;
        x[i * TERMS + 3] = values("cohort", "race")[i] == 3;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    golden_clear(&g);
    free(x);
    free(patient);
    free(label);
    return 0;
}

static dlrn_logistic_data cohort(void)
{
    return (dlrn_logistic_data){.x = x, .label = label, .n = n, .p = TERMS};
}

static void expect_all(const double *got, const double *want, size_t count, double rel)
{
    for (size_t i = 0; i < count; i++)
        assert_near(got[i], want[i], rel, rel * 1e-3);
}

static void a_model_with_a_factor_equals_glm_and_lrm(void **state)
{
    (void)state;
    dlrn_logistic m = {0};
    dlrn_logistic_data d = cohort();
    assert_ok(dlrn_logistic_fit(&m, &d, NULL, NULL));
    expect_all(m.coefficient, values("factor", "coefficient"), m.k, 1e-9);
    for (size_t k = 0; k < m.k; k++)
        assert_near(sqrt(m.covariance[k * m.k + k]), values("factor", "se")[k], 1e-9, 0);
    assert_near(m.loglik, *values("factor", "loglik"), 1e-12, 0);
    assert_near(m.null_deviance, *values("factor", "null_deviance"), 1e-12, 0);
    assert_near(m.deviance, *values("factor", "deviance"), 1e-12, 0);
    assert_near(m.aic, *values("factor", "aic"), 1e-12, 0);

    double vif[TERMS], *lp = calloc(n, sizeof *lp);
    assert_ok(dlrn_logistic_vif(vif, &m, NULL));
    expect_all(vif, values("factor", "vif"), TERMS, 1e-6); // lrm stops earlier than glm
    for (size_t i = 0; i < n; i++)
        lp[i] = dlrn_logistic_lp(&m, x + i * TERMS);
    dlrn_auc a;
    assert_ok(dlrn_auc_delong(&a, lp, &(dlrn_truth){label, n, NULL}, 0.95, NULL));
    assert_near(a.auc, *values("factor", "c_index"), 1e-12, 0);
    free(lp);

    dlrn_logistic robust = {0};
    d.cluster = patient;
    assert_ok(dlrn_logistic_fit(&robust, &d, &(dlrn_logistic_opts){.sandwich = true}, NULL));
    for (size_t k = 0; k < m.k; k++)
        assert_near(sqrt(robust.covariance[k * m.k + k]), values("factor", "robust_se")[k], 1e-6,
                    0);
    dlrn_logistic_clear(&robust);
    dlrn_logistic_clear(&m);
}

static void a_factor_is_tested_by_its_likelihood_ratio(void **state)
{
    (void)state;
    dlrn_logistic full = {0}, reduced = {0};
    dlrn_logistic_data d = cohort();
    double *two = calloc(2 * n, sizeof *two);
    for (size_t i = 0; i < n; i++)
        memcpy(two + 2 * i, x + i * TERMS, 2 * sizeof *two);
    assert_ok(dlrn_logistic_fit(&full, &d, NULL, NULL));
    d.x = two;
    d.p = 2;
    assert_ok(dlrn_logistic_fit(&reduced, &d, NULL, NULL));
    dlrn_lr_test t;
    dlrn_logistic_lr_test(&t, &full, &reduced);
    const double *want = values("factor", "lr_group");
    assert_near(t.chi2, want[0], 1e-11, 0);
    assert_near((double)t.df, want[1], 0, 0);
    assert_near(t.p, want[2], 1e-10, 0);
    dlrn_logistic_clear(&reduced);
    dlrn_logistic_clear(&full);
    free(two);
}

static void models_with_splines_equal_glm_on_rcspline_eval(void **state)
{
    (void)state;
    for (size_t knots = 3; knots <= 5; knots++) {
        char name[8];
        snprintf(name, sizeof name, "rcs%zu", knots);
        double knot[5], *basis = calloc(n * (knots - 1), sizeof *basis);
        assert_ok(dlrn_rcs_knots(knot, knots, values("cohort", "age"), n, NULL));
        expect_all(knot, values(name, "knots"), knots, 1e-13);
        for (size_t i = 0; i < n; i++)
            dlrn_rcs_basis(basis + i * (knots - 1), x[i * TERMS], knot, knots);
        expect_all(basis, values(name, "basis1"), knots - 1, 1e-11);
        expect_all(basis + 8 * (knots - 1), values(name, "basis9"), knots - 1, 1e-11);
        dlrn_logistic m = {0};
        const dlrn_logistic_data d = {.x = basis, .label = label, .n = n, .p = knots - 1};
        assert_ok(dlrn_logistic_fit(&m, &d, NULL, NULL));
        expect_all(m.coefficient, values(name, "coefficient"), knots, 1e-7);
        for (size_t k = 0; k < knots; k++)
            assert_near(sqrt(m.covariance[k * knots + k]), values(name, "se")[k], 1e-7, 0);
        assert_near(m.loglik, *values(name, "loglik"), 1e-12, 0);
        dlrn_logistic_clear(&m);
        free(basis);
    }
}

/* What the ticks add to the linear predictor; `f` of a tick is what its coefficient multiplies. */
static dlrn_nomogram_term term(const char *ticks, double coefficient, double (*f)(double),
                               double *space)
{
    const golden_row *r = golden_get(&g, golden_case(&g, "nomogram"), ticks);
    for (size_t i = 0; i < r->n; i++)
        space[i] = coefficient * f(r->v[i]);
    return (dlrn_nomogram_term){space, r->n};
}

static double same(double v)
{
    return v;
}

static void points_and_total_axis_are_those_of_rms_nomogram(void **state)
{
    (void)state;
    const double *b = values("nomogram", "coefficient");
    double age[40], marker[40];
    const double race[] = {0, b[3], b[4]};
    const dlrn_nomogram_term terms[] = {
        term("age_ticks", b[1], same, age), term("marker_ticks", b[2], log1p, marker), {race, 3}};
    dlrn_nomogram m = {0};
    double range[2] = {INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++) {
        double lp = b[0];
        for (size_t k = 0; k < TERMS; k++)
            lp += b[k + 1] * x[i * TERMS + k];
        range[0] = fmin(range[0], lp);
        range[1] = fmax(range[1], lp);
    }
    assert_ok(dlrn_nomogram_build(&m, b[0], terms, 3, range, NULL));
    const char *const points[] = {"age_points", "marker_points", "group_points"};
    for (size_t k = 0; k < 3; k++)
        expect_all(m.points[k], values("nomogram", points[k]), terms[k].ticks, 1e-9);
    const golden_row *total = golden_get(&g, golden_case(&g, "nomogram"), "total");
    assert_int_equal(m.totals, total->n);
    expect_all(m.total, total->v, total->n, 1e-12);
    const golden_row *lp = golden_get(&g, golden_case(&g, "nomogram"), "lp");
    for (size_t i = 0; i < lp->n; i++)
        assert_near(dlrn_nomogram_total(&m, lp->v[i]), values("nomogram", "lp_at")[i], 1e-9, 1e-9);
    dlrn_nomogram_clear(&m);

    /* the ticks of a number are R's pretty ones over its range */
    const golden_row *r = golden_get(&g, golden_case(&g, "nomogram"), "age_ticks");
    double lo = INFINITY, hi = -INFINITY, *ticks;
    for (size_t i = 0; i < n; i++) {
        lo = fmin(lo, x[i * TERMS]);
        hi = fmax(hi, x[i * TERMS]);
    }
    size_t count;
    assert_ok(dlrn_pretty(&ticks, &count, lo, hi, 10, NULL));
    assert_int_equal(count, r->n);
    expect_all(ticks, r->v, count, 1e-13);
    free(ticks);
}

static void clusters_with_both_classes_have_obuchowskis_covariance(void **state)
{
    (void)state;
    const double *a = values("clusters", "a"), *b = values("clusters", "b");
    const double *want = values("clusters", "obuchowski"); // auc a, auc b, var a, var b, cov
    const dlrn_truth t = {label, n, patient};
    dlrn_auc one;
    assert_ok(dlrn_auc_delong(&one, a, &t, 0.95, NULL));
    assert_string_equal(one.ci_method, "obuchowski");
    assert_near(one.auc, want[0], 1e-12, 0);
    assert_near(one.variance, want[2], 1e-10, 0);
    assert_ok(dlrn_auc_delong(&one, b, &t, 0.95, NULL));
    assert_near(one.auc, want[1], 1e-12, 0);
    assert_near(one.variance, want[3], 1e-10, 0);
    dlrn_auc_pair d;
    assert_ok(dlrn_auc_compare(&d, a, b, &t, 0.95, NULL));
    assert_near(d.se * d.se, want[2] + want[3] - 2 * want[4], 1e-10, 0);
}

static void optimism_lies_within_the_simulation_band_of_rms(void **state)
{
    (void)state;
    const dlrn_logistic_data d = cohort();
    const dlrn_bootstrap boot = {.replicates = 4000, .seed = 1, .confidence = 0.95};
    dlrn_validation v = {0};
    assert_ok(dlrn_logistic_validate(&v, &d, &boot, NULL));
    assert_true(v.failed < 8); // no event of race=3 is drawn in about 1 of 3,000
    for (int k = 0; k < DLRN_INDEXES; k++) {
        const double *original = values("validate", "index.orig"),
                     *corrected = values("validate", "index.corrected"),
                     *band = values("validate", "band");
        if (k != DLRN_INDEX_EMAX) assert_near(v.index[k].original, original[k], 1e-6, 1e-12);
        assert_near(v.index[k].corrected, corrected[k], 0, band[k]);
    }
    static const size_t at[] = {0, 9, 19, 29, 39, 49};
    for (size_t k = 0; k < 6; k++) {
        assert_near(v.predicted[at[k]], values("validate", "predicted")[k], 1e-6, 0);
        assert_near(v.apparent[at[k]], values("validate", "apparent")[k], 0, 2e-4); // interpolated
        assert_near(v.corrected[at[k]], values("validate", "corrected")[k], 0,
                    values("validate", "curve_band")[k]);
    }
    dlrn_validation_clear(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_with_a_factor_equals_glm_and_lrm),
        cmocka_unit_test(a_factor_is_tested_by_its_likelihood_ratio),
        cmocka_unit_test(models_with_splines_equal_glm_on_rcspline_eval),
        cmocka_unit_test(points_and_total_axis_are_those_of_rms_nomogram),
        cmocka_unit_test(clusters_with_both_classes_have_obuchowskis_covariance),
        cmocka_unit_test(optimism_lies_within_the_simulation_band_of_rms),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
