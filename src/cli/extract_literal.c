/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics as JSON. They are kept as the text that Python prints of PyRadiomics' values, which
 * is what csv and txt hold; in its JSON they are lists, objects and numbers.
 */
#include "extract.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 8 };

static dlrn_json *read_value(const char **at, int depth);

static bool take(const char **at, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0) return false;
    *at += n;
    return true;
}

/* What stands between two quotes; NULL where none begins here or the second is missing. */
static char *read_quoted(const char **at)
{
    const char *end = **at == '\'' ? strchr(*at + 1, '\'') : NULL;
    if (!end) return NULL;
    char *text = dlrn_strndup(*at + 1, (size_t)(end - *at - 1));
    *at = end + 1;
    return text;
}

static dlrn_json *read_number(const char **at)
{
    double x;
    const size_t n = strcspn(*at, ",)]}");
    const bool whole = strspn(*at, "-0123456789") == n;
    if (!dlrn_parse_double(&x, *at, n)) return NULL;
    *at += n;
    return whole && n < 18 ? dlrn_json_integer((int64_t)x) : dlrn_json_number(x);
}

static dlrn_json *read_list(const char **at, const char *end, int depth)
{
    dlrn_json *list = dlrn_json_array();
    while (!take(at, end)) {
        dlrn_json *item = read_value(at, depth);
        if (!item) {
            dlrn_json_free(list);
            return NULL;
        }
        dlrn_json_append_take(list, item);
        (void)take(at, ", ");
    }
    return list;
}

static dlrn_json *read_object(const char **at, int depth)
{
    dlrn_json *object = dlrn_json_object();
    while (!take(at, "}")) {
        char *key = read_quoted(at);
        dlrn_json *value = key && take(at, ": ") ? read_value(at, depth) : NULL;
        if (value) dlrn_json_set_take(object, key, value);
        free(key);
        if (!value) {
            dlrn_json_free(object);
            return NULL;
        }
        (void)take(at, ", ");
    }
    return object;
}

static dlrn_json *read_value(const char **at, int depth)
{
    if (depth > DEEPEST) return NULL;
    if (take(at, "(")) return read_list(at, ")", depth + 1);
    if (take(at, "[")) return read_list(at, "]", depth + 1);
    if (take(at, "{")) return read_object(at, depth + 1);
    if (take(at, "None")) return dlrn_json_null();
    if (take(at, "True")) return dlrn_json_bool(true);
    if (take(at, "False")) return dlrn_json_bool(false);
    if (**at != '\'') return read_number(at);
    char *text = read_quoted(at);
    dlrn_json *string = text ? dlrn_json_string(text) : NULL;
    free(text);
    return string;
}

dlrn_json *extract_literal(const char *name, const char *text)
{
    // digits that are no number
    const bool word = strstr(name, "_Versions_") || strstr(name, "_Hash");
    const char *at = text;
    dlrn_json *value = word ? NULL : read_value(&at, 0);
    if (value && !*at) return value;
    dlrn_json_free(value);
    return dlrn_json_string(text);
}
