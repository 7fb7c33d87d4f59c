/* SPDX-License-Identifier: Apache-2.0
 *
 * Between filters.c and the files of the single filters.
 */
#ifndef DLRN_RADIOMICS_FILTERS_OWN_H
#define DLRN_RADIOMICS_FILTERS_OWN_H

#include "radiomics/filters.h"

/* The box that is wanted: of the whole image where none was given. */
typedef struct dlrn_filter_box {
    int64_t lo[3], size[3];
} dlrn_filter_box;

/* A new image of the box's size and place; *out is valid until the next one is added. */
DLRN_MUST_CHECK dlrn_status dlrn_filtered_add(dlrn_image **out, dlrn_filtered *f, const char *name,
                                              const dlrn_image *im, const dlrn_filter_box *box,
                                              dlrn_pixel stored, dlrn_error *err);

/* The pixels of all images added are there: a sink takes them. */
DLRN_MUST_CHECK dlrn_status dlrn_filtered_done(dlrn_filtered *f, dlrn_error *err);

/* Work on one row along x of `size` pixels: y, z from 0. Rows run side by side, on worker w. */
typedef void dlrn_row_fn(void *user, int64_t y, int64_t z, size_t w);
DLRN_MUST_CHECK dlrn_status dlrn_filter_rows(const int64_t size[3], const dlrn_exec *ex,
                                             dlrn_row_fn *fn, void *user, dlrn_error *err);

dlrn_status dlrn_filter_gradient(dlrn_filtered *out, const dlrn_image *im,
                                 const dlrn_filter_opts *o, const dlrn_filter_box *box,
                                 const dlrn_exec *ex, dlrn_error *err);
dlrn_status dlrn_filter_log(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                            const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err);
dlrn_status dlrn_filter_wavelet(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                                const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err);
dlrn_status dlrn_filter_lbp2d(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                              const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err);
dlrn_status dlrn_filter_lbp3d(dlrn_filtered *out, const dlrn_image *im, const dlrn_filter_opts *o,
                              const dlrn_filter_box *box, const dlrn_exec *ex, dlrn_error *err);

#endif
