/* SPDX-License-Identifier: Apache-2.0
 *
 * Newton's method on standardised columns, with the checks that make its answer trustworthy:
 * dependent columns before it, separation after it. Firth, Biometrika 1993;80:27; Heinze &
 * Schemper, Stat Med 2002;21:2409.
 */
#include "stats/logistic.h"

#include <dlrn/special.h>

#include "base/lanes.h"
#include "base/linalg.h"
#include "stats/refit.h"
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Firth's steps do not know how the leverages change, and may close in slowly. */
enum { MAX_ITERATIONS = 200, MAX_FIRTH_ITERATIONS = 5000, MAX_HALVINGS = 40 };

void newton_clear(newton *w)
{
    free(w->z);
    free(w->mean);
    free(w->scale);
    free(w->beta);
    free(w->label);
    free(w->weight);
    free(w->eta);
    free(w->prob);
    free(w->half);
    free(w->information);
    free(w->factor);
    free(w->curvature);
    free(w->cholesky);
    free(w->gradient);
    free(w->trial);
    *w = (newton){0};
}

static double row_weight(const dlrn_logistic_data *d, size_t i)
{
    return d->weight ? d->weight[i] : 1;
}

static const char *column_name(const dlrn_logistic_data *d, size_t j, char buf[32])
{
    if (d->name) return d->name[j];
    snprintf(buf, 32, "x%zu", j + 1);
    return buf;
}

/* Rows of weight 0 are there to be predicted only. */
static size_t count_rows(const dlrn_logistic_data *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += row_weight(d, i) > 0;
    return n;
}

/* Fills z with the intercept and the centred, scaled columns. */
static dlrn_status standardise(newton *w, const dlrn_logistic_data *d, dlrn_error *err)
{
    char buf[32];
    const size_t n = count_rows(d);
    w->mean[0] = 0;
    w->scale[0] = 1;
    for (size_t i = 0; i < d->n; i++)
        w->z[i * w->k] = 1;
    for (size_t j = 1; j < w->k; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < d->n; i++)
            if (row_weight(d, i) > 0) mean += d->x[i * d->p + j - 1] / (double)n;
        for (size_t i = 0; i < d->n; i++) {
            const double c = d->x[i * d->p + j - 1] - mean;
            if (row_weight(d, i) > 0) square += c * c;
        }
        const double sd = sqrt(square / (double)n);
        if (!isfinite(sd) || (sd > 0 && sd < 1e-150))
            return dlrn_fail(err, DLRN_ENUMERIC,
                             "column '%s': its values spread by %g, outside what can be squared: "
                             "give it in another unit",
                             column_name(d, j - 1, buf), sd);
        if (!(sd > 1e-12 * fabs(mean)))
            return dlrn_fail(err, DLRN_ENUMERIC,
                             "column '%s' has the same value in all %zu rows: leave it out",
                             column_name(d, j - 1, buf), n);
        w->mean[j] = mean;
        w->scale[j] = sd;
        for (size_t i = 0; i < d->n; i++)
            w->z[i * w->k + j] = (d->x[i * d->p + j - 1] - mean) / sd;
    }
    return DLRN_OK;
}

/* Cholesky of the columns' Gram matrix: a pivot that vanishes is a column that depends on the ones
 * before it. */
static dlrn_status check_rank(newton *w, const dlrn_logistic_data *d, dlrn_error *err)
{
    const size_t k = w->k;
    double *g = w->information;
    char buf[32];
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < k; j++)
            w->half[i * k + j] = row_weight(d, i) > 0 ? w->z[i * k + j] : 0;
    const dlrn_status st = dlrn_gram(g, w->half, d->n, k, err);
    if (st != DLRN_OK) return st;
    for (size_t j = 0; j < k; j++) {
        const double whole = g[j * k + j];
        double pivot = whole;
        for (size_t l = 0; l < j; l++)
            pivot -= w->factor[j * k + l] * w->factor[j * k + l];
        if (!(pivot > 1e-11 * whole))
            return dlrn_fail(err, DLRN_ENUMERIC,
                             "column '%s' is a linear combination of the others: leave one out",
                             column_name(d, j - 1, buf));
        w->dependence = fmax(w->dependence, whole / pivot);
        w->factor[j * k + j] = sqrt(pivot);
        for (size_t i = j + 1; i < k; i++) {
            double sum = g[i * k + j];
            for (size_t l = 0; l < j; l++)
                sum -= w->factor[i * k + l] * w->factor[j * k + l];
            w->factor[i * k + j] = sum / w->factor[j * k + j];
        }
    }
    return DLRN_OK;
}

