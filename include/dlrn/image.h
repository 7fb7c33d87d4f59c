/* SPDX-License-Identifier: Apache-2.0
 *
 * Images and masks: one reader table (DICOM, NIfTI, NRRD, MetaImage, PNG, TIFF, JPEG), writers,
 * geometry, crop and resampling.
 *
 * Axes: x, y, z in every API array; [z][y][x] in memory, x fastest. World coordinates are DICOM's
 * (LPS, mm): world = origin + dir * diag(spacing) * index, dir row-major [3][3], columns are axes.
 */
#ifndef DLRN_IMAGE_H
#define DLRN_IMAGE_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The type in the file: some steps of PyRadiomics truncate to it or compute in its precision. */
typedef enum dlrn_pixel {
    DLRN_PIXEL_U8,
    DLRN_PIXEL_I8,
    DLRN_PIXEL_U16,
    DLRN_PIXEL_I16,
    DLRN_PIXEL_U32,
    DLRN_PIXEL_I32,
    DLRN_PIXEL_U64,
    DLRN_PIXEL_I64,
    DLRN_PIXEL_F32,
    DLRN_PIXEL_F64
} dlrn_pixel;

/* Small value: zero-init is valid, dlrn_image_clear frees. Who has not read it by
 * dlrn_image_read_stored finds the pixels in v, raw being NULL. */
typedef struct dlrn_image {
    double *v; /* stored value after rescale slope and intercept [dim[2]][dim[1]][dim[0]] */
    const unsigned char
        *raw;        /* the same as numbers of type `stored`, little endian, at any address;
                        NULL, and v NULL where it is not: see dlrn_image_read_stored */
    void *raw_owner; /* what holds raw; freed with the image */
    int64_t dim[3];  /* x, y, z; 1 for an axis that is not there */
    int ndim;        /* 2 or 3: a true 2-D image is not a one-slice volume (PyRadiomics differs) */
    dlrn_pixel stored;
    double spacing_mm[3], origin_mm[3], dir[9];
    bool spacing_known; /* false: the file has none, 1 mm stands in */
    bool inverted;      /* MONOCHROME1: bright means little; never undone on reading */
    bool lossy;         /* JPEG: near the values that were saved, so no mask */
} dlrn_image;

/* 0 or 1 after the choice of a label. */
typedef struct dlrn_mask {
    uint8_t *v;
    int64_t dim[3];
} dlrn_mask;

DLRN_API void dlrn_image_clear(dlrn_image *im);
DLRN_API void dlrn_mask_clear(dlrn_mask *m);

/* A cleared image of this size with unit spacing. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_alloc(dlrn_image *out, int ndim,
                                                      const int64_t dim[3], dlrn_error *err);
/* The same, but the pixels are not cleared: for those who write all of them. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_alloc_uncleared(dlrn_image *out, int ndim,
                                                                const int64_t dim[3],
                                                                dlrn_error *err);

/* Reads by content, not by name: DICOM, NIfTI, NRRD and MetaImage (data in the same file), PNG,
 * TIFF (one page), JPEG. The resolution of TIFF and JPEG is taken as the pixel spacing, as ITK
 * does. Grey only: a colour image is DLRN_EUNSUPPORTED with what to do. Damaged or cut-off files
 * are DLRN_EFORMAT. Messages begin with the path. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_read(dlrn_image *out, const char *path,
                                                     dlrn_error *err);

/* The same for a mask, whose pixels may have several values: of colour PNG, TIFF, JPEG and DICOM
 * (RGB and palettes), of vectors, lists and colours in NRRD, MetaImage and NIfTI the channel
 * (from 0) is taken, any other file is read as by dlrn_image_read. DLRN_EINVAL where there is no
 * such channel. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_read_channel(dlrn_image *out, const char *path,
                                                             int64_t channel, dlrn_error *err);

/* As dlrn_image_read, or with a channel (not -1) as dlrn_image_read_channel, for callers who need
 * few of the pixels as doubles: v may be NULL, and then raw has the pixels. dlrn_image_values and
 * dlrn_mask_from_image take either, and so does dlrn_radiomics_extract. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_read_stored(dlrn_image *out, const char *path,
                                                            int64_t channel, dlrn_error *err);

/* The n pixels of `im` from the one at `first` on, from v or raw. */
DLRN_API void dlrn_image_values(double *out, const dlrn_image *im, size_t first, size_t n);

/* dlrn_image_read from memory (DICOM by way of the helper program's stdin). `name` stands in
 * messages. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_read_mem(dlrn_image *out, const void *buf,
                                                         size_t len, const char *name,
                                                         dlrn_error *err);

/* Writes by the name's ending: .nii, .nii.gz, .nrrd (im->stored's type), .png (8 or 16 bit grey);
 * the file appears whole or not at all, and the same image gives the same bytes. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_write(const dlrn_image *im, const char *path,
                                                      dlrn_error *err);

/* Voxels of `im` equal to `label`, after the decimals of real numbers are cut off. DLRN_ENOTFOUND
 * where there is none, naming the labels that are there. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_mask_from_image(dlrn_mask *out, const dlrn_image *im,
                                                          int64_t label, dlrn_error *err);

/* Number of voxels set; lo and size (x, y, z) of their box where they are wanted (not NULL). */
DLRN_API size_t dlrn_mask_box(const dlrn_mask *m, int64_t lo[3], int64_t size[3]);

/* DLRN_OK where image and mask share size, spacing, origin and direction within `tolerance`
 * (relative to the spacing, as ITK; 0: 1e-6); DLRN_EINVAL says what differs and what to do. Where
 * one of them knows no spacing (PNG), sizes alone count. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_geometry_check(const dlrn_image *image,
                                                         const dlrn_image *mask, double tolerance,
                                                         dlrn_error *err);

/* The value of `im` at percentile q (0..100, linear interpolation at (n-1)q) of all its pixels. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_image_percentile(double *out, const dlrn_image *im,
                                                           double q, dlrn_error *err);

/* How the network's input is cut out of a radiograph. */
typedef struct dlrn_crop_opts {
    double margin;    /* of the box's larger side, on each side; default 0.25 */
    int size;         /* of the square result; default 224 */
    double window[2]; /* percentiles of the crop that become 0 and 1; default 1, 99 */
    bool invert;      /* 1 - value after the window: undoes MONOCHROME1 */
    bool flip_x;      /* mirrors left and right */
} dlrn_crop_opts;
#define DLRN_CROP_DEFAULTS ((dlrn_crop_opts){0.25, 224, {1, 99}, false, false})

/* The square around the mask's box with its aspect kept, antialiased bilinear (as PIL's and
 * torchvision's resize with antialias: triangle filter whose support grows with the scale), values
 * 0..1, outside the image the nearest edge value. First slice of z that the mask touches.
 *   out    [size][size], caller frees */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_crop_square(float **out, const dlrn_image *im,
                                                      const dlrn_mask *mask,
                                                      const dlrn_crop_opts *opts, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
