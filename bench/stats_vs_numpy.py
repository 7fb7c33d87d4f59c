#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dlrn's rank correlation beside numpy's in one run: processor seconds of one thread each.

    ninja -C build bench_stats && python3 bench/stats_vs_numpy.py build COHORT.csv

COHORT.csv is any file that bench_stats takes (see stats_vs_r.R). Needs numpy.
"""
import os
import subprocess
import sys
import time

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)  # numpy's own choice is its best
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np

build, cohort = sys.argv[1:3]
x = np.random.default_rng(1).normal(size=(712, 4000))


def peer():
    start = time.process_time()
    ranks = np.argsort(np.argsort(x, axis=0), axis=0).astype(float)  # no ties among these
    np.corrcoef(ranks, rowvar=False)
    return time.process_time() - start


other = min(peer() for _ in range(5))
env = dict(os.environ, DLRN_MODULE_DIR=build)
with open("/proc/cpuinfo") as f:
    wide = " avx512dq " in f.read()
if wide:
    env["OPENBLAS_CORETYPE"] = "SkylakeX"  # as the program chooses for itself
lines = subprocess.run([os.path.join(build, "bench_stats"), cohort], env=env, text=True,
                       capture_output=True, check=True).stdout
own = float(dict(line.split() for line in lines.splitlines())["spearman_712x4000"])
print("Spearman 712 x 4,000: %.3f s, numpy %.3f s, %.1fx" % (own, other, other / own))
