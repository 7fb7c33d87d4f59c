/* SPDX-License-Identifier: Apache-2.0
 *
 * The command table and the way to a command.
 */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

const cli_command *const cli_commands[] = {
    &cmd_study,   &cmd_init,    &cmd_check,    &cmd_report,     &cmd_phantom,
    &cmd_predict, &cmd_extract, &cmd_features, &cmd_deep,       &cmd_weights,
    &cmd_stats,   &cmd_help,    &cmd_version,  &cmd_completion, &cmd_man,
};
const size_t cli_n_commands = sizeof cli_commands / sizeof *cli_commands;

const cli_command *cli_find_command(const char *name)
{
    for (size_t i = 0; i < cli_n_commands; i++)
        if (!strcmp(cli_commands[i]->name, name)) return cli_commands[i];
    return NULL;
}

int cli_unknown_command(const char *word)
{
    const char *names[64];
    for (size_t i = 0; i < cli_n_commands; i++)
        names[i] = cli_commands[i]->name;
    const char *near = dlrn_nearest(word, names, cli_n_commands);
    fprintf(stderr, "dlrn: there is no command '%s'", word);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\n'dlrn help' lists the commands.\n");
    return 2;
}

/* A full disk shows only when the last bytes go out. */
static int close_stdout(int code)
{
    const bool bad = ferror(stdout) != 0;
    if (fclose(stdout) != 0 || bad) {
        fprintf(stderr, "dlrn: cannot write to stdout (is the disk full?)\n");
        if (code == 0) code = 1;
    }
    return code;
}

int main(int argc, char **argv)
{
    static char help[] = "help";
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        fprintf(stderr, "usage: dlrn <command> [options] [arguments]\n"
                        "'dlrn help' lists the commands.\n");
        return 2;
    }
    if (!strcmp(word, "--help") || !strcmp(word, "-h")) word = help;
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) word = "version";
    const cli_command *command = cli_find_command(word);
    if (!command) return cli_unknown_command(word);
    return close_stdout(cli_run(command, argc - 2, argv + 2));
}
