/* SPDX-License-Identifier: Apache-2.0
 *
 * DICOM through the helper program, with small files made here.
 */
#include <dlrn/image.h>

#include <stdlib.h>
#include <string.h>

#include "image/dicom_pipe.h"
#include "image/dicom_write.h"
#include "image/format.h"
#include "support/near.h"

/* A 3x2 radiograph of 12 of 16 bits. */
static dlrn_str radiograph(const char *photometric, bool is_signed)
{
    dlrn_str b = {0};
    dlrn_dicom_put_head(&b, DLRN_DICOM_CR, DLRN_DICOM_PLAIN, "2.25.4");
    dlrn_dicom_put_text(&b, 8, 0x60, "CS", "CR");
    dlrn_dicom_put_text(&b, 0x10, 0x10, "PN", "PHANTOM^MARKED");
    dlrn_dicom_put_text(&b, 0x18, 0x1164, "DS", "0.25\\0.5");
    dlrn_dicom_put_number(&b, 0x02, 1);
    dlrn_dicom_put_text(&b, 0x28, 0x04, "CS", photometric);
    dlrn_dicom_put_number(&b, 0x10, 2);
    dlrn_dicom_put_number(&b, 0x11, 3);
    dlrn_dicom_put_number(&b, 0x100, 16);
    dlrn_dicom_put_number(&b, 0x101, 12);
    dlrn_dicom_put_number(&b, 0x102, 11);
    dlrn_dicom_put_number(&b, 0x103, is_signed);
    dlrn_dicom_put_text(&b, 0x28, 0x1052, "DS", "-10");
    dlrn_dicom_put_text(&b, 0x28, 0x1053, "DS", "2");
    dlrn_dicom_put(&b, 0x7fe0, 0x10, "OW", "\x00\x00\x01\x00\x02\x00\x03\x00\xff\x0f\x00\x08", 12);
    return b;
}

static void pixels_come_with_rescale_and_spacing(void **state)
{
    (void)state;
    dlrn_error err;
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        dlrn_image im;
        dlrn_str b = radiograph(is_signed ? "MONOCHROME1" : "MONOCHROME2", is_signed);
        assert_ok(dlrn_image_read_mem(&im, b.s, b.len, "a.dcm", &err));
        const double stored[] = {0, 1, 2, 3, is_signed ? -1 : 4095, is_signed ? -2048 : 2048};
        assert_int_equal(im.ndim, 2);
        assert_int_equal(im.dim[0], 3);
        assert_int_equal(im.dim[1], 2);
        for (int i = 0; i < 6; i++)
            assert_near(im.v[i], 2 * stored[i] - 10, 0, 0);
        assert_int_equal(im.inverted, is_signed);
        assert_true(im.spacing_known);
        assert_near(im.spacing_mm[0], 0.5, 0, 0);
        assert_near(im.spacing_mm[1], 0.25, 0, 0);
        dlrn_image_clear(&im);
        dlrn_str_clear(&b);
    }
}

static void colour_and_damage_are_refused_without_a_name(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image im;
    dlrn_str b = radiograph("MONOCHROME2", false);
    for (size_t n = 132; n < b.len; n += 7) {
        if (dlrn_image_read_mem(&im, b.s, n, "a.dcm", &err) == DLRN_OK)
            fail_msg("%zu of %zu bytes were read as an image", n, b.len);
        assert_null(im.v);
        assert_memory_equal(err.msg, "a.dcm: ", 7);
        assert_null(strstr(err.msg, "PHANTOM"));
    }
    dlrn_str_clear(&b);
    b = radiograph("PALETTE COLOR", false);
    assert_int_not_equal(dlrn_image_read_mem(&im, b.s, b.len, "c.dcm", &err), DLRN_OK);
    dlrn_str_clear(&b);
}

/* The corpus' files of 4x3 pixels hold 0, 1, ... 11, slope 2, intercept -10, in every native
 * transfer syntax, RLE, and 8, 16 and 32 bits. */
