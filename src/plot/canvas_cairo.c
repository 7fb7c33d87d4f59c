/* SPDX-License-Identifier: Apache-2.0
 *
 * The module dlrn-canvas.so: the sheet, on Cairo and Pango, and the only file that knows them. A
 * figure is recorded once and
 * played into each format, so that all files show the same drawing.
 */
#include "plot/canvas_module.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#define TYPEFACE   "Liberation Sans"
#define TALLEST_PT 14400.0 /* PDF's own limit */

struct dlrn_figure {
    double width, height; /* points */
    cairo_surface_t *record;
    cairo_t *cr;         /* NULL once finished */
    PangoFontMap *fonts; /* NULL once finished */
    PangoContext *pango; /* NULL once finished */
};

static bool have_typeface(void)
{
    FcPattern *want = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, TYPEFACE, (char *)NULL);
    if (!want) return false;
    FcResult result;
    FcChar8 *family = NULL;
    FcConfigSubstitute(NULL, want, FcMatchPattern);
    FcDefaultSubstitute(want);
    FcPattern *got = FcFontMatch(NULL, want, &result);
    const bool have = got && FcPatternGetString(got, FC_FAMILY, 0, &family) == FcResultMatch &&
                      strcmp((const char *)family, TYPEFACE) == 0;
    if (got) FcPatternDestroy(got);
    FcPatternDestroy(want);
    return have;
}

static dlrn_status cairo_fail(cairo_status_t code, dlrn_error *err)
{
    return dlrn_fail(err, code == CAIRO_STATUS_NO_MEMORY ? DLRN_ENOMEM : DLRN_EINTERNAL,
                     "cannot draw a figure: %s", cairo_status_to_string(code));
}

static dlrn_status sheet_new(dlrn_figure **out, double width_mm, dlrn_error *err)
{
    *out = NULL;
    if (!have_typeface())
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "figures need the typeface " TYPEFACE ", which is not installed: install "
                         "Debian's package fonts-liberation");
    dlrn_figure *c = dlrn_alloc_array(1, sizeof *c);
    if (!c) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a figure");
    c->width = width_mm * PT_PER_MM;
    // With no bounds at all Cairo 1.16 writes transforms from memory that it has not set.
    const cairo_rectangle_t sheet = {0, 0, c->width, TALLEST_PT};
    c->record = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &sheet);
    c->cr = cairo_create(c->record);
    c->fonts = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(c->fonts), 72);
    c->pango = pango_font_map_create_context(c->fonts);
    // Positions of letters must not depend on the pixels of a device.
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(c->pango, o);
    pango_context_set_round_glyph_positions(c->pango, FALSE);
    cairo_font_options_destroy(o);
    *out = c;
    return DLRN_OK;
}

static double sheet_width(const dlrn_figure *c)
{
    return c->width;
}

static void end_drawing(dlrn_figure *c)
{
    if (c->cr) cairo_destroy(c->cr);
    if (c->pango) g_object_unref(c->pango);
    if (c->fonts) g_object_unref(c->fonts);
    c->cr = NULL;
    c->pango = NULL;
    c->fonts = NULL;
}

static void sheet_free(dlrn_figure *f)
{
    if (!f) return;
    end_drawing(f);
    cairo_surface_finish(f->record); // Cairo 1.16's PDF writer keeps a reference for ever
    cairo_surface_destroy(f->record);
    free(f);
}

static dlrn_status sheet_finish(dlrn_figure **c, double height, dlrn_error *err)
{
    dlrn_figure *f = *c;
    f->height = height;
    cairo_status_t code = cairo_status(f->cr);
    end_drawing(f);
    if (code == CAIRO_STATUS_SUCCESS) code = cairo_surface_status(f->record);
    if (code == CAIRO_STATUS_SUCCESS) return DLRN_OK;
    sheet_free(f);
    *c = NULL;
    return cairo_fail(code, err);
}

/* ---- drawing ---- */

static void use_ink(dlrn_figure *c, colour k)
{
    cairo_set_source_rgba(c->cr, k.r, k.g, k.b, k.a);
}

static void use_pen(dlrn_figure *c, pen p)
{
    static const double patterns[][4] = {[DASH_LONG] = {4, 2, 4, 2},
                                         [DASH_DOTS] = {1, 1.6, 1, 1.6},
                                         [DASH_DOT_DASH] = {5, 1.6, 1, 1.6},
                                         [DASH_SHORT] = {2.2, 1.4, 2.2, 1.4}};
    use_ink(c, p.ink);
    cairo_set_line_width(c->cr, p.width);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(c->cr, patterns[p.dash], p.dash == DASH_SOLID ? 0 : 4, 0);
}

