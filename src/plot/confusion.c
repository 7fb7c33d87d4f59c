/* SPDX-License-Identifier: Apache-2.0
 *
 * Confusion matrices side by side: rows the truth, columns the prediction.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>

typedef struct layout {
    dlrn_figure *c;
    double left, cell, head, label; /* head: title and prediction's names; label: truth's names */
} layout;

static void draw_cell(const layout *l, double x, double y, double count, double of_row)
{
    char number[NUMBER_LEN], share[NUMBER_LEN + 2] = "";
    const double part = of_row > 0 ? count / of_row : 0;
    // Pale to blue, the share of the truth's row.
    colour fill = BLUE;
    fill.r = 1 - part * (1 - fill.r);
    fill.g = 1 - part * (1 - fill.g);
    fill.b = 1 - part * (1 - fill.b);
    const double box[] = {x, y, l->cell, l->cell};
    canvas_rect(l->c, fill, pen_of(WHITE, 1), box);
    text_style t = text_of(TEXT_PT, H_CENTRE, V_MIDDLE);
    t.ink = colour_luminance(fill) < 0.5 ? WHITE : BLACK;
    t.bold = true;
    canvas_text(l->c, t, x + l->cell / 2, y + l->cell / 2 - 4, number_text(number, count, 0));
    t.bold = false;
    t.size = TICK_PT;
    if (of_row > 0) {
        number_text(number, 100 * part, 0);
        snprintf(share, sizeof share, "%s%%", number);
    }
    canvas_text(l->c, t, x + l->cell / 2, y + l->cell / 2 + 6, share);
}

static void draw_panel(const layout *l, const dlrn_confusion_plot *p, size_t i, const double at[2])
{
    const dlrn_confusion_panel *m = &p->panels[i];
    const double x = at[0] + l->label, y = at[1] + l->head;
    const char *names[] = {p->positive_name, p->negative_name};
    const double count[2][2] = {{m->tp, m->fn}, {m->fp, m->tn}};
    text_style t = text_of(TEXT_PT, H_CENTRE, V_TOP);
    t.bold = true;
    t.max_width = 2 * l->cell + l->label;
    canvas_text(l->c, t, x + l->cell, at[1], m->title);
    t.bold = false;
    t.size = TICK_PT;
    canvas_text(l->c, t, x + l->cell, at[1] + 11, "Predicted");
    t.max_width = l->cell - 2;
    for (int k = 0; k < 2; k++) {
        t.upwards = false;
        t.v = V_BOTTOM;
        canvas_text(l->c, t, x + l->cell * (k + 0.5), y - 1.5, names[k]);
        t.upwards = true;
        canvas_text(l->c, t, x - 1.5, y + l->cell * (k + 0.5), names[k]);
        for (int j = 0; j < 2; j++)
            draw_cell(l, x + l->cell * j, y + l->cell * k, count[k][j], count[k][0] + count[k][1]);
    }
    t.v = V_TOP;
    t.max_width = 0;
    canvas_text(l->c, t, at[0], y + l->cell, "Truth");
}

dlrn_status dlrn_plot_confusion(dlrn_figure **out, const dlrn_confusion_plot *p, dlrn_error *err)
{
    dlrn_status st;
    layout l = {.head = 32, .label = 22};
    *out = NULL;
    if (p->n_panels == 0) return nothing_to_draw("confusion matrices", "no cohort", err);
    DLRN_TRY(canvas_new(&l.c, p->n_panels > 1 ? DLRN_TWO_COLUMNS_MM : DLRN_COLUMN_MM, err));
    const size_t columns = p->n_panels < 4 ? p->n_panels : 4;
    const size_t rows = (p->n_panels + columns - 1) / columns;
    const double width = (canvas_width(l.c) - 2 * PAD_PT) / (double)columns;
    l.cell = fmin((width - l.label - 8) / 2, 58);
    const double height = l.head + 2 * l.cell + 10;
    for (size_t i = 0; i < p->n_panels; i++) {
        const double at[] = {PAD_PT + width * (double)(i % columns),
                             PAD_PT + height * (double)(i / columns)};
        draw_panel(&l, p, i, at);
    }
    st = canvas_finish(&l.c, PAD_PT + height * (double)rows, err);
done:
    *out = st == DLRN_OK ? l.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(l.c);
    return st;
}
