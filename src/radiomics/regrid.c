/* SPDX-License-Identifier: Apache-2.0
 *
 * From grid to grid. ITK finds a row's first and last place and divides between them: nearest
 * neighbours half-way between two voxels depend on that.
 */
#include "radiomics/regrid.h"

#include "radiomics/interpolate.h"
#include "radiomics/inverse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From voxels of one grid to voxels of another. */
typedef struct way {
    double to_world[9], first[3];  /* of the grid that is filled */
    double to_voxel[9], origin[3]; /* of the grid that has values */
} way;

static void to_world_matrix(double m[9], const dlrn_image *grid)
{
    for (int k = 0; k < 9; k++)
        m[k] = grid->dir[k] * grid->spacing_mm[k % 3];
}

/* Of a matrix so nearly singular that no singular values can be told: by cofactors. */
static void invert_by_cofactors(double out[9], const double m[9])
{
    double det = 0;
    for (int c = 0; c < 3; c++)
        det += m[c] *
               (m[3 + (c + 1) % 3] * m[6 + (c + 2) % 3] - m[3 + (c + 2) % 3] * m[6 + (c + 1) % 3]);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) {
            const int a = (r + 1) % 3, b = (r + 2) % 3, d = (c + 1) % 3, e = (c + 2) % 3;
            out[3 * r + c] = (m[3 * d + a] * m[3 * e + b] - m[3 * d + b] * m[3 * e + a]) / det;
        }
}

static void make_way(way *w, const dlrn_image *to, const dlrn_image *from)
{
    double m[9];
    to_world_matrix(w->to_world, to);
    to_world_matrix(m, from);
    if (!dlrn_inverse_by_svd(w->to_voxel, m, from->ndim)) invert_by_cofactors(w->to_voxel, m);
    memcpy(w->first, to->origin_mm, sizeof w->first);
    memcpy(w->origin, from->origin_mm, sizeof w->origin);
}

static void apply(double out[3], const double m[9], const double v[3])
{
    for (int r = 0; r < 3; r++)
        out[r] = m[3 * r] * v[0] + m[3 * r + 1] * v[1] + m[3 * r + 2] * v[2];
}

/* Of a voxel's centre. */
static void world_at(double world[3], const double to_world[9], const double first[3],
                     const double at[3])
{
    for (int r = 0; r < 3; r++) {
        world[r] = first[r];
        for (int c = 0; c < 3; c++)
            world[r] += to_world[3 * r + c] * at[c];
    }
}

/* Of any place: ITK adds the origin last. */
static void world_between(double world[3], const double to_world[9], const double first[3],
                          const double at[3])
{
    apply(world, to_world, at);
    for (int r = 0; r < 3; r++)
        world[r] += first[r];
}

static void to_voxels(double out[3], const way *w, const double world[3])
{
    double from_origin[3];
    for (int r = 0; r < 3; r++)
        from_origin[r] = world[r] - w->origin[r];
    apply(out, w->to_voxel, from_origin);
}

static void follow(double out[3], const way *w, const double at[3])
{
    double world[3];
    world_at(world, w->to_world, w->first, at);
    to_voxels(out, w, world);
}

static void follow_between(double out[3], const way *w, const double at[3])
{
    double world[3];
    world_between(world, w->to_world, w->first, at);
    to_voxels(out, w, world);
}

/* The two ends of a row of n voxels; the second lies one voxel behind the last. */
static void row_ends(double begin[3], double end[3], const way *w, int64_t n, int64_t y, int64_t z)
{
    follow(begin, w, (double[3]){0, (double)y, (double)z});
    follow(end, w, (double[3]){(double)n, (double)y, (double)z});
}

static double between(double begin, double end, int64_t i, int64_t n)
{
    return begin + (end - begin) * ((double)i / (double)n);
}

/* Where voxel i along axis a lies, for plain grids of one direction. */
static double along(const way *w, const int64_t dim[3], int a, int64_t i)
{
    double begin[3], end[3];
    row_ends(begin, end, w, dim[0], a == 1 ? i : 0, a == 2 ? i : 0);
    return a == 0 ? between(begin[0], end[0], i, dim[0]) : begin[a];
}

/* Whether each axis lies along one of the world's. */
static bool is_plain(const double dir[9])
{
    bool plain = true;
    for (int r = 0; r < 3; r++)
        plain = plain && (dir[3 * r] != 0) + (dir[3 * r + 1] != 0) + (dir[3 * r + 2] != 0) == 1;
    return plain;
}

static bool same_direction(const dlrn_image *a, const dlrn_image *b)
{
    return !memcmp(a->dir, b->dir, sizeof a->dir);
}

bool dlrn_grid_equal(const dlrn_image *a, const dlrn_image *b)
{
    return same_direction(a, b) && !memcmp(a->dim, b->dim, sizeof a->dim) &&
           !memcmp(a->spacing_mm, b->spacing_mm, sizeof a->spacing_mm) &&
           !memcmp(a->origin_mm, b->origin_mm, sizeof a->origin_mm);
}

