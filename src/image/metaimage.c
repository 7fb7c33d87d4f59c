/* SPDX-License-Identifier: Apache-2.0
 *
 * MetaImage (.mha) with the data in the same file, read from memory. Fields: MetaIO's
 * documentation (itk.org/Wiki/ITK/MetaIO/Documentation). Which of several counts, and what it means
 * in space: as ITK 5.4.
 */
#include <math.h>
#include <string.h>

#include "image/text_header.h"

typedef enum field {
    OBJECT_TYPE,
    N_DIMS,
    BINARY,
    DATA_MSB,
    ELEMENT_MSB,
    COMPRESSED,
    TRANSFORM,
    ROTATION,
    ORIENTATION,
    ORIGIN,
    OFFSET,
    POSITION,
    SPACING,
    SIZE,
    DIM_SIZE,
    HEADER_SIZE,
    CHANNELS,
    TYPE,
    DATA_FILE,
    N_FIELDS
} field;

static const char *const name[N_FIELDS] = {
    [OBJECT_TYPE] = "ObjectType",
    [N_DIMS] = "NDims",
    [BINARY] = "BinaryData",
    [DATA_MSB] = "BinaryDataByteOrderMSB",
    [ELEMENT_MSB] = "ElementByteOrderMSB",
    [COMPRESSED] = "CompressedData",
    [TRANSFORM] = "TransformMatrix",
    [ROTATION] = "Rotation",
    [ORIENTATION] = "Orientation",
    [ORIGIN] = "Origin",
    [OFFSET] = "Offset",
    [POSITION] = "Position",
    [SPACING] = "ElementSpacing",
    [SIZE] = "ElementSize",
    [DIM_SIZE] = "DimSize",
    [HEADER_SIZE] = "HeaderSize",
    [CHANNELS] = "ElementNumberOfChannels",
    [TYPE] = "ElementType",
    [DATA_FILE] = "ElementDataFile",
};

typedef struct header {
    dlrn_text value[N_FIELDS]; /* at is NULL where the file lacks it */
    int n_axes;
    double size[3];
    dlrn_stored stored;
} header;

static bool has(const header *h, field f)
{
    return h->value[f].at != NULL;
}

/* As ITK takes it: by the first letter. */
static bool is_true(const header *h, field f)
{
    const dlrn_text t = h->value[f];
    return t.at < t.end && memchr("tT1", *t.at, 3);
}

static dlrn_status bad_field(field f, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the MetaImage header's field '%s' makes no sense: export the file again",
                     name[f]);
}

/* Exactly n finite numbers. */
static dlrn_status read_numbers(double *out, int n, const header *h, field f, dlrn_error *err)
{
    if (dlrn_text_numbers(out, n, h->value[f]) != n) return bad_field(f, err);
    for (int k = 0; k < n; k++)
        if (!isfinite(out[k])) return bad_field(f, err);
    return DLRN_OK;
}

/* Takes the lines apart up to the one that says where the data are; *rest is left at them. The last
 * of two lines of one name counts. */
static dlrn_status read_lines(header *h, dlrn_text *rest, dlrn_error *err)
{
    dlrn_text line;
    while (!has(h, DATA_FILE)) {
        if (!dlrn_text_line(&line, rest))
            return dlrn_fail(err, DLRN_EFORMAT,
                             "the MetaImage header is cut off: copy or export the file again");
        const char *sign = line.at;
        while (sign < line.end && *sign != '=' && *sign != ':')
            sign++;
        if (sign == line.end) continue;
        const dlrn_text key = dlrn_text_trim((dlrn_text){line.at, sign});
        const size_t n = (size_t)(key.end - key.at);
        for (int f = 0; f < N_FIELDS; f++)
            if (n == strlen(name[f]) && !memcmp(key.at, name[f], n))
                h->value[f] = dlrn_text_trim((dlrn_text){sign + 1, line.end});
    }
    return DLRN_OK;
}

static dlrn_status read_type(header *h, dlrn_error *err)
{
    static const struct {
        const char *name;
        dlrn_pixel p;
    } known[] = {
        {"MET_CHAR", DLRN_PIXEL_I8},       {"MET_UCHAR", DLRN_PIXEL_U8},
        {"MET_SHORT", DLRN_PIXEL_I16},     {"MET_USHORT", DLRN_PIXEL_U16},
        {"MET_INT", DLRN_PIXEL_I32},       {"MET_UINT", DLRN_PIXEL_U32},
        {"MET_LONG", DLRN_PIXEL_I32},      {"MET_ULONG", DLRN_PIXEL_U32}, // 4 bytes everywhere
        {"MET_LONG_LONG", DLRN_PIXEL_I64}, {"MET_ULONG_LONG", DLRN_PIXEL_U64},
        {"MET_FLOAT", DLRN_PIXEL_F32},     {"MET_DOUBLE", DLRN_PIXEL_F64},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (dlrn_text_is(h->value[TYPE], known[k].name)) {
            h->stored.type = known[k].p;
            return DLRN_OK;
        }
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "the MetaImage file's ElementType is not one that dlrn reads (MET_CHAR to "
                     "MET_DOUBLE): export it as whole numbers or floating point");
}

