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

case_ "what cannot be correlated, agreed on or selected is refused or told by line and column"
printf 'y,a,b,c,one\n0,1,1,2,5\n1,2,2,4,5\n0,3,3,6,5\n1,4,4,8,5\n' >odd.csv
run stats icc odd.csv --columns a,b
expect_out "1 to 1"
expect_out "the readers agree exactly: F is infinite"
run stats correlation odd.csv --columns a,c,one
expect_out "t, df n - 2"
run stats nomogram odd.csv --label y --terms one
expect_rc 1
expect_err "column 'one' has the same value in all 4 rows"
sed '3s/2,2,4/2,inf,4/' odd.csv >inf.csv
for t in "correlation" "icc" "lasso --label y" "combat --batch y" "logistic --label y --terms b"; do
    case $t in logistic*) columns= ;; *) columns="--columns a,b,c" ;; esac
    run stats ${t%% *} inf.csv $columns $(case $t in *' '*) echo "${t#* }" ;; esac)
    expect_rc 1
    expect_err "inf.csv, line 3, column 'b': not a finite number"
done
run stats lasso odd.csv --label y --columns a,b --loss linear --measure auc
expect_rc 1
expect_err "--measure auc needs --loss logistic"

case_ "classify, calibration and dca have the keys of the contract"
run stats classify p.csv --label y --score prob --threshold 0.5 --method exact --json
expect_rc 0
for key in tp fp fn tn ppv npv accuracy f1 mcc youden lr_pos lr_neg dor; do expect_out "\"$key\""; done
run stats calibration p.csv --label y --score prob --groups 2 --json
expect_rc 0
for key in brier brier_scaled log_loss intercept intercept_with_slope slope slope_ci o_e hosmer_lemeshow ece ici e50 e90 emax spiegelhalter; do
    expect_out "\"$key\""
done
run stats dca p.csv --label y --score prob --thresholds 0.1:0.3:0.1 --json
expect_rc 0
expect_out '"thresholds": [0.1, 0.2, 0.3]'
expect_out '"interventions_avoided"'

case_ "a score that is no probability is refused where one is needed"
run stats calibration p.csv --label y --score t
expect_rc 1
expect_err "line 2, column 't': 3 is not a probability (0 to 1); 'calibration' needs one"

case_ "logistic names factor levels and reclassify has its parts"
awk 'BEGIN { print "y,age,race"; for (i = 1; i <= 60; i++) { y = i * 7 % 10 < 4 + i / 20; print y "," 40 + i * 13 % 41 "," 1 + i % 3 } }' >l.csv
run stats logistic l.csv --label y --terms "age,factor(race)" --json
expect_rc 0
for key in "(Intercept)" race=2 race=3 coefficient_ci loglik null_deviance aic converged c_index vif; do expect_out "\"$key\""; done
run stats logistic l.csv --label y --terms height
expect_rc 1
expect_err "there is no column 'height'"
run stats reclassify p.csv --label y --score prob,s --cuts 0.2,0.4 --json
expect_rc 0
for key in nri_continuous nri_categorical idi events nonevents; do expect_out "\"$key\""; done

case_ "lasso gives its path and both choices"
run stats lasso l.csv --label y --folds 5 --json
expect_rc 0
for key in lambda df deviance_ratio cv_mean cv_se lambda_min lambda_1se coefficients_min coefficients_1se; do expect_out "\"$key\""; done

case_ "the baseline table in words, as CSV for each group, as JSON"
awk 'BEGIN { print "y,age,sex,stage,g"; for (i = 1; i <= 80; i++) print (i * 7 % 10 < 4) "," 40 + i * 13 % 41 "," (i % 3 ? "f" : "m") "," i % 4 "," (i % 2 ? "a" : "b") }' >b.csv
run stats baseline b.csv --label y --columns age,sex,stage --categories stage
expect_rc 0
expect_out "negative (n = 48)"
expect_out "stage, n (%)"
expect_out "  f "
run stats baseline b.csv --label y --columns age,sex --by g -o table.csv --json
expect_rc 0
for key in form text standardised_difference missing statistic; do expect_out "\"$key\""; done
expect [ "$(head -1 table.csv)" = "g,variable,level,all,negative,positive,test,p,standardised_difference,missing" ]
expect [ "$(wc -l <table.csv)" = 7 ]
run stats baseline b.csv --label y --categories height
expect_rc 1
expect_err "there is no column 'height'"

