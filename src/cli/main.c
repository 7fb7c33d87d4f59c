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

static const cli_command *find_among(const cli_command *const *all, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    return NULL;
}

static const cli_command *unknown(const cli_command *parent, const char *word)
{
    const char *names[64] = {NULL};
    const cli_command *const *all = parent ? parent->subs : cli_commands;
    const size_t n = parent ? parent->n_subs : cli_n_commands;
    for (size_t i = 0; i < n; i++)
        names[i] = all[i]->name;
    const char *near = dlrn_nearest(word, names, n);
    fprintf(stderr, "dlrn%s%s: there is no %s '%s'", parent ? " " : "", parent ? parent->name : "",
            parent ? parent->sub_word : "command", word);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    if (parent)
        fprintf(stderr, "\n'dlrn %s --help' lists the %ss.\n", parent->name, parent->sub_word);
    else
        fprintf(stderr, "\n'dlrn help' lists the commands.\n");
    return NULL;
}

const cli_command *cli_find_command(const char *name, const char *sub)
{
    const cli_command *c = find_among(cli_commands, cli_n_commands, name);
    if (!c) return unknown(NULL, name);
    if (!sub || !c->n_subs) return c;
    const cli_command *own = find_among(c->subs, c->n_subs, sub);
    return own ? own : unknown(c, sub);
}

cli_title cli_title_of(const cli_command *command)
{
    cli_title t;
    const cli_command *p = command->parent;
    snprintf(t.text, sizeof t.text, "%s%s%s", p ? p->name : "", p ? " " : "", command->name);
    return t;
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

/* What OpenBLAS reads when it is loaded. Its threads would wait in a loop for work that never
 * comes; and a processor newer than itself it takes for one of 2004. */
static void prepare_openblas(void)
{
    const char *core = NULL;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) core = "Haswell";
    if (core && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        core = "SkylakeX";
#endif
    if (core) setenv("OPENBLAS_CORETYPE", core, 0);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    dlrn_keep_memory();
    prepare_openblas();
    if (!word) {
        fprintf(stderr, "usage: dlrn <command> [options] [arguments]\n"
                        "'dlrn help' lists the commands.\n");
        return 2;
    }
    if (!strcmp(word, "--help") || !strcmp(word, "-h")) word = "help";
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) word = "version";
    const cli_command *command = cli_find_command(word, NULL);
    if (!command) return 2;
    return close_stdout(cli_run(command, argc - 2, argv + 2));
}
