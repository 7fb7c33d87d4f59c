/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/padjust.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_status dlrn_padjust_from_name(dlrn_padjust *out, const char *name, dlrn_error *err)
{
    static const struct {
        const char *name;
        dlrn_padjust method;
    } known[] = {
        {"holm", DLRN_PADJUST_HOLM}, {"hochberg", DLRN_PADJUST_HOCHBERG},
        {"bh", DLRN_PADJUST_BH},     {"bonferroni", DLRN_PADJUST_BONFERRONI},
        {"fdr", DLRN_PADJUST_BH},    {"by", DLRN_PADJUST_BY},
        {"BH", DLRN_PADJUST_BH},     {"BY", DLRN_PADJUST_BY},
        {"none", DLRN_PADJUST_NONE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0) continue;
        *out = known[i].method;
        return DLRN_OK;
    }
    return dlrn_fail(
        err, DLRN_EINVAL,
        "'%.40s' is no adjustment; expected holm, hochberg, bonferroni, bh, by or none", name);
}

/* The factor of the k-th smallest (1-based) of n p-values. */
static double factor(dlrn_padjust method, size_t k, size_t n, double harmonic)
{
    switch (method) {
    case DLRN_PADJUST_HOLM:
    case DLRN_PADJUST_HOCHBERG: return (double)(n - k + 1);
    case DLRN_PADJUST_BONFERRONI: return (double)n;
    case DLRN_PADJUST_BH: return (double)n / (double)k;
    case DLRN_PADJUST_BY: return harmonic * (double)n / (double)k;
    case DLRN_PADJUST_NONE: break;
    }
    return 1;
}

dlrn_status dlrn_p_adjust(double *adjusted, const double *p, size_t n, dlrn_padjust method,
                          dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL, tests = 0;
    double harmonic = 0;
    for (size_t i = 0; i < n; i++)
        if (p[i] < 0 || p[i] > 1)
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: p is %g, expected 0 to 1", i + 1, p[i]);
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    dlrn_sort_index(order, p, n);
    while (tests < n && !isnan(p[order[tests]]))
        harmonic += 1.0 / (double)++tests;
    for (size_t i = 0; i < n; i++)
        adjusted[i] = p[i];
    for (size_t k = 1; k <= tests; k++)
        adjusted[order[k - 1]] =
            fmin(1, adjusted[order[k - 1]] * factor(method, k, tests, harmonic));
    if (method == DLRN_PADJUST_HOLM) {
        for (size_t k = 1; k < tests; k++)
            adjusted[order[k]] = fmax(adjusted[order[k]], adjusted[order[k - 1]]);
    } else if (method != DLRN_PADJUST_NONE) {
        for (size_t k = tests; k-- > 1;)
            adjusted[order[k - 1]] = fmin(adjusted[order[k - 1]], adjusted[order[k]]);
    }
done:
    free(order);
    return st;
}
