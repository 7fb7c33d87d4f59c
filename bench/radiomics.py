#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of `dlrn extract` against PyRadiomics on the same files in the same run.

  radiomics.py --setup VENV            makes a virtual environment with PyRadiomics, then:
  VENV/bin/python radiomics.py BUILD   BUILD: folder with dlrn and bench_extract (ninja bench_extract)
      [--rows vertebra,types,...]      only these rows   [--repeat 5]

Every figure is the median of the repeats, dlrn on one thread unless said. "In process": files read,
features computed, nothing loaded; "whole": a fresh process. Goals are those that the project set
itself on an idle AVX2 machine with two cores.
"""
import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv

TYPES = ("imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [1.0, 2.0, 3.0]}, Square: {}, SquareRoot: {}, "
         "Logarithm: {}, Exponential: {}, Gradient: {}, LBP2D: {}}\n")
TEXTURES = "firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }\n"
FLAT, SOLID = "featureClass: {shape2D: , " + TEXTURES, "featureClass: {shape: , " + TEXTURES
IN_PROCESS = """
import logging, sys, time
logging.disable(logging.CRITICAL)
from radiomics import featureextractor
e = featureextractor.RadiomicsFeatureExtractor(sys.argv[3])
for i in range(int(sys.argv[4])):
    t = time.perf_counter(); e.execute(sys.argv[1], sys.argv[2]); print(time.perf_counter() - t)
"""


def setup(folder):
    venv.create(folder, with_pip=True)
    pip = [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run(pip + ["numpy<2", "SimpleITK", "PyWavelets", "pykwalify", "six", "scikit-image", "wheel",
                          "setuptools", "versioneer", "cython"], check=True)
    # a maintained build of PyRadiomics 3.1 on the index; it compiles its C extension here
    subprocess.run(pip + ["--no-deps", "--no-build-isolation", "pyradiomics-bhklab==3.1.4"], check=True)
    print("ready:", os.path.join(folder, "bin", "python"), sys.argv[0], "BUILD")


def make_case(*job):
    # by another process: what this one holds would count in the peak memory of those it starts
    with multiprocessing.Pool(1) as pool:
        return pool.apply(write_case, job)


def write_case(folder, name, shape, radii, seed=3):
    """Smoothed noise and an ellipse; returns the paths of image and mask, and the region's size."""
    import numpy as np
    import SimpleITK as sitk
    x = np.random.default_rng(seed).normal(size=shape)
    for axis in range(x.ndim):
        if shape[axis] > 1:
            x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    image = (2000 + 400 * x / x.std()).clip(0, 4095).astype(np.int16)
    grid = np.meshgrid(*[np.arange(n) - n / 2 if n > 1 else np.zeros(1) for n in shape], indexing="ij", sparse=True)
    mask = (sum((g / r) ** 2 for g, r in zip(grid, radii)) <= 1).astype(np.uint8)
    paths = [os.path.join(folder, name + ending) for ending in (".nii", "-mask.nii")]
    for a, p in zip((image, mask), paths):
        sitk.WriteImage(sitk.GetImageFromArray(a), p)
    return paths, int(mask.sum())


