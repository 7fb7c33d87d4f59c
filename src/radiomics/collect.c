/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/collect.h"

#include <math.h>
#include <stdlib.h>

void dlrn_features_clear(dlrn_features *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->n; i++) {
        free(f->name[i]);
        free(f->reason[i]);
    }
    for (size_t i = 0; i < f->n_info; i++) {
        free(f->info_name[i]);
        free(f->info_text[i]);
    }
    free(f->name);
    free(f->value);
    free(f->reason);
    free(f->info_name);
    free(f->info_text);
    *f = (dlrn_features){0};
}

dlrn_status dlrn_collect_feature(dlrn_collect *c, const char *name, double value,
                                 const char *reason, dlrn_error *err)
{
    dlrn_status st;
    dlrn_features *f = &c->f;
    DLRN_TRY(dlrn_grow(&f->name, &c->cap_name, f->n + 1, sizeof *f->name, err));
    DLRN_TRY(dlrn_grow(&f->value, &c->cap_value, f->n + 1, sizeof *f->value, err));
    DLRN_TRY(dlrn_grow(&f->reason, &c->cap_reason, f->n + 1, sizeof *f->reason, err));
    char *n = dlrn_strdup(name), *why = isnan(value) && reason ? dlrn_strdup(reason) : NULL;
    if (!n || (isnan(value) && reason && !why)) {
        free(n);
        free(why);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a feature");
    }
    f->name[f->n] = n;
    f->value[f->n] = value;
    f->reason[f->n++] = why;
done:
    return st;
}

dlrn_status dlrn_collect_info(dlrn_collect *c, const char *name, const char *text, dlrn_error *err)
{
    dlrn_status st;
    dlrn_features *f = &c->f;
    dlrn_str full = {0};
    DLRN_TRY(dlrn_grow(&f->info_name, &c->cap_info_name, f->n_info + 1, sizeof *f->info_name, err));
    DLRN_TRY(dlrn_grow(&f->info_text, &c->cap_info_text, f->n_info + 1, sizeof *f->info_text, err));
    dlrn_str_addf(&full, "diagnostics_%s", name);
    char *copy = dlrn_strdup(text);
    if (full.failed || !copy) {
        free(copy);
        dlrn_str_clear(&full);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for diagnostics");
    }
    f->info_name[f->n_info] = full.s;
    f->info_text[f->n_info++] = copy;
done:
    return st;
}

dlrn_status dlrn_collect_class(dlrn_collect *c, const dlrn_radiomics *s, size_t class_index,
                               const char *image_name, const dlrn_rad_values *v, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    size_t n_rows;
    const dlrn_rad_class_choice *choice = &s->class_[class_index];
    const dlrn_feature_doc *rows = dlrn_rad_class_rows(choice->id, &n_rows);
    const size_t n = choice->n ? choice->n : n_rows;
    for (size_t k = 0; k < n && st == DLRN_OK; k++) {
        const size_t i = choice->n ? choice->feature[k] : k;
        char name[160];
        if (rows[i].never || (!choice->n && rows[i].by_name_only)) continue;
        snprintf(name, sizeof name, "%s_%s_%s", image_name, rows[i].class_name, rows[i].name);
        const char *why = v->why[i] ? v->why[i] : "the formula has no finite value here";
        st = dlrn_collect_feature(c, name, v->v[i], why, err);
    }
    return st;
}
