/* SPDX-License-Identifier: Apache-2.0
 *
 * p-values adjusted for the number of tests, as R's p.adjust.
 */
#ifndef DLRN_PADJUST_H
#define DLRN_PADJUST_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dlrn_padjust {
    DLRN_PADJUST_HOLM,       /* Holm, Scand J Stat 1979;6:65 */
    DLRN_PADJUST_HOCHBERG,   /* Hochberg, Biometrika 1988;75:800 */
    DLRN_PADJUST_BONFERRONI, /* p times the number of tests */
    DLRN_PADJUST_BH,         /* Benjamini & Hochberg, J R Stat Soc B 1995;57:289 */
    DLRN_PADJUST_BY,         /* Benjamini & Yekutieli, Ann Stat 2001;29:1165 */
    DLRN_PADJUST_NONE
} dlrn_padjust;

/* Names: holm, hochberg, bonferroni, bh (fdr), by, none; DLRN_EINVAL lists them. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_padjust_from_name(dlrn_padjust *out, const char *name,
                                                            dlrn_error *err);

/* Adjusts p[n], each 0..1 or NaN; a NaN stays NaN and does not count as a test. adjusted[n] may be
 * p. DLRN_EINVAL names a row outside 0..1. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_p_adjust(double *adjusted, const double *p, size_t n,
                                                   dlrn_padjust method, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
