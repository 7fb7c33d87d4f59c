/* SPDX-License-Identifier: Apache-2.0
 *
 * Every figure drawn from sample data with the labels that a test wants.
 */
#ifndef DLRN_TESTS_PLOT_SAMPLE_H
#define DLRN_TESTS_PLOT_SAMPLE_H

#include <dlrn/figures.h>

#include <math.h>

enum { SAMPLE_N = 41, SAMPLE_MODELS = 5 };

typedef struct sample {
    const char *name[SAMPLE_MODELS], *title;
    size_t n_models;
    double hole; /* NAN: some values are missing; 0: none */
} sample;

typedef dlrn_status sample_draw(dlrn_figure **out, const sample *s, dlrn_error *err);

typedef struct sample_figure {
    const char *name;
    sample_draw *draw;
} sample_figure;

static const char *const sample_models[] = {"dlrn", "dlr_net", "dtl_net", "radiomics", "clinical"};

static dlrn_status draw_roc(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double x[SAMPLE_MODELS][SAMPLE_N], y[SAMPLE_MODELS][SAMPLE_N];
    dlrn_roc_series series[SAMPLE_MODELS];
    for (size_t m = 0; m < s->n_models; m++) {
        for (int i = 0; i < SAMPLE_N; i++) {
            x[m][i] = i / (SAMPLE_N - 1.0);
            y[m][i] = pow(x[m][i], 0.12 + 0.11 * (double)m);
        }
        y[m][7] += s->hole;
        series[m] = (dlrn_roc_series){.name = s->name[m],
                                      .style = dlrn_style_of_model(sample_models[m], 0),
                                      .fpr = x[m],
                                      .tpr = y[m],
                                      .n = SAMPLE_N,
                                      .auc = 1 / (1.12 + 0.11 * (double)m),
                                      .ci = {0.71, 0.93},
                                      .at_fpr = x[m][6],
                                      .at_tpr = y[m][6]};
    }
    const dlrn_roc_plot p = {s->title, series, s->n_models, 0.95};
    return dlrn_plot_roc(out, &p, err);
}

static dlrn_status draw_calibration(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double x[SAMPLE_N], y[SAMPLE_MODELS][SAMPLE_N], lo[SAMPLE_N], hi[SAMPLE_N];
    double gx[10], gy[10], glo[10], ghi[10];
    double pos[20], neg[20];
    dlrn_calibration_series series[SAMPLE_MODELS];
    for (int i = 0; i < SAMPLE_N; i++) {
        x[i] = i / (SAMPLE_N - 1.0);
        for (size_t m = 0; m < s->n_models; m++)
            y[m][i] = x[i] + 0.05 * (double)m * sin(6 * x[i]);
        lo[i] = y[0][i] - 0.07;
        hi[i] = y[0][i] + 0.07;
    }
    y[0][5] += s->hole;
    for (int i = 0; i < 10; i++) {
        gx[i] = 0.05 + 0.1 * i;
        gy[i] = gx[i] + 0.05 * sin(9 * gx[i]);
        glo[i] = gy[i] - 0.12;
        ghi[i] = gy[i] + 0.1;
    }
    for (int i = 0; i < 20; i++) {
        pos[i] = i + 2;
        neg[i] = 30 - i;
    }
    for (size_t m = 0; m < s->n_models; m++)
        series[m] = (dlrn_calibration_series){.name = s->name[m],
                                              .style = dlrn_style_of_model(sample_models[m], 0),
                                              .x = x,
                                              .y = y[m],
                                              .n = SAMPLE_N,
                                              .intercept = -0.08,
                                              .slope = 0.94,
                                              .brier = 0.143};
    series[0].lo = lo;
    series[0].hi = hi;
    series[0].group_x = gx;
    series[0].group_y = gy;
    series[0].group_lo = glo;
    series[0].group_hi = ghi;
    series[0].n_groups = 10;
    const dlrn_calibration_plot p = {s->title, series, s->n_models, pos,
                                     neg,      20,     s->name[0],  s->name[0]};
    return dlrn_plot_calibration(out, &p, err);
}

