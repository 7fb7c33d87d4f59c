/* SPDX-License-Identifier: Apache-2.0
 *
 * Equal intervals between the least and the greatest value are counted. Of whole numbers each has
 * an interval of its own, if they are not too many; of others, those that hold a rank asked for are
 * looked into. The interval of a value never falls as the value rises, rounding included, so the
 * answer is exact.
 */
#include "radiomics/ranks.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

enum { INTERVALS = 1024, MOST_INTERVALS = 1 << 14, SIDES = 4, BLOCK = 16 };

/* in[k]: interval of x[k] */
DLRN_WIDE static void find_intervals(int32_t in[BLOCK], const double *x, double min, double scale)
{
    for (int k = 0; k < BLOCK; k += 4) {
        const dlrn_four v = *(const dlrn_four *)(x + k);
        *(dlrn_four_ints *)(in + k) = __builtin_convertvector((v - min) * scale, dlrn_four_ints);
    }
}

static size_t intervals_of(int32_t in[BLOCK], const double *x, size_t n, double min, double scale)
{
    if (n >= BLOCK) {
        find_intervals(in, x, min, scale);
        return BLOCK;
    }
    for (size_t k = 0; k < n; k++)
        in[k] = (int32_t)((x[k] - min) * scale);
    return n;
}

/* An interval that holds ranks asked for. */
typedef struct wanted {
    size_t first;    /* rank of its least value */
    size_t at;       /* of its values in the scratch array */
    atomic_size_t n; /* of them there */
} wanted;

/* Work on the values, block by block. */
typedef struct counting {
    const dlrn_pieces *x;
    double min, scale;
    size_t n_intervals;
    uint32_t *count; /* [workers][SIDES][n_intervals] */
    double *scratch; /* values of the intervals that are wanted, */
    const uint8_t *which;
    wanted *wanted; /* which[interval] - 1 of these */
} counting;

static dlrn_status count_block(void *user, size_t i, size_t worker, dlrn_error *err)
{
    const counting *c = user;
    uint32_t *side[SIDES];
    int32_t in[BLOCK];
    (void)err;
    for (size_t k = 0; k < SIDES; k++)
        side[k] = c->count + (worker * SIDES + k) * c->n_intervals;
    for (size_t p = c->x->block[i]; p < c->x->block[i + 1]; p++) {
        const dlrn_piece *x = &c->x->v[p];
        for (size_t at = 0, m; at < x->n; at += m) {
            m = intervals_of(in, x->v + at, x->n - at, c->min, c->scale);
            for (size_t k = 0; k < m; k++)
                side[k % SIDES][in[k]]++;
        }
    }
    return DLRN_OK;
}

/* Several counts side by side, so that equal neighbours do not wait for one. */
static dlrn_status count_intervals(counting *c, dlrn_error *err)
{
    dlrn_status st;
    const size_t threads = (size_t)c->x->threads;
    const size_t workers = c->x->n_blocks < threads ? c->x->n_blocks : threads;
    DLRN_TRY(dlrn_alloc_or_fail(&c->count, workers * SIDES * c->n_intervals, err));
    DLRN_TRY(dlrn_parallel_for(c->x->n_blocks, (int)workers, count_block, c, err));
    for (size_t k = c->n_intervals; k < workers * SIDES * c->n_intervals; k++)
        c->count[k % c->n_intervals] += c->count[k];
done:
    return st;
}

static void swap(double *a, double *b)
{
    const double t = *a;
    *a = *b;
    *b = t;
}

/* Puts the k-th smallest of v[n] in its place, smaller ones before it, larger ones after. */
static void select_place(double *v, size_t n, size_t k)
{
    size_t lo = 0, hi = n;
    while (hi - lo > 1) {
        const size_t mid = lo + (hi - lo) / 2;
        if (v[mid] < v[lo]) swap(&v[mid], &v[lo]);
        if (v[hi - 1] < v[lo]) swap(&v[hi - 1], &v[lo]);
        if (v[hi - 1] < v[mid]) swap(&v[hi - 1], &v[mid]);
        const double pivot = v[mid];
        size_t i = lo, j = hi - 1;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (pivot < v[j])
                j--;
            if (i >= j) break;
            swap(&v[i++], &v[j--]);
        }
        // now v[lo..i) <= pivot <= v[j+1..hi), with i - 1 <= j + 1
        if (k <= j && j + 1 < hi)
            hi = j + 1;
        else if (k >= i && i > lo)
            lo = i;
        else
            return;
    }
}

