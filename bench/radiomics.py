#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed, memory and values of `dlrn extract` against its peers, on the same files in the same run.

  ninja -C build dlrn bench_extract && bench/radiomics.py build

The peers (PyRadiomics, flash-radiomics, Nyxus) are installed under --peers at the first call, each in a virtual
environment of its own; --setup does only that. Every figure is the median of the repeats, on one thread unless said;
with --cpu the least processor time, which other work on the machine disturbs less.
"In process": files read, features computed, nothing loaded; "whole process": from start to exit; no peak memory is told
below that of this script, about 16 MB. After each row in process stands how many of PyRadiomics' values each program
gives, to 1e-6 of them: a speed with other numbers is not the same work.
Goals, against PyRadiomics, are those that the project set itself on an idle AVX2 machine with two cores.
"""
import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time

from peers.install import REFERENCE, install_all, python_of

TYPES = ("imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [1.0, 2.0, 3.0]}, Square: {}, SquareRoot: {}, "
         "Logarithm: {}, Exponential: {}, Gradient: {}, LBP2D: {}}\n")
TEXTURES = "firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }\n"
FLAT, SOLID = "featureClass: {shape2D: , " + TEXTURES, "featureClass: {shape: , " + TEXTURES
WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "extract.py")


def run(command, folder):
    """Wall and processor seconds, peak MiB and stdout of one process and those it waits for."""
    with tempfile.TemporaryFile() as out:
        command = ["/usr/bin/env", "-C", folder, "OMP_NUM_THREADS=1", *command]
        start = time.perf_counter()
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
        if status:
            sys.exit("failed: " + " ".join(command))
        out.seek(0)
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode()


def agree(values, reference):
    """How many of the reference's values these have, to 1e-6 of each."""
    def same(a, b):
        return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 1e-6 * abs(b)
    return sum(name in values and same(values[name], right) for name, right in reference.items())


