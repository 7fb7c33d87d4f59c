#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random small cases for radiomics, and PyRadiomics' numbers for them.

  pyradiomics.py compare DLRN [--n 2000] [--seed 1]   runs `dlrn extract` on N random cases and compares
                                                      every value; exit code 1 on a miss
  pyradiomics.py threads DLRN [--n 500]               the same bytes for 1, 2, 3 and 8 threads
  pyradiomics.py golden OUT_DIR                       writes the goldens that the tests read
  pyradiomics.py synthetic DIR                        the same of DIR/image.csv and its nine DIR/mask_*.csv

With --prepare the cases also draw normalize, resampling by every interpolator, preCrop, resegmentation, image
types, and masks on a grid of their own with correctMask and geometryTolerance.
A value agrees within 1e-9 of itself, a diagnostics_ column as text. Where it does not, PyRadiomics is run
again with its intermediate numbers moved by one unit in the last place (pyradiomics_values.py): if its own
values move as far, the value is counted as undecided, else it is a miss.

Needs PyRadiomics under numpy < 2 (numpy 2 bins small integer images wrongly), SimpleITK.
"""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import collections
import csv
import io
import math
import multiprocessing
import pickle
import signal
import subprocess
import sys
import tempfile
import traceback

import pyradiomics_golden
from pyradiomics_cases import draw_case
from pyradiomics_values import find_undecided, image_type, spread, values

LONGEST = 900  # seconds of a case


def run_dlrn(dlrn, paths, *more):
    image, mask, params = paths
    return subprocess.run([dlrn, "extract", image, mask, "-p", params, "-f", "csv", *more],
                          capture_output=True, text=True)


def read_features(text):
    """Name to value, diagnostics to text; of one slice dlrn makes the true 2-D LoG, PyRadiomics nothing."""
    names, row = csv.reader(io.StringIO(text))
    return {k: v if k.startswith("diagnostics_") else float(v)
            for k, v in zip(names[2:], row[2:]) if "-mm-2D_" not in k}


def agree(got, want):
    if isinstance(want, str) or isinstance(got, str):
        return got == want
    if math.isnan(want) or math.isnan(got):
        return math.isnan(want) and math.isnan(got)
    return abs(got - want) <= 1e-9 * abs(want) or got == want


def compare_values(paths, params, got, want):
    """Names of the undecided values, and (name, got, want) of the misses."""
    off = [n for n in want if "_Versions_" not in n and not agree(got[n], want[n])]
    unsure = find_undecided(got, want, spread(paths, params, off)) if off else []
    return list(unsure), [(n, got[n], want[n]) for n in off if n not in unsure]


def reads_past_the_image(case):
    """ITK's B-spline mirrors once, which along an axis of two voxels leads out of its memory."""
    s = case.params["setting"]
    return (any(s.get("resampledPixelSpacing") or []) and s["interpolator"] == "sitkBSpline"
            and 2 in case.image.GetSize())


def compare_one(job):
    """What came out: (kind, number of values, names of the undecided, misses)."""
    args, index = job
    case = draw_case(args.seed, index, args.prepare)
    with tempfile.TemporaryDirectory() as folder:
        paths = case.write(folder, "c")
        p = run_dlrn(args.dlrn, paths, "-j", "1")
        if "so there is no spread to scale by" in p.stderr:  # PyRadiomics divides by 0
            return index, "normalize of an even image", 0, [], []
        if p.returncode == 0 and reads_past_the_image(case):
            return index, "PyRadiomics reads past the image", 0, [], []
        try:
            want = values(paths, case.params)
        except MemoryError:  # dense matrices of many grey levels
            return index, "PyRadiomics lacks memory", 0, [], []
        except RuntimeError:  # no direction fits into the box: PyRadiomics stops, dlrn has NaN
            return index, "no direction", 0, [], []
        except ValueError as why:
            wrong = [("refused", f"exit code {p.returncode}", str(why))] if p.returncode != 1 else []
            return index, "refused", 0, [], wrong
        if p.returncode != 0:
            return index, "dlrn fails", 0, [], [("exit code", p.stderr.strip(), "values")]
        got = read_features(p.stdout)
        if list(got) != list(want):
            odd = sorted(set(got) ^ set(want)) or "another order"
            return index, "compared", 0, [], [("names", "", str(odd)[:300])]
        unsure, misses = compare_values(paths, case.params, got, want)
        return index, "compared", len(want), unsure, misses


