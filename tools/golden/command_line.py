#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`dlrn extract` against PyRadiomics' own command line: what both write for the same words.

  command_line.py DLRN [--pyradiomics COMMAND] [--params FOLDER]

Images, masks, a parameter file and a table of cases are made; both programs run on them as csv, txt and json,
singly and as a batch, with settings, labels, channels, path formats and undefined values. Names, their order,
rows, diagnostics and texts must be the same, numbers within 1e-9 of themselves. With --params every parameter
file (yaml, yml, json) of the folder is read by both as it is, for a volume, a slice of one and a 2-D image, in
place of that; a file that both refuse is no difference, and one with which PyRadiomics stops and dlrn goes on is
told. Exit code 1 on a difference.

What must differ and is not compared: the values of diagnostics_Versions_*; undefined is null in dlrn's JSON and NaN in
PyRadiomics', which is no JSON; a single case is one object in dlrn's JSON, without Image and Mask, and a list of one
in PyRadiomics'; voxelSetting is passed over by dlrn with a warning, and not among
diagnostics_Configuration_Settings; of one slice dlrn has a 2-D LoG (log-sigma-...-mm-2D), PyRadiomics none. Where
dlrn has 0 and PyRadiomics at most 1e-15, what its sum of terms around 1 leaves of 0, the value is counted apart.

Needs PyRadiomics with its command `pyradiomics` (by default beside this Python), NumPy, SimpleITK.
"""
import argparse
import collections
import csv
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import SimpleITK as sitk

PARAMS = """\
setting:
  binWidth: 25
  resegmentRange: [-3, 3]
  resegmentMode: sigma
  distances: [1, 2]
imageType:
  Original: {}
  LoG: {sigma: [1.0, 2.0]}
  Wavelet: {binWidth: 10}
featureClass:
  shape:
  firstorder:
  glcm: [Contrast, JointEntropy, Idmn]
  gldm:
  ngtdm: []
"""
TABLE = """\
ID,Image,Mask,Label,Label_channel,note
a,volume.nrrd,labels.nrrd,1,0,first
b,volume.nrrd,labels.nrrd,2,0,"with, comma"
c,flat/slice.nii.gz,flat/outline.nii.gz,1,0,
d,volume.nrrd,labels.nrrd,7,0,no such label
e,volume.nrrd,nowhere.nrrd,1,0,no such file
f,volume.nrrd,channels.nrrd,1,2,of three
"""


def make_files():
    """In the working folder: a volume with two labels, the same as vectors, a slice of it, a 2-D image, a table, a
    parameter file."""
    rng = np.random.default_rng(11)
    z, y, x = np.indices((12, 20, 24))
    volume = (200 * np.sin(x / 3) + 150 * np.cos(y / 4 + z / 2) + rng.normal(0, 20, x.shape)).astype(np.int16)
    ball = (((x - 11) / 8) ** 2 + ((y - 9) / 7) ** 2 + ((z - 6) / 4) ** 2 < 1).astype(np.uint8)
    labels = np.where((ball > 0) & (x > 12), 2, ball).astype(np.uint8)
    os.mkdir("flat")
    for name, a, spacing, vector in (
            ("volume.nrrd", volume, (0.75, 0.75, 2.5), False), ("labels.nrrd", labels, (0.75, 0.75, 2.5), False),
            ("channels.nrrd", np.stack([labels * 0, labels, ball], -1), (0.75, 0.75, 2.5), True),
            ("one.nrrd", volume[6:7], (0.75, 0.75, 2.5), False),
            ("one_label.nrrd", ball[6:7], (0.75, 0.75, 2.5), False),
            ("flat/slice.nii.gz", volume[6].astype(np.float32) / 8, (0.5, 0.5), False),
            ("flat/outline.nii.gz", ball[6], (0.5, 0.5), False)):
        im = sitk.GetImageFromArray(a, isVector=vector)
        im.SetSpacing(spacing)
        sitk.WriteImage(im, name, useCompression=True)
    for name, text in (("params.yaml", PARAMS), ("cases.csv", TABLE)):
        with open(name, "w") as f:
            f.write(text)


def read_cases(text, form, single):
    """What a program wrote: for each case its names and values in their order."""
    if form == "csv":
        head, *rows = csv.reader(io.StringIO(text))
        return [list(zip(head, row)) for row in rows]
    if form == "txt":
        cases = []
        for line in text.splitlines():
            name, value = line.split(": ", 1)
            n, name = name.removeprefix("Case-").split("_", 1)
            cases += [[]] * (int(n) > len(cases))
            cases[-1] = cases[-1] + [(name, value)]
        return cases
    data = json.loads(text)
    cases = [list(one.items()) for one in (data if isinstance(data, list) else [data])]
    return [[p for p in one if not single or p[0] not in ("Image", "Mask")] for one in cases]


def same(got, want):
    if isinstance(want, list) and isinstance(got, list):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, dict) and isinstance(got, dict):
        return list(got) == list(want) and all(same(got[k], want[k]) for k in want)
    try:
        g, w = (math.nan if v is None else float(v) for v in (got, want))
    except (TypeError, ValueError):
        return got == want
    if isinstance(want, bool) or want is None or isinstance(got, bool):
        return got == want
    return abs(g - w) <= 1e-9 * abs(w) or (math.isnan(g) and math.isnan(w))


def without_maps(value):
    """Settings without those of feature maps."""
    voxel = "kernelRadius|maskedKernel|initValue|voxelBatch"
    return re.sub(f", '({voxel})': [^,}}]+", "", value) if isinstance(value, str) else value


def is_rest_of_zero(got, want):
    try:
        return float(got) == 0 and abs(float(want)) <= 1e-15
    except (TypeError, ValueError):
        return False


def differences(got, want, rests):
    """Lines that say what differs between the cases of two programs; `rests`: names of what is 0 but for rounding."""
    if len(got) != len(want):
        return [f"{len(got)} cases, PyRadiomics {len(want)}"]
    lines = []
    for k, (g, w) in enumerate(zip(got, want), 1):
        g = [pair for pair in g if "-mm-2D_" not in pair[0]]
        if [n for n, _ in g] != [n for n, _ in w]:
            odd = sorted({n for n, _ in g} ^ {n for n, _ in w}) or "in another order"
            lines.append(f"case {k}: names: {str(odd)[:300]}")
            continue
        for (n, a), (_, b) in zip(g, w):
            if "_Versions_" in n or same(a, without_maps(b)):
                continue
            if is_rest_of_zero(a, b):
                rests.append(n)
            else:
                lines.append(f"case {k}: {n}: {a!r}, PyRadiomics {b!r}")
    return lines


def run(words):
    return subprocess.run(words, capture_output=True, text=True)


def compare(args, words, ours, form, title, rests):
    """Runs both; `ours` are dlrn's words where they are others. Returns what came out, and the number of values."""
    theirs = run([args.pyradiomics, *words, "-f", form])
    batch = words[0].endswith(".csv")
    out = "out." + form
    mine = run([args.dlrn, "extract", *(ours or words), "-f", form, *(["-o", out] if batch else [])])
    text = mine.stdout
    if batch and os.path.exists(out):
        with open(out) as f:
            text = f.read()
        os.remove(out)
        if os.path.exists(out + ".journal"):
            os.remove(out + ".journal")
    want = read_cases(theirs.stdout, form, not batch) if theirs.stdout else []
    got = read_cases(text, form, not batch) if text else []
    stopped = not batch and not any(n not in ("Image", "Mask") for one in want for n, _ in one)
    if stopped and mine.returncode == 1:
        return "refused by both", 0
    if stopped:
        print(f"{title}, {form}: PyRadiomics stops: {theirs.stderr.strip().splitlines()[-1][:200]}")
        return "with which PyRadiomics stops", 0
    if mine.returncode and not batch:
        print(f"{title}, {form}: {mine.stderr.strip()}")
        return "that differ", 0
    lines = differences(got, want, rests)
    for line in lines[:4]:
        print(f"{title}, {form}: {line}")
    if len(lines) > 4:
        print(f"{title}, {form}: {len(lines)} differences in all")
    return ("that differ", 0) if lines else ("alike", sum(map(len, want)))


