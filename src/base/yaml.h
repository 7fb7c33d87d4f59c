/* SPDX-License-Identifier: Apache-2.0
 *
 * A YAML document as a tree in which every node knows its line. Repeated keys are an error; anchors
 * and aliases are resolved; tags are ignored.
 */
#ifndef DLRN_BASE_YAML_H
#define DLRN_BASE_YAML_H

#include <dlrn/base.h>

typedef enum dlrn_yaml_kind {
    DLRN_YAML_SCALAR,
    DLRN_YAML_SEQUENCE,
    DLRN_YAML_MAPPING
} dlrn_yaml_kind;

/* One node; all are owned by the document. */
typedef struct dlrn_yaml {
    dlrn_yaml_kind kind;
    int line;                /* 1-based */
    const char *text;        /* scalar: its text, never NULL */
    bool quoted;             /* scalar: in quotes, so never null, number or bool */
    size_t n;                /* children: items, or pairs of a mapping */
    struct dlrn_yaml **key;  /* mapping: scalars [n] */
    struct dlrn_yaml **item; /* values [n] */
} dlrn_yaml;

typedef struct dlrn_yaml_doc dlrn_yaml_doc;

/* `name` stands in messages ("study.yaml, line 7: ..."). An empty text is an empty mapping. */
DLRN_MUST_CHECK dlrn_status dlrn_yaml_parse(dlrn_yaml_doc **out, const char *text, size_t len,
                                            const char *name, dlrn_error *err);
DLRN_MUST_CHECK dlrn_status dlrn_yaml_load(dlrn_yaml_doc **out, const char *path, dlrn_error *err);
void dlrn_yaml_free(dlrn_yaml_doc *doc);

const dlrn_yaml *dlrn_yaml_root(const dlrn_yaml_doc *doc);
const char *dlrn_yaml_name(const dlrn_yaml_doc *doc);

/* The value of a key, NULL where the node is no mapping or lacks it. */
const dlrn_yaml *dlrn_yaml_get(const dlrn_yaml *mapping, const char *key);

/* True for an absent node and for an unquoted empty text, ~ or null. */
bool dlrn_yaml_is_null(const dlrn_yaml *node);

/* The scalar as a kind; false where it is something else. bool: true/false/yes/no/on/off. */
DLRN_MUST_CHECK bool dlrn_yaml_number(double *out, const dlrn_yaml *node);
DLRN_MUST_CHECK bool dlrn_yaml_integer(int64_t *out, const dlrn_yaml *node);
DLRN_MUST_CHECK bool dlrn_yaml_bool(bool *out, const dlrn_yaml *node);

/* DLRN_EINVAL naming line and nearest known key where `mapping` holds a key that is not in
 * known[0..n); also where it is no mapping. `where` names the mapping ("radiomics"; "" at the top).
 */
DLRN_MUST_CHECK dlrn_status dlrn_yaml_check_keys(const dlrn_yaml_doc *doc, const dlrn_yaml *mapping,
                                                 const char *where, const char *const *known,
                                                 size_t n, dlrn_error *err);

/* "NAME, line N: " + message. */
dlrn_status dlrn_yaml_fail(dlrn_error *err, const dlrn_yaml_doc *doc, const dlrn_yaml *node,
                           const char *fmt, ...) DLRN_PRINTF(4, 5);

#endif
