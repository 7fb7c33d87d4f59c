/* SPDX-License-Identifier: Apache-2.0
 *
 * MetaImage: headers written here; what they mean is what SimpleITK 2.5 gives for the same bytes.
 */
#include <dlrn/image.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/format.h"
#include "support/near.h"

#define HEAD   "ObjectType = Image\nNDims = 2\nBinaryData = True\n"
#define SHORTS "DimSize = 3 2\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"

static const unsigned char one_to_six[] = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0};

typedef struct file {
    unsigned char b[2000];
    size_t len;
} file;

static file make(const char *header, const void *data, size_t n)
{
    file f = {.len = strlen(header)};
    assert_true(f.len + n <= sizeof f.b);
    memcpy(f.b, header, f.len);
    if (n) memcpy(f.b + f.len, data, n);
    f.len += n;
    return f;
}

static dlrn_status read(dlrn_image *im, const char *header, const void *data, size_t n,
                        dlrn_error *err)
{
    const file f = make(header, data, n);
    return dlrn_image_read_mem(im, f.b, f.len, "a.mha", err);
}

/* The image of 3 x 2 pixels, 1 to 6. */
static dlrn_image expect_one_to_six(const char *header, const void *data, size_t n)
{
    dlrn_error err = {0};
    dlrn_image im;
    if (read(&im, header, data, n, &err) != DLRN_OK) fail_msg("%s\n%s", header, err.msg);
    assert_int_equal(im.dim[0], 3);
    assert_int_equal(im.dim[1], 2);
    assert_int_equal(im.dim[2], 1);
    for (int i = 0; i < 6; i++)
        if (im.v[i] != i + 1) fail_msg("%s\npixel %d is %g", header, i, im.v[i]);
    return im;
}

static void every_type_is_read_in_either_byte_order(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        dlrn_pixel stored;
    } types[] = {
        {"MET_CHAR", DLRN_PIXEL_I8},       {"MET_UCHAR", DLRN_PIXEL_U8},
        {"MET_SHORT", DLRN_PIXEL_I16},     {"MET_USHORT", DLRN_PIXEL_U16},
        {"MET_INT", DLRN_PIXEL_I32},       {"MET_UINT", DLRN_PIXEL_U32},
        {"MET_LONG", DLRN_PIXEL_I32},      {"MET_ULONG", DLRN_PIXEL_U32},
        {"MET_LONG_LONG", DLRN_PIXEL_I64}, {"MET_ULONG_LONG", DLRN_PIXEL_U64},
        {"MET_FLOAT", DLRN_PIXEL_F32},     {"MET_DOUBLE", DLRN_PIXEL_F64},
    };
    const double x[] = {1, 2, 3, 4, 5, 6};
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (int big = 0; big < 2; big++) {
            char header[400];
            unsigned char little[48], data[48];
            const size_t size = dlrn_pixel_size(types[k].stored);
            dlrn_pixels_from_double(little, x, 6, types[k].stored);
            for (size_t i = 0; i < 6 * size; i++)
                data[i] = little[big ? i / size * size + size - 1 - i % size : i];
            snprintf(header, sizeof header,
                     HEAD "%s = %s\nElementType = %s\nDimSize = 3 2\nElementDataFile = LOCAL\n",
                     k % 2 ? "ElementByteOrderMSB" : "BinaryDataByteOrderMSB",
                     big ? "True" : "False", types[k].name);
            dlrn_image im = expect_one_to_six(header, data, 6 * size);
            assert_int_equal(im.stored, types[k].stored);
            dlrn_image_clear(&im);
        }
}

