#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images a second of `dlrn deep` against PyTorch (eager, and jit frozen and optimised), interleaved in
one run. dlrn's rate is that of 24 more images in a batch (start-up and reading of the weights drop
out; reading and cropping of the images are counted); PyTorch's is of the network alone, batch 8.

    python3 bench/deep_vs_torch.py build/dlrn

Needs torch, safetensors, and the network of tools/golden/resnet50.py.
"""
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import torch
from safetensors.torch import load_file

dlrn = os.path.abspath(sys.argv[1])
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools", "golden", "resnet50.py")
names = {}
exec(open(script).read().replace("\nmain()\n", "\n"), names)


def png(path, f, side=256):
    raw = b"".join(b"\0" + bytes(f(x, y) for x in range(side)) for y in range(side))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
                  chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def deep(n, threads):
    with open("cases.csv", "w") as f:
        f.write("Image,Mask\n" + "image.png,mask.png\n" * n)
    return seconds(lambda: subprocess.run(
        [dlrn, "deep", "--batch", "cases.csv", "--weights", "w.safetensors", "-j", str(threads), "-o",
         "out.csv", "-q"], check=True, stderr=subprocess.DEVNULL))


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    png("image.png", lambda x, y: (x * y // 16 + 3 * x) % 256)
    png("mask.png", lambda x, y: int(60 <= x < 200 and 80 <= y < 190))
    subprocess.run([dlrn, "weights", "init", "w.safetensors"], check=True, stderr=subprocess.DEVNULL)
    net = names["ResNet50"]().eval()
    net.load_state_dict(load_file("w.safetensors"))
    net.forward = lambda x: net.map(x).mean((2, 3))
    x = torch.rand(8, 3, 224, 224)
    with torch.no_grad():
        jit = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
        for threads in (1, 2):
            torch.set_num_threads(threads)
            rate = {"dlrn": [], "eager": [], "jit": []}
            for model in (net, jit):
                model(x), model(x)
            for _ in range(5):
                rate["eager"].append(8 / seconds(lambda: net(x)))
                rate["jit"].append(8 / seconds(lambda: jit(x)))
                rate["dlrn"].append(24 / (deep(32, threads) - deep(8, threads)))
            middle = {k: sorted(v)[2] for k, v in rate.items()}
            print("%d thread(s): %s; dlrn / eager %.2f, dlrn / jit %.2f" % (
                threads, ", ".join("%s %.1f" % i for i in middle.items()),
                middle["dlrn"] / middle["eager"], middle["dlrn"] / middle["jit"]))
