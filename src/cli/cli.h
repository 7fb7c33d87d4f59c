/* SPDX-License-Identifier: Apache-2.0
 *
 * What the command files share: the command table, options as data (they are parsed, printed as
 * help, written as man page and as completion from one table), messages, progress.
 *
 * To add a command: write cmd_<name>.c with its option table and a `const cli_command cmd_<name>`,
 * declare it in commands.h, add it to the table in main.c and the file to meson.build.
 */
#ifndef DLRN_CLI_CLI_H
#define DLRN_CLI_CLI_H

#include <dlrn/base.h>

typedef enum cli_kind {
    CLI_FLAG,    /* bool */
    CLI_TEXT,    /* const char * */
    CLI_READ,    /* the same: a file that is read, or a word that stands for one */
    CLI_WRITE,   /* the same: a file that is written, "-" for stdout; see cli_check_outputs */
    CLI_NUMBER,  /* double */
    CLI_INTEGER, /* int64_t */
    CLI_LIST     /* cli_list: may be given again and again */
} cli_kind;

typedef struct cli_list {
    const char **v; /* [n] */
    size_t n;
} cli_list;

typedef struct cli_option {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    cli_kind kind;
    size_t offset;     /* of the value in the command's own option struct */
    const char *value; /* what the help calls the value ("FILE"); NULL for a flag */
    const char *help;  /* one line, the default in it */
} cli_option;

typedef struct cli_call cli_call;

/* An option that another program has where this one has something else. */
typedef struct cli_foreign {
    const char *name; /* without its dashes */
    const char *here; /* what to do here */
} cli_foreign;

typedef struct cli_command cli_command;

struct cli_command {
    const char *name;
    const cli_command *parent; /* NULL, or the command that this one is a word of */
    const char *group;         /* heading in `dlrn help` */
    const char *summary;       /* one line */
    const char *usage;         /* what follows "dlrn NAME"; several lines are several forms */
    const char *details;       /* paragraphs for help and man page; NULL: none */
    const char *examples;      /* two worked examples: "# what it does\ndlrn ...\n" */
    const cli_option *options;
    size_t n_options;
    size_t opts_size;                 /* of the command's option struct */
    const void *defaults;             /* that struct's starting values; NULL: zero */
    int (*run)(const cli_call *call); /* exit code */
    /* Commands of its own, each with its options: the first word that is no option names one, and
     * nothing of the above but name, group, summary, usage, details and examples is read. */
    const cli_command *const *subs;
    size_t n_subs;
    const char *sub_word;       /* what a message calls one: "test" */
    const cli_foreign *foreign; /* options of a program that users come from */
    size_t n_foreign;
};

/* One command line, parsed. */
struct cli_call {
    const cli_command *command;
    const void *opts; /* the command's option struct, filled */
    char **args;      /* what is no option [n_args], then NULL */
    size_t n_args;
    int64_t threads; /* common options */
    int64_t seed;
    bool seed_given, quiet, json;
    int64_t verbose;
    dlrn_exec exec; /* threads and hooks, ready for library calls */
};

/* The table of all commands, in the order of `dlrn help`. */
extern const cli_command *const cli_commands[];
extern const size_t cli_n_commands;
/* The command of this name, or of its own the one named `sub` (NULL: none). Where there is none,
 * says so and which is near, and returns NULL. */
const cli_command *cli_find_command(const char *name, const char *sub);
/* The command's name as it is typed after "dlrn": "stats roc". */
typedef struct cli_title {
    char text[64];
} cli_title;
cli_title cli_title_of(const cli_command *command);

/* Options that every command takes (--threads, --seed, --quiet, --verbose, --json, --help). */
extern const cli_option cli_common_options[];
extern const size_t cli_n_common_options;

/* Parses argv[0..argc), the words after the command, and runs it. Returns the exit code. */
int cli_run(const cli_command *command, int argc, char **argv);

/* Prints the command's help, as `dlrn CMD --help`. */
void cli_print_help(FILE *f, const cli_command *command);

/* "dlrn CMD: message" on stderr. Returns 1, or 130 or 143 where a signal asked to stop. */
int cli_fail(const cli_call *call, const dlrn_error *err);

/* The same for wrong usage, with a pointer to --help. Returns 2. */
int cli_usage(const cli_call *call, const char *fmt, ...) DLRN_PRINTF(2, 3);

/* "dlrn CMD: note: ..." or "warning: ..." on stderr; notes are not shown with --quiet. */
void cli_note(const cli_call *call, const char *fmt, ...) DLRN_PRINTF(2, 3);
void cli_warn(const cli_call *call, const char *fmt, ...) DLRN_PRINTF(2, 3);

/* Where a result goes: to the file `path`, whole or not at all, or to stdout where it is NULL or
 * "-". Returns an exit code. */
int cli_deliver(const cli_call *call, const char *path, const char *text, size_t len);

/* Before the work: 0 where each file of a CLI_WRITE option can be written, and is neither an
 * argument nor another option's file. Else says so and returns the exit code. */
int cli_check_outputs(const cli_call *call);
/* Fails where `out` (NULL: none) is one of these files of a table's row. */
DLRN_MUST_CHECK dlrn_status cli_spare(const char *out, const char *image, const char *mask,
                                      dlrn_error *err);
/* Whether both names, where they are not NULL, lead to one file. */
bool cli_same_file(const char *a, const char *b);
/* Whether nothing can be kept beside it: stdout, a device, a pipe. */
bool cli_is_stream(const char *path);

/* Hooks that draw progress on a terminal, print a line every 10 s elsewhere, stop on SIGINT and
 * SIGTERM (signals are caught from here on). */
const dlrn_hooks *cli_hooks(const cli_call *call);
/* Off: SIGINT and SIGTERM end the program where it stands, for work that asks no hook and has put
 * nothing on the disk yet. On: what is written from here on is written to its end. */
void cli_catch_signals(bool on);
/* Ends the progress line, if one is on the screen. */
void cli_progress_end(void);
/* 0, SIGINT or SIGTERM. */
int cli_signal(void);

#endif