static dlrn_status check_data(const dlrn_logistic_data *d, bool fixed, dlrn_error *err)
{
    double cases = 0, controls = 0;
    char buf[32];
    for (size_t i = 0; i < d->n; i++) {
        if (d->label[i] > 1)
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: label is %u, expected 0 or 1", i + 1,
                             d->label[i]);
        const double weight = row_weight(d, i);
        if (!(weight >= 0 && isfinite(weight)))
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: weight is %g, expected >= 0", i + 1,
                             weight);
        if (d->offset && !isfinite(d->offset[i]))
            return dlrn_fail(err, DLRN_EINVAL, "row %zu: offset is not a finite number", i + 1);
        *(d->label[i] ? &cases : &controls) += weight;
        for (size_t j = 0; !fixed && j < d->p; j++)
            if (!isfinite(d->x[i * d->p + j]))
                return dlrn_fail(err, DLRN_EINVAL, "row %zu: '%s' is not a finite number", i + 1,
                                 column_name(d, j, buf));
    }
    if (!(cases > 0 && controls > 0))
        return dlrn_fail(err, DLRN_EINVAL,
                         "%g positive and %g negative rows: logistic regression needs both", cases,
                         controls);
    const size_t rows = count_rows(d);
    if (!fixed && d->p + 1 > rows)
        return dlrn_fail(err, DLRN_EINVAL,
                         "%zu coefficients and %zu rows: there must be fewer coefficients",
                         d->p + 1, rows);
    return DLRN_OK;
}

dlrn_status newton_init(newton *w, const dlrn_logistic_data *d, const dlrn_logistic_opts *o,
                        dlrn_error *err)
{
    dlrn_status st;
    *w = (newton){.d = d, .firth = o->firth};
    w->k = o->fixed_slopes ? 1 : d->p + 1;
    const size_t k = w->k;
    DLRN_TRY(check_data(d, o->fixed_slopes, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->z, d->n * k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->mean, k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->scale, k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->beta, k, err));
    const size_t n = lanes_padded(d->n);
    DLRN_TRY(dlrn_alloc_or_fail(&w->label, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->weight, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->eta, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->prob, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->half, d->n * k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->information, k * k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->factor, k * k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->curvature, k * k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->cholesky, (k + 1) * k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->gradient, k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->trial, k, err));
    for (size_t i = 0; i < d->n; i++) {
        w->label[i] = d->label[i];
        w->weight[i] = row_weight(d, i);
    }
    DLRN_TRY(standardise(w, d, err));
    st = check_rank(w, d, err);
done:
    if (st != DLRN_OK) newton_clear(w);
    return st;
}

double dlrn_logistic_probability(double lp)
{
    return lp >= 0 ? 1 / (1 + exp(-lp)) : exp(lp) / (1 + exp(lp));
}

/* eta, prob and the log-likelihood at beta. */
static double evaluate(newton *w, const double *beta)
{
    const dlrn_logistic_data *d = w->d;
    const size_t n = lanes_padded(d->n);
    for (size_t i = 0; i < d->n; i++) {
        const double *z = w->z + i * w->k;
        double eta = d->offset ? d->offset[i] : 0;
        for (size_t j = 0; j < w->k; j++)
            eta += z[j] * beta[j];
        w->eta[i] = eta;
    }
    refit_probabilities(w->prob, w->eta, n);
    return refit_loglik(w->eta, w->label, w->weight, n);
}

