/* SPDX-License-Identifier: Apache-2.0
 *
 * Intraclass correlation: how far readers agree.
 */
#ifndef DLRN_ICC_H
#define DLRN_ICC_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_icc_form {
    DLRN_ICC1, /* one random reader a subject: "1,1" */
    DLRN_ICC2, /* readers a sample, absolute agreement: "2,1" */
    DLRN_ICC3, /* these readers only, consistency: "3,1" */
    DLRN_ICC1K,
    DLRN_ICC2K,
    DLRN_ICC3K, /* means over k readers: "1,k" ... */
    DLRN_ICC_FORMS
} dlrn_icc_form;

/* "1,1" "2,1" "3,1" "1,k" "2,k" "3,k", or "icc1" ... "icc3k"; DLRN_EINVAL lists them. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_icc_form_from_name(dlrn_icc_form *out, const char *name,
                                                             dlrn_error *err);

typedef struct dlrn_icc {
    double value, lo, hi; /* lo <= value <= hi at the confidence asked for */
    double f, df1, df2, p;
} dlrn_icc;

/* All six forms from ratings v[subjects][readers], finite, row-major. Shrout & Fleiss, Psychol Bull
 * 1979;86:420; values, F, degrees of freedom and intervals as psych::ICC(lmer = FALSE). NaN where
 * there is no residual variance at all. DLRN_EINVAL below two subjects or readers, or where
 * confidence is outside 0..1. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_icc_all(dlrn_icc out[DLRN_ICC_FORMS], const double *v,
                                                  size_t subjects, size_t readers,
                                                  double confidence, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
