/* SPDX-License-Identifier: Apache-2.0
 *
 * What computes the network: plain C here, or oneDNN in a module of its own. Both take folded
 * convolutions and one input, and give the last feature map.
 */
#ifndef DLRN_NN_BACKEND_H
#define DLRN_NN_BACKEND_H

#include "nn/resnet50.h"

#include <dlrn/base.h>

/* A convolution with its batch norm folded in. */
typedef struct nn_conv {
    nn_layout layout;
    float *weight; /* [out][in][kernel][kernel] */
    float *bias;   /* [out] */
} nn_conv;

/* The network for inputs of one size: borrowed convolutions, prepared once, then only read. */
typedef struct nn_plan nn_plan;
/* What one thread needs to run a plan. */
typedef struct nn_runner nn_runner;

enum { NN_BACKEND_ABI = 1 };

typedef struct nn_backend {
    int abi;          /* NN_BACKEND_ABI */
    char version[32]; /* of the library below: "2.6.3" */
    dlrn_status (*plan_new)(nn_plan **out, const nn_conv *conv, int size, dlrn_error *err);
    void (*plan_free)(nn_plan *plan);
    dlrn_status (*runner_new)(nn_runner **out, const nn_plan *plan, dlrn_error *err);
    void (*runner_free)(nn_runner *runner);
    /* map[2048][side][side] of input[3][size][size]; on the calling thread alone. */
    dlrn_status (*run)(float *map, nn_runner *runner, const float *input, dlrn_error *err);
} nn_backend;

/* Plain C: the definition, for comparison and for want of anything better. */
const nn_backend *nn_reference(void);

/* In the module dlrn-dnnl.so; the symbol's name. */
#define NN_DNNL_MODULE "dlrn-dnnl.so"
#define NN_DNNL_SYMBOL "dlrn_dnnl_backend"
typedef const nn_backend *nn_backend_fn(void);

/* The side of the result of a convolution or pool. */
static inline int nn_side(int side, int kernel, int stride, int pad)
{
    return (side + 2 * pad - kernel) / stride + 1;
}

#endif
