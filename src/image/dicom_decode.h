/* SPDX-License-Identifier: Apache-2.0
 *
 * The decoder of dlrn-dicom (C++).
 */
#ifndef DLRN_IMAGE_DICOM_DECODE_H
#define DLRN_IMAGE_DICOM_DECODE_H

#include <string>
#include <vector>

#include "image/dicom_pipe.h"

/* Fills the head, its magic and its number of bytes too, and the pixels of the file's content.
 * Never throws; GDCM may abort. */
void dlrn_dicom_decode(dlrn_dicom_head *head, std::vector<char> *pixels, std::string file);

#endif
