/* SPDX-License-Identifier: Apache-2.0
 *
 * NRRD with the data in the same file, read from memory. Fields: the NRRD format's definition
 * (teem.sourceforge.net/nrrd/format.html). What they mean in space: as ITK 5.4.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/count.h"
#include "image/text_header.h"

enum { MOST_AXES = 4 }; /* three, and one of channels */

typedef struct header {
    int n_axes;
    double size[MOST_AXES], spacing[MOST_AXES], mins[MOST_AXES], skip_lines;
    double direction[MOST_AXES][3], origin[3]; /* direction[axis] */
    int channel_axis;                          /* -1: a pixel has one value */
    dlrn_stored stored;
    bool has_type, has_encoding, has_sizes, has_spacing, has_mins, has_origin;
    int space;     /* number of space's coordinates; 0: none told */
    int n_vectors; /* directions read */
    double flip[3];
    bool odd_encoding;
} header;

static dlrn_status bad_field(const char *name, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the NRRD header's field '%s' makes no sense (damaged, or more axes than "
                     "three): export the file again",
                     name);
}

static dlrn_status read_type(header *h, dlrn_text t, dlrn_error *err)
{
    static const struct {
        const char *name;
        dlrn_pixel p;
    } known[] = {
        {"signed char", DLRN_PIXEL_I8},
        {"int8", DLRN_PIXEL_I8},
        {"int8_t", DLRN_PIXEL_I8},
        {"uchar", DLRN_PIXEL_U8},
        {"unsigned char", DLRN_PIXEL_U8},
        {"uint8", DLRN_PIXEL_U8},
        {"uint8_t", DLRN_PIXEL_U8},
        {"short", DLRN_PIXEL_I16},
        {"short int", DLRN_PIXEL_I16},
        {"signed short", DLRN_PIXEL_I16},
        {"signed short int", DLRN_PIXEL_I16},
        {"int16", DLRN_PIXEL_I16},
        {"int16_t", DLRN_PIXEL_I16},
        {"ushort", DLRN_PIXEL_U16},
        {"unsigned short", DLRN_PIXEL_U16},
        {"unsigned short int", DLRN_PIXEL_U16},
        {"uint16", DLRN_PIXEL_U16},
        {"uint16_t", DLRN_PIXEL_U16},
        {"int", DLRN_PIXEL_I32},
        {"signed int", DLRN_PIXEL_I32},
        {"int32", DLRN_PIXEL_I32},
        {"int32_t", DLRN_PIXEL_I32},
        {"uint", DLRN_PIXEL_U32},
        {"unsigned int", DLRN_PIXEL_U32},
        {"uint32", DLRN_PIXEL_U32},
        {"uint32_t", DLRN_PIXEL_U32},
        {"longlong", DLRN_PIXEL_I64},
        {"long long", DLRN_PIXEL_I64},
        {"long long int", DLRN_PIXEL_I64},
        {"signed long long", DLRN_PIXEL_I64},
        {"signed long long int", DLRN_PIXEL_I64},
        {"int64", DLRN_PIXEL_I64},
        {"int64_t", DLRN_PIXEL_I64},
        {"ulonglong", DLRN_PIXEL_U64},
        {"unsigned long long", DLRN_PIXEL_U64},
        {"unsigned long long int", DLRN_PIXEL_U64},
        {"uint64", DLRN_PIXEL_U64},
        {"uint64_t", DLRN_PIXEL_U64},
        {"float", DLRN_PIXEL_F32},
        {"double", DLRN_PIXEL_F64},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (dlrn_text_is(t, known[k].name)) {
            h->stored.type = known[k].p;
            h->has_type = true;
            return DLRN_OK;
        }
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "the NRRD file's type is not one of the whole numbers and floating point that "
                     "dlrn reads: export it as one of these");
}

/* World is LPS here; the spaces that ITK turns are turned, all others are taken as they are. */
static void read_space(header *h, dlrn_text t)
{
    h->space = 3;
    const bool ras = dlrn_text_is(t, "right-anterior-superior") || dlrn_text_is(t, "RAS");
    const bool las = dlrn_text_is(t, "left-anterior-superior") || dlrn_text_is(t, "LAS");
    h->flip[0] = ras ? -1 : 1;
    h->flip[1] = ras || las ? -1 : 1;
    h->flip[2] = 1;
}

