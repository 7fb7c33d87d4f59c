/* SPDX-License-Identifier: Apache-2.0
 *
 * Stored pixels to doubles and back.
 */
#include <math.h>
#include <string.h>

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

size_t dlrn_pixel_size(dlrn_pixel p)
{
    return type[p].size;
}

const char *dlrn_pixel_name(dlrn_pixel p)
{
    return type[p].name;
}

/* The bytes at p as a little-endian number of `size` bytes. */
static uint64_t load(const unsigned char *p, size_t size, bool swap)
{
    uint64_t x = 0;
    for (size_t k = 0; k < size; k++)
        x |= (uint64_t)p[swap ? size - 1 - k : k] << (8 * k);
    return x;
}

static double as_double(uint64_t x, dlrn_pixel p)
{
    float f;
    double d;
    const uint32_t low = (uint32_t)x;
    switch (p) {
    case DLRN_PIXEL_I8: return (int8_t)x;
    case DLRN_PIXEL_I16: return (int16_t)x;
    case DLRN_PIXEL_I32: return (int32_t)x;
    case DLRN_PIXEL_I64: return (double)(int64_t)x;
    case DLRN_PIXEL_F32: memcpy(&f, &low, sizeof f); return (double)f;
    case DLRN_PIXEL_F64: memcpy(&d, &x, sizeof d); return d;
    default: return (double)x;
    }
}

void dlrn_pixels_to_double(double *dst, const unsigned char *src, size_t n, dlrn_pixel p, bool swap)
{
    const size_t size = type[p].size;
    for (size_t i = 0; i < n; i++)
        dst[i] = as_double(load(src + i * size, size, swap), p);
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
