/* SPDX-License-Identifier: Apache-2.0
 *
 * JPEG by libjpeg-turbo: grey only. The density is the pixel spacing, as ITK reads it.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "image/count.h"
#include "image/format.h"

typedef struct catcher {
    struct jpeg_error_mgr base;
    jmp_buf back;
    char why[JMSG_LENGTH_MAX];
    unsigned char *raw; /* here so that a jump does not lose it */
} catcher;

static void on_error(j_common_ptr c)
{
    catcher *k = (catcher *)c->err;
    c->err->format_message(c, k->why);
    longjmp(k->back, 1);
}

/* Below 0 the data are corrupt, and libjpeg would go on with grey: here it is an error. */
static void on_message(j_common_ptr c, int level)
{
    if (level < 0) on_error(c);
}

static void set_spacing(dlrn_image *out, const struct jpeg_decompress_struct *c)
{
    const double unit = c->density_unit == 1 ? 25.4 : c->density_unit == 2 ? 10 : 0;
    dlrn_resolution_to_spacing(out, c->X_density, c->Y_density, c->saw_JFIF_marker ? unit : 0);
}

/* Reads the whole picture; libjpeg jumps out of it on an error. */
static dlrn_status read_rows(dlrn_image *out, struct jpeg_decompress_struct *c, size_t len,
                             int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    size_t n;
    catcher *k = (catcher *)c->err;
    (void)jpeg_read_header(c, TRUE);
    const bool plain = c->num_components == 1 && c->jpeg_color_space == JCS_GRAYSCALE;
    if (!plain && channel == DLRN_PLAIN)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a colour JPEG image; dlrn needs plain grey, even where red, green and "
                         "blue agree: convert it, for example with ImageMagick: convert IN.jpg "
                         "-colorspace Gray OUT.png");
    (void)jpeg_start_decompress(c);
    const JDIMENSION w = c->output_width, h = c->output_height;
    // a block of 64 pixels takes one bit at least
    if ((double)w * h > 512 * ((double)len + 65536)) {
        st =
            dlrn_fail(err, DLRN_EFORMAT,
                      "the JPEG file is damaged: it announces %u x %u pixels in %zu bytes; copy or "
                      "export it again",
                      (unsigned)w, (unsigned)h, len);
        goto done;
    }
    const int64_t dim[3] = {w, h, 1};
    const size_t n_channels = (size_t)c->output_components;
    if (!plain) DLRN_TRY(dlrn_channel_check(channel, (int64_t)n_channels, err));
    DLRN_TRY(dlrn_voxel_count(&n, dim, err));
    DLRN_TRY(dlrn_alloc_or_fail(&k->raw, n * n_channels, err));
    for (JDIMENSION y = 0; y < h; y++) {
        JSAMPROW row = k->raw + (size_t)y * w * n_channels;
        (void)jpeg_read_scanlines(c, &row, 1);
    }
    (void)jpeg_finish_decompress(c);
    if (!plain) dlrn_channel_pack(k->raw, k->raw, n, n_channels, (size_t)channel, 1);
    dlrn_image_shape(out, 2, dim);
    out->stored = DLRN_PIXEL_U8;
    out->lossy = true;
    out->raw = out->raw_owner = k->raw;
    k->raw = NULL;
    set_spacing(out, c);
done:
    return st;
}

dlrn_status dlrn_jpeg_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    struct jpeg_decompress_struct c = {0};
    catcher k = {0};
    c.err = jpeg_std_error(&k.base);
    k.base.error_exit = on_error;
    k.base.emit_message = on_message;
    if (setjmp(k.back)) {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "the JPEG file is damaged or cut off (%s): copy or export it again", k.why);
    } else {
        jpeg_create_decompress(&c);
        jpeg_mem_src(&c, buf, (unsigned long)len);
        st = read_rows(out, &c, len, channel, err);
    }
    jpeg_destroy_decompress(&c);
    free(k.raw);
    return st;
}
