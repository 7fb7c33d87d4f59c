# SPDX-License-Identifier: Apache-2.0
"""One virtual environment for each peer, since they ask for different versions of the same packages."""
import os
import subprocess
import sys
import venv

# name: what each call of pip installs. Their versions are fixed, so that a figure can be had again.
PEERS = {
    # a maintained build of PyRadiomics 3.1; it compiles its C extension here, against this numpy
    "PyRadiomics": (["numpy==1.26.4", "SimpleITK", "PyWavelets", "pykwalify", "six", "scikit-image", "trimesh",
                     "wheel", "setuptools", "versioneer", "cython"],
                    ["--no-deps", "--no-build-isolation", "pyradiomics-bhklab==3.1.4"]),
    # its dependencies are not declared, but listed in its documentation
    "flash-radiomics": (["numpy", "h5py", "SimpleITK", "pykwalify", "PyWavelets", "scipy", "scikit-image",
                         "scikit-learn", "trimesh"],
                        ["--no-deps", "--only-binary=:all:", "flash-radiomics==1.0.0"]),
    "Nyxus": (["--only-binary=:all:", "nyxus==0.11.0", "SimpleITK"],),
}
REFERENCE = "PyRadiomics"


def python_of(folder, peer):
    return os.path.join(folder, peer, "bin", "python")


def install(folder, peer):
    """True when the peer can be used. What was installed before is left as it is."""
    place, steps = os.path.join(folder, peer), PEERS[peer]
    done = os.path.join(place, "installed")
    if os.path.exists(done) and open(done).read() == repr(steps):
        return True
    print(f"installing {peer} ({steps[-1][-1] if len(steps) > 1 else steps[0][1]}) in {place}", flush=True)
    venv.create(place, with_pip=True, clear=True)
    for step in steps:
        pip = subprocess.run([python_of(folder, peer), "-m", "pip", "install", "--quiet", *step],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if pip.returncode:
            print(f"  not installed, its columns stay empty; pip said: {pip.stdout.strip()[-400:]}", flush=True)
            return False
    with open(done, "w") as f:
        f.write(repr(steps))
    return True


def install_all(folder):
    """The peers that can be used; the reference must be one of them."""
    os.makedirs(folder, exist_ok=True)
    usable = [peer for peer in PEERS if install(folder, peer)]
    if REFERENCE not in usable:
        sys.exit(f"{REFERENCE} is needed: it makes the cases, and its values are those that count as right")
    return usable
