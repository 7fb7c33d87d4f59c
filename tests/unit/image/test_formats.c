/* SPDX-License-Identifier: Apache-2.0
 *
 * TIFF, JPEG and NRRD: small files made here by the formats' own libraries, or by hand.
 */
#include <dlrn/image.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <tiffio.h>

#include "support/near.h"

enum { W = 37, H = 21 };

static const char *work_path(const char *name)
{
    static char path[4096];
    const char *dir = getenv("DLRN_TEST_WORK");
    dlrn_error err;
    if (!dir) dir = "/tmp";
    assert_ok(dlrn_make_folder(dir, &err));
    snprintf(path, sizeof path, "%s/format_%s", dir, name);
    return path;
}

typedef struct tiff_kind {
    int bits, format, photometric, samples, compression, tile, pages;
    const char *mode;
    dlrn_pixel stored;
} tiff_kind;

/* What pixel i holds: negative ones too where the type knows them. */
static double pixel(const tiff_kind *k, int i)
{
    const int x = (i * 7) % 120;
    return k->format == SAMPLEFORMAT_UINT ? x : k->format == SAMPLEFORMAT_INT ? x - 60 : x / 8.0;
}

static void put_pixel(unsigned char *to, const tiff_kind *k, double x)
{
    const int64_t whole = (int64_t)x;
    const float f = (float)x;
    if (k->format != SAMPLEFORMAT_IEEEFP)
        memcpy(to, &whole, (size_t)k->bits / 8);
    else if (k->bits == 32)
        memcpy(to, &f, 4);
    else
        memcpy(to, &x, 8);
}

static void write_page(TIFF *tif, const tiff_kind *k)
{
    unsigned char row[64 * 64 * 8] = {0};
    const int size = k->bits / 8;
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, W);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, H);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, k->bits);
    TIFFSetField(tif, TIFFTAG_SAMPLEFORMAT, k->format);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, k->samples);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, k->photometric);
    TIFFSetField(tif, TIFFTAG_COMPRESSION, k->compression);
    TIFFSetField(tif, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
    TIFFSetField(tif, TIFFTAG_XRESOLUTION, 50.0);
    TIFFSetField(tif, TIFFTAG_YRESOLUTION, 40.0);
    if (k->tile) {
        TIFFSetField(tif, TIFFTAG_TILEWIDTH, k->tile);
        TIFFSetField(tif, TIFFTAG_TILELENGTH, k->tile);
    } else
        TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, 4);
    const int step = k->tile ? k->tile : 1, wide = k->tile ? k->tile : W;
    for (int y0 = 0; y0 < H; y0 += step)
        for (int x0 = 0; x0 < W; x0 += wide) {
            for (int y = y0; y < y0 + step && y < H; y++)
                for (int x = x0; x < x0 + wide && x < W; x++)
                    put_pixel(row + ((y - y0) * wide + x - x0) * size, k, pixel(k, y * W + x));
            if (k->tile)
                assert_true(TIFFWriteTile(tif, row, (uint32_t)x0, (uint32_t)y0, 0, 0) > 0);
            else
                assert_int_equal(TIFFWriteScanline(tif, row, (uint32_t)y0, 0), 1);
        }
    assert_true(TIFFWriteDirectory(tif));
}

static const char *write_tiff(const tiff_kind *k)
{
    const char *path = work_path("a.tif");
    TIFF *tif = TIFFOpen(path, k->mode);
    assert_non_null(tif);
    for (int page = 0; page < (k->pages ? k->pages : 1); page++)
        write_page(tif, k);
    TIFFClose(tif);
    return path;
}

#define GREY PHOTOMETRIC_MINISBLACK, 1

