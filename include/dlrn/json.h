/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON values: results, bundles, settings. Objects keep the order of insertion; numbers are
 * written with the shortest digits that read back as the same double; NaN and infinity as null.
 */
#ifndef DLRN_JSON_H
#define DLRN_JSON_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One value with all below it. A constructor gives a value that its caller owns until it is put
 * into an object or array; NULL means that memory ran out, and every call below accepts NULL, so
 * that a tree is built without a check at each step: dlrn_json_text reports it at the end. */
typedef struct json_t dlrn_json;

DLRN_API dlrn_json *dlrn_json_object(void);
DLRN_API dlrn_json *dlrn_json_array(void);
DLRN_API dlrn_json *dlrn_json_string(const char *s); /* NULL: null */
DLRN_API dlrn_json *dlrn_json_number(double x);      /* not finite: null */
DLRN_API dlrn_json *dlrn_json_integer(int64_t x);
DLRN_API dlrn_json *dlrn_json_bool(bool x);
DLRN_API dlrn_json *dlrn_json_null(void);
DLRN_API dlrn_json *dlrn_json_numbers(const double *v, size_t n); /* an array */
DLRN_API dlrn_json *dlrn_json_interval(double lo, double hi);     /* [lo, hi] */
DLRN_API dlrn_json *dlrn_json_copy(const dlrn_json *j);           /* deep */
DLRN_API void dlrn_json_free(dlrn_json *j);

/* Take over `value`, also on failure. A tree that lost a value to memory remembers it. */
DLRN_API void dlrn_json_set_take(dlrn_json *object, const char *key, dlrn_json *value);
DLRN_API void dlrn_json_append_take(dlrn_json *array, dlrn_json *value);
/* The same for the common kinds of value. */
DLRN_API void dlrn_json_set_number(dlrn_json *object, const char *key, double x);
DLRN_API void dlrn_json_set_integer(dlrn_json *object, const char *key, int64_t x);
DLRN_API void dlrn_json_set_string(dlrn_json *object, const char *key, const char *s);
DLRN_API void dlrn_json_set_bool(dlrn_json *object, const char *key, bool x);

/* Reading; borrowed, as long as the tree. NULL where absent. */
DLRN_API const dlrn_json *dlrn_json_get(const dlrn_json *object, const char *key);
DLRN_API dlrn_json *dlrn_json_get_mutable(dlrn_json *object, const char *key);
DLRN_API size_t dlrn_json_size(const dlrn_json *array_or_object); /* 0 for anything else */
DLRN_API const dlrn_json *dlrn_json_at(const dlrn_json *array, size_t i);
DLRN_API bool dlrn_json_is_object(const dlrn_json *j);
DLRN_API bool dlrn_json_is_array(const dlrn_json *j);
DLRN_API bool dlrn_json_is_string(const dlrn_json *j);
DLRN_API bool dlrn_json_is_number(const dlrn_json *j);
DLRN_API bool dlrn_json_is_null(const dlrn_json *j); /* true for NULL too */
/* The member's value, or the fallback where it is absent or of another kind. */
DLRN_API double dlrn_json_get_number(const dlrn_json *object, const char *key, double fallback);
DLRN_API const char *dlrn_json_get_string(const dlrn_json *object, const char *key,
                                          const char *fallback);
DLRN_API bool dlrn_json_get_bool(const dlrn_json *object, const char *key, bool fallback);
DLRN_API double dlrn_json_as_number(const dlrn_json *j, double fallback); /* NaN-able */
DLRN_API const char *dlrn_json_as_string(const dlrn_json *j, const char *fallback);

/* Walks an object in order: it = dlrn_json_first(o); it; it = dlrn_json_next(o, it). */
typedef struct dlrn_json_member {
    const char *key;
    const dlrn_json *value;
    void *iterator; /* private */
} dlrn_json_member;
DLRN_API bool dlrn_json_first(const dlrn_json *object, dlrn_json_member *m);
DLRN_API bool dlrn_json_next(const dlrn_json *object, dlrn_json_member *m);

/* Parses text; an error names line and column. Repeated keys are refused. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_json_parse(dlrn_json **out, const char *text, size_t len,
                                                     dlrn_error *err);
/* Text of the tree, indented by two spaces (0: one line), a newline at the end. DLRN_ENOMEM also
 * where the tree lost a value on the way. Freed with free(). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_json_text(char **out, const dlrn_json *j, int indent,
                                                    dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
