/* SPDX-License-Identifier: Apache-2.0
 *
 * NIfTI-1 and NIfTI-2, single file, read from memory. Which of the two transforms counts, how
 * scaling changes the type, and which axes remain: as ITK 5.4 (so SimpleITK and PyRadiomics).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <nifti/nifti1_io.h>

#include "image/count.h"
#include "image/format.h"

/* What both versions of the header say, in one shape. */
typedef struct header {
    int64_t dim[8], vox_offset;
    double pixdim[8], slope, inter;
    int datatype, qform, sform, units;
    double quatern[6]; /* b, c, d, offset x, y, z */
    double srow[3][4];
    char magic[4];
} header;

typedef struct cursor {
    const unsigned char *buf;
    bool swap;
} cursor;

static double get(const cursor *c, size_t at, dlrn_pixel p)
{
    double x;
    dlrn_pixels_to_double(&x, c->buf + at, 1, p, c->swap);
    return x;
}

static int64_t get_i64(const cursor *c, size_t at)
{
    uint64_t x = 0;
    for (size_t k = 0; k < 8; k++)
        x |= (uint64_t)c->buf[at + (c->swap ? 7 - k : k)] << (8 * k);
    return (int64_t)x;
}

/* Byte positions: nifti1.h and nifti2.h of the NIfTI standard. */
static void parse_header(header *h, const cursor *c, bool two)
{
    const dlrn_pixel real = two ? DLRN_PIXEL_F64 : DLRN_PIXEL_F32;
    const dlrn_pixel whole = two ? DLRN_PIXEL_I32 : DLRN_PIXEL_I16;
    const size_t step = two ? 8 : 4, word = two ? 4 : 2;
    for (size_t k = 0; k < 8; k++) {
        h->dim[k] = two ? get_i64(c, 16 + 8 * k) : (int64_t)get(c, 40 + 2 * k, DLRN_PIXEL_I16);
        h->pixdim[k] = get(c, (two ? 104 : 76) + step * k, real);
    }
    h->datatype = (int)get(c, two ? 12 : 70, DLRN_PIXEL_I16);
    const double offset = two ? 0 : get(c, 108, DLRN_PIXEL_F32);
    h->vox_offset = two ? get_i64(c, 168) : offset >= 0 && offset < 1e9 ? (int64_t)offset : -1;
    h->slope = get(c, two ? 176 : 112, real);
    h->inter = get(c, two ? 184 : 116, real);
    h->units = two ? (int)get(c, 500, DLRN_PIXEL_I32) : c->buf[123];
    const size_t q = two ? 344 : 252;
    h->qform = (int)get(c, q, whole);
    h->sform = (int)get(c, q + word, whole);
    for (size_t k = 0; k < 6; k++)
        h->quatern[k] = get(c, q + 2 * word + step * k, real);
    for (size_t k = 0; k < 12; k++)
        h->srow[k / 4][k % 4] = get(c, (two ? 400 : 280) + step * k, real);
    memcpy(h->magic, c->buf + (two ? 4 : 344), 4);
}

static dlrn_status find_header(header *h, cursor *c, const unsigned char *buf, size_t len,
                               dlrn_error *err)
{
    const unsigned char none[4] = {0}, *b = len < 4 ? none : buf;
    const uint32_t size =
        (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    const bool one = size == 348 || size == 0x5c010000u, two = size == 540 || size == 0x1c020000u;
    if (!one && !two)
        return dlrn_fail(err, DLRN_EFORMAT, "the compressed file holds no NIfTI image");
    if (len < (two ? 540 : 348))
        return dlrn_fail(err, DLRN_EFORMAT,
                         "the NIfTI header is cut off: copy or export the file again");
    *c = (cursor){buf, size > 540};
    parse_header(h, c, two);
    if (!memcmp(h->magic, "ni1", 3) || !memcmp(h->magic, "ni2", 3))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NIfTI header whose pixels lie in another file (.hdr/.img): save it as "
                         "one .nii or .nii.gz");
    if (memcmp(h->magic, two ? "n+2" : "n+1", 4) != 0)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "an Analyze 7.5 file or a damaged NIfTI header: save it as .nii or "
                         ".nii.gz");
    return DLRN_OK;
}

