/* SPDX-License-Identifier: Apache-2.0
 *
 * The sheet's door: everything is done by the module dlrn-canvas.so. Whoever holds a figure has
 * been through canvas_new, so the module is open.
 */
#include "plot/canvas_module.h"

#include "base/library.h"
#include "base/module.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic(const canvas_module *) module;

static dlrn_status open_module(dlrn_error *err)
{
    void *symbol;
    canvas_module_fn *ask;
    if (atomic_load(&module)) return DLRN_OK;
    const dlrn_status st =
        dlrn_module_symbol(&symbol, CANVAS_MODULE, CANVAS_SYMBOL, "drawing figures", err);
    if (st != DLRN_OK) return st;
    memcpy(&ask, &symbol, sizeof ask);
    const canvas_module *found = ask();
    if (found->abi != CANVAS_ABI)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "drawing figures is not possible: " CANVAS_MODULE
                         " belongs to another version of dlrn");
    atomic_store(&module, found);
    return DLRN_OK;
}

dlrn_status canvas_new(dlrn_figure **out, double width_mm, dlrn_error *err)
{
    *out = NULL;
    const dlrn_status st = open_module(err);
    return st == DLRN_OK ? module->new_sheet(out, width_mm, err) : st;
}

double canvas_width(const dlrn_figure *c)
{
    return module->width(c);
}

dlrn_status canvas_finish(dlrn_figure **c, double height, dlrn_error *err)
{
    return module->finish(c, height, err);
}

void canvas_line(dlrn_figure *c, pen p, double x0, double y0, double x1, double y1)
{
    module->line(c, p, x0, y0, x1, y1);
}

void canvas_path(dlrn_figure *c, pen p, const double *x, const double *y, size_t n)
{
    module->path(c, p, x, y, n);
}

void canvas_polygon(dlrn_figure *c, colour fill, const double *x, const double *y, size_t n)
{
    module->polygon(c, fill, x, y, n);
}

void canvas_rect(dlrn_figure *c, colour fill, pen p, const double box[4])
{
    module->rect(c, fill, p, box);
}

void canvas_circle(dlrn_figure *c, colour fill, pen p, double x, double y, double radius)
{
    module->circle(c, fill, p, x, y, radius);
}

void canvas_clip(dlrn_figure *c, const double box[4])
{
    module->clip(c, box);
}

void canvas_unclip(dlrn_figure *c)
{
    module->unclip(c);
}

void canvas_image(dlrn_figure *c, const double *rgb, const size_t size[2], const double box[4])
{
    module->image(c, rgb, size, box);
}

void canvas_text(dlrn_figure *c, text_style t, double x, double y, const char *s)
{
    module->text(c, t, x, y, s);
}

double canvas_text_width(dlrn_figure *c, text_style t, const char *s)
{
    return module->text_width(c, t, s);
}

double canvas_text_height(dlrn_figure *c, text_style t, const char *s)
{
    return module->text_height(c, t, s);
}

dlrn_status canvas_pixels(uint32_t **out, size_t *w, size_t *h, const dlrn_figure *f, double dpi,
                          dlrn_error *err)
{
    return module->pixels(out, w, h, f, dpi, err);
}

dlrn_status dlrn_figure_svg(char **out, const dlrn_figure *f, const char *id_prefix,
                            dlrn_error *err)
{
    return module->svg(out, f, id_prefix, err);
}

dlrn_status dlrn_figure_png(char **out, size_t *len, const dlrn_figure *f, double dpi,
                            dlrn_error *err)
{
    return module->png(out, len, f, dpi, err);
}

dlrn_status dlrn_figure_pdf(char **out, size_t *len, const dlrn_figure *f, dlrn_error *err)
{
    return module->pdf(out, len, f, err);
}

void dlrn_figure_size_mm(const dlrn_figure *f, double *width, double *height)
{
    module->size_mm(f, width, height);
}

void dlrn_figure_free(dlrn_figure *f)
{
    if (f) module->free_sheet(f);
}

const char *dlrn_library_cairo(void)
{
    return open_module(NULL) == DLRN_OK ? module->cairo : NULL;
}

const char *dlrn_library_pango(void)
{
    return open_module(NULL) == DLRN_OK ? module->pango : NULL;
}
