/* SPDX-License-Identifier: Apache-2.0
 *
 * Synthetic lateral spine radiographs with known truth: a complete study for demos and tests. The
 * look and the figures are assumptions of ours, no measurements, and no person is behind them.
 */
#ifndef DLRN_PHANTOM_H
#define DLRN_PHANTOM_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* DICOM: computed radiographs of the patient PHANTOM^MARKED with the id MARKED-ID, the second of
 * the three hospitals' as MONOCHROME1. */
typedef enum dlrn_phantom_format {
    DLRN_PHANTOM_NIFTI,
    DLRN_PHANTOM_PNG,
    DLRN_PHANTOM_DICOM
} dlrn_phantom_format;

/* Zero-init is the demo study: 105 patients, 120 vertebrae. */
typedef struct dlrn_phantom_opts {
    int64_t patients;           /* 8..100000; 0: 105 */
    bool zhang2024;             /* 942 patients, 1076 vertebrae in cohorts of 712/178/111/75 */
    bool null_signal;           /* neither image nor table knows anything of the label */
    dlrn_phantom_format format; /* of images and masks */
    int64_t size_px;            /* of the square images, 192..2048, 102.4 mm wide; 0: 512 */
    uint64_t seed;
} dlrn_phantom_opts;

/* Writes the folder `out`: images/, masks/ (two readers), cohort.csv, study.yaml, truth.csv (what
 * was drawn into each vertebra) and phantom.json. It appears whole or not at all; a folder made by
 * an earlier call is replaced where it holds nothing else, any other that is not empty is refused
 * (DLRN_EINVAL). The same bytes
 * for the same options, whatever the number of threads. Reports progress as stage "phantom". */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_phantom_generate(const char *out,
                                                           const dlrn_phantom_opts *opts,
                                                           const dlrn_exec *ex, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