/* Where the values of the pixels lie. */
typedef struct layout {
    dlrn_pixel stored;
    int64_t dim[3], n_channels;
    int ndim;
    bool planes; /* channels one after the other, not side by side */
} layout;

static dlrn_status find_pixel_type(dlrn_pixel *out, int datatype, dlrn_error *err)
{
    switch (datatype) {
    case NIFTI_TYPE_UINT8: *out = DLRN_PIXEL_U8; return DLRN_OK;
    case NIFTI_TYPE_INT8: *out = DLRN_PIXEL_I8; return DLRN_OK;
    case NIFTI_TYPE_UINT16: *out = DLRN_PIXEL_U16; return DLRN_OK;
    case NIFTI_TYPE_INT16: *out = DLRN_PIXEL_I16; return DLRN_OK;
    case NIFTI_TYPE_UINT32: *out = DLRN_PIXEL_U32; return DLRN_OK;
    case NIFTI_TYPE_INT32: *out = DLRN_PIXEL_I32; return DLRN_OK;
    case NIFTI_TYPE_UINT64: *out = DLRN_PIXEL_U64; return DLRN_OK;
    case NIFTI_TYPE_INT64: *out = DLRN_PIXEL_I64; return DLRN_OK;
    case NIFTI_TYPE_FLOAT32: *out = DLRN_PIXEL_F32; return DLRN_OK;
    case NIFTI_TYPE_FLOAT64: *out = DLRN_PIXEL_F64; return DLRN_OK;
    case NIFTI_TYPE_RGB24:
    case NIFTI_TYPE_RGBA32:
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a colour image; dlrn needs grey values: convert it to one channel");
    default:
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "NIfTI data type %d is not supported: save it as 8 to 64 bit integers or "
                         "as 32 or 64 bit floats",
                         datatype);
    }
}

/* Colours have their channels side by side, vectors along the fifth axis; then that goes. */
static void find_channels(layout *l, header *h)
{
    const int colour = h->datatype == NIFTI_TYPE_RGB24    ? 3
                       : h->datatype == NIFTI_TYPE_RGBA32 ? 4
                                                          : 0;
    l->n_channels = 1;
    if (colour) {
        l->n_channels = colour;
        h->datatype = NIFTI_TYPE_UINT8;
    } else if (h->dim[0] == 5 && h->dim[4] == 1 && h->dim[5] > 1) {
        l->n_channels = h->dim[5];
        l->planes = true;
        h->dim[0] = h->dim[3] == 1 ? 2 : 3;
    }
}

/* Axes that remain: trailing ones of length 1 go, but never below the third (ITK). */
static dlrn_status find_size(int64_t dim[3], int *ndim, const header *h, dlrn_error *err)
{
    int n = (int)h->dim[0];
    if (h->dim[0] < 1 || h->dim[0] > 7)
        return dlrn_fail(err, DLRN_EFORMAT, "the NIfTI header is damaged (dim[0] is %" PRId64 ")",
                         h->dim[0]);
    for (int k = 1; k <= n; k++)
        if (h->dim[k] < 1)
            return dlrn_fail(err, DLRN_EFORMAT,
                             "the NIfTI header is damaged (axis %d has the length %" PRId64 ")", k,
                             h->dim[k]);
    while (n > 3 && h->dim[n] == 1)
        n--;
    if (n > 3)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "an image of %d dimensions (axis %d has the length %" PRId64
                         "); expected 2 or 3: save one volume or one radiograph a file",
                         n, n, h->dim[n]);
    if (n < 2) return dlrn_fail(err, DLRN_EUNSUPPORTED, "an image of 1 dimension; expected 2 or 3");
    *ndim = n;
    for (int k = 0; k < 3; k++)
        dim[k] = k < n ? h->dim[k + 1] : 1;
    return DLRN_OK;
}

