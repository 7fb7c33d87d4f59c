/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing list of things found.
 */
#ifndef DLRN_STUDY_FINDINGS_H
#define DLRN_STUDY_FINDINGS_H

#include <dlrn/study.h>

DLRN_MUST_CHECK dlrn_status findings_add(dlrn_findings *f, bool is_error, dlrn_error *err,
                                         const char *fmt, ...) DLRN_PRINTF(4, 5);

#endif
