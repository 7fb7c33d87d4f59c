/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures of a study, each drawn from a plain struct of numbers and labels. Nothing is computed
 * here but positions on paper. Text is UTF-8. Arrays are borrowed during the call.
 *
 * Of every function: *out is the figure (freed with dlrn_figure_free) or NULL on failure.
 * DLRN_EINVAL: nothing to draw (no series, no finite point), with the figure's name.
 * DLRN_EUNSUPPORTED: the typeface Liberation Sans is not installed. A NaN leaves a gap; infinite
 * values count as NaN.
 */
#ifndef DLRN_FIGURES_H
#define DLRN_FIGURES_H

#include <dlrn/plot.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- ROC curves: 85 mm, square ---- */

typedef struct dlrn_roc_series {
    const char *name;
    dlrn_style style;
    const double *fpr, *tpr; /* 1 - specificity and sensitivity, in the order of the curve */
    size_t n;
    double auc, ci[2];     /* NaN: not written */
    double at_fpr, at_tpr; /* operating point, drawn as a ring; NaN: none */
} dlrn_roc_series;

typedef struct dlrn_roc_plot {
    const char *title; /* above the axes, e.g. the cohort; or NULL */
    const dlrn_roc_series *series;
    size_t n_series;
    double confidence; /* 0.95: the legend's head says "AUC (95% CI)" */
} dlrn_roc_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_roc(dlrn_figure **out, const dlrn_roc_plot *p,
                                                   dlrn_error *err);

/* ---- calibration: 85 mm, square, histogram of risk beneath ---- */

typedef struct dlrn_calibration_series {
    const char *name;
    dlrn_style style;
    const double *x, *y;   /* smooth curve: predicted, observed */
    const double *lo, *hi; /* its band [n], or NULL */
    size_t n;
    const double *group_x, *group_y, *group_lo,
        *group_hi; /* groups of risk; interval may be NULL */
    size_t n_groups;
    double intercept, slope, brier; /* NaN: written as a dash */
} dlrn_calibration_series;

typedef struct dlrn_calibration_plot {
    const char *title;
    const dlrn_calibration_series *series;
    size_t n_series;
    const double *positive, *negative; /* [n_bins] rows by equal bins of risk over 0..1; or NULL */
    size_t n_bins;
    const char *positive_name, *negative_name; /* NULL: "positive", "negative" */
} dlrn_calibration_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_calibration(dlrn_figure **out,
                                                           const dlrn_calibration_plot *p,
                                                           dlrn_error *err);

/* ---- decision curves: 85 mm ---- */

typedef struct dlrn_dca_series {
    const char *name;
    dlrn_style style;
    const double *net_benefit; /* [n] of the plot */
    const double *lo, *hi;     /* band, or NULL */
} dlrn_dca_series;

typedef struct dlrn_dca_plot {
    const char *title;
    const double *threshold; /* [n], rising, 0..1 */
    const double *all;       /* net benefit of treating all [n] */
    size_t n;
    const dlrn_dca_series *series;
    size_t n_series;
    double prevalence; /* the top of the axis */
    double range[2];   /* thresholds of clinical sense, shaded; NaN: none */
} dlrn_dca_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_dca(dlrn_figure **out, const dlrn_dca_plot *p,
                                                   dlrn_error *err);

/* ---- nomogram: 180 mm ---- */

typedef struct dlrn_nomogram_axis {
    const char *label;
    const double *at;        /* [n] position of each tick, in the unit of the scale above it */
    const char *const *tick; /* [n] its text */
    size_t n;
    double patient;           /* the example patient's position; NaN: none */
    const char *patient_text; /* the patient's value, or NULL */
} dlrn_nomogram_axis;

typedef struct dlrn_nomogram_plot {
    const char *title;
    const dlrn_nomogram_axis *terms; /* positions in points 0..100 */
    size_t n_terms;
    dlrn_nomogram_axis total;       /* positions in total points; its range is the lower scale's */
    dlrn_nomogram_axis probability; /* positions in total points */
} dlrn_nomogram_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_nomogram(dlrn_figure **out,
                                                        const dlrn_nomogram_plot *p,
                                                        dlrn_error *err);

/* ---- LASSO: 85 mm ---- */

typedef struct dlrn_lasso_plot {
    const char *title;
    const double *log_lambda; /* [n], natural logarithm */
    size_t n;
    const double *df; /* [n] features in the model, on top of the axes; or NULL */
    double log_lambda_min, log_lambda_1se; /* the two choices; NaN: none */
    /* lasso_path */
    const double *coefficients; /* [n_features][n] */
    size_t n_features;
    /* lasso_cv */
    const double *mean, *lo, *hi; /* [n] */
    const char *measure;          /* "Binomial deviance" */
} dlrn_lasso_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_lasso_path(dlrn_figure **out,
                                                          const dlrn_lasso_plot *p,
                                                          dlrn_error *err);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_lasso_cv(dlrn_figure **out, const dlrn_lasso_plot *p,
                                                        dlrn_error *err);

