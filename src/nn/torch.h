/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers of PyTorch's weight files: each fills an empty `w`.
 */
#ifndef DLRN_NN_TORCH_H
#define DLRN_NN_TORCH_H

#include "nn/weights_private.h"

/* Messages begin with the path. */
DLRN_MUST_CHECK dlrn_status nn_read_torch_zip(dlrn_weights *w, const char *path, dlrn_error *err);

bool nn_is_torch_legacy(const char *buf, size_t len);
DLRN_MUST_CHECK dlrn_status nn_read_torch_legacy(dlrn_weights *w, const char *buf, size_t len,
                                                 dlrn_error *err);

#endif
