/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradient magnitude as ITK's GradientMagnitudeImageFilter: central differences, edges repeated,
 * computed in double and kept as float.
 */
#include <math.h>

#include "radiomics/filters_own.h"

dlrn_status dlrn_filter_gradient(dlrn_filtered *out, const dlrn_image *im,
                                 const dlrn_filter_opts *o, const dlrn_filter_box *box,
                                 dlrn_error *err)
{
    dlrn_image *r;
    const dlrn_status st = dlrn_filtered_add(&r, out, "gradient", im, box, DLRN_PIXEL_F32, err);
    if (st != DLRN_OK) return st;
    const int64_t step[3] = {1, im->dim[0], im->dim[0] * im->dim[1]};
    double scale[3];
    for (int k = 0; k < 3; k++)
        scale[k] = 1 / (o->no_gradient_spacing ? 1 : im->spacing_mm[k]);
    double *dst = r->v;
    for (int64_t z = box->lo[2]; z < box->lo[2] + box->size[2]; z++)
        for (int64_t y = box->lo[1]; y < box->lo[1] + box->size[1]; y++) {
            const double *row = im->v + z * step[2] + y * step[1];
            const double *up = row - (y > 0 ? step[1] : 0);
            const double *down = row + (y + 1 < im->dim[1] ? step[1] : 0);
            const double *front = row - (z > 0 ? step[2] : 0);
            const double *back = row + (z + 1 < im->dim[2] ? step[2] : 0);
            for (int64_t x = box->lo[0]; x < box->lo[0] + box->size[0]; x++) {
                const int64_t left = x > 0 ? x - 1 : x, right = x + 1 < im->dim[0] ? x + 1 : x;
                const double gx = (0.5 * row[right] - 0.5 * row[left]) * scale[0];
                const double gy = (0.5 * down[x] - 0.5 * up[x]) * scale[1];
                const double gz = (0.5 * back[x] - 0.5 * front[x]) * scale[2];
                *dst++ = (double)(float)sqrt(gx * gx + gy * gy + gz * gz);
            }
        }
    return DLRN_OK;
}
