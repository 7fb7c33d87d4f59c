/* SPDX-License-Identifier: Apache-2.0
 *
 * Which shape class applies, and its values in the catalogue's order.
 */
#include "radiomics/images.h"

#include <string.h>

void dlrn_rad_has_shape(bool *has, const dlrn_radiomics *s, int ndim, const int64_t dim[3],
                        dlrn_rad_class id)
{
    const bool slice = ndim == 3 && dim[2] == 1 && dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_SLICE_AS_2D);
    const int nd = slice ? 2 : ndim;
    if (id == DLRN_RAD_SHAPE)
        *has = nd == 3;
    else
        *has = nd == 2 || dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_FORCE_2D);
}

dlrn_status dlrn_rad_shape(bool *has, dlrn_rad_values *v, const dlrn_radiomics *s,
                           const dlrn_rad_case *c, dlrn_rad_class id, const dlrn_exec *ex,
                           dlrn_error *err)
{
    (void)v;
    (void)s;
    (void)c;
    (void)err;
    *has = false;
    dlrn_log(ex, DLRN_LOG_WARNING, "the class %s is not built in yet: no such features",
             dlrn_rad_class_names[id]);
    return DLRN_OK;
}
