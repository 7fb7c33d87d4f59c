/* SPDX-License-Identifier: Apache-2.0
 *
 * Images in memory and in NIfTI and PNG files.
 */
#include <dlrn/image.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/near.h"

static const char *work_path(const char *name)
{
    static char path[4096];
    const char *dir = getenv("DLRN_TEST_WORK");
    dlrn_error err;
    if (!dir) dir = "/tmp";
    assert_ok(dlrn_make_folder(dir, &err));
    snprintf(path, sizeof path, "%s/image_%s", dir, name);
    return path;
}

static dlrn_image ramp(int ndim, int64_t w, int64_t h, int64_t d, dlrn_pixel stored)
{
    dlrn_image im;
    dlrn_error err;
    assert_ok(dlrn_image_alloc(&im, ndim, (int64_t[3]){w, h, d}, &err));
    im.stored = stored;
    for (int64_t i = 0; i < w * h * d; i++)
        im.v[i] = (double)(i % 200);
    return im;
}

static void a_nifti_file_gives_back_what_was_written(void **state)
{
    (void)state;
    for (int p = DLRN_PIXEL_U8; p <= DLRN_PIXEL_F64; p++)
        for (int gz = 0; gz < 2; gz++) {
            dlrn_error err;
            dlrn_image im = ramp(3, 5, 4, 3, (dlrn_pixel)p), back;
            im.spacing_known = true;
            const double spacing[] = {0.5, 0.25, 2}, origin[] = {-12, 3.5, 8};
            const double dir[] = {0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 1};
            memcpy(im.spacing_mm, spacing, sizeof spacing);
            memcpy(im.origin_mm, origin, sizeof origin);
            memcpy(im.dir, dir, sizeof dir);
            const char *path = work_path(gz ? "a.nii.gz" : "a.nii");
            assert_ok(dlrn_image_write(&im, path, &err));
            assert_ok(dlrn_image_read(&back, path, &err));
            assert_int_equal(back.stored, p);
            assert_int_equal(back.ndim, 3);
            assert_memory_equal(back.dim, im.dim, sizeof im.dim);
            assert_memory_equal(back.v, im.v, 60 * sizeof *im.v);
            assert_true(back.spacing_known);
            assert_ok(dlrn_geometry_check(&im, &back, 1e-6, &err));
            dlrn_image_clear(&im);
            dlrn_image_clear(&back);
        }
}

static void a_png_file_gives_back_what_was_written(void **state)
{
    (void)state;
    for (int deep = 0; deep < 2; deep++) {
        dlrn_error err;
        dlrn_image im = ramp(2, 17, 9, 1, deep ? DLRN_PIXEL_U16 : DLRN_PIXEL_U8), back;
        if (deep) im.v[3] = 65535;
        const char *path = work_path("a.png");
        assert_ok(dlrn_image_write(&im, path, &err));
        assert_ok(dlrn_image_read(&back, path, &err));
        assert_int_equal(back.stored, im.stored);
        assert_int_equal(back.ndim, 2);
        assert_false(back.spacing_known);
        assert_memory_equal(back.v, im.v, 17 * 9 * sizeof *im.v);
        dlrn_image_clear(&im);
        dlrn_image_clear(&back);
    }
}

static void every_cut_off_file_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"cut.nii", "cut.nii.gz", "cut.png"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        dlrn_error err;
        dlrn_image im = ramp(2, 20, 10, 1, DLRN_PIXEL_U8), back;
        char *buf;
        size_t len;
        assert_ok(dlrn_image_write(&im, work_path(names[k]), &err));
        assert_ok(dlrn_read_file(&buf, &len, work_path(names[k]), &err));
        for (size_t n = 0; n + 12 < len; n++) {
            assert_int_equal(dlrn_image_read_mem(&back, buf, n, "cut", &err), DLRN_EFORMAT);
            assert_null(back.v);
            assert_memory_equal(err.msg, "cut: ", 5);
        }
        free(buf);
        dlrn_image_clear(&im);
    }
}

static void a_file_that_is_no_image_is_named(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image im;
    assert_int_equal(dlrn_image_read_mem(&im, "hello world, no image", 21, "x.nii", &err),
                     DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "x.nii: not an image"));
    assert_int_equal(dlrn_image_read_mem(&im, "", 0, "x.png", &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "x.png: the file is empty"));
    assert_int_equal(dlrn_image_read(&im, "/no/such/file.nii", &err), DLRN_ENOTFOUND);
}

/* A NIfTI header that announces what the file does not hold. */
static void an_absurd_nifti_header_costs_no_memory(void **state)
{
    (void)state;
    unsigned char h[400] = {0x5c, 0x01};
    dlrn_error err;
    dlrn_image im;
    memcpy(h + 344, "n+1", 4);
    h[40] = 3;
    for (int k = 0; k < 3; k++)
        h[42 + 2 * k] = 0xff, h[43 + 2 * k] = 0x7f;
    h[70] = 2;
    memcpy(h + 108, "\0\0\xb0\x43", 4); // 352
    assert_int_equal(dlrn_image_read_mem(&im, h, sizeof h, "big.nii", &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "too large"));
    h[70] = 128; // RGB24
    assert_int_equal(dlrn_image_read_mem(&im, h, sizeof h, "c.nii", &err), DLRN_EUNSUPPORTED);
    assert_non_null(strstr(err.msg, "colour"));
    h[43] = 0xff; // a negative length
    h[70] = 2;
    assert_int_equal(dlrn_image_read_mem(&im, h, sizeof h, "n.nii", &err), DLRN_EFORMAT);
}

