/* SPDX-License-Identifier: Apache-2.0
 *
 * Which shape class applies, and its values in the catalogue's order.
 */
#include "radiomics/images.h"
#include "radiomics/shape.h"

#include <string.h>

/* PyRadiomics' own rule for volumes: force2D, and a box of more than one voxel along the ITK axis
 * of that number (sic). */
static bool has_shape2d(const dlrn_radiomics *s, int ndim, const int64_t size[3])
{
    const int axis = (int)dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_FORCE_2D_DIMENSION);
    return ndim == 2 || (dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_FORCE_2D) && size[axis] > 1);
}

void dlrn_rad_has_shape(bool *has, const dlrn_radiomics *s, int ndim, const int64_t dim[3],
                        dlrn_rad_class id)
{
    const bool slice = dim[2] == 1 && dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_SLICE_AS_2D);
    const int nd = slice ? 2 : ndim;
    *has = id == DLRN_RAD_SHAPE ? nd == 3 : has_shape2d(s, nd, dim);
}

static void fill(dlrn_rad_values *v, const double *values, size_t n)
{
    for (size_t k = 0; k < n; k++)
        v->v[k] = values[k];
}

static dlrn_status shape3d(dlrn_rad_values *v, const dlrn_mask *mask, const dlrn_rad_case *c,
                           dlrn_error *err)
{
    dlrn_shape3d f;
    const dlrn_status st = dlrn_shape3d_compute(&f, mask, c->lo, c->size, c->image.spacing_mm, err);
    if (st != DLRN_OK) return st;
    const double values[] = {f.compactness1,
                             f.compactness2,
                             f.elongation,
                             f.flatness,
                             f.least_axis_length,
                             f.major_axis_length,
                             f.maximum_2d_diameter_column,
                             f.maximum_2d_diameter_row,
                             f.maximum_2d_diameter_slice,
                             f.maximum_3d_diameter,
                             f.mesh_volume,
                             f.minor_axis_length,
                             f.spherical_disproportion,
                             f.sphericity,
                             f.surface_area,
                             f.surface_volume_ratio,
                             f.voxel_volume};
    fill(v, values, sizeof values / sizeof *values);
    return DLRN_OK;
}

static dlrn_status shape2d(dlrn_rad_values *v, const dlrn_mask *mask, const dlrn_rad_case *c,
                           int axis, dlrn_error *err)
{
    dlrn_shape2d f;
    const dlrn_status st =
        dlrn_shape2d_compute(&f, mask, c->lo, c->size, c->image.spacing_mm, axis, err);
    if (st != DLRN_OK) return st;
    const double values[] = {f.elongation,
                             f.major_axis_length,
                             f.maximum_diameter,
                             f.mesh_surface,
                             f.minor_axis_length,
                             f.perimeter,
                             f.perimeter_surface_ratio,
                             f.pixel_surface,
                             f.spherical_disproportion,
                             f.sphericity};
    fill(v, values, sizeof values / sizeof *values);
    return DLRN_OK;
}

dlrn_status dlrn_rad_shape(bool *has, dlrn_rad_values *v, const dlrn_radiomics *s,
                           const dlrn_rad_case *c, dlrn_rad_class id, const dlrn_exec *ex,
                           dlrn_error *err)
{
    const dlrn_mask *mask = c->shape_mask.v ? &c->shape_mask : &c->mask;
    const int nd = c->image.ndim;
    *has = id == DLRN_RAD_SHAPE ? nd == 3 : has_shape2d(s, nd, c->size);
    if (!*has) {
        dlrn_log(ex, DLRN_LOG_WARNING,
                 id == DLRN_RAD_SHAPE
                     ? "the class shape is for volumes: none for a 2-D image, which has shape2D"
                     : "the class shape2D needs a 2-D image, or force2D and one slice: none here");
        return DLRN_OK;
    }
    if (id == DLRN_RAD_SHAPE) return shape3d(v, mask, c, err);
    const int axis =
        nd == 2 ? 2 : 2 - (int)dlrn_rad_number(s, SIZE_MAX, DLRN_RAD_FORCE_2D_DIMENSION);
    return shape2d(v, mask, c, axis, err);
}
