/* SPDX-License-Identifier: Apache-2.0
 *
 * Neighbouring grey tone difference matrix (IBSI 3.9). A voxel without neighbours counts with
 * difference 0, as in PyRadiomics.
 */
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>

enum { BUSYNESS, COARSENESS, COMPLEXITY, CONTRAST, STRENGTH };

/* s[k]: sum over the voxels of level k of |level - mean of the neighbours|. */
static void differences(double *s, const dlrn_levels *l, const dlrn_step *step, size_t n_steps)
{
    for (size_t k = 0; k < l->n; k++) {
        const int32_t *at = l->level + l->where[k];
        int64_t sum = 0;
        int count = 0;
        for (size_t a = 0; a < n_steps; a++) {
            sum += at[step[a].offset];
            count += at[step[a].offset] != 0;
        }
        if (count) s[l->index[l->where[k]]] += fabs(*at - (double)sum / count);
    }
}

static void features(double *v, const dlrn_levels *l, const double *s)
{
    const double n = (double)l->n;
    double sum_s = 0, sum_ps = 0, contrast = 0, absolute = 0, complexity = 0, strength = 0;
    for (size_t a = 0; a < l->n_present; a++) {
        const double p = l->count[a] / n, i = l->present[a];
        sum_s += s[a];
        sum_ps += p * s[a];
        // each pair once: all sums are symmetrical
        for (size_t b = 0; b < a; b++) {
            const double q = l->count[b] / n, j = l->present[b], d = i - j;
            contrast += p * q * d * d;
            absolute += fabs(i * p - j * q);
            complexity += d * (p * s[a] + q * s[b]) / (p + q);
            strength += (p + q) * d * d;
        }
    }
    const double pairs = (double)l->n_present * (double)(l->n_present - 1);
    v[COARSENESS] = sum_ps != 0 ? 1 / sum_ps : 1e6;
    v[CONTRAST] = pairs != 0 ? 2 * contrast * sum_s / n / pairs : 0;
    v[BUSYNESS] = absolute != 0 ? sum_ps / (2 * absolute) : 0;
    v[COMPLEXITY] = 2 * complexity / n;
    v[STRENGTH] = sum_s != 0 ? 2 * strength / sum_s : 0;
}

dlrn_status dlrn_ngtdm(dlrn_rad_values *out, const dlrn_roi *roi, const dlrn_levels *l,
                       const dlrn_rad_texture *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_step *step = NULL;
    double *s = NULL;
    size_t n_steps;
    DLRN_TRY(dlrn_steps_make(&step, &n_steps, l, roi->dim, t, false, false, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s, l->n_present, err));
    differences(s, l, step, n_steps);
    features(out->v, l, s);
done:
    free(step);
    free(s);
    return st;
}
