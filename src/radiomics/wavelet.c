/* SPDX-License-Identifier: Apache-2.0
 *
 * Stationary wavelet bands as PyRadiomics takes them from PyWavelets' swtn: periodic, one level at
 * a time, the same filters at every level (not a trous), odd axes made even by a copy of the first
 * sample. Sums run over the filter in PyWavelets' order, so that the bits are its own; an image of
 * floats is filtered in float.
 */
#include "radiomics/wavelet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "radiomics/filters_own.h"

enum { MOST_TERMS = 128 /* of a filter; coif17 has 102 */, LARGE = 1 << 20 /* pixels */ };

/* One transform: the padded grid and what is filtered along. */
typedef struct swt {
    int64_t dim[3];      /* padded */
    int axis[3], n_axes; /* 0 x, 1 y, 2 z */
    double filter[2][MOST_TERMS];
    int length;
    bool single; /* arithmetic in float */
} swt;

/* What is needed of an image: lo <= index < hi along x, y, z, of which the last may go on beyond an
 * end. */
typedef struct range {
    int64_t lo[3], hi[3];
} range;

/* The pixels of a range. */
typedef struct grid {
    range r;
    double *v;      /* of the range's first corner */
    int64_t dy, dz; /* from row to row, from slice to slice */
} grid;

/* A place along an axis of period n, as the range counts. */
static int64_t within(const range *r, int axis, int64_t at, int64_t n)
{
    return at < r->lo[axis] ? at + n : at >= r->hi[axis] ? at - n : at;
}

static double *row_at(const grid *g, int64_t y, int64_t z, const swt *w)
{
    y = within(&g->r, 1, y, w->dim[1]);
    z = within(&g->r, 2, z, w->dim[2]);
    return g->v + (z - g->r.lo[2]) * g->dz + (y - g->r.lo[1]) * g->dy;
}

static dlrn_status grid_new(grid *g, const range *r, dlrn_error *err)
{
    const int64_t nx = r->hi[0] - r->lo[0], ny = r->hi[1] - r->lo[1], nz = r->hi[2] - r->lo[2];
    *g = (grid){*r, NULL, nx, nx * ny};
    g->v = dlrn_alloc_uncleared((size_t)(nx * ny * nz), sizeof *g->v);
    return g->v ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a wavelet image");
}

static const dlrn_wavelet_row *find_wavelet(const char *name)
{
    for (int i = 0; i < dlrn_wavelet_n; i++)
        if (!strcmp(dlrn_wavelet_rows[i].name, name)) return &dlrn_wavelet_rows[i];
    return NULL;
}

/* What one output sums up, in PyWavelets' order: where the filter reaches beyond the end, the terms
 * beyond it come first, from the far one back. */
typedef struct sum_order {
    double f[MOST_TERMS];
    int64_t at[MOST_TERMS]; /* sample along the axis */
} sum_order;

static void find_order(sum_order *o, const swt *w, const double *f, int64_t k, int64_t n)
{
    const int64_t half = w->length / 2;
    const int beyond =
        k + half >= n ? (int)(k + half - n) : -1; // the first terms reach past the end
    for (int t = 0; t < w->length; t++) {
        const int j = t <= beyond && beyond < w->length ? beyond - t : t;
        o->f[t] = f[j];
        o->at[t] = ((k + half - j) % n + n) % n;
    }
}

/* out[i] = sum over t of f[t] row[t][i], one term after the other. */
DLRN_WIDE static void weigh(double *restrict out, const double *const *row, const double *f,
                            int terms, int64_t n)
{
    enum { LANES = 16 };
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        double sum[LANES] = {0};
        for (int t = 0; t < terms; t++)
            for (int k = 0; k < LANES; k++)
                sum[k] += f[t] * row[t][i + k];
        memcpy(out + i, sum, sizeof sum);
    }
    for (; i < n; i++) {
        double sum = 0;
        for (int t = 0; t < terms; t++)
            sum += f[t] * row[t][i];
        out[i] = sum;
    }
}

/* The same in float, which is how an image of floats is filtered. */
DLRN_WIDE static void weigh_single(double *restrict out, const double *const *row, const double *f,
                                   int terms, int64_t n)
{
    enum { LANES = 16 };
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        float sum[LANES] = {0};
        for (int t = 0; t < terms; t++)
            for (int k = 0; k < LANES; k++)
                sum[k] += (float)f[t] * (float)row[t][i + k];
        for (int k = 0; k < LANES; k++)
            out[i + k] = (double)sum[k];
    }
    for (; i < n; i++) {
        float sum = 0;
        for (int t = 0; t < terms; t++)
            sum += (float)f[t] * (float)row[t][i];
        out[i] = (double)sum;
    }
}

