/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a YAML mapping into a struct by a table of its keys.
 */
#include "study/config_read.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_KEYS = 40 };

dlrn_status config_set_text(char **text, const char *s, dlrn_error *err)
{
    free(*text);
    *text = dlrn_strdup(s);
    return *text ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for the settings");
}

dlrn_status config_list_add(config_list *l, const char *s, dlrn_error *err)
{
    dlrn_status st;
    char *copy = NULL, **grown = NULL;
    DLRN_TRY(config_set_text(&copy, s, err));
    grown = realloc(l->v, (l->n + 1) * sizeof *grown);
    if (!grown) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the settings");
        goto done;
    }
    l->v = grown;
    l->v[l->n++] = copy;
    copy = NULL;
done:
    free(copy);
    return st;
}

void config_list_clear(config_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
    *l = (config_list){0};
}

static bool is_choice(const char *choices, const char *word)
{
    const size_t n = strlen(word);
    for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL) {
        const size_t len = strcspn(c, "|");
        if (len == n && !memcmp(c, word, n)) return true;
    }
    return false;
}

static dlrn_status read_list(config_list *l, const dlrn_yaml_doc *doc, const dlrn_yaml *node,
                             const char *key, dlrn_error *err)
{
    if (node->kind == DLRN_YAML_SCALAR) return config_list_add(l, node->text, err);
    if (node->kind == DLRN_YAML_MAPPING)
        return dlrn_yaml_fail(err, doc, node, "%s: expected a list [a, b, ...]", key);
    for (size_t i = 0; i < node->n; i++) {
        if (node->item[i]->kind != DLRN_YAML_SCALAR)
            return dlrn_yaml_fail(err, doc, node->item[i], "%s: expected plain words", key);
        const dlrn_status st = config_list_add(l, node->item[i]->text, err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

static dlrn_status read_number(double *x, const field *f, const dlrn_yaml_doc *doc,
                               const dlrn_yaml *node, dlrn_error *err)
{
    int64_t whole;
    const bool fits =
        f->kind == FIELD_INTEGER ? dlrn_yaml_integer(&whole, node) : dlrn_yaml_number(x, node);
    if (fits && f->kind == FIELD_INTEGER) *x = (double)whole;
    if (fits && *x >= f->lo && *x <= f->hi) return DLRN_OK;
    char lo[32], hi[32];
    return dlrn_yaml_fail(err, doc, node, "%s: '%s' is not %s from %s to %s", f->key,
                          node->kind == DLRN_YAML_SCALAR ? node->text : "(a list)",
                          f->kind == FIELD_INTEGER ? "a whole number" : "a number",
                          dlrn_format_double(lo, f->lo), dlrn_format_double(hi, f->hi));
}

static dlrn_status read_field(char *at, const field *f, const dlrn_yaml_doc *doc,
                              const dlrn_yaml *node, dlrn_error *err)
{
    double x;
    dlrn_status st = DLRN_OK;
    if (f->kind == FIELD_LIST) return read_list((config_list *)(void *)at, doc, node, f->key, err);
    if (node->kind != DLRN_YAML_SCALAR)
        return dlrn_yaml_fail(err, doc, node, "%s: expected one value, found a %s", f->key,
                              node->kind == DLRN_YAML_SEQUENCE ? "list" : "mapping");
    switch (f->kind) {
    case FIELD_CHOICE:
        if (!is_choice(f->choices, node->text))
            return dlrn_yaml_fail(err, doc, node, "%s: '%s' is none of %s", f->key, node->text,
                                  f->choices);
        return config_set_text((char **)(void *)at, node->text, err);
    case FIELD_TEXT: return config_set_text((char **)(void *)at, node->text, err);
    case FIELD_NUMBER:
        DLRN_TRY(read_number(&x, f, doc, node, err));
        *(double *)(void *)at = x;
        break;
    case FIELD_INTEGER:
        DLRN_TRY(read_number(&x, f, doc, node, err));
        *(int64_t *)(void *)at = (int64_t)x;
        break;
    case FIELD_BOOL:
        if (!dlrn_yaml_bool((bool *)at, node))
            return dlrn_yaml_fail(err, doc, node, "%s: '%s' is neither true nor false", f->key,
                                  node->text);
        break;
    default: break;
    }
done:
    return st;
}

/* A default goes the same way as a value in the file. */
static dlrn_status read_default(char *at, const field *f, dlrn_error *err)
{
    dlrn_yaml_doc *doc = NULL;
    dlrn_status st = dlrn_yaml_parse(&doc, f->fallback, strlen(f->fallback), "default", err);
    if (st == DLRN_OK) st = read_field(at, f, doc, dlrn_yaml_root(doc), err);
    dlrn_yaml_free(doc);
    return st;
}

dlrn_status config_read(void *into, const field *fields, size_t n, const dlrn_yaml_doc *doc,
                        const dlrn_yaml *mapping, const char *where, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const char *known[MAX_KEYS];
    for (size_t i = 0; i < n; i++)
        known[i] = fields[i].key;
    if (!dlrn_yaml_is_null(mapping))
        DLRN_TRY(dlrn_yaml_check_keys(doc, mapping, where, known, n, err));
    for (size_t i = 0; i < n; i++) {
        const field *f = &fields[i];
        const dlrn_yaml *node = dlrn_yaml_get(mapping, f->key);
        if (f->kind == FIELD_OTHER) continue;
        if (!dlrn_yaml_is_null(node))
            DLRN_TRY(read_field((char *)into + f->offset, f, doc, node, err));
        else if (f->fallback)
            DLRN_TRY(read_default((char *)into + f->offset, f, err));
    }
done:
    return st;
}
