/* SPDX-License-Identifier: Apache-2.0
 *
 * Images and masks in memory: allocation, label choice, boxes, geometry, percentiles.
 */
#include <dlrn/image.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "image/count.h"
#include "image/format.h"

void dlrn_image_clear(dlrn_image *im)
{
    free(im->v);
    free(im->raw_owner);
    *im = (dlrn_image){0};
}

void dlrn_mask_clear(dlrn_mask *m)
{
    free(m->v);
    *m = (dlrn_mask){0};
}

dlrn_status dlrn_voxel_count(size_t *n, const int64_t dim[3], dlrn_error *err)
{
    uint64_t total = 1;
    for (int k = 0; k < 3; k++) {
        if (dim[k] < 1 || (uint64_t)dim[k] > DLRN_MAX_PIXELS / total)
            return dlrn_fail(
                err, DLRN_EFORMAT, "an image of %" PRId64 "x%" PRId64 "x%" PRId64 " pixels %s",
                dim[0], dim[1], dim[2],
                dim[k] < 1 ? "makes no sense" : "is too large: 2147483648 pixels at most");
        total *= (uint64_t)dim[k];
    }
    *n = (size_t)total;
    return DLRN_OK;
}

static size_t voxels(const int64_t dim[3])
{
    return (size_t)(dim[0] * dim[1] * dim[2]);
}

typedef void *allocate_fn(size_t n, size_t size);

