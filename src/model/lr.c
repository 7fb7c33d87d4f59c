/* SPDX-License-Identifier: Apache-2.0
 *
 * Logistic regression with a ridge penalty: minimises -loglik + |b|^2 / (2 C) over scaled columns
 * (scikit-learn's C); the intercept is not penalised. Newton's method with step halving.
 */
#include <dlrn/learner.h>

#include "base/linalg.h"
#include "model/learners.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct lr {
    uint64_t cols;
    double *beta; /* intercept first [1 + cols] */
} lr;

static void lr_free(void *state)
{
    lr *m = state;
    if (!m) return;
    free(m->beta);
    free(m);
}

static double linear(const double *beta, const double *x, size_t cols)
{
    double t = beta[0];
    for (size_t j = 0; j < cols; j++)
        t += beta[j + 1] * x[j];
    return t;
}

/* log(1 + exp(t)) without overflow. */
static double softplus(double t)
{
    return t > 0 ? t + log1p(exp(-t)) : log1p(exp(t));
}

static double objective(const double *beta, const dlrn_learner_data *d, double penalty)
{
    double sum = 0;
    for (size_t i = 0; i < d->rows; i++) {
        const double t = linear(beta, d->x + i * d->cols, d->cols);
        sum += softplus(t) - (d->label[i] ? t : 0);
    }
    for (size_t j = 1; j <= d->cols; j++)
        sum += 0.5 * penalty * beta[j] * beta[j];
    return sum;
}

/* Gradient g[p] and Hessian h[p][p] (upper triangle mirrored) at beta. */
static void derivatives(double *g, double *h, const double *beta, const dlrn_learner_data *d,
                        double penalty)
{
    const size_t p = d->cols + 1;
    memset(g, 0, p * sizeof *g);
    memset(h, 0, p * p * sizeof *h);
    for (size_t i = 0; i < d->rows; i++) {
        const double *x = d->x + i * d->cols;
        const double t = linear(beta, x, d->cols);
        const double q = t > 0 ? 1 / (1 + exp(-t)) : exp(t) / (1 + exp(t));
        const double r = q - d->label[i], w = q * (1 - q);
        g[0] += r;
        h[0] += w;
        for (size_t j = 0; j < d->cols; j++) {
            const double wx = w * x[j];
            g[j + 1] += r * x[j];
            h[j + 1] += wx;
            for (size_t k = j; k < d->cols; k++)
                h[(j + 1) * p + k + 1] += wx * x[k];
        }
    }
    for (size_t j = 1; j < p; j++) {
        g[j] += penalty * beta[j];
        h[j * p + j] += penalty;
        for (size_t k = 0; k < j; k++)
            h[j * p + k] = h[k * p + j];
    }
}

static dlrn_status newton(double *beta, const dlrn_learner_data *d, double penalty, dlrn_error *err)
{
    enum { MOST_STEPS = 100 };
    dlrn_status st;
    const size_t p = d->cols + 1;
    double *g = NULL, *h = NULL, *trial = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&g, p, err));
    DLRN_TRY(dlrn_alloc_or_fail(&h, p * p, err));
    DLRN_TRY(dlrn_alloc_or_fail(&trial, p, err));
    double now = objective(beta, d, penalty);
    for (int step = 0; step < MOST_STEPS; step++) {
        derivatives(g, h, beta, d, penalty);
        DLRN_TRY(dlrn_solve_spd(h, g, p, 1, err));
        double factor = 1, next = INFINITY;
        for (int half = 0; half < 40; half++, factor *= 0.5) {
            for (size_t j = 0; j < p; j++)
                trial[j] = beta[j] - factor * g[j];
            next = objective(trial, d, penalty);
            if (next <= now) break;
        }
        if (!(next < now)) break; // as good as doubles can tell
        memcpy(beta, trial, p * sizeof *beta);
        const double gained = now - next;
        now = next;
        if (gained < 1e-13 * (1 + fabs(now))) break;
    }
done:
    free(trial);
    free(h);
    free(g);
    return st;
}

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err)
{
    dlrn_status st;
    lr *m = NULL;
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    m->cols = d->cols;
    DLRN_TRY(dlrn_alloc_or_fail(&m->beta, d->cols + 1, err));
    DLRN_TRY(newton(m->beta, d, 1 / dlrn_params_get(p, "C", 1), err));
    *state = m;
    m = NULL;
done:
    lr_free(m);
    return st;
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    const lr *m = state;
    if (cols != m->cols)
        return dlrn_fail(err, DLRN_EINVAL, "a regression on %zu columns got %zu", (size_t)m->cols,
                         cols);
    for (size_t i = 0; i < rows; i++)
        score[i] = linear(m->beta, x + i * cols, cols);
    return DLRN_OK;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double c[] = {0.01, 0.001, 0.1, 1, 10};
    size_t n = 0;
    (void)rows;
    (void)cols;
    for (; n < 5 && n < cap; n++)
        out[n] = (dlrn_params){{{"C", c[n]}}, 1};
    return n;
}

static const char MAGIC[8] = {'D', 'L', 'R', 'N', 'L', 'R', '0', '1'};

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    const lr *m = state;
    dlrn_str b = {0};
    dlrn_str_addn(&b, MAGIC, sizeof MAGIC);
    dlrn_str_addn(&b, (const char *)&m->cols, sizeof m->cols);
    dlrn_str_addn(&b, (const char *)m->beta, (m->cols + 1) * sizeof *m->beta);
    if (b.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a regression");
    }
    *bytes = b.s;
    *len = b.len;
    return DLRN_OK;
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    dlrn_status st;
    lr *m = NULL;
    const size_t header = sizeof MAGIC + sizeof m->cols;
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    if (len >= header) memcpy(&m->cols, bytes + sizeof MAGIC, sizeof m->cols);
    if (len < header || memcmp(bytes, MAGIC, sizeof MAGIC) != 0 || m->cols >= len ||
        len != header + (m->cols + 1) * sizeof *m->beta) {
        st = dlrn_fail(err, DLRN_EFORMAT, "a regression is damaged");
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&m->beta, m->cols + 1, err));
    memcpy(m->beta, bytes + header, (m->cols + 1) * sizeof *m->beta);
    for (size_t j = 0; j <= m->cols && st == DLRN_OK; j++)
        if (!isfinite(m->beta[j])) st = dlrn_fail(err, DLRN_EFORMAT, "a regression is damaged");
    if (st != DLRN_OK) goto done;
    *state = m;
    m = NULL;
done:
    lr_free(m);
    return st;
}

static dlrn_status available(dlrn_error *err)
{
    (void)err;
    return DLRN_OK;
}

const dlrn_learner learner_lr = {"lr", true, available, grid, fit, predict, save, load, lr_free};
