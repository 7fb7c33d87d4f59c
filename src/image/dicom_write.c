/* SPDX-License-Identifier: Apache-2.0
 *
 * DICOM PS3.10 (file format) and PS3.5 (elements) for plain grey pixels.
 */
#include "image/dicom_write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image/count.h"
#include "image/format.h"

void dlrn_dicom_put(dlrn_str *b, unsigned group, unsigned element, const char *vr,
                    const void *value, size_t n)
{
    const bool wide = !strcmp(vr, "OW") || !strcmp(vr, "OB");
    const char tag[] = {
        (char)group, (char)(group >> 8), (char)element, (char)(element >> 8), vr[0], vr[1], 0, 0};
    const size_t even = n + (n & 1);
    const char size[] = {(char)even, (char)(even >> 8), (char)(even >> 16), (char)(even >> 24)};
    dlrn_str_addn(b, tag, wide ? 8 : 6);
    dlrn_str_addn(b, size, wide ? 4 : 2);
    dlrn_str_addn(b, value, n);
    if (n & 1) dlrn_str_addn(b, wide || !strcmp(vr, "UI") ? "" : " ", 1);
}

void dlrn_dicom_put_text(dlrn_str *b, unsigned group, unsigned element, const char *vr,
                         const char *value)
{
    dlrn_dicom_put(b, group, element, vr, value, strlen(value));
}

void dlrn_dicom_put_number(dlrn_str *b, unsigned element, int value)
{
    const char v[] = {(char)value, (char)(value >> 8)};
    dlrn_dicom_put(b, 0x28, element, "US", v, 2);
}

void dlrn_dicom_put_head(dlrn_str *b, const char *sop_class, const char *transfer_syntax,
                         const char *uid)
{
    static const char preamble[128];
    dlrn_str meta = {0};
    dlrn_dicom_put(&meta, 2, 0x01, "OB", "\0\1", 2);
    dlrn_dicom_put_text(&meta, 2, 0x02, "UI", sop_class);
    dlrn_dicom_put_text(&meta, 2, 0x03, "UI", uid);
    dlrn_dicom_put_text(&meta, 2, 0x10, "UI", transfer_syntax);
    dlrn_dicom_put_text(&meta, 2, 0x12, "UI", "2.25.1"); // of the writing program
    dlrn_str_addn(b, preamble, sizeof preamble);
    dlrn_str_add(b, "DICM");
    const char length[] = {(char)meta.len, (char)(meta.len >> 8), 0, 0};
    dlrn_dicom_put(b, 2, 0, "UL", length, 4);
    if (meta.failed)
        b->failed = true;
    else
        dlrn_str_addn(b, meta.s, meta.len);
    dlrn_str_clear(&meta);
    dlrn_dicom_put_text(b, 8, 0x16, "UI", sop_class);
    dlrn_dicom_put_text(b, 8, 0x18, "UI", uid);
}

static void put_pixel_description(dlrn_str *b, const dlrn_image *im)
{
    const int bits = im->stored == DLRN_PIXEL_U8 ? 8 : 16;
    char spacing[64];
    dlrn_dicom_put_number(b, 0x02, 1);
    dlrn_dicom_put_text(b, 0x28, 0x04, "CS", im->inverted ? "MONOCHROME1" : "MONOCHROME2");
    dlrn_dicom_put_number(b, 0x10, (int)im->dim[1]);
    dlrn_dicom_put_number(b, 0x11, (int)im->dim[0]);
    // a decimal string has at most 16 characters a number; rows' distance comes first
    snprintf(spacing, sizeof spacing, "%.9g\\%.9g", im->spacing_mm[1], im->spacing_mm[0]);
    if (im->spacing_known) dlrn_dicom_put_text(b, 0x28, 0x30, "DS", spacing);
    dlrn_dicom_put_number(b, 0x100, bits);
    dlrn_dicom_put_number(b, 0x101, bits);
    dlrn_dicom_put_number(b, 0x102, bits - 1);
    dlrn_dicom_put_number(b, 0x103, 0);
}

dlrn_status dlrn_dicom_write(const dlrn_image *im, const dlrn_dicom_tags *tags, const char *path,
                             dlrn_error *err)
{
    dlrn_status st;
    dlrn_str b = {0};
    unsigned char *raw = NULL;
    size_t n;
    char uid[80];
    if ((im->stored != DLRN_PIXEL_U8 && im->stored != DLRN_PIXEL_U16) || im->dim[2] != 1 ||
        im->dim[0] > UINT16_MAX || im->dim[1] > UINT16_MAX)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "%s: a radiograph is one slice of uint8 or uint16, the image is %s with "
                         "%" PRId64 " slices",
                         path, dlrn_pixel_name(im->stored), im->dim[2]);
    DLRN_TRY(dlrn_voxel_count(&n, im->dim, err));
    DLRN_TRY(dlrn_alloc_or_fail(&raw, n * dlrn_pixel_size(im->stored), err));
    dlrn_pixels_from_double(raw, im->v, n, im->stored);
    dlrn_dicom_put_head(&b, DLRN_DICOM_CR, DLRN_DICOM_PLAIN, tags->uid);
    dlrn_dicom_put_text(&b, 8, 0x60, "CS", "CR");
    dlrn_dicom_put_text(&b, 0x10, 0x10, "PN", tags->patient_name);
    dlrn_dicom_put_text(&b, 0x10, 0x20, "LO", tags->patient_id);
    snprintf(uid, sizeof uid, "%s.1", tags->uid);
    dlrn_dicom_put_text(&b, 0x20, 0x0d, "UI", uid); // study
    snprintf(uid, sizeof uid, "%s.2", tags->uid);
    dlrn_dicom_put_text(&b, 0x20, 0x0e, "UI", uid); // series
    put_pixel_description(&b, im);
    dlrn_dicom_put(&b, 0x7fe0, 0x10, im->stored == DLRN_PIXEL_U8 ? "OB" : "OW", raw,
                   n * dlrn_pixel_size(im->stored));
    if (b.failed)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    else
        DLRN_TRY(dlrn_write_file(path, b.s, b.len, err));
done:
    free(raw);
    dlrn_str_clear(&b);
    return st;
}
