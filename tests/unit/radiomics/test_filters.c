/* SPDX-License-Identifier: Apache-2.0
 *
 * Filters and preprocessing: boxes, threads, refusals.
 */
#include "radiomics/filters.h"
#include "radiomics/preprocess.h"

#include <string.h>

#include "support/near.h"

static dlrn_image noise(int ndim, int64_t nx, int64_t ny, int64_t nz)
{
    dlrn_image im = {0};
    dlrn_rng r;
    assert_ok(dlrn_image_alloc(&im, ndim, (int64_t[3]){nx, ny, nz}, NULL));
    im.stored = DLRN_PIXEL_I16;
    dlrn_rng_seed(&r, 5, 0);
    for (int64_t i = 0; i < nx * ny * nz; i++)
        im.v[i] = (double)dlrn_rng_below(&r, 1000) - 300;
    return im;
}

static const char *const types[] = {"Wavelet",     "LoG",      "Square", "SquareRoot", "Logarithm",
                                    "Exponential", "Gradient", "LBP2D",  "LBP3D"};
static const dlrn_sigma sigma[] = {{1, true}, {2.5, false}};

static void a_box_and_more_threads_give_the_same_bits(void **state)
{
    (void)state;
    const int64_t lo[3] = {3, 4, 1}, size[3] = {9, 7, 3};
    dlrn_image im = noise(3, 17, 20, 6);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        dlrn_filter_opts o = {.sigma = sigma, .n_sigma = 2};
        dlrn_filtered whole = {0}, box = {0};
        assert_ok(dlrn_filter_apply(&whole, &im, types[t], &o, &(dlrn_exec){NULL, 1}, NULL));
        o.lo = lo;
        o.size = size;
        assert_ok(dlrn_filter_apply(&box, &im, types[t], &o, &(dlrn_exec){NULL, 3}, NULL));
        assert_int_equal(whole.n, box.n);
        for (size_t i = 0; i < box.n; i++)
            for (int64_t z = 0; z < 3; z++)
                for (int64_t y = 0; y < 7; y++)
                    assert_memory_equal(box.v[i].image.v + (z * 7 + y) * 9,
                                        whole.v[i].image.v + ((z + 1) * 20 + y + 4) * 17 + 3,
                                        9 * sizeof(double));
        dlrn_filtered_clear(&whole);
        dlrn_filtered_clear(&box);
    }
    dlrn_image_clear(&im);
}

static void one_slice_has_a_2d_log_of_the_2d_image_s_values(void **state)
{
    (void)state;
    dlrn_image slice = noise(3, 12, 13, 1), flat = noise(2, 12, 13, 1);
    const dlrn_filter_opts o = {.sigma = sigma, .n_sigma = 2};
    dlrn_filtered a = {0}, b = {0};
    assert_ok(dlrn_filter_apply(&a, &slice, "LoG", &o, NULL, NULL));
    assert_ok(dlrn_filter_apply(&b, &flat, "LoG", &o, NULL, NULL));
    assert_string_equal(a.v[0].name, "log-sigma-1-mm-2D");
    assert_string_equal(a.v[1].name, "log-sigma-2-5-mm-2D");
    assert_string_equal(b.v[1].name, "log-sigma-2-5-mm-3D");
    assert_memory_equal(a.v[1].image.v, b.v[1].image.v, 156 * sizeof(double));
    dlrn_filtered_clear(&a);
    dlrn_filtered_clear(&b);
    dlrn_image_clear(&slice);
    dlrn_image_clear(&flat);
}

static void what_no_filter_knows_is_refused_by_name(void **state)
{
    (void)state;
    dlrn_image im = noise(2, 8, 8, 1);
    dlrn_filtered f = {0};
    dlrn_error err;
    dlrn_filter_opts o = {.wavelet = "db99"};
    assert_int_equal(dlrn_filter_apply(&f, &im, "Wavelet", &o, NULL, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "'db99' is unknown"));
    assert_int_equal(dlrn_filter_apply(&f, &im, "Sharpen", &o, NULL, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "'Sharpen' is unknown"));
    assert_int_equal(f.n, 0);
    dlrn_filtered_clear(&f);
    dlrn_image_clear(&im);
}

