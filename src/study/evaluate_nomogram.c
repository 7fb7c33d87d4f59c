/* SPDX-License-Identifier: Apache-2.0
 *
 * results.nomogram: coefficients, points of every term's ticks, the total axis.
 */
#include "study/evaluate.h"
#include "study/logit.h"

#include <dlrn/nomogram.h>
#include <dlrn/special.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 10 }; /* rms::nomogram's nint */

/* One term of the nomogram: its ticks, their texts or numbers, their parts in the log-odds. */
typedef struct axis {
    const clinical_term *term; /* NULL: the signature */
    double *value;             /* [n]; of a category the level's number */
    double *contribution;      /* [n] */
    size_t n;
} axis;

static void axis_clear(axis *a)
{
    free(a->value);
    free(a->contribution);
}

static const char *name_of(const axis *a)
{
    return a->term ? a->term->column : "signature";
}

/* Ticks of a number over lo..hi; beta is the slope of value, or of log(1 + value). */
static dlrn_status number_axis(axis *a, double lo, double hi, double beta, bool log1p_scale,
                               dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_pretty(&a->value, &a->n, lo, hi, TICKS, err));
    DLRN_TRY(dlrn_alloc_or_fail(&a->contribution, a->n, err));
    if (log1p_scale && a->value[0] <= -1) a->value[0] = lo;
    for (size_t k = 0; k < a->n; k++)
        a->contribution[k] = beta * (log1p_scale ? log1p(a->value[k]) : a->value[k]);
done:
    return st;
}

static dlrn_status level_axis(axis *a, const double *beta, size_t levels, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&a->value, levels, err));
    DLRN_TRY(dlrn_alloc_or_fail(&a->contribution, levels, err));
    a->n = levels;
    for (size_t k = 0; k < levels; k++) {
        a->value[k] = (double)k;
        a->contribution[k] = k ? beta[k - 1] : 0;
    }
done:
    return st;
}

/* Range of the out-of-fold signature's logit on the training rows. */
static void signature_range(double *lo, double *hi, const study_run *r)
{
    const study_score *s = study_find_score(r, r->model[r->nomogram_model].name);
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t k = 0; k < r->n_train; k++) {
        const double t = logit_of_signature(s->cv[r->train[k]], r->n_train);
        *lo = fmin(*lo, t);
        *hi = fmax(*hi, t);
    }
}

static dlrn_status make_axes(axis *a, const study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const double *beta = r->nomogram_fit.beta + 1;
    if (r->nomogram_model != SIZE_MAX) {
        double lo, hi;
        signature_range(&lo, &hi, r);
        DLRN_TRY(number_axis(a++, lo, hi, *beta++, false, err));
    }
    for (size_t k = 0; k < r->nomogram_terms.n; k++, a++) {
        const clinical_term *t = &r->nomogram_terms.term[k];
        a->term = t;
        if (t->kind == CLINICAL_NUMBER)
            DLRN_TRY(number_axis(a, t->lo, t->hi, *beta, t->log1p, err));
        else
            DLRN_TRY(level_axis(a, beta, t->width + 1, err));
        beta += t->width;
    }
done:
    return st;
}

/* Numbers of design column j into the object. */
static void add_coefficient(dlrn_json *j, const study_run *r, size_t column)
{
    const study_logit *f = &r->nomogram_fit;
    const size_t q = f->p + 1;
    const double b = f->beta[column + 1];
    const double se = sqrt(f->covariance[(column + 1) * q + column + 1]);
    const double z = dlrn_normal_quantile(0.5 + r->c.statistics.confidence / 2);
    dlrn_json_set_number(j, "coefficient", b);
    dlrn_json_set_number(j, "or", exp(b));
    dlrn_json_set_take(j, "ci", dlrn_json_interval(exp(b - z * se), exp(b + z * se)));
    dlrn_json_set_number(j, "p", dlrn_normal_two_sided(b / se));
}

static dlrn_json *tick_json(const axis *a, size_t k)
{
    return a->term && a->term->kind == CLINICAL_CATEGORY ? dlrn_json_string(a->term->level.v[k])
                                                         : dlrn_json_number(a->value[k]);
}

static dlrn_json *axis_json(const axis *a, const double *points, const study_run *r, size_t column)
{
    dlrn_json *j = dlrn_json_object(), *list = dlrn_json_array();
    dlrn_json_set_string(j, "name", name_of(a));
    dlrn_json_set_string(j, "label", a->term ? a->term->label : "Signature (log-odds)");
    if (!a->term || a->term->width == 1) {
        add_coefficient(j, r, column);
    } else {
        dlrn_json *levels = dlrn_json_array();
        dlrn_json_set_take(j, "coefficient", dlrn_json_null());
        dlrn_json_set_string(j, "coefficient_reason", "one for each level, see levels");
        for (size_t k = 0; k < a->term->width; k++) {
            dlrn_json *level = dlrn_json_object();
            dlrn_json_set_string(level, "level", a->term->level.v[k + 1]);
            add_coefficient(level, r, column + k);
            dlrn_json_append_take(levels, level);
        }
        dlrn_json_set_take(j, "levels", levels);
    }
    for (size_t k = 0; k < a->n; k++) {
        dlrn_json *pair = dlrn_json_array();
        dlrn_json_append_take(pair, tick_json(a, k));
        dlrn_json_append_take(pair, dlrn_json_number(points[k]));
        dlrn_json_append_take(list, pair);
    }
    dlrn_json_set_take(j, "points", list);
    return j;
}

