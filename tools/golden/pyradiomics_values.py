# SPDX-License-Identifier: Apache-2.0
"""PyRadiomics' values of a case, and how far its own rounding moves them.

A value is undecided where PyRadiomics itself gives another one when its intermediate numbers change by one
unit in the last place: what normalising, resampling and those filters yield that end in floating point of a
library's own order (what goes into a wavelet too), the co-occurrence matrix, the numbers of runs, zones and
dependences that counts are divided by, the spacing that coordinates are multiplied with, the means that
coordinates and grey values are centred on (what is 0 of equal or symmetrical ones is else 1e-16), the matrices whose
eigenvalues are taken, and NumPy's logarithm in an exponential image (its last bit depends on the processor). Pixels
as read, resampled masks, counts, and ITK's LoG and gradient are exact and stay as they are.
"""
import contextlib
import logging
import math
import warnings
from unittest import mock

import numpy as np
import SimpleITK as sitk
import scipy.ndimage
import scipy.special
from radiomics import featureextractor, firstorder, glcm, gldm, glrlm, glszm, imageoperations, shape, shape2D

if not hasattr(scipy.special, "sph_harm"):  # SciPy renamed it and turned its arguments round; LBP3D asks for it
    scipy.special.sph_harm = lambda m, n, theta, phi: scipy.special.sph_harm_y(n, m, phi, theta)
logging.getLogger("radiomics").setLevel(logging.CRITICAL)
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
TYPES = ("Original", "Wavelet", "LoG", "Square", "SquareRoot", "Logarithm", "Exponential", "Gradient",
         "LBP2D", "LBP3D")
ROUNDED = ("Wavelet", "Square", "SquareRoot", "Logarithm", "Exponential", "LBP3D")


def values(paths, params):
    """Name to value (diagnostics: to text), in PyRadiomics' order; raises what PyRadiomics raises."""
    sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(1e-6)  # what an earlier case set would go on
    sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(1e-6)
    e = featureextractor.RadiomicsFeatureExtractor()
    e.settings.update(params["setting"])
    e.enabledImagetypes = params["imageType"]
    e.enabledFeatures = params["featureClass"]
    e._setTolerance()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = e.execute(*paths[:2])
    return {k: str(v) if k.startswith("diagnostics_") else float(v) for k, v in found.items()}


def jitter(rng, a):
    """Each number one unit in the last place up, down, or as it was; now and then all of them alike."""
    if a.dtype.kind != "f":
        return a
    step = rng.integers(-1, 2, a.shape if rng.random() < 0.6 else ())
    up, down = np.nextafter(a, a.dtype.type(np.inf)), np.nextafter(a, a.dtype.type(-np.inf))
    return np.where(a == 0, a, np.where(step > 0, up, np.where(step < 0, down, a)))


def jitter_image(rng, im, always_double=False):
    a = sitk.GetArrayFromImage(im)
    if always_double and a.dtype.kind != "f":
        a = a.astype(float)
    moved = sitk.GetImageFromArray(jitter(rng, a))
    moved.CopyInformation(im)
    return moved


def divided(rng, calculate):
    """Coefficients with the number that counts are divided by moved."""
    def wrapped(self, *args):
        calculate(self, *args)
        for key in ("Nr", "Nz"):
            if key in self.coefficients:
                self.coefficients[key] = jitter(rng, np.asarray(self.coefficients[key], float))
    return wrapped


def centred(rng, name, calculate):
    """A calculation in which the means that NumPy's function of this name gives are moved."""
    mean = getattr(np, name)
    def wrapped(*args, **kwargs):
        with mock.patch.object(np, name, lambda *a, **k: jitter(rng, np.asarray(mean(*a, **k)))):
            return calculate(*args, **kwargs)
    return wrapped


@contextlib.contextmanager
def jittered(rng, params, deep):
    s = params["setting"]
    worked = bool(s.get("normalize")) or any(s.get("resampledPixelSpacing") or [])
    load = featureextractor.RadiomicsFeatureExtractor.loadImage
    matrix, eigvals = glcm.RadiomicsGLCM._calculateMatrix, np.linalg.eigvals
    log, sample, sph_harm = np.log, scipy.ndimage.map_coordinates, scipy.special.sph_harm

    def loaded(*args, **kwargs):
        im, ma = load(*args, **kwargs)
        im, ma = im + 0, ma + 0  # copies
        spacing = jitter(rng, np.array(im.GetSpacing())).tolist()
        if ma.GetSpacing() == im.GetSpacing():
            ma.SetSpacing(spacing)
        im.SetSpacing(spacing)
        if worked and "float" in im.GetPixelIDTypeAsString():
            # the common factor of normalising first, then each voxel
            im = jitter_image(rng, im * (1 + float(rng.integers(-1, 2)) * 2.0 ** -52))
        return im, ma

    def sampled(a, at, order):
        return jitter(rng, sample(a, at, order=order, output=float)).astype(a.dtype)

    def harmonic(*args):
        y = sph_harm(*args)
        return jitter(rng, y.real) + 1j * jitter(rng, y.imag)

    def filtered(name, make):
        def images(im, ma, **kwargs):
            if name == "Wavelet":  # its sums
                im = jitter_image(rng, im, always_double=True)
            with contextlib.ExitStack() as inner:
                if name == "Exponential":
                    inner.enter_context(mock.patch.object(np, "log", lambda x: jitter(rng, log(x))))
                made = list(make(im, ma, **kwargs))
            for one, label, own in made:
                yield jitter_image(rng, one) if name in ROUNDED else one, label, own
        return images

    with contextlib.ExitStack() as stack:
        patch = lambda *a: stack.enter_context(mock.patch.object(*a))
        patch(featureextractor.RadiomicsFeatureExtractor, "loadImage", staticmethod(loaded))
        patch(glcm.RadiomicsGLCM, "_calculateMatrix", lambda *a: jitter(rng, matrix(*a)))
        for owner in (gldm.RadiomicsGLDM, glrlm.RadiomicsGLRLM, glszm.RadiomicsGLSZM):
            patch(owner, "_initCalculation", divided(rng, owner._initCalculation))
        for owner in (shape.RadiomicsShape, shape2D.RadiomicsShape2D):
            patch(owner, "_initSegmentBasedCalculation", centred(rng, "mean", owner._initSegmentBasedCalculation))
        moment = firstorder.RadiomicsFirstOrder._moment
        patch(firstorder.RadiomicsFirstOrder, "_moment", staticmethod(centred(rng, "nanmean", moment)))
        patch(np.linalg, "eigvals", lambda m: eigvals(jitter(rng, m)))
        if deep:
            patch(scipy.ndimage.interpolation, "map_coordinates", sampled)
            patch(scipy.special, "sph_harm", harmonic)
        for name in TYPES:
            at = f"get{name}Image"
            patch(imageoperations, at, filtered(name, getattr(imageoperations, at)))
        yield


