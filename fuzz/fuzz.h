/* SPDX-License-Identifier: Apache-2.0
 *
 * A target is one file with this function: libFuzzer calls it, or standalone.c for each file of the
 * corpus.
 */
#ifndef DLRN_FUZZ_H
#define DLRN_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
