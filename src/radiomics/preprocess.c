/* SPDX-License-Identifier: Apache-2.0
 *
 * Normalisation, resegmentation and cropping as PyRadiomics' imageoperations.
 */
#include "radiomics/preprocess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t voxels(const int64_t dim[3])
{
    return (size_t)(dim[0] * dim[1] * dim[2]);
}

/* A sum with the rounding errors of its steps added at the end (Neumaier). */
typedef struct exact_sum {
    double sum, lost;
} exact_sum;

static void add_exact(exact_sum *s, double x)
{
    const double t = s->sum + x;
    s->lost += fabs(s->sum) >= fabs(x) ? (s->sum - t) + x : (x - t) + s->sum;
    s->sum = t;
}

dlrn_status dlrn_pre_normalize(dlrn_image *io, double scale, double outliers, dlrn_error *err)
{
    // ITK's formula and steps: images that are nearly symmetric give bands of rounding errors alone
    const size_t n = voxels(io->dim);
    exact_sum s = {0, 0}, s2 = {0, 0};
    for (size_t i = 0; i < n; i++) {
        add_exact(&s, io->v[i]);
        add_exact(&s2, io->v[i] * io->v[i]);
    }
    const double sum = s.sum + s.lost, mean = sum / (double)n;
    const double variance =
        n > 1 ? (s2.sum + s2.lost - sum * sum / (double)n) / (double)(n - 1) : 0;
    if (!isfinite(variance))
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "normalize: the image holds pixels that are not finite (NaN, infinite or "
                         "too large to square): mend it or set normalize to false");
    if (!(variance > 0))
        return dlrn_fail(err, DLRN_ENUMERIC,
                         "normalize: all pixels of the image are %g, so there is no spread to "
                         "scale by: set normalize to false",
                         mean);
    const double per_sd = 1 / sqrt(variance);
    for (size_t i = 0; i < n; i++) {
        double x = (io->v[i] - mean) * per_sd;
        if (!isnan(outliers)) x = x > outliers ? outliers : x < -outliers ? -outliers : x;
        io->v[i] = x * scale;
    }
    io->stored = DLRN_PIXEL_F64;
    return DLRN_OK;
}

/* Turns relative and sigma thresholds into grey values. */
static void thresholds(double t[2], const dlrn_mask *m, const dlrn_image *im, dlrn_reseg_mode mode)
{
    const size_t all = voxels(im->dim);
    double max = -(double)INFINITY, sum = 0, sum2 = 0;
    size_t n = 0;
    for (size_t i = 0; i < all; i++) {
        if (!m->v[i]) continue;
        max = im->v[i] > max ? im->v[i] : max;
        sum += im->v[i];
        n++;
    }
    const double mean = sum / (double)n;
    for (size_t i = 0; i < all; i++)
        if (m->v[i]) sum2 += (im->v[i] - mean) * (im->v[i] - mean);
    const double sd = sqrt(sum2 / (double)n);
    for (int k = 0; k < 2; k++) {
        if (mode == DLRN_RESEG_RELATIVE) t[k] *= max;
        if (mode == DLRN_RESEG_SIGMA) t[k] = mean + sd * t[k];
    }
}

dlrn_status dlrn_pre_resegment(dlrn_mask *io, const dlrn_image *im, const double *range, size_t n,
                               dlrn_reseg_mode mode, dlrn_error *err)
{
    if (n < 1 || n > 2)
        return dlrn_fail(err, DLRN_EINVAL, "resegmentRange holds %zu values: 1 or 2 expected", n);
    const size_t all = voxels(im->dim);
    double t[2] = {range[0], range[n - 1]};
    if (t[0] > t[1]) {
        t[0] = range[1];
        t[1] = range[0];
    }
    thresholds(t, io, im, mode);
    size_t left = 0;
    for (size_t i = 0; i < all; i++) {
        io->v[i] = io->v[i] && im->v[i] >= t[0] && (n == 1 || im->v[i] <= t[1]);
        left += io->v[i];
    }
    if (left > 1) return DLRN_OK;
    char upper[40] = "";
    if (n == 2) snprintf(upper, sizeof upper, " to %g", t[1]);
    return dlrn_fail(err, DLRN_EINVAL,
                     "resegmentRange leaves %zu voxel%s of the region (grey values from %g%s): "
                     "widen it",
                     left, left == 1 ? "" : "s", t[0], upper);
}

static void crop_grid(dlrn_image *grid, const int64_t lo[3], const int64_t size[3])
{
    for (int k = 0; k < 3; k++) {
        grid->dim[k] = size[k];
        for (int j = 0; j < 3; j++)
            grid->origin_mm[k] += grid->dir[3 * k + j] * grid->spacing_mm[j] * (double)lo[j];
    }
}

dlrn_status dlrn_pre_crop(dlrn_image *out, dlrn_mask *mask_out, dlrn_image *grid,
                          const dlrn_image *im, const dlrn_mask *mask, int pad, dlrn_error *err)
{
    dlrn_status st;
    int64_t lo[3], size[3];
    *out = (dlrn_image){0};
    *mask_out = (dlrn_mask){0};
    if (!dlrn_mask_box(mask, lo, size))
        return dlrn_fail(err, DLRN_EINVAL, "the mask holds no voxel of the label");
    for (int k = 0; k < 3; k++) {
        int64_t end = lo[k] + size[k] + (k < im->ndim ? pad : 0);
        lo[k] -= k < im->ndim ? pad : 0;
        lo[k] = lo[k] > 0 ? lo[k] : 0;
        end = end < im->dim[k] ? end : im->dim[k];
        size[k] = end - lo[k];
    }
    DLRN_TRY(dlrn_image_alloc_uncleared(out, im->ndim, size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&mask_out->v, voxels(size), err));
    double *v = out->v;
    *out = *im;
    out->v = v;
    crop_grid(out, lo, size);
    if (grid) crop_grid(grid, lo, size);
    memcpy(mask_out->dim, size, sizeof size);
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const int64_t from = ((z + lo[2]) * im->dim[1] + y + lo[1]) * im->dim[0] + lo[0];
            const int64_t to = (z * size[1] + y) * size[0];
            memcpy(v + to, im->v + from, (size_t)size[0] * sizeof *v);
            memcpy(mask_out->v + to, mask->v + from, (size_t)size[0]);
        }
done:
    if (st != DLRN_OK) {
        dlrn_image_clear(out);
        dlrn_mask_clear(mask_out);
    }
    return st;
}
