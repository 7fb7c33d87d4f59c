/* SPDX-License-Identifier: Apache-2.0
 *
 * NRRD with the data in the same file, read from memory. Fields: the NRRD format's definition
 * (teem.sourceforge.net/nrrd/format.html). What they mean in space: as ITK 5.4.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "image/count.h"
#include "image/format.h"

enum { MOST_AXES = 4 }; /* three, and one of channels */

typedef struct header {
    int n_axes;
    double size[MOST_AXES], spacing[MOST_AXES], mins[MOST_AXES], skip_bytes, skip_lines;
    double direction[MOST_AXES][3], origin[3]; /* direction[axis] */
    int channel_axis;                          /* -1: a pixel has one value */
    size_t n_channels, channel;                /* once that axis is taken out */
    bool planes;                               /* channels one after the other, not side by side */
    dlrn_pixel type;
    bool has_type, has_sizes, has_spacing, has_mins, has_origin;
    bool big_endian;
    int space;     /* number of space's coordinates; 0: none told */
    int n_vectors; /* directions read */
    double flip[3];
    char encoding[16];
} header;

/* Where a line's value begins and ends, in the file. */
typedef struct text {
    const char *at, *end;
} text;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static text trim(text t)
{
    while (t.at < t.end && is_blank(*t.at))
        t.at++;
    while (t.end > t.at && is_blank(t.end[-1]))
        t.end--;
    return t;
}

static bool is(text t, const char *word)
{
    const size_t n = strlen(word);
    return (size_t)(t.end - t.at) == n && !strncasecmp(t.at, word, n);
}

/* Numbers between blanks, commas and brackets; -1 unless there are at most `most` of them. */
static int numbers(double *out, int most, text t)
{
    int n = 0;
    while (t.at < t.end) {
        const char *stop = t.at;
        while (stop < t.end && !strchr(" \t\r\n,()", *stop))
            stop++;
        if (stop > t.at) {
            if (n == most || !dlrn_parse_double(&out[n], t.at, (size_t)(stop - t.at))) return -1;
            n++;
        }
        t.at = stop < t.end ? stop + 1 : stop;
    }
    return n;
}

static dlrn_status bad_field(const char *name, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the NRRD header's field '%s' makes no sense (damaged, or more axes than "
                     "three): export the file again",
                     name);
}

static dlrn_status read_type(header *h, text t, dlrn_error *err)
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
        if (is(t, known[k].name)) {
            h->type = known[k].p;
            h->has_type = true;
            return DLRN_OK;
        }
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "the NRRD file's type is not one of the whole numbers and floating point that "
                     "dlrn reads: export it as one of these");
}

/* World is LPS here; the spaces that ITK turns are turned, all others are taken as they are. */
static void read_space(header *h, text t)
{
    h->space = 3;
    const bool ras = is(t, "right-anterior-superior") || is(t, "RAS");
    const bool las = is(t, "left-anterior-superior") || is(t, "LAS");
    h->flip[0] = ras ? -1 : 1;
    h->flip[1] = ras || las ? -1 : 1;
    h->flip[2] = 1;
}

/* (a,b,c) an axis; an axis without one holds several values of a pixel. */
static dlrn_status read_directions(header *h, text t, dlrn_error *err)
{
    for (int axis = 0;; axis++) {
        t = trim(t);
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
            numbers(h->direction[axis], 3, (text){t.at, close}) != h->space)
            return bad_field("space directions", err);
        t.at = close + 1;
    }
}

static dlrn_status read_dimension(header *h, text t, dlrn_error *err)
{
    double n = 0;
    if (numbers(&n, 1, t) != 1) return bad_field("dimension", err);
    if (n != 2 && n != 3 && n != MOST_AXES)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD file of %g axes; dlrn reads 2 or 3: export one grey image", n);
    h->n_axes = (int)n;
    return DLRN_OK;
}

static dlrn_status read_kinds(header *h, text t, dlrn_error *err)
{
    int axis = 0;
    for (t = trim(t); t.at < t.end; t = trim(t), axis++) {
        const char *stop = t.at;
        while (stop < t.end && !is_blank(*stop))
            stop++;
        const text word = {t.at, stop};
        t.at = stop;
        if (is(word, "domain") || is(word, "space") || is(word, "none") || is(word, "???"))
            continue;
        if (is(word, "time") || axis >= MOST_AXES)
            return dlrn_fail(err, DLRN_EUNSUPPORTED,
                             "a NRRD file of several times; dlrn needs one image");
        h->channel_axis = axis;
    }
    return DLRN_OK;
}

static dlrn_status read_space_dimension(header *h, text t, dlrn_error *err)
{
    double n = 0;
    if (numbers(&n, 1, t) != 1 || (n != 2 && n != 3)) return bad_field("space dimension", err);
    h->space = (int)n;
    return DLRN_OK;
}

