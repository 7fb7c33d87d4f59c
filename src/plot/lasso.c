/* SPDX-License-Identifier: Apache-2.0
 *
 * LASSO: coefficient paths and the cross-validation curve over log lambda.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>

/* The number of features at a few lambdas, above the box. */
static void draw_df(const chart *a, const dlrn_lasso_plot *p)
{
    if (!p->df) return;
    const text_style t = text_of(TICK_PT, H_CENTRE, V_BOTTOM);
    double last = -INFINITY;
    for (int k = 0; k <= 7; k++) {
        const double want = a->sx.lo + (a->sx.hi - a->sx.lo) * k / 7;
        size_t best = 0;
        double near = INFINITY;
        for (size_t i = 0; i < p->n; i++) {
            if (!(fabs(p->log_lambda[i] - want) < near)) continue;
            near = fabs(p->log_lambda[i] - want);
            best = i;
        }
        char text[NUMBER_LEN];
        const double x = chart_px(a, p->log_lambda[best]);
        const double half = canvas_text_width(a->c, t, number_text(text, p->df[best], 0)) / 2;
        if (x - half < last + 3 || x + half > canvas_width(a->c) - PAD_PT) continue;
        canvas_line(a->c, pen_of(INK, AXIS_PT), x, a->y, x, a->y - TICK_LEN);
        canvas_text(a->c, t, x, a->y - TICK_LEN - 0.5, text);
        last = x + half;
    }
}

/* The name stands on the outer side of its line: min left of it, 1 SE (the larger lambda) right of
 * it, each on the other side where the box ends. */
static void draw_choice(const chart *a, double at, dash d, const char *name, double y,
                        bool prefer_left)
{
    if (!isfinite(at)) return;
    const pen p = {colour_rgb(0x555555), 0.7, d};
    const double x = chart_px(a, at);
    canvas_line(a->c, p, x, a->y, x, a->y + a->h);
    text_style t = text_of(TICK_PT, H_LEFT, V_MIDDLE);
    const double w = canvas_text_width(a->c, t, name);
    const bool left = prefer_left ? x - 3 - w > a->x : x + 3 + w > a->x + a->w;
    t.h = left ? H_RIGHT : H_LEFT;
    const double box[] = {left ? x - 3.5 - w : x + 2.5, y - 4.5, w + 1, 9};
    canvas_rect(a->c, colour_fade(WHITE, 0.8), pen_of(INK, 0), box);
    canvas_text(a->c, t, left ? x - 3 : x + 3, y, name);
}

static void draw_choices(const chart *a, const dlrn_lasso_plot *p)
{
    draw_choice(a, p->log_lambda_min, DASH_SHORT, "min", a->y + 6, true);
    draw_choice(a, p->log_lambda_1se, DASH_LONG, "1 SE", a->y + 16, false);
}

/* The sheet and the box of both figures; y has its range already. */
static dlrn_status begin(chart *a, const dlrn_lasso_plot *p, const char *figure, dlrn_error *err)
{
    double range[2];
    if (!range_of(range, p->log_lambda, p->n) || p->n < 2)
        return nothing_to_draw(figure, "fewer than two values of lambda", err);
    const dlrn_status st = canvas_new(&a->c, DLRN_COLUMN_MM, err);
    if (st != DLRN_OK) return st;
    a->sx = scale_round("log λ", range[0], range[1], 6);
    double y = draw_title(a->c, p->title);
    if (p->df) {
        canvas_text(a->c, text_of(TICK_PT, H_LEFT, V_TOP), PAD_PT, y, "Features");
        y += 18;
    }
    chart_fit(a, y, 160);
    return DLRN_OK;
}

static dlrn_status end(dlrn_figure **out, chart *a, const dlrn_lasso_plot *p, dlrn_error *err)
{
    draw_df(a, p);
    const double y = chart_axes(a, false);
    const dlrn_status st = canvas_finish(&a->c, y, err);
    *out = a->c;
    return st;
}

dlrn_status dlrn_plot_lasso_path(dlrn_figure **out, const dlrn_lasso_plot *p, dlrn_error *err)
{
    static const unsigned inks[] = {0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xD55E00};
    static const dash dashes[] = {DASH_SOLID, DASH_LONG, DASH_SHORT, DASH_DOT_DASH};
    dlrn_status st;
    chart a = {0};
    double range[2];
    *out = NULL;
    if (p->n_features == 0 || !range_of(range, p->coefficients, p->n_features * p->n))
        return nothing_to_draw("LASSO paths", "no coefficient", err);
    const double margin = 0.04 * (range[1] - range[0]);
    a.sy = scale_round("Coefficient", range[0] - margin, range[1] + margin, 6);
    DLRN_TRY(begin(&a, p, "LASSO paths", err));
    canvas_line(a.c, pen_of(GREY, THIN_PT), a.x, chart_py(&a, 0), a.x + a.w, chart_py(&a, 0));
    for (size_t k = 0; k < p->n_features; k++) {
        points q;
        const pen look = {colour_rgb(inks[k % 6]), 0.8, dashes[k / 6 % 4]};
        DLRN_TRY(points_of(&q, &a, p->log_lambda, p->coefficients + k * p->n, p->n, err));
        canvas_path(a.c, look, q.x, q.y, q.n);
        points_clear(&q);
    }
    draw_choices(&a, p);
    return end(out, &a, p, err);
done:
    dlrn_figure_free(a.c);
    return st;
}

dlrn_status dlrn_plot_lasso_cv(dlrn_figure **out, const dlrn_lasso_plot *p, dlrn_error *err)
{
    dlrn_status st;
    chart a = {0};
    double range[2];
    *out = NULL;
    if (!range_of(range, p->mean, p->mean ? p->n : 0))
        return nothing_to_draw("LASSO cross-validation", "no mean", err);
    range_add(range, p->lo, p->n);
    range_add(range, p->hi, p->n);
    const double margin = 0.04 * (range[1] - range[0]);
    a.sy = scale_round(p->measure, range[0] - margin, range[1] + margin, 6);
    DLRN_TRY(begin(&a, p, "LASSO cross-validation", err));
    for (size_t i = 0; p->lo && p->hi && i < p->n; i++) {
        const double x = chart_px(&a, p->log_lambda[i]);
        const double lo = chart_py(&a, p->lo[i]), hi = chart_py(&a, p->hi[i]);
        const pen thin = pen_of(colour_rgb(0x9A9A9A), 0.5);
        canvas_line(a.c, thin, x, lo, x, hi);
        canvas_line(a.c, thin, x - 1, lo, x + 1, lo);
        canvas_line(a.c, thin, x - 1, hi, x + 1, hi);
    }
    for (size_t i = 0; i < p->n; i++)
        canvas_circle(a.c, VERMILLION, pen_of(INK, 0), chart_px(&a, p->log_lambda[i]),
                      chart_py(&a, p->mean[i]), 1.2);
    draw_choices(&a, p);
    return end(out, &a, p, err);
done:
    dlrn_figure_free(a.c);
    return st;
}
