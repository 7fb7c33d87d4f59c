/* SPDX-License-Identifier: Apache-2.0
 *
 * Deep features: ResNet-50 forward (He et al. 2016, as torchvision builds it: the stride of a stage
 * sits in the 3x3 convolution; weights from Keras keep theirs in the 1x1), the 2048 values after
 * the average pool, and the last feature map for Grad-CAM.
 */
#ifndef DLRN_DEEP_H
#define DLRN_DEEP_H

#include <dlrn/weights.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRN_DEEP_FEATURES 2048

typedef struct dlrn_network dlrn_network;

/* What becomes of a grey value x in 0..1 before the network; it goes to all three channels. */
typedef enum dlrn_normalise {
    DLRN_NORMALISE_IMAGENET, /* (x - mean) / sd, mean 0.485 0.456 0.406, sd 0.229 0.224 0.225 */
    DLRN_NORMALISE_MINUS1_1, /* 2 x - 1 */
    DLRN_NORMALISE_CAFFE,    /* 255 x - mean, channels B G R, mean 103.939 116.779 123.68 */
    DLRN_NORMALISE_NONE      /* x */
} dlrn_normalise;

/* "imagenet", "minus1_1", "caffe", "none"; DLRN_EINVAL names the word and the choices. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_normalise_parse(dlrn_normalise *out, const char *word,
                                                          dlrn_error *err);
DLRN_API const char *dlrn_normalise_name(dlrn_normalise n);

/* Builds the network: batch norm folded into the convolutions. The weights may be freed afterwards.
 * Runs on oneDNN (module dlrn-dnnl.so); where that is missing, on plain C, many times slower, with
 * a warning through the log hook. Fails as dlrn_weights_verify does. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_network_open(dlrn_network **out, const dlrn_weights *w,
                                                       const dlrn_exec *ex, dlrn_error *err);
DLRN_API void dlrn_network_free(dlrn_network *net);

/* "oneDNN 2.6.3" or "plain C". */
DLRN_API const char *dlrn_network_backend(const dlrn_network *net);

/* The features of n square crops. Reports progress as stage "deep features". The same bits for any
 * number of threads and however crops are grouped into calls. One call at a time per network.
 *   out     [n][2048]
 *   crops   grey values, 0..1 as dlrn_crop_square gives them   [n][size][size]
 *   size    32..4096; 224 is what the networks were trained with
 * DLRN_EINVAL for a crop with a value that is not finite. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_network_features(float *out, dlrn_network *net,
                                                           const float *crops, size_t n, int size,
                                                           dlrn_normalise normalise,
                                                           const dlrn_exec *ex, dlrn_error *err);

/* The side of the last feature map for crops of this size: 7 for 224. */
DLRN_API int dlrn_network_map_side(int size);

/* The last feature map of one crop [2048][side][side]; its means are the features. Caller frees. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_network_map(float **out, dlrn_network *net,
                                                      const float *crop, int size,
                                                      dlrn_normalise normalise, dlrn_error *err);

/* Grad-CAM (Selvaraju et al. 2017) of a score that depends on the average-pool features: with
 * weight[k] = d score / d feature k the map is max(0, sum_k weight[k] map[k]), brought to the
 * crop's size by bilinear interpolation (pixel centres, edges held). Not scaled: before the cut at
 * 0 its mean over the map is sum_k weight[k] feature[k]. out      [size][size] map      of
 * dlrn_network_map   [2048][side][side] weight   [2048] */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_gradcam(float *out, const float *map, int side,
                                                  const double *weight, int size, dlrn_error *err);

/* oneDNN's version as "2.6.3"; DLRN_EUNSUPPORTED says why there is none. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_deep_library(char version[32], dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
