/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level run length matrix (IBSI 3.7), one for each direction.
 */
#include "radiomics/sizes.h"

#include <math.h>
#include <stdlib.h>

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

/* The direction's runs, each from the voxel that begins it. False in *any: no line of the direction
 * holds two voxels of the region, gaps allowed. */
static dlrn_status count_runs(dlrn_sizes *s, bool *any, const dlrn_levels *l, const dlrn_step *step,
                              double weight, dlrn_error *err)
{
    const int64_t o = step->offset;
    *any = false;
    for (size_t k = 0; k < l->n; k++) {
        const int32_t *at = l->index + l->where[k];
        const int32_t g = *at;
        const int32_t before = at[-o], after = at[o];
        *any |= before != (int32_t)l->n_present || after != (int32_t)l->n_present;
        if (before == g) continue;
        size_t length = 1;
        for (const int32_t *p = at + o; *p == g; p += o)
            length++;
        const dlrn_status st = dlrn_sizes_add(s, (size_t)g, length, weight, err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

/* Two voxels of one line that do not touch. */
static dlrn_status shares_line(bool *any, const dlrn_roi *roi, const dlrn_step *step,
                               dlrn_error *err)
{
    // a line is named by where it enters the box, so voxels of one line meet in one cell
    dlrn_status st;
    uint8_t *seen = NULL;
    const int64_t nx = roi->dim[0], ny = roi->dim[1], nz = roi->dim[2];
    DLRN_TRY(dlrn_alloc_or_fail(&seen, (size_t)(nx * ny * nz), err));
    for (size_t k = 0; k < roi->n && !*any; k++) {
        const int64_t w = roi->where[k];
        int64_t at[3] = {w % nx, w / nx % ny, w / (nx * ny)}, back = INT64_MAX;
        for (int a = 0; a < 3; a++) {
            const int64_t room = step->d[a] > 0   ? at[a]
                                 : step->d[a] < 0 ? roi->dim[a] - 1 - at[a]
                                                  : INT64_MAX;
            if (room < back) back = room;
        }
        for (int a = 0; a < 3; a++)
            at[a] -= back * step->d[a];
        uint8_t *cell = &seen[(at[2] * ny + at[1]) * nx + at[0]];
        *any = *cell != 0;
        *cell = 1;
    }
done:
    free(seen);
    return st;
}

static double step_weight(const dlrn_step *step, const dlrn_roi *roi, dlrn_rad_norm norm)
{
    double sum = 0, square = 0, max = 0;
    for (int a = 0; a < 3; a++) {
        const double d = abs(step->d[a]) * roi->spacing_mm[a];
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

static dlrn_status one_direction(dlrn_sizes *s, bool *any, const dlrn_roi *roi,
                                 const dlrn_levels *l, const dlrn_step *step, double weight,
                                 dlrn_error *err)
{
    dlrn_status st;
    const size_t n_far = s->n_far;
    DLRN_TRY(count_runs(s, any, l, step, weight, err));
    if (!*any) DLRN_TRY(shares_line(any, roi, step, err));
    if (!*any) { // dropped: take back what was counted, runs of one voxel all
        for (size_t k = 0; k < l->n_present; k++)
            s->near[k * DLRN_SIZES_NEAR] -= weight * l->count[k];
        s->n_far = n_far;
    }
done:
    return st;
}

dlrn_status dlrn_glrlm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                       const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    dlrn_size_features f;
    size_t n_steps, used = 0;
    const bool merge = t->norm != DLRN_RAD_NORM_NONE;
    for (int k = 0; k < N_FEATURES; k++)
        out->v[k] = 0;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, roi->dim, t, true, true, err));
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    for (size_t a = 0; a < n_steps; a++) {
        bool any;
        const double weight = merge ? step_weight(&step[a], roi, t->norm) : 1;
        if (!merge && a > 0) dlrn_sizes_reset(&s);
        DLRN_TRY(one_direction(&s, &any, roi, l, &step[a], weight, err));
        used += any;
        if (merge || !any) continue;
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
    dlrn_sizes_clear(&s);
    return st;
}