/* Every axis has its own taps. */
static dlrn_status fill_straight(dlrn_image *out, const dlrn_interpolator *p, const way *w,
                                 dlrn_error *err)
{
    dlrn_status st;
    dlrn_taps *t[3] = {NULL};
    double *dst = out->v;
    for (int a = 0; a < 3; a++) {
        DLRN_TRY(dlrn_alloc_or_fail(&t[a], (size_t)out->dim[a], err));
        for (int64_t i = 0; i < out->dim[a]; i++)
            dlrn_taps_make(&t[a][i], p, a, along(w, out->dim, a, i));
    }
    for (int64_t z = 0; z < out->dim[2]; z++)
        for (int64_t y = 0; y < out->dim[1]; y++)
            for (int64_t x = 0; x < out->dim[0]; x++)
                *dst++ = dlrn_interpolate(p, &t[0][x], &t[1][y], &t[2][z]);
done:
    for (int a = 0; a < 3; a++)
        free(t[a]);
    return st;
}

static void fill_oblique(dlrn_image *out, const dlrn_interpolator *p, const way *w)
{
    double *dst = out->v;
    for (int64_t z = 0; z < out->dim[2]; z++)
        for (int64_t y = 0; y < out->dim[1]; y++) {
            double begin[3], end[3];
            row_ends(begin, end, w, out->dim[0], y, z);
            for (int64_t x = 0; x < out->dim[0]; x++) {
                dlrn_taps t[3];
                for (int a = 0; a < 3; a++)
                    dlrn_taps_make(&t[a], p, a, between(begin[a], end[a], x, out->dim[0]));
                *dst++ = dlrn_interpolate(p, &t[0], &t[1], &t[2]);
            }
        }
}

dlrn_status dlrn_regrid_image(dlrn_image *out, const dlrn_image *im, const char *interpolator,
                              dlrn_error *err)
{
    dlrn_status st;
    dlrn_interpolator p;
    way w;
    DLRN_TRY(dlrn_interpolator_make(&p, im, interpolator, err));
    make_way(&w, out, im);
    if (same_direction(out, im) && is_plain(im->dir))
        st = fill_straight(out, &p, &w, err);
    else
        fill_oblique(out, &p, &w);
    dlrn_interpolator_clear(&p);
done:
    return st;
}

/* The nearest voxel's index along an axis, -1 outside. */
static int64_t nearest(double x, int64_t n)
{
    return x >= -0.5 && x < (double)n - 0.5 ? (int64_t)floor(x + 0.5) : -1;
}

dlrn_status dlrn_regrid_mask(dlrn_mask *out, const dlrn_mask *mask, const dlrn_image *from,
                             const dlrn_image *to, dlrn_error *err)
{
    dlrn_status st;
    way w;
    const int64_t *dim = to->dim;
    *out = (dlrn_mask){.dim = {dim[0], dim[1], dim[2]}};
    DLRN_TRY(dlrn_alloc_or_fail(&out->v, (size_t)(dim[0] * dim[1] * dim[2]), err));
    uint8_t *dst = out->v;
    make_way(&w, to, from);
    for (int64_t z = 0; z < dim[2]; z++)
        for (int64_t y = 0; y < dim[1]; y++) {
            double begin[3], end[3];
            row_ends(begin, end, &w, dim[0], y, z);
            for (int64_t x = 0; x < dim[0]; x++, dst++) {
                int64_t at[3] = {0, 0, 0};
                bool inside = true;
                for (int a = 0; a < from->ndim; a++) {
                    at[a] = nearest(between(begin[a], end[a], x, dim[0]), mask->dim[a]);
                    inside = inside && at[a] >= 0;
                }
                if (inside) *dst = mask->v[(at[2] * mask->dim[1] + at[1]) * mask->dim[0] + at[0]];
            }
        }
done:
    return st;
}

void dlrn_grid_to_world(double world[3], const dlrn_image *grid, const double at[3])
{
    double m[9];
    to_world_matrix(m, grid);
    world_between(world, m, grid->origin_mm, at);
}

dlrn_status dlrn_region_inside(const dlrn_image *image, const dlrn_image *grid, const int64_t lo[3],
                               const int64_t size[3], dlrn_error *err)
{
    way w;
    double a[3], b[3], low[3], high[3];
    make_way(&w, grid, image);
    for (int k = 0; k < 3; k++) {
        const double half = k < grid->ndim ? 0.5 : 0;
        a[k] = (double)lo[k] - half;
        b[k] = (double)(lo[k] + size[k]) - (k < grid->ndim ? 0.5 : 1);
    }
    follow_between(low, &w, a);
    follow_between(high, &w, b);
    for (int k = 0; k < image->ndim; k++) {
        const double first = fmin(low[k], high[k]), last = fmax(low[k], high[k]);
        if (first >= -0.5 - 1e-3 && last <= (double)image->dim[k] - 0.5 + 1e-3) continue;
        return dlrn_fail(err, DLRN_EINVAL,
                         "the region leaves the image: along axis %c it reaches from voxel %.6g to "
                         "%.6g, the image from -0.5 to %.6g; the mask belongs to another image, or "
                         "its geometry is wrong",
                         "xyz"[k], first, last, (double)image -> dim[k] - 0.5);
    }
    return DLRN_OK;
}
