/* SPDX-License-Identifier: Apache-2.0
 *
 * Local binary patterns of the slices (Ojala et al. 2002) as scikit-image's local_binary_pattern:
 * bilinear samples on a circle, 0 outside the slice.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/filters_own.h"

enum { MAX_SAMPLES = 48 };

typedef enum method { UNIFORM, DEFAULT, ROR, VAR } method;

/* One slice, and where the samples lie. */
typedef struct slice {
    const double *v;
    int64_t rows, cols, row_step, col_step;
    int samples;
    method how;
    double row[MAX_SAMPLES], col[MAX_SAMPLES];
} slice;

static double pixel(const slice *s, int64_t r, int64_t c)
{
    return r < 0 || c < 0 || r >= s->rows || c >= s->cols ? 0
                                                          : s->v[r * s->row_step + c * s->col_step];
}

static double sample(const slice *s, double r, double c)
{
    const double r0 = floor(r), c0 = floor(c), dr = r - r0, dc = c - c0;
    const int64_t a = (int64_t)r0, b = (int64_t)ceil(r), d = (int64_t)c0, e = (int64_t)ceil(c);
    const double top = (1 - dc) * pixel(s, a, d) + dc * pixel(s, a, e);
    const double bottom = (1 - dc) * pixel(s, b, d) + dc * pixel(s, b, e);
    return (1 - dr) * top + dr * bottom;
}

static double least_rotation(uint64_t bits, int n)
{
    uint64_t best = bits;
    for (int k = 1; k < n; k++) {
        bits = bits >> 1 | (bits & 1) << (n - 1);
        best = bits < best ? bits : best;
    }
    return (double)best;
}

static double pattern(const slice *s, int64_t r, int64_t c)
{
    const double centre = pixel(s, r, c);
    const int n = s->samples;
    double sum = 0, sum2 = 0;
    uint64_t bits = 0;
    int ones = 0, changes = 0, before = 0;
    for (int k = 0; k < n; k++) {
        const double v = sample(s, (double)r + s->row[k], (double)c + s->col[k]);
        const int bit = v - centre >= 0;
        sum += v;
        sum2 += v * v;
        bits |= (uint64_t)bit << k;
        ones += bit;
        // the pair of last and first is not compared
        changes += k > 0 && bit != before;
        before = bit;
    }
    switch (s->how) {
    case UNIFORM: return changes <= 2 ? ones : n + 1;
    case DEFAULT: return (double)bits;
    case ROR: return least_rotation(bits, n);
    default: break;
    }
    const double mean = sum / n, var = sum2 / n - mean * mean;
    return var != 0 ? var : (double)NAN;
}

static dlrn_status plan(slice *s, const dlrn_filter_opts *o, dlrn_error *err)
{
    static const char *const names[] = {"uniform", "default", "ror", "var"};
    const char *name = o->lbp2d_method ? o->lbp2d_method : names[0];
    const double radius = o->lbp2d_radius > 0 ? o->lbp2d_radius : 1;
    int how = 0;
    while (how < 4 && strcmp(name, names[how]))
        how++;
    if (how == 4)
        return dlrn_fail(err, DLRN_EINVAL,
                         "lbp2DMethod '%s' is unknown; known: uniform, default, ror, var", name);
    s->how = (method)how;
    s->samples = o->lbp2d_samples ? o->lbp2d_samples : 8;
    if (s->samples < 1 || s->samples > MAX_SAMPLES)
        return dlrn_fail(err, DLRN_EINVAL, "lbp2DSamples is %d: 1 to %d expected", s->samples,
                         MAX_SAMPLES);
    for (int k = 0; k < s->samples; k++) {
        const double angle = 2 * M_PI * k / s->samples;
        s->row[k] = rint(-radius * sin(angle) * 1e5) / 1e5;
        s->col[k] = rint(radius * cos(angle) * 1e5) / 1e5;
    }
    return DLRN_OK;
}

dlrn_status dlrn_filter_lbp2d(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                              const dlrn_filter_box *box, dlrn_error *err)
{
    slice s = {0};
    dlrn_image *r;
    dlrn_status st = plan(&s, o, err);
    // the result goes back into an array of the image's type, but for a true 2-D image
    const dlrn_pixel stored = im->ndim == 3 ? im->stored : DLRN_PIXEL_F64;
    if (st == DLRN_OK) st = dlrn_filtered_add(&r, out, "lbp-2D", im, box, stored, err);
    if (st != DLRN_OK) return st;
    const int64_t step[3] = {1, im->dim[0], im->dim[0] * im->dim[1]};
    const int across = im->ndim == 3 ? 2 - o->force2d_dimension : 2;
    const int row = across == 1 ? 2 : 1, col = across == 0 ? 2 : 0;
    s.rows = im->dim[row];
    s.cols = im->dim[col];
    s.row_step = step[row];
    s.col_step = step[col];
    const bool whole = stored != DLRN_PIXEL_F32 && stored != DLRN_PIXEL_F64;
    double *dst = r->v;
    int64_t at[3];
    for (at[2] = box->lo[2]; at[2] < box->lo[2] + box->size[2]; at[2]++)
        for (at[1] = box->lo[1]; at[1] < box->lo[1] + box->size[1]; at[1]++)
            for (at[0] = box->lo[0]; at[0] < box->lo[0] + box->size[0]; at[0]++) {
                s.v = im->v + at[across] * step[across];
                const double code = pattern(&s, at[row], at[col]);
                *dst++ = whole                      ? trunc(code)
                         : stored == DLRN_PIXEL_F32 ? (double)(float)code
                                                    : code;
            }
    return DLRN_OK;
}