/* The information matrix at the current prob; *logdet of it. DLRN_ENUMERIC where it is singular. */
static dlrn_status inform(newton *w, double *logdet)
{
    const size_t k = w->k, n = w->d->n;
    for (size_t i = 0; i < n; i++) {
        const double root = sqrt(w->weight[i] * w->prob[i] * (1 - w->prob[i]));
        for (size_t j = 0; j < k; j++)
            w->half[i * k + j] = root * w->z[i * k + j];
    }
    dlrn_status st = dlrn_gram(w->information, w->half, n, k, NULL);
    if (st != DLRN_OK) return st;
    memcpy(w->factor, w->information, k * k * sizeof *w->factor);
    st = dlrn_invert_spd(w->factor, k, NULL);
    if (st != DLRN_OK || !w->firth) return st;
    double *copy = w->cholesky; // its Cholesky factor gives the determinant
    memcpy(copy, w->information, k * k * sizeof *copy);
    memset(copy + k * k, 0, k * sizeof *copy);
    st = dlrn_solve_spd(copy, copy + k * k, k, 1, NULL);
    *logdet = 0;
    for (size_t j = 0; j < k; j++)
        *logdet += 2 * log(copy[j * k + j]);
    return st;
}

/* Log-likelihood, penalised where asked, with prob and the inverse information (factor) at beta. */
static double objective(newton *w, const double *beta)
{
    double logdet = 0;
    const double loglik = evaluate(w, beta);
    w->singular = inform(w, &logdet) != DLRN_OK;
    if (!w->firth) return loglik;
    return w->singular ? -(double)INFINITY : loglik + 0.5 * logdet;
}

/* h of row i: all copies of it together. */
static double leverage(const newton *w, size_t i)
{
    const size_t k = w->k;
    const double *z = w->z + i * k;
    double h = 0;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k; b++)
            h += z[a] * w->factor[a * k + b] * z[b];
    return h * w->weight[i] * w->prob[i] * (1 - w->prob[i]);
}

/* Score and curvature. Firth's are those of rows that count h more, half of it as cases: with h
 * left out of the curvature steps are up to twice too long. */
static dlrn_status score(newton *w)
{
    const size_t k = w->k;
    memset(w->gradient, 0, k * sizeof *w->gradient);
    for (size_t i = 0; i < w->d->n; i++) {
        const double *z = w->z + i * k, weight = w->weight[i], p = w->prob[i];
        const double h = w->firth ? leverage(w, i) : 0, root = sqrt((weight + h) * p * (1 - p));
        const double r = weight * (w->label[i] - p) + h * (0.5 - p);
        for (size_t j = 0; j < k; j++)
            w->gradient[j] += r * z[j];
        for (size_t j = 0; w->firth && j < k; j++)
            w->half[i * k + j] = root * z[j];
    }
    if (w->firth) return dlrn_gram(w->curvature, w->half, w->d->n, k, NULL);
    memcpy(w->curvature, w->information, k * k * sizeof *w->curvature);
    return DLRN_OK;
}

static bool is_frozen(const newton *w, size_t j)
{
    return j >= w->frozen && j < w->frozen + w->n_frozen;
}

/* step = curvature^-1 score, over the coefficients that are not frozen. */
static dlrn_status newton_step(newton *w, double *step)
{
    const size_t k = w->k, free_ones = k - w->n_frozen;
    double *a = w->cholesky, *b = a + free_ones * free_ones;
    size_t row = 0;
    memset(step, 0, k * sizeof *step);
    for (size_t i = 0; i < k; i++) {
        if (is_frozen(w, i)) continue;
        b[row] = w->gradient[i];
        size_t col = 0;
        for (size_t j = 0; j < k; j++)
            if (!is_frozen(w, j)) a[row * free_ones + col++] = w->curvature[i * k + j];
        row++;
    }
    const dlrn_status st = free_ones ? dlrn_solve_spd(a, b, free_ones, 1, NULL) : DLRN_OK;
    row = 0;
    for (size_t i = 0; st == DLRN_OK && i < k; i++)
        if (!is_frozen(w, i)) step[i] = b[row++];
    return st;
}

