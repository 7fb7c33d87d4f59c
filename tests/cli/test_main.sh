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

finish