/* Ticks of the two lower axes: where they stand in total points, and what they say. */
static dlrn_json *lower_axes(const dlrn_nomogram *m, const study_run *r)
{
    double at[DLRN_NOMOGRAM_PROBABILITIES], probability[DLRN_NOMOGRAM_PROBABILITIES];
    const size_t n = dlrn_nomogram_probability_axis(at, probability, m);
    dlrn_json *j = dlrn_json_object(), *total = dlrn_json_array(), *prob = dlrn_json_array();
    char text[160];
    for (size_t k = 0; k < m->totals; k++)
        dlrn_json_append_take(total, dlrn_json_interval(m->total[k], m->total[k]));
    for (size_t k = 0; k < n; k++)
        dlrn_json_append_take(prob, dlrn_json_interval(at[k], probability[k]));
    snprintf(text, sizeof text, "Probability of %.120s", r->c.outcome.name);
    dlrn_json_set_string(j, "outcome", text);
    dlrn_json_set_take(j, "total", total);
    dlrn_json_set_take(j, "probability", prob);
    return j;
}

static dlrn_json *scale_json(const dlrn_nomogram *m, const axis *a, size_t n)
{
    dlrn_json *j = dlrn_json_object(), *least = dlrn_json_object();
    dlrn_json_set_number(j, "points_per_logit", m->points_per_lp);
    for (size_t k = 0; k < n; k++) {
        double lowest = INFINITY;
        for (size_t q = 0; q < a[k].n; q++)
            lowest = fmin(lowest, a[k].contribution[q]);
        dlrn_json_set_number(least, name_of(&a[k]), lowest);
    }
    dlrn_json_set_take(j, "least", least);
    return j;
}

static dlrn_json *nomogram_json(const dlrn_nomogram *m, const axis *a, size_t n, const study_run *r)
{
    dlrn_json *j = dlrn_json_object(), *terms = dlrn_json_array(), *total = dlrn_json_array();
    size_t column = 0;
    dlrn_json_set_number(j, "intercept", r->nomogram_fit.beta[0]);
    for (size_t k = 0; k < n; k++) {
        dlrn_json_append_take(terms, axis_json(&a[k], m->points[k], r, column));
        column += a[k].term ? a[k].term->width : 1;
    }
    for (size_t k = 0; k < m->totals; k++)
        dlrn_json_append_take(total, dlrn_json_interval(m->total[k], m->probability[k]));
    dlrn_json_set_take(j, "terms", terms);
    dlrn_json_set_take(j, "total", total);
    dlrn_json_set_take(j, "axes", lower_axes(m, r));
    dlrn_json_set_take(j, "scale", scale_json(m, a, n));
    return j;
}

/* Least and largest linear predictor of the rows that the nomogram was fitted on. */
static void fitted_range(double range[2], const study_run *r)
{
    const study_score *s = study_find_score(r, "dlrn");
    range[0] = INFINITY;
    range[1] = -INFINITY;
    for (size_t k = 0; k < r->n_train; k++) {
        const double p = s->fit[r->train[k]], t = log(p / (1 - p));
        range[0] = fmin(range[0], t);
        range[1] = fmax(range[1], t);
    }
}

dlrn_status evaluate_nomogram(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    dlrn_nomogram m = {0};
    axis *a = NULL;
    dlrn_nomogram_term *term = NULL;
    double range[2];
    const size_t n = r->nomogram_terms.n + (r->nomogram_model != SIZE_MAX);
    if (!r->nomogram_fit.beta) {
        dlrn_json_set_take(r->results, "nomogram", dlrn_json_null());
        dlrn_json_set_string(
            r->results, "nomogram_reason",
            "there are no terms for one, or the signature does not rise with the outcome: "
            "see the warnings");
        return DLRN_OK;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&a, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&term, n, err));
    DLRN_TRY(make_axes(a, r, err));
    for (size_t k = 0; k < n; k++)
        term[k] = (dlrn_nomogram_term){a[k].contribution, a[k].n};
    fitted_range(range, r);
    DLRN_TRY(dlrn_nomogram_build(&m, r->nomogram_fit.beta[0], term, n, range, err));
    dlrn_json_set_take(r->results, "nomogram", nomogram_json(&m, a, n, r));
done:
    for (size_t k = 0; a && k < n; k++)
        axis_clear(&a[k]);
    dlrn_nomogram_clear(&m);
    free(term);
    free(a);
    return st;
}
