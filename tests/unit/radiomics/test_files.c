/* SPDX-License-Identifier: Apache-2.0
 *
 * Files are read only as far as needed: whatever their kind, the numbers are those of the images in
 * memory.
 */
#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

static const char *const params[] = {
    "featureClass: {shape2D: , firstorder: , glszm: }\n",
    "imageType: {Original: {}, Square: {}}\nfeatureClass: {firstorder: , glcm: }\n",
    "featureClass: {firstorder: }\nsetting: {normalize: true, binWidth: 0.5}\n",
    "featureClass: {firstorder: }\nsetting: {resegmentRange: [20, 90]}\n",
    ("featureClass: {firstorder: }\nsetting: {resampledPixelSpacing: [2, 2], "
     "interpolator: sitkLinear}\n"),
    "featureClass: {firstorder: }\nsetting: {preCrop: true, padDistance: 1}\n",
    "featureClass: {firstorder: }\nsetting: {boxPercentiles: [1, 99], binCount: 8}\n",
};

static const char *work_path(const char *name)
{
    static char path[2][4096];
    static int turn;
    const char *dir = getenv("DLRN_TEST_WORK");
    if (!dir) dir = "/tmp";
    assert_ok(dlrn_make_folder(dir, NULL));
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/files_%s", dir, name);
    return path[turn];
}

/* Grey values that each type holds, in a row longer than those that are converted at once. */
static void make_case(dlrn_image *image, dlrn_image *mask, dlrn_pixel grey, dlrn_pixel label)
{
    const int64_t dim[3] = {150, 40, 1};
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 5, 0);
    assert_ok(dlrn_image_alloc(image, 2, dim, NULL));
    assert_ok(dlrn_image_alloc(mask, 2, dim, NULL));
    for (int64_t i = 0; i < dim[0] * dim[1]; i++) {
        const int64_t x = i % dim[0] - 75, y = i / dim[0] - 20;
        image->v[i] = (double)dlrn_rng_below(&rng, 120) + (grey >= DLRN_PIXEL_F32 ? 0.25 : 0);
        mask->v[i] = x * x + 9 * y * y < 70 * 70 ? 1 + (y > 12) : 0;
    }
    image->stored = grey;
    mask->stored = label;
    image->spacing_known = mask->spacing_known = true;
}

static void assert_same(const dlrn_features *a, const dlrn_features *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_info, b->n_info);
    for (size_t i = 0; i < a->n; i++) {
        assert_string_equal(a->name[i], b->name[i]);
        assert_memory_equal(&a->value[i], &b->value[i], sizeof *a->value);
    }
    for (size_t i = 0; i < a->n_info; i++)
        assert_string_equal(a->info_text[i], b->info_text[i]);
}

static void files_and_memory_give_the_same(void **state)
{
    (void)state;
    static const char *const ending[] = {"nii", "nii.gz", "nrrd"};
    static const dlrn_pixel label_type[] = {DLRN_PIXEL_U8, DLRN_PIXEL_I16, DLRN_PIXEL_F64};
    for (int grey = DLRN_PIXEL_U8; grey <= DLRN_PIXEL_F64; grey++)
        for (size_t k = 0; k < sizeof params / sizeof *params; k++) {
            char name[2][40];
            dlrn_error err = {0};
            dlrn_image image, mask;
            dlrn_radiomics *s = NULL;
            dlrn_features a, b;
            const size_t turn = ((size_t)grey + k) % 3;
            make_case(&image, &mask, (dlrn_pixel)grey, label_type[k % 3]);
            snprintf(name[0], sizeof name[0], "image.%s", ending[turn]);
            snprintf(name[1], sizeof name[1], "mask.%s", ending[(turn + k) % 3]);
            const char *path = work_path(name[0]), *mask_path = work_path(name[1]);
            assert_ok(dlrn_image_write(&image, path, &err));
            assert_ok(dlrn_image_write(&mask, mask_path, &err));
            assert_ok(dlrn_radiomics_parse(&s, params[k], strlen(params[k]), "params", &err));
            assert_ok(dlrn_radiomics_extract(&a, &image, &mask, s, NULL, &err));
            if (dlrn_radiomics_extract_files(&b, path, mask_path, s, NULL, &err) != DLRN_OK)
                fail_msg("%s", err.msg);
            assert_same(&a, &b);
            dlrn_features_clear(&a);
            dlrn_features_clear(&b);
            dlrn_radiomics_free(s);
            dlrn_image_clear(&image);
            dlrn_image_clear(&mask);
        }
}

static void a_label_that_is_not_there_is_named(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image image, mask;
    dlrn_radiomics *s = NULL;
    dlrn_features f;
    make_case(&image, &mask, DLRN_PIXEL_I16, DLRN_PIXEL_U8);
    const char *path = work_path("image.nii"), *mask_path = work_path("mask.nii");
    assert_ok(dlrn_image_write(&image, path, &err));
    assert_ok(dlrn_image_write(&mask, mask_path, &err));
    assert_ok(dlrn_radiomics_defaults(&s, &err));
    for (int k = 0; k < 2; k++) { // beyond the type of the mask, too
        assert_ok(dlrn_radiomics_set(s, k ? "label=258" : "label=7", &err));
        assert_int_equal(dlrn_radiomics_extract_files(&f, path, mask_path, s, NULL, &err),
                         DLRN_ENOTFOUND);
        assert_non_null(strstr(err.msg, "mask.nii"));
        if (!strstr(err.msg, "its labels are 1, 2")) fail_msg("%s", err.msg);
    }
    dlrn_radiomics_free(s);
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_and_memory_give_the_same),
                                       cmocka_unit_test(a_label_that_is_not_there_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
