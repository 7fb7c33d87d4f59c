/* SPDX-License-Identifier: Apache-2.0
 *
 * Local binary patterns on spheres (Banerjee et al. 2013) as PyRadiomics' LBP3D: samples of a cubic
 * spline on an icosphere around each voxel, their bits as a sum of spherical harmonics, the norm of
 * each degree, and the samples' kurtosis. Borders, rounding and the order of sums are scipy's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics/filters_own.h"
#include "radiomics/interpolate.h"
#include "radiomics/sphere.h"
#include "radiomics/sums.h"

enum { MAX_LEVELS = 64, TAPS = 4 };

typedef struct pattern {
    const dlrn_image *im;
    const dlrn_filter_opts *o;
    const dlrn_filter_box *box;
    double *coef; /* spline coefficients of the image */
    dlrn_sphere sphere;
    int levels, threads;
    double *harmonic; /* [sphere.n][levels * levels] */
    double *gram;     /* per degree n > 0 at gram_at(n): [2n+1][2n+1] */
    double *norm;     /* of degree 0, by how many samples reach the centre [sphere.n + 1] */
    double *sample;   /* [threads][sphere.n] */
    double **out;     /* [levels + 1]: pixels of the results */
} pattern;

/* ---- the spline ---- */

static void filter_line(double *c, int64_t n)
{
    const double z = -0.267949192431122706472553658494127633; /* sqrt(3) - 2 */
    const double gain = (1 - z) * (1 - 1 / z), zn = pow(z, (double)(n - 1));
    double zi = z;
    for (int64_t i = 0; i < n; i++)
        c[i] *= gain;
    c[0] += zn * c[n - 1];
    for (int64_t i = 1; i < n - 1; i++, zi *= z)
        c[0] += zi * (c[i] + zn * c[n - 1 - i]);
    c[0] /= 1 - zn * zn;
    for (int64_t i = 1; i < n; i++)
        c[i] += z * c[i - 1];
    c[n - 1] = (z * c[n - 2] + c[n - 1]) * z / (z * z - 1);
    for (int64_t i = n - 2; i >= 0; i--)
        c[i] = z * (c[i + 1] - c[i]);
}

static dlrn_status make_coefficients(pattern *p, dlrn_error *err)
{
    dlrn_status st;
    double *line = NULL;
    const int64_t *dim = p->im->dim, all = dim[0] * dim[1] * dim[2];
    int64_t stride = all;
    DLRN_TRY(dlrn_alloc_or_fail(&p->coef, (size_t)all, err));
    DLRN_TRY(dlrn_alloc_or_fail(&line, (size_t)(dim[0] + dim[1] + dim[2]), err));
    memcpy(p->coef, p->im->v, (size_t)all * sizeof *p->coef);
    for (int a = 2; a >= 0; a--) {
        const int64_t n = dim[a];
        stride /= n;
        for (int64_t l = 0; n > 1 && l < all / n; l++) {
            double *first = p->coef + l / stride * stride * n + l % stride;
            for (int64_t i = 0; i < n; i++)
                line[i] = first[i * stride];
            filter_line(line, n);
            for (int64_t i = 0; i < n; i++)
                first[i * stride] = line[i];
        }
    }
done:
    free(line);
    return st;
}

/* Weights and places along one axis; false outside the image. */
static bool make_taps(int64_t at[TAPS], double w[TAPS], double x, int64_t n, int64_t stride)
{
    if (!(x >= 0 && x <= (double)(n - 1))) return false;
    const double low = floor(x), y = x - low, z = 1 - y;
    for (int k = 0; k < TAPS; k++)
        at[k] = dlrn_mirror_index((int64_t)low - 1 + k, n) * stride;
    w[1] = (y * y * (y - 2) * 3 + 4) / 6;
    w[2] = (z * z * (z - 2) * 3 + 4) / 6;
    w[0] = z * z * z / 6;
    w[3] = 1 - w[0] - w[1] - w[2];
    return true;
}

/* The result goes into an array of the image's own type; whole numbers are rounded. */
static double as_stored(double t, dlrn_pixel type)
{
    return dlrn_as_pixel(type >= DLRN_PIXEL_F32 ? t : t > 0 ? t + 0.5 : t - 0.5, type);
}

