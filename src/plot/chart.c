/* SPDX-License-Identifier: Apache-2.0
 *
 * Scales, axes, legends.
 */
#include "plot/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_PT    9.6 /* of a legend */
#define SAMPLE_PT 15.0
#define GAP_PT    5.0

text_style text_of(double size, halign h, valign v)
{
    return (text_style){.size = size, .h = h, .v = v, .ink = INK};
}

char *number_text(char buf[NUMBER_LEN], double v, int decimals)
{
    if (!isfinite(v)) {
        snprintf(buf, NUMBER_LEN, "–");
        return buf;
    }
    char digits[NUMBER_LEN];
    if (fabs(v) >= 1e15)
        snprintf(digits, sizeof digits, "%.2e", fabs(v));
    else
        snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    const bool zero = strspn(digits, "0.") == strlen(digits);
    snprintf(buf, NUMBER_LEN, "%s%.30s", v < 0 && !zero ? "−" : "", digits);
    return buf;
}

static int decimals_of(double step)
{
    int d = 0;
    for (double s = step; d < 9 && fabs(s - round(s)) > 1e-6 * fmax(fabs(s), 1e-9); s *= 10)
        d++;
    return d;
}

scale scale_of(const char *title, double lo, double hi, double step)
{
    scale s = {.lo = lo, .hi = hi, .title = title};
    const int decimals = decimals_of(step);
    for (int i = 0; s.n < MAX_TICKS && lo + i * step <= hi + 1e-9 * (hi - lo); i++) {
        s.at[s.n] = lo + i * step;
        number_text(s.text[s.n], s.at[s.n], decimals);
        s.n++;
    }
    return s;
}

scale scale_round(const char *title, double lo, double hi, int ticks)
{
    if (!(hi > lo)) {
        const double half = fmax(fabs(lo) * 0.1, 0.5);
        hi = lo + half;
        lo -= half;
    }
    const double raw = (hi - lo) / ticks, power = pow(10, floor(log10(raw)));
    const double m = raw / power;
    const double step = power * (m <= 1 ? 1 : m <= 2 ? 2 : m <= 5 ? 5 : 10);
    const double first = ceil(lo / step - 1e-9) * step;
    scale s = scale_of(title, first, hi, step);
    s.lo = lo;
    return s;
}

void range_add(double range[2], const double *v, size_t n)
{
    for (size_t i = 0; v && i < n; i++) {
        if (!isfinite(v[i])) continue;
        range[0] = fmin(range[0], v[i]);
        range[1] = fmax(range[1], v[i]);
    }
}

bool range_of(double out[2], const double *v, size_t n)
{
    out[0] = INFINITY;
    out[1] = -INFINITY;
    range_add(out, v, n);
    return out[0] <= out[1];
}

double chart_px(const chart *a, double v)
{
    return a->x + a->w * (v - a->sx.lo) / (a->sx.hi - a->sx.lo);
}

double chart_py(const chart *a, double v)
{
    return a->y + a->h - a->h * (v - a->sy.lo) / (a->sy.hi - a->sy.lo);
}

double draw_title(dlrn_figure *c, const char *title)
{
    if (!title || !*title) return PAD_PT;
    text_style t = text_of(TEXT_PT, H_LEFT, V_TOP);
    t.bold = true;
    t.wrap = true;
    t.max_width = canvas_width(c) - 2 * PAD_PT;
    canvas_text(c, t, PAD_PT, PAD_PT, title);
    return PAD_PT + canvas_text_height(c, t, title) + 4;
}

static double widest_tick(dlrn_figure *c, const scale *s)
{
    double w = 0;
    for (size_t i = 0; i < s->n; i++)
        w = fmax(w, canvas_text_width(c, text_of(TICK_PT, H_LEFT, V_TOP), s->text[i]));
    return w;
}

