/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level run length matrix (IBSI 3.7), one for each direction.
 */
#include "radiomics/sizes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

enum { RUN_ENTROPY = 8, RUN_VARIANCE = 12, N_FEATURES = 16 };

static void fill(double *v, const dlrn_size_features *f)
{
    const double values[N_FEATURES] = {f->level_nonuniformity,
                                       f->level_nonuniformity / f->n,
                                       f->level_variance,
                                       f->high,
                                       f->large,
                                       f->large_high,
                                       f->large_low,
                                       f->low,
                                       f->entropy,
                                       f->size_nonuniformity,
                                       f->size_nonuniformity / f->n,
                                       f->n / f->voxels,
                                       f->size_variance,
                                       f->small,
                                       f->small_high,
                                       f->small_low};
    for (int k = 0; k < N_FEATURES; k++)
        v[k] += values[k];
}

/* Whether two voxels of the region are a step apart. */
static bool touches(const dlrn_levels *l, const dlrn_step *step)
{
    for (size_t s = 0; s < l->n_spans; s++) {
        const int32_t *q = l->place + l->span[s].start + step->offset;
        for (uint32_t k = 0; k < l->span[s].n; k++)
            if (q[k]) return true;
    }
    return false;
}

/* Two voxels of one line that do not touch. */
static dlrn_status shares_line(bool *any, const dlrn_runs *r, const dlrn_step *step,
                               dlrn_error *err)
{
    // a line is named by where it enters the box, so voxels of one line meet in one cell
    dlrn_status st;
    uint8_t *seen = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&seen, (size_t)(r->dim[0] * r->dim[1] * r->dim[2]), err));
    *any = false;
    for (size_t s = 0; s < r->n && !*any; s++)
        for (int64_t x = r->v[s].begin; x < r->v[s].end && !*any; x++) {
            int64_t at[3] = {x, r->v[s].row % r->dim[1], r->v[s].row / r->dim[1]};
            int64_t back = INT64_MAX;
            for (int a = 0; a < 3; a++) {
                const int64_t room = step->d[a] > 0   ? at[a]
                                     : step->d[a] < 0 ? r->dim[a] - 1 - at[a]
                                                      : INT64_MAX;
                if (room < back) back = room;
            }
            for (int a = 0; a < 3; a++)
                at[a] -= back * step->d[a];
            uint8_t *cell = &seen[(at[2] * r->dim[1] + at[1]) * r->dim[0] + at[0]];
            *any = *cell != 0;
            *cell = 1;
        }
done:
    free(seen);
    return st;
}

enum { BLOCK = 16 };

/* flag[k]: voxel p[k] is the last of several of its level along the step o. */
DLRN_WIDE static void mark_ends(uint8_t flag[BLOCK], const int32_t *p, int64_t o)
{
    const int32_t *before = p - o, *after = p + o;
    uint8_t ends[BLOCK]; // apart from *p
    for (int k = 0; k < BLOCK; k++)
        ends[k] = (before[k] == p[k]) & (after[k] != p[k]);
    memcpy(flag, ends, sizeof ends);
}

/* The direction's runs: those of more than one voxel from their last voxels; all other voxels are
 * runs of one. single[n_present] is scratch. */
static dlrn_status count_runs(dlrn_sizes *s, uint32_t *single, const dlrn_levels *l,
                              const dlrn_step *step, double weight, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const int64_t o = step->offset;
    memcpy(single, l->count, l->n_present * sizeof *single);
    for (size_t r = 0; r < l->n_spans; r++) {
        const int32_t *p = l->place + l->span[r].start;
        const uint32_t n = l->span[r].n;
        for (uint32_t at = 0; at < n; at += BLOCK) {
            uint64_t flags[BLOCK / 8];
            mark_ends((uint8_t *)flags, p + at, o);
            for (uint32_t w = 0; w < BLOCK / 8; w++)
                for (uint64_t left = flags[w]; left; left &= left - 1) {
                    const uint32_t k = at + 8 * w + (uint32_t)__builtin_ctzll(left) / 8;
                    if (k >= n) break;
                    uint32_t length = 1;
                    for (const int32_t *q = p + k - o; *q == p[k]; q -= o)
                        length++;
                    single[p[k] - 1] -= length;
                    DLRN_TRY(dlrn_sizes_add(s, (size_t)p[k] - 1, length, weight, err));
                }
        }
    }
    for (size_t k = 0; k < l->n_present; k++)
        if (single[k]) DLRN_TRY(dlrn_sizes_add(s, k, 1, weight * single[k], err));
done:
    return st;
}

static double step_weight(const dlrn_step *step, const dlrn_levels *l, dlrn_rad_norm norm)
{
    double sum = 0, square = 0, max = 0;
    for (int a = 0; a < 3; a++) {
        const double d = abs(step->d[a]) * l->spacing_mm[a];
        sum += d;
        square += d * d;
        if (d > max) max = d;
    }
    switch (norm) {
    case DLRN_RAD_NORM_MANHATTAN: return sum;
    case DLRN_RAD_NORM_EUCLIDEAN: return sqrt(square);
    case DLRN_RAD_NORM_INFINITY: return max;
    default: return 1;
    }
}

dlrn_status dlrn_glrlm(dlrn_rad_values *out, const dlrn_levels *l, const dlrn_rad_texture *t,
                       dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    uint32_t *single = NULL;
    dlrn_size_features f;
    size_t n_steps, used = 0;
    const bool merge = t->norm != DLRN_RAD_NORM_NONE;
    for (int k = 0; k < N_FEATURES; k++)
        out->v[k] = 0;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, true, true, err));
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&single, l->n_present, err));
    for (size_t a = 0; a < n_steps; a++) {
        bool any = touches(l, &step[a]);
        const double weight = merge ? step_weight(&step[a], l, t->norm) : 1;
        if (!merge && a > 0) dlrn_sizes_reset(&s);
        if (!any) DLRN_TRY(shares_line(&any, &l->region->runs, &step[a], err));
        if (!any) continue;
        used++;
        DLRN_TRY(count_runs(&s, single, l, &step[a], weight, err));
        if (merge) continue;
        DLRN_TRY(dlrn_sizes_features(&f, &s, l->present, err));
        fill(out->v, &f);
    }
    if (merge && used > 0) {
        DLRN_TRY(dlrn_sizes_features(&f, &s, l->present, err));
        fill(out->v, &f);
        used = 1;
    }
    for (int k = 0; k < N_FEATURES; k++) {
        out->v[k] = used ? out->v[k] / (double)used : (double)NAN;
        if (!used) out->why[k] = "no line in any direction holds two voxels of the region";
    }
    // of one empty matrix PyRadiomics sums nothing here, and divides the rest by its NaN
    if (!used && (merge || n_steps == 1)) out->v[RUN_ENTROPY] = out->v[RUN_VARIANCE] = 0;
done:
    free(step);
    free(single);
    dlrn_sizes_clear(&s);
    return st;
}
