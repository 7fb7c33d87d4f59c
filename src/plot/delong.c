/* SPDX-License-Identifier: Apache-2.0
 *
 * Paired comparisons as a matrix: p-values below the diagonal, differences of AUC above.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>

typedef struct grid {
    dlrn_figure *c;
    double x, y, cell;
} grid;

static void p_text(char buf[NUMBER_LEN], double p)
{
    if (p < 0.001)
        snprintf(buf, NUMBER_LEN, "<0.001");
    else
        number_text(buf, p, 3);
}

static void draw_cell(const grid *g, const dlrn_delong_plot *d, size_t i, size_t k)
{
    char text[NUMBER_LEN] = "";
    colour fill = colour_rgb(0xF2F2F2);
    const size_t at = i * d->n + k;
    if (i > k) {
        // The smaller the p-value the bluer; nothing is more than 0.001.
        if (isfinite(d->p[at])) fill = colour_diverging(log10(fmax(d->p[at], 1e-3)) / 3);
        p_text(text, d->p[at]);
    } else if (i < k && d->difference) {
        fill = WHITE;
        number_text(text, d->difference[at], 3);
    }
    const double box[] = {g->x + g->cell * (double)k, g->y + g->cell * (double)i, g->cell, g->cell};
    canvas_rect(g->c, fill, pen_of(PALE, 0.5), box);
    text_style t = text_of(TICK_PT, H_CENTRE, V_MIDDLE);
    t.max_width = g->cell - 2;
    t.ink = colour_luminance(fill) < 0.4 ? WHITE : BLACK;
    canvas_text(g->c, t, box[0] + g->cell / 2, box[1] + g->cell / 2, text);
}

dlrn_status dlrn_plot_delong(dlrn_figure **out, const dlrn_delong_plot *d, dlrn_error *err)
{
    dlrn_status st;
    grid g = {0};
    double names = 0;
    *out = NULL;
    if (d->n < 2) return nothing_to_draw("comparisons", "fewer than two models", err);
    DLRN_TRY(canvas_new(&g.c, d->n > 6 ? DLRN_TWO_COLUMNS_MM : DLRN_COLUMN_MM, err));
    text_style t = text_of(TICK_PT, H_RIGHT, V_MIDDLE);
    for (size_t i = 0; i < d->n; i++)
        names = fmax(names, canvas_text_width(g.c, t, d->names[i]));
    t.max_width = fmin(names + 1, 0.27 * canvas_width(g.c));
    g.x = PAD_PT + t.max_width + 4;
    g.cell = fmin((canvas_width(g.c) - g.x - PAD_PT) / (double)d->n, 46);
    g.y = draw_title(g.c, d->title);
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 0; k < d->n; k++)
            draw_cell(&g, d, i, k);
    const double bottom = g.y + g.cell * (double)d->n;
    for (size_t i = 0; i < d->n; i++) {
        const double middle = g.cell * ((double)i + 0.5);
        t.upwards = false;
        canvas_text(g.c, t, g.x - 4, g.y + middle, d->names[i]);
        t.upwards = true;
        canvas_text(g.c, t, g.x + middle, bottom + 4, d->names[i]);
    }
    text_style note = text_of(SMALL_PT, H_LEFT, V_TOP);
    note.max_width = canvas_width(g.c) - 2 * PAD_PT;
    note.wrap = true;
    const char *words = d->difference ? "Below the diagonal: p-value. Above: difference of AUC, "
                                        "row minus column."
                                      : "p-values";
    const double y = bottom + t.max_width + 10;
    canvas_text(g.c, note, PAD_PT, y, words);
    st = canvas_finish(&g.c, y + canvas_text_height(g.c, note, words) + PAD_PT, err);
done:
    *out = st == DLRN_OK ? g.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(g.c);
    return st;
}
