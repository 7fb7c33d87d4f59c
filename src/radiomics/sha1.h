/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1 (FIPS 180-4): PyRadiomics names an image by it. Not for security.
 */
#ifndef DLRN_RADIOMICS_SHA1_H
#define DLRN_RADIOMICS_SHA1_H

#include <stddef.h>
#include <stdint.h>

typedef struct dlrn_sha1 {
    uint32_t h[5];
    uint64_t length; /* bytes */
    unsigned char block[64];
} dlrn_sha1;

void dlrn_sha1_begin(dlrn_sha1 *s);
void dlrn_sha1_add(dlrn_sha1 *s, const void *data, size_t n);
/* 40 hex digits; s is used up. */
void dlrn_sha1_hex(char out[41], dlrn_sha1 *s);

/* The same blocks of 64 bytes in plain C, whatever the processor has: for tests. */
void dlrn_sha1_plain(uint32_t h[5], const unsigned char *b, size_t n);

#endif
