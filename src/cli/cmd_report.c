/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/study.h>

static int run(const cli_call *call)
{
    dlrn_error err;
    if (call->n_args != 1) return cli_usage(call, "expected one output folder of dlrn study");
    if (dlrn_study_report(call->args[0], &call->exec, &err) != DLRN_OK) return cli_fail(call, &err);
    cli_progress_end();
    printf("report: %s/report.html\n", call->args[0]);
    return 0;
}

const cli_command cmd_report = {
    .name = "report",
    .group = "a study",
    .summary = "draws figures and report again from results.json and tables",
    .usage = "OUT",
    .examples = "  # after an update of the program\n  dlrn report study_out\n"
                "  # quietly, in a script\n  dlrn report --quiet study_out\n",
    .opts_size = 1,
    .run = run,
};
