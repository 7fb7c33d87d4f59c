#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random small cases for radiomics, and PyRadiomics' numbers for them.

  pyradiomics.py golden OUT_DIR [--n 24] [--seed 1]     writes the goldens that the tests read
  pyradiomics.py compare DLRN [--n 2000] [--seed 1]     runs `dlrn extract` on N random cases and
                                                        compares every value; exit code 1 on a miss
With --prepare the cases also draw normalize, resampling by every interpolator, preCrop,
resegmentation, image types, and masks on a grid of their own with correctMask and geometryTolerance.

Needs PyRadiomics under numpy < 2 (numpy 2 bins small integer images wrongly), SimpleITK. Spacings
are numbers that float32 holds exactly, since NIfTI stores them so.
"""
import argparse
import csv
import json
import logging
import math
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import SimpleITK as sitk
from radiomics import featureextractor

try:  # what PyRadiomics' LBP3D asks for: SciPy < 1.15, trimesh
    from scipy.special import sph_harm  # noqa: F401
    from trimesh.creation import icosphere  # noqa: F401
    HAS_LBP3D = True
except ImportError:
    HAS_LBP3D = False

logging.getLogger("radiomics").setLevel(logging.CRITICAL)
CLASSES = ["shape", "shape2D", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"]
# Differences of two nearly equal numbers, or roots of an eigenvalue near 0: PyRadiomics' own
# rounding shows in them. value: absolute tolerance.
NOISY = {"glcm_Imc1": 1e-9, "glcm_Imc2": 1e-6, "glcm_MCC": 1e-6, "glcm_Correlation": 1e-9}


def make_mask(rng, shape):
    kind = rng.integers(0, 6)
    grid = np.indices(shape).astype(float)
    if kind == 0:  # everything, so the region lies at the border
        m = np.ones(shape, bool)
    elif kind == 1:  # an ellipse
        m = sum(((g - (n - 1) / 2) / max(n / 2.5, 0.6)) ** 2 for g, n in zip(grid, shape)) <= 1
    elif kind == 2:  # scattered voxels
        m = rng.random(shape) < 0.3
    elif kind == 3:  # two parts
        m = np.zeros(shape, bool)
        m[..., : max(shape[-1] // 3, 1)] = True
        m[..., -max(shape[-1] // 4, 1):] = True
    elif kind == 4:  # most of it, with holes
        m = rng.random(shape) < 0.8
    else:  # a corner
        m = np.zeros(shape, bool)
        m[tuple(slice(0, max(n // 2, 2)) for n in shape)] = True
    return m


def make_image(rng, shape):
    kind = rng.integers(0, 7)
    smooth = rng.random() < 0.5
    x = rng.normal(size=shape)
    if smooth:
        for axis in range(len(shape)):
            if shape[axis] > 2:
                x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    x = x / (x.std() + 1e-12)
    if kind == 0:
        return (128 + 40 * x).clip(0, 255).astype(np.uint8), kind
    if kind == 1:
        return (300 * x).astype(np.int16), kind
    if kind == 2:
        return (2000 + 500 * x).clip(0, 65535).astype(np.uint16), kind
    if kind == 3:
        return (100 * x).astype(np.float32), kind
    if kind == 4:
        return (3 * x).astype(np.float64), kind
    if kind == 5:
        return np.full(shape, rng.integers(1, 200), np.int16), kind  # one grey level
    return rng.integers(0, 3, shape).astype(np.uint8), kind


def make_settings(rng, image):
    spread = float(image.max()) - float(image.min())
    s = {"additionalInfo": False, "minimumROIDimensions": 1}
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
        s["distances"] = [[1, 2], [2], [1, 3]][rng.integers(0, 3)]
    if rng.random() < 0.2:
        s["weightingNorm"] = ["manhattan", "euclidean", "infinity", "no_weighting"][rng.integers(0, 4)]
    if rng.random() < 0.2:
        s["symmetricalGLCM"] = False
    if rng.random() < 0.2:
        s["gldm_a"] = int(rng.integers(1, 4))
    if rng.random() < 0.2:
        s["voxelArrayShift"] = int(rng.integers(1, 500))
    if image.ndim == 3 and rng.random() < 0.25:
        s["force2D"] = True
        s["force2Ddimension"] = int(rng.integers(0, 3))
    return s


def make_spacing(rng, image):
    """A target for each axis; 0 keeps the axis."""
    return rng.choice([0, 0.4, 0.5, 0.8, 1.0, 1.25, 2.0], image.GetDimension()).tolist()


def add_preparation(rng, im, settings):
    x = sitk.GetArrayViewFromImage(im).astype(float)
    if rng.random() < 0.3:
        settings["normalize"] = True
        if rng.random() < 0.6:
            settings["normalizeScale"] = [100, 2.5, 1000][rng.integers(0, 3)]
        if rng.random() < 0.5:
            settings["removeOutliers"] = [2, 1.5, 3][rng.integers(0, 3)]
        if "binCount" not in settings:
            settings["binWidth"] = settings.get("normalizeScale", 1) / 8
    if rng.random() < 0.5:
        settings["resampledPixelSpacing"] = make_spacing(rng, im)
        settings["interpolator"] = ["sitkBSpline", "sitkLinear", "sitkNearestNeighbor"][
            rng.integers(0, 3)]
    if rng.random() < 0.5:
        settings["padDistance"] = int(rng.integers(0, 9))
    if rng.random() < 0.25:
        settings["preCrop"] = True
    if rng.random() < 0.4:
        mode = ["absolute", "relative", "sigma"][rng.integers(0, 3)]
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


def make_image_types(rng, dimension):
    types = {}
    if rng.random() < 0.5:
        types["Original"] = {}
    if rng.random() < 0.4:
        types["Wavelet"] = [{}, {"wavelet": "haar"}, {"wavelet": "db3"}, {"level": 2}][
            rng.integers(0, 4)]
    if rng.random() < 0.4:
        types["LoG"] = {"sigma": [[1.0], [0.7, 2], [3]][rng.integers(0, 3)]}
    for name in ("Square", "SquareRoot", "Logarithm", "Exponential"):
        if rng.random() < 0.25:
            types[name] = {}
    if rng.random() < 0.3:
        types["Gradient"] = [{}, {"gradientUseSpacing": False}][rng.integers(0, 2)]
    if rng.random() < 0.3:
        types["LBP2D"] = {"binWidth": 1}
    return types or {"Original": {}}


INTERPOLATORS = ["sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian",
                 "sitkLabelGaussian", "sitkHammingWindowedSinc", "sitkCosineWindowedSinc",
                 "sitkWelchWindowedSinc", "sitkLanczosWindowedSinc", "sitkBlackmanWindowedSinc"]


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


def make_prepared_case(seed, index):
    im, ma, settings, _ = make_case(seed, index)
    rng = np.random.default_rng([seed, index, 1])
    add_preparation(rng, im, settings)
    types = make_image_types(rng, im.GetDimension())
    rng = np.random.default_rng([seed, index, 2])
    if "interpolator" in settings and rng.random() < 0.7:
        settings["interpolator"] = INTERPOLATORS[rng.integers(0, 10)]
    if rng.random() < 0.3:
        ma = part_grids(rng, im, ma, settings)
    if HAS_LBP3D and im.GetDimension() == 3 and rng.random() < 0.25:
        types["LBP3D"] = {"lbp3DLevels": int(rng.integers(2, 5)), "binWidth": 0.1,
                          "lbp3DIcosphereRadius": [1, 1.5, 0.75][rng.integers(0, 3)],
                          "lbp3DIcosphereSubdivision": int(rng.integers(0, 3))}
        if "binCount" in settings:  # bins whose borders are values that only rounding parts
            types["LBP3D"]["binCount"] = None
    return im, ma, settings, types


def make_case(seed, index):
    rng = np.random.default_rng([seed, index])
    layout = rng.integers(0, 3)
    side = lambda lo, hi: int(rng.integers(lo, hi))
    shape = [(side(4, 24), side(4, 24)), (1, side(4, 20), side(4, 20)),
             (side(2, 9), side(3, 10), side(3, 10))][layout]
    image, kind = make_image(rng, shape)
    mask = make_mask(rng, shape)
    if mask.sum() < 2:
        mask[...] = True
    settings = make_settings(rng, image)
    spacing = rng.choice([0.25, 0.5, 0.75, 1.0, 1.5, 2.0], len(shape)).tolist()
    label = int(rng.integers(1, 4))
    settings["label"] = label
    im = sitk.GetImageFromArray(image)
    ma = sitk.GetImageFromArray(mask.astype(np.uint8) * label)
    im.SetSpacing(spacing)
    ma.SetSpacing(spacing)
    return im, ma, settings, {"Original": {}}


def reference(im, ma, settings, types):
    params = {"setting": settings, "imageType": types,
              "featureClass": {c: None for c in CLASSES}}
    # a tolerance that an earlier case set would go on
    sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(1e-6)
    sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(1e-6)
    e = featureextractor.RadiomicsFeatureExtractor(params)
    return {k: float(v) for k, v in e.execute(im, ma).items()}


def write_case(folder, name, im, ma, settings, types):
    # NIfTI holds spacing, origin and direction as floats
    n = im.GetDimension()
    plain = im.GetSpacing() == ma.GetSpacing() and all(
        x.GetOrigin() == (0,) * n and x.GetDirection() == tuple(np.eye(n).ravel())
        for x in (im, ma))
    end = ".nii.gz" if plain else ".nrrd"
    paths = [os.path.join(folder, f"{name}_{what}{end}") for what in ("image", "mask")]
    sitk.WriteImage(im, paths[0])
    sitk.WriteImage(ma, paths[1])
    params = os.path.join(folder, f"{name}.json")
    with open(params, "w") as f:
        json.dump({"setting": settings, "imageType": types,
                   "featureClass": {c: None for c in CLASSES}}, f)
    return paths + [params]


def agree(name, got, want):
    if math.isnan(want) or math.isnan(got):
        return math.isnan(want) and math.isnan(got)
    image, short = name.split("_", 1)
    # dlrn rounds LBP3D's values to 2^-40, which shows in a skewness of nearly 0
    if image.startswith("lbp-3D-m") and short == "firstorder_Skewness" and abs(got - want) < 1e-9:
        return True
    return abs(got - want) <= max(1e-9 * abs(want), NOISY.get(short, 1e-12))


def compare(args):
    misses, values, refused, unsure = 0, 0, 0, 0
    make = make_prepared_case if args.prepare else make_case
    with tempfile.TemporaryDirectory() as folder:
        for i in range(args.first, args.first + args.n):
            im, ma, settings, types = make(args.seed, i)
            image, mask, params = write_case(folder, "c", im, ma, settings, types)
            p = subprocess.run([args.dlrn, "extract", image, mask, "-p", params, "-f", "json"],
                               capture_output=True, text=True)
            try:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    want = reference(im, ma, settings, types)
            except RuntimeError:  # no direction fits into the box: PyRadiomics stops, dlrn has NaN
                refused += 1
                continue
            except ValueError as why:
                refused += 1
                if p.returncode != 1:
                    misses += 1
                    print(f"case {i}: PyRadiomics refuses ({why}), dlrn: {p.returncode}")
                continue
            if p.returncode != 0:
                misses += 1
                print(f"case {i}: dlrn fails: {p.stderr.strip()} {settings}")
                continue
            # of one slice dlrn makes the true 2-D LoG, PyRadiomics nothing
            got = {k: math.nan if v is None else v for k, v in json.loads(p.stdout).items()
                   if "-mm-2D_" not in k}
            if list(got) != list(want):
                misses += 1
                print(f"case {i}: names differ: {set(got) ^ set(want) or 'order'}")
                continue
            for name in want:
                values += 1
                if name.endswith(("_MCC", "_Imc2")) and any("sqrt" in str(w.message) for w in caught):
                    # the square root of -1e-17: PyRadiomics drops the direction, or takes it as 0
                    # where the same rounding falls to the other side
                    unsure += not agree(name, got[name], want[name])
                    continue
                if name.startswith("lbp-3D-m") and "_Robust" in name:
                    # whether a value equals a percentile depends on the rounding of its sums
                    unsure += not agree(name, got[name], want[name])
                    continue
                if not agree(name, got[name], want[name]):
                    misses += 1
                    print(f"case {i}: {name}: {got[name]!r}, PyRadiomics {want[name]!r} {settings}")
    print(f"{args.n} cases ({refused} refused by PyRadiomics), {values} values, {misses} disagree, "
          f"{unsure} undecided by its rounding")
    return 1 if misses else 0


def golden(args):
    os.makedirs(args.out, exist_ok=True)
    done = 0
    make = make_prepared_case if args.prepare else make_case
    for i in range(10 * args.n):
        im, ma, settings, types = make(args.seed, i)
        try:
            want = reference(im, ma, settings, types)
        except (ValueError, RuntimeError):
            continue
        name = f"case{done:03d}"
        done += 1
        write_case(args.out, name, im, ma, settings, types)
        with open(os.path.join(args.out, name + ".csv"), "w", newline="") as f:
            w = csv.writer(f, lineterminator="\n")
            w.writerow(["name", "value"])
            for k, v in want.items():
                w.writerow([k, repr(v)])
        if done == args.n:
            break
    return 0


def main():
    top = argparse.ArgumentParser(description=__doc__)
    sub = top.add_subparsers(dest="what", required=True)
    g = sub.add_parser("golden")
    g.add_argument("out")
    g.add_argument("--n", type=int, default=24)
    g.add_argument("--seed", type=int, default=1)
    c = sub.add_parser("compare")
    c.add_argument("dlrn")
    c.add_argument("--n", type=int, default=2000)
    c.add_argument("--first", type=int, default=0)
    c.add_argument("--seed", type=int, default=1)
    for mode in (g, c):
        mode.add_argument("--prepare", action="store_true")
    args = top.parse_args()
    return golden(args) if args.what == "golden" else compare(args)


if __name__ == "__main__":
    sys.exit(main())