static void every_transfer_syntax_gives_the_same_pixels(void **state)
{
    (void)state;
    static const char *const names[] = {"implicit.dcm",     "explicit.dcm", "big_endian.dcm",
                                        "big_endian32.dcm", "deflated.dcm", "rle.dcm",
                                        "bits8.dcm",        "bits32.dcm"};
    char *folder = dlrn_path_join(getenv("DLRN_TEST_CORPUS"), "dicom");
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        dlrn_image im;
        dlrn_error err;
        char *path = dlrn_path_join(folder, names[k]);
        if (dlrn_image_read(&im, path, &err) != DLRN_OK) fail_msg("%s", err.msg);
        assert_int_equal(im.dim[0] * im.dim[1], 12);
        for (int i = 0; i < 12; i++)
            assert_near(im.v[i], 2 * i - 10, 0, 0);
        dlrn_image_clear(&im);
        free(path);
    }
    free(folder);
}

/* The corpus' colours of 4x3 pixels: 0, 1, ... 11, the same downwards, and 20 times it, side by
 * side, in planes and from a palette. */
static void a_mask_of_colours_gives_the_channel_that_is_asked_for(void **state)
{
    (void)state;
    static const char *const names[] = {"rgb.dcm", "rgb_planes.dcm", "palette.dcm"};
    char *folder = dlrn_path_join(getenv("DLRN_TEST_CORPUS"), "dicom");
    dlrn_image im;
    dlrn_error err;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char *path = dlrn_path_join(folder, names[k]);
        assert_int_equal(dlrn_image_read(&im, path, &err), DLRN_EUNSUPPORTED);
        assert_non_null(strstr(err.msg, "a colour (or palette) DICOM image"));
        for (int64_t channel = 0; channel < 3; channel++) {
            const int step[] = {1, -1, 20}, first[] = {0, 11, 0};
            if (dlrn_image_read_channel(&im, path, channel, &err) != DLRN_OK)
                fail_msg("%s", err.msg);
            assert_int_equal(im.dim[0], 4);
            assert_int_equal(im.dim[1], 3);
            for (int i = 0; i < 12; i++)
                assert_near(im.v[i], first[channel] + step[channel] * i, 0, 0);
            dlrn_image_clear(&im);
        }
        assert_int_equal(dlrn_image_read_channel(&im, path, 3, &err), DLRN_EINVAL);
        assert_non_null(strstr(err.msg, "no channel 3"));
        free(path);
    }
    char *path = dlrn_path_join(folder, "ybr.dcm");
    assert_int_equal(dlrn_image_read_channel(&im, path, 0, &err), DLRN_EUNSUPPORTED);
    assert_non_null(strstr(err.msg, "not RGB or a palette"));
    free(path);
    free(folder);
}

/* GDCM would take what lies behind them in memory. */
static void fewer_pixels_than_announced_are_refused(void **state)
{
    (void)state;
    dlrn_image im;
    dlrn_error err;
    char *folder = dlrn_path_join(getenv("DLRN_TEST_CORPUS"), "dicom");
    char *path = dlrn_path_join(folder, "too_few_pixels.dcm");
    assert_int_equal(dlrn_image_read(&im, path, &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "its pixels are damaged, cut off"));
    free(path);
    free(folder);
}

/* GDCM as Debian builds it asserts that a dose has several frames. */
static void a_dose_of_one_frame_is_read(void **state)
{
    (void)state;
    dlrn_image im;
    dlrn_error err;
    dlrn_str b = {0};
    dlrn_dicom_put_head(&b, "1.2.840.10008.5.1.4.1.1.481.2", DLRN_DICOM_PLAIN, "2.25.4");
    dlrn_dicom_put_number(&b, 0x02, 1);
    dlrn_dicom_put_text(&b, 0x28, 0x04, "CS", "MONOCHROME2");
    dlrn_dicom_put(&b, 0x28, 0x09, "AT", "\x04\x30\x0c\0", 4);
    dlrn_dicom_put_number(&b, 0x10, 1);
    dlrn_dicom_put_number(&b, 0x11, 2);
    dlrn_dicom_put_number(&b, 0x100, 32);
    dlrn_dicom_put_number(&b, 0x101, 32);
    dlrn_dicom_put_number(&b, 0x102, 31);
    dlrn_dicom_put_number(&b, 0x103, 0);
    dlrn_dicom_put_text(&b, 0x3004, 0x0c, "DS", "0");
    dlrn_dicom_put(&b, 0x7fe0, 0x10, "OW", "\x01\x00\x00\x00\x00\x00\x00\x80", 8);
    if (dlrn_image_read_mem(&im, b.s, b.len, "dose.dcm", &err) != DLRN_OK) fail_msg("%s", err.msg);
    assert_near(im.v[0], 1, 0, 0);
    assert_near(im.v[1], 2147483648.0, 0, 0);
    dlrn_image_clear(&im);
    dlrn_str_clear(&b);
}