static dlrn_status read_field(header *h, text name, text value, dlrn_error *err)
{
    if (is(name, "type")) return read_type(h, value, err);
    if (is(name, "dimension")) return read_dimension(h, value, err);
    if (is(name, "kinds")) return read_kinds(h, value, err);
    if (is(name, "space directions")) return read_directions(h, value, err);
    if (is(name, "space dimension")) return read_space_dimension(h, value, err);
    if (is(name, "space")) read_space(h, value);
    if (is(name, "endian")) h->big_endian = is(value, "big");
    if (is(name, "encoding"))
        snprintf(h->encoding, sizeof h->encoding, "%.*s", (int)(value.end - value.at), value.at);
    if (is(name, "data file") || is(name, "datafile"))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD header whose data lie in another file; save both as one .nrrd");
    if (is(name, "sizes")) {
        h->has_sizes = true;
        if (numbers(h->size, MOST_AXES, value) != h->n_axes) return bad_field("sizes", err);
    }
    if (is(name, "spacings")) {
        h->has_spacing = true;
        if (numbers(h->spacing, MOST_AXES, value) != h->n_axes) return bad_field("spacings", err);
    }
    if (is(name, "axis mins") || is(name, "axismins")) {
        h->has_mins = true;
        if (numbers(h->mins, MOST_AXES, value) != h->n_axes) return bad_field("axis mins", err);
    }
    if (is(name, "space origin")) {
        h->has_origin = true;
        if (!h->space || numbers(h->origin, 3, value) != h->space)
            return bad_field("space origin", err);
    }
    if ((is(name, "byte skip") || is(name, "byteskip")) && numbers(&h->skip_bytes, 1, value) != 1)
        return bad_field("byte skip", err);
    if ((is(name, "line skip") || is(name, "lineskip")) && numbers(&h->skip_lines, 1, value) != 1)
        return bad_field("line skip", err);
    return DLRN_OK;
}

/* The next line of *rest without its end; false where no line ends there. */
static bool next_line(text *line, text *rest)
{
    const char *end = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    if (!end) return false;
    *line = trim((text){rest->at, end});
    rest->at = end + 1;
    return true;
}

/* Reads the header; *rest is left at the data. */
static dlrn_status read_header(header *h, text *rest, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    text line = {0};
    while (next_line(&line, rest)) {
        if (line.at == line.end) {
            const char *missing = !h->has_type      ? "type"
                                  : !h->n_axes      ? "dimension"
                                  : !h->has_sizes   ? "sizes"
                                  : !h->encoding[0] ? "encoding"
                                                    : NULL;
            if (!missing) return DLRN_OK;
            return dlrn_fail(err, DLRN_EFORMAT, "the NRRD header lacks the field '%s'", missing);
        }
        const char *colon = memchr(line.at, ':', (size_t)(line.end - line.at));
        const bool key = colon && colon + 1 < line.end && colon[1] == '=';
        if (*line.at == '#' || !colon || key) continue;
        DLRN_TRY(
            read_field(h, trim((text){line.at, colon}), trim((text){colon + 1, line.end}), err));
    }
    st = dlrn_fail(err, DLRN_EFORMAT, "the NRRD header is cut off");
done:
    return st;
}

/* Takes the channels' axis out of the header. */
static dlrn_status fold_channels(header *h, int64_t channel, dlrn_error *err)
{
    const int c = h->channel_axis;
    h->n_channels = 1;
    if (c < 0) {
        if (h->n_axes < MOST_AXES) return DLRN_OK;
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD file of %d axes; dlrn reads 2 or 3: export one grey image",
                         h->n_axes);
    }
    if (channel == DLRN_PLAIN || h->n_axes < 3 || (c != 0 && c != h->n_axes - 1))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD file of several values a pixel (colour or vectors); dlrn needs "
                         "plain grey");
    if (!(h->size[c] >= 1 && h->size[c] < 1e6)) return bad_field("sizes", err);
    const dlrn_status st = dlrn_channel_check(channel, (int64_t)h->size[c], err);
    if (st != DLRN_OK) return st;
    h->n_channels = (size_t)h->size[c];
    h->channel = (size_t)channel;
    h->planes = c > 0;
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

static dlrn_status too_short(size_t n, const header *h, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the NRRD file is cut off: %zu pixels of %zu bytes are announced; copy or "
                     "export it again",
                     n, dlrn_pixel_size(h->type));
}