def words_of_both():
    """(title, words for both, words for dlrn where they are others)."""
    one = ["volume.nrrd", "labels.nrrd"]
    yield "defaults", one + ["--format-path", "absolute"], None
    for how in ("absolute", "relative", "basename"):
        yield f"paths {how}", ["flat/slice.nii.gz", "../" + os.path.basename(os.getcwd()) + "/flat/outline.nii.gz",
                               "-p", "params.yaml", "--format-path", how], None
    yield "settings", one + ["-p", "params.yaml", "-s", "label:2", "--setting", "binCount:12", "-s", "distances:1,3",
                             "-s", "force2D:true", "--format-path", "basename"], None
    yield "channel", ["volume.nrrd", "channels.nrrd", "-s", "label:2", "-s", "label_channel:1",
                      "--format-path", "basename"], None
    undefined = one + ["-s", "binWidth:100000", "--format-path", "basename"]
    yield "undefined", undefined, None
    yield "undefined left out", undefined + ["--skip-nans"], None
    for jobs in ("1", "2"):
        for how in ("absolute", "relative", "basename"):
            rest = ["-p", "params.yaml", "-j", jobs, "--format-path", how, "--skip-nans"]
            yield (f"batch, {jobs} at a time, {how}", ["cases.csv", *rest],
                   ["--batch", "cases.csv", "--keep-going", *rest])


def words_of_files(folder):
    for name in sorted(os.listdir(folder)):
        if not name.endswith((".yaml", ".yml", ".json")):
            continue
        for pair in (["volume.nrrd", "labels.nrrd"], ["one.nrrd", "one_label.nrrd"],
                     ["flat/slice.nii.gz", "flat/outline.nii.gz"]):
            yield f"{name} on {pair[0]}", pair + ["-p", os.path.join(folder, name), "--format-path", "basename"], None


def main():
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    top.add_argument("dlrn")
    top.add_argument("--pyradiomics", default=os.path.join(os.path.dirname(sys.executable), "pyradiomics"))
    top.add_argument("--params", help="folder of parameter files to be read as they are")
    args = top.parse_args()
    args.dlrn = os.path.abspath(args.dlrn)
    folder = args.params and os.path.abspath(args.params)
    values, rests, kinds = 0, [], collections.Counter()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        make_files()
        for title, words, ours in words_of_files(folder) if folder else words_of_both():
            for form in ("csv",) if folder else ("csv", "txt", "json"):
                kind, n = compare(args, words, ours, form, title, rests)
                kinds[kind] += 1
                values += n
        os.chdir("/")
    print("runs of both programs: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items())
          + f"; {values} values alike, {len(rests)} of them 0 but for rounding")
    return 1 if kinds["that differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
