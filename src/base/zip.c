/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip by the module dlrn-zip.so.
 */
#include "base/zip_module.h"

#include "base/library.h"
#include "base/module.h"

#include <stdlib.h>
#include <string.h>

static dlrn_status open_library(const dlrn_zip_library **out, dlrn_error *err)
{
    void *symbol;
    dlrn_zip_library_fn *ask;
    const dlrn_status st =
        dlrn_module_symbol(&symbol, DLRN_ZIP_MODULE, DLRN_ZIP_SYMBOL, "zip files", err);
    if (st != DLRN_OK) return st;
    memcpy(&ask, &symbol, sizeof ask);
    *out = ask();
    if ((*out)->abi == DLRN_ZIP_ABI) return DLRN_OK;
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "zip files cannot be used: " DLRN_ZIP_MODULE
                     " belongs to another version of dlrn");
}

dlrn_status dlrn_zip_write(const char *path, const dlrn_zip_entry *entry, size_t n, dlrn_error *err)
{
    dlrn_status st;
    dlrn_out o = {0};
    dlrn_zip_why why;
    const dlrn_zip_library *zip;
    DLRN_TRY(open_library(&zip, err));
    DLRN_TRY(dlrn_out_open(&o, path, err)); // its temporary name is what libzip writes to
    st = zip->write(o.temp, entry, n, &why);
    if (st != DLRN_OK) {
        dlrn_fail(err, st, "%s: %s", path, why.msg);
        goto done;
    }
    DLRN_TRY(dlrn_out_commit(&o, err));
done:
    dlrn_out_discard(&o);
    return st;
}

dlrn_status dlrn_zip_read(dlrn_zip *out, const char *path, size_t limit, dlrn_error *err)
{
    dlrn_zip_why why;
    const dlrn_zip_library *zip;
    *out = (dlrn_zip){0};
    dlrn_status st = open_library(&zip, err);
    if (st != DLRN_OK) return st;
    st = zip->read(out, path, limit, &why);
    if (st == DLRN_OK) return DLRN_OK;
    dlrn_zip_clear(out);
    return dlrn_fail(err, st, "%s: %s", path, why.msg);
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
    const dlrn_zip_library *zip;
    return open_library(&zip, NULL) == DLRN_OK ? zip->version : NULL;
}
