/* SPDX-License-Identifier: Apache-2.0
 *
 * Decision curves (Vickers & Elkin 2006): net benefit over the threshold probability.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>

static double top_of(const dlrn_dca_plot *p)
{
    double range[2] = {0, isfinite(p->prevalence) ? p->prevalence : 0.01};
    for (size_t i = 0; i < p->n_series; i++)
        range_add(range, p->series[i].net_benefit, p->n);
    return fmax(range[1], 0.01) * 1.04;
}

/* Names of the two curves that need no model, written at the line. */
static void label_references(const chart *a, const dlrn_dca_plot *p)
{
    // Curves end above the line, at the right, or below it; its left end is free on both sides.
    text_style t = text_of(TICK_PT, H_LEFT, V_BOTTOM);
    t.ink = colour_rgb(0x555555);
    canvas_text(a->c, t, a->x + 3, chart_py(a, 0) - 0.5, "Treat none");
    for (size_t i = 1; i < p->n; i++) {
        const double y = chart_py(a, p->all[i]);
        if (!(y > a->y + a->h - 18)) continue;
        t.v = V_TOP;
        const double width = canvas_text_width(a->c, t, "Treat all");
        const double x = fmin(chart_px(a, p->threshold[i]) + 3, a->x + a->w - width);
        // Below zero, beside the falling line.
        canvas_text(a->c, t, x, chart_py(a, 0) + 1.5, "Treat all");
        return;
    }
}

static dlrn_status draw_curve(const chart *a, const dlrn_dca_plot *p, const double *v, pen look,
                              const double *room, bool *meet, dlrn_error *err)
{
    points q;
    const dlrn_status st = points_of(&q, a, p->threshold, v, p->n, err);
    if (st != DLRN_OK) return st;
    if (room) *meet |= points_meet(&q, room);
    canvas_path(a->c, look, q.x, q.y, q.n);
    points_clear(&q);
    return DLRN_OK;
}

static dlrn_status draw_curves(const chart *a, const dlrn_dca_plot *p, const double *room,
                               bool *meet, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const double box[] = {a->x, a->y - 2, a->w, a->h + 2};
    *meet = false;
    canvas_clip(a->c, box);
    canvas_line(a->c, pen_of(BLACK, 0.8), a->x, chart_py(a, 0), a->x + a->w, chart_py(a, 0));
    DLRN_TRY(
        draw_curve(a, p, p->all, (pen){colour_rgb(0x555555), 0.8, DASH_SHORT}, room, meet, err));
    for (size_t i = p->n_series; i-- > 0;) {
        const dlrn_dca_series *s = &p->series[i];
        const double *const band[2] = {s->lo, s->hi};
        if (s->lo && s->hi)
            DLRN_TRY(draw_band(a, pen_of_style(s->style).ink, p->threshold, band, p->n, err));
    }
    for (size_t i = p->n_series; i-- > 0;)
        DLRN_TRY(draw_curve(a, p, p->series[i].net_benefit, pen_of_style(p->series[i].style), room,
                            meet, err));
done:
    canvas_unclip(a->c);
    return st;
}

static void shade_range(const chart *a, const double range[2])
{
    if (!isfinite(range[0]) || !isfinite(range[1])) return;
    const double x0 = chart_px(a, fmax(range[0], a->sx.lo)),
                 x1 = chart_px(a, fmin(range[1], a->sx.hi));
    const double box[] = {x0, a->y, x1 - x0, a->h};
    if (x1 > x0) canvas_rect(a->c, colour_rgb(0xF2F2F2), pen_of(INK, 0), box);
}

static dlrn_status check(const dlrn_dca_plot *p, dlrn_error *err)
{
    if (p->n_series == 0) return nothing_to_draw("decision curves", "no model", err);
    if (count_finite(p->threshold, p->n) < 2)
        return nothing_to_draw("decision curves", "fewer than two thresholds", err);
    for (size_t i = 0; i < p->n_series; i++)
        if (count_finite(p->series[i].net_benefit, p->n) == 0)
            return dlrn_fail(err, DLRN_EINVAL, "decision curves: %s has no net benefit",
                             p->series[i].name);
    return DLRN_OK;
}

dlrn_status dlrn_plot_dca(dlrn_figure **out, const dlrn_dca_plot *p, dlrn_error *err)
{
    dlrn_status st;
    legend l = {.n_rows = p->n_series};
    chart a = {0};
    bool meet;
    *out = NULL;
    DLRN_TRY(check(p, err));
    DLRN_TRY(canvas_new(&a.c, DLRN_COLUMN_MM, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l.rows, p->n_series, err));
    for (size_t i = 0; i < p->n_series; i++) {
        l.rows[i].name = p->series[i].name;
        l.rows[i].pen = pen_of_style(p->series[i].style);
    }
    const double top = top_of(p);
    a.sx = scale_of("Threshold probability", 0, 1, 0.2);
    a.sy = scale_round("Net benefit", -0.12 * top, top, 6);
    chart_fit(&a, draw_title(a.c, p->title), 165);
    shade_range(&a, p->range);
    double size[2];
    legend_size(size, a.c, &l, a.w - 12);
    double box[4] = {a.x + a.w - size[0] - 4, a.y + 2, size[0], size[1]};
    const double room[4] = {box[0] - 3, box[1] - 3, box[2] + 6, box[3] + 6};
    DLRN_TRY(draw_curves(&a, p, room, &meet, err));
    label_references(&a, p);
    double y = chart_axes(&a, false);
    if (meet) {
        box[0] = a.x;
        box[1] = y;
        y += size[1] + PAD_PT;
    }
    legend_draw(a.c, &l, box);
    st = canvas_finish(&a.c, y, err);
done:
    free(l.rows);
    *out = st == DLRN_OK ? a.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(a.c);
    return st;
}
