/* SPDX-License-Identifier: Apache-2.0
 *
 * What every figure shares besides the sheet: the looks of models, and the files of a figure.
 */
#include "plot/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_style dlrn_style_of_model(const char *model, unsigned nth)
{
    dlrn_hue hue = DLRN_HUE_OTHER;
    if (strcmp(model, "clinical") == 0)
        hue = DLRN_HUE_CLINICAL;
    else if (strcmp(model, "radiomics") == 0)
        hue = DLRN_HUE_RADIOMICS;
    else if (strncmp(model, "dtl_", 4) == 0)
        hue = DLRN_HUE_DTL;
    else if (strcmp(model, "dlrn") == 0)
        hue = DLRN_HUE_DLRN;
    else if (strncmp(model, "dlr_", 4) == 0)
        hue = DLRN_HUE_DLR;
    return (dlrn_style){hue, nth};
}

colour colour_rgb(unsigned rgb)
{
    return (colour){(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, 1};
}

colour colour_fade(colour c, double a)
{
    c.a = a;
    return c;
}

double colour_luminance(colour c)
{
    return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
}

static colour mix(colour a, colour b, double t)
{
    return (colour){a.r + t * (b.r - a.r), a.g + t * (b.g - a.g), a.b + t * (b.b - a.b), 1};
}

/* Nine colours of matplotlib's map (Smith & van der Walt 2015), straight lines between. */
colour colour_viridis(double t)
{
    static const unsigned stops[] = {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C,
                                     0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725};
    const double at = fmin(fmax(t, 0), 1) * 8;
    const int k = at >= 8 ? 7 : (int)at;
    return mix(colour_rgb(stops[k]), colour_rgb(stops[k + 1]), at - k);
}

colour colour_diverging(double t)
{
    return mix(WHITE, t < 0 ? BLUE : VERMILLION, fmin(fabs(t), 1));
}

pen pen_of(colour ink, double width)
{
    return (pen){ink, width, DASH_SOLID};
}

pen pen_of_style(dlrn_style style)
{
    // Read in grey, radiomics and dtl, clinical and dlrn are alike: a dash tells them apart.
    static const struct {
        unsigned rgb;
        dash first;
    } hues[] = {
        [DLRN_HUE_CLINICAL] = {0x7F7F7F, DASH_DOTS}, [DLRN_HUE_RADIOMICS] = {0xE69F00, DASH_SOLID},
        [DLRN_HUE_DTL] = {0x56B4E9, DASH_DOT_DASH},  [DLRN_HUE_DLR] = {0x0072B2, DASH_SOLID},
        [DLRN_HUE_DLRN] = {0xD55E00, DASH_SOLID},
    };
    static const dash later[] = {DASH_LONG, DASH_SHORT, DASH_DOTS};
    static const unsigned others[] = {0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7,
                                      0x56B4E9, 0xD55E00, 0x000000, 0x7F7F7F};
    static const dash other_dashes[] = {DASH_SOLID, DASH_SOLID,    DASH_LONG,  DASH_DOT_DASH,
                                        DASH_SHORT, DASH_DOT_DASH, DASH_SOLID, DASH_DOTS};
    if ((unsigned)style.hue >= DLRN_HUE_OTHER)
        return (pen){colour_rgb(others[style.nth % 8]), LINE_PT, other_dashes[style.nth % 8]};
    pen p = {colour_rgb(hues[style.hue].rgb), LINE_PT, hues[style.hue].first};
    if (style.nth > 0) p.dash = later[(style.nth - 1) % 3];
    return p;
}

static dlrn_status save_one(const dlrn_figure *f, const char *path, int file, dlrn_error *err)
{
    dlrn_status st;
    char *text = NULL;
    size_t len = 0;
    dlrn_str whole = {0};
    if (file == DLRN_FILE_SVG) {
        DLRN_TRY(dlrn_figure_svg(&text, f, "", err));
        dlrn_str_addf(&whole, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n%s", text);
        if (whole.failed) {
            st = dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", path);
            goto done;
        }
        DLRN_TRY(dlrn_write_file(path, whole.s, whole.len, err));
    } else {
        if (file == DLRN_FILE_PDF)
            DLRN_TRY(dlrn_figure_pdf(&text, &len, f, err));
        else
            DLRN_TRY(dlrn_figure_png(&text, &len, f, 600, err));
        DLRN_TRY(dlrn_write_file(path, text, len, err));
    }
done:
    free(text);
    dlrn_str_clear(&whole);
    return st;
}

dlrn_status dlrn_figure_save(const dlrn_figure *f, const char *path_without_ext, unsigned files,
                             dlrn_error *err)
{
    static const char *const ext[] = {"svg", "pdf", "png"};
    dlrn_status st = DLRN_OK;
    for (int i = 0; st == DLRN_OK && i < 3; i++) {
        if (!(files & 1u << i)) continue;
        dlrn_str path = {0};
        dlrn_str_addf(&path, "%s.%s", path_without_ext, ext[i]);
        st = path.failed ? dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", path_without_ext)
                         : save_one(f, path.s, 1 << i, err);
        dlrn_str_clear(&path);
    }
    return st;
}
