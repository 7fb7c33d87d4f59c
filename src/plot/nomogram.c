/* SPDX-License-Identifier: Apache-2.0
 *
 * The nomogram, in the order of rms: points, terms, total points, probability.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROW_PT   30.0
#define MAJOR_PT 3.5
#define MINOR_PT 2.0

enum { MOST_TICKS = 256 };

/* One line of the drawing: a scale from lo to hi of its unit over the width. */
typedef struct ruler {
    dlrn_figure *c;
    double x, w, lo, hi; /* paper, unit */
} ruler;

static double ruler_px(const ruler *r, double v)
{
    return r->x + r->w * (v - r->lo) / (r->hi - r->lo);
}

static void draw_label(const ruler *r, double y, const char *label)
{
    text_style t = text_of(TEXT_PT, H_RIGHT, V_MIDDLE);
    t.max_width = r->x - 10 - PAD_PT;
    t.wrap = true;
    canvas_text(r->c, t, r->x - 10, y, label);
}

/* Ticks stand on the line and their numbers above; where the next to the right would run into the
 * last one it goes below the line, and where there is no room either it is left out. */
static void draw_axis(const ruler *r, double y, const dlrn_nomogram_axis *axis)
{
    const pen line = pen_of(INK, AXIS_PT);
    double range[2], free_from[2] = {-INFINITY, -INFINITY};
    size_t order[MOST_TICKS];
    draw_label(r, y, axis->label);
    if (!range_of(range, axis->at, axis->n)) return;
    canvas_line(r->c, line, ruler_px(r, range[0]), y, ruler_px(r, range[1]), y);
    dlrn_sort_index(order, axis->at, axis->n);
    // a term that lowers the risk has its values from right to left
    for (size_t k = 0; k < axis->n; k++) {
        const size_t i = order[k];
        if (!isfinite(axis->at[i])) continue;
        const double x = ruler_px(r, axis->at[i]);
        text_style t = text_of(TICK_PT, H_CENTRE, V_BOTTOM);
        const double half = canvas_text_width(r->c, t, axis->tick[i]) / 2;
        const double width = canvas_width(r->c) - PAD_PT;
        const double at = fmax(PAD_PT + half, fmin(x, width - half));
        int side = at - half >= free_from[0] ? 0 : at - half >= free_from[1] ? 1 : -1;
        const double length = side < 0 ? MINOR_PT : MAJOR_PT;
        canvas_line(r->c, line, x, y, x, side == 1 ? y + length : y - length);
        if (side < 0) continue;
        t.v = side == 0 ? V_BOTTOM : V_TOP;
        canvas_text(r->c, t, at, side == 0 ? y - MAJOR_PT - 0.5 : y + MAJOR_PT + 0.5,
                    axis->tick[i]);
        free_from[side] = at + half + 3;
    }
}

/* A place of the example patient on a line: a dot, and its value on a white ground. */
static void draw_patient(const ruler *r, double y, double at, const dlrn_nomogram_axis *axis)
{
    const char *text = axis->patient_text;
    double range[2];
    const colour ink = VERMILLION;
    const double x = ruler_px(r, at);
    if (!isfinite(x)) return;
    canvas_circle(r->c, ink, pen_of(ink, 0), x, y, 2);
    if (!text || !*text) return;
    text_style t = text_of(TICK_PT, H_LEFT, V_TOP);
    t.ink = ink;
    const double w = canvas_text_width(r->c, t, text);
    const double h = canvas_text_height(r->c, t, text);
    double left = fmin(x + 3, canvas_width(r->c) - PAD_PT - w), top = y + 2.5;
    // A short axis has its own words on both sides: the value stands behind its end.
    if (range_of(range, axis->at, axis->n)) {
        const double from = ruler_px(r, range[0]), end = ruler_px(r, range[1]);
        if (end - from < 60 && end + 24 + w < canvas_width(r->c) - PAD_PT) {
            left = end + 24;
            top = y - h / 2;
        }
    }
    const double box[] = {left - 0.5, top, w + 1, h};
    canvas_rect(r->c, colour_fade(WHITE, 0.9), pen_of(ink, 0), box);
    canvas_text(r->c, t, left, top, text);
}

static double label_width(dlrn_figure *c, const dlrn_nomogram_plot *p)
{
    const text_style t = text_of(TEXT_PT, H_RIGHT, V_MIDDLE);
    double w = fmax(canvas_text_width(c, t, p->total.label),
                    canvas_text_width(c, t, p->probability.label));
    w = fmax(w, canvas_text_width(c, t, "Points"));
    for (size_t i = 0; i < p->n_terms; i++)
        w = fmax(w, canvas_text_width(c, t, p->terms[i].label));
    return fmin(w, 0.3 * canvas_width(c));
}

