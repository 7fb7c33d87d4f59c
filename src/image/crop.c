/* SPDX-License-Identifier: Apache-2.0
 *
 * The network's input: a square of whole pixels around the outline, windowed, then resized as
 * PIL's and torchvision's antialiased bilinear (a triangle whose support grows with the scale).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/count.h"

/* A rectangle of source pixels, square in mm, edge pixels repeated where it leaves the image. */
typedef struct window {
    int64_t x0, y0, w, h, z;
} window;

static window square_around(const dlrn_image *im, const int64_t lo[3], const int64_t size[3],
                            double margin)
{
    const double sx = im->spacing_mm[0], sy = im->spacing_mm[1];
    const double w_mm = (double)size[0] * sx, h_mm = (double)size[1] * sy;
    const double side = (w_mm > h_mm ? w_mm : h_mm) * (1 + 2 * margin);
    window r = {.w = (int64_t)floor(side / sx + 0.5), .h = (int64_t)floor(side / sy + 0.5)};
    if (r.w < 1) r.w = 1;
    if (r.h < 1) r.h = 1;
    r.x0 = (int64_t)floor((double)lo[0] + ((double)size[0] - (double)r.w) / 2 + 0.5);
    r.y0 = (int64_t)floor((double)lo[1] + ((double)size[1] - (double)r.h) / 2 + 0.5);
    r.z = lo[2];
    return r;
}

static int64_t clamp(int64_t x, int64_t n)
{
    return x < 0 ? 0 : x >= n ? n - 1 : x;
}

static void cut_out(double *dst, const dlrn_image *im, const window *r)
{
    const double *slice = im->v + (size_t)(r->z * im->dim[0] * im->dim[1]);
    for (int64_t y = 0; y < r->h; y++) {
        const double *row = slice + (size_t)(clamp(r->y0 + y, im->dim[1]) * im->dim[0]);
        for (int64_t x = 0; x < r->w; x++)
            dst[y * r->w + x] = row[clamp(r->x0 + x, im->dim[0])];
    }
}

/* Values become 0..1 between two percentiles of v itself; a flat image becomes 0. */
static dlrn_status apply_window(double *v, size_t n, const dlrn_crop_opts *o, dlrn_error *err)
{
    dlrn_status st;
    double *copy = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&copy, n, err));
    memcpy(copy, v, n * sizeof *copy);
    const double lo = dlrn_percentile_of(copy, n, o->window[0]);
    const double hi = dlrn_percentile_of(copy, n, o->window[1]);
    for (size_t i = 0; i < n; i++) {
        double x = hi > lo ? (v[i] - lo) / (hi - lo) : 0;
        x = x < 0 ? 0 : x > 1 ? 1 : x;
        v[i] = o->invert ? 1 - x : x;
    }
done:
    free(copy);
    return st;
}

/* One axis of the resize: out[o] = sum of weight * in[first .. ]; strides in elements. */
static void resize_line(double *out, size_t out_step, size_t n_out, const double *in,
                        size_t in_step, size_t n_in)
{
    const double scale = (double)n_in / (double)n_out, support = scale > 1 ? scale : 1;
    for (size_t o = 0; o < n_out; o++) {
        const double centre = ((double)o + 0.5) * scale;
        double lo = centre - support + 0.5, hi = centre + support + 0.5;
        if (lo < 0) lo = 0;
        if (hi > (double)n_in) hi = (double)n_in;
        double sum = 0, weights = 0;
        for (size_t i = (size_t)lo; i < (size_t)hi; i++) {
            const double d = fabs(((double)i - centre + 0.5) / support);
            const double w = d < 1 ? 1 - d : 0;
            sum += w * in[i * in_step];
            weights += w;
        }
        out[o * out_step] = sum / weights;
    }
}

static dlrn_status check(const dlrn_image *im, const dlrn_mask *mask, const dlrn_crop_opts *o,
                         dlrn_error *err)
{
    if (memcmp(im->dim, mask->dim, sizeof im->dim) != 0)
        return dlrn_fail(err, DLRN_EINVAL,
                         "mask is %" PRId64 "x%" PRId64 ", image is %" PRId64 "x%" PRId64,
                         mask->dim[0], mask->dim[1], im->dim[0], im->dim[1]);
    if (!(o->margin >= 0 && o->margin <= 10) || o->size < 1 || o->size > 4096 ||
        !(o->window[0] >= 0 && o->window[0] < o->window[1] && o->window[1] <= 100))
        return dlrn_fail(err, DLRN_EINVAL,
                         "crop: margin %g (0..10), size %d (1..4096), window %g, %g (0..100, "
                         "rising) make no sense",
                         o->margin, o->size, o->window[0], o->window[1]);
    return DLRN_OK;
}

dlrn_status dlrn_crop_square(float **out, const dlrn_image *im, const dlrn_mask *mask,
                             const dlrn_crop_opts *opts, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_crop_opts o = opts ? *opts : DLRN_CROP_DEFAULTS;
    const size_t size = (size_t)o.size;
    int64_t lo[3], box[3];
    double *cut = NULL, *wide = NULL, *line = NULL;
    float *result = NULL;
    *out = NULL;
    DLRN_TRY(check(im, mask, &o, err));
    if (dlrn_mask_box(mask, lo, box) == 0)
        return dlrn_fail(err, DLRN_ENOTFOUND, "the mask is empty: nothing to crop");
    const window r = square_around(im, lo, box, o.margin);
    const size_t w = (size_t)r.w, h = (size_t)r.h;
    DLRN_TRY(dlrn_alloc_or_fail(&cut, w * h, err));
    DLRN_TRY(dlrn_alloc_or_fail(&wide, size * h, err));
    DLRN_TRY(dlrn_alloc_or_fail(&line, size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&result, size * size, err));
    cut_out(cut, im, &r);
    for (size_t i = 0; i < w * h; i++)
        if (!isfinite(cut[i])) {
            st = dlrn_fail(err, DLRN_ENUMERIC, "the crop holds pixels that are not finite numbers");
            goto done;
        }
    DLRN_TRY(apply_window(cut, w * h, &o, err));
    for (size_t y = 0; y < h; y++)
        resize_line(wide + y * size, 1, size, cut + y * w, 1, w);
    for (size_t x = 0; x < size; x++) {
        resize_line(line, 1, size, wide + x, size, h);
        for (size_t y = 0; y < size; y++)
            result[y * size + (o.flip_x ? size - 1 - x : x)] = (float)line[y];
    }
    *out = result;
    result = NULL;
done:
    free(cut);
    free(wide);
    free(line);
    free(result);
    return st;
}
