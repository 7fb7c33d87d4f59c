/* SPDX-License-Identifier: Apache-2.0
 *
 * Small DICOM files, explicit VR little endian: computed radiographs of nobody.
 */
#ifndef DLRN_IMAGE_DICOM_WRITE_H
#define DLRN_IMAGE_DICOM_WRITE_H

#include <dlrn/image.h>

#define DLRN_DICOM_CR    "1.2.840.10008.5.1.4.1.1.1" /* Computed Radiography Image Storage */
#define DLRN_DICOM_PLAIN "1.2.840.10008.1.2.1"       /* Explicit VR Little Endian */

typedef struct dlrn_dicom_tags {
    const char *uid; /* of this file: digits and dots, at most 60 characters */
    const char *patient_name, *patient_id;
} dlrn_dicom_tags;

/* One element; the value is padded to an even length. Elements come in the order of their tags. */
void dlrn_dicom_put(dlrn_str *b, unsigned group, unsigned element, const char *vr,
                    const void *value, size_t n);
void dlrn_dicom_put_text(dlrn_str *b, unsigned group, unsigned element, const char *vr,
                         const char *value);
/* US, of group 0028 */
void dlrn_dicom_put_number(dlrn_str *b, unsigned element, int value);

/* Preamble, file meta information and the SOP elements. */
void dlrn_dicom_put_head(dlrn_str *b, const char *sop_class, const char *transfer_syntax,
                         const char *uid);

/* Writes one slice of uint8 or uint16 as a radiograph; MONOCHROME1 where im->inverted. */
DLRN_MUST_CHECK dlrn_status dlrn_dicom_write(const dlrn_image *im, const dlrn_dicom_tags *tags,
                                             const char *path, dlrn_error *err);

#endif
