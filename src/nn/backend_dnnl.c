/* SPDX-License-Identifier: Apache-2.0
 *
 * ResNet-50 on oneDNN: the module dlrn-dnnl.so, opened at first use. Convolutions with bias, ReLU
 * and the sum with the shortcut fused; layouts as oneDNN prefers them, a reorder where two
 * neighbours disagree. One image at a time on one thread, so that the bits depend on neither.
 */
#include "nn/backend.h"
#include "nn/dnnl_shim.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { POOL = 6, SCRATCH = POOL, BUFFERS, MAX_STEPS = 256, MAX_ARGS = 5 };

/* One argument of a primitive: a buffer of the runner, or a constant of the plan. */
typedef struct argument {
    int what; /* DNNL_ARG_... */
    shim_md md;
    int buffer;             /* where `constant` is NULL */
    dnnl_memory_t constant; /* owned by the plan */
} argument;

typedef struct step {
    dnnl_primitive_desc_t pd; /* owns the descriptors of the arguments */
    dnnl_primitive_t primitive;
    argument arg[MAX_ARGS];
    int n;
} step;

struct nn_plan {
    dnnl_engine_t engine;
    step step[MAX_STEPS];
    int n;
    size_t bytes[BUFFERS]; /* that each buffer must hold */
    bool used[POOL];       /* while planning: holds a value that is still needed */
    shim_md input, map;    /* plain layouts at both ends */
    int input_buffer, map_buffer;
    size_t input_bytes, map_bytes;
};

struct nn_runner {
    const nn_plan *plan;
    void *buffer[BUFFERS];
    dnnl_stream_t stream;
    dnnl_exec_arg_t *args; /* [plan->n][MAX_ARGS]; memories owned where not constant */
};

/* ---- one thread ---- */

typedef void set_threads_fn(int n);
typedef int get_threads_fn(void);

/* The OpenMP runtime that oneDNN brought along, whichever it is. */
static void *openmp(const char *function)
{
    static const char *const names[] = {"libgomp.so.1", "libomp.so.5", "libomp.so", "libiomp5.so"};
    void *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) {
        void *library = dlopen(names[i], RTLD_LAZY | RTLD_NOLOAD);
        if (!library) continue;
        found = dlsym(library, function);
        dlclose(library);
    }
    return found;
}

/* Holds the calling thread's parallel regions to n threads; returns what held before. */
static int hold_threads(int n)
{
    union {
        void *object;
        set_threads_fn *function;
    } set = {openmp("omp_set_num_threads")};
    union {
        void *object;
        get_threads_fn *function;
    } get = {openmp("omp_get_max_threads")};
    if (!set.object || !get.object) return n;
    const int before = get.function();
    set.function(n);
    return before;
}

static dlrn_status check(dnnl_status_t st, const char *what, dlrn_error *err)
{
    if (st == dnnl_success) return DLRN_OK;
    return dlrn_fail(err, st == dnnl_out_of_memory ? DLRN_ENOMEM : DLRN_EINTERNAL,
                     "oneDNN: %s failed (status %d)", what, (int)st);
}

/* ---- planning ---- */

/* A tensor on the way: how it lies, and in which buffer. */
typedef struct value {
    shim_md md;
    int buffer;
} value;

static dlrn_status take_buffer(int *out, nn_plan *p, shim_md md, dlrn_error *err)
{
    const size_t bytes = dnnl_memory_desc_get_size(md);
    for (int i = 0; i < POOL; i++) {
        if (p->used[i]) continue;
        p->used[i] = true;
        if (bytes > p->bytes[i]) p->bytes[i] = bytes;
        *out = i;
        return DLRN_OK;
    }
    return dlrn_fail(err, DLRN_EINTERNAL, "the network needs more than %d buffers", POOL);
}

static void add_arg(step *s, int what, shim_md md, int buffer, dnnl_memory_t constant)
{
    s->arg[s->n++] = (argument){what, md, buffer, constant};
}

