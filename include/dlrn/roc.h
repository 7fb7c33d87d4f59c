/* SPDX-License-Identifier: Apache-2.0
 *
 * ROC: area with its interval, comparisons, the curve, thresholds. A higher score means label 1,
 * always: an AUC below 0.5 is reported as it is. A threshold t calls score >= t positive.
 */
#ifndef DLRN_ROC_H
#define DLRN_ROC_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One score's AUC. Zero-init is valid. */
typedef struct dlrn_auc {
    double auc;      /* P(score of a case > score of a control) + half the ties, 0..1 */
    double variance; /* NaN where a class has one member */
    double se;       /* its root */
    double lo, hi;   /* confidence interval, within 0..1 */
    /* "delong", "obuchowski" (clusters), or "newcombe" where the variance is 0 or unknown (complete
     * separation, all scores equal, a class of one) */
    const char *ci_method;
    size_t cases;    /* label 1 */
    size_t controls; /* label 0 */
} dlrn_auc;

/* AUC of `score`[n] for the truth, with a confidence interval auc +- z se, cut to 0..1.
 * O(n log n): placements, DeLong et al., Biometrics 1988;44:837, with n - 1 denominators (as
 * pROC). With clusters: Obuchowski, Biometrics 1997;53:567. Where that variance is 0 an interval of
 * no width would be dishonest: then Newcombe, Stat Med 2006;25:559, method 5 (with clusters: the
 * numbers of clusters for those of rows). DLRN_EINVAL for bad rows (dlrn_truth_check) or one class.
 */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_delong(dlrn_auc *out, const double *score,
                                                     const dlrn_truth *t, double confidence,
                                                     dlrn_error *err);

/* Two AUCs compared. */
typedef struct dlrn_auc_pair {
    double auc_a, auc_b;
    double difference;  /* a - b */
    double se;          /* of the difference, covariance included */
    double z;           /* the statistic; 0 when difference and se are 0 */
    double df;          /* of the t distribution; infinite: normal */
    double p;           /* two-sided; NaN when se is 0 and the difference is not */
    double lo, hi;      /* confidence interval of the difference, within -1..1 */
    const char *method; /* "delong", "obuchowski", "delong_unpaired", "bootstrap" */
} dlrn_auc_pair;

/* Scores a[n] and b[n] on the same cases. Methods and errors as dlrn_auc_delong; each class needs
 * two members. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_compare(dlrn_auc_pair *out, const double *a,
                                                      const double *b, const dlrn_truth *t,
                                                      double confidence, dlrn_error *err);

/* AUCs of independent cohorts: t with Welch-like df over the numbers of rows, as pROC's
 * roc.test(paired = FALSE). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_compare_independent(
    dlrn_auc_pair *out, const dlrn_auc *a, const dlrn_auc *b, double confidence, dlrn_error *err);

/* ---- the curve ---- */

typedef struct dlrn_roc_point {
    double threshold;                /* a score of the data; NaN in the first point (none called) */
    double sensitivity, specificity; /* of score >= threshold */
    size_t tp, fp;
} dlrn_roc_point;

/* One point for "none positive" and one for each distinct score, thresholds falling. */
typedef struct dlrn_roc {
    dlrn_roc_point *point; /* [points] */
    size_t points, cases, controls;
} dlrn_roc;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_roc_curve(dlrn_roc *out, const double *score,
                                                    const dlrn_truth *t, dlrn_error *err);
DLRN_API void dlrn_roc_clear(dlrn_roc *r);
/* dlrn_auc_delong and dlrn_roc_curve (NULL: not wanted) from one sort. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_delong_curve(dlrn_auc *out, dlrn_roc *curve,
                                                           const double *score, const dlrn_truth *t,
                                                           double confidence, dlrn_error *err);

typedef enum dlrn_threshold_kind {
    DLRN_THRESHOLD_YOUDEN,      /* largest sensitivity + specificity - 1 */
    DLRN_THRESHOLD_CLOSEST,     /* nearest to the top left corner; with a cost (1 - specificity)^2
                                   weighs (1 - prevalence) / (cost prevalence), as COST */
    DLRN_THRESHOLD_SENSITIVITY, /* the most specific with sensitivity >= value */
    DLRN_THRESHOLD_SPECIFICITY, /* the most sensitive with specificity >= value */
    DLRN_THRESHOLD_COST /* least cost: largest sens + spec (1 - prevalence) / (cost prevalence), as
                           pROC's youden with best.weights = c(cost, prevalence) */
} dlrn_threshold_kind;

typedef struct dlrn_threshold_rule {
    dlrn_threshold_kind kind;
    double value;      /* wanted sensitivity or specificity, 0..1 */
    double cost;       /* of a missed case in units of a false alarm, > 0; CLOSEST: 0, unweighed */
    double prevalence; /* where it is used, in (0, 1) */
} dlrn_threshold_rule;

/* Index of the chosen point, never the first (it has no threshold); ties go to the lowest
 * threshold. DLRN_ENUMERIC where no threshold of the data reaches the wanted specificity. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_roc_threshold(size_t *point, const dlrn_roc *r,
                                                        const dlrn_threshold_rule *rule,
                                                        dlrn_error *err);

/* What a part of the axis is: specificity (or sensitivity) from lo to hi. */
typedef struct dlrn_auc_part {
    bool over_sensitivity;
    double lo, hi; /* 0 <= lo < hi <= 1 */
} dlrn_auc_part;

/* Area over a part of the axis, as pROC's partial.auc. `standardised` is McClish's correction (Med
 * Decis Making 1989;9:190), 0.5 for chance and 1 at best; NaN where the area lies below the chance
 * diagonal's. */
typedef struct dlrn_partial_auc {
    double area, standardised;
} dlrn_partial_auc;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_partial(dlrn_partial_auc *out, const dlrn_roc *r,
                                                      const dlrn_auc_part *part, dlrn_error *err);

/* McClish's correction of any area over the part; below 0.5 where the area is below chance. */
DLRN_API double dlrn_auc_mcclish(double area, const dlrn_auc_part *part);

/* ---- bootstrap ---- */

/* Percentile interval of the AUC, or of the area over a part (NULL: all): quantiles (type 7) over
 * the replicates. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_bootstrap(dlrn_estimate *out, const double *score,
                                                        const dlrn_truth *t,
                                                        const dlrn_auc_part *part,
                                                        const dlrn_bootstrap *boot,
                                                        dlrn_error *err);

/* Bootstrap test of two scores on the same cases: z = difference / SD of the replicates'
 * differences (as pROC); the interval is percentile. With a part, of the areas over it. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_compare_bootstrap(
    dlrn_auc_pair *out, const double *a, const double *b, const dlrn_truth *t,
    const dlrn_auc_part *part, const dlrn_bootstrap *boot, dlrn_error *err);

/* The same of independent cohorts, each drawn by itself. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_auc_compare_independent_bootstrap(
    dlrn_auc_pair *out, const double *a, const dlrn_truth *truth_a, const double *b,
    const dlrn_truth *truth_b, const dlrn_auc_part *part, const dlrn_bootstrap *boot,
    dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