static void add_up(double *out, const double *const *row, const double *f, int64_t n, const swt *w)
{
    if (w->single)
        weigh_single(out, row, f, w->length, n);
    else
        weigh(out, row, f, w->length, n);
}

/* One way of filtering: to = from filtered along an axis, to[n] = sum_j f[j] from[(n + F/2 - j) mod
 * N]. Where that wraps, `from` has all N. */
typedef struct pass {
    const swt *w;
    const double *f;
    int axis;
    const grid *from, *to;
    double *copy; /* per worker N + F */
} pass;

/* One row along x: outputs whose terms come in order are taken side by side, where the row is whole
 * from a copy with its end before its beginning. */
static void filter_along(const pass *p, double *out, const double *src, double *copy)
{
    const swt *w = p->w;
    const int64_t n = w->dim[0], half = w->length / 2, before = w->length - 1 - half;
    const int64_t first = p->from->r.lo[0], lo = p->to->r.lo[0], hi = p->to->r.hi[0];
    const bool whole = first == 0 && p->from->r.hi[0] == n;
    const int64_t inside = n > half ? n - half : 0;
    const int64_t plain = hi < inside ? hi : inside;
    const double *row[MOST_TERMS];
    sum_order o;
    for (int64_t i = 0; whole && i < before; i++)
        copy[i] = src[((i - before) % n + n) % n];
    if (whole) memcpy(copy + before, src, (size_t)n * sizeof *src);
    if (plain > lo) {
        for (int j = 0; j < w->length; j++)
            row[j] = whole ? copy + before + lo + half - j : src + (lo + half - j - first);
        add_up(out, row, p->f, plain - lo, w);
    }
    for (int64_t k = plain > lo ? plain : lo; k < hi; k++) {
        find_order(&o, w, p->f, k, n);
        for (int t = 0; t < w->length; t++)
            row[t] = src + o.at[t];
        add_up(out + k - lo, row, o.f, 1, w);
    }
}

static void filter_row(void *user, int64_t row_y, int64_t row_z, size_t worker)
{
    const pass *p = user;
    const swt *w = p->w;
    const grid *from = p->from, *to = p->to;
    const int64_t y = row_y + to->r.lo[1], z = row_z + to->r.lo[2];
    double *out = row_at(to, y, z, w);
    const double *row[MOST_TERMS];
    sum_order o;
    if (p->axis == 0) {
        double *copy = p->copy + (int64_t)worker * (w->dim[0] + w->length);
        filter_along(p, out, row_at(from, y, z, w), copy);
        return;
    }
    find_order(&o, w, p->f, p->axis == 1 ? y : z, w->dim[p->axis]);
    for (int t = 0; t < w->length; t++)
        row[t] = row_at(from, p->axis == 1 ? o.at[t] : y, p->axis == 2 ? o.at[t] : z, w) +
                 (to->r.lo[0] - from->r.lo[0]);
    add_up(out, row, o.f, to->r.hi[0] - to->r.lo[0], w);
}

/* The image on the padded grid: where nothing of the padding is needed, the image itself. *own:
 * what is to be freed. */
static dlrn_status take_image(grid *to, double **own, const dlrn_image *im, const range *need,
                              dlrn_error *err)
{
    dlrn_status st;
    const int64_t *lo = need->lo, *hi = need->hi, *dim = im->dim;
    if (hi[0] <= dim[0] && hi[1] <= dim[1] && hi[2] <= dim[2]) {
        const int64_t dz = dim[0] * dim[1];
        *to = (grid){*need, im->v + lo[2] * dz + lo[1] * dim[0] + lo[0], dim[0], dz};
        return DLRN_OK;
    }
    DLRN_TRY(grid_new(to, need, err));
    double *dst = *own = to->v;
    for (int64_t z = lo[2]; z < hi[2]; z++)
        for (int64_t y = lo[1]; y < hi[1]; y++) {
            const double *src = im->v + (z % dim[2] * dim[1] + y % dim[1]) * dim[0];
            for (int64_t x = lo[0]; x < hi[0]; x++)
                *dst++ = src[x < dim[0] ? x : 0];
        }
done:
    return st;
}

/* What a filter along axis k must find for outputs in the range: all where it would wrap. */
static void grow(range *r, const swt *w, int k)
{
    const int64_t half = w->length / 2;
    r->lo[k] -= w->length - 1 - half;
    r->hi[k] += half;
    if (r->lo[k] >= 0 && r->hi[k] <= w->dim[k]) return;
    r->lo[k] = 0;
    r->hi[k] = w->dim[k];
}