/* The last step's primitive out of its descriptor; and the scratchpad that it wants. */
static dlrn_status finish_step(nn_plan *p, dlrn_error *err)
{
    step *s = &p->step[p->n - 1];
    const shim_md scratch = dnnl_primitive_desc_query_md(s->pd, dnnl_query_scratchpad_md, 0);
    const size_t bytes = scratch ? dnnl_memory_desc_get_size(scratch) : 0;
    if (bytes > 0) add_arg(s, DNNL_ARG_SCRATCHPAD, scratch, SCRATCH, NULL);
    if (bytes > p->bytes[SCRATCH]) p->bytes[SCRATCH] = bytes;
    return check(dnnl_primitive_create(&s->primitive, s->pd), "making a primitive", err);
}

static dlrn_status new_step(step **out, nn_plan *p, dlrn_error *err)
{
    if (p->n == MAX_STEPS) return dlrn_fail(err, DLRN_EINTERNAL, "the network has too many steps");
    *out = &p->step[p->n++];
    return DLRN_OK;
}

static dlrn_status user_scratch(dnnl_primitive_attr_t *attr, dlrn_error *err)
{
    dnnl_status_t st = dnnl_primitive_attr_create(attr);
    if (st == dnnl_success)
        st = dnnl_primitive_attr_set_scratchpad_mode(*attr, dnnl_scratchpad_mode_user);
    return check(st, "setting attributes", err);
}

/* Brings *v into layout md, where it is not there yet. */
static dlrn_status bring(nn_plan *p, value *v, shim_md md, dlrn_error *err)
{
    dlrn_status st;
    dnnl_primitive_attr_t attr = NULL;
    step *s = NULL;
    int to;
    if (dnnl_memory_desc_equal(v->md, md)) return DLRN_OK;
    DLRN_TRY(take_buffer(&to, p, md, err));
    DLRN_TRY(user_scratch(&attr, err));
    DLRN_TRY(new_step(&s, p, err));
    DLRN_TRY(
        check(dnnl_reorder_primitive_desc_create(&s->pd, v->md, p->engine, md, p->engine, attr),
              "planning a reorder", err));
    add_arg(s, DNNL_ARG_FROM, v->md, v->buffer, NULL);
    add_arg(s, DNNL_ARG_TO, md, to, NULL);
    DLRN_TRY(finish_step(p, err));
    p->used[v->buffer] = false;
    *v = (value){md, to};
done:
    if (attr) dnnl_primitive_attr_destroy(attr);
    return st;
}

/* The weights in the layout that the convolution wants; owns its memory. */
static dlrn_status pack_weights(dnnl_memory_t *out, const nn_plan *p, const nn_conv *c, shim_md to,
                                dlrn_error *err)
{
    dlrn_status st;
    const nn_layout *l = &c->layout;
    const dnnl_dims_t dims = {l->out, l->in, l->kernel, l->kernel};
    shim_md from = NULL;
    dnnl_memory_t plain = NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_primitive_t reorder = NULL;
    dnnl_stream_t stream = NULL;
    DLRN_TRY(check(shim_md_new(&from, 4, dims, dnnl_oihw), "describing weights", err));
    DLRN_TRY(check(dnnl_memory_create(out, to, p->engine, DNNL_MEMORY_ALLOCATE),
                   "making room for weights", err));
    DLRN_TRY(
        check(dnnl_memory_create(&plain, from, p->engine, c->weight), "wrapping weights", err));
    DLRN_TRY(check(dnnl_reorder_primitive_desc_create(&pd, from, p->engine, to, p->engine, NULL),
                   "planning the packing of weights", err));
    DLRN_TRY(check(dnnl_primitive_create(&reorder, pd), "planning the packing of weights", err));
    DLRN_TRY(check(dnnl_stream_create(&stream, p->engine, dnnl_stream_default_flags),
                   "making a stream", err));
    const dnnl_exec_arg_t args[2] = {{DNNL_ARG_FROM, plain}, {DNNL_ARG_TO, *out}};
    DLRN_TRY(check(dnnl_primitive_execute(reorder, stream, 2, args), "packing weights", err));
    DLRN_TRY(check(dnnl_stream_wait(stream), "packing weights", err));
done:
    if (stream) dnnl_stream_destroy(stream);
    if (reorder) dnnl_primitive_destroy(reorder);
    if (pd) dnnl_primitive_desc_destroy(pd);
    if (plain) dnnl_memory_destroy(plain);
    shim_md_free(from);
    return st;
}

