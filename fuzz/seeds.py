#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of corpus/: the smallest files of each kind. Findings stand beside them and are
not touched. Needs numpy, SimpleITK, Pillow and pydicom.

usage: seeds.py      in this folder
"""
import gzip
import io
import os
import struct

import numpy as np
import SimpleITK as sitk
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

here = os.path.dirname(os.path.abspath(__file__))


def keep(target, name, data):
    folder = os.path.join(here, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def by_itk(target, name, pixels, ending, packed=False, spacing=None):
    im = sitk.GetImageFromArray(pixels)
    if spacing:
        im.SetSpacing(spacing)
    path = os.path.join(here, "seed" + ending)
    sitk.WriteImage(im, path, packed)
    with open(path, "rb") as f:
        data = f.read()
    os.remove(path)
    keep(target, name, data)
    return data


ramp = np.arange(12).reshape(3, 4)
cube = np.arange(24).reshape(2, 3, 4)

# NIfTI
plain = by_itk("nifti", "int16_3d.nii", cube.astype("i2"), ".nii", spacing=(0.5, 0.75, 2))
keep("nifti", "int16_3d.nii.gz", gzip.compress(plain, mtime=0))
for kind in ("u1", "f4", "f8", "u4", "i8"):
    by_itk("nifti", kind + "_2d.nii", ramp.astype(kind), ".nii")
big = struct.pack(">i36x8h14x2h2x8f3f", 348, 2, 4, 3, 1, 1, 1, 1, 1, 4, 16, 1, 1, 1, 0, 0, 0, 0, 0, 352, 2, -1)
keep("nifti", "big_endian.nii", big.ljust(344, b"\0") + b"n+1\0" + b"\0\0\0\0" + ramp.astype(">i2").tobytes())
two = struct.pack("<i8s2h8q3d8dq2d", 540, b"n+2\0\r\n\x1a\n", 4, 16, 2, 4, 3, 1, 1, 1, 1, 1, 0, 0, 0, *[1.0] * 8, 544, 1, 0)
keep("nifti", "version_two.nii", two.ljust(544, b"\0") + ramp.astype("<i2").tobytes())

# NRRD
by_itk("nrrd", "int16_3d.nrrd", cube.astype("i2"), ".nrrd", spacing=(0.5, 0.75, 2))
by_itk("nrrd", "gzip_2d.nrrd", ramp.astype("u1"), ".nrrd", packed=True)
keep("nrrd", "text.nrrd", "NRRD0001\ntype: float\ndimension: 2\nsizes: 3 2\nspacings: 0.5 -1\naxis mins: 1 nan\n"
     "encoding: text\n\n1 2.5, 3\n4 5 nan\n")
keep("nrrd", "skip.nrrd", b"NRRD0004\n# remark\nkey:=value\ntype: ushort\ndimension: 2\nspace dimension: 2\n"
     b"space directions: (1,0) (0,2)\nspace origin: (3,4)\nkinds: domain domain\nsizes: 2 2\nendian: big\n"
     b"encoding: raw\nbyte skip: -1\nline skip: 1\n\nline\n\0\1\0\2\0\3\0\4")

# MetaImage
by_itk("metaimage", "int16_3d.mha", cube.astype("i2"), ".mha", spacing=(0.5, 0.75, 2))
by_itk("metaimage", "zlib_2d.mha", ramp.astype("f4"), ".mha", packed=True)
mha = "NDims = 2\nDimSize = 3 2\n%sElementType = %s\nElementDataFile = LOCAL\n"
keep("metaimage", "text.mha", mha % ("BinaryData = False\nPosition = 1 2\nRotation: 0.6 0.8 -0.8 0.6\n", "MET_DOUBLE") +
     "1 2.5, 3\n4 5 nan\n")
keep("metaimage", "last.mha", (mha % ("HeaderSize = -1\nElementByteOrderMSB = True\nElementSize = 0.5 -1\n", "MET_USHORT")).encode() +
     b"??\0\1\0\2\0\3\0\4\0\5\0\6")
keep("metaimage", "channels.mha", (mha % ("ElementNumberOfChannels = 2\n", "MET_UCHAR")).encode() + bytes(range(12)))

# masks of several channels
keep("nrrd", "list.seg.nrrd", b"NRRD0004\ntype: uchar\ndimension: 4\nspace: left-posterior-superior\nsizes: 2 3 2 1\n"
     b"space directions: none (1,0,0) (0,1,0) (0,0,2)\nkinds: list domain domain domain\nencoding: raw\n\n" + bytes(range(12)))
vector = struct.pack("<i36x8h12x3h2x8f3f", 348, 5, 3, 2, 1, 1, 2, 1, 1, 1007, 2, 8, *[1.0] * 8, 352, 1, 0)
keep("nifti", "vector.nii", vector.ljust(344, b"\0") + b"n+1\0" + b"\0\0\0\0" + bytes(range(12)))
out = io.BytesIO()
Image.fromarray(ramp.astype("u1"), "P").save(out, "png", transparency=b"\1\2\3")
keep("png", "palette.png", out.getvalue())

# PNG, JPEG, TIFF
for name, mode, pixels in (("grey8", "L", ramp.astype("u1")), ("grey16", "I;16", ramp.astype("u2")), ("grey1", "1", ramp > 5)):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png")
    keep("png", name + ".png", out.getvalue())
rgb = np.zeros((3, 4, 3), "u1")
for target, ending in (("png", "png"), ("jpeg", "jpeg"), ("tiff", "tiff")):
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, ending)
    keep(target, "colour." + ending, out.getvalue())
for name, more in (("baseline", {}), ("progressive", {"progressive": True, "dpi": (254, 127)})):
    out = io.BytesIO()
    Image.fromarray(np.kron(ramp, np.ones((4, 4))).astype("u1") * 20).save(out, "jpeg", quality=50, **more)
    keep("jpeg", name + ".jpg", out.getvalue())
for kind, pixels in (("u1", ramp.astype("u1")), ("u2", ramp.astype("u2")), ("f4", ramp.astype("f4"))):
    for packing in ("raw", "tiff_lzw", "tiff_deflate", "packbits"):
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "tiff", compression=packing, dpi=(254, 254))
        keep("tiff", "%s_%s.tif" % (kind, packing), out.getvalue())
tags = [(256, 3, 1, 16), (257, 3, 1, 16), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 0), (322, 3, 1, 16),
        (323, 3, 1, 16), (324, 4, 1, 8), (325, 4, 1, 256)]
keep("tiff", "tiled_big_endian.tif", struct.pack(">2sHI", b"MM", 42, 264) + bytes(range(256)) +
     struct.pack(">H", len(tags)) + b"".join(struct.pack(">HHIHxx" if t == 3 else ">HHII", a, t, n, v) for a, t, n, v in tags) +
     b"\0\0\0\0")


# DICOM
def dicom(name, syntax, photometric="MONOCHROME2", bits=16, high=11, frames=None, encapsulated=False, planar=None,
          cut=None):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "2.25.7"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1 if planar is None else 3, photometric
    if planar is not None:
        ds.PlanarConfiguration = planar
    if photometric == "PALETTE COLOR":
        for name_of, table in (("Red", ramp), ("Green", 11 - ramp), ("Blue", 20 * ramp)):
            setattr(ds, name_of + "PaletteColorLookupTableDescriptor", [12, 0, 16])
            setattr(ds, name_of + "PaletteColorLookupTableData", (table * 256).astype("<u2").tobytes())
    ds.Rows, ds.Columns = 3, 4
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, high + 1, high, 0
    ds.PixelSpacing = [0.5, 0.25]
    if photometric.startswith("MONO"):
        ds.RescaleSlope, ds.RescaleIntercept = 2, -10
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [1, 2, 3], [1, 0, 0, 0, 1, 0]
    if frames:
        ds.NumberOfFrames = frames
    big = syntax == "1.2.840.10008.1.2.2"
    raw = ramp.astype((">" if big else "<") + "u%d" % (bits // 8)).tobytes()
    if encapsulated:  # RLE: a header of 64 bytes, then the bytes of a plane as literal runs
        planes = [ramp.astype("u2") >> 8, ramp.astype("u2") & 255] if bits == 16 else [ramp]
        runs = [b"\x0b" + p.astype("u1").tobytes() + b"\x80" for p in planes]
        head = [len(runs), 64, 64 + len(runs[0])]
        raw = encapsulate([struct.pack("<16I", *(head + [0] * 13)) + b"".join(runs)])
    if planar is not None:  # in each pixel the ramp, the ramp downwards, and the ramp 20 times as steep
        colours = np.stack([ramp, 11 - ramp, 20 * ramp], 0 if planar else -1)
        raw = colours.astype("u1").tobytes()
    ds.PixelData = raw[:cut]
    ds["PixelData"].VR = "OW" if bits > 8 else "OB"
    ds["PixelData"].is_undefined_length = encapsulated
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True, implicit_vr=syntax == "1.2.840.10008.1.2",
               little_endian=not big)
    keep("dicom", name + ".dcm", out.getvalue())


dicom("implicit", "1.2.840.10008.1.2")
dicom("explicit", "1.2.840.10008.1.2.1", "MONOCHROME1")
dicom("big_endian", "1.2.840.10008.1.2.2")
dicom("big_endian32", "1.2.840.10008.1.2.2", bits=32, high=31)
dicom("deflated", "1.2.840.10008.1.2.1.99")
dicom("rle", "1.2.840.10008.1.2.5", encapsulated=True)
dicom("bits8", "1.2.840.10008.1.2.1", bits=8, high=7)
dicom("bits32", "1.2.840.10008.1.2.1", bits=32, high=31)
dicom("frames", "1.2.840.10008.1.2.1", frames=2)
dicom("rgb", "1.2.840.10008.1.2.1", "RGB", bits=8, high=7, planar=0)
dicom("rgb_planes", "1.2.840.10008.1.2.1", "RGB", bits=8, high=7, planar=1)
dicom("ybr", "1.2.840.10008.1.2.1", "YBR_FULL", bits=8, high=7, planar=0)
dicom("palette", "1.2.840.10008.1.2.1", "PALETTE COLOR", bits=8, high=7)
dicom("too_few_pixels", "1.2.840.10008.1.2.1", bits=8, high=7, cut=6)


# what dlrn-dicom answers (src/image/dicom_pipe.h)
def answer(name, problem=b"", size=(4, 3, 1, 1), bits=(16, 12, 11, 0), flags=(0, 0, 1, 1), kind="<u2"):
    raw = ramp.astype(kind).tobytes()
    keep("dicom_answer", name, struct.pack("<8s256s4q8i2d2d3d6dQ", b"dlrnDCM1", problem, *size, *bits, *flags, 2, -10, 0.5,
                                           0.25, 1, 2, 3, 1, 0, 0, 0, 1, 0, len(raw)) + raw)


answer("grey16")
answer("grey8_signed", bits=(8, 8, 7, 1), kind="i1")
answer("grey32", bits=(32, 32, 31, 1), kind="<i4")
answer("problem", b"its pixels cannot be decoded")
answer("colour", size=(4, 3, 1, 3), flags=(0, 1, 0, 0))
answer("rgb", size=(2, 2, 1, 3), bits=(8, 8, 7, 0), flags=(0, 1, 0, 0), kind="u1")
answer("frames", size=(4, 3, 2, 1))

# texts
keep("params", "example.yaml", "setting:\n  binWidth: 25\n  resampledPixelSpacing: [1, 1, 0] # remark\n  interpolator: 'sitkBSpline'\n"
     "  normalize: true\n  resegmentRange: [-3, 3]\n  weightingNorm:\n  label: 1\nimageType:\n  Original: {}\n  LoG:\n"
     "    sigma: [1.0, 2, 3.5]\n  Wavelet: {wavelet: bior1.3, level: 2, binWidth: 10}\nfeatureClass:\n  shape:\n"
     "  firstorder: ['Mean', Energy]\n  glcm:\n    - 'JointAverage'\n")
keep("params", "example.json", '{"setting": {"binCount": 32, "distances": [1, 2]}, "imageType": {"LBP2D": {"lbp2DMethod": "ror"}},'
     ' "featureClass": {"ngtdm": null}}')
keep("params", "empty", "")
keep("yaml", "all.yaml", "%YAML 1.1\n---\na: &x [1, 'two', \"three\\n\"]\n? b\n: *x\nc: {d: ~, e: !!str 5}\nf: |\n  text\n  more\ng: >-\n"
     "  folded\n...\n")
keep("csv", "comma.csv", "ID,Image,Mask\n1,a.png,\"b, \"\"c\"\".png\"\n2,NA,\"two\nlines\"\n")
keep("csv", "semicolon_bom.csv", "\ufeffa;b\r\n1,5;2\r\n;NaN\r\n")
keep("csv", "tab.csv", "x\ty\n1e-3\t-0.5\n")
keep("json", "all.json", '{"a": [1, -2.5e3, true, null, "\\u00e9\\n"], "b": {}}')