static void sheet_path(dlrn_figure *c, pen p, const double *x, const double *y, size_t n)
{
    use_pen(c, p);
    bool down = false;
    for (size_t i = 0; i < n; i++) {
        const bool fine = isfinite(x[i]) && isfinite(y[i]);
        if (fine && down)
            cairo_line_to(c->cr, x[i], y[i]);
        else if (fine)
            cairo_move_to(c->cr, x[i], y[i]);
        down = fine;
    }
    cairo_stroke(c->cr);
}

static void sheet_line(dlrn_figure *c, pen p, double x0, double y0, double x1, double y1)
{
    const double x[] = {x0, x1}, y[] = {y0, y1};
    sheet_path(c, p, x, y, 2);
}

static void sheet_polygon(dlrn_figure *c, colour fill, const double *x, const double *y, size_t n)
{
    bool down = false;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) continue;
        if (down)
            cairo_line_to(c->cr, x[i], y[i]);
        else
            cairo_move_to(c->cr, x[i], y[i]);
        down = true;
    }
    use_ink(c, fill);
    cairo_fill(c->cr);
}

/* Fills and strokes the path at hand. */
static void paint_path(dlrn_figure *c, colour fill, pen p)
{
    use_ink(c, fill);
    if (fill.a > 0) cairo_fill_preserve(c->cr);
    use_pen(c, p);
    if (p.width > 0) cairo_stroke_preserve(c->cr);
    cairo_new_path(c->cr);
}

static void sheet_rect(dlrn_figure *c, colour fill, pen p, const double box[4])
{
    if (!isfinite(box[0] + box[1] + box[2] + box[3])) return;
    cairo_rectangle(c->cr, box[0], box[1], box[2], box[3]);
    paint_path(c, fill, p);
}

static void sheet_circle(dlrn_figure *c, colour fill, pen p, double x, double y, double radius)
{
    if (!isfinite(x) || !isfinite(y)) return;
    cairo_new_sub_path(c->cr);
    cairo_arc(c->cr, x, y, radius, 0, 2 * G_PI);
    paint_path(c, fill, p);
}

static void sheet_clip(dlrn_figure *c, const double box[4])
{
    cairo_save(c->cr);
    cairo_rectangle(c->cr, box[0], box[1], box[2], box[3]);
    cairo_clip(c->cr);
}

static void sheet_unclip(dlrn_figure *c)
{
    cairo_restore(c->cr);
}

static uint32_t byte_of(double v)
{
    return v > 0 ? (uint32_t)lround(fmin(v, 1) * 255) : 0;
}

static void sheet_image(dlrn_figure *c, const double *rgb, const size_t size[2],
                        const double box[4])
{
    const int w = (int)size[0], h = (int)size[1];
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    unsigned char *data = cairo_image_surface_get_data(image);
    const int stride = cairo_image_surface_get_stride(image);
    for (int y = 0; data && y < h; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + (ptrdiff_t)y * stride);
        for (int x = 0; x < w; x++, rgb += 3)
            row[x] = byte_of(rgb[0]) << 16 | byte_of(rgb[1]) << 8 | byte_of(rgb[2]);
    }
    cairo_surface_mark_dirty(image);
    cairo_save(c->cr);
    cairo_translate(c->cr, box[0], box[1]);
    cairo_scale(c->cr, box[2] / w, box[3] / h);
    cairo_set_source_surface(c->cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(c->cr), CAIRO_FILTER_BILINEAR);
    // Without this the border would be mixed with what lies outside: nothing.
    cairo_pattern_set_extend(cairo_get_source(c->cr), CAIRO_EXTEND_PAD);
    cairo_rectangle(c->cr, 0, 0, w, h);
    cairo_fill(c->cr);
    cairo_restore(c->cr);
    cairo_surface_destroy(image);
}

/* ---- text ---- */

