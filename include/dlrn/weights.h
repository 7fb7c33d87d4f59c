/* SPDX-License-Identifier: Apache-2.0
 *
 * Weight files of ResNet-50: reading (.safetensors, PyTorch .pth and .pt), checking,
 * making up, writing. Whatever the file calls its tensors, here they bear torchvision's names.
 */
#ifndef DLRN_WEIGHTS_H
#define DLRN_WEIGHTS_H

#include <dlrn/json.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_weights dlrn_weights;

/* One tensor, row-major; borrowed, as long as its weights. All values are finite. */
typedef struct dlrn_tensor {
    const char *name; /* torchvision's: "layer1.0.conv1.weight" */
    const float *v;   /* [count] */
    size_t count;
    int ndim; /* 0..8 */
    int64_t dim[8];
} dlrn_tensor;

/* Reads a weight file by its content, never executing anything in it: safetensors (F32, F16, BF16,
 * F64), PyTorch (zip and legacy pickle), Keras HDF5. Integer tensors (num_batches_tracked) are left
 * out. A file that is none of these, cut off, inconsistent, or with a NaN is DLRN_EFORMAT naming
 * the tensor. Names are mapped to torchvision's where the file is recognised; that the network is
 * complete is dlrn_weights_verify's to say. Messages begin with the path. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_weights_load(dlrn_weights **out, const char *path,
                                                       dlrn_error *err);

/* The same for safetensors (and legacy pickle) in memory; `name` stands in messages. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_weights_load_mem(dlrn_weights **out, const void *buf,
                                                           size_t len, const char *name,
                                                           dlrn_error *err);

/* Made-up weights: He-uniform convolutions (He et al. 2015), random batch-norm statistics, a fully
 * connected layer of 1000. They know nothing of any image: for tests and demonstrations. The same
 * seed gives the same bits on every machine. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_weights_init(dlrn_weights **out, uint64_t seed,
                                                       dlrn_error *err);
DLRN_API void dlrn_weights_free(dlrn_weights *w);

DLRN_API size_t dlrn_weights_count(const dlrn_weights *w);
DLRN_API const dlrn_tensor *dlrn_weights_at(const dlrn_weights *w, size_t i);
/* NULL where there is none of this name. */
DLRN_API const dlrn_tensor *dlrn_weights_find(const dlrn_weights *w, const char *name);

/* 64 hex digits: of the file that was read; of the bytes that dlrn_weights_write gives where the
 * weights were made up. */
DLRN_API const char *dlrn_weights_sha256(const dlrn_weights *w);
/* True where the file says, or dlrn_weights_init made it so, that nobody trained these weights. */
DLRN_API bool dlrn_weights_made_up(const dlrn_weights *w);
/* What the file is ("safetensors", "PyTorch zip", "PyTorch legacy pickle", "Keras HDF5", "made
 * up"), and how its names became torchvision's ("none needed", "backbone.N of RadImageNet", ...).
 */
DLRN_API const char *dlrn_weights_format(const dlrn_weights *w);
DLRN_API const char *dlrn_weights_mapping(const dlrn_weights *w);

/* DLRN_OK where every tensor of ResNet-50's convolutions and batch norms is there with its shape
 * and possible values (no negative variance); fc may be absent. The message names the first one
 * missing or wrong, and how many more are. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_weights_verify(const dlrn_weights *w, dlrn_error *err);

/* {format, mapping, sha256, made_up, architecture, stride (of a stage's first block: "3x3", or
 * "1x1" as Keras), tensors, parameters, classes (of fc, or null), complete, missing[],
 * wrong[{name,found[],expected[]}], extra[], ignored[]}. Freed with dlrn_json_free. */
DLRN_API dlrn_json *dlrn_weights_json(const dlrn_weights *w);

/* Writes safetensors (F32, torchvision's names, metadata with origin and made_up); the file appears
 * whole or not at all, and the same weights give the same bytes. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_weights_write(const dlrn_weights *w, const char *path,
                                                        dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
