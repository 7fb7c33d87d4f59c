# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

case_ "without a command it says how to use it"
run
expect_rc 2
expect_err "usage: dlrn <command>"

case_ "help lists the commands on stdout"
run help
expect_rc 0
expect_out "usage: dlrn <command>"
expect_no_err

case_ "a mistyped command gets a suggestion"
run verison
expect_rc 2
expect_err "did you mean 'version'?"

case_ "help of an unknown command or test says which is near"
run help versoin
expect_rc 2
expect_err "did you mean 'version'?"
run help stats rok
expect_rc 2
expect_err "dlrn stats: there is no test 'rok'; did you mean 'roc'?"

case_ "version is one line"
run --version
expect_rc 0
expect_out "dlrn "

case_ "version --json names the program and its libraries"
run version --json
expect_rc 0
expect_out '"program"'
expect_out '"libraries"'

case_ "a mistyped option gets a suggestion"
run version --jsno
expect_rc 2
expect_err "did you mean '--json'?"

case_ "every command has a manual page with every option in it"
for c in $("$dlrn" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    "$dlrn" man "$c" | sed 's/\\-/-/g' >page
    for o in $("$dlrn" "$c" --help | grep -oE '(^|  |, )--[a-z0-9-]+' | grep -oE '[a-z0-9][a-z0-9-]*'); do
        grep -qF -e "--$o" page || wrong "dlrn-$c.1 lacks --$o"
    done
    grep -qF EXAMPLES page || wrong "dlrn-$c.1 has no examples"
done

case_ "every test of dlrn stats has its options and examples on the manual page, and a page of its own"
"$dlrn" man stats | sed 's/\\-/-/g' >page
"$dlrn" completion bash >complete
tests=$("$dlrn" stats --help | awk '/^tests:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
[ "$(echo "$tests" | wc -l)" -ge 15 ] || wrong "dlrn stats --help lists too few tests"
for t in $tests; do
    "$dlrn" help stats "$t" >one || wrong "dlrn help stats $t fails"
    "$dlrn" stats "$t" --help | cmp -s - one || wrong "dlrn stats $t --help and dlrn help stats $t differ"
    [ "$(grep -c '^  dlrn stats '"$t" one)" = 2 ] || wrong "dlrn stats $t has not two examples"
    awk -v t="$t" '$1 == ".SS" { on = $2 == t } $1 == ".SH" { on = 0 } on' page >section
    "$dlrn" man stats "$t" | sed 's/\\-/-/g' >own
    for o in $(sed -n '/^options:/,/^$/p' one | grep -oE '^ +(-., )?--[a-z0-9-]+' | grep -oE '[a-z0-9][a-z0-9-]+$'); do
        grep -qF -e "--$o" section || wrong "dlrn-stats.1 lacks --$o of $t"
        grep -qF -e "--$o" own || wrong "dlrn man stats $t lacks --$o"
        grep " $t) " complete | grep -qF -e " --$o " || wrong "completion lacks --$o of $t"
    done
done

case_ "completion for bash is valid and knows the commands"
run completion bash
expect_rc 0
expect bash -n .out
expect_out "version"

case_ "no command replaces the file that it reads"
printf 'id,acute,age,centre\n1,0,50,A\n2,1,60,B\n' >read.csv
cp read.csv kept.csv
writers=init
for t in $tests; do
    "$dlrn" stats "$t" --help | grep -qF -e "--out " && writers="$writers stats:$t"
done
[ "$(echo "$writers" | wc -w)" -ge 4 ] || wrong "too few commands write a file: $writers"
for c in $writers; do
    run $(echo "$c" | tr : ' ') read.csv -o ./read.csv
    expect_rc 2
    expect_err "the output would replace read.csv: choose another name"
done
run check read.csv --sheet read.csv
expect_rc 2
expect_same read.csv kept.csv

case_ "statistics that would take hours end when they are terminated"
seq 400 | awk 'BEGIN { print "y,x" } { print ($1 * 7919 % 11 < 5) "," $1 * 31 % 97 }' >long.csv
"$dlrn" stats validate long.csv --label y --terms x --bootstrap 10000000 >.out 2>.err </dev/null &
sleep 1
kill -TERM $!
began=$(date +%s)
wait $! 2>/dev/null
rc=$?
expect_rc 143
expect [ $(($(date +%s) - began)) -lt 5 ]

case_ "a command that is terminated says so with 143 and leaves nothing half-written"
"$dlrn" phantom long --patients 3000 --quiet >.out 2>.err </dev/null &
sleep 1
kill -TERM $!
wait $!
rc=$?
expect_rc 143
expect_err "dlrn phantom: stopped"
expect [ -z "$(find . -name 'cohort.csv' -o -name '*.tmp*')" ]

finish
