/* SPDX-License-Identifier: Apache-2.0
 *
 * Scores in rising order as bars that stand on the threshold, coloured by the truth.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>

static dlrn_status draw_bars(const chart *a, const dlrn_waterfall_plot *p, dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&order, p->n, err));
    dlrn_sort_index(order, p->score, p->n);
    const double base = chart_py(a, p->threshold), w = a->w / (double)p->n;
    for (size_t i = 0; i < p->n; i++) {
        const double y = chart_py(a, p->score[order[i]]);
        // A score at the threshold still leaves a mark.
        const double h = fmax(fabs(y - base), 0.4);
        const double box[] = {a->x + w * (double)i, y < base ? base - h : base,
                              w > 1.5 ? w * 0.85 : w, h};
        canvas_rect(a->c, p->label[order[i]] ? VERMILLION : BLUE, pen_of(INK, 0), box);
    }
    canvas_line(a->c, pen_of(BLACK, 0.6), a->x, base, a->x + a->w, base);
done:
    free(order);
    return st;
}

dlrn_status dlrn_plot_waterfall(dlrn_figure **out, const dlrn_waterfall_plot *p, dlrn_error *err)
{
    dlrn_status st;
    chart a = {.sx = {.lo = 0, .hi = 1, .title = "Rows, by rising probability"},
               .sy = scale_of("Probability", 0, 1, 0.2)};
    const char *names[] = {p->positive_name ? p->positive_name : "positive",
                           p->negative_name ? p->negative_name : "negative"};
    const colour inks[] = {VERMILLION, BLUE};
    *out = NULL;
    if (!count_finite(p->score, p->n) || !isfinite(p->threshold))
        return nothing_to_draw("waterfall", "no score, or no threshold", err);
    DLRN_TRY(canvas_new(&a.c, DLRN_COLUMN_MM, err));
    chart_fit(&a, draw_title(a.c, p->title), 130);
    DLRN_TRY(draw_bars(&a, p, err));
    text_style t = text_of(TICK_PT, H_LEFT, V_MIDDLE);
    t.max_width = a.w / 2;
    // Bars rise to the right: the upper left is free.
    for (int k = 0; k < 2; k++) {
        const double y = a.y + 6 + 10 * k, box[] = {a.x + 6, y - 3, 6, 6};
        canvas_rect(a.c, inks[k], pen_of(INK, 0), box);
        canvas_text(a.c, t, a.x + 16, y, names[k]);
    }
    const double y = chart_axes(&a, false);
    st = canvas_finish(&a.c, y, err);
done:
    *out = st == DLRN_OK ? a.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(a.c);
    return st;
}