/* Columns of the sform of length 1; false where they are no rotation. */
static bool direction_from_sform(double dir[9], const header *h)
{
    for (int col = 0; col < 3; col++) {
        double norm = 0;
        for (int row = 0; row < 3; row++)
            norm += h->srow[row][col] * h->srow[row][col];
        norm = sqrt(norm);
        if (!(norm > 0) || !isfinite(norm)) return false;
        for (int row = 0; row < 3; row++)
            dir[3 * row + col] = h->srow[row][col] / norm;
    }
    for (int a = 0; a < 3; a++)
        for (int b = a + 1; b < 3; b++) {
            double dot = 0;
            for (int row = 0; row < 3; row++)
                dot += dir[3 * row + a] * dir[3 * row + b];
            if (fabs(dot) > 1e-4) return false;
        }
    return true;
}

static void direction_from_qform(double dir[9], const header *h)
{
    const double *q = h->quatern;
    const float qfac = h->pixdim[0] < 0 ? -1 : 1;
    const mat44 m =
        nifti_quatern_to_mat44((float)q[0], (float)q[1], (float)q[2], 0, 0, 0, 1, 1, 1, qfac);
    for (int row = 0; row < 3; row++)
        for (int col = 0; col < 3; col++)
            dir[3 * row + col] = (double)m.m[row][col];
}

static dlrn_status set_geometry(dlrn_image *im, const header *h, dlrn_error *err)
{
    const int unit = h->units & 7;
    const double scale = unit == NIFTI_UNITS_METER ? 1000 : unit == NIFTI_UNITS_MICRON ? 0.001 : 1;
    double rotation[9];
    im->spacing_known = true;
    for (int k = 0; k < im->ndim; k++) {
        const double s = fabs(h->pixdim[k + 1]);
        if (!(s > 0) || !isfinite(s)) {
            if (k < 2) im->spacing_known = false;
        } else
            im->spacing_mm[k] = s * scale;
    }
    if (h->qform <= 0 && h->sform <= 0) return DLRN_OK; // no world: identity
    const bool rigid = h->sform > 0 && direction_from_sform(rotation, h);
    const bool use_sform = rigid && (h->qform <= 0 || h->sform == NIFTI_XFORM_SCANNER_ANAT);
    if (!use_sform && h->qform <= 0)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "the NIfTI sform is sheared (its axes are not at right angles): resample "
                         "the image to a plain grid");
    if (!use_sform) direction_from_qform(rotation, h);
    for (int row = 0; row < 3; row++) {
        // NIfTI's x and y point to the right and the front, DICOM's to the left and the back
        const double sign = row < 2 ? -1 : 1;
        const double at = use_sform ? h->srow[row][3] : h->quatern[3 + row];
        if (row < im->ndim) im->origin_mm[row] = at == 0 ? 0 : sign * at * scale;
        for (int col = 0; col < 3; col++)
            if (row < im->ndim && col < im->ndim) {
                const double d = rotation[3 * row + col];
                im->dir[3 * row + col] = d == 0 ? 0 : sign * d;
            }
    }
    for (int k = 0; k < 9; k++)
        if (!isfinite(im->dir[k]) || !isfinite(im->origin_mm[k / 3]))
            return dlrn_fail(err, DLRN_EFORMAT, "the NIfTI header's transform is not finite");
    return DLRN_OK;
}

/* y = slope * x + inter. */
typedef struct scale {
    double slope, inter;
} scale;

static scale find_scale(const header *h)
{
    return (scale){isfinite(h->slope) && h->slope != 0 ? h->slope : 1,
                   isfinite(h->inter) ? h->inter : 0};
}

