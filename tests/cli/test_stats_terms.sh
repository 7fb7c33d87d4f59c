# SPDX-License-Identifier: Apache-2.0
# The terms of dlrn stats logistic, held against R's glm on the cohort of tests/golden/r/models.txt.
. "$(dirname "$0")/lib.sh"
golden=${DLRN_TEST_GOLDEN:?}/r/models.txt

# row NAME [CASE]: the values of a golden row, one a line
row() { awk -v name="$1" -v want="${2:-cohort}" '$1 == "case" { on = $2 == want } on && $1 == name { for (i = 3; i <= NF; i++) print $i }' "$golden"; }
{
    echo y,age,marker,race,patient
    for column in y age marker race patient; do row "$column" >"$column.txt"; done
    paste -d, y.txt age.txt marker.txt race.txt patient.txt
} >c.csv
awk -F, 'NR == 1 { print $0 ",log1p(marker)"; next } { printf "%s,%.17g\n", $0, log(1 + $3) }' c.csv >l.csv

# near KEY TERM VALUES: the terms' numbers in .out, in order, are those of the golden to 1e-6
near() {
    awk -F'[:,]' -v key="\"$1\"" '$1 ~ key"$" { printf "%.17g\n", $2 }' .out >got.txt
    row "$1" "$2" >want.txt
    paste got.txt want.txt | awk -v n="$(wc -l <want.txt)" 'function a(v) { return v < 0 ? -v : v }
        NF != 2 || a($1 - $2) > 1e-6 * a($2) { bad = 1 } END { exit bad || NR != n }'
}

case_ "a factor, and a column whose name looks like a function"
run stats logistic l.csv --label y --terms "age,log1p(marker),factor(race)" --json
expect_rc 0
expect near coefficient factor
expect near se factor
expect_out '"term": "race=2"'
expect_out '"term": "log1p(marker)"'
expect_out '"c_index": 0.7620915'

case_ "a restricted cubic spline with the names that rms gives"
run stats logistic c.csv --label y --terms "rcs(age,4)" --json
expect_rc 0
expect near coefficient rcs4
expect near se rcs4
expect_out "\"term\": \"age\""
expect_out "\"term\": \"age'\""
expect_out "\"term\": \"age''\""
run stats logistic c.csv --label y --terms "rcs(age)" --json
expect near coefficient rcs5
run stats logistic c.csv --label y --terms "rcs( age , 3 )" --json
expect near coefficient rcs3

case_ "a factor's reference may be chosen"
run stats logistic c.csv --label y --terms "age,factor(race,2)" --json
expect_rc 0
expect_out '"term": "race=1"'
expect_out '"term": "race=3"'
run stats logistic c.csv --label y --terms "factor(race,9)"
expect_rc 1
expect_err "column 'race' has no value '9' in these rows to refer to (it has '1' and 2 more)"

case_ "each whole term has its likelihood-ratio test, as R's drop1"
run stats logistic l.csv --label y --terms "age,log1p(marker),factor(race)" --json
lr=$(row lr_group factor | head -1)
expect [ "$(awk -F'[:,]' -v want="$lr" '/"chi2"/ { last = $2 } END { d = last - want; print (d < 1e-8 && d > -1e-8) }' .out)" = 1 ]
for key in tests df events events_per_variable ci_method estimate; do expect_out "\"$key\""; done
run stats logistic l.csv --label y --terms "age,factor(race)" --profile --json
expect_out '"p_lr"'
expect_out '"ci_method": "profile"'

case_ "few events are told"
head -60 c.csv >few.csv
run stats logistic few.csv --label y --terms "age,marker,factor(race)"
expect_rc 0
expect_err "below 10 each, expect overfitting"

case_ "case weights count rows; contradictions and bad weights are refused"
awk -F, 'NR == 1 { print $0 ",w"; next } { print $0 "," NR % 3 }' c.csv >w.csv
awk -F, 'NR == 1 { print; next } { for (i = 0; i < NR % 3; i++) print }' c.csv >often.csv
run stats logistic w.csv --label y --terms "age,marker" --weights w --json
grep -A9 '"coefficient"' .out >weighted.txt
run stats logistic often.csv --label y --terms "age,marker" --json
expect [ "$(grep -A9 '"coefficient"' .out | cut -c1-24)" = "$(cut -c1-24 weighted.txt)" ]
sed '5s/,[0-9]*$/,-1/' w.csv >bad.csv
run stats logistic bad.csv --label y --terms age --weights w
expect_rc 1
expect_err "bad.csv, line 5, column 'w': weight -1, expected 0 or more"
run stats logistic c.csv --label y --terms age --cluster patient --profile
expect_rc 1
expect_err "the likelihood does not know of clusters"

case_ "a nomogram as numbers, as text and as a drawing"
run stats nomogram l.csv --label y --terms "age,log1p(marker),factor(race)" -o nomogram.svg --json
expect_rc 0
for key in intercept terms coefficient or ci p points total levels; do expect_out "\"$key\""; done
expect_file nomogram.svg
run stats nomogram l.csv --label y --terms "rcs(age,4)" -o nomogram.pdf
expect_rc 0
expect_out "total points"
expect_file nomogram.pdf
run stats nomogram l.csv --label y --terms age -o nomogram.txt
expect_rc 1
expect_err "-o 'nomogram.txt': expected a file that ends in .svg, .pdf or .png"

case_ "a model's optimism"
run stats validate c.csv --label y --terms "rcs(age,4),marker" --bootstrap 40 --json
expect_rc 0
for key in AUC Dxy R2 Intercept Slope Emax D U Q B g gp corrected replicates failed calibration mean_error; do expect_out "\"$key\""; done
run stats validate c.csv --label y --terms age --bootstrap 1
expect_rc 1
expect_err "at least 2 are needed"

case_ "terms that cannot be are refused by name"
run stats logistic c.csv --label y --terms "rcs(age,2)"
expect_rc 1
expect_err "--terms: 'rcs(age,2)': expected rcs(column,knots) with 3 to 7 knots"
run stats logistic c.csv --label y --terms "rcs(age,4"
expect_rc 1
expect_err "the parenthesis is not closed"
run stats logistic c.csv --label y --terms "poly(age,2)"
expect_rc 1
expect_err "'poly(age,2)': expected a column, factor(column), factor(column,reference) or rcs(column,knots)"
run stats logistic c.csv --label y --terms "factor()"
expect_rc 1
expect_err "'factor()' names no column"
run stats logistic c.csv --label y --terms "rcs(race,4)"
expect_rc 1
expect_err "column 'race': too few distinct values for a spline with 4 knots"
run stats logistic c.csv --label y --terms "age,rcs(age,4)"
expect_rc 1
expect_err "column 'age' is given twice"
sed 's/$/,x/;1s/x$/site/' c.csv >one.csv
run stats logistic one.csv --label y --terms "age,site"
expect_rc 1
expect_err "column 'site' has one value ('x') in these rows: leave it out"

finish
