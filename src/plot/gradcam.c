/* SPDX-License-Identifier: Apache-2.0
 *
 * Grad-CAM over the image: image in grey, map at 45 % opacity, outline, scale bar, colour bar.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MAP_ALPHA 0.45

static dlrn_status draw_picture(dlrn_figure *c, const dlrn_gradcam_plot *p, const double box[4],
                                dlrn_error *err)
{
    double *rgb;
    const dlrn_status st = dlrn_alloc_or_fail(&rgb, 3 * p->width * p->height, err);
    if (st != DLRN_OK) return st;
    for (size_t i = 0; i < p->width * p->height; i++) {
        const double grey = isfinite(p->image[i]) ? p->image[i] : 0;
        const bool mapped = p->map && isfinite(p->map[i]);
        const colour heat = colour_viridis(mapped ? p->map[i] : 0);
        const double alpha = mapped ? MAP_ALPHA : 0;
        rgb[3 * i] = (1 - alpha) * grey + alpha * heat.r;
        rgb[3 * i + 1] = (1 - alpha) * grey + alpha * heat.g;
        rgb[3 * i + 2] = (1 - alpha) * grey + alpha * heat.b;
    }
    const size_t size[] = {p->width, p->height};
    canvas_image(c, rgb, size, box);
    free(rgb);
    return DLRN_OK;
}

/* The edges between pixels inside and outside; twice, so that white stands on a dark edge. */
static void draw_outline(dlrn_figure *c, const dlrn_gradcam_plot *p, const double box[4], pen look)
{
    const double k = box[2] / (double)p->width;
    for (size_t y = 0; y <= p->height; y++) {
        for (size_t x = 0; x <= p->width; x++) {
            const uint8_t *m = p->mask + y * p->width + x;
            const bool here = x < p->width && y < p->height && *m;
            const bool left = x > 0 && y < p->height && m[-1];
            const bool above = y > 0 && x < p->width && *(m - p->width);
            const double px = box[0] + k * (double)x, py = box[1] + k * (double)y;
            if (here != left && y < p->height) canvas_line(c, look, px, py, px, py + k);
            if (here != above && x < p->width) canvas_line(c, look, px, py, px + k, py);
        }
    }
}

/* A round length of about a quarter of the picture. */
static void draw_scale(dlrn_figure *c, const dlrn_gradcam_plot *p, const double box[4])
{
    if (!(p->spacing_mm > 0) || !isfinite(p->spacing_mm)) return;
    const double quarter = p->spacing_mm * (double)p->width / 4,
                 power = pow(10, floor(log10(quarter)));
    const double m = quarter / power, mm = power * (m >= 5 ? 5 : m >= 2 ? 2 : 1);
    const double w = box[2] * mm / (p->spacing_mm * (double)p->width);
    const double x = box[0] + 6, y = box[1] + box[3] - 7;
    char text[40];
    snprintf(text, sizeof text, "%g mm", mm);
    canvas_line(c, pen_of(BLACK, 3), x - 0.7, y, x + w + 0.7, y);
    canvas_line(c, pen_of(WHITE, 1.6), x, y, x + w, y);
    text_style t = text_of(TICK_PT, H_LEFT, V_BOTTOM);
    const double ground[] = {x - 1, y - 12, canvas_text_width(c, t, text) + 2, 9};
    canvas_rect(c, colour_fade(BLACK, 0.55), pen_of(INK, 0), ground);
    t.ink = WHITE;
    t.v = V_MIDDLE;
    canvas_text(c, t, x, y - 7.5, text);
}

static void draw_bar(dlrn_figure *c, const double box[4])
{
    const double x = box[0] + box[2] + 6, w = 6, h = fmin(box[3], 120);
    for (int i = 0; i < 48; i++) {
        const double cell[] = {x, box[1] + h * i / 48, w, h / 48 + 0.05};
        canvas_rect(c, colour_viridis(1 - (i + 0.5) / 48), pen_of(INK, 0), cell);
    }
    canvas_text(c, text_of(TICK_PT, H_LEFT, V_MIDDLE), x + w + 2, box[1] + 3, "1");
    canvas_text(c, text_of(TICK_PT, H_LEFT, V_MIDDLE), x + w + 2, box[1] + h - 3, "0");
    text_style t = text_of(TICK_PT, H_CENTRE, V_TOP);
    t.upwards = true;
    t.max_width = fmax(h - 16, 12);
    canvas_text(c, t, x + w + 2, box[1] + h / 2, "Grad-CAM");
}

static dlrn_status check(const dlrn_gradcam_plot *p, dlrn_error *err)
{
    if (!p->image || p->width == 0 || p->height == 0)
        return nothing_to_draw("Grad-CAM", "no image", err);
    if (p->width > 4096 || p->height > 4096 || p->height > 8 * p->width)
        return dlrn_fail(err, DLRN_EINVAL,
                         "Grad-CAM: the image is %zu x %zu pixels; at most 4096 x 4096 and 8 times "
                         "as high as wide",
                         p->width, p->height);
    return DLRN_OK;
}

dlrn_status dlrn_plot_gradcam(dlrn_figure **out, const dlrn_gradcam_plot *p, dlrn_error *err)
{
    dlrn_status st;
    dlrn_figure *c = NULL;
    *out = NULL;
    DLRN_TRY(check(p, err));
    DLRN_TRY(canvas_new(&c, DLRN_COLUMN_MM, err));
    const double w = canvas_width(c) - 2 * PAD_PT - (p->map ? 26 : 0);
    const double box[] = {PAD_PT, draw_title(c, p->title), w,
                          w * (double)p->height / (double)p->width};
    DLRN_TRY(draw_picture(c, p, box, err));
    if (p->mask) {
        canvas_clip(c, box);
        draw_outline(c, p, box, (pen){BLACK, 1.6, DASH_SOLID});
        draw_outline(c, p, box, (pen){WHITE, 0.8, DASH_SOLID});
        canvas_unclip(c);
    }
    draw_scale(c, p, box);
    if (p->map) draw_bar(c, box);
    st = canvas_finish(&c, box[1] + fmax(box[3], 20) + PAD_PT, err);
done:
    *out = st == DLRN_OK ? c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(c);
    return st;
}
