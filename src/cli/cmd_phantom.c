/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/phantom.h>

#include <string.h>

typedef struct options {
    int64_t patients, size;
    const char *preset, *format;
    bool null_signal;
} options;

static int run(const cli_call *call)
{
    const options *o = call->opts;
    dlrn_error err;
    dlrn_phantom_opts p = {.patients = o->patients,
                           .null_signal = o->null_signal,
                           .size_px = o->size,
                           .seed = (uint64_t)call->seed};
    if (call->n_args != 1) return cli_usage(call, "one folder to write is needed");
    if (o->preset && strcmp(o->preset, "zhang2024") != 0)
        return cli_usage(call, "--preset knows only zhang2024, not '%s'", o->preset);
    if (o->preset && o->patients) return cli_usage(call, "--preset sets the number of patients");
    p.zhang2024 = o->preset != NULL;
    if (!strcmp(o->format, "png"))
        p.format = DLRN_PHANTOM_PNG;
    else if (!strcmp(o->format, "dicom"))
        p.format = DLRN_PHANTOM_DICOM;
    else if (strcmp(o->format, "nifti") != 0)
        return cli_usage(call, "--format is nifti, png or dicom, not '%s'", o->format);
    const dlrn_status st = dlrn_phantom_generate(call->args[0], &p, &call->exec, &err);
    cli_progress_end();
    if (st != DLRN_OK) return cli_fail(call, &err);
    cli_note(call, "wrote %s (synthetic: for demonstrations and tests only)", call->args[0]);
    return 0;
}

static const cli_option option_table[] = {
    {"patients", 0, CLI_INTEGER, offsetof(options, patients), "N",
     "patients over four cohorts (default 105)"},
    {"preset", 0, CLI_TEXT, offsetof(options, preset), "NAME",
     "zhang2024: 942 patients, 1076 vertebrae (712/178/111/75)"},
    {"null", 0, CLI_FLAG, offsetof(options, null_signal), NULL,
     "neither images nor table know the label: every AUC should be 0.5"},
    {"format", 0, CLI_TEXT, offsetof(options, format), "F", "nifti, png or dicom (default nifti)"},
    {"size", 0, CLI_INTEGER, offsetof(options, size), "PX", "width of the images (default 512)"},
};

const cli_command cmd_phantom = {
    .name = "phantom",
    .group = "a study",
    .summary = "a complete synthetic study: radiographs, two readers' outlines, tables, study.yaml",
    .usage =
        "OUT [--patients N | --preset zhang2024] [--null] [--format nifti|png|dicom] [--size PX]",
    .details = "The radiographs are drawn, not measured, and nobody is behind them. truth.csv says "
               "what was\ndrawn into each vertebra. The same options and seed give the same bytes.",
    .examples = "  # a small study to try the program with\n  dlrn phantom demo\n"
                "  # the negative control: nothing to find\n  dlrn phantom none --null --seed 3\n",
    .options = option_table,
    .n_options = sizeof option_table / sizeof *option_table,
    .opts_size = sizeof(options),
    .defaults = &(const options){.format = "nifti"},
    .run = run,
};
