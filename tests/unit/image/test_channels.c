/* SPDX-License-Identifier: Apache-2.0
 *
 * Masks of several values a pixel: each channel of each format, and none too many.
 */
#include <dlrn/image.h>

#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "support/near.h"

/* Everywhere 3 x 2 pixels, of which number i holds 10 c + i in channel c. */
enum { N = 6 };

/* Colour, and a palette of the same colours with transparency 30 + i. */
static const unsigned char rgb_png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0x12,
    0x16, 0xf1, 0x4d, 0x00, 0x00, 0x00, 0x1c, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60,
    0xe0, 0x12, 0x61, 0xe4, 0x16, 0x65, 0xe2, 0x11, 0x63, 0x60, 0xe6, 0x15, 0x67, 0xe1, 0x93,
    0x60, 0xe5, 0x97, 0x04, 0x00, 0x07, 0xbb, 0x00, 0xe2, 0x69, 0x46, 0x36, 0x59, 0x00, 0x00,
    0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
static const unsigned char palette_png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x03, 0x00, 0x00, 0x00, 0xaa, 0xaa, 0x96,
    0x28, 0x00, 0x00, 0x00, 0x12, 0x50, 0x4c, 0x54, 0x45, 0x00, 0x0a, 0x14, 0x01, 0x0b, 0x15, 0x02,
    0x0c, 0x16, 0x03, 0x0d, 0x17, 0x04, 0x0e, 0x18, 0x05, 0x0f, 0x19, 0x27, 0xae, 0xc2, 0x6e, 0x00,
    0x00, 0x00, 0x06, 0x74, 0x52, 0x4e, 0x53, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x29, 0xa2, 0xd0,
    0x92, 0x00, 0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0x60, 0x64, 0x62,
    0x60, 0x66, 0x61, 0x05, 0x00, 0x00, 0x2e, 0x00, 0x10, 0xfa, 0xd8, 0xc7, 0x0c, 0x00, 0x00, 0x00,
    0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

static const char *work_path(const char *name)
{
    static char path[4096];
    const char *dir = getenv("DLRN_TEST_WORK");
    assert_non_null(dir);
    assert_ok(dlrn_make_folder(dir, NULL));
    snprintf(path, sizeof path, "%s/channel_%s", dir, name);
    return path;
}

/* The file has these channels and no other, and is no plain image. */
static void expect_channels(const char *path, int ndim, int n_channels)
{
    dlrn_image im;
    dlrn_error err = {DLRN_OK, ""};
    for (int c = 0; c < n_channels; c++) {
        if (dlrn_image_read_channel(&im, path, c, &err) != DLRN_OK) fail_msg("%s", err.msg);
        assert_int_equal(im.ndim, ndim);
        assert_int_equal(im.dim[0], 3);
        assert_int_equal(im.dim[1], 2);
        assert_int_equal(im.stored, DLRN_PIXEL_U8);
        for (int i = 0; i < N; i++)
            if (im.v[i] != 10 * c + i)
                fail_msg("%s, channel %d: pixel %d is %g", path, c, i, im.v[i]);
        dlrn_image_clear(&im);
    }
    assert_int_equal(dlrn_image_read_channel(&im, path, n_channels, &err), DLRN_EINVAL);
    if (!strstr(err.msg, "choose one with label_channel")) fail_msg("%s", err.msg);
    assert_int_equal(dlrn_image_read_channel(&im, path, -1, &err), DLRN_EINVAL);
    assert_int_equal(dlrn_image_read(&im, path, &err), DLRN_EUNSUPPORTED);
}

static void png_colours_and_palettes_have_channels(void **state)
{
    (void)state;
    const char *path = work_path("a.png");
    assert_ok(dlrn_write_file(path, rgb_png, sizeof rgb_png, NULL));
    expect_channels(path, 2, 3);
    assert_ok(dlrn_write_file(path, palette_png, sizeof palette_png, NULL));
    expect_channels(path, 2, 4);
}

static void write_tiff(const char *path, int planar)
{
    unsigned char row[9];
    TIFF *t = TIFFOpen(path, "w");
    assert_non_null(t);
    TIFFSetField(t, TIFFTAG_IMAGEWIDTH, 3);
    TIFFSetField(t, TIFFTAG_IMAGELENGTH, 2);
    TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 3);
    TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(t, TIFFTAG_PLANARCONFIG, planar);
    for (int c = 0; c < (planar == PLANARCONFIG_SEPARATE ? 3 : 1); c++)
        for (int y = 0; y < 2; y++) {
            for (int k = 0; k < 9; k++)
                row[k] =
                    (unsigned char)(planar == PLANARCONFIG_SEPARATE ? 10 * c + 3 * y + k
                                                                    : 10 * (k % 3) + 3 * y + k / 3);
            assert_int_equal(TIFFWriteScanline(t, row, (uint32_t)y, (uint16_t)c), 1);
        }
    TIFFClose(t);
}

static void tiff_channels_lie_side_by_side_or_apart(void **state)
{
    (void)state;
    const char *path = work_path("a.tif");
    write_tiff(path, PLANARCONFIG_CONTIG);
    expect_channels(path, 2, 3);
    write_tiff(path, PLANARCONFIG_SEPARATE);
    expect_channels(path, 2, 3);
}

/* Values side by side, or one channel after the other. */
static void put_values(unsigned char *to, int n_channels, bool planes)
{
    for (int i = 0; i < N; i++)
        for (int c = 0; c < n_channels; c++)
            to[planes ? c * N + i : i * n_channels + c] = (unsigned char)(10 * c + i);
}