/* (a,b,c) an axis; an axis without one holds several values of a pixel. */
static dlrn_status read_directions(header *h, dlrn_text t, dlrn_error *err)
{
    for (int axis = 0;; axis++) {
        t = dlrn_text_trim(t);
        if (t.at == t.end) {
            h->n_vectors = axis;
            return DLRN_OK;
        }
        const char *close = memchr(t.at, ')', (size_t)(t.end - t.at));
        if (t.end - t.at >= 4 && !memcmp(t.at, "none", 4) && axis < MOST_AXES) {
            h->channel_axis = axis;
            t.at += 4;
            continue;
        }
        if (*t.at != '(' || axis == MOST_AXES || !close || !h->space ||
            dlrn_text_numbers(h->direction[axis], 3, (dlrn_text){t.at, close}) != h->space)
            return bad_field("space directions", err);
        t.at = close + 1;
    }
}

static dlrn_status read_dimension(header *h, dlrn_text t, dlrn_error *err)
{
    double n = 0;
    if (dlrn_text_numbers(&n, 1, t) != 1) return bad_field("dimension", err);
    if (n != 2 && n != 3 && n != MOST_AXES)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD file of %g axes; dlrn reads 2 or 3: export one grey image", n);
    h->n_axes = (int)n;
    return DLRN_OK;
}

static dlrn_status read_kinds(header *h, dlrn_text t, dlrn_error *err)
{
    int axis = 0;
    for (t = dlrn_text_trim(t); t.at < t.end; t = dlrn_text_trim(t), axis++) {
        const char *stop = t.at;
        while (stop < t.end && !memchr(" \t\r", *stop, 3))
            stop++;
        const dlrn_text word = {t.at, stop};
        t.at = stop;
        if (dlrn_text_is(word, "domain") || dlrn_text_is(word, "space") ||
            dlrn_text_is(word, "none") || dlrn_text_is(word, "???"))
            continue;
        if (dlrn_text_is(word, "time") || axis >= MOST_AXES)
            return dlrn_fail(err, DLRN_EUNSUPPORTED,
                             "a NRRD file of several times; dlrn needs one image");
        h->channel_axis = axis;
    }
    return DLRN_OK;
}

static dlrn_status read_space_dimension(header *h, dlrn_text t, dlrn_error *err)
{
    double n = 0;
    if (dlrn_text_numbers(&n, 1, t) != 1 || (n != 2 && n != 3))
        return bad_field("space dimension", err);
    h->space = (int)n;
    return DLRN_OK;
}

static void read_encoding(header *h, dlrn_text t)
{
    const bool raw = dlrn_text_is(t, "raw");
    const bool text = dlrn_text_is(t, "txt") || dlrn_text_is(t, "text") || dlrn_text_is(t, "ascii");
    const bool gzip = dlrn_text_is(t, "gzip") || dlrn_text_is(t, "gz");
    h->has_encoding = true;
    h->odd_encoding = !raw && !text && !gzip;
    h->stored.packing = text ? DLRN_TEXT : gzip ? DLRN_DEFLATED : DLRN_RAW;
}

static dlrn_status read_field(header *h, dlrn_text name, dlrn_text value, dlrn_error *err)
{
    if (dlrn_text_is(name, "type")) return read_type(h, value, err);
    if (dlrn_text_is(name, "dimension")) return read_dimension(h, value, err);
    if (dlrn_text_is(name, "kinds")) return read_kinds(h, value, err);
    if (dlrn_text_is(name, "space directions")) return read_directions(h, value, err);
    if (dlrn_text_is(name, "space dimension")) return read_space_dimension(h, value, err);
    if (dlrn_text_is(name, "space")) read_space(h, value);
    if (dlrn_text_is(name, "endian")) h->stored.big_endian = dlrn_text_is(value, "big");
    if (dlrn_text_is(name, "encoding")) read_encoding(h, value);
    if (dlrn_text_is(name, "data file") || dlrn_text_is(name, "datafile"))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD header whose data lie in another file; save both as one .nrrd");
    if (dlrn_text_is(name, "sizes")) {
        h->has_sizes = true;
        if (dlrn_text_numbers(h->size, MOST_AXES, value) != h->n_axes)
            return bad_field("sizes", err);
    }
    if (dlrn_text_is(name, "spacings")) {
        h->has_spacing = true;
        if (dlrn_text_numbers(h->spacing, MOST_AXES, value) != h->n_axes)
            return bad_field("spacings", err);
    }
    if (dlrn_text_is(name, "axis mins") || dlrn_text_is(name, "axismins")) {
        h->has_mins = true;
        if (dlrn_text_numbers(h->mins, MOST_AXES, value) != h->n_axes)
            return bad_field("axis mins", err);
    }
    if (dlrn_text_is(name, "space origin")) {
        h->has_origin = true;
        if (!h->space || dlrn_text_numbers(h->origin, 3, value) != h->space)
            return bad_field("space origin", err);
    }
    if ((dlrn_text_is(name, "byte skip") || dlrn_text_is(name, "byteskip")) &&
        dlrn_text_numbers(&h->stored.skip_bytes, 1, value) != 1)
        return bad_field("byte skip", err);
    if ((dlrn_text_is(name, "line skip") || dlrn_text_is(name, "lineskip")) &&
        dlrn_text_numbers(&h->skip_lines, 1, value) != 1)
        return bad_field("line skip", err);
    return DLRN_OK;
}