/* ---- horizontal bars: coefficients, importances; 180 mm ---- */

typedef struct dlrn_bars_plot {
    const char *title, *axis; /* axis: "Coefficient" */
    const char *const *names; /* [n], drawn from the top in this order */
    const double *values;     /* [n]; positive and negative have their own colour */
    const double *lo, *hi;    /* whiskers [n], or NULL */
    size_t n;
} dlrn_bars_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_bars(dlrn_figure **out, const dlrn_bars_plot *p,
                                                    dlrn_error *err);

/* ---- correlation heat-map: 180 mm, cells square ---- */

typedef struct dlrn_heatmap_plot {
    const char *title, *axis; /* axis: title of the colour bar */
    const char *const *names; /* [n]; not drawn above 60 */
    const double *v;          /* [n][n], -1..1; NaN: a grey cell */
    size_t n;
    const size_t *order; /* [n] order of rows and columns, or NULL: as they come */
    /* Dendrogram, or NULL: merge k joins merge[2k] and merge[2k + 1], each a row (< n) or the
     * earlier merge j (n + j), at height[k] [n - 1]; `order` is its order of leaves. */
    const size_t *merge;
    const double *height;
} dlrn_heatmap_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_heatmap(dlrn_figure **out,
                                                       const dlrn_heatmap_plot *p, dlrn_error *err);

/* ---- p-values of paired comparisons: 85 mm (180 mm above 6 models) ---- */

typedef struct dlrn_delong_plot {
    const char *title;
    const char *const *names; /* [n] */
    const double *p;          /* [n][n], symmetric; lower triangle is drawn; NaN: a dash */
    const double *difference; /* [n][n] AUC of row - column, upper triangle; or NULL */
    size_t n;
} dlrn_delong_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_delong(dlrn_figure **out, const dlrn_delong_plot *p,
                                                      dlrn_error *err);

/* ---- confusion matrices, a panel each: 85 mm for one, 180 mm for several ---- */

typedef struct dlrn_confusion_panel {
    const char *title;     /* cohort or model */
    double tp, fp, fn, tn; /* counts */
} dlrn_confusion_panel;

typedef struct dlrn_confusion_plot {
    const dlrn_confusion_panel *panels;
    size_t n_panels;
    const char *positive_name, *negative_name;
} dlrn_confusion_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_confusion(dlrn_figure **out,
                                                         const dlrn_confusion_plot *p,
                                                         dlrn_error *err);

/* ---- waterfall of scores about the threshold: 85 mm ---- */

typedef struct dlrn_waterfall_plot {
    const char *title;
    const double *score; /* [n], 0..1, any order */
    const bool *label;   /* [n], true: positive */
    size_t n;
    double threshold; /* bars stand on it */
    const char *positive_name, *negative_name;
} dlrn_waterfall_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_waterfall(dlrn_figure **out,
                                                         const dlrn_waterfall_plot *p,
                                                         dlrn_error *err);

/* ---- SHAP beeswarm: 180 mm (the bar figure is dlrn_plot_bars) ---- */

typedef struct dlrn_shap_plot {
    const char *title;
    const char *const *names; /* [n_features], drawn from the top in this order */
    const double *shap;       /* [n_features][n], log-odds */
    const double *value;      /* [n_features][n], 0..1: low to high, the colour; NaN: grey */
    size_t n_features, n;
} dlrn_shap_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_shap(dlrn_figure **out, const dlrn_shap_plot *p,
                                                    dlrn_error *err);

/* ---- Grad-CAM: 85 mm ---- */

typedef struct dlrn_gradcam_plot {
    const char *title;
    const double *image;  /* [height][width], 0..1 */
    const double *map;    /* [height][width], 0..1, or NULL */
    const uint8_t *mask;  /* [height][width], nonzero inside: its outline is drawn; or NULL */
    size_t width, height; /* pixels, at most 4096 */
    double spacing_mm;    /* of a pixel, for the scale bar; NaN: none */
} dlrn_gradcam_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_gradcam(dlrn_figure **out,
                                                       const dlrn_gradcam_plot *p, dlrn_error *err);

/* ---- flow chart of the rows: 180 mm ---- */

typedef struct dlrn_flow_box {
    const char *text; /* lines parted by \n; the first one bold */
    size_t level;     /* row of the chart, 0 on top */
    size_t parent;    /* index of the box that it hangs on; its own index: none */
    bool aside;       /* left out: stands to the right, between the levels */
} dlrn_flow_box;

typedef struct dlrn_flow_plot {
    const char *title;
    const dlrn_flow_box *boxes; /* boxes of a level from left to right in this order */
    size_t n;
} dlrn_flow_plot;

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_plot_flow(dlrn_figure **out, const dlrn_flow_plot *p,
                                                    dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
