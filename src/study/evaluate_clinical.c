/* SPDX-License-Identifier: Apache-2.0
 *
 * results.clinical and results.nomogram.
 */
#include "study/evaluate.h"
#include "study/fit_logit.h"
#include "study/logit.h"

#include <dlrn/special.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "Age (years)", "Sex: male"; `name` is the design column's. */
static void set_label(dlrn_json *j, const study_run *r, const char *name)
{
    for (size_t k = 0; k < r->clinical.n; k++) {
        const clinical_term *t = &r->clinical.term[k];
        for (size_t q = 0; q < t->width; q++) {
            if (strcmp(r->clinical.name[t->first + q], name) != 0) continue;
            dlrn_str label = {0};
            dlrn_str_add(&label, t->label);
            if (t->kind == CLINICAL_CATEGORY) dlrn_str_addf(&label, ": %s", t->level.v[q + 1]);
            dlrn_json_set_string(j, "label", dlrn_str_get(&label));
            dlrn_str_clear(&label);
            return;
        }
    }
}

/* {term, label, coefficient, or, ci, p} of design column j (0: the first after the intercept). */
static dlrn_json *term_json(const study_run *r, const study_logit *f, size_t j, const char *name)
{
    const double confidence = r->c.statistics.confidence;
    dlrn_json *t = dlrn_json_object();
    const size_t q = f->p + 1;
    const double b = f->beta[j + 1], se = sqrt(f->covariance[(j + 1) * q + j + 1]);
    const double z = dlrn_normal_quantile(0.5 + confidence / 2);
    dlrn_json_set_string(t, "term", name);
    set_label(t, r, name);
    dlrn_json_set_number(t, "coefficient", b);
    dlrn_json_set_number(t, "se", se);
    dlrn_json_set_number(t, "or", exp(b));
    dlrn_json_set_take(t, "ci", dlrn_json_interval(exp(b - z * se), exp(b + z * se)));
    dlrn_json_set_number(t, "p", dlrn_normal_two_sided(b / se));
    return t;
}

static dlrn_status univariable(dlrn_json *list, const study_run *r, const study_train_set *rows,
                               const clinical_term *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_error why;
    double *x = NULL;
    study_logit f = {.p = t->width};
    DLRN_TRY(dlrn_alloc_or_fail(&x, r->n_train * t->width, err));
    for (size_t k = 0; k < r->n_train; k++)
        memcpy(x + k * t->width, r->clinical_x + r->train[k] * r->clinical.p + t->first,
               t->width * sizeof *x);
    st = fit_logit(&f, x, rows->label, r->clustered ? rows->group : NULL, r->n_train, &why);
    for (size_t k = 0; k < t->width; k++) {
        const char *name = r->clinical.name[t->first + k];
        if (st == DLRN_OK) {
            dlrn_json_append_take(list, term_json(r, &f, k, name));
        } else {
            dlrn_json *j = dlrn_json_object();
            dlrn_json_set_string(j, "term", name);
            set_label(j, r, name);
            dlrn_json_set_take(j, "coefficient", dlrn_json_null());
            dlrn_json_set_string(j, "coefficient_reason", why.msg);
            dlrn_json_append_take(list, j);
        }
    }
    st = DLRN_OK;
done:
    study_logit_clear(&f);
    free(x);
    return st;
}

dlrn_status evaluate_clinical(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    study_train_set rows = {0};
    dlrn_json *j = dlrn_json_object(), *uni = dlrn_json_array(), *multi = dlrn_json_array();
    DLRN_TRY(study_train_set_make(&rows, r, err));
    for (size_t k = 0; k < r->clinical.n; k++)
        DLRN_TRY(univariable(uni, r, &rows, &r->clinical.term[k], err));
    for (size_t k = 0; r->clinical_fit.beta && k < r->clinical_fit.p; k++)
        dlrn_json_append_take(multi, term_json(r, &r->clinical_fit, k, r->clinical_fit.name[k]));
    dlrn_json_set_take(j, "univariable", uni);
    dlrn_json_set_take(j, "multivariable", multi);
    dlrn_json_set_take(r->results, "clinical", j);
    uni = multi = j = NULL;
done:
    dlrn_json_free(uni);
    dlrn_json_free(multi);
    dlrn_json_free(j);
    study_train_set_clear(&rows);
    return st;
}
