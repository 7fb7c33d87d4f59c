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

enum { MOST_TERMS = 128 }; /* of a filter; coif17 has 102 */

/* One transform: the padded grid and what is filtered along. */
typedef struct swt {
    int64_t dim[3]; /* padded */
    size_t n;
    int axis[3], n_axes; /* 0 x, 1 y, 2 z */
    double filter[2][MOST_TERMS];
    int length;
    bool single; /* arithmetic in float */
} swt;

/* What is needed of an image: lo <= index < hi along x, y, z. */
typedef struct range {
    int64_t lo[3], hi[3];
} range;

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

/* One row of an axis x: outputs whose terms come in order are taken side by side, from a copy with
 * its end before its beginning. */
static void filter_row(double *out, const double *src, double *copy, const swt *w, const double *f,
                       const int64_t keep[2])
{
    const int64_t n = w->dim[0], half = w->length / 2, before = w->length - 1 - half;
    const int64_t plain = keep[1] < n - half ? keep[1] : n > half ? n - half : 0;
    const double *row[MOST_TERMS];
    sum_order o;
    for (int64_t i = 0; i < before; i++)
        copy[i] = src[((i - before) % n + n) % n];
    memcpy(copy + before, src, (size_t)n * sizeof *src);
    if (plain > keep[0]) {
        for (int j = 0; j < w->length; j++)
            row[j] = copy + before + keep[0] + half - j;
        add_up(out + keep[0], row, f, plain - keep[0], w);
    }
    for (int64_t k = plain > keep[0] ? plain : keep[0]; k < keep[1]; k++) {
        find_order(&o, w, f, k, n);
        for (int t = 0; t < w->length; t++)
            row[t] = src + o.at[t];
        add_up(out + k, row, o.f, 1, w);
    }
}

/* out = src filtered along axis `a`, in the range that is needed: out[n] = sum_j f[j] src[(n + F/2
 * - j) mod N]. */
static void filter_axis(double *out, const double *src, double *copy, const swt *w, int a,
                        const double *f, const range *need)
{
    const int64_t step[3] = {1, w->dim[0], w->dim[0] * w->dim[1]};
    const int64_t *lo = need->lo, *hi = need->hi;
    const double *row[MOST_TERMS];
    sum_order o;
    for (int64_t z = lo[2]; z < hi[2]; z++)
        for (int64_t y = lo[1]; y < hi[1]; y++) {
            const int64_t at = z * step[2] + y * step[1];
            if (a == 0) {
                filter_row(out + at, src + at, copy, w, f, (const int64_t[2]){lo[0], hi[0]});
                continue;
            }
            const int64_t k = a == 1 ? y : z;
            find_order(&o, w, f, k, w->dim[a]);
            for (int t = 0; t < w->length; t++)
                row[t] = src + at + (o.at[t] - k) * step[a] + lo[0];
            add_up(out + at + lo[0], row, o.f, hi[0] - lo[0], w);
        }
}

