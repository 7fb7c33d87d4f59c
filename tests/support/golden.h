/* SPDX-License-Identifier: Apache-2.0
 *
 * Goldens in the plain form of tools/golden/filters.py: lines `case NAME` and
 * `NAME COUNT v1 v2 ...`.
 */
#ifndef DLRN_TESTS_GOLDEN_H
#define DLRN_TESTS_GOLDEN_H

#include <dlrn/base.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

typedef struct golden_row {
    size_t kase; /* index of its case */
    char *name;
    double *v;
    size_t n;
} golden_row;

typedef struct golden {
    golden_row *row;
    size_t n, cap;
    char **kase;
    size_t n_case, cap_case;
} golden;

static inline void golden_line(golden *g, char *line)
{
    char *end = strchr(line, ' ');
    assert_non_null(end);
    *end = '\0';
    if (!strcmp(line, "case")) {
        assert_ok(dlrn_grow(&g->kase, &g->cap_case, g->n_case + 1, sizeof *g->kase, NULL));
        g->kase[g->n_case++] = dlrn_strdup(end + 1);
        return;
    }
    assert_true(g->n_case > 0);
    assert_ok(dlrn_grow(&g->row, &g->cap, g->n + 1, sizeof *g->row, NULL));
    golden_row *r = &g->row[g->n++];
    r->kase = g->n_case - 1;
    r->name = dlrn_strdup(line);
    r->n = strtoul(end + 1, &end, 10);
    r->v = dlrn_alloc_array(r->n, sizeof *r->v);
    for (size_t i = 0; i < r->n; i++)
        r->v[i] = strtod(end, &end);
}

/* Reads DLRN_TEST_GOLDEN/file. */
static inline golden golden_read(const char *file)
{
    golden g = {0};
    char *text = NULL, *path = dlrn_path_join(getenv("DLRN_TEST_GOLDEN"), file);
    size_t len;
    assert_ok(dlrn_read_file(&text, &len, path, NULL));
    for (char *line = text, *next; *line; line = next) {
        next = strchr(line, '\n');
        assert_non_null(next);
        *next++ = '\0';
        golden_line(&g, line);
    }
    free(text);
    free(path);
    return g;
}

static inline void golden_clear(golden *g)
{
    for (size_t i = 0; i < g->n; i++) {
        free(g->row[i].name);
        free(g->row[i].v);
    }
    for (size_t i = 0; i < g->n_case; i++)
        free(g->kase[i]);
    free(g->row);
    free(g->kase);
    *g = (golden){0};
}

static inline size_t golden_case(const golden *g, const char *name)
{
    for (size_t k = 0; k < g->n_case; k++)
        if (!strcmp(g->kase[k], name)) return k;
    fail_msg("no golden case '%s'", name);
    return 0;
}

/* The row of that name in a case, or NULL. */
static inline const golden_row *golden_find(const golden *g, size_t kase, const char *name)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->row[i].kase == kase && !strcmp(g->row[i].name, name)) return &g->row[i];
    return NULL;
}

static inline const golden_row *golden_get(const golden *g, size_t kase, const char *name)
{
    const golden_row *r = golden_find(g, kase, name);
    if (!r) fail_msg("golden case '%s' has no '%s'", g->kase[kase], name);
    return r;
}

static inline double golden_value(const golden *g, size_t kase, const char *name)
{
    return golden_get(g, kase, name)->v[0];
}

#endif
