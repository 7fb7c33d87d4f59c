/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/radiomics.h>

#include "support/near.h"

#include <stdlib.h>
#include <string.h>

static dlrn_status parse(dlrn_radiomics **s, const char *text, dlrn_error *err)
{
    return dlrn_radiomics_parse(s, text, strlen(text), "params.yaml", err);
}

static void refused(const char *text, const char *part)
{
    dlrn_radiomics *s;
    dlrn_error err = {DLRN_OK, ""};
    assert_int_equal(parse(&s, text, &err), DLRN_EINVAL);
    assert_null(s);
    if (!strstr(err.msg, part)) fail_msg("message '%s' lacks '%s'", err.msg, part);
}

static void an_unknown_setting_is_named_with_line_and_nearest(void **state)
{
    (void)state;
    refused("setting:\n  binWidht: 25\n", "line 2");
    refused("setting:\n  binWidht: 25\n", "binWidth");
    refused("imageType:\n  Wavelett: {}\n", "Wavelet");
    refused("featureClass:\n  glmc:\n", "glcm");
    refused("featureClass:\n  glcm: [Contrat]\n", "Contrast");
    refused("settings: {}\n", "setting");
    refused("imageType:\n  LoG: {sigmas: [1]}\n", "sigma");
}

static void a_name_of_pyradiomics_1_is_told_as_what_it_is_now(void **state)
{
    (void)state;
    refused("inputImage: {Original: {}}\n", "since PyRadiomics 2 it is 'imageType'");
    refused("featureClass:\n  shape: [MajorAxis]\n", "since PyRadiomics 2 it is 'MajorAxisLength'");
}

static void an_unfit_value_says_what_was_expected(void **state)
{
    (void)state;
    refused("setting: {binWidth: 0}\n", "greater than 0");
    refused("setting: {binCount: 1.5}\n", "a whole number");
    refused("setting: {normalize: maybe}\n", "true or false");
    refused("setting: {interpolator: cubic}\n", "sitkBSpline");
    refused("setting:\n  interpolator: sitkLinaer\n", "line 2");
    refused("setting:\n  interpolator: sitkLinaer\n", "did you mean sitkLinear?");
    refused("setting: {interpolator: 11}\n", "sitkBSpline");
    refused("setting: {wavelet: coif18}\n", "did you mean coif1");
    refused("setting: {force2Ddimension: 3}\n", "at most 2");
    refused("setting: {distances: [1, x]}\n", "distances");
    refused("voxelSetting: {kernelRadus: 1}\n", "did you mean 'kernelRadius'");
}

static void settings_survive_json(void **state)
{
    (void)state;
    dlrn_radiomics *a, *b, *c;
    char *first, *second;
    dlrn_error err;
    assert_ok(parse(&a,
                    "setting: {binWidth: 10.0, distances: [1, 2], weightingNorm: null}\n"
                    "imageType:\n  Original: {}\n  LoG: {sigma: [1.0, 3], binWidth: 5}\n"
                    "featureClass:\n  glcm: [Contrast, MCC]\n  firstorder:\n",
                    &err));
    assert_ok(dlrn_radiomics_set(a, "gldm_a=2", &err));
    dlrn_json *j = dlrn_radiomics_to_json(a);
    assert_ok(dlrn_json_text(&first, j, 2, &err));
    assert_ok(dlrn_radiomics_from_json(&b, j, &err));
    assert_ok(dlrn_radiomics_copy(&c, b, &err));
    dlrn_json *k = dlrn_radiomics_to_json(c);
    assert_ok(dlrn_json_text(&second, k, 2, &err));
    assert_string_equal(first, second);
    free(first);
    free(second);
    dlrn_json_free(j);
    dlrn_json_free(k);
    dlrn_radiomics_free(a);
    dlrn_radiomics_free(b);
    dlrn_radiomics_free(c);
}

static void a_mistyped_override_gets_a_suggestion(void **state)
{
    (void)state;
    dlrn_radiomics *s;
    dlrn_error err;
    assert_ok(dlrn_radiomics_defaults(&s, &err));
    assert_int_equal(dlrn_radiomics_set(s, "binWith=3", &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "binWidth"));
    assert_int_equal(dlrn_radiomics_set(s, "binWidth", &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "NAME=VALUE"));
    dlrn_radiomics_free(s);
}

static void every_profile_can_be_had(void **state)
{
    (void)state;
    dlrn_radiomics *s;
    dlrn_error err;
    for (const char *const *p = dlrn_radiomics_profiles(); *p; p++) {
        assert_ok(dlrn_radiomics_profile(&s, *p, &err));
        dlrn_radiomics_free(s);
    }
    assert_int_equal(dlrn_radiomics_profile(&s, "xray", &err), DLRN_ENOTFOUND);
    assert_non_null(strstr(err.msg, "xray_2d"));
}

static void the_defaults_have_pyradiomics_counts(void **state)
{
    (void)state;
    dlrn_radiomics *s;
    dlrn_features f;
    dlrn_error err;
    const int64_t dim[3] = {64, 64, 1};
    assert_ok(
        parse(&s, "featureClass: {firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }", &err));
    assert_ok(dlrn_radiomics_names(&f, s, 2, dim, &err));
    assert_int_equal(f.n, 18 + 24 + 14 + 16 + 16 + 5);
    assert_string_equal(f.name[0], "original_firstorder_10Percentile");
    dlrn_features_clear(&f);
    dlrn_radiomics_free(s);
    assert_ok(parse(&s,
                    "featureClass: {firstorder: [StandardDeviation, Mean], glcm: "
                    "[Dissimilarity, Contrast]}",
                    &err));
    assert_ok(dlrn_radiomics_names(&f, s, 2, dim, &err));
    assert_int_equal(f.n, 3);
    assert_string_equal(f.name[0], "original_firstorder_StandardDeviation");
    assert_string_equal(f.name[2], "original_glcm_Contrast");
    dlrn_features_clear(&f);
    dlrn_radiomics_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_setting_is_named_with_line_and_nearest),
        cmocka_unit_test(a_name_of_pyradiomics_1_is_told_as_what_it_is_now),
        cmocka_unit_test(an_unfit_value_says_what_was_expected),
        cmocka_unit_test(settings_survive_json),
        cmocka_unit_test(a_mistyped_override_gets_a_suggestion),
        cmocka_unit_test(every_profile_can_be_had),
        cmocka_unit_test(the_defaults_have_pyradiomics_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
