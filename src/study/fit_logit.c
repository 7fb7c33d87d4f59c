/* SPDX-License-Identifier: Apache-2.0
 *
 * Maximum likelihood for the study's logistic models.
 */
#include "study/fit_logit.h"

#include "base/linalg.h"
#include "model/lr.h"
#include "study/logit.h"

#include <dlrn/special.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double design(const double *x, size_t i, size_t p, size_t j)
{
    return j == 0 ? 1 : x[i * p + j - 1];
}

/* Information matrix at beta. [q][q], q = 1 + p */
static void information(double *h, const study_logit *f, const double *x, size_t n)
{
    const size_t q = f->p + 1;
    memset(h, 0, q * q * sizeof *h);
    for (size_t i = 0; i < n; i++) {
        const double mu = logit_probability(logit_linear(f, x + i * f->p)), w = mu * (1 - mu);
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++)
                h[a * q + b] += w * design(x, i, f->p, a) * design(x, i, f->p, b);
    }
}

/* Sum over clusters of the outer product of their scores. */
static dlrn_status cluster_scores(double *m, const study_logit *f, const double *x,
                                  const uint8_t *label, const size_t *cluster, size_t n,
                                  dlrn_error *err)
{
    dlrn_status st;
    const size_t q = f->p + 1;
    double *u = NULL, *key = NULL;
    size_t *order = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&u, q, err));
    DLRN_TRY(dlrn_alloc_or_fail(&key, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    for (size_t i = 0; i < n; i++)
        key[i] = (double)cluster[i];
    dlrn_sort_index(order, key, n);
    memset(m, 0, q * q * sizeof *m);
    for (size_t i = 0; i < n; i++) {
        const size_t k = order[i];
        const double r = label[k] - logit_probability(logit_linear(f, x + k * f->p));
        for (size_t a = 0; a < q; a++)
            u[a] += r * design(x, k, f->p, a);
        if (i + 1 < n && cluster[order[i + 1]] == cluster[k]) continue;
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++)
                m[a * q + b] += u[a] * u[b];
        memset(u, 0, q * sizeof *u);
    }
done:
    free(order);
    free(key);
    free(u);
    return st;
}

static dlrn_status covariance_of(study_logit *f, const double *x, const uint8_t *label,
                                 const size_t *cluster, size_t n, dlrn_error *err)
{
    dlrn_status st;
    const size_t q = f->p + 1;
    double *h = NULL, *m = NULL, *hm = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&h, q * q, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m, q * q, err));
    DLRN_TRY(dlrn_alloc_or_fail(&hm, q * q, err));
    information(h, f, x, n);
    DLRN_TRY(dlrn_invert_spd(h, q, err));
    if (!cluster) {
        memcpy(f->covariance, h, q * q * sizeof *h);
        goto done;
    }
    DLRN_TRY(cluster_scores(m, f, x, label, cluster, n, err));
    dlrn_gemm(hm, h, m, q, q, q, false, false);
    dlrn_gemm(f->covariance, hm, h, q, q, q, false, false);
done:
    free(hm);
    free(m);
    free(h);
    return st;
}

dlrn_status fit_logit(study_logit *f, const double *x, const uint8_t *label, const size_t *cluster,
                      size_t n, dlrn_error *err)
{
    dlrn_status st;
    const size_t q = f->p + 1;
    free(f->beta);
    free(f->covariance);
    f->beta = f->covariance = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&f->beta, q, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->covariance, q * q, err));
    const dlrn_learner_data d = {x, n, f->p, label, 0};
    st = lr_newton(f->beta, &d, 0, err);
    if (st == DLRN_ENUMERIC || (st == DLRN_OK && lr_objective(f->beta, &d, 0) < 1e-6 * (double)n))
        st = dlrn_fail(err, DLRN_ENUMERIC,
                       "the logistic model has no finite answer: its %zu terms separate the %zu "
                       "rows completely, or one depends on the others; use fewer terms",
                       f->p, n);
    if (st == DLRN_OK) st = covariance_of(f, x, label, cluster, n, err);
done:
    return st;
}

dlrn_status fit_logit_term_p(double *p, const study_run *r, const clinical_term *t,
                             const uint8_t *label, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL, *beta = NULL;
    const size_t n = r->n_train;
    *p = (double)NAN;
    DLRN_TRY(dlrn_alloc_or_fail(&x, n * t->width, err));
    DLRN_TRY(dlrn_alloc_or_fail(&beta, t->width + 1, err));
    for (size_t k = 0; k < n; k++)
        memcpy(x + k * t->width, r->clinical_x + r->train[k] * r->clinical.p + t->first,
               t->width * sizeof *x);
    const dlrn_learner_data full = {x, n, t->width, label, 0}, null = {x, n, 0, label, 0};
    DLRN_TRY(lr_newton(beta, &full, 0, err));
    const double fitted = lr_objective(beta, &full, 0);
    memset(beta, 0, (t->width + 1) * sizeof *beta);
    DLRN_TRY(lr_newton(beta, &null, 0, err));
    const double chi2 = 2 * (lr_objective(beta, &null, 0) - fitted);
    *p = dlrn_chi2_upper(chi2 > 0 ? chi2 : 0, (double)t->width);
done:
    free(beta);
    free(x);
    return st;
}

dlrn_status fit_recalibration(double *intercept, double *slope, const double *t,
                              const uint8_t *label, size_t n, dlrn_error *err)
{
    double beta[2] = {0, 0};
    const dlrn_learner_data d = {t, n, 1, label, 0};
    const dlrn_status st = lr_newton(beta, &d, 0, err);
    const bool good = st == DLRN_OK && beta[1] > 0 && lr_objective(beta, &d, 0) > 1e-6 * (double)n;
    *intercept = good ? beta[0] : 0;
    *slope = good ? beta[1] : 1;
    return st == DLRN_ENUMERIC ? DLRN_OK : st;
}
