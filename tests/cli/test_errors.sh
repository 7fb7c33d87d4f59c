# SPDX-License-Identifier: Apache-2.0
# Every row of errors.tsv: dlrn extract with these arguments ends with this exit code and this
# message (* stands for what a library says), prints nothing and writes nothing. docs/errors.md is
# made from the same rows.
. "$(dirname "$0")/lib.sh"
. "$here/errors_inputs.sh"
tab=$(printf '\t')

# whether $1 is the message $2
says() {
    pattern=$(printf '%s' "$2" | sed 's/[][?\\]/\\&/g')
    case $1 in
    $pattern) return 0 ;;
    esac
    return 1
}

while IFS=$tab read -r what args code message remedy; do
    case $what in '' | '#'*) continue ;; esac
    case_ "$what"
    case $args in
    *"-o "*) ;;
    *) args="$args -o out.csv" ;;
    esac
    ls >.before
    eval "run extract $args"
    expect_rc "$code"
    grep -v '^dlrn extract: warning: ' .err >.said
    first=$(head -n 1 .said)
    says "${first#dlrn extract: }" "$message" || wrong "expected: $message"
    if [ "$code" = 2 ]; then
        expect test "$(wc -l <.said)" = 2
        expect_err "'dlrn extract --help' shows how it is used."
    else
        expect test "$(wc -l <.said)" = 1
    fi
    expect test ! -s .out
    ls >.after
    expect_same .before .after
done <"$here/errors.tsv"

case_ "docs/errors.md is made from these rows"
expect sh -c "'$here/../../tools/errors-doc' >errors.md"
expect_same errors.md "$here/../../docs/errors.md"

finish