static dlrn_status conv_attr(dnnl_primitive_attr_t *attr, nn_role role, dlrn_error *err)
{
    dlrn_status st;
    dnnl_post_ops_t po = NULL;
    DLRN_TRY(user_scratch(attr, err));
    DLRN_TRY(check(dnnl_post_ops_create(&po), "making post-ops", err));
    if (role == NN_THIRD) DLRN_TRY(check(shim_append_sum(po), "fusing the sum", err));
    if (role != NN_SHORTCUT) DLRN_TRY(check(shim_append_relu(po), "fusing ReLU", err));
    DLRN_TRY(check(dnnl_primitive_attr_set_post_ops(*attr, po), "fusing", err));
done:
    if (po) dnnl_post_ops_destroy(po);
    return st;
}

/* Chooses the kernel; the layouts are left to it. */
static dlrn_status describe_conv(step *s, const nn_plan *p, const nn_layout *l, int side, int after,
                                 dlrn_error *err)
{
    dlrn_status st;
    const dnnl_dims_t dims[4] = {{1, l->in, side, side},
                                 {l->out, l->in, l->kernel, l->kernel},
                                 {l->out},
                                 {1, l->out, after, after}};
    const shim_window window = {{l->kernel, l->kernel}, {l->stride, l->stride}, {l->pad, l->pad}};
    shim_md md[4] = {0};
    dnnl_primitive_attr_t attr = NULL;
    for (int i = 0; i < 4; i++)
        DLRN_TRY(check(
            shim_md_new(&md[i], i == 2 ? 1 : 4, dims[i], i == 2 ? dnnl_a : dnnl_format_tag_any),
            "describing a convolution", err));
    DLRN_TRY(conv_attr(&attr, l->role, err));
    DLRN_TRY(check(shim_convolution(&s->pd, p->engine, md, &window, attr), "planning a convolution",
                   err));
done:
    if (attr) dnnl_primitive_attr_destroy(attr);
    for (int i = 0; i < 4; i++)
        shim_md_free(md[i]);
    return st;
}

/* Plans c on *in; the result is *out, which for a block's third convolution already holds the
 * shortcut to be added. *side becomes that of the result. */
static dlrn_status plan_conv(nn_plan *p, const nn_conv *c, value *in, value *out, int *side,
                             dlrn_error *err)
{
    dlrn_status st;
    const nn_layout *l = &c->layout;
    const int after = nn_side(*side, l->kernel, l->stride, l->pad);
    step *s = NULL, own = {0};
    DLRN_TRY(describe_conv(&own, p, l, *side, after, err));
    const shim_md src = dnnl_primitive_desc_query_md(own.pd, dnnl_query_src_md, 0);
    const shim_md weights = dnnl_primitive_desc_query_md(own.pd, dnnl_query_weights_md, 0);
    const shim_md bias = dnnl_primitive_desc_query_md(own.pd, dnnl_query_weights_md, 1);
    const shim_md dst = dnnl_primitive_desc_query_md(own.pd, dnnl_query_dst_md, 0);
    DLRN_TRY(bring(p, in, src, err));
    if (l->role == NN_THIRD) {
        DLRN_TRY(bring(p, out, dst, err));
    } else {
        DLRN_TRY(take_buffer(&out->buffer, p, dst, err));
        out->md = dst;
    }
    DLRN_TRY(new_step(&s, p, err));
    s->pd = own.pd;
    own.pd = NULL;
    add_arg(s, DNNL_ARG_SRC, src, in->buffer, NULL);
    add_arg(s, DNNL_ARG_DST, dst, out->buffer, NULL);
    add_arg(s, DNNL_ARG_WEIGHTS, weights, 0, NULL);
    DLRN_TRY(pack_weights(&s->arg[2].constant, p, c, weights, err));
    add_arg(s, DNNL_ARG_BIAS, bias, 0, NULL);
    DLRN_TRY(check(dnnl_memory_create(&s->arg[3].constant, bias, p->engine, c->bias),
                   "wrapping a bias", err));
    DLRN_TRY(finish_step(p, err));
    *side = after;
done:
    if (own.pd) dnnl_primitive_desc_destroy(own.pd);
    return st;
}