static dlrn_status take_raw(dlrn_image *out, const header *h, const unsigned char *buf, size_t len,
                            dlrn_error *err)
{
    const size_t n = (size_t)(out->dim[0] * out->dim[1] * out->dim[2]);
    const size_t bytes = dlrn_pixel_size(h->type), need = n * bytes * h->n_channels;
    const double skip = h->skip_bytes < 0 ? (double)len - (double)need : h->skip_bytes;
    if (!(skip >= 0) || skip > (double)len || len - (size_t)skip < need)
        return too_short(n, h, err);
    const unsigned char *at = buf + (size_t)skip + (h->planes ? h->channel * n * bytes : 0);
    unsigned char *own = NULL;
    dlrn_status st = DLRN_OK;
    const bool beside = h->n_channels > 1 && !h->planes;
    if (!beside && !h->big_endian) {
        out->raw = at;
        return DLRN_OK;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&out->v, n, err));
    if (beside) {
        DLRN_TRY(dlrn_alloc_or_fail(&own, n * bytes, err));
        dlrn_channel_pack(own, at, n, h->n_channels, h->channel, bytes);
    }
    dlrn_pixels_to_double(out->v, beside ? own : at, n, h->type, h->big_endian);
done:
    free(own);
    return st;
}

static dlrn_status take_text(dlrn_image *out, const header *h, text t, dlrn_error *err)
{
    const size_t n = (size_t)(out->dim[0] * out->dim[1] * out->dim[2]);
    size_t i = 0;
    const dlrn_status st = dlrn_alloc_or_fail(&out->v, n, err);
    if (st != DLRN_OK) return st;
    while (i < n * h->n_channels && t.at < t.end) {
        const char *stop = t.at;
        double x;
        while (stop < t.end && !strchr(" \t\r\n,", *stop))
            stop++;
        if (stop > t.at) {
            if (!dlrn_parse_double(&x, t.at, (size_t)(stop - t.at)))
                return dlrn_fail(err, DLRN_EFORMAT, "the NRRD file's pixel %zu is no number",
                                 i + 1);
            const size_t channel = h->planes ? i / n : i % h->n_channels;
            if (channel == h->channel) out->v[h->planes ? i % n : i / h->n_channels] = x;
            i++;
        }
        t.at = stop < t.end ? stop + 1 : stop;
    }
    return i == n * h->n_channels ? DLRN_OK : too_short(n, h, err);
}

static dlrn_status take_pixels(dlrn_image *out, const header *h, text data, dlrn_error *err)
{
    const text code = {h->encoding, h->encoding + strlen(h->encoding)};
    const size_t n = (size_t)(out->dim[0] * out->dim[1] * out->dim[2]);
    const size_t need = n * dlrn_pixel_size(h->type) * h->n_channels;
    const size_t len = (size_t)(data.end - data.at);
    if (is(code, "raw")) return take_raw(out, h, (const unsigned char *)data.at, len, err);
    if (is(code, "txt") || is(code, "text") || is(code, "ascii"))
        return take_text(out, h, data, err);
    if (!is(code, "gzip") && !is(code, "gz"))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a NRRD file of an encoding that dlrn does not read; save it raw or gzip");
    unsigned char *plain;
    size_t n_plain;
    const size_t extra = h->skip_bytes > 0 && h->skip_bytes < 1e9 ? (size_t)h->skip_bytes : 0;
    dlrn_status st = dlrn_gunzip(&plain, &n_plain, (const unsigned char *)data.at, len,
                                 need + extra + 65536, err);
    if (st != DLRN_OK) return st;
    st = take_raw(out, h, plain, n_plain, err);
    if (out->raw)
        out->raw_owner = plain;
    else
        free(plain);
    return st;
}

dlrn_status dlrn_nrrd_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    header h = {.flip = {1, 1, 1}, .channel_axis = -1};
    size_t n;
    text rest = {(const char *)buf, (const char *)buf + len}, line;
    int64_t dim[3] = {1, 1, 1};
    DLRN_TRY(read_header(&h, &rest, err));
    DLRN_TRY(fold_channels(&h, channel, err));
    for (int k = 0; k < h.n_axes; k++)
        dim[k] = h.size[k] >= 1 && h.size[k] < 1e9 ? (int64_t)h.size[k] : 0;
    DLRN_TRY(dlrn_voxel_count(&n, dim, err));
    for (double k = 0; k < h.skip_lines; k++)
        if (!next_line(&line, &rest)) break;
    // gzip packs at most 1032 bytes into one, text needs two for a pixel
    if ((double)n * (double)h.n_channels > 1100 * (double)(rest.end - rest.at)) {
        st = too_short(n, &h, err);
        goto done;
    }
    dlrn_image_shape(out, h.n_axes, dim);
    out->stored = h.type;
    DLRN_TRY(set_geometry(out, &h, err));
    DLRN_TRY(take_pixels(out, &h, rest, err));
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
