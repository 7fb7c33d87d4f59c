# SPDX-License-Identifier: Apache-2.0
"""The cases whose values by PyRadiomics are committed, and their plain form.

For each case NAME: NAME_image, NAME_mask, NAME.json (its parameter file) and NAME.csv: a row for each
feature, a column for each image. A value is followed by `~` and a width where PyRadiomics' own rounding
moves it by more than 1e-9 of itself (see pyradiomics_values.py; inf: to anything). cases.txt lists the names.
"""
import csv
import math
import os

import numpy as np
import SimpleITK as sitk
from pyradiomics_cases import CLASSES, Case
from pyradiomics_values import spread, values

ALL_TYPES = {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.0]}, "Square": {}, "SquareRoot": {},
             "Logarithm": {}, "Exponential": {}, "Gradient": {}, "LBP2D": {"binWidth": 1}}


def ellipse(shape):
    grid = np.indices(shape).astype(float)
    return sum(((g - (n - 1) / 2) / max(n / 2.4, 0.6)) ** 2 for g, n in zip(grid, shape)) <= 1


def two_parts(shape):
    m = np.zeros(shape, bool)
    m[..., : shape[-1] // 3] = True
    m[..., -(shape[-1] // 4):] = True
    return m


def border(shape):
    m = np.zeros(shape, bool)
    m[tuple(slice(0, 2 * n // 3 + 1) for n in shape)] = True
    return m


def two_voxels(shape):
    m = np.zeros(shape, bool)
    m[..., 2, 1:4:2] = True
    return m


def make(shape, dtype, mean, sd, region, spacing, types, settings, *, seed, oblique=False,
         classes=None, label=1, ending="nii.gz"):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    for axis in range(len(shape)):
        if shape[axis] > 2:
            x = (np.roll(x, 1, axis) + 2 * x + np.roll(x, -1, axis)) / 4
    pixels = mean + sd * x / x.std()
    if np.dtype(dtype).kind != "f":
        pixels = np.round(pixels).clip(np.iinfo(dtype).min, np.iinfo(dtype).max)
    im = sitk.GetImageFromArray(pixels.astype(dtype))
    ma = sitk.GetImageFromArray(region(shape).astype(np.uint8) * label)
    for one in (im, ma):
        one.SetSpacing(spacing)
        if oblique:
            turn = sitk.VersorTransform((0.36, 0.48, 0.8), 0.5).GetMatrix()
            one.SetDirection(turn if len(shape) == 3 else (0.8, -0.6, 0.6, 0.8))
            one.SetOrigin((-31.5, 12.25, 8.0)[: len(shape)])
    s = {"additionalInfo": False, "minimumROIDimensions": 1, "label": label}
    s.update(settings)
    return Case(im, ma, {"setting": s, "imageType": types,
                         "featureClass": classes or {c: None for c in CLASSES}}, ending)


def kinds():
    """Every image type and class on each kind of image."""
    table = {
        "2d-8bit": ((13, 16), np.uint8, 120, 50, ellipse, (0.5, 0.75), 10),
        "2d-negative-border": ((12, 11), np.int16, -40, 90, border, (1.0, 1.0), 25),
        "2d-flat": ((8, 9), np.int16, 60, 0, ellipse, (1.0, 1.0), 25),
        "2d-float-oblique": ((11, 12), np.float32, 3, 2, two_parts, (0.75, 0.75), 0.5),
        "slice-16bit-parts": ((1, 12, 15), np.uint16, 3000, 400, two_parts, (0.5, 0.5, 2.0), 150),
        "slice-float-border": ((1, 11, 12), np.float32, 0, 40, border, (0.5, 1.0, 2.0), 12.5),
        "3d-16bit-anisotropic": ((6, 7, 8), np.int16, 20, 200, ellipse, (0.5, 0.75, 2.0), 50),
        "3d-8bit-parts": ((5, 6, 9), np.uint8, 100, 60, two_parts, (1.0, 1.0, 1.0), 25),
        "3d-oblique": ((6, 7, 6), np.int16, 300, 100, border, (0.75, 0.75, 1.5), 25),
        "3d-double": ((5, 7, 6), np.float64, 0.5, 0.125, ellipse, (1.0, 1.0, 1.0), 0.0625),
        "3d-flat": ((5, 5, 6), np.int16, 60, 0, ellipse, (1.0, 0.5, 1.0), 25),
        "3d-whole-image": ((4, 5, 6), np.uint16, 900, 150, lambda s: np.ones(s, bool), (1.0, 1.0, 2.0), 43),
    }
    for k, (name, (shape, dtype, mean, sd, region, spacing, width)) in enumerate(table.items()):
        types = ALL_TYPES | ({"LBP3D": {"binWidth": 0.37}} if not name.startswith("2d") else {})
        yield name, make(shape, dtype, mean, sd, region, spacing, types, {"binWidth": width},
                         seed=[1, k], oblique="oblique" in name, label=2 if name == "3d-8bit-parts" else 1)


VOLUME = ((5, 7, 8), np.int16, 100, 120, ellipse, (1.0, 0.75, 1.5))
PLANE = ((12, 13), np.int16, 100, 120, ellipse, (0.75, 1.5))
SLICE = ((1, 12, 13), np.int16, 100, 120, ellipse, (0.75, 1.5, 2.0))
ORIGINAL = {"Original": {}}


def settings():
    """Each setting of a parameter file: name, image, settings, image types, classes."""
    rows = [
        ("binCount", VOLUME, {"binCount": 9}, ORIGINAL, None),
        ("binWidth", PLANE, {"binWidth": 0.1}, ORIGINAL, ["firstorder", "glrlm"]),
        ("normalize", VOLUME, {"normalize": True, "binWidth": 0.25}, {"Original": {}, "LoG": {"sigma": [2]}},
         ["firstorder", "glcm"]),
        ("normalizeScale", PLANE, {"normalize": True, "normalizeScale": 100, "removeOutliers": 1.5, "binWidth": 37},
         ORIGINAL, ["firstorder", "gldm"]),
        ("bspline", VOLUME, {"resampledPixelSpacing": [0.8, 0.8, 1.2], "interpolator": "sitkBSpline"},
         ORIGINAL, None),
        ("linear", PLANE, {"resampledPixelSpacing": [1, 1], "interpolator": "sitkLinear", "padDistance": 2},
         {"Original": {}, "Wavelet": {}}, ["shape2D", "firstorder", "glszm"]),
        ("nearest", SLICE, {"resampledPixelSpacing": [1.5, 0, 1], "interpolator": "sitkNearestNeighbor"},
         ORIGINAL, ["shape", "firstorder", "ngtdm"]),
        ("preCrop", VOLUME, {"preCrop": True, "padDistance": 1}, {"LoG": {"sigma": [1.0]}, "Square": {}},
         ["firstorder", "glrlm"]),
        ("resegment-absolute", VOLUME, {"resegmentRange": [20, 250], "resegmentMode": "absolute",
                                        "resegmentShape": True}, ORIGINAL, None),
        ("resegment-relative", PLANE, {"resegmentRange": [0.9, 0.2], "resegmentMode": "relative"},
         ORIGINAL, ["shape2D", "firstorder", "glcm"]),
        ("resegment-sigma", SLICE, {"resegmentRange": [-1], "resegmentMode": "sigma"},
         ORIGINAL, ["shape", "firstorder", "gldm"]),
        ("force2D-0", VOLUME, {"force2D": True}, {"Original": {}, "Wavelet": {}, "LBP2D": {"binWidth": 1}},
         ["glcm", "glszm"]),
        ("force2D-1", VOLUME, {"force2D": True, "force2Ddimension": 1}, {"Original": {}, "Wavelet": {}},
         ["glrlm", "ngtdm"]),
        ("force2D-2", VOLUME, {"force2D": True, "force2Ddimension": 2}, {"Original": {}, "LBP2D": {"binWidth": 1}},
         ["gldm", "glcm"]),
        ("force2D-slice", SLICE, {"force2D": True}, ORIGINAL, None),
        ("force2D-plane", PLANE, {"force2D": True}, {"Original": {}, "Wavelet": {}}, ["glcm", "glszm"]),
        ("distances", VOLUME, {"distances": [2, 1]}, ORIGINAL, ["glcm", "gldm", "ngtdm", "glrlm", "glszm"]),
        ("symmetricalGLCM", PLANE, {"symmetricalGLCM": False}, ORIGINAL, ["glcm"]),
        ("gldm_a", PLANE, {"gldm_a": 2}, ORIGINAL, ["gldm"]),
        ("voxelArrayShift", PLANE, {"voxelArrayShift": 300}, ORIGINAL, ["firstorder"]),
        ("minimumROISize", PLANE, {"minimumROISize": 10, "minimumROIDimensions": 2}, ORIGINAL, ["shape2D"]),
        ("wavelet", PLANE, {"wavelet": "bior2.2", "level": 2, "start_level": 1}, {"Wavelet": {}}, ["glcm"]),
        ("sigma", VOLUME, {"sigma": [0.75, 2]}, {"LoG": {}}, ["firstorder", "ngtdm"]),
        ("gradientUseSpacing", VOLUME, {"gradientUseSpacing": False}, {"Gradient": {}}, ["firstorder"]),
        ("lbp2DRadius", PLANE, {"lbp2DRadius": 2, "lbp2DSamples": 12, "binWidth": 1}, {"LBP2D": {}},
         ["firstorder", "glcm"]),
        ("lbp2DMethod", SLICE, {}, {"LBP2D": {"lbp2DMethod": "default", "binCount": 8}}, ["glrlm"]),
        ("lbp2DMethod-ror", PLANE, {"lbp2DMethod": "ror"}, {"LBP2D": {"binWidth": 4}}, ["glcm"]),
        ("lbp2DMethod-var", PLANE, {"lbp2DMethod": "var", "binCount": 6}, {"LBP2D": {}}, ["firstorder"]),
        ("lbp3DLevels", VOLUME, {"lbp3DLevels": 3, "lbp3DIcosphereRadius": 1.5, "lbp3DIcosphereSubdivision": 0,
                                 "binWidth": 0.37}, {"LBP3D": {}}, ["firstorder", "glcm"]),
        ("own-settings", VOLUME, {"binWidth": 20}, {"Square": {"binCount": 5}, "Original": {},
                                                    "Gradient": {"distances": [2], "binWidth": 40}}, ["glcm"]),
        ("additionalInfo", VOLUME, {"additionalInfo": True, "normalize": True, "binWidth": 0.5,
                                    "resampledPixelSpacing": [1, 1, 0], "resegmentRange": [-3, 3],
                                    "resegmentMode": "sigma", "geometryTolerance": 1e-4}, ORIGINAL, ["shape"]),
        ("additionalInfo-2d", PLANE, {"additionalInfo": True}, {"Original": {}, "LoG": {"sigma": [1.0, 3]}},
         ["firstorder"]),
        ("by-name", SLICE, {}, {"Gradient": {}, "Original": {}},
         {"ngtdm": ["Strength"], "firstorder": ["Variance", "StandardDeviation", "Mean"],
          "shape": ["SphericalDisproportion", "Compactness2", "Compactness1", "Flatness"],
          "glcm": ["SumVariance", "Homogeneity2", "MCC", "Dissimilarity", "Contrast", "Homogeneity1"],
          "gldm": ["DependencePercentage", "LowGrayLevelEmphasis", "GrayLevelNonUniformityNormalized"]}),
        ("by-name-2d", PLANE, {}, ORIGINAL, {"shape2D": ["SphericalDisproportion", "Elongation"], "glszm": []}),
    ]
    for norm in ("manhattan", "euclidean", "infinity", "no_weighting"):
        rows.append((f"weightingNorm-{norm}", VOLUME, {"weightingNorm": norm}, ORIGINAL, ["glcm", "glrlm"]))
    rows += [
        ("lbp2DMethod-var-8bit", ((3, 7, 8), np.uint8, 120, 60, ellipse, (1.0, 1.0, 1.0)),
         {"lbp2DMethod": "var", "binCount": 6}, {"LBP2D": {}}, ["firstorder", "glcm"]),
        ("no-neighbours", ((1, 6, 7), np.int16, 100, 120, two_voxels, (1.0, 1.0, 1.0)), {"binWidth": 1000},
         ORIGINAL, None),
    ]
    for k, (name, image, own, types, classes) in enumerate(rows):
        if isinstance(classes, list):
            classes = {c: None for c in classes}
        yield name, make(*image, types, own, seed=[2, k], classes=classes, label=3 if name == "gldm_a" else 1)
    yield from masks()


def on_a_grid_of_its_own(mask, factor, turn, shift):
    """The region sampled at voxels `factor` as large, the grid turned in its first two axes and shifted."""
    n = mask.GetDimension()
    c, s = math.cos(turn), math.sin(turn)
    m = np.reshape(mask.GetDirection(), (n, n))
    m[:, :2] = m[:, :2] @ [[c, -s], [s, c]]
    f = sitk.ResampleImageFilter()
    f.SetInterpolator(sitk.sitkNearestNeighbor)
    f.SetOutputDirection(m.ravel().tolist())
    f.SetOutputOrigin([o + shift for o in mask.GetOrigin()])
    f.SetOutputSpacing([x * factor for x in mask.GetSpacing()])
    f.SetSize([int(k / factor) for k in mask.GetSize()])
    return f.Execute(mask)


def channels(mask):
    """Three regions one upon the other; the last is the mask's."""
    return sitk.Compose(1 - mask, mask * 0 + 1, mask)


def masks():
    """What chooses or moves the mask; NRRD, which holds directions as doubles and several values a voxel."""
    inner = lambda shape: np.pad(ellipse([n - 2 for n in shape]), 1)
    volume = ((8, 12, 11), np.int16, 100, 120, inner, (1.0, 0.75, 1.5))
    plane = ((14, 13), np.float32, 100, 120, inner, (0.75, 1.5))
    fewer = {c: None for c in ("shape", "firstorder", "glcm", "glszm")}
    rows = [
        ("correctMask", volume, {"correctMask": True, "additionalInfo": True}, {"Original": {}, "LoG": {"sigma": [1.0]}},
         lambda m: on_a_grid_of_its_own(m, 0.7, 0.05, 0.1), True),
        ("correctMask-plane", plane, {"correctMask": True, "preCrop": True, "padDistance": 2}, ORIGINAL,
         lambda m: on_a_grid_of_its_own(m, 1.25, 0.04, -0.2), True),
        ("resampled-mask", volume, {"resampledPixelSpacing": [0.5, 1.5, 3], "interpolator": "sitkNearestNeighbor"},
         ORIGINAL, lambda m: on_a_grid_of_its_own(m, 0.8, -0.06, 0.2), True),
        ("label_channel", volume, {"label_channel": 2}, ORIGINAL, channels, False),
    ]
    for k, (name, image, own, types, change, oblique) in enumerate(rows):
        case = make(*image, types, own, seed=[3, k], oblique=oblique, ending="nrrd",
                    classes=None if "plane" in name else fewer)
        case.mask = change(case.mask)
        yield name, case


SYNTHETIC_MASKS = ("full", "ellipse", "ring", "two_parts", "isolated_dots", "row_line", "diagonal_line", "checker",
                   "three_px")


def synthetic(folder):
    """A 40 x 53 image and nine outlines, from whole numbers in CSV files of `folder`; true 2-D and one slice."""
    read = lambda name: np.loadtxt(os.path.join(folder, name + ".csv"), delimiter=",").astype(np.int16)
    pixels = read("image")
    log = {"LoG": {"sigma": [1.0, 2.5, 3]}}
    types = {k: v for k, v in ALL_TYPES.items() if k != "LoG"}
    every = {"Original": {}} | log | {k: v for k, v in types.items() if k != "Original"}
    texture = {c: None for c in ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm")}
    flat = {"binWidth": 7}
    rows = [(f"2d-{m}", m, pixels, {"binWidth": 25}, ORIGINAL, None) for m in SYNTHETIC_MASKS]
    rows += [(f"slice-{m}", m, pixels[None], {"binWidth": 10, "force2D": True}, ORIGINAL, None)
             for m in SYNTHETIC_MASKS]
    rows += [
        ("2d-all-types", "ellipse", pixels, flat, every, None),
        ("slice-all-types", "ellipse", pixels[None], flat | {"force2D": True}, every,
         {"shape2D": None} | texture),
        ("slice-wavelet", "ellipse", pixels[None], flat, {"Wavelet": {}}, texture),
        ("2d-binCount", "ellipse", pixels, {"binCount": 16}, ORIGINAL, texture),
        ("2d-float", "ellipse", (pixels / 37).astype(np.float32), {"binWidth": 0.1},
         {"Original": {}, "Wavelet": {}}, texture),
        ("2d-flat", "ellipse", np.full_like(pixels, 75), {"binWidth": 25}, ORIGINAL, texture),
        ("2d-negative", "ellipse", pixels - np.int16(120), flat | {"voxelArrayShift": 300}, types, texture),
        ("2d-bspline", "ellipse", pixels, {"resampledPixelSpacing": [1, 1], "interpolator": "sitkBSpline"},
         ORIGINAL, None),
        ("2d-linear", "ellipse", pixels, {"resampledPixelSpacing": [0.5, 0.5], "interpolator": "sitkLinear"},
         ORIGINAL, None),
    ]
    for name, m, x, own, types, classes in rows:
        labels = read("mask_" + m).astype(np.uint8).reshape(x.shape)
        im, ma = sitk.GetImageFromArray(x), sitk.GetImageFromArray(labels)
        for one in (im, ma):
            one.SetSpacing((0.7, 1.3, 2.0)[: x.ndim])
        yield name, Case(im, ma, {"setting": {"minimumROIDimensions": 1} | own, "imageType": types,
                                  "featureClass": classes or {c: None for c in CLASSES}}, "nrrd")


def width(value, moved):
    """How far PyRadiomics' rounding moves a value; inf: to other levels or another number of directions."""
    finite = [v for v in moved if not math.isnan(v)]
    far = 4 * max((abs(v - value) for v in finite), default=0)
    return math.inf if far > 1e-3 * abs(value) and far > 1e-6 else far


def find_widths(found, moved):
    widths = {n: width(found[n], moved[n]) for n in moved}
    groups = {}
    for n in widths:
        groups.setdefault(n.rsplit("_", 1)[0], []).append(n)
    for names in groups.values():  # where most of a class moves, its levels do
        if sum(math.isinf(widths[n]) for n in names) > len(names) / 2:
            widths.update({n: math.inf for n in names})
    return widths


def cell(value, far):
    if math.isnan(value):
        return "nan"
    return repr(value) + ("~inf" if math.isinf(far) else f"~{far:.2g}" if far > 1e-9 * abs(value) else "")


def write_values(path, found, widths):
    """A row for each feature, a column for each image, both in PyRadiomics' order but for shape's."""
    texts = {k: v for k, v in found.items() if k.startswith("diagnostics_")}
    pairs = [tuple(k.split("_", 1)) for k in found if k not in texts]
    images = list(dict.fromkeys(i for i, f in sorted(pairs, key=lambda p: p[1].startswith("shape"))))
    features = list(dict.fromkeys(f for _, f in pairs))
    with open(path, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["feature", *images])
        for feature in features:
            names = [f"{i}_{feature}" for i in images]
            w.writerow([feature] + [cell(found[n], widths[n]) if n in found else "" for n in names])
    if texts:
        with open(path.replace(".csv", ".info"), "w") as f:
            f.writelines(f"{k}: {v}\n" for k, v in texts.items() if "_Versions_" not in k)


def write(out, cases):
    os.makedirs(out, exist_ok=True)
    names = []
    for name, case in cases:
        paths = case.write(out, name)
        found = values(paths, case.params)
        moved = spread(paths, case.params, [k for k in found if not k.startswith("diagnostics_")],
                       deep=False)
        write_values(os.path.join(out, name + ".csv"), found, find_widths(found, moved))
        names.append(f"{name} {case.ending}\n")
    with open(os.path.join(out, "cases.txt"), "w") as f:
        f.writelines(names)
