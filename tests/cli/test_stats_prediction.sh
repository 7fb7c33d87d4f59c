# SPDX-License-Identifier: Apache-2.0
# Scores, thresholds and probabilities in dlrn stats: options, words and refusals. The numbers are
# held against R in oracle/stats/test_prediction_r.c.
. "$(dirname "$0")/lib.sh"

awk 'BEGIN { print "y,s,p,q,patient,cohort"; for (i = 0; i < 120; i++) { y = i * 7 % 10 < 4; s = (i * 37 % 41) / 4 + 3 * y
    p = (i * 29 % 97 + 30 * y + 1) / 128; q = (i * 53 % 89 + 20 * y + 1) / 110
    printf "%s,%.2f,%.3f,%.3f,%d,%s\n", y, s, p, q, i / 2, i % 3 ? "new" : "val" } }' >d.csv
awk -F, 'NR > 1 && NR < 8 { sub(/^[01]/, "") } { print }' d.csv >open.csv
S="--label y --score"

case_ "a threshold is chosen by the rule asked for, and its name is told"
run stats roc d.csv $S s --threshold sensitivity=0.9 --json
expect_rc 0
expect_out '"threshold_rule": "sensitivity >= 0.9"'
expect_out '"sensitivity_ci": ['
run stats roc d.csv $S s --threshold cost --cost 3 --prevalence 0.1 --json
expect_rc 0
expect_out '"threshold_rule": "cost, a miss weighs 3, prevalence 0.1"'
run stats classify d.csv $S s --threshold closest
expect_rc 0
expect_out "closest"

case_ "rules that are none, and weights without their rule, are refused"
run stats roc d.csv $S s --threshold best
expect_rc 1
expect_err "--threshold 'best': expected a number, youden, closest, cost, sensitivity=S or specificity=S"
run stats roc d.csv $S s --threshold youden --cost 3
expect_rc 1
expect_err "--cost and --prevalence weigh --threshold cost and closest, not 'youden'"
run stats roc d.csv $S s --threshold cost --cost -1
expect_rc 1
expect_err "needs cost > 0 (is -1)"
run stats roc d.csv $S s --threshold sensitivity=1.5
expect_rc 1
expect_err "a wanted sensitivity of 1.5 lies outside 0 to 1"

case_ "lower scores as positive: the threshold has the sign of the data"
run stats roc d.csv $S s --direction '>' --threshold 5 --json
expect_rc 0
expect_out '"threshold": 5.0'
expect_out '"direction": ">"'

case_ "a partial area has McClish's correction and, with replicates, an interval"
run stats roc d.csv $S p --partial specificity=0.8:1 --bootstrap 200 --json
expect_rc 0
for key in over range auc corrected auc_ci corrected_ci; do expect_out "\"$key\""; done
run stats compare d.csv $S p,q --partial sensitivity=0.8:1 --bootstrap 200
expect_rc 0
expect_out "bootstrap"
run stats compare d.csv $S p,q --partial sensitivity=0.8:1
expect_rc 1
expect_err "--partial needs --bootstrap N here"
run stats roc d.csv $S p --partial 0.8:1
expect_rc 1
expect_err "--partial '0.8:1': expected specificity=FROM:TO or sensitivity=FROM:TO"

case_ "complete separation: an interval that is not 1 to 1, and no bootstrap interval but a reason"
run stats roc d.csv $S y2 --bootstrap 100
expect_rc 1
awk -F, -v OFS=, 'NR == 1 { print $0, "t"; next } { print $0, $1 + 1 }' d.csv >sep.csv
run stats roc sep.csv $S t --bootstrap 100 --json
expect_rc 0
expect_out '"ci_method": "newcombe"'
expect_out '"bootstrap_ci": null'
expect_out "every replicate has the same area"

case_ "a count of 0, and a rate of nothing, are said below the table"
run stats classify d.csv $S p --threshold 2
expect_rc 0
expect_out "p, ppv_reason: no row is called so"
expect_out "p, zero_cell: a count is 0: 0.5 is added to each"
expect_out "p, f1_reason: every replicate is the same"

