/* SPDX-License-Identifier: Apache-2.0
 *
 * Local binary patterns of the slices (Ojala et al. 2002) as scikit-image's local_binary_pattern:
 * bilinear samples on a circle, 0 outside the slice.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "radiomics/filters_own.h"

enum { MAX_SAMPLES = 64 };

typedef enum method { UNIFORM, DEFAULT, ROR, VAR } method;

/* Where the samples lie around a pixel. */
typedef struct circle {
    int samples;
    method how;
    double row[MAX_SAMPLES], col[MAX_SAMPLES];
} circle;

/* The wanted part of a slice in a frame of `margin` pixels, 0 where the slice ends. */
typedef struct window {
    double *v; /* [rows + 2 margin][width] */
    int64_t rows, cols, margin, width;
    int64_t first_row, first_col; /* of the part, in the slice */
    double *across; /* [samples][cols]: how far a sample lies beyond the pixel left of it */
    double *sample; /* per worker [samples][cols]: of the row in work */
} window;

/* One circle position of all pixels of a row: bilinear between four neighbours. */
DLRN_WIDE static void sample_row(double *restrict out, const double *restrict top,
                                 const double *restrict bottom, int64_t right,
                                 const double *restrict dc, double dr, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double up = (1 - dc[i]) * top[i] + dc[i] * top[i + right];
        const double down = (1 - dc[i]) * bottom[i] + dc[i] * bottom[i + right];
        out[i] = (1 - dr) * up + dr * down;
    }
}

