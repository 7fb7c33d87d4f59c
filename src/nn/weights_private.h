/* SPDX-License-Identifier: Apache-2.0
 *
 * The object behind dlrn_weights, for the readers of this folder.
 */
#ifndef DLRN_NN_WEIGHTS_PRIVATE_H
#define DLRN_NN_WEIGHTS_PRIVATE_H

#include <dlrn/weights.h>

enum { NN_MAX_TENSORS = 65536, NN_MAX_NAME = 255, NN_MAX_DIMS = 8 };

struct dlrn_weights {
    dlrn_tensor *tensor; /* [n]; names and values owned */
    size_t n, cap;
    dlrn_str ignored; /* names of integer tensors, one a line */
    char sha256[65];
    char format[32];
    char mapping[96];
    char source_sha256[65]; /* of the file this one was imported from, "" for none */
    bool made_up;
    bool stride_in_1x1;
};

/* Adds a tensor with room for its values and yields them; the name and shape are checked:
 * DLRN_EFORMAT begins with "tensor 'NAME'". */
DLRN_MUST_CHECK dlrn_status nn_weights_add(float **v, dlrn_weights *w, const char *name, int ndim,
                                           const int64_t *dim, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status nn_weights_ignore(dlrn_weights *w, const char *name, dlrn_error *err);

/* Gives a tensor of w another name. */
DLRN_MUST_CHECK dlrn_status nn_weights_rename(dlrn_tensor *t, const char *name, dlrn_error *err);

/* A name out of a file, fit to be shown: at most 80 characters, none unprintable. */
typedef struct nn_shown {
    char s[84];
} nn_shown;
nn_shown nn_show(const char *name);

/* dim[0] * ... ; false where one is negative or the product passes `limit`. */
DLRN_MUST_CHECK bool nn_product(size_t *out, int ndim, const int64_t *dim, size_t limit);

/* Element types of the files, little-endian. */
typedef enum nn_dtype { NN_F32, NN_F16, NN_BF16, NN_F64, NN_OTHER } nn_dtype;
size_t nn_dtype_size(nn_dtype t);
/* Converts n elements at `from`. */
void nn_convert(float *to, const void *from, nn_dtype t, size_t n);

/* One reader a format: fills an empty `w`. */
DLRN_MUST_CHECK dlrn_status nn_read_safetensors(dlrn_weights *w, const char *buf, size_t len,
                                                dlrn_error *err);

/* Gives tensors torchvision's names where another habit is recognised; says so in w->mapping. */
DLRN_MUST_CHECK dlrn_status nn_map_names(dlrn_weights *w, dlrn_error *err);

/* The bytes of w as a safetensors file. */
DLRN_MUST_CHECK dlrn_status nn_safetensors_text(dlrn_str *out, const dlrn_weights *w,
                                                dlrn_error *err);

#endif
