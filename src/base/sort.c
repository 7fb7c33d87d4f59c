/* SPDX-License-Identifier: Apache-2.0
 *
 * Stable order of doubles: insertion for short input, buckets for what spreads evenly, radix sort
 * on the bits for all else.
 */
#include <dlrn/base.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    uint64_t key;
    size_t row;
} entry;

/* Unsigned order of the result is numeric order of x; NaN last; -0 equals 0. */
static uint64_t sortable(double x)
{
    if (isnan(x)) return UINT64_MAX;
    uint64_t bits;
    x += 0.0;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static void insertion_sort(size_t *order, const double *key, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t k = sortable(key[i]);
        size_t at = i;
        for (; at > 0 && sortable(key[order[at - 1]]) > k; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* v in order, by way of `spare`; returns which of the two holds it. All passes are counted in one
 * reading. */
static entry *radix_sort(entry *v, entry *spare, size_t n)
{
    enum { BITS = 11, PASSES = 6, BUCKETS = 1 << BITS };
    size_t start[PASSES][BUCKETS] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (int pass = 0; pass < PASSES; pass++)
            start[pass][(v[i].key >> (pass * BITS)) & (BUCKETS - 1)]++;
    for (int pass = 0; pass < PASSES; pass++) {
        const int shift = pass * BITS;
        size_t *at = start[pass], sum = 0;
        if (at[(v[0].key >> shift) & (BUCKETS - 1)] == n) continue; // all alike in these bits
        for (size_t b = 0; b < BUCKETS; b++) {
            const size_t count = at[b];
            at[b] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            spare[at[(v[i].key >> shift) & (BUCKETS - 1)]++] = v[i];
        entry *swap = v;
        v = spare;
        spare = swap;
    }
    return v;
}

/* As many buckets as values, evenly spaced from the smallest to the largest, and insertion within
 * each. False, with nothing done, where the values are not finite or crowd a few buckets. `spare`
 * has room for n entries. */
static bool bucket_sort(entry *out, entry *spare, const double *key, size_t n)
{
    enum { CROWD = 24 };
    uint32_t *start = (uint32_t *)(void *)spare, *bucket = start + n + 1;
    double lo = key[0], hi = key[0];
    for (size_t i = 1; i < n; i++) {
        lo = key[i] < lo ? key[i] : lo;
        hi = key[i] > hi ? key[i] : hi;
    }
    const double scale = (double)(n - 1) / (hi - lo);
    if (n > UINT32_MAX || !isfinite(scale) || !isfinite(lo) || !isfinite(hi)) return false;
    memset(start, 0, (n + 1) * sizeof *start);
    for (size_t i = 0; i < n; i++) {
        const double at = (key[i] - lo) * scale; // rises with the key: rounding keeps the order
        if (!(at >= 0)) return false;            // NaN
        bucket[i] = (uint32_t)at;
        if (start[bucket[i] + 1]++ == CROWD) return false;
    }
    for (size_t b = 0; b < n; b++)
        start[b + 1] += start[b];
    for (size_t i = 0; i < n; i++)
        out[start[bucket[i]]++] = (entry){sortable(key[i]), i};
    for (size_t i = 1; i < n; i++) { // what lies apart is in order: this moves within buckets only
        const entry e = out[i];
        size_t at = i;
        for (; at > 0 && out[at - 1].key > e.key; at--)
            out[at] = out[at - 1];
        out[at] = e;
    }
    return true;
}

/* Without memory for the copies: slow, but right. */
static void sort_in_place(size_t *order, const double *key, size_t n)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t gap = n / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < n; i++) {
            const entry e = {sortable(key[order[i]]), order[i]};
            size_t at = i;
            for (; at >= gap; at -= gap) {
                const entry p = {sortable(key[order[at - gap]]), order[at - gap]};
                if (compare_entries(&p, &e) <= 0) break;
                order[at] = order[at - gap];
            }
            order[at] = e.row;
        }
    }
}

void dlrn_sort_index(size_t *order, const double *key, size_t n)
{
    if (n <= 24) {
        insertion_sort(order, key, n);
        return;
    }
    entry *v = dlrn_alloc_uncleared(2 * n, sizeof *v);
    if (!v) {
        sort_in_place(order, key, n);
        return;
    }
    const entry *sorted = v;
    if (!bucket_sort(v, v + n, key, n)) {
        for (size_t i = 0; i < n; i++)
            v[i] = (entry){sortable(key[i]), i};
        if (n < 256)
            qsort(v, n, sizeof *v, compare_entries);
        else
            sorted = radix_sort(v, v + n, n);
    }
    for (size_t i = 0; i < n; i++)
        order[i] = sorted[i].row;
    free(v);
}
