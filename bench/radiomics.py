#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed of `dlrn extract` against PyRadiomics on the same files in the same run.

  radiomics.py DLRN [--repeat 5]      run by a Python that has PyRadiomics (numpy < 2) and SimpleITK

Prints, for a radiograph of 512 x 512 with a region of 32 thousand pixels, whole-process times of
both (median of the repeats), PyRadiomics' time in process, and the ratios.
"""
import argparse
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import SimpleITK as sitk

FEW = "featureClass: {shape2D: , firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }\n"
ALL = ("imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [1.0, 2.0, 3.0]}, Square: {}, SquareRoot: {}, "
       "Logarithm: {}, Exponential: {}, Gradient: {}}\n")
CHILD = """
import logging, sys, time
logging.disable(logging.CRITICAL)
from radiomics import featureextractor
e = featureextractor.RadiomicsFeatureExtractor(sys.argv[3])
e.execute(sys.argv[1], sys.argv[2])
t = time.perf_counter(); e.execute(sys.argv[1], sys.argv[2]); print(time.perf_counter() - t)
"""


def make(folder):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(512, 512))
    for axis in (0, 1):
        x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    y, z = np.mgrid[:512, :512]
    image = (2000 + 400 * x / x.std()).clip(0, 4095).astype(np.int16)
    mask = (((y - 256) / 88) ** 2 + ((z - 256) / 116) ** 2 <= 1).astype(np.uint8)
    paths = [os.path.join(folder, n) for n in ("image.nii", "mask.nii")]
    for a, p in zip((image, mask), paths):
        sitk.WriteImage(sitk.GetImageFromArray(a), p)
    return paths


def seconds(command):
    t = time.perf_counter()
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - t, out


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("dlrn")
    a.add_argument("--repeat", type=int, default=5)
    args = a.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        image, mask = make(folder)
        for name, text in (("original", FEW), ("all image types", ALL + FEW)):
            params = os.path.join(folder, "p.yaml")
            with open(params, "w") as f:
                f.write(text)
            own, whole, inside = [], [], []
            for _ in range(args.repeat):
                own.append(seconds([args.dlrn, "extract", image, mask, "-p", params, "-j", "1"])[0])
                t, out = seconds([sys.executable, "-c", CHILD, image, mask, params])
                inside.append(float(out.split()[-1]))
                whole.append(t - inside[-1])  # the child extracts twice
            o, w, i = map(statistics.median, (own, whole, inside))
            print(f"{name}: dlrn {1e3 * o:.1f} ms whole process; PyRadiomics {1e3 * w:.0f} ms whole, "
                  f"{1e3 * i:.0f} ms in process; {w / o:.0f} times, {i / o:.0f} times")
    return 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(main())
