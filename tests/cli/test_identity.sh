# SPDX-License-Identifier: Apache-2.0
# Who a radiograph shows is nobody's business: the phantom writes PHANTOM^MARKED and MARKED-ID into
# every DICOM file, and no command may let either out.
. "$(dirname "$0")/lib.sh"

# Neither the last command's words nor any file made here, packed or not, holds the mark.
expect_unmarked() {
    if cat .out .err | grep -aq MARKED; then wrong "stdout or stderr holds the patient's mark"; fi
    for f; do
        [ -e "$f" ] || wrong "$f is missing"
        if grep -raqF MARKED "$f"; then wrong "$f holds the patient's mark"; fi
    done
}

run phantom marked --format dicom --patients 60 --size 192 --seed 2
printf 'setting: {minimumROIDimensions: 1, binWidth: 200}\nfeatureClass: {firstorder: }\n' >few.yaml

case_ "every DICOM file of the phantom bears the mark, and its tables do not"
expect_rc 0
for f in marked/images/*.dcm marked/masks/*.dcm; do
    grep -aq 'PHANTOM^MARKED' "$f" || wrong "$f has no PatientName"
    grep -aq 'MARKED-ID' "$f" || wrong "$f has no PatientID"
done
expect_unmarked marked/cohort.csv marked/truth.csv marked/study.yaml marked/phantom.json
expect [ "$(grep -al MONOCHROME1 marked/images/*.dcm | wc -l)" -gt 0 ]
expect [ "$(grep -al MONOCHROME1 marked/masks/*.dcm | wc -l)" = 0 ]

case_ "check and extract do not tell it"
run check marked/study.yaml
expect_rc 0
expect_unmarked
run extract marked/images/p00001.dcm marked/masks/p00001.dcm -p few.yaml -f json -o one.json --verbose
expect_rc 0
expect_unmarked one.json
head -9 marked/cohort.csv >marked/some.csv
run extract --batch marked/some.csv -p few.yaml -o batch.csv --reasons why.csv --verbose
expect_rc 0
expect_unmarked batch.csv why.csv

case_ "deep features do not tell it"
run weights init w.safetensors
run deep marked/images/p00001.dcm marked/masks/p00001.dcm --weights w.safetensors --size 32 -o deep.csv
expect_rc 0
expect_unmarked deep.csv
rm -f w.safetensors

case_ "errors about damaged and wrong files do not tell it"
head -c 2000 marked/images/p00002.dcm >cut.dcm
for args in "cut.dcm marked/masks/p00002.dcm" "marked/images/p00002.dcm cut.dcm" \
    "marked/images/p00002.dcm marked/masks/p00002.dcm --label 9"; do
    run extract $args -p few.yaml --verbose
    expect_rc 1
    expect_unmarked
done

case_ "a study's tables, figures, report, model and journal do not tell it"
sed 's/xray_2d/..\/few.yaml/; s/learners: .*/learners: [lr]/' marked/study.yaml >marked/small.yaml
printf 'image: {spacing: 0}\nstatistics: {bootstrap: 20}\n' >>marked/small.yaml
run study marked/small.yaml -o out --verbose
expect_rc 0
expect_file out/report.html
expect_file out/model.dlrn
expect_unmarked out
mkdir -p unpacked
expect python3 -m zipfile -e out/model.dlrn unpacked
expect_unmarked unpacked

case_ "predict does not tell it"
run predict out/model.dlrn --image marked/images/p00003.dcm --mask marked/masks/p00003.dcm \
    --set age=70 --set sex=female --set vas=5 --explain --verbose
expect_rc 0
expect_unmarked
run predict out/model.dlrn --batch marked/some.csv -o predicted.csv
expect_rc 0
expect_unmarked predicted.csv

finish
