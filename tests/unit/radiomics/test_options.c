/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings with which PyRadiomics stops, or gives what its rounding leaves, and dlrn goes on.
 */
#include <dlrn/radiomics.h>

#include "support/near.h"

#include <string.h>

static dlrn_status extract(dlrn_features *f, const char *params, int ndim, dlrn_error *err)
{
    dlrn_status st;
    dlrn_radiomics *s = NULL;
    dlrn_image im, mask;
    dlrn_rng r;
    const int64_t dim[3] = {9, 8, ndim == 3 ? 4 : 1};
    dlrn_rng_seed(&r, 3, 0);
    assert_ok(dlrn_image_alloc(&im, ndim, dim, NULL));
    assert_ok(dlrn_image_alloc(&mask, ndim, dim, NULL));
    for (int64_t i = 0; i < dim[0] * dim[1] * dim[2]; i++) {
        im.v[i] = (double)dlrn_rng_below(&r, 200);
        mask.v[i] = 1;
    }
    im.stored = DLRN_PIXEL_U8;
    *f = (dlrn_features){0};
    DLRN_TRY(dlrn_radiomics_parse(&s, params, strlen(params), "p.yaml", err));
    DLRN_TRY(dlrn_radiomics_extract(f, &im, &mask, s, NULL, err));
done:
    dlrn_radiomics_free(s);
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
    return st;
}

static void a_distance_that_fits_nowhere_gives_undefined_features(void **state)
{
    (void)state;
    dlrn_features f;
    dlrn_error err = {DLRN_OK, ""};
    if (extract(&f, "setting: {distances: [50]}\nfeatureClass: {glcm: [Contrast]}\n", 3, &err) !=
        DLRN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(f.n, 1);
    assert_true(isnan(f.value[0]));
    assert_non_null(f.reason[0]);
    dlrn_features_clear(&f);
}

static void a_spacing_for_volumes_serves_a_2d_image_but_not_the_other_way(void **state)
{
    (void)state;
    dlrn_features a, b;
    dlrn_error err = {DLRN_OK, ""};
    const char *classes = "featureClass: {firstorder: [Mean]}\n";
    char three[120], two[120];
    snprintf(three, sizeof three, "setting: {resampledPixelSpacing: [2, 0.5, 1]}\n%s", classes);
    snprintf(two, sizeof two, "setting: {resampledPixelSpacing: [2, 0.5]}\n%s", classes);
    assert_ok(extract(&a, three, 2, &err));
    assert_ok(extract(&b, two, 2, &err));
    assert_memory_equal(a.value, b.value, sizeof *a.value);
    dlrn_features_clear(&a);
    dlrn_features_clear(&b);
    assert_int_equal(extract(&a, two, 3, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "2 numbers, the image 3 dimensions"));
}

static void one_level_of_lbp3d_is_that_of_more(void **state)
{
    (void)state;
    dlrn_features a, b;
    dlrn_error err = {DLRN_OK, ""};
    const char *one = "imageType: {LBP3D: {lbp3DLevels: 1, binWidth: 0.1}}\n"
                      "featureClass: {firstorder: [Mean]}\n";
    const char *two = "imageType: {LBP3D: {binWidth: 0.1}}\nfeatureClass: {firstorder: [Mean]}\n";
    assert_ok(extract(&a, one, 3, &err));
    assert_ok(extract(&b, two, 3, &err));
    assert_int_equal(a.n, 2);
    assert_int_equal(b.n, 3);
    assert_string_equal(a.name[1], "lbp-3D-k_firstorder_Mean");
    assert_near(a.value[0], b.value[0], 0, 0);
    assert_near(a.value[1], b.value[2], 0, 0);
    dlrn_features_clear(&a);
    dlrn_features_clear(&b);
}

/* The one feature of a case that is given; clears image and mask. */
static double only_feature(const char *params, dlrn_image *im, dlrn_image *mask)
{
    dlrn_radiomics *s = NULL;
    dlrn_features f = {0};
    assert_ok(dlrn_radiomics_parse(&s, params, strlen(params), "p.yaml", NULL));
    assert_ok(dlrn_radiomics_extract(&f, im, mask, s, NULL, NULL));
    assert_int_equal(f.n, 1);
    const double value = f.value[0];
    dlrn_features_clear(&f);
    dlrn_radiomics_free(s);
    dlrn_image_clear(im);
    dlrn_image_clear(mask);
    return value;
}

static void shape_alone_needs_no_grey_value(void **state)
{
    (void)state;
    dlrn_image im, mask;
    assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){3, 3, 1}, NULL));
    assert_ok(dlrn_image_alloc(&mask, 2, im.dim, NULL));
    for (int k = 0; k < 9; k++) {
        im.v[k] = (double)NAN;
        mask.v[k] = 1;
    }
    im.stored = DLRN_PIXEL_F64;
    assert_true(only_feature("featureClass: {shape2D: [PixelSurface]}\n", &im, &mask) == 9);
}

/* Pairs of which the left one has one level and the right one many, in rows that do not touch. */
static void a_side_of_one_level_is_fully_correlated(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= 40; n++) {
        dlrn_image im, mask;
        assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){2, 2 * n, 1}, NULL));
        assert_ok(dlrn_image_alloc(&mask, 2, im.dim, NULL));
        for (int64_t k = 0; k < n; k++) {
            im.v[4 * k] = 90;
            im.v[4 * k + 1] = (double)(10 * (k * k % 7));
            mask.v[4 * k] = mask.v[4 * k + 1] = 1;
        }
        im.stored = DLRN_PIXEL_I16;
        assert_true(only_feature("setting: {symmetricalGLCM: false, binWidth: 10}\n"
                                 "featureClass: {glcm: [Correlation]}\n",
                                 &im, &mask) == 1);
    }
}

/* PyRadiomics would need a matrix of 39 GB. */
static void tens_of_thousands_of_levels_have_no_mcc_but_the_rest(void **state)
{
    (void)state;
    static const char params[] =
        "setting: {binWidth: 1}\nfeatureClass: {glcm: [Contrast, MCC], ngtdm: [Coarseness]}\n";
    const int64_t dim[3] = {270, 260, 1};
    dlrn_image im, mask;
    dlrn_radiomics *s = NULL;
    dlrn_features f;
    assert_ok(dlrn_image_alloc(&im, 2, dim, NULL));
    assert_ok(dlrn_image_alloc(&mask, 2, dim, NULL));
    for (int64_t i = 0; i < dim[0] * dim[1]; i++) {
        im.v[i] = (double)(i * 7919 % (dim[0] * dim[1])); // each value once
        mask.v[i] = 1;
    }
    assert_ok(dlrn_radiomics_parse(&s, params, strlen(params), "p.yaml", NULL));
    assert_ok(dlrn_radiomics_extract(&f, &im, &mask, s, NULL, NULL));
    assert_int_equal(f.n, 3);
    assert_true(f.value[0] > 0 && isnan(f.value[1]) && f.value[2] > 0);
    assert_string_equal(f.reason[1], "more than 65,536 grey levels: choose a larger binWidth");
    dlrn_features_clear(&f);
    dlrn_radiomics_free(s);
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tens_of_thousands_of_levels_have_no_mcc_but_the_rest),
        cmocka_unit_test(a_distance_that_fits_nowhere_gives_undefined_features),
        cmocka_unit_test(a_spacing_for_volumes_serves_a_2d_image_but_not_the_other_way),
        cmocka_unit_test(one_level_of_lbp3d_is_that_of_more),
        cmocka_unit_test(shape_alone_needs_no_grey_value),
        cmocka_unit_test(a_side_of_one_level_is_fully_correlated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
