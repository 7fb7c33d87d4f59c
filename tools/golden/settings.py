#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every setting and image-type option of PyRadiomics' parameter files: values and diagnostics.

    python tools/golden/settings.py              writes tests/golden/pyradiomics-settings
    python tools/golden/settings.py DLRN         holds `dlrn extract` against PyRadiomics on the same
                                                 cases, every default feature; exit code 1 on a miss

Needs PyRadiomics under numpy < 2, SimpleITK, scikit-image, trimesh, SciPy < 1.15 (LBP3D).
"""
import argparse
import json
import logging
import math
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import SimpleITK as sitk
from radiomics import featureextractor

OUT = pathlib.Path(__file__).resolve().parents[2] / 'tests/golden/pyradiomics-settings'
ALL = ('shape', 'firstorder', 'glcm', 'gldm', 'glrlm', 'glszm', 'ngtdm')
FEW = {'shape': ['MeshVolume'], 'firstorder': ['Energy', 'Entropy', 'Mean', 'RootMeanSquared'],
       'glcm': ['Contrast', 'JointEntropy'], 'gldm': ['DependenceEntropy'],
       'glrlm': ['RunEntropy'], 'glszm': ['ZoneEntropy'], 'ngtdm': ['Contrast']}
# what diagnostics say that does not depend on the program
INFO = ('Hash', 'Dimensionality', 'Spacing', 'Size', 'Mean', 'Minimum', 'Maximum', 'BoundingBox',
        'VoxelNum', 'VolumeNum', 'CenterOfMassIndex', 'CenterOfMass', 'Settings',
        'EnabledImageTypes')


def agree(name, got, want):
    """To 1e-9, or to PyRadiomics' own rounding in differences and roots of nearly 0."""
    noise = {'MCC': 1e-6, 'Imc2': 1e-6, 'Imc1': 1e-9, 'Correlation': 1e-9, 'Skewness': 1e-10}
    if math.isnan(got) or math.isnan(want):
        return math.isnan(got) and math.isnan(want)
    return abs(got - want) <= max(1e-9 * abs(want), noise.get(name.split('_')[-1], 1e-12))


def smooth(rng, shape, sd, mean):
    x = rng.normal(size=shape)
    for axis in range(x.ndim):
        x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    return x / x.std() * sd + mean


def save(name, array, spacing, origin=None, direction=None, vector=False):
    im = sitk.GetImageFromArray(array, isVector=vector)
    im.SetSpacing(spacing)
    if origin:
        im.SetOrigin(origin)
    if direction:
        im.SetDirection(direction)
    sitk.WriteImage(im, str(OUT / name), True)


def write_images():
    rng = np.random.default_rng(5)
    OUT.mkdir(parents=True, exist_ok=True)
    solid = smooth(rng, (5, 8, 9), 60, 200).astype('int16')
    flat = smooth(rng, (12, 11), 40, 128).clip(0, 255).astype('uint8')
    region = np.zeros(solid.shape, 'uint8')
    region[1:4, 2:7, 2:8] = rng.random((3, 5, 6)) < 0.85
    region[2:4, 3:5, 3:5] = 2
    disc = np.zeros(flat.shape, 'uint8')
    disc[3:10, 2:9] = rng.random((7, 7)) < 0.9
    save('solid.nrrd', solid, (0.5, 0.75, 2))
    save('float.nrrd', (solid * 0.37).astype('float32'), (0.5, 0.75, 2))
    save('flat.nrrd', flat, (0.5, 0.75))
    save('solid_mask.nrrd', region, (0.5, 0.75, 2))
    save('flat_mask.nrrd', disc, (0.5, 0.75))
    # masks of their own grid: shifted, of other voxels and turned, near, far out
    c, s = math.cos(0.15), math.sin(0.15)
    save('shifted_mask.nrrd', region, (0.5, 0.75, 2), (0.2, -0.3, 0.5))
    save('turned_mask.nrrd', region[:, 1:7, 1:8], (0.45, 0.7, 1.8), (0.9, 0.8, 0.5),
         (c, -s, 0, s, c, 0, 0, 0, 1))
    save('near_mask.nrrd', region, (0.5, 0.75, 2), (0.004, 0, 0))
    save('far_mask.nrrd', region, (0.5, 0.75, 2), (2, 0, 0))
    save('two_masks.nrrd', np.stack([np.roll(region, 1, 2), region], -1), (0.5, 0.75, 2),
         vector=True)