/* How the pixels lie behind the header. */
static dlrn_status read_layout(header *h, int64_t channel, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_stored *s = &h->stored;
    double n = 0;
    DLRN_TRY(read_type(h, err));
    s->big_endian = is_true(h, has(h, DATA_MSB) ? DATA_MSB : ELEMENT_MSB);
    if (is_true(h, COMPRESSED))
        s->packing = DLRN_DEFLATED;
    else if (has(h, BINARY) && !is_true(h, BINARY))
        s->packing = DLRN_TEXT;
    if (has(h, HEADER_SIZE)) DLRN_TRY(read_numbers(&n, 1, h, HEADER_SIZE, err));
    if (n != 0 && (n != -1 || s->packing != DLRN_RAW))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a MetaImage file whose data lie apart from its header (HeaderSize is "
                         "%g); save it again without HeaderSize",
                         n);
    s->skip_bytes = n;
    n = 1;
    if (has(h, CHANNELS)) DLRN_TRY(read_numbers(&n, 1, h, CHANNELS, err));
    if (n != 1) DLRN_TRY(dlrn_stored_channel(s, n, channel, err));
done:
    return st;
}

static dlrn_status read_header(header *h, dlrn_text *rest, int64_t channel, dlrn_error *err)
{
    static const field needed[] = {N_DIMS, DIM_SIZE, TYPE};
    dlrn_status st;
    double n = 0;
    DLRN_TRY(read_lines(h, rest, err));
    if (has(h, OBJECT_TYPE) && !dlrn_text_is(h->value[OBJECT_TYPE], "Image"))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a MetaIO file of another ObjectType than Image; dlrn reads images");
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        if (!has(h, needed[k]))
            return dlrn_fail(err, DLRN_EFORMAT,
                             "the MetaImage header lacks the field '%s': export the file again",
                             name[needed[k]]);
    if (!dlrn_text_is(h->value[DATA_FILE], "LOCAL"))
        return dlrn_fail(
            err, DLRN_EUNSUPPORTED,
            "a MetaImage header whose data lie in another file; save both as one .mha");
    DLRN_TRY(read_numbers(&n, 1, h, N_DIMS, err));
    if (n != 2 && n != 3)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a MetaImage file of %g axes; dlrn reads 2 or 3: export one grey image",
                         n);
    h->n_axes = (int)n;
    DLRN_TRY(read_numbers(h->size, h->n_axes, h, DIM_SIZE, err));
    DLRN_TRY(read_layout(h, channel, err));
done:
    return st;
}

static double determinant(const double m[9])
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
           m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/* World is LPS, as dlrn's. */
static dlrn_status set_geometry(dlrn_image *im, const header *h, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const int n = h->n_axes;
    const field turned = has(h, TRANSFORM) ? TRANSFORM : has(h, ROTATION) ? ROTATION : ORIENTATION;
    const field origin = has(h, ORIGIN) ? ORIGIN : has(h, OFFSET) ? OFFSET : POSITION;
    const field spacing = has(h, SPACING) ? SPACING : SIZE;
    double m[9];
    if (has(h, turned)) {
        DLRN_TRY(read_numbers(m, n * n, h, turned, err));
        for (int k = 0; k < n * n; k++) // axis after axis
            im->dir[k % n * 3 + k / n] = m[k] + 0.0;
        if (determinant(im->dir) == 0) return bad_field(turned, err);
    }
    if (has(h, origin)) DLRN_TRY(read_numbers(im->origin_mm, n, h, origin, err));
    if (has(h, spacing)) {
        DLRN_TRY(read_numbers(im->spacing_mm, n, h, spacing, err));
        im->spacing_known = true;
    }
    for (int axis = 0; axis < n; axis++) {
        im->origin_mm[axis] += 0.0; // no -0
        if (im->spacing_mm[axis] >= 0) continue;
        im->spacing_mm[axis] = -im->spacing_mm[axis];
        for (int k = 0; k < n; k++)
            im->dir[3 * k + axis] = 0.0 - im->dir[3 * k + axis];
    }
done:
    return st;
}

dlrn_status dlrn_metaimage_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                                    int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    header h = {.stored = {"MetaImage", .n_channels = 1}};
    dlrn_text rest = {(const char *)buf, (const char *)buf + len};
    DLRN_TRY(read_header(&h, &rest, channel, err));
    DLRN_TRY(dlrn_stored_shape(out, &h.stored, h.n_axes, h.size, rest, err));
    DLRN_TRY(set_geometry(out, &h, err));
    DLRN_TRY(dlrn_stored_take(out, &h.stored, rest, err));
done:
    return st;
}
