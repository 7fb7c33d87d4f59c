/* SPDX-License-Identifier: Apache-2.0
 *
 * The triangles of marching cubes (Lorensen & Cline 1987) as PyRadiomics cuts them.
 *
 * Corner bits of a case: 0 (z,y,x), 1 x+1, 2 x+1 y+1, 3 y+1, 4..7 the same at z+1. Edges 0-3 run
 * around the lower face (0-1, 1-2, 2-3, 3-0), 4-7 around the upper one, 8-11 join the two.
 */
#ifndef DLRN_RADIOMICS_MESH_TABLES_H
#define DLRN_RADIOMICS_MESH_TABLES_H

#include <stdint.h>

extern const int8_t dlrn_mesh_triangles[128][16];

#endif