static void headers_mean_what_itk_reads(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        double spacing[2], origin[2], dir[4];
        bool known;
    } kinds[] = {
        {"", {1, 1}, {0, 0}, {1, 0, 0, 1}, false},
        {"ElementSpacing = 0.5 0.25\n", {0.5, 0.25}, {0, 0}, {1, 0, 0, 1}, true},
        {"ElementSize = 0.5 0.25\n", {0.5, 0.25}, {0, 0}, {1, 0, 0, 1}, true},
        {"ElementSpacing = 0.5 0.25\nElementSize = 7 8\n", {0.5, 0.25}, {0}, {1, 0, 0, 1}, true},
        {"ElementSpacing = 0.5 0.25\nElementSpacing = 1 2\n", {1, 2}, {0}, {1, 0, 0, 1}, true},
        {"Offset = 5 6\n", {1, 1}, {5, 6}, {1, 0, 0, 1}, false},
        {"Position = 5 6\n", {1, 1}, {5, 6}, {1, 0, 0, 1}, false},
        {"Position = 7 8\nOffset = 5 6\n", {1, 1}, {5, 6}, {1, 0, 0, 1}, false},
        {"Offset = 5 6\nPosition = 7 8\n", {1, 1}, {5, 6}, {1, 0, 0, 1}, false},
        {"Origin = 1 2\nOffset = 5 6\n", {1, 1}, {1, 2}, {1, 0, 0, 1}, false},
        {"Rotation = 0.6 0.8 -0.8 0.6\n", {1, 1}, {0, 0}, {0.6, -0.8, 0.8, 0.6}, false},
        {"Orientation = 0.6 0.8 -0.8 0.6\n", {1, 1}, {0, 0}, {0.6, -0.8, 0.8, 0.6}, false},
        {"TransformMatrix = 0 1 1 0\nRotation = 1 0 0 1\n", {1, 1}, {0, 0}, {0, 1, 1, 0}, false},
        {"Orientation = 1 0 0 1\nRotation = 0 1 1 0\n", {1, 1}, {0, 0}, {0, 1, 1, 0}, false},
        {"TransformMatrix = 0.6 0.8 -0.8 0.6\nElementSpacing = 0.5 -0.25\n",
         {0.5, 0.25},
         {0, 0},
         {0.6, 0.8, 0.8, -0.6},
         true},
        {"CenterOfRotation = 3 4\nAnatomicalOrientation = RAI\nColor: 1 0 0 1\n\nName = a=b\n"
         "ElementToIntensityFunctionSlope = 2\nelementspacing = 3 3\n",
         {1, 1},
         {0, 0},
         {1, 0, 0, 1},
         false},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        char header[500];
        snprintf(header, sizeof header, HEAD "%s" SHORTS, kinds[k].lines);
        dlrn_image im = expect_one_to_six(header, one_to_six, sizeof one_to_six);
        assert_int_equal(im.ndim, 2);
        assert_int_equal(im.spacing_known, kinds[k].known);
        for (int a = 0; a < 4; a++) {
            assert_near(im.dir[a / 2 * 3 + a % 2], kinds[k].dir[a], 0, 0);
            if (a > 1) continue;
            assert_near(im.spacing_mm[a], kinds[k].spacing[a], 0, 0);
            assert_near(im.origin_mm[a], kinds[k].origin[a], 0, 0);
        }
        assert_near(im.dir[8], 1, 0, 0);
        dlrn_image_clear(&im);
    }
}

/* What SimpleITK writes of an oblique volume, and the direction that it reads back. */
static void an_oblique_volume_has_its_own_axes(void **state)
{
    (void)state;
    static const double dir[] = {0.95533648912560598,
                                 -0.28962947762551555,
                                 0.058710801693826517,
                                 0.29552020666133955,
                                 0.93629336358419923,
                                 -0.18979606097868743,
                                 0,
                                 0.19866933079506122,
                                 0.98006657784124163};
    static const double spacing[] = {0.14299999999999999, 0.25, 0.66666666666666663};
    static const double origin[] = {-12.300000000000001, 3.5, 0.33333333333333331};
    dlrn_image im = expect_one_to_six(
        "ObjectType = Image\r\nNDims = 3\r\nBinaryData = True\r\nBinaryDataByteOrderMSB = False\r\n"
        "CompressedData = False\r\nTransformMatrix = 0.95533648912560598 0.29552020666133955 0 "
        "-0.28962947762551555 0.93629336358419923 0.19866933079506122 0.058710801693826517 "
        "-0.18979606097868743 0.98006657784124163\r\n"
        "Offset = -12.300000000000001 3.5 0.33333333333333331\r\nCenterOfRotation = 0 0 0\r\n"
        "AnatomicalOrientation = RAI\r\n"
        "ElementSpacing = 0.14299999999999999 0.25 0.66666666666666663\r\nDimSize = 3 2 1\r\n"
        "ElementType = MET_SHORT\r\nElementDataFile = LOCAL\r\n",
        one_to_six, sizeof one_to_six);
    assert_int_equal(im.ndim, 3);
    assert_memory_equal(im.dir, dir, sizeof dir);
    assert_memory_equal(im.spacing_mm, spacing, sizeof spacing);
    assert_memory_equal(im.origin_mm, origin, sizeof origin);
    dlrn_image_clear(&im);
}

