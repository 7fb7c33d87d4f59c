/* SPDX-License-Identifier: Apache-2.0
 *
 * The largest distances between mesh vertices, without trying all pairs. The far ends of a set are
 * corners of its convex hull, so also corners of the hulls of the planes through them: each plane
 * is reduced to its hull (monotone chains, Andrew 1979, in exact whole numbers), and in space only
 * vertices are tried that are corners in all three of their planes, the outer ones first.
 */
#include "radiomics/shape_box.h"

#include <math.h>
#include <stdlib.h>

/* First and last vertex on a line, in doubled coordinates; none: lo > hi. */
typedef struct span {
    int32_t lo, hi;
} span;

enum { LO_IN_Z = 1, HI_IN_Z = 2, LO_IN_Y = 4, HI_IN_Y = 8, LO_IN_X = 16, HI_IN_X = 32 };

typedef struct lines {
    int64_t n[3];      /* size of the grid of doubled coordinates: x, y, z */
    span *x, *y;       /* x along [z][y], y along [z][x] */
    uint8_t *fx, *fy;  /* which ends are hull corners of which plane */
    int32_t *pu, *pv;  /* scratch: a plane's hull */
    double half_mm[3]; /* size of a step of the doubled grid */
} lines;

static void lines_clear(lines *l)
{
    free(l->x);
    free(l->y);
    free(l->fx);
    free(l->fy);
    free(l->pu);
    free(l->pv);
}

static void widen(span *s, int64_t at)
{
    if (at < s->lo) s->lo = (int32_t)at;
    if (at > s->hi) s->hi = (int32_t)at;
}

static void note_vertex(lines *l, int64_t x, int64_t y, int64_t z)
{
    widen(&l->x[z * l->n[1] + y], x);
    widen(&l->y[z * l->n[0] + x], y);
}

/* Where along eight voxels from v a vertex may be the first or last one of a line, as non-zero
 * bytes: not where an edge along z has its like on all four sides, as all have in one slice. */
static uint64_t outer_vertices(const uint8_t *v, int64_t row, int64_t slice)
{
    const uint64_t w = dlrn_eight_voxels(v);
    uint64_t z = w ^ dlrn_eight_voxels(v + slice);
    if (z) {
        const int64_t side[4] = {-1, 1, -row, row};
        uint64_t inner = z;
        for (int k = 0; k < 4; k++)
            inner &= dlrn_eight_voxels(v + side[k]) ^ dlrn_eight_voxels(v + side[k] + slice);
        z &= ~inner;
    }
    return z | (w ^ dlrn_eight_voxels(v + 1)) | (w ^ dlrn_eight_voxels(v + row));
}

static void find_vertices(lines *l, const dlrn_shape_box *b)
{
    const int64_t nx = b->dim[0], ny = b->dim[1], nz = b->dim[2];
    // the last voxel of each axis is padding, so nothing is lost by not looking past it
    for (int64_t z = 0; z + 1 < nz; z++)
        for (int64_t y = 0; y + 1 < ny; y++) {
            const uint8_t *v = b->v + (z * ny + y) * nx;
            for (int64_t x = 0; x + 1 < nx; x++) {
                while (x + 9 <= nx && !outer_vertices(v + x, nx, nx * ny))
                    x += 8;
                if (x + 1 >= nx) break;
                if (v[x] != v[x + 1]) note_vertex(l, 2 * x + 1, 2 * y, 2 * z);
                if (v[x] != v[x + nx]) note_vertex(l, 2 * x, 2 * y + 1, 2 * z);
                if (v[x] != v[x + nx * ny]) note_vertex(l, 2 * x, 2 * y, 2 * z + 1);
            }
        }
}