static void tiff_pixels_are_those_that_were_written(void **state)
{
    (void)state;
    static const tiff_kind kinds[] = {
        {8, SAMPLEFORMAT_UINT, GREY, COMPRESSION_NONE, 0, 1, "w", DLRN_PIXEL_U8},
        {8, SAMPLEFORMAT_INT, GREY, COMPRESSION_LZW, 0, 1, "w", DLRN_PIXEL_I8},
        {16, SAMPLEFORMAT_UINT, GREY, COMPRESSION_ADOBE_DEFLATE, 0, 1, "wb", DLRN_PIXEL_U16},
        {16, SAMPLEFORMAT_INT, GREY, COMPRESSION_PACKBITS, 16, 1, "wl", DLRN_PIXEL_I16},
        {32, SAMPLEFORMAT_UINT, GREY, COMPRESSION_LZW, 32, 1, "wb", DLRN_PIXEL_U32},
        {32, SAMPLEFORMAT_INT, GREY, COMPRESSION_NONE, 16, 1, "w8", DLRN_PIXEL_I32},
        {32, SAMPLEFORMAT_IEEEFP, GREY, COMPRESSION_NONE, 0, 1, "wb", DLRN_PIXEL_F32},
        {64, SAMPLEFORMAT_IEEEFP, GREY, COMPRESSION_LZW, 0, 1, "w", DLRN_PIXEL_F64},
        {16, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISWHITE, 1, COMPRESSION_NONE, 0, 1, "w",
         DLRN_PIXEL_U16},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        dlrn_error err;
        dlrn_image im;
        assert_ok(dlrn_image_read(&im, write_tiff(&kinds[k]), &err));
        assert_int_equal(im.stored, kinds[k].stored);
        assert_int_equal(im.dim[0], W);
        assert_int_equal(im.dim[1], H);
        assert_int_equal(im.ndim, 2);
        assert_int_equal(im.inverted, kinds[k].photometric == PHOTOMETRIC_MINISWHITE);
        for (int i = 0; i < W * H; i++)
            assert_near(im.v[i], pixel(&kinds[k], i), 0, 0);
        assert_true(im.spacing_known);
        assert_near(im.spacing_mm[0], 0.2, 0, 0);
        assert_near(im.spacing_mm[1], 0.25, 0, 0);
        dlrn_image_clear(&im);
    }
}

static void tiff_colour_pages_and_odd_depths_are_refused(void **state)
{
    (void)state;
    static const struct {
        tiff_kind kind;
        const char *says;
    } refused[] = {
        {{8, SAMPLEFORMAT_UINT, PHOTOMETRIC_RGB, 3, COMPRESSION_NONE, 0, 1, "w", 0}, "a colour TI"},
        {{8, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISBLACK, 2, COMPRESSION_NONE, 0, 1, "w", 0},
         "alpha channel"},
        {{16, SAMPLEFORMAT_UINT, GREY, COMPRESSION_NONE, 0, 3, "w", 0}, "a TIFF file of 3 pages"},
        {{64, SAMPLEFORMAT_UINT, GREY, COMPRESSION_NONE, 0, 1, "w", 0}, "64-bit integers"},
        {{16, SAMPLEFORMAT_IEEEFP, GREY, COMPRESSION_NONE, 0, 1, "w", 0}, "16-bit floating"},
    };
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        dlrn_error err;
        dlrn_image im;
        const char *path = write_tiff(&refused[k].kind);
        assert_int_equal(dlrn_image_read(&im, path, &err), DLRN_EUNSUPPORTED);
        assert_null(im.v);
        if (!strstr(err.msg, refused[k].says)) fail_msg("%s", err.msg);
    }
}