static dlrn_status draw_dca(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double t[SAMPLE_N], all[SAMPLE_N], nb[SAMPLE_MODELS][SAMPLE_N];
    dlrn_dca_series series[SAMPLE_MODELS];
    for (int i = 0; i < SAMPLE_N; i++) {
        t[i] = 0.01 + 0.98 * i / (SAMPLE_N - 1.0);
        all[i] = 0.4 - 0.6 * t[i] / (1 - t[i]);
        for (size_t m = 0; m < s->n_models; m++)
            nb[m][i] = fmax(all[i], 0.4 * (1 - pow(t[i], 3 - 0.5 * (double)m)) - 0.02);
    }
    nb[0][9] += s->hole;
    for (size_t m = 0; m < s->n_models; m++)
        series[m] = (dlrn_dca_series){.name = s->name[m],
                                      .style = dlrn_style_of_model(sample_models[m], 0),
                                      .net_benefit = nb[m]};
    const dlrn_dca_plot p = {s->title, t, all, SAMPLE_N, series, s->n_models, 0.4, {0.2, 0.6}};
    return dlrn_plot_dca(out, &p, err);
}

static dlrn_status draw_nomogram(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    static const char *const ages[] = {"40", "50", "60", "70", "80", "90"};
    static const char *const scores[] = {"−4", "−3", "−2", "−1", "0", "1", "2", "3", "4"};
    static const char *const sexes[] = {"female", "male"};
    static const char *const totals[] = {"0", "20", "40", "60", "80", "100", "120", "140"};
    static const char *const risks[] = {"0.01", "0.05", "0.1", "0.2", "0.3",  "0.4", "0.5",
                                        "0.6",  "0.7",  "0.8", "0.9", "0.95", "0.99"};
    const double age[] = {0, 6, 12, 18, 24, 30}, sex[] = {0, 4};
    const double score[] = {0, 12.5, 25, 37.5, 50, 62.5, 75, 87.5, 100};
    const double total[] = {0, 20, 40, 60, 80, 100, 120, 140};
    const double risk[] = {18, 36, 44, 53, 59, 64.5, 70, 75.5, 81, 87, 96, 104, 122};
    const dlrn_nomogram_axis terms[] = {{s->name[0], score, scores, 9, 68, "1.44"},
                                        {s->name[1], age, ages, 6, 21.6, "76 y"},
                                        {"Sex", sex, sexes, 2, s->hole, "female"}};
    const dlrn_nomogram_plot p = {
        s->title,
        terms,
        3,
        {"Total points", total, totals, 8, 89.6, "89.6"},
        {"Probability of an acute fracture", risk, risks, 13, NAN, "0.83"}};
    return dlrn_plot_nomogram(out, &p, err);
}

static void fill_lasso(dlrn_lasso_plot *p, double *work, double hole)
{
    double *l = work, *df = l + SAMPLE_N, *mean = df + SAMPLE_N, *lo = mean + SAMPLE_N,
           *hi = lo + SAMPLE_N, *b = hi + SAMPLE_N;
    for (int i = 0; i < SAMPLE_N; i++) {
        l[i] = -1.5 - 0.12 * i;
        df[i] = i / 2;
        mean[i] = 0.9 + 0.012 * pow((i - 24) / 5.0, 2);
        lo[i] = mean[i] - 0.05;
        hi[i] = mean[i] + 0.05;
        for (int k = 0; k < 12; k++)
            b[k * SAMPLE_N + i] = (k % 2 ? -1 : 1) * fmax(0, i - 3.0 * k) * 0.02 / (1 + 0.2 * k);
    }
    mean[3] += hole;
    *p = (dlrn_lasso_plot){.log_lambda = l,
                           .n = SAMPLE_N,
                           .df = df,
                           .log_lambda_min = l[24],
                           .log_lambda_1se = l[14],
                           .coefficients = b,
                           .n_features = 12,
                           .mean = mean,
                           .lo = lo,
                           .hi = hi,
                           .measure = "Binomial deviance"};
}

static dlrn_status draw_path(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double work[17 * SAMPLE_N];
    dlrn_lasso_plot p;
    fill_lasso(&p, work, s->hole);
    p.title = s->title;
    return dlrn_plot_lasso_path(out, &p, err);
}

static dlrn_status draw_cv(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double work[17 * SAMPLE_N];
    dlrn_lasso_plot p;
    fill_lasso(&p, work, s->hole);
    p.title = s->title;
    return dlrn_plot_lasso_cv(out, &p, err);
}

static dlrn_status draw_bars(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    const double v[] = {0.62, 0.4, 0.21 + s->hole, -0.1, -0.48};
    const dlrn_bars_plot p = {
        .title = s->title, .axis = "Coefficient", .names = s->name, .values = v, .n = s->n_models};
    return dlrn_plot_bars(out, &p, err);
}

