/* SPDX-License-Identifier: Apache-2.0
 *
 * Newton's method without its safeguards. See stats/refit.h.
 */
#include "stats/refit.h"

#include "base/lanes.h"

#include <math.h>

enum { MAX_ITERATIONS = 15 };

DLRN_CLONES static void predict(double *eta, const double *const *z, const double *beta, size_t k,
                                size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        lanes sum = lanes_load(z[0] + i) * beta[0];
        for (size_t j = 1; j < k; j++)
            sum += lanes_load(z[j] + i) * beta[j];
        lanes_store(eta + i, sum);
    }
}

DLRN_CLONES void refit_probabilities(double *prob, const double *eta, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        lanes_store(prob + i, 1.0 / (1.0 + lanes_exp(-lanes_load(eta + i))));
}

DLRN_CLONES double refit_loglik(const double *eta, const double *label, const double *weight,
                                size_t n)
{
    lanes sum = {0};
    for (size_t i = 0; i < n; i += LANES) {
        const lanes t = lanes_load(eta + i) * (2.0 * lanes_load(label + i) - 1.0);
        const lanes against = lanes_pick(t < 0.0, -t, t * 0); // log(1 + exp(-t)), t of any sign
        sum += lanes_load(weight + i) * (against + lanes_log1p(lanes_exp(-lanes_abs(t))));
    }
    return -lanes_sum(sum);
}

/* slope = w p (1 - p), rest = w (y - p) */
DLRN_CLONES static void weigh(const refit *f, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        const lanes p = lanes_load(f->prob + i), w = lanes_load(f->weight + i);
        lanes_store(f->slope + i, w * p * (1.0 - p));
        lanes_store(f->rest + i, w * (lanes_load(f->label + i) - p));
    }
}

DLRN_CLONES static double dot(const double *a, const double *b, size_t n)
{
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    size_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        s0 += lanes_load(a + i) * lanes_load(b + i);
        s1 += lanes_load(a + i + LANES) * lanes_load(b + i + LANES);
        s2 += lanes_load(a + i + 2 * LANES) * lanes_load(b + i + 2 * LANES);
        s3 += lanes_load(a + i + 3 * LANES) * lanes_load(b + i + 3 * LANES);
    }
    for (; i < n; i += LANES)
        s0 += lanes_load(a + i) * lanes_load(b + i);
    return lanes_sum((s0 + s1) + (s2 + s3));
}

DLRN_CLONES static void multiply(double *out, const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        lanes_store(out + i, lanes_load(a + i) * lanes_load(b + i));
}

/* The lower triangle of sum slope z z' into a[k][k] and sum rest z into g[k]. eta is scratch. */
static void sum_up(const refit *f, double *a, double *g, size_t n)
{
    for (size_t j = 0; j < f->k; j++) {
        g[j] = dot(f->rest, f->z[j], n);
        multiply(f->eta, f->slope, f->z[j], n);
        for (size_t l = 0; l <= j; l++)
            a[j * f->k + l] = dot(f->eta, f->z[l], n);
    }
}

/* Solves a x = g in place by Cholesky; false where a is not safely positive definite. */
static bool solve(double *a, double *g, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        const double whole = a[j * k + j];
        for (size_t l = 0; l < j; l++)
            a[j * k + j] -= a[j * k + l] * a[j * k + l];
        if (!(a[j * k + j] > 1e-10 * whole)) return false;
        a[j * k + j] = sqrt(a[j * k + j]);
        for (size_t i = j + 1; i < k; i++) {
            for (size_t l = 0; l < j; l++)
                a[i * k + j] -= a[i * k + l] * a[j * k + l];
            a[i * k + j] /= a[j * k + j];
        }
    }
    for (size_t j = 0; j < k; j++) {
        for (size_t l = 0; l < j; l++)
            g[j] -= a[j * k + l] * g[l];
        g[j] /= a[j * k + j];
    }
    for (size_t j = k; j-- > 0;) {
        for (size_t i = j + 1; i < k; i++)
            g[j] -= a[i * k + j] * g[i];
        g[j] /= a[j * k + j];
    }
    return true;
}

bool refit_run(refit *f)
{
    const size_t n = lanes_padded(f->n), k = f->k;
    double *a = f->small, *g = a + k * k, before = 2;
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
        predict(f->eta, f->z, f->beta, k, n);
        refit_probabilities(f->prob, f->eta, n);
        weigh(f, n);
        sum_up(f, a, g, n);
        if (!solve(a, g, k)) return false;
        double size = 0;
        for (size_t j = 0; j < k; j++) {
            size = fmax(size, fabs(g[j]) / (1 + fabs(f->beta[j])));
            f->beta[j] += g[j];
        }
        if (!(size < before)) return false;
        before = size;
        if (size >= 1e-8) continue; // else what is left is its square
        predict(f->eta, f->z, f->beta, k, n);
        refit_probabilities(f->prob, f->eta, n);
        f->loglik = refit_loglik(f->eta, f->label, f->weight, n);
        return true;
    }
    return false;
}
