/* SPDX-License-Identifier: Apache-2.0
 *
 * Against sva::ComBat: tests/golden/r/stats_tests.json, made by tools/golden/stats_tests.R.
 */
#include "support/json_golden.h"
#include "support/near.h"

#include <dlrn/combat.h>
#include <dlrn/json.h>

#include <stdio.h>
#include <stdlib.h>

static dlrn_json *file;
static const dlrn_json *golden;

static int load(void **state)
{
    (void)state;
    file = json_golden_read("r/stats_tests.json");
    golden = dlrn_json_get(file, "combat");
    return file ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    dlrn_json_free(file);
    return 0;
}

static double *numbers(const char *key)
{
    const dlrn_json *a = dlrn_json_get(golden, key);
    double *v = calloc(dlrn_json_size(a) + 1, sizeof *v);
    for (size_t i = 0; i < dlrn_json_size(a); i++)
        v[i] = dlrn_json_as_number(dlrn_json_at(a, i), (double)NAN);
    return v;
}

static void expect_equal(const char *data, const char *key, size_t cols, bool covariates,
                         const dlrn_combat_options *o)
{
    double *x = numbers(data), *want = numbers(key), *b = numbers("batch");
    double *covariate = numbers("covariate"), *out = calloc(35 * cols, sizeof *out);
    size_t batch[35];
    for (size_t i = 0; i < 35; i++)
        batch[i] = (size_t)b[i];
    const dlrn_combat_rows rows = {.x = x,
                                   .batch = batch,
                                   .covariate = covariate,
                                   .n = 35,
                                   .cols = cols,
                                   .batches = 3,
                                   .covariates = covariates};
    dlrn_combat c;
    assert_ok(dlrn_combat_fit(&c, &rows, o, NULL));
    assert_ok(dlrn_combat_apply(out, &c, &rows, NULL));
    for (size_t i = 0; i < 35 * cols; i++)
        assert_near(out[i], want[i], 1e-9, 1e-10);
    dlrn_combat_clear(&c);
    free(out);
    free(covariate);
    free(b);
    free(want);
    free(x);
}

static void parametric_equals_sva(void **state)
{
    (void)state;
    expect_equal("x", "plain", 6, false, NULL);
}

static void covariates_are_kept_as_sva_does(void **state)
{
    (void)state;
    expect_equal("x", "covariates", 6, true, NULL);
}

static void mean_only_equals_sva(void **state)
{
    (void)state;
    const dlrn_combat_options o = {.reference = SIZE_MAX, .mean_only = true};
    expect_equal("x", "mean_only", 6, false, &o);
}

static void a_reference_batch_stays(void **state)
{
    (void)state;
    const dlrn_combat_options o = {.reference = 1};
    expect_equal("x", "reference", 6, false, &o);
}

static void nonparametric_equals_sva(void **state)
{
    (void)state;
    const dlrn_combat_options o = {.reference = SIZE_MAX, .nonparametric = true};
    expect_equal("x", "nonparametric", 6, false, &o);
}

static void a_column_flat_in_one_batch_is_left_alone(void **state)
{
    (void)state;
    expect_equal("flat_x", "flat", 7, false, NULL);
}

static void an_unknown_batch_is_refused(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 5, 2, 1, 4, 4};
    const size_t batch[] = {0, 0, 1, 1}, strange[] = {0, 0, 2, 1};
    dlrn_combat_rows rows = {.x = x, .batch = batch, .n = 4, .cols = 2, .batches = 2};
    dlrn_combat c;
    dlrn_error err;
    double out[8];
    assert_ok(dlrn_combat_fit(&c, &rows, NULL, NULL));
    rows.batch = strange;
    assert_int_equal(dlrn_combat_apply(out, &c, &rows, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "ComBat: row 3 is of a batch that the fit does not know");
    dlrn_combat_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parametric_equals_sva),
        cmocka_unit_test(covariates_are_kept_as_sva_does),
        cmocka_unit_test(mean_only_equals_sva),
        cmocka_unit_test(a_reference_batch_stays),
        cmocka_unit_test(nonparametric_equals_sva),
        cmocka_unit_test(a_column_flat_in_one_batch_is_left_alone),
        cmocka_unit_test(an_unknown_batch_is_refused),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
