/* SPDX-License-Identifier: Apache-2.0
 *
 * Resampling as PyRadiomics asks ITK for it: a grid of the new spacing whose corner is that of the
 * mask's, as far as the region and its pad reach; 0 outside the image.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/preprocess.h"
#include "radiomics/regrid.h"

/* The new grid, as geometry of *g. */
static void plan_grid(dlrn_image *g, const dlrn_image *grid, const int64_t lo[3],
                      const int64_t size[3], const double spacing[3], int pad)
{
    double start[3];
    *g = *grid;
    for (int a = 0; a < 3; a++) {
        const double s = grid->spacing_mm[a], t = spacing[a], r = s / t;
        const int own = a < grid->ndim ? pad : 0;
        const double low = fmax(0, floor(((double)lo[a] - 0.5) * r - own));
        const double high = fmin(ceil((double)grid->dim[a] * r) - 1,
                                 ceil(((double)(lo[a] + size[a]) - 0.5) * r + own));
        g->spacing_mm[a] = t;
        // what no int64_t holds is still too large an image
        g->dim[a] = (int64_t)fmin(high - low, 1e15) + 1;
        start[a] = 0.5 * (t - s) / s + low / r;
    }
    dlrn_grid_to_world(g->origin_mm, grid, start);
}

/* Only the mask is brought onto the image's grid; both are cut to the region. */
static dlrn_status keep_spacing(dlrn_image *out, dlrn_mask *mask_out, const dlrn_image *im,
                                const dlrn_mask *mask, const dlrn_image *grid, int pad,
                                dlrn_error *err)
{
    dlrn_status st;
    dlrn_mask own = {0};
    if (dlrn_grid_equal(grid, im)) return dlrn_pre_crop(out, mask_out, NULL, im, mask, pad, err);
    DLRN_TRY(dlrn_regrid_mask(&own, mask, grid, im, err));
    DLRN_TRY(dlrn_pre_crop(out, mask_out, NULL, im, &own, pad, err));
done:
    dlrn_mask_clear(&own);
    return st;
}

dlrn_status dlrn_pre_resample(dlrn_image *out, dlrn_mask *mask_out, const dlrn_image *im,
                              const dlrn_mask *mask, const dlrn_image *grid,
                              const double spacing_mm[3], const char *interpolator, int pad,
                              dlrn_error *err)
{
    dlrn_status st;
    int64_t lo[3], size[3];
    double spacing[3];
    dlrn_image g;
    bool same = true;
    *out = (dlrn_image){0};
    *mask_out = (dlrn_mask){0};
    if (!dlrn_mask_box(mask, lo, size))
        return dlrn_fail(err, DLRN_EINVAL, "the mask holds no voxel of the label");
    DLRN_TRY(dlrn_region_inside(im, grid, lo, size, err));
    for (int a = 0; a < 3; a++) {
        const bool keep = a >= grid->ndim || !(spacing_mm[a] > 0) || size[a] == 1;
        spacing[a] = keep ? grid->spacing_mm[a] : spacing_mm[a];
        same = same && fabs(im->spacing_mm[a] - spacing[a]) <= 1e-8 + 1e-5 * spacing[a];
    }
    if (same) return keep_spacing(out, mask_out, im, mask, grid, pad, err);
    plan_grid(&g, grid, lo, size, spacing, pad);
    DLRN_TRY(dlrn_image_alloc(out, im->ndim, g.dim, err));
    g.v = out->v;
    g.stored = im->stored;
    g.inverted = im->inverted;
    *out = g;
    DLRN_TRY(dlrn_regrid_image(out, im, interpolator, err));
    DLRN_TRY(dlrn_regrid_mask(mask_out, mask, grid, &g, err));
done:
    if (st != DLRN_OK) {
        dlrn_image_clear(out);
        dlrn_mask_clear(mask_out);
    }
    return st;
}
