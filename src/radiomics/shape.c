/* SPDX-License-Identifier: Apache-2.0
 *
 * 3-D shape: the mesh of marching cubes at 0.5 (Lorensen & Cline 1987) with PyRadiomics' cases.
 * Area needs only how often each case occurs, volume also the sum of their places: both are whole
 * numbers until the spacing comes in.
 */
#include "radiomics/shape.h"

#include <math.h>

#include "radiomics/mesh_tables.h"
#include "radiomics/shape_box.h"

/* How often each case occurs, and the sum of the places (x, y, z) where it does; case 255 - k is
 * counted as case k with the sign turned in `volume`. */
typedef struct cubes {
    int64_t n[128];    /* for the area */
    int64_t sn[128];   /* signed, for the volume */
    int64_t s[128][3]; /* signed sums of places */
} cubes;

/* Whether eight cubes side by side along four rows are all empty or all full. */
static bool is_even(const uint8_t *p, const uint8_t *q, const uint8_t *r, const uint8_t *s)
{
    const uint64_t w = dlrn_eight_voxels(p);
    return w == dlrn_eight_voxels(q) && w == dlrn_eight_voxels(r) && w == dlrn_eight_voxels(s) &&
           w == dlrn_eight_voxels(p + 1) && w == dlrn_eight_voxels(q + 1) &&
           w == dlrn_eight_voxels(r + 1) && w == dlrn_eight_voxels(s + 1);
}

static void count_cubes(cubes *c, const dlrn_shape_box *b)
{
    const int64_t nx = b->dim[0], ny = b->dim[1], nz = b->dim[2];
    for (int64_t z = 0; z + 1 < nz; z++)
        for (int64_t y = 0; y + 1 < ny; y++) {
            const uint8_t *p = b->v + (z * ny + y) * nx, *q = p + nx;
            const uint8_t *r = p + ny * nx, *s = r + nx;
            // corners 0 3 4 7 of the next cube are corners 1 2 5 6 of this one
            unsigned ahead = 0;
            for (int64_t x = 0; x + 1 < nx; x++) {
                if (x + 9 <= nx && is_even(p + x, q + x, r + x, s + x)) {
                    ahead = p[x] ? 0x66 : 0;
                    x += 7;
                    continue;
                }
                const unsigned back = ahead;
                ahead = (unsigned)p[x + 1] << 1 | (unsigned)q[x + 1] << 2 |
                        (unsigned)r[x + 1] << 5 | (unsigned)s[x + 1] << 6;
                unsigned k = ahead | (back >> 1 & 0x11) | (back << 1 & 0x88);
                if (k == 0 || k == 255) continue;
                const int64_t sign = k & 128 ? -1 : 1;
                if (k & 128) k ^= 255;
                c->n[k]++;
                c->sn[k] += sign;
                c->s[k][0] += sign * x;
                c->s[k][1] += sign * y;
                c->s[k][2] += sign * z;
            }
        }
}

/* Edge e's middle within its cube, in doubled coordinates (x, y, z). */
static void edge_middle(int64_t at[3], int e)
{
    static const int8_t middle[12][3] = {{1, 0, 0}, {2, 1, 0}, {1, 2, 0}, {0, 1, 0},
                                         {1, 0, 2}, {2, 1, 2}, {1, 2, 2}, {0, 1, 2},
                                         {0, 0, 1}, {2, 0, 1}, {2, 2, 1}, {0, 2, 1}};
    for (int k = 0; k < 3; k++)
        at[k] = middle[e][k];
}

static void cross(int64_t c[3], const int64_t a[3], const int64_t b[3])
{
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

static int64_t dot(const int64_t a[3], const int64_t b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void measure_mesh(double *area, double *volume, const cubes *c, const double sp[3])
{
    double a = 0;
    int64_t six_v = 0; /* signed volume, in sixths of a cell of the doubled grid */
    for (int k = 1; k < 128; k++) {
        if (!c->n[k]) continue;
        const int8_t *t = dlrn_mesh_triangles[k];
        double of_case = 0;
        const int64_t place[3] = {2 * c->s[k][0], 2 * c->s[k][1], 2 * c->s[k][2]};
        for (; *t >= 0; t += 3) {
            int64_t p[3][3], u[3], v[3], n[3], pq[3];
            for (int j = 0; j < 3; j++)
                edge_middle(p[j], t[j]);
            for (int j = 0; j < 3; j++) {
                u[j] = p[1][j] - p[0][j];
                v[j] = p[2][j] - p[0][j];
            }
            cross(n, u, v);
            const double nx = (double)n[0] * sp[1] * sp[2], ny = (double)n[1] * sp[0] * sp[2];
            const double nz = (double)n[2] * sp[0] * sp[1];
            of_case += sqrt(nx * nx + ny * ny + nz * nz) / 8;
            // moved by o, a tetrahedron to the origin grows by o . (b - a) x (c - a)
            cross(pq, p[0], p[1]);
            six_v += c->sn[k] * dot(pq, p[2]) + dot(place, n);
        }
        a += (double)c->n[k] * of_case;
    }
    *area = a;
    // the table's triangles turn in (z, y, x), which is a mirror of (x, y, z)
    *volume = -(double)six_v / 48 * sp[0] * sp[1] * sp[2];
}

static double axis_length(double eigenvalue)
{
    return eigenvalue < 0 ? (double)NAN : 4 * sqrt(eigenvalue);
}

static double axis_ratio(double small, double large)
{
    return small < 0 || large < 0 ? (double)NAN : sqrt(small / large);
}

dlrn_status dlrn_shape3d_compute(dlrn_shape3d *out, const dlrn_mask *mask, const int64_t lo[3],
                                 const int64_t size[3], const double spacing_mm[3], dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_shape_box b = {0};
    cubes c = {0};
    double w[3], d[4], area, volume;
    *out = (dlrn_shape3d){0};
    DLRN_TRY(dlrn_shape_box_make(&b, mask, lo, size, err));
    count_cubes(&c, &b);
    measure_mesh(&area, &volume, &c, spacing_mm);
    DLRN_TRY(dlrn_shape_eigenvalues(w, &b, spacing_mm, err));
    DLRN_TRY(dlrn_shape_diameters(d, &b, spacing_mm, err));
    const double ball = cbrt(36 * M_PI * volume * volume); /* area of the ball of this volume */
    *out = (dlrn_shape3d){
        .mesh_volume = volume,
        .voxel_volume = (double)b.n * (spacing_mm[2] * spacing_mm[0] * spacing_mm[1]),
        .surface_area = area,
        .surface_volume_ratio = area / volume,
        .sphericity = ball / area,
        .maximum_3d_diameter = d[3],
        .maximum_2d_diameter_slice = d[0],
        .maximum_2d_diameter_column = d[1],
        .maximum_2d_diameter_row = d[2],
        .major_axis_length = axis_length(w[2]),
        .minor_axis_length = axis_length(w[1]),
        .least_axis_length = axis_length(w[0]),
        .elongation = axis_ratio(w[1], w[2]),
        .flatness = axis_ratio(w[0], w[2]),
        .compactness1 = volume / (pow(area, 1.5) * sqrt(M_PI)),
        .compactness2 = 36 * M_PI * (volume * volume) / (area * area * area),
        .spherical_disproportion = area / ball,
    };
done:
    dlrn_shape_box_clear(&b);
    return st;
}