/* The image on the padded grid, as far as it is needed. */
static void pad(double *v, const swt *w, const dlrn_image *im, const range *need)
{
    for (int64_t z = need->lo[2]; z < need->hi[2]; z++)
        for (int64_t y = need->lo[1]; y < need->hi[1]; y++) {
            const double *src = im->v + (z % im->dim[2] * im->dim[1] + y % im->dim[1]) * im->dim[0];
            double *dst = v + (z * w->dim[1] + y) * w->dim[0];
            for (int64_t x = need->lo[0]; x < need->hi[0]; x++)
                dst[x] = src[x < im->dim[0] ? x : 0];
        }
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

static dlrn_status put_band(dlrn_filtered *out, const double *v, const swt *w, const char *name,
                            const dlrn_image *im, const dlrn_filter_box *box, dlrn_error *err)
{
    dlrn_image *r;
    const dlrn_status st =
        dlrn_filtered_add(&r, out, name, im, box, w->single ? DLRN_PIXEL_F32 : DLRN_PIXEL_F64, err);
    if (st != DLRN_OK) return st;
    double *dst = r->v;
    for (int64_t z = 0; z < box->size[2]; z++)
        for (int64_t y = 0; y < box->size[1]; y++, dst += box->size[0])
            memcpy(dst,
                   v + ((z + box->lo[2]) * w->dim[1] + y + box->lo[1]) * w->dim[0] + box->lo[0],
                   (size_t)box->size[0] * sizeof *dst);
    return DLRN_OK;
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

/* The images of a transform: data[0] is filtered, data[1..3] hold the stages of the band in work,
 * so that a prefix that two bands share is filtered once; data[4] keeps the all-low band. */
typedef struct stages {
    double *data[5], *copy; /* [w->n]; a row and what a filter reaches beyond it */
} stages;

/* Bands 1.. of data[0] are put out (level > 0); the all-low band replaces data[0]. `left`: levels
 * that follow. */
static dlrn_status one_level(dlrn_filtered *out, stages *s, const swt *w, int level, int left,
                             const dlrn_image *im, const dlrn_filter_box *box, dlrn_error *err)
{
    const unsigned bands = level > 0 ? 1u << w->n_axes : 1;
    const range result = needed(w, box, left);
    unsigned last = ~0u;
    for (unsigned band = 0; band < bands; band++) {
        range need = needed(w, box, left + 1);
        for (int k = 0; k < w->n_axes; k++) {
            const int up = w->n_axes - 1 - k, a = w->axis[k];
            need.lo[a] = result.lo[a];
            need.hi[a] = result.hi[a];
            if (last != ~0u && band >> up == last >> up) continue;
            filter_axis(s->data[k + 1], s->data[k], s->copy, w, a, w->filter[band >> up & 1],
                        &need);
        }
        last = band;
        double *made = s->data[w->n_axes];
        if (band == 0) {
            s->data[w->n_axes] = s->data[4];
            s->data[4] = made;
            continue;
        }
        char name[64];
        band_name(name, band, w->n_axes, level);
        const dlrn_status st = put_band(out, made, w, name, im, box, err);
        if (st != DLRN_OK) return st;
    }
    double *low = s->data[4];
    s->data[4] = s->data[0];
    s->data[0] = low;
    return DLRN_OK;
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
    *w = (swt){.length = row->length, .single = im->stored == DLRN_PIXEL_F32, .n = 1};
    const bool coiflet = !strncmp(row->name, "coif", 4);
    take_filter(w->filter[0], w, dlrn_wavelet_values + row->lo, coiflet);
    take_filter(w->filter[1], w, dlrn_wavelet_values + row->hi, coiflet);
    // numpy axis k is our axis ndim - 1 - k
    const int dropped = o->force2d ? im->ndim - 1 - o->force2d_dimension : -1;
    for (int k = 0; k < 3; k++) {
        w->dim[k] = k < im->ndim ? im->dim[k] + im->dim[k] % 2 : 1;
        w->n *= (size_t)w->dim[k];
        if (k < im->ndim && k != dropped) w->axis[w->n_axes++] = k;
    }
    return DLRN_OK;
}

dlrn_status dlrn_filter_wavelet(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                                const dlrn_filter_box *box, dlrn_error *err)
{
    stages s = {{NULL}, NULL};
    swt w;
    const int levels = o->level ? o->level : 1;
    int left = o->start_level + levels;
    dlrn_status st = plan(&w, im, o, err);
    if (st != DLRN_OK) return st;
    for (int k = 0; k < 5; k++)
        if (k <= w.n_axes || k == 4) DLRN_TRY(dlrn_alloc_or_fail(&s.data[k], w.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s.copy, (size_t)(w.dim[0] + w.length), err));
    const range all = needed(&w, box, left);
    pad(s.data[0], &w, im, &all);
    for (int i = 0; i < o->start_level; i++)
        DLRN_TRY(one_level(out, &s, &w, 0, --left, im, box, err));
    for (int level = 1; level <= levels; level++)
        DLRN_TRY(one_level(out, &s, &w, level, --left, im, box, err));
    char name[64];
    band_name(name, 0, w.n_axes, levels);
    DLRN_TRY(put_band(out, s.data[0], &w, name, im, box, err));
done:
    for (int k = 0; k < 5; k++)
        free(s.data[k]);
    free(s.copy);
    return st;
}
