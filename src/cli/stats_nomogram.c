/* SPDX-License-Identifier: Apache-2.0
 *
 * nomogram: a logistic model as points, and its drawing.
 */
#include "stats_design.h"

#include <dlrn/figures.h>
#include <dlrn/nomogram.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICKS = 10,    /* rms::nomogram's nint */
    DISCRETE = 10, /* so many values of a number are its ticks, as datadist's n.unique */
    TEXT = 32
};

/* The ticks of one term. */
typedef struct axis {
    const stats_term *term;
    double *value, *contribution; /* of a factor the level's number                [n] */
    size_t n;
    char (*text)[TEXT]; /* as drawn [n] */
    const char **tick;  /* [n] */
} axis;

typedef struct job {
    stats_design x;
    dlrn_logistic model;
    dlrn_nomogram m;
    axis *axes; /* [x.terms] */
} job;

static void job_clear(job *j)
{
    for (size_t k = 0; j->axes && k < j->x.terms; k++) {
        free(j->axes[k].value);
        free(j->axes[k].contribution);
        free(j->axes[k].text);
        free(j->axes[k].tick);
    }
    free(j->axes);
    dlrn_nomogram_clear(&j->m);
    dlrn_logistic_clear(&j->model);
    stats_design_clear(&j->x);
}

/* ---- ticks ---- */

/* The values of a number that has few, else round ones over its range. */
static dlrn_status number_ticks(axis *a, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    double *v = NULL;
    size_t *order = NULL, distinct = 0;
    DLRN_TRY(stats_numbers(&v, d, a->term->column, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, d->n, err));
    dlrn_sort_index(order, v, d->n);
    for (size_t i = 0; i < d->n; i++)
        distinct += i == 0 || v[order[i]] != v[order[i - 1]];
    if (distinct > DISCRETE) {
        st = dlrn_pretty(&a->value, &a->n, a->term->lo, a->term->hi, TICKS, err);
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&a->value, distinct, err));
    for (size_t i = 0; i < d->n; i++)
        if (i == 0 || v[order[i]] != v[order[i - 1]]) a->value[a->n++] = v[order[i]];
done:
    free(order);
    free(v);
    return st;
}

static dlrn_status make_axis(axis *a, const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    const stats_term *t = a->term;
    if (t->kind == TERM_FACTOR) {
        DLRN_TRY(dlrn_alloc_or_fail(&a->value, t->level.n, err));
        for (; a->n < t->level.n; a->n++)
            a->value[a->n] = (double)a->n;
    } else {
        DLRN_TRY(number_ticks(a, d, err));
    }
    DLRN_TRY(dlrn_alloc_or_fail(&a->contribution, a->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&a->text, a->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&a->tick, a->n, err));
    for (size_t i = 0; i < a->n; i++) {
        a->contribution[i] = stats_term_part(t, j->model.coefficient, a->value[i]);
        if (t->kind == TERM_FACTOR)
            snprintf(a->text[i], TEXT, "%s", t->level.v[(size_t)a->value[i]]);
        else
            snprintf(a->text[i], TEXT, "%.8g", a->value[i]);
        a->tick[i] = a->text[i];
    }
done:
    return st;
}

/* Ticks, points and total axis of the fitted model. */
static dlrn_status build(job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    dlrn_nomogram_term *term = NULL;
    double range[2] = {(double)INFINITY, -(double)INFINITY};
    DLRN_TRY(dlrn_alloc_or_fail(&j->axes, j->x.terms, err));
    DLRN_TRY(dlrn_alloc_or_fail(&term, j->x.terms, err));
    for (size_t k = 0; k < j->x.terms; k++) {
        j->axes[k].term = &j->x.term[k];
        DLRN_TRY(make_axis(&j->axes[k], j, d, err));
        term[k] = (dlrn_nomogram_term){j->axes[k].contribution, j->axes[k].n};
    }
    for (size_t i = 0; i < d->n; i++) {
        const double lp = dlrn_logistic_lp(&j->model, j->x.x + i * j->x.names.n);
        range[0] = fmin(range[0], lp);
        range[1] = fmax(range[1], lp);
    }
    DLRN_TRY(dlrn_nomogram_build(&j->m, j->model.coefficient[0], term, j->x.terms, range, err));
done:
    free(term);
    return st;
}

/* ---- JSON ---- */

static void add_coefficient(dlrn_json *o, const job *j, size_t column, double ci)
{
    dlrn_logistic_term t;
    dlrn_logistic_wald(&t, &j->model, column, ci);
    dlrn_json_set_number(o, "coefficient", t.coefficient);
    dlrn_json_set_number(o, "or", t.odds_ratio);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(t.or_lo, t.or_hi));
    dlrn_json_set_number(o, "p", t.p);
}

