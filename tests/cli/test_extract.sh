# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
g=$DLRN_TEST_GOLDEN/pyradiomics
i=$g/case000_image.nii.gz
m=$g/case000_mask.nii.gz
p=$g/case000.json

case_ "one case as csv has a header and a row"
run extract "$i" "$m" -p "$p"
expect_rc 0
expect_out "original_glcm_Contrast"
expect test "$(wc -l <.out)" = 2

case_ "json holds the same names, txt numbers its case"
run extract "$i" "$m" -p "$p" -f json -o one.json
expect_rc 0
expect grep -q '"original_ngtdm_Strength"' one.json
run extract "$i" "$m" -p "$p" -f txt
expect_out "Case-1_original_firstorder_Mean: "

case_ "a missing file is named"
run extract nothere.nii.gz "$m"
expect_rc 1
expect_err "nothere.nii.gz"

case_ "an absent label is named, and no file is written"
run extract "$i" "$m" -p "$p" --label 77 -o gone.csv
expect_rc 1
expect_err "77"
expect_no_file gone.csv

case_ "a mask of another size is refused with both sizes"
run extract "$i" "$g/case001_mask.nii.gz" -p "$p"
expect_rc 1
expect_err "mask"

case_ "an unknown setting gets a suggestion"
run extract "$i" "$m" --setting binWith=3
expect_rc 1
expect_err "did you mean 'binWidth'?"

case_ "a parameter file with an unknown key names its line"
printf 'setting:\n  binWidth: 5\n  binCont: 3\n' >bad.yaml
run extract "$i" "$m" -p bad.yaml
expect_rc 1
expect_err "bad.yaml, line 3"

case_ "wrong usage is exit code 2"
run extract "$i"
expect_rc 2
run extract "$i" "$m" -f xml
expect_rc 2
run extract --batch cases.csv
expect_rc 2

case_ "a batch gives the same bytes for any number of threads"
{
    echo "ID,Image,Mask,Label"
    for k in 000 001 002 003 004 005; do
        label=$(sed 's/.*"label": \([0-9]*\).*/\1/' "$g/case$k.json")
        echo "c$k,$g/case${k}_image.nii.gz,$g/case${k}_mask.nii.gz,$label"
    done
} >cases.csv
printf 'setting: {minimumROIDimensions: 1}\nfeatureClass: {firstorder: , glcm: }\n' >few.yaml
run extract --batch cases.csv -p few.yaml -o one.csv -j 1
expect_rc 0
run extract --batch cases.csv -p few.yaml -o three.csv -j 3
expect_rc 0
expect_same one.csv three.csv
expect_no_file one.csv.journal
expect test "$(wc -l <one.csv)" = 7

case_ "a case that fails stops the batch, and the next run goes on from there"
{
    cat cases.csv
    echo "bad,gone.nii.gz,gone.nii.gz,1"
} >more.csv
run extract --batch more.csv -p few.yaml -o more_out.csv -j 1
expect_rc 1
expect_err "more.csv, line 8"
expect_no_file more_out.csv
expect_file more_out.csv.journal
run extract --batch more.csv -p few.yaml -o more_out.csv -j 1 --keep-going --reasons why.csv
expect_rc 1
expect_err "6 of 7 cases were done earlier"
expect_err "1 of 7 cases failed"
expect_file more_out.csv
expect grep -q "gone.nii.gz,all," why.csv
head -7 more_out.csv | cmp -s - one.csv || wrong "resumed values differ"

case_ "features lists the catalogue and explains one column"
run features
expect_rc 0
expect_out "MaximumProbability"
run features original_glcm_Imc2
expect_rc 0
expect_out "JN9H"
run features Contrat
expect_rc 1
expect_err "did you mean 'Contrast'?"

finish
