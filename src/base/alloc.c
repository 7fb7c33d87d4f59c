/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory and text that grows.
 */
#include <dlrn/base.h>

#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#endif

void dlrn_keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most that glibc takes
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

static atomic_size_t until_failure = SIZE_MAX;

void dlrn_alloc_fail_after(size_t k)
{
    atomic_store(&until_failure, k);
}

static bool allocation_fails(void)
{
    size_t left = atomic_load_explicit(&until_failure, memory_order_relaxed);
    if (left == SIZE_MAX) return false;
    if (left == 0) return true;
    atomic_store(&until_failure, left - 1);
    return false;
}

/* Asks for large pages under a large block: the kernel then hands them out hundreds at a time. */
static void *prefer_large_pages(void *block, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    enum { LARGE = 4 << 20, PAGE = 4096 };
    if (!block || bytes < LARGE) return block;
    char *const from = (char *)(((uintptr_t)block + PAGE - 1) / PAGE * PAGE),
                *const to = (char *)(((uintptr_t)block + bytes) / PAGE * PAGE);
    (void)madvise(from, (size_t)(to - from), MADV_HUGEPAGE); // a wish
#else
    (void)bytes;
#endif
    return block;
}

void *dlrn_alloc_array(size_t n, size_t size)
{
    if (allocation_fails()) return NULL;
    return prefer_large_pages(calloc(n ? n : 1, size ? size : 1), n * size);
}

void *dlrn_alloc_uncleared(size_t n, size_t size)
{
    if (allocation_fails() || (size && n > PTRDIFF_MAX / size)) return NULL;
    return prefer_large_pages(malloc(n && size ? n * size : 1), n * size);
}

dlrn_status dlrn_grow(void *ptr, size_t *cap, size_t need, size_t size, dlrn_error *err)
{
    if (need <= *cap) return DLRN_OK;
    size_t n = *cap ? *cap : 16;
    while (n < need && n <= SIZE_MAX / 2)
        n *= 2;
    if (n < need || n > SIZE_MAX / size)
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu elements", need);
    void *old, *grown = NULL;
    memcpy(&old, ptr, sizeof old);
    if (!allocation_fails()) grown = prefer_large_pages(realloc(old, n * size), n * size);
    if (!grown) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu elements", need);
    memcpy(ptr, &grown, sizeof grown);
    *cap = n;
    return DLRN_OK;
}

char *dlrn_strndup(const char *s, size_t n)
{
    char *copy = n == SIZE_MAX ? NULL : dlrn_alloc_array(n + 1, 1);
    if (copy) memcpy(copy, s, n);
    return copy;
}

char *dlrn_strdup(const char *s)
{
    return dlrn_strndup(s, strlen(s));
}

static bool reserve(dlrn_str *b, size_t more)
{
    if (b->failed) return false;
    if (more > SIZE_MAX - b->len - 1 ||
        dlrn_grow(&b->s, &b->cap, b->len + more + 1, 1, NULL) != DLRN_OK)
        b->failed = true;
    return !b->failed;
}

void dlrn_str_addn(dlrn_str *b, const char *s, size_t n)
{
    if (!reserve(b, n)) return;
    memcpy(b->s + b->len, s, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void dlrn_str_add(dlrn_str *b, const char *s)
{
    dlrn_str_addn(b, s, strlen(s));
}

void dlrn_str_addf(dlrn_str *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    const int n = vsnprintf(NULL, 0, fmt, ap);
    if (n < 0)
        b->failed = true;
    else if (reserve(b, (size_t)n))
        b->len += (size_t)vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
}

void dlrn_str_add_double(dlrn_str *b, double x)
{
    char digits[32];
    dlrn_str_add(b, dlrn_format_double(digits, x));
}

const char *dlrn_str_get(const dlrn_str *b)
{
    return b->s ? b->s : "";
}

void dlrn_str_clear(dlrn_str *b)
{
    free(b->s);
    *b = (dlrn_str){0};
}
