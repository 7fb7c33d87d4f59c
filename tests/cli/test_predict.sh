# SPDX-License-Identifier: Apache-2.0
# A model of images: what the study said of a vertebra, predict says again, bit for bit.
. "$(dirname "$0")/lib.sh"

# Radiomics of few classes and one learner: the way is that of a large study, the time is not.
run phantom s --patients 40 --size 192 --seed 3 --quiet
printf 'imageType: {Original: {}}\nfeatureClass: {firstorder: , glcm: , shape2D: }\n' >s/params.yaml
printf 'setting: {binWidth: 25}\n' >>s/params.yaml
sed -i 's/^radiomics:.*/radiomics: {params: params.yaml}/; s/^learners:.*/learners: [lr]/' s/study.yaml
run study s/study.yaml -o out --quiet

case_ "the study of a small phantom has a nomogram and its model"
expect_rc 0
expect_file out/model.dlrn
expect_file out/figures/nomogram.svg

# The value of column $2 in the row of id $1 of the table $3.
value() {
    awk -F, -v id="$1" -v name="$2" '
        FNR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
        $1 == id { print $at }' "$3"
}
tested=$(awk -F, 'NR > 1 && $4 != "training" { print $1 }' s/cohort.csv)

case_ "predict --batch gives every test row the study's probability, digit for digit"
run predict out/model.dlrn --batch s/cohort.csv -o batch.csv
expect_rc 0
expect [ "$(wc -l <batch.csv)" = "$(wc -l <s/cohort.csv)" ]
expect [ -n "$tested" ]
for id in $tested; do
    want=$(value "$id" dlrn out/predictions.csv)
    got=$(value "$id" probability batch.csv)
    [ -n "$want" ] && [ "$want" = "$got" ] || wrong "$id: the study says '$want', predict '$got'"
done

case_ "one image with its clinical values gives the same probability as its row"
id=$(echo "$tested" | head -1)
image=$(value "$id" image s/cohort.csv)
mask=$(value "$id" mask s/cohort.csv)
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --json \
    --label "$(value "$id" mask_label s/cohort.csv)" --set "age=$(value "$id" age s/cohort.csv)" \
    --set "sex=$(value "$id" sex s/cohort.csv)" --set "vas=$(value "$id" vas s/cohort.csv)"
expect_rc 0
expect_out "\"probability\": $(value "$id" dlrn out/predictions.csv),"

case_ "two threads give the same bytes"
run predict out/model.dlrn --batch s/cohort.csv -o two.csv -j 2
expect_same batch.csv two.csv

case_ "a value that is not given is imputed, and the answer says so"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set age=70
expect_rc 0
expect_out "vas is missing: the training median stands in"
expect_out "not a medical device"
median=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["cohort"] == "training" && $at["vas"] != "" { print $at["vas"] }' s/cohort.csv | sort -n |
    awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }')
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set age=70 --explain
expect grep -qE "^vas +$median .* imputed$" .out
expect grep -qE "^age +70 .*[0-9]$" .out

case_ "a batch says the same in a column, and as JSON gives a list"
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { $at["vas"] = 99; $at["age"] = "" } NR < 4' \
    s/cohort.csv >s/noted.csv
run predict out/model.dlrn --batch s/noted.csv
expect_rc 0
expect_out ",age is missing: the training median stands in; vas: 99 is outside the training range"
expect [ "$(head -n 1 .out)" = id,probability,positive,points,signature,notes ]
run predict out/model.dlrn --batch s/noted.csv --json -o noted.json
expect_rc 0
expect [ "$(grep -c '"outcome": ' noted.json)" = 2 ]
expect [ "$(head -n 1 noted.json)" = "[" ]
expect grep -qF "\"id\": \"$(sed -n 2p s/noted.csv | cut -d, -f1)\"" noted.json
run predict out/model.dlrn --batch s/noted.csv --explain
expect_rc 2
expect_err "--explain is for one case; --batch with --json gives each its terms"

case_ "a batch takes the side from the table's column where the study turned its images"
sed '1s/$/,side/; 2,$s/$/,left/; 3~2s/left$/right/' s/cohort.csv >s/sided.csv
sed 's/^cohort: .*/cohort: sided.csv/; $a\image: {facing: {column: side, to: left}}' s/study.yaml >s/sided.yaml
run study s/sided.yaml -o sided --quiet
expect_rc 0
run predict sided/model.dlrn --batch s/sided.csv -o sided.csv
expect_rc 0
for id in $tested; do
    [ "$(value "$id" dlrn sided/predictions.csv)" = "$(value "$id" probability sided.csv)" ] || wrong "$id differs"