/* At z, y, x in voxels; 0 outside the image. */
static double spline_at(const pattern *p, const double at[3])
{
    const int64_t *dim = p->im->dim;
    int64_t i[3][TAPS];
    double w[3][TAPS], sum = 0;
    if (!make_taps(i[0], w[0], at[0], dim[2], dim[0] * dim[1]) ||
        !make_taps(i[1], w[1], at[1], dim[1], dim[0]) || !make_taps(i[2], w[2], at[2], dim[0], 1))
        return 0;
    for (int a = 0; a < TAPS; a++)
        for (int b = 0; b < TAPS; b++) {
            const double *row = p->coef + i[0][a] + i[1][b];
            for (int c = 0; c < TAPS; c++)
                sum += row[i[2][c]] * w[0][a] * w[1][b] * w[2][c];
        }
    return as_stored(sum, p->im->stored);
}

/* ---- kurtosis ---- */

/* dlrn_sum_pairwise in single precision: numpy keeps the type of the samples. */
static float sum_singles(const double *v, size_t n)
{
    if (n > 128) {
        const size_t half = dlrn_sum_half(n);
        return sum_singles(v, half) + sum_singles(v + half, n - half);
    }
    float r[8] = {0}, s;
    const size_t whole = n < 8 ? 0 : n - n % 8;
    for (size_t i = 0; i < whole; i++)
        r[i % 8] += (float)v[i];
    s = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (size_t i = whole; i < n; i++)
        s += (float)v[i];
    return s;
}

static double ordered_sum(const double *v, size_t n, bool single)
{
    return single ? (double)sum_singles(v, n) : dlrn_sum_pairwise(v, n);
}

/* Excess kurtosis; NaN where the samples are equal. v is overwritten. */
static double kurtosis(double *v, size_t n, bool single)
{
    const double eps = single ? 0x1p-23 : 0x1p-52, count = (double)n;
    double mean = ordered_sum(v, n, single) / count;
    if (single) mean = (double)(float)mean;
    for (size_t i = 0; i < n; i++) {
        double d = v[i] - mean;
        if (single) d = (double)(float)d;
        v[i] = single ? (double)((float)d * (float)d) : d * d;
    }
    double m2 = ordered_sum(v, n, single) / count;
    for (size_t i = 0; i < n; i++)
        v[i] = single ? (double)((float)v[i] * (float)v[i]) : v[i] * v[i];
    double m4 = ordered_sum(v, n, single) / count;
    if (!single) return m2 <= eps * mean * (eps * mean) ? (double)NAN : m4 / (m2 * m2) - 3;
    const float f2 = (float)m2, f4 = (float)m4, least = (float)eps * (float)mean;
    return f2 <= least * least ? (double)NAN : (double)(f4 / (f2 * f2) - 3.0F);
}

/* ---- the pattern ---- */

/* Where degree n's block begins: 1 + 9 + 25 + ... */
static size_t gram_at(int n)
{
    const size_t k = (size_t)n;
    return k * (4 * k * k - 1) / 3;
}

/* Degree 0 only counts the samples; its norms are summed up in PyRadiomics' order, so that bins
 * that begin at one of them begin where its bins do. */
static void fill_norms(double *norm, size_t n, double y)
{
    double c = 0;
    for (size_t k = 1; k <= n; k++) {
        double sum = 0;
        c += y;
        for (size_t i = 0; i < n; i++)
            sum += c * y * (c * y);
        norm[k] = sqrt(sum);
    }
}

static dlrn_status make_sphere(pattern *p, dlrn_error *err)
{
    dlrn_status st;
    const int levels = p->levels;
    const size_t all = (size_t)levels * (size_t)levels;
    const double radius = p->o->lbp3d_radius > 0 ? p->o->lbp3d_radius : 1;
    DLRN_TRY(dlrn_sphere_make(&p->sphere, p->o->lbp3d_subdivision, radius, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->harmonic, p->sphere.n * all, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->gram, gram_at(levels), err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->norm, p->sphere.n + 1, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->sample, p->sphere.n * (size_t)p->threads, err));
    for (size_t i = 0; i < p->sphere.n; i++) {
        const double *at = p->sphere.at[i], height = at[2] / radius;
        // PyRadiomics hands scipy the angles the other way round: kept, for its values
        dlrn_harmonics(p->harmonic + i * all, levels, acos(fmax(-1, fmin(1, height))),
                       atan2(at[1], at[0]));
    }
    fill_norms(p->norm, p->sphere.n, p->harmonic[0]);
    for (size_t i = 0; i < p->sphere.n; i++)
        for (int n = 1; n < levels; n++) {
            const double *h = p->harmonic + i * all + (size_t)n * (size_t)n;
            double *g = p->gram + gram_at(n);
            for (int a = 0; a < 2 * n + 1; a++)
                for (int b = 0; b < 2 * n + 1; b++)
                    *g++ += h[a] * h[b] * dlrn_harmonic_sign(a) * dlrn_harmonic_sign(b);
        }
done:
    return st;
}