/* The columns of a factor or spline, one by one. */
static dlrn_json *parts_json(const job *j, const stats_term *t, double ci)
{
    dlrn_json *parts = dlrn_json_array();
    const bool factor = t->kind == TERM_FACTOR;
    for (size_t k = 0; k < t->width; k++) {
        dlrn_json *part = dlrn_json_object();
        dlrn_json_set_string(part, factor ? "level" : "term",
                             factor ? t->level.v[k + 1] : j->x.names.v[t->first + k]);
        add_coefficient(part, j, t->first + k + 1, ci);
        dlrn_json_append_take(parts, part);
    }
    return parts;
}

static dlrn_json *term_json(const job *j, size_t k, double ci)
{
    const axis *a = &j->axes[k];
    const stats_term *t = a->term;
    dlrn_json *o = dlrn_json_object(), *points = dlrn_json_array();
    dlrn_json_set_string(o, "name", t->column);
    if (t->width == 1) {
        add_coefficient(o, j, t->first + 1, ci);
    } else {
        const bool factor = t->kind == TERM_FACTOR;
        dlrn_json_set_take(o, "coefficient", dlrn_json_null());
        dlrn_json_set_string(o, "coefficient_reason",
                             factor ? "one for each level, see levels"
                                    : "one for each column of the spline, see columns");
        dlrn_json_set_take(o, factor ? "levels" : "columns", parts_json(j, t, ci));
    }
    for (size_t i = 0; i < a->n; i++) {
        dlrn_json *pair = dlrn_json_array();
        dlrn_json_append_take(pair, t->kind == TERM_FACTOR
                                        ? dlrn_json_string(t->level.v[(size_t)a->value[i]])
                                        : dlrn_json_number(a->value[i]));
        dlrn_json_append_take(pair, dlrn_json_number(j->m.points[k][i]));
        dlrn_json_append_take(points, pair);
    }
    dlrn_json_set_take(o, "points", points);
    return o;
}

static void set_result(dlrn_json *out, const job *j, double ci)
{
    dlrn_json *terms = dlrn_json_array(), *total = dlrn_json_array(), *scale = dlrn_json_object();
    for (size_t k = 0; k < j->x.terms; k++)
        dlrn_json_append_take(terms, term_json(j, k, ci));
    for (size_t k = 0; k < j->m.totals; k++)
        dlrn_json_append_take(total, dlrn_json_interval(j->m.total[k], j->m.probability[k]));
    dlrn_json_set_number(scale, "points_per_logit", j->m.points_per_lp);
    dlrn_json_set_number(scale, "logit_at_zero", j->m.lp_at_zero);
    dlrn_json_set_number(out, "intercept", j->model.coefficient[0]);
    dlrn_json_set_take(out, "terms", terms);
    dlrn_json_set_take(out, "total", total);
    dlrn_json_set_take(out, "scale", scale);
}

/* ---- the drawing ---- */

static dlrn_status plot(dlrn_figure **out, const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    dlrn_nomogram_axis *terms = NULL;
    double at[DLRN_NOMOGRAM_PROBABILITIES], p[DLRN_NOMOGRAM_PROBABILITIES];
    char label[160], probability[DLRN_NOMOGRAM_PROBABILITIES][TEXT], (*total)[TEXT] = NULL;
    const char *p_tick[DLRN_NOMOGRAM_PROBABILITIES], **tick = NULL;
    const size_t n = dlrn_nomogram_probability_axis(at, p, &j->m);
    DLRN_TRY(dlrn_alloc_or_fail(&terms, j->x.terms, err));
    DLRN_TRY(dlrn_alloc_or_fail(&total, j->m.totals, err));
    DLRN_TRY(dlrn_alloc_or_fail(&tick, j->m.totals, err));
    for (size_t k = 0; k < j->x.terms; k++)
        terms[k] = (dlrn_nomogram_axis){.label = j->axes[k].term->column,
                                        .at = j->m.points[k],
                                        .tick = j->axes[k].tick,
                                        .n = j->axes[k].n,
                                        .patient = (double)NAN};
    for (size_t k = 0; k < j->m.totals; k++) {
        snprintf(total[k], TEXT, "%.8g", j->m.total[k]);
        tick[k] = total[k];
    }
    for (size_t k = 0; k < n; k++) {
        snprintf(probability[k], TEXT, "%g", p[k]);
        p_tick[k] = probability[k];
    }
    if (d->o->positive)
        snprintf(label, sizeof label, "Probability of %.60s = %.60s", d->o->label, d->o->positive);
    else
        snprintf(label, sizeof label, "Probability of %.120s", d->o->label);
    const dlrn_nomogram_plot figure = {
        .terms = terms,
        .n_terms = j->x.terms,
        .total = {"Total points", j->m.total, tick, j->m.totals, (double)NAN, NULL},
        .probability = {label, at, p_tick, n, (double)NAN, NULL}};
    DLRN_TRY(dlrn_plot_nomogram(out, &figure, err));
done:
    free(tick);
    free(total);
    free(terms);
    return st;
}

/* The file kind by its ending; 0: none of them. */
static unsigned file_kind(const char *path, size_t *stem)
{
    static const char *const ending[] = {".svg", ".pdf", ".png"};
    static const unsigned kind[] = {DLRN_FILE_SVG, DLRN_FILE_PDF, DLRN_FILE_PNG};
    const size_t n = strlen(path);
    for (size_t i = 0; i < 3; i++) {
        if (n <= 4 || strcmp(path + n - 4, ending[i]) != 0) continue;
        *stem = n - 4;
        return kind[i];
    }
    return 0;
}