/* What is needed of a level's input for the box, `left` levels before the last. */
static range needed(const swt *w, const dlrn_filter_box *box, int left)
{
    range r;
    for (int k = 0; k < 3; k++) {
        r.lo[k] = box->lo[k];
        r.hi[k] = box->lo[k] + box->size[k];
    }
    for (int turn = 0; turn < left; turn++)
        for (int k = 0; k < w->n_axes; k++)
            grow(&r, w, w->axis[k]);
    return r;
}

/* Letter k of a band's name belongs to axis k. */
static void band_name(char name[64], unsigned band, int n_axes, int level)
{
    char letters[4] = "";
    for (int k = 0; k < n_axes; k++)
        letters[k] = band >> (n_axes - 1 - k) & 1 ? 'H' : 'L';
    letters[n_axes] = '\0';
    if (level > 1)
        snprintf(name, 64, "wavelet%d-%s", level, letters);
    else
        snprintf(name, 64, "wavelet-%s", letters);
}

/* A transform at work. */
typedef struct transform {
    const swt *w;
    const dlrn_image *im;
    const dlrn_filter_box *box;
    const dlrn_exec *ex;
    dlrn_filtered *out;
    grid input;    /* of the level */
    double *own;   /* its pixels, unless they are the image's */
    grid stage[2]; /* input filtered along the first axis, and the second: what two bands share is
                      filtered once */
    unsigned last; /* the band whose stages these are */
    double *copy;
} transform;

/* What is needed of the input for `made`. */
static range around(const transform *t, const grid *made)
{
    const swt *w = t->w;
    const int a = w->axis[w->n_axes - 1];
    const int64_t half = w->length / 2;
    const int64_t lo = made->r.lo[a] - (w->length - 1 - half), hi = made->r.hi[a] + half;
    range r = t->input.r;
    if (hi - lo >= w->dim[a]) return r;
    r.lo[a] = lo;
    r.hi[a] = hi;
    return r;
}

/* A band's pixels go to `made`: letter by letter, as far as the band before had other letters. */
static dlrn_status filter_band(const grid *made, transform *t, unsigned band, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const swt *w = t->w;
    const int last = w->n_axes - 1;
    const grid *from = &t->input;
    for (int k = 0; k <= last; k++) {
        const int up = last - k, a = w->axis[k];
        grid *stage = k < last ? &t->stage[k] : NULL;
        const grid *to = stage ? stage : made;
        if (!stage || t->last == ~0u || band >> up != t->last >> up) {
            range need = k ? from->r : around(t, made);
            need.lo[a] = made->r.lo[a];
            need.hi[a] = made->r.hi[a];
            if (stage && !stage->v) DLRN_TRY(grid_new(stage, &need, err));
            pass p = {w, w->filter[band >> up & 1], a, from, to, t->copy};
            const int64_t size[3] = {to->r.hi[0] - to->r.lo[0], to->r.hi[1] - to->r.lo[1],
                                     to->r.hi[2] - to->r.lo[2]};
            DLRN_TRY(dlrn_filter_rows(size, t->ex, filter_row, &p, err));
        }
        from = to;
    }
    t->last = band;
done:
    return st;
}

static void forget_stages(transform *t)
{
    for (int k = 0; k < 2; k++) {
        free(t->stage[k].v);
        t->stage[k].v = NULL;
    }
    t->last = ~0u;
}

/* A large image is made piece by piece along the last axis, so that its stages are small. They are
 * not kept: they are soon made again. */
static dlrn_status filter_pieces(const grid *made, transform *t, unsigned band, dlrn_error *err)
{
    enum { PIECES = 4 };
    dlrn_status st = DLRN_OK;
    const int a = t->w->axis[t->w->n_axes - 1];
    const int64_t first = made->r.lo[a], end = made->r.hi[a], least = PIECES * t->w->length;
    const int64_t part = (end - first + PIECES - 1) / PIECES, n = part > least ? part : least;
    for (int64_t at = first; at < end; at += n) {
        grid piece = *made;
        piece.r.lo[a] = at;
        piece.r.hi[a] = at + n < end ? at + n : end;
        piece.v += (at - first) * (a == 2 ? made->dz : a == 1 ? made->dy : 1);
        DLRN_TRY(filter_band(&piece, t, band, err));
        forget_stages(t);
    }
done:
    return st;
}