/* x without the rounding of its sums: a turned pattern has the same value, so it must not differ by
 * that. To 42 bits, so that the half of a value, where an edge between bins may lie, is rounded as
 * that value is; below 1/4 to 2^-43. */
static double steady(double x)
{
    int exponent;
    (void)frexp(x, &exponent);
    const int bits = 42 - (exponent > -1 ? exponent : -1);
    return ldexp(rint(ldexp(x, bits)), -bits);
}

/* The norms over the sphere of what each degree takes of the bits. */
static void write_norms(const pattern *p, const double *sample, double centre, size_t slot)
{
    const int levels = p->levels;
    const size_t all = (size_t)levels * (size_t)levels;
    double c[MAX_LEVELS * MAX_LEVELS];
    size_t count = 0;
    memset(c, 0, all * sizeof *c);
    for (size_t i = 0; i < p->sphere.n; i++) {
        if (!(sample[i] >= centre)) continue;
        count++;
        for (size_t k = 1; k < all; k++)
            c[k] += p->harmonic[i * all + k];
    }
    p->out[0][slot] = p->norm[count];
    for (int n = 1; n < levels; n++) {
        const double *own = c + (size_t)n * (size_t)n, *g = p->gram + gram_at(n);
        double sum = 0;
        for (int a = 0; a < 2 * n + 1; a++)
            for (int b = 0; b < 2 * n + 1; b++)
                sum += own[a] * own[b] * *g++;
        p->out[n][slot] = sum > 0 ? steady(sqrt(sum)) : 0;
    }
}

/* One row of the box. */
static dlrn_status do_row(void *user, size_t i, size_t w, dlrn_error *err)
{
    const pattern *p = user;
    const int64_t *size = p->box->size, *dim = p->im->dim;
    const int64_t y = p->box->lo[1] + (int64_t)i % size[1],
                  z = p->box->lo[2] + (int64_t)i / size[1];
    const int64_t first = (z * dim[1] + y) * dim[0] + p->box->lo[0];
    double *sample = p->sample + w * p->sphere.n;
    (void)err;
    for (int64_t x = 0; x < size[0]; x++) {
        const size_t slot = i * (size_t)size[0] + (size_t)x;
        if (p->o->region && !p->o->region[first + x]) {
            for (int m = 0; m <= p->levels; m++)
                p->out[m][slot] = 0;
            continue;
        }
        for (size_t k = 0; k < p->sphere.n; k++) {
            // the points' first coordinate goes along z
            const double *d = p->sphere.at[k];
            sample[k] = spline_at(p, (double[3]){(double)z + d[0], (double)y + d[1],
                                                 (double)(p->box->lo[0] + x) + d[2]});
        }
        write_norms(p, sample, p->im->v[first + x], slot);
        p->out[p->levels][slot] = kurtosis(sample, p->sphere.n, p->im->stored == DLRN_PIXEL_F32);
    }
    return DLRN_OK;
}

static dlrn_status add_results(pattern *p, dlrn_filtered *out, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&p->out, (size_t)p->levels + 1, err));
    for (int n = 0; n <= p->levels; n++) {
        char name[32] = "lbp-3D-k";
        dlrn_image *r;
        if (n < p->levels) snprintf(name, sizeof name, "lbp-3D-m%d", n + 1);
        DLRN_TRY(dlrn_filtered_add(&r, out, name, p->im, p->box, DLRN_PIXEL_F64, err));
        p->out[n] = r->v;
    }
done:
    return st;
}

dlrn_status dlrn_filter_lbp3d(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                              const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    pattern p = {.im = im,
                 .o = o,
                 .box = box,
                 .levels = o->lbp3d_levels ? o->lbp3d_levels : 2,
                 .threads = dlrn_exec_threads(ex)};
    if (im->ndim != 3) {
        dlrn_log(ex, DLRN_LOG_WARNING, "LBP3D is for volumes: none for a 2-D image");
        return DLRN_OK;
    }
    if (p.levels < 1 || p.levels > MAX_LEVELS)
        return dlrn_fail(err, DLRN_EINVAL, "lbp3DLevels is %d: 1 to %d expected", p.levels,
                         MAX_LEVELS);
    DLRN_TRY(make_sphere(&p, err));
    DLRN_TRY(make_coefficients(&p, err));
    DLRN_TRY(add_results(&p, out, err));
    DLRN_TRY(dlrn_parallel_for((size_t)(box->size[1] * box->size[2]), p.threads, do_row, &p, err));
done:
    dlrn_sphere_clear(&p.sphere);
    free(p.coef);
    free(p.harmonic);
    free(p.gram);
    free(p.norm);
    free(p.sample);
    free(p.out);
    return st == DLRN_OK ? dlrn_filtered_done(out, err) : st;
}
