/* SPDX-License-Identifier: Apache-2.0
 *
 * oneDNN 2.6 to 3.x behind one face: in 3.0 memory descriptors became opaque and the operation
 * descriptors went away. Only backend_dnnl.c includes this.
 */
#ifndef DLRN_NN_DNNL_SHIM_H
#define DLRN_NN_DNNL_SHIM_H

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>

/* A borrowed memory descriptor. */
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t shim_md;
#else
typedef const dnnl_memory_desc_t *shim_md;
#endif

/* A float tensor of this shape; freed with shim_md_free. */
static inline dnnl_status_t shim_md_new(shim_md *out, int ndims, const dnnl_dims_t dims,
                                        dnnl_format_tag_t tag)
{
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_t md = NULL;
    const dnnl_status_t st = dnnl_memory_desc_create_with_tag(&md, ndims, dims, dnnl_f32, tag);
    *out = st == dnnl_success ? md : NULL;
    return st;
#else
    dnnl_memory_desc_t *md = calloc(1, sizeof *md);
    *out = md;
    return md ? dnnl_memory_desc_init_by_tag(md, ndims, dims, dnnl_f32, tag) : dnnl_out_of_memory;
#endif
}

static inline void shim_md_free(shim_md md)
{
    union {
        shim_md in;
#if DNNL_VERSION_MAJOR >= 3
        dnnl_memory_desc_t out;
#else
        void *out;
#endif
    } u = {md};
#if DNNL_VERSION_MAJOR >= 3
    if (u.out) dnnl_memory_desc_destroy(u.out);
#else
    free(u.out);
#endif
}

static inline dnnl_status_t shim_append_sum(dnnl_post_ops_t po)
{
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_post_ops_append_sum(po, 1, 0, dnnl_data_type_undef);
#else
    return dnnl_post_ops_append_sum(po, 1);
#endif
}

static inline dnnl_status_t shim_append_relu(dnnl_post_ops_t po)
{
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_post_ops_append_eltwise(po, dnnl_eltwise_relu, 0, 0);
#else
    return dnnl_post_ops_append_eltwise(po, 1, dnnl_eltwise_relu, 0, 0);
#endif
}

typedef struct shim_window {
    dnnl_dims_t kernel, stride, pad; /* [y, x] */
} shim_window;

/* A direct convolution for inference. */
static inline dnnl_status_t shim_convolution(dnnl_primitive_desc_t *out, dnnl_engine_t engine,
                                             const shim_md md[4], const shim_window *w,
                                             const_dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
    const dnnl_dims_t none = {0, 0};
    return dnnl_convolution_forward_primitive_desc_create(
        out, engine, dnnl_forward_inference, dnnl_convolution_direct, md[0], md[1], md[2], md[3],
        w->stride, none, w->pad, w->pad, attr);
#else
    dnnl_convolution_desc_t d;
    const dnnl_status_t st =
        dnnl_convolution_forward_desc_init(&d, dnnl_forward_inference, dnnl_convolution_direct,
                                           md[0], md[1], md[2], md[3], w->stride, w->pad, w->pad);
    return st == dnnl_success ? dnnl_primitive_desc_create(out, &d, attr, engine, NULL) : st;
#endif
}

/* A maximum pool for inference from md[0] to md[1]. */
static inline dnnl_status_t shim_max_pool(dnnl_primitive_desc_t *out, dnnl_engine_t engine,
                                          const shim_md md[2], const shim_window *w,
                                          const_dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
    const dnnl_dims_t none = {0, 0};
    return dnnl_pooling_forward_primitive_desc_create(out, engine, dnnl_forward_inference,
                                                      dnnl_pooling_max, md[0], md[1], w->stride,
                                                      w->kernel, none, w->pad, w->pad, attr);
#else
    dnnl_pooling_desc_t d;
    const dnnl_status_t st =
        dnnl_pooling_forward_desc_init(&d, dnnl_forward_inference, dnnl_pooling_max, md[0], md[1],
                                       w->stride, w->kernel, w->pad, w->pad);
    return st == dnnl_success ? dnnl_primitive_desc_create(out, &d, attr, engine, NULL) : st;
#endif
}

#endif
