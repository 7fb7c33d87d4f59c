/* SPDX-License-Identifier: Apache-2.0
 *
 * What figures with two axes share: scales with ticks, a box whose margins follow from the text's
 * extents, and a legend that looks for room. Internal.
 */
#ifndef DLRN_PLOT_CHART_H
#define DLRN_PLOT_CHART_H

#include "plot/canvas.h"

#define PAD_PT     4.0 /* white edge of every figure */
#define TICK_LEN   2.5
#define BAND_ALPHA 0.18

enum { MAX_TICKS = 24, NUMBER_LEN = 40 };

typedef struct scale {
    double lo, hi;
    const char *title;
    double at[MAX_TICKS];
    char text[MAX_TICKS][NUMBER_LEN];
    size_t n;
} scale;

/* Two scales and the box between them; y of the paper grows downwards. */
typedef struct chart {
    dlrn_figure *c;
    double x, y, w, h;
    scale sx, sy;
} chart;

text_style text_of(double size, halign h, valign v);

/* v with so many decimals and a true minus sign; a dash where it is not finite. Returns buf. */
char *number_text(char buf[NUMBER_LEN], double v, int decimals);
/* Ticks at lo, lo + step, ... hi. */
scale scale_of(const char *title, double lo, double hi, double step);
/* About `ticks` round steps within lo..hi, which stay as they are. */
scale scale_round(const char *title, double lo, double hi, int ticks);
/* The smallest and largest finite value, widened by `margin` of the range; false: there is none. */
bool range_of(double out[2], const double *v, size_t n);
void range_add(double range[2], const double *v, size_t n);

double chart_px(const chart *a, double v);
double chart_py(const chart *a, double v);
/* Draws the title, if any; the y below it. */
double draw_title(dlrn_figure *c, const char *title);
/* Finds the box below y with the figure's full width and `height` of the box (0: square). */
void chart_fit(chart *a, double y, double height);
/* Ticks, labels and titles; `boxed`: lines on all four sides. The y below it all. */
double chart_axes(chart *a, bool boxed);

/* Points on paper. Freed with points_clear. */
typedef struct points {
    double *x, *y;
    size_t n;
} points;
DLRN_MUST_CHECK dlrn_status points_of(points *out, const chart *a, const double *x, const double *y,
                                      size_t n, dlrn_error *err);
void points_clear(points *p);
/* True where the line through the points runs through the box. */
bool points_meet(const points *p, const double box[4]);
/* The band between lo and hi over x. */
DLRN_MUST_CHECK dlrn_status draw_band(const chart *a, colour ink, const double *x,
                                      const double *const lo_hi[2], size_t n, dlrn_error *err);

enum { MAX_COLUMNS = 3 };

typedef struct legend_row {
    const char *name;
    char value[MAX_COLUMNS][NUMBER_LEN];
    pen pen;
} legend_row;

typedef struct legend {
    const char *head[MAX_COLUMNS];
    size_t n_columns;
    legend_row *rows;
    size_t n_rows;
} legend;

/* Width and height that it takes; names longer than there is room for in max_width are cut. */
void legend_size(double out[2], dlrn_figure *c, const legend *l, double max_width);
void legend_draw(dlrn_figure *c, const legend *l, const double box[4]);

/* DLRN_EINVAL for `figure`. */
dlrn_status nothing_to_draw(const char *figure, const char *what, dlrn_error *err);
size_t count_finite(const double *v, size_t n);

#endif
