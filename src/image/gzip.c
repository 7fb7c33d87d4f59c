/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip in memory, by zlib.
 */
#include <stdlib.h>
#include <zlib.h>

#include "image/format.h"

enum { ANY_HEADER = 32 + 15, GZIP_HEADER = 16 + 15 }; /* zlib's windowBits */

/* Feeds zlib in pieces that its 32-bit counters can hold. */
static int inflate_all(z_stream *z, unsigned char **out, size_t *cap, const unsigned char *buf,
                       size_t len, size_t limit)
{
    size_t used = 0, made = 0;
    int rc = Z_OK;
    while (rc == Z_OK) {
        const size_t want = made + 65536 > *cap ? made + 65536 : *cap;
        if (made >= limit) return Z_BUF_ERROR;
        if (dlrn_grow(out, cap, want, 1, NULL) != DLRN_OK) return Z_MEM_ERROR;
        const size_t in = len - used < (1u << 30) ? len - used : 1u << 30;
        const size_t room = *cap - made < (1u << 30) ? *cap - made : 1u << 30;
        z->next_in = (Bytef *)(uintptr_t)(buf + used);
        z->avail_in = (uInt)in;
        z->next_out = *out + made;
        z->avail_out = (uInt)room;
        rc = inflate(z, Z_NO_FLUSH);
        used += in - z->avail_in;
        made += room - z->avail_out;
        if (rc == Z_BUF_ERROR && used == len) return Z_DATA_ERROR; // cut off
        if (rc == Z_OK && in == 0 && room == z->avail_out) return Z_DATA_ERROR;
    }
    *cap = made;
    return rc;
}

dlrn_status dlrn_gunzip(unsigned char **out, size_t *out_len, const unsigned char *buf, size_t len,
                        size_t limit, dlrn_error *err)
{
    z_stream z = {0};
    unsigned char *data = NULL;
    size_t cap = 0;
    *out = NULL;
    if (inflateInit2(&z, ANY_HEADER) != Z_OK) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    const int rc = inflate_all(&z, &data, &cap, buf, len, limit);
    inflateEnd(&z);
    if (rc == Z_STREAM_END) {
        *out = data;
        *out_len = cap;
        return DLRN_OK;
    }
    free(data);
    if (rc == Z_MEM_ERROR) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    if (rc == Z_BUF_ERROR)
        return dlrn_fail(err, DLRN_EFORMAT, "unpacks to more than %zu bytes: refused", limit);
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the compressed data are damaged or cut off: copy or export the file again");
}

dlrn_status dlrn_gzip(unsigned char **out, size_t *out_len, const unsigned char *buf, size_t len,
                      dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    z_stream z = {0};
    unsigned char *data = NULL;
    *out = NULL;
    if (len > (1u << 31))
        return dlrn_fail(err, DLRN_EUNSUPPORTED, "images above 2 GiB are not written compressed");
    if (deflateInit2(&z, 6, Z_DEFLATED, GZIP_HEADER, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    const uLong bound = deflateBound(&z, (uLong)len);
    DLRN_TRY(dlrn_alloc_or_fail(&data, bound, err));
    z.next_in = (Bytef *)(uintptr_t)buf;
    z.avail_in = (uInt)len;
    z.next_out = data;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) {
        st = dlrn_fail(err, DLRN_EINTERNAL, "zlib could not compress the image");
        goto done;
    }
    *out_len = bound - z.avail_out;
    *out = data;
    data = NULL;
done:
    deflateEnd(&z);
    free(data);
    return st;
}
