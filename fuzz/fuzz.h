/* SPDX-License-Identifier: Apache-2.0
 *
 * A target is one file with this function: libFuzzer calls it, or standalone.c for each file of the
 * corpus.
 */
#ifndef DLRN_FUZZ_H
#define DLRN_FUZZ_H

#include "image/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* dlrn_dicom_read_mem without the helper program (dicom.cc). */
dlrn_status dlrn_fuzz_dicom_read(dlrn_image *out, const unsigned char *buf, size_t len,
                                 int64_t channel, dlrn_error *err);

#endif
