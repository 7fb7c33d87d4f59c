/* SPDX-License-Identifier: Apache-2.0
 *
 * What figures and report share: the results, the tables, names and styles.
 */
#include "study/present.h"

#include "study/folder.h"
#include "study/run.h"

#include <stdlib.h>
#include <string.h>

void present_clear(present *p)
{
    dlrn_json_free(p->results);
    free(p->test);
    free(p->model);
    *p = (present){0};
}

dlrn_status present_load(present *out, const char *folder, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json_member m;
    *out = (present){.out = folder};
    DLRN_TRY(folder_read_json(&out->results, folder, "results.json", err));
    const char *schema = dlrn_json_get_string(out->results, "schema", "");
    if (strcmp(schema, "dlrn-results/1") != 0) {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "%s/results.json: schema '%s' is not one that this version reads "
                       "(dlrn-results/1)",
                       folder, schema);
        goto done;
    }
    const dlrn_json *cohorts = dlrn_json_get(out->results, "cohorts");
    const dlrn_json *performance = dlrn_json_get(out->results, "performance");
    out->train = dlrn_json_get_string(dlrn_json_get(out->results, "study"), "train", "training");
    DLRN_TRY(dlrn_alloc_or_fail(&out->test, dlrn_json_size(cohorts), err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->model, dlrn_json_size(performance), err));
    for (bool c = dlrn_json_first(cohorts, &m); c; c = dlrn_json_next(cohorts, &m))
        if (strcmp(m.key, out->train) != 0 && dlrn_json_get_number(m.value, "n", 0) > 0)
            out->test[out->n_test++] = m.key;
    for (bool c = dlrn_json_first(performance, &m); c; c = dlrn_json_next(performance, &m))
        if (!strchr(m.key, '.')) out->model[out->n_models++] = m.key;
done:
    if (st != DLRN_OK) present_clear(out);
    return st;
}

const dlrn_json *present_performance(const present *p, const char *model, const char *cohort)
{
    const dlrn_json *m = dlrn_json_get(dlrn_json_get(p->results, "performance"), model);
    return dlrn_json_get(dlrn_json_get(m, "cohorts"), cohort);
}

dlrn_style present_style(const present *p, const char *model)
{
    unsigned nth = 0;
    for (size_t k = 0; k < p->n_models && strcmp(p->model[k], model) != 0; k++)
        nth += !strncmp(p->model[k], model, 4) && strchr("_", model[3]);
    return dlrn_style_of_model(model, nth);
}

void present_model_label(char *text, size_t size, const char *model)
{
    if (!strcmp(model, "clinical"))
        snprintf(text, size, "Clinical");
    else if (!strcmp(model, "radiomics"))
        snprintf(text, size, "Radiomics");
    else if (!strcmp(model, "dlrn"))
        snprintf(text, size, "Nomogram (DLRN)");
    else if (!strncmp(model, "dtl_", 4))
        snprintf(text, size, "DTL (%s)", model + 4);
    else if (!strncmp(model, "dlr_", 4))
        snprintf(text, size, "DLR (%s)", model + 4);
    else
        snprintf(text, size, "%s", model);
}

dlrn_status present_table(dlrn_table **out, const present *p, const char *name, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_str path = {0};
    *out = NULL;
    dlrn_str_addf(&path, "%s/tables/%s.csv", p->out, name);
    if (path.failed)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    else if (dlrn_file_exists(path.s))
        st = dlrn_table_read(out, path.s, err);
    dlrn_str_clear(&path);
    return st;
}

dlrn_status present_rows(double **v, size_t *n, dlrn_table *t, const char *key, const char *value,
                         const char *column, dlrn_error *err)
{
    dlrn_status st;
    size_t at_key, at;
    const double *numbers;
    *v = NULL;
    *n = 0;
    DLRN_TRY(dlrn_table_need(&at_key, t, key, err));
    DLRN_TRY(dlrn_table_need(&at, t, column, err));
    DLRN_TRY(dlrn_table_numbers(&numbers, t, at, err));
    DLRN_TRY(dlrn_alloc_or_fail(v, dlrn_table_rows(t), err));
    for (size_t i = 0; i < dlrn_table_rows(t); i++)
        if (!strcmp(dlrn_table_text(t, at_key, i), value)) (*v)[(*n)++] = numbers[i];
done:
    return st;
}

/* The page holds many figures: their ids bear the figure's name, in the file as well, which is what
 * the report takes. */
dlrn_status present_save(const present *p, dlrn_figure *f, const char *name, dlrn_error *err)
{
    dlrn_status st;
    char *path = NULL, *svg = NULL;
    dlrn_str file = {0};
    DLRN_TRY(folder_path(&path, p->out, "figures", name, err));
    DLRN_TRY(dlrn_figure_svg(&svg, f, name, err));
    dlrn_str_addf(&file, "%s.svg", path);
    st = file.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path")
                     : dlrn_write_file(file.s, svg, strlen(svg), err);
    if (st == DLRN_OK) st = dlrn_figure_save(f, path, DLRN_FILE_PDF, err);
done:
    dlrn_str_clear(&file);
    free(svg);
    free(path);
    dlrn_figure_free(f);
    return st;
}

/* A figure that the data cannot give (one class, no finite point) is left out; its absence is said
 * in the report. */
static dlrn_status unless_empty(dlrn_status st)
{
    return st == DLRN_EINVAL ? DLRN_OK : st;
}

static dlrn_status draw_cohort(const present *p, const char *cohort, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(unless_empty(present_roc(p, cohort, err)));
    DLRN_TRY(unless_empty(present_calibration(p, cohort, err)));
    DLRN_TRY(unless_empty(present_dca(p, cohort, err)));
    DLRN_TRY(unless_empty(present_waterfall(p, cohort, err)));
    DLRN_TRY(unless_empty(present_delong(p, cohort, err)));
done:
    return st;
}

dlrn_status study_draw_figures(const char *out, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    present p;
    DLRN_TRY(present_load(&p, out, err));
    for (size_t k = 0; k < p.n_test; k++) {
        DLRN_TRY(dlrn_progress(ex, "figures", k, p.n_test + 1, err));
        DLRN_TRY(draw_cohort(&p, p.test[k], err));
    }
    DLRN_TRY(unless_empty(present_confusion(&p, err)));
    DLRN_TRY(unless_empty(present_nomogram(&p, err)));
    DLRN_TRY(unless_empty(present_flow(&p, err)));
    for (size_t k = 0; k < p.n_models; k++) {
        DLRN_TRY(unless_empty(present_lasso(&p, p.model[k], err)));
        DLRN_TRY(unless_empty(present_coefficients(&p, p.model[k], err)));
        DLRN_TRY(unless_empty(present_correlation(&p, p.model[k], err)));
    }
    DLRN_TRY(dlrn_progress(ex, "figures", p.n_test + 1, p.n_test + 1, err));
done:
    present_clear(&p);
    return st;
}
