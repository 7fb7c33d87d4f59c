/* SPDX-License-Identifier: Apache-2.0
 *
 * Laplacian of Gaussian as ITK's LaplacianRecursiveGaussian with NormalizeAcrossScale: 4th-order
 * recursions of Deriche with the constants of Farneback & Westin (2006), every pass along a line in
 * double, its result kept as float. Lines are taken in groups, so that the recursion of a group
 * runs side by side.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "radiomics/filters_own.h"

enum { GROUP = 16 };

/* N, D, M of one pass, and what stands for the values beyond the ends. */
typedef struct deriche {
    double n[4], d[4], m[4], bn[4], bm[4];
} deriche;

/* The recursion of two damped cosines: c, s, e of each. */
typedef struct waves {
    double c1, s1, e1, c2, s2, e2;
} waves;

static void numerator(double n[4], const waves *w, const double a[2], const double b[2])
{
    const double c1 = w->c1, s1 = w->s1, e1 = w->e1, c2 = w->c2, s2 = w->s2, e2 = w->e2;
    n[0] = a[0] + a[1];
    n[1] = e2 * (b[1] * s2 - (a[1] + 2 * a[0]) * c2) + e1 * (b[0] * s1 - (a[0] + 2 * a[1]) * c1);
    n[2] = ((a[0] + a[1]) * c2 * c1 - (b[0] * c2 * s1 + b[1] * c1 * s2)) * (2 * e1 * e2) +
           (a[1] * e1 * e1 + a[0] * e2 * e2);
    n[3] = e2 * e1 * e1 * (b[1] * s2 - a[1] * c2) + e1 * e2 * e2 * (b[0] * s1 - a[0] * c1);
}

/* order 0 or 2; sd in samples, sigma in mm. The order of operations is ITK's, for the last bit. */
static void plan_pass(deriche *p, int order, double sd, double sigma)
{
    static const double a0[2] = {1.3530, -0.3531}, b0[2] = {1.8151, 0.0902};
    static const double a2[2] = {-1.3563, 0.3446}, b2[2] = {5.2318, -2.2355};
    const waves w = {cos(0.6681 / sd), sin(0.6681 / sd), exp(-1.3932 / sd),
                     cos(2.0787 / sd), sin(2.0787 / sd), exp(-1.3732 / sd)};
    double *d = p->d, n0[4], n2[4];
    d[3] = w.e1 * w.e1 * w.e2 * w.e2;
    d[2] = -2 * w.c1 * w.e1 * w.e2 * w.e2 - 2 * w.c2 * w.e2 * w.e1 * w.e1;
    d[1] = 4 * w.c2 * w.c1 * w.e1 * w.e2 + (w.e1 * w.e1 + w.e2 * w.e2);
    d[0] = -2 * (w.e2 * w.c2 + w.e1 * w.c1);
    const double sum_d = 1 + d[0] + d[1] + d[2] + d[3];
    const double first_d = d[0] + 2 * d[1] + 3 * d[2] + 4 * d[3];
    const double second_d = d[0] + 4 * d[1] + 9 * d[2] + 16 * d[3];
    numerator(n0, &w, a0, b0);
    numerator(n2, &w, a2, b2);
    const double sum_0 = n0[0] + n0[1] + n0[2] + n0[3];
    const double first_0 = n0[1] + 2 * n0[2] + 3 * n0[3], second_0 = n0[1] + 4 * n0[2] + 9 * n0[3];
    double scale;
    if (order == 0) {
        scale = 1 / (2 * sum_0 / sum_d - n0[0]);
        memcpy(p->n, n0, sizeof n0);
    } else {
        const double sum_2 = n2[0] + n2[1] + n2[2] + n2[3];
        const double beta = -(2 * sum_2 - sum_d * n2[0]) / (2 * sum_0 - sum_d * n0[0]);
        for (int k = 0; k < 4; k++)
            p->n[k] = n2[k] + beta * n0[k];
        const double sn = sum_2 + beta * sum_0;
        const double dn = n2[1] + 2 * n2[2] + 3 * n2[3] + beta * first_0;
        const double en = n2[1] + 4 * n2[2] + 9 * n2[3] + beta * second_0;
        const double alpha = (en * sum_d * sum_d - second_d * sn * sum_d -
                              2 * dn * first_d * sum_d + 2 * first_d * first_d * sn) /
                             (sum_d * sum_d * sum_d);
        scale = sigma * sigma / alpha;
    }
    for (int k = 0; k < 4; k++)
        p->n[k] *= scale;
    double sum_n = 0, sum_m = 0;
    for (int k = 0; k < 4; k++) {
        p->m[k] = (k < 3 ? p->n[k + 1] : 0) - d[k] * p->n[0];
        sum_n += p->n[k];
        sum_m += p->m[k];
    }
    for (int k = 0; k < 4; k++) {
        p->bn[k] = d[k] * sum_n / sum_d;
        p->bm[k] = d[k] * sum_m / sum_d;
    }
}