/* ITK keeps scaled floats in their own precision and turns scaled integers into 32-bit floats. */
static void rescale(dlrn_image *im, const scale *s, size_t n)
{
    if (s->slope == 1 && s->inter == 0) return;
    if (im->stored != DLRN_PIXEL_F64) im->stored = DLRN_PIXEL_F32;
    for (size_t i = 0; i < n; i++) {
        const double x = im->v[i] * s->slope + s->inter;
        im->v[i] = im->stored == DLRN_PIXEL_F32 ? (double)(float)x : x;
    }
}

static dlrn_status take_pixels(dlrn_image *out, const layout *l, const unsigned char *at, size_t n,
                               int64_t channel, const scale *s, bool swap, dlrn_error *err)
{
    dlrn_status st;
    unsigned char *own = NULL;
    const size_t bytes = dlrn_pixel_size(l->stored), which = channel > 0 ? (size_t)channel : 0;
    const bool beside = l->n_channels > 1 && !l->planes;
    if (l->planes) at += which * n * bytes;
    if (!beside && !swap && s->slope == 1 && s->inter == 0) {
        dlrn_image_shape(out, l->ndim, l->dim);
        out->stored = l->stored;
        out->raw = at;
        return DLRN_OK;
    }
    DLRN_TRY(dlrn_image_alloc_uncleared(out, l->ndim, l->dim, err));
    out->stored = l->stored;
    DLRN_TRY(dlrn_alloc_or_fail(&own, beside ? n * bytes : 1, err));
    if (beside) dlrn_channel_pack(own, at, n, (size_t)l->n_channels, which, bytes);
    dlrn_pixels_to_double(out->v, beside ? own : at, n, l->stored, swap);
    rescale(out, s, n);
done:
    free(own);
    return st;
}

static dlrn_status read_plain(dlrn_image *out, const unsigned char *buf, size_t len,
                              int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    header h;
    cursor c = {0};
    layout l = {.n_channels = 1};
    size_t n;
    DLRN_TRY(find_header(&h, &c, buf, len, err));
    if (channel != DLRN_PLAIN) find_channels(&l, &h);
    DLRN_TRY(find_pixel_type(&l.stored, h.datatype, err));
    DLRN_TRY(find_size(l.dim, &l.ndim, &h, err));
    DLRN_TRY(dlrn_voxel_count(&n, l.dim, err));
    if (l.n_channels > 1) DLRN_TRY(dlrn_channel_check(channel, l.n_channels, err));
    if (h.vox_offset < 348 || (uint64_t)h.vox_offset > len ||
        (len - (size_t)h.vox_offset) / dlrn_pixel_size(l.stored) / (size_t)l.n_channels < n) {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "the NIfTI file is cut off: %zu pixels of %zu bytes are announced, %zu "
                       "bytes are there; copy or export it again",
                       n, dlrn_pixel_size(l.stored), len);
        goto done;
    }
    const scale s = find_scale(&h);
    DLRN_TRY(take_pixels(out, &l, buf + h.vox_offset, n, channel, &s, c.swap, err));
    DLRN_TRY(set_geometry(out, &h, err));
done:
    return st;
}

dlrn_status dlrn_nifti_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                                int64_t channel, dlrn_error *err)
{
    unsigned char *plain;
    size_t n;
    if (buf[0] != 0x1f) return read_plain(out, buf, len, channel, err);
    dlrn_status st = dlrn_gunzip(&plain, &n, buf, len, DLRN_MAX_PIXELS * 8 + 1024, err);
    if (st != DLRN_OK) return st;
    st = read_plain(out, plain, n, channel, err);
    if (out->raw)
        out->raw_owner = plain;
    else
        free(plain);
    return st;
}

