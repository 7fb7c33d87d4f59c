/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/study.h>

#include <string.h>
#include <time.h>

typedef struct options {
    const char *out, *until;
    bool fresh, dry_run;
} options;

static const cli_option option_table[] = {
    {"out", 'o', CLI_TEXT, offsetof(options, out), "FOLDER",
     "output folder (default: <study file's name>_out beside it)"},
    {"until", 0, CLI_TEXT, offsetof(options, until), "STEP",
     "stop after STEP: check, radiomics, finetune, deep, fuse, select, train, nomogram, evaluate, "
     "figures, report"},
    {"fresh", 0, CLI_FLAG, offsetof(options, fresh), NULL, "use nothing of an earlier run"},
    {"dry-run", 0, CLI_FLAG, offsetof(options, dry_run), NULL,
     "say what would be done, write nothing"},
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int run(const cli_call *call)
{
    const options *o = call->opts;
    if (call->n_args != 1) return cli_usage(call, "expected one study file (study.yaml)");
    const dlrn_study_opts opts = {o->out, o->until, o->fresh, o->dry_run,
                                  call->seed_given ? call->seed : -1};
    dlrn_study_summary summary = {0};
    dlrn_error err;
    const double began = seconds();
    const dlrn_status st = dlrn_study_run(&summary, call->args[0], &opts, &call->exec, &err);
    cli_progress_end();
    if (st == DLRN_OK) {
        if (summary.plan) fputs(summary.plan, stdout);
        if (summary.table) fputs(summary.table, stdout);
        if (summary.report) printf("report: %s\n", summary.report);
        if (!o->dry_run) cli_note(call, "done in %.1f s", seconds() - began);
    }
    dlrn_study_summary_clear(&summary);
    return st == DLRN_OK ? 0 : cli_fail(call, &err);
}

const cli_command cmd_study = {
    .name = "study",
    .group = "a study",
    .summary = "the whole study; goes on where an earlier run stopped",
    .usage = "STUDY.yaml [-o OUT] [--until STEP] [--fresh] [--dry-run]",
    .details =
        "Reads the cohort table and the images, computes radiomics and deep features, selects and\n"
        "trains on the training rows only, fits the nomogram, tests it on the other cohorts, and\n"
        "writes report.html, figures, tables, results.json and model.dlrn into the output folder.",
    .examples = "  # everything, from start to report\n  dlrn study study.yaml\n"
                "  # only the features, with 4 threads, into a folder of your choice\n"
                "  dlrn study study.yaml --until deep -j 4 -o results\n",
    .options = option_table,
    .n_options = sizeof option_table / sizeof *option_table,
    .opts_size = sizeof(options),
    .run = run,
};
