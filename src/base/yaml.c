/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML over libyaml's composer, which resolves anchors and keeps a mark for every node.
 */
#include "base/yaml.h"

#include "base/library.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

enum { MAX_DEPTH = 64, MAX_NODES = 200000 };

struct dlrn_yaml_doc {
    char *name;
    dlrn_yaml **all; /* every node, for freeing [n_all] */
    size_t n_all, cap_all;
    dlrn_yaml *root;
};

void dlrn_yaml_free(dlrn_yaml_doc *doc)
{
    if (!doc) return;
    for (size_t i = 0; i < doc->n_all; i++) {
        dlrn_yaml *n = doc->all[i];
        char *text;
        memcpy(&text, &n->text, sizeof text);
        free(text);
        free(n->key);
        free(n->item);
        free(n);
    }
    free(doc->all);
    free(doc->name);
    free(doc);
}

static dlrn_status new_node(dlrn_yaml **out, dlrn_yaml_doc *doc, dlrn_yaml_kind kind, int line,
                            dlrn_error *err)
{
    dlrn_status st;
    dlrn_yaml *n = NULL;
    if (doc->n_all >= MAX_NODES)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "%s: more than %d nodes (an alias that repeats itself?)", doc->name,
                         MAX_NODES);
    DLRN_TRY(dlrn_grow(&doc->all, &doc->cap_all, doc->n_all + 1, sizeof(dlrn_yaml *), err));
    DLRN_TRY(dlrn_alloc_or_fail(&n, 1, err));
    n->kind = kind;
    n->line = line;
    doc->all[doc->n_all++] = n;
    *out = n;
done:
    return st;
}

static dlrn_status copy_text(dlrn_yaml *n, const char *s, size_t len, dlrn_error *err)
{
    n->text = dlrn_strndup(s, len);
    return n->text ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a YAML text");
}

static dlrn_status check_repeated(const dlrn_yaml_doc *doc, const dlrn_yaml *map, dlrn_error *err)
{
    for (size_t i = 0; i < map->n; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(map->key[i]->text, map->key[j]->text))
                return dlrn_yaml_fail(err, doc, map->key[i],
                                      "the key '%s' stands here again; it was given in line %d",
                                      map->key[i]->text, map->key[j]->line);
    return DLRN_OK;
}

static dlrn_status convert(dlrn_yaml **out, dlrn_yaml_doc *doc, yaml_document_t *y, int index,
                           int depth, dlrn_error *err);

static dlrn_status convert_mapping(dlrn_yaml *n, dlrn_yaml_doc *doc, yaml_document_t *y,
                                   const yaml_node_t *from, int depth, dlrn_error *err)
{
    dlrn_status st;
    const yaml_node_pair_t *p = from->data.mapping.pairs.start;
    const size_t count = (size_t)(from->data.mapping.pairs.top - p);
    DLRN_TRY(dlrn_alloc_or_fail(&n->key, count, err));
    DLRN_TRY(dlrn_alloc_or_fail(&n->item, count, err));
    for (size_t i = 0; i < count; i++) {
        DLRN_TRY(convert(&n->key[i], doc, y, p[i].key, depth + 1, err));
        if (n->key[i]->kind != DLRN_YAML_SCALAR) {
            st = dlrn_yaml_fail(err, doc, n->key[i], "a key must be a plain word");
            goto done;
        }
        DLRN_TRY(convert(&n->item[i], doc, y, p[i].value, depth + 1, err));
    }
    n->n = count;
    DLRN_TRY(check_repeated(doc, n, err));
done:
    return st;
}

static dlrn_status convert_sequence(dlrn_yaml *n, dlrn_yaml_doc *doc, yaml_document_t *y,
                                    const yaml_node_t *from, int depth, dlrn_error *err)
{
    dlrn_status st;
    const yaml_node_item_t *p = from->data.sequence.items.start;
    const size_t count = (size_t)(from->data.sequence.items.top - p);
    DLRN_TRY(dlrn_alloc_or_fail(&n->item, count, err));
    for (size_t i = 0; i < count; i++)
        DLRN_TRY(convert(&n->item[i], doc, y, p[i], depth + 1, err));
    n->n = count;
done:
    return st;
}

static dlrn_status convert(dlrn_yaml **out, dlrn_yaml_doc *doc, yaml_document_t *y, int index,
                           int depth, dlrn_error *err)
{
    dlrn_status st;
    const yaml_node_t *from = yaml_document_get_node(y, index);
    const int line = from ? (int)from->start_mark.line + 1 : 0;
    dlrn_yaml *n = NULL;
    if (!from || depth > MAX_DEPTH)
        return dlrn_fail(err, DLRN_EFORMAT, "%s, line %d: nested too deeply", doc->name, line);
    switch (from->type) {
    case YAML_MAPPING_NODE:
        DLRN_TRY(new_node(&n, doc, DLRN_YAML_MAPPING, line, err));
        DLRN_TRY(convert_mapping(n, doc, y, from, depth, err));
        break;
    case YAML_SEQUENCE_NODE:
        DLRN_TRY(new_node(&n, doc, DLRN_YAML_SEQUENCE, line, err));
        DLRN_TRY(convert_sequence(n, doc, y, from, depth, err));
        break;
    default:
        DLRN_TRY(new_node(&n, doc, DLRN_YAML_SCALAR, line, err));
        n->quoted = from->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                    from->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
        DLRN_TRY(
            copy_text(n, (const char *)from->data.scalar.value, from->data.scalar.length, err));
    }
    *out = n;
done:
    return st;
}

