/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/study.h>

#include <stdlib.h>

typedef struct options {
    const char *out;
    cli_list features;
} options;

static const cli_option option_table[] = {
    {"out", 'o', CLI_WRITE, offsetof(options, out), "FILE", "the study file (default: study.yaml)"},
    {"features", 0, CLI_LIST, offsetof(options, features), "FILE",
     "a feature table computed elsewhere; may be given again"},
};
static const options defaults = {"study.yaml", {0}};

static int run(const cli_call *call)
{
    const options *o = call->opts;
    dlrn_error err;
    dlrn_str yaml = {0};
    dlrn_findings guesses = {0};
    if (call->n_args != 1) return cli_usage(call, "expected one cohort table (COHORT.csv)");
    if (dlrn_file_exists(o->out) && o->out == defaults.out)
        return cli_usage(call, "study.yaml is there already; name another file with -o");
    char *folder = dlrn_path_folder(o->out);
    dlrn_status st = dlrn_study_init(&yaml, &guesses, call->args[0], o->features.v, o->features.n,
                                     folder ? folder : ".", &err);
    free(folder);
    if (st == DLRN_OK) st = dlrn_write_file(o->out, yaml.s, yaml.len, &err);
    for (size_t i = 0; st == DLRN_OK && i < guesses.n; i++)
        cli_note(call, "%s", guesses.v[i].message);
    if (st == DLRN_OK) printf("%s\n", o->out);
    dlrn_str_clear(&yaml);
    dlrn_findings_clear(&guesses);
    return st == DLRN_OK ? 0 : cli_fail(call, &err);
}

const cli_command cmd_init = {
    .name = "init",
    .group = "a study",
    .summary = "writes a commented study.yaml for a cohort table",
    .usage = "COHORT.csv [--features F.csv]... [-o study.yaml]",
    .details = "Guesses each column's role from its name and values, and says what it guessed.",
    .examples = "  # from a table of images and masks\n  dlrn init cohort.csv\n"
                "  # from features computed elsewhere\n"
                "  dlrn init cohort.csv --features radiomics.csv --features deep.csv -o my.yaml\n",
    .options = option_table,
    .n_options = sizeof option_table / sizeof *option_table,
    .opts_size = sizeof(options),
    .defaults = &defaults,
    .run = run,
};
