/* SPDX-License-Identifier: Apache-2.0
 *
 * The output folder: ours or not at all, and what of an earlier run can be used again.
 */
#ifndef DLRN_STUDY_FOLDER_H
#define DLRN_STUDY_FOLDER_H

#include <dlrn/json.h>

/* Makes `out` a dlrn output folder (with a marker file in it), or takes it where it is one; *made:
 * there was no such folder. DLRN_EINVAL where it holds anything else; nothing is written into such
 * a folder. */
DLRN_MUST_CHECK dlrn_status folder_open(bool *made, const char *out, dlrn_error *err);

/* After a run that failed: where the marker is all that the folder holds it goes, and a folder that
 * was made goes with it. */
void folder_withdraw(const char *out, bool made);

/* out/sub/name; the folder out/sub is made. Freed with free(). */
DLRN_MUST_CHECK dlrn_status folder_path(char **path, const char *out, const char *sub,
                                        const char *name, dlrn_error *err);

/* True where an earlier run finished `step` with this key (64 hex digits of all it depended on). */
bool folder_has(const char *out, const char *step, const char key[65]);

/* Notes that `step` is finished with this key. */
DLRN_MUST_CHECK dlrn_status folder_note(const char *out, const char *step, const char key[65],
                                        dlrn_error *err);

/* Forgets every step of an earlier run. */
void folder_forget(const char *out);

/* Writes a JSON tree to out/name, whole or not at all. */
DLRN_MUST_CHECK dlrn_status folder_write_json(const char *out, const char *name, const dlrn_json *j,
                                              dlrn_error *err);

/* Reads out/name. */
DLRN_MUST_CHECK dlrn_status folder_read_json(dlrn_json **j, const char *out, const char *name,
                                             dlrn_error *err);

#endif
