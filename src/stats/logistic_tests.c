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

/* How the other coefficients go with the frozen one for each unit of it, near the maximum. */
static void take_direction(double *direction, const newton *w)
{
    const size_t k = w->k, f = w->frozen;
    for (size_t j = 0; j < k; j++)
        direction[j] = w->factor[j * k + f] / w->factor[f * k + f];
}

/* By how much the profile log-likelihood falls short of the maximum with the frozen coefficient at
 * `value`. Slopes on the standardised scale move like those of the data; the intercept does not:
 * name_intercept. */
static dlrn_status shortfall(double *out, newton *w, const double *direction, double value,
                             double best, dlrn_error *err)
{
    const double shift = value - w->beta[w->frozen];
    for (size_t j = 0; j < w->k; j++)
        w->beta[j] += shift * direction[j];
    w->beta[w->frozen] = value;
    w->converged = false;
    dlrn_status st = newton_run(w, err);
    if (st == DLRN_OK) *out = best - w->loglik;
    return st;
}

/* The value beyond `from` in direction `sign` where the shortfall is `drop`. */
static dlrn_status find_end(double *end, newton *w, const double *direction, double step,
                            double drop, dlrn_error *err)
{
    const double best = w->loglik;
    double inside = w->beta[w->frozen], outside = inside, fall = 0;
    double *start = NULL;
    dlrn_status st;

    DLRN_TRY(dlrn_alloc_or_fail(&start, w->k, err));
    memcpy(start, w->beta, w->k * sizeof *start);
    for (int i = 0; i < 60 && fall < drop; i++) {
        inside = outside;
        outside += step;
        if (i > 8) step *= 2;
        st = shortfall(&fall, w, direction, outside, best, err);
        if (st != DLRN_OK && !w->separated) goto done;
        if (st != DLRN_OK) break; // the likelihood does not fall any more
    }
    if (fall < drop) {
        *end = step > 0 ? (double)INFINITY : -(double)INFINITY;
        st = DLRN_OK;
        goto restore;
    }
    for (int i = 0; i < 60 && fabs(outside - inside) > 1e-13 * (1 + fabs(inside)); i++) {
        const double middle = (inside + outside) / 2;
        DLRN_TRY(shortfall(&fall, w, direction, middle, best, err));
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

/* v[1..k), mirrored so that what points along `unit` comes to point along v[1], or against it where
 * unit[0] > 0. */
static void mirror_onto_first(double *v, const double *unit, size_t k)
{
    const double side = unit[0] < 0 ? -1 : 1, size = 2 * (1 + fabs(unit[0]));
    double along = side * v[1];
    for (size_t j = 1; j < k; j++)
        along += unit[j - 1] * v[j];
    for (size_t j = 1; j < k; j++)
        v[j] -= 2 * along / size * (unit[j - 1] + (j == 1 ? side : 0));
    v[1] *= -side;
}

/* Before the fit: other parameters of the same model, of determinant 1, one of which is the
 * intercept of the data times *scale; *at says which. With s the slope along the direction of the
 * means, `far` from 0, it is beta[0] - far s, and takes the place of the one of them that counts
 * more in it. */
static dlrn_status name_intercept(newton *w, size_t *at, double *scale, dlrn_error *err)
{
    const size_t k = w->k;
    dlrn_status st = DLRN_OK;
    double far = 0, *unit = NULL;
    *at = 0;
    *scale = 1;
    DLRN_TRY(dlrn_alloc_or_fail(&unit, k, err));
    for (size_t j = 1; j < k; j++) {
        unit[j - 1] = w->mean[j] / w->scale[j];
        far = hypot(far, unit[j - 1]);
    }
    if (far == 0) goto done;
    for (size_t j = 1; j < k; j++)
        unit[j - 1] /= far;
    *at = far > 1;
    if (far > 1) *scale = 1 / far;
    for (size_t i = 0; i < w->d->n; i++) {
        double *z = w->z + i * k;
        mirror_onto_first(z, unit, k);
        if (far > 1) {
            z[0] += z[1] / far;
            z[1] = -z[1];
        } else {
            z[1] += far;
        }
    }
done:
    free(unit);
    return st;
}

dlrn_status dlrn_logistic_profile(double *lo, double *hi, const dlrn_logistic *m,
                                  const dlrn_logistic_data *d, const dlrn_logistic_opts *opts,
                                  size_t term, double confidence, dlrn_error *err)
{
    static const dlrn_logistic_opts plain = {0};
    newton w = {0};
    double *direction = NULL;
    dlrn_status st;
    const double z = dlrn_normal_quantile((1 + confidence) / 2);

    DLRN_TRY(newton_init(&w, d, opts ? opts : &plain, err));
    DLRN_TRY(dlrn_alloc_or_fail(&direction, w.k, err));
    double scale = w.scale[term];
    w.frozen = term;
    if (term == 0) DLRN_TRY(name_intercept(&w, &w.frozen, &scale, err));
    DLRN_TRY(newton_run(&w, err));
    take_direction(direction, &w);
    w.n_frozen = 1;
    const double step = z * scale * sqrt(m->covariance[term * m->k + term]) / 2;
    DLRN_TRY(find_end(lo, &w, direction, -step, z * z / 2, err));
    DLRN_TRY(find_end(hi, &w, direction, step, z * z / 2, err));
    *lo /= scale;
    *hi /= scale;
done:
    free(direction);
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
    double scale;
    w.frozen = first;
    if (first == 0) DLRN_TRY(name_intercept(&w, &w.frozen, &scale, err));
    w.n_frozen = count;
    DLRN_TRY(newton_run(&w, err));
    const double chi2 = fmax(0, 2 * (m->loglik - newton_loglik(&w)));
    *out = (dlrn_lr_test){chi2, dlrn_chi2_upper(chi2, (double)count), count};
done:
    newton_clear(&w);
    return st;
}