static dlrn_status lines_make(lines *l, const dlrn_shape_box *b, const double spacing_mm[3],
                              dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (int k = 0; k < 3; k++) {
        l->n[k] = 2 * b->dim[k] - 1;
        l->half_mm[k] = 0.5 * spacing_mm[k];
    }
    const size_t of_x = (size_t)(l->n[1] * l->n[2]), of_y = (size_t)(l->n[0] * l->n[2]);
    const int64_t longest = l->n[1] > l->n[2] ? l->n[1] : l->n[2];
    DLRN_TRY(dlrn_alloc_or_fail(&l->x, of_x, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->y, of_y, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->fx, of_x, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->fy, of_y, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->pu, 2 * (size_t)longest, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->pv, 2 * (size_t)longest, err));
    for (size_t i = 0; i < of_x; i++)
        l->x[i] = (span){INT32_MAX, -1};
    for (size_t i = 0; i < of_y; i++)
        l->y[i] = (span){INT32_MAX, -1};
    find_vertices(l, b);
done:
    return st;
}

/* One chain of the hull of `n` lines: the lower ends (sign 1) or the upper ends (sign -1). */
static size_t chain(int32_t *pu, int32_t *pv, const span *line, int64_t n, int64_t stride,
                    int32_t sign)
{
    size_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        const span s = line[i * stride];
        if (s.hi < 0) continue;
        const int32_t u = (int32_t)i, v = sign > 0 ? s.lo : s.hi;
        while (m > 1) {
            const int64_t du = pu[m - 1] - pu[m - 2], dv = pv[m - 1] - pv[m - 2];
            const int64_t eu = u - pu[m - 2], ev = v - pv[m - 2];
            if (sign * (du * ev - dv * eu) > 0) break;
            m--;
        }
        pu[m] = u;
        pv[m++] = v;
    }
    return m;
}

typedef struct plane {
    const span *line;
    uint8_t *flag;
    int64_t n, stride;
    double u_mm, v_mm; /* steps across and along the lines */
    uint8_t lo, hi;    /* flags to set */
} plane;

/* Marks the plane's hull; returns its largest squared distance where that beats `best`. */
static double plane_diameter2(const lines *l, const plane *p, double best)
{
    int32_t *pu = l->pu, *pv = l->pv;
    const size_t low = chain(pu, pv, p->line, p->n, p->stride, 1);
    const size_t high = chain(pu + low, pv + low, p->line, p->n, p->stride, -1);
    if (!low) return best;
    int32_t v_lo = INT32_MAX, v_hi = -1;
    for (size_t i = 0; i < low; i++) {
        p->flag[pu[i] * p->stride] |= p->lo;
        if (pv[i] < v_lo) v_lo = pv[i];
    }
    for (size_t i = low; i < low + high; i++) {
        p->flag[pu[i] * p->stride] |= p->hi;
        if (pv[i] > v_hi) v_hi = pv[i];
    }
    const double wide = (pu[low - 1] - pu[0]) * p->u_mm, tall = (v_hi - v_lo) * p->v_mm;
    if (wide * wide + tall * tall < best * (1 - 1e-12)) return best;
    for (size_t i = 1; i < low + high; i++)
        for (size_t j = 0; j < i; j++) {
            const double du = (pu[i] - pu[j]) * p->u_mm, dv = (pv[i] - pv[j]) * p->v_mm;
            const double d2 = du * du + dv * dv;
            if (d2 > best) best = d2;
        }
    return best;
}

static void plane_diameters(double d2[3], const lines *l)
{
    const int64_t nx = l->n[0], ny = l->n[1], nz = l->n[2];
    const double *h = l->half_mm;
    d2[0] = d2[1] = d2[2] = 0;
    for (int64_t z = 0; z < nz; z++) {
        const plane p = {l->x + z * ny, l->fx + z * ny, ny, 1, h[1], h[0], LO_IN_Z, HI_IN_Z};
        d2[0] = plane_diameter2(l, &p, d2[0]);
    }
    for (int64_t y = 0; y < ny; y++) {
        const plane p = {l->x + y, l->fx + y, nz, ny, h[2], h[0], LO_IN_Y, HI_IN_Y};
        d2[1] = plane_diameter2(l, &p, d2[1]);
    }
    for (int64_t x = 0; x < nx; x++) {
        const plane p = {l->y + x, l->fy + x, nz, nx, h[2], h[1], LO_IN_X, HI_IN_X};
        d2[2] = plane_diameter2(l, &p, d2[2]);
    }
}

