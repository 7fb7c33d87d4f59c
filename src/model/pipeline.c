/* SPDX-License-Identifier: Apache-2.0
 *
 * Drop, impute, scale, select: one fitted object.
 */
#include <dlrn/pipeline.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum scaling { SCALE_ZSCORE, SCALE_ROBUST, SCALE_RANK, SCALE_NONE, N_SCALES } scaling;
static const char *const scale_names[N_SCALES] = {"zscore", "robust", "rank", "none"};

/* What is fitted on one column. */
typedef struct column_fit {
    char *name;
    size_t source;
    double median, centre, spread;
    double *sorted; /* rank: training values, ascending [n_sorted] */
    size_t n_sorted;
} column_fit;

struct dlrn_pipeline {
    scaling scale;
    column_fit *column; /* [n] */
    size_t n;
    bool has_selection;
    dlrn_selection selection;
    dlrn_dropped *dropped; /* [n_dropped] */
    size_t n_dropped;
};

static void column_clear(column_fit *c)
{
    free(c->name);
    free(c->sorted);
    *c = (column_fit){0};
}

void dlrn_pipeline_free(dlrn_pipeline *p)
{
    if (!p) return;
    for (size_t k = 0; k < p->n; k++)
        column_clear(&p->column[k]);
    if (p->has_selection) dlrn_selection_clear(&p->selection);
    free(p->column);
    free(p->dropped);
    free(p);
}

size_t dlrn_pipeline_size(const dlrn_pipeline *p)
{
    return p->n;
}

const char *dlrn_pipeline_column(const dlrn_pipeline *p, size_t k)
{
    return p->column[k].name;
}

size_t dlrn_pipeline_source(const dlrn_pipeline *p, size_t k)
{
    return p->column[k].source;
}

const dlrn_selection *dlrn_pipeline_selection(const dlrn_pipeline *p)
{
    return p->has_selection ? &p->selection : NULL;
}

size_t dlrn_pipeline_dropped(const dlrn_dropped **out, const dlrn_pipeline *p)
{
    *out = p->dropped;
    return p->n_dropped;
}

/* ---- one column ---- */

/* Quantile type 7 of v[0..n), sorted. */
static double quantile(const double *v, size_t n, double q)
{
    const double at = (double)(n - 1) * q;
    const size_t k = (size_t)at;
    return k + 1 < n ? v[k] + (at - (double)k) * (v[k + 1] - v[k]) : v[n - 1];
}

static double sample_sd(const double *v, size_t n, double mean)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : 0;
}

/* Scratch of the length of a column. */
typedef struct scratch {
    double *v, *sorted;
    size_t *order;
} scratch;

/* The values that are there, in row order, into v; DLRN_EINVAL for an infinite one. */
static dlrn_status present_values(size_t *n, scratch *s, const dlrn_train_data *d, size_t j,
                                  dlrn_error *err)
{
    *n = 0;
    for (size_t i = 0; i < d->rows; i++) {
        const double x = d->x[i * d->cols + j];
        if (isinf(x))
            return dlrn_fail(err, DLRN_EINVAL, "column '%s' holds an infinite value", d->name[j]);
        if (!isnan(x)) s->v[(*n)++] = x;
    }
    dlrn_sort_index(s->order, s->v, *n);
    for (size_t i = 0; i < *n; i++)
        s->sorted[i] = s->v[s->order[i]];
    return DLRN_OK;
}

static dlrn_status fit_scale(column_fit *c, scaling scale, scratch *s, const dlrn_train_data *d,
                             dlrn_error *err)
{
    double sum = 0;
    for (size_t i = 0; i < d->rows; i++) { // imputed values count
        const double x = d->x[i * d->cols + c->source];
        s->v[i] = isnan(x) ? c->median : x;
        sum += s->v[i];
    }
    const double mean = sum / (double)d->rows, sd = sample_sd(s->v, d->rows, mean);
    c->centre = mean;
    c->spread = sd;
    if (scale == SCALE_NONE) {
        c->centre = 0;
        c->spread = 1;
    } else if (scale != SCALE_ZSCORE) {
        dlrn_sort_index(s->order, s->v, d->rows);
        for (size_t i = 0; i < d->rows; i++)
            s->sorted[i] = s->v[s->order[i]];
        const double width =
            quantile(s->sorted, d->rows, 0.75) - quantile(s->sorted, d->rows, 0.25);
        c->centre = quantile(s->sorted, d->rows, 0.5);
        c->spread = width > 0 ? width : sd;
    }
    if (scale != SCALE_RANK) return DLRN_OK;
    const dlrn_status st = dlrn_alloc_or_fail(&c->sorted, d->rows, err);
    if (st != DLRN_OK) return st;
    memcpy(c->sorted, s->sorted, d->rows * sizeof *c->sorted);
    c->n_sorted = d->rows;
    return DLRN_OK;
}

