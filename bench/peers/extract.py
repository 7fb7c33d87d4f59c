# SPDX-License-Identifier: Apache-2.0
"""One peer's extraction, run by the Python of its environment.

  extract.py PEER one IMAGE MASK PARAMS REPEATS    the last line is JSON: seconds of each, values
  extract.py PEER batch CASES.csv PARAMS JOBS      every case of a table with columns Image, Mask
  extract.py PEER cases FOLDER NAME SHAPE RADII SEED    makes a case (PyRadiomics' environment has what it takes)
"""
import csv
import json
import logging
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

GREY_LEVELS = 138  # what a bin width of 25 gives on these images: Nyxus can be told a number of bins, but no width


def pyradiomics(params):
    from radiomics import featureextractor
    return featureextractor.RadiomicsFeatureExtractor(params).execute


def flash(params):
    from flash_radiomics import RadiomicsFeatureExtractor
    return RadiomicsFeatureExtractor(params, backend="cpu", num_threads=1).execute


def nyxus_2d(threads):
    import nyxus
    program = nyxus.Nyxus(["*ALL_INTENSITY*", "*ALL_GLCM*", "*ALL_GLRLM*", "*ALL_GLSZM*", "*ALL_GLDM*", "*ALL_NGTDM*",
                           "AREA_PIXELS_COUNT", "PERIMETER", "MAJOR_AXIS_LENGTH", "MINOR_AXIS_LENGTH"],
                          n_feature_calc_threads=threads, coarse_gray_depth=GREY_LEVELS)
    program.set_metaparam(f"glcm/greydepth={GREY_LEVELS}")
    program.set_metaparam("glcm/offset=1")
    return program


def nyxus_3d():
    import nyxus
    program = nyxus.Nyxus3D(["*3D_ALL_INTENSITY*", "*3D_ALL_MORPHOLOGY*", "*3D_GLCM*", "*3D_GLRLM*", "*3D_GLSZM*",
                             "*3D_GLDM*", "*3D_NGTDM*"], n_feature_calc_threads=1)
    for group in ("3glcm", "3glrlm", "3glszm", "3gldm", "3ngtdm"):
        program.set_metaparam(f"{group}/greydepth=-{GREY_LEVELS}")  # negative: bins as in PyRadiomics
    return program


def nyxus(_):
    """It reads 3-D NIfTI itself; a 2-D one is given as arrays. It has no image types."""
    import SimpleITK as sitk
    from nyxus_names import names
    programs = {}

    def execute(image, mask):
        pair = [sitk.ReadImage(p) for p in (image, mask)]
        dimensions = pair[0].GetDimension()
        if dimensions == 2:
            flat = programs.setdefault(2, nyxus_2d(1))
            row = flat.featurize(*[sitk.GetArrayFromImage(x).astype(t) for x, t in zip(pair, ("float64", "uint32"))])
        else:
            solid = programs.setdefault(3, nyxus_3d())
            row = solid.featurize_files([os.path.abspath(image)], [os.path.abspath(mask)], False)
        return {name: row[own].iloc[0] for own, name in names(dimensions).items() if own in row}

    return execute


EXECUTE = {"PyRadiomics": pyradiomics, "flash-radiomics": flash, "Nyxus": nyxus}


def one(peer, image, mask, params, repeats):
    execute, wall, cpu = EXECUTE[peer](params), [], []
    for _ in range(int(repeats)):
        start = time.perf_counter(), time.process_time()
        values = execute(image, mask)
        wall.append(time.perf_counter() - start[0])
        cpu.append(time.process_time() - start[1])
    numbers = {k: float(v) for k, v in values.items() if not k.startswith("diagnostics_")}
    print("\n" + json.dumps({"wall": wall, "cpu": cpu, "values": numbers}))


def start_worker(peer, params):
    global worker
    logging.disable(logging.CRITICAL)
    worker = EXECUTE[peer](params)


def work(pair):
    return len(worker(*pair))


def batch(peer, cases, params, jobs):
    with open(cases) as f:
        pairs = [(row["Image"], row["Mask"]) for row in csv.DictReader(f)]
    if peer == "Nyxus":  # it has threads of its own
        import numpy as np
        import SimpleITK as sitk
        stacks = [np.stack([sitk.GetArrayFromImage(sitk.ReadImage(p)) for p in side]) for side in zip(*pairs)]
        done = len(nyxus_2d(int(jobs)).featurize(stacks[0].astype("float64"), stacks[1].astype("uint32")))
    else:
        with ProcessPoolExecutor(int(jobs), initializer=start_worker, initargs=(peer, params)) as pool:
            done = len(list(pool.map(work, pairs)))
    if done != len(pairs):
        sys.exit(f"{peer}: {done} of {len(pairs)} cases")


def cases(_, folder, name, shape, radii, seed):
    """Smoothed noise and an ellipse; prints the paths of image and mask, and the region's size."""
    import numpy as np
    import SimpleITK as sitk
    shape, radii = ([int(x) for x in side.split("x")] for side in (shape, radii))
    x = np.random.default_rng(int(seed)).normal(size=shape)
    for axis in range(x.ndim):
        if shape[axis] > 1:
            x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    image = (2000 + 400 * x / x.std()).clip(0, 4095).astype(np.int16)
    grid = np.meshgrid(*[np.arange(n) - n / 2 if n > 1 else np.zeros(1) for n in shape], indexing="ij", sparse=True)
    mask = (sum((g / r) ** 2 for g, r in zip(grid, radii)) <= 1).astype(np.uint8)
    paths = [os.path.join(folder, name + ending) for ending in (".nii", "-mask.nii")]
    for a, p in zip((image, mask), paths):
        sitk.WriteImage(sitk.GetImageFromArray(a), p)
    print(json.dumps([paths, int(mask.sum())]))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    {"one": one, "batch": batch, "cases": cases}[sys.argv[2]](sys.argv[1], *sys.argv[3:])