/* Vertices that are hull corners in all three planes: positions in mm from the grid's middle and
 * distances from it. */
typedef struct corners {
    double (*at)[3];
    double *r;
    size_t n, cap_at, cap_r;
} corners;

static dlrn_status add_corner(corners *c, const lines *l, const int64_t at[3], dlrn_error *err)
{
    dlrn_status st = dlrn_grow(&c->at, &c->cap_at, c->n + 1, sizeof *c->at, err);
    if (st == DLRN_OK) st = dlrn_grow(&c->r, &c->cap_r, c->n + 1, sizeof *c->r, err);
    if (st != DLRN_OK) return st;
    double r2 = 0;
    for (int k = 0; k < 3; k++) {
        const double q = (double)(at[k] - (l->n[k] - 1) / 2) * l->half_mm[k];
        c->at[c->n][k] = q;
        r2 += q * q;
    }
    c->r[c->n++] = -sqrt(r2);
    return DLRN_OK;
}

static dlrn_status collect_corners(corners *c, const lines *l, dlrn_error *err)
{
    for (int64_t z = 0; z < l->n[2]; z++)
        for (int64_t y = 0; y < l->n[1]; y++) {
            const span s = l->x[z * l->n[1] + y];
            const uint8_t f = l->fx[z * l->n[1] + y];
            const bool one = s.hi == s.lo; // the only vertex of its line is either end
            for (int side = 0; side < 2 - one; side++) {
                const int in_z = one ? LO_IN_Z | HI_IN_Z : side ? HI_IN_Z : LO_IN_Z;
                const int in_y = one ? LO_IN_Y | HI_IN_Y : side ? HI_IN_Y : LO_IN_Y;
                if (s.hi < 0 || !(f & in_z) || !(f & in_y)) continue;
                const int64_t x = side ? s.hi : s.lo;
                const span t = l->y[z * l->n[0] + x];
                const uint8_t g = l->fy[z * l->n[0] + x];
                if (!((t.lo == y && (g & LO_IN_X)) || (t.hi == y && (g & HI_IN_X)))) continue;
                const dlrn_status st = add_corner(c, l, (const int64_t[3]){x, y, z}, err);
                if (st != DLRN_OK) return st;
            }
        }
    return DLRN_OK;
}

static dlrn_status space_diameter2(double *d2, const lines *l, double best, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    corners c = {0};
    size_t *order = NULL;
    DLRN_TRY(collect_corners(&c, l, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, c.n, err));
    dlrn_sort_index(order, c.r, c.n);
    double reach = sqrt(best) * (1 - 1e-12);
    for (size_t i = 1; i < c.n; i++) {
        const double *p = c.at[order[i]];
        for (size_t j = 0; j < i; j++) {
            // from here on both ends are too near to the middle
            if (-c.r[order[i]] - c.r[order[j]] < reach) break;
            const double *q = c.at[order[j]];
            const double dx = p[0] - q[0], dy = p[1] - q[1], dz = p[2] - q[2];
            const double e = dx * dx + dy * dy + dz * dz;
            if (e > best) {
                best = e;
                reach = sqrt(best) * (1 - 1e-12);
            }
        }
    }
    *d2 = best;
done:
    free(order);
    free(c.at);
    free(c.r);
    return st;
}

dlrn_status dlrn_shape_diameters(double d[4], const dlrn_shape_box *b, const double spacing_mm[3],
                                 dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    lines l = {0};
    double d2[4];
    DLRN_TRY(lines_make(&l, b, spacing_mm, err));
    plane_diameters(d2, &l);
    DLRN_TRY(space_diameter2(&d2[3], &l, fmax(d2[0], fmax(d2[1], d2[2])), err));
    for (int k = 0; k < 4; k++)
        d[k] = sqrt(d2[k]);
done:
    lines_clear(&l);
    return st;
}
