/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/version.h>

#include <stdlib.h>
#include <string.h>

static int run(const cli_call *call)
{
    if (!call->json) {
        printf("dlrn %s\n", dlrn_version());
        return 0;
    }
    char *text;
    dlrn_error err;
    dlrn_json *v = dlrn_version_json();
    const dlrn_status st = dlrn_json_text(&text, v, 2, &err);
    dlrn_json_free(v);
    if (st != DLRN_OK) return cli_fail(call, &err);
    const int code = cli_deliver(call, NULL, text, strlen(text));
    free(text);
    return code;
}

const cli_command cmd_version = {
    .name = "version",
    .group = "about",
    .summary = "the program's version; with --json every library and CPU feature in use",
    .usage = "[--json]",
    .examples = "  # one line\n  dlrn --version\n  # for a bug report\n  dlrn version --json\n",
    .opts_size = 1,
    .run = run,
};
