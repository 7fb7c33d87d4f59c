/* SPDX-License-Identifier: Apache-2.0
 *
 * The network: folding, normalising, the choice of backend, features of many crops.
 */
#include <dlrn/deep.h>

#include "base/module.h"
#include "nn/network_private.h"
#include "nn/weights_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_SIZE = 32, MAX_SIZE = 4096 };

struct dlrn_network {
    nn_conv conv[NN_CONVS];
    const nn_backend *backend;
    char name[48];
    nn_plan *plan; /* of the last size asked for */
    int size;
};

static const char *const normalise_names[] = {"imagenet", "minus1_1", "caffe", "none"};

dlrn_status dlrn_normalise_parse(dlrn_normalise *out, const char *word, dlrn_error *err)
{
    for (int i = 0; i < 4; i++) {
        if (strcmp(word, normalise_names[i]) != 0) continue;
        *out = (dlrn_normalise)i;
        return DLRN_OK;
    }
    return dlrn_fail(err, DLRN_EINVAL,
                     "normalise: '%s' is not known; expected imagenet, minus1_1, caffe or none",
                     nn_show(word).s);
}

const char *dlrn_normalise_name(dlrn_normalise n)
{
    return normalise_names[n];
}

/* ---- folding ---- */

static const float *part(const dlrn_weights *w, const char *base, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "%.31s.%.31s", base, name);
    return dlrn_weights_find(w, full)->v; // verified
}

/* y = gamma (conv(x) - mean) / sqrt(var + epsilon) + beta, as one convolution with bias. */
static dlrn_status fold(nn_conv *c, const nn_layout *l, const dlrn_weights *w, dlrn_error *err)
{
    const double epsilon = 1e-5; // torchvision's; files from Keras are brought to it on reading
    const size_t n = (size_t)(l->in * l->kernel * l->kernel), out = (size_t)l->out;
    const float *weight = part(w, l->conv, "weight"), *gamma = part(w, l->norm, "weight");
    const float *beta = part(w, l->norm, "bias"), *mean = part(w, l->norm, "running_mean");
    const float *var = part(w, l->norm, "running_var");
    dlrn_status st;
    c->layout = *l;
    DLRN_TRY(dlrn_alloc_or_fail(&c->weight, n * out, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->bias, out, err));
    for (size_t o = 0; o < out; o++) {
        const double scale = (double)gamma[o] / sqrt((double)var[o] + epsilon);
        for (size_t i = 0; i < n; i++)
            c->weight[o * n + i] = (float)(scale * (double)weight[o * n + i]);
        c->bias[o] = (float)((double)beta[o] - scale * (double)mean[o]);
    }
done:
    return st;
}

/* ---- backends ---- */

static dlrn_status find_dnnl(const nn_backend **out, dlrn_error *err)
{
    union {
        void *object;
        nn_backend_fn *function;
    } symbol;
    const dlrn_status st = dlrn_module_symbol(&symbol.object, NN_DNNL_MODULE, NN_DNNL_SYMBOL,
                                              "the network on oneDNN", err);
    if (st != DLRN_OK) return st;
    *out = symbol.function();
    if ((*out)->abi != NN_BACKEND_ABI)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "%s belongs to another version of dlrn; install both together",
                         NN_DNNL_MODULE);
    return DLRN_OK;
}

void nn_network_use_reference(dlrn_network *net)
{
    if (net->plan) net->backend->plan_free(net->plan);
    net->plan = NULL;
    net->backend = nn_reference();
    snprintf(net->name, sizeof net->name, "plain C");
}

static void choose_backend(dlrn_network *net, const dlrn_exec *ex)
{
    dlrn_error err;
    if (find_dnnl(&net->backend, &err) == DLRN_OK) {
        snprintf(net->name, sizeof net->name, "oneDNN %s", net->backend->version);
        return;
    }
    nn_network_use_reference(net);
    dlrn_log(ex, DLRN_LOG_WARNING, "%s. The network runs in plain C: many times slower", err.msg);
}

dlrn_status dlrn_deep_library(char version[32], dlrn_error *err)
{
    const nn_backend *backend;
    const dlrn_status st = find_dnnl(&backend, err);
    if (st == DLRN_OK) snprintf(version, 32, "%s", backend->version);
    return st;
}

dlrn_status dlrn_network_open(dlrn_network **out, const dlrn_weights *w, const dlrn_exec *ex,
                              dlrn_error *err)
{
    dlrn_status st;
    nn_layout layout[NN_CONVS];
    dlrn_network *net = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_weights_verify(w, err));
    DLRN_TRY(dlrn_alloc_or_fail(&net, 1, err));
    nn_resnet50(layout, w->stride_in_1x1);
    for (int i = 0; i < NN_CONVS; i++)
        DLRN_TRY(fold(&net->conv[i], &layout[i], w, err));
    choose_backend(net, ex);
    *out = net;
    net = NULL;
done:
    dlrn_network_free(net);
    return st;
}

void dlrn_network_free(dlrn_network *net)
{
    if (!net) return;
    if (net->plan) net->backend->plan_free(net->plan);
    for (int i = 0; i < NN_CONVS; i++) {
        free(net->conv[i].weight);
        free(net->conv[i].bias);
    }
    free(net);
}

const char *dlrn_network_backend(const dlrn_network *net)
{
    return net->name;
}

/* ---- running ---- */