static void files_that_itk_wrote_hold_their_ramps(void **state)
{
    (void)state;
    static const char *const names[] = {"int16_3d.mha", "zlib_2d.mha"};
    for (int k = 0; k < 2; k++) {
        char path[4096];
        dlrn_image im;
        snprintf(path, sizeof path, "%s/metaimage/%s", getenv("DLRN_TEST_CORPUS"), names[k]);
        assert_ok(dlrn_image_read(&im, path, NULL));
        assert_int_equal(im.ndim, k ? 2 : 3);
        assert_int_equal(im.stored, k ? DLRN_PIXEL_F32 : DLRN_PIXEL_I16);
        assert_true(im.spacing_known);
        assert_near(im.spacing_mm[1], k ? 1 : 0.75, 0, 0);
        for (int i = 0; i < (k ? 12 : 24); i++)
            assert_near(im.v[i], i, 0, 0);
        dlrn_image_clear(&im);
    }
}

static void pixels_may_be_deflated_written_out_or_last(void **state)
{
    (void)state;
    unsigned char *packed;
    size_t n;
    assert_ok(dlrn_gzip(&packed, &n, one_to_six, sizeof one_to_six, NULL));
    dlrn_image im = expect_one_to_six(HEAD "CompressedData = True\n" SHORTS, packed, n);
    dlrn_image_clear(&im);
    free(packed);
    // zlib's own header, and what ITK announces
    static const unsigned char zlib[] = {0x78, 0x9c, 0x63, 0x64, 0x60, 0x62, 0x60,
                                         0x66, 0x60, 0x61, 0x60, 0x65, 0x60, 0x63,
                                         0x00, 0x00, 0x00, 0x7c, 0x00, 0x16};
    im = expect_one_to_six(HEAD "CompressedData = True\nCompressedDataSize = 20\n" SHORTS, zlib,
                           sizeof zlib);
    dlrn_image_clear(&im);
    im = expect_one_to_six("NDims=2\nBinaryData=False\nBinaryDataByteOrderMSB=True\n" SHORTS,
                           "1 2 3\n4 5 6\n", 12);
    dlrn_image_clear(&im);
    unsigned char behind[2 + sizeof one_to_six] = {9, 9};
    memcpy(behind + 2, one_to_six, sizeof one_to_six);
    im = expect_one_to_six(HEAD "HeaderSize = -1\n" SHORTS, behind, sizeof behind);
    dlrn_image_clear(&im);
    im = expect_one_to_six(HEAD "HeaderSize = 0\n" SHORTS, one_to_six, sizeof one_to_six);
    dlrn_image_clear(&im);
}

