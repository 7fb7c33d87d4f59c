/* SPDX-License-Identifier: Apache-2.0
 *
 * What every module stands on: status and error, memory, hooks (log, progress, cancel), threads,
 * random numbers, numbers as text, and files that appear whole or not at all.
 */
#ifndef DLRN_BASE_H
#define DLRN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRN_API               __attribute__((visibility("default")))
#define DLRN_MUST_CHECK        __attribute__((warn_unused_result))
#define DLRN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* ---- status and error ---- */

typedef enum dlrn_status {
    DLRN_OK,
    DLRN_EINVAL,       /* a value or combination that makes no sense */
    DLRN_EIO,          /* the file system said no */
    DLRN_EFORMAT,      /* a file is damaged or is not what its name says */
    DLRN_ENOTFOUND,    /* a file, column, label or key is absent */
    DLRN_ENOMEM,       /* memory, or a limit on it */
    DLRN_EUNSUPPORTED, /* valid, but this build or version cannot do it */
    DLRN_ENUMERIC,     /* the data give no finite answer */
    DLRN_ECANCELLED,   /* a hook asked to stop */
    DLRN_EINTERNAL     /* a library failed in a way that is no fault of the data */
} dlrn_status;

/* Lives on the caller's stack; NULL where the caller does not care. The message says which file,
 * row or key, what was found, what was expected and what to do; never a patient's name or number.
 */
typedef struct dlrn_error {
    dlrn_status code;
    char msg[600];
} dlrn_error;

/* Fills err if it is not NULL; returns code, so that a function can `return dlrn_fail(...)`. */
DLRN_API dlrn_status dlrn_fail(dlrn_error *err, dlrn_status code, const char *fmt, ...)
    DLRN_PRINTF(3, 4);

/* Puts context (a path, a row) before the message of a failure. */
DLRN_API void dlrn_error_prefix(dlrn_error *err, const char *fmt, ...) DLRN_PRINTF(2, 3);

/* In a function with `dlrn_status st` and one exit `done:` */
#define DLRN_TRY(call)                                                                             \
    do {                                                                                           \
        st = (call);                                                                               \
        if (st != DLRN_OK) goto done;                                                              \
    } while (0)

/* "1.0.0" */
DLRN_API const char *dlrn_version(void);

/* ---- memory ---- */

/* n * size bytes, zeroed (one element where n is 0, so that NULL always means failure); NULL on
 * overflow or when memory is short. Freed with free(). */
DLRN_API void *dlrn_alloc_array(size_t n, size_t size);

/* The same, but not cleared: for what is written whole before it is read. */
DLRN_API void *dlrn_alloc_uncleared(size_t n, size_t size);

/* Allocates *ptr for n of its own elements. */
#define dlrn_alloc_or_fail(ptr, n, err)                                                            \
    ((*(ptr) = dlrn_alloc_array((n), sizeof **(ptr)))                                              \
         ? DLRN_OK                                                                                 \
         : dlrn_fail((err), DLRN_ENOMEM, "out of memory for %zu elements", (size_t)(n)))

/* Makes room for `need` elements in *ptr ([*cap] now), doubling; the new part is not cleared. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_grow(void *ptr, size_t *cap, size_t need, size_t size,
                                               dlrn_error *err);

/* A copy of s (of its first n bytes); NULL when memory is short. Freed with free(). */
DLRN_API char *dlrn_strdup(const char *s);
DLRN_API char *dlrn_strndup(const char *s, size_t n);

/* For a program, before anything else: memory that was freed stays with the process, and blocks
 * below 32 MiB are cut from it, so that an image of the size of the last one finds its pages in
 * place. A library does not do so by itself: the process may hold other things. Needs glibc; does
 * nothing elsewhere. */
DLRN_API void dlrn_keep_memory(void);

/* The k-th allocation from now fails, and all after it; SIZE_MAX: none. For tests. */
DLRN_API void dlrn_alloc_fail_after(size_t k);

/* ---- text that grows ---- */

/* Zero-init is an empty text. `failed` is sticky: check it once, at the end. */
typedef struct dlrn_str {
    char *s; /* NUL-terminated once anything was added */
    size_t len, cap;
    bool failed; /* memory ran out: what follows was dropped */
} dlrn_str;

DLRN_API void dlrn_str_add(dlrn_str *b, const char *s);
DLRN_API void dlrn_str_addn(dlrn_str *b, const char *s, size_t n);
DLRN_API void dlrn_str_addf(dlrn_str *b, const char *fmt, ...) DLRN_PRINTF(2, 3);
/* The shortest digits that read back as x; NaN as `nan`. */
DLRN_API void dlrn_str_add_double(dlrn_str *b, double x);
/* "" where nothing was added. */
DLRN_API const char *dlrn_str_get(const dlrn_str *b);
DLRN_API void dlrn_str_clear(dlrn_str *b);

/* Writes x with the shortest digits that read back as the same double: "0.1", "1e+300", "nan",
 * "inf", "-inf"; in any locale a decimal point. Returns buf. */
DLRN_API char *dlrn_format_double(char buf[32], double x);

/* The number that the n bytes of s hold, blanks around it allowed: decimal point, exponent, nan,
 * inf. False where they hold anything else or nothing. Correctly rounded, in any locale. */
DLRN_API DLRN_MUST_CHECK bool dlrn_parse_double(double *out, const char *s, size_t n);

