# SPDX-License-Identifier: Apache-2.0
# A study in which one case is wrong: the message says which row or file, what was found and what to
# do; nothing is written. (test_study.sh has the tables, test_images.sh the formats.)
. "$(dirname "$0")/lib.sh"

run phantom s --patients 40 --size 192 --seed 3 --quiet
line=4
row=$(sed -n ${line}p s/cohort.csv)
id=$(echo "$row" | cut -d, -f1)
image=$(echo "$row" | cut -d, -f5)
mask=$(echo "$row" | cut -d, -f6)
gunzip -c "s/$mask" >whole.nii
pixels=$(($(wc -c <whole.nii) - 352))

# the study again, with column $1 of its fourth line set to $2
spoil() {
    cp s/cohort.csv .good
    awk -F, -v OFS=, -v line="$line" -v c="$1" -v v="$2" 'NR == line { $c = v } { print }' \
        .good >s/cohort.csv
}
mend() { cp .good s/cohort.csv; }
# Beside the mark of an output folder there is nothing, not even a temporary file.
expect_nothing_written() {
    expect [ -z "$(find out -type f ! -name .dlrn-output 2>/dev/null)" ]
    expect [ -z "$(find . -name '*.tmp*')" ]
    rm -rf out
}
# study and check both say $1 and $2, and nothing is written
refused() {
    run study s/study.yaml -o out
    expect_rc 1
    expect_err "$1"
    expect_err "$2"
    expect [ "$(grep -vc warning: .err)" -le 3 ]
    expect_nothing_written
    run check s/study.yaml
    expect_rc 1
    expect_out "$2"
    mend
}

case_ "a missing image is named with its line"
spoil 5 images/nothere.nii.gz
refused "s/cohort.csv, line 4, column image" "there is no file s/images/nothere.nii.gz"

case_ "a missing mask is named with its line"
spoil 6 masks/nothere.nii.gz
refused "s/cohort.csv, line 4, column mask" "there is no file s/masks/nothere.nii.gz"

case_ "a row without a path is named"
spoil 5 ""
refused "s/cohort.csv, line 4, column image" "the path is missing"

case_ "a NIfTI file that was cut off is named with its case"
head -c 3000 "s/$image" >s/cut.nii.gz
spoil 5 cut.nii.gz
refused "id $id: s/cut.nii.gz: " "damaged or cut off"

case_ "an empty mask is refused"
{
    head -c 352 whole.nii
    head -c "$pixels" /dev/zero
} >s/empty.nii
spoil 6 empty.nii
refused "id $id: s/empty.nii: " "the mask is empty"
run extract "s/$image" s/empty.nii -o x.csv
expect_rc 1
expect_err "s/empty.nii: the mask is empty"
expect_no_file x.csv

case_ "an outline of one pixel is refused"
{
    head -c 352 whole.nii
    head -c $((pixels / 2)) /dev/zero
    printf '\001'
    head -c $((pixels - pixels / 2 - 1)) /dev/zero
} >s/one.nii
spoil 6 one.nii
refused "id $id: s/one.nii: " "the outline holds only 1 pixel;"
run extract "s/$image" s/one.nii -o x.csv
expect_rc 1
expect_err "one.nii: the region is a single voxel"
expect_no_file x.csv

case_ "a mask of another size is refused with both sizes"
run phantom other --patients 40 --size 256 --seed 3 --quiet
cp "other/$mask" s/large.nii.gz
spoil 6 large.nii.gz
refused "id $id: s/large.nii.gz" "192x"

case_ "a label that the mask does not have is refused with those it has"
spoil 7 7
refused "id $id: s/$mask: " "the mask has no label 7; its only label is 1"

case_ "a label that is no number is named with its line"
spoil 7 x
refused "s/cohort.csv, line 4" "'x' is neither a number nor missing"

case_ "a third value of the outcome is named with its line"
spoil 9 2
refused "s/cohort.csv, line 4, column acute" "'2' is a third value"

case_ "a word in a column of numbers is named with what to do"
spoil 10 old
run study s/study.yaml -o out
expect_rc 1
expect_err "line 4: column 'age': 'old' is not a number; correct it, leave it empty"
expect_nothing_written
mend

case_ "a batch of features stops at its wrong case and leaves no table"
printf 'ID,Image,Mask\na,%s,%s\nb,%s,one.nii\n' "$image" "$mask" "$image" >s/cases.csv
printf 'featureClass: {firstorder: }\n' >few.yaml
run extract --batch s/cases.csv -p few.yaml -o x.csv
expect_rc 1
expect_err "s/cases.csv, line 3"
expect_no_file x.csv

finish