def spread(key, values, types=None, image='solid'):
    return [(image, {key: v}, types) for v in values]


def cases():
    """image or image/mask, setting, imageType"""
    target = {'resampledPixelSpacing': [0.8, 0.8, 1.5]}
    yield from [(i, {}, None) for i in ('solid', 'float', 'flat')]
    yield from spread('minimumROISize', [10, 1000]) + spread('minimumROIDimensions', [1, 3])
    yield 'solid', {'normalize': True, 'normalizeScale': 100, 'binWidth': 20}, None
    yield 'float', {'normalize': True, 'removeOutliers': 1.5, 'binWidth': 0.3}, None
    yield from spread('resampledPixelSpacing', [[1, 1, 1], [0, 0, 1], [0.5, 0.75, 2], [1, 1]])
    for how in (1, 2, 4, 5, 6, 7, 8, 9, 10, 'sitkGaussian', None, 0, 11, 'sitkFoo'):
        yield 'solid', {**target, 'interpolator': how}, None
    for pad in (0, 3):
        yield 'solid', {**target, 'padDistance': pad}, {'LoG': {'sigma': [1.0]}}
        yield 'solid', {'preCrop': True, 'padDistance': pad}, {'Square': {}}
    for bounds, mode in (([180], 'absolute'), ([230, 150], 'absolute'), ([0.5, 0.9], 'relative'),
                         ([-1, 1], 'sigma'), ([1000], 'absolute'), ([], 'absolute')):
        yield 'solid', {'resegmentRange': bounds, 'resegmentMode': mode}, None
    yield 'solid', {'resegmentRange': [150, 230], 'resegmentShape': True}, None
    for axis in (0, 1, 2):
        yield 'solid', {'force2D': True, 'force2Ddimension': axis}, None
        yield 'flat', {'force2D': True, 'force2Ddimension': axis}, None
    yield from spread('distances', [[2], [1, 3], [0]])
    yield from spread('weightingNorm', ['manhattan', 'euclidean', 'infinity', 'no_weighting', 'foo'])
    yield from spread('gldm_a', [2]) + spread('voxelArrayShift', [-300, 1.5])
    yield from spread('binCount', [16, 1]) + spread('binWidth', [3.7, 0])
    yield from spread('symmetricalGLCM', [False]) + spread('additionalInfo', [False])
    yield from spread('label', [2, 3])
    # the mask on a grid of its own
    for mask in ('shifted_mask', 'turned_mask', 'near_mask', 'far_mask'):
        for s in ({}, {'correctMask': True}, target, {'correctMask': True, 'preCrop': True}):
            yield 'solid/' + mask, s, None
    for tolerance in (0.0079, 0.0081):
        yield 'solid/near_mask', {'geometryTolerance': tolerance}, None
    yield 'solid/shifted_mask', {'correctMask': True, 'resegmentRange': [150]}, None
    yield from spread('label_channel', [0, 1, 2], image='solid/two_masks')
    # image types and their options; settings of their own
    for how in ('haar', 'bior6.8', 'rbio3.9', 'coif17', 'dmey', 'coif18', 'gaus1'):
        yield 'flat', {'wavelet': how}, {'Wavelet': {}}
    for level, start in ((2, 0), (1, 2)):
        yield 'flat', {}, {'Wavelet': {'level': level, 'start_level': start}}
    for method, radius, samples in (('uniform', 1, 8), ('ror', 1.5, 9), ('var', 2, 12),
                                    ('default', 3, 24), ('foo', 1, 8)):
        yield 'solid', {}, {'LBP2D': {'lbp2DMethod': method, 'lbp2DRadius': radius,
                                      'lbp2DSamples': samples, 'binWidth': 100}}
    yield 'float', {}, {'LBP3D': {'binWidth': 0.05}}
    yield 'solid', {}, {'LBP3D': {'binWidth': 0.05, 'lbp3DLevels': 3, 'lbp3DIcosphereRadius': 1.5,
                                  'lbp3DIcosphereSubdivision': 0}}
    yield 'float', {'gradientUseSpacing': False}, {'Gradient': {}}
    yield 'flat', {'sigma': [2.0], 'binCount': 8}, {
        'LoG': {'sigma': [1, 0.75], 'binWidth': 5, 'binCount': None}, 'Square': {'distances': [2]},
        'SquareRoot': {'force2D': True}, 'Logarithm': {'gldm_a': 4},
        'Exponential': {'weightingNorm': 'euclidean'}, 'Original': {'voxelArrayShift': 30}}


