# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/study_tables.sh"

make_tables s

# A copy of the tables in which one thing is wrong.
spoil() {
    rm -rf t
    cp -r s t
    rm -rf t/study_out
}
expect_nothing_written() { expect_no_file t/study_out; }

case_ "a study of tables runs from start to report"
run study s/study.yaml -j 1
expect_rc 0
expect_out "report: s/study_out/report.html"
for f in report.html results.json provenance.json predictions.csv predictions_learners.csv \
    model.dlrn tables/performance.csv tables/comparisons.csv tables/baseline.csv \
    features/radiomics.csv features/deep_net.csv features/dropped.csv; do
    expect_file "s/study_out/$f"
done

case_ "two threads and a second run give the same results byte for byte"
run study s/study.yaml -j 2 -o again
expect_rc 0
for f in results.json predictions.csv model.dlrn report.html; do
    expect_same "s/study_out/$f" "again/$f"
done

case_ "labels outside the training rows change nothing in the model"
spoil
awk -F, -v OFS=, 'NR > 1 && $4 != "training" { $5 = 1 - $5 } { print }' s/cohort.csv >t/cohort.csv
run study t/study.yaml -j 2
expect_rc 0
expect_same s/study_out/model.dlrn t/study_out/model.dlrn

case_ "columns of the cohort in a table of features are none, least of all the outcome"
spoil
cut -d, -f4- s/cohort.csv >t/rest.csv
paste -d, s/radiomics.csv t/rest.csv >t/radiomics.csv
run study t/study.yaml -j 2
expect_rc 0
expect_same s/study_out/features/radiomics.csv t/study_out/features/radiomics.csv
expect grep -q '^radiomics,acute,it is a column of the cohort table' t/study_out/features/dropped.csv
run init t/cohort.csv --features t/cohort.csv -o t/own.yaml
run study t/own.yaml
expect_rc 1
expect_err "holds no column of numbers beside the id and those of the cohort table"

case_ "results.json has the keys of its schema"
for k in '"schema": "dlrn-results/1"' '"performance"' '"comparisons"' '"nomogram"' '"selection"' \
    '"chosen"' '"subgroups"' '"warnings"' '"training_cv"' '"training_fit"' '"net_benefit"'; do
    expect grep -qF "$k" s/study_out/results.json
done

case_ "--until stops early and writes no results"
run study s/study.yaml -o early --until fuse
expect_rc 0
expect_file early/features/radiomics.csv
expect_no_file early/results.json

case_ "a mistyped step gets a suggestion"
run study s/study.yaml --until trian
expect_rc 1
expect_err "did you mean 'train'?"

case_ "a dry run writes nothing"
run study s/study.yaml -o dry --dry-run
expect_rc 0
expect_out "160 rows, 100 of them for training"
expect_no_file dry

case_ "a folder that is not ours is never written into"
mkdir other
echo mine >other/notes.txt
run study s/study.yaml -o other
expect_rc 1
expect_err "is not an output folder"
expect [ "$(ls other)" = notes.txt ]

case_ "a missing study file is named"
run study nowhere.yaml
expect_rc 1
expect_err "nowhere.yaml: there is no such file"

case_ "an unknown key is named with its line and the nearest key"
spoil
echo 'learner: [lr]' >>t/study.yaml
run study t/study.yaml
expect_rc 1
expect_err "t/study.yaml, line 14: unknown key 'learner'; did you mean 'learners'?"
expect_nothing_written

case_ "a duplicate id is named with its line"
spoil
sed -i 's/^v003,/v002,/' t/cohort.csv
run study t/study.yaml
expect_rc 1
expect_err "line 4, column id: the same id as in line 3 (duplicate id)"
expect_nothing_written

case_ "one patient in two cohorts is refused"
spoil
sed -i 's/^v101,P101,/v101,P001,/; s/^v001,P1,/v001,P001,/' t/cohort.csv
run study t/study.yaml
expect_rc 1
expect_err "cohort"
expect_nothing_written

case_ "a training cohort of one class is refused"
spoil
awk -F, -v OFS=, 'NR > 1 && $4 == "training" { $5 = 1 } { print }' s/cohort.csv >t/cohort.csv
run study t/study.yaml
expect_rc 1
expect_err "training"
expect_nothing_written

case_ "a missing outcome is named with its line"
spoil
awk -F, -v OFS=, 'NR == 5 { $5 = "" } { print }' s/cohort.csv >t/cohort.csv
run study t/study.yaml
expect_rc 1
expect_err "line 5"
expect_nothing_written

case_ "a missing column is named with the nearest one"
spoil
sed -i 's/column: acute/column: acut/' t/study.yaml
run study t/study.yaml
expect_rc 1
expect_err "acut"
expect_nothing_written

case_ "an id without features is named"
spoil
sed -i '/^v007,/d' t/radiomics.csv
run study t/study.yaml
expect_rc 1
expect_err "radiomics.csv: no row with id 'v007'"
expect_nothing_written

case_ "predict refuses a model trained on tables when it is asked about an image"
run predict s/study_out/model.dlrn --image x.png --mask y.png
expect_rc 1
expect_err "feature table that was computed elsewhere"

case_ "a damaged model is refused"
head -c 2000 s/study_out/model.dlrn >cut.dlrn
run predict cut.dlrn --set age=70
expect_rc 1
expect_err "cut.dlrn: is no zip file, or it is cut off"

case_ "features in the cohort's table are no clinical candidates, and serve as features where it is asked"
awk -F, -v OFS=, 'NR == 1 { print $0, "original_glcm_Contrast", "diagnostics_Size"; next }
    { print $0, NR % 7, 3 }' s/cohort.csv >s/wide.csv
run init s/wide.csv --features s/wide.csv -o s/wide.yaml
expect_rc 0
expect_err "clinical: 2 columns of features ('original_glcm_Contrast', ...) left out"
expect grep -q '^  - vas$' s/wide.yaml
expect test -z "$(grep '^  - .*glcm' s/wide.yaml)"
run study s/wide.yaml --until fuse -o s/wide
expect_rc 0
expect [ "$(head -1 s/wide/features/radiomics.csv)" = id,original_glcm_Contrast ]

case_ "init puts in quotes what YAML would take for something else"
awk -F, -v OFS=, 'NR == 1 { $6 = "Age: years, %"; $7 = "#sex"; $9 = "null"; print; next }
    { $7 = $7 == "male" ? "- a \\ b" : "? {"; $9 = NR % 3 ? "yes" : "[no]"; print }' s/cohort.csv |
    sed '1s/Age: years, %/"Age: years, %"/' >"s/odd #1: name.csv"
run init "s/odd #1: name.csv" -o s/odd.yaml
expect_rc 0
for line in 'cohort: "odd #1: name.csv"' '  - "Age: years, %"' \
    '  - {column: "#sex", type: category, reference: "' '  - {column: "null", type: category, reference: '; do
    expect grep -qF -e "$line" s/odd.yaml
done
run check s/odd.yaml
expect_rc 0

case_ "init writes a study that check accepts"
run init s/cohort.csv --features s/radiomics.csv --features s/deep.csv -o s/guessed.yaml
expect_rc 0
expect grep -qx 'cohort: cohort.csv' s/guessed.yaml
run check s/guessed.yaml
expect_rc 0
expect_out "0 errors"

case_ "check of a broken table finds its error and exits with 1"
spoil
sed -i 's/^v003,/v002,/' t/cohort.csv
run check t/study.yaml
expect_rc 1
expect_out "error: "

finish
