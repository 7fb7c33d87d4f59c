/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/runs.h"

#include <stdlib.h>
#include <string.h>

bool dlrn_next_run(int64_t *begin, int64_t *end, const uint8_t *v, int64_t n)
{
    const uint8_t *first = *end < n ? memchr(v + *end, 1, (size_t)(n - *end)) : NULL;
    if (!first) return false;
    const uint8_t *stop = memchr(first, 0, (size_t)(v + n - first));
    *begin = first - v;
    *end = stop ? stop - v : n;
    return true;
}

dlrn_status dlrn_runs_make(dlrn_runs *out, const dlrn_mask *m, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    *out = (dlrn_runs){.dim = {m->dim[0], m->dim[1], m->dim[2]}};
    const int64_t rows = m->dim[1] * m->dim[2];
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t begin, end = 0;
             dlrn_next_run(&begin, &end, m->v + row * m->dim[0], m->dim[0]);) {
            DLRN_TRY(dlrn_grow(&out->v, &out->cap, out->n + 1, sizeof *out->v, err));
            out->v[out->n++] = (dlrn_run){row, begin, end};
        }
    }
done:
    if (st != DLRN_OK) dlrn_runs_clear(out);
    return st;
}

void dlrn_runs_clear(dlrn_runs *r)
{
    free(r->v);
    *r = (dlrn_runs){0};
}

void dlrn_runs_centre(double centre[3], const dlrn_runs *r)
{
    double sum[3] = {0}, n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const dlrn_run *a = &r->v[i];
        const double length = (double)(a->end - a->begin);
        sum[0] += (double)(a->begin + a->end - 1) * length / 2;
        sum[1] += (double)(a->row % r->dim[1]) * length;
        sum[2] += (double)(a->row / r->dim[1]) * length;
        n += length;
    }
    for (int k = 0; k < 3; k++)
        centre[k] = sum[k] / n;
}

/* ---- parts: union-find over runs ---- */

static size_t root_of(size_t *parent, size_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* Joins the run i with those of one earlier row that it touches. `*at` is the first run of that row
 * which may still touch a later run of i's row. */
static int64_t join_row(size_t *parent, const dlrn_runs *r, size_t i, int64_t row, size_t *at)
{
    int64_t joined = 0;
    const dlrn_run *a = &r->v[i];
    while (*at < r->n &&
           (r->v[*at].row < row || (r->v[*at].row == row && r->v[*at].end < a->begin)))
        ++*at;
    for (size_t k = *at; k < i && r->v[k].row == row && r->v[k].begin <= a->end; k++) {
        const size_t p = root_of(parent, i), q = root_of(parent, k);
        joined += p != q;
        parent[p] = q;
    }
    return joined;
}

dlrn_status dlrn_runs_parts(int64_t *parts, const dlrn_runs *r, dlrn_error *err)
{
    dlrn_status st;
    size_t *parent = NULL, at[4] = {0};
    const int64_t ny = r->dim[1];
    DLRN_TRY(dlrn_alloc_or_fail(&parent, r->n, err));
    *parts = (int64_t)r->n;
    for (size_t i = 0; i < r->n; i++) {
        const int64_t row = r->v[i].row, y = row % ny;
        parent[i] = i;
        if (y > 0) *parts -= join_row(parent, r, i, row - 1, &at[0]);
        if (row < ny) continue;
        // the slice before: the rows at y - 1, y, y + 1
        if (y > 0) *parts -= join_row(parent, r, i, row - ny - 1, &at[1]);
        *parts -= join_row(parent, r, i, row - ny, &at[2]);
        if (y + 1 < ny) *parts -= join_row(parent, r, i, row - ny + 1, &at[3]);
    }
done:
    free(parent);
    return st;
}
