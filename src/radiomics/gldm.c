/* SPDX-License-Identifier: Apache-2.0
 *
 */
#include "radiomics/sizes.h"

#include <math.h>
#include <stdlib.h>

dlrn_status dlrn_gldm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                      const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    dlrn_size_features f;
    size_t n_steps;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, roi->dim, t, false, false, err));
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    for (size_t k = 0; k < l->n; k++) {
        const int32_t *at = l->level + l->where[k];
        const int32_t g = *at;
        size_t size = 1;
        for (size_t a = 0; a < n_steps; a++) {
            const int32_t other = at[step[a].offset];
            size += (other != 0) & (llabs((int64_t)other - g) <= t->gldm_a);
        }
        DLRN_TRY(dlrn_sizes_add(&s, (size_t)l->index[l->where[k]], size, 1, err));
    }
    DLRN_TRY(dlrn_sizes_features(&f, &s, l->present, err));
    const double values[] = {f.entropy,
                             f.size_nonuniformity,
                             f.size_nonuniformity / f.n,
                             NAN,
                             f.size_variance,
                             f.level_nonuniformity,
                             NAN,
                             f.level_variance,
                             f.high,
                             f.large,
                             f.large_high,
                             f.large_low,
                             f.low,
                             f.small,
                             f.small_high,
                             f.small_low};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        out->v[k] = values[k];
done:
    free(step);
    dlrn_sizes_clear(&s);
    return st;
}