void chart_fit(chart *a, double y, double height)
{
    dlrn_figure *c = a->c;
    const text_style tick = text_of(TICK_PT, H_LEFT, V_TOP);
    const double title =
        a->sy.title ? canvas_text_height(c, text_of(TEXT_PT, H_LEFT, V_TOP), "X") + 3 : 0;
    double left = PAD_PT + title + widest_tick(c, &a->sy) + TICK_LEN + 2;
    double right = PAD_PT;
    if (a->sx.n) {
        const double first = canvas_text_width(c, tick, a->sx.text[0]) / 2;
        const double last = canvas_text_width(c, tick, a->sx.text[a->sx.n - 1]) / 2;
        left = fmax(left, PAD_PT + first);
        right += last;
    }
    a->x = left;
    a->w = canvas_width(c) - left - right;
    a->h = height > 0 ? height : a->w;
    // The uppermost number of the left axis stands half above the box.
    a->y = y + canvas_text_height(c, tick, "0") / 2;
}

static void draw_y_axis(chart *a, pen axis)
{
    dlrn_figure *c = a->c;
    const text_style tick = text_of(TICK_PT, H_RIGHT, V_MIDDLE);
    for (size_t i = 0; i < a->sy.n; i++) {
        const double y = chart_py(a, a->sy.at[i]);
        canvas_line(c, axis, a->x - TICK_LEN, y, a->x, y);
        canvas_text(c, tick, a->x - TICK_LEN - 2, y, a->sy.text[i]);
    }
    if (!a->sy.title) return;
    text_style t = text_of(TEXT_PT, H_CENTRE, V_TOP);
    t.upwards = true;
    t.max_width = a->h + 8;
    canvas_text(c, t, PAD_PT, a->y + a->h / 2, a->sy.title);
}

double chart_axes(chart *a, bool boxed)
{
    dlrn_figure *c = a->c;
    const pen axis = pen_of(INK, AXIS_PT);
    const double bottom = a->y + a->h, right = a->x + a->w;
    const text_style tick = text_of(TICK_PT, H_CENTRE, V_TOP);
    draw_y_axis(a, axis);
    double free_from = -INFINITY;
    for (size_t i = 0; i < a->sx.n; i++) {
        const double x = chart_px(a, a->sx.at[i]);
        const double half = canvas_text_width(c, tick, a->sx.text[i]) / 2;
        canvas_line(c, axis, x, bottom, x, bottom + TICK_LEN);
        if (x - half < free_from) continue;
        canvas_text(c, tick, x, bottom + TICK_LEN + 1, a->sx.text[i]);
        free_from = x + half + 2;
    }
    canvas_line(c, axis, a->x, bottom, right, bottom);
    canvas_line(c, axis, a->x, a->y, a->x, bottom);
    if (boxed) {
        canvas_line(c, axis, a->x, a->y, right, a->y);
        canvas_line(c, axis, right, a->y, right, bottom);
    }
    double y = bottom + TICK_LEN + 1;
    if (a->sx.n) y += canvas_text_height(c, tick, "0");
    if (a->sx.title) {
        text_style t = text_of(TEXT_PT, H_CENTRE, V_TOP);
        t.max_width = canvas_width(c) - 2 * PAD_PT;
        const double half = fmin(canvas_text_width(c, t, a->sx.title), t.max_width) / 2;
        const double x =
            fmax(PAD_PT + half, fmin(a->x + a->w / 2, canvas_width(c) - PAD_PT - half));
        canvas_text(c, t, x, y + 1, a->sx.title);
        y += 1 + canvas_text_height(c, t, "X");
    }
    return y + PAD_PT;
}

dlrn_status points_of(points *out, const chart *a, const double *x, const double *y, size_t n,
                      dlrn_error *err)
{
    dlrn_status st;
    *out = (points){.n = n};
    DLRN_TRY(dlrn_alloc_or_fail(&out->x, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->y, n, err));
    for (size_t i = 0; i < n; i++) {
        out->x[i] = chart_px(a, x[i]);
        out->y[i] = chart_py(a, y[i]);
    }
done:
    if (st != DLRN_OK) points_clear(out);
    return st;
}

void points_clear(points *p)
{
    free(p->x);
    free(p->y);
    *p = (points){0};
}

