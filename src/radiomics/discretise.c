/* SPDX-License-Identifier: Apache-2.0
 *
 * The region's grey levels.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

enum { MAX_LEVELS = 1 << 24 };

size_t dlrn_levels_size(const dlrn_levels *l)
{
    return (size_t)(l->pad_dim[0] * l->pad_dim[1] * l->pad_dim[2]) + DLRN_LEVELS_SLACK;
}

void dlrn_levels_clear(dlrn_levels *l)
{
    free(l->place);
    free(l->span);
    free(l->present);
    free(l->count);
    *l = (dlrn_levels){0};
}

/* Edges e[k], k = 0..n-1: evenly spaced, but the last one apart. */
typedef struct edges {
    double low, step, last;
    int64_t n;
    bool single; /* rounded to float: numpy keeps the type of a float32 image */
} edges;

static double edge(const edges *e, int64_t k)
{
    const double x = k == e->n - 1 ? e->last : e->low + (double)k * e->step;
    return e->single ? (double)(float)x : x;
}

static double floored_mod(double x, double w)
{
    double m = fmod(x, w);
    if (m != 0 && m < 0) m += w;
    return m;
}

static dlrn_status make_edges(edges *e, const dlrn_roi *roi, const dlrn_rad_texture *t,
                              dlrn_error *err)
{
    double min = roi->min, n;
    const double max = roi->max;
    const size_t bad = roi->n_not_finite;
    // Python's min and max pass over NaN, but not over a first one; numpy.histogram does not
    if (bad && (isnan(roi->piece[0].v[0]) || t->bin_count)) min = NAN;
    if (!isfinite(min) || !isfinite(max))
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "%zu of the region's %zu pixels %s not finite (NaN or infinite): mend the "
                         "image, or outline around them",
                         bad, roi->region->n, bad == 1 ? "is" : "are");
    *e = (edges){0};
    if (t->bin_count) {
        const double first = min == max ? min - 0.5 : min, last = min == max ? max + 0.5 : max;
        n = (double)t->bin_count + 1;
        e->low = first;
        e->step = (last - first) / (double)t->bin_count;
        e->single = roi->stored == DLRN_PIXEL_F32;
        e->last = e->single ? (double)((float)last + 1.0F) : last + 1;
    } else {
        const double w = t->bin_width;
        e->low = min - floored_mod(min, w);
        // numpy.arange steps by the difference of its first two values
        e->step = (e->low + w) - e->low;
        n = ceil((max + 2 * w - e->low) / w);
        e->last = e->low + (n - 1) * e->step;
    }
    if (t->bin_count && !(e->step > 0 && isfinite(e->step)))
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "binCount: the grey values from %g to %g cannot be cut into %lld bins: "
                         "scale the image to ordinary numbers",
                         min, max, (long long)t->bin_count);
    if (!(n <= MAX_LEVELS) || !(e->step > 0))
        return dlrn_fail(err, DLRN_EINVAL,
                         "binWidth %g gives %.3g bins between %g and %g: choose a larger one",
                         t->bin_width, n, min, max);
    e->n = (int64_t)n;
    return DLRN_OK;
}

/* Number of edges <= x: edges are compared, since a division errs at a bin's border. */
static int32_t level_of(const edges *e, double x)
{
    if (isnan(x)) return (int32_t)e->n; // numpy sorts it behind all numbers
    int64_t k = (int64_t)((x - e->low) / e->step);
    if (k > e->n - 1) k = e->n - 1;
    if (k < 0) k = 0;
    while (k + 1 < e->n && edge(e, k + 1) <= x)
        k++;
    while (k > 0 && edge(e, k) > x)
        k--;
    return (int32_t)k + 1;
}

/* Levels of x[n], four at a time where the edges bear out the bin that the division gives. */
DLRN_WIDE static void assign_levels(int32_t *level, const double *x, size_t n, const edges *e)
{
    const dlrn_four zero = {0, 0, 0, 0}, low = zero + e->low, last = zero + e->last;
    const double step = e->step, top = (double)(e->n - 1);
    size_t i = 0;
    for (; !e->single && i + 4 <= n; i += 4) {
        const dlrn_four v = *(const dlrn_four *)(x + i);
        const dlrn_four_ints k = __builtin_convertvector((v - low) / step, dlrn_four_ints);
        const dlrn_four at = __builtin_convertvector(k, dlrn_four), next = at + 1;
        const dlrn_four_mask inner = next < top;
        const dlrn_four above = (dlrn_four)(((dlrn_four_mask)(low + next * step) & inner) |
                                            ((dlrn_four_mask)last & ~inner));
        const dlrn_four_mask sure = (low + at * step <= v) & (v < above) & (at < top);
        if (sure[0] & sure[1] & sure[2] & sure[3])
            *(dlrn_four_ints *)(level + i) = k + 1;
        else
            for (size_t p = i; p < i + 4; p++)
                level[p] = level_of(e, x[p]);
    }
    for (; i < n; i++)
        level[i] = level_of(e, x[i]);
}

/* Several counts side by side: a row of equal voxels does not wait for one of them. */
enum { SIDES = 4 };

/* Work on the levels, block by block. */
typedef struct filling {
    const dlrn_roi *roi;
    const edges *e;
    dlrn_levels *l;
    size_t width;   /* of a histogram */
    uint32_t *hist; /* [workers][SIDES][width] */
    int32_t *place; /* of each level [width] */
} filling;

