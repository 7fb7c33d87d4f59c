/* SPDX-License-Identifier: Apache-2.0
 *
 * Steps between neighbours, and the levels around a span that they lead to.
 */
#include "radiomics/roi.h"

#include <stdlib.h>

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

/* ---- levels around a span ---- */

dlrn_status dlrn_level_window_new(dlrn_level_window *out, const dlrn_levels *l,
                                  const dlrn_step *step, size_t n_steps, dlrn_error *err)
{
    enum { STRETCHES = 4, LEAST = 1 << 12 }; // what is looked up twice is a part of the whole
    dlrn_status st = DLRN_OK;
    dlrn_level_window w = {.levels = l};
    uint32_t longest = 0;
    if (l->n_present == (size_t)l->ng) goto done;
    for (size_t a = 0; a < n_steps; a++) {
        const size_t far = (size_t)llabs(step[a].offset);
        w.reach = far > w.reach ? far : w.reach;
    }
    for (size_t s = 0; s < l->n_spans; s++)
        longest = l->span[s].n > longest ? l->span[s].n : longest;
    w.cap = 2 * w.reach + longest + DLRN_LEVELS_SLACK + STRETCHES * w.reach + LEAST;
    if (w.cap > dlrn_levels_size(l)) w.cap = dlrn_levels_size(l);
    DLRN_TRY(dlrn_alloc_or_fail(&w.of, l->n_present + 1, err));
    for (size_t k = 0; k < l->n_present; k++)
        w.of[k + 1] = l->present[k];
    DLRN_TRY(dlrn_alloc_or_fail(&w.v, w.cap, err));
done:
    if (st != DLRN_OK) dlrn_level_window_clear(&w);
    *out = w;
    return st;
}

void dlrn_level_window_clear(dlrn_level_window *w)
{
    free(w->of);
    free(w->v);
    *w = (dlrn_level_window){0};
}

const int32_t *dlrn_level_window_at(dlrn_level_window *w, const dlrn_span *s)
{
    if (!w->of) return w->levels->place + s->start;
    const size_t all = dlrn_levels_size(w->levels);
    const size_t end = s->start + s->n + w->reach + DLRN_LEVELS_SLACK;
    if ((end < all ? end : all) > w->to) {
        w->from = s->start > w->reach ? s->start - w->reach : 0;
        w->to = w->from + w->cap < all ? w->from + w->cap : all;
        for (size_t k = w->from; k < w->to; k++)
            w->v[k - w->from] = w->of[w->levels->place[k]];
    }
    return w->v + (s->start - w->from);
}
