# SPDX-License-Identifier: Apache-2.0
# What every command-line test needs. A test file begins with `. "$(dirname "$0")/lib.sh"`, goes on
# with `case_ "a sentence"` blocks and ends with `finish`. Each file works in an empty folder of its
# own below the build folder; commands run there.
#
#   run ARGS...            runs dlrn; keeps its exit code, stdout and stderr
#   expect_rc N            the exit code was N
#   expect_out TEXT        stdout holds TEXT (a fixed string)
#   expect_err TEXT        stderr holds TEXT
#   expect_no_err          stderr is empty
#   expect_file F / expect_no_file F / expect_same F G
#   expect TEST...         any command that must succeed
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$0" .sh)
work=${DLRN_TEST_WORK:?}/$name
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
dlrn=${DLRN_BIN:?}
data=${DLRN_TEST_DATA:?}
count=0
title=
bad=
all_bad=0

end_case() {
    [ -n "$title" ] || return 0
    count=$((count + 1))
    if [ -z "$bad" ]; then
        echo "ok $count - $title"
    else
        echo "not ok $count - $title"
        all_bad=1
    fi
    title=
}
case_() {
    end_case
    title=$1
    bad=
}
wrong() {
    bad=1
    echo "# $title: $1"
    [ -f .err ] && sed 's/^/#   stderr: /' .err | head -5
    return 0
}
run() {
    "$dlrn" "$@" >.out 2>.err </dev/null
    rc=$?
}
expect_rc() { [ "$rc" = "$1" ] || wrong "exit code $rc, expected $1"; }
expect_out() { grep -qF -e "$1" .out || wrong "stdout lacks: $1"; }
expect_err() { grep -qF -e "$1" .err || wrong "stderr lacks: $1"; }
expect_no_err() { [ ! -s .err ] || wrong "stderr is not empty"; }
expect_file() { [ -s "$1" ] || wrong "file $1 is missing or empty"; }
expect_no_file() { [ ! -e "$1" ] || wrong "file $1 should not be there"; }
expect_same() { cmp -s "$1" "$2" || wrong "$1 and $2 differ"; }
expect() { "$@" >.test 2>&1 || wrong "failed: $*"; }
finish() {
    end_case
    echo "1..$count"
    exit $all_bad
}