/* Reads the header; *rest is left at the data. */
static dlrn_status read_header(header *h, dlrn_text *rest, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_text line = {0};
    while (dlrn_text_line(&line, rest)) {
        if (line.at == line.end) {
            const char *missing = !h->has_type       ? "type"
                                  : !h->n_axes       ? "dimension"
                                  : !h->has_sizes    ? "sizes"
                                  : !h->has_encoding ? "encoding"
                                                     : NULL;
            if (!missing) return DLRN_OK;
            return dlrn_fail(err, DLRN_EFORMAT, "the NRRD header lacks the field '%s'", missing);
        }
        const char *colon = memchr(line.at, ':', (size_t)(line.end - line.at));
        const bool key = colon && colon + 1 < line.end && colon[1] == '=';
        if (*line.at == '#' || !colon || key) continue;
        DLRN_TRY(read_field(h, dlrn_text_trim((dlrn_text){line.at, colon}),
                            dlrn_text_trim((dlrn_text){colon + 1, line.end}), err));
    }
    st = dlrn_fail(err, DLRN_EFORMAT, "the NRRD header is cut off");
done:
    return st;
}

/* Takes the channels' axis out of the header. */
static dlrn_status fold_channels(header *h, int64_t channel, dlrn_error *err)
{
    const int c = h->channel_axis;
    if (c < 0) {
        if (h->n_axes < MOST_AXES) return DLRN_OK;
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD file of %d axes; dlrn reads 2 or 3: export one grey image",
                         h->n_axes);
    }
    if (h->n_axes < 3 || (c != 0 && c != h->n_axes - 1))
        return dlrn_stored_several(&h->stored, err);
    const dlrn_status st = dlrn_stored_channel(&h->stored, h->size[c], channel, err);
    if (st != DLRN_OK) return st;
    h->stored.planes = c > 0;
    for (int k = c; k + 1 < h->n_axes; k++) {
        h->size[k] = h->size[k + 1];
        h->spacing[k] = h->spacing[k + 1];
        h->mins[k] = h->mins[k + 1];
        memcpy(h->direction[k], h->direction[k + 1], sizeof *h->direction);
    }
    h->n_axes--;
    if (h->n_vectors > 0) h->n_vectors--;
    return DLRN_OK;
}

static void set_axis(dlrn_image *im, const header *h, int axis)
{
    double length = 0;
    const double *v = h->direction[axis];
    for (int k = 0; k < h->space; k++)
        length += v[k] * v[k];
    im->spacing_mm[axis] = sqrt(length);
    const double per_mm = 1 / im->spacing_mm[axis]; // ITK multiplies: the last bit is its own
    for (int k = 0; k < h->space; k++)
        im->dir[3 * k + axis] = h->flip[k] * v[k] * per_mm + 0.0; // no -0
}

static dlrn_status set_geometry(dlrn_image *im, const header *h, dlrn_error *err)
{
    if (h->n_vectors > 0) {
        if (h->n_vectors != h->n_axes || h->space != h->n_axes)
            return dlrn_fail(
                err, DLRN_EUNSUPPORTED,
                "a NRRD file of %d axes in a space of %d; export it as a volume of one "
                "slice",
                h->n_axes, h->space);
        for (int k = 0; k < h->n_axes; k++) {
            set_axis(im, h, k);
            im->origin_mm[k] = h->flip[k] * h->origin[k] + 0.0;
        }
        im->spacing_known = true;
        return DLRN_OK;
    }
    bool all = h->has_spacing;
    for (int k = 0; k < h->n_axes; k++) {
        const bool known = h->has_spacing && isfinite(h->spacing[k]) && h->spacing[k] != 0;
        all = all && known;
        if (!known) continue;
        im->spacing_mm[k] = fabs(h->spacing[k]);
        if (h->spacing[k] < 0) im->dir[4 * k] = -1;
        // cells are told by their borders, pixels lie in their middle
        if (h->has_mins && isfinite(h->mins[k])) im->origin_mm[k] = h->mins[k] + h->spacing[k] / 2;
    }
    im->spacing_known = all;
    return DLRN_OK;
}

