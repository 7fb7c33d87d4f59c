/* SPDX-License-Identifier: Apache-2.0
 *
 * The discrete wavelets that PyWavelets names: decomposition filters of the stationary transform.
 */
#ifndef DLRN_RADIOMICS_WAVELET_H
#define DLRN_RADIOMICS_WAVELET_H

#include <stdint.h>

/* The two decomposition filters (dec_lo, dec_hi) of one wavelet. */
typedef struct dlrn_wavelet_row {
    const char *name;
    int16_t length; /* of each filter */
    int32_t lo, hi; /* where they start in dlrn_wavelet_values */
} dlrn_wavelet_row;

extern const double dlrn_wavelet_values[];
extern const dlrn_wavelet_row dlrn_wavelet_rows[];
extern const int dlrn_wavelet_n;

#endif
