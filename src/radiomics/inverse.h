/* SPDX-License-Identifier: Apache-2.0
 *
 * The inverse of a small matrix to the last bit as ITK has it (Matrix::GetInverse): which voxel is
 * the nearest to a point half-way between two depends on it where a grid lies obliquely.
 */
#ifndef DLRN_RADIOMICS_INVERSE_H
#define DLRN_RADIOMICS_INVERSE_H

#include <dlrn/base.h>

/* out = 1/m of the first n rows and columns (n 1 to 3) of two 3x3 matrices stored by rows; what
 * lies beyond them in `out` is that of the identity. False, and `out` as it was, where a singular
 * value vanishes beside the others. */
bool dlrn_inverse_by_svd(double out[9], const double m[9], int n);

#endif