case_ "a column without a test says why, the others keep theirs"
sed 's/$/,x/;1s/x$/site/' b.csv >site.csv
run stats univariate site.csv --label y --columns site,age
expect_rc 0
expect_out "two of each are needed"

case_ "sample sizes need no file"
run stats samplesize develop --prevalence 0.174 --parameters 24 --r2cs 0.288 --json
expect_rc 0
expect_out '"n": 623'
run stats samplesize develop --prevalence 0.174 --parameters 24 --auc 0.89 --json
expect_out '"r2cs": 0.2909'
run stats samplesize develop --parameters 24 --r2cs 0.288
expect_rc 2
expect_err "develop needs --prevalence P, the expected share of events"
run stats samplesize develop --prevalence 0.174 --parameters 24
expect_rc 2
expect_err "develop needs --r2cs R, the expected Cox-Snell R2, or --auc A"
run stats samplesize validate --prevalence 2 --auc 0.8
expect_rc 1
expect_err "prevalence is 2, expected between 0 and 1"
run stats samplesize validate --prevalence 0.3 --auc 0.8 --threshold 0.2 --sensitivity 0.8 --specificity 0.7 --json
expect_rc 0
expect_out '"n": 301.0'
run stats samplesize validate --prevalence 0.3 --auc 0.8 --threshold 0.2 --sensitivity 0.8
expect_rc 2
expect_err "--sensitivity and --specificity belong together; give both"
run stats samplesize validate --prevalence 0.3 --auc 0.8 --threshold 1.2
expect_rc 1
expect_err "threshold is 1.2, expected a risk between 0 and 1"

case_ "combat writes the adjusted table"
run stats combat p.csv --columns s,t --batch g -o adjusted.csv --json
expect_rc 0
expect_out '"batches"'
expect_file adjusted.csv
run stats combat p.csv --columns s,t --batch g --reference c
expect_rc 1
expect_err "--reference 'c' is no value of column 'g'"

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
expect_err "--threshold does not go with 'describe', only with roc, classify"
run stats icc p.csv -o x.csv
expect_rc 2
expect_err "--out does not go with 'icc', only with conformal, nomogram, baseline, combat"

case_ "options may stand before the test, and a mistyped one gets a suggestion"
run stats --label y --score=s --json roc p.csv
expect_rc 0
expect_out '"auc": 0.875'
run stats --by g roc p.csv --label y --scroe s
expect_rc 2
expect_err "unknown option '--scroe'; did you mean '--score'?"
expect_err "'dlrn stats roc --help' shows how it is used."

case_ "the test and its file are needed"
run stats
expect_rc 2
expect_err "expected a test"
run stats roc --label y --score s
expect_rc 2
expect_err "expected one argument (dlrn stats roc FILE.csv"

case_ "a mistyped test gets a suggestion"
run stats rok p.csv
expect_rc 2
expect_err "did you mean 'roc'?"

case_ "a missing option is named"
run stats roc p.csv --score s
expect_rc 2
expect_err "'roc' needs --label COL"

case_ "a group that has no result says why and does not keep the others from theirs"
printf 'y,p,g\n0,0.1,a\n1,0.8,a\n0,0.3,a\n1,0.2,a\n0,,b\n1,,b\n' >groups.csv
run stats roc groups.csv --label y --score p --by g --json
expect_rc 0
expect_out '"auc": 0.75'
expect_out '"reason": "g = b: groups.csv: no row to work on: each of the 2 lacks a value (column '"'p': 2)"'"'
run stats roc groups.csv --label y --score p --by g
expect_rc 0
expect_out "b: g = b: groups.csv: no row to work on: each of the 2 lacks a value (column 'p': 2)"
grep -v ,a groups.csv >none.csv
run stats roc none.csv --label y --score p --by g
expect_rc 1
expect_err "no row to work on"

case_ "docs/stats.md tells of every test and every option"
page="$here/../../docs/stats.md"
run stats --help
tests=$(sed -n '/^tests:/,/^$/s/^  \([a-z]*\) .*/\1/p' .out)
[ "$(echo "$tests" | wc -w)" -ge 20 ] || wrong "stats --help lists too few tests"
for test in $tests; do
    grep -q "^| .$test. " "$page" || wrong "docs/stats.md has no row for $test"
    run stats "$test" --help
    for option in $(sed -n '/^options:/,/^$/s/^ .* \(--[a-z0-9-]*\).*/\1/p' .out); do
        grep -qF -e "$option" "$page" || wrong "docs/stats.md lacks $option of $test"
    done
done

finish
