/* SPDX-License-Identifier: Apache-2.0
 *
 * Grey level dependence matrix (IBSI 3.11): size is one more than the number of neighbours whose
 * level is alike.
 */
#include "radiomics/sizes.h"

#include <math.h>
#include <stdlib.h>

#include "base/wide.h"

enum { BLOCK = 16 }; /* two times eight */

/* alike[k]: neighbours of voxel p[k] whose level differs by `most` at most. */
DLRN_WIDE static void count_alike(int32_t alike[BLOCK], const int32_t *p, const dlrn_step *step,
                                  size_t n_steps, int32_t most)
{
    const dlrn_eight p0 = *(const dlrn_eight *)p, p1 = *(const dlrn_eight *)(p + 8);
    dlrn_eight n0 = {0}, n1 = {0};
    for (size_t a = 0; a < n_steps; a++) {
        const int32_t *q = p + step[a].offset;
        const dlrn_eight q0 = *(const dlrn_eight *)q, q1 = *(const dlrn_eight *)(q + 8);
        if (most == 0) {
            n0 -= q0 == p0;
            n1 -= q1 == p1;
        } else {
            n0 -= (q0 != 0) & (q0 - p0 <= most) & (p0 - q0 <= most);
            n1 -= (q1 != 0) & (q1 - p1 <= most) & (p1 - q1 <= most);
        }
    }
    *(dlrn_eight *)alike = n0;
    *(dlrn_eight *)(alike + 8) = n1;
}

/* count[place - 1][alike] */
static dlrn_status count_sizes(uint32_t *count, const dlrn_levels *l, const dlrn_step *step,
                               size_t n_steps, int64_t a, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_level_window w = {0};
    const int32_t most = a > l->ng ? l->ng : (int32_t)a;
    if (most) DLRN_TRY(dlrn_level_window_new(&w, l, step, n_steps, err));
    for (size_t r = 0; r < l->n_spans; r++) {
        const int32_t *place = l->place + l->span[r].start;
        // equal levels have equal places
        const int32_t *p = most ? dlrn_level_window_at(&w, &l->span[r]) : place;
        const uint32_t n = l->span[r].n;
        for (uint32_t at = 0; at < n; at += BLOCK) {
            int32_t alike[BLOCK];
            count_alike(alike, p + at, step, n_steps, most);
            for (uint32_t k = at; k < at + BLOCK && k < n; k++)
                count[(size_t)(place[k] - 1) * (n_steps + 1) + (size_t)alike[k - at]]++;
        }
    }
done:
    dlrn_level_window_clear(&w);
    return st;
}

dlrn_status dlrn_gldm(dlrn_rad_values *out, const dlrn_levels *l, const dlrn_rad_texture *t,
                      dlrn_error *err)
{
    dlrn_status st;
    dlrn_sizes s = {0};
    dlrn_step *step = NULL;
    uint32_t *count = NULL;
    dlrn_size_features f;
    size_t n_steps;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, t, false, false, err));
    DLRN_TRY(dlrn_sizes_new(&s, l->n_present, err));
    DLRN_TRY(dlrn_alloc_or_fail(&count, l->n_present * (n_steps + 1), err));
    DLRN_TRY(count_sizes(count, l, step, n_steps, t->gldm_a, err));
    for (size_t k = 0; k < l->n_present; k++)
        for (size_t j = 0; j <= n_steps; j++) {
            const uint32_t c = count[k * (n_steps + 1) + j];
            if (c) DLRN_TRY(dlrn_sizes_add(&s, k, j + 1, c, err));
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
    free(count);
    dlrn_sizes_clear(&s);
    return st;
}