def paths(name):
    image, _, mask = name.partition('/')
    if not mask:
        mask = 'flat_mask' if image == 'flat' else 'solid_mask'
    return [image + '.nrrd', mask + '.nrrd']


def reference(name, params):
    """PyRadiomics' result, None where it refuses."""
    sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(1e-6)  # an earlier case's would go on
    sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(1e-6)
    try:
        e = featureextractor.RadiomicsFeatureExtractor(params)
        return e.execute(*[str(OUT / p) for p in paths(name)])
    except Exception:  # noqa: BLE001 (its schema, its checks and SimpleITK raise different ones)
        return None


def make_params(name, setting, types, classes):
    chosen = {k: v for k, v in classes.items() if k != 'shape' or name != 'flat'}
    return {'setting': setting, 'imageType': types or {'Original': {}}, 'featureClass': chosen}


def golden():
    write_images()
    rows = []
    for name, setting, types in cases():
        params = make_params(name, setting, types, FEW)
        got = reference(name, params)
        row = {'image': paths(name)[0], 'mask': paths(name)[1], 'params': params}
        if got is None:
            row['refused'] = True
        else:
            whole = '/' in name or not setting or any(
                k in setting for k in ('resegmentRange', 'preCrop', 'padDistance', 'normalize'))
            row['info'] = {k: str(v) for k, v in got.items() if k.startswith('diag') and
                           k.split('_')[-1] in (INFO if whole else INFO[-2:])}
            row['values'] = {k: float(v) for k, v in got.items() if not k.startswith('diag')}
        rows.append(row)
    text = ',\n'.join(json.dumps(r) for r in rows)
    (OUT / 'cases.json').write_text('[\n' + text + '\n]\n')


def compare(dlrn):
    misses = values = refused = n = 0
    for name, setting, types in cases():
        n += 1
        params = make_params(name, setting, types, dict.fromkeys(ALL))
        file = OUT / 'params.tmp'
        file.write_text(json.dumps(params))
        p = subprocess.run([dlrn, 'extract', *[OUT / q for q in paths(name)], '-p', file, '-f',
                            'json'], capture_output=True, text=True)
        file.unlink()
        want = reference(name, params)
        if want is None:
            refused += 1
            misses += p.returncode == 0
            continue
        if p.returncode:
            misses += 1
            print(name, setting, types, p.stderr)
            continue
        got = json.loads(p.stdout)
        for k, w in want.items():
            if k.startswith('diag'):
                continue
            values += 1
            g = math.nan if got.get(k) is None else got[k]
            if not agree(k, g, float(w)):
                misses += 1
                print(name, setting, types, k, g, w)
    print(f'{n} cases, {refused} refused by PyRadiomics, {values} values, {misses} misses')
    return 1 if misses else 0


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter('ignore')
    p = argparse.ArgumentParser()
    p.add_argument('dlrn', nargs='?')
    a = p.parse_args()
    return compare(a.dlrn) if a.dlrn else golden()


if __name__ == '__main__':
    sys.exit(main())
