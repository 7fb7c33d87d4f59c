/* SPDX-License-Identifier: Apache-2.0
 *
 * The made-up people: who is in which cohort, their labels, clinical values and signs.
 */
#ifndef DLRN_PHANTOM_COHORT_H
#define DLRN_PHANTOM_COHORT_H

#include <dlrn/phantom.h>

#include "phantom/scene.h"

enum { PHANTOM_COHORTS = 4, PHANTOM_SIGNS = 9 };

extern const char *const phantom_cohort_name[PHANTOM_COHORTS];
extern const char *const phantom_sign_name[PHANTOM_SIGNS];

/* One vertebra with its truth. */
typedef struct phantom_row {
    size_t patient;              /* from 0 */
    int cohort, label, vertebra; /* vertebra: 0 or 1 in its radiograph */
    bool looks_acute;            /* what the signs were drawn for */
    bool sign[PHANTOM_SIGNS];
    double front_ratio, wedge_deg;
    int level;              /* 0: T7 ... 10: L5 */
    double vas, onset_days; /* NaN: not recorded */
    int trauma;
} phantom_row;

typedef struct phantom_patient {
    size_t first_row, n_rows;
    double age, bmi, tscore;
    bool female;
    int cohort, centre;
} phantom_patient;

typedef struct phantom_plan {
    phantom_patient *patient; /* [n_patients] */
    phantom_row *row;         /* [n_rows] */
    size_t n_patients, n_rows;
} phantom_plan;

/* Draws everybody; the order of the draws is the patients'. */
DLRN_MUST_CHECK dlrn_status phantom_plan_draw(phantom_plan *plan, const dlrn_phantom_opts *o,
                                              dlrn_error *err);
void phantom_plan_clear(phantom_plan *plan);

/* Draws the signs of the patient's vertebrae into a scene and notes them in their rows. */
void phantom_scene_draw(phantom_scene *s, phantom_plan *plan, size_t patient,
                        const dlrn_phantom_opts *o, dlrn_rng *rng);

/* "T7" ... "L5" */
const char *phantom_level_name(int level);

#endif