static const char *write_jpeg(int components)
{
    const char *path = work_path("a.jpg");
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr e;
    unsigned char row[W * 3];
    JSAMPROW rows[] = {row};
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    c.err = jpeg_std_error(&e);
    jpeg_create_compress(&c);
    jpeg_stdio_dest(&c, f);
    c.image_width = W;
    c.image_height = H;
    c.input_components = components;
    c.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 100, TRUE);
    c.density_unit = 1;
    c.X_density = 127;
    c.Y_density = 254;
    jpeg_start_compress(&c, TRUE);
    for (int y = 0; y < H; y++) {
        for (int i = 0; i < W * components; i++)
            row[i] = (unsigned char)(5 * (i / components) + y);
        jpeg_write_scanlines(&c, rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    fclose(f);
    return path;
}

static void grey_jpeg_is_read_and_colour_refused(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image im;
    assert_ok(dlrn_image_read(&im, write_jpeg(1), &err));
    assert_int_equal(im.dim[0], W);
    assert_int_equal(im.dim[1], H);
    assert_int_equal(im.stored, DLRN_PIXEL_U8);
    assert_near(im.spacing_mm[0], 0.2, 1e-15, 0);
    assert_near(im.spacing_mm[1], 0.1, 1e-15, 0);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            assert_near(im.v[y * W + x], 5 * x + y, 1, 0); // JPEG loses a little
    dlrn_image_clear(&im);
    assert_int_equal(dlrn_image_read(&im, write_jpeg(3), &err), DLRN_EUNSUPPORTED);
    assert_non_null(strstr(err.msg, "a colour JPEG image"));
}

/* Every beginning of the file is an error, never an image and never a crash. */
static void assert_cut_off(const char *path, size_t enough)
{
    dlrn_error err;
    dlrn_image im;
    char *buf;
    size_t len;
    assert_ok(dlrn_read_file(&buf, &len, path, &err));
    for (size_t n = 0; n + enough <= len; n++) {
        if (dlrn_image_read_mem(&im, buf, n, "cut", &err) == DLRN_OK)
            fail_msg("%s: %zu of %zu bytes were read as an image", path, n, len);
        assert_null(im.v);
        assert_memory_equal(err.msg, "cut: ", 5);
    }
    free(buf);
}

static void cut_off_files_are_refused(void **state)
{
    (void)state;
    static const tiff_kind plain = {16, SAMPLEFORMAT_UINT, GREY, COMPRESSION_NONE, 0, 1, "w", 0};
    static const tiff_kind packed = {16, SAMPLEFORMAT_UINT, GREY, COMPRESSION_LZW, 16, 1, "w", 0};
    dlrn_error err;
    dlrn_image im;
    assert_cut_off(write_tiff(&plain), 1);
    assert_cut_off(write_tiff(&packed), 1);
    assert_cut_off(write_jpeg(1), 2); // the end mark may be half there
    assert_ok(dlrn_image_read(&im, write_jpeg(1), &err));
    assert_ok(dlrn_image_write(&im, work_path("cut.nrrd"), &err));
    assert_cut_off(work_path("cut.nrrd"), 1);
    dlrn_image_clear(&im);
}

static void damaged_bytes_never_crash_a_reader(void **state)
{
    (void)state;
    static const tiff_kind tiff = {16, SAMPLEFORMAT_UINT, GREY, COMPRESSION_LZW, 16, 1, "w", 0};
    dlrn_error err;
    dlrn_image im;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 1, 0);
    for (int format = 0; format < 2; format++) {
        char *buf;
        size_t len;
        assert_ok(dlrn_read_file(&buf, &len, format ? write_jpeg(1) : write_tiff(&tiff), &err));
        for (int turn = 0; turn < 1000; turn++) {
            const size_t at = (size_t)dlrn_rng_below(&rng, len);
            const char was = buf[at];
            buf[at] = (char)dlrn_rng_below(&rng, 256);
            if (dlrn_image_read_mem(&im, buf, len, "x", &err) == DLRN_OK) dlrn_image_clear(&im);
            buf[at] = was;
        }
        free(buf);
    }
}

static dlrn_status read_text(dlrn_image *im, const char *header, const char *data, dlrn_error *err)
{
    char buf[1000];
    const int n = snprintf(buf, sizeof buf, "NRRD0004\n%s%s", header, data);
    return dlrn_image_read_mem(im, buf, (size_t)n, "a.nrrd", err);
}