/* Share of training values below x, ties half, minus 0.5. */
static double rank_of(const column_fit *c, double x)
{
    size_t lo = 0, hi = c->n_sorted;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (c->sorted[mid] < x)
            lo = mid + 1;
        else
            hi = mid;
    }
    size_t ties = lo;
    while (ties < c->n_sorted && c->sorted[ties] == x)
        ties++;
    return ((double)lo + 0.5 * (double)(ties - lo)) / (double)c->n_sorted - 0.5;
}

static double scaled(const column_fit *c, scaling scale, double x)
{
    if (isnan(x)) x = c->median;
    return scale == SCALE_RANK ? rank_of(c, x) : (x - c->centre) / c->spread;
}

void dlrn_pipeline_apply(double *z, const dlrn_pipeline *p, const double *x, size_t rows,
                         size_t cols, const size_t *source)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < p->n; k++) {
            const column_fit *c = &p->column[k];
            const size_t from = source ? source[k] : c->source;
            z[i * p->n + k] = scaled(c, p->scale, x[i * cols + from]);
        }
}

/* ---- fitting ---- */

static void drop(dlrn_pipeline *p, size_t column, const char *reason)
{
    p->dropped[p->n_dropped++] = (dlrn_dropped){column, reason};
}

static dlrn_status fit_columns(dlrn_pipeline *p, const dlrn_train_data *d, dlrn_error *err)
{
    dlrn_status st;
    scratch s = {0};
    size_t n;
    DLRN_TRY(dlrn_alloc_or_fail(&s.v, d->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s.sorted, d->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&s.order, d->rows, err));
    for (size_t j = 0; j < d->cols; j++) {
        DLRN_TRY(present_values(&n, &s, d, j, err));
        if (n == 0) {
            drop(p, j, "missing in every row");
            continue;
        }
        if (s.sorted[0] == s.sorted[n - 1]) {
            drop(p, j, "constant");
            continue;
        }
        column_fit *c = &p->column[p->n];
        *c = (column_fit){.source = j, .median = quantile(s.sorted, n, 0.5)};
        DLRN_TRY(fit_scale(c, p->scale, &s, d, err));
        if (!(c->spread > 0) || !isfinite(c->centre)) {
            column_clear(c);
            drop(p, j, "constant");
            continue;
        }
        c->name = dlrn_strdup(d->name[j]);
        p->n++;
        if (!c->name) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a column's name");
            goto done;
        }
    }
    if (p->n == 0)
        st = dlrn_fail(err, DLRN_EINVAL,
                       "all %zu columns are constant or missing in the training rows", d->cols);
done:
    free(s.order);
    free(s.sorted);
    free(s.v);
    return st;
}

/* Columns of `from` that the pipeline reads, missing values imputed where `impute` says so. */
static dlrn_status gather(double **out, const dlrn_pipeline *p, const double *from,
                          const dlrn_train_data *d, bool impute, dlrn_error *err)
{
    const dlrn_status st = dlrn_alloc_or_fail(out, d->rows * p->n, err);
    for (size_t i = 0; st == DLRN_OK && i < d->rows; i++)
        for (size_t k = 0; k < p->n; k++) {
            const double x = from[i * d->cols + p->column[k].source];
            (*out)[i * p->n + k] = impute && isnan(x) ? p->column[k].median : x;
        }
    return st;
}

/* Keeps the selected columns; the selection's numbers become training columns. */
static void keep_selected(dlrn_pipeline *p)
{
    dlrn_selection *s = &p->selection;
    size_t kept = 0;
    for (size_t k = 0; k < p->n; k++) {
        if (kept < s->n && s->column[kept] == k) {
            column_fit c = p->column[k];
            p->column[k] = (column_fit){0};
            s->column[kept] = c.source;
            p->column[kept++] = c;
        } else {
            column_clear(&p->column[k]);
        }
    }
    p->n = kept;
}

static dlrn_status select_columns(dlrn_pipeline *p, const dlrn_train_data *d,
                                  const dlrn_pipeline_options *o, const dlrn_exec *ex,
                                  dlrn_error *err)
{
    dlrn_status st;
    double *z = NULL, *raw = NULL, *second = NULL;
    size_t *from = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&z, d->rows * p->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&from, p->n, err));
    dlrn_pipeline_apply(z, p, d->x, d->rows, d->cols, NULL);
    DLRN_TRY(gather(&raw, p, d->x, d, true, err));
    if (d->second) DLRN_TRY(gather(&second, p, d->second, d, false, err));
    for (size_t k = 0; k < p->n; k++)
        from[k] = p->column[k].source;
    const dlrn_select_data data = {.x = z,
                                   .raw = raw,
                                   .second = second,
                                   .rows = d->rows,
                                   .cols = p->n,
                                   .label = d->label,
                                   .group = d->group,
                                   .stratum = d->stratum,
                                   .seed = o->seed};
    DLRN_TRY(dlrn_select_fit(&p->selection, &data, o->steps, o->n_steps, ex, err));
    p->has_selection = true;
    for (size_t q = 0; p->selection.has_lasso && q < p->selection.lasso.path.cols; q++)
        p->selection.lasso_column[q] = from[p->selection.lasso_column[q]];
    keep_selected(p);
