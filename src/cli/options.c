/* SPDX-License-Identifier: Apache-2.0
 *
 * Options as data: parsing and help.
 */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The common options' values, and where --help was seen. */
typedef struct common {
    int64_t threads, seed, verbose;
    bool quiet, json, help;
} common;

const cli_option cli_common_options[] = {
    {"threads", 'j', CLI_INTEGER, offsetof(common, threads), "N",
     "threads to use (default: the CPUs this process may use)"},
    {"seed", 0, CLI_INTEGER, offsetof(common, seed), "N",
     "seed of everything random (default: 1, or the study's)"},
    {"json", 0, CLI_FLAG, offsetof(common, json), NULL, "answer as JSON, where there are numbers"},
    {"quiet", 'q', CLI_FLAG, offsetof(common, quiet), NULL, "no progress and no notes"},
    {"verbose", 'v', CLI_FLAG, offsetof(common, verbose), NULL, "say more about what happens"},
    {"help", 'h', CLI_FLAG, offsetof(common, help), NULL, "this text"},
};
const size_t cli_n_common_options = sizeof cli_common_options / sizeof *cli_common_options;

typedef struct parser {
    const cli_command *command;
    char *opts;
    common common;
    bool seed_given;
    char **args;
    size_t n_args;
    const char ***lists; /* what cli_list options own, for freeing */
    size_t n_lists;
} parser;

static int usage_error(const cli_command *c, const char *fmt, ...) DLRN_PRINTF(2, 3);

static int usage_error(const cli_command *c, const char *fmt, ...)
{
    va_list ap;
    const cli_title title = cli_title_of(c);
    fprintf(stderr, "dlrn %s: ", title.text);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n'dlrn %s --help' shows how it is used.\n", title.text);
    return 2;
}

static const cli_option *find(const cli_option *o, size_t n, const char *name, size_t len,
                              char letter)
{
    for (size_t i = 0; i < n; i++) {
        if (letter ? o[i].letter == letter
                   : strlen(o[i].name) == len && !memcmp(o[i].name, name, len))
            return &o[i];
    }
    return NULL;
}

static const cli_option *find_common(const char *name, size_t len, char letter)
{
    return find(cli_common_options, cli_n_common_options, name, len, letter);
}

/* A word as an option: "--name", "--name=value", "-n". */
typedef struct option_word {
    const char *name, *equals;
    size_t len;
    char letter; /* 0: a long one */
} option_word;

/* False where the word is an argument: a negative number is one, and so is "-", stdin or stdout. */
static bool read_option_word(option_word *o, const char *word)
{
    if (word[0] != '-' || !word[1] || (word[1] >= '0' && word[1] <= '9')) return false;
    const bool is_long = word[1] == '-';
    o->name = word + (is_long ? 2 : 1);
    o->equals = is_long ? strchr(o->name, '=') : NULL;
    o->len = o->equals ? (size_t)(o->equals - o->name) : strlen(o->name);
    o->letter = is_long ? '\0' : *o->name;
    return true;
}

static int store(parser *p, const cli_option *o, char *base, const char *value)
{
    char *at = base + o->offset;
    double number = 0;
    if ((o->kind == CLI_NUMBER || o->kind == CLI_INTEGER) &&
        (!dlrn_parse_double(&number, value, strlen(value)) ||
         (o->kind == CLI_INTEGER && number != (double)(int64_t)number)))
        return usage_error(p->command, "--%s: '%s' is not %s", o->name, value,
                           o->kind == CLI_INTEGER ? "a whole number" : "a number");
    switch (o->kind) {
    case CLI_FLAG: *(bool *)at = true; break;
    case CLI_TEXT:
    case CLI_READ:
    case CLI_WRITE: *(const char **)(void *)at = value; break;
    case CLI_NUMBER: *(double *)(void *)at = number; break;
    case CLI_INTEGER: *(int64_t *)(void *)at = (int64_t)number; break;
    case CLI_LIST: {
        cli_list *list = (cli_list *)(void *)at;
        size_t cap = list->n;
        if (dlrn_grow(&list->v, &cap, list->n + 1, sizeof *list->v, NULL) != DLRN_OK) return 1;
        list->v[list->n++] = value;
        break;
    }
    }
    if (o >= cli_common_options && !strcmp(o->name, "seed")) p->seed_given = true;
    return 0;
}