def run(command):
    """Seconds, peak MiB and stdout of one process and those it waits for."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        pid = os.posix_spawn(command[0], command, dict(os.environ, OMP_NUM_THREADS="1"),
                             file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
        if status:
            sys.exit("failed: " + " ".join(command))
        out.seek(0)
        return seconds, usage.ru_maxrss / 1024, out.read().decode()


class Bench:
    def __init__(self, args, folder):
        self.folder, self.repeat = folder, args.repeat
        self.dlrn, self.inner = (os.path.abspath(os.path.join(args.build, n)) for n in ("dlrn", "bench_extract"))
        print(f"{'':50} {'dlrn':>12} {'PyRadiomics':>14} {'ratio':>8}   goal")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def say(self, what, own, other, unit, goal):
        print(f"{what:50} {own:9.1f} {unit:2} {other:11.1f} {unit:2} {other / own:7.1f}x   {goal}", flush=True)

    def in_process(self, what, paths, params, goal, slow=False):
        n = 1 if slow else self.repeat
        own = run([self.inner, *paths, params, str(4 * self.repeat + 1)])[2]
        own = float(own.split("read_and_extract")[1].split()[0])
        out = run([sys.executable, "-c", IN_PROCESS, *paths, params, str(n + (not slow))])[2].split()
        other = 1e3 * statistics.median(map(float, out if slow else out[1:]))  # the first one warms up
        self.say(what + ", in process", own, other, "ms", goal)

    def whole(self, what, paths, params, goal, memory):
        command = [self.dlrn, "extract", *paths, "-p", params, "-j", "1"]
        peer = [sys.executable, "-c", IN_PROCESS, *paths, params, "1"]
        runs = [(run(command), run(peer)) for _ in range(self.repeat)]
        own, other = ([statistics.median(pair[k][i] for pair in runs) for i in (0, 1)] for k in (0, 1))
        self.say(what + ", whole process", 1e3 * own[0], 1e3 * other[0], "ms", goal)
        self.say(what + ", peak memory", own[1], other[1], "MB", memory)

    def vertebra(self):
        paths, n = make_case(self.folder, "vertebra", (512, 512), (88, 116))
        params, name = self.write("few.yaml", FLAT), f"512x512, region {n // 1000}k, original"
        self.in_process(name, paths, params, "<= 5 ms, >= 50x")
        self.whole(name, paths, params, "<= 20 ms", "<= 30 MB")

    def types(self):
        paths, n = make_case(self.folder, "vertebra", (512, 512), (88, 116))
        params, name = self.write("all.yaml", TYPES + FLAT), f"512x512, region {n // 1000}k, 14 image types"
        self.in_process(name, paths, params, "<= 80 ms, >= 30x")
        self.whole(name, paths, params, "", "")

    def million(self):
        paths, n = make_case(self.folder, "million", (1280, 1280), (540, 590))
        name = f"1280x1280, region {n // 1000}k"
        self.in_process(name + ", original", paths, self.write("few.yaml", FLAT), ">= 40x")
        params = self.write("all.yaml", TYPES + FLAT)
        self.in_process(name + ", 14 image types", paths, params, ">= 30x", slow=True)

    def volume(self):
        paths, n = make_case(self.folder, "volume", (64, 64, 64), (28, 29, 30))
        self.in_process(f"64x64x64, region {n // 1000}k, original", paths, self.write("solid.yaml", SOLID), ">= 30x")

    def diameters(self):
        paths, n = make_case(self.folder, "slice", (1, 512, 512), (1, 120, 152))
        params = self.write("shape.yaml", "featureClass: {shape: }\n")
        self.in_process(f"3-D shape of one slice, region {n // 1000}k", paths, params, ">= 1000x", slow=True)

    def batch(self):
        lines = [",".join(make_case(self.folder, f"b{i}", (512, 512), (88, 116), i)[0]) for i in range(50)]
        cases, params = self.write("cases.csv", "\n".join(["Image,Mask"] + lines) + "\n"), self.write("few.yaml", FLAT)
        peer = [os.path.join(os.path.dirname(sys.executable), "pyradiomics"), cases, "-p", params, "-f", "csv",
                "-j", "2", "-v", "1", "-o", os.path.join(self.folder, "peer.csv")]
        other = run(peer)[0]
        own = []
        for _ in range(self.repeat):
            out = os.path.join(self.folder, "own.csv")
            own.append(run([self.dlrn, "extract", "--batch", cases, "-p", params, "-o", out, "-j", "2", "-q"])[0])
        self.say("50 vertebrae, 2 threads, original, whole process", 1e3 * statistics.median(own), 1e3 * other, "ms",
                 ">= 40x")


def main():
    rows = ["vertebra", "types", "million", "volume", "diameters", "batch"]
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("build", nargs="?", help="folder with dlrn and bench_extract")
    a.add_argument("--setup", metavar="VENV", help="make the environment of the peer, and stop")
    a.add_argument("--rows", default=",".join(rows), help="comma-separated, of: " + ", ".join(rows))
    a.add_argument("--repeat", type=int, default=5)
    args = a.parse_args()
    if args.setup:
        return setup(args.setup)
    if not args.build:
        a.error("BUILD or --setup VENV expected")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args, folder)
        for row in args.rows.split(","):
            getattr(bench, row)()
    return None


if __name__ == "__main__":
    sys.exit(main())
