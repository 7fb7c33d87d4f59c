/* SPDX-License-Identifier: Apache-2.0
 *
 * Python's pickle, as far as PyTorch's state dicts need it, read as data: nothing is imported or
 * called. What a file asks to call is known by name (tensors, ordered dicts) or stays opaque.
 */
#ifndef DLRN_NN_PICKLE_H
#define DLRN_NN_PICKLE_H

#include <dlrn/base.h>

typedef enum pk_kind {
    PK_OPAQUE,
    PK_MARK,
    PK_INT,
    PK_TEXT,
    PK_GLOBAL,  /* text: "module name" */
    PK_LIST,    /* also tuples */
    PK_DICT,    /* children: key, value, key, value ... */
    PK_STORAGE, /* child[0]: what the persistent id holds, a list */
    PK_TENSOR   /* child[0]: the arguments of _rebuild_tensor_v2, a list */
} pk_kind;

/* Nodes refer to each other by index. */
typedef struct pk_node {
    pk_kind kind;
    int64_t number;
    const char *text; /* in the buffer, not terminated [len]; of a GLOBAL owned by the document */
    size_t len;
    size_t *child; /* [n] */
    size_t n, cap;
} pk_node;

typedef struct pk_doc {
    pk_node *node; /* [n] */
    size_t n, cap;
    size_t root;
} pk_doc;

/* Reads one pickle from buf at *at; *at moves behind it. */
DLRN_MUST_CHECK dlrn_status pk_read(pk_doc *out, const char *buf, size_t len, size_t *at,
                                    dlrn_error *err);
void pk_clear(pk_doc *d);

/* NULL where i is not a child of the node. */
const pk_node *pk_child(const pk_doc *d, const pk_node *node, size_t i);
bool pk_is(const pk_node *node, const char *text);

#endif