static PangoLayout *lay_out(dlrn_figure *c, const text_style *t, const char *s)
{
    PangoLayout *layout = pango_layout_new(c->pango);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, TYPEFACE);
    pango_font_description_set_weight(font, t->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, t->size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    // Bytes that are no UTF-8 would make Pango speak on stderr.
    char *valid = g_utf8_make_valid(s ? s : "", -1);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    if (t->max_width > 0) {
        pango_layout_set_width(layout, (int)(t->max_width * PANGO_SCALE));
        if (t->wrap)
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        else
            pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    pango_layout_set_alignment(layout, t->h == H_LEFT     ? PANGO_ALIGN_LEFT
                                       : t->h == H_CENTRE ? PANGO_ALIGN_CENTER
                                                          : PANGO_ALIGN_RIGHT);
    if (!t->wrap) pango_layout_set_single_paragraph_mode(layout, TRUE);
    return layout;
}

static double sheet_text_width(dlrn_figure *c, text_style t, const char *s)
{
    PangoLayout *layout = lay_out(c, &t, s);
    PangoRectangle ink, logical;
    pango_layout_get_extents(layout, &ink, &logical);
    g_object_unref(layout);
    return (double)logical.width / PANGO_SCALE;
}

static double sheet_text_height(dlrn_figure *c, text_style t, const char *s)
{
    PangoLayout *layout = lay_out(c, &t, s);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    g_object_unref(layout);
    return (double)logical.height / PANGO_SCALE;
}

static void sheet_text(dlrn_figure *c, text_style t, double x, double y, const char *s)
{
    if (!s || !*s || !isfinite(x) || !isfinite(y)) return;
    PangoLayout *layout = lay_out(c, &t, s);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    const double w = (double)box.width / PANGO_SCALE, h = (double)box.height / PANGO_SCALE;
    const double base = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
    const bool one_line = pango_layout_get_line_count(layout) == 1;
    // The middle of a line is that of its capitals (0.72 of the size), not of its box.
    double dy = 0;
    switch (t.v) {
    case V_BASELINE: dy = -base; break;
    case V_MIDDLE: dy = one_line ? 0.36 * t.size - base : -h / 2; break;
    case V_TOP: dy = 0; break;
    case V_BOTTOM: dy = -h; break;
    }
    const double dx = t.h == H_LEFT ? 0 : t.h == H_CENTRE ? -w / 2 : -w;
    cairo_save(c->cr);
    cairo_translate(c->cr, x, y);
    if (t.upwards) cairo_rotate(c->cr, -G_PI_2);
    // A layout with a set width holds its lines aligned within it: its box begins at box.x.
    cairo_move_to(c->cr, dx - (double)box.x / PANGO_SCALE, dy);
    use_ink(c, t.ink);
    pango_cairo_show_layout(c->cr, layout);
    cairo_restore(c->cr);
    g_object_unref(layout);
}

/* ---- files ---- */

static cairo_status_t take_bytes(void *user, const unsigned char *data, unsigned int n)
{
    dlrn_str *b = user;
    dlrn_str_addn(b, (const char *)data, n);
    return b->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static void play(cairo_t *cr, const dlrn_figure *f)
{
    cairo_set_source_surface(cr, f->record, 0, 0);
    cairo_paint(cr);
}

/* Plays the figure onto `surface`, which it takes over, and hands out what was written to b. */
static dlrn_status play_to(char **out, size_t *len, const dlrn_figure *f, cairo_surface_t *surface,
                           dlrn_str *b, dlrn_error *err)
{
    cairo_t *cr = cairo_create(surface);
    play(cr, f);
    cairo_status_t code = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    if (code == CAIRO_STATUS_SUCCESS) code = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (code == CAIRO_STATUS_SUCCESS && b->failed) code = CAIRO_STATUS_NO_MEMORY;
    if (code != CAIRO_STATUS_SUCCESS) {
        dlrn_str_clear(b);
        return cairo_fail(code, err);
    }
    *out = b->s;
    *len = b->len;
    return DLRN_OK;
}

/* The number of an id in order of first use, so that it does not depend on what was drawn before:
 * Cairo counts through the life of the process. */
static size_t number_of_id(dlrn_str *seen, const char *id, size_t n)
{
    size_t k = 0;
    for (const char *at = dlrn_str_get(seen); *at; k++) {
        const char *end = strchr(at, '\n');
        if ((size_t)(end - at) == n && memcmp(at, id, n) == 0) return k;
        at = end + 1;
    }
    dlrn_str_addn(seen, id, n);
    dlrn_str_add(seen, "\n");
    return k;
}

/* Takes out transforms that do nothing: Cairo writes them at one time and not at another. */
static void drop_identities(char *text)
{
    static const char *const idle[] = {" transform=\"matrix(1,0,0,1,-0,-0)\"",
                                       " transform=\"matrix(1,0,0,1,0,0)\""};
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        const size_t n = strlen(idle[i]);
        char *to = text;
        for (const char *from = text;;) {
            const char *at = strstr(from, idle[i]);
            const size_t keep = at ? (size_t)(at - from) : strlen(from) + 1;
            memmove(to, from, keep);
            if (!at) break;
            to += keep;
            from = at + n;
        }
    }
}

/* Copies text, each id and each reference to one renamed to prefix + "i" + its number. */
static void rename_ids(dlrn_str *b, const char *text, const char *prefix)
{
    static const struct {
        const char *before;
        char end;
    } places[] = {{" id=\"", '"'}, {"href=\"#", '"'}, {"url(#", ')'}};
    dlrn_str seen = {0};
    for (;;) {
        const char *next = NULL, *end = NULL;
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            const char *at = strstr(text, places[i].before);
            if (!at || (next && at > next)) continue;
            next = at + strlen(places[i].before);
            end = strchr(next, places[i].end);
        }
        if (!next || !end) break;
        dlrn_str_addn(b, text, (size_t)(next - text));
        dlrn_str_addf(b, "%si%zu", prefix, number_of_id(&seen, next, (size_t)(end - next)));
        text = end;
    }
    dlrn_str_add(b, text);
    b->failed |= seen.failed;
    dlrn_str_clear(&seen);
}

