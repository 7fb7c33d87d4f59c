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
    *r = (dlrn_region){0};
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
    *out = r;
done:
    return st;
}

void dlrn_roi_clear(dlrn_roi *r)
{
    free(r->piece);
    *r = (dlrn_roi){0};
}

/* Widens the range by v[n], passing over NaN; false where one is not finite. */
DLRN_WIDE static bool add_range(double *min, double *max, const double *v, size_t n)
{
    enum { LANES = 8 };
    double lo[LANES], hi[LANES], odd[LANES] = {0};
    size_t i = 0;
    for (size_t k = 0; k < LANES; k++) {
        lo[k] = *min;
        hi[k] = *max;
    }
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            const double x = v[i + k];
            lo[k] = x < lo[k] ? x : lo[k];
            hi[k] = x > hi[k] ? x : hi[k];
            odd[k] += x * 0; // 0, but NaN of what is not finite
        }
    for (; i < n; i++) {
        lo[0] = v[i] < lo[0] ? v[i] : lo[0];
        hi[0] = v[i] > hi[0] ? v[i] : hi[0];
        odd[0] += v[i] * 0;
    }
    for (size_t k = 1; k < LANES; k++) {
        lo[0] = lo[k] < lo[0] ? lo[k] : lo[0];
        hi[0] = hi[k] > hi[0] ? hi[k] : hi[0];
        odd[0] += odd[k];
    }
    *min = lo[0];
    *max = hi[0];
    return !isnan(odd[0]);
}

dlrn_status dlrn_roi_make(dlrn_roi *out, const dlrn_image *image, const dlrn_region *region,
                          dlrn_error *err)
{
    dlrn_status st;
    dlrn_roi r = {.region = region, .ndim = image->ndim, .stored = image->stored};
    r.min = (double)INFINITY;
    r.max = -(double)INFINITY;
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
        if (add_range(&r.min, &r.max, r.piece[k].v, r.piece[k].n)) continue;
        for (size_t i = 0; i < r.piece[k].n; i++)
            r.n_not_finite += isfinite(r.piece[k].v[i]) ? 0 : 1;
    }
    *out = r;
    return DLRN_OK;
done:
    dlrn_roi_clear(&r);
    return st;
}
