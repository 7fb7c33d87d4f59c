/* SPDX-License-Identifier: Apache-2.0
 *
 * One pair of functions per file format, and the way between stored pixels and doubles. Readers
 * take the whole file in memory; their messages do not name the file: the caller puts it before.
 * A reader may leave v NULL and let raw point into the file: it stays there until the caller has
 * taken the pixels or kept the file. `channel`: of a file that has several values a pixel the one
 * to take, from 0; DLRN_PLAIN: such a file is refused. A file of one value a pixel is read with any
 * channel.
 */
#ifndef DLRN_IMAGE_FORMAT_H
#define DLRN_IMAGE_FORMAT_H

#include <dlrn/image.h>

enum { DLRN_PLAIN = -1 };

#define DLRN_MAX_PIXELS ((uint64_t)1 << 31) /* of one image: 16 GiB as double */

dlrn_status dlrn_nifti_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                                int64_t channel, dlrn_error *err);
dlrn_status dlrn_png_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                              int64_t channel, dlrn_error *err);
dlrn_status dlrn_dicom_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                                int64_t channel, dlrn_error *err);
dlrn_status dlrn_tiff_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err);
dlrn_status dlrn_jpeg_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err);
dlrn_status dlrn_nrrd_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                               int64_t channel, dlrn_error *err);
dlrn_status dlrn_metaimage_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                                    int64_t channel, dlrn_error *err);

/* The image in what the helper program dlrn-dicom answered (dicom_pipe.h); raw may point into it.
 */
dlrn_status dlrn_dicom_from_answer(dlrn_image *out, const unsigned char *answer, size_t len,
                                   int64_t channel, dlrn_error *err);

dlrn_status dlrn_nifti_write(const dlrn_image *im, FILE *f, bool gzip, dlrn_error *err);
dlrn_status dlrn_png_write(const dlrn_image *im, FILE *f, dlrn_error *err);
dlrn_status dlrn_nrrd_write(const dlrn_image *im, FILE *f, dlrn_error *err);

/* Takes x and y pixels in a length of `unit_mm` as the spacing; 0 anywhere: it stays unknown. */
void dlrn_resolution_to_spacing(dlrn_image *im, double x, double y, double unit_mm);

/* Bytes of one stored pixel. */
size_t dlrn_pixel_size(dlrn_pixel p);
/* "uint8", ... */
const char *dlrn_pixel_name(dlrn_pixel p);

/* n stored pixels at src (any alignment), bytes reversed where `swap`, as doubles. */
void dlrn_pixels_to_double(double *dst, const unsigned char *src, size_t n, dlrn_pixel p,
                           bool swap);
/* The other way, rounded to nearest and held to the type's range, little endian. */
void dlrn_pixels_from_double(unsigned char *dst, const double *src, size_t n, dlrn_pixel p);

/* DLRN_EINVAL where a pixel has no such channel. */
DLRN_MUST_CHECK dlrn_status dlrn_channel_check(int64_t channel, int64_t n_channels,
                                               dlrn_error *err);
/* The bytes of one channel of n pixels whose channels lie side by side; dst may be src. */
void dlrn_channel_pack(unsigned char *dst, const unsigned char *src, size_t n, size_t n_channels,
                       size_t channel, size_t bytes);

/* The unpacked content of a gzip or zlib stream, at most `limit` bytes (more is
 * DLRN_EFORMAT). Freed with free(). */
dlrn_status dlrn_gunzip(unsigned char **out, size_t *out_len, const unsigned char *buf, size_t len,
                        size_t limit, dlrn_error *err);
/* The gzip stream of buf, without name and date. Freed with free(). */
dlrn_status dlrn_gzip(unsigned char **out, size_t *out_len, const unsigned char *buf, size_t len,
                      dlrn_error *err);

#endif
