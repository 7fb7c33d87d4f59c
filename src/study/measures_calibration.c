/* SPDX-License-Identifier: Apache-2.0
 *
 * Calibration of predictions on one cohort: figures for results.json, points for the figure.
 */
#include "study/measures.h"

#include <dlrn/calibration.h>
#include <dlrn/classify.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_none(dlrn_json *j, const char *reason)
{
    static const char *const keys[] = {"brier", "intercept", "slope", "o_e", "ici"};
    dlrn_json_set_take(j, "hosmer_lemeshow", dlrn_json_null());
    for (size_t k = 0; k < 5; k++)
        measures_set(j, keys[k], (double)NAN, reason);
}

static void add_figures(dlrn_json *j, const dlrn_calibration *c)
{
    const char *reason = c->reason[0] ? c->reason : "undefined here";
    measures_set(j, "intercept", c->intercept.value, reason);
    dlrn_json_set_take(j, "intercept_ci", dlrn_json_interval(c->intercept.lo, c->intercept.hi));
    measures_set(j, "slope", c->slope.value, reason);
    dlrn_json_set_take(j, "slope_ci", dlrn_json_interval(c->slope.lo, c->slope.hi));
    measures_set(j, "ici", c->ici, "too few rows for a loess curve");
}

dlrn_status measures_calibration(dlrn_json *j, const study_run *r, const measured *m, bool fitted,
                                 dlrn_error *err)
{
    dlrn_calibration c, before;
    dlrn_error why;
    const dlrn_truth t = {m->label, m->n, NULL};
    const dlrn_calibration_opts o = {(size_t)r->c.statistics.calibration_groups, fitted,
                                     r->c.statistics.confidence};
    dlrn_status st = dlrn_calibrate(&c, m->p, &t, &o, &why);
    if (st == DLRN_OK) st = dlrn_calibrate(&before, m->raw, &t, &o, &why);
    if (st == DLRN_ENOMEM) return dlrn_fail(err, st, "%s", why.msg);
    if (st != DLRN_OK) {
        add_none(j, why.msg);
        return DLRN_OK;
    }
    dlrn_json *hl = dlrn_json_object(), *raw = dlrn_json_object();
    dlrn_json_set_number(j, "brier", c.brier);
    measures_set(hl, "chi2", c.hl_chi2, "too few groups");
    measures_set(hl, "df", c.hl_df, "too few groups");
    measures_set(hl, "p", c.hl_p, "too few groups");
    dlrn_json_set_take(j, "hosmer_lemeshow", hl);
    add_figures(j, &c);
    measures_set(j, "o_e", c.o_e.value, "no events are expected");
    dlrn_json_set_bool(j, "imprecise", c.imprecise);
    dlrn_json_set_number(raw, "brier", before.brier);
    measures_set(raw, "intercept", before.intercept.value, before.reason);
    measures_set(raw, "slope", before.slope.value, before.reason);
    measures_set(raw, "ici", before.ici, "too few rows for a loess curve");
    dlrn_json_set_take(j, "raw", raw);
    return DLRN_OK;
}

/* ---- the figure ---- */

static void add_row(csv_out *c, const char *what, double x, double y, double lo, double hi)
{
    csv_text(c, what);
    csv_number(c, x);
    csv_number(c, y);
    csv_number(c, lo);
    csv_number(c, hi);
    csv_end_row(c);
}

/* The loess curve over the range of the predictions, without a band. */
static void add_curve(csv_out *c, const char *model, const double *p, const double *y, size_t n)
{
    enum { POINTS = 60 };
    double at[POINTS], smooth[POINTS];
    char what[120];
    snprintf(what, sizeof what, "%.100s curve", model);
    for (size_t k = 0; k < POINTS; k++)
        at[k] = p[0] + (p[n - 1] - p[0]) * (double)k / (POINTS - 1);
    if (dlrn_loess(smooth, at, POINTS, p, y, n, 0.75, NULL) != DLRN_OK) return;
    for (size_t k = 0; k < POINTS; k++) {
        const double cut = smooth[k] < 0 ? 0 : smooth[k] > 1 ? 1 : smooth[k];
        add_row(c, what, at[k], cut, (double)NAN, (double)NAN);
    }
}

/* Groups of equal size in the order of risk. */
static void add_groups(csv_out *c, const study_run *r, const char *model, const double *p,
                       const double *y, size_t n)
{
    const size_t groups = (size_t)r->c.statistics.calibration_groups;
    char what[120];
    snprintf(what, sizeof what, "%.100s group", model);
    for (size_t g = 0; g < groups; g++) {
        const size_t from = n * g / groups, to = n * (g + 1) / groups;
        double sum = 0, events = 0;
        if (to == from) continue;
        for (size_t i = from; i < to; i++) {
            sum += p[i];
            events += y[i];
        }
        const dlrn_estimate e =
            dlrn_proportion((size_t)events, to - from, r->c.statistics.confidence, DLRN_WILSON);
        add_row(c, what, sum / (double)(to - from), e.value, e.lo, e.hi);
    }
}

/* Rows by bins of risk: lo the negative, hi the positive ones. */
static void add_bins(csv_out *c, const char *model, const double *p, const double *y, size_t n)
{
    enum { BINS = 25 };
    double count[2][BINS] = {{0}};
    char what[120];
    snprintf(what, sizeof what, "%.100s bins", model);
    for (size_t i = 0; i < n; i++) {
        const size_t bin = p[i] < 1 ? (size_t)(p[i] * BINS) : BINS - 1;
        count[y[i] > 0][bin]++;
    }
    for (size_t k = 0; k < BINS; k++)
        add_row(c, what, ((double)k + 0.5) / BINS, (double)NAN, count[0][k], count[1][k]);
}

dlrn_status measures_calibration_rows(csv_out *c, const study_run *r, const char *model,
                                      const measured *m, dlrn_error *err)
{
    dlrn_status st;
    double *p = NULL, *y = NULL;
    size_t *order = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&p, m->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, m->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, m->n, err));
    if (m->n == 0) goto done;
    dlrn_sort_index(order, m->p, m->n);
    for (size_t i = 0; i < m->n; i++) {
        p[i] = m->p[order[i]];
        y[i] = m->label[order[i]];
    }
    add_curve(c, model, p, y, m->n);
    add_groups(c, r, model, p, y, m->n);
    add_bins(c, model, p, y, m->n);
done:
    free(order);
    free(y);
    free(p);
    return st;
}