static int nifti_type(dlrn_pixel p)
{
    static const int type[] = {
        [DLRN_PIXEL_U8] = NIFTI_TYPE_UINT8,    [DLRN_PIXEL_I8] = NIFTI_TYPE_INT8,
        [DLRN_PIXEL_U16] = NIFTI_TYPE_UINT16,  [DLRN_PIXEL_I16] = NIFTI_TYPE_INT16,
        [DLRN_PIXEL_U32] = NIFTI_TYPE_UINT32,  [DLRN_PIXEL_I32] = NIFTI_TYPE_INT32,
        [DLRN_PIXEL_U64] = NIFTI_TYPE_UINT64,  [DLRN_PIXEL_I64] = NIFTI_TYPE_INT64,
        [DLRN_PIXEL_F32] = NIFTI_TYPE_FLOAT32, [DLRN_PIXEL_F64] = NIFTI_TYPE_FLOAT64,
    };
    return type[p];
}

/* qform and sform agree: readers differ in which of them they believe. */
static void fill_header(nifti_1_header *h, const dlrn_image *im)
{
    mat44 m = {{{0}}};
    float d[3];
    *h = (nifti_1_header){.sizeof_hdr = 348, .vox_offset = 352, .scl_slope = 1, .magic = "n+1"};
    h->dim[0] = (short)im->ndim;
    h->datatype = (short)nifti_type(im->stored);
    h->bitpix = (short)(8 * dlrn_pixel_size(im->stored));
    for (int k = 0; k < 7; k++) {
        h->dim[k + 1] = (short)(k < 3 ? im->dim[k] : 1);
        h->pixdim[k + 1] = k < 3 && im->spacing_known ? (float)im->spacing_mm[k] : k < 3 ? 0 : 1;
    }
    if (!im->spacing_known) return;
    h->xyzt_units = NIFTI_UNITS_MM;
    h->qform_code = h->sform_code = NIFTI_XFORM_SCANNER_ANAT;
    float *row[3] = {h->srow_x, h->srow_y, h->srow_z};
    for (int r = 0; r < 3; r++) {
        const double sign = r < 2 ? -1 : 1;
        for (int c = 0; c < 3; c++) {
            m.m[r][c] = (float)(sign * im->dir[3 * r + c]);
            row[r][c] = (float)(sign * im->dir[3 * r + c] * im->spacing_mm[c]);
        }
        m.m[r][3] = row[r][3] = (float)(sign * im->origin_mm[r]);
    }
    m.m[3][3] = 1;
    nifti_mat44_to_quatern(m, &h->quatern_b, &h->quatern_c, &h->quatern_d, &h->qoffset_x,
                           &h->qoffset_y, &h->qoffset_z, &d[0], &d[1], &d[2], &h->pixdim[0]);
}

dlrn_status dlrn_nifti_write(const dlrn_image *im, FILE *f, bool gzip, dlrn_error *err)
{
    dlrn_status st;
    nifti_1_header h;
    unsigned char *raw = NULL, *packed = NULL;
    size_t n, len;
    for (int k = 0; k < 3; k++)
        if (im->dim[k] > INT16_MAX)
            return dlrn_fail(err, DLRN_EUNSUPPORTED,
                             "NIfTI-1 holds at most 32767 pixels an axis, the image has %" PRId64,
                             im->dim[k]);
    DLRN_TRY(dlrn_voxel_count(&n, im->dim, err));
    len = 352 + n * dlrn_pixel_size(im->stored);
    DLRN_TRY(dlrn_alloc_or_fail(&raw, len, err));
    fill_header(&h, im);
    memcpy(raw, &h, sizeof h);
    dlrn_pixels_from_double(raw + 352, im->v, n, im->stored);
    if (gzip) DLRN_TRY(dlrn_gzip(&packed, &len, raw, len, err));
    if (fwrite(packed ? packed : raw, 1, len, f) != len)
        st = dlrn_fail(err, DLRN_EIO, "cannot write (is the disk full?)");
done:
    free(raw);
    free(packed);
    return st;
}
