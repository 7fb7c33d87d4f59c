/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip over libzip.
 */
#include "base/zip.h"

#include "base/library.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

static dlrn_status add_entry(zip_t *z, const dlrn_zip_entry *e, const char *path, dlrn_error *err)
{
    // DOS dates begin here: 1980-01-01 00:00:00
    enum { DOS_TIME = 0, DOS_DATE = 33 };
    zip_source_t *source = zip_source_buffer(z, e->data, e->len, 0);
    const zip_int64_t at = source ? zip_file_add(z, e->name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(source);
        return dlrn_fail(err, DLRN_EIO, "%s: cannot add %s: %s", path, e->name, zip_strerror(z));
    }
    if (zip_file_set_dostime(z, (zip_uint64_t)at, DOS_TIME, DOS_DATE, 0) != 0)
        return dlrn_fail(err, DLRN_EIO, "%s: cannot date %s", path, e->name);
    return DLRN_OK;
}

dlrn_status dlrn_zip_write(const char *path, const dlrn_zip_entry *entry, size_t n, dlrn_error *err)
{
    dlrn_status st;
    dlrn_out o = {0};
    zip_t *z = NULL;
    int code = 0;
    DLRN_TRY(dlrn_out_open(&o, path, err)); // its temporary name is what libzip writes to
    z = zip_open(o.temp, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!z) {
        st = dlrn_fail(err, DLRN_EIO, "%s: cannot create the zip file (libzip error %d)", path,
                       code);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        DLRN_TRY(add_entry(z, &entry[i], path, err));
    if (zip_close(z) != 0) {
        st = dlrn_fail(err, DLRN_EIO, "%s: cannot write: %s", path, zip_strerror(z));
        goto done;
    }
    z = NULL;
    DLRN_TRY(dlrn_out_commit(&o, err));
done:
    if (z) zip_discard(z);
    dlrn_out_discard(&o);
    return st;
}

static dlrn_status read_entry(dlrn_zip_entry *e, zip_t *z, zip_uint64_t i, size_t *left,
                              const char *path, dlrn_error *err)
{
    dlrn_status st;
    zip_file_t *f = NULL;
    zip_stat_t info;
    if (zip_stat_index(z, i, 0, &info) != 0 || !(info.valid & ZIP_STAT_SIZE) ||
        !(info.valid & ZIP_STAT_NAME))
        return dlrn_fail(err, DLRN_EFORMAT, "%s: entry %zu is damaged", path, (size_t)i + 1);
    if (info.size > *left)
        return dlrn_fail(err, DLRN_EFORMAT, "%s: unpacks to more than expected; damaged?", path);
    *left -= (size_t)info.size;
    e->name = dlrn_strdup(info.name);
    DLRN_TRY(dlrn_alloc_or_fail(&e->data, (size_t)info.size + 1, err));
    e->len = (size_t)info.size;
    f = zip_fopen_index(z, i, 0);
    // one byte more than the size: libzip checks the CRC at the end of the entry
    if (!e->name || !f || zip_fread(f, e->data, info.size + 1) != (zip_int64_t)info.size)
        st = dlrn_fail(err, DLRN_EFORMAT, "%s: %s is damaged", path, info.name);
    if (f && zip_fclose(f) != 0 && st == DLRN_OK)
        st = dlrn_fail(err, DLRN_EFORMAT, "%s: %s is damaged", path, info.name);
done:
    return st;
}

dlrn_status dlrn_zip_read(dlrn_zip *out, const char *path, size_t limit, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    int code = 0;
    *out = (dlrn_zip){0};
    zip_t *z = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!z) {
        if (code == ZIP_ER_NOENT) return dlrn_fail(err, DLRN_ENOTFOUND, "%s: cannot open", path);
        return dlrn_fail(err, DLRN_EFORMAT, "%s: is damaged or no zip file (libzip error %d)", path,
                         code);
    }
    const zip_int64_t n = zip_get_num_entries(z, 0);
    DLRN_TRY(dlrn_alloc_or_fail(&out->entry, n > 0 ? (size_t)n : 0, err));
    out->n = n > 0 ? (size_t)n : 0;
    for (size_t i = 0; i < out->n; i++)
        DLRN_TRY(read_entry(&out->entry[i], z, i, &limit, path, err));
done:
    zip_discard(z);
    if (st != DLRN_OK) dlrn_zip_clear(out);
    return st;
}

void dlrn_zip_clear(dlrn_zip *z)
{
    for (size_t i = 0; i < z->n; i++) {
        free(z->entry[i].name);
        free(z->entry[i].data);
    }
    free(z->entry);
    *z = (dlrn_zip){0};
}

const dlrn_zip_entry *dlrn_zip_find(const dlrn_zip *z, const char *name)
{
    for (size_t i = 0; i < z->n; i++)
        if (!strcmp(z->entry[i].name, name)) return &z->entry[i];
    return NULL;
}

const char *dlrn_library_libzip(void)
{
    return zip_libzip_version();
}
