/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a YAML mapping into a struct by a table of its keys.
 */
#ifndef DLRN_STUDY_CONFIG_READ_H
#define DLRN_STUDY_CONFIG_READ_H

#include "base/yaml.h"
#include "study/config.h"

typedef enum field_kind {
    FIELD_TEXT,    /* char * */
    FIELD_CHOICE,  /* char *, one of `choices`, separated by | */
    FIELD_NUMBER,  /* double, lo..hi */
    FIELD_INTEGER, /* int64_t, lo..hi */
    FIELD_BOOL,    /* bool */
    FIELD_LIST,    /* config_list of scalars; a scalar is a list of one */
    FIELD_OTHER    /* known, but read by the caller */
} field_kind;

typedef struct field {
    const char *key;
    field_kind kind;
    size_t offset;
    const char *fallback; /* as it would stand in the file; NULL: stays zero */
    const char *choices;
    double lo, hi;
} field;

/* Fills `into` from `mapping` (absent: all defaults). `where` names the mapping in messages. */
DLRN_MUST_CHECK dlrn_status config_read(void *into, const field *fields, size_t n,
                                        const dlrn_yaml_doc *doc, const dlrn_yaml *mapping,
                                        const char *where, dlrn_error *err);

/* Sets *text (freeing what it held) to a copy of s. */
DLRN_MUST_CHECK dlrn_status config_set_text(char **text, const char *s, dlrn_error *err);

/* `selection`: default, published or a list of steps; NULL is the default. */
DLRN_MUST_CHECK dlrn_status config_read_selection(study_config *c, const dlrn_yaml_doc *doc,
                                                  const dlrn_yaml *node, dlrn_error *err);

/* Names that must be models, learners or cohorts of this study. */
DLRN_MUST_CHECK dlrn_status config_check_names(const study_config *c, const dlrn_yaml_doc *doc,
                                               dlrn_error *err);

#endif