static void other_kinds_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header, *says;
        dlrn_status st;
    } kinds[] = {
        {HEAD "DimSize = 3 2\nElementType = MET_SHORT\n", "header is cut off", DLRN_EFORMAT},
        {HEAD "DimSize = 3 2\nElementType = MET_SHORT\nElementDataFile = LOCAL", "cut off",
         DLRN_EFORMAT},
        {HEAD "DimSize = 3 2\nElementDataFile = LOCAL\n", "lacks the field 'ElementType'",
         DLRN_EFORMAT},
        {HEAD "ElementType = MET_SHORT\nElementDataFile = LOCAL\n", "lacks the field 'DimSize'",
         DLRN_EFORMAT},
        {"ObjectType = Tube\nNDims = 2\n" SHORTS, "another ObjectType", DLRN_EUNSUPPORTED},
        {HEAD "DimSize = 3 2\nElementType = MET_OTHER\nElementDataFile = LOCAL\n",
         "not one that dlrn reads", DLRN_EUNSUPPORTED},
        {HEAD "DimSize = 3 2\nElementType = MET_SHORT\nElementDataFile = a.raw\n",
         "save both as one .mha", DLRN_EUNSUPPORTED},
        {HEAD "DimSize = 3 2\nElementType = MET_SHORT\nElementDataFile = LIST\na.raw\n",
         "save both as one .mha", DLRN_EUNSUPPORTED},
        {"NDims = 4\nElementType = MET_SHORT\nDimSize = 3 2 1 1\nElementDataFile = LOCAL\n",
         "of 4 axes", DLRN_EUNSUPPORTED},
        {"NDims = 3\n" SHORTS, "field 'DimSize' makes no sense", DLRN_EFORMAT},
        {"NDims = two\n" SHORTS, "field 'NDims' makes no sense", DLRN_EFORMAT},
        {HEAD "DimSize = 3 -2\nElementType = MET_INT\nElementDataFile = LOCAL\n", "makes no sense",
         DLRN_EFORMAT},
        {HEAD "DimSize = 30000 30000\nElementType = MET_INT\nElementDataFile = LOCAL\n", "cut off",
         DLRN_EFORMAT},
        {HEAD "TransformMatrix = 1 0 1 0\n" SHORTS, "field 'TransformMatrix'", DLRN_EFORMAT},
        {HEAD "Rotation = 1 0 0\n" SHORTS, "field 'Rotation'", DLRN_EFORMAT},
        {HEAD "Origin = nan 2\n" SHORTS, "field 'Origin'", DLRN_EFORMAT},
        {HEAD "ElementSpacing = 0.5\n" SHORTS, "field 'ElementSpacing'", DLRN_EFORMAT},
        {HEAD "ElementSpacing = inf 1\n" SHORTS, "field 'ElementSpacing'", DLRN_EFORMAT},
        {HEAD "ElementSpacing = 0 1\n" SHORTS, "not above 0", DLRN_EFORMAT},
        {HEAD "HeaderSize = 10\n" SHORTS, "save it again without HeaderSize", DLRN_EUNSUPPORTED},
        {HEAD "HeaderSize = -1\nCompressedData = True\n" SHORTS, "without HeaderSize",
         DLRN_EUNSUPPORTED},
        {HEAD "ElementNumberOfChannels = 3\n" SHORTS, "several values a pixel", DLRN_EUNSUPPORTED},
        {HEAD "CompressedData = True\n" SHORTS, "damaged or cut off", DLRN_EFORMAT},
        {"NDims = 2\nBinaryData = False\n" SHORTS, "is no number", DLRN_EFORMAT},
        {"ndims = 2\n" SHORTS, "not an image that dlrn reads", DLRN_EFORMAT},
        {"NDimsOf = 2\n" SHORTS, "not an image that dlrn reads", DLRN_EFORMAT},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        dlrn_error err = {0};
        dlrn_image im;
        const dlrn_status st = read(&im, kinds[k].header, one_to_six, sizeof one_to_six, &err);
        if (st != kinds[k].st || !strstr(err.msg, kinds[k].says))
            fail_msg("%s\n%d: %s", kinds[k].header, st, err.msg);
        assert_null(im.v);
        if (strncmp(err.msg, "a.mha: ", 7)) fail_msg("%s", err.msg);
    }
}

static void every_length_but_the_whole_is_refused(void **state)
{
    (void)state;
    const file f = make(HEAD SHORTS, one_to_six, sizeof one_to_six);
    dlrn_image im;
    for (size_t n = 0; n < f.len; n++)
        assert_int_equal(dlrn_image_read_mem(&im, f.b, n, "a.mha", NULL), DLRN_EFORMAT);
    assert_ok(dlrn_image_read_mem(&im, f.b, f.len, "a.mha", NULL));
    dlrn_image_clear(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read_in_either_byte_order),
        cmocka_unit_test(headers_mean_what_itk_reads),
        cmocka_unit_test(an_oblique_volume_has_its_own_axes),
        cmocka_unit_test(files_that_itk_wrote_hold_their_ramps),
        cmocka_unit_test(pixels_may_be_deflated_written_out_or_last),
        cmocka_unit_test(other_kinds_are_refused),
        cmocka_unit_test(every_length_but_the_whole_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