/* Both recursions over GROUP lines: x and y are [n][GROUP] with n >= 4; y becomes the result at the
 * samples keep[0] .. keep[1] - 1. Each recursion ends where no later sample needs it. */
DLRN_WIDE static void run_lines(double (*restrict y)[GROUP], const double (*restrict x)[GROUP],
                                int64_t n, const int64_t keep[2], const deriche *p)
{
    for (int64_t i = 0; i < keep[1]; i++) {
        const double *x0 = x[i], *x1 = x[i > 0 ? i - 1 : 0];
        const double *x2 = x[i > 1 ? i - 2 : 0], *x3 = x[i > 2 ? i - 3 : 0];
        // before the line: x stays at its first value, y at what that tends to
        const double *y1 = i > 0 ? y[i - 1] : x[0], *y2 = i > 1 ? y[i - 2] : x[0];
        const double *y3 = i > 2 ? y[i - 3] : x[0], *y4 = i > 3 ? y[i - 4] : x[0];
        const double c1 = i > 0 ? p->d[0] : p->bn[0], c2 = i > 1 ? p->d[1] : p->bn[1];
        const double c3 = i > 2 ? p->d[2] : p->bn[2], c4 = i > 3 ? p->d[3] : p->bn[3];
        double *out = y[i];
        for (int k = 0; k < GROUP; k++) {
            const double now =
                x0[k] * p->n[0] + x1[k] * p->n[1] + x2[k] * p->n[2] + x3[k] * p->n[3];
            out[k] = now - (y1[k] * c1 + y2[k] * c2 + y3[k] * c3 + y4[k] * c4);
        }
    }
    const int64_t e = n - 1;
    double last[4][GROUP]; // the results of four samples back, sample i at i % 4
    for (int64_t i = e; i >= keep[0]; i--) {
        const double *x1 = x[i + 1 < e ? i + 1 : e], *x2 = x[i + 2 < e ? i + 2 : e];
        const double *x3 = x[i + 3 < e ? i + 3 : e], *x4 = x[i + 4 < e ? i + 4 : e];
        const int64_t past = e - i;
        const double *z1 = past > 0 ? last[(i + 1) % 4] : x[e];
        const double *z2 = past > 1 ? last[(i + 2) % 4] : x[e];
        const double *z3 = past > 2 ? last[(i + 3) % 4] : x[e];
        const double *z4 = past > 3 ? last[i % 4] : x[e];
        const double c1 = past > 0 ? p->d[0] : p->bm[0], c2 = past > 1 ? p->d[1] : p->bm[1];
        const double c3 = past > 2 ? p->d[2] : p->bm[2], c4 = past > 3 ? p->d[3] : p->bm[3];
        double z[GROUP];
        for (int k = 0; k < GROUP; k++) {
            const double now =
                x1[k] * p->m[0] + x2[k] * p->m[1] + x3[k] * p->m[2] + x4[k] * p->m[3];
            z[k] = now - (z1[k] * c1 + z2[k] * c2 + z3[k] * c3 + z4[k] * c4);
        }
        memcpy(last[i % 4], z, sizeof z);
        if (i >= keep[1]) continue;
        for (int k = 0; k < GROUP; k++)
            y[i][k] += z[k];
    }
}

/* Numbers of a part of the image: all of each axis, but of one axis the box alone. */
typedef struct part {
    float *v;
    int64_t lo[3], step[3]; /* first index and distance along x, y, z */
} part;

/* One pass along one axis: whole lines go in; what comes out is kept where a later pass or the box
 * needs it. */
typedef struct pass {
    const dlrn_image *image; /* the source of the first pass of a derivative, else NULL */
    const part *part;        /* result, and source of later passes */
    int axis;
    int64_t n;                /* of the axis */
    int64_t keep[2];          /* outputs that are wanted */
    int64_t lo[3], size[3];   /* the lines; along the axis itself 0, 1 */
    bool side_by_side;        /* lines that follow each other along x are neighbours in memory */
    double (*scratch)[GROUP]; /* per worker 2 n rows */
    deriche how;
} pass;

