/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradient magnitude as ITK's GradientMagnitudeImageFilter: central differences, edges repeated,
 * computed in double and kept as float.
 */
#include <math.h>

#include "radiomics/filters_own.h"

typedef struct job {
    const dlrn_image *im;
    const dlrn_filter_box *box;
    double scale[3], *out;
} job;

static void do_row(void *user, int64_t row_y, int64_t row_z, size_t w)
{
    const job *j = user;
    const int64_t *dim = j->im->dim, *lo = j->box->lo, *size = j->box->size;
    const int64_t step[3] = {1, dim[0], dim[0] * dim[1]};
    const int64_t y = lo[1] + row_y, z = lo[2] + row_z;
    const double *row = j->im->v + z * step[2] + y * step[1];
    const double *up = row - (y > 0 ? step[1] : 0);
    const double *down = row + (y + 1 < dim[1] ? step[1] : 0);
    const double *front = row - (z > 0 ? step[2] : 0);
    const double *back = row + (z + 1 < dim[2] ? step[2] : 0);
    double *dst = j->out + (row_z * size[1] + row_y) * size[0];
    (void)w;
    for (int64_t x = lo[0]; x < lo[0] + size[0]; x++) {
        const int64_t left = x > 0 ? x - 1 : x, right = x + 1 < dim[0] ? x + 1 : x;
        const double gx = (0.5 * row[right] - 0.5 * row[left]) * j->scale[0];
        const double gy = (0.5 * down[x] - 0.5 * up[x]) * j->scale[1];
        const double gz = (0.5 * back[x] - 0.5 * front[x]) * j->scale[2];
        *dst++ = (double)(float)sqrt(gx * gx + gy * gy + gz * gz);
    }
}

dlrn_status dlrn_filter_gradient(dlrn_filtered *out, const dlrn_image *im,
                                 const dlrn_filter_opts *o, const dlrn_filter_box *box,
                                 const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image *r;
    job j = {.im = im, .box = box};
    for (int k = 0; k < 3; k++)
        j.scale[k] = 1 / (o->no_gradient_spacing ? 1 : im->spacing_mm[k]);
    DLRN_TRY(dlrn_filtered_add(&r, out, "gradient", im, box, DLRN_PIXEL_F32, err));
    j.out = r->v;
    DLRN_TRY(dlrn_filter_rows(box->size, ex, do_row, &j, err));
    DLRN_TRY(dlrn_filtered_done(out, err));
done:
    return st;
}