static dlrn_status image_new(dlrn_image *out, int ndim, const int64_t dim[3], allocate_fn *allocate,
                             dlrn_error *err)
{
    dlrn_status st;
    size_t n;
    *out = (dlrn_image){0};
    DLRN_TRY(dlrn_voxel_count(&n, dim, err));
    out->v = allocate(n, sizeof *out->v);
    if (!out->v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu pixels", n);
    dlrn_image_shape(out, ndim, dim);
done:
    return st;
}

void dlrn_image_shape(dlrn_image *im, int ndim, const int64_t dim[3])
{
    im->ndim = ndim;
    im->stored = DLRN_PIXEL_F64;
    for (int k = 0; k < 3; k++) {
        im->dim[k] = dim[k];
        im->spacing_mm[k] = 1;
        im->dir[k * 4] = 1;
    }
}

dlrn_status dlrn_image_alloc(dlrn_image *out, int ndim, const int64_t dim[3], dlrn_error *err)
{
    return image_new(out, ndim, dim, dlrn_alloc_array, err);
}

dlrn_status dlrn_image_alloc_uncleared(dlrn_image *out, int ndim, const int64_t dim[3],
                                       dlrn_error *err)
{
    return image_new(out, ndim, dim, dlrn_alloc_uncleared, err);
}

enum { NEAR = 2048 }; /* doubles that the nearest cache holds */

/* Names the distinct values of a mask that lacks `label`: up to eight of them. */
static dlrn_status label_absent(const dlrn_image *im, int64_t label, dlrn_error *err)
{
    double found[8];
    size_t n_found = 0;
    bool more = false;
    const size_t n = voxels(im->dim);
    for (size_t i = 0; i < n && !more; i++) {
        size_t k = 0;
        double x;
        dlrn_image_values(&x, im, i, 1);
        if (x == 0 || isnan(x)) continue;
        while (k < n_found && found[k] != x)
            k++;
        if (k < n_found) continue;
        if (n_found == 8)
            more = true;
        else
            found[n_found++] = x;
    }
    if (n_found == 0)
        return dlrn_fail(err, DLRN_ENOTFOUND,
                         "the mask is empty (all pixels are 0): outline the vertebra and save it");
    size_t order[8];
    dlrn_str list = {0};
    dlrn_sort_index(order, found, n_found);
    for (size_t k = 0; k < n_found; k++) {
        if (k) dlrn_str_add(&list, ", ");
        dlrn_str_add_double(&list, found[order[k]]);
    }
    bool labels = false;
    for (size_t k = 0; k < n_found; k++)
        labels |= found[k] >= 1 && found[k] == floor(found[k]);
    const bool one = n_found == 1;
    const dlrn_status st =
        dlrn_fail(err, DLRN_ENOTFOUND, "the mask has no label %" PRId64 "; %s %s%s: %s", label,
                  !labels ? "its values are"
                  : one   ? "its only label is"
                          : "its labels are",
                  dlrn_str_get(&list), more ? ", ..." : "",
                  !labels ? "save it with whole numbers from 1"
                  : one   ? "choose it (--label, or the table's column for it)"
                  : more  ? "choose one (or are image and mask the other way round?)"
                          : "choose one (--label, or the table's column for it)");
    dlrn_str_clear(&list);
    return st;
}

/* out[i] = v[i] == wanted, of one type. */
#define EQUALS(name, type)                                                                         \
    DLRN_WIDE static void name(uint8_t *out, const type *v, size_t n, type wanted)                 \
    {                                                                                              \
        enum { LANES = 64 };                                                                       \
        size_t i = 0;                                                                              \
        for (; i + LANES <= n; i += LANES)                                                         \
            for (size_t k = 0; k < LANES; k++)                                                     \
                out[i + k] = v[i + k] == wanted;                                                   \
        for (; i < n; i++)                                                                         \
            out[i] = v[i] == wanted;                                                               \
    }
EQUALS(set_equal, double)
EQUALS(set_equal_bytes, uint8_t)

/* Pixels first .. first + n, not more than NEAR. */
static void set_label(uint8_t *out, const dlrn_image *im, size_t first, size_t n, int64_t label)
{
    double x[NEAR];
    if (im->raw && im->stored == DLRN_PIXEL_U8 && label >= 0 && label <= UINT8_MAX) {
        set_equal_bytes(out, im->raw + first, n, (uint8_t)label);
        return;
    }
    dlrn_image_values(x, im, first, n);
    // PyRadiomics casts a mask of real numbers, so 1.5 is label 1
    for (size_t k = 0; im->stored >= DLRN_PIXEL_F32 && k < n; k++)
        x[k] = trunc(x[k]);
    set_equal(out, x, n, (double)label);
}

dlrn_status dlrn_mask_from_image(dlrn_mask *out, const dlrn_image *im, int64_t label,
                                 dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t n = voxels(im->dim);
    *out = (dlrn_mask){0};
    if (im->lossy)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a JPEG file changes the values along every outline, so it is no mask: "
                         "save it as PNG, or mend it, for example with ImageMagick: convert IN.jpg "
                         "-threshold 50%% OUT.png (label 255)");
    out->v = dlrn_alloc_uncleared(n, 1);
    if (!out->v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu pixels", n);
    memcpy(out->dim, im->dim, sizeof out->dim);
    for (size_t i = 0; i < n; i += NEAR)
        set_label(out->v + i, im, i, n - i < NEAR ? n - i : NEAR, label);
    if (!memchr(out->v, 1, n)) st = label_absent(im, label, err);
    if (st != DLRN_OK) dlrn_mask_clear(out);
    return st;
}

/* Voxels set in one row. */
static size_t count_set(const uint8_t *v, size_t n)
{
    enum { LANES = 32, MOST = 255 }; // a lane of 8 bits holds as many additions
    size_t set = 0, i = 0;
    while (i + LANES <= n) {
        uint8_t lane[LANES] = {0};
        for (int turn = 0; turn < MOST && i + LANES <= n; turn++, i += LANES)
            for (int k = 0; k < LANES; k++)
                lane[k] = (uint8_t)(lane[k] + v[i + (size_t)k]);
        for (int k = 0; k < LANES; k++)
            set += lane[k];
    }
    for (; i < n; i++)
        set += v[i];
    return set;
}

size_t dlrn_mask_box(const dlrn_mask *m, int64_t lo[3], int64_t size[3])
{
    int64_t first[3] = {INT64_MAX, INT64_MAX, INT64_MAX}, last[3] = {-1, -1, -1};
    const size_t nx = (size_t)m->dim[0];
    size_t set = 0;
    for (int64_t row = 0; row < m->dim[1] * m->dim[2]; row++) {
        const uint8_t *v = m->v + (size_t)row * nx, *begin = memchr(v, 1, nx);
        if (!begin) continue;
        const uint8_t *end = memrchr(v, 1, nx);
        const int64_t at[3] = {begin - v, row % m->dim[1], row / m->dim[1]};
        const int64_t to[3] = {end - v, at[1], at[2]};
        set += count_set(begin, (size_t)(end - begin) + 1);
        for (int k = 0; k < 3; k++) {
            if (at[k] < first[k]) first[k] = at[k];
            if (to[k] > last[k]) last[k] = to[k];
        }
    }
    for (int k = 0; k < 3; k++) {
        if (lo) lo[k] = set ? first[k] : 0;
        if (size) size[k] = set ? last[k] - first[k] + 1 : 0;
    }
    return set;
}

static void add_size(dlrn_str *b, const dlrn_image *im)
{
    dlrn_str_addf(b, "%" PRId64 "x%" PRId64, im->dim[0], im->dim[1]);
    if (im->dim[2] != 1) dlrn_str_addf(b, "x%" PRId64, im->dim[2]);
}

static void add_numbers(dlrn_str *b, const double *v, int n)
{
    for (int k = 0; k < n; k++) {
        if (k) dlrn_str_add(b, ", ");
        dlrn_str_add_double(b, v[k]);
    }
}

/* What the two disagree in, as "mask ..., image ...". */
static dlrn_status differ(const char *what, const double *mask, const double *image, int n,
                          dlrn_error *err)
{
    dlrn_str a = {0}, b = {0};
    add_numbers(&a, mask, n);
    add_numbers(&b, image, n);
    const dlrn_status st = dlrn_fail(
        err, DLRN_EINVAL,
        "mask and image differ in %s: mask %s, image %s; export the mask from the same image, "
        "resample it, or loosen the geometry tolerance",
        what, dlrn_str_get(&a), dlrn_str_get(&b));
    dlrn_str_clear(&a);
    dlrn_str_clear(&b);
    return st;
}

static bool near_all(const double *a, const double *b, int n, double tolerance)
{
    for (int k = 0; k < n; k++)
        if (!(fabs(a[k] - b[k]) <= tolerance)) return false;
    return true;
}

dlrn_status dlrn_geometry_check(const dlrn_image *image, const dlrn_image *mask, double tolerance,
                                dlrn_error *err)
{
    if (memcmp(image->dim, mask->dim, sizeof image->dim) != 0) {
        dlrn_str a = {0}, b = {0};
        add_size(&a, mask);
        add_size(&b, image);
        const dlrn_status st = dlrn_fail(err, DLRN_EINVAL,
                                         "mask is %s, image is %s; resample one of them, or draw "
                                         "the outline on this image",
                                         dlrn_str_get(&a), dlrn_str_get(&b));
        dlrn_str_clear(&a);
        dlrn_str_clear(&b);
        return st;
    }
    if (!image->spacing_known || !mask->spacing_known) return DLRN_OK;
    if (!(tolerance > 0)) tolerance = 1e-6;
    // a file of one slice says nothing certain about an axis that a 2-D file does not have
    const int n = image->ndim < mask->ndim ? image->ndim : mask->ndim;
    const double length = tolerance * fabs(image->spacing_mm[0]);
    if (!near_all(image->spacing_mm, mask->spacing_mm, n, length))
        return differ("pixel spacing (mm)", mask->spacing_mm, image->spacing_mm, n, err);
    if (!near_all(image->origin_mm, mask->origin_mm, n, length))
        return differ("origin (mm)", mask->origin_mm, image->origin_mm, n, err);
    for (int row = 0; row < n; row++)
        if (!near_all(image->dir + 3 * row, mask->dir + 3 * row, n, tolerance))
            return differ("direction", mask->dir, image->dir, 9, err);
    return DLRN_OK;
}

/* The k-th smallest of v[0..n), which is reordered: all before it are no larger (Hoare 1961). */
static double select_kth(double *v, size_t n, size_t k)
{
    size_t lo = 0, hi = n - 1;
    while (lo < hi) {
        const double pivot = v[lo + (hi - lo) / 2];
        size_t i = lo, j = hi;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i >= j) break;
            const double t = v[i];
            v[i++] = v[j];
            v[j--] = t;
        }
        if (v[j] > pivot) j--;
        if (k <= j)
            hi = j;
        else
            lo = j + 1;
    }
    return v[k];
}

double dlrn_percentile_of(double *v, size_t n, double q)
{
    const double at = (double)(n - 1) * q / 100;
    const size_t k = at <= 0 ? 0 : (size_t)at;
    if (k + 1 >= n) return select_kth(v, n, n - 1);
    const double lower = select_kth(v, n, k);
    double upper = v[k + 1];
    for (size_t i = k + 2; i < n; i++)
        if (v[i] < upper) upper = v[i];
    return lower + (at - (double)k) * (upper - lower);
}

dlrn_status dlrn_image_percentile(double *out, const dlrn_image *im, double q, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = voxels(im->dim);
    double *copy = NULL;
    if (!(q >= 0 && q <= 100))
        return dlrn_fail(err, DLRN_EINVAL, "a percentile lies between 0 and 100, not %g", q);
    DLRN_TRY(dlrn_alloc_or_fail(&copy, n, err));
    memcpy(copy, im->v, n * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        if (isnan(copy[i])) {
            st = dlrn_fail(err, DLRN_ENUMERIC, "the image holds pixels that are not numbers (NaN)");
            goto done;
        }
    *out = dlrn_percentile_of(copy, n, q);
done:
    free(copy);
    return st;
}
