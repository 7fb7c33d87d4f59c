#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dlrn's rank correlation beside numpy's in one run: processor seconds of one thread each, and
seconds by the wall clock with as many threads as there are processors.

    ninja -C build bench_stats && python3 bench/stats_vs_numpy.py build COHORT.csv

COHORT.csv is any file that bench_stats takes (see stats_vs_r.R). Needs numpy.
"""
import os
import subprocess
import sys
import time


def peer(clock):
    """Best of five, by numpy as it was told to run."""
    import numpy as np

    x = np.random.default_rng(1).normal(size=(712, 4000))
    best = float("inf")
    for _ in range(5):
        start = clock()
        ranks = np.argsort(np.argsort(x, axis=0), axis=0).astype(float)  # no ties among these
        np.corrcoef(ranks, rowvar=False)
        best = min(best, clock() - start)
    print(best)


def peer_seconds(threads):
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}  # its own choice
    env["OPENBLAS_NUM_THREADS"] = str(threads)
    command = [sys.executable, __file__, "--peer", "process" if threads == 1 else "wall"]
    return float(subprocess.run(command, env=env, capture_output=True, check=True).stdout)


def own_seconds(build, cohort):
    env = dict(os.environ, DLRN_MODULE_DIR=build)
    command = [os.path.join(build, "bench_stats"), cohort]
    lines = subprocess.run(command, env=env, text=True, capture_output=True, check=True).stdout
    return {name: float(v) for name, v in (line.split() for line in lines.splitlines())}


def main():
    if sys.argv[1] == "--peer":
        return peer(time.process_time if sys.argv[2] == "process" else time.perf_counter)
    build, cohort = sys.argv[1:3]
    own, threads = own_seconds(build, cohort), len(os.sched_getaffinity(0))
    for name, n in (("spearman_712x4000", 1), ("spearman_712x4000_all_threads", threads)):
        other = peer_seconds(n)
        print("Spearman 712 x 4,000, threads %d: %.3f s, numpy %.3f s, %.1fx"
              % (n, own[name], other, other / own[name]))


main()