bool points_meet(const points *p, const double box[4])
{
    for (size_t i = 0; i + 1 < p->n; i++) {
        for (int k = 0; k <= 16; k++) {
            const double t = k / 16.0;
            const double x = p->x[i] + t * (p->x[i + 1] - p->x[i]);
            const double y = p->y[i] + t * (p->y[i + 1] - p->y[i]);
            if (x > box[0] && x < box[0] + box[2] && y > box[1] && y < box[1] + box[3]) return true;
        }
    }
    return false;
}

dlrn_status draw_band(const chart *a, colour ink, const double *x, const double *const lo_hi[2],
                      size_t n, dlrn_error *err)
{
    dlrn_status st;
    points p = {0};
    size_t used = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&p.x, 2 * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p.y, 2 * n, err));
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i] + lo_hi[0][i] + lo_hi[1][i])) continue;
        p.x[used] = chart_px(a, x[i]);
        p.y[used++] = chart_py(a, lo_hi[0][i]);
    }
    for (size_t i = n; i-- > 0;) {
        if (!isfinite(x[i] + lo_hi[0][i] + lo_hi[1][i])) continue;
        p.x[used] = chart_px(a, x[i]);
        p.y[used++] = chart_py(a, lo_hi[1][i]);
    }
    canvas_polygon(a->c, colour_fade(ink, BAND_ALPHA), p.x, p.y, used);
done:
    points_clear(&p);
    return st;
}

/* ---- legend ---- */

static double column_width(dlrn_figure *c, const legend *l, size_t k)
{
    const text_style t = text_of(TICK_PT, H_RIGHT, V_MIDDLE);
    double w = l->head[k] ? canvas_text_width(c, t, l->head[k]) : 0;
    for (size_t i = 0; i < l->n_rows; i++)
        w = fmax(w, canvas_text_width(c, t, l->rows[i].value[k]));
    return w;
}

static bool has_head(const legend *l)
{
    return l->n_columns && l->head[0];
}

void legend_size(double out[2], dlrn_figure *c, const legend *l, double max_width)
{
    const text_style t = text_of(TICK_PT, H_LEFT, V_MIDDLE);
    double name = 0, w = SAMPLE_PT + 4;
    for (size_t i = 0; i < l->n_rows; i++)
        name = fmax(name, canvas_text_width(c, t, l->rows[i].name));
    for (size_t k = 0; k < l->n_columns; k++)
        w += column_width(c, l, k) + GAP_PT;
    out[0] = fmin(w + name, max_width);
    out[1] = ROW_PT * (double)(l->n_rows + has_head(l));
}

void legend_draw(dlrn_figure *c, const legend *l, const double box[4])
{
    double y = box[1] + ROW_PT / 2, x = box[0] + box[2];
    const double top = y;
    text_style t = text_of(TICK_PT, H_RIGHT, V_MIDDLE);
    for (size_t k = l->n_columns; k-- > 0;) {
        y = top;
        if (has_head(l)) {
            canvas_text(c, t, x, y, l->head[k]);
            y += ROW_PT;
        }
        for (size_t i = 0; i < l->n_rows; i++, y += ROW_PT)
            canvas_text(c, t, x, y, l->rows[i].value[k]);
        x -= column_width(c, l, k) + GAP_PT;
    }
    y = top + (has_head(l) ? ROW_PT : 0);
    t.h = H_LEFT;
    t.max_width = fmax(x - box[0] - SAMPLE_PT - 3, 12);
    for (size_t i = 0; i < l->n_rows; i++, y += ROW_PT) {
        canvas_line(c, l->rows[i].pen, box[0], y, box[0] + SAMPLE_PT, y);
        canvas_text(c, t, box[0] + SAMPLE_PT + 4, y, l->rows[i].name);
    }
}

dlrn_status nothing_to_draw(const char *figure, const char *what, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EINVAL, "%s: nothing to draw: %s", figure, what);
}

size_t count_finite(const double *v, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; v && i < n; i++)
        k += isfinite(v[i]) ? 1 : 0;
    return k;
}
