# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

# every file of folder $1 is the same in folder $2
expect_same_tree() { expect diff -r "$1" "$2"; }

case_ "a phantom is a whole study"
run phantom a --patients 8 --size 192 --seed 3 -j 1
expect_rc 0
for f in cohort.csv truth.csv study.yaml phantom.json images/p00001.nii.gz masks/p00008.nii.gz \
    masks/p00008_reader2.nii.gz; do
    expect_file "a/$f"
done
expect [ "$(ls a/images | wc -l)" = 8 ]
expect [ "$(ls a/masks | wc -l)" = 16 ]
expect_no_file a.part

case_ "two threads give the same bytes as one"
run phantom b --patients 8 --size 192 --seed 3 -j 2
expect_rc 0
expect_same_tree a b

case_ "another seed gives other pictures"
run phantom c --patients 8 --size 192 --seed 4
expect_rc 0
if cmp -s a/images/p00001.nii.gz c/images/p00001.nii.gz; then wrong "seeds 3 and 4 agree"; fi

case_ "check finds no error in its study"
run check a/study.yaml
expect_rc 0
expect_out "0 errors"

case_ "check finds no error in a PNG and a DICOM study either"
for f in png dicom; do
    run phantom $f --patients 8 --size 192 --seed 3 --format $f
    expect_rc 0
    run check $f/study.yaml
    expect_rc 0
    expect_out "0 errors"
done
expect_file png/images/p00001.png
expect_file dicom/images/p00001.dcm

case_ "cohorts, labels and truth belong together"
expect [ "$(wc -l <a/cohort.csv)" = "$(wc -l <a/truth.csv)" ]
expect [ "$(cut -d, -f 1 a/cohort.csv)" = "$(cut -d, -f 1 a/truth.csv)" ]
expect [ "$(cut -d, -f 9 a/cohort.csv)" = "$(cut -d, -f 2 a/truth.csv)" ]
for c in training internal external prospective; do
    expect grep -q ",$c," a/cohort.csv
done

case_ "the published sizes come out, without drawing a radiograph twice"
run phantom demo --patients 105 --size 192
expect_rc 0
expect [ "$(wc -l <demo/cohort.csv)" = 121 ]

case_ "--null says in its study that there is nothing to find"
run phantom none --patients 8 --size 192 --null
expect_rc 0
expect grep -q "no signal" none/study.yaml
expect grep -q '"null": true' none/phantom.json

case_ "a phantom of our own is replaced, a stranger's folder is left alone"
run phantom c --patients 8 --size 192 --seed 3
expect_rc 0
expect_same_tree a c
mkdir thesis
echo words >thesis/chapter1.txt
run phantom thesis --patients 8 --size 192
expect_rc 1
expect_err "thesis: is there already and was not made by dlrn phantom; choose another folder"
expect [ "$(ls thesis)" = chapter1.txt ]
expect_no_file thesis.part

case_ "a phantom with a study of it inside is not replaced, nor a folder under its temporary name"
cp -r c studied
mkdir studied/study_out
echo hours >studied/study_out/report.html
run phantom studied --patients 8 --size 192
expect_rc 1
expect_err "studied: is there already and holds study_out, which is no part of a phantom; move it away"
expect [ "$(cat studied/study_out/report.html)" = hours ]
mkdir new.part
echo words >new.part/notes.txt
run phantom new --patients 8 --size 192
expect_rc 1
expect_err "new.part: is there already and holds notes.txt"
expect_file new.part/notes.txt

case_ "options out of range are refused and nothing is written"
run phantom x --patients 3
expect_rc 1
expect_err "8 to 100000 patients, not 3"
run phantom x --size 100
expect_rc 1
expect_err "192 to 2048 pixels wide, not 100"
run phantom x --format tiff
expect_rc 2
expect_err "--format is nifti, png or dicom, not 'tiff'"
run phantom x --preset zhang
expect_rc 2
run phantom x --preset zhang2024 --patients 20
expect_rc 2
run phantom
expect_rc 2
expect_no_file x

finish
