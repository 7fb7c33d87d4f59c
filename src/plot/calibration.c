/* SPDX-License-Identifier: Apache-2.0
 *
 * Calibration (Van Calster et al. 2016): observed over predicted, smooth and by groups of risk,
 * with the distribution of risk beneath.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HISTOGRAM_PT 20.0 /* half of its height: a class above the line, a class below */

static void draw_groups(const chart *a, const dlrn_calibration_series *s)
{
    const colour ink = pen_of_style(s->style).ink;
    for (size_t i = 0; i < s->n_groups; i++) {
        const double x = chart_px(a, s->group_x[i]);
        if (s->group_lo && s->group_hi)
            canvas_line(a->c, pen_of(ink, 0.6), x, chart_py(a, s->group_lo[i]), x,
                        chart_py(a, s->group_hi[i]));
        canvas_circle(a->c, WHITE, pen_of(ink, 0.8), x, chart_py(a, s->group_y[i]), 1.7);
    }
}

static dlrn_status draw_series(const chart *a, const dlrn_calibration_plot *p, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const double box[] = {a->x - 3, a->y - 3, a->w + 6, a->h + 6};
    const double inside[] = {a->x, a->y, a->w, a->h};
    canvas_clip(a->c, inside);
    for (size_t i = p->n_series; st == DLRN_OK && i-- > 0;) {
        const dlrn_calibration_series *s = &p->series[i];
        const double *const band[2] = {s->lo, s->hi};
        if (s->lo && s->hi) st = draw_band(a, pen_of_style(s->style).ink, s->x, band, s->n, err);
    }
    for (size_t i = p->n_series; st == DLRN_OK && i-- > 0;) {
        points q;
        st = points_of(&q, a, p->series[i].x, p->series[i].y, p->series[i].n, err);
        if (st != DLRN_OK) break;
        canvas_path(a->c, pen_of_style(p->series[i].style), q.x, q.y, q.n);
        points_clear(&q);
    }
    canvas_unclip(a->c);
    canvas_clip(a->c, box);
    for (size_t i = p->n_series; i-- > 0;)
        draw_groups(a, &p->series[i]);
    canvas_unclip(a->c);
    return st;
}

/* Rows by risk, positive upwards and negative downwards. The y below it. */
static double draw_histogram(const chart *a, const dlrn_calibration_plot *p, double y)
{
    double range[2] = {0, 1};
    range_add(range, p->positive, p->n_bins);
    range_add(range, p->negative, p->n_bins);
    const double middle = y + HISTOGRAM_PT, k = HISTOGRAM_PT / range[1];
    const double w = a->w / (double)p->n_bins;
    for (size_t i = 0; i < p->n_bins; i++) {
        const double x = a->x + w * (double)i + 0.3;
        const double up[] = {x, middle - k * p->positive[i], w - 0.6, k * p->positive[i]};
        const double down[] = {x, middle, w - 0.6, k * p->negative[i]};
        if (p->positive[i] > 0) canvas_rect(a->c, VERMILLION, pen_of(INK, 0), up);
        if (p->negative[i] > 0) canvas_rect(a->c, BLUE, pen_of(INK, 0), down);
    }
    canvas_line(a->c, pen_of(INK, THIN_PT), a->x, middle, a->x + a->w, middle);
    text_style t = text_of(SMALL_PT, H_LEFT, V_TOP);
    t.max_width = a->w / 2 - 8;
    const char *up = p->positive_name ? p->positive_name : "positive";
    const char *down = p->negative_name ? p->negative_name : "negative";
    const double end = middle + HISTOGRAM_PT + 2;
    const double upper[] = {a->x, end + 2, 5, 5}, lower[] = {a->x + a->w / 2, end + 2, 5, 5};
    canvas_rect(a->c, VERMILLION, pen_of(INK, 0), upper);
    canvas_text(a->c, t, a->x + 8, end, up);
    canvas_rect(a->c, BLUE, pen_of(INK, 0), lower);
    canvas_text(a->c, t, a->x + a->w / 2 + 8, end, down);
    return end + canvas_text_height(a->c, t, "X") + 3;
}

static dlrn_status fill_legend(legend *l, const dlrn_calibration_plot *p, dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(&l->rows, p->n_series, err);
    if (st != DLRN_OK) return st;
    l->n_rows = p->n_series;
    l->n_columns = 3;
    l->head[0] = "Intercept";
    l->head[1] = "Slope";
    l->head[2] = "Brier";
    for (size_t i = 0; i < p->n_series; i++) {
        const dlrn_calibration_series *s = &p->series[i];
        l->rows[i].name = s->name;
        l->rows[i].pen = pen_of_style(s->style);
        number_text(l->rows[i].value[0], s->intercept, 2);
        number_text(l->rows[i].value[1], s->slope, 2);
        number_text(l->rows[i].value[2], s->brier, 3);
    }
    return DLRN_OK;
}

static dlrn_status check(const dlrn_calibration_plot *p, dlrn_error *err)
{
    size_t found = 0;
    for (size_t i = 0; i < p->n_series; i++)
        found += count_finite(p->series[i].y, p->series[i].n) +
                 count_finite(p->series[i].group_y, p->series[i].n_groups);
    return found ? DLRN_OK : nothing_to_draw("calibration", "no model with a curve", err);
}

dlrn_status dlrn_plot_calibration(dlrn_figure **out, const dlrn_calibration_plot *p,
                                  dlrn_error *err)
{
    dlrn_status st;
    legend l = {0};
    chart a = {.sx = scale_of("Predicted probability", 0, 1, 0.2),
               .sy = scale_of("Observed proportion", 0, 1, 0.2)};
    *out = NULL;
    DLRN_TRY(check(p, err));
    DLRN_TRY(canvas_new(&a.c, DLRN_COLUMN_MM, err));
    DLRN_TRY(fill_legend(&l, p, err));
    chart_fit(&a, draw_title(a.c, p->title), 0);
    canvas_line(a.c, pen_of(GREY, 0.8), chart_px(&a, 0), chart_py(&a, 0), chart_px(&a, 1),
                chart_py(&a, 1));
    DLRN_TRY(draw_series(&a, p, err));
    double y = chart_axes(&a, true);
    if (p->n_bins && p->positive && p->negative) y = draw_histogram(&a, p, y);
    double size[2];
    legend_size(size, a.c, &l, a.w);
    const double box[] = {a.x, y + 1, a.w, size[1]};
    legend_draw(a.c, &l, box);
    st = canvas_finish(&a.c, y + 1 + size[1] + PAD_PT, err);
done:
    free(l.rows);
    *out = st == DLRN_OK ? a.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(a.c);
    return st;
}
