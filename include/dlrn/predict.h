/* SPDX-License-Identifier: Apache-2.0
 *
 * A frozen model (model.dlrn) and its word on a new case. For research use.
 */
#ifndef DLRN_PREDICT_H
#define DLRN_PREDICT_H

#include <dlrn/json.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_bundle dlrn_bundle;

/* Opens a bundle; refuses one that is newer than this program, damaged or of another schema. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_bundle_open(dlrn_bundle **out, const char *path,
                                                      dlrn_error *err);
DLRN_API void dlrn_bundle_free(dlrn_bundle *b);

/* What the bundle is: {schema, title, outcome, nomogram model, terms: [{name, type, levels}],
 * needs_image, ...}; borrowed. */
DLRN_API const dlrn_json *dlrn_bundle_about(const dlrn_bundle *b);

/* One new case. Clinical values as text, as in the cohort table. */
typedef struct dlrn_case {
    const char *id;
    const char *image, *mask; /* NULL where the model takes no image */
    int64_t label;            /* of the mask */
    const char *facing;       /* NULL: not known */
    const char *const *name;  /* clinical columns [n] */
    const char *const *value; /* [n]; "" is missing */
    size_t n;
} dlrn_case;

/* The model's word. Zero-init is valid. */
typedef struct dlrn_case_result {
    double probability; /* of the nomogram; of the signature where the study has no nomogram */
    double signature;   /* calibrated probability of the signature model; NaN: none */
    double points;      /* total nomogram points; NaN: no nomogram */
    double threshold;   /* frozen */
    bool positive;      /* probability >= threshold */
    dlrn_json *terms;   /* [{name, value, imputed, contribution (logit), points}] */
    dlrn_json *notes;   /* ["..."]: imputed values, values outside the training range */
} dlrn_case_result;

/* The same bits as the study's own table for the same case. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_predict(dlrn_case_result *out, const dlrn_bundle *b,
                                                  const dlrn_case *c, const dlrn_exec *ex,
                                                  dlrn_error *err);
DLRN_API void dlrn_case_result_clear(dlrn_case_result *p);

#ifdef __cplusplus
}
#endif

#endif
