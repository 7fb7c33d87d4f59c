/* SPDX-License-Identifier: Apache-2.0
 *
 * What the helper program dlrn-dicom answers on its stdout: this head, then `bytes` bytes of
 * pixels. Both ends run on one machine: fields are in its own byte order.
 */
#ifndef DLRN_IMAGE_DICOM_PIPE_H
#define DLRN_IMAGE_DICOM_PIPE_H

#include <stdint.h>

#define DLRN_DICOM_MAGIC "dlrnDCM1"

typedef struct dlrn_dicom_head {
    char magic[8];
    char problem[256]; /* not empty: why there are no pixels; never a value of a patient's tag */
    int64_t width, height, frames, samples;
    int32_t bits_allocated, bits_stored, high_bit, is_signed;
    int32_t inverted; /* MONOCHROME1 */
    int32_t colour;   /* RGB, side by side, where there are bytes */
    int32_t has_spacing, has_place;
    double slope, intercept;
    double spacing_mm[2]; /* between rows, between columns */
    double position_mm[3], orientation[6];
    uint64_t bytes;
} dlrn_dicom_head;

#endif
