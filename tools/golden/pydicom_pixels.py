#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares dlrn's DICOM pixels with pydicom's on every single-frame grey file that pydicom ships.

usage: pydicom_pixels.py PROGRAM      PROGRAM FILE prints "W H" and the SHA-256 of the pixels after
                                      rescale as little-endian float64 (build/tests/dicom_pixels)

Files that are no single grey frame (colours, several frames, reports, plans, directories) must be
refused with a message: they are counted, and named where dlrn reads them.
"""
import hashlib
import os
import subprocess
import sys

import numpy as np
import pydicom

lists = {"equal": [], "differ": [], "refused by dlrn": [], "not decoded by pydicom": [],
         "no single grey frame, but read": []}
others = 0
folder = os.path.join(os.path.dirname(pydicom.__file__), "data")
for path in sorted(os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs):
    name = os.path.relpath(path, folder)
    if os.path.splitext(name)[1] in (".py", ".pyc", ".json", ".txt", ".icc", ".dump", ".gz"):
        continue
    run = subprocess.run([sys.argv[1], path], capture_output=True, text=True)
    got, why = run.stdout.strip(), run.stderr.strip().replace(path + ": ", "")
    try:
        ds = pydicom.dcmread(path, force=True)
        grey = ds.get("PhotometricInterpretation") in ("MONOCHROME1", "MONOCHROME2")
        frames = int(ds.get("NumberOfFrames", 1) or 1)
    except Exception:
        grey = frames = 1
    if not grey or frames != 1 or "PixelData" not in ds:
        others += 1
        if got:
            lists["no single grey frame, but read"].append(name)
        continue
    try:
        pixels = ds.pixel_array.astype(np.float64)
    except Exception as e:
        lists["not decoded by pydicom"].append("%s (%s): %s" % (name, type(e).__name__, why or "read by dlrn"))
        continue
    pixels = pixels * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
    want = "%d %d %s" % (pixels.shape[1], pixels.shape[0],
                         hashlib.sha256(pixels.astype("<f8").tobytes()).hexdigest())
    kind = "equal" if got == want else "differ" if got else "refused by dlrn"
    lists[kind].append(name + (": " + why if why else ""))
for kind, names in lists.items():
    print("%s: %d" % (kind, len(names)))
    for name in names:
        print("    " + name)
print("no single grey frame, refused: %d of %d" % (others - len(lists["no single grey frame, but read"]), others))
