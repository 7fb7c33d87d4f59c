/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON over jansson, which holds the tree and parses; the text is ours, for the shortest digits.
 */
#include <dlrn/json.h>

#include "base/library.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_json *dlrn_json_object(void)
{
    return json_object();
}

dlrn_json *dlrn_json_array(void)
{
    return json_array();
}

dlrn_json *dlrn_json_string(const char *s)
{
    return s ? json_string(s) : json_null();
}

dlrn_json *dlrn_json_number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

dlrn_json *dlrn_json_integer(int64_t x)
{
    return json_integer(x);
}

dlrn_json *dlrn_json_bool(bool x)
{
    return json_boolean(x);
}

dlrn_json *dlrn_json_null(void)
{
    return json_null();
}

dlrn_json *dlrn_json_numbers(const double *v, size_t n)
{
    dlrn_json *a = json_array();
    for (size_t i = 0; i < n; i++)
        dlrn_json_append_take(a, dlrn_json_number(v[i]));
    return a;
}

dlrn_json *dlrn_json_interval(double lo, double hi)
{
    const double v[] = {lo, hi};
    return dlrn_json_numbers(v, 2);
}

dlrn_json *dlrn_json_copy(const dlrn_json *j)
{
    return json_deep_copy(j);
}

void dlrn_json_free(dlrn_json *j)
{
    json_decref(j);
}

/* A key that no caller uses, so that dlrn_json_text can tell that something is missing. */
static const char LOST[] = "\x01lost";

void dlrn_json_set_take(dlrn_json *object, const char *key, dlrn_json *value)
{
    if (!object) {
        json_decref(value);
        return;
    }
    if (json_object_set_new(object, key, value) != 0)
        json_object_set_new_nocheck(object, LOST, json_true());
}

void dlrn_json_append_take(dlrn_json *array, dlrn_json *value)
{
    if (!array) {
        json_decref(value);
        return;
    }
    if (json_array_append_new(array, value) != 0) json_array_clear(array);
}

void dlrn_json_set_number(dlrn_json *object, const char *key, double x)
{
    dlrn_json_set_take(object, key, dlrn_json_number(x));
}

void dlrn_json_set_integer(dlrn_json *object, const char *key, int64_t x)
{
    dlrn_json_set_take(object, key, dlrn_json_integer(x));
}

void dlrn_json_set_string(dlrn_json *object, const char *key, const char *s)
{
    dlrn_json_set_take(object, key, dlrn_json_string(s));
}

void dlrn_json_set_bool(dlrn_json *object, const char *key, bool x)
{
    dlrn_json_set_take(object, key, dlrn_json_bool(x));
}

const dlrn_json *dlrn_json_get(const dlrn_json *object, const char *key)
{
    return json_object_get(object, key);
}

dlrn_json *dlrn_json_get_mutable(dlrn_json *object, const char *key)
{
    return json_object_get(object, key);
}

size_t dlrn_json_size(const dlrn_json *j)
{
    return json_is_object(j) ? json_object_size(j) : json_array_size(j);
}

const dlrn_json *dlrn_json_at(const dlrn_json *array, size_t i)
{
    return json_array_get(array, i);
}

bool dlrn_json_is_object(const dlrn_json *j)
{
    return json_is_object(j);
}

bool dlrn_json_is_array(const dlrn_json *j)
{
    return json_is_array(j);
}

bool dlrn_json_is_string(const dlrn_json *j)
{
    return json_is_string(j);
}

bool dlrn_json_is_number(const dlrn_json *j)
{
    return json_is_number(j);
}

bool dlrn_json_is_null(const dlrn_json *j)
{
    return !j || json_is_null(j);
}

double dlrn_json_as_number(const dlrn_json *j, double fallback)
{
    return json_is_number(j) ? json_number_value(j) : fallback;
}

const char *dlrn_json_as_string(const dlrn_json *j, const char *fallback)
{
    return json_is_string(j) ? json_string_value(j) : fallback;
}

double dlrn_json_get_number(const dlrn_json *object, const char *key, double fallback)
{
    return dlrn_json_as_number(json_object_get(object, key), fallback);
}

const char *dlrn_json_get_string(const dlrn_json *object, const char *key, const char *fallback)
{
    return dlrn_json_as_string(json_object_get(object, key), fallback);
}

bool dlrn_json_get_bool(const dlrn_json *object, const char *key, bool fallback)
{
    const json_t *j = json_object_get(object, key);
    return json_is_boolean(j) ? json_is_true(j) : fallback;
}

/* jansson's iterators take a mutable object but only read it. */
static bool point_at(dlrn_json_member *m, void *iterator)
{
    m->iterator = iterator;
    if (!iterator) return false;
    m->key = json_object_iter_key(iterator);
    m->value = json_object_iter_value(iterator);
    return true;
}