static void draw_points(const ruler *r, double y)
{
    double at[11];
    char text[11][NUMBER_LEN];
    const char *tick[11];
    for (int i = 0; i <= 10; i++) {
        at[i] = 10 * i;
        tick[i] = number_text(text[i], at[i], 0);
    }
    const dlrn_nomogram_axis axis = {.label = "Points", .at = at, .tick = tick, .n = 11};
    draw_axis(r, y, &axis);
}

/* The patient's way: from each term up to the points, and from the total down to the risk. */
static void draw_path(const ruler *upper, const ruler *total, const dlrn_nomogram_plot *p, double y)
{
    const pen thin = pen_of(colour_fade(VERMILLION, 0.55), 0.6);
    const double first = y + ROW_PT, sum = first + ROW_PT * (double)p->n_terms;
    for (size_t i = 0; i < p->n_terms; i++) {
        const double x = ruler_px(upper, p->terms[i].patient);
        canvas_line(upper->c, thin, x, y, x, first + ROW_PT * (double)i);
    }
    const double x = ruler_px(total, p->total.patient);
    canvas_line(upper->c, thin, x, sum, x, sum + ROW_PT);
}

static dlrn_status check(const dlrn_nomogram_plot *p, dlrn_error *err)
{
    double range[2];
    if (p->n_terms == 0) return nothing_to_draw("nomogram", "no term", err);
    for (size_t i = 0; i < p->n_terms; i++)
        if (!count_finite(p->terms[i].at, p->terms[i].n))
            return dlrn_fail(err, DLRN_EINVAL, "nomogram: the term %s has no tick",
                             p->terms[i].label);
    for (size_t i = 0; i < p->n_terms; i++)
        if (p->terms[i].n > MOST_TICKS)
            return dlrn_fail(err, DLRN_EINVAL, "nomogram: the term %s has %zu ticks, at most %d",
                             p->terms[i].label, p->terms[i].n, MOST_TICKS);
    if (p->total.n > MOST_TICKS || p->probability.n > MOST_TICKS)
        return dlrn_fail(err, DLRN_EINVAL, "nomogram: more than %d ticks", MOST_TICKS);
    if (!range_of(range, p->total.at, p->total.n) || !(range[1] > range[0]))
        return nothing_to_draw("nomogram", "the scale of total points has fewer than two ticks",
                               err);
    return DLRN_OK;
}

dlrn_status dlrn_plot_nomogram(dlrn_figure **out, const dlrn_nomogram_plot *p, dlrn_error *err)
{
    dlrn_status st;
    dlrn_figure *c = NULL;
    *out = NULL;
    DLRN_TRY(check(p, err));
    DLRN_TRY(canvas_new(&c, DLRN_TWO_COLUMNS_MM, err));
    const double left = PAD_PT + label_width(c, p) + 12;
    double range[2];
    range_of(range, p->total.at, p->total.n);
    ruler upper = {c, left, canvas_width(c) - left - PAD_PT - 8, 0, 100};
    ruler total = {c, upper.x, upper.w, range[0], range[1]};
    // A probability beyond the last total tick still has its place on the paper.
    range_add(range, p->probability.at, p->probability.n);
    if (range[0] >= total.lo - 0.2 * (total.hi - total.lo)) total.lo = range[0];
    if (range[1] <= total.hi + 0.2 * (total.hi - total.lo)) total.hi = range[1];
    const double top = draw_title(c, p->title) + 14;
    draw_path(&upper, &total, p, top);
    draw_points(&upper, top);
    double y = top + ROW_PT;
    for (size_t i = 0; i < p->n_terms; i++, y += ROW_PT)
        draw_axis(&upper, y, &p->terms[i]);
    draw_axis(&total, y, &p->total);
    draw_axis(&total, y + ROW_PT, &p->probability);
    y = top + ROW_PT;
    for (size_t i = 0; i < p->n_terms; i++, y += ROW_PT)
        draw_patient(&upper, y, p->terms[i].patient, &p->terms[i]);
    draw_patient(&total, y, p->total.patient, &p->total);
    draw_patient(&total, y + ROW_PT, p->total.patient, &p->probability);
    st = canvas_finish(&c, y + ROW_PT + 16 + PAD_PT, err);
done:
    *out = st == DLRN_OK ? c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(c);
    return st;
}
