/* SPDX-License-Identifier: Apache-2.0
 *
 * Equal intervals between the least and the greatest value are counted. Of whole numbers each has
 * an interval of its own, if they are not too many; of others, those that hold a rank asked for are
 * looked into. The interval of a value never falls as the value rises, rounding included, so the
 * answer is exact.
 */
#include "radiomics/ranks.h"

#include <math.h>
#include <stdlib.h>

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

/* count[n_intervals], to be freed by the caller. */
static dlrn_status count_intervals(uint32_t **count, size_t n_intervals, const dlrn_piece *x,
                                   size_t n, double min, double scale, dlrn_error *err)
{
    // several counts side by side, so that equal neighbours do not wait for one
    dlrn_status st;
    uint32_t *side[SIDES];
    int32_t in[BLOCK];
    DLRN_TRY(dlrn_alloc_or_fail(count, SIDES * n_intervals, err));
    for (size_t k = 0; k < SIDES; k++)
        side[k] = *count + k * n_intervals;
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0, m; i < x[p].n; i += m) {
            m = intervals_of(in, x[p].v + i, x[p].n - i, min, scale);
            for (size_t k = 0; k < m; k++)
                side[k % SIDES][in[k]]++;
        }
    for (size_t k = 0; k < n_intervals; k++)
        side[0][k] += side[1][k] + side[2][k] + side[3][k];
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

/* An interval that holds ranks asked for. */
typedef struct wanted {
    size_t first; /* rank of its least value */
    size_t at, n; /* its values in the scratch array */
} wanted;

static void gather(double *scratch, wanted *w, const uint8_t which[INTERVALS], const dlrn_piece *x,
                   size_t n, double min, double scale)
{
    int32_t in[BLOCK];
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0, m; i < x[p].n; i += m) {
            m = intervals_of(in, x[p].v + i, x[p].n - i, min, scale);
            for (size_t k = 0; k < m; k++)
                if (which[in[k]]) {
                    wanted *to = &w[which[in[k]] - 1];
                    scratch[to->at + to->n++] = x[p].v[i + k];
                }
        }
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

static dlrn_status look_into(double *out, const size_t *rank, size_t n_ranks,
                             const uint32_t count[INTERVALS], const dlrn_piece *x, size_t n,
                             double min, double scale, dlrn_error *err)
{
    dlrn_status st;
    size_t before = 0, room = 0, of_rank[DLRN_MAX_RANKS];
    uint8_t which[INTERVALS] = {0}, n_wanted = 0;
    wanted w[DLRN_MAX_RANKS] = {{0}};
    double *scratch = NULL;
    for (size_t b = 0; b < INTERVALS; before += count[b++])
        for (size_t r = 0; r < n_ranks; r++) {
            if (rank[r] < before || rank[r] >= before + count[b]) continue;
            if (!which[b]) {
                w[n_wanted] = (wanted){before, room, 0};
                which[b] = ++n_wanted;
                room += count[b];
            }
            of_rank[r] = which[b] - 1u;
        }
    DLRN_TRY(dlrn_alloc_or_fail(&scratch, room, err));
    gather(scratch, w, which, x, n, min, scale);
    for (size_t r = 0; r < n_ranks; r++) {
        const wanted *from = &w[of_rank[r]];
        const size_t k = rank[r] - from->first;
        select_place(scratch + from->at, from->n, k);
        out[r] = scratch[from->at + k];
    }
done:
    free(scratch);
    return st;
}

dlrn_status dlrn_values_by_rank(double *out, const size_t *rank, size_t n_ranks,
                                const dlrn_piece *x, size_t n, double min, double max, bool whole,
                                dlrn_error *err)
{
    dlrn_status st;
    uint32_t *count = NULL;
    const bool single = whole && max - min < MOST_INTERVALS;
    const size_t n_intervals = single ? (size_t)(max - min) + 1 : INTERVALS;
    double scale = single ? 1 : (INTERVALS - 1) / (max - min);
    // one interval where all are equal, and where the range is too narrow or too wide to divide by
    if (!isfinite(scale) || scale <= 0) min = scale = 0;
    DLRN_TRY(count_intervals(&count, n_intervals, x, n, min, scale, err));
    if (single)
        read_off(out, rank, n_ranks, count, min);
    else
        DLRN_TRY(look_into(out, rank, n_ranks, count, x, n, min, scale, err));
done:
    free(count);
    return st;
}
