/* SPDX-License-Identifier: Apache-2.0
 *
 * What results.json says of predictions on one cohort.
 */
#include "study/measures.h"

#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

void measured_clear(measured *m)
{
    free(m->p);
    free(m->raw);
    free(m->label);
    free(m->patient);
    *m = (measured){0};
}

void measures_set(dlrn_json *object, const char *key, double x, const char *reason)
{
    dlrn_json_set_number(object, key, x);
    if (isfinite(x) || !reason) return;
    char name[96];
    snprintf(name, sizeof name, "%.80s_reason", key);
    dlrn_json_set_string(object, name, reason);
}

dlrn_status measured_make(measured *out, const study_run *r, const double *p, const double *raw,
                          size_t cohort, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_cohort *c = &r->cohort;
    double *key = NULL;
    size_t *order = NULL;
    *out = (measured){0};
    DLRN_TRY(dlrn_alloc_or_fail(&out->p, c->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->raw, c->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->label, c->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->patient, c->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&key, c->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, c->rows, err));
    for (size_t i = 0; i < c->rows; i++) {
        if (c->cohort[i] != cohort || isnan(p[i])) continue;
        out->p[out->n] = p[i];
        out->raw[out->n] = raw ? raw[i] : p[i];
        out->label[out->n] = c->label[i];
        key[out->n] = (double)c->patient[i];
        out->patient[out->n++] = c->patient[i];
    }
    dlrn_sort_index(order, key, out->n);
    for (size_t k = 1; k < out->n && r->c.statistics.cluster; k++)
        out->clustered = out->clustered || key[order[k]] == key[order[k - 1]];
done:
    free(order);
    free(key);
    if (st != DLRN_OK) measured_clear(out);
    return st;
}

static dlrn_truth truth_of(const measured *m)
{
    return (dlrn_truth){m->label, m->n, m->clustered ? m->patient : NULL};
}

static size_t events_of(const measured *m)
{
    size_t events = 0;
    for (size_t i = 0; i < m->n; i++)
        events += m->label[i];
    return events;
}

static void add_auc(dlrn_json *j, const study_run *r, const measured *m)
{
    dlrn_auc a;
    dlrn_error why;
    const dlrn_truth t = truth_of(m);
    if (dlrn_auc_delong(&a, m->p, &t, r->c.statistics.confidence, &why) != DLRN_OK) {
        measures_set(j, "auc", (double)NAN, why.msg);
        dlrn_json_set_take(j, "auc_se", dlrn_json_null());
        dlrn_json_set_take(j, "auc_ci", dlrn_json_null());
        dlrn_json_set_take(j, "ci_method", dlrn_json_null());
        return;
    }
    dlrn_json_set_number(j, "auc", a.auc);
    measures_set(j, "auc_se", a.se, "a class of one");
    dlrn_json_set_take(j, "auc_ci", dlrn_json_interval(a.lo, a.hi));
    dlrn_json_set_string(j, "ci_method", a.ci_method);
}

dlrn_status measures_compare(comparison *out, const study_run *r, const measured *a,
                             const measured *b, dlrn_error *err)
{
    dlrn_auc_pair d;
    dlrn_error why;
    const dlrn_truth t = truth_of(a);
    *out = (comparison){(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN,
                        (double)NAN, (double)NAN, NULL,        ""};
    const dlrn_status st =
        a->n != b->n ? dlrn_fail(&why, DLRN_EINVAL, "the models do not cover the same rows")
                     : dlrn_auc_compare(&d, a->p, b->p, &t, r->c.statistics.confidence, &why);
    if (st == DLRN_ENOMEM) return dlrn_fail(err, st, "%s", why.msg);
    if (st != DLRN_OK) {
        snprintf(out->reason, sizeof out->reason, "%.199s", why.msg);
        return DLRN_OK;
    }
    *out = (comparison){d.auc_a, d.auc_b, d.difference, d.lo, d.hi, d.z, d.p, d.method, ""};
    if (isnan(d.p))
        snprintf(out->reason, sizeof out->reason, "the difference has no variance here");
    return DLRN_OK;
}

dlrn_status measures_json(dlrn_json **out, const study_run *r, const measured *m, double threshold,
                          bool fitted, dlrn_error *err)
{
    dlrn_json *j = dlrn_json_object();
    (void)threshold;
    (void)fitted;
    (void)err;
    dlrn_json_set_integer(j, "n", (int64_t)m->n);
    dlrn_json_set_integer(j, "events", (int64_t)events_of(m));
    add_auc(j, r, m);
    *out = j;
    return DLRN_OK;
}
