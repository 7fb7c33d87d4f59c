/* SPDX-License-Identifier: Apache-2.0
 *
 * The image types: PyRadiomics' filters. Each acts on the whole image; where only a box is wanted,
 * work outside it is left out as far as the bits stay the same.
 */
#ifndef DLRN_RADIOMICS_FILTERS_H
#define DLRN_RADIOMICS_FILTERS_H

#include <dlrn/image.h>

/* One scale of LoG; `whole`: written without decimal point, which shows in the name. */
typedef struct dlrn_sigma {
    double mm;
    bool whole;
} dlrn_sigma;

typedef struct dlrn_filter_opts {
    const dlrn_sigma *sigma; /* LoG; [n_sigma] */
    size_t n_sigma;
    const char *wavelet; /* a discrete wavelet's name as PyWavelets'; NULL: coif1 */
    int level, start_level;
    bool no_gradient_spacing; /* gradientUseSpacing: false */
    double lbp2d_radius;      /* 0: 1 */
    int lbp2d_samples;        /* 0: 8 */
    const char *lbp2d_method; /* uniform (NULL), default, ror, var */
    int lbp3d_levels;         /* 0: 2 */
    double lbp3d_radius;      /* 0: 1 */
    int lbp3d_subdivision;
    bool force2d;
    int force2d_dimension;    /* numpy axis: 0 z, 1 y, 2 x */
    const int64_t *lo, *size; /* x, y, z of the box whose values are wanted; NULL: all. The results
                                 have its size and origin */
    const uint8_t
        *region; /* voxels of the image that LBP3D is wanted at (0 elsewhere); NULL: all */
} dlrn_filter_opts;

typedef struct dlrn_filtered_image {
    char name[64]; /* "wavelet-LH", "log-sigma-1-0-mm-3D" */
    dlrn_image image;
} dlrn_filtered_image;

/* Takes over an image as soon as it is made: the caller has its pixels from then on. */
typedef dlrn_status dlrn_filter_sink(void *user, const dlrn_filtered_image *made, dlrn_error *err);

/* Without a sink the images are collected. */
typedef struct dlrn_filtered {
    dlrn_filtered_image *v; /* [n] */
    size_t n, cap;
    dlrn_filter_sink *sink;
    void *user;
    double **room; /* of the pixels of one image after the other: the sink leaves them there. NULL:
                      an image has its own; *room NULL: made at need, freed by its owner */
    bool room_taken;
} dlrn_filtered;

void dlrn_filtered_clear(dlrn_filtered *f);

/* Adds the images of one type (Wavelet, LoG, Square, SquareRoot, Logarithm, Exponential, Gradient,
 * LBP2D, LBP3D) to `out`, or gives them to its sink. A LoG scale that does not fit the image is
 * left out with a warning, as in PyRadiomics; one slice gets the true 2-D filter, named ...-mm-2D.
 * DLRN_EINVAL for an unknown type or wavelet or a senseless option. */
DLRN_MUST_CHECK dlrn_status dlrn_filter_apply(dlrn_filtered *out, const dlrn_image *im,
                                              const char *type, const dlrn_filter_opts *o,
                                              const dlrn_exec *ex, dlrn_error *err);

#endif