static void count_levels(uint32_t *hist, size_t width, const int32_t *level, uint32_t n)
{
    uint32_t k = 0;
    for (; k + SIDES <= n; k += SIDES)
        for (uint32_t t = 0; t < SIDES; t++)
            hist[t * width + (size_t)level[k + t]]++;
    for (; k < n; k++)
        hist[level[k]]++;
}

/* Levels of a block's spans, and 0 in the gaps before them. */
static dlrn_status fill_block(void *user, size_t i, size_t w, dlrn_error *err)
{
    const filling *f = user;
    const dlrn_region *region = f->roi->region;
    const dlrn_levels *l = f->l;
    uint32_t *hist = f->hist + w * SIDES * f->width;
    const size_t from = region->block[i], to = region->block[i + 1];
    size_t at = from ? l->span[from - 1].start + l->span[from - 1].n : 0;
    (void)err;
    for (size_t s = from; s < to; s++) {
        const dlrn_span *span = &l->span[s];
        memset(l->place + at, 0, (span->start - at) * sizeof *l->place);
        assign_levels(l->place + span->start, f->roi->piece[s].v, span->n, f->e);
        count_levels(hist, f->width, l->place + span->start, span->n);
        at = span->start + span->n;
    }
    if (to == l->n_spans) memset(l->place + at, 0, (dlrn_levels_size(l) - at) * sizeof *l->place);
    return DLRN_OK;
}

static dlrn_status replace_block(void *user, size_t i, size_t w, dlrn_error *err)
{
    const filling *f = user;
    const size_t *block = f->roi->region->block;
    (void)w;
    (void)err;
    for (size_t s = block[i]; s < block[i + 1]; s++) {
        int32_t *v = f->l->place + f->l->span[s].start;
        for (uint32_t k = 0; k < f->l->span[s].n; k++)
            v[k] = f->place[v[k]];
    }
    return DLRN_OK;
}

/* Which levels occur, and where some do not, their places. */
static dlrn_status find_present(filling *f, dlrn_error *err)
{
    dlrn_status st;
    dlrn_levels *l = f->l;
    size_t k = 0;
    for (size_t g = 1; g < f->width; g++)
        l->n_present += f->hist[g] != 0;
    DLRN_TRY(dlrn_alloc_or_fail(&l->present, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->count, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->place, f->width, err));
    for (size_t g = 1; g < f->width; g++)
        if (f->hist[g]) {
            l->present[k] = (int32_t)g;
            l->count[k] = f->hist[g];
            f->place[g] = (int32_t)++k;
        }
done:
    return st;
}

static dlrn_status fill(dlrn_levels *l, const dlrn_roi *roi, const edges *e, dlrn_error *err)
{
    enum { MANY = 1 << 14 }; // levels of which no thread gets a histogram of its own
    dlrn_status st;
    filling f = {roi, e, l, (size_t)l->ng + 1, NULL, NULL};
    const size_t n = roi->region->n_blocks;
    const size_t workers = f.width > MANY ? 1 : (size_t)roi->threads;
    l->place = dlrn_alloc_uncleared(dlrn_levels_size(l), sizeof *l->place);
    if (!l->place)
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu grey levels",
                         dlrn_levels_size(l));
    DLRN_TRY(dlrn_alloc_or_fail(&f.hist, workers * SIDES * f.width, err));
    DLRN_TRY(dlrn_parallel_for(n, (int)workers, fill_block, &f, err));
    for (size_t k = f.width; k < workers * SIDES * f.width; k++)
        f.hist[k % f.width] += f.hist[k];
    DLRN_TRY(find_present(&f, err));
    if (l->n_present < (size_t)l->ng)
        DLRN_TRY(dlrn_parallel_for(n, roi->threads, replace_block, &f, err));
done:
    free(f.hist);
    free(f.place);
    return st;
}

dlrn_status dlrn_levels_make(dlrn_levels *out, const dlrn_roi *roi, const dlrn_rad_texture *t,
                             dlrn_error *err)
{
    dlrn_status st;
    edges e;
    const dlrn_runs *r = &roi->region->runs;
    dlrn_levels l = {.region = roi->region, .pad = 1, .n_spans = r->n};
    memcpy(l.spacing_mm, roi->spacing_mm, sizeof l.spacing_mm);
    int64_t longest = 1, pad[3];
    for (int k = 0; k < 3; k++)
        if (r->dim[k] > longest) longest = r->dim[k];
    for (size_t i = 0; i < t->n_distances; i++)
        if (t->distance[i] > l.pad) l.pad = t->distance[i] < longest ? t->distance[i] : longest;
    for (int k = 0; k < 3; k++) {
        pad[k] = r->dim[k] > 1 ? l.pad : 0;
        l.pad_dim[k] = r->dim[k] + 2 * pad[k];
    }
    DLRN_TRY(make_edges(&e, roi, t, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l.span, r->n, err));
    for (size_t s = 0; s < r->n; s++) {
        const dlrn_run *run = &r->v[s];
        const int64_t y = run->row % r->dim[1] + pad[1], z = run->row / r->dim[1] + pad[2];
        const int64_t start = (z * l.pad_dim[1] + y) * l.pad_dim[0] + run->begin + pad[0];
        l.span[s] = (dlrn_span){(size_t)start, (uint32_t)(run->end - run->begin)};
    }
    l.ng = level_of(&e, roi->n_not_finite ? (double)NAN : roi->max);
    DLRN_TRY(fill(&l, roi, &e, err));
    *out = l;
    return DLRN_OK;
done:
    dlrn_levels_clear(&l);
    return st;
}
