/* SPDX-License-Identifier: Apache-2.0
 *
 * Stored pixels to doubles and back.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "image/count.h"
#include "image/format.h"

static const struct {
    const char *name;
    size_t size;
    double lo, hi; /* whole numbers that doubles hold exactly */
} type[] = {
    [DLRN_PIXEL_U8] = {"uint8", 1, 0, 255},
    [DLRN_PIXEL_I8] = {"int8", 1, -128, 127},
    [DLRN_PIXEL_U16] = {"uint16", 2, 0, 65535},
    [DLRN_PIXEL_I16] = {"int16", 2, -32768, 32767},
    [DLRN_PIXEL_U32] = {"uint32", 4, 0, 4294967295.0},
    [DLRN_PIXEL_I32] = {"int32", 4, -2147483648.0, 2147483647.0},
    // the largest doubles below 2^64 and 2^63
    [DLRN_PIXEL_U64] = {"uint64", 8, 0, 18446744073709549568.0},
    [DLRN_PIXEL_I64] = {"int64", 8, -9223372036854775808.0, 9223372036854774784.0},
    [DLRN_PIXEL_F32] = {"float32", 4, 0, 0},
    [DLRN_PIXEL_F64] = {"float64", 8, 0, 0},
};

dlrn_status dlrn_channel_check(int64_t channel, int64_t n_channels, dlrn_error *err)
{
    if (channel < n_channels) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL,
                     "has %" PRId64 " channels, 0 to %" PRId64 ", and no channel %" PRId64
                     ": choose one with label_channel",
                     n_channels, n_channels - 1, channel);
}

void dlrn_channel_pack(unsigned char *dst, const unsigned char *src, size_t n, size_t n_channels,
                       size_t channel, size_t bytes)
{
    for (size_t i = 0; i < n; i++)
        memmove(dst + i * bytes, src + (i * n_channels + channel) * bytes, bytes);
}

size_t dlrn_pixel_size(dlrn_pixel p)
{
    return type[p].size;
}

const char *dlrn_pixel_name(dlrn_pixel p)
{
    return type[p].name;
}

enum { CHUNK = 64 }; /* pixels converted at a time */

/* CHUNK numbers of one type; the copy makes any alignment right, and costs nothing. */
#define CONVERTER(name, from)                                                                      \
    DLRN_WIDE static void name(double *restrict dst, const unsigned char *restrict src)            \
    {                                                                                              \
        from x[CHUNK];                                                                             \
        memcpy(x, src, sizeof x);                                                                  \
        for (int k = 0; k < CHUNK; k++)                                                            \
            dst[k] = (double)x[k];                                                                 \
    }
CONVERTER(from_u8, uint8_t)
CONVERTER(from_i8, int8_t)
CONVERTER(from_u16, uint16_t)
CONVERTER(from_i16, int16_t)
CONVERTER(from_u32, uint32_t)
CONVERTER(from_i32, int32_t)
CONVERTER(from_u64, uint64_t)
CONVERTER(from_i64, int64_t)
CONVERTER(from_f32, float)
CONVERTER(from_f64, double)

typedef void convert_fn(double *restrict dst, const unsigned char *restrict src);
static convert_fn *const convert[] = {
    [DLRN_PIXEL_U8] = from_u8,   [DLRN_PIXEL_I8] = from_i8,   [DLRN_PIXEL_U16] = from_u16,
    [DLRN_PIXEL_I16] = from_i16, [DLRN_PIXEL_U32] = from_u32, [DLRN_PIXEL_I32] = from_i32,
    [DLRN_PIXEL_U64] = from_u64, [DLRN_PIXEL_I64] = from_i64, [DLRN_PIXEL_F32] = from_f32,
    [DLRN_PIXEL_F64] = from_f64,
};

static bool big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* Fewer than a chunk, or of the other byte order. */
static void convert_part(double *dst, const unsigned char *src, size_t n, dlrn_pixel p, bool swap)
{
    const size_t size = type[p].size;
    unsigned char own[CHUNK * 8] = {0};
    double x[CHUNK];
    if (!swap) memcpy(own, src, n * size);
    for (size_t k = 0; swap && k < n * size; k++)
        own[k / size * size + size - 1 - k % size] = src[k];
    convert[p](x, own);
    memcpy(dst, x, n * sizeof *x);
}

void dlrn_pixels_to_double(double *dst, const unsigned char *src, size_t n, dlrn_pixel p, bool swap)
{
    const size_t size = type[p].size;
    swap = swap != big_endian();
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t part = n - i < CHUNK ? n - i : CHUNK;
        if (swap || part < CHUNK)
            convert_part(dst + i, src + i * size, part, p, swap);
        else
            convert[p](dst + i, src + i * size);
    }
}

void dlrn_image_values(double *out, const dlrn_image *im, size_t first, size_t n)
{
    if (im->v)
        memcpy(out, im->v + first, n * sizeof *out);
    else
        dlrn_pixels_to_double(out, im->raw + first * type[im->stored].size, n, im->stored, false);
}

dlrn_status dlrn_image_widen(dlrn_image *im, dlrn_error *err)
{
    const size_t n = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    double *v = dlrn_alloc_uncleared(n, sizeof *v);
    if (!v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu pixels", n);
    dlrn_image_values(v, im, 0, n);
    free(im->raw_owner);
    im->raw_owner = NULL;
    im->raw = NULL;
    im->v = v;
    return DLRN_OK;
}

static uint64_t from_double(double x, dlrn_pixel p)
{
    uint64_t bits;
    uint32_t low;
    if (p == DLRN_PIXEL_F64) {
        memcpy(&bits, &x, sizeof bits);
        return bits;
    }
    if (p == DLRN_PIXEL_F32) {
        const float f = (float)x;
        memcpy(&low, &f, sizeof low);
        return low;
    }
    x = isnan(x) ? 0 : rint(x);
    if (x < type[p].lo) x = type[p].lo;
    if (x > type[p].hi) x = type[p].hi;
    return type[p].lo < 0 ? (uint64_t)(int64_t)x : (uint64_t)x;
}

void dlrn_pixels_from_double(unsigned char *dst, const double *src, size_t n, dlrn_pixel p)
{
    const size_t size = type[p].size;
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = from_double(src[i], p);
        for (size_t k = 0; k < size; k++)
            dst[i * size + k] = (unsigned char)(bits >> (8 * k));
    }
}

void dlrn_resolution_to_spacing(dlrn_image *im, double x, double y, double unit_mm)
{
    if (!(x > 0 && y > 0 && unit_mm > 0)) return;
    im->spacing_mm[0] = unit_mm / x;
    im->spacing_mm[1] = unit_mm / y;
    im->spacing_known = true;
}
