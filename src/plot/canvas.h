/* SPDX-License-Identifier: Apache-2.0
 *
 * A sheet to draw a figure on. Unit: points (1/72 inch) at final size; y grows downwards. Failures
 * of the drawing library are kept and told by canvas_finish.
 */
#ifndef DLRN_PLOT_CANVAS_H
#define DLRN_PLOT_CANVAS_H

#include <dlrn/plot.h>

#define PT_PER_MM (72.0 / 25.4)

/* Sizes of type. */
#define TEXT_PT  8.0
#define TICK_PT  7.0
#define SMALL_PT 6.5

/* Widths of lines. */
#define LINE_PT 1.2
#define AXIS_PT 0.6
#define THIN_PT 0.4

typedef struct colour {
    double r, g, b, a; /* 0..1 */
} colour;

colour colour_rgb(unsigned rgb); /* 0xRRGGBB */
colour colour_fade(colour c, double a);
colour colour_viridis(double t);   /* 0..1 */
colour colour_diverging(double t); /* -1..1: blue - white - vermillion */
double colour_luminance(colour c);

#define INK        colour_rgb(0x333333)
#define BLACK      colour_rgb(0x000000)
#define WHITE      colour_rgb(0xFFFFFF)
#define GREY       colour_rgb(0x8C8C8C)
#define PALE       colour_rgb(0xE6E6E6)
#define VERMILLION colour_rgb(0xD55E00)
#define BLUE       colour_rgb(0x0072B2)

typedef enum dash { DASH_SOLID, DASH_LONG, DASH_DOTS, DASH_DOT_DASH, DASH_SHORT } dash;

typedef struct pen {
    colour ink;
    double width;
    dash dash;
} pen;

pen pen_of(colour ink, double width);
pen pen_of_style(dlrn_style style);

typedef enum halign { H_LEFT, H_CENTRE, H_RIGHT } halign;
typedef enum valign { V_BASELINE, V_MIDDLE, V_TOP, V_BOTTOM } valign;

typedef struct text_style {
    double size;
    bool bold, upwards; /* upwards: turned by 90 degrees, read from below */
    halign h;
    valign v;
    colour ink;
    double max_width; /* 0: none; longer text ends in an ellipsis, or is wrapped */
    bool wrap;
} text_style;

DLRN_MUST_CHECK dlrn_status canvas_new(dlrn_figure **out, double width_mm, dlrn_error *err);
double canvas_width(const dlrn_figure *c);
/* Fixes the height and ends the drawing; on failure *c is freed and NULL. */
DLRN_MUST_CHECK dlrn_status canvas_finish(dlrn_figure **c, double height, dlrn_error *err);

void canvas_line(dlrn_figure *c, pen p, double x0, double y0, double x1, double y1);
/* A line through n points; one that is not finite parts it. */
void canvas_path(dlrn_figure *c, pen p, const double *x, const double *y, size_t n);
void canvas_polygon(dlrn_figure *c, colour fill, const double *x, const double *y, size_t n);
/* fill.a or p.width 0: without. */
void canvas_rect(dlrn_figure *c, colour fill, pen p, const double box[4]);
void canvas_circle(dlrn_figure *c, colour fill, pen p, double x, double y, double radius);
void canvas_clip(dlrn_figure *c, const double box[4]); /* until canvas_unclip */
void canvas_unclip(dlrn_figure *c);
/* rgb [h][w][3], 0..1, into the box. */
void canvas_image(dlrn_figure *c, const double *rgb, const size_t size[2], const double box[4]);

/* s NULL or "": no ink, height of a line. */
void canvas_text(dlrn_figure *c, text_style t, double x, double y, const char *s);
double canvas_text_width(dlrn_figure *c, text_style t, const char *s);
double canvas_text_height(dlrn_figure *c, text_style t, const char *s);

/* 32-bit xRGB pixels of the figure on white, [*h][*w], freed with free(). For tests. */
DLRN_MUST_CHECK dlrn_status canvas_pixels(uint32_t **out, size_t *w, size_t *h,
                                          const dlrn_figure *f, double dpi, dlrn_error *err);

#endif
