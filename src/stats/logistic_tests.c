/* SPDX-License-Identifier: Apache-2.0
 *
 * What is derived from a logistic fit: Wald and profile intervals, likelihood-ratio test, variance
 * inflation, sandwich covariance (Huber-White over clusters, as rms::robcov).
 */
#include "stats/logistic.h"

#include <dlrn/special.h>

#include "base/linalg.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_status newton_sandwich(newton *w, dlrn_error *err)
{
    const dlrn_logistic_data *d = w->d;
    const size_t k = w->k;
    dlrn_status st;
    size_t *number = NULL, groups = d->n;
    double *sum = NULL;

    DLRN_TRY(dlrn_alloc_or_fail(&number, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        number[i] = i;
    if (d->cluster) DLRN_TRY(stats_number_clusters(number, &groups, d->cluster, d->n, err));
    if (groups <= k)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                           "%zu clusters for %zu coefficients: the sandwich needs more clusters "
                           "than coefficients",
                           groups, k));
    DLRN_TRY(dlrn_alloc_or_fail(&sum, groups * k, err));
    for (size_t i = 0; i < d->n; i++) {
        const double r = w->weight[i] * (w->label[i] - w->prob[i]);
        for (size_t j = 0; j < k; j++)
            sum[number[i] * k + j] += r * w->z[i * k + j];
    }
    DLRN_TRY(dlrn_gram(w->information, sum, groups, k, err));
    double *middle = w->half; // [k][k] fits in [n][k]
    DLRN_TRY(dlrn_gemm(middle, w->factor, w->information, k, k, k, false, false, err));
    DLRN_TRY(dlrn_gemm(w->information, middle, w->factor, k, k, k, false, false, err));
    memcpy(w->factor, w->information, k * k * sizeof *w->factor);
done:
    free(sum);
    free(number);
    return st;
}

void dlrn_logistic_wald(dlrn_logistic_term *out, const dlrn_logistic *m, size_t term,
                        double confidence)
{
    const double b = m->coefficient[term], se = sqrt(m->covariance[term * m->k + term]);
    const double reach = dlrn_normal_quantile((1 + confidence) / 2) * se;
    *out = (dlrn_logistic_term){.coefficient = b,
                                .se = se,
                                .z = b / se,
                                .p = dlrn_normal_two_sided(b / se),
                                .lo = b - reach,
                                .hi = b + reach,
                                .odds_ratio = exp(b),
                                .or_lo = exp(b - reach),
                                .or_hi = exp(b + reach)};
}

void dlrn_logistic_lr_test(dlrn_lr_test *out, const dlrn_logistic *full,
                           const dlrn_logistic *reduced)
{
    const double chi2 = fmax(0, 2 * (full->loglik - reduced->loglik));
    const size_t df = full->k - reduced->k;
    *out = (dlrn_lr_test){chi2, dlrn_chi2_upper(chi2, (double)df), df};
}

dlrn_status dlrn_logistic_wald_test(dlrn_lr_test *out, const dlrn_logistic *m, size_t first,
                                    size_t count, dlrn_error *err)
{
    dlrn_status st;
    double *v = NULL, *b, chi2 = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&v, count * count + count, err));
    b = v + count * count;
    for (size_t i = 0; i < count; i++) {
        b[i] = m->coefficient[first + i];
        for (size_t j = 0; j < count; j++)
            v[i * count + j] = m->covariance[(first + i) * m->k + first + j];
    }
    DLRN_TRY(dlrn_solve_spd(v, b, count, 1, err));
    for (size_t i = 0; i < count; i++)
        chi2 += b[i] * m->coefficient[first + i];
    *out = (dlrn_lr_test){chi2, dlrn_chi2_upper(chi2, (double)count), count};
done:
    free(v);
    return st;
}

dlrn_status dlrn_logistic_vif(double *out, const dlrn_logistic *m, dlrn_error *err)
{
    if (m->k < 2) return DLRN_OK;
    const size_t p = m->k - 1;
    dlrn_status st;
    double *r = NULL;

    DLRN_TRY(dlrn_alloc_or_fail(&r, p * p, err));
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            r[a * p + b] = m->covariance[(a + 1) * m->k + b + 1] /
                           sqrt(m->covariance[(a + 1) * m->k + a + 1]) /
                           sqrt(m->covariance[(b + 1) * m->k + b + 1]);
    DLRN_TRY(dlrn_invert_spd(r, p, err));
    for (size_t j = 0; j < p; j++)
        out[j] = r[j * p + j];
done:
    free(r);
    return st;
}

