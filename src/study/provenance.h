/* SPDX-License-Identifier: Apache-2.0
 *
 * provenance.json: times, peak memory, versions, settings, seed, SHA-256 of every input.
 */
#ifndef DLRN_STUDY_PROVENANCE_H
#define DLRN_STUDY_PROVENANCE_H

#include "study/run.h"

typedef struct provenance {
    dlrn_json *steps;
    const char *step;
    double began, step_began;
    char started[32];
} provenance;

DLRN_MUST_CHECK dlrn_status provenance_start(provenance *p, const study_run *r, dlrn_error *err);
void provenance_begin(provenance *p, const char *step);
void provenance_end(provenance *p);
DLRN_MUST_CHECK dlrn_status provenance_write(provenance *p, const study_run *r, dlrn_error *err);
void provenance_clear(provenance *p);

#endif
