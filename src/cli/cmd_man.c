/* SPDX-License-Identifier: Apache-2.0
 *
 * Man pages, written from the option tables, so that no option is missing in them.
 */
#include "commands.h"

#include <string.h>

/* roff reads a dot or apostrophe at a line's start and a backslash anywhere as its own. */
static void print_text(const char *s)
{
    bool at_start = true;
    for (; *s; s++) {
        if (at_start && (*s == '.' || *s == '\'')) fputs("\\&", stdout);
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else
            putchar(*s);
        at_start = *s == '\n';
    }
}

static void print_option(const cli_option *o)
{
    printf(".TP\n.B ");
    if (o->letter) printf("\\-%c, ", o->letter);
    printf("\\-\\-");
    print_text(o->name);
    if (o->value) printf(" \\fI%s\\fR", o->value);
    putchar('\n');
    print_text(o->help);
    putchar('\n');
}

static void print_synopsis(const cli_command *c)
{
    const cli_title title = cli_title_of(c);
    printf(".nf\n");
    for (const char *u = c->usage; u;) {
        const char *end = strchr(u, '\n');
        char line[512];
        snprintf(line, sizeof line, "%.*s", end ? (int)(end - u) : (int)strlen(u), u);
        printf("\\fBdlrn %s\\fR ", title.text);
        print_text(line);
        putchar('\n');
        u = end ? end + 1 : NULL;
    }
    printf(".fi\n");
}

static void print_examples(const cli_command *c)
{
    printf(".nf\n");
    print_text(c->examples);
    printf(".fi\n");
}

/* A command of the command's own: a section with its options and examples. */
static void print_sub(const cli_command *c)
{
    printf(".SS %s\n", c->name);
    print_text(c->summary);
    printf("\n.PP\n");
    print_synopsis(c);
    if (c->details) {
        printf(".PP\n");
        print_text(c->details);
        putchar('\n');
    }
    for (size_t i = 0; i < c->n_options; i++)
        print_option(&c->options[i]);
    printf(".PP\n");
    print_examples(c);
}

static void print_page(const cli_command *c)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", c->parent ? c->parent->name : "", c->parent ? "-" : "",
             c->name);
    printf(".TH DLRN\\-%s 1 \"\" \"dlrn %s\" \"dlrn manual\"\n.SH NAME\ndlrn\\-", name,
           dlrn_version());
    print_text(name);
    printf(" \\- ");
    print_text(c->summary);
    printf("\n.SH SYNOPSIS\n");
    print_synopsis(c);
    printf(".SH DESCRIPTION\n");
    print_text(c->details ? c->details : c->summary);
    putchar('\n');
    if (c->n_subs) printf(".SH FORMS\n");
    for (size_t i = 0; i < c->n_subs; i++)
        print_sub(c->subs[i]);
    printf(c->n_subs ? ".SH COMMON OPTIONS\n" : ".SH OPTIONS\n");
    for (size_t i = 0; i < c->n_options; i++)
        print_option(&c->options[i]);
    for (size_t i = 0; i < cli_n_common_options; i++)
        print_option(&cli_common_options[i]);
    printf(".SH EXIT STATUS\n0 done, 1 the work could not be done, 2 wrong usage, 130 interrupted, "
           "143 terminated.\n");
    if (c->examples) {
        printf(".SH EXAMPLES\n");
        print_examples(c);
    }
    printf(".SH NOTE\nFor research use, not a medical device.\n");
}

static void print_overview(void)
{
    printf(
        ".TH DLRN 1 \"\" \"dlrn %s\" \"dlrn manual\"\n.SH NAME\n"
        "dlrn \\- deep learning radiomics nomograms\n"
        ".SH SYNOPSIS\n\\fBdlrn\\fR \\fIcommand\\fR [options] [arguments]\n"
        ".SH DESCRIPTION\nLateral spine radiographs, outlined vertebrae and a clinical table in; "
        "a validated deep learning radiomics nomogram out.\n.SH COMMANDS\n",
        dlrn_version());
    for (size_t i = 0; i < cli_n_commands; i++) {
        printf(".TP\n.BR dlrn\\-%s (1)\n", cli_commands[i]->name);
        print_text(cli_commands[i]->summary);
        putchar('\n');
    }
    printf(".SH NOTE\nFor research use, not a medical device.\n");
}

static int run(const cli_call *call)
{
    if (call->n_args == 0) {
        print_overview();
        return 0;
    }
    const cli_command *c = cli_find_command(call->args[0], call->args[1]);
    if (!c) return 2;
    print_page(c);
    return 0;
}

const cli_command cmd_man = {
    .name = "man",
    .group = "about",
    .summary = "prints a command's manual page, or the program's",
    .usage = "[COMMAND [TEST]]",
    .examples = "  # read it\n  dlrn man extract | man -l -\n"
                "  # keep it\n  dlrn man study > dlrn-study.1\n",
    .opts_size = 1,
    .run = run,
};