/* Groups lie within one run of lines along x, or anywhere along the lines where x is the axis. */
static int64_t groups_in_run(const pass *p)
{
    return (p->size[0] + GROUP - 1) / GROUP;
}

static int64_t count_groups(const pass *p)
{
    const int64_t others = p->size[1] * p->size[2];
    return p->side_by_side ? groups_in_run(p) * others : (others + GROUP - 1) / GROUP;
}

/* Where the lines of group i begin in the image, along whose axes they begin at 0, and in the part;
 * the number of them. */
static int find_lines(int64_t in_image[GROUP], int64_t in_part[GROUP], const pass *p, int64_t i)
{
    const int64_t run = p->side_by_side ? groups_in_run(p) : 1;
    const int64_t first = p->side_by_side ? i % run * GROUP : i * GROUP;
    const int64_t all = p->side_by_side ? p->size[0] : p->size[1] * p->size[2];
    const int used = (int)(all - first < GROUP ? all - first : GROUP);
    const part *to = p->part;
    for (int k = 0; k < GROUP; k++) {
        // a group that is not full repeats its last line
        const int64_t line = first + (k < used ? k : used - 1);
        const int64_t other = p->side_by_side ? i / run : line;
        const int64_t at[3] = {p->lo[0] + (p->side_by_side ? line : 0),
                               p->lo[1] + other % p->size[1], p->lo[2] + other / p->size[1]};
        in_part[k] = 0;
        for (int a = 0; a < 3; a++)
            in_part[k] += (at[a] - to->lo[a]) * to->step[a];
        in_image[k] = 0;
        if (p->image) in_image[k] = (at[2] * p->image->dim[1] + at[1]) * p->image->dim[0] + at[0];
    }
    return used;
}

static int64_t image_stride(const dlrn_image *im, int axis)
{
    return axis == 0 ? 1 : axis == 1 ? im->dim[0] : im->dim[0] * im->dim[1];
}

/* Four samples of four lines, turned round: to[j][k] is sample j of line k. */
static inline void turn(double *to, const double *a, const double *b, const double *c,
                        const double *d)
{
    const dlrn_four va = *(const dlrn_four *)a, vb = *(const dlrn_four *)b;
    const dlrn_four vc = *(const dlrn_four *)c, vd = *(const dlrn_four *)d;
    const dlrn_four ab_even = __builtin_shufflevector(va, vb, 0, 4, 2, 6);
    const dlrn_four ab_odd = __builtin_shufflevector(va, vb, 1, 5, 3, 7);
    const dlrn_four cd_even = __builtin_shufflevector(vc, vd, 0, 4, 2, 6);
    const dlrn_four cd_odd = __builtin_shufflevector(vc, vd, 1, 5, 3, 7);
    *(dlrn_four *)to = __builtin_shufflevector(ab_even, cd_even, 0, 1, 4, 5);
    *(dlrn_four *)(to + GROUP) = __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 4, 5);
    *(dlrn_four *)(to + 2 * GROUP) = __builtin_shufflevector(ab_even, cd_even, 2, 3, 6, 7);
    *(dlrn_four *)(to + 3 * GROUP) = __builtin_shufflevector(ab_odd, cd_odd, 2, 3, 6, 7);
}

/* Lines along x of the image. */
DLRN_WIDE static void gather_image(double (*x)[GROUP], const double *v, const int64_t at[GROUP],
                                   int64_t n)
{
    int64_t j = 0;
    for (; j + 4 <= n; j += 4)
        for (int k = 0; k < GROUP; k += 4)
            turn(&x[j][k], v + at[k] + j, v + at[k + 1] + j, v + at[k + 2] + j, v + at[k + 3] + j);
    for (; j < n; j++)
        for (int k = 0; k < GROUP; k++)
            x[j][k] = v[at[k] + j];
}

enum { PIECE = 16 };

/* Lines along x of the part, by pieces: a piece of each is read from one stretch of memory. */
static void gather_part(double (*x)[GROUP], const pass *p, const int64_t at[GROUP])
{
    const float *v = p->part->v;
    const int64_t stride = p->part->step[p->axis];
    for (int64_t from = 0; from < p->n; from += PIECE) {
        const int64_t to = from + PIECE < p->n ? from + PIECE : p->n;
        for (int k = 0; k < GROUP; k++)
            for (int64_t j = from; j < to; j++)
                x[j][k] = (double)v[at[k] + j * stride];
    }
}

