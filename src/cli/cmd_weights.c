/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/weights.h>

#include <stdlib.h>
#include <string.h>

typedef struct opts {
    const char *out;
} opts;

static const cli_option options[] = {
    {"out", 'o', CLI_WRITE, offsetof(opts, out), "FILE",
     "where import (and init) write: a .safetensors file"},
};

static void warn_made_up(const cli_call *call, const dlrn_weights *w)
{
    if (dlrn_weights_made_up(w))
        cli_warn(call, "these weights are made up: no image taught them, features mean nothing");
}

/* "  missing: 3 (layer1.0.conv1.weight, ...)" */
static void add_names(dlrn_str *b, const dlrn_json *j, const char *key, const char *title)
{
    enum { SHOWN = 4 };
    const dlrn_json *list = dlrn_json_get(j, key);
    const size_t n = dlrn_json_size(list);
    if (!n) return;
    dlrn_str_addf(b, "%-13s %zu (", title, n);
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        const dlrn_json *item = dlrn_json_at(list, i);
        dlrn_str_addf(b, "%s%s", i ? ", " : "",
                      dlrn_json_is_string(item) ? dlrn_json_as_string(item, "")
                                                : dlrn_json_get_string(item, "name", ""));
    }
    dlrn_str_add(b, n > SHOWN ? ", ...)\n" : ")\n");
}

static void add_text(dlrn_str *b, const char *file, const dlrn_json *j)
{
    const dlrn_json *classes = dlrn_json_get(j, "classes");
    const bool complete = dlrn_json_get_bool(j, "complete", false);
    dlrn_str_addf(b, "file          %s\n", file);
    dlrn_str_addf(b, "format        %s\n", dlrn_json_get_string(j, "format", ""));
    dlrn_str_addf(b, "key mapping   %s\n", dlrn_json_get_string(j, "mapping", ""));
    dlrn_str_addf(b, "sha256        %s\n", dlrn_json_get_string(j, "sha256", ""));
    const char *source = dlrn_json_get_string(j, "source_sha256", NULL);
    if (source) dlrn_str_addf(b, "imported from %s (SHA-256)\n", source);
    dlrn_str_addf(b, "made up       %s\n",
                  dlrn_json_get_bool(j, "made_up", false) ? "yes: nobody trained them" : "no");
    dlrn_str_addf(b, "network       %s\n",
                  complete ? "ResNet-50, complete" : "not a complete ResNet-50");
    dlrn_str_addf(b, "stride in     %s\n", dlrn_json_get_string(j, "stride", ""));
    dlrn_str_addf(b, "tensors       %.0f, %.0f parameters\n", dlrn_json_get_number(j, "tensors", 0),
                  dlrn_json_get_number(j, "parameters", 0));
    if (!dlrn_json_is_null(classes))
        dlrn_str_addf(b, "classes       %.0f\n", dlrn_json_as_number(classes, 0));
    add_names(b, j, "missing", "missing");
    add_names(b, j, "wrong", "wrong shape");
    add_names(b, j, "extra", "extra");
    add_names(b, j, "ignored", "ignored");
}

static int show(const cli_call *call, const char *file, const dlrn_weights *w)
{
    dlrn_error err;
    dlrn_str b = {0};
    char *text = NULL;
    int code;
    dlrn_json *j = dlrn_weights_json(w);
    if (call->json) {
        code = dlrn_json_text(&text, j, 2, &err) == DLRN_OK
                   ? cli_deliver(call, NULL, text, strlen(text))
                   : cli_fail(call, &err);
    } else {
        add_text(&b, file, j);
        code = cli_deliver(call, NULL, dlrn_str_get(&b), b.len);
    }
    free(text);
    dlrn_str_clear(&b);
    dlrn_json_free(j);
    return code;
}

static int info(const cli_call *call, const char *file)
{
    dlrn_error err;
    dlrn_weights *w;
    if (dlrn_weights_load(&w, file, &err) != DLRN_OK) return cli_fail(call, &err);
    const int code = show(call, file, w);
    warn_made_up(call, w);
    dlrn_weights_free(w);
    return code;
}

static int verify(const cli_call *call, const char *file)
{
    dlrn_error err;
    dlrn_weights *w;
    if (dlrn_weights_load(&w, file, &err) != DLRN_OK) return cli_fail(call, &err);
    int code = show(call, file, w);
    warn_made_up(call, w);
    if (code == 0 && dlrn_weights_verify(w, &err) != DLRN_OK) {
        dlrn_error_prefix(&err, "%s: ", file);
        code = cli_fail(call, &err);
    }
    dlrn_weights_free(w);
    return code;
}

