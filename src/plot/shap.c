/* SPDX-License-Identifier: Apache-2.0
 *
 * SHAP beeswarm (Lundberg & Lee 2017): a dot a row, coloured by the feature's value.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>

#define LANE_PT 17.0
#define DOT_PT  1.2

enum { SLOTS = 400 };

/* Dots of a lane go up and down in turn where others stand already. */
static void draw_lane(const chart *a, const dlrn_shap_plot *p, size_t k, double y)
{
    unsigned taken[SLOTS] = {0};
    canvas_line(a->c, pen_of(PALE, THIN_PT), a->x, y, a->x + a->w, y);
    for (size_t i = 0; i < p->n; i++) {
        const double shap = p->shap[k * p->n + i], value = p->value[k * p->n + i];
        if (!isfinite(shap)) continue;
        const double x = chart_px(a, shap);
        const double place = floor((x - a->x) / (1.6 * DOT_PT));
        const size_t slot = (size_t)fmin(fmax(place, 0), SLOTS - 1);
        const unsigned rank = taken[slot]++, up = (rank + 1) / 2;
        const double shift = fmin(up * DOT_PT, 0.42 * LANE_PT) * (rank % 2 ? 1 : -1);
        canvas_circle(a->c, isfinite(value) ? colour_viridis(value) : GREY, pen_of(INK, 0), x,
                      y + shift, DOT_PT);
    }
}

static void draw_bar(const chart *a)
{
    const double x = a->x + a->w + 12, h = fmin(a->h, 90), w = 6;
    for (int i = 0; i < 48; i++) {
        const double box[] = {x, a->y + h * i / 48, w, h / 48 + 0.05};
        canvas_rect(a->c, colour_viridis(1 - (i + 0.5) / 48), pen_of(INK, 0), box);
    }
    canvas_text(a->c, text_of(TICK_PT, H_LEFT, V_MIDDLE), x + w + 3, a->y + 3, "high");
    canvas_text(a->c, text_of(TICK_PT, H_LEFT, V_MIDDLE), x + w + 3, a->y + h - 3, "low");
    text_style t = text_of(TICK_PT, H_CENTRE, V_TOP);
    t.upwards = true;
    t.max_width = fmax(h - 18, 12);
    canvas_text(a->c, t, x + w + 3, a->y + h / 2, "Feature value");
}

dlrn_status dlrn_plot_shap(dlrn_figure **out, const dlrn_shap_plot *p, dlrn_error *err)
{
    dlrn_status st;
    chart a = {0};
    double range[2], names = 0;
    *out = NULL;
    if (!range_of(range, p->shap, p->n_features * p->n))
        return nothing_to_draw("SHAP values", "no value", err);
    const double zero = 0;
    range_add(range, &zero, 1);
    const double margin = 0.04 * (range[1] - range[0]);
    a.sx = scale_round("SHAP value (log-odds)", range[0] - margin, range[1] + margin, 6);
    DLRN_TRY(canvas_new(&a.c, DLRN_TWO_COLUMNS_MM, err));
    text_style t = text_of(TICK_PT, H_RIGHT, V_MIDDLE);
    for (size_t i = 0; i < p->n_features; i++)
        names = fmax(names, canvas_text_width(a.c, t, p->names[i]));
    t.max_width = fmin(names + 1, 0.45 * canvas_width(a.c));
    chart_fit(&a, draw_title(a.c, p->title), LANE_PT * (double)p->n_features);
    const double left = fmax(a.x, PAD_PT + t.max_width + 6);
    a.w -= left - a.x + 46;
    a.x = left;
    for (size_t k = 0; k < p->n_features; k++) {
        const double y = a.y + LANE_PT * ((double)k + 0.5);
        canvas_text(a.c, t, a.x - 4, y, p->names[k]);
        draw_lane(&a, p, k, y);
    }
    canvas_line(a.c, pen_of(INK, AXIS_PT), chart_px(&a, 0), a.y, chart_px(&a, 0), a.y + a.h);
    draw_bar(&a);
    const double y = chart_axes(&a, false);
    st = canvas_finish(&a.c, fmax(y, a.y + 24), err);
done:
    *out = st == DLRN_OK ? a.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(a.c);
    return st;
}
