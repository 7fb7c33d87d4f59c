# SPDX-License-Identifier: Apache-2.0
# Images that are damaged or of a kind that dlrn does not read: each is an error that says so, never
# a crash, a half-written table or a patient's name.
. "$(dirname "$0")/lib.sh"

odd() { expect "$DLRN_ODD_IMAGE" "$1" "$2"; }
# extract on $1 with the good mask fails with exit code 1, a message that begins with the path and
# holds $2, and no output
refused() {
    run extract "$1" mask.png -o out.csv
    expect_rc 1
    expect_err "dlrn extract: $1: "
    expect_err "$2"
    if grep -q MARKED .err; then wrong "a patient's name is in the message"; fi
    expect_no_file out.csv
    expect [ "$(find . -name 'out.csv*' | wc -l)" = 0 ]
    expect [ "$(wc -l <.err)" = 1 ]
}

case_ "the same radiograph as PNG, NIfTI and DICOM gives the same features"
for e in png nii.gz nrrd dcm; do
    odd grey "grey.$e"
    odd mask "mask.$e"
    run extract "grey.$e" "mask.$e" --setting binWidth=10 -f json -o "$e.json"
    expect_rc 0
    expect [ "$(grep -vc 'the class shape is for volumes' .err)" = 0 ]
    grep '"original_' "$e.json" >"$e.txt"
    expect_file "$e.txt"
    expect_same png.txt "$e.txt"
done

case_ "an oblique MetaImage volume gives the row of its NRRD"
space='space: left-posterior-superior\nspace directions: (0.3,0.4,0) (-0.2,0.15,0) (0,0,2)\nspace origin: (1,-2,3)'
for part in image mask; do
    printf 'NRRD0004\ntype: short\ndimension: 3\nsizes: 6 5 4\n%b\nencoding: ascii\n\n' "$space" >$part.nrrd
    printf '%s = %s\n' ObjectType Image NDims 3 BinaryData False TransformMatrix '0.6 0.8 0 -0.8 0.6 0 0 0 1' Offset '1 -2 3' \
        ElementSpacing '0.5 0.25 2' DimSize '6 5 4' ElementType MET_SHORT ElementDataFile LOCAL >$part.mha
done
awk 'BEGIN { for (k = 0; k < 120; k++) print (k * k) % 97 }' | tee -a image.nrrd >>image.mha
awk 'BEGIN { for (k = 0; k < 120; k++) print (k % 6 > 0 && k % 30 > 8) + 0 }' | tee -a mask.nrrd >>mask.mha
for e in nrrd mha; do
    run extract image.$e mask.$e -s 'resampledPixelSpacing=[0.3, 0.3, 1]' -o $e.csv
    expect_rc 0
    sed -i "s/\.$e\b//g" $e.csv
done
expect grep -q 'diagnostics_Image-interpolated_Spacing' mha.csv
expect_same nrrd.csv mha.csv

case_ "a DICOM file at which the decoder dies is an error that says so"
head -c 140 grey.dcm >deadly.dcm # GDCM as Debian builds it asserts that the head is whole
refused deadly.dcm "its decoder died"
expect_err "export it again"

case_ "broken JPEG and RLE pixels are refused"
odd dicom-jpeg jpeg.dcm
refused jpeg.dcm "DICOM"
odd dicom-rle rle.dcm
refused rle.dcm "DICOM"

case_ "a JPEG and a TIFF that hold nothing are refused as what they are"
printf '\377\330\377\340\000\020JFIF' >stub.jpg
refused stub.jpg "the JPEG file is damaged or cut off"
printf 'II*\000\010\000\000\000' >stub.tif
refused stub.tif "the TIFF file is damaged or cut off"

case_ "several frames and colours are refused with what to do"
odd dicom-frames frames.dcm
refused frames.dcm "a DICOM file of 2 frames; save the one frame"
odd dicom-colour colour.dcm
refused colour.dcm "convert it to grey"
odd png-colour colour.png
refused colour.png "a colour image"

case_ "cut-off files of every format are refused"
for e in png nii.gz nrrd dcm; do
    head -c $(($(wc -c <"grey.$e") * 2 / 3)) "grey.$e" >"cut.$e"
    refused "cut.$e" ""
done
odd grey grey.nii
head -c 500 grey.nii >cut.nii
refused cut.nii "cut off"
head -c 100 grey.nii >head.nii
refused head.nii "cut off"

case_ "an empty file, a text file and a folder are refused"
: >empty.png
refused empty.png "the file is empty"
echo "no image at all, only a text" >text.nii
refused text.nii "not an image that dlrn reads"
mkdir folder.dcm
refused folder.dcm ""

case_ "without its helper program DICOM is refused with the reason"
mkdir -p alone
cp "$dlrn" alone/dlrn
DLRN_MODULE_DIR=$PWD/alone alone/dlrn extract grey.dcm mask.dcm >.out 2>.err
rc=$?
expect_rc 1
expect_err "dlrn-dicom"
rm -rf alone

case_ "a mask of another size is refused with both sizes"
odd small-mask small.png
run extract grey.png small.png -o out.csv
expect_rc 1
expect_err "20x20"
expect_err "24x20"
expect_no_file out.csv

case_ "a mask whose channel is empty and a damaged mask are named"
run extract grey.png colour.png -o out.csv
expect_rc 1
expect_err "dlrn extract: grey.png, mask colour.png: the mask is empty"
run extract grey.png cut.png -o out.csv
expect_rc 1
expect_err "dlrn extract: cut.png: "
expect_no_file out.csv

case_ "in a batch a decoder that dies costs its own case only"
printf 'ID,Image,Mask\na,grey.dcm,mask.dcm\nb,deadly.dcm,mask.dcm\nc,grey.png,mask.png\n' >cases.csv
printf 'featureClass: {firstorder: }\n' >few.yaml
run extract --batch cases.csv -p few.yaml -o batch.csv -j 2 --keep-going
expect_rc 1
expect_err "deadly.dcm: its decoder died"
expect test "$(wc -l <batch.csv)" -ge 3

finish
