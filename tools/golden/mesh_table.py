#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/radiomics/mesh_tables.c: the triangles of the marching-cubes cases 0..127.

Each case is built from the rule, not from a list: on every face of the cube the crossed edges are
joined so that set corners are cut off one by one (an ambiguous face keeps its two set corners
apart), the joints close to loops around the set corners, and a loop of n edges is cut into n - 2
triangles. Where a loop is not flat, area and volume depend on the diagonals: the script tries all
of them and keeps the first that has PyRadiomics' area and volume for three spacings.

    python tools/golden/mesh_table.py > src/radiomics/mesh_tables.c      (needs PyRadiomics)
"""
import itertools

import numpy as np
from radiomics import cShape

# corner k at (z, y, x); edge e joins two corners; a face lists its corners in a ring
CORNER = np.array([(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0),
                   (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)])
EDGE = [(0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4),
        (0, 4), (1, 5), (2, 6), (3, 7)]
FACE = [(0, 1, 2, 3), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
MID = np.array([(CORNER[a] + CORNER[b]) / 2.0 for a, b in EDGE])
SPACINGS = [(1.0, 1.0, 1.0), (1.0, 1.3, 1.7), (2.1, 0.4, 0.9)]


def edge_of(a, b):
    return next(e for e, ab in enumerate(EDGE) if set(ab) == {a, b})


def joints(case):
    """Pairs of crossed edges that share a face and enclose set corners of it."""
    pairs = []
    for face in FACE:
        on = [case >> c & 1 for c in face]
        crossed = [k for k in range(4) if on[k] != on[(k + 1) % 4]]  # between ring places k, k+1
        edge = [edge_of(face[k], face[(k + 1) % 4]) for k in range(4)]
        if len(crossed) == 2:
            pairs.append((edge[crossed[0]], edge[crossed[1]]))
        elif len(crossed) == 4:
            pairs += [(edge[k - 1], edge[k]) for k in range(4) if on[k]]
    return pairs


def loops(pairs):
    near = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    found = []
    while near:
        ring = [min(near)]
        while True:
            nxt = [e for e in near[ring[-1]] if e not in ring]
            if not nxt:
                break
            ring.append(min(nxt) if len(ring) == 1 else nxt[0])
        for e in ring:
            del near[e]
        found.append(ring)
    return found


def cuts(ring):
    """Every triangulation of a polygon."""
    if len(ring) < 3:
        return [[]]
    out = []
    for k in range(1, len(ring) - 1):
        for left in cuts(ring[:k + 1]):
            for right in cuts(ring[k:]):
                out.append([(ring[0], ring[k], ring[-1])] + left + right)
    return out


def measure(triangles, spacing):
    area = volume = 0.0
    for t in triangles:
        a, b, c = (MID[e] * spacing for e in t)
        area += 0.5 * np.linalg.norm(np.cross(b - a, c - a))
        volume += np.dot(np.cross(a, b), c) / 6
    return area, volume


def wanted(case, spacing):
    mask = np.zeros((2, 2, 2), bool)
    for k in range(8):
        mask[tuple(CORNER[k])] = bool(case >> k & 1)
    area, volume, _ = cShape.calculate_coefficients(mask, np.array(spacing))
    return area, volume


def outward(ring, case):
    """The ring turned so that its normal points from the set corners to the others."""
    normal = sum(np.cross(MID[a], MID[b]) for a, b in zip(ring, ring[1:] + ring[:1]))
    way = 0.0
    for e in ring:
        a, b = EDGE[e] if case >> EDGE[e][0] & 1 else EDGE[e][::-1]
        way += np.dot(normal, CORNER[b] - CORNER[a])
    assert abs(way) > 1e-9
    return ring if way > 0 else ring[::-1]


def triangles_of(case):
    want = [wanted(case, s) for s in SPACINGS]
    rings = [outward(r, case) for r in loops(joints(case))]
    for cut in itertools.product(*[cuts(r) for r in rings]):
        triangles = [t for part in cut for t in part]
        if np.allclose([measure(triangles, s) for s in SPACINGS], want, rtol=0, atol=1e-13):
            return triangles
    raise SystemExit('no triangles fit case %d' % case)


def main():
    print('''/* SPDX-License-Identifier: Apache-2.0
 *
 * Marching cubes: the edges that are the corners of each case's triangles, ended by -1. Made by
 * tools/golden/mesh_table.py; cases 128..255 are their complements with the sign turned.
 */
#include "radiomics/mesh_tables.h"

// clang-format off
const int8_t dlrn_mesh_triangles[128][16] = {''')
    row = '    '
    for case in range(128):
        edges = [e for t in triangles_of(case) for e in t] + [-1]
        item = '{' + ', '.join(map(str, edges)) + '}, '
        if len(row) + len(item) > 99:
            print(row.rstrip())
            row = '    '
        row += item
    print(row.rstrip())
    print('};\n// clang-format on')


if __name__ == '__main__':
    main()
