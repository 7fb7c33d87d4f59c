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
    free(r->run);
    *r = (dlrn_region){0};
}

/* First place from x on that is set; n where there is none. */
static int64_t next_set(const uint8_t *m, int64_t x, int64_t n)
{
    for (uint64_t eight; x + 8 <= n; x += 8) {
        memcpy(&eight, m + x, sizeof eight);
        if (eight) break;
    }
    while (x < n && !m[x])
        x++;
    return x;
}

static dlrn_status add_runs(dlrn_region *r, size_t *cap, const uint8_t *m, int32_t y, int32_t z,
                            dlrn_error *err)
{
    const int64_t n = r->dim[0];
    for (int64_t x = next_set(m, 0, n); x < n; x = next_set(m, x, n)) {
        const uint8_t *end = memchr(m + x, 0, (size_t)(n - x));
        const int64_t stop = end ? end - m : n;
        const dlrn_status st = dlrn_grow(&r->run, cap, r->n_runs + 1, sizeof *r->run, err);
        if (st != DLRN_OK) return st;
        r->run[r->n_runs++] = (dlrn_run){(int32_t)x, y, z, (uint32_t)(stop - x)};
        r->n += (size_t)(stop - x);
        x = stop;
    }
    return DLRN_OK;
}

dlrn_status dlrn_region_make(dlrn_region *out, const dlrn_mask *mask, const int64_t lo[3],
                             const int64_t size[3], dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_region r = {0};
    size_t cap = 0;
    const size_t box = (size_t)(size[0] * size[1] * size[2]);
    if (box >= UINT32_MAX / 2)
        return dlrn_fail(err, DLRN_EUNSUPPORTED, "the region's box has %zu voxels; 2^31 at most",
                         box);
    memcpy(r.lo, lo, sizeof r.lo);
    memcpy(r.dim, size, sizeof r.dim);
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const int64_t row = (lo[2] + z) * mask->dim[1] + lo[1] + y;
            DLRN_TRY(add_runs(&r, &cap, mask->v + row * mask->dim[0] + lo[0], (int32_t)y,
                              (int32_t)z, err));
        }
    *out = r;
    return DLRN_OK;
done:
    dlrn_region_clear(&r);
    return st;
}

void dlrn_roi_clear(dlrn_roi *r)
{
    free(r->value);
    *r = (dlrn_roi){0};
}

/* Least and greatest of v[n], but for NaN; false where one is not finite. */
DLRN_WIDE static bool range_of(double *min, double *max, const double *v, size_t n)
{
    enum { LANES = 8 };
    double lo[LANES], hi[LANES], odd[LANES] = {0};
    size_t i = 0;
    for (size_t k = 0; k < LANES; k++) {
        lo[k] = (double)INFINITY;
        hi[k] = -(double)INFINITY;
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
    // a filtered image may hold the box alone
    const bool boxed = !memcmp(image->dim, region->dim, sizeof image->dim);
    const int64_t nx = image->dim[0], ny = image->dim[1];
    int64_t at[3];
    for (int k = 0; k < 3; k++) {
        r.spacing_mm[k] = image->spacing_mm[k];
        at[k] = boxed ? 0 : region->lo[k];
    }
    DLRN_TRY(dlrn_alloc_or_fail(&r.value, region->n, err));
    double *to = r.value;
    for (size_t k = 0; k < region->n_runs; to += region->run[k++].n) {
        const dlrn_run *s = &region->run[k];
        const int64_t row = (at[2] + s->z) * ny + at[1] + s->y;
        memcpy(to, image->v + row * nx + at[0] + s->x, s->n * sizeof *to);
    }
    if (!range_of(&r.min, &r.max, r.value, region->n))
        for (size_t k = 0; k < region->n; k++)
            r.n_not_finite += isfinite(r.value[k]) ? 0 : 1;
    *out = r;
    return DLRN_OK;
done:
    dlrn_roi_clear(&r);
    return st;
}