static int64_t hold(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Samples further away than the frame is wide are held at its edge, which is then outside. */
static void sample_around(double *sample, const window *w, const circle *c, int64_t row)
{
    for (int k = 0; k < c->samples; k++) {
        // the offset has five digits, so whole pixels can be added to its floor
        const double r = (double)(w->first_row + row) + c->row[k], above = floor(r);
        const int64_t low = -w->margin, high = w->rows + w->margin - 1;
        const int64_t a = hold((int64_t)above - w->first_row, low, high);
        const int64_t b = hold((int64_t)ceil(r) - w->first_row, low, high);
        const int64_t left = (int64_t)floor(c->col[k]), right = (int64_t)ceil(c->col[k]) - left;
        const double *from =
            w->v + w->margin * w->width + w->margin + hold(left, low, w->margin - right);
        sample_row(sample + k * w->cols, from + a * w->width, from + b * w->width, right,
                   w->across + k * w->cols, r - above, w->cols);
    }
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

/* The code of a pixel from its samples, which stand `step` apart. */
static double pattern(const circle *c, double centre, const double *sample, int64_t step)
{
    const int n = c->samples;
    double sum = 0, sum2 = 0;
    uint64_t bits = 0;
    int ones = 0, changes = 0, before = 0;
    for (int k = 0; k < n; k++) {
        const double v = sample[k * step];
        const int bit = v - centre >= 0;
        sum += v;
        sum2 += v * v;
        bits |= (uint64_t)bit << k;
        ones += bit;
        // the pair of last and first is not compared
        changes += k > 0 && bit != before;
        before = bit;
    }
    switch (c->how) {
    case UNIFORM: return changes <= 2 ? ones : n + 1;
    case DEFAULT: return (double)bits;
    case ROR: return least_rotation(bits, n);
    default: break;
    }
    const double mean = sum / n, var = sum2 / n - mean * mean;
    return var != 0 ? var : (double)NAN;
}

/* A code in an array of the image's type: numpy cuts it off and, where it is too large, keeps the
 * lowest bits, as the processor's conversion to 32 or 64 bits leaves them. */
static double as_array_value(double x, dlrn_pixel type)
{
    if (type == DLRN_PIXEL_F64) return x;
    if (type == DLRN_PIXEL_F32) return (double)(float)x;
    const int64_t wide = x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN;
    const int32_t narrow = x > -0x1p31 - 1 && x < 0x1p31 ? (int32_t)x : INT32_MIN;
    switch (type) {
    case DLRN_PIXEL_U8: return (double)(uint8_t)narrow;
    case DLRN_PIXEL_I8: return (double)(int8_t)narrow;
    case DLRN_PIXEL_U16: return (double)(uint16_t)narrow;
    case DLRN_PIXEL_I16: return (double)(int16_t)narrow;
    case DLRN_PIXEL_I32: return (double)narrow;
    case DLRN_PIXEL_U32: return (double)(uint32_t)wide;
    default: return (double)wide;
    }
}

static dlrn_status plan(circle *s, const dlrn_filter_opts *o, dlrn_error *err)
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

enum { STRIP = 256 }; /* rows of a window, at most */

static dlrn_status make_window(window *w, const circle *c, const dlrn_filter_box *box, int row,
                               int col, const int64_t length[2], size_t workers, dlrn_error *err)
{
    dlrn_status st;
    const double beyond = (double)(length[0] > length[1] ? length[0] : length[1]) + 1;
    double reach = 1;
    for (int k = 0; k < c->samples; k++)
        reach = fmax(reach, fmax(fabs(c->row[k]), fabs(c->col[k])));
    w->rows = box->size[row] < STRIP ? box->size[row] : STRIP;
    w->cols = box->size[col];
    w->first_col = box->lo[col];
    w->margin = (int64_t)ceil(fmin(reach, beyond));
    w->width = w->cols + 2 * w->margin;
    const size_t samples = (size_t)c->samples;
    DLRN_TRY(dlrn_alloc_or_fail(&w->v, (size_t)((w->rows + 2 * w->margin) * w->width), err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->across, samples * (size_t)w->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->sample, workers * samples * (size_t)w->cols, err));
    for (int k = 0; k < c->samples; k++)
        for (int64_t i = 0; i < w->cols; i++) {
            const double at = (double)(w->first_col + i) + c->col[k];
            w->across[k * w->cols + i] = at - floor(at);
        }
done:
    return st;
}

/* Takes the window out of the slice v, of which rows and cols have the given lengths and steps. */
static void fill_window(window *w, const double *v, const int64_t length[2], const int64_t step[2])
{
    for (int64_t r = -w->margin; r < w->rows + w->margin; r++)
        for (int64_t c = -w->margin; c < w->cols + w->margin; c++) {
            const int64_t y = w->first_row + r, x = w->first_col + c;
            const bool in = y >= 0 && x >= 0 && y < length[0] && x < length[1];
            w->v[(r + w->margin) * w->width + c + w->margin] =
                in ? v[y * step[0] + x * step[1]] : 0;
        }
}

/* The rows of one window. */
typedef struct job {
    const circle *circle;
    const window *w;
    dlrn_pixel stored;
    double *out;
    int64_t row_step, col_step; /* of out */
} job;

static void do_row(void *user, int64_t i, int64_t none, size_t worker)
{
    const job *j = user;
    const window *w = j->w;
    const double *centre = w->v + (i + w->margin) * w->width + w->margin;
    double *sample = w->sample + (int64_t)worker * j->circle->samples * w->cols;
    (void)none;
    sample_around(sample, w, j->circle, i);
    for (int64_t k = 0; k < w->cols; k++)
        j->out[i * j->row_step + k * j->col_step] =
            as_array_value(pattern(j->circle, centre[k], sample + k, w->cols), j->stored);
}

dlrn_status dlrn_filter_lbp2d(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                              const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err)
{
    circle circ = {0};
    window w = {0};
    dlrn_image *r;
    dlrn_status st;
    // the result goes back into an array of the image's type, but for a true 2-D image
    const dlrn_pixel stored = im->ndim == 3 ? im->stored : DLRN_PIXEL_F64;
    const int64_t step[3] = {1, im->dim[0], im->dim[0] * im->dim[1]};
    const int64_t to[3] = {1, box->size[0], box->size[0] * box->size[1]};
    const int across = im->ndim == 3 ? 2 - o->force2d_dimension : 2;
    const int row = across == 1 ? 2 : 1, col = across == 0 ? 2 : 0;
    const int64_t length[2] = {im->dim[row], im->dim[col]}, steps[2] = {step[row], step[col]};
    DLRN_TRY(plan(&circ, o, err));
    DLRN_TRY(make_window(&w, &circ, box, row, col, length, (size_t)dlrn_exec_threads(ex), err));
    DLRN_TRY(dlrn_filtered_add(&r, out, "lbp-2D", im, box, stored, err));
    for (int64_t z = 0; z < box->size[across]; z++)
        for (int64_t first = 0; first < box->size[row]; first += STRIP) {
            const int64_t left = box->size[row] - first;
            job j = {&circ, &w, stored, r->v + z * to[across] + first * to[row], to[row], to[col]};
            w.rows = left < STRIP ? left : STRIP;
            w.first_row = box->lo[row] + first;
            fill_window(&w, im->v + (box->lo[across] + z) * step[across], length, steps);
            DLRN_TRY(dlrn_filter_rows((int64_t[]){w.cols, w.rows, 1}, ex, do_row, &j, err));
        }
done:
    free(w.v);
    free(w.across);
    free(w.sample);
    return st == DLRN_OK ? dlrn_filtered_done(out, err) : st;
}