class Bench:
    def __init__(self, args, folder, peers):
        self.folder, self.repeat, self.envs, self.peers = folder, args.repeat, args.peers, peers
        self.cpu, self.typical = args.cpu, min if args.cpu else statistics.median
        self.dlrn, self.inner = (os.path.abspath(os.path.join(args.build, n)) for n in ("dlrn", "bench_extract"))
        print(f"{'':52} {'dlrn':>12}" + "".join(f" {p:>15} {'ratio':>8}" for p in peers) + "   goal", flush=True)

    def run(self, *command):
        return run(command, self.folder)

    def peer(self, peer, *job):
        return self.run(python_of(self.envs, peer), WORKER, peer, *map(str, job))

    def case(self, name, shape, radii, seed=3):
        sizes = ["x".join(map(str, side)) for side in (shape, radii)]
        return json.loads(self.peer(REFERENCE, "cases", self.folder, name, *sizes, seed)[3])

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def say(self, what, unit, figures, goal):
        own, line = figures["dlrn"], f"{what:52} {figures['dlrn']:9.1f} {unit:2}"
        for peer in self.peers:
            other = figures.get(peer)
            line += f" {other:12.1f} {unit:2} {other / own:7.1f}x" if other else f" {'-':>15} {'':8}"
        print(f"{line}   {goal}", flush=True)

    def in_process(self, what, paths, params, goal, peers=None, slow=False):
        own = self.run(self.inner, *paths, params, str(4 * self.repeat + 1))[3]
        figures = {"dlrn": float(own.split("read_and_extract")[1].split()[self.cpu])}
        text = json.loads(self.run(self.dlrn, "extract", *paths, "-p", params, "-f", "json", "-q")[3])
        values = {"dlrn": {k: math.nan if v is None else v for k, v in text.items() if not isinstance(v, str)}}
        for peer in peers or self.peers:
            n = 1 if slow else self.repeat + 1  # where there is time for it, the first one warms up
            out = json.loads(self.peer(peer, "one", *paths, params, n)[3].splitlines()[-1])
            figures[peer] = 1e3 * self.typical(out["cpu" if self.cpu else "wall"][0 if slow else 1:])
            values[peer] = out["values"]
        self.say(what + ", in process", "ms", figures, goal)
        right = values.pop(REFERENCE)
        print(f"    of {len(right)} values as {REFERENCE}'s: "
              + ", ".join(f"{who} {agree(v, right)} (gives {len(set(v) & set(right))})" for who, v in values.items()))

    def whole(self, what, paths, params, goal, memory, peers=None):
        runs = []
        for _ in range(self.repeat):
            runs.append({p: self.peer(p, "one", *paths, params, 1)[:3] for p in peers or self.peers})
            runs[-1]["dlrn"] = self.run(self.dlrn, "extract", *paths, "-p", params, "-j", "1")[:3]
        seconds, mib = ({who: self.typical(r[who][k] for r in runs) for who in runs[0]} for k in (self.cpu, 2))
        self.say(what + ", whole process", "ms", {who: 1e3 * s for who, s in seconds.items()}, goal)
        self.say(what + ", peak memory", "MB", mib, memory)

    def with_image_types(self):
        return [p for p in self.peers if p != "Nyxus"]

    def vertebra(self):
        paths, n = self.case("vertebra", (512, 512), (88, 116))
        params, name = self.write("few.yaml", FLAT), f"512x512, region {n // 1000}k, original"
        self.in_process(name, paths, params, "<= 5 ms, >= 50x")
        self.whole(name, paths, params, "<= 20 ms", "<= 30 MB")

    def types(self):
        paths, n = self.case("vertebra", (512, 512), (88, 116))
        params, name = self.write("all.yaml", TYPES + FLAT), f"512x512, region {n // 1000}k, 14 image types"
        self.in_process(name, paths, params, "<= 80 ms, >= 30x", self.with_image_types())
        self.whole(name, paths, params, "", "", self.with_image_types())

    def million(self):
        paths, n = self.case("million", (1280, 1280), (540, 590))
        name = f"1280x1280, region {n // 1000}k"
        self.in_process(name + ", original", paths, self.write("few.yaml", FLAT), ">= 40x")
        params = self.write("all.yaml", TYPES + FLAT)
        self.in_process(name + ", 14 image types", paths, params, ">= 30x", self.with_image_types(), slow=True)

    def volume(self):
        paths, n = self.case("volume", (64, 64, 64), (28, 29, 30))
        self.in_process(f"64x64x64, region {n // 1000}k, original", paths, self.write("solid.yaml", SOLID), ">= 30x")

    def diameters(self):
        paths, n = self.case("slice", (1, 512, 512), (1, 120, 152))
        params = self.write("shape.yaml", "featureClass: {shape: }\n")
        name = f"3-D shape of one slice, region {n // 1000}k"
        self.in_process(name, paths, params, ">= 1000x", [REFERENCE], slow=True)

    def batch(self):
        lines = [",".join(self.case(f"b{i}", (512, 512), (88, 116), i)[0]) for i in range(50)]
        cases, params = self.write("cases.csv", "\n".join(["Image,Mask"] + lines) + "\n"), self.write("few.yaml", FLAT)
        figures = {peer: 1e3 * self.peer(peer, "batch", cases, params, 2)[self.cpu] for peer in self.peers}
        own = []
        for i in range(self.repeat):
            out = os.path.join(self.folder, f"own{i}.csv")
            own.append(self.run(self.dlrn, "extract", "--batch", cases, "-p", params, "-o", out, "-j", "2", "-q")
                       [self.cpu])
        figures["dlrn"] = 1e3 * self.typical(own)
        self.say("50 vertebrae, 2 threads, original, whole process", "ms", figures, ">= 40x")


def main():
    rows = ["vertebra", "types", "million", "volume", "diameters", "batch"]
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("build", nargs="?", help="folder with dlrn and bench_extract")
    a.add_argument("--peers", metavar="FOLDER", default="build/peers", help="their environments (default: %(default)s)")
    a.add_argument("--setup", action="store_true", help="install the peers that are missing, and stop")
    a.add_argument("--rows", default=",".join(rows), help="comma-separated, of: " + ", ".join(rows))
    a.add_argument("--repeat", type=int, default=5)
    a.add_argument("--cpu", action="store_true", help="processor time instead of the clock's, for a busy machine")
    args = a.parse_args()
    wrong = [r for r in args.rows.split(",") if r not in rows]
    if wrong or not (args.build or args.setup):
        a.error(f"no row {wrong[0]!r}; rows are {', '.join(rows)}" if wrong else "BUILD or --setup expected")
    args.peers = os.path.abspath(args.peers)
    peers = install_all(args.peers)
    if args.setup:
        return print("ready:", ", ".join(peers), "in", args.peers)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args, folder, peers)
        for row in args.rows.split(","):
            getattr(bench, row)()
    return None


if __name__ == "__main__":
    sys.exit(main())
