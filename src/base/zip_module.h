/* SPDX-License-Identifier: Apache-2.0
 *
 * The face of the module dlrn-zip.so, which is opened at first use: libzip and what it stands on
 * take as long to load as the rest of the program.
 */
#ifndef DLRN_BASE_ZIP_MODULE_H
#define DLRN_BASE_ZIP_MODULE_H

#include "base/zip.h"

enum { DLRN_ZIP_ABI = 1, DLRN_ZIP_WHY = 300 };

#define DLRN_ZIP_MODULE "dlrn-zip.so"
#define DLRN_ZIP_SYMBOL "dlrn_zip_module"

/* What went wrong, without the path. */
typedef struct dlrn_zip_why {
    char msg[DLRN_ZIP_WHY];
} dlrn_zip_why;

typedef struct dlrn_zip_library {
    int abi; /* DLRN_ZIP_ABI */
    const char *version;
    /* A new file at `path` with all entries. */
    dlrn_status (*write)(const char *path, const dlrn_zip_entry *entry, size_t n,
                         dlrn_zip_why *why);
    /* Every entry; after a failure some, for dlrn_zip_clear. */
    dlrn_status (*read)(dlrn_zip *out, const char *path, size_t limit, dlrn_zip_why *why);
} dlrn_zip_library;

typedef const dlrn_zip_library *dlrn_zip_library_fn(void);

#endif