/* Whether a tab stands before the first word of a line (counted from 0). */
static bool begins_with_tab(const char *text, size_t len, size_t line)
{
    const char *at = text, *end = text + len;
    for (; line > 0 && at; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at) at++;
    }
    while (at && at < end && *at == ' ')
        at++;
    return at && at < end && *at == '\t';
}

/* The first document's tree, in libyaml's form. */
static dlrn_status compose(yaml_document_t *y, const char *text, size_t len, const char *name,
                           dlrn_error *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return dlrn_fail(err, DLRN_ENOMEM, "%s: no memory", name);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    dlrn_status st = DLRN_OK;
    if (!yaml_parser_load(&parser, y))
        st = dlrn_fail(err, DLRN_EFORMAT, "%s, line %zu: this is not YAML: %s%s", name,
                       parser.problem_mark.line + 1,
                       parser.problem ? parser.problem : "it cannot be read",
                       begins_with_tab(text, len, parser.problem_mark.line)
                           ? "; indent with blanks, not with a tab"
                           : "");
    yaml_parser_delete(&parser);
    return st;
}

dlrn_status dlrn_yaml_parse(dlrn_yaml_doc **out, const char *text, size_t len, const char *name,
                            dlrn_error *err)
{
    dlrn_status st;
    yaml_document_t y;
    bool composed = false;
    dlrn_yaml_doc *doc = NULL;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&doc, 1, err));
    doc->name = dlrn_strdup(name);
    if (!doc->name) {
        st = dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", name);
        goto done;
    }
    DLRN_TRY(compose(&y, text, len, name, err));
    composed = true;
    if (!yaml_document_get_root_node(&y))
        DLRN_TRY(new_node(&doc->root, doc, DLRN_YAML_MAPPING, 1, err));
    else
        DLRN_TRY(convert(&doc->root, doc, &y, 1, 0, err));
    *out = doc;
    doc = NULL;
done:
    if (composed) yaml_document_delete(&y);
    dlrn_yaml_free(doc);
    return st;
}

dlrn_status dlrn_yaml_load(dlrn_yaml_doc **out, const char *path, dlrn_error *err)
{
    char *text = NULL;
    size_t len;
    *out = NULL;
    dlrn_status st = dlrn_read_file(&text, &len, path, err);
    if (st == DLRN_OK) st = dlrn_yaml_parse(out, text, len, path, err);
    free(text);
    return st;
}

const dlrn_yaml *dlrn_yaml_root(const dlrn_yaml_doc *doc)
{
    return doc->root;
}

const char *dlrn_yaml_name(const dlrn_yaml_doc *doc)
{
    return doc->name;
}

const dlrn_yaml *dlrn_yaml_get(const dlrn_yaml *mapping, const char *key)
{
    if (!mapping || mapping->kind != DLRN_YAML_MAPPING) return NULL;
    for (size_t i = 0; i < mapping->n; i++)
        if (!strcmp(mapping->key[i]->text, key)) return mapping->item[i];
    return NULL;
}

bool dlrn_yaml_is_null(const dlrn_yaml *node)
{
    if (!node) return true;
    return node->kind == DLRN_YAML_SCALAR && !node->quoted &&
           (!*node->text || !strcmp(node->text, "~") || !strcasecmp(node->text, "null"));
}

bool dlrn_yaml_number(double *out, const dlrn_yaml *node)
{
    return node && node->kind == DLRN_YAML_SCALAR && !node->quoted &&
           dlrn_parse_double(out, node->text, strlen(node->text));
}

bool dlrn_yaml_integer(int64_t *out, const dlrn_yaml *node)
{
    double x;
    if (!dlrn_yaml_number(&x, node) || !(x >= -9e15 && x <= 9e15) || x != (double)(int64_t)x)
        return false;
    *out = (int64_t)x;
    return true;
}

bool dlrn_yaml_bool(bool *out, const dlrn_yaml *node)
{
    static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no", "off"};
    if (!node || node->kind != DLRN_YAML_SCALAR || node->quoted) return false;
    for (size_t i = 0; i < 3; i++) {
        *out = !strcasecmp(node->text, yes[i]);
        if (*out || !strcasecmp(node->text, no[i])) return true;
    }
    return false;
}

dlrn_status dlrn_yaml_check_keys(const dlrn_yaml_doc *doc, const dlrn_yaml *mapping,
                                 const char *where, const char *const *known, size_t n,
                                 dlrn_error *err)
{
    const bool top = !where || !*where;
    if (!mapping || mapping->kind != DLRN_YAML_MAPPING)
        return dlrn_yaml_fail(err, doc, mapping, "%s must hold keys and values (key: value)",
                              top ? "the file" : where);
    for (size_t i = 0; i < mapping->n; i++) {
        bool found = false;
        for (size_t k = 0; k < n && !found; k++)
            found = !strcmp(mapping->key[i]->text, known[k]);
        if (found) continue;
        const char *near = dlrn_nearest(mapping->key[i]->text, known, n);
        return dlrn_yaml_fail(err, doc, mapping->key[i], "unknown key '%s'%s%s%s%s%s",
                              mapping->key[i]->text, top ? "" : " in ", top ? "" : where,
                              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return DLRN_OK;
}

dlrn_status dlrn_yaml_fail(dlrn_error *err, const dlrn_yaml_doc *doc, const dlrn_yaml *node,
                           const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return dlrn_fail(err, DLRN_EINVAL, "%s, line %d: %s", doc->name, node ? node->line : 1, text);
}

const char *dlrn_library_libyaml(void)
{
    return yaml_get_version_string();
}