int dlrn_network_map_side(int size)
{
    int side = nn_side(nn_side(size, 7, 2, 3), 3, 2, 1);
    for (int stage = 2; stage <= 4; stage++)
        side = nn_side(side, 3, 2, 1);
    return side;
}

static dlrn_status prepare(dlrn_network *net, int size, dlrn_error *err)
{
    if (size < MIN_SIZE || size > MAX_SIZE)
        return dlrn_fail(err, DLRN_EINVAL, "crop size %d: expected %d to %d", size, MIN_SIZE,
                         MAX_SIZE);
    if (net->plan && net->size == size) return DLRN_OK;
    if (net->plan) net->backend->plan_free(net->plan);
    net->plan = NULL;
    net->size = size;
    return net->backend->plan_new(&net->plan, net->conv, size, err);
}

/* input[3][count] of grey values; false where one is not finite. */
static bool normalise_crop(float *input, const float *crop, size_t count, dlrn_normalise how)
{
    static const double scale[4][3] = {
        {1 / 0.229, 1 / 0.224, 1 / 0.225}, {2, 2, 2}, {255, 255, 255}, {1, 1, 1}};
    static const double shift[4][3] = {{-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225},
                                       {-1, -1, -1},
                                       {-103.939, -116.779, -123.68},
                                       {0, 0, 0}};
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(crop[i])) return false;
        for (int c = 0; c < 3; c++)
            input[(size_t)c * count + i] = (float)(scale[how][c] * (double)crop[i] + shift[how][c]);
    }
    return true;
}

typedef struct batch {
    const dlrn_network *net;
    const float *crops;
    size_t n, count; /* crops; values in one */
    dlrn_normalise how;
    const dlrn_exec *ex;
    float *out;         /* [n][2048], or NULL */
    float *map;         /* of the only crop, or NULL */
    nn_runner **runner; /* [threads], made by the thread that needs one */
    size_t done;
} batch;

static void average(float *out, const float *map, size_t area)
{
    for (size_t c = 0; c < NN_CHANNELS; c++, map += area) {
        double sum = 0;
        for (size_t i = 0; i < area; i++)
            sum += (double)map[i];
        out[c] = (float)(sum / (double)area);
    }
}

static dlrn_status run_one(void *user, size_t i, size_t worker, dlrn_error *err)
{
    batch *b = user;
    dlrn_status st;
    const nn_backend *backend = b->net->backend;
    const size_t side = (size_t)dlrn_network_map_side(b->net->size);
    float *input = NULL, *map = NULL;
    if (!b->runner[worker]) DLRN_TRY(backend->runner_new(&b->runner[worker], b->net->plan, err));
    DLRN_TRY(dlrn_alloc_or_fail(&input, 3 * b->count, err));
    DLRN_TRY(dlrn_alloc_or_fail(&map, NN_CHANNELS * side * side, err));
    if (!normalise_crop(input, b->crops + i * b->count, b->count, b->how)) {
        st = dlrn_fail(err, DLRN_EINVAL, "crop %zu holds a value that is not finite", i + 1);
        goto done;
    }
    DLRN_TRY(backend->run(map, b->runner[worker], input, err));
    if (b->out) average(b->out + i * NN_CHANNELS, map, side * side);
    if (b->map) memcpy(b->map, map, NN_CHANNELS * side * side * sizeof *map);
    const size_t done_now = __atomic_add_fetch(&b->done, 1, __ATOMIC_RELAXED);
    st = dlrn_progress(b->ex, "deep features", done_now, b->n, err);
done:
    free(input);
    free(map);
    return st;
}

static dlrn_status run_batch(batch *b, int threads, dlrn_error *err)
{
    dlrn_status st;
    const size_t workers = threads > 1 ? (size_t)threads : 1;
    DLRN_TRY(dlrn_alloc_or_fail(&b->runner, workers, err));
    st = dlrn_parallel_for(b->n, (int)workers, run_one, b, err);
    for (size_t i = 0; i < workers; i++)
        if (b->runner[i]) b->net->backend->runner_free(b->runner[i]);
    free(b->runner);
done:
    return st;
}

dlrn_status dlrn_network_features(float *out, dlrn_network *net, const float *crops, size_t n,
                                  int size, dlrn_normalise normalise, const dlrn_exec *ex,
                                  dlrn_error *err)
{
    const dlrn_status st = prepare(net, size, err);
    if (st != DLRN_OK) return st;
    batch b = {.net = net,
               .crops = crops,
               .n = n,
               .count = (size_t)size * (size_t)size,
               .how = normalise,
               .ex = ex,
               .out = out};
    return run_batch(&b, dlrn_exec_threads(ex), err);
}

dlrn_status dlrn_network_map(float **out, dlrn_network *net, const float *crop, int size,
                             dlrn_normalise normalise, dlrn_error *err)
{
    dlrn_status st;
    *out = NULL;
    DLRN_TRY(prepare(net, size, err));
    const size_t side = (size_t)dlrn_network_map_side(size);
    DLRN_TRY(dlrn_alloc_or_fail(out, NN_CHANNELS * side * side, err));
    batch b = {.net = net,
               .crops = crop,
               .n = 1,
               .count = (size_t)size * (size_t)size,
               .how = normalise,
               .map = *out};
    st = run_batch(&b, 1, err);
    if (st != DLRN_OK) {
        free(*out);
        *out = NULL;
    }
done:
    return st;
}
