/* SPDX-License-Identifier: Apache-2.0
 *
 * A mask as runs of set voxels along x: what the diagnostics ask of a region costs a step a run
 * instead of a step a voxel.
 */
#ifndef DLRN_RADIOMICS_RUNS_H
#define DLRN_RADIOMICS_RUNS_H

#include <dlrn/image.h>

typedef struct dlrn_run {
    int64_t row; /* z * dim[1] + y */
    int64_t begin, end;
} dlrn_run;

typedef struct dlrn_runs {
    dlrn_run *v; /* in memory order [n] */
    size_t n, cap;
    int64_t dim[3];
} dlrn_runs;

/* The next run of v[n] from *end on, as [*begin, *end); false where there is none. Set is 1. */
bool dlrn_next_run(int64_t *begin, int64_t *end, const uint8_t *v, int64_t n);

DLRN_MUST_CHECK dlrn_status dlrn_runs_make(dlrn_runs *out, const dlrn_mask *m, dlrn_error *err);
void dlrn_runs_clear(dlrn_runs *r);

/* Number of parts that hang together by faces, edges or corners. */
DLRN_MUST_CHECK dlrn_status dlrn_runs_parts(int64_t *parts, const dlrn_runs *r, dlrn_error *err);

/* Mean index of the set voxels along x, y, z. */
void dlrn_runs_centre(double centre[3], const dlrn_runs *r);

#endif