enum { HOLD = 64 };

/* Values of one wanted interval on their way to the scratch array. */
typedef struct held {
    double v[HOLD];
    size_t n;
} held;

static void put_down(const counting *c, held *h, wanted *to)
{
    const size_t n = atomic_fetch_add_explicit(&to->n, h->n, memory_order_relaxed);
    memcpy(c->scratch + to->at + n, h->v, h->n * sizeof *h->v);
    h->n = 0;
}

/* The order of an interval's values does not matter: the answer is one of them. */
static dlrn_status gather_block(void *user, size_t i, size_t worker, dlrn_error *err)
{
    const counting *c = user;
    int32_t in[BLOCK];
    held all[DLRN_MAX_RANKS];
    (void)worker;
    (void)err;
    for (size_t k = 0; k < DLRN_MAX_RANKS; k++)
        all[k].n = 0;
    for (size_t p = c->x->block[i]; p < c->x->block[i + 1]; p++) {
        const dlrn_piece *x = &c->x->v[p];
        for (size_t at = 0, m; at < x->n; at += m) {
            m = intervals_of(in, x->v + at, x->n - at, c->min, c->scale);
            for (size_t k = 0; k < m; k++) {
                const uint8_t which = c->which[in[k]];
                if (!which) continue;
                held *h = &all[which - 1];
                h->v[h->n++] = x->v[at + k] + 0.0; // of -0 and 0 one
                if (h->n == HOLD) put_down(c, h, &c->wanted[which - 1]);
            }
        }
    }
    for (size_t k = 0; k < DLRN_MAX_RANKS; k++)
        if (all[k].n) put_down(c, &all[k], &c->wanted[k]);
    return DLRN_OK;
}

/* Where each interval has one value. */
static void read_off(double *out, const size_t *rank, size_t n_ranks, const uint32_t *count,
                     double min)
{
    for (size_t r = 0; r < n_ranks; r++) {
        size_t b = 0, past = count[0];
        while (past <= rank[r])
            past += count[++b];
        out[r] = min + (double)b;
    }
}

static dlrn_status look_into(double *out, const size_t *rank, size_t n_ranks, counting *c,
                             dlrn_error *err)
{
    dlrn_status st;
    size_t before = 0, room = 0, of_rank[DLRN_MAX_RANKS];
    uint8_t which[INTERVALS] = {0}, n_wanted = 0;
    wanted w[DLRN_MAX_RANKS];
    for (size_t b = 0; b < INTERVALS; before += c->count[b++])
        for (size_t r = 0; r < n_ranks; r++) {
            if (rank[r] < before || rank[r] >= before + c->count[b]) continue;
            if (!which[b]) {
                w[n_wanted].first = before;
                w[n_wanted].at = room;
                atomic_init(&w[n_wanted].n, 0);
                which[b] = ++n_wanted;
                room += c->count[b];
            }
            of_rank[r] = which[b] - 1u;
        }
    c->which = which;
    c->wanted = w;
    DLRN_TRY(dlrn_alloc_or_fail(&c->scratch, room, err));
    DLRN_TRY(dlrn_parallel_for(c->x->n_blocks, c->x->threads, gather_block, c, err));
    for (size_t r = 0; r < n_ranks; r++) {
        const wanted *from = &w[of_rank[r]];
        const size_t k = rank[r] - from->first;
        select_place(c->scratch + from->at, atomic_load(&from->n), k);
        out[r] = c->scratch[from->at + k];
    }
done:
    return st;
}

dlrn_status dlrn_values_by_rank(double *out, const size_t *rank, size_t n_ranks,
                                const dlrn_pieces *x, double min, double max, bool whole,
                                dlrn_error *err)
{
    dlrn_status st;
    const bool single = whole && max - min < MOST_INTERVALS;
    counting c = {.x = x, .min = min};
    c.n_intervals = single ? (size_t)(max - min) + 1 : INTERVALS;
    c.scale = single ? 1 : (INTERVALS - 1) / (max - min);
    // one interval where all are equal, and where the range is too narrow or too wide to divide by
    if (!isfinite(c.scale) || c.scale <= 0) c.min = c.scale = 0;
    DLRN_TRY(count_intervals(&c, err));
    if (single)
        read_off(out, rank, n_ranks, c.count, c.min);
    else
        DLRN_TRY(look_into(out, rank, n_ranks, &c, err));
done:
    free(c.count);
    free(c.scratch);
    return st;
}
