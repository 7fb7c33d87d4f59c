/* SPDX-License-Identifier: Apache-2.0
 *
 * The face of the module dlrn-canvas.so, which is opened with the first figure: Cairo, Pango and
 * what they stand on take long to load. The functions are those of canvas.h and dlrn/plot.h.
 */
#ifndef DLRN_PLOT_CANVAS_MODULE_H
#define DLRN_PLOT_CANVAS_MODULE_H

#include "plot/canvas.h"

enum { CANVAS_ABI = 1 };

#define CANVAS_MODULE "dlrn-canvas.so"
#define CANVAS_SYMBOL "dlrn_canvas_module"

typedef struct canvas_module {
    int abi;                   /* CANVAS_ABI */
    const char *cairo, *pango; /* versions */
    dlrn_status (*new_sheet)(dlrn_figure **out, double width_mm, dlrn_error *err);
    double (*width)(const dlrn_figure *c);
    dlrn_status (*finish)(dlrn_figure **c, double height, dlrn_error *err);
    void (*line)(dlrn_figure *c, pen p, double x0, double y0, double x1, double y1);
    void (*path)(dlrn_figure *c, pen p, const double *x, const double *y, size_t n);
    void (*polygon)(dlrn_figure *c, colour fill, const double *x, const double *y, size_t n);
    void (*rect)(dlrn_figure *c, colour fill, pen p, const double box[4]);
    void (*circle)(dlrn_figure *c, colour fill, pen p, double x, double y, double radius);
    void (*clip)(dlrn_figure *c, const double box[4]);
    void (*unclip)(dlrn_figure *c);
    void (*image)(dlrn_figure *c, const double *rgb, const size_t size[2], const double box[4]);
    void (*text)(dlrn_figure *c, text_style t, double x, double y, const char *s);
    double (*text_width)(dlrn_figure *c, text_style t, const char *s);
    double (*text_height)(dlrn_figure *c, text_style t, const char *s);
    dlrn_status (*pixels)(uint32_t **out, size_t *w, size_t *h, const dlrn_figure *f, double dpi,
                          dlrn_error *err);
    dlrn_status (*svg)(char **out, const dlrn_figure *f, const char *id_prefix, dlrn_error *err);
    dlrn_status (*png)(char **out, size_t *len, const dlrn_figure *f, double dpi, dlrn_error *err);
    dlrn_status (*pdf)(char **out, size_t *len, const dlrn_figure *f, dlrn_error *err);
    void (*size_mm)(const dlrn_figure *f, double *width, double *height);
    void (*free_sheet)(dlrn_figure *f);
} canvas_module;

typedef const canvas_module *canvas_module_fn(void);

#endif
