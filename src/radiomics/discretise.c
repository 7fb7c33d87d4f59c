/* SPDX-License-Identifier: Apache-2.0
 *
 * The region's grey levels, and the steps between neighbours.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

enum { MAX_LEVELS = 1 << 24 };

void dlrn_levels_clear(dlrn_levels *l)
{
    if (l->place != l->level) free(l->place);
    free(l->level);
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

static size_t padded_size(const dlrn_levels *l)
{
    return (size_t)(l->pad_dim[0] * l->pad_dim[1] * l->pad_dim[2]) + DLRN_LEVELS_SLACK;
}

/* Room for levels; 0 but in the spans, which are about to be filled. */
static dlrn_status levels_new(int32_t **out, const dlrn_levels *l, dlrn_error *err)
{
    const size_t n = padded_size(l);
    int32_t *v = *out = dlrn_alloc_uncleared(n, sizeof *v);
    if (!v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu grey levels", n);
    size_t at = 0;
    for (size_t s = 0; s < l->n_spans; s++) {
        memset(v + at, 0, (l->span[s].start - at) * sizeof *v);
        at = l->span[s].start + l->span[s].n;
    }
    memset(v + at, 0, (n - at) * sizeof *v);
    return DLRN_OK;
}

/* Several counts side by side: a row of equal voxels does not wait for one of them. */
enum { SIDES = 4 };

static void histogram(uint32_t *hist, const dlrn_levels *l)
{
    const size_t n = (size_t)l->ng + 1;
    uint32_t *side[SIDES];
    for (size_t k = 0; k < SIDES; k++)
        side[k] = hist + k * n;
    for (size_t s = 0; s < l->n_spans; s++) {
        const int32_t *v = l->level + l->span[s].start;
        uint32_t k = 0;
        for (; k + SIDES <= l->span[s].n; k += SIDES)
            for (uint32_t t = 0; t < SIDES; t++)
                side[t][v[k + t]]++;
        for (; k < l->span[s].n; k++)
            hist[v[k]]++;
    }
    for (size_t k = n; k < SIDES * n; k++)
        hist[k % n] += hist[k];
}

static dlrn_status find_present(dlrn_levels *l, dlrn_error *err)
{
    dlrn_status st;
    uint32_t *hist = NULL;
    int32_t *place = NULL;
    size_t k = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&hist, SIDES * ((size_t)l->ng + 1), err));
    histogram(hist, l);
    for (int32_t g = 1; g <= l->ng; g++)
        l->n_present += hist[g] != 0;
    DLRN_TRY(dlrn_alloc_or_fail(&l->present, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->count, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&place, (size_t)l->ng + 1, err));
    for (int32_t g = 1; g <= l->ng; g++)
        if (hist[g]) {
            l->present[k] = g;
            l->count[k] = hist[g];
            place[g] = (int32_t)++k;
        }
    l->place = l->level;
    if (l->n_present == (size_t)l->ng) goto done;
    l->place = NULL;
    DLRN_TRY(levels_new(&l->place, l, err));
    for (size_t s = 0; s < l->n_spans; s++)
        for (size_t at = l->span[s].start; at < l->span[s].start + l->span[s].n; at++)
            l->place[at] = place[l->level[at]];
done:
    free(hist);
    free(place);
    return st;
}

dlrn_status dlrn_levels_make(dlrn_levels *out, const dlrn_roi *roi, const dlrn_rad_texture *t,
                             dlrn_error *err)
{
    dlrn_status st;
    edges e;
    const dlrn_runs *r = &roi->region->runs;
    dlrn_levels l = {.region = roi->region, .pad = 1, .n_spans = r->n};
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
    DLRN_TRY(levels_new(&l.level, &l, err));
    for (size_t s = 0; s < r->n; s++)
        assign_levels(l.level + l.span[s].start, roi->piece[s].v, roi->piece[s].n, &e);
    l.ng = level_of(&e, roi->n_not_finite ? (double)NAN : roi->max);
    DLRN_TRY(find_present(&l, err));
    *out = l;
    return DLRN_OK;
done:
    dlrn_levels_clear(&l);
    return st;
}

/* ---- steps ---- */

static bool wanted(const int d[3], const int64_t dim[3], const dlrn_rad_texture *t)
{
    for (int k = 0; k < 3; k++)
        if (llabs(d[k]) >= dim[k]) return false;
    return !t->force2d || d[2 - t->force2d_dimension] == 0;
}

dlrn_status dlrn_steps_make(dlrn_step **out, size_t *n, const dlrn_levels *l,
                            const dlrn_rad_texture *t, bool near, bool half, dlrn_error *err)
{
    const int64_t *dim = l->region->runs.dim;
    dlrn_status st = DLRN_OK;
    dlrn_step *s = NULL;
    size_t cap = 0, count = 0;
    for (size_t i = 0; i < (near ? 1 : t->n_distances); i++) {
        const int far = near ? 1 : (int)t->distance[i];
        int reach[3];
        for (int k = 0; k < 3; k++)
            reach[k] = dim[k] - 1 < far ? (int)dim[k] - 1 : far;
        for (int z = reach[2]; z >= -reach[2]; z--)
            for (int y = reach[1]; y >= -reach[1]; y--)
                for (int x = reach[0]; x >= -reach[0]; x--) {
                    const int d[3] = {x, y, z};
                    const bool first = z > 0 || (z == 0 && (y > 0 || (y == 0 && x > 0)));
                    if (abs(x) != far && abs(y) != far && abs(z) != far) continue;
                    if ((half && !first) || !wanted(d, dim, t)) continue;
                    DLRN_TRY(dlrn_grow(&s, &cap, count + 1, sizeof *s, err));
                    s[count].d[0] = x;
                    s[count].d[1] = y;
                    s[count].d[2] = z;
                    s[count++].offset = (z * l->pad_dim[1] + y) * l->pad_dim[0] + x;
                }
    }
    *out = s;
    *n = count;
    return DLRN_OK;
done:
    free(s);
    return st;
}
