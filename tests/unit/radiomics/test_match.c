/* SPDX-License-Identifier: Apache-2.0
 *
 * Masks on a grid of their own: geometryTolerance, correctMask, unknown spacing.
 */
#include <dlrn/radiomics.h>

#include "support/near.h"

#include <stdlib.h>
#include <string.h>

enum { N = 12 };

/* A picture with a slope, and a square in its middle. */
static void make_pair(dlrn_image *im, dlrn_image *mask)
{
    assert_ok(dlrn_image_alloc(im, 2, (int64_t[3]){N, N, 1}, NULL));
    assert_ok(dlrn_image_alloc(mask, 2, (int64_t[3]){N, N, 1}, NULL));
    im->spacing_known = mask->spacing_known = true;
    for (size_t i = 0; i < N * N; i++) {
        const size_t x = i % N, y = i / N;
        im->v[i] = (double)(3 * x + 7 * y);
        mask->v[i] = x >= 4 && x < 9 && y >= 3 && y < 8;
    }
}

static dlrn_status extract(dlrn_features *f, const dlrn_image *im, const dlrn_image *mask,
                           const char *setting, dlrn_error *err)
{
    dlrn_radiomics *s;
    assert_ok(dlrn_radiomics_defaults(&s, NULL));
    if (setting) assert_ok(dlrn_radiomics_set(s, setting, NULL));
    const dlrn_status st = dlrn_radiomics_extract(f, im, mask, s, NULL, err);
    dlrn_radiomics_free(s);
    return st;
}

static const char *info(const dlrn_features *f, const char *name)
{
    for (size_t i = 0; i < f->n_info; i++)
        if (!strcmp(f->info_name[i], name)) return f->info_text[i];
    return "";
}

static void refused(const dlrn_image *im, const dlrn_image *mask, const char *setting,
                    const char *part)
{
    dlrn_features f;
    dlrn_error err = {DLRN_OK, ""};
    assert_int_equal(extract(&f, im, mask, setting, &err), DLRN_EINVAL);
    if (!strstr(err.msg, part)) fail_msg("message '%s' lacks '%s'", err.msg, part);
}

static void the_tolerance_is_a_part_of_the_images_first_spacing(void **state)
{
    (void)state;
    dlrn_image im, mask;
    dlrn_features f;
    make_pair(&im, &mask);
    im.spacing_mm[0] = mask.spacing_mm[0] = 0.5;
    mask.origin_mm[1] = 0.004;
    refused(&im, &mask, NULL, "geometryTolerance");
    refused(&im, &mask, "geometryTolerance=0.007", "origin");
    assert_ok(extract(&f, &im, &mask, "geometryTolerance=0.009", NULL));
    dlrn_features_clear(&f);
    mask.origin_mm[1] = 0;
    mask.spacing_mm[0] = 0.5005;
    refused(&im, &mask, NULL, "spacing");
    assert_ok(extract(&f, &im, &mask, "geometryTolerance=0.0011", NULL));
    dlrn_features_clear(&f);
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
}

/* A small turn moves the origin of what is cut out further than that of the whole. */
static void a_cut_mask_is_held_against_the_image_again(void **state)
{
    (void)state;
    dlrn_image im, mask;
    dlrn_features f;
    const double angle = 5e-4;
    make_pair(&im, &mask);
    mask.dir[0] = mask.dir[4] = cos(angle);
    mask.dir[1] = -sin(angle);
    mask.dir[3] = sin(angle);
    assert_ok(extract(&f, &im, &mask, "geometryTolerance=0.001", NULL));
    dlrn_features_clear(&f);
    dlrn_radiomics *s;
    dlrn_error err = {DLRN_OK, ""};
    assert_ok(dlrn_radiomics_defaults(&s, NULL));
    assert_ok(dlrn_radiomics_set(s, "geometryTolerance=0.001", NULL));
    assert_ok(dlrn_radiomics_set(s, "preCrop=true", NULL));
    assert_ok(dlrn_radiomics_set(s, "padDistance=0", NULL));
    assert_int_equal(dlrn_radiomics_extract(&f, &im, &mask, s, NULL, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "origin"));
    dlrn_radiomics_free(s);
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
}

static void correct_mask_brings_the_region_onto_the_image(void **state)
{
    (void)state;
    dlrn_image im, mask;
    dlrn_features f;
    make_pair(&im, &mask);
    mask.origin_mm[0] = 2; // the square lies two voxels further right
    refused(&im, &mask, NULL, "correctMask");
    assert_ok(extract(&f, &im, &mask, "correctMask=true", NULL));
    assert_string_equal(info(&f, "diagnostics_Mask-original_BoundingBox"), "(4, 3, 5, 5)");
    assert_string_equal(info(&f, "diagnostics_Mask-corrected_BoundingBox"), "(6, 3, 5, 5)");
    assert_string_equal(info(&f, "diagnostics_Mask-corrected_Minimum"), "39.0");
    dlrn_features_clear(&f);
    // no warning and no correction where nothing differs
    mask.origin_mm[0] = 0;
    assert_ok(extract(&f, &im, &mask, "correctMask=true", NULL));
    assert_string_equal(info(&f, "diagnostics_Mask-corrected_BoundingBox"), "");
    dlrn_features_clear(&f);
    mask.origin_mm[0] = 4;
    refused(&im, &mask, "correctMask=true", "leaves the image: along axis x");
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
}

static void a_region_between_the_images_voxels_is_said_to_be_too_thin(void **state)
{
    (void)state;
    dlrn_image im, mask;
    make_pair(&im, &mask);
    mask.spacing_mm[0] = mask.spacing_mm[1] = 0.05;
    mask.origin_mm[0] = mask.origin_mm[1] = 3.1;
    refused(&im, &mask, "correctMask=true", "no voxel of the image lies in the region");
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
}

static void a_mask_that_knows_no_spacing_takes_the_images_geometry(void **state)
{
    (void)state;
    dlrn_image im, mask;
    dlrn_features f;
    make_pair(&im, &mask);
    im.spacing_mm[0] = 0.25;
    im.origin_mm[1] = 40;
    mask.spacing_known = false;
    assert_ok(extract(&f, &im, &mask, "resampledPixelSpacing=[0.125,1]", NULL));
    assert_string_equal(info(&f, "diagnostics_Mask-original_Spacing"), "(0.25, 1.0)");
    dlrn_features_clear(&f);
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tolerance_is_a_part_of_the_images_first_spacing),
        cmocka_unit_test(a_cut_mask_is_held_against_the_image_again),
        cmocka_unit_test(correct_mask_brings_the_region_onto_the_image),
        cmocka_unit_test(a_region_between_the_images_voxels_is_said_to_be_too_thin),
        cmocka_unit_test(a_mask_that_knows_no_spacing_takes_the_images_geometry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
