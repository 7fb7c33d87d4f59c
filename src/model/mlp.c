/* SPDX-License-Identifier: Apache-2.0
 *
 * Multilayer perceptron with one hidden layer (ReLU, logistic output): cross-entropy with an L2
 * penalty, minimised by Adam (Kingma & Ba 2015) on mini-batches. The score is the log-odds.
 */
#include <dlrn/learner.h>

#include "model/learners.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32, EPOCHS = 150 };
static const double rate = 0.003, decay1 = 0.9, decay2 = 0.999, tiny = 1e-8;

/* All weights in one array: [hidden][cols], [hidden] biases, [hidden] output weights, output bias.
 */
typedef struct net {
    uint64_t cols, hidden;
    double *w; /* [net_size] */
} net;

static size_t net_size(uint64_t cols, uint64_t hidden)
{
    return (size_t)(hidden * (cols + 2) + 1);
}

static void net_free(void *state)
{
    net *m = state;
    if (!m) return;
    free(m->w);
    free(m);
}

static dlrn_status net_new(net **out, uint64_t cols, uint64_t hidden, dlrn_error *err)
{
    dlrn_status st;
    net *m = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    m->cols = cols;
    m->hidden = hidden;
    DLRN_TRY(dlrn_alloc_or_fail(&m->w, net_size(cols, hidden), err));
done:
    if (st != DLRN_OK) {
        net_free(m);
        m = NULL;
    }
    *out = m;
    return st;
}

/* h[hidden] becomes the hidden layer's output for one row; returns the log-odds. */
static double forward(double *h, const net *m, const double *x)
{
    const double *bias = m->w + m->hidden * m->cols, *out = bias + m->hidden;
    double eta = out[m->hidden];
    for (size_t k = 0; k < m->hidden; k++) {
        const double *w = m->w + k * m->cols;
        double sum = bias[k];
        for (size_t j = 0; j < m->cols; j++)
            sum += w[j] * x[j];
        h[k] = sum > 0 ? sum : 0;
        eta += out[k] * h[k];
    }
    return eta;
}

/* Adds one row's gradient of the cross-entropy to g. */
static void backward(double *g, const net *m, const double *x, const double *h, double error)
{
    const size_t bias_at = m->hidden * m->cols, out_at = bias_at + m->hidden;
    g[out_at + m->hidden] += error;
    for (size_t k = 0; k < m->hidden; k++) {
        if (h[k] <= 0) continue;
        const double back = error * m->w[out_at + k];
        g[out_at + k] += error * h[k];
        g[bias_at + k] += back;
        for (size_t j = 0; j < m->cols; j++)
            g[k * m->cols + j] += back * x[j];
    }
}

typedef struct trainer {
    const dlrn_learner_data *d;
    net *m;
    double l2;
    double *h, *g, *mean, *square; /* hidden layer; gradient and its two moments [net_size] */
    size_t *order;                 /* [rows] */
    uint64_t steps;
} trainer;

/* Biases go without a penalty. */
static bool is_bias(const net *m, size_t k)
{
    const size_t from = m->hidden * m->cols;
    return (k >= from && k < from + m->hidden) || k == from + 2 * m->hidden;
}

static void step(trainer *t, size_t from, size_t to)
{
    const size_t n = net_size(t->m->cols, t->m->hidden);
    const double rows = (double)(to - from);
    memset(t->g, 0, n * sizeof *t->g);
    for (size_t k = from; k < to; k++) {
        const double *x = t->d->x + t->order[k] * t->d->cols;
        const double p = 1 / (1 + exp(-forward(t->h, t->m, x)));
        backward(t->g, t->m, x, t->h, p - t->d->label[t->order[k]]);
    }
    t->steps++;
    const double fix1 = 1 - pow(decay1, (double)t->steps), fix2 = 1 - pow(decay2, (double)t->steps);
    for (size_t k = 0; k < n; k++) {
        const double g = t->g[k] / rows + (is_bias(t->m, k) ? 0 : t->l2 * t->m->w[k]);
        t->mean[k] = decay1 * t->mean[k] + (1 - decay1) * g;
        t->square[k] = decay2 * t->square[k] + (1 - decay2) * g * g;
        t->m->w[k] -= rate * (t->mean[k] / fix1) / (sqrt(t->square[k] / fix2) + tiny);
    }
}

