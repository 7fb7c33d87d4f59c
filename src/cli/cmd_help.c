/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <string.h>

static void print_overview(void)
{
    printf(
        "usage: dlrn <command> [options] [arguments]\n\n"
        "Lateral spine radiographs, outlined vertebrae and a clinical table in; a validated deep\n"
        "learning radiomics nomogram out. For research use, not a medical device.\n");
    const char *group = "";
    for (size_t i = 0; i < cli_n_commands; i++) {
        const cli_command *c = cli_commands[i];
        if (strcmp(group, c->group) != 0) printf("\n%s\n", c->group);
        group = c->group;
        printf("  %-12s %s\n", c->name, c->summary);
    }
    printf("\n'dlrn help COMMAND' or 'dlrn COMMAND --help' explains one.\n");
}

static int run(const cli_call *call)
{
    if (call->n_args == 0) {
        print_overview();
        return 0;
    }
    const cli_command *c = cli_find_command(call->args[0], call->args[1]);
    if (!c) return 2;
    cli_print_help(stdout, c);
    return 0;
}

const cli_command cmd_help = {
    .name = "help",
    .group = "about",
    .summary = "lists the commands, or explains one",
    .usage = "[COMMAND [TEST]]",
    .examples = "  # all commands\n  dlrn help\n  # one test of a command\n  dlrn help stats roc\n",
    .opts_size = 1,
    .run = run,
};