/* Lines side by side: all of a sample's values at once. */
static void gather_beside(double (*x)[GROUP], const pass *p, const int64_t in_image[GROUP],
                          const int64_t in_part[GROUP])
{
    const double *image = p->image ? p->image->v : NULL;
    const int64_t stride = image ? image_stride(p->image, p->axis) : p->part->step[p->axis];
    const int64_t *at = image ? in_image : in_part;
    if (at[GROUP - 1] - at[0] < GROUP - 1) { // not full
        for (int64_t j = 0; j < p->n; j++)
            for (int k = 0; k < GROUP; k++)
                x[j][k] =
                    image ? image[at[k] + j * stride] : (double)p->part->v[at[k] + j * stride];
        return;
    }
    enum { AHEAD = 16 }; // rows lie too far apart for the processor to foresee them
    for (int64_t j = 0; j < p->n; j++)
        if (image) {
            const double *row = image + at[0] + j * stride;
            if (j + AHEAD < p->n) {
                __builtin_prefetch(row + AHEAD * stride);
                __builtin_prefetch(row + AHEAD * stride + GROUP / 2);
                __builtin_prefetch(row + AHEAD * stride + GROUP - 1);
            }
            memcpy(x[j], row, sizeof x[j]);
        } else {
            for (int k = 0; k < GROUP; k++)
                x[j][k] = (double)p->part->v[at[0] + j * stride + k];
        }
}

static dlrn_status pass_group(void *user, size_t i, size_t worker, dlrn_error *err)
{
    (void)err;
    const pass *p = user;
    double(*x)[GROUP] = p->scratch + (int64_t)worker * 2 * p->n, (*y)[GROUP] = x + p->n;
    int64_t in_image[GROUP], in_part[GROUP];
    const int used = find_lines(in_image, in_part, p, (int64_t)i);
    if (p->side_by_side)
        gather_beside(x, p, in_image, in_part);
    else if (p->image)
        gather_image(x, p->image->v, in_image, p->n);
    else
        gather_part(x, p, in_part);
    run_lines(y, (const double(*)[GROUP])x, p->n, p->keep, &p->how);
    const int64_t stride = p->part->step[p->axis];
    for (int64_t j = p->keep[0]; j < p->keep[1]; j++)
        for (int k = 0; k < used; k++)
            p->part->v[in_part[k] + j * stride] = (float)y[j][k];
    return DLRN_OK;
}

/* The lines along the axis, cut to the box along those axes that are `done`. */
static void plan_lines(pass *p, const dlrn_image *im, const bool done[3],
                       const dlrn_filter_box *box)
{
    p->n = im->dim[p->axis];
    p->keep[0] = box->lo[p->axis];
    p->keep[1] = box->lo[p->axis] + box->size[p->axis];
    for (int k = 0; k < 3; k++) {
        const bool cut = done[k] && k != p->axis;
        p->lo[k] = cut ? box->lo[k] : 0;
        p->size[k] = k == p->axis ? 1 : cut ? box->size[k] : im->dim[k];
    }
    p->side_by_side = p->axis != 0;
}

/* What a Laplacian works with: the sum in the box, numbers that float holds, a part of the image,
 * and scratch for the lines of each thread. */
typedef struct workspace {
    double *sum;
    float *v;
    double (*scratch)[GROUP];
    int threads;
} workspace;

/* The part that the derivative along axis d needs; returns its size. */
static size_t plan_part(part *p, const dlrn_image *im, const dlrn_filter_box *box, int d)
{
    int64_t n = 1;
    for (int k = 0; k < 3; k++) {
        p->lo[k] = k == d ? box->lo[k] : 0;
        p->step[k] = n;
        n *= k == d ? box->size[k] : im->dim[k];
    }
    return (size_t)n;
}

static void add_to_sum(double *sum, const part *p, const dlrn_filter_box *box, double per_mm2)
{
    const int64_t *lo = box->lo, *size = box->size;
    for (int64_t z = lo[2] - p->lo[2]; z < lo[2] - p->lo[2] + size[2]; z++)
        for (int64_t y = lo[1] - p->lo[1]; y < lo[1] - p->lo[1] + size[1]; y++) {
            const float *from = p->v + z * p->step[2] + y * p->step[1] + lo[0] - p->lo[0];
            for (int64_t x = 0; x < size[0]; x++, sum++)
                *sum = (double)(float)(*sum + (double)from[x] * per_mm2);
        }
}