static dlrn_status draw_confusion(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    dlrn_confusion_panel panels[SAMPLE_MODELS];
    for (size_t m = 0; m < s->n_models; m++)
        panels[m] = (dlrn_confusion_panel){s->name[m], 41, 9 + s->hole, 7, 60};
    const dlrn_confusion_plot p = {panels, s->n_models, s->name[0], s->name[0]};
    return dlrn_plot_confusion(out, &p, err);
}

static dlrn_status draw_waterfall(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double v[113];
    bool label[113];
    for (int i = 0; i < 113; i++) {
        v[i] = i * 37 % 113 / 113.0;
        label[i] = v[i] + 0.3 * sin(i) > 0.5;
    }
    v[2] += s->hole;
    const dlrn_waterfall_plot p = {s->title, v, label, 113, 0.43, s->name[0], s->name[0]};
    return dlrn_plot_waterfall(out, &p, err);
}

static dlrn_status draw_delong(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double pv[25], diff[25];
    for (int i = 0; i < 25; i++) {
        pv[i] = pow(10, -(i % 6)) * 0.5;
        diff[i] = (i % 7 - 3) * 0.021;
    }
    pv[5] += s->hole;
    const dlrn_delong_plot p = {s->title, s->name, pv, diff, SAMPLE_MODELS};
    return dlrn_plot_delong(out, &p, err);
}

static dlrn_status draw_heatmap(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double v[25];
    static const size_t merge[] = {0, 1, 3, 4, 5, 2, 7, 6};
    static const double height[] = {0.1, 0.2, 0.5, 0.9};
    for (int i = 0; i < 25; i++)
        v[i] = cos((i / 5 - i % 5) * 0.9);
    v[5] += s->hole;
    const dlrn_heatmap_plot p = {.title = s->title,
                                 .axis = "Spearman's ρ",
                                 .names = s->name,
                                 .v = v,
                                 .n = 5,
                                 .merge = merge,
                                 .height = height};
    return dlrn_plot_heatmap(out, &p, err);
}

static dlrn_status draw_flow(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    const dlrn_flow_box boxes[] = {{"All vertebrae\n1,076 of 805 patients", 0, 0, false},
                                   {"Left out\n12 without an outline", 1, 0, true},
                                   {s->name[0], 1, 0, false},
                                   {"Training\n600", 2, 2, false},
                                   {"Internal\n150", 2, 2, false},
                                   {"External\n200", 2, 2, false},
                                   {s->name[1], 2, 2, false}};
    const dlrn_flow_plot p = {s->title, boxes, 7};
    return dlrn_plot_flow(out, &p, err);
}

static dlrn_status draw_shap(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    double v[SAMPLE_MODELS * 200], shap[SAMPLE_MODELS * 200];
    for (size_t k = 0; k < s->n_models * 200; k++) {
        v[k] = (double)(k * 73 % 200) / 200;
        shap[k] = (v[k] - 0.5) * (k / 200 % 2 ? -1 : 1) * (5 - (double)(k / 200)) +
                  0.3 * sin(7.0 * (double)k);
    }
    v[3] += s->hole;
    shap[4] += s->hole;
    const dlrn_shap_plot p = {s->title, s->name, shap, v, s->n_models, 200};
    return dlrn_plot_shap(out, &p, err);
}

static dlrn_status draw_gradcam(dlrn_figure **out, const sample *s, dlrn_error *err)
{
    enum { SIDE = 96 };
    static double image[SIDE * SIDE], map[SIDE * SIDE];
    static uint8_t mask[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
        const int x = i % SIDE, y = i / SIDE;
        image[i] = 0.45 + 0.25 * sin(x * 0.3) * cos(y * 0.21);
        map[i] = exp(-(pow(x - 38, 2) + pow(y - 30, 2)) / 500);
        mask[i] = x > 24 && x < 74 && y > 22 + x / 12 && y < 66;
    }
    map[5] += s->hole;
    const dlrn_gradcam_plot p = {s->title, image, map, mask, SIDE, SIDE, 0.4 + s->hole};
    return dlrn_plot_gradcam(out, &p, err);
}

static const sample_figure sample_figures[] = {
    {"roc", draw_roc},           {"calibration", draw_calibration}, {"dca", draw_dca},
    {"nomogram", draw_nomogram}, {"lasso_path", draw_path},         {"lasso_cv", draw_cv},
    {"bars", draw_bars},         {"confusion", draw_confusion},     {"waterfall", draw_waterfall},
    {"delong", draw_delong},     {"heatmap", draw_heatmap},         {"flow", draw_flow},
    {"shap", draw_shap},         {"gradcam", draw_gradcam},
};
static const size_t n_sample_figures = sizeof sample_figures / sizeof *sample_figures;

#endif