static void single_bits_are_spread_lowest_first(void **state)
{
    (void)state;
    dlrn_image im = {0};
    unsigned char answer[sizeof(dlrn_dicom_head) + 2];
    dlrn_dicom_head h = {.width = 3, .height = 3, .frames = 1, .samples = 1, .slope = 1};
    memcpy(h.magic, DLRN_DICOM_MAGIC, sizeof h.magic);
    h.bits_allocated = h.bits_stored = 1;
    h.bytes = 2;
    memcpy(answer, &h, sizeof h);
    memcpy(answer + sizeof h, "\x8d\x01", 2);
    assert_ok(dlrn_dicom_from_answer(&im, answer, sizeof answer, DLRN_PLAIN, NULL));
    static const double want[] = {1, 0, 1, 1, 0, 0, 0, 1, 1};
    for (int i = 0; i < 9; i++)
        assert_near(im.v[i], want[i], 0, 0);
    dlrn_image_clear(&im);
    dlrn_error err;
    h.height = 6;
    memcpy(answer, &h, sizeof h);
    assert_int_equal(dlrn_dicom_from_answer(&im, answer, sizeof answer, DLRN_PLAIN, &err),
                     DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "cut off"));
    dlrn_image_clear(&im);
}

/* 12 bits of 16: what stands above them counts for nothing, a sign that reaches up or not. */
static void bits_above_the_stored_ones_do_not_count(void **state)
{
    (void)state;
    static const struct {
        bool is_signed;
        uint16_t bits[3];
        double want[3];
        bool as_stored; /* nothing had to be mended, so the numbers stay as they are */
    } kase[] = {
        {false, {0, 5, 4095}, {0, 5, 4095}, true},
        {false, {0x1000, 0xf005, 4095}, {0, 5, 4095}, false},
        {true, {0xf800, 0xffff, 0x07ff}, {-2048, -1, 2047}, true},
        {true, {0x0800, 0x0fff, 0x07ff}, {-2048, -1, 2047}, false},
        {true, {0x1001, 0xffff, 0x0000}, {1, -1, 0}, false},
    };
    for (size_t k = 0; k < sizeof kase / sizeof *kase; k++) {
        dlrn_dicom_head h = {.width = 3, .height = 1, .frames = 1, .samples = 1, .slope = 1};
        unsigned char answer[sizeof h + 6];
        dlrn_image im = {0};
        double v[3];
        memcpy(h.magic, DLRN_DICOM_MAGIC, sizeof h.magic);
        h.bits_allocated = 16;
        h.bits_stored = 12;
        h.high_bit = 11;
        h.is_signed = kase[k].is_signed;
        h.bytes = 6;
        memcpy(answer, &h, sizeof h);
        for (size_t i = 0; i < 3; i++) {
            answer[sizeof h + 2 * i] = (unsigned char)(kase[k].bits[i] & 255);
            answer[sizeof h + 2 * i + 1] = (unsigned char)(kase[k].bits[i] >> 8);
        }
        assert_ok(dlrn_dicom_from_answer(&im, answer, sizeof answer, DLRN_PLAIN, NULL));
        dlrn_image_values(v, &im, 0, 3);
        for (size_t i = 0; i < 3; i++)
            assert_near(v[i], kase[k].want[i], 0, 0);
        assert_int_equal(im.raw != NULL, kase[k].as_stored);
        dlrn_image_clear(&im);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_come_with_rescale_and_spacing),
        cmocka_unit_test(every_transfer_syntax_gives_the_same_pixels),
        cmocka_unit_test(a_dose_of_one_frame_is_read),
        cmocka_unit_test(single_bits_are_spread_lowest_first),
        cmocka_unit_test(bits_above_the_stored_ones_do_not_count),
        cmocka_unit_test(a_mask_of_colours_gives_the_channel_that_is_asked_for),
        cmocka_unit_test(fewer_pixels_than_announced_are_refused),
        cmocka_unit_test(colour_and_damage_are_refused_without_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
