/* SPDX-License-Identifier: Apache-2.0
 *
 * The quality sheet: every outline on its image, on one page.
 */
#include "study/run.h"

#include <dlrn/figures.h>
#include <dlrn/report.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 160 };

/* The outline's own crop, cut as the image's is: 0 or 1. */
static dlrn_status crop_outline(uint8_t *out, const case_image *c, const dlrn_crop_opts *o,
                                dlrn_error *err)
{
    dlrn_status st;
    dlrn_image as_image = c->image;
    float *v = NULL;
    const size_t n = (size_t)(c->mask.dim[0] * c->mask.dim[1] * c->mask.dim[2]);
    dlrn_crop_opts whole = *o;
    whole.window[0] = 0;
    whole.window[1] = 100;
    as_image.v = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&as_image.v, n, err));
    for (size_t i = 0; i < n; i++)
        as_image.v[i] = c->mask.v[i];
    DLRN_TRY(dlrn_crop_square(&v, &as_image, &c->mask, &whole, err));
    for (size_t i = 0; i < SIDE * SIDE; i++)
        out[i] = v[i] >= 0.5f;
done:
    free(v);
    free(as_image.v);
    return st;
}

static dlrn_status draw(char **svg, const case_image *c, const char *id, dlrn_error *err)
{
    dlrn_status st;
    dlrn_crop_opts o = DLRN_CROP_DEFAULTS;
    dlrn_figure *f = NULL;
    float *v = NULL;
    double *grey = NULL;
    uint8_t *outline = NULL;
    o.size = SIDE;
    o.margin = 0.4;
    DLRN_TRY(dlrn_crop_square(&v, &c->image, &c->mask, &o, err));
    DLRN_TRY(dlrn_alloc_or_fail(&grey, SIDE * SIDE, err));
    DLRN_TRY(dlrn_alloc_or_fail(&outline, SIDE * SIDE, err));
    for (size_t i = 0; i < SIDE * SIDE; i++)
        grey[i] = (double)v[i];
    DLRN_TRY(crop_outline(outline, c, &o, err));
    const dlrn_gradcam_plot plot = {NULL, grey, NULL, outline, SIDE, SIDE, (double)NAN};
    DLRN_TRY(dlrn_plot_gradcam(&f, &plot, err));
    DLRN_TRY(dlrn_figure_svg(svg, f, id, err));
done:
    dlrn_figure_free(f);
    free(outline);
    free(grey);
    free(v);
    return st;
}

/* One row: its picture, or why there is none. */
static dlrn_status add_row(dlrn_report *r, const study_run *run, size_t i, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_error why;
    case_image c = {0};
    char id[32], caption[300], *svg = NULL;
    const dlrn_cohort *k = &run->cohort;
    if (study_read_case(&c, run, i, false, &why) != DLRN_OK) {
        dlrn_report_warning(r, why.msg);
        return DLRN_OK;
    }
    snprintf(id, sizeof id, "case-%zu", i + 1);
    snprintf(caption, sizeof caption, "%s, %s; %zu pixels.", k->cohort_name[k->cohort[i]],
             k->label[i] ? run->c.outcome.name : "negative", dlrn_mask_box(&c.mask, NULL, NULL));
    DLRN_TRY(draw(&svg, &c, id, err));
    const dlrn_report_figure f = {id, svg, k->id[i], caption, NULL, NULL, false};
    DLRN_TRY(dlrn_report_figure_add(r, &f, err));
done:
    free(svg);
    case_image_clear(&c);
    return st;
}

static dlrn_status write_sheet(const study_run *run, const char *html, dlrn_error *err)
{
    dlrn_status st;
    dlrn_report *r = NULL;
    const dlrn_cohort *k = &run->cohort;
    if (!k->image || !k->mask)
        return dlrn_fail(err, DLRN_EINVAL, "%s: has no image and mask columns to draw", k->path);
    DLRN_TRY(dlrn_report_new(&r, "Outlines", run->c.title, err));
    for (size_t cohort = 0; cohort < k->n_cohorts; cohort++) {
        char id[32];
        snprintf(id, sizeof id, "cohort-%zu", cohort + 1);
        dlrn_report_section(r, id, k->cohort_name[cohort], 1);
        for (size_t i = 0; i < k->rows; i++) {
            if (k->cohort[i] != cohort) continue;
            DLRN_TRY(dlrn_progress(run->ex, "drawing outlines", i, k->rows, err));
            DLRN_TRY(add_row(r, run, i, err));
        }
    }
    DLRN_TRY(dlrn_report_write(r, html, err));
done:
    dlrn_report_free(r);
    return st;
}

dlrn_status dlrn_study_sheet(const char *path, const char *html, const dlrn_exec *ex,
                             dlrn_error *err)
{
    study_run r = {0};
    dlrn_status st = dlrn_path_has_ext(path, ".csv") ? study_run_load_table(&r, path, ex, err)
                                                     : study_run_load(&r, path, NULL, ex, err);
    if (st != DLRN_OK) return st;
    st = write_sheet(&r, html, err);
    study_run_clear(&r);
    return st;
}
