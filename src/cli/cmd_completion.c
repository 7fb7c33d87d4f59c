/* SPDX-License-Identifier: Apache-2.0
 *
 * Completion for the shells, written from the option tables.
 */
#include "commands.h"

#include <string.h>

typedef void option_printer(const cli_option *o);

static void for_each_option(const cli_command *c, option_printer *print)
{
    for (size_t i = 0; i < c->n_options; i++)
        print(&c->options[i]);
    for (size_t i = 0; i < cli_n_common_options; i++)
        print(&cli_common_options[i]);
}

static void print_word(const cli_option *o)
{
    printf(" --%s", o->name);
    if (o->letter) printf(" -%c", o->letter);
}

static void print_bash_case(const cli_command *c)
{
    printf("        %s) [[ $word == -* ]] && words=\"", c->name);
    for_each_option(c, print_word);
    printf("\" ;;\n");
}

static void print_bash_subs(const cli_command *c)
{
    printf("        %s)\n        if [ \"$COMP_CWORD\" = 2 ]; then\n        words=\"", c->name);
    for (size_t i = 0; i < c->n_subs; i++)
        printf("%s ", c->subs[i]->name);
    printf("\"\n        else\n        case ${COMP_WORDS[2]} in\n");
    for (size_t i = 0; i < c->n_subs; i++)
        print_bash_case(c->subs[i]);
    printf("        esac\n        fi ;;\n");
}

static void print_bash(void)
{
    printf("_dlrn() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
           "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words=\"");
    for (size_t i = 0; i < cli_n_commands; i++)
        printf("%s%s", i ? " " : "", cli_commands[i]->name);
    printf("\"\n    else\n        case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < cli_n_commands; i++) {
        if (cli_commands[i]->n_subs)
            print_bash_subs(cli_commands[i]);
        else
            print_bash_case(cli_commands[i]);
    }
    printf("        esac\n    fi\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
           "complete -o default -F _dlrn dlrn\n");
}

/* Single quotes end the shell's string: none may stand in a text. */
static void print_quoted(const char *s)
{
    for (; *s; s++)
        putchar(*s == '\'' ? ' ' : *s);
}

static void print_zsh_option(const cli_option *o)
{
    printf(" '--%s%s[", o->name, o->value ? "=" : "");
    for (const char *s = o->help; *s; s++)
        putchar(strchr("'[]:", *s) ? ' ' : *s);
    printf("]%s%s%s'", o->value ? ":" : "", o->value ? o->value : "", o->value ? ":_files" : "");
}

/* A menu of commands for the word at this place; leaves the function. */
static void print_zsh_menu(const cli_command *const *all, size_t n, int place)
{
    printf("    if (( CURRENT == %d )); then\n        local -a commands=(", place);
    for (size_t i = 0; i < n; i++) {
        printf("\n            '%s:", all[i]->name);
        print_quoted(all[i]->summary);
        putchar('\'');
    }
    printf(")\n        _describe command commands\n        return\n    fi\n");
}

static void print_zsh_case(const cli_command *c)
{
    printf("    %s) _arguments", c->name);
    for_each_option(c, print_zsh_option);
    printf(" '*:file:_files' ;;\n");
}

static void print_zsh_subs(const cli_command *c)
{
    printf("    %s)\n", c->name);
    print_zsh_menu(c->subs, c->n_subs, 3);
    printf("    case $words[3] in\n");
    for (size_t i = 0; i < c->n_subs; i++)
        print_zsh_case(c->subs[i]);
    printf("    esac ;;\n");
}

static void print_zsh(void)
{
    printf("#compdef dlrn\n_dlrn() {\n");
    print_zsh_menu(cli_commands, cli_n_commands, 2);
    printf("    case $words[2] in\n");
    for (size_t i = 0; i < cli_n_commands; i++) {
        if (cli_commands[i]->n_subs)
            print_zsh_subs(cli_commands[i]);
        else
            print_zsh_case(cli_commands[i]);
    }
    printf("    esac\n}\n_dlrn \"$@\"\n");
}

static const cli_command *fish_command;

static void print_fish_option(const cli_option *o)
{
    const cli_command *parent = fish_command->parent;
    printf("complete -c dlrn -n '__fish_seen_subcommand_from %s", fish_command->name);
    if (parent) printf("; and __fish_seen_subcommand_from %s", parent->name);
    printf("' -l %s", o->name);
    if (o->letter) printf(" -s %c", o->letter);
    if (o->value) printf(" -r");
    printf(" -d '");
    print_quoted(o->help);
    printf("'\n");
}

static void print_fish_command(const cli_command *c)
{
    if (c->parent)
        printf("complete -c dlrn -n '__fish_seen_subcommand_from %s' -f -a %s -d '",
               c->parent->name, c->name);
    else
        printf("complete -c dlrn -n __fish_use_subcommand -f -a %s -d '", c->name);
    print_quoted(c->summary);
    printf("'\n");
    fish_command = c;
    if (!c->n_subs) for_each_option(c, print_fish_option);
    for (size_t i = 0; i < c->n_subs; i++)
        print_fish_command(c->subs[i]);
}

static void print_fish(void)
{
    for (size_t i = 0; i < cli_n_commands; i++)
        print_fish_command(cli_commands[i]);
}

static int run(const cli_call *call)
{
    if (call->n_args == 1 && !strcmp(call->args[0], "bash"))
        print_bash();
    else if (call->n_args == 1 && !strcmp(call->args[0], "zsh"))
        print_zsh();
    else if (call->n_args == 1 && !strcmp(call->args[0], "fish"))
        print_fish();
    else
        return cli_usage(call, "expected a shell: bash, zsh or fish");
    return 0;
}

const cli_command cmd_completion = {
    .name = "completion",
    .group = "about",
    .summary = "prints completion for bash, zsh or fish",
    .usage = "bash|zsh|fish",
    .examples = "  # in ~/.bashrc\n  source <(dlrn completion bash)\n"
                "  # for fish\n  dlrn completion fish > ~/.config/fish/completions/dlrn.fish\n",
    .opts_size = 1,
    .run = run,
};