/* True where moving along step never lowers the likelihood: step separates the classes. */
static bool separates(const newton *w, const double *step)
{
    double largest = 0;
    for (size_t i = 0; i < w->d->n; i++) {
        double move = 0;
        for (size_t j = 0; j < w->k; j++)
            move += w->z[i * w->k + j] * step[j];
        if (w->weight[i] == 0) continue;
        if ((w->d->label[i] ? move : -move) < -1e-4) return false;
        largest = fmax(largest, fabs(move));
    }
    return largest > 0.1;
}

static dlrn_status refuse_separation(newton *w, const double *step, dlrn_error *err)
{
    char buf[32];
    w->separated = true;
    size_t worst = w->k > 1 ? 1 : 0;
    for (size_t j = 1; j < w->k; j++)
        if (fabs(step[j]) > fabs(step[worst])) worst = j;
    return dlrn_fail(err, DLRN_ENUMERIC,
                     "the classes are perfectly separated (by '%s'%s): no finite estimate exists; "
                     "use Firth's penalty (dlrn stats logistic --firth) or leave it out",
                     worst ? column_name(w->d, worst - 1, buf) : "(Intercept)",
                     w->k > 2 ? " or a combination with it" : "");
}

dlrn_status newton_run(newton *w, dlrn_error *err)
{
    const size_t k = w->k;
    dlrn_status st;
    double *step = NULL;
    const int most = w->firth ? MAX_FIRTH_ITERATIONS : MAX_ITERATIONS;
    // what rounding leaves of steps, and of Firth's penalty, where columns are nearly dependent
    const double rough = 4e-15 * sqrt(w->dependence) + (w->firth ? 2.2e-16 * w->dependence : 0);

    DLRN_TRY(dlrn_alloc_or_fail(&step, k, err));
    w->separated = false;
    w->loglik = objective(w, w->beta);
    for (w->iterations = 1; w->iterations <= most && !w->converged; w->iterations++) {
        if (w->singular) break;
        w->singular = score(w) != DLRN_OK || newton_step(w, step) != DLRN_OK;
        if (w->singular) break;
        double size = 0;
        for (size_t j = 0; j < k; j++)
            size = fmax(size, fabs(step[j]) / (1 + fabs(w->beta[j])));
        if (w->iterations > 12 && size > 1e-3 && !w->firth && separates(w, step)) {
            st = refuse_separation(w, step, err);
            goto done;
        }
        double share = size > 5 ? 5 / size : 1, reached = 0;
        for (int h = 0; h < MAX_HALVINGS; h++, share /= 2) {
            for (size_t j = 0; j < k; j++)
                w->trial[j] = w->beta[j] + share * step[j];
            reached = objective(w, w->trial);
            if (reached >= w->loglik - 1e-12 * (1 + fabs(w->loglik)) - (double)k * rough) break;
        }
        memcpy(w->beta, w->trial, k * sizeof *w->beta);
        w->loglik = reached;
        w->converged = size < 1e-11 + rough && share == 1;
    }
    if (!w->converged && w->singular && !w->firth)
        st = refuse_separation(w, step, err);
    else if (!w->converged)
        st = dlrn_fail(err, DLRN_ENUMERIC, "logistic regression did not converge in %d iterations",
                       w->iterations > most ? most : w->iterations);
done:
    free(step);
    return st;
}

/* ---- results on the scale of the data ---- */