/* An option that only others of the parent's commands take: it was meant to change the result. */
static bool goes_with_others(dlrn_str *takers, const parser *p, const option_word *w)
{
    const cli_command *parent = p->command->parent;
    const char *name = NULL;
    for (size_t i = 0; parent && i < parent->n_subs; i++) {
        const cli_command *c = parent->subs[i];
        const cli_option *o = find(c->options, c->n_options, w->name, w->len, w->letter);
        if (!o) continue;
        if (!name)
            dlrn_str_addf(takers, "--%s does not go with '%s', only with ", o->name,
                          p->command->name);
        dlrn_str_addf(takers, "%s%s", name ? ", " : "", c->name);
        name = o->name;
    }
    return name != NULL;
}

static int unknown_option(const parser *p, const option_word *w)
{
    const char *names[96];
    char word[64];
    dlrn_str takers = {0};
    size_t n = 0;
    if (goes_with_others(&takers, p, w)) {
        const int code = usage_error(p->command, "%s", dlrn_str_get(&takers));
        dlrn_str_clear(&takers);
        return code;
    }
    for (size_t i = 0; i < p->command->n_foreign; i++) {
        const cli_foreign *f = &p->command->foreign[i];
        if (strlen(f->name) == w->len && !memcmp(f->name, w->name, w->len))
            return usage_error(p->command, "there is no option %s%s here: %s",
                               w->letter ? "-" : "--", f->name, f->here);
    }
    if (w->letter) return usage_error(p->command, "unknown option '-%c'", w->letter);
    for (size_t i = 0; i < p->command->n_options && n < 80; i++)
        names[n++] = p->command->options[i].name;
    for (size_t i = 0; i < cli_n_common_options; i++)
        names[n++] = cli_common_options[i].name;
    snprintf(word, sizeof word, "%.*s", (int)(w->len < 60 ? w->len : 60), w->name);
    const char *near = dlrn_nearest(word, names, n);
    if (near)
        return usage_error(p->command, "unknown option '--%s'; did you mean '--%s'?", word, near);
    return usage_error(p->command, "unknown option '--%s'", word);
}

/* Handles one option word; *i moves past a value that stands as a word of its own. */
static int take_option(parser *p, const option_word *w, char **argv, int argc, int *i)
{
    const char *value = w->equals ? w->equals + 1 : NULL;
    char *base = p->opts;
    const cli_option *o =
        find(p->command->options, p->command->n_options, w->name, w->len, w->letter);
    if (!o) {
        o = find_common(w->name, w->len, w->letter);
        base = (char *)&p->common;
    }
    if (!o) return unknown_option(p, w);
    const char *attached = w->letter && w->name[1] ? w->name + 1 : NULL;
    if (o->kind == CLI_FLAG) {
        if (value) return usage_error(p->command, "--%s takes no value", o->name);
        if (attached)
            return usage_error(p->command, "write -%c apart from what follows it", w->letter);
    } else if (!value && attached) {
        value = attached;
    } else if (!value) {
        if (*i + 1 >= argc)
            return usage_error(p->command, "--%s needs a value (%s)", o->name, o->value);
        value = argv[++*i];
    }
    return store(p, o, base, value);
}

static int parse(parser *p, int argc, char **argv)
{
    bool only_args = false;
    for (int i = 0; i < argc; i++) {
        option_word w;
        if (only_args || !read_option_word(&w, argv[i])) {
            p->args[p->n_args++] = argv[i];
        } else if (!strcmp(argv[i], "--")) {
            only_args = true;
        } else {
            const int code = take_option(p, &w, argv, argc, &i);
            if (code) return code;
        }
    }
    if (p->common.threads < 0 || p->common.threads > 256)
        return usage_error(p->command, "--threads: expected 1 to 256");
    return 0;
}

static int execute(parser *p)
{
    cli_call call = {.command = p->command,
                     .opts = p->opts,
                     .args = p->args,
                     .n_args = p->n_args,
                     .threads = p->common.threads,
                     .seed = p->seed_given ? p->common.seed : 1,
                     .seed_given = p->seed_given,
                     .quiet = p->common.quiet,
                     .json = p->common.json,
                     .verbose = p->common.verbose};
    call.exec = (dlrn_exec){cli_hooks(&call), (int)p->common.threads};
    int code = cli_check_outputs(&call);
    if (!code) code = p->command->run(&call);
    cli_progress_end();
    return code;
}

