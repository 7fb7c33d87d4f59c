/* SPDX-License-Identifier: Apache-2.0
 *
 * Hooks, CPU count, parallel_for.
 */
#include <dlrn/base.h>

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t hook_lock = PTHREAD_MUTEX_INITIALIZER;

void dlrn_log(const dlrn_exec *ex, dlrn_level level, const char *fmt, ...)
{
    if (!ex || !ex->hooks || !ex->hooks->log) return;
    char message[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&hook_lock);
    ex->hooks->log(ex->hooks->user, level, message);
    pthread_mutex_unlock(&hook_lock);
}

dlrn_status dlrn_progress(const dlrn_exec *ex, const char *stage, size_t done, size_t total,
                          dlrn_error *err)
{
    if (!ex || !ex->hooks || !ex->hooks->progress) return DLRN_OK;
    pthread_mutex_lock(&hook_lock);
    const bool go_on = ex->hooks->progress(ex->hooks->user, stage, done, total);
    pthread_mutex_unlock(&hook_lock);
    return go_on ? DLRN_OK : dlrn_fail(err, DLRN_ECANCELLED, "stopped on request during %s", stage);
}

/* The CPU quota of this process' control group (version 2, then 1), rounded up; 0: none. */
static int cgroup_cpus(void)
{
    char quota[32];
    long long period = 0, micros = 0;
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (f) {
        const int got = fscanf(f, "%31s %lld", quota, &period);
        fclose(f);
        if (got != 2 || !strcmp(quota, "max")) return 0;
        micros = strtoll(quota, NULL, 10);
    } else {
        f = fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "r");
        if (!f) return 0;
        const int got = fscanf(f, "%lld", &micros);
        fclose(f);
        f = got == 1 ? fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "r") : NULL;
        if (!f) return 0;
        if (fscanf(f, "%lld", &period) != 1) period = 0;
        fclose(f);
    }
    return micros > 0 && period > 0 ? (int)((micros + period - 1) / period) : 0;
}

int dlrn_cpu_count(void)
{
    cpu_set_t set;
    int n = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0) n = CPU_COUNT(&set);
    const int quota = cgroup_cpus();
    if (quota > 0 && quota < n) n = quota;
    return n > 0 ? n : 1;
}

int dlrn_exec_threads(const dlrn_exec *ex)
{
    return ex && ex->threads > 0 ? ex->threads : dlrn_cpu_count();
}

typedef struct job {
    dlrn_work_fn *fn;
    void *user;
    size_t n, next;
    size_t failed_at; /* lowest item that failed, n: none */
    dlrn_status st;
    dlrn_error err;
    pthread_mutex_t lock;
} job;

typedef struct worker {
    job *job;
    size_t index;
} worker;

static _Thread_local bool inside_item;

static bool take_item(job *j, size_t *i)
{
    pthread_mutex_lock(&j->lock);
    const bool any = j->next < j->n && j->failed_at == j->n;
    if (any) *i = j->next++;
    pthread_mutex_unlock(&j->lock);
    return any;
}

static void note_failure(job *j, size_t i, dlrn_status st, const dlrn_error *err)
{
    pthread_mutex_lock(&j->lock);
    if (i < j->failed_at) {
        j->failed_at = i;
        j->st = st;
        j->err = *err;
    }
    pthread_mutex_unlock(&j->lock);
}

static void *work(void *arg)
{
    const worker *w = arg;
    job *j = w->job;
    inside_item = true;
    for (size_t i = 0; take_item(j, &i);) {
        dlrn_error err = {DLRN_OK, ""};
        const dlrn_status st = j->fn(j->user, i, w->index, &err);
        if (st != DLRN_OK) note_failure(j, i, st, &err);
    }
    inside_item = false;
    return NULL;
}

static dlrn_status run_serially(size_t n, dlrn_work_fn *fn, void *user, dlrn_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const dlrn_status st = fn(user, i, 0, err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

dlrn_status dlrn_parallel_for(size_t n, int threads, dlrn_work_fn *fn, void *user, dlrn_error *err)
{
    enum { MAX_THREADS = 256 };
    size_t wanted = threads > 0 ? (size_t)threads : (size_t)dlrn_cpu_count();
    if (wanted > n) wanted = n;
    if (wanted > MAX_THREADS) wanted = MAX_THREADS;
    // nested: the outer loop holds the CPUs already, and worker 0's scratch is the item's own
    if (wanted <= 1 || inside_item) return run_serially(n, fn, user, err);

    job j = {.fn = fn, .user = user, .n = n, .failed_at = n, .st = DLRN_OK};
    worker w[MAX_THREADS];
    pthread_t id[MAX_THREADS];
    size_t started = 0;
    pthread_mutex_init(&j.lock, NULL);
    for (; started + 1 < wanted; started++) {
        w[started] = (worker){&j, started};
        if (pthread_create(&id[started], NULL, work, &w[started]) != 0) break;
    }
    worker own = {&j, started};
    work(&own);
    for (size_t k = 0; k < started; k++)
        pthread_join(id[k], NULL);
    pthread_mutex_destroy(&j.lock);
    if (j.st != DLRN_OK && err) *err = j.err;
    return j.st;
}
