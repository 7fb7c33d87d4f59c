/* SPDX-License-Identifier: Apache-2.0
 *
 * The region as runs of voxels, and an image's values in it.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

void dlrn_region_clear(dlrn_region *r)
{
    dlrn_runs_clear(&r->runs);
    free(r->block);
    *r = (dlrn_region){0};
}

enum { BLOCK = 1 << 16 }; /* voxels of a block of work, at least */

/* Runs are put together to blocks. */
static dlrn_status find_blocks(dlrn_region *r, dlrn_error *err)
{
    const size_t most = r->n / BLOCK + 1;
    const dlrn_status st = dlrn_alloc_or_fail(&r->block, most + 1, err);
    if (st != DLRN_OK) return st;
    size_t voxels = 0;
    for (size_t k = 0; k < r->runs.n; k++) {
        voxels += (size_t)(r->runs.v[k].end - r->runs.v[k].begin);
        if (voxels < BLOCK) continue;
        r->block[++r->n_blocks] = k + 1;
        voxels = 0;
    }
    if (!r->n_blocks || voxels) r->n_blocks++;
    r->block[r->n_blocks] = r->runs.n;
    return DLRN_OK;
}

dlrn_status dlrn_region_make(dlrn_region *out, const dlrn_mask *mask, const int64_t lo[3],
                             const int64_t size[3], dlrn_error *err)
{
    dlrn_status st;
    dlrn_region r = {.lo = {lo[0], lo[1], lo[2]}};
    const size_t box = (size_t)(size[0] * size[1] * size[2]);
    if (box >= UINT32_MAX / 2)
        return dlrn_fail(err, DLRN_EUNSUPPORTED, "the region's box has %zu voxels; 2^31 at most",
                         box);
    DLRN_TRY(dlrn_runs_make(&r.runs, mask, err));
    for (size_t k = 0; k < r.runs.n; k++) {
        dlrn_run *run = &r.runs.v[k];
        const int64_t y = run->row % mask->dim[1] - lo[1], z = run->row / mask->dim[1] - lo[2];
        *run = (dlrn_run){z * size[1] + y, run->begin - lo[0], run->end - lo[0]};
        r.n += (size_t)(run->end - run->begin);
    }
    memcpy(r.runs.dim, size, sizeof r.runs.dim);
    DLRN_TRY(find_blocks(&r, err));
    *out = r;
    return DLRN_OK;
done:
    dlrn_region_clear(&r);
    return st;
}

void dlrn_roi_clear(dlrn_roi *r)
{
    free(r->piece);
    *r = (dlrn_roi){0};
}

/* The range of a block's values. */
typedef struct range {
    double min, max; /* NaN is passed over */
    size_t n_not_finite;
    bool whole;
} range;

/* Widens the range by v[n]; false where one is not finite. */
DLRN_WIDE static bool add_range(range *r, const double *v, size_t n)
{
    enum { LANES = 8 };
    static const double shift = 0x1p52; // a number this large has no fraction
    double lo[LANES], hi[LANES], odd[LANES] = {0}, fraction[LANES] = {0};
    size_t i = 0;
    for (size_t k = 0; k < LANES; k++) {
        lo[k] = r->min;
        hi[k] = r->max;
    }
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            const double x = v[i + k], m = fabs(x);
            lo[k] = x < lo[k] ? x : lo[k];
            hi[k] = x > hi[k] ? x : hi[k];
            odd[k] += x * 0; // 0, but NaN of what is not finite
            fraction[k] += fabs(m + shift - shift - m);
        }
    for (; i < n; i++) {
        const double m = fabs(v[i]);
        lo[0] = v[i] < lo[0] ? v[i] : lo[0];
        hi[0] = v[i] > hi[0] ? v[i] : hi[0];
        odd[0] += v[i] * 0;
        fraction[0] += fabs(m + shift - shift - m);
    }
    for (size_t k = 1; k < LANES; k++) {
        lo[0] = lo[k] < lo[0] ? lo[k] : lo[0];
        hi[0] = hi[k] > hi[0] ? hi[k] : hi[0];
        odd[0] += odd[k];
        fraction[0] += fraction[k];
    }
    r->min = lo[0];
    r->max = hi[0];
    r->whole &= fraction[0] == 0;
    return !isnan(odd[0]);
}

typedef struct range_job {
    const dlrn_roi *roi;
    range *of; /* [n_blocks] */
} range_job;

static dlrn_status find_range(void *user, size_t i, size_t w, dlrn_error *err)
{
    const range_job *j = user;
    const size_t *block = j->roi->region->block;
    range r = {(double)INFINITY, -(double)INFINITY, 0, true};
    (void)w;
    (void)err;
    for (size_t k = block[i]; k < block[i + 1]; k++) {
        const dlrn_piece *p = &j->roi->piece[k];
        if (add_range(&r, p->v, p->n)) continue;
        for (size_t x = 0; x < p->n; x++)
            r.n_not_finite += isfinite(p->v[x]) ? 0 : 1;
    }
    j->of[i] = r;
    return DLRN_OK;
}

static dlrn_status find_ranges(dlrn_roi *r, dlrn_error *err)
{
    dlrn_status st;
    range_job j = {.roi = r};
    const size_t n = r->region->n_blocks;
    DLRN_TRY(dlrn_alloc_or_fail(&j.of, n, err));
    DLRN_TRY(dlrn_parallel_for(n, r->threads, find_range, &j, err));
    r->min = (double)INFINITY;
    r->max = -(double)INFINITY;
    r->whole = true;
    for (size_t k = 0; k < n; k++) {
        r->min = j.of[k].min < r->min ? j.of[k].min : r->min;
        r->max = j.of[k].max > r->max ? j.of[k].max : r->max;
        r->n_not_finite += j.of[k].n_not_finite;
        r->whole &= j.of[k].whole;
    }
done:
    free(j.of);
    return st;
}

dlrn_status dlrn_roi_make(dlrn_roi *out, const dlrn_image *image, const dlrn_region *region,
                          int threads, dlrn_error *err)
{
    dlrn_status st;
    dlrn_roi r = {.region = region, .ndim = image->ndim, .stored = image->stored};
    r.threads = region->n_blocks < (size_t)threads ? (int)region->n_blocks : threads;
    const int64_t *dim = region->runs.dim;
    // a filtered image may hold the box alone
    const bool boxed = !memcmp(image->dim, dim, sizeof image->dim);
    const int64_t nx = image->dim[0], ny = image->dim[1];
    int64_t at[3];
    for (int k = 0; k < 3; k++) {
        r.spacing_mm[k] = image->spacing_mm[k];
        at[k] = boxed ? 0 : region->lo[k];
    }
    DLRN_TRY(dlrn_alloc_or_fail(&r.piece, region->runs.n, err));
    for (size_t k = 0; k < region->runs.n; k++) {
        const dlrn_run *run = &region->runs.v[k];
        const int64_t y = run->row % dim[1], z = run->row / dim[1];
        r.piece[k].v = image->v + ((at[2] + z) * ny + at[1] + y) * nx + at[0] + run->begin;
        r.piece[k].n = (size_t)(run->end - run->begin);
    }
    DLRN_TRY(find_ranges(&r, err));
    *out = r;
    return DLRN_OK;
done:
    dlrn_roi_clear(&r);
    return st;
}