static void nrrd_gives_back_what_was_written(void **state)
{
    (void)state;
    for (int p = DLRN_PIXEL_U8; p <= DLRN_PIXEL_F64; p++)
        for (int ndim = 2; ndim <= 3; ndim++) {
            dlrn_error err;
            dlrn_image im, back;
            const int64_t dim[] = {5, 4, ndim == 3 ? 3 : 1};
            assert_ok(dlrn_image_alloc(&im, ndim, dim, &err));
            for (int i = 0; i < 20 * dim[2]; i++)
                im.v[i] = i;
            im.stored = (dlrn_pixel)p;
            im.spacing_known = p % 2 == 0;
            const double spacing[] = {0.143, 0.25, 2}, origin[] = {-12, 3.5, 8};
            const double turned[] = {0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 1};
            for (int k = 0; k < ndim && im.spacing_known; k++) {
                im.spacing_mm[k] = spacing[k];
                im.origin_mm[k] = origin[k];
            }
            if (im.spacing_known) memcpy(im.dir, turned, sizeof turned);
            assert_ok(dlrn_image_write(&im, work_path("a.nrrd"), &err));
            assert_ok(dlrn_image_read(&back, work_path("a.nrrd"), &err));
            assert_int_equal(back.stored, p);
            assert_int_equal(back.ndim, ndim);
            assert_int_equal(back.spacing_known, im.spacing_known);
            assert_memory_equal(back.dim, im.dim, sizeof im.dim);
            assert_memory_equal(back.v, im.v, (size_t)(20 * dim[2]) * sizeof *im.v);
            for (int k = 0; k < 9; k++)
                assert_near(back.dir[k], im.dir[k], 1e-15, 0);
            assert_ok(dlrn_geometry_check(&im, &back, 1e-12, &err));
            dlrn_image_clear(&im);
            dlrn_image_clear(&back);
        }
}

/* Figures: SimpleITK 2.5 on the same headers. */
static void nrrd_headers_mean_what_itk_reads(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        double spacing[2], origin[2], dir[2];
        bool known;
    } kinds[] = {
        {"", {1, 1}, {0, 0}, {1, 1}, false},
        {"spacings: 0.5 0.25\n", {0.5, 0.25}, {0, 0}, {1, 1}, true},
        {"spacings: 0.5 0.25\naxis mins: 3 4\n", {0.5, 0.25}, {3.25, 4.125}, {1, 1}, true},
        {"spacings: -0.5 0.25\n", {0.5, 0.25}, {0, 0}, {-1, 1}, true},
        {"spacings: NaN 0.25\n", {1, 0.25}, {0, 0}, {1, 1}, false},
        {"space dimension: 2\nspace directions: (0.5,0) (0,0.25)\nspace origin: (3,4)\n",
         {0.5, 0.25},
         {3, 4},
         {1, 1},
         true},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        dlrn_error err;
        dlrn_image im;
        char header[300];
        snprintf(header, sizeof header,
                 "# a comment\ntype: short\ndimension: 2\nsizes: 3 2\n%skey:=value: 1\n"
                 "encoding: ascii\n\n",
                 kinds[k].header);
        assert_ok(read_text(&im, header, "1 -2 3\n4 5 600\n", &err));
        assert_near(im.v[1], -2, 0, 0);
        assert_near(im.v[5], 600, 0, 0);
        assert_int_equal(im.spacing_known, kinds[k].known);
        for (int a = 0; a < 2; a++) {
            assert_near(im.spacing_mm[a], kinds[k].spacing[a], 0, 0);
            assert_near(im.origin_mm[a], kinds[k].origin[a], 0, 0);
            assert_near(im.dir[4 * a], kinds[k].dir[a], 0, 0);
        }
        dlrn_image_clear(&im);
    }
}

