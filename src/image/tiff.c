/* SPDX-License-Identifier: Apache-2.0
 *
 * TIFF by libtiff: one grey page of 8, 16 or 32 bit integers or floating point, in strips or
 * tiles, packed or not. The resolution is the pixel spacing, as ITK reads it.
 */
#include <stdlib.h>

#include "base/library.h"
#include <string.h>

#include <tiffio.h>

#include "image/count.h"
#include "image/format.h"

typedef struct source {
    const unsigned char *buf;
    size_t len, at;
    char why[160]; /* libtiff's first word */
} source;

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t n)
{
    source *s = handle;
    const size_t left = s->at < s->len ? s->len - s->at : 0;
    const size_t take = (size_t)n < left ? (size_t)n : left;
    memcpy(to, s->buf + (take ? s->at : 0), take);
    s->at += take;
    return (tmsize_t)take;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t n)
{
    (void)handle;
    (void)from;
    (void)n;
    return -1;
}

static toff_t on_seek(thandle_t handle, toff_t to, int whence)
{
    source *s = handle;
    s->at = (size_t)(whence == SEEK_SET ? to : whence == SEEK_CUR ? s->at + to : s->len + to);
    return s->at;
}

static int on_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t on_size(thandle_t handle)
{
    return ((source *)handle)->len;
}

/* Keeps the first message; 1: libtiff's own handler, which prints, has nothing to do. */
static int on_error(TIFF *tif, void *user, const char *module, const char *format, va_list args)
{
    source *s = user;
    (void)tif;
    (void)module;
    if (!s->why[0]) vsnprintf(s->why, sizeof s->why, format, args);
    return 1;
}

static int on_warning(TIFF *tif, void *user, const char *module, const char *format, va_list args)
{
    (void)tif;
    (void)user;
    (void)module;
    (void)format;
    (void)args;
    return 1;
}

static TIFF *open_source(source *s)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, s);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, s);
    // m: no mapping of the file into memory, it is there already
    TIFF *tif = TIFFClientOpenExt("image", "rm", s, on_read, on_write, on_seek, on_close, on_size,
                                  NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tif;
}

static dlrn_status damaged(const source *s, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the TIFF file is damaged or cut off (%s): copy or export it again",
                     s->why[0] ? s->why : "pixels are missing");
}

typedef struct page {
    int64_t dim[3];
    dlrn_pixel stored;
    bool inverted, planes; /* planes: channels one after the other, not side by side */
    size_t n_channels, channel;
} page;

static dlrn_status find_type(dlrn_pixel *out, int bits, int format, dlrn_error *err)
{
    static const struct {
        int bits, format;
        dlrn_pixel p;
    } known[] = {
        {8, SAMPLEFORMAT_UINT, DLRN_PIXEL_U8},     {8, SAMPLEFORMAT_INT, DLRN_PIXEL_I8},
        {16, SAMPLEFORMAT_UINT, DLRN_PIXEL_U16},   {16, SAMPLEFORMAT_INT, DLRN_PIXEL_I16},
        {32, SAMPLEFORMAT_UINT, DLRN_PIXEL_U32},   {32, SAMPLEFORMAT_INT, DLRN_PIXEL_I32},
        {32, SAMPLEFORMAT_IEEEFP, DLRN_PIXEL_F32}, {64, SAMPLEFORMAT_IEEEFP, DLRN_PIXEL_F64},
    };
    if (format == SAMPLEFORMAT_VOID) format = SAMPLEFORMAT_UINT;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (known[k].bits == bits && known[k].format == format) {
            *out = known[k].p;
            return DLRN_OK;
        }
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "a TIFF image of %d-bit %s; dlrn reads 8, 16 and 32 bit integers and 32 and "
                     "64 bit floating point: export it as one of these",
                     bits,
                     format == SAMPLEFORMAT_IEEEFP ? "floating point"
                     : format > SAMPLEFORMAT_VOID  ? "complex numbers"
                                                   : "integers");
}

static dlrn_status describe(page *p, TIFF *tif, const source *s, int64_t channel, dlrn_error *err)
{
    uint32_t w = 0, h = 0;
    uint16_t bits = 1, format = SAMPLEFORMAT_UINT, samples = 1, colour = PHOTOMETRIC_MINISBLACK;
    uint16_t planar = PLANARCONFIG_CONTIG;
    if (!TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &w) || !TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &h))
        return damaged(s, err);
    TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &colour);
    TIFFGetFieldDefaulted(tif, TIFFTAG_PLANARCONFIG, &planar);
    const bool several = channel != DLRN_PLAIN && samples > 1 && colour <= PHOTOMETRIC_RGB;
    if (!several && (samples != 1 || colour > PHOTOMETRIC_MINISBLACK))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a %s TIFF image; dlrn needs plain grey, one value a pixel: convert it, "
                         "for example with ImageMagick: convert IN.tif -alpha off -colorspace Gray "
                         "OUT.tif",
                         colour == PHOTOMETRIC_PALETTE ? "palette (indexed colour)"
                         : samples == 2                ? "grey with alpha channel"
                                                       : "colour");
    const tdir_t pages = TIFFNumberOfDirectories(tif);
    if (pages != 1)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a TIFF file of %u pages; save the one page to read as a file of its own",
                         (unsigned)pages);
    *p = (page){.dim = {w, h, 1},
                .inverted = colour == PHOTOMETRIC_MINISWHITE,
                .planes = planar == PLANARCONFIG_SEPARATE,
                .n_channels = 1};
    if (several) {
        const dlrn_status st = dlrn_channel_check(channel, samples, err);
        if (st != DLRN_OK) return st;
        p->n_channels = samples;
        p->channel = (size_t)channel;
    }
    return find_type(&p->stored, bits, format, err);
}