static void normalised_resegmented_and_cropped_images_are_as_defined(void **state)
{
    (void)state;
    dlrn_image im = {0}, cut;
    dlrn_mask cut_mask;
    dlrn_error err;
    assert_ok(dlrn_image_alloc(&im, 3, (int64_t[3]){6, 1, 1}, NULL));
    uint8_t set[6] = {0, 0, 1, 1, 1, 0};
    dlrn_mask m = {set, {6, 1, 1}};
    for (int i = 0; i < 6; i++)
        im.v[i] = i;
    assert_ok(dlrn_pre_crop(&cut, &cut_mask, NULL, &im, &m, 1, NULL));
    assert_int_equal(cut.dim[0], 5);
    assert_near(cut.v[0], 1, 0, 0);
    assert_near(cut.origin_mm[0], 1, 0, 0);
    assert_ok(dlrn_pre_resegment(&m, &im, (double[2]){3, 2}, 2, DLRN_RESEG_ABSOLUTE, NULL));
    assert_int_equal(set[2] + set[3], 2);
    assert_int_equal(set[4], 0);
    assert_int_equal(dlrn_pre_resegment(&m, &im, (double[1]){1}, 1, DLRN_RESEG_RELATIVE, &err),
                     DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "leaves 1 voxel"));
    assert_ok(dlrn_pre_normalize(&im, 10, 1, NULL));
    assert_near(im.v[3], 10 * 0.5 / sqrt(3.5), 1e-14, 0);
    assert_near(im.v[0], -10, 0, 0);
    dlrn_image_clear(&im);
    dlrn_image_clear(&cut);
    dlrn_mask_clear(&cut_mask);
}

/* lbp-3D-m1 counts the samples that are not below the centre: as many give the same bits wherever
 * they lie, and those that PyRadiomics 3.1.4's sums end in, where its bins begin. */
static void as_many_samples_have_the_norm_of_pyradiomics(void **state)
{
    (void)state;
    static const struct {
        int samples; /* of 42 */
        double norm;
    } known[] = {{1, 0x1.080c93d572520p-1},
                 {3, 0x1.8c12ddc02b7b1p+0},
                 {4, 0x1.080c93d572520p+1},
                 {39, 0x1.41cf542c2353fp+4},
                 {40, 0x1.4a0fb8cacee65p+4}};
    dlrn_image im = noise(3, 12, 11, 10);
    dlrn_filtered f = {0};
    dlrn_filter_opts o = {.lbp3d_levels = 1, .lbp3d_subdivision = 1};
    int found[sizeof known / sizeof *known] = {0};
    double norm[43] = {0};
    assert_ok(dlrn_filter_apply(&f, &im, "LBP3D", &o, NULL, NULL));
    assert_string_equal(f.v[0].name, "lbp-3D-m1");
    const double *v = f.v[0].image.v;
    for (int i = 0; i < 12 * 11 * 10; i++) {
        const int samples = (int)rint(v[i] / known[0].norm);
        assert_in_range(samples, 0, 42);
        assert_near(v[i], samples * known[0].norm, 1e-12, 0);
        if (norm[samples] == 0) norm[samples] = v[i];
        assert_true(v[i] == norm[samples]);
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            if (known[k].samples != samples) continue;
            assert_true(v[i] == known[k].norm);
            found[k]++;
        }
    }
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        assert_true(found[k] > 0);
    dlrn_filtered_clear(&f);
    dlrn_image_clear(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_and_more_threads_give_the_same_bits),
        cmocka_unit_test(one_slice_has_a_2d_log_of_the_2d_image_s_values),
        cmocka_unit_test(as_many_samples_have_the_norm_of_pyradiomics),
        cmocka_unit_test(what_no_filter_knows_is_refused_by_name),
        cmocka_unit_test(normalised_resegmented_and_cropped_images_are_as_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