static json_t *without_const(const dlrn_json *j)
{
    union {
        const json_t *in;
        json_t *out;
    } u = {j};
    return u.out;
}

bool dlrn_json_first(const dlrn_json *object, dlrn_json_member *m)
{
    return point_at(m, json_object_iter(without_const(object)));
}

bool dlrn_json_next(const dlrn_json *object, dlrn_json_member *m)
{
    return point_at(m, json_object_iter_next(without_const(object), m->iterator));
}

dlrn_status dlrn_json_parse(dlrn_json **out, const char *text, size_t len, dlrn_error *err)
{
    json_error_t e;
    *out = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (*out) return DLRN_OK;
    return dlrn_fail(err, DLRN_EFORMAT, "line %d, column %d: %s", e.line, e.column, e.text);
}

static void newline(dlrn_str *b, int indent, int depth)
{
    if (!indent) return;
    dlrn_str_add(b, "\n");
    for (int i = 0; i < indent * depth; i++)
        dlrn_str_addn(b, " ", 1);
}

static void add_string(dlrn_str *b, const char *s, size_t n)
{
    dlrn_str_add(b, "\"");
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\')
            dlrn_str_addf(b, "\\%c", c);
        else if (c == '\n')
            dlrn_str_add(b, "\\n");
        else if (c == '\t')
            dlrn_str_add(b, "\\t");
        else if (c < 0x20)
            dlrn_str_addf(b, "\\u%04x", c);
        else
            dlrn_str_addn(b, s + i, 1);
    }
    dlrn_str_add(b, "\"");
}

static bool is_flat(const json_t *array)
{
    const size_t n = json_array_size(array);
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(array, i);
        if (json_is_object(v) || json_is_array(v)) return false;
    }
    return true;
}

/* 1.0 and not 1, so that it is read back as the kind that it is. */
static void add_real(dlrn_str *b, double x)
{
    char digits[32];
    dlrn_str_add(b, dlrn_format_double(digits, x));
    if (!strpbrk(digits, ".en")) dlrn_str_add(b, ".0");
}

static void add_value(dlrn_str *b, const json_t *j, int indent, int depth);

static void add_array(dlrn_str *b, const json_t *j, int indent, int depth)
{
    const size_t n = json_array_size(j);
    const int inner = is_flat(j) ? 0 : indent; // numbers of a curve stay on one line
    dlrn_str_add(b, "[");
    for (size_t i = 0; i < n; i++) {
        if (i) dlrn_str_add(b, inner || !indent ? "," : ", ");
        newline(b, inner, depth + 1);
        add_value(b, json_array_get(j, i), indent, depth + 1);
    }
    if (n) newline(b, inner, depth);
    dlrn_str_add(b, "]");
}

static void add_object(dlrn_str *b, const json_t *j, int indent, int depth)
{
    bool first = true;
    dlrn_json_member m;
    dlrn_str_add(b, "{");
    for (bool more = dlrn_json_first(j, &m); more; more = dlrn_json_next(j, &m)) {
        if (!first) dlrn_str_add(b, ",");
        if (!strcmp(m.key, LOST)) b->failed = true;
        first = false;
        newline(b, indent, depth + 1);
        add_string(b, m.key, strlen(m.key));
        dlrn_str_add(b, indent ? ": " : ":");
        add_value(b, m.value, indent, depth + 1);
    }
    if (!first) newline(b, indent, depth);
    dlrn_str_add(b, "}");
}

static void add_value(dlrn_str *b, const json_t *j, int indent, int depth)
{
    switch (json_typeof(j)) {
    case JSON_OBJECT: add_object(b, j, indent, depth); break;
    case JSON_ARRAY: add_array(b, j, indent, depth); break;
    case JSON_STRING: add_string(b, json_string_value(j), json_string_length(j)); break;
    case JSON_INTEGER: dlrn_str_addf(b, "%lld", (long long)json_integer_value(j)); break;
    case JSON_REAL: add_real(b, json_real_value(j)); break;
    case JSON_TRUE: dlrn_str_add(b, "true"); break;
    case JSON_FALSE: dlrn_str_add(b, "false"); break;
    case JSON_NULL: dlrn_str_add(b, "null"); break;
    }
}

dlrn_status dlrn_json_text(char **out, const dlrn_json *j, int indent, dlrn_error *err)
{
    dlrn_str b = {0};
    *out = NULL;
    if (j) {
        add_value(&b, j, indent, 0);
        dlrn_str_add(&b, "\n");
    }
    if (!j || b.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for the JSON text");
    }
    *out = b.s;
    return DLRN_OK;
}

const char *dlrn_library_jansson(void)
{
    return JANSSON_VERSION;
}