/* Writes w to `out` and says what it is. */
static int write_out(const cli_call *call, const dlrn_weights *w, const char *out)
{
    dlrn_error err;
    if (!dlrn_path_has_ext(out, ".safetensors"))
        return cli_usage(call, "%s: weights are written as .safetensors; give such a name", out);
    if (dlrn_weights_write(w, out, &err) != DLRN_OK) return cli_fail(call, &err);
    cli_note(call, "wrote %s", out);
    warn_made_up(call, w);
    return 0;
}

static int import(const cli_call *call, const char *file, const char *out)
{
    dlrn_error err;
    dlrn_weights *w;
    int code;
    if (dlrn_weights_load(&w, file, &err) != DLRN_OK) return cli_fail(call, &err);
    if (dlrn_weights_verify(w, &err) != DLRN_OK) {
        dlrn_error_prefix(&err, "%s: ", file);
        code = cli_fail(call, &err);
    } else {
        code = write_out(call, w, out);
        if (code == 0) code = show(call, file, w);
    }
    dlrn_weights_free(w);
    return code;
}

/* Whether made-up weights lose nobody's work there: no file, or others that were made up. */
static bool may_replace(const char *path)
{
    dlrn_weights *w;
    if (!dlrn_file_exists(path)) return true;
    if (dlrn_weights_load(&w, path, NULL) != DLRN_OK) return false;
    const bool made_up = dlrn_weights_made_up(w);
    dlrn_weights_free(w);
    return made_up;
}

static int init(const cli_call *call, const char *out)
{
    dlrn_error err;
    dlrn_weights *w;
    if (!dlrn_path_has_ext(out, ".safetensors"))
        return cli_usage(call, "%s: weights are written as .safetensors; give such a name", out);
    if (!may_replace(out))
        return cli_usage(call, "%s: is there already and was not made up; choose another name",
                         out);
    if (dlrn_weights_init(&w, (uint64_t)call->seed, &err) != DLRN_OK) return cli_fail(call, &err);
    const int code = write_out(call, w, out);
    dlrn_weights_free(w);
    return code;
}

static int run(const cli_call *call)
{
    static const char *const actions[] = {"info", "import", "init", "verify"};
    const opts *o = call->opts;
    const char *action = call->n_args ? call->args[0] : "";
    const char *file = call->n_args > 1 ? call->args[1] : NULL;
    if (!*action) return cli_usage(call, "say what to do: info, import, init or verify");
    if (call->n_args > 2)
        return cli_usage(call, "one file at a time; '%s' is too many", call->args[2]);
    if (!strcmp(action, "init")) {
        if (file && o->out) return cli_usage(call, "init: give the file's name once");
        if (!file && !o->out) return cli_usage(call, "init: say where to write the weights");
        return init(call, file ? file : o->out);
    }
    const char *near = dlrn_nearest(action, actions, 4);
    if (strcmp(action, "info") != 0 && strcmp(action, "import") != 0 &&
        strcmp(action, "verify") != 0)
        return cli_usage(call, "there is no '%s'%s%s%s", action, near ? "; did you mean '" : "",
                         near ? near : "", near ? "'?" : "");
    if (!file) return cli_usage(call, "%s: which file?", action);
    if (!strcmp(action, "import")) {
        if (!o->out) return cli_usage(call, "import: say where to write with -o OUT.safetensors");
        return import(call, file, o->out);
    }
    if (o->out) return cli_usage(call, "%s writes nothing: no -o", action);
    return !strcmp(action, "info") ? info(call, file) : verify(call, file);
}

const cli_command cmd_weights = {
    .name = "weights",
    .group = "images",
    .summary = "looks into, checks, converts or makes up the weights of ResNet-50",
    .usage =
        "info FILE\nverify FILE\nimport FILE -o OUT.safetensors\ninit OUT.safetensors [--seed N]",
    .details =
        "info says what the file is, how its names became torchvision's, and its SHA-256. verify\n"
        "also ends with exit code 1 where the network is not complete. import writes any known file\n"
        "as safetensors with torchvision's names. init makes weights up: for tests and\n"
        "demonstrations; they are labelled as such wherever they are used. Nothing in a weight file\n"
        "is ever executed.",
    .examples =
        "  # what is this file?\n  dlrn weights info RadImageNet-ResNet50_notop.pth\n"
        "  # made-up weights for a dry run\n  dlrn weights init demo.safetensors --seed 1\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .opts_size = sizeof(opts),
    .run = run,
};
