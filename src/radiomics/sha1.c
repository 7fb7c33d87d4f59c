/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/sha1.h"

#include <stdio.h>
#include <string.h>

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void take_block(dlrn_sha1 *s, const unsigned char *b)
{
    uint32_t w[80];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)b[4 * t] << 24 | (uint32_t)b[4 * t + 1] << 16 |
               (uint32_t)b[4 * t + 2] << 8 | b[4 * t + 3];
    for (int t = 16; t < 80; t++)
        w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    uint32_t a = s->h[0], c = s->h[2], d = s->h[3], e = s->h[4], bb = s->h[1];
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
    s->h[0] += a;
    s->h[1] += bb;
    s->h[2] += c;
    s->h[3] += d;
    s->h[4] += e;
}

void dlrn_sha1_begin(dlrn_sha1 *s)
{
    *s = (dlrn_sha1){.h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
}

void dlrn_sha1_add(dlrn_sha1 *s, const void *data, size_t n)
{
    const unsigned char *p = data;
    size_t used = (size_t)(s->length % 64);
    s->length += n;
    while (n > 0) {
        const size_t part = n < 64 - used ? n : 64 - used;
        memcpy(s->block + used, p, part);
        used += part;
        p += part;
        n -= part;
        if (used == 64) {
            take_block(s, s->block);
            used = 0;
        }
    }
}

void dlrn_sha1_hex(char out[41], dlrn_sha1 *s)
{
    const uint64_t bits = s->length * 8;
    const unsigned char one = 0x80, zero = 0;
    unsigned char length[8];
    dlrn_sha1_add(s, &one, 1);
    while (s->length % 64 != 56)
        dlrn_sha1_add(s, &zero, 1);
    for (int k = 0; k < 8; k++)
        length[k] = (unsigned char)(bits >> (56 - 8 * k));
    dlrn_sha1_add(s, length, 8);
    for (int k = 0; k < 5; k++)
        snprintf(out + 8 * k, 9, "%08x", (unsigned)s->h[k]);
}
