/* SPDX-License-Identifier: Apache-2.0
 *
 * ResNet-50 in plain C: the slow twin of the oneDNN backend, one loop for one sum, so that it can
 * be read beside the definition. Sums in double.
 */
#include "nn/backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct nn_plan {
    const nn_conv *conv; /* [NN_CONVS] */
    int size;
};

struct nn_runner {
    const nn_plan *plan;
    float *buffer[4]; /* block input, two inner results, shortcut */
    double *row;      /* sums of one row of an output */
};

static dlrn_status plan_new(nn_plan **out, const nn_conv *conv, int size, dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(out, 1, err);
    if (st == DLRN_OK) **out = (nn_plan){conv, size};
    return st;
}

static void plan_free(nn_plan *plan)
{
    free(plan);
}

static void runner_free(nn_runner *r)
{
    if (!r) return;
    for (int i = 0; i < 4; i++)
        free(r->buffer[i]);
    free(r->row);
    free(r);
}

/* Values in the largest tensor on the way: conv1's result and the blocks of layer1. */
static size_t largest(int size)
{
    const size_t half = (size_t)nn_side(size, 7, 2, 3), quarter = (half - 1) / 2 + 1;
    const size_t stem = 64 * half * half, stage = 256 * quarter * quarter;
    return stem > stage ? stem : stage;
}

static dlrn_status runner_new(nn_runner **out, const nn_plan *plan, dlrn_error *err)
{
    dlrn_status st;
    nn_runner *r;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&r, 1, err));
    r->plan = plan;
    st = dlrn_alloc_or_fail(&r->row, (size_t)plan->size, err);
    for (int i = 0; i < 4 && st == DLRN_OK; i++)
        st = dlrn_alloc_or_fail(&r->buffer[i], largest(plan->size), err);
    if (st == DLRN_OK)
        *out = r;
    else
        runner_free(r);
done:
    return st;
}

/* row[0..n) += w * in[stride * x + shift], outside the input 0. */
static void add_scaled(double *row, int n, const float *in, int side, double w, int stride,
                       int shift)
{
    int first = 0, last = n;
    while (first < n && first * stride + shift < 0)
        first++;
    while (last > first && (last - 1) * stride + shift >= side)
        last--;
    for (int x = first; x < last; x++)
        row[x] += w * (double)in[x * stride + shift];
}

/* The sums of row y of output channel o. */
static void sum_row(double *row, const nn_conv *c, const float *in, int side, int o, int y, int n)
{
    const int k = c->layout.kernel, pad = c->layout.pad, stride = c->layout.stride;
    const float *w = c->weight + (size_t)o * (size_t)(c->layout.in * k * k);
    for (int x = 0; x < n; x++)
        row[x] = (double)c->bias[o];
    for (int i = 0; i < c->layout.in; i++) {
        for (int ky = 0; ky < k; ky++) {
            const int at = y * stride + ky - pad;
            if (at < 0 || at >= side) continue;
            const float *line = in + ((size_t)i * (size_t)side + (size_t)at) * (size_t)side;
            for (int kx = 0; kx < k; kx++)
                add_scaled(row, n, line, side, (double)w[(i * k + ky) * k + kx], stride, kx - pad);
        }
    }
}

/* out = conv(in), plus what stands in out where `add`, then ReLU where `relu`. Returns the side. */
static int convolve(float *out, double *row, const nn_conv *c, const float *in, int side, bool add,
                    bool relu)
{
    const int n = nn_side(side, c->layout.kernel, c->layout.stride, c->layout.pad);
    for (int o = 0; o < c->layout.out; o++) {
        for (int y = 0; y < n; y++, out += n) {
            sum_row(row, c, in, side, o, y, n);
            for (int x = 0; x < n; x++) {
                const double v = add ? row[x] + (double)out[x] : row[x];
                out[x] = (float)(relu && v < 0 ? 0 : v);
            }
        }
    }
    return n;
}

/* The 3x3 maximum at stride 2, one pixel of nothing around. */
static int max_pool(float *out, const float *in, int channels, int side)
{
    const int n = nn_side(side, 3, 2, 1);
    for (int c = 0; c < channels; c++, in += (size_t)side * (size_t)side) {
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++, out++) {
                *out = -INFINITY;
                for (int i = 2 * y - 1; i <= 2 * y + 1; i++)
                    for (int k = 2 * x - 1; k <= 2 * x + 1; k++)
                        if (i >= 0 && i < side && k >= 0 && k < side &&
                            in[(size_t)i * (size_t)side + (size_t)k] > *out)
                            *out = in[(size_t)i * (size_t)side + (size_t)k];
            }
        }
    }
    return n;
}

static void swap(float **a, float **b)
{
    float *t = *a;
    *a = *b;
    *b = t;
}

static dlrn_status run(float *map, nn_runner *r, const float *input, dlrn_error *err)
{
    (void)err;
    const nn_conv *c = r->plan->conv;
    float *in = r->buffer[0], *a = r->buffer[1], *b = r->buffer[2], *other = r->buffer[3];
    int side = convolve(a, r->row, c, input, r->plan->size, false, true), inner = side;
    side = max_pool(in, a, c->layout.out, side);
    for (int i = 1; i < NN_CONVS; i++) {
        c = &r->plan->conv[i];
        switch (c->layout.role) {
        case NN_STEM: break; // done above
        case NN_FIRST: inner = convolve(a, r->row, c, in, side, false, true); break;
        case NN_SECOND: inner = convolve(b, r->row, c, a, inner, false, true); break;
        case NN_SHORTCUT:
            convolve(other, r->row, c, in, side, false, false);
            swap(&in, &other);
            break;
        case NN_THIRD: side = convolve(in, r->row, c, b, inner, true, true); break;
        }
    }
    memcpy(map, in, (size_t)NN_CHANNELS * (size_t)side * (size_t)side * sizeof *map);
    return DLRN_OK;
}

const nn_backend *nn_reference(void)
{
    static const nn_backend backend = {NN_BACKEND_ABI, "",          plan_new, plan_free,
                                       runner_new,     runner_free, run};
    return &backend;
}