dlrn_status dlrn_nrrd_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    header h = {.flip = {1, 1, 1}, .channel_axis = -1, .stored = {"NRRD", .n_channels = 1}};
    dlrn_text rest = {(const char *)buf, (const char *)buf + len}, line;
    DLRN_TRY(read_header(&h, &rest, err));
    DLRN_TRY(fold_channels(&h, channel, err));
    for (double k = 0; k < h.skip_lines; k++)
        if (!dlrn_text_line(&line, &rest)) break;
    DLRN_TRY(dlrn_stored_shape(out, &h.stored, h.n_axes, h.size, rest, err));
    DLRN_TRY(set_geometry(out, &h, err));
    if (h.odd_encoding)
        st = dlrn_fail(err, DLRN_EUNSUPPORTED,
                       "a NRRD file of an encoding that dlrn does not read; save it raw or gzip");
    else
        st = dlrn_stored_take(out, &h.stored, rest, err);
done:
    return st;
}

static void add_vector(dlrn_str *b, const double *v, size_t step, double scale, int n)
{
    for (int k = 0; k < n; k++) {
        dlrn_str_add(b, k ? "," : "(");
        dlrn_str_add_double(b, v[(size_t)k * step] * scale + 0.0);
    }
    dlrn_str_add(b, ")");
}

static void add_header(dlrn_str *b, const dlrn_image *im)
{
    static const char *const type[] = {
        [DLRN_PIXEL_U8] = "uint8",   [DLRN_PIXEL_I8] = "int8",    [DLRN_PIXEL_U16] = "uint16",
        [DLRN_PIXEL_I16] = "int16",  [DLRN_PIXEL_U32] = "uint32", [DLRN_PIXEL_I32] = "int32",
        [DLRN_PIXEL_U64] = "uint64", [DLRN_PIXEL_I64] = "int64",  [DLRN_PIXEL_F32] = "float",
        [DLRN_PIXEL_F64] = "double",
    };
    const int n = im->ndim;
    dlrn_str_addf(b, "NRRD0004\ntype: %s\ndimension: %d\n", type[im->stored], n);
    if (im->spacing_known)
        dlrn_str_add(b, n == 3 ? "space: left-posterior-superior\n" : "space dimension: 2\n");
    dlrn_str_add(b, "sizes:");
    for (int k = 0; k < n; k++)
        dlrn_str_addf(b, " %" PRId64, im->dim[k]);
    if (im->spacing_known) {
        dlrn_str_add(b, "\nspace directions:");
        for (int k = 0; k < n; k++) {
            dlrn_str_add(b, " ");
            add_vector(b, im->dir + k, 3, im->spacing_mm[k], n);
        }
        dlrn_str_add(b, "\nspace origin: ");
        add_vector(b, im->origin_mm, 1, 1, n);
    }
    dlrn_str_add(b, n == 3 ? "\nkinds: domain domain domain" : "\nkinds: domain domain");
    dlrn_str_add(b, "\nendian: little\nencoding: gzip\n\n");
}

dlrn_status dlrn_nrrd_write(const dlrn_image *im, FILE *f, dlrn_error *err)
{
    dlrn_status st;
    dlrn_str b = {0};
    unsigned char *raw = NULL, *packed = NULL;
    size_t n, len;
    DLRN_TRY(dlrn_voxel_count(&n, im->dim, err));
    DLRN_TRY(dlrn_alloc_or_fail(&raw, n * dlrn_pixel_size(im->stored), err));
    dlrn_pixels_from_double(raw, im->v, n, im->stored);
    DLRN_TRY(dlrn_gzip(&packed, &len, raw, n * dlrn_pixel_size(im->stored), err));
    add_header(&b, im);
    if (b.failed)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    else if (fwrite(b.s, 1, b.len, f) != b.len || fwrite(packed, 1, len, f) != len)
        st = dlrn_fail(err, DLRN_EIO, "cannot write (is the disk full?)");
done:
    dlrn_str_clear(&b);
    free(raw);
    free(packed);
    return st;
}
