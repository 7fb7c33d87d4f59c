# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

run phantom p --patients 24 --size 192 --quiet
first=$(sed -n 2p p/cohort.csv)
id=$(echo "$first" | cut -d, -f1)
cat >p/small.yaml <<'YAML'
cohort: cohort.csv
outcome: {column: acute}
YAML
image_of() { sed -n "$1p" p/cohort.csv | cut -d, -f5; }

case_ "a sound study has no errors"
run check p/small.yaml
expect_rc 0
expect_out "0 errors"

case_ "the sheet shows every outline by cohort"
run check p/small.yaml --sheet qc.html
expect_rc 0
expect_file qc.html
expect grep -qF "$id" qc.html
expect grep -qF "external" qc.html

case_ "a table alone can be checked"
run check p/cohort.csv
expect_rc 0

case_ "findings as JSON"
run check p/small.yaml --json
expect_rc 0
expect_out '"findings"'

case_ "images with and without a pixel spacing are never mixed, whatever the settings"
run phantom png --patients 24 --size 192 --format png --quiet
cp -r p mixed
cp png/images/*.png mixed/images/
sed '2,4s/\(images[^,]*\)\.nii\.gz/\1.png/' p/cohort.csv >mixed/cohort.csv
for spacing in 0 0.2; do
    { cat p/small.yaml && echo "image: {spacing: $spacing}"; } >mixed/small.yaml
    run check mixed/small.yaml
    expect_rc 1
    expect_out "3 images have no pixel spacing (first: id $id) and "
    expect_out "their features cannot be compared; give all of them files with a spacing"
done

case_ "a mask that differs in its spacing alone is refused with the setting that passes over it"
cp -r p spaced
mask=spaced/$(sed -n 2p p/cohort.csv | cut -d, -f6)
gzip -dc "$mask" >spaced.nii
printf '\000\000\200\077\000\000\200\077' | dd of=spaced.nii bs=1 seek=80 conv=notrunc 2>dd.log # 1 mm
printf '\000\000\000\000' | dd of=spaced.nii bs=1 seek=252 conv=notrunc 2>dd.log # no qform, no sform
gzip -c spaced.nii >"$mask"
run check spaced/small.yaml
expect_rc 1
expect_out "differ in pixel spacing"
expect_out "; image: {geometry: pixels} in the study file compares numbers of pixels alone"
echo 'image: {geometry: pixels}' >>spaced/small.yaml
run check spaced/small.yaml
expect_rc 0

case_ "the same image in two cohorts is found, whatever its file is called"
cp -r p q
last=$(wc -l <p/cohort.csv)
cp "p/$(image_of 2)" "q/$(image_of "$last")"
run check q/small.yaml
expect_rc 1
expect_out "show the same image"

case_ "an image that cannot be read is named with its id"
echo broken >"q/$(image_of 2)"
run check q/small.yaml
expect_rc 1
expect_out "error: id $id"

case_ "a study that fails its check leaves no folder behind, and one that was there as it was"
run study q/small.yaml -o none
expect_rc 1
expect_err "id $id"
expect_no_file none
mkdir mine
run study q/small.yaml -o mine
expect_rc 1
expect [ -d mine ]
expect [ -z "$(ls -A mine)" ]
run study p/small.yaml -o kept --until check --quiet
expect_rc 0
expect_file kept/provenance.json
run study q/small.yaml -o kept
expect_rc 1
expect_file kept/provenance.json

finish
