# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

cat >p.csv <<'END'
id,y,word,s,t,prob,g,p
1,0,no,0.1,3,0.2,a,0.01
2,0,no,0.4,1,0.1,a,0.02
3,1,yes,0.35,2,0.7,a,0.03
4,1,yes,0.8,5,0.9,a,0.04
5,0,no,0.2,4,0.3,b,0.05
6,1,yes,0.9,,0.6,b,
7,0,no,0.5,2,0.4,b,0.5
8,1,yes,0.7,6,0.8,b,0.001
END

case_ "roc prints a table for people"
run stats roc p.csv --label y --score s
expect_rc 0
expect_out "auc"
expect_out "0.8750"
expect_no_err

case_ "roc as JSON has the keys of the contract"
run stats roc p.csv --label y --score s,t --json
expect_rc 0
for key in test n dropped scores positives auc se ci ci_method bootstrap_ci threshold sensitivity specificity curve; do
    expect_out "\"$key\""
done
expect_out '"dropped": 1'

case_ "a positive value may be a word"
run stats roc p.csv --label word --positive yes --score s --json
expect_out '"auc": 0.875'

case_ "lower scores may mean positive"
run stats roc p.csv --label y --score s --direction '>' --json
expect_out '"auc": 0.125'

case_ "by gives a result for each value"
run stats roc p.csv --label y --score s --by g --json
expect_rc 0
expect_out '"groups"'
expect_out '"a": {'

case_ "compare takes all pairs, or two groups"
run stats compare p.csv --label y --score s,t,prob --json
expect_rc 0
expect_out '"difference"'
run stats compare p.csv --label y --score s --groups g --json
expect_rc 0
expect_out '"df"'

case_ "padjust keeps the order and the missing value"
run stats padjust p.csv --method holm --json
expect_rc 0
expect_out '"adjusted": [0.06, 0.1, 0.12, 0.12, 0.12, null, 0.5, 0.007]'

case_ "univariate names its test"
run stats univariate p.csv --label y --columns s,g,t --test mann_whitney --json
expect_rc 1
expect_err "column 'g'"
run stats univariate p.csv --label y --columns s,g --json
expect_rc 0
expect_out '"test": "fisher"'

case_ "correlation and icc and describe answer"
run stats correlation p.csv --columns s,t,prob --method spearman --json
expect_rc 0
expect_out '"matrix"'
run stats icc p.csv --columns s,prob --json
expect_rc 0
expect_out '"icc3k"'
run stats describe p.csv --columns t --json
expect_rc 0
expect_out '"missing": 1'

case_ "a label of words asks for --positive"
run stats roc p.csv --label word --score s
expect_rc 1
expect_err "line 2, column 'word': 'no' is neither 0 nor 1; name the positive value with --positive"

case_ "three values are no label"
run stats roc p.csv --label id --positive 1 --score s
expect_rc 1
expect_err "more than two values"

case_ "one class is refused"
head -3 p.csv >one.csv
run stats roc one.csv --label y --score s
expect_rc 1
expect_err "0 positive and 2 negative rows; both are needed"

case_ "a file without rows is refused"
head -1 p.csv >none.csv
run stats roc none.csv --label y --score s
expect_rc 1
expect_err "no row to work on"

case_ "an absent column gets the nearest name"
run stats roc p.csv --label y --score prop
expect_rc 1
expect_err "did you mean 'prob'?"

case_ "a column twice is refused"
run stats roc p.csv --label y --score s,s
expect_rc 1
expect_err "column 's' is given twice"

case_ "a word among the scores is named"
run stats roc p.csv --label y --score word
expect_rc 1
expect_err "line 2, column 'word': 'no' is neither a number nor missing"

case_ "a binary file is refused"
printf 'a,b\n\000\001' >bin.csv
run stats roc bin.csv --label a --score b
expect_rc 1
expect_err "is a binary file"

case_ "an option that does not go with the test is refused"
run stats describe p.csv --threshold 0.5
expect_rc 2
expect_err "--threshold does not go with 'describe'"

case_ "a mistyped test gets a suggestion"
run stats rok p.csv
expect_rc 2
expect_err "did you mean 'roc'?"

case_ "a missing option is named"
run stats roc p.csv --score s
expect_rc 2
expect_err "'roc' needs --label COL"

finish
