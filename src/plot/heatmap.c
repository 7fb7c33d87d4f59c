/* SPDX-License-Identifier: Apache-2.0
 *
 * Correlation heat-map with an optional dendrogram.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TREE_PT 32.0
#define BAR_PT  7.0

typedef struct sheet {
    dlrn_figure *c;
    const dlrn_heatmap_plot *p;
    double x, y, size, cell;
    bool names;
} sheet;

static size_t row_at(const dlrn_heatmap_plot *p, size_t i)
{
    return p->order ? p->order[i] : i;
}

static void draw_cells(const sheet *s)
{
    const dlrn_heatmap_plot *p = s->p;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->n; k++) {
            const double v = p->v[row_at(p, i) * p->n + row_at(p, k)];
            // A hair over, so that no white line shows between cells.
            const double box[] = {s->x + s->cell * (double)k, s->y + s->cell * (double)i,
                                  s->cell + 0.05, s->cell + 0.05};
            canvas_rect(s->c, isfinite(v) ? colour_diverging(v) : PALE, pen_of(INK, 0), box);
        }
    }
    const double all[] = {s->x, s->y, s->size, s->size};
    canvas_rect(s->c, colour_fade(WHITE, 0), pen_of(INK, THIN_PT), all);
}

static void draw_names(const sheet *s, double width)
{
    text_style t = text_of(SMALL_PT, H_RIGHT, V_MIDDLE);
    t.max_width = width;
    for (size_t i = 0; i < s->p->n; i++) {
        const char *name = s->p->names[row_at(s->p, i)];
        const double middle = s->cell * ((double)i + 0.5);
        t.upwards = false;
        canvas_text(s->c, t, s->x - 3, s->y + middle, name);
        t.upwards = true;
        canvas_text(s->c, t, s->x + middle, s->y + s->size + 3, name);
    }
}

static void draw_bar(const sheet *s)
{
    const double x = s->x + s->size + 10, h = fmin(s->size, 120);
    for (int i = 0; i < 64; i++) {
        const double box[] = {x, s->y + h * i / 64, BAR_PT, h / 64 + 0.05};
        canvas_rect(s->c, colour_diverging(1 - (i + 0.5) / 32), pen_of(INK, 0), box);
    }
    const double all[] = {x, s->y, BAR_PT, h};
    canvas_rect(s->c, colour_fade(WHITE, 0), pen_of(INK, THIN_PT), all);
    for (int i = 0; i <= 4; i++) {
        char text[NUMBER_LEN];
        number_text(text, 1 - 0.5 * i, 1);
        canvas_text(s->c, text_of(TICK_PT, H_LEFT, V_MIDDLE), x + BAR_PT + 3, s->y + h * i / 4,
                    text);
    }
    if (!s->p->axis) return;
    text_style t = text_of(TEXT_PT, H_CENTRE, V_TOP);
    t.upwards = true;
    t.max_width = h;
    canvas_text(s->c, t, x + BAR_PT + 20, s->y + h / 2, s->p->axis);
}

static dlrn_status draw_tree(const sheet *s, dlrn_error *err)
{
    const dlrn_heatmap_plot *p = s->p;
    dlrn_status st;
    double *x = NULL, *y = NULL, range[2];
    DLRN_TRY(dlrn_alloc_or_fail(&x, 2 * p->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, 2 * p->n, err));
    const double top = range_of(range, p->height, p->n - 1) && range[1] > 0 ? range[1] : 1;
    for (size_t i = 0; i < p->n; i++) {
        x[row_at(p, i)] = s->x + s->cell * ((double)i + 0.5);
        y[row_at(p, i)] = s->y - 2;
    }
    for (size_t k = 0; k + 1 < p->n; k++) {
        const size_t a = p->merge[2 * k], b = p->merge[2 * k + 1];
        if (a >= p->n + k || b >= p->n + k) {
            st = dlrn_fail(err, DLRN_EINVAL, "heat-map: merge %zu joins what is not there yet", k);
            goto done;
        }
        const double at = s->y - 2 - (TREE_PT - 4) * p->height[k] / top;
        const double px[] = {x[a], x[a], x[b], x[b]}, py[] = {y[a], at, at, y[b]};
        canvas_path(s->c, pen_of(INK, THIN_PT), px, py, 4);
        x[p->n + k] = (x[a] + x[b]) / 2;
        y[p->n + k] = at;
    }
done:
    free(x);
    free(y);
    return st;
}

dlrn_status dlrn_plot_heatmap(dlrn_figure **out, const dlrn_heatmap_plot *p, dlrn_error *err)
{
    dlrn_status st;
    sheet s = {.p = p, .names = p->n <= 60 && p->names};
    double names = 0;
    char note[80];
    *out = NULL;
    if (!count_finite(p->v, p->n * p->n)) return nothing_to_draw("heat-map", "no cell", err);
    for (size_t i = 0; p->order && i < p->n; i++)
        if (p->order[i] >= p->n)
            return dlrn_fail(err, DLRN_EINVAL, "heat-map: order has %zu, there are %zu rows",
                             p->order[i], p->n);
    DLRN_TRY(canvas_new(&s.c, DLRN_TWO_COLUMNS_MM, err));
    const text_style t = text_of(SMALL_PT, H_RIGHT, V_MIDDLE);
    for (size_t i = 0; s.names && i < p->n; i++)
        names = fmax(names, canvas_text_width(s.c, t, p->names[i]) + 1);
    names = fmin(names, 0.28 * canvas_width(s.c));
    s.x = PAD_PT + names + 4;
    s.size = fmin(canvas_width(s.c) - s.x - 48, s.names ? 26.0 * (double)p->n : 400);
    s.cell = s.size / (double)p->n;
    // Letters stay readable: where cells are lower than a line, names go.
    if (s.cell < 6.8) s.names = false;
    const bool tree = p->merge && p->height && p->n > 1;
    s.y = draw_title(s.c, p->title) + (tree ? TREE_PT : 2);
    draw_cells(&s);
    draw_bar(&s);
    if (tree) DLRN_TRY(draw_tree(&s, err));
    double y = s.y + fmax(s.size, 20);
    if (s.names) {
        draw_names(&s, names);
        y += names + 4;
    } else {
        snprintf(note, sizeof note, "%zu features; too many for their names", p->n);
        canvas_text(s.c, text_of(TICK_PT, H_LEFT, V_TOP), s.x, y + 4, note);
        y += 14;
    }
    st = canvas_finish(&s.c, y + PAD_PT + 2, err);
done:
    *out = st == DLRN_OK ? s.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(s.c);
    return st;
}