def compare_apart(job):
    """The same in a process of its own: PyRadiomics' C code ends some cases with a memory fault."""
    end, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(end)
        signal.alarm(LONGEST)
        code = 1
        try:
            with os.fdopen(into, "wb") as out:
                pickle.dump(compare_one(job), out)
            code = 0
        except Exception:
            traceback.print_exc()
        os._exit(code)
    os.close(into)
    with os.fdopen(end, "rb") as answer:
        data = answer.read()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        late = os.WTERMSIG(status) == signal.SIGALRM
        return job[1], f"PyRadiomics takes over {LONGEST} s" if late else "PyRadiomics crashes", 0, [], []
    if status:
        raise RuntimeError(f"case {job[1]} could not be compared")
    return pickle.loads(data)


def compare(args):
    kinds, unsure_by, misses_by = (collections.Counter() for _ in range(3))
    total = 0
    jobs = ((args, i) for i in range(args.first, args.first + args.n))
    with multiprocessing.Pool(args.jobs) as pool:
        for index, kind, n, unsure, misses in pool.imap_unordered(compare_apart, jobs, chunksize=4):
            kinds[kind] += 1
            total += n
            for name in unsure:
                unsure_by[(image_type(name), name.split("_", 1)[1])] += 1
            for name, got, want in misses[: args.show]:
                print(f"case {index}: {name}: {got!r}, PyRadiomics {want!r}", flush=True)
            if len(misses) > args.show:
                print(f"case {index}: {len(misses)} misses in all", flush=True)
            misses_by["cases"] += bool(misses)
            misses_by["values"] += len(misses)
            if args.list_undecided and unsure:
                print(f"case {index}: undecided: {len(unsure)}, as {unsure[0]}", flush=True)
    print(f"{args.n} cases: {dict(kinds)}; {total} values; {misses_by['values']} disagree in "
          f"{misses_by['cases']} cases; {sum(unsure_by.values())} undecided by PyRadiomics' own rounding")
    for kind, n in collections.Counter(
            {t: sum(v for (u, _), v in unsure_by.items() if u == t) for t, _ in unsure_by}).items():
        print(f"  undecided of {kind}: {n}")
    return 1 if misses_by["cases"] else 0


def threads_one(job):
    args, index = job
    case = draw_case(args.seed, index, args.prepare)
    with tempfile.TemporaryDirectory() as folder:
        paths = case.write(folder, "c")
        first = None
        for n in (1, 2, 3, 8):
            p = run_dlrn(args.dlrn, paths, "-j", str(n))
            out = (p.returncode, p.stdout)
            if first is None:
                first = out
            elif out != first:
                return index, n
    return index, 0


def threads(args):
    wrong = 0
    with multiprocessing.Pool(args.jobs) as pool:
        jobs = ((args, i) for i in range(args.first, args.first + args.n))
        for index, n in pool.imap_unordered(threads_one, jobs, chunksize=4):
            if n:
                wrong += 1
                print(f"case {index}: {n} threads give other bytes than one", flush=True)
    print(f"{args.n} cases with 1, 2, 3 and 8 threads: {wrong} differ")
    return 1 if wrong else 0


def golden(args):
    pyradiomics_golden.write(args.out, [*pyradiomics_golden.kinds(), *pyradiomics_golden.settings()])
    return 0


def synthetic(args):
    pyradiomics_golden.write(args.out, pyradiomics_golden.synthetic(args.out))
    return 0


def main():
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    sub = top.add_subparsers(dest="what", required=True)
    for name, work, n in (("compare", compare, 2000), ("threads", threads, 500)):
        mode = sub.add_parser(name)
        mode.set_defaults(work=work)
        mode.add_argument("dlrn")
        mode.add_argument("--n", type=int, default=n)
        mode.add_argument("--first", type=int, default=0)
        mode.add_argument("--seed", type=int, default=1)
        mode.add_argument("--jobs", type=int, default=os.cpu_count())
        mode.add_argument("--prepare", action="store_true")
    sub.choices["compare"].add_argument("--show", type=int, default=5, help="misses printed of a case")
    sub.choices["compare"].add_argument("--list-undecided", action="store_true")
    for name, work in (("golden", golden), ("synthetic", synthetic)):
        mode = sub.add_parser(name)
        mode.set_defaults(work=work)
        mode.add_argument("out")
    args = top.parse_args()
    return args.work(args)


if __name__ == "__main__":
    sys.exit(main())
