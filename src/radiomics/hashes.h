/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DLRN_RADIOMICS_HASHES_H
#define DLRN_RADIOMICS_HASHES_H

#include <dlrn/image.h>

/* PyRadiomics' name of an image, in hexadecimal: SHA-1 of its pixels as numbers of this type (of a
 * mask as DLRN_PIXEL_U32, whatever it was stored as). */
void dlrn_pixel_hash(char hex[41], const dlrn_image *im, dlrn_pixel type);

#endif