/* The member of names[0..n) nearest to `word` by edit distance, or NULL where none is near: for
 * "did you mean". */
DLRN_API const char *dlrn_nearest(const char *word, const char *const *names, size_t n);

/* ---- hooks, threads ---- */

typedef enum dlrn_level { DLRN_LOG_DEBUG, DLRN_LOG_INFO, DLRN_LOG_WARNING } dlrn_level;

/* How a long call speaks to its caller; any member may be NULL. Called from one thread at a time.
 */
typedef struct dlrn_hooks {
    void *user;
    void (*log)(void *user, dlrn_level level, const char *message);
    /* `done` of `total` units of `stage`; returning false cancels: the call ends with
     * DLRN_ECANCELLED and leaves nothing half-written. */
    bool (*progress)(void *user, const char *stage, size_t done, size_t total);
} dlrn_hooks;

/* How a long call may run. NULL or zero-init: no hooks, all CPUs. */
typedef struct dlrn_exec {
    const dlrn_hooks *hooks;
    int threads; /* 0: dlrn_cpu_count() */
} dlrn_exec;

DLRN_API void dlrn_log(const dlrn_exec *ex, dlrn_level level, const char *fmt, ...)
    DLRN_PRINTF(3, 4);

/* Reports progress; DLRN_ECANCELLED where the hook asks to stop. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_progress(const dlrn_exec *ex, const char *stage,
                                                   size_t done, size_t total, dlrn_error *err);

/* CPUs that this process may use: affinity mask and cgroup quota (rounded up), at least 1. */
DLRN_API int dlrn_cpu_count(void);

/* The number of threads that ex asks for, at least 1. */
DLRN_API int dlrn_exec_threads(const dlrn_exec *ex);

/* One item of work: item i of n on worker w (0 .. threads-1, to index scratch). */
typedef dlrn_status dlrn_work_fn(void *user, size_t i, size_t w, dlrn_error *err);

/* Runs fn for i = 0..n-1 on up to `threads` threads, any order: results go to slot i, so they do
 * not depend on the number of threads. After a failure no new item starts; the failure with the
 * lowest i is returned. A call from inside an item runs its items one after the other. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_parallel_for(size_t n, int threads, dlrn_work_fn *fn,
                                                       void *user, dlrn_error *err);

/* ---- random numbers: xoshiro256**, seeded by splitmix64 (Blackman & Vigna 2018) ---- */

typedef struct dlrn_rng {
    uint64_t s[4];
    double spare; /* second normal of a pair */
    bool has_spare;
} dlrn_rng;

/* Streams of one seed are independent: number them by purpose, row or fold. */
DLRN_API void dlrn_rng_seed(dlrn_rng *r, uint64_t seed, uint64_t stream);
DLRN_API uint64_t dlrn_rng_next(dlrn_rng *r);
DLRN_API double dlrn_rng_uniform(dlrn_rng *r);             /* [0, 1), 53 bits */
DLRN_API uint64_t dlrn_rng_below(dlrn_rng *r, uint64_t n); /* 0..n-1 without bias; n > 0 */
DLRN_API double dlrn_rng_normal(dlrn_rng *r);              /* mean 0, sd 1 */
DLRN_API void dlrn_rng_shuffle(dlrn_rng *r, size_t *v, size_t n);

/* ---- order ---- */

/* order[0..n) becomes the rows of `key` from the smallest to the largest; equal keys keep their
 * order; NaN comes last. n < 2^32. */
DLRN_API void dlrn_sort_index(size_t *order, const double *key, size_t n);

/* ---- files ---- */

/* The whole file, one NUL byte added after it. Freed with free(). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_read_file(char **out, size_t *len, const char *path,
                                                    dlrn_error *err);

/* A file that appears at `path` only when it is committed; until then it has a temporary name in
 * the same folder. A link is followed; a device or pipe is written to as it is. Zero-init is
 * closed. */
typedef struct dlrn_out {
    FILE *f;
    char *path, *temp;
} dlrn_out;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_out_open(dlrn_out *o, const char *path, dlrn_error *err);
/* Flushes, checks for a full disk, renames. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_out_commit(dlrn_out *o, dlrn_error *err);
/* Removes what was written; no effect after a commit. Call it at `done:` always. */
DLRN_API void dlrn_out_discard(dlrn_out *o);

/* Writes len bytes to path, whole or not at all. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_write_file(const char *path, const void *buf, size_t len,
                                                     dlrn_error *err);

/* Creates the folder and its parents; fine where it exists. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_make_folder(const char *path, dlrn_error *err);

DLRN_API bool dlrn_file_exists(const char *path);

/* dir "/" name, or name alone where it is absolute or dir is NULL, "" or ".". Freed with free(). */
DLRN_API char *dlrn_path_join(const char *dir, const char *name);

/* The folder part of path, "." where it has none. Freed with free(). */
DLRN_API char *dlrn_path_folder(const char *path);

/* True where path ends in ext (with its dot), upper and lower case alike. */
DLRN_API bool dlrn_path_has_ext(const char *path, const char *ext);

/* SHA-256 (FIPS 180-4) as 64 lower-case hex digits. */
DLRN_API void dlrn_sha256_hex(char out[65], const void *buf, size_t len);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_sha256_file(char out[65], const char *path,
                                                      dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
