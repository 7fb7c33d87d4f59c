/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages, results and progress on the terminal.
 */
#include "cli.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

int cli_signal(void)
{
    return caught;
}

int cli_fail(const cli_call *call, const dlrn_error *err)
{
    cli_progress_end();
    if (caught) {
        fprintf(stderr, "dlrn %s: stopped\n", cli_title_of(call->command).text);
        return caught == SIGTERM ? 143 : 130;
    }
    fprintf(stderr, "dlrn %s: %s\n", cli_title_of(call->command).text, err->msg);
    return 1;
}

int cli_usage(const cli_call *call, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "dlrn %s: ", cli_title_of(call->command).text);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n'dlrn %s --help' shows how it is used.\n", cli_title_of(call->command).text);
    return 2;
}

static void say(const cli_call *call, const char *kind, const char *fmt, va_list ap)
{
    cli_progress_end();
    fprintf(stderr, "dlrn %s: %s", cli_title_of(call->command).text, kind);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
}

void cli_note(const cli_call *call, const char *fmt, ...)
{
    if (call->quiet) return;
    va_list ap;
    va_start(ap, fmt);
    say(call, "", fmt, ap);
    va_end(ap);
}

void cli_warn(const cli_call *call, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(call, "warning: ", fmt, ap);
    va_end(ap);
}

int cli_deliver(const cli_call *call, const char *path, const char *text, size_t len)
{
    dlrn_error err;
    if (!path || !strcmp(path, "-")) {
        fwrite(text, 1, len, stdout);
        return 0; // main checks stdout when it closes it
    }
    return dlrn_write_file(path, text, len, &err) == DLRN_OK ? 0 : cli_fail(call, &err);
}

/* ---- progress ---- */

typedef struct progress {
    const cli_call *call;
    char stage[64];
    size_t first;        /* done when the stage began */
    double began, shown; /* seconds */
    bool terminal, on_screen;
} progress;

static progress now_shown;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int terminal_width(void)
{
    struct winsize w;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
}

static void print_time_left(char *text, size_t size, double s)
{
    if (s >= 3600)
        snprintf(text, size, "%d h %02d min", (int)(s / 3600), (int)(s / 60) % 60);
    else if (s >= 60)
        snprintf(text, size, "%d min %02d s", (int)(s / 60), (int)s % 60);
    else
        snprintf(text, size, "%d s", (int)s);
}

static void show(progress *p, double t, size_t done, size_t total)
{
    char left[32], speed[80] = "", line[200];
    const double spent = t - p->began;
    if (spent > 0 && done > p->first) {
        const double rate = (double)(done - p->first) / spent;
        print_time_left(left, sizeof left, (double)(total - done) / rate);
        snprintf(speed, sizeof speed, "%s%.3g/s%s%s left", p->terminal ? "  " : ", ", rate,
                 p->terminal ? "  " : ", ", left);
    }
    if (!p->terminal) {
        fprintf(stderr, "%s: %zu of %zu%s\n", p->stage, done, total, speed);
        return;
    }
    char bar[21];
    const size_t full = total ? done * 20 / total : 0;
    for (size_t i = 0; i < 20; i++)
        bar[i] = i < full ? '#' : '.';
    bar[20] = '\0';
    if (terminal_width() < 70)
        snprintf(line, sizeof line, "%s %zu/%zu", p->stage, done, total);
    else
        snprintf(line, sizeof line, "%s [%s] %zu/%zu%s", p->stage, bar, done, total, speed);
    fprintf(stderr, "\r\033[K%.*s", terminal_width() - 1, line);
    fflush(stderr);
    p->on_screen = true;
}

static bool on_progress(void *user, const char *stage, size_t done, size_t total)
{
    progress *p = user;
    if (caught) return false;
    if (p->call->quiet) return true;
    const double t = seconds();
    if (strcmp(p->stage, stage) != 0) {
        cli_progress_end();
        snprintf(p->stage, sizeof p->stage, "%s", stage);
        p->began = t;
        p->first = done;
        p->shown = p->terminal ? 0 : t;
    }
    if (t - p->shown >= (p->terminal ? 0.1 : 10)) {
        show(p, t, done, total);
        p->shown = t;
    }
    return true;
}

static void on_log(void *user, dlrn_level level, const char *message)
{
    const progress *p = user;
    if (level == DLRN_LOG_WARNING)
        cli_warn(p->call, "%s", message);
    else if (level == DLRN_LOG_INFO || p->call->verbose)
        cli_note(p->call, "%s", message);
}

void cli_progress_end(void)
{
    if (!now_shown.on_screen) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    now_shown.on_screen = false;
}

void cli_catch_signals(bool on)
{
    struct sigaction action = {.sa_handler = on ? on_signal : SIG_DFL};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

const dlrn_hooks *cli_hooks(const cli_call *call)
{
    static dlrn_hooks hooks = {&now_shown, on_log, on_progress};
    cli_catch_signals(true);
    now_shown.call = call;
    now_shown.terminal = isatty(STDERR_FILENO) && getenv("TERM") && strcmp(getenv("TERM"), "dumb");
    return &hooks;
}
