#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/pyradiomics-filters/*.txt: shape, filters and preprocessing by PyRadiomics.

    python tools/golden/filters.py [--seed N] [GROUP...]      (needs numpy < 2 and PyRadiomics)

A file holds lines `case NAME` and `NAME COUNT v1 v2 ...` (17 digits; arrays [z][y][x]).
"""
import argparse
import logging
import pathlib

import numpy as np
import SimpleITK as sitk
from radiomics import imageoperations, shape, shape2D

OUT = pathlib.Path(__file__).resolve().parents[2] / 'tests/golden/pyradiomics-filters'


class Golden:
    def __init__(self, group):
        self.path = OUT / (group + '.txt')
        self.lines = []

    def case(self, name):
        self.lines.append('case ' + name)

    def put(self, name, values):
        v = np.atleast_1d(np.asarray(values)).ravel()
        text = ['%d' % x if float(x).is_integer() and abs(x) < 1e15 else '%.17g' % x for x in v]
        self.lines.append(' '.join([name, str(len(v))] + text))

    def write(self):
        OUT.mkdir(parents=True, exist_ok=True)
        self.path.write_text('\n'.join(self.lines) + '\n')


def make_sitk(array, spacing, origin=None, direction=None):
    im = sitk.GetImageFromArray(array)
    im.SetSpacing([float(s) for s in spacing])
    if origin is not None:
        im.SetOrigin([float(o) for o in origin])
    if direction is not None:
        im.SetDirection([float(d) for d in direction])
    return im


def crop(mask):
    at = np.where(mask)
    return mask[tuple(slice(a.min(), a.max() + 1) for a in at)]


# ---- shape ----

def blob(rng, dim, threshold):
    """A rough ball: [z][y][x]."""
    grid = np.meshgrid(*[np.linspace(-1, 1, n) for n in dim], indexing='ij')
    return (sum(g * g for g in grid) + 0.7 * rng.standard_normal(dim) < threshold)


def shape_masks(rng):
    yield 'ball', blob(rng, (9, 10, 11), 1.0)
    yield 'speckle', rng.random((5, 7, 6)) < 0.5
    yield 'sparse', rng.random((6, 6, 8)) < 0.12
    yield 'dense', rng.random((6, 5, 7)) < 0.9
    yield 'slab', blob(rng, (1, 12, 15), 1.1)
    yield 'plane', np.ones((6, 1, 5), bool)
    yield 'line', np.ones((1, 1, 7), bool)
    yield 'box', np.ones((3, 4, 5), bool)
    yield 'two parts', np.pad(np.ones((2, 2, 2), bool), ((0, 5), (0, 4), (3, 0))) | \
        np.pad(np.ones((3, 2, 2), bool), ((4, 0), (4, 0), (0, 3)))


def all_features(cls, image, mask):
    f = cls(image, mask, label=1)
    return {n: float(getattr(f, 'get%sFeatureValue' % n)()) for n in cls.getFeatureNames()}


def group_shape(seed):
    rng = np.random.default_rng(seed)
    g = Golden('shape')
    for name, mask in shape_masks(rng):
        for spacing in ((1, 1, 1), (0.5, 0.75, 2.25)):
            cut = crop(mask).astype('uint32')
            m = make_sitk(cut, spacing)
            g.case('%s, %g mm' % (name, spacing[0]))
            g.put('dim', cut.shape[::-1])
            g.put('spacing', spacing)
            g.put('mask', cut)
            for k, v in sorted(all_features(shape.RadiomicsShape, m, m).items()):
                g.put(k, v)
    g.write()


def group_shape2d(seed):
    rng = np.random.default_rng(seed)
    g = Golden('shape2d')
    masks = [('disc', blob(rng, (14, 17), 1.0)), ('speckle', rng.random((9, 8)) < 0.5),
             ('sparse', rng.random((12, 12)) < 0.1), ('dense', rng.random((9, 13)) < 0.9),
             ('box', np.ones((4, 6), bool)), ('line', np.ones((1, 5), bool)),
             ('diagonal', np.eye(6, dtype=bool))]
    for name, mask in masks:
        cut = crop(mask).astype('uint32')
        for spacing in ((1, 1), (0.5, 1.75)):
            m = make_sitk(cut, spacing)
            g.case('%s, %g mm' % (name, spacing[0]))
            g.put('dim', cut.shape[::-1] + (1,))
            g.put('spacing', spacing + (1,))
            g.put('mask', cut)
            for k, v in sorted(all_features(shape2D.RadiomicsShape2D, m, m).items()):
                g.put(k, v)
    g.write()


GROUPS = {'shape': group_shape, 'shape2d': group_shape2d}


def main():
    logging.disable(logging.WARNING)
    p = argparse.ArgumentParser()
    p.add_argument('--seed', type=int, default=20240)
    p.add_argument('group', nargs='*', default=list(GROUPS))
    a = p.parse_args()
    for name in a.group or GROUPS:
        GROUPS[name](a.seed)


if __name__ == '__main__':
    main()