static void a_mask_takes_one_label_and_names_the_others(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image im;
    dlrn_mask m;
    int64_t lo[3], size[3];
    assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){6, 5, 1}, &err));
    for (int y = 1; y < 3; y++)
        for (int x = 2; x < 5; x++)
            im.v[y * 6 + x] = 7;
    im.v[29] = 3;
    assert_ok(dlrn_mask_from_image(&m, &im, 7, &err));
    assert_int_equal(dlrn_mask_box(&m, lo, size), 6);
    assert_int_equal(lo[0], 2);
    assert_int_equal(lo[1], 1);
    assert_int_equal(size[0], 3);
    assert_int_equal(size[1], 2);
    dlrn_mask_clear(&m);
    assert_int_equal(dlrn_mask_from_image(&m, &im, 1, &err), DLRN_ENOTFOUND);
    assert_non_null(strstr(err.msg, "no label 1; its labels are 3, 7"));
    memset(im.v, 0, 30 * sizeof *im.v);
    assert_int_equal(dlrn_mask_from_image(&m, &im, 1, &err), DLRN_ENOTFOUND);
    assert_non_null(strstr(err.msg, "the mask is empty"));
    dlrn_image_clear(&im);
}

static void geometry_that_differs_is_named(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image a = ramp(2, 6, 5, 1, DLRN_PIXEL_U8), b = ramp(2, 6, 5, 1, DLRN_PIXEL_U8);
    dlrn_image c = ramp(2, 5, 6, 1, DLRN_PIXEL_U8);
    assert_int_equal(dlrn_geometry_check(&a, &c, 0, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "mask is 5x6, image is 6x5"));
    b.spacing_mm[1] = 0.5;
    assert_ok(dlrn_geometry_check(&a, &b, 0, &err)); // neither knows its spacing
    a.spacing_known = b.spacing_known = true;
    assert_int_equal(dlrn_geometry_check(&a, &b, 0, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "spacing"));
    b.spacing_mm[1] = 1;
    b.origin_mm[0] = 1e-4;
    assert_int_equal(dlrn_geometry_check(&a, &b, 0, &err), DLRN_EINVAL);
    assert_ok(dlrn_geometry_check(&a, &b, 1e-3, &err));
    b.origin_mm[0] = 0;
    b.dir[0] = -1;
    assert_int_equal(dlrn_geometry_check(&a, &b, 0, &err), DLRN_EINVAL);
    dlrn_image_clear(&a);
    dlrn_image_clear(&b);
    dlrn_image_clear(&c);
}

static void a_percentile_is_linear_between_ranks(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image im;
    double p;
    assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){5, 1, 1}, &err));
    const double v[] = {9, 1, 4, 1, 5};
    memcpy(im.v, v, sizeof v);
    const double q[] = {0, 25, 50, 60, 90, 100}, want[] = {1, 1, 4, 4.4, 7.4, 9};
    for (int k = 0; k < 6; k++) {
        assert_ok(dlrn_image_percentile(&p, &im, q[k], &err));
        assert_near(p, want[k], 1e-14, 0);
    }
    assert_int_equal(dlrn_image_percentile(&p, &im, 101, &err), DLRN_EINVAL);
    im.v[0] = (double)NAN;
    assert_int_equal(dlrn_image_percentile(&p, &im, 50, &err), DLRN_ENUMERIC);
    dlrn_image_clear(&im);
}

static void a_crop_of_its_own_size_keeps_the_pixels(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image im;
    dlrn_mask m = {.dim = {8, 8, 1}};
    float *crop;
    assert_ok(dlrn_image_alloc(&im, 2, m.dim, &err));
    assert_ok(dlrn_alloc_or_fail(&m.v, 64, &err));
    for (int i = 0; i < 64; i++)
        im.v[i] = i;
    for (int y = 2; y < 6; y++)
        for (int x = 2; x < 6; x++)
            m.v[y * 8 + x] = 1;
    const dlrn_crop_opts o = {.margin = 0, .size = 4, .window = {0, 100}};
    assert_ok(dlrn_crop_square(&crop, &im, &m, &o, &err));
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            assert_near((double)crop[y * 4 + x], (8 * y + x) / 27.0, 1e-6, 1e-7);
    free(crop);
    const dlrn_crop_opts flipped = {
        .margin = 0, .size = 4, .window = {0, 100}, .flip_x = true, .invert = true};
    assert_ok(dlrn_crop_square(&crop, &im, &m, &flipped, &err));
    assert_near((double)crop[3], 1, 1e-6, 0);
    assert_near((double)crop[0], 1 - 3 / 27.0, 1e-6, 0);
    free(crop);
    dlrn_mask_clear(&m);
    dlrn_image_clear(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nifti_file_gives_back_what_was_written),
        cmocka_unit_test(a_png_file_gives_back_what_was_written),
        cmocka_unit_test(every_cut_off_file_is_refused),
        cmocka_unit_test(a_file_that_is_no_image_is_named),
        cmocka_unit_test(an_absurd_nifti_header_costs_no_memory),
        cmocka_unit_test(a_mask_takes_one_label_and_names_the_others),
        cmocka_unit_test(geometry_that_differs_is_named),
        cmocka_unit_test(a_percentile_is_linear_between_ranks),
        cmocka_unit_test(a_crop_of_its_own_size_keeps_the_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
