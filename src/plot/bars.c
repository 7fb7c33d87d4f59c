/* SPDX-License-Identifier: Apache-2.0
 *
 * Horizontal bars: coefficients, importances.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>

dlrn_status dlrn_plot_bars(dlrn_figure **out, const dlrn_bars_plot *p, dlrn_error *err)
{
    dlrn_status st;
    chart a = {0};
    double range[2], names = 0;
    *out = NULL;
    if (!range_of(range, p->values, p->n)) return nothing_to_draw("bars", "no value", err);
    range_add(range, p->lo, p->n);
    range_add(range, p->hi, p->n);
    const double zero = 0;
    range_add(range, &zero, 1);
    const double margin = 0.03 * (range[1] - range[0]);
    a.sx = scale_round(p->axis, range[0] < 0 ? range[0] - margin : 0,
                       range[1] > 0 ? range[1] + margin : 0, 6);
    DLRN_TRY(canvas_new(&a.c, DLRN_TWO_COLUMNS_MM, err));
    text_style t = text_of(TICK_PT, H_RIGHT, V_MIDDLE);
    for (size_t i = 0; i < p->n; i++)
        names = fmax(names, canvas_text_width(a.c, t, p->names[i]));
    t.max_width = fmin(names + 1, 0.55 * canvas_width(a.c));
    const double row = p->n > 60 ? 8.2 : 11;
    chart_fit(&a, draw_title(a.c, p->title), row * (double)p->n + 4);
    const double left = fmax(a.x, PAD_PT + t.max_width + 5);
    a.w -= left - a.x;
    a.x = left;
    const double origin = chart_px(&a, 0);
    for (size_t i = 0; i < p->n; i++) {
        const double y = a.y + 2 + row * ((double)i + 0.5), x = chart_px(&a, p->values[i]);
        const double bar[] = {fmin(x, origin), y - 0.33 * row, fabs(x - origin), 0.66 * row};
        canvas_text(a.c, t, a.x - 4, y, p->names[i]);
        canvas_rect(a.c, p->values[i] < 0 ? BLUE : VERMILLION, pen_of(INK, 0), bar);
        if (p->lo && p->hi)
            canvas_line(a.c, pen_of(BLACK, 0.7), chart_px(&a, p->lo[i]), y, chart_px(&a, p->hi[i]),
                        y);
    }
    canvas_line(a.c, pen_of(INK, AXIS_PT), origin, a.y, origin, a.y + a.h);
    const double y = chart_axes(&a, false);
    st = canvas_finish(&a.c, y, err);
done:
    *out = st == DLRN_OK ? a.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(a.c);
    return st;
}
