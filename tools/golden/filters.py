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


# ---- filters ----

def filter_inputs(rng):
    flat = rng.integers(-300, 900, (10, 13)).astype('int16')
    solid = rng.integers(-300, 900, (5, 6, 7)).astype('int16')
    yield 'flat', flat, (0.5, 0.75), {}
    yield 'one slice', flat[None, :9, :8], (0.5, 0.75, 3), {}
    yield 'solid', solid, (0.5, 0.75, 1.25), {}
    yield 'solid, force2D', solid, (1, 1, 2), {'force2D': True, 'force2Ddimension': 1}
    yield 'float', (solid * 0.37).astype('float32'), (1, 1, 1.5), {}
    yield 'double', solid * 0.37, (1, 1, 1.5), {}
    yield 'two levels', flat, (1, 1), {'level': 2, 'start_level': 1}


def group_filters(seed):
    rng = np.random.default_rng(seed)
    g = Golden('filters')
    runs = [('Wavelet', imageoperations.getWaveletImage, {}),
            ('LoG', imageoperations.getLoGImage, {'sigma': [1.0, 1.5]}),
            ('Square', imageoperations.getSquareImage, {}),
            ('SquareRoot', imageoperations.getSquareRootImage, {}),
            ('Logarithm', imageoperations.getLogarithmImage, {}),
            ('Exponential', imageoperations.getExponentialImage, {}),
            ('Gradient', imageoperations.getGradientImage, {}),
            ('LBP2D', imageoperations.getLBP2DImage, {})]
    for name, array, spacing, settings in filter_inputs(rng):
        im = make_sitk(array, spacing)
        g.case(name)
        g.put('dim', (array.shape[::-1] + (1,))[:3])
        g.put('ndim', array.ndim)
        g.put('spacing', (tuple(spacing) + (1,))[:3])
        g.put('type', {'int16': 0, 'float32': 1, 'float64': 2}[array.dtype.name])
        g.put('force2D', [settings.get('force2D', False), settings.get('force2Ddimension', 0)])
        g.put('levels', [settings.get('level', 1), settings.get('start_level', 0)])
        g.put('image', array)
        for kind, fn, own in runs:
            if name == 'two levels' and kind != 'Wavelet':
                continue
            for result, label, _ in fn(im, im, **dict(settings, **own)):
                g.put(kind + ':' + label, sitk.GetArrayFromImage(result))
    g.write()


def group_wavelets(seed):
    """Every discrete wavelet on one odd image: three values of each band."""
    rng = np.random.default_rng(seed)
    g = Golden('wavelets')
    array = rng.integers(-300, 900, (6, 9)).astype('int16')
    im = make_sitk(array, (1, 1))
    for family in ('haar', 'db', 'sym', 'coif', 'bior', 'rbio', 'dmey'):
        for name in imageoperations.pywt.wavelist(family):
            g.case(name)
            if name == 'haar':
                g.put('image', array)
            for r, label, _ in imageoperations.getWaveletImage(im, im, wavelet=name):
                g.put(label, sitk.GetArrayFromImage(r).ravel()[[0, 26, 53]])
    g.write()


def turned(angle, axis=2):
    """A rotation about one axis, row by row."""
    c, s = np.cos(angle), np.sin(angle)
    m = np.eye(3)
    i, j = [k for k in range(3) if k != axis]
    m[i, i] = m[j, j] = c
    m[i, j], m[j, i] = -s, s
    return m.ravel().tolist()