static void nrrd_spaces_are_turned_as_itk_does(void **state)
{
    (void)state;
    static const struct {
        const char *space;
        double x, y;
    } kinds[] = {{"right-anterior-superior", -1, -1},
                 {"left-anterior-superior", 1, -1},
                 {"left-posterior-superior", 1, 1},
                 {"scanner-xyz", 1, 1}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        dlrn_error err;
        dlrn_image im;
        char header[300];
        snprintf(header, sizeof header,
                 "type: uchar\r\ndimension: 3\r\nspace: %s\r\nsizes: 2 1 1\r\n"
                 "space directions: (0.5,0,0) (0,0.25,0) (0,0,2)\r\n"
                 "kinds: domain domain domain\r\nspace origin: (1,2,3)\r\nencoding: raw\r\n\r\n",
                 kinds[k].space);
        assert_ok(read_text(&im, header, "AB", &err));
        assert_int_equal(im.ndim, 3);
        assert_near(im.v[1], 'B', 0, 0);
        assert_near(im.dir[0], kinds[k].x, 0, 0);
        assert_near(im.dir[4], kinds[k].y, 0, 0);
        assert_near(im.dir[8], 1, 0, 0);
        assert_near(im.origin_mm[0], kinds[k].x, 0, 0);
        assert_near(im.origin_mm[1], 2 * kinds[k].y, 0, 0);
        assert_near(im.origin_mm[2], 3, 0, 0);
        dlrn_image_clear(&im);
    }
}

static void nrrd_of_other_kinds_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header, *says;
        dlrn_status st;
    } kinds[] = {
        {"type: block\n", "type is not one of", DLRN_EUNSUPPORTED},
        {"type: int\ndimension: 5\n", "of 5 axes", DLRN_EUNSUPPORTED},
        {"type: int\ndimension: 4\nsizes: 1 1 1 1\nencoding: raw\n\n", "of 4 axes",
         DLRN_EUNSUPPORTED},
        {"type: int\ndimension: 2\nsizes: 3\n", "field 'sizes'", DLRN_EFORMAT},
        {"type: int\ndimension: 2\nsizes: 3 -2\nencoding: raw\n\n", "no sense", DLRN_EFORMAT},
        {"type: int\ndimension: 2\nsizes: 30000 30000\nencoding: raw\n\n", "cut off", DLRN_EFORMAT},
        {"type: int\ndimension: 2\nsizes: 1 1\n\n", "lacks the field 'encoding'", DLRN_EFORMAT},
        {"type: int\ndimension: 2\nsizes: 1 1\nencoding: bzip2\n\n1234", "raw or gzip",
         DLRN_EUNSUPPORTED},
        {"type: int\ndimension: 2\nsizes: 1 1\nencoding: raw\ndata file: a.raw\n\n",
         "in another file", DLRN_EUNSUPPORTED},
        {"type: uchar\ndimension: 3\nsizes: 3 1 1\nkinds: RGB-color domain domain\n"
         "encoding: raw\n\n",
         "several values a pixel", DLRN_EUNSUPPORTED},
        {"type: uchar\ndimension: 3\nspace dimension: 2\nspace directions: none (1,0) (0,1)\n"
         "sizes: 3 1 1\nencoding: raw\n\n",
         "several values a pixel", DLRN_EUNSUPPORTED},
        {"type: int\ndimension: 2\nspace: LPS\nspace directions: (1,0) (0,1)\n",
         "field 'space directions'", DLRN_EFORMAT},
        {"type: uchar\ndimension: 2\nsizes: 2 1\nencoding: txt\n\n1 two", "is no number",
         DLRN_EFORMAT},
        {"type: int", "cut off", DLRN_EFORMAT},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        dlrn_error err;
        dlrn_image im;
        assert_int_equal(read_text(&im, kinds[k].header, "", &err), kinds[k].st);
        assert_null(im.v);
        if (!strstr(err.msg, kinds[k].says)) fail_msg("%s", err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiff_pixels_are_those_that_were_written),
        cmocka_unit_test(tiff_colour_pages_and_odd_depths_are_refused),
        cmocka_unit_test(grey_jpeg_is_read_and_colour_refused),
        cmocka_unit_test(cut_off_files_are_refused),
        cmocka_unit_test(damaged_bytes_never_crash_a_reader),
        cmocka_unit_test(nrrd_gives_back_what_was_written),
        cmocka_unit_test(nrrd_headers_mean_what_itk_reads),
        cmocka_unit_test(nrrd_spaces_are_turned_as_itk_does),
        cmocka_unit_test(nrrd_of_other_kinds_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
