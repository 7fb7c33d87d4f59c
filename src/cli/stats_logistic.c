/* SPDX-License-Identifier: Apache-2.0
 *
 * logistic: from terms to the columns of a design, and the fit as a table.
 */
#include "stats.h"

#include <dlrn/logistic.h>
#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The design's columns, one after the other. */
typedef struct design {
    double **column; /* [n_columns][rows] */
    stats_names names;
    size_t column_cap;
} design;

static void design_clear(design *x)
{
    for (size_t k = 0; k < x->names.n; k++)
        free(x->column[k]);
    free(x->column);
    stats_names_clear(&x->names);
}

static dlrn_status add_take(design *x, const char *name, double *v, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_grow(&x->column, &x->column_cap, x->names.n + 1, sizeof *x->column, err));
    DLRN_TRY(stats_add_name(&x->names, name, strlen(name), err));
    x->column[x->names.n - 1] = v;
    v = NULL;
done:
    free(v);
    return st;
}

/* Indicators of all levels but the first, named as rms names them: race=2. */
static dlrn_status add_factor(design *x, const stats_data *d, const char *name, dlrn_error *err)
{
    dlrn_status st;
    size_t *code = NULL;
    stats_names level = {0};
    dlrn_str label = {0};
    DLRN_TRY(dlrn_alloc_or_fail(&code, d->n, err));
    DLRN_TRY(stats_number_values(code, &level, d, name, err));
    for (size_t k = 1; k < level.n; k++) {
        double *v;
        DLRN_TRY(dlrn_alloc_or_fail(&v, d->n, err));
        for (size_t i = 0; i < d->n; i++)
            v[i] = code[i] == k;
        dlrn_str_clear(&label);
        dlrn_str_addf(&label, "%s=%s", name, level.v[k]);
        DLRN_TRY(add_take(x, dlrn_str_get(&label), v, err));
    }
done:
    dlrn_str_clear(&label);
    stats_names_clear(&level);
    free(code);
    return st;
}

static dlrn_status add_term(design *x, const stats_data *d, size_t k, dlrn_error *err)
{
    dlrn_status st;
    const char *name = d->columns.v[k], *term = d->terms.v[k];
    size_t j;
    double *v;
    DLRN_TRY(dlrn_table_need(&j, d->table, name, err));
    if (!strncmp(term, "factor(", 7) || !dlrn_table_is_numeric(d->table, j))
        return add_factor(x, d, name, err);
    DLRN_TRY(stats_numbers(&v, d, name, err));
    DLRN_TRY(add_take(x, name, v, err));
done:
    return st;
}

static dlrn_json *term_json(const dlrn_logistic_term *t, const char *name)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "term", name);
    dlrn_json_set_number(o, "coefficient", t->coefficient);
    dlrn_json_set_number(o, "se", t->se);
    dlrn_json_set_number(o, "z", t->z);
    dlrn_json_set_number(o, "p", t->p);
    dlrn_json_set_take(o, "coefficient_ci", dlrn_json_interval(t->lo, t->hi));
    dlrn_json_set_number(o, "or", t->odds_ratio);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(t->or_lo, t->or_hi));
    return o;
}

static dlrn_status set_terms(dlrn_json *out, const stats_data *d, const dlrn_logistic *m,
                             const dlrn_logistic_data *data, const dlrn_logistic_opts *opts,
                             dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *terms = dlrn_json_array(), *inflation = dlrn_json_object();
    double *vif = NULL;
    for (size_t k = 0; k < m->k; k++) {
        dlrn_logistic_term t;
        dlrn_logistic_wald(&t, m, k, d->o->ci);
        if (d->o->profile) {
            DLRN_TRY(dlrn_logistic_profile(&t.lo, &t.hi, m, data, opts, k, d->o->ci, err));
            t.or_lo = exp(t.lo);
            t.or_hi = exp(t.hi);
        }
        dlrn_json_append_take(terms, term_json(&t, m->name[k]));
    }
    dlrn_json_set_take(out, "terms", terms);
    terms = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&vif, m->k, err));
    DLRN_TRY(dlrn_logistic_vif(vif, m, err));
    for (size_t k = 1; k < m->k; k++)
        dlrn_json_set_number(inflation, m->name[k], vif[k - 1]);
    dlrn_json_set_take(out, "vif", inflation);
    inflation = NULL;
done:
    free(vif);
    dlrn_json_free(inflation);
    dlrn_json_free(terms);
    return st;
}

static dlrn_status set_c_index(dlrn_json *out, const stats_data *d, const dlrn_logistic *m,
                               const double *x, dlrn_error *err)
{
    dlrn_status st;
    double *lp = NULL;
    dlrn_auc a;
    const dlrn_truth t = {d->label, d->n, NULL};
    DLRN_TRY(dlrn_alloc_or_fail(&lp, d->n, err));
    for (size_t i = 0; i < d->n; i++)
        lp[i] = dlrn_logistic_lp(m, x + i * (m->k - 1));
    DLRN_TRY(dlrn_auc_delong(&a, lp, &t, d->o->ci, err));
    dlrn_json_set_number(out, "c_index", a.auc);
done:
    free(lp);
    return st;
}

dlrn_status stats_logistic(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    design x = {0};
    double *matrix = NULL;
    dlrn_logistic m = {0};
    for (size_t k = 0; k < d->terms.n; k++)
        DLRN_TRY(add_term(&x, d, k, err));
    const size_t p = x.names.n;
    DLRN_TRY(dlrn_alloc_or_fail(&matrix, d->n * p, err));
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 0; k < p; k++)
            matrix[i * p + k] = x.column[k][i];
    const dlrn_logistic_data data = {.x = matrix,
                                     .label = d->label,
                                     .n = d->n,
                                     .p = p,
                                     .cluster = d->cluster,
                                     .name = (const char *const *)x.names.v};
    const dlrn_logistic_opts opts = {.firth = d->o->firth, .sandwich = d->cluster != NULL};
    DLRN_TRY(dlrn_logistic_fit(&m, &data, &opts, err));
    DLRN_TRY(set_terms(out, d, &m, &data, &opts, err));
    dlrn_json_set_number(out, "loglik", m.loglik);
    dlrn_json_set_number(out, "null_deviance", m.null_deviance);
    dlrn_json_set_number(out, "deviance", m.deviance);
    dlrn_json_set_number(out, "aic", m.aic);
    dlrn_json_set_bool(out, "converged", m.converged);
    DLRN_TRY(set_c_index(out, d, &m, matrix, err));
done:
    dlrn_logistic_clear(&m);
    free(matrix);
    design_clear(&x);
    return st;
}
