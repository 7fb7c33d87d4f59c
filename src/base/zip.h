/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip files with fixed dates, so that the same content gives the same bytes.
 */
#ifndef DLRN_BASE_ZIP_H
#define DLRN_BASE_ZIP_H

#include <dlrn/base.h>

/* One member. In a list to write, `data` is borrowed; in a list that was read, it is owned. */
typedef struct dlrn_zip_entry {
    char *name;
    char *data; /* [len], one NUL byte after it where it was read */
    size_t len;
} dlrn_zip_entry;

typedef struct dlrn_zip {
    dlrn_zip_entry *entry; /* [n] */
    size_t n;
} dlrn_zip;

/* Writes all entries in order, stored or deflated as libzip finds smaller, dated 1980-01-01; the
 * file appears whole or not at all. */
DLRN_MUST_CHECK dlrn_status dlrn_zip_write(const char *path, const dlrn_zip_entry *entry, size_t n,
                                           dlrn_error *err);

/* Reads every entry, checking CRCs; more than `limit` bytes unpacked is DLRN_EFORMAT. */
DLRN_MUST_CHECK dlrn_status dlrn_zip_read(dlrn_zip *out, const char *path, size_t limit,
                                          dlrn_error *err);
void dlrn_zip_clear(dlrn_zip *z);

/* NULL where there is no such entry. */
const dlrn_zip_entry *dlrn_zip_find(const dlrn_zip *z, const char *name);

#endif
