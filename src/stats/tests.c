/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests between two groups.
 */
#include <dlrn/tests.h>

#include <dlrn/describe.h>
#include <dlrn/special.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* W of a, and the sum of t^3 - t over ties. */
static dlrn_status rank_sum(double *w, double *ties, const double *a, size_t na, const double *b,
                            size_t nb, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = na + nb;
    size_t *order = NULL;
    double *v = NULL, *rank = NULL;
    if (na == 0 || nb == 0)
        return dlrn_fail(err, DLRN_EINVAL, "Mann-Whitney: groups of %zu and %zu values", na, nb);
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&v, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&rank, n, err));
    memcpy(v, a, na * sizeof *v);
    memcpy(v + na, b, nb * sizeof *v);
    *ties = dlrn_rank(rank, order, v, n);
    *w = -(double)na * ((double)na + 1) / 2;
    for (size_t i = 0; i < na; i++)
        *w += rank[i];
done:
    free(rank);
    free(v);
    free(order);
    return st;
}

dlrn_status dlrn_mann_whitney(dlrn_test *out, const double *a, size_t na, const double *b,
                              size_t nb, dlrn_error *err)
{
    double w, ties;
    const dlrn_status st = rank_sum(&w, &ties, a, na, b, nb, err);
    if (st != DLRN_OK) return st;
    const double da = (double)na, db = (double)nb, d = da + db;
    const double above = w - da * db / 2, step = above > 0 ? 0.5 : above < 0 ? -0.5 : 0;
    const double sigma = sqrt(da * db / 12 * (d + 1 - ties / (d * (d - 1))));
    // all values alike: no ordering speaks against the hypothesis
    const double p = sigma > 0 ? dlrn_normal_two_sided((above - step) / sigma) : 1;
    *out = (dlrn_test){w, (double)NAN, fmin(1, p)};
    return DLRN_OK;
}

dlrn_status dlrn_mann_whitney_exact(dlrn_test *out, const double *a, size_t na, const double *b,
                                    size_t nb, dlrn_error *err)
{
    enum { MOST_PAIRS = 10000 };
    double w, ties, *ways = NULL, tail = 0, all = 0;
    dlrn_status st = rank_sum(&w, &ties, a, na, b, nb, err);
    if (st != DLRN_OK) return st;
    if (ties > 0 || na > MOST_PAIRS / nb)
        return dlrn_fail(err, DLRN_EUNSUPPORTED, "Mann-Whitney: no exact p: %s",
                         ties > 0 ? "values are tied" : "above 10,000 pairs");
    /* ways[k][u]: k of the ranks met so far are a's, and these win u times; a rank with k before it
     * of a and r in all wins r - k times */
    const size_t top = na * nb + 1;
    DLRN_TRY(dlrn_alloc_or_fail(&ways, (na + 1) * top, err));
    ways[0] = 1;
    for (size_t r = 0; r < na + nb; r++)
        for (size_t k = na < r + 1 ? na : r + 1; k > 0; k--)
            for (size_t u = r - (k - 1); r - (k - 1) <= nb && u < top; u++)
                ways[k * top + u] += ways[(k - 1) * top + u - (r - (k - 1))];
    const double nearer = fmin(w, (double)(top - 1) - w); // the distribution is symmetric
    for (size_t u = 0; u < top; u++) {
        all += ways[na * top + u];
        if ((double)u <= nearer) tail += ways[na * top + u];
    }
    *out = (dlrn_test){w, (double)NAN, fmin(1, 2 * tail / all)};
done:
    free(ways);
    return st;
}

typedef struct moments {
    double n, mean, variance;
} moments;

static moments moments_of(const double *v, size_t n)
{
    moments m = {(double)n, 0, 0};
    for (size_t i = 0; i < n; i++)
        m.mean += v[i];
    m.mean /= m.n;
    double rest = 0; // what rounding left, as R's mean()
    for (size_t i = 0; i < n; i++)
        rest += v[i] - m.mean;
    m.mean += rest / m.n;
    for (size_t i = 0; i < n; i++)
        m.variance += (v[i] - m.mean) * (v[i] - m.mean);
    m.variance = n > 1 ? m.variance / (m.n - 1) : 0;
    return m;
}

static dlrn_status t_test(dlrn_test *out, const moments *a, const moments *b, double error,
                          double df, dlrn_error *err)
{
    if (!(error > 10 * DBL_EPSILON * fmax(fabs(a->mean), fabs(b->mean))))
        return dlrn_fail(err, DLRN_ENUMERIC, "t test: the values do not vary within the groups");
    const double t = (a->mean - b->mean) / error;
    *out = (dlrn_test){t, df, dlrn_t_two_sided(t, df)};
    return DLRN_OK;
}

dlrn_status dlrn_student(dlrn_test *out, const double *a, size_t na, const double *b, size_t nb,
                         dlrn_error *err)
{
    if (na == 0 || nb == 0 || na + nb < 3)
        return dlrn_fail(err, DLRN_EINVAL, "t test: groups of %zu and %zu values", na, nb);
    const moments x = moments_of(a, na), y = moments_of(b, nb);
    const double df = x.n + y.n - 2;
    const double pooled = ((x.n - 1) * x.variance + (y.n - 1) * y.variance) / df;
    return t_test(out, &x, &y, sqrt(pooled * (1 / x.n + 1 / y.n)), df, err);
}

dlrn_status dlrn_welch(dlrn_test *out, const double *a, size_t na, const double *b, size_t nb,
                       dlrn_error *err)
{
    if (na < 2 || nb < 2)
        return dlrn_fail(err, DLRN_EINVAL, "t test: groups of %zu and %zu values", na, nb);
    const moments x = moments_of(a, na), y = moments_of(b, nb);
    const double ea = x.variance / x.n, eb = y.variance / y.n;
    const double df = (ea + eb) * (ea + eb) / (ea * ea / (x.n - 1) + eb * eb / (y.n - 1));
    return t_test(out, &x, &y, sqrt(ea + eb), df, err);
}

dlrn_status dlrn_mcnemar(dlrn_test *out, double b, double c, dlrn_error *err)
{
    if (!(b >= 0 && c >= 0 && b + c > 0))
        return dlrn_fail(err, DLRN_EINVAL, "McNemar: no discordant pairs (%g and %g)", b, c);
    const double d = b == c ? 0 : fabs(b - c) - 1;
    const double chi2 = d * d / (b + c);
    *out = (dlrn_test){chi2, 1, dlrn_chi2_upper(chi2, 1)};
    return DLRN_OK;
}
