/* SPDX-License-Identifier: Apache-2.0
 *
 * Heavy libraries live in modules of ours, opened at first use, so that the program starts fast
 * and a missing one is a clear word instead of a failed start.
 */
#ifndef DLRN_BASE_MODULE_H
#define DLRN_BASE_MODULE_H

#include <dlrn/base.h>

/* The full path of a private file of this installation: a module ("dlrn-dnnl.so"), a helper program
 * ("dlrn-dicom"), the library lib_lightgbm.so. Looked for in $DLRN_MODULE_DIR, beside the program,
 * in its ../lib/dlrn and ../libexec/dlrn, and where it was installed. Freed with free(); NULL where
 * it is nowhere. */
char *dlrn_private_file(const char *name);

/* Opens the module or library `file` once for the process and yields the address of `symbol` in it.
 * Later calls are cheap; thread-safe. DLRN_EUNSUPPORTED names the file and what it is `wanted_for`
 * ("LightGBM", "the network") where it is missing or does not load. */
DLRN_MUST_CHECK dlrn_status dlrn_module_symbol(void **out, const char *file, const char *symbol,
                                               const char *wanted_for, dlrn_error *err);

#endif