/* One channel of n pixels. */
static void take(unsigned char *dst, const unsigned char *src, size_t n, const page *p)
{
    const size_t bytes = dlrn_pixel_size(p->stored);
    if (p->n_channels > 1 && !p->planes)
        dlrn_channel_pack(dst, src, n, p->n_channels, p->channel, bytes);
    else
        memcpy(dst, src, n * bytes);
}

/* True where all pixels were read. libtiff gives them in the machine's order, little endian. */
static bool read_strips(unsigned char *out, TIFF *tif, unsigned char *row, const page *p)
{
    const size_t w = (size_t)p->dim[0], stride = w * dlrn_pixel_size(p->stored);
    for (int64_t y = 0; y < p->dim[1]; y++, out += stride) {
        if (TIFFReadScanline(tif, row, (uint32_t)y, (uint16_t)p->channel) != 1) return false;
        take(out, row, w, p);
    }
    return true;
}

static bool read_tiles(unsigned char *out, TIFF *tif, unsigned char *tile, const page *p)
{
    uint32_t tw = 0, th = 0;
    const int64_t w = p->dim[0], h = p->dim[1];
    const size_t bytes = dlrn_pixel_size(p->stored);
    const size_t step = (p->planes ? 1 : p->n_channels) * bytes;
    if (!TIFFGetField(tif, TIFFTAG_TILEWIDTH, &tw) || !TIFFGetField(tif, TIFFTAG_TILELENGTH, &th))
        return false;
    for (int64_t y0 = 0; y0 < h; y0 += th)
        for (int64_t x0 = 0; x0 < w; x0 += tw) {
            if (TIFFReadTile(tif, tile, (uint32_t)x0, (uint32_t)y0, 0, (uint16_t)p->channel) < 0)
                return false;
            const size_t wide = (size_t)(w - x0 < tw ? w - x0 : tw);
            for (int64_t y = y0; y < h && y < y0 + th; y++)
                take(out + (size_t)(y * w + x0) * bytes, tile + (size_t)(y - y0) * tw * step, wide,
                     p);
        }
    return true;
}

static void set_spacing(dlrn_image *out, TIFF *tif)
{
    uint16_t unit = RESUNIT_INCH;
    float x = 0, y = 0;
    TIFFGetFieldDefaulted(tif, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (!TIFFGetField(tif, TIFFTAG_XRESOLUTION, &x) || !TIFFGetField(tif, TIFFTAG_YRESOLUTION, &y))
        return;
    dlrn_resolution_to_spacing(out, (double)x, (double)y,
                               unit == RESUNIT_INCH         ? 25.4
                               : unit == RESUNIT_CENTIMETER ? 10
                                                            : 0);
}

static dlrn_status read_page(dlrn_image *out, TIFF *tif, source *s, int64_t channel,
                             dlrn_error *err)
{
    dlrn_status st;
    page p;
    size_t all;
    unsigned char *piece = NULL, *raw = NULL;
    DLRN_TRY(describe(&p, tif, s, channel, err));
    const bool tiled = TIFFIsTiled(tif);
    const tmsize_t n = tiled ? TIFFTileSize(tif) : TIFFScanlineSize(tif);
    // LZW packs some 2700 bytes into one at best: more is a made-up size
    if (n <= 0 || (uint64_t)n > ((uint64_t)s->len + 65536) * 4000 ||
        (double)p.dim[0] * (double)p.dim[1] > ((double)s->len + 65536) * 4000) {
        st = damaged(s, err);
        goto done;
    }
    DLRN_TRY(dlrn_voxel_count(&all, p.dim, err));
    DLRN_TRY(dlrn_alloc_or_fail(&piece, (size_t)n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&raw, all * dlrn_pixel_size(p.stored), err));
    dlrn_image_shape(out, 2, p.dim);
    out->stored = p.stored;
    out->inverted = p.inverted;
    set_spacing(out, tif);
    s->why[0] = '\0'; // what counts from here on is the pixels
    if (!(tiled ? read_tiles : read_strips)(raw, tif, piece, &p)) {
        st = damaged(s, err);
        goto done;
    }
    out->raw = out->raw_owner = raw;
    raw = NULL;
done:
    free(piece);
    free(raw);
    return st;
}

dlrn_status dlrn_tiff_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err)
{
    source s = {.buf = buf, .len = len};
    TIFF *tif = open_source(&s);
    if (!tif) return damaged(&s, err);
    const dlrn_status st = read_page(out, tif, &s, channel, err);
    TIFFClose(tif);
    return st;
}

const char *dlrn_library_libtiff(void)
{
    return TIFFGetVersion();
}