/* The Laplacian along the axes with `use` set, in the box, into w->sum. */
static dlrn_status laplacian(const workspace *w, const dlrn_image *im, const bool use[3],
                             const dlrn_filter_box *box, double sigma, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t n = (size_t)(box->size[0] * box->size[1] * box->size[2]);
    memset(w->sum, 0, n * sizeof *w->sum);
    for (int d = 0; d < 3; d++) {
        bool done[3] = {!use[0], !use[1], !use[2]};
        part of = {.v = w->v};
        if (!use[d]) continue;
        (void)plan_part(&of, im, box, d);
        // the derivative along d first, then smoothing along the others in ascending order
        for (int turn = -1; turn < 3; turn++) {
            const int a = turn < 0 ? d : turn;
            if (turn == d || !use[a]) continue;
            pass p = {.image = turn < 0 ? im : NULL, .part = &of, .axis = a, .scratch = w->scratch};
            plan_lines(&p, im, done, box);
            plan_pass(&p.how, turn < 0 ? 2 : 0, sigma / im->spacing_mm[a], sigma);
            DLRN_TRY(dlrn_parallel_for((size_t)count_groups(&p), w->threads, pass_group, &p, err));
            done[a] = true;
        }
        add_to_sum(w->sum, &of, box, 1 / (im->spacing_mm[d] * im->spacing_mm[d]));
    }
done:
    return st;
}

static void log_name(char name[64], const dlrn_sigma *s, bool flat)
{
    char text[32];
    dlrn_format_double(text, s->mm);
    const bool point = strpbrk(text, ".e") != NULL;
    snprintf(name, 64, "log-sigma-%s%s-mm-%s", text, s->whole || point ? "" : ".0",
             flat ? "2D" : "3D");
    for (char *c = name; *c; c++)
        if (*c == '.') *c = '-';
}

/* Whether a scale fits; PyRadiomics asks for ceil(sigma / spacing) + 1 samples along each axis. */
static bool fits(const dlrn_image *im, const bool use[3], double sigma)
{
    bool ok = sigma > 0;
    for (int a = 0; a < 3; a++)
        if (use[a] && (double)im->dim[a] < ceil(sigma / im->spacing_mm[a]) + 1) ok = false;
    return ok;
}

/* One scale that fits. */
static dlrn_status one_scale(dlrn_filtered *out, const dlrn_image *im, const dlrn_sigma *sigma,
                             const bool use[3], bool flat, const dlrn_filter_box *box,
                             const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    workspace w = {.threads = dlrn_exec_threads(ex)};
    char name[64];
    dlrn_image *r;
    int64_t longest = 1;
    size_t most = 0;
    for (int a = 0; a < 3; a++)
        longest = im->dim[a] > longest ? im->dim[a] : longest;
    log_name(name, sigma, flat);
    DLRN_TRY(dlrn_alloc_or_fail(&w.scratch, (size_t)(2 * longest * w.threads), err));
    for (int d = 0; d < 3; d++) {
        part of;
        const size_t n = use[d] ? plan_part(&of, im, box, d) : 0;
        most = n > most ? n : most;
    }
    w.v = dlrn_alloc_uncleared(most, sizeof *w.v);
    if (!w.v) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a LoG image");
        goto done;
    }
    DLRN_TRY(dlrn_filtered_add(&r, out, name, im, box, DLRN_PIXEL_F32, err));
    w.sum = r->v;
    DLRN_TRY(laplacian(&w, im, use, box, sigma->mm, err));
done:
    free(w.v);
    free(w.scratch);
    return st == DLRN_OK ? dlrn_filtered_done(out, err) : st;
}

dlrn_status dlrn_filter_log(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                            const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    int thin = 0;
    bool use[3], short_axis = false;
    for (int a = 0; a < 3; a++) {
        use[a] = a < im->ndim && im->dim[a] > 1;
        thin += a < im->ndim && im->dim[a] == 1;
        short_axis |= use[a] && im->dim[a] < 4;
    }
    if (short_axis || thin > im->ndim - 2) {
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "LoG needs at least 4 samples along each axis: no such image for one of "
                 "%lld x %lld x %lld",
                 (long long)im->dim[0], (long long)im->dim[1], (long long)im->dim[2]);
        return DLRN_OK;
    }
    for (size_t i = 0; i < o->n_sigma; i++) {
        if (fits(im, use, o->sigma[i].mm))
            DLRN_TRY(one_scale(out, im, &o->sigma[i], use, thin > 0, box, ex, err));
        else
            dlrn_log(ex, DLRN_LOG_WARNING, "LoG with sigma %g mm does not fit the image: left out",
                     o->sigma[i].mm);
    }
done:
    return st;
}
