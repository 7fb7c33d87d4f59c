/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the mask lies on the image's grid, and how it gets there (PyRadiomics' checkMask,
 * correctMask and geometryTolerance).
 */
#include "radiomics/images.h"
#include "radiomics/regrid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A geometry for the mask. */
static void set_grid(dlrn_rad_case *c, const dlrn_image *from)
{
    c->grid = *from;
    c->grid.v = NULL;
    c->grid.raw = NULL;
    c->grid.raw_owner = NULL;
}

static double tolerance_of(const dlrn_radiomics *s)
{
    const double tolerance = dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_GEOMETRY_TOLERANCE);
    return isnan(tolerance) ? 0 : tolerance;
}

dlrn_status dlrn_rad_place_mask(dlrn_rad_case *c, const dlrn_image *labels, const dlrn_radiomics *s,
                                dlrn_error *err)
{
    dlrn_error why = {DLRN_OK, ""};
    const bool sizes = !memcmp(c->image.dim, labels->dim, sizeof labels->dim);
    set_grid(c, labels);
    if (c->image.ndim != labels->ndim) {
        // a file of one slice and a 2-D file are the same picture
        const dlrn_status st = dlrn_geometry_check(&c->image, labels, tolerance_of(s), &why);
        if (st != DLRN_OK)
            return dlrn_fail(err, st, "%s%s", why.msg,
                             sizes ? " (setting geometryTolerance, as a share of the pixel spacing)"
                                   : "");
        set_grid(c, &c->image);
    } else if (sizes && (!c->image.spacing_known || !labels->spacing_known)) {
        set_grid(c, &c->image);
    }
    return DLRN_OK;
}

static dlrn_status correct(dlrn_rad_case *c, dlrn_error *err)
{
    dlrn_status st;
    int64_t lo[3], size[3];
    dlrn_mask moved = {0};
    dlrn_mask_box(&c->mask, lo, size);
    DLRN_TRY(dlrn_region_inside(&c->image, &c->grid, lo, size, err));
    DLRN_TRY(dlrn_regrid_mask(&moved, &c->mask, &c->grid, &c->image, err));
    if (dlrn_mask_box(&moved, NULL, NULL) == 0) {
        st = dlrn_fail(err, DLRN_EINVAL,
                       "correctMask: no voxel of the image lies in the region, which is thinner "
                       "than the image's voxels: outline it on this image");
        goto done;
    }
    dlrn_mask_clear(&c->mask);
    c->mask = moved;
    moved.v = NULL;
    set_grid(c, &c->image);
done:
    dlrn_mask_clear(&moved);
    return st;
}

dlrn_status dlrn_rad_match_mask(bool *corrected, dlrn_rad_case *c, const dlrn_radiomics *s,
                                const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_error why = {DLRN_OK, ""};
    *corrected = false;
    const dlrn_status st = dlrn_geometry_check(&c->image, &c->grid, tolerance_of(s), &why);
    if (st == DLRN_OK) return DLRN_OK;
    if (!dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_CORRECT_MASK))
        return dlrn_fail(err, st,
                         "%s (settings geometryTolerance, correctMask), or pass --correct-mask",
                         why.msg);
    dlrn_log(ex, DLRN_LOG_WARNING, "the mask is brought onto the image's grid (correctMask): %s",
             why.msg);
    *corrected = true;
    return correct(c, err);
}