static void write_behind(const char *path, const char *header, int n_channels, bool planes)
{
    char b[600];
    unsigned char v[64];
    const size_t n = strlen(header);
    put_values(v, n_channels, planes);
    memcpy(b, header, n);
    memcpy(b + n, v, (size_t)(N * n_channels));
    assert_ok(dlrn_write_file(path, b, n + (size_t)(N * n_channels), NULL));
}

static void nrrd_lists_and_vectors_come_first_or_last(void **state)
{
    (void)state;
    const char *path = work_path("a.seg.nrrd");
    dlrn_image im;
    dlrn_error err;
    // as 3D Slicer writes segments that overlap
    write_behind(path,
                 "NRRD0004\ntype: uchar\ndimension: 4\nspace: left-posterior-superior\n"
                 "sizes: 2 3 2 1\nspace directions: none (0.5,0,0) (0,0.75,0) (0,0,2)\n"
                 "kinds: list domain domain domain\nencoding: raw\nspace origin: (1,2,3)\n\n",
                 2, false);
    expect_channels(path, 3, 2);
    assert_ok(dlrn_image_read_channel(&im, path, 1, &err));
    assert_near(im.spacing_mm[1], 0.75, 0, 0);
    assert_near(im.origin_mm[2], 3, 0, 0);
    dlrn_image_clear(&im);
    write_behind(path,
                 "NRRD0004\ntype: uchar\ndimension: 3\nspace dimension: 2\nsizes: 3 2 5\n"
                 "space directions: (0.5,0) (0,0.75) none\nkinds: domain domain vector\n"
                 "encoding: raw\n\n",
                 5, true);
    expect_channels(path, 2, 5);
    write_behind(
        path,
        "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 3 2\nkinds: 2-vector domain domain\n"
        "encoding: text\n\n0 10 1 11 2 12 3 13 4 14 5 15\n",
        0, false);
    expect_channels(path, 2, 2);
    write_behind(path, "NRRD0004\ntype: uchar\ndimension: 4\nsizes: 3 2 1 2\nencoding: raw\n\n", 2,
                 true);
    assert_int_equal(dlrn_image_read_channel(&im, path, 0, &err), DLRN_EUNSUPPORTED);
}

static void metaimage_channels_lie_side_by_side(void **state)
{
    (void)state;
    const char *path = work_path("a.mha");
    write_behind(path,
                 "ObjectType = Image\nNDims = 3\nDimSize = 3 2 1\nElementNumberOfChannels = 3\n"
                 "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n",
                 3, false);
    expect_channels(path, 3, 3);
    write_behind(
        path,
        "NDims = 2\nBinaryData = False\nDimSize = 3 2\nElementNumberOfChannels = 2\n"
        "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n0 10 1 11 2 12 3 13 4 14 5 15\n",
        0, false);
    expect_channels(path, 2, 2);
}

static void nifti_vectors_and_colours_have_channels(void **state)
{
    (void)state;
    const char *path = work_path("a.nii");
    unsigned char b[352 + 64] = {0};
    const short sizes[] = {5, 3, 2, 1, 1, 4};
    const short plain[] = {3, 3, 2, 1, 1, 1};
    const float ones[] = {1, 1, 1, 1, 1, 1}, offset = 352;
    b[0] = 0x5c;
    b[1] = 1;
    memcpy(b + 344, "n+1", 4);
    memcpy(b + 108, &offset, 4);
    memcpy(b + 76, ones, sizeof ones);
    memcpy(b + 40, sizes, sizeof sizes);
    b[70] = 2; // 8 bits
    b[72] = 8;
    put_values(b + 352, 4, true);
    assert_ok(dlrn_write_file(path, b, 352 + 4 * N, NULL));
    expect_channels(path, 2, 4);
    memcpy(b + 40, plain, sizeof plain);
    b[70] = (unsigned char)128; // red, green, blue
    put_values(b + 352, 3, false);
    assert_ok(dlrn_write_file(path, b, 352 + 3 * N, NULL));
    expect_channels(path, 3, 3);
    dlrn_image im;
    dlrn_error err;
    assert_ok(dlrn_write_file(path, b, 352 + 3 * N - 1, NULL));
    assert_int_equal(dlrn_image_read_channel(&im, path, 2, &err), DLRN_EFORMAT);
}

static void a_plain_file_has_any_channel(void **state)
{
    (void)state;
    char path[4096];
    dlrn_image a, b;
    snprintf(path, sizeof path, "%s/pyradiomics/2d-8bit_mask.nii.gz", getenv("DLRN_TEST_GOLDEN"));
    assert_ok(dlrn_image_read(&a, path, NULL));
    assert_ok(dlrn_image_read_channel(&b, path, 7, NULL));
    assert_memory_equal(a.v, b.v, (size_t)(a.dim[0] * a.dim[1] * a.dim[2]) * sizeof *a.v);
    dlrn_image_clear(&a);
    dlrn_image_clear(&b);
    // of a colour JPEG too a channel can be taken
    snprintf(path, sizeof path, "%s/jpeg/colour.jpeg", getenv("DLRN_TEST_CORPUS"));
    assert_ok(dlrn_image_read_channel(&a, path, 2, NULL));
    assert_int_equal(a.dim[0], 4);
    dlrn_image_clear(&a);
    assert_int_equal(dlrn_image_read_channel(&a, path, 3, NULL), DLRN_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_colours_and_palettes_have_channels),
        cmocka_unit_test(tiff_channels_lie_side_by_side_or_apart),
        cmocka_unit_test(nrrd_lists_and_vectors_come_first_or_last),
        cmocka_unit_test(metaimage_channels_lie_side_by_side),
        cmocka_unit_test(nifti_vectors_and_colours_have_channels),
        cmocka_unit_test(a_plain_file_has_any_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
