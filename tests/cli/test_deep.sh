# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

# An 80x60 grey PNG of a slope, and a mask with two labels.
expect python3 - <<'PY'
import struct, zlib
def png(name, w, h, f):
    raw = b"".join(b"\0" + bytes(f(x, y) for x in range(w)) for y in range(h))
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
label = lambda x, y: (1 if x < 40 else 2) if 20 <= y < 45 and (10 <= x < 35 or 45 <= x < 70) else 0
png("image.png", 80, 60, lambda x, y: (3 * x + y * y // 20) % 256)
png("mask.png", 80, 60, label)
png("small.png", 40, 60, label)
PY
run weights init w.safetensors
printf 'id,image,mask,mask_label\nA,image.png,mask.png,1\nB,image.png,mask.png,2\n' >cohort.csv
printf 'Image,Mask,Label\nimage.png,mask.png,2\n' >cases.csv

case_ "one image gives id, 2048 features and the label of made-up weights"
run deep image.png mask.png --weights w.safetensors --size 64 -o one.csv
expect_rc 0
expect_err "warning: w.safetensors: these weights are made up"
expect test "$(head -1 one.csv | tr ',' '\n' | grep -c '^deep_made_up_[0-9][0-9][0-9][0-9]$')" = 2048
expect test "$(head -1 one.csv | cut -d, -f 1,2,2049,2050)" = id,deep_made_up_0000,deep_made_up_2047,weights
expect test "$(sed -n 2p one.csv | cut -d, -f 1,2050)" = image,made_up

case_ "a batch gives a row each, the same for any number of threads"
run deep --batch cohort.csv --weights w.safetensors --size 64 --name x -o two.csv -j 1
expect_rc 0
expect test "$(wc -l <two.csv)" = 3
expect test "$(head -1 two.csv | cut -d, -f 2)" = deep_x_0000
run deep --batch cohort.csv --weights w.safetensors --size 64 --name x -o again.csv -j 3
expect_same two.csv again.csv

case_ "one case alone has the same numbers as in the batch"
expect test "$(sed -n 2p one.csv | cut -d, -f 2-)" = "$(sed -n 2p two.csv | cut -d, -f 2-)"
run deep --batch cases.csv --weights w.safetensors --size 64 --name x -o upper.csv
expect test "$(sed -n 2p upper.csv | cut -d, -f 2-)" = "$(sed -n 3p two.csv | cut -d, -f 2-)"

case_ "the ids are the table's, however their column is written"
sed '1s/id/ID/' cohort.csv >capital.csv
run deep --batch capital.csv --weights w.safetensors --size 64 --name x -o capital_out.csv
expect_same two.csv capital_out.csv

case_ "MONOCHROME1 as it is stored is a warning"
run phantom inverted --patients 8 --size 192 --format dicom --quiet
inverted=$(grep -al MONOCHROME1 inverted/images/*.dcm | head -n 1)
run deep "$inverted" "inverted/masks/$(basename "$inverted")" --weights w.safetensors --size 32 -o i.csv
expect_err "warning: 1 of 1 images are MONOCHROME1, in which bright means little, and are taken as"
run deep "$inverted" "inverted/masks/$(basename "$inverted")" --weights w.safetensors --size 32 -o i.csv --invert
expect_rc 0
expect [ "$(grep -c MONOCHROME1 .err)" = 0 ]

case_ "without the module the network runs in plain C, says so, and agrees"
mkdir -p empty
cp "$dlrn" empty/dlrn
DLRN_MODULE_DIR=$PWD/empty empty/dlrn deep image.png mask.png --weights w.safetensors --size 32 -o slow.csv 2>.err
rc=$?
expect_rc 0
expect_file slow.csv
[ -f "$(dirname "$dlrn")/dlrn-dnnl.so" ] && expect_err "plain C"
rm -rf empty

case_ "a mask of another size, an absent label and a missing file are named"
run deep image.png small.png --weights w.safetensors -o bad.csv
expect_rc 1
expect_err "small.png"
run deep image.png mask.png --label 7 --weights w.safetensors -o bad.csv
expect_rc 1
expect_err "mask.png"
expect_err "7"
run deep nowhere.png mask.png --weights w.safetensors -o bad.csv
expect_rc 1
expect_err "nowhere.png"
expect_no_file bad.csv

case_ "with --keep-going the failing case is left out"
printf 'id,image,mask\nA,image.png,mask.png\nB,nowhere.png,mask.png\n' >part.csv
run deep --batch part.csv --weights w.safetensors --size 32 --keep-going -o part_out.csv
expect_rc 1
expect_err "left out: part.csv, line 3: nowhere.png: there is no such file"
expect_err "1 of 2 cases failed; they have no rows"
expect test "$(wc -l <part_out.csv)" = 2
run deep --batch part.csv --weights w.safetensors --size 32 -o none.csv
expect_rc 1
expect_no_file none.csv

case_ "the table replaces nothing that is read"
cp part.csv kept.csv
run deep --batch part.csv --weights w.safetensors --size 32 -o part.csv
expect_rc 2
expect_err "the output would replace part.csv: choose another name"
expect_same part.csv kept.csv
run deep image.png mask.png --weights w.safetensors --size 32 -o w.safetensors
expect_rc 2
cp mask.png kept.png
run deep --batch part.csv --weights w.safetensors --size 32 -o mask.png
expect_rc 1
expect_err "part.csv, line "
expect_err "the output would replace a file of this case"
expect_same mask.png kept.png

case_ "weights that are no ResNet-50 are named"
printf '\101\000\000\000\000\000\000\000{"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     12345678' >p.safetensors
run deep image.png mask.png --weights p.safetensors
expect_rc 1
expect_err "p.safetensors: tensor 'conv1.weight' is missing"

case_ "wrong usage is told apart"
run deep image.png mask.png
expect_rc 2
expect_err "--weights"
run deep image.png --weights w.safetensors
expect_rc 2
run deep image.png mask.png --weights w.safetensors --size 8
expect_rc 2
run deep image.png mask.png --weights w.safetensors --keep-going
expect_rc 2
expect_err "--keep-going belongs to --batch"
run deep image.png mask.png --weights w.safetensors --normalise imagnet
expect_rc 2
expect_err "imagenet, minus1_1, caffe or none"
rm -f w.safetensors

finish
