/* SPDX-License-Identifier: Apache-2.0
 *
 * What NRRD and MetaImage share: lines of text say how the pixels behind them are stored.
 */
#ifndef DLRN_IMAGE_TEXT_HEADER_H
#define DLRN_IMAGE_TEXT_HEADER_H

#include "image/format.h"

/* A part of the file. */
typedef struct dlrn_text {
    const char *at, *end;
} dlrn_text;

/* Without the blanks around it. */
dlrn_text dlrn_text_trim(dlrn_text t);
/* Capitals apart. */
bool dlrn_text_is(dlrn_text t, const char *word);
/* The next line of *rest without its end, trimmed; false where no line ends there. */
bool dlrn_text_line(dlrn_text *line, dlrn_text *rest);
/* Numbers between blanks, commas and brackets; -1 unless there are at most `most` of them. */
int dlrn_text_numbers(double *out, int most, dlrn_text t);

typedef enum dlrn_packing { DLRN_RAW, DLRN_TEXT, DLRN_DEFLATED } dlrn_packing;

typedef struct dlrn_stored {
    const char *format; /* its name in messages */
    dlrn_pixel type;
    dlrn_packing packing;
    bool big_endian;
    double skip_bytes;          /* before the pixels; below 0: they are the data's last */
    size_t n_channels, channel; /* values of a pixel, and which is taken */
    bool planes;                /* channels one after the other, not side by side */
} dlrn_stored;

/* Chooses one of a pixel's n channels. DLRN_EUNSUPPORTED where `channel` is DLRN_PLAIN. */
DLRN_MUST_CHECK dlrn_status dlrn_stored_channel(dlrn_stored *s, double n, int64_t channel,
                                                dlrn_error *err);
/* What it answers then. */
dlrn_status dlrn_stored_several(const dlrn_stored *s, dlrn_error *err);

/* Gives the image its shape; DLRN_EFORMAT where `data` can never hold as many pixels. */
DLRN_MUST_CHECK dlrn_status dlrn_stored_shape(dlrn_image *out, const dlrn_stored *s, int n_axes,
                                              const double *size, dlrn_text data, dlrn_error *err);
/* The pixels of an image that has its shape; raw may point into data. */
DLRN_MUST_CHECK dlrn_status dlrn_stored_take(dlrn_image *out, const dlrn_stored *s, dlrn_text data,
                                             dlrn_error *err);

#endif
