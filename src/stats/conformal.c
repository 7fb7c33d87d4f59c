/* SPDX-License-Identifier: Apache-2.0
 *
 * Conformal prediction sets of two classes. Definitions: <dlrn/triage.h>.
 */
#include <dlrn/triage.h>

#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

static double nonconformity(double p, int label)
{
    return label ? 1 - p : p;
}

dlrn_status dlrn_conformal_fit(dlrn_conformal *out, const double *p, const dlrn_truth *t,
                               double coverage, bool by_class, dlrn_error *err)
{
    dlrn_status st;
    double *v = NULL;
    size_t cases;
    DLRN_TRY(dlrn_truth_check_probability(&cases, t, p, err));
    DLRN_TRY(stats_need_both_classes(cases, t->n, "a conformal calibration", err));
    if (!(coverage > 0 && coverage < 1)) {
        st = dlrn_fail(err, DLRN_EINVAL, "a coverage of %g: expected between 0 and 1", coverage);
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&v, t->n, err));
    for (int y = 0; y < 2; y++) {
        size_t n = 0;
        for (size_t i = 0; i < t->n; i++)
            if (!by_class || t->label[i] == y) v[n++] = nonconformity(p[i], t->label[i]);
        stats_sort(v, n);
        const double rank = ceil(((double)n + 1) * coverage - 1e-9);
        out->n[y] = n;
        out->limit[y] = rank <= (double)n ? v[(size_t)rank - 1] : (double)INFINITY;
    }
done:
    free(v);
    return st;
}

unsigned dlrn_conformal_set(const dlrn_conformal *c, double p)
{
    return (nonconformity(p, 0) <= c->limit[0] ? 1u : 0u) |
           (nonconformity(p, 1) <= c->limit[1] ? 2u : 0u);
}
