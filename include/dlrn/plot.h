/* SPDX-License-Identifier: Apache-2.0
 *
 * A drawn figure and its files. dlrn/figures.h draws one from plain numbers; here it becomes SVG,
 * PDF or PNG, from the same drawing calls and with the same bytes every time.
 */
#ifndef DLRN_PLOT_H
#define DLRN_PLOT_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Widths of a journal's one and two columns. */
#define DLRN_COLUMN_MM      85.0
#define DLRN_TWO_COLUMNS_MM 180.0

/* A finished drawing; independent of the data that it was drawn from. */
typedef struct dlrn_figure dlrn_figure;

/* How the curve of a model looks. A model has the same colour and dash in every figure. */
typedef enum dlrn_hue {
    DLRN_HUE_CLINICAL,
    DLRN_HUE_RADIOMICS,
    DLRN_HUE_DTL,
    DLRN_HUE_DLR,
    DLRN_HUE_DLRN,
    DLRN_HUE_OTHER /* learners and whatever else: `nth` counts through colours and dashes */
} dlrn_hue;

typedef struct dlrn_style {
    dlrn_hue hue;
    unsigned nth; /* 0 for the first backbone, 1 for the second: the same hue, dashed */
} dlrn_style;

/* The style of a model by its name in results.json: `clinical`, `radiomics`, `dtl_<name>`,
 * `dlr_<name>`, `dlrn`; any other name is DLRN_HUE_OTHER. */
DLRN_API dlrn_style dlrn_style_of_model(const char *model, unsigned nth);

/* Width and height in mm. */
DLRN_API void dlrn_figure_size_mm(const dlrn_figure *f, double *width, double *height);

/* The figure as one <svg> element without an XML declaration, to stand in a page: every id starts
 * with id_prefix ("" for a file of its own), letters as outlines. Freed with free(). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_figure_svg(char **out, const dlrn_figure *f,
                                                     const char *id_prefix, dlrn_error *err);

/* The figure as a PNG file in memory, on white. dpi 30..2400. Freed with free(). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_figure_png(char **out, size_t *len, const dlrn_figure *f,
                                                     double dpi, dlrn_error *err);

/* The figure as a PDF file in memory, fonts embedded, creation date fixed. Freed with free(). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_figure_pdf(char **out, size_t *len, const dlrn_figure *f,
                                                     dlrn_error *err);

enum { DLRN_FILE_SVG = 1, DLRN_FILE_PDF = 2, DLRN_FILE_PNG = 4 };

/* Writes path_without_ext + .svg, .pdf, .png (600 dpi), those named in `files`; each appears whole
 * or not at all. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_figure_save(const dlrn_figure *f,
                                                      const char *path_without_ext, unsigned files,
                                                      dlrn_error *err);

DLRN_API void dlrn_figure_free(dlrn_figure *f);

#ifdef __cplusplus
}
#endif

#endif
