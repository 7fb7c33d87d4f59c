/* SPDX-License-Identifier: Apache-2.0
 *
 * The module dlrn-zip.so: the only file that includes libzip.
 */
#include "base/zip_module.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static dlrn_status fail(dlrn_zip_why *why, dlrn_status st, const char *format, ...)
    DLRN_PRINTF(3, 4);

static dlrn_status fail(dlrn_zip_why *why, dlrn_status st, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why->msg, sizeof why->msg, format, args);
    va_end(args);
    return st;
}

static dlrn_status add_entry(zip_t *z, const dlrn_zip_entry *e, dlrn_zip_why *why)
{
    // DOS dates begin here: 1980-01-01 00:00:00
    enum { DOS_TIME = 0, DOS_DATE = 33 };
    zip_source_t *source = zip_source_buffer(z, e->data, e->len, 0);
    const zip_int64_t at = source ? zip_file_add(z, e->name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(source);
        return fail(why, DLRN_EIO, "cannot add %s: %s", e->name, zip_strerror(z));
    }
    if (zip_file_set_dostime(z, (zip_uint64_t)at, DOS_TIME, DOS_DATE, 0) != 0)
        return fail(why, DLRN_EIO, "cannot date %s", e->name);
    return DLRN_OK;
}

static dlrn_status write_all(const char *path, const dlrn_zip_entry *entry, size_t n,
                             dlrn_zip_why *why)
{
    dlrn_status st = DLRN_OK;
    int code = 0;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!z) return fail(why, DLRN_EIO, "cannot create the zip file (libzip error %d)", code);
    for (size_t i = 0; i < n && st == DLRN_OK; i++)
        st = add_entry(z, &entry[i], why);
    if (st == DLRN_OK && zip_close(z) == 0) return DLRN_OK;
    if (st == DLRN_OK) st = fail(why, DLRN_EIO, "cannot write: %s", zip_strerror(z));
    zip_discard(z);
    return st;
}

static dlrn_status read_entry(dlrn_zip_entry *e, zip_t *z, zip_uint64_t i, size_t *left,
                              dlrn_zip_why *why)
{
    dlrn_status st = DLRN_OK;
    zip_stat_t info;
    if (zip_stat_index(z, i, 0, &info) != 0 || !(info.valid & ZIP_STAT_SIZE) ||
        !(info.valid & ZIP_STAT_NAME))
        return fail(why, DLRN_EFORMAT, "entry %zu is damaged", (size_t)i + 1);
    if (info.size > *left)
        return fail(why, DLRN_EFORMAT, "unpacks to more than expected; damaged?");
    *left -= (size_t)info.size;
    e->name = strdup(info.name);
    e->data = calloc((size_t)info.size + 1, 1);
    e->len = (size_t)info.size;
    if (!e->name || !e->data) return fail(why, DLRN_ENOMEM, "out of memory for %s", info.name);
    zip_file_t *f = zip_fopen_index(z, i, 0);
    // one byte more than the size: libzip checks the CRC at the end of the entry
    if (!f || zip_fread(f, e->data, info.size + 1) != (zip_int64_t)info.size)
        st = fail(why, DLRN_EFORMAT, "%s is damaged", info.name);
    if (f && zip_fclose(f) != 0 && st == DLRN_OK)
        st = fail(why, DLRN_EFORMAT, "%s is damaged", info.name);
    return st;
}

static dlrn_status read_all(dlrn_zip *out, const char *path, size_t limit, dlrn_zip_why *why)
{
    dlrn_status st = DLRN_OK;
    int code = 0;
    zip_t *z = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!z && code == ZIP_ER_NOENT) return fail(why, DLRN_ENOTFOUND, "cannot open");
    if (!z && code == ZIP_ER_NOZIP)
        return fail(why, DLRN_EFORMAT, "is no zip file, or it is cut off");
    if (!z) return fail(why, DLRN_EFORMAT, "the zip file is damaged (libzip error %d)", code);
    const zip_int64_t n = zip_get_num_entries(z, 0);
    out->n = n > 0 ? (size_t)n : 0;
    out->entry = calloc(out->n ? out->n : 1, sizeof *out->entry);
    if (!out->entry) {
        st = fail(why, DLRN_ENOMEM, "out of memory for %zu entries", out->n);
        out->n = 0;
    }
    for (size_t i = 0; i < out->n && st == DLRN_OK; i++)
        st = read_entry(&out->entry[i], z, i, &limit, why);
    zip_discard(z);
    return st;
}

DLRN_API const dlrn_zip_library *dlrn_zip_module(void);

const dlrn_zip_library *dlrn_zip_module(void)
{
    static dlrn_zip_library library = {DLRN_ZIP_ABI, NULL, write_all, read_all};
    library.version = zip_libzip_version();
    return &library;
}
