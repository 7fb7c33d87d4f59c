/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that a command is to write, looked at before its work begins: they can be written, and are
 * none that it reads.
 */
#include "cli.h"

#include <string.h>
#include <sys/stat.h>

bool cli_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return a && b && stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool cli_is_stream(const char *path)
{
    struct stat s;
    return !strcmp(path, "-") || !strncmp(path, "/dev/", 5) ||
           (stat(path, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode));
}

dlrn_status cli_spare(const char *out, const char *image, const char *mask, dlrn_error *err)
{
    if (!cli_same_file(out, image) && !cli_same_file(out, mask)) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL,
                     "the output would replace a file of this case: choose another name");
}

/* The value of option k where it is a file of this kind, else NULL. */
static const char *file_of(const cli_call *call, size_t k, cli_kind kind)
{
    const cli_option *o = &call->command->options[k];
    if (o->kind != kind) return NULL;
    return *(const char *const *)(const void *)((const char *)call->opts + o->offset);
}

/* What option k would destroy; NULL: nothing. */
static const char *replaced(const cli_call *call, size_t k, const char *out)
{
    for (size_t i = 0; i < call->n_args; i++)
        if (cli_same_file(out, call->args[i])) return call->args[i];
    for (size_t i = 0; i < call->command->n_options; i++) {
        const char *in = file_of(call, i, CLI_READ), *other = file_of(call, i, CLI_WRITE);
        if (cli_same_file(out, in)) return in;
        if (i != k && other && !strcmp(out, other)) return other;
    }
    return NULL;
}

int cli_check_outputs(const cli_call *call)
{
    for (size_t k = 0; k < call->command->n_options; k++) {
        dlrn_out probe;
        dlrn_error err;
        const char *out = file_of(call, k, CLI_WRITE);
        const char *lost = out ? replaced(call, k, out) : NULL;
        if (lost) return cli_usage(call, "the output would replace %s: choose another name", lost);
        if (!out || cli_is_stream(out)) continue;
        if (dlrn_out_open(&probe, out, &err) != DLRN_OK) return cli_fail(call, &err);
        dlrn_out_discard(&probe);
    }
    return 0;
}
