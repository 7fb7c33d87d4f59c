/* SPDX-License-Identifier: Apache-2.0
 *
 * Flow chart of the rows: from all to the cohorts, those left out at the side.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BOX_PAD  5.0
#define LEVEL_PT 18.0 /* between levels */

typedef struct sheet {
    dlrn_figure *c;
    const dlrn_flow_plot *p;
    double *box; /* [n][4] */
} sheet;

/* The first line, bold, and the rest. */
static double text_block(const sheet *s, size_t i, double w, const double *at)
{
    const char *text = s->p->boxes[i].text, *rest = strchr(text, '\n');
    char *first = dlrn_strndup(text, rest ? (size_t)(rest - text) : strlen(text));
    text_style t = text_of(TEXT_PT, H_CENTRE, V_TOP);
    t.wrap = true;
    t.max_width = w - 2 * BOX_PAD;
    t.bold = true;
    const double head = canvas_text_height(s->c, t, first);
    if (at) canvas_text(s->c, t, at[0] + w / 2, at[1] + BOX_PAD, first);
    t.bold = false;
    const double body = rest ? canvas_text_height(s->c, t, rest + 1) : 0;
    if (at && rest) canvas_text(s->c, t, at[0] + w / 2, at[1] + BOX_PAD + head, rest + 1);
    free(first);
    return head + body + 2 * BOX_PAD;
}

/* Boxes of one level from y downwards: those of the way beside each other, those left out to the
 * right above them. The y below the level. */
static double place_level(const sheet *s, size_t level, double y)
{
    const dlrn_flow_box *b = s->p->boxes;
    size_t n = 0, k = 0;
    double tallest = 0;
    for (size_t i = 0; i < s->p->n; i++)
        n += b[i].level == level && !b[i].aside ? 1 : 0;
    const double width = canvas_width(s->c) - 2 * PAD_PT;
    for (size_t i = 0; i < s->p->n; i++) {
        if (b[i].level != level || !b[i].aside) continue;
        double *box = s->box + 4 * i;
        box[0] = PAD_PT + 0.64 * width;
        box[1] = y;
        box[2] = 0.36 * width;
        box[3] = text_block(s, i, box[2], NULL);
        y += box[3] + LEVEL_PT / 2;
    }
    const double slot = width / (double)(n ? n : 1), w = fmin(slot - 10, 0.5 * width);
    for (size_t i = 0; i < s->p->n; i++) {
        if (b[i].level != level || b[i].aside) continue;
        double *box = s->box + 4 * i;
        box[0] = PAD_PT + slot * ((double)k++ + 0.5) - w / 2;
        box[1] = y;
        box[2] = w;
        box[3] = text_block(s, i, w, NULL);
        tallest = fmax(tallest, box[3]);
    }
    for (size_t i = 0; i < s->p->n; i++)
        if (b[i].level == level && !b[i].aside) s->box[4 * i + 3] = tallest;
    return y + tallest;
}

static void draw_arrow(dlrn_figure *c, double x, double y, bool down)
{
    const double dx = down ? 2 : -4, dy = down ? -4 : 2;
    const double px[] = {x, x + dx, down ? x - dx : x + dx},
                 py[] = {y, y + dy, down ? y + dy : y - dy};
    canvas_polygon(c, INK, px, py, 3);
}

static void draw_link(const sheet *s, size_t i)
{
    const pen line = pen_of(INK, 0.7);
    const double *to = s->box + 4 * i, *from = s->box + 4 * s->p->boxes[i].parent;
    const double x0 = from[0] + from[2] / 2, y0 = from[1] + from[3];
    if (s->p->boxes[i].aside) {
        const double y = to[1] + to[3] / 2;
        canvas_line(s->c, line, x0, y0, x0, y);
        canvas_line(s->c, line, x0, y, to[0], y);
        draw_arrow(s->c, to[0], y, false);
        return;
    }
    const double x = to[0] + to[2] / 2, bend = to[1] - LEVEL_PT / 2;
    const double px[] = {x0, x0, x, x}, py[] = {y0, bend, bend, to[1] - 1};
    canvas_path(s->c, line, px, py, 4);
    draw_arrow(s->c, x, to[1], true);
}

static dlrn_status check(const dlrn_flow_plot *p, dlrn_error *err)
{
    if (p->n == 0) return nothing_to_draw("flow chart", "no box", err);
    for (size_t i = 0; i < p->n; i++)
        if (p->boxes[i].parent >= p->n || p->boxes[i].level >= p->n)
            return dlrn_fail(err, DLRN_EINVAL, "flow chart: box %zu hangs on box %zu of %zu", i,
                             p->boxes[i].parent, p->n);
    return DLRN_OK;
}

dlrn_status dlrn_plot_flow(dlrn_figure **out, const dlrn_flow_plot *p, dlrn_error *err)
{
    dlrn_status st;
    sheet s = {.p = p};
    size_t levels = 0;
    *out = NULL;
    DLRN_TRY(check(p, err));
    DLRN_TRY(canvas_new(&s.c, DLRN_TWO_COLUMNS_MM, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s.box, 4 * p->n, err));
    double y = draw_title(s.c, p->title);
    for (size_t i = 0; i < p->n; i++)
        levels = p->boxes[i].level >= levels ? p->boxes[i].level + 1 : levels;
    for (size_t level = 0; level < levels; level++)
        y = place_level(&s, level, y) + LEVEL_PT;
    for (size_t i = 0; i < p->n; i++)
        if (p->boxes[i].parent != i) draw_link(&s, i);
    for (size_t i = 0; i < p->n; i++) {
        const double *box = s.box + 4 * i;
        canvas_rect(s.c, WHITE, pen_of(p->boxes[i].aside ? GREY : INK, 0.7), box);
        text_block(&s, i, box[2], box);
    }
    st = canvas_finish(&s.c, y - LEVEL_PT + PAD_PT, err);
done:
    free(s.box);
    *out = st == DLRN_OK ? s.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(s.c);
    return st;
}