/* The 3x3 maximum at stride 2 after the first convolution; *v becomes the result. */
static dlrn_status plan_pool(nn_plan *p, value *v, int channels, int *side, dlrn_error *err)
{
    dlrn_status st;
    const int after = nn_side(*side, 3, 2, 1);
    const dnnl_dims_t dims = {1, channels, after, after};
    const shim_window window = {{3, 3}, {2, 2}, {1, 1}};
    dnnl_primitive_attr_t attr = NULL;
    shim_md any = NULL;
    step *s = NULL;
    int to;
    DLRN_TRY(check(shim_md_new(&any, 4, dims, dnnl_format_tag_any), "describing the pool", err));
    DLRN_TRY(user_scratch(&attr, err));
    DLRN_TRY(new_step(&s, p, err));
    DLRN_TRY(check(shim_max_pool(&s->pd, p->engine, (const shim_md[2]){v->md, any}, &window, attr),
                   "planning the pool", err));
    const shim_md dst = dnnl_primitive_desc_query_md(s->pd, dnnl_query_dst_md, 0);
    DLRN_TRY(take_buffer(&to, p, dst, err));
    add_arg(s, DNNL_ARG_SRC, v->md, v->buffer, NULL);
    add_arg(s, DNNL_ARG_DST, dst, to, NULL);
    DLRN_TRY(finish_step(p, err));
    p->used[v->buffer] = false;
    *v = (value){dst, to};
    *side = after;
done:
    if (attr) dnnl_primitive_attr_destroy(attr);
    shim_md_free(any);
    return st;
}

static dlrn_status plan_network(nn_plan *p, const nn_conv *conv, int size, dlrn_error *err)
{
    dlrn_status st;
    value in = {p->input, 0}, out, inner = {0}, next;
    int side = size, inner_side = 0, block_side = 0;
    DLRN_TRY(take_buffer(&in.buffer, p, p->input, err));
    p->input_buffer = in.buffer;
    DLRN_TRY(plan_conv(p, &conv[0], &in, &out, &side, err));
    p->used[in.buffer] = false;
    DLRN_TRY(plan_pool(p, &out, conv[0].layout.out, &side, err));
    for (int i = 1; i < NN_CONVS; i++) {
        const nn_role role = conv[i].layout.role;
        if (role == NN_FIRST) {
            inner_side = block_side = side;
            DLRN_TRY(plan_conv(p, &conv[i], &out, &inner, &inner_side, err));
        } else if (role == NN_SECOND) {
            DLRN_TRY(plan_conv(p, &conv[i], &inner, &next, &inner_side, err));
            p->used[inner.buffer] = false;
            inner = next;
        } else if (role == NN_SHORTCUT) {
            DLRN_TRY(plan_conv(p, &conv[i], &out, &next, &block_side, err));
            p->used[out.buffer] = false;
            out = next;
        } else {
            DLRN_TRY(plan_conv(p, &conv[i], &inner, &out, &inner_side, err));
            p->used[inner.buffer] = false;
            side = inner_side;
        }
    }
    DLRN_TRY(bring(p, &out, p->map, err));
    p->map_buffer = out.buffer;
done:
    return st;
}

static void plan_free(nn_plan *p)
{
    if (!p) return;
    for (int i = 0; i < p->n; i++) {
        for (int k = 0; k < p->step[i].n; k++)
            if (p->step[i].arg[k].constant) dnnl_memory_destroy(p->step[i].arg[k].constant);
        if (p->step[i].primitive) dnnl_primitive_destroy(p->step[i].primitive);
        if (p->step[i].pd) dnnl_primitive_desc_destroy(p->step[i].pd);
    }
    shim_md_free(p->input);
    shim_md_free(p->map);
    if (p->engine) dnnl_engine_destroy(p->engine);
    free(p);
}

