/* SPDX-License-Identifier: Apache-2.0
 *
 * Do predicted probabilities mean what they say? Brier score, calibration intercepts and slope,
 * Hosmer-Lemeshow, Spiegelhalter, calibration errors over bins and along a loess curve.
 */
#ifndef DLRN_CALIBRATION_H
#define DLRN_CALIBRATION_H

#include <dlrn/sample.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_calibration_opts {
    size_t groups;     /* Hosmer-Lemeshow; 0: 10 */
    bool fitted;       /* predictions fitted on these rows: df = groups - 2 instead of groups */
    double confidence; /* 0: 0.95 */
    int threads;       /* 0: all CPUs; the result is the same for any number */
} dlrn_calibration_opts;

typedef struct dlrn_calibration {
    size_t n, events;
    bool imprecise;  /* fewer than 100 events or 100 non-events */
    size_t excluded; /* predictions of exactly 0 or 1: they have no logit, so the regressions below
                        leave them out */
    double brier, brier_scaled; /* scaled: 1 - brier / (prevalence (1 - prevalence)) */
    double log_loss;            /* mean; probabilities held 2.2e-16 away from 0 and 1 */
    /* Wald intervals; with clusters of the sandwich covariance (rms::robcov) */
    dlrn_estimate intercept;                   /* slope fixed at 1 */
    dlrn_estimate intercept_with_slope, slope; /* fitted together */
    char reason[200];                          /* why these three are NaN; "" where they are not */
    /* observed / expected events; interval on the log scale, of the observed ones alone, or, with
     * clusters, of a ratio of sums over them (survey::svyratio) */
    dlrn_estimate o_e;
    double hl_chi2, hl_df, hl_p; /* quantile (type 7) groups (a, b] with unique cuts */
    double ece;                  /* 10 bins of equal width [a, b), the last closed */
    double ici, e50, e90, emax;  /* |loess - p|: mean, median, 90th percentile, largest (Austin &
                                    Steyerberg, Stat Med 2019;38:4051); degree 2, span 0.75,
                                    tricube, each fit exact (R: surface = "direct"). Above 5,000
                                    rows the curve is fitted at 1,000 of them, evenly spaced by
                                    rank, and is straight in between */
    double spiegelhalter_z, spiegelhalter_p;
} dlrn_calibration;

/* DLRN_EINVAL for bad rows, probabilities outside 0..1, one class, one cluster. opts NULL:
 * defaults. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_calibrate(dlrn_calibration *out, const double *p,
                                                    const dlrn_truth *t,
                                                    const dlrn_calibration_opts *opts,
                                                    dlrn_error *err);

typedef struct dlrn_calibration_point {
    double predicted, observed, lo, hi; /* the curve and its band, held within 0..1 */
} dlrn_calibration_point;

/* The loess curve that ici is taken along, at each at[m], with a pointwise band: curve +- z se. The
 * curve is a weighted sum of outcomes; the variance of one is f (1 - f), f the curve at its row.
 * (R's predict(loess, se = TRUE) takes one variance for all rows, which 0/1 outcomes do not have.)
 * With clusters: squared sums of weighted residuals over each. Rows and errors as dlrn_calibrate,
 * but one class is fine. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_calibration_curve(dlrn_calibration_point *out,
                                                            const double *at, size_t m,
                                                            const double *p, const dlrn_truth *t,
                                                            double confidence, int threads,
                                                            dlrn_error *err);

/* The loess curve of y on x (degree 2, tricube, no robustness iterations) at each at[m].
 *   x, y   x ascending                                                    [n] */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_loess(double *out, const double *at, size_t m,
                                                const double *x, const double *y, size_t n,
                                                double span, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
