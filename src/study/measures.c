/* SPDX-License-Identifier: Apache-2.0
 *
 * What results.json says of predictions on one cohort.
 */
#include "study/measures.h"

#include <dlrn/classify.h>
#include <dlrn/decision.h>
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

static void set_estimate(dlrn_json *j, const char *key, const dlrn_estimate *e)
{
    dlrn_json *o = dlrn_json_object();
    measures_set(o, "value", e->value, "nothing to count");
    dlrn_json_set_take(o, "ci", dlrn_json_interval(e->lo, e->hi));
    dlrn_json_set_take(j, key, o);
}

static dlrn_bootstrap bootstrap_of(const study_run *r)
{
    return (dlrn_bootstrap){(size_t)r->c.statistics.bootstrap, (uint64_t)r->c.seed,
                            r->c.statistics.confidence, dlrn_exec_threads(r->ex)};
}

static void add_classification(dlrn_json *j, const study_run *r, const measured *m,
                               double threshold)
{
    static const char *const keys[] = {"sensitivity", "specificity", "ppv",
                                       "npv",         "accuracy",    "f1"};
    dlrn_classification c;
    dlrn_error why;
    const dlrn_truth t = truth_of(m);
    const dlrn_bootstrap boot = bootstrap_of(r);
    if (dlrn_classify(&c, m->p, &t, threshold, DLRN_WILSON, &boot, &why) != DLRN_OK) {
        const dlrn_estimate none = {(double)NAN, (double)NAN, (double)NAN};
        for (size_t k = 0; k < 6; k++) {
            dlrn_json *o = dlrn_json_object();
            measures_set(o, "value", none.value, why.msg);
            dlrn_json_set_take(j, keys[k], o);
        }
        return;
    }
    const dlrn_estimate *const values[] = {&c.sensitivity, &c.specificity, &c.ppv,
                                           &c.npv,         &c.accuracy,    &c.f1};
    for (size_t k = 0; k < 6; k++)
        set_estimate(j, keys[k], values[k]);
    dlrn_json *counts = dlrn_json_object();
    dlrn_json_set_integer(counts, "tp", (int64_t)c.tp);
    dlrn_json_set_integer(counts, "fp", (int64_t)c.fp);
    dlrn_json_set_integer(counts, "fn", (int64_t)c.fn);
    dlrn_json_set_integer(counts, "tn", (int64_t)c.tn);
    dlrn_json_set_take(j, "counts", counts);
}

static void add_net_benefit(dlrn_json *j, const measured *m)
{
    enum { N = 99 };
    double threshold[N];
    dlrn_decision d = {0};
    dlrn_error why;
    const dlrn_truth t = truth_of(m);
    const dlrn_decision_opts o = {.prevalence = (double)NAN};
    for (size_t k = 0; k < N; k++)
        threshold[k] = (double)(k + 1) / 100;
    if (dlrn_decision_curve(&d, m->p, &t, threshold, N, &o, &why) != DLRN_OK) {
        dlrn_json_set_take(j, "net_benefit", dlrn_json_null());
        dlrn_json_set_string(j, "net_benefit_reason", why.msg);
        return;
    }
    dlrn_json *nb = dlrn_json_object();
    dlrn_json_set_take(nb, "thresholds", dlrn_json_numbers(threshold, N));
    dlrn_json_set_take(nb, "model", dlrn_json_numbers(d.net_benefit, N));
    dlrn_json_set_take(nb, "all", dlrn_json_numbers(d.all, N));
    dlrn_json_set_take(j, "net_benefit", nb);
    dlrn_decision_clear(&d);
}

static size_t patients_of(const measured *m)
{
    size_t distinct = 0;
    double *key = dlrn_alloc_array(m->n, sizeof *key);
    size_t *order = dlrn_alloc_array(m->n, sizeof *order);
    for (size_t i = 0; key && i < m->n; i++)
        key[i] = (double)m->patient[i];
    if (key && order) dlrn_sort_index(order, key, m->n);
    for (size_t k = 0; key && order && k < m->n; k++)
        distinct += k == 0 || key[order[k]] != key[order[k - 1]];
    free(order);
    free(key);
    return distinct;
}

dlrn_status measures_json(dlrn_json **out, const study_run *r, const measured *m, double threshold,
                          bool fitted, dlrn_error *err)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_integer(j, "n", (int64_t)m->n);
    dlrn_json_set_integer(j, "patients", (int64_t)patients_of(m));
    dlrn_json_set_integer(j, "events", (int64_t)events_of(m));
    add_auc(j, r, m);
    add_classification(j, r, m, threshold);
    const dlrn_status st = measures_calibration(j, r, m, fitted, err);
    add_net_benefit(j, m);
    *out = j;
    return st;
}
