/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader table (by content) and the writer table (by name).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/count.h"
#include "image/text_header.h"

typedef dlrn_status read_fn(dlrn_image *out, const unsigned char *buf, size_t len, int64_t channel,
                            dlrn_error *err);

static bool starts(const unsigned char *buf, size_t len, const char *magic, size_t n)
{
    return len >= n && !memcmp(buf, magic, n);
}

/* DICOM without its preamble begins with an element of group 2 or 8, little endian. */
static bool is_bare_dicom(const unsigned char *buf, size_t len)
{
    return len >= 16 && (buf[0] == 2 || buf[0] == 8) && buf[1] == 0 && buf[3] == 0;
}

static bool is_nifti(const unsigned char *buf, size_t len)
{
    return starts(buf, len, "\x5c\x01\0\0", 4) || starts(buf, len, "\0\0\x01\x5c", 4) ||
           starts(buf, len, "\x1c\x02\0\0", 4) || starts(buf, len, "\0\0\x02\x1c", 4);
}

/* Plain or big, either byte order. */
static bool is_tiff(const unsigned char *buf, size_t len)
{
    return starts(buf, len, "II*\0", 4) || starts(buf, len, "MM\0*", 4) ||
           starts(buf, len, "II+\0", 4) || starts(buf, len, "MM\0+", 4);
}

/* MetaImage has no magic number: one of the first lines, all of them text, begins with NDims. */
static bool is_metaimage(const unsigned char *buf, size_t len)
{
    const char *text = (const char *)buf;
    dlrn_text line, rest = {text, text + (len < 8192 ? len : 8192)};
    while (dlrn_text_line(&line, &rest)) {
        const size_t n = (size_t)(line.end - line.at);
        if (memchr(line.at, 0, n)) return false;
        if (n > 5 && !memcmp(line.at, "NDims", 5) && memchr(" \t=:", line.at[5], 4)) return true;
    }
    return false;
}

static read_fn *find_reader(const unsigned char *buf, size_t len)
{
    if (starts(buf, len, "\x1f\x8b", 2) || is_nifti(buf, len)) return dlrn_nifti_read_mem;
    if (starts(buf, len, "\x89PNG\r\n\x1a\n", 8)) return dlrn_png_read_mem;
    if ((len >= 132 && !memcmp(buf + 128, "DICM", 4)) || is_bare_dicom(buf, len))
        return dlrn_dicom_read_mem;
    if (starts(buf, len, "NRRD000", 7)) return dlrn_nrrd_read_mem;
    if (starts(buf, len, "\xff\xd8\xff", 3)) return dlrn_jpeg_read_mem;
    if (is_tiff(buf, len)) return dlrn_tiff_read_mem;
    return is_metaimage(buf, len) ? dlrn_metaimage_read_mem : NULL;
}

static dlrn_status check_finished(dlrn_image *im, dlrn_error *err)
{
    const double *s = im->spacing_mm;
    if (s[0] > 0 && s[1] > 0 && s[2] > 0) return DLRN_OK;
    return dlrn_fail(err, DLRN_EFORMAT, "has a pixel spacing that is not above 0: %g, %g, %g", s[0],
                     s[1], s[2]);
}

static dlrn_status read_mem(dlrn_image *out, const void *buf, size_t len, int64_t channel,
                            bool stored, const char *name, dlrn_error *err)
{
    dlrn_status st;
    dlrn_error local;
    if (!err) err = &local;
    *out = (dlrn_image){0};
    read_fn *reader = find_reader(buf, len);
    if (len == 0)
        st = dlrn_fail(err, DLRN_EFORMAT, "the file is empty");
    else if (!reader)
        st = dlrn_fail(
            err, DLRN_EFORMAT,
            "not an image that dlrn reads (DICOM, NIfTI, NRRD, MetaImage, PNG, TIFF or JPEG): "
            "the content decides, not the name");
    else
        st = reader(out, buf, len, channel, err);
    if (st == DLRN_OK) st = check_finished(out, err);
    if (st == DLRN_OK && !out->v && !stored) st = dlrn_image_widen(out, err);
    if (st == DLRN_OK) return st;
    dlrn_image_clear(out);
    dlrn_error_prefix(err, "%s: ", name);
    return st;
}

dlrn_status dlrn_image_read_mem(dlrn_image *out, const void *buf, size_t len, const char *name,
                                dlrn_error *err)
{
    return read_mem(out, buf, len, DLRN_PLAIN, false, name, err);
}

static dlrn_status refuse_folder(const char *path, dlrn_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) return DLRN_OK;
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "%s: is a folder, expected a file; make one file of a DICOM series first, for "
                     "example with dcm2niix",
                     path);
}

/* stored: raw will do. */
static dlrn_status read_file(dlrn_image *out, const char *path, int64_t channel, bool stored,
                             dlrn_error *err)
{
    char *buf;
    size_t len;
    *out = (dlrn_image){0};
    dlrn_status st = refuse_folder(path, err);
    if (st == DLRN_OK) st = dlrn_read_file(&buf, &len, path, err);
    if (st != DLRN_OK) return st;
    st = read_mem(out, buf, len, channel, stored, path, err);
    if (out->raw && !out->raw_owner)
        out->raw_owner = buf;
    else
        free(buf);
    return st;
}

dlrn_status dlrn_image_read(dlrn_image *out, const char *path, dlrn_error *err)
{
    return read_file(out, path, DLRN_PLAIN, false, err);
}

dlrn_status dlrn_image_read_channel(dlrn_image *out, const char *path, int64_t channel,
                                    dlrn_error *err)
{
    *out = (dlrn_image){0};
    if (channel < 0) return dlrn_fail(err, DLRN_EINVAL, "%s: channels are counted from 0", path);
    return read_file(out, path, channel, false, err);
}

dlrn_status dlrn_image_read_stored(dlrn_image *out, const char *path, int64_t channel,
                                   dlrn_error *err)
{
    return read_file(out, path, channel < 0 ? DLRN_PLAIN : channel, true, err);
}

dlrn_status dlrn_image_write(const dlrn_image *im, const char *path, dlrn_error *err)
{
    dlrn_status st;
    dlrn_out o = {0};
    dlrn_error local;
    if (!err) err = &local;
    const bool nii = dlrn_path_has_ext(path, ".nii"), gz = dlrn_path_has_ext(path, ".nii.gz");
    const bool png = dlrn_path_has_ext(path, ".png"), nrrd = dlrn_path_has_ext(path, ".nrrd");
    if (!nii && !gz && !png && !nrrd)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "%s: images are written as .nii, .nii.gz, .nrrd or .png: choose one of "
                         "these endings",
                         path);
    DLRN_TRY(dlrn_out_open(&o, path, err));
    if (png)
        st = dlrn_png_write(im, o.f, err);
    else if (nrrd)
        st = dlrn_nrrd_write(im, o.f, err);
    else
        st = dlrn_nifti_write(im, o.f, gz, err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "%s: ", path);
        goto done;
    }
    DLRN_TRY(dlrn_out_commit(&o, err));
done:
    dlrn_out_discard(&o);
    return st;
}