static int run_command(const cli_command *command, int argc, char **argv)
{
    parser p = {.command = command};
    p.opts = dlrn_alloc_array(1, command->opts_size);
    p.args = dlrn_alloc_array((size_t)argc + 1, sizeof *p.args);
    int code = 1;
    if (p.opts && p.args) {
        if (command->defaults) memcpy(p.opts, command->defaults, command->opts_size);
        code = parse(&p, argc, argv);
        if (p.common.help) {
            cli_print_help(stdout, command);
            code = 0;
        } else if (code == 0) {
            code = execute(&p);
        }
    }
    for (size_t i = 0; p.opts && i < command->n_options; i++)
        if (command->options[i].kind == CLI_LIST)
            free(((cli_list *)(void *)(p.opts + command->options[i].offset))->v);
    free(p.opts);
    free(p.args);
    return code;
}

/* True where a word that follows is the option's value. */
static bool takes_next_word(const cli_command *c, const option_word *w)
{
    const cli_option *o = find_common(w->name, w->len, w->letter);
    for (size_t i = 0; !o && i < c->n_subs; i++)
        o = find(c->subs[i]->options, c->subs[i]->n_options, w->name, w->len, w->letter);
    return o && o->kind != CLI_FLAG && !w->equals && !(w->letter && w->name[1]);
}

/* The command of this one's that the first argument names; the word goes out of argv. */
static int run_sub(const cli_command *c, int argc, char **argv)
{
    option_word w;
    int at = 0;
    bool help = false;
    for (; at < argc && read_option_word(&w, argv[at]); at++) {
        help = help || w.letter == 'h' || (w.len == 4 && !memcmp(w.name, "help", 4));
        if (takes_next_word(c, &w)) at++;
    }
    if (at >= argc && help) {
        cli_print_help(stdout, c);
        return 0;
    }
    if (at >= argc)
        return usage_error(c, "expected a %s: dlrn %s %s", c->sub_word, c->name, c->usage);
    const cli_command *sub = cli_find_command(c->name, argv[at]);
    if (!sub) return 2;
    memmove(argv + 1, argv, (size_t)at * sizeof *argv);
    return run_command(sub, argc - 1, argv + 1);
}

int cli_run(const cli_command *command, int argc, char **argv)
{
    return command->n_subs ? run_sub(command, argc, argv) : run_command(command, argc, argv);
}

static void print_options(FILE *f, const char *title, const cli_option *o, size_t n)
{
    if (n) fprintf(f, "\n%s:\n", title);
    for (size_t i = 0; i < n; i++) {
        char left[48];
        snprintf(left, sizeof left, "%s%c%s --%s%s%s", o[i].letter ? "-" : " ",
                 o[i].letter ? o[i].letter : ' ', o[i].letter ? "," : " ", o[i].name,
                 o[i].value ? " " : "", o[i].value ? o[i].value : "");
        fprintf(f, strlen(left) < 25 ? "  %-25s %s\n" : "  %s\n                            %s\n",
                left, o[i].help);
    }
}

static void print_subs(FILE *f, const cli_command *c)
{
    fprintf(f, "\n%ss:\n", c->sub_word);
    for (size_t i = 0; i < c->n_subs; i++)
        fprintf(f, "  %-12s %s\n", c->subs[i]->name, c->subs[i]->summary);
    fprintf(f, "\n'dlrn %s %s --help' shows the options of one.\n", c->name, c->subs[0]->name);
}

void cli_print_help(FILE *f, const cli_command *c)
{
    const char *usage = c->usage;
    const cli_title title = cli_title_of(c);
    for (const char *lead = "usage: "; usage; lead = "       ") {
        const char *end = strchr(usage, '\n');
        fprintf(f, "%sdlrn %s %.*s\n", lead, title.text,
                end ? (int)(end - usage) : (int)strlen(usage), usage);
        usage = end ? end + 1 : NULL;
    }
    fprintf(f, "\n%s\n", c->summary);
    if (c->details) fprintf(f, "\n%s\n", c->details);
    if (c->n_subs) print_subs(f, c);
    print_options(f, "options", c->options, c->n_options);
    print_options(f, "common options", cli_common_options, cli_n_common_options);
    if (c->examples) fprintf(f, "\nexamples:\n%s", c->examples);
}
