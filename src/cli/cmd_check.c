/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/json.h>
#include <dlrn/study.h>

#include <stdlib.h>
#include <string.h>

typedef struct options {
    const char *sheet;
} options;

static const cli_option option_table[] = {
    {"sheet", 0, CLI_WRITE, offsetof(options, sheet), "FILE.html",
     "also draw every outline on its image, on one page"},
};

static int print_json(const cli_call *call, const dlrn_findings *f)
{
    dlrn_error err;
    char *text;
    dlrn_json *j = dlrn_json_object(), *list = dlrn_json_array();
    for (size_t i = 0; i < f->n; i++) {
        dlrn_json *item = dlrn_json_object();
        dlrn_json_set_string(item, "kind", f->v[i].is_error ? "error" : "warning");
        dlrn_json_set_string(item, "message", f->v[i].message);
        dlrn_json_append_take(list, item);
    }
    dlrn_json_set_take(j, "findings", list);
    const dlrn_status st = dlrn_json_text(&text, j, 2, &err);
    dlrn_json_free(j);
    if (st != DLRN_OK) return cli_fail(call, &err);
    const int code = cli_deliver(call, NULL, text, strlen(text));
    free(text);
    return code;
}

static int run(const cli_call *call)
{
    if (call->n_args != 1)
        return cli_usage(call, "expected one study file (.yaml) or cohort table (.csv)");
    dlrn_findings f = {0};
    dlrn_error err;
    if (dlrn_study_check(&f, call->args[0], &call->exec, &err) != DLRN_OK) {
        dlrn_findings_clear(&f);
        return cli_fail(call, &err);
    }
    cli_progress_end();
    size_t errors = 0;
    for (size_t i = 0; i < f.n; i++)
        errors += f.v[i].is_error;
    int code = 0;
    if (call->json) {
        code = print_json(call, &f);
    } else {
        for (size_t i = 0; i < f.n; i++)
            printf("%s: %s\n", f.v[i].is_error ? "error" : "warning", f.v[i].message);
        const size_t warnings = f.n - errors;
        printf("%zu error%s, %zu warning%s\n", errors, errors == 1 ? "" : "s", warnings,
               warnings == 1 ? "" : "s");
    }
    dlrn_findings_clear(&f);
    const char *sheet = ((const options *)call->opts)->sheet;
    if (sheet && dlrn_study_sheet(call->args[0], sheet, &call->exec, &err) != DLRN_OK)
        return cli_fail(call, &err);
    return errors ? 1 : code;
}

const cli_command cmd_check = {
    .name = "check",
    .group = "a study",
    .summary = "every problem of a study or cohort table before hours are spent",
    .usage = "STUDY.yaml [--sheet qc.html]\nCOHORT.csv [--sheet qc.html]",
    .details = "Exit code 1 where an error was found, 0 where there are only warnings or nothing.",
    .examples = "  # before the study\n  dlrn check study.yaml\n"
                "  # a table alone, for a script\n  dlrn check cohort.csv --json\n",
    .options = option_table,
    .n_options = sizeof option_table / sizeof *option_table,
    .opts_size = sizeof(options),
    .run = run,
};
