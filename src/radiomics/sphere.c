/* SPDX-License-Identifier: Apache-2.0
 *
 * Icospheres in the order of trimesh 4 (its creation.icosphere), and spherical harmonics by the
 * normalised recurrence of the associated Legendre functions.
 */
#include "radiomics/sphere.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_CORNERS = 12, N_FACES = 20, MAX_SUBDIVISIONS = 6 };

/* The icosahedron's short and long coordinate: sqrt((5 -+ sqrt 5) / 10). */
#define SHORT 0x1.0d2ca0da1530dp-1
#define LONG  0x1.b38880b4603e5p-1

static const double corners[N_CORNERS][3] = {
    {-SHORT, LONG, 0}, {SHORT, LONG, 0}, {-SHORT, -LONG, 0}, {SHORT, -LONG, 0},
    {0, -SHORT, LONG}, {0, SHORT, LONG}, {0, -SHORT, -LONG}, {0, SHORT, -LONG},
    {LONG, 0, -SHORT}, {LONG, 0, SHORT}, {-LONG, 0, -SHORT}, {-LONG, 0, SHORT}};
static const uint32_t faces[N_FACES][3] = {
    {0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
    {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
    {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}};

/* Side of a face: its two ends, lower one first, and where its middle is wanted. */
typedef struct side {
    uint32_t a, b, slot;
} side;

static int by_ends(const void *p, const void *q)
{
    const side *x = p, *y = q;
    if (x->b != y->b) return x->b < y->b ? -1 : 1;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return 0;
}

static void onto_sphere(double (*at)[3], size_t n, double radius)
{
    for (size_t i = 0; i < n; i++) {
        double *p = at[i];
        // this order of the sum is that of the BLAS behind the wheels of numpy
        const double length = sqrt(p[0] * p[0] + p[2] * p[2] + p[1] * p[1]);
        for (int k = 0; k < 3; k++)
            p[k] += p[k] / length * (radius - length);
    }
}

/* Cuts every face into four; `at` and `face` have room for the result. */
static dlrn_status subdivide(double (*at)[3], size_t *n_at, uint32_t (*face)[3], size_t *n_face,
                             dlrn_error *err)
{
    dlrn_status st;
    side *sides = NULL;
    uint32_t *middle = NULL;
    const size_t n = *n_face;
    DLRN_TRY(dlrn_alloc_or_fail(&sides, 3 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&middle, 3 * n, err));
    for (size_t i = 0; i < 3 * n; i++) {
        const uint32_t a = face[i / 3][i % 3], b = face[i / 3][(i + 1) % 3];
        sides[i] = (side){a < b ? a : b, a < b ? b : a, (uint32_t)i};
    }
    qsort(sides, 3 * n, sizeof *sides, by_ends);
    for (size_t i = 0; i < 3 * n; i++) {
        if (i == 0 || by_ends(&sides[i - 1], &sides[i]) != 0) {
            for (int k = 0; k < 3; k++)
                at[*n_at][k] = (at[sides[i].a][k] + at[sides[i].b][k]) / 2;
            ++*n_at;
        }
        middle[sides[i].slot] = (uint32_t)(*n_at - 1);
    }
    for (size_t i = n; i-- > 0;) {
        const uint32_t a = face[i][0], b = face[i][1], c = face[i][2];
        const uint32_t *m = middle + 3 * i;
        const uint32_t four[4][3] = {
            {a, m[0], m[2]}, {m[0], b, m[1]}, {m[2], m[1], c}, {m[0], m[1], m[2]}};
        memcpy(face + 4 * i, four, sizeof four);
    }
    *n_face = 4 * n;
done:
    free(sides);
    free(middle);
    return st;
}

dlrn_status dlrn_sphere_make(dlrn_sphere *out, int subdivisions, double radius, dlrn_error *err)
{
    dlrn_status st;
    dlrn_sphere s = {0};
    uint32_t(*face)[3] = NULL;
    size_t n_face = N_FACES;
    *out = (dlrn_sphere){0};
    if (subdivisions < 0 || subdivisions > MAX_SUBDIVISIONS || !(radius > 0))
        return dlrn_fail(err, DLRN_EINVAL,
                         "an icosphere of radius %g with %d subdivisions: expected a radius above "
                         "0 and 0 to %d",
                         radius, subdivisions, MAX_SUBDIVISIONS);
    const size_t times = (size_t)1 << 2 * subdivisions;
    DLRN_TRY(dlrn_alloc_or_fail(&s.at, 10 * times + 2, err));
    DLRN_TRY(dlrn_alloc_or_fail(&face, N_FACES * times, err));
    memcpy(s.at, corners, sizeof corners);
    memcpy(face, faces, sizeof faces);
    s.n = N_CORNERS;
    for (int k = 0; k < subdivisions; k++) {
        DLRN_TRY(subdivide(s.at, &s.n, face, &n_face, err));
        onto_sphere(s.at, s.n, radius);
    }
    if (subdivisions == 0) onto_sphere(s.at, s.n, radius);
    *out = s;
    s.at = NULL;
done:
    free(face);
    dlrn_sphere_clear(&s);
    return st;
}

void dlrn_sphere_clear(dlrn_sphere *s)
{
    free(s->at);
    *s = (dlrn_sphere){0};
}

int dlrn_harmonic_sign(int k)
{
    return k > 0 && k % 2 == 0 ? -1 : 1;
}

void dlrn_harmonics(double *out, int levels, double azimuth, double polar)
{
    // normalised P(n, m): P(m, m) from P(m-1, m-1), then upwards in n
    const double x = cos(polar), s = sqrt(1 - x * x);
    double diagonal = sqrt(1 / (4 * M_PI));
    for (int m = 0; m < levels; m++) {
        if (m > 0) diagonal *= s * sqrt((2 * m + 1) / (2.0 * m));
        double below = 0, p = diagonal;
        for (int n = m; n < levels; n++) {
            if (n > m) {
                const double nn = (double)n * n, mm = (double)m * m;
                const double a = sqrt((4 * nn - 1) / (nn - mm));
                const double b =
                    n > m + 1 ? sqrt(((n - 1.0) * (n - 1.0) - mm) / (4 * (n - 1.0) * (n - 1.0) - 1))
                              : 0;
                const double next = a * (x * p - b * below);
                below = p;
                p = next;
            }
            double *own = out + n * n;
            if (m == 0)
                own[0] = p;
            else {
                own[2 * m - 1] = M_SQRT2 * p * cos(m * azimuth);
                own[2 * m] = M_SQRT2 * p * sin(m * azimuth);
            }
        }
    }
}
