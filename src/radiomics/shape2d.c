/* SPDX-License-Identifier: Apache-2.0
 *
 * 2-D shape: the outline of marching squares at 0.5; of a diagonal pair each pixel has its own
 * outline. Counting the kinds of squares gives perimeter and area.
 */
#include "radiomics/shape.h"

#include <math.h>
#include <string.h>

#include "radiomics/shape_box.h"

/* Squares by their set corners. */
typedef struct squares {
    int64_t one, three, four, diagonal;
    int64_t along_u, along_v; /* two neighbours: the outline runs along that axis */
} squares;

/* Whether eight squares side by side are all empty or all full. */
static bool is_even(const uint8_t *p, int64_t next_row)
{
    const uint64_t w = dlrn_eight_voxels(p);
    return w == dlrn_eight_voxels(p + 1) && w == dlrn_eight_voxels(p + next_row) &&
           w == dlrn_eight_voxels(p + next_row + 1);
}

static void count_squares(squares *q, const dlrn_shape_box *b, const int64_t step[2],
                          const int64_t n[2])
{
    for (int64_t v = 0; v + 1 < n[1]; v++)
        for (int64_t u = 0; u + 1 < n[0]; u++) {
            const uint8_t *p = b->v + v * step[1] + u * step[0];
            while (step[0] == 1 && u + 9 <= n[0] && is_even(p, step[1])) {
                q->four += p[0] ? 8 : 0;
                u += 8;
                p += 8;
            }
            if (u + 1 >= n[0]) break;
            const int a = p[0], c = p[step[0]], d = p[step[1]], e = p[step[0] + step[1]];
            const int set = a + c + d + e;
            q->one += set == 1;
            q->three += set == 3;
            q->four += set == 4;
            if (set != 2) continue;
            q->diagonal += a == e;
            q->along_u += a == c;
            q->along_v += a == d;
        }
}

dlrn_status dlrn_shape2d_compute(dlrn_shape2d *out, const dlrn_mask *mask, const int64_t lo[3],
                                 const int64_t size[3], const double spacing_mm[3], int axis,
                                 dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_shape_box b = {0};
    squares q = {0};
    double w[3], d[4];
    *out = (dlrn_shape2d){0};
    if (axis < 0 || axis > 2 || size[axis] != 1)
        return dlrn_fail(err, DLRN_EINVAL,
                         "shape2D needs a region of one slice along axis %c, and this one has %lld",
                         axis >= 0 && axis < 3 ? "xyz"[axis] : '?',
                         axis >= 0 && axis < 3 ? (long long)size[axis] : 0LL);
    DLRN_TRY(dlrn_shape_box_make(&b, mask, lo, size, err));
    const int u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
    const int64_t steps[3] = {1, b.dim[0], b.dim[0] * b.dim[1]};
    // the slice itself lies between two of padding
    dlrn_shape_box slice = b;
    slice.v += steps[axis];
    count_squares(&q, &slice, (const int64_t[2]){steps[u], steps[v]},
                  (const int64_t[2]){b.dim[u], b.dim[v]});
    DLRN_TRY(dlrn_shape_eigenvalues(w, &b, spacing_mm, err));
    DLRN_TRY(dlrn_shape_diameters(d, &b, spacing_mm, err));

    const double su = spacing_mm[u], sv = spacing_mm[v];
    const double corner = sqrt(su * su + sv * sv) / 2;
    const double eighths =
        (double)(q.one + 2 * q.diagonal + 4 * (q.along_u + q.along_v) + 7 * q.three + 8 * q.four);
    const double area = eighths / 8 * su * sv;
    const double perimeter = (double)(q.one + q.three + 2 * q.diagonal) * corner +
                             (double)q.along_u * su + (double)q.along_v * sv;
    const double circle = 2 * sqrt(M_PI * area); /* circumference of the circle of this area */
    // d[0..2] are planes of constant z, y, x: the one across the dropped axis is wanted
    const double diameter = d[2 - axis];
    *out = (dlrn_shape2d){
        .mesh_surface = area,
        .pixel_surface = (double)b.n * su * sv,
        .perimeter = perimeter,
        .perimeter_surface_ratio = perimeter / area,
        .sphericity = circle / perimeter,
        .maximum_diameter = diameter,
        .major_axis_length = w[2] < 0 ? (double)NAN : 4 * sqrt(w[2]),
        .minor_axis_length = w[1] < 0 ? (double)NAN : 4 * sqrt(w[1]),
        .elongation = w[1] < 0 || w[2] < 0 ? (double)NAN : sqrt(w[1] / w[2]),
        .spherical_disproportion = perimeter / circle,
    };
done:
    dlrn_shape_box_clear(&b);
    return st;
}