/* coefficient_j = beta_j / scale_j; the intercept takes up the means. */
static void unscale(dlrn_logistic *m, const newton *w)
{
    const size_t k = w->k;
    m->coefficient[0] = w->beta[0];
    for (size_t j = 1; j < k; j++) {
        m->coefficient[j] = w->beta[j] / w->scale[j];
        m->coefficient[0] -= m->coefficient[j] * w->mean[j];
    }
    double *half = w->information; // T factor, with T the map above
    for (size_t b = 0; b < k; b++) {
        half[b] = w->factor[b];
        for (size_t j = 1; j < k; j++) {
            half[b] -= w->mean[j] / w->scale[j] * w->factor[j * k + b];
            half[j * k + b] = w->factor[j * k + b] / w->scale[j];
        }
    }
    for (size_t a = 0; a < k; a++) {
        m->covariance[a * k] = half[a * k];
        for (size_t j = 1; j < k; j++) {
            m->covariance[a * k] -= half[a * k + j] * w->mean[j] / w->scale[j];
            m->covariance[a * k + j] = half[a * k + j] / w->scale[j];
        }
    }
}

static dlrn_status take_names(dlrn_logistic *m, const dlrn_logistic_data *d, dlrn_error *err)
{
    char buf[32];
    for (size_t j = 0; j < m->k; j++) {
        m->name[j] = dlrn_strdup(j ? column_name(d, j - 1, buf) : "(Intercept)");
        if (!m->name[j]) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name");
    }
    return DLRN_OK;
}

double newton_loglik(const newton *w)
{
    double loglik = w->loglik;
    for (size_t j = 1; w->firth && j < w->k; j++) // of half the log-determinant
        loglik += log(w->scale[j]);
    return loglik;
}

/* With all slopes at 0; what the fit left in w is lost. */
static dlrn_status fit_null(double *loglik, newton *w, dlrn_error *err)
{
    dlrn_status st;
    if (!w->firth && !w->d->offset) {
        double n[2] = {0, 0};
        for (size_t i = 0; i < w->d->n; i++)
            n[w->d->label[i]] += w->weight[i];
        *loglik = n[0] * log(n[0] / (n[0] + n[1])) + n[1] * log(n[1] / (n[0] + n[1]));
        return DLRN_OK;
    }
    w->frozen = 1;
    w->n_frozen = w->k - 1;
    w->converged = false;
    memset(w->beta, 0, w->k * sizeof *w->beta);
    DLRN_TRY(newton_run(w, err));
    *loglik = newton_loglik(w);
done:
    return st;
}

dlrn_status dlrn_logistic_fit(dlrn_logistic *out, const dlrn_logistic_data *d,
                              const dlrn_logistic_opts *opts, dlrn_error *err)
{
    static const dlrn_logistic_opts plain = {0};
    const dlrn_logistic_opts *o = opts ? opts : &plain;
    dlrn_status st;
    newton w = {0};
    dlrn_logistic m = {0};

    DLRN_TRY(newton_init(&w, d, o, err));
    DLRN_TRY(newton_run(&w, err));
    m = (dlrn_logistic){.n = d->n,
                        .k = w.k,
                        .loglik = newton_loglik(&w),
                        .converged = w.converged,
                        .iterations = w.iterations - 1};
    DLRN_TRY(dlrn_alloc_or_fail(&m.coefficient, m.k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m.covariance, m.k * m.k, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m.name, m.k, err));
    DLRN_TRY(take_names(&m, d, err));
    if (o->sandwich) DLRN_TRY(newton_sandwich(&w, err));
    unscale(&m, &w);
    DLRN_TRY(fit_null(&m.null_loglik, &w, err));
    m.deviance = -2 * m.loglik;
    m.null_deviance = -2 * m.null_loglik;
    m.aic = m.deviance + 2 * (double)m.k;
    *out = m;
    m = (dlrn_logistic){0};
done:
    dlrn_logistic_clear(&m);
    newton_clear(&w);
    return st;
}

void dlrn_logistic_clear(dlrn_logistic *m)
{
    for (size_t j = 0; m->name && j < m->k; j++)
        free(m->name[j]);
    free(m->name);
    free(m->covariance);
    free(m->coefficient);
    *m = (dlrn_logistic){0};
}

double dlrn_logistic_lp(const dlrn_logistic *m, const double *x)
{
    double lp = m->coefficient[0];
    for (size_t j = 1; j < m->k; j++)
        lp += m->coefficient[j] * x[j - 1];
    return lp;
}