static dlrn_status plan_new(nn_plan **out, const nn_conv *conv, int size, dlrn_error *err)
{
    dlrn_status st;
    nn_plan *p = NULL;
    *out = NULL;
    const int threads = hold_threads(1);
    int side = nn_side(nn_side(size, 7, 2, 3), 3, 2, 1);
    for (int stage = 2; stage <= 4; stage++)
        side = nn_side(side, 3, 2, 1);
    const dnnl_dims_t input = {1, 3, size, size}, map = {1, NN_CHANNELS, side, side};
    DLRN_TRY(dlrn_alloc_or_fail(&p, 1, err));
    DLRN_TRY(check(dnnl_engine_create(&p->engine, dnnl_cpu, 0), "making an engine", err));
    DLRN_TRY(check(shim_md_new(&p->input, 4, input, dnnl_nchw), "describing the input", err));
    DLRN_TRY(check(shim_md_new(&p->map, 4, map, dnnl_nchw), "describing the map", err));
    p->input_bytes = dnnl_memory_desc_get_size(p->input);
    p->map_bytes = dnnl_memory_desc_get_size(p->map);
    DLRN_TRY(plan_network(p, conv, size, err));
    *out = p;
    p = NULL;
done:
    hold_threads(threads);
    plan_free(p);
    return st;
}

/* ---- running ---- */

static void runner_free(nn_runner *r)
{
    if (!r) return;
    for (int i = 0; r->args && i < r->plan->n; i++)
        for (int k = 0; k < r->plan->step[i].n; k++)
            if (!r->plan->step[i].arg[k].constant && r->args[i * MAX_ARGS + k].memory)
                dnnl_memory_destroy(r->args[i * MAX_ARGS + k].memory);
    for (int i = 0; i < BUFFERS; i++)
        free(r->buffer[i]);
    if (r->stream) dnnl_stream_destroy(r->stream);
    free(r->args);
    free(r);
}

static dlrn_status bind_step(dnnl_exec_arg_t *args, nn_runner *r, const step *s, dlrn_error *err)
{
    for (int k = 0; k < s->n; k++) {
        const argument *a = &s->arg[k];
        args[k].arg = a->what;
        args[k].memory = a->constant;
        if (a->constant) continue;
        const dlrn_status st =
            check(dnnl_memory_create(&args[k].memory, a->md, r->plan->engine, r->buffer[a->buffer]),
                  "wrapping a buffer", err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

static dlrn_status runner_new(nn_runner **out, const nn_plan *plan, dlrn_error *err)
{
    enum { ALIGN = 64 };
    dlrn_status st;
    nn_runner *r = NULL;
    *out = NULL;
    const int threads = hold_threads(1);
    DLRN_TRY(dlrn_alloc_or_fail(&r, 1, err));
    r->plan = plan;
    DLRN_TRY(dlrn_alloc_or_fail(&r->args, (size_t)plan->n * MAX_ARGS, err));
    for (int i = 0; i < BUFFERS; i++) {
        if (plan->bytes[i] == 0) continue;
        r->buffer[i] = aligned_alloc(ALIGN, (plan->bytes[i] + ALIGN - 1) / ALIGN * ALIGN);
        if (!r->buffer[i]) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the network's buffers");
            goto done;
        }
    }
    for (int i = 0; i < plan->n; i++)
        DLRN_TRY(bind_step(&r->args[i * MAX_ARGS], r, &plan->step[i], err));
    DLRN_TRY(check(dnnl_stream_create(&r->stream, plan->engine, dnnl_stream_default_flags),
                   "making a stream", err));
    *out = r;
    r = NULL;
done:
    hold_threads(threads);
    runner_free(r);
    return st;
}

static dlrn_status run(float *map, nn_runner *r, const float *input, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const nn_plan *p = r->plan;
    const int threads = hold_threads(1);
    memcpy(r->buffer[p->input_buffer], input, p->input_bytes);
    for (int i = 0; i < p->n; i++)
        DLRN_TRY(check(dnnl_primitive_execute(p->step[i].primitive, r->stream, p->step[i].n,
                                              &r->args[i * MAX_ARGS]),
                       "running the network", err));
    DLRN_TRY(check(dnnl_stream_wait(r->stream), "running the network", err));
    memcpy(map, r->buffer[p->map_buffer], p->map_bytes);
done:
    hold_threads(threads);
    return st;
}

DLRN_API const nn_backend *dlrn_dnnl_backend(void);

const nn_backend *dlrn_dnnl_backend(void)
{
    static nn_backend backend = {NN_BACKEND_ABI, "",          plan_new, plan_free,
                                 runner_new,     runner_free, run};
    const dnnl_version_t *v = dnnl_version();
    snprintf(backend.version, sizeof backend.version, "%d.%d.%d", v->major, v->minor, v->patch);
    return &backend;
}
