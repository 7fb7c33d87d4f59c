/* SPDX-License-Identifier: Apache-2.0
 *
 * Points on a sphere and the spherical harmonics there, as LBP3D samples an image.
 */
#ifndef DLRN_RADIOMICS_SPHERE_H
#define DLRN_RADIOMICS_SPHERE_H

#include <dlrn/base.h>

typedef struct dlrn_sphere {
    double (*at)[3]; /* [n]; order as trimesh's icosphere */
    size_t n;
} dlrn_sphere;

/* An icosahedron whose triangles are cut into four `subdivisions` times, its corners moved to the
 * sphere of this radius each time: 10 * 4^subdivisions + 2 points. */
DLRN_MUST_CHECK dlrn_status dlrn_sphere_make(dlrn_sphere *out, int subdivisions, double radius,
                                             dlrn_error *err);
void dlrn_sphere_clear(dlrn_sphere *s);

/* The (levels)^2 real functions whose products make up, with the signs of dlrn_harmonic_sign, the
 * sums over m of Y(m, n) Y(m, n) for n < levels. Function n * n + k, k = 0..2n, belongs to n. */
void dlrn_harmonics(double *out, int levels, double azimuth, double polar);
/* -1 for the sine functions, 1 for all others; k as above. */
int dlrn_harmonic_sign(int k);

#endif