case_ "mcnemar takes one threshold or one for each score"
run stats mcnemar d.csv $S p,q --threshold 0.5,youden --json
expect_rc 0
for key in threshold_a sensitivity specificity accuracy difference only_a only_b neither chi2 p_exact; do expect_out "\"$key\""; done
run stats mcnemar d.csv $S p,q --threshold 0.5 --cluster patient
expect_rc 0
expect_out "Obuchowski"
run stats mcnemar d.csv $S p,q --threshold 0.5,0.4,0.3
expect_rc 1
expect_err "3 thresholds for 2 scores"
run stats mcnemar d.csv $S p
expect_rc 1
expect_err "mcnemar needs two scores"

case_ "calibration has its curve with a band, and clusters widen what they should"
run stats calibration d.csv $S p --json
expect_rc 0
expect_out '"ci_method": "wald"'
expect_out '"curve": ['
expect_out '"imprecise": true'
run stats calibration d.csv $S p --cluster patient
expect_rc 0
expect_out "sandwich"
expect_err "imprecise: fewer than 100 events or non-events"
sed 's/,[a-z]*$/,x/' d.csv >one.csv
run stats calibration one.csv $S p --cluster "$(head -1 one.csv | cut -d, -f6)"
expect_rc 1
expect_err "all rows are of one cluster"

case_ "predictions of 0 and 1 are counted, and what they leave undefined has a reason"
printf 'y,p\n0,0\n1,0\n0,0\n1,1\n' >ends.csv
run stats calibration ends.csv $S p --json
expect_rc 0
expect_out '"excluded": 4'
expect_out '"slope_reason": "the 0 predictions other than 0 and 1 do not meet both classes"'
expect_out '"chi2_reason": "infinite'

case_ "dca compares models and prints a row for each threshold"
run stats dca d.csv $S p,q --thresholds 0.1,0.3 --bootstrap 100
expect_rc 0
expect_out "p - q"
expect_out "treat all"
expect_out "0.3000"
run stats dca d.csv $S p,q --thresholds 0.1,0.3 --bootstrap 100 --json
expect_out '"differences": ['

case_ "reclassify has both parts, the moves and the caution"
run stats reclassify d.csv $S p,q --cuts 0.3,0.6
expect_rc 0
expect_out "Pepe et al., Stat Biosci 2015;7:282"
expect_out "nonevents"
run stats reclassify d.csv $S p,q --cuts 0.3,0.6 --json
for key in events_ci nonevents_ci tables caution; do expect_out "\"$key\""; done

case_ "triage has three zones, and says when it judges its own choice"
run stats triage d.csv $S p --rule-out npv=0.9 --rule-in ppv=0.7 --json
expect_rc 0
for key in rule_out grey rule_in npv ppv share one_threshold chosen_on; do expect_out "\"$key\""; done
expect_out '"caution"'
run stats triage d.csv $S p --calibration cohort=val
expect_rc 0
expect_out "judged_on"
run stats triage d.csv $S p --rule-out ppv=0.9
expect_rc 1
expect_err "--rule-out 'ppv=0.9': expected sensitivity=S, npv=S (0 to 1) or a threshold"
run stats triage d.csv $S p --rule-out 0.7 --rule-in 0.3
expect_rc 1
expect_err "the first must not be higher"

case_ "conformal gives a set to every new row, labelled or not"
run stats conformal open.csv $S p --calibration cohort=new --json
expect_rc 0
for key in n_calibration_0 limit_1 coverage coverage_0 single both none single_error sets lines; do expect_out "\"$key\""; done
expect_out '"n_new": 40'
run stats conformal d.csv $S p
expect_rc 1
expect_err "conformal needs --calibration COL=VALUE"
run stats conformal d.csv $S p --calibration cohort=old
expect_rc 1
expect_err "0 of 120 rows have cohort=old; calibration rows and new rows are needed"
run stats conformal d.csv $S p --calibration cohrt=new
expect_rc 1
expect_err "did you mean 'cohort'"
run stats conformal open.csv $S p --calibration cohort=new -o sets.csv
expect_rc 0
expect [ "$(head -n 1 sets.csv)" = "$(head -n 1 open.csv),p_set" ]
expect [ "$(wc -l <sets.csv)" = 41 ]
expect [ -z "$(sed 1d sets.csv | grep -vE ',(none|0|1|0 or 1)$')" ]
run stats conformal open.csv $S p --calibration cohort=new -o sets.csv --by cohort
expect_rc 2
expect_err "--out and --by: one file holds the sets of one calibration; leave one out"
run stats conformal d.csv $S p --calibration cohort=new --coverage 95
expect_rc 1
expect_err "--coverage 95: expected a number between 0 and 1"

finish