static dlrn_status sheet_svg(char **out, const dlrn_figure *f, const char *id_prefix,
                             dlrn_error *err)
{
    *out = NULL;
    char *raw = NULL;
    size_t len;
    dlrn_str b = {0}, named = {0};
    cairo_surface_t *s = cairo_svg_surface_create_for_stream(take_bytes, &b, f->width, f->height);
    const dlrn_status st = play_to(&raw, &len, f, s, &b, err);
    if (st != DLRN_OK) return st;
    drop_identities(raw);
    const char *start = strstr(raw, "<svg");
    rename_ids(&named, start ? start : raw, id_prefix);
    free(raw);
    if (named.failed) {
        dlrn_str_clear(&named);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a figure");
    }
    *out = named.s;
    return DLRN_OK;
}

static dlrn_status sheet_pdf(char **out, size_t *len, const dlrn_figure *f, dlrn_error *err)
{
    *out = NULL;
    dlrn_str b = {0};
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(take_bytes, &b, f->width, f->height);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    return play_to(out, len, f, s, &b, err);
}

static cairo_surface_t *draw_pixels(const dlrn_figure *f, double dpi)
{
    const double k = dpi / 72;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(f->width * k),
                                                    (int)ceil(f->height * k));
    cairo_t *cr = cairo_create(s);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, k, k);
    play(cr, f);
    cairo_destroy(cr);
    return s;
}

static dlrn_status sheet_png(char **out, size_t *len, const dlrn_figure *f, double dpi,
                             dlrn_error *err)
{
    *out = NULL;
    if (!(dpi >= 30 && dpi <= 2400))
        return dlrn_fail(err, DLRN_EINVAL, "a PNG of %g dpi: expected 30 to 2400", dpi);
    dlrn_str b = {0};
    cairo_surface_t *s = draw_pixels(f, dpi);
    const cairo_status_t code = cairo_surface_write_to_png_stream(s, take_bytes, &b);
    cairo_surface_destroy(s);
    if (code != CAIRO_STATUS_SUCCESS) {
        dlrn_str_clear(&b);
        return cairo_fail(code, err);
    }
    *out = b.s;
    *len = b.len;
    return DLRN_OK;
}

static dlrn_status sheet_pixels(uint32_t **out, size_t *w, size_t *h, const dlrn_figure *f,
                                double dpi, dlrn_error *err)
{
    cairo_surface_t *s = draw_pixels(f, dpi);
    cairo_surface_flush(s);
    *w = (size_t)cairo_image_surface_get_width(s);
    *h = (size_t)cairo_image_surface_get_height(s);
    const unsigned char *data = cairo_image_surface_get_data(s);
    const dlrn_status st =
        data ? dlrn_alloc_or_fail(out, *w * *h, err) : cairo_fail(cairo_surface_status(s), err);
    for (size_t y = 0; st == DLRN_OK && y < *h; y++)
        memcpy(*out + y * *w, data + y * (size_t)cairo_image_surface_get_stride(s), *w * 4);
    cairo_surface_destroy(s);
    return st;
}

static void sheet_size_mm(const dlrn_figure *f, double *width, double *height)
{
    *width = f->width / PT_PER_MM;
    *height = f->height / PT_PER_MM;
}

DLRN_API const canvas_module *dlrn_canvas_module(void);

const canvas_module *dlrn_canvas_module(void)
{
    static canvas_module m = {.abi = CANVAS_ABI,
                              .new_sheet = sheet_new,
                              .width = sheet_width,
                              .finish = sheet_finish,
                              .line = sheet_line,
                              .path = sheet_path,
                              .polygon = sheet_polygon,
                              .rect = sheet_rect,
                              .circle = sheet_circle,
                              .clip = sheet_clip,
                              .unclip = sheet_unclip,
                              .image = sheet_image,
                              .text = sheet_text,
                              .text_width = sheet_text_width,
                              .text_height = sheet_text_height,
                              .pixels = sheet_pixels,
                              .svg = sheet_svg,
                              .png = sheet_png,
                              .pdf = sheet_pdf,
                              .size_mm = sheet_size_mm,
                              .free_sheet = sheet_free};
    m.cairo = cairo_version_string();
    m.pango = pango_version_string();
    return &m;
}
