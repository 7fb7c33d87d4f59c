/* SPDX-License-Identifier: Apache-2.0
 *
 * odd_image KIND FILE: writes an image that no reader of a grey radiograph may take, for the
 * command-line tests.
 */
#include <stdio.h>
#include <string.h>

#include <png.h>

#include "image/dicom_write.h"

#define RLE  "1.2.840.10008.1.2.5"
#define JPEG "1.2.840.10008.1.2.4.50"

typedef struct kind {
    const char *name, *syntax, *photometric, *frames;
    int samples;
} kind;

/* 8x8 pixels of 8 bits; the encapsulated ones hold no picture at all. */
static const kind kinds[] = {
    {"dicom-frames", DLRN_DICOM_PLAIN, "MONOCHROME2", "2", 1},
    {"dicom-colour", DLRN_DICOM_PLAIN, "RGB", NULL, 3},
    {"dicom-jpeg", JPEG, "MONOCHROME2", NULL, 1},
    {"dicom-rle", RLE, "MONOCHROME2", NULL, 1},
};

static void put_encapsulated(dlrn_str *b)
{
    static const char begin[] = "\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff";
    static const char item[] = "\xfe\xff\x00\xe0", end[] = "\xfe\xff\xdd\xe0\0\0\0";
    dlrn_str_addn(b, begin, 12);
    dlrn_str_addn(b, item, 4);
    dlrn_str_addn(b, "\0\0\0", 4);
    dlrn_str_addn(b, item, 4);
    dlrn_str_addn(b, "\x40\0\0", 4);
    for (int i = 0; i < 64; i++)
        dlrn_str_addn(b, i % 3 ? "\xff" : "\xd8", 1);
    dlrn_str_addn(b, end, 8);
}

static dlrn_status write_dicom(const kind *k, const char *path, dlrn_error *err)
{
    static const char pixels[8 * 8 * 3];
    dlrn_str b = {0};
    dlrn_dicom_put_head(&b, DLRN_DICOM_CR, k->syntax, "2.25.9");
    dlrn_dicom_put_text(&b, 0x10, 0x10, "PN", "PHANTOM^MARKED");
    dlrn_dicom_put_number(&b, 0x02, k->samples);
    dlrn_dicom_put_text(&b, 0x28, 0x04, "CS", k->photometric);
    if (k->samples > 1) dlrn_dicom_put_number(&b, 0x06, 0);
    if (k->frames) dlrn_dicom_put_text(&b, 0x28, 0x08, "IS", k->frames);
    dlrn_dicom_put_number(&b, 0x10, 8);
    dlrn_dicom_put_number(&b, 0x11, 8);
    dlrn_dicom_put_number(&b, 0x100, 8);
    dlrn_dicom_put_number(&b, 0x101, 8);
    dlrn_dicom_put_number(&b, 0x102, 7);
    dlrn_dicom_put_number(&b, 0x103, 0);
    if (strcmp(k->syntax, DLRN_DICOM_PLAIN) != 0)
        put_encapsulated(&b);
    else
        dlrn_dicom_put(&b, 0x7fe0, 0x10, "OB", pixels,
                       (size_t)(64 * k->samples * (k->frames ? 2 : 1)));
    const dlrn_status st = b.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory")
                                    : dlrn_write_file(path, b.s, b.len, err);
    dlrn_str_clear(&b);
    return st;
}

static dlrn_status write_colour_png(const char *path, dlrn_error *err)
{
    static const unsigned char pixels[8 * 8 * 3];
    png_image im = {
        .version = PNG_IMAGE_VERSION, .width = 8, .height = 8, .format = PNG_FORMAT_RGB};
    if (png_image_write_to_file(&im, path, 0, pixels, 0, NULL)) return DLRN_OK;
    return dlrn_fail(err, DLRN_EIO, "%s: %s", path, im.message);
}

/* A grey slope of w x h pixels, or a mask with a square of ones, by the name's ending. */
static dlrn_status write_grey(const char *path, int w, int h, bool mask, dlrn_error *err)
{
    dlrn_image im;
    dlrn_status st = dlrn_image_alloc(&im, 2, (int64_t[3]){w, h, 1}, err);
    if (st != DLRN_OK) return st;
    im.stored = DLRN_PIXEL_U8;
    for (int i = 0; i < w * h; i++) {
        const int x = i % w, y = i / w;
        im.v[i] = mask ? x > 2 && x < w - 3 && y > 2 && y < h - 3 : (3 * x + y * y) % 256;
    }
    const dlrn_dicom_tags tags = {"2.25.10", "PHANTOM^MARKED", "MARKED-ID"};
    st = dlrn_path_has_ext(path, ".dcm") ? dlrn_dicom_write(&im, &tags, path, err)
                                         : dlrn_image_write(&im, path, err);
    dlrn_image_clear(&im);
    return st;
}

int main(int argc, char **argv)
{
    dlrn_error err = {0};
    dlrn_status st = DLRN_EINVAL;
    if (argc != 3) return 2;
    if (!strcmp(argv[1], "png-colour")) st = write_colour_png(argv[2], &err);
    if (!strcmp(argv[1], "grey")) st = write_grey(argv[2], 24, 20, false, &err);
    if (!strcmp(argv[1], "mask")) st = write_grey(argv[2], 24, 20, true, &err);
    if (!strcmp(argv[1], "small-mask")) st = write_grey(argv[2], 20, 20, true, &err);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (!strcmp(argv[1], kinds[k].name)) st = write_dicom(&kinds[k], argv[2], &err);
    if (st != DLRN_OK) fprintf(stderr, "odd_image: %s %s\n", argv[1], err.msg);
    return st != DLRN_OK;
}
