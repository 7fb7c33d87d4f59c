/* SPDX-License-Identifier: Apache-2.0
 *
 * What this build is made of.
 */
#ifndef DLRN_VERSION_H
#define DLRN_VERSION_H

#include <dlrn/json.h>

#ifdef __cplusplus
extern "C" {
#endif

/* {program, libraries {name: version or null with <name>_reason}, cpu {features}}; opens the heavy
 * modules to ask them. */
DLRN_API dlrn_json *dlrn_version_json(void);

#ifdef __cplusplus
}
#endif

#endif