/* ---- profile likelihood ---- */

/* By how much the profile log-likelihood falls short of the maximum with coefficient `term` at
 * `value`. Slopes on the standardised scale move like those of the data; the intercept does not,
 * so there the columns are not centred (its mean is 0 by construction of `raw`). */
static dlrn_status shortfall(double *out, newton *w, double value, double best, dlrn_error *err)
{
    w->beta[w->frozen] = value;
    w->converged = false;
    dlrn_status st = newton_run(w, err);
    if (st == DLRN_OK) *out = best - w->loglik;
    return st;
}

/* The value beyond `from` in direction `sign` where the shortfall is `drop`. */
static dlrn_status find_end(double *end, newton *w, double from, double step, double drop,
                            dlrn_error *err)
{
    const double best = w->loglik;
    double inside = from, outside = from, fall = 0;
    double *start = NULL;
    dlrn_status st;

    DLRN_TRY(dlrn_alloc_or_fail(&start, w->k, err));
    memcpy(start, w->beta, w->k * sizeof *start);
    for (int i = 0; i < 60 && fall < drop; i++) {
        inside = outside;
        outside += step;
        if (i > 8) step *= 2;
        if (shortfall(&fall, w, outside, best, NULL) != DLRN_OK) break;
    }
    if (fall < drop) {
        *end = step > 0 ? (double)INFINITY : -(double)INFINITY;
        goto restore;
    }
    for (int i = 0; i < 60 && fabs(outside - inside) > 1e-13 * (1 + fabs(inside)); i++) {
        const double middle = (inside + outside) / 2;
        DLRN_TRY(shortfall(&fall, w, middle, best, err));
        *(fall < drop ? &inside : &outside) = middle;
    }
    *end = (inside + outside) / 2;
restore:
    memcpy(w->beta, start, w->k * sizeof *start);
    w->loglik = best;
done:
    free(start);
    return st;
}

/* Undoes the centring, so that beta[0] is the intercept of the data. */
static void uncentre(newton *w)
{
    for (size_t j = 1; j < w->k; j++) {
        for (size_t i = 0; i < w->d->n; i++)
            w->z[i * w->k + j] += w->mean[j] / w->scale[j];
        w->beta[0] -= w->beta[j] * w->mean[j] / w->scale[j];
        w->mean[j] = 0;
    }
}

dlrn_status dlrn_logistic_profile(double *lo, double *hi, const dlrn_logistic *m,
                                  const dlrn_logistic_data *d, const dlrn_logistic_opts *opts,
                                  size_t term, double confidence, dlrn_error *err)
{
    static const dlrn_logistic_opts plain = {0};
    newton w = {0};
    dlrn_status st;
    const double z = dlrn_normal_quantile((1 + confidence) / 2);

    DLRN_TRY(newton_init(&w, d, opts ? opts : &plain, err));
    DLRN_TRY(newton_run(&w, err));
    if (term == 0) uncentre(&w);
    w.frozen = term;
    w.n_frozen = 1;
    const double scale = w.scale[term], at = w.beta[term];
    const double step = z * scale * sqrt(m->covariance[term * m->k + term]) / 2;
    DLRN_TRY(find_end(lo, &w, at, -step, z * z / 2, err));
    DLRN_TRY(find_end(hi, &w, at, step, z * z / 2, err));
    *lo /= scale;
    *hi /= scale;
done:
    newton_clear(&w);
    return st;
}

dlrn_status dlrn_logistic_profile_test(dlrn_lr_test *out, const dlrn_logistic *m,
                                       const dlrn_logistic_data *d, const dlrn_logistic_opts *opts,
                                       size_t first, size_t count, dlrn_error *err)
{
    static const dlrn_logistic_opts plain = {0};
    newton w = {0};
    dlrn_status st;
    DLRN_TRY(newton_init(&w, d, opts ? opts : &plain, err));
    if (first == 0) uncentre(&w);
    w.frozen = first;
    w.n_frozen = count;
    DLRN_TRY(newton_run(&w, err));
    const double chi2 = fmax(0, 2 * (m->loglik - newton_loglik(&w)));
    *out = (dlrn_lr_test){chi2, dlrn_chi2_upper(chi2, (double)count), count};
done:
    newton_clear(&w);
    return st;
}
