/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1 in plain C, and with the processor's own instructions (Gulley et al., Intel SHA Extensions,
 * 2013) where it has them. Both are tested against each other.
 */
#include "radiomics/sha1.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void plain_block(uint32_t h[5], const unsigned char *b)
{
    uint32_t w[80];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)b[4 * t] << 24 | (uint32_t)b[4 * t + 1] << 16 |
               (uint32_t)b[4 * t + 2] << 8 | b[4 * t + 3];
    for (int t = 16; t < 80; t++)
        w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    uint32_t a = h[0], c = h[2], d = h[3], e = h[4], bb = h[1];
    for (int t = 0; t < 80; t++) {
        uint32_t f, k;
        if (t < 20)
            f = (bb & c) | (~bb & d), k = 0x5a827999;
        else if (t < 40)
            f = bb ^ c ^ d, k = 0x6ed9eba1;
        else if (t < 60)
            f = (bb & c) | (bb & d) | (c & d), k = 0x8f1bbcdc;
        else
            f = bb ^ c ^ d, k = 0xca62c1d6;
        const uint32_t next = rotate(a, 5) + f + e + k + w[t];
        e = d;
        d = c;
        c = rotate(bb, 30);
        bb = a;
        a = next;
    }
    h[0] += a;
    h[1] += bb;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void dlrn_sha1_plain(uint32_t h[5], const unsigned char *b, size_t n)
{
    for (; n > 0; n--, b += 64)
        plain_block(h, b);
}

#if defined(__x86_64__)

/* Four rounds with the words w of constants k. */
#define ROUNDS(w, k)                                                                               \
    do {                                                                                           \
        const __m128i with_e = _mm_sha1nexte_epu32(e, w);                                          \
        e = abcd;                                                                                  \
        abcd = _mm_sha1rnds4_epu32(abcd, with_e, k);                                               \
    } while (0)
/* The same; a becomes the next words, made of the sixteen before them. */
#define NEXT(a, b, c, d, k)                                                                        \
    do {                                                                                           \
        a = _mm_sha1msg2_epu32(_mm_xor_si128(_mm_sha1msg1_epu32(a, b), c), d);                     \
        ROUNDS(a, k);                                                                              \
    } while (0)
#define LOAD(k)                                                                                    \
    _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(b + 16 * (k))), turn)

__attribute__((target("sha,sse4.1,ssse3"))) static void
fast_blocks(uint32_t h[5], const unsigned char *b, size_t n)
{
    const __m128i turn = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)h), 0x1b);
    __m128i e = _mm_set_epi32((int)h[4], 0, 0, 0);
    for (; n > 0; n--, b += 64) {
        const __m128i abcd0 = abcd, e0 = e, words = LOAD(0);
        __m128i w0 = words, w1 = LOAD(1), w2 = LOAD(2), w3 = LOAD(3);
        e = abcd;
        abcd = _mm_sha1rnds4_epu32(abcd, _mm_add_epi32(e0, words), 0);
        ROUNDS(w1, 0);
        ROUNDS(w2, 0);
        ROUNDS(w3, 0);
        NEXT(w0, w1, w2, w3, 0);
        NEXT(w1, w2, w3, w0, 1);
        NEXT(w2, w3, w0, w1, 1);
        NEXT(w3, w0, w1, w2, 1);
        NEXT(w0, w1, w2, w3, 1);
        NEXT(w1, w2, w3, w0, 1);
        NEXT(w2, w3, w0, w1, 2);
        NEXT(w3, w0, w1, w2, 2);
        NEXT(w0, w1, w2, w3, 2);
        NEXT(w1, w2, w3, w0, 2);
        NEXT(w2, w3, w0, w1, 2);
        NEXT(w3, w0, w1, w2, 3);
        NEXT(w0, w1, w2, w3, 3);
        NEXT(w1, w2, w3, w0, 3);
        NEXT(w2, w3, w0, w1, 3);
        NEXT(w3, w0, w1, w2, 3);
        e = _mm_sha1nexte_epu32(e, e0);
        abcd = _mm_add_epi32(abcd, abcd0);
    }
    _mm_storeu_si128((__m128i *)(void *)h, _mm_shuffle_epi32(abcd, 0x1b));
    h[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

static int has_sha(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

#endif

static void take_blocks(uint32_t h[5], const unsigned char *b, size_t n)
{
#if defined(__x86_64__)
    static _Atomic int fast = -1;
    if (fast < 0) fast = has_sha();
    if (fast) {
        fast_blocks(h, b, n);
        return;
    }
#endif
    dlrn_sha1_plain(h, b, n);
}

void dlrn_sha1_begin(dlrn_sha1 *s)
{
    *s = (dlrn_sha1){.h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
}

void dlrn_sha1_add(dlrn_sha1 *s, const void *data, size_t n)
{
    const unsigned char *p = data;
    const size_t used = (size_t)(s->length % 64);
    s->length += n;
    if (used > 0) {
        const size_t part = n < 64 - used ? n : 64 - used;
        memcpy(s->block + used, p, part);
        if (used + part < 64) return;
        take_blocks(s->h, s->block, 1);
        p += part;
        n -= part;
    }
    take_blocks(s->h, p, n / 64);
    memcpy(s->block, p + n / 64 * 64, n % 64);
}

void dlrn_sha1_hex(char out[41], dlrn_sha1 *s)
{
    const uint64_t bits = s->length * 8;
    unsigned char last[72] = {0x80};
    // a one, zeros up to 8 bytes before the end of a block, the number of bits
    const size_t zeros = (size_t)(119 - s->length % 64) % 64;
    for (size_t k = 0; k < 8; k++)
        last[1 + zeros + k] = (unsigned char)(bits >> (56 - 8 * k));
    dlrn_sha1_add(s, last, 9 + zeros);
    for (int k = 0; k < 5; k++)
        snprintf(out + 8 * k, 9, "%08x", (unsigned)s->h[k]);
}
