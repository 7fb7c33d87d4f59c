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

#include "radiomics/filters_own.h"

/* One transform: the padded grid and what is filtered along. */
typedef struct swt {
    int64_t dim[3]; /* padded */
    size_t n;
    int axis[3], n_axes; /* 0 x, 1 y, 2 z */
    const double *filter[2];
    int length;
    bool single;  /* arithmetic in float */
    bool coiflet; /* whose filters PyWavelets scales by sqrt(2) in that arithmetic */
} swt;

static const dlrn_wavelet_row *find_wavelet(const char *name)
{
    for (int i = 0; i < dlrn_wavelet_n; i++)
        if (!strcmp(dlrn_wavelet_rows[i].name, name)) return &dlrn_wavelet_rows[i];
    return NULL;
}

/* row += f * src over n samples, in the precision of the image. */
static void add_scaled(double *row, const double *src, int64_t n, double f, const swt *w)
{
    if (!w->single) {
        for (int64_t i = 0; i < n; i++)
            row[i] += f * src[i];
        return;
    }
    const double root2 = sqrt(2);
    const float g = w->coiflet ? (float)(f / root2) * (float)root2 : (float)f;
    for (int64_t i = 0; i < n; i++)
        row[i] = (double)((float)row[i] + g * (float)src[i]);
}

/* One output of a run of `inner` lines: terms j = from, from + by, ... up to `to`. */
static void add_terms(double *d, const double *s, int64_t at, int64_t n, int64_t inner,
                      const swt *w, const double *f, int from, int to)
{
    const int by = from <= to ? 1 : -1;
    for (int j = from; j != to + by; j += by) {
        const int64_t k = ((at + w->length / 2 - j) % n + n) % n;
        add_scaled(d + at * inner, s + k * inner, inner, f[j], w);
    }
}

/* out = src filtered along axis `a`: out[n] = sum_j f[j] src[(n + F/2 - j) mod N]. An axis is seen
 * as [outer][n][inner], so that the sum runs over whole contiguous runs. Where the filter reaches
 * beyond the end, PyWavelets adds the terms beyond it first, from the far one back. */
static void filter_axis(double *out, const double *src, const swt *w, int a, const double *f)
{
    const int64_t n = w->dim[a], half = w->length / 2;
    const int64_t inner = a == 0 ? 1 : a == 1 ? w->dim[0] : w->dim[0] * w->dim[1];
    const int64_t outer = (int64_t)w->n / (n * inner);
    const int64_t plain = n > half ? n - half : 0; /* outputs whose terms come in order */
    memset(out, 0, w->n * sizeof *out);
    for (int64_t o = 0; o < outer; o++) {
        const double *s = src + o * n * inner;
        double *d = out + o * n * inner;
        for (int j = 0; j < w->length; j++) {
            // out[k] takes src[k + shift]; the parts before and after the wrap are whole runs
            const int64_t shift = ((half - j) % n + n) % n;
            const int64_t first = n - shift < plain ? n - shift : plain;
            add_scaled(d, s + shift * inner, first * inner, f[j], w);
            if (first == plain) continue;
            add_scaled(d + first * inner, s + (first + shift - n) * inner, (plain - first) * inner,
                       f[j], w);
        }
        for (int64_t at = plain; at < n; at++) {
            const int beyond = (int)(at + half - n);
            add_terms(d, s, at, n, inner, w, f, beyond, 0);
            if (beyond + 1 < w->length)
                add_terms(d, s, at, n, inner, w, f, beyond + 1, w->length - 1);
        }
    }
}

static void pad(double *v, const swt *w, const dlrn_image *im)
{
    for (int64_t z = 0; z < w->dim[2]; z++)
        for (int64_t y = 0; y < w->dim[1]; y++)
            for (int64_t x = 0; x < w->dim[0]; x++)
                *v++ = im->v[(z % im->dim[2] * im->dim[1] + y % im->dim[1]) * im->dim[0] +
                             x % im->dim[0]];
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

/* Bands 1.. of data[0] are put out (level > 0); the all-low band replaces data[0]. data[1..3] hold
 * the stages of the band in work, so a prefix that two bands share is filtered once. */
static dlrn_status one_level(dlrn_filtered *out, double *data[5], const swt *w, int level,
                             const dlrn_image *im, const dlrn_filter_box *box, dlrn_error *err)
{
    const unsigned bands = level > 0 ? 1u << w->n_axes : 1;
    unsigned last = ~0u;
    for (unsigned band = 0; band < bands; band++) {
        for (int k = 0; k < w->n_axes; k++) {
            const int up = w->n_axes - 1 - k;
            if (last != ~0u && band >> up == last >> up) continue;
            filter_axis(data[k + 1], data[k], w, w->axis[k], w->filter[band >> up & 1]);
        }
        last = band;
        if (band == 0) {
            memcpy(data[4], data[w->n_axes], w->n * sizeof *data[4]);
            continue;
        }
        char name[64];
        band_name(name, band, w->n_axes, level);
        const dlrn_status st = put_band(out, data[w->n_axes], w, name, im, box, err);
        if (st != DLRN_OK) return st;
    }
    double *low = data[4];
    data[4] = data[0];
    data[0] = low;
    return DLRN_OK;
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
    w->coiflet = !strncmp(row->name, "coif", 4);
    w->filter[0] = dlrn_wavelet_values + row->lo;
    w->filter[1] = dlrn_wavelet_values + row->hi;
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
    double *data[5] = {NULL};
    swt w;
    const int levels = o->level ? o->level : 1;
    dlrn_status st = plan(&w, im, o, err);
    if (st != DLRN_OK) return st;
    for (int k = 0; k < 5; k++)
        DLRN_TRY(dlrn_alloc_or_fail(&data[k], w.n, err));
    pad(data[0], &w, im);
    for (int i = 0; i < o->start_level; i++)
        DLRN_TRY(one_level(out, data, &w, 0, im, box, err));
    for (int level = 1; level <= levels; level++)
        DLRN_TRY(one_level(out, data, &w, level, im, box, err));
    char name[64];
    band_name(name, 0, w.n_axes, levels);
    DLRN_TRY(put_band(out, data[0], &w, name, im, box, err));
done:
    for (int k = 0; k < 5; k++)
        free(data[k]);
    return st;
}