def image_type(feature):
    """The image type that a feature's name begins with."""
    for prefix, name in (("wavelet", "Wavelet"), ("log-sigma", "LoG"), ("squareroot", "SquareRoot"),
                         ("lbp-2D", "LBP2D"), ("lbp-3D", "LBP3D")):
        if feature.startswith(prefix):
            return name
    return feature.split("_")[0].capitalize()


def spread(paths, params, names, times=16, deep=True):
    """For each name its values by PyRadiomics with jitter; only what the names need is computed, each image type
    alone, since one that PyRadiomics stops at when it is moved says nothing of the others.

    deep: inside LBP3D too, whose samples at the voxels' own places are truncated to whole numbers.
    """
    found = {}
    for kind in sorted({image_type(n) for n in names}):
        own = [n for n in names if image_type(n) == kind]
        moved = spread_of_type(paths, params, own, kind, times, deep)
        if deep and kind == "LBP3D" and all(math.isnan(v) for n in own for v in moved[n] if not isinstance(v, str)):
            moved = spread_of_type(paths, params, own, kind, times, False)
        found.update(moved)
    return found


def spread_of_type(paths, params, names, kind, times, deep):
    texts = any(n.startswith("diagnostics_") for n in names)
    classes = {n.split("_")[1] for n in names}
    some = {"setting": dict(params["setting"], additionalInfo=texts),
            "imageType": {k: v for k, v in params["imageType"].items() if k == kind},
            "featureClass": {k: v for k, v in params["featureClass"].items() if k in classes}}
    found = {n: [] for n in names}
    for k in range(times):
        rng = np.random.default_rng([20261127, k])
        try:
            with jittered(rng, some, deep):
                got = values(paths, some)
        except (ValueError, RuntimeError):
            got = {}
        for n in names:
            found[n].append(got.get(n, math.nan))
    return found


def same_but_for_rounding(a, b, size):
    """Whether two texts are numbers a few units in the last place apart (as the mean of resampled voxels, of which
    every one may be a unit off): theirs, or that of the voxels' size."""
    try:
        a, b = float(a), float(b)
    except ValueError:
        return False
    return abs(a - b) <= 32 * np.spacing(max(abs(a), abs(b), size))


def size_of_voxels(name, want):
    """The largest of them, for a mean among the diagnostics."""
    if not (name.startswith("diagnostics_") and name.endswith("_Mean")):
        return 0.0
    return max(abs(float(want[name[:-len("Mean")] + end])) for end in ("Minimum", "Maximum"))


def is_nothing(name, *values):
    """A number without unit that is 0 but for rounding: the skewness of a symmetrical distribution, to which dlrn's
    norms of LBP3D, kept to 42 bits, and PyRadiomics' sums each leave a rounding of their own; the variance of sizes or
    levels, whole numbers, that are all one: the square of a mean's rounding."""
    most = 1e-12 if name.endswith("_firstorder_Skewness") else \
        1e-24 if name.endswith("Variance") and "_firstorder_" not in name else -1
    return most > 0 and all(abs(v) <= most for v in values)


def undecided(got, want, moved, size):
    """Whether PyRadiomics' own values move at least as far as `got` is from `want`; diagnostics of an image are
    taken before it can be moved."""
    if isinstance(want, str):
        return any(m != want for m in moved) or same_but_for_rounding(got, want, size)
    finite = [v for v in moved + [want] if not math.isnan(v)]
    if math.isnan(got) or math.isnan(want):
        return len(finite) < len(moved) + 1 and (not math.isnan(got) or bool(finite))
    return abs(got - want) <= 4 * max(abs(v - want) for v in finite)


def find_undecided(got, want, moved):
    """Names of the undecided values; where most of an image's are, its grey levels are, and so the others."""
    unsure = {n for n in moved if is_nothing(n, got[n], want[n])
              or undecided(got[n], want[n], moved[n], size_of_voxels(n, want))}
    images = {}
    for n in moved:
        images.setdefault(n.split("_")[0], []).append(n)
    for names in images.values():
        if 4 * len(unsure.intersection(names)) >= 3 * len(names):
            unsure.update(names)
    return unsure