/* One band of the last level that is wanted of it, as an image. */
static dlrn_status put_band(transform *t, unsigned band, int level, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image *r;
    char name[64];
    const int64_t *size = t->box->size;
    grid made = {needed(t->w, t->box, 0), NULL, size[0], size[0] * size[1]};
    band_name(name, band, t->w->n_axes, level);
    DLRN_TRY(dlrn_filtered_add(&r, t->out, name, t->im, t->box,
                               t->w->single ? DLRN_PIXEL_F32 : DLRN_PIXEL_F64, err));
    made.v = r->v;
    if (size[0] * size[1] * size[2] > LARGE)
        DLRN_TRY(filter_pieces(&made, t, band, err));
    else
        DLRN_TRY(filter_band(&made, t, band, err));
    DLRN_TRY(dlrn_filtered_done(t->out, err));
done:
    return st;
}

/* A float image is filtered in float; there PyWavelets scales the coiflets' filters by sqrt(2). */
static void take_filter(double *to, const swt *w, const double *from, bool coiflet)
{
    const double root2 = sqrt(2);
    for (int j = 0; j < w->length; j++)
        to[j] = !w->single ? from[j]
                : coiflet  ? (double)((float)(from[j] / root2) * (float)root2)
                           : (double)(float)from[j];
}

static dlrn_status plan(swt *w, const dlrn_image *im, const dlrn_filter_opts *o, dlrn_error *err)
{
    const char *name = o->wavelet ? o->wavelet : "coif1";
    const dlrn_wavelet_row *row = find_wavelet(name);
    if (!row)
        return dlrn_fail(err, DLRN_EINVAL,
                         "wavelet '%s' is unknown; known: haar, db1-38, sym2-20, coif1-17, "
                         "bior1.1-6.8, rbio1.1-6.8, dmey",
                         name);
    if (o->level < 0 || o->level > 64 || o->start_level < 0 || o->start_level > 64)
        return dlrn_fail(err, DLRN_EINVAL, "wavelet level %d, start_level %d: 0 to 64 expected",
                         o->level, o->start_level);
    *w = (swt){.length = row->length, .single = im->stored == DLRN_PIXEL_F32};
    const bool coiflet = !strncmp(row->name, "coif", 4);
    take_filter(w->filter[0], w, dlrn_wavelet_values + row->lo, coiflet);
    take_filter(w->filter[1], w, dlrn_wavelet_values + row->hi, coiflet);
    // numpy axis k is our axis ndim - 1 - k
    const int dropped = o->force2d ? im->ndim - 1 - o->force2d_dimension : -1;
    for (int k = 0; k < 3; k++) {
        w->dim[k] = k < im->ndim ? im->dim[k] + im->dim[k] % 2 : 1;
        if (k < im->ndim && k != dropped) w->axis[w->n_axes++] = k;
    }
    return DLRN_OK;
}

/* The level's input becomes its all-low band, which `left` levels follow. */
static dlrn_status go_down(transform *t, int left, dlrn_error *err)
{
    dlrn_status st;
    const range r = needed(t->w, t->box, left);
    grid low = {0};
    DLRN_TRY(grid_new(&low, &r, err));
    forget_stages(t);
    DLRN_TRY(filter_band(&low, t, 0, err));
    forget_stages(t);
    free(t->own);
    t->input = low;
    t->own = low.v;
    low.v = NULL;
done:
    free(low.v);
    return st;
}

dlrn_status dlrn_filter_wavelet(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                                const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err)
{
    swt w;
    transform t = {.w = &w, .im = im, .box = box, .ex = ex, .out = out, .last = ~0u};
    const int levels = o->level ? o->level : 1;
    int left = o->start_level + levels;
    dlrn_status st = plan(&w, im, o, err);
    if (st != DLRN_OK) return st;
    const range all = needed(&w, box, left);
    const size_t workers = (size_t)dlrn_exec_threads(ex);
    DLRN_TRY(dlrn_alloc_or_fail(&t.copy, workers * (size_t)(w.dim[0] + w.length), err));
    DLRN_TRY(take_image(&t.input, &t.own, im, &all, err));
    for (int i = 0; i < o->start_level; i++)
        DLRN_TRY(go_down(&t, --left, err));
    for (int level = 1; level <= levels; level++) {
        for (unsigned band = 1; band < 1u << w.n_axes; band++)
            DLRN_TRY(put_band(&t, band, level, err));
        if (level < levels) DLRN_TRY(go_down(&t, --left, err));
    }
    DLRN_TRY(put_band(&t, 0, levels, err));
done:
    forget_stages(&t);
    free(t.own);
    free(t.copy);
    return st;
}