static dlrn_status draw(const job *j, const stats_data *d, dlrn_error *err)
{
    dlrn_status st;
    size_t stem;
    dlrn_figure *f = NULL;
    const unsigned kind = file_kind(d->o->output, &stem);
    char *path = dlrn_strndup(d->o->output, stem);
    if (!path) DLRN_TRY(dlrn_fail(err, DLRN_ENOMEM, "out of memory"));
    DLRN_TRY(plot(&f, j, d, err));
    DLRN_TRY(dlrn_figure_save(f, path, kind, err));
done:
    if (f) dlrn_figure_free(f);
    free(path);
    return st;
}

static dlrn_status run_nomogram(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    size_t stem;
    job j = {.axes = NULL};
    if (d->o->output && !file_kind(d->o->output, &stem))
        return dlrn_fail(err, DLRN_EINVAL,
                         "-o '%.80s': expected a file that ends in .svg, .pdf or .png",
                         d->o->output);
    DLRN_TRY(stats_logistic_check(d, err));
    DLRN_TRY(stats_design_make(&j.x, d, err));
    const dlrn_logistic_data data = stats_logistic_data(&j.x, d);
    const dlrn_logistic_opts opts = stats_logistic_opts(d);
    DLRN_TRY(dlrn_logistic_fit(&j.model, &data, &opts, err));
    DLRN_TRY(build(&j, d, err));
    set_result(out, &j, d->o->ci);
    if (d->o->output) DLRN_TRY(draw(&j, d, err));
done:
    job_clear(&j);
    return st;
}

/* Coefficients, then a row for each tick, then the total. */
static dlrn_json *view_nomogram(const dlrn_json *result)
{
    static const char *const rebuilt[] = {"terms", "total"};
    dlrn_json *view = stats_without(result, rebuilt, 2);
    dlrn_json *ticks = dlrn_json_array(), *sums = dlrn_json_array();
    const dlrn_json *terms = dlrn_json_get(result, "terms"),
                    *total = dlrn_json_get(result, "total");
    for (size_t k = 0; k < dlrn_json_size(terms); k++) {
        const dlrn_json *points = dlrn_json_get(dlrn_json_at(terms, k), "points");
        for (size_t i = 0; i < dlrn_json_size(points); i++) {
            dlrn_json *row = dlrn_json_object();
            const dlrn_json *pair = dlrn_json_at(points, i);
            dlrn_json_set_string(row, "term",
                                 i ? "" : dlrn_json_get_string(dlrn_json_at(terms, k), "name", ""));
            dlrn_json_set_take(row, "value", dlrn_json_copy(dlrn_json_at(pair, 0)));
            dlrn_json_set_take(row, "points", dlrn_json_copy(dlrn_json_at(pair, 1)));
            dlrn_json_append_take(ticks, row);
        }
    }
    for (size_t k = 0; k < dlrn_json_size(total); k++) {
        dlrn_json *row = dlrn_json_object();
        dlrn_json_set_take(row, "total points",
                           dlrn_json_copy(dlrn_json_at(dlrn_json_at(total, k), 0)));
        dlrn_json_set_take(row, "probability",
                           dlrn_json_copy(dlrn_json_at(dlrn_json_at(total, k), 1)));
        dlrn_json_append_take(sums, row);
    }
    dlrn_json_set_take(view, "points", ticks);
    dlrn_json_set_take(view, "total", sums);
    return view;
}

static const cli_option nomogram_options[] = {
    STATS_OPT_LABEL,
    {"terms", 0, CLI_LIST, STATS_AT(terms), "A,B,...", STATS_TERMS_HELP},
    STATS_OPT_CI,
    {"firth", 0, CLI_FLAG, STATS_AT(firth), NULL, "Firth's penalty"},
    STATS_OPT_CLUSTER,
    {"out", 'o', CLI_WRITE, STATS_AT(output), "FILE", "the drawing: .svg, .pdf or .png"},
};

const stats_test stats_nomogram = {
    .cli =
        {STATS_CLI(nomogram_options), .name = "nomogram", .summary = "a logistic model as points",
         .usage = "FILE.csv --label COL --terms A,B,... [options]",
         .details =
             "Ticks, points and total axis are those of rms::nomogram: 100 points go to the term that\n"
             "moves the prediction most over its ticks; a number of ten values or fewer has these as ticks.",
         .examples =
             "  # the drawing, and the points as text\n"
             "  dlrn stats nomogram c.csv --label acute --terms age,pain -o nomogram.svg\n"
             "  # the numbers behind it\n"
             "  dlrn stats nomogram c.csv --label acute --terms \"rcs(age,4),sex\" --json\n"},
    .needs = STATS_LABEL | STATS_TERMS,
    .fn = run_nomogram,
    .view = view_nomogram,
};
