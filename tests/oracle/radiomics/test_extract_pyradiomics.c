/* SPDX-License-Identifier: Apache-2.0
 *
 * Features of the original image against PyRadiomics, on random small cases (tools/golden/
 * pyradiomics.py). Every value of every case, names and order included.
 */
#include <dlrn/radiomics.h>
#include <dlrn/table.h>

#include "support/near.h"

#include <stdlib.h>
#include <string.h>

enum { CASES = 24 };

static char *golden(const char *name, int i, const char *ending)
{
    dlrn_str s = {0};
    dlrn_str_addf(&s, "%s/pyradiomics/case%03d%s%s", getenv("DLRN_TEST_GOLDEN"), i, name, ending);
    return s.s;
}

/* Rounding of PyRadiomics itself shows in differences of nearly equal numbers and in roots of an
 * eigenvalue near 0. */
static double noise(const char *name)
{
    if (strstr(name, "glcm_MCC") || strstr(name, "glcm_Imc2")) return 1e-6;
    if (strstr(name, "glcm_Imc1") || strstr(name, "glcm_Correlation")) return 1e-9;
    return 1e-12;
}

static void check(const dlrn_features *f, const char *path)
{
    dlrn_table *t;
    const double *want;
    assert_ok(dlrn_table_read(&t, path, NULL));
    assert_int_equal(f->n, dlrn_table_rows(t));
    assert_ok(dlrn_table_numbers(&want, t, 1, NULL));
    for (size_t k = 0; k < f->n; k++) {
        assert_string_equal(f->name[k], dlrn_table_text(t, 0, k));
        if (isnan(want[k])) {
            assert_true(isnan(f->value[k]));
            assert_non_null(f->reason[k]);
            continue;
        }
        if (!(fabs(f->value[k] - want[k]) <= fmax(noise(f->name[k]), 1e-9 * fabs(want[k]))))
            fail_msg("%s: %s: got %.17g, want %.17g", path, f->name[k], f->value[k], want[k]);
    }
    dlrn_table_free(t);
}

static void run_case(int i, int threads)
{
    char *image = golden("_image", i, ".nii.gz"), *mask = golden("_mask", i, ".nii.gz");
    char *params = golden("", i, ".json"), *values = golden("", i, ".csv");
    dlrn_image im, ma;
    dlrn_radiomics *s;
    dlrn_features f;
    dlrn_error err = {DLRN_OK, ""};
    const dlrn_exec ex = {.threads = threads};
    assert_ok(dlrn_image_read(&im, image, &err));
    assert_ok(dlrn_image_read(&ma, mask, &err));
    assert_ok(dlrn_radiomics_load(&s, params, &err));
    assert_ok(dlrn_radiomics_extract(&f, &im, &ma, s, &ex, &err));
    check(&f, values);
    dlrn_features_clear(&f);
    dlrn_radiomics_free(s);
    dlrn_image_clear(&im);
    dlrn_image_clear(&ma);
    free(image);
    free(mask);
    free(params);
    free(values);
}

static void random_cases_give_pyradiomics_values(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++)
        run_case(i, 1);
}

static void three_threads_give_the_same(void **state)
{
    (void)state;
    run_case(0, 3);
    run_case(5, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_cases_give_pyradiomics_values),
                                       cmocka_unit_test(three_threads_give_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
