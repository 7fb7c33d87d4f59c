/* SPDX-License-Identifier: Apache-2.0
 *
 * PNG by libpng: grey only, 8 or 16 bit (1, 2 and 4 bit are spread over 0..255, as ITK does).
 */
#include <inttypes.h>

#include "base/library.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "image/count.h"
#include "image/format.h"

typedef struct source {
    const unsigned char *at;
    size_t left;
    unsigned char *raw; /* rows, here so that a jump does not lose them */
    char why[120];      /* libpng's last word */
} source;

static void on_error(png_structp png, png_const_charp message)
{
    source *s = png_get_error_ptr(png);
    snprintf(s->why, sizeof s->why, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void feed(png_structp png, png_bytep out, size_t n)
{
    source *s = png_get_io_ptr(png);
    if (n > s->left) png_error(png, "the file ends too early");
    memcpy(out, s->at, n);
    s->at += n;
    s->left -= n;
}

static dlrn_status check_colour(int colour, dlrn_error *err)
{
    if (colour == PNG_COLOR_TYPE_GRAY) return DLRN_OK;
    const char *kind = colour == PNG_COLOR_TYPE_PALETTE      ? "a palette image (indexed colour)"
                       : colour == PNG_COLOR_TYPE_GRAY_ALPHA ? "grey with an alpha channel"
                                                             : "a colour image";
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "%s; dlrn needs plain grey, even where red, green and blue agree: convert it, "
                     "for example with ImageMagick: convert IN.png -alpha off -colorspace Gray "
                     "-define png:color-type=0 OUT.png",
                     kind);
}

/* Reads all rows of an opened file; libpng jumps out of it on an error. */
static dlrn_status read_rows(dlrn_image *out, png_structp png, png_infop info, int64_t channel,
                             dlrn_error *err)
{
    dlrn_status st;
    source *src = png_get_error_ptr(png);
    png_read_info(png, info);
    const png_uint_32 w = png_get_image_width(png, info), h = png_get_image_height(png, info);
    const int depth = png_get_bit_depth(png, info);
    const dlrn_pixel stored = depth == 16 ? DLRN_PIXEL_U16 : DLRN_PIXEL_U8;
    const int colour = png_get_color_type(png, info);
    if (channel == DLRN_PLAIN) DLRN_TRY(check_colour(colour, err));
    // deflate packs at most 1032 bytes into one: more is a made-up size
    if ((double)png_get_rowbytes(png, info) * h > 1100 * ((double)src->left + 65536))
        png_error(png, "it announces more pixels than it can hold");
    if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (colour != PNG_COLOR_TYPE_GRAY) png_set_expand(png); // palettes and their transparency
    if (depth == 16) png_set_swap(png);                     // little endian
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t n_channels = png_get_channels(png, info), bytes = dlrn_pixel_size(stored);
    const size_t stride = (size_t)w * n_channels * bytes;
    const int64_t dim[3] = {w, h, 1};
    size_t n;
    if (n_channels > 1) DLRN_TRY(dlrn_channel_check(channel, (int64_t)n_channels, err));
    DLRN_TRY(dlrn_voxel_count(&n, dim, err));
    src->raw = dlrn_alloc_uncleared(h, stride);
    if (!src->raw) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu pixels", n);
        goto done;
    }
    if (passes > 1) memset(src->raw, 0, h * stride); // the passes fill it up
    for (int pass = 0; pass < passes; pass++)
        for (png_uint_32 y = 0; y < h; y++)
            png_read_row(png, src->raw + y * stride, NULL);
    png_read_end(png, NULL);
    if (n_channels > 1)
        dlrn_channel_pack(src->raw, src->raw, n, n_channels, (size_t)channel, bytes);
    dlrn_image_shape(out, 2, dim);
    out->stored = stored;
    out->raw = out->raw_owner = src->raw;
    src->raw = NULL;
done:
    return st;
}

dlrn_status dlrn_png_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                              int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    source src = {.at = buf, .left = len};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &src, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    }
    if (setjmp(png_jmpbuf(png))) {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "the PNG file is damaged or cut off (%s): copy or export it again", src.why);
    } else {
        png_set_read_fn(png, &src, feed);
        st = read_rows(out, png, info, channel, err);
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(src.raw);
    return st;
}

static void put(png_structp png, png_bytep data, size_t n)
{
    if (fwrite(data, 1, n, png_get_io_ptr(png)) != n) png_error(png, "cannot write");
}

static void flush(png_structp png)
{
    (void)png;
}

/* Writes a whole file; libpng jumps out of it on an error. */
static void write_rows(const dlrn_image *im, unsigned char *row, png_structp png, png_infop info)
{
    const bool deep = im->stored != DLRN_PIXEL_U8;
    const size_t w = (size_t)im->dim[0];
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)im->dim[1], deep ? 16 : 8,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    if (deep) png_set_swap(png);
    for (int64_t y = 0; y < im->dim[1]; y++) {
        dlrn_pixels_from_double(row, im->v + (size_t)y * w, w, im->stored);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
}

dlrn_status dlrn_png_write(const dlrn_image *im, FILE *f, dlrn_error *err)
{
    source src = {0};
    if ((im->stored != DLRN_PIXEL_U8 && im->stored != DLRN_PIXEL_U16) || im->dim[2] != 1 ||
        im->dim[0] > 1000000 || im->dim[1] > 1000000)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "PNG holds one slice of uint8 or uint16, the image is %s with %" PRId64
                         " slices: write .nii.gz",
                         dlrn_pixel_name(im->stored), im->dim[2]);
    src.raw = dlrn_alloc_array((size_t)im->dim[0], dlrn_pixel_size(im->stored));
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &src, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    const bool ready = src.raw && info;
    if (ready && !setjmp(png_jmpbuf(png))) {
        png_set_write_fn(png, f, put, flush);
        write_rows(im, src.raw, png, info);
    }
    png_destroy_write_struct(&png, &info);
    free(src.raw);
    if (!ready) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    return src.why[0] ? dlrn_fail(err, DLRN_EIO, "%s (is the disk full?)", src.why) : DLRN_OK;
}

const char *dlrn_library_libpng(void)
{
    return png_get_libpng_ver(NULL);
}
