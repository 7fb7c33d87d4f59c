# SPDX-License-Identifier: Apache-2.0
# Makes a small study of tables in the folder $1: 160 rows, 150 patients, three cohorts, 30 radiomics
# columns (two of them informative, one constant, one without a value), 12 deep columns, clinical
# columns with missing values. Always the same numbers.
make_tables() {
    mkdir -p "$1"
    awk -v dir="$1" '
    function u() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
    function z() { return sqrt(-2 * log(u())) * cos(6.283185307179586 * u()) }
    BEGIN {
        seed = 20261
        c = dir "/cohort.csv"; f = dir "/radiomics.csv"; d = dir "/deep.csv"
        print "id,patient,centre,cohort,acute,age,sex,vas" >c
        h = "id"; for (j = 1; j <= 30; j++) h = h ",original_f" j; print h >f
        h = "id"; for (j = 0; j < 12; j++) h = h ",d" j; print h >d
        for (i = 1; i <= 160; i++) {
            y = u() < 0.55
            cohort = i <= 100 ? "training" : i <= 130 ? "internal" : "external"
            centre = cohort == "external" ? "C" : (i % 2 ? "A" : "B")
            patient = "P" (i % 16 == 0 ? i - 1 : i)
            age = int(74 + 8 * z()); sex = u() < 0.7 ? "female" : "male"
            vas = u() < 0.05 ? "" : int(4 + 2.2 * y + 1.8 * z() + 0.5)
            printf "v%03d,%s,%s,%s,%d,%s,%s,%s\n", i, patient, centre, cohort, y, age, sex, vas >c
            row = sprintf("v%03d", i)
            for (j = 1; j <= 30; j++) {
                x = z() + (j <= 2 ? 1.1 * y : 0)
                row = row "," (j == 29 ? 5 : j == 30 ? "nan" : u() < 0.03 ? "" : sprintf("%.6f", x))
            }
            print row >f
            row = sprintf("v%03d", i)
            for (j = 0; j < 12; j++) row = row "," sprintf("%.6f", z() + (j == 0 ? 0.8 * y : 0))
            print row >d
        }
    }'
    cat >"$1/study.yaml" <<'YAML'
dlrn: 1
title: A study of tables
seed: 1
cohort: cohort.csv
outcome: {column: acute, positive: 1, name: acute fracture}
cohorts: {train: training, test: [internal, external]}
clinical: [age, {column: sex, type: category, reference: female}, vas]
radiomics: {features: radiomics.csv}
deep:
  - {name: net, features: deep.csv}
learners: [lr, lightgbm]
compare: [[dlrn, clinical], [dlr_net, radiomics]]
primary: {compare: [dlrn, clinical], cohort: external}
YAML
}
