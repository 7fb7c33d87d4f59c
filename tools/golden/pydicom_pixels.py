#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares dlrn's DICOM pixels with pydicom's on every single-frame grey file that pydicom ships.

usage: pydicom_pixels.py PROGRAM      PROGRAM FILE prints "W H" and the SHA-256 of the pixels after
                                      rescale as little-endian float64 (build/tests/dicom_pixels)
"""
import hashlib
import os
import subprocess
import sys

import numpy as np
import pydicom

same = differ = 0
skipped = []
folder = os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")
for path in sorted(os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs):
    name = path.split("/")[-1]
    try:
        ds = pydicom.dcmread(path, force=True)
        if int(ds.get("NumberOfFrames", 1) or 1) != 1 or ds.get("SamplesPerPixel") != 1:
            continue
        if ds.PhotometricInterpretation not in ("MONOCHROME1", "MONOCHROME2"):
            continue
        pixels = ds.pixel_array.astype(np.float64)
    except Exception as e:
        skipped.append((name, type(e).__name__))
        continue
    pixels = pixels * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
    want = "%d %d %s" % (pixels.shape[1], pixels.shape[0],
                         hashlib.sha256(pixels.astype("<f8").tobytes()).hexdigest())
    run = subprocess.run([sys.argv[1], path], capture_output=True, text=True)
    got = run.stdout.strip()
    if got == want:
        same += 1
    else:
        differ += 1
        print("%s: %s" % (name, got or run.stderr.strip().replace(path, name)))
print("%d same, %d differ, %d that pydicom itself does not decode" % (same, differ, len(skipped)))
