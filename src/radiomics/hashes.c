/* SPDX-License-Identifier: Apache-2.0
 *
 * Pixels as they lay in memory before they were doubles, piece by piece, and their hash.
 */
#include "radiomics/hashes.h"

#include "base/cpu.h"
#include "radiomics/sha1.h"

#include <string.h>

enum { LANES = 16, PIECE = 4096 /* bytes: whole blocks of SHA-1, and whole lanes of any type */ };

/* n numbers, a multiple of LANES, of a type that int32_t holds. */
DLRN_WIDE static void put_8(int8_t *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            out[i + k] = (int8_t)(int32_t)x[i + k];
}

DLRN_WIDE static void put_16(int16_t *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            out[i + k] = (int16_t)(int32_t)x[i + k];
}

DLRN_WIDE static void put_32(int32_t *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            out[i + k] = (int32_t)x[i + k];
}

DLRN_WIDE static void put_bytes(uint32_t *out, const uint8_t *x, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            out[i + k] = x[i + k];
}

static size_t bytes_of(dlrn_pixel type)
{
    switch (type) {
    case DLRN_PIXEL_U8:
    case DLRN_PIXEL_I8: return 1;
    case DLRN_PIXEL_U16:
    case DLRN_PIXEL_I16: return 2;
    case DLRN_PIXEL_U32:
    case DLRN_PIXEL_I32:
    case DLRN_PIXEL_F32: return 4;
    default: return 8;
    }
}

/* PIECE bytes of this type from x on; narrow: every value is an int32_t. */
static void put(void *to, const double *x, dlrn_pixel type, bool narrow)
{
    const size_t n = PIECE / bytes_of(type);
    switch (type) {
    case DLRN_PIXEL_U8:
    case DLRN_PIXEL_I8: put_8(to, x, n); return;
    case DLRN_PIXEL_U16:
    case DLRN_PIXEL_I16: put_16(to, x, n); return;
    case DLRN_PIXEL_U32:
    case DLRN_PIXEL_I32:
        if (narrow) {
            put_32(to, x, n);
            return;
        }
        for (size_t i = 0; i < n; i++)
            ((uint32_t *)to)[i] = (uint32_t)(int64_t)x[i];
        return;
    case DLRN_PIXEL_U64:
    case DLRN_PIXEL_I64:
        for (size_t i = 0; i < n; i++)
            ((uint64_t *)to)[i] = x[i] >= 9.2e18 ? (uint64_t)x[i] : (uint64_t)(int64_t)x[i];
        return;
    case DLRN_PIXEL_F32:
        for (size_t i = 0; i < n; i++)
            ((float *)to)[i] = (float)x[i];
        return;
    case DLRN_PIXEL_F64: memcpy(to, x, PIECE); return;
    }
}

/* One piece of n numbers, at most as many as PIECE bytes hold. */
static void put_pixels(uint64_t *piece, const dlrn_image *im, size_t first, size_t n,
                       dlrn_pixel type)
{
    const bool narrow = im->stored <= DLRN_PIXEL_I16 || im->stored == DLRN_PIXEL_I32;
    const bool whole = n == PIECE / bytes_of(type);
    double x[PIECE];
    if (whole && im->raw && im->stored == DLRN_PIXEL_U8 && type == DLRN_PIXEL_U32) {
        put_bytes((uint32_t *)piece, im->raw + first, n);
    } else if (whole && im->v) {
        put(piece, im->v + first, type, narrow);
    } else {
        memset(x, 0, sizeof x);
        dlrn_image_values(x, im, first, n);
        put(piece, x, type, narrow);
    }
}

void dlrn_pixel_hash(char hex[41], const dlrn_image *im, dlrn_pixel type)
{
    const size_t n = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    const size_t bytes = bytes_of(type), step = PIECE / bytes;
    const bool ready = im->raw && type == im->stored;
    uint64_t piece[PIECE / sizeof(uint64_t)];
    dlrn_sha1 h;
    dlrn_sha1_begin(&h);
    if (ready) dlrn_sha1_add(&h, im->raw, n * bytes);
    for (size_t at = 0; !ready && at < n; at += step) {
        const size_t part = n - at < step ? n - at : step;
        put_pixels(piece, im, at, part, type);
        dlrn_sha1_add(&h, piece, part * bytes);
    }
    dlrn_sha1_hex(hex, &h);
}
