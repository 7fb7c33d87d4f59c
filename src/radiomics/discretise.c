/* SPDX-License-Identifier: Apache-2.0
 *
 * The region's box, its grey levels, and the steps between neighbours.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LEVELS = 1 << 24 };

void dlrn_roi_clear(dlrn_roi *r)
{
    free(r->value);
    free(r->where);
    *r = (dlrn_roi){0};
}

dlrn_status dlrn_roi_make(dlrn_roi *out, const dlrn_image *image, const dlrn_mask *mask,
                          const int64_t lo[3], const int64_t size[3], dlrn_error *err)
{
    dlrn_status st;
    dlrn_roi r = {.ndim = image->ndim, .stored = image->stored};
    const int64_t nx = mask->dim[0], ny = mask->dim[1];
    // a filtered image may hold the box alone
    const bool boxed = !memcmp(image->dim, size, sizeof image->dim);
    const int64_t inx = image->dim[0], iny = image->dim[1];
    const int64_t at[3] = {boxed ? 0 : lo[0], boxed ? 0 : lo[1], boxed ? 0 : lo[2]};
    const size_t box = (size_t)(size[0] * size[1] * size[2]);
    if (box >= UINT32_MAX / 2)
        return dlrn_fail(err, DLRN_EUNSUPPORTED, "the region's box has %zu voxels; 2^31 at most",
                         box);
    for (int k = 0; k < 3; k++) {
        r.dim[k] = size[k];
        r.spacing_mm[k] = image->spacing_mm[k];
    }
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const uint8_t *m = mask->v + ((lo[2] + z) * ny + lo[1] + y) * nx + lo[0];
            for (int64_t x = 0; x < size[0]; x++)
                r.n += m[x] != 0;
        }
    DLRN_TRY(dlrn_alloc_or_fail(&r.value, r.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&r.where, r.n, err));
    size_t k = 0;
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const uint8_t *m = mask->v + ((lo[2] + z) * ny + lo[1] + y) * nx + lo[0];
            const double *v = image->v + ((at[2] + z) * iny + at[1] + y) * inx + at[0];
            for (int64_t x = 0; x < size[0]; x++)
                if (m[x]) {
                    r.where[k] = (uint32_t)((z * size[1] + y) * size[0] + x);
                    r.value[k++] = v[x];
                }
        }
    *out = r;
    return DLRN_OK;
done:
    dlrn_roi_clear(&r);
    return st;
}

void dlrn_levels_clear(dlrn_levels *l)
{
    free(l->level);
    free(l->index);
    free(l->where);
    free(l->of);
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
    const double x = k == e->n - 1 && !isnan(e->last) ? e->last : e->low + (double)k * e->step;
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
    double min = INFINITY, max = -INFINITY, n;
    size_t bad = 0;
    for (size_t i = 0; i < roi->n; i++) {
        if (roi->value[i] < min) min = roi->value[i];
        if (roi->value[i] > max) max = roi->value[i];
        // Python's min and max pass over NaN, but not over a first one; numpy.histogram does not
        if (isnan(roi->value[i]) && (i == 0 || t->bin_count)) min = NAN;
        bad += isfinite(roi->value[i]) ? 0 : 1;
    }
    if (!isfinite(min) || !isfinite(max))
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "%zu of the region's %zu pixels %s not finite (NaN or infinite): mend the "
                         "image, or leave them out of the outline",
                         bad, roi->n, bad == 1 ? "is" : "are");
    *e = (edges){.last = NAN};
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
    }
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

static dlrn_status find_present(dlrn_levels *l, dlrn_error *err)
{
    dlrn_status st;
    uint32_t *hist = NULL;
    int32_t *place = NULL;
    size_t k = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&hist, (size_t)l->ng + 1, err));
    DLRN_TRY(dlrn_alloc_or_fail(&place, (size_t)l->ng + 1, err));
    for (size_t i = 0; i < l->n; i++)
        hist[l->of[i]]++;
    for (int32_t g = 1; g <= l->ng; g++)
        l->n_present += hist[g] != 0;
    DLRN_TRY(dlrn_alloc_or_fail(&l->present, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->count, l->n_present, err));
    for (int32_t g = 1; g <= l->ng; g++)
        if (hist[g]) {
            l->present[k] = g;
            l->count[k] = hist[g];
            place[g] = (int32_t)k++;
        }
    const size_t all = (size_t)(l->pad_dim[0] * l->pad_dim[1] * l->pad_dim[2]);
    for (size_t i = 0; i < all; i++)
        l->index[i] = (int32_t)l->n_present;
    for (size_t i = 0; i < l->n; i++) {
        l->level[l->where[i]] = l->of[i];
        l->index[l->where[i]] = place[l->of[i]];
    }
done:
    free(hist);
    free(place);
    return st;
}

dlrn_status dlrn_levels_make(dlrn_levels *out, const dlrn_roi *roi, const dlrn_rad_texture *t,
                             dlrn_error *err)
{
    dlrn_status st;
    edges e = {0};
    dlrn_levels l = {.pad = 1, .n = roi->n};
    int64_t longest = 1;
    for (int k = 0; k < 3; k++)
        if (roi->dim[k] > longest) longest = roi->dim[k];
    for (size_t i = 0; i < t->n_distances; i++)
        if (t->distance[i] > l.pad) l.pad = t->distance[i] < longest ? t->distance[i] : longest;
    for (int k = 0; k < 3; k++)
        l.pad_dim[k] = roi->dim[k] + (roi->dim[k] > 1 ? 2 * l.pad : 0);
    const size_t all = (size_t)(l.pad_dim[0] * l.pad_dim[1] * l.pad_dim[2]);
    DLRN_TRY(make_edges(&e, roi, t, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l.level, all, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l.index, all, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l.where, l.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l.of, l.n, err));
    for (size_t i = 0; i < l.n; i++) {
        int64_t at[3];
        int64_t rest = roi->where[i];
        for (int k = 0; k < 3; k++) {
            at[k] = rest % roi->dim[k] + (roi->dim[k] > 1 ? l.pad : 0);
            rest /= roi->dim[k];
        }
        l.where[i] = (uint32_t)((at[2] * l.pad_dim[1] + at[1]) * l.pad_dim[0] + at[0]);
        l.of[i] = level_of(&e, roi->value[i]);
        if (l.of[i] > l.ng) l.ng = l.of[i];
    }
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

dlrn_status dlrn_steps_make(dlrn_step **out, size_t *n, const dlrn_levels *l, const int64_t dim[3],
                            const dlrn_rad_texture *t, bool near, bool half, dlrn_error *err)
{
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
