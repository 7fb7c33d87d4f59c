# SPDX-License-Identifier: Apache-2.0
"""Random small cases for radiomics: image, mask, parameter file. Each draw depends on seed and index only.

Spacings are numbers that float32 holds exactly, since NIfTI stores them so.
"""
import json
import math
import os
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from radiomics import getFeatureClasses

CLASSES = ["shape", "shape2D", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"]


@dataclass
class Case:
    image: sitk.Image
    mask: sitk.Image
    params: dict  # setting, imageType, featureClass as in a parameter file
    ending: str

    def write(self, folder, name):
        """Paths of image, mask and parameter file."""
        paths = [os.path.join(folder, f"{name}_{what}.{self.ending}") for what in ("image", "mask")]
        sitk.WriteImage(self.image, paths[0], useCompression=True)
        sitk.WriteImage(self.mask, paths[1], useCompression=True)
        paths.append(os.path.join(folder, f"{name}.json"))
        with open(paths[2], "w") as f:
            json.dump(self.params, f)
        return paths


def one_of(rng, choices):
    return choices[rng.integers(0, len(choices))]


def draw_mask(rng, shape):
    kind = rng.integers(0, 7)
    grid = np.indices(shape).astype(float)
    m = np.zeros(shape, bool)
    if kind == 0:  # everything, so the region lies at the border
        m[...] = True
    elif kind == 1:  # an ellipse
        m = sum(((g - (n - 1) / 2) / max(n / 2.5, 0.6)) ** 2 for g, n in zip(grid, shape)) <= 1
    elif kind == 2:  # scattered voxels
        m = rng.random(shape) < 0.3
    elif kind == 3:  # two parts
        m[..., : max(shape[-1] // 3, 1)] = True
        m[..., -max(shape[-1] // 4, 1):] = True
    elif kind == 4:  # most of it, with holes
        m = rng.random(shape) < 0.8
    elif kind == 5:  # a corner
        m[tuple(slice(0, max(n // 2, 2)) for n in shape)] = True
    else:  # one slice along any axis
        axis = rng.integers(0, len(shape))
        at = [slice(None)] * len(shape)
        at[axis] = rng.integers(0, shape[axis])
        m[tuple(at)] = rng.random(m[tuple(at)].shape) < 0.7
    if m.sum() < 2:
        m[...] = True
    return m


def draw_pixels(rng, shape):
    x = rng.normal(size=shape)
    if rng.random() < 0.5:  # smooth
        for axis in range(len(shape)):
            if shape[axis] > 2:
                x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    x = x / (x.std() + 1e-12)
    kind = rng.integers(0, 12)
    if kind == 0:
        return (128 + 40 * x).clip(0, 255).astype(np.uint8)
    if kind == 1:
        return (300 * x).astype(np.int16)
    if kind == 2:
        return (2000 + 500 * x).clip(0, 65535).astype(np.uint16)
    if kind == 3:
        return (100 * x).astype(np.float32)
    if kind == 4:
        return (3 * x).astype(np.float64)
    if kind == 5:
        return np.full(shape, rng.integers(1, 200), one_of(rng, [np.int16, np.float32]))
    if kind == 6:
        return rng.integers(0, 3, shape).astype(np.uint8)
    if kind == 7:
        return (50 * x).clip(-128, 127).astype(np.int8)
    if kind == 8:
        return (1000 + 300 * x).astype(np.int32)
    if kind == 9:
        return (70000 + 400 * x).astype(np.uint32)
    if kind == 10:
        return (-1000 + 80 * x).astype(np.float32)
    return np.round(10 * x).astype(np.float64)  # whole numbers as doubles: ties at the bins' edges


def draw_shape(rng):
    side = lambda lo, hi: int(rng.integers(lo, hi))
    if rng.random() < 0.04:  # larger now and then
        return [(side(40, 90), side(40, 90)), (1, side(40, 70), side(40, 70)),
                (side(10, 24), side(10, 24), side(10, 24))][rng.integers(0, 3)]
    return [(side(4, 24), side(4, 24)), (1, side(4, 20), side(4, 20)),
            (side(2, 9), side(3, 10), side(3, 10))][rng.integers(0, 3)]


def draw_geometry(rng, images, dimension):
    """One spacing, origin and direction for image and mask."""
    spacing = rng.choice([0.25, 0.5, 0.75, 1.0, 1.5, 2.0], dimension).tolist()
    origin, direction = [0.0] * dimension, np.eye(dimension)
    if rng.random() < 0.4:
        origin = rng.integers(-400, 400, dimension).astype(float).tolist()
    if rng.random() < 0.4:
        q, r = np.linalg.qr(rng.normal(size=(dimension, dimension)))
        direction = q * np.sign(np.diag(r))
        if np.linalg.det(direction) < 0:  # NIfTI's quaternion holds rotations
            direction[:, 0] *= -1
    for im in images:
        im.SetSpacing(spacing)
        im.SetOrigin(origin)
        im.SetDirection(direction.ravel().tolist())


def draw_settings(rng, image, label):
    spread = float(image.max()) - float(image.min())
    s = {}
    if rng.random() < 0.8:
        s["additionalInfo"] = False
    s["minimumROIDimensions"] = 1
    choice = rng.integers(0, 5)
    if choice == 0:
        s["binCount"] = int(rng.integers(2, 33))
    elif choice == 1:
        s["binWidth"] = max(round(spread / 20, 2), 0.1)
    elif choice == 2:
        s["binWidth"] = max(int(spread / 8), 1)
    elif choice == 3 and spread < 60:
        s["binWidth"] = 0.5
    if rng.random() < 0.2:
        s["distances"] = one_of(rng, [[1, 2], [2], [1, 3], [3, 1, 2]])
    if rng.random() < 0.2:
        s["weightingNorm"] = one_of(rng, ["manhattan", "euclidean", "infinity", "no_weighting"])
    if rng.random() < 0.2:
        s["symmetricalGLCM"] = False
    if rng.random() < 0.2:
        s["gldm_a"] = int(rng.integers(1, 4))
    if rng.random() < 0.2:
        s["voxelArrayShift"] = int(rng.integers(1, 500))
    if image.ndim == 3 and rng.random() < 0.3:
        s["force2D"] = True
        s["force2Ddimension"] = int(rng.integers(0, 3))
    elif image.ndim == 2 and rng.random() < 0.05:  # drops an axis
        s["force2D"] = True
        s["force2Ddimension"] = int(rng.integers(0, 2))
    if rng.random() < 0.1:
        s["minimumROISize"] = int(rng.integers(1, 30))
    s["label"] = label
    return s


def draw_classes(rng):
    """All classes mostly; else some in any order, with all features or some by name."""
    if rng.random() < 0.7:
        return {c: None for c in CLASSES}
    known = getFeatureClasses()
    chosen = {}
    for c in rng.permutation(CLASSES)[: rng.integers(1, len(CLASSES) + 1)].tolist():
        names = list(known[c].getFeatureNames())  # the deprecated ones too
        some = rng.permutation(names)[: rng.integers(1, len(names) + 1)].tolist()
        chosen[c] = one_of(rng, [None, [], some])
    return chosen


def draw_preparation(rng, im, settings):
    x = sitk.GetArrayViewFromImage(im).astype(float)
    if rng.random() < 0.3:
        settings["normalize"] = True
        if rng.random() < 0.6:
            settings["normalizeScale"] = one_of(rng, [100, 2.5, 1000])
        if rng.random() < 0.5:
            settings["removeOutliers"] = one_of(rng, [2, 1.5, 3])
        if "binCount" not in settings:
            settings["binWidth"] = settings.get("normalizeScale", 1) / 8
    if rng.random() < 0.5:  # a target for each axis; 0 keeps the axis
        settings["resampledPixelSpacing"] = rng.choice(
            [0, 0.4, 0.5, 0.8, 1.0, 1.25, 2.0], im.GetDimension()).tolist()
        settings["interpolator"] = one_of(rng, ["sitkBSpline", "sitkLinear", "sitkNearestNeighbor"])
    if rng.random() < 0.5:
        settings["padDistance"] = int(rng.integers(0, 9))
    if rng.random() < 0.25:
        settings["preCrop"] = True
    if rng.random() < 0.4:
        mode = one_of(rng, ["absolute", "relative", "sigma"])
        if mode == "absolute" and not settings.get("normalize"):
            r = [float(np.percentile(x, q).round(1)) for q in (20, 85)]
        elif mode == "absolute":
            r = [-1.2 * settings.get("normalizeScale", 1), 1.4 * settings.get("normalizeScale", 1)]
        else:
            r = [0.2, 0.9] if mode == "relative" else [-1.5, 1.25]
        settings["resegmentRange"] = r[: int(rng.integers(1, 3))]
        settings["resegmentMode"] = mode
        if rng.random() < 0.5:
            settings["resegmentShape"] = True


INTERPOLATORS = ["sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian",
                 "sitkLabelGaussian", "sitkHammingWindowedSinc", "sitkCosineWindowedSinc",
                 "sitkWelchWindowedSinc", "sitkLanczosWindowedSinc", "sitkBlackmanWindowedSinc"]
IMAGE_TYPES = {  # how often, with which settings of their own
    "Original": (0.4, [{}, {"binCount": 8}]),
    "Wavelet": (0.3, [{}, {"wavelet": "haar"}, {"wavelet": "db3"}, {"level": 2},
                      {"wavelet": "bior2.2", "start_level": 1}, {"wavelet": "rbio3.1", "binWidth": 2.5}]),
    "LoG": (0.3, [{"sigma": [1.0]}, {"sigma": [0.7, 2]}, {"sigma": [3]}, {"sigma": [2.5, 1], "binWidth": 5}]),
    "Square": (0.2, [{}]),
    "SquareRoot": (0.2, [{}]),
    "Logarithm": (0.2, [{}]),
    "Exponential": (0.2, [{}]),
    "Gradient": (0.25, [{}, {"gradientUseSpacing": False}]),
    "LBP2D": (0.25, [{"binWidth": 1}, {"binWidth": 1, "lbp2DRadius": 2, "lbp2DSamples": 12},
                     {"binWidth": 16, "lbp2DMethod": "default"}, {"binWidth": 1, "lbp2DMethod": "ror"},
                     {"binCount": 8, "lbp2DMethod": "var"}, {"binWidth": 1, "lbp2DRadius": 1.5}]),
    "LBP3D": (0.15, [{"binWidth": 0.5}, {"binCount": 8, "lbp3DLevels": 3, "lbp3DIcosphereSubdivision": 0},
                     {"binWidth": 0.25, "lbp3DIcosphereRadius": 1.5, "lbp3DLevels": 2}]),
}


def draw_image_types(rng):
    types = {}
    for name in rng.permutation(list(IMAGE_TYPES)).tolist():
        often, own = IMAGE_TYPES[name]
        if rng.random() < often:
            types[name] = dict(one_of(rng, own))
    return types or {"Original": {}}


def turn(rng, im, most):
    """Turns an image's directions a little, about a drawn axis in 3-D."""
    n, angle = im.GetDimension(), rng.uniform(-most, most)
    i, j = rng.permutation(n)[:2]
    m = np.eye(n)
    m[i, i] = m[j, j] = math.cos(angle)
    m[i, j], m[j, i] = -math.sin(angle), math.sin(angle)
    im.SetDirection((np.reshape(im.GetDirection(), (n, n)) @ m).ravel().tolist())


def part_grids(rng, im, ma, settings):
    """A grid of its own for the mask, which may or may not fit."""
    inner = sitk.GetArrayFromImage(ma)
    for axis, n in enumerate(inner.shape):  # few regions that reach the border remain inside
        if n > 3:
            edge = [slice(None)] * inner.ndim
            edge[axis] = [0, n - 1]
            inner[tuple(edge)] = 0
    if inner.any() and rng.random() < 0.8:
        inner = sitk.GetImageFromArray(inner)
        inner.CopyInformation(ma)
        ma = inner
    if rng.random() < 0.4:
        turn(rng, im, 0.5)
        ma.CopyInformation(im)
    kind = rng.integers(0, 4)
    if kind == 0:  # shifted by parts of a voxel
        ma.SetOrigin([o + rng.uniform(-0.4, 0.4) * s
                      for o, s in zip(ma.GetOrigin(), ma.GetSpacing())])
    elif kind == 1:  # of other voxels
        f = sitk.ResampleImageFilter()
        factor = rng.uniform(0.6, 1.4, ma.GetDimension())
        f.SetInterpolator(sitk.sitkNearestNeighbor)
        f.SetOutputDirection(ma.GetDirection())
        f.SetOutputOrigin(ma.GetOrigin())
        f.SetOutputSpacing((np.array(ma.GetSpacing()) * factor).tolist())
        f.SetSize([max(int(n / x), 2) if n > 1 else 1 for n, x in zip(ma.GetSize(), factor)])
        ma = f.Execute(ma)
    elif kind == 2:  # turned
        turn(rng, ma, 0.1)
    else:  # off by about the tolerance
        size = 10.0 ** rng.integers(-7, -1)
        settings["geometryTolerance"] = float(size)
        what = rng.integers(0, 3)
        off = rng.uniform(-1.5, 1.5, ma.GetDimension()) * size * im.GetSpacing()[0]
        if what == 0:
            ma.SetOrigin((np.array(ma.GetOrigin()) + off).tolist())
        elif what == 1:
            ma.SetSpacing((np.array(ma.GetSpacing()) + off).tolist())
        else:
            turn(rng, ma, 1.5 * size)
    if rng.random() < 0.7:
        settings["correctMask"] = True
    return ma


def draw_case(seed, index, prepared=False):
    rng = np.random.default_rng([seed, index])
    shape = draw_shape(rng)
    pixels, region = draw_pixels(rng, shape), draw_mask(rng, shape)
    label = int(rng.integers(1, 4))
    labels = region * label
    if rng.random() < 0.3:  # another region beside it
        labels = np.where(~region & (rng.random(shape) < 0.3), label + 1, labels)
    settings = draw_settings(rng, pixels, label)
    im = sitk.GetImageFromArray(pixels)
    ma = sitk.GetImageFromArray(labels.astype(one_of(rng, [np.uint8, np.int16, np.uint16, np.float32])))
    draw_geometry(rng, (im, ma), im.GetDimension())
    types, classes = {"Original": {}}, draw_classes(rng)
    ending = one_of(rng, ["nii.gz", "nii.gz", "nrrd"])
    if prepared:
        rng = np.random.default_rng([seed, index, 1])
        draw_preparation(rng, im, settings)
        types = draw_image_types(rng)
        rng = np.random.default_rng([seed, index, 2])
        if "interpolator" in settings and rng.random() < 0.5:
            settings["interpolator"] = one_of(rng, INTERPOLATORS)
        if rng.random() < 0.2:
            ma = part_grids(rng, im, ma, settings)
            ending = "nrrd"  # NIfTI holds spacing, origin and direction as floats
    return Case(im, ma, {"setting": settings, "imageType": types, "featureClass": classes}, ending)