done
run predict sided/model.dlrn --batch s/cohort.csv
expect_rc 1
expect_err "s/cohort.csv: there is no column 'side'"

case_ "a value outside the training range is said"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set vas=99
expect_rc 0
expect_out "vas: 99 is outside the training range"

case_ "a mistyped term, text for a number and a missing equals sign are refused"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set agee=70
expect_rc 1
expect_err "this model has no term 'agee'; did you mean 'age'?"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set height=170
expect_rc 1
expect_err "this model has no term 'height'; it has age, sex, vas"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set age=old
expect_rc 1
expect_err "age: 'old' is not a number"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --set age
expect_rc 1
expect_err "--set age: expected NAME=VALUE"

case_ "an image without its mask and an absent label are refused"
run predict out/model.dlrn --image "s/$image" -o one.txt
expect_rc 1
expect_err "needs an image and its mask: --image FILE --mask FILE, or"
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --label 9 -o one.txt
expect_rc 1
expect_err "the mask has no label 9; its only label is 1"
expect_no_file one.txt

case_ "an image whose pixels have no size is refused by a model that works in mm"
run phantom png --patients 8 --size 192 --seed 3 --format png --quiet
png=$(sed -n 2p png/cohort.csv | cut -d, -f5)
run predict out/model.dlrn --image "png/$png" --mask "png/masks/${png#images/}" --set age=70
expect_rc 1
expect_err "png/$png: the image has no pixel spacing, so it cannot be brought to the 0.2 mm of this model"

case_ "a table without a term's column is refused before anything is written"
run predict out/model.dlrn --batch s/truth.csv -o gone.csv
expect_rc 1
expect_err "truth.csv: there is no column 'age'"
expect_no_file gone.csv

case_ "a row whose image is missing is named with its line"
sed '3s/images\//images\/no_/' s/cohort.csv >s/broken.csv
run predict out/model.dlrn --batch s/broken.csv -o gone.csv
expect_rc 1
expect_err "broken.csv, line 3: "
expect_no_file gone.csv

case_ "with --keep-going it leaves an empty row, and the others are predicted"
run predict out/model.dlrn --batch s/broken.csv -o going.csv --keep-going
expect_rc 1
expect_err "broken.csv, line 3: "
expect_err "1 of $(($(wc -l <s/broken.csv) - 1)) cases failed; their rows have no values"
awk -F, 'NR == 3 { print $1 ",,,,,"; next } { print }' batch.csv >want.csv
expect_same want.csv going.csv
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" --keep-going
expect_rc 2
expect_err "--keep-going belongs to --batch"

case_ "an answer replaces nothing that is read, and where it cannot be written is said before the first case"
cp s/cohort.csv kept.csv
run predict out/model.dlrn --batch s/cohort.csv -o s/cohort.csv
expect_rc 2
expect_err "the output would replace s/cohort.csv: choose another name"
expect_same s/cohort.csv kept.csv
cp "s/$mask" kept.mask
run predict out/model.dlrn --image "s/$image" --mask "s/$mask" -o "s/$mask"
expect_rc 2
run predict out/model.dlrn --batch s/cohort.csv -o "s/$mask"
expect_rc 1
expect_err "the output would replace a file of this case"
expect_same "s/$mask" kept.mask
sed '2s/images\//images\/no_/' s/cohort.csv >s/first.csv
run predict out/model.dlrn --batch s/first.csv -o no/such.csv
expect_rc 1
expect_err "no/such.csv: there is no folder no: make it first"
rm s/first.csv

case_ "a file that is no model is refused"
run predict s/cohort.csv --set age=70
expect_rc 1
expect_err "s/cohort.csv: is no zip file, or it is cut off; expected a model.dlrn, as dlrn study writes it"

case_ "an image that changed under the same name is computed again"
one=$(echo "$tested" | head -1)
other=$(echo "$tested" | sed -n 2p) # of the same cohort: between cohorts check would find the leak
before=$(value "$one" original_firstorder_Mean out/features/radiomics.csv)
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) print i }' s/cohort.csv; }
file_of() { awk -F, -v id="$1" -v at="$(column "$2")" '$1 == id { print $at }' s/cohort.csv; }
for c in image mask mask2; do
    cp "s/$(file_of "$other" $c)" "s/$(file_of "$one" $c)"
done
run study s/study.yaml -o out --until radiomics --quiet
expect [ "$(value "$one" original_firstorder_Mean out/features/radiomics.csv)" != "$before" ]

finish