def put_resampled(g, name, image, mask, target, how):
    """One case: image and mask on grids of their own, and what resampleImage makes of them."""
    nd = image.GetDimension()
    a, m = imageoperations.resampleImage(image, mask, resampledPixelSpacing=list(target[:nd]),
                                         interpolator=how, padDistance=2, label=1)
    g.case(name)
    g.put('ndim', nd)
    g.put('type', {sitk.sitkInt16: 0, sitk.sitkFloat32: 1, sitk.sitkFloat64: 2,
                   sitk.sitkUInt8: 3}[image.GetPixelID()])
    for of, im in (('', image), ('mask_', mask)):
        direction = np.eye(3)
        direction[:nd, :nd] = np.reshape(im.GetDirection(), (nd, nd))
        g.put(of + 'dim', (im.GetSize() + (1,))[:3])
        g.put(of + 'spacing', (im.GetSpacing() + (1,))[:3])
        g.put(of + 'origin', (im.GetOrigin() + (0,))[:3])
        g.put(of + 'direction', direction)
    g.put('target', target)
    g.put('image', sitk.GetArrayFromImage(image))
    g.put('mask', sitk.GetArrayFromImage(mask))
    g.put('size', (a.GetSize() + (1,))[:3])
    g.put('new_origin', (a.GetOrigin() + (0,))[:3])
    g.put('result', sitk.GetArrayFromImage(a))
    g.put('result_mask', sitk.GetArrayFromImage(m))


def group_resample(seed):
    rng = np.random.default_rng(seed)
    g = Golden('resample')
    array = rng.integers(-300, 900, (5, 8, 9)).astype('int16')
    mask = np.zeros(array.shape, 'uint32')
    mask[1:4, 2:7, 3:8] = rng.random((3, 5, 5)) < 0.8
    spacing = (0.75, 0.75, 2.5)
    for kind, how, target in ((0, 'sitkBSpline', (1, 1, 1)), (2, 'sitkBSpline', (0.5, 1.5, 0)),
                              (0, 'sitkLinear', (1, 1, 1)), (2, 'sitkLinear', (0.5, 1.5, 2)),
                              (2, 'sitkNearestNeighbor', (1, 1, 1))):
        typed = array if kind == 0 else array * 0.37
        put_resampled(g, '%s %d' % (how, kind), make_sitk(typed, spacing),
                      make_sitk(mask, spacing), target, how)
    small = rng.integers(0, 4, (4, 5, 6)).astype('uint8') * 50
    region = np.zeros(small.shape, 'uint32')
    region[1:3, 1:4, 2:5] = 1
    names = ['sitk%sWindowedSinc' % w for w in ('Hamming', 'Cosine', 'Welch', 'Lanczos',
                                                'Blackman')]
    names += ['sitkBSpline%d' % k for k in (1, 2, 3, 4, 5)]
    names += ['sitkBSplineResampler'] + ['sitkBSplineResamplerOrder%d' % k for k in (1, 2, 4, 5)]
    for how in ['sitkGaussian', 'sitkLabelGaussian'] + names:
        put_resampled(g, how + ' float64', make_sitk(small * 0.37, (1, 1, 2)),
                      make_sitk(region, (1, 1, 2)), (0.75, 1.25, 1.5), how)
    for how in ('sitkGaussian', 'sitkLabelGaussian', 'sitkHammingWindowedSinc', 'sitkBSpline5'):
        put_resampled(g, how + ' uint8', make_sitk(small, (1, 1, 2)), make_sitk(region, (1, 1, 2)),
                      (0.75, 1.25, 1.5), how)
        put_resampled(g, how + ' flat', make_sitk(small[0], (1, 1)), make_sitk(region[1], (1, 1)),
                      (0.75, 1.25, 0), how)
    even = np.full(small.shape, 77, 'int16')  # weights that do not add up to 1 lose a grey value
    put_resampled(g, 'sitkGaussian even', make_sitk(even, (1, 1, 2)),
                  make_sitk(region, (1, 1, 2)), (0.75, 1.25, 1.5), 'sitkGaussian')
    # image and mask on grids of their own
    for how in ('sitkBSpline', 'sitkLinear', 'sitkNearestNeighbor', 'sitkGaussian'):
        im = make_sitk(array * 0.37, spacing, (-2, 3, 1), turned(0.3))
        ma = make_sitk(region, (1, 0.75, 2), (-3, 5, 2.5), turned(0.2, 0))
        put_resampled(g, how + ' apart', im, ma, (0.9, 1.1, 1.7), how)
    # the image's own spacing: the mask alone is resampled
    put_resampled(g, 'sitkBSpline same', make_sitk(array, spacing),
                  make_sitk(region, (1, 0.75, 2), (0.5, 1, 2.5)), spacing, 'sitkBSpline')
    # places half-way between two voxels: the last bit of the mapping decides
    for kind in ('3-D', '2-D'):
        nd = int(kind[0])
        q, r = np.linalg.qr(rng.normal(size=(nd, nd)))
        q = (q * np.sign(np.diag(r))).ravel().tolist()
        pair = (array, mask) if nd == 3 else (array[2], mask[2])
        im, ma = (make_sitk(a, (1, 0.5, 1.5)[:nd], (-31.7, 12.9, 4.1)[:nd], q) for a in pair)
        put_resampled(g, 'sitkNearestNeighbor halves ' + kind, im, ma, (2, 1, 3), 'sitkNearestNeighbor')
    # places a rounding error before a voxel: ITK looks for their voxels in single precision, and the sum's
    # last bit decides the whole number
    turn = turned(1.1)
    turn = turn[:2] + turn[3:5]
    for how in ('sitkBSpline', 'sitkBSpline2', 'sitkBSpline5'):
        put_resampled(g, how + ' 2-D on voxels', make_sitk(array[2], (1.5, 1.5), direction=turn),
                      make_sitk(mask[2], (1.5, 1.5), direction=turn), (0.5, 0, 0), how)
    g.write()


