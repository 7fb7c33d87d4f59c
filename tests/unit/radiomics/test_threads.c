/* SPDX-License-Identifier: Apache-2.0
 *
 * The same bits for any number of threads, with every image type and class.
 */
#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

static const char params[] =
    "imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [1.0, 2.5]}, Square: {}, SquareRoot: {}, "
    "Logarithm: {}, Exponential: {}, Gradient: {}, LBP2D: {}, LBP3D: {}}\n"
    "featureClass: {shape: , shape2D: , firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }\n"
    "setting: {binWidth: 11}\n";

/* Grey values with some texture, and an outline with a hole that leaves a border free. */
static void make_case(dlrn_image *image, dlrn_image *mask, int ndim, const int64_t dim[3])
{
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 11, 0);
    assert_ok(dlrn_image_alloc(image, ndim, dim, NULL));
    assert_ok(dlrn_image_alloc(mask, ndim, dim, NULL));
    for (int64_t z = 0, i = 0; z < dim[2]; z++)
        for (int64_t y = 0; y < dim[1]; y++)
            for (int64_t x = 0; x < dim[0]; x++, i++) {
                const double a = (double)x - 0.47 * (double)dim[0];
                const double b = (double)y - 0.5 * (double)dim[1];
                const double c = dim[2] > 1 ? (double)z - 0.5 * (double)dim[2] : 0;
                const double r = sqrt(a * a + b * b + 4 * c * c);
                image->v[i] = round(400 + 90 * sin(r / 3) + 40 * dlrn_rng_normal(&rng));
                mask->v[i] = r > 3 && r < 0.45 * (double)dim[1];
            }
    image->stored = DLRN_PIXEL_I16;
    mask->stored = DLRN_PIXEL_U8;
}

static void compare_threads(int ndim, const int64_t dim[3], size_t least)
{
    static const int threads[] = {1, 2, 3, 8};
    dlrn_image image = {0}, mask = {0};
    dlrn_radiomics *s = NULL;
    dlrn_features f[4] = {{0}};
    make_case(&image, &mask, ndim, dim);
    assert_ok(dlrn_radiomics_parse(&s, params, strlen(params), "params", NULL));
    for (int k = 0; k < 4; k++) {
        const dlrn_exec ex = {.threads = threads[k]};
        assert_ok(dlrn_radiomics_extract(&f[k], &image, &mask, s, &ex, NULL));
        assert_true(f[k].n >= least);
        assert_int_equal(f[k].n, f[0].n);
        assert_memory_equal(f[k].value, f[0].value, f[0].n * sizeof *f[0].value);
        for (size_t i = 0; i < f[0].n; i++)
            assert_string_equal(f[k].name[i], f[0].name[i]);
    }
    for (int k = 0; k < 4; k++)
        dlrn_features_clear(&f[k]);
    dlrn_radiomics_free(s);
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask);
}

static void a_radiograph(void **state)
{
    (void)state;
    compare_threads(2, (const int64_t[3]){61, 47, 1}, 13 * 90);
}

/* Large enough that filters share out their rows, and all threads the work on an image. */
static void a_large_radiograph(void **state)
{
    (void)state;
    compare_threads(2, (const int64_t[3]){431, 660, 1}, 13 * 90);
}

static void a_volume(void **state)
{
    (void)state;
    compare_threads(3, (const int64_t[3]){25, 22, 12}, 17 * 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_radiograph),
                                       cmocka_unit_test(a_large_radiograph),
                                       cmocka_unit_test(a_volume)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