static void train(trainer *t, uint64_t seed)
{
    net *m = t->m;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, seed, 0x3170);
    // He's start for the hidden layer, Glorot's for the output
    for (size_t k = 0; k < m->hidden * m->cols; k++)
        m->w[k] = dlrn_rng_normal(&rng) * sqrt(2 / (double)m->cols);
    for (size_t k = 0; k < m->hidden; k++)
        m->w[m->hidden * (m->cols + 1) + k] = dlrn_rng_normal(&rng) / sqrt((double)m->hidden);
    for (size_t i = 0; i < t->d->rows; i++)
        t->order[i] = i;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        dlrn_rng_shuffle(&rng, t->order, t->d->rows);
        for (size_t from = 0; from < t->d->rows; from += BATCH)
            step(t, from, from + BATCH < t->d->rows ? from + BATCH : t->d->rows);
    }
}

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err)
{
    dlrn_status st;
    trainer t = {.d = d, .l2 = dlrn_params_get(p, "l2", 0.01)};
    const uint64_t hidden = (uint64_t)dlrn_params_get(p, "hidden", 16);
    const size_t n = net_size(d->cols, hidden);
    *state = NULL;
    DLRN_TRY(net_new(&t.m, d->cols, hidden, err));
    DLRN_TRY(dlrn_alloc_or_fail(&t.h, hidden, err));
    DLRN_TRY(dlrn_alloc_or_fail(&t.g, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&t.mean, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&t.square, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&t.order, d->rows, err));
    train(&t, d->seed);
    *state = t.m;
    t.m = NULL;
done:
    net_free(t.m);
    free(t.order);
    free(t.square);
    free(t.mean);
    free(t.g);
    free(t.h);
    return st;
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    const net *m = state;
    double *h;
    if (cols != m->cols)
        return dlrn_fail(err, DLRN_EINVAL, "a perceptron of %zu columns got %zu", (size_t)m->cols,
                         cols);
    const dlrn_status st = dlrn_alloc_or_fail(&h, m->hidden, err);
    for (size_t i = 0; i < rows && st == DLRN_OK; i++)
        score[i] = forward(h, m, x + i * cols);
    free(h);
    return st;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double hidden[] = {8, 16}, l2[] = {0.1, 0.01};
    size_t n = 0;
    (void)rows;
    (void)cols;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2 && n < cap; k++)
            out[n++] = (dlrn_params){{{"hidden", hidden[i]}, {"l2", l2[k]}}, 2};
    return n;
}

static const char MAGIC[8] = {'D', 'L', 'R', 'N', 'M', 'L', 'P', '1'};

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    const net *m = state;
    dlrn_str b = {0};
    dlrn_str_addn(&b, MAGIC, sizeof MAGIC);
    dlrn_str_addn(&b, (const char *)&m->cols, 2 * sizeof m->cols); // and hidden
    dlrn_str_addn(&b, (const char *)m->w, net_size(m->cols, m->hidden) * sizeof *m->w);
    if (b.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for the perceptron");
    }
    *bytes = b.s;
    *len = b.len;
    return DLRN_OK;
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    const size_t header = sizeof MAGIC + 2 * sizeof(uint64_t);
    uint64_t size[2] = {0, 0};
    net *m;
    *state = NULL;
    if (len >= header) memcpy(size, bytes + sizeof MAGIC, sizeof size);
    if (len < header || memcmp(bytes, MAGIC, sizeof MAGIC) != 0 || size[0] > 1u << 24 ||
        size[1] > 1u << 24 || len - header != net_size(size[0], size[1]) * sizeof(double))
        return dlrn_fail(err, DLRN_EFORMAT, "the perceptron is damaged");
    const dlrn_status st = net_new(&m, size[0], size[1], err);
    if (st != DLRN_OK) return st;
    memcpy(m->w, bytes + header, len - header);
    *state = m;
    return DLRN_OK;
}

static dlrn_status available(dlrn_error *err)
{
    (void)err;
    return DLRN_OK;
}

const dlrn_learner learner_mlp = {"mlp", true, available, grid, fit, predict, save, load, net_free};