done:
    free(from);
    free(second);
    free(raw);
    free(z);
    return st;
}

static dlrn_status read_options(dlrn_pipeline *p, const dlrn_pipeline_options *o, dlrn_error *err)
{
    if (o->impute && strcmp(o->impute, "median") != 0)
        return dlrn_fail(err, DLRN_EINVAL, "impute: '%s' is not median", o->impute);
    for (p->scale = 0; p->scale < N_SCALES; p->scale++)
        if (!o->scale || !strcmp(o->scale, scale_names[p->scale])) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL, "scale: '%s' is none of zscore, robust, rank, none",
                     o->scale);
}

dlrn_status dlrn_pipeline_fit(dlrn_pipeline **out, const dlrn_train_data *d,
                              const dlrn_pipeline_options *o, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_pipeline *p = NULL;
    *out = NULL;
    if (d->rows < 2 || d->cols == 0)
        return dlrn_fail(err, DLRN_EINVAL, "%zu rows and %zu columns: nothing to fit on", d->rows,
                         d->cols);
    DLRN_TRY(dlrn_alloc_or_fail(&p, 1, err));
    DLRN_TRY(read_options(p, o, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->column, d->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&p->dropped, d->cols, err));
    DLRN_TRY(fit_columns(p, d, err));
    if (o->n_steps) DLRN_TRY(select_columns(p, d, o, ex, err));
    *out = p;
    p = NULL;
done:
    dlrn_pipeline_free(p);
    return st;
}

/* ---- keeping ---- */

dlrn_json *dlrn_pipeline_json(const dlrn_pipeline *p)
{
    dlrn_json *j = dlrn_json_object(), *columns = dlrn_json_array();
    dlrn_json_set_string(j, "scale", scale_names[p->scale]);
    for (size_t k = 0; k < p->n; k++) {
        const column_fit *c = &p->column[k];
        dlrn_json *item = dlrn_json_object();
        dlrn_json_set_string(item, "name", c->name);
        dlrn_json_set_integer(item, "source", (int64_t)c->source);
        dlrn_json_set_number(item, "median", c->median);
        dlrn_json_set_number(item, "centre", c->centre);
        dlrn_json_set_number(item, "spread", c->spread);
        if (c->sorted)
            dlrn_json_set_take(item, "sorted", dlrn_json_numbers(c->sorted, c->n_sorted));
        dlrn_json_append_take(columns, item);
    }
    dlrn_json_set_take(j, "columns", columns);
    return j;
}

static dlrn_status load_column(column_fit *c, scaling scale, const dlrn_json *j, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_json *sorted = dlrn_json_get(j, "sorted");
    const double source = dlrn_json_get_number(j, "source", -1);
    c->name = dlrn_strdup(dlrn_json_get_string(j, "name", ""));
    c->median = dlrn_json_get_number(j, "median", (double)NAN);
    c->centre = dlrn_json_get_number(j, "centre", (double)NAN);
    c->spread = dlrn_json_get_number(j, "spread", (double)NAN);
    c->n_sorted = dlrn_json_size(sorted);
    if (!c->name || !*c->name || !isfinite(c->median) || !isfinite(c->centre) || !(c->spread > 0) ||
        !(source >= 0 && source < 1e9) || (scale == SCALE_RANK) != (c->n_sorted > 0))
        return dlrn_fail(err, DLRN_EFORMAT, "a pipeline's column is damaged");
    c->source = (size_t)source;
    if (!c->n_sorted) return DLRN_OK;
    st = dlrn_alloc_or_fail(&c->sorted, c->n_sorted, err);
    for (size_t i = 0; st == DLRN_OK && i < c->n_sorted; i++)
        c->sorted[i] = dlrn_json_as_number(dlrn_json_at(sorted, i), 0);
    return st;
}

dlrn_status dlrn_pipeline_load(dlrn_pipeline **out, const dlrn_json *j, dlrn_error *err)
{
    dlrn_status st;
    dlrn_pipeline *p = NULL;
    const dlrn_json *columns = dlrn_json_get(j, "columns");
    const dlrn_pipeline_options o = {.scale = dlrn_json_get_string(j, "scale", "?")};
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&p, 1, err));
    DLRN_TRY(read_options(p, &o, err));
    if (dlrn_json_size(columns) == 0) {
        st = dlrn_fail(err, DLRN_EFORMAT, "a pipeline has no columns");
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&p->column, dlrn_json_size(columns), err));
    for (size_t k = 0; k < dlrn_json_size(columns); k++) {
        p->n = k + 1;
        DLRN_TRY(load_column(&p->column[k], p->scale, dlrn_json_at(columns, k), err));
    }
    *out = p;
    p = NULL;
done:
    dlrn_pipeline_free(p);
    return st;
}