def group_inverse(seed):
    """Directions times spacings, and the matrix that ITK leads from places to voxels by."""
    rng = np.random.default_rng(seed)
    g = Golden('inverse')
    for k in range(60):
        n = 2 + k % 2
        q, _ = np.linalg.qr(rng.normal(size=(n, n)))
        if k % 5 == 0:  # along the world's axes, in any order
            q = np.eye(n)[rng.permutation(n)] * rng.choice([-1, 1], n)
        if k % 5 == 1:  # a little turned
            q = np.reshape(turned(rng.uniform(-0.1, 0.1)), (3, 3))[:n, :n]
        spacing = rng.choice([0.25, 0.5, 1, 1.5, 2], n) if k % 3 else rng.uniform(0.1, 4, n)
        im = make_sitk(np.zeros((2,) * n), spacing, None, q.ravel())
        g.case('%d-D %d' % (n, k))
        g.put('matrix', q * spacing)
        g.put('inverse', np.transpose([im.TransformPhysicalPointToContinuousIndex(e) for e in np.eye(n)]))
    g.write()


def group_lbp3d(seed):
    """Every voxel of the region; needs SciPy < 1.15, whose sph_harm PyRadiomics asks for."""
    rng = np.random.default_rng(seed)
    g = Golden('lbp3d')
    solid = rng.integers(0, 200, (5, 4, 6)).astype('uint8')
    even = np.full(solid.shape, 77, 'uint8')  # the kurtosis of equal samples is undefined
    even[0] += solid[0] % 10
    mask = (rng.random(solid.shape) < 0.4).astype('uint32')
    mask[2, 1, 4] = 1
    for name, array, levels, radius, cuts in (
            ('uint8', solid, 2, 1, 1), ('even', even, 2, 1, 1), ('int16', solid.astype('int16') * 7 - 600, 3, 1.5, 0),
            ('float32', (solid * 0.37).astype('float32'), 4, 0.75, 1),
            ('float64', solid * 0.37, 5, 2, 2), ('one slice', solid[:1], 2, 1, 1)):
        own = mask[:array.shape[0]]
        im, ma = make_sitk(array, (1, 1, 1.5)), make_sitk(own, (1, 1, 1.5))
        g.case(name)
        g.put('dim', array.shape[::-1])
        g.put('type', {'uint8': 0, 'int16': 1, 'float32': 2, 'float64': 3}[array.dtype.name])
        g.put('options', (levels, radius, cuts))
        g.put('image', array)
        g.put('mask', own)
        for result, label, _ in imageoperations.getLBP3DImage(
                im, ma, label=1, lbp3DLevels=levels, lbp3DIcosphereRadius=radius,
                lbp3DIcosphereSubdivision=cuts):
            g.put(label, sitk.GetArrayFromImage(result)[own == 1])
    g.write()


GROUPS = {'lbp3d': group_lbp3d, 'resample': group_resample, 'inverse': group_inverse, 'shape': group_shape,
          'shape2d': group_shape2d, 'filters': group_filters, 'wavelets': group_wavelets}


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
