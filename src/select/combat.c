/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps and the stopping rule are those of sva::ComBat, so that the numbers are its numbers.
 */
#include <dlrn/combat.h>

#include "base/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct fit {
    dlrn_combat *c;
    const dlrn_combat_rows *in;
    bool mean_only, nonparametric;
    size_t *size;   /* rows of each batch [batches] */
    double *design; /* [n][terms] */
    size_t terms;
    double *beta;   /* [terms][cols] */
    double *s;      /* standardised data [n][cols] */
    double *gamma;  /* raw shifts [batches][cols] */
    double *delta;  /* raw variances [batches][cols] */
    double *target; /* [terms][cols], scratch */
    double *gram;   /* [terms][terms], scratch */
} fit;

static dlrn_status check_rows(const dlrn_combat_rows *in, dlrn_error *err)
{
    for (size_t i = 0; i < in->n; i++) {
        if (in->batch[i] >= in->batches)
            return dlrn_fail(err, DLRN_EINVAL,
                             "ComBat: row %zu is of a batch that the fit does not know", i + 1);
        for (size_t j = 0; j < in->cols; j++)
            if (!isfinite(in->x[i * in->cols + j]))
                return dlrn_fail(err, DLRN_EINVAL,
                                 "ComBat: row %zu, column %zu: not a finite number", i + 1, j + 1);
        for (size_t k = 0; k < in->covariates; k++)
            if (!isfinite(in->covariate[i * in->covariates + k]))
                return dlrn_fail(err, DLRN_EINVAL,
                                 "ComBat: row %zu, covariate %zu: not a finite number", i + 1,
                                 k + 1);
    }
    return DLRN_OK;
}

static dlrn_status allocate(fit *f, dlrn_error *err)
{
    dlrn_status st;
    dlrn_combat *c = f->c;
    const size_t m = f->in->cols, b = f->in->batches;
    f->terms = b + f->in->covariates;
    DLRN_TRY(dlrn_alloc_or_fail(&c->mean, m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->sd, m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->covariate, f->in->covariates * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->shift, b * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c->scale, b * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->size, b, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->design, f->in->n * f->terms, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->beta, f->terms * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->s, f->in->n * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->gamma, b * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->delta, b * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->target, f->terms * m, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->gram, f->terms * f->terms, err));
done:
    return st;
}

static void fit_clear(fit *f)
{
    free(f->size);
    free(f->design);
    free(f->beta);
    free(f->s);
    free(f->gamma);
    free(f->delta);
    free(f->target);
    free(f->gram);
}

/* Indicators of the batches (the reference's is 1 throughout), then the covariates. */
static dlrn_status fill_design(fit *f, dlrn_error *err)
{
    const dlrn_combat_rows *in = f->in;
    for (size_t i = 0; i < in->n; i++) {
        double *row = f->design + i * f->terms;
        row[in->batch[i]] = 1;
        if (f->c->reference < in->batches) row[f->c->reference] = 1;
        for (size_t k = 0; k < in->covariates; k++)
            row[in->batches + k] = in->covariate[i * in->covariates + k];
        f->size[in->batch[i]]++;
    }
    for (size_t b = 0; b < in->batches; b++) {
        if (f->size[b] == 0)
            return dlrn_fail(err, DLRN_EINVAL, "ComBat: batch %zu has no row", b + 1);
        f->mean_only |= f->size[b] == 1;
    }
    return DLRN_OK;
}

/* Least squares of y[n][cols] on the first `terms` columns of the design. */
static dlrn_status regress(fit *f, double *out, const double *y, size_t terms, dlrn_error *err)
{
    const size_t n = f->in->n, m = f->in->cols;
    memset(f->gram, 0, terms * terms * sizeof *f->gram);
    memset(out, 0, terms * m * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const double *row = f->design + i * f->terms;
        for (size_t a = 0; a < terms; a++) {
            if (row[a] == 0) continue;
            for (size_t b = 0; b < terms; b++)
                f->gram[a * terms + b] += row[a] * row[b];
            for (size_t j = 0; j < m; j++)
                out[a * m + j] += row[a] * y[i * m + j];
        }
    }
    return dlrn_solve_spd(f->gram, out, terms, m, err);
}

/* Columns without spread inside a batch of several rows get sd 0. */
static void leave_flat_columns(fit *f, bool *flat)
{
    const dlrn_combat_rows *in = f->in;
    for (size_t j = 0; j < in->cols; j++) {
        for (size_t b = 0; b < in->batches && !flat[j]; b++) {
            double lo = (double)INFINITY, hi = -(double)INFINITY;
            for (size_t i = 0; i < in->n; i++) {
                if (in->batch[i] != b) continue;
                lo = fmin(lo, in->x[i * in->cols + j]);
                hi = fmax(hi, in->x[i * in->cols + j]);
            }
            flat[j] = f->size[b] > 1 && lo == hi;
        }
    }
}

static double fitted(const fit *f, size_t i, size_t j, size_t from)
{
    double sum = 0;
    for (size_t a = from; a < f->terms; a++)
        sum += f->design[i * f->terms + a] * f->beta[a * f->in->cols + j];
    return sum;
}

static dlrn_status standardise(fit *f, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_combat_rows *in = f->in;
    dlrn_combat *c = f->c;
    const size_t m = in->cols;
    const bool has_reference = c->reference < in->batches;
    const double rows = (double)(has_reference ? f->size[c->reference] : in->n);
    bool *flat = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&flat, m, err));
    leave_flat_columns(f, flat);
    st = regress(f, f->beta, in->x, f->terms, err);
    if (st == DLRN_ENUMERIC)
        dlrn_fail(err, st, "ComBat: batches and covariates are confounded; take covariates out");
    if (st != DLRN_OK) goto done;
    for (size_t j = 0; j < m; j++) {
        double squares = 0;
        for (size_t i = 0; i < in->n; i++) {
            const double rest = in->x[i * m + j] - fitted(f, i, j, 0);
            if (!has_reference || in->batch[i] == c->reference) squares += rest * rest;
        }
        c->sd[j] = flat[j] ? 0 : sqrt(squares / rows);
        for (size_t b = 0; b < in->batches && !has_reference; b++)
            c->mean[j] += (double)f->size[b] / (double)in->n * f->beta[b * m + j];
        if (has_reference) c->mean[j] = f->beta[c->reference * m + j];
        for (size_t k = 0; k < in->covariates; k++)
            c->covariate[k * m + j] = f->beta[(in->batches + k) * m + j];
        for (size_t i = 0; i < in->n && c->sd[j] > 0; i++)
            f->s[i * m + j] =
                (in->x[i * m + j] - c->mean[j] - fitted(f, i, j, in->batches)) / c->sd[j];
    }
done:
    free(flat);
    return st;
}

static dlrn_status raw_effects(fit *f, dlrn_error *err)
{
    const dlrn_combat_rows *in = f->in;
    const size_t m = in->cols;
    const dlrn_status st = regress(f, f->target, f->s, in->batches, err);
    if (st != DLRN_OK) return st;
    memcpy(f->gamma, f->target, in->batches * m * sizeof *f->gamma);
    for (size_t b = 0; b < in->batches; b++) {
        for (size_t j = 0; j < m; j++) {
            double mean = 0, squares = 0;
            for (size_t i = 0; i < in->n; i++)
                if (in->batch[i] == b) mean += f->s[i * m + j];
            mean /= (double)f->size[b];
            for (size_t i = 0; i < in->n; i++)
                if (in->batch[i] == b)
                    squares += (f->s[i * m + j] - mean) * (f->s[i * m + j] - mean);
            f->delta[b * m + j] = f->mean_only ? 1 : squares / (double)(f->size[b] - 1);
        }
    }
    return DLRN_OK;
}

/* Mean and variance over the columns that are adjusted. */
static void moments(double *mean, double *variance, const double *v, const fit *f)
{
    double n = 0;
    *mean = *variance = 0;
    for (size_t j = 0; j < f->in->cols; j++) {
        if (f->c->sd[j] == 0) continue;
        *mean += v[j];
        n++;
    }
    *mean /= n;
    for (size_t j = 0; j < f->in->cols; j++)
        if (f->c->sd[j] > 0) *variance += (v[j] - *mean) * (v[j] - *mean);
    *variance /= n - 1;
}

/* Sum of squares of batch b's values of column j around `centre`. */
static double squares_around(const fit *f, size_t b, size_t j, double centre)
{
    double sum = 0;
    for (size_t i = 0; i < f->in->n; i++) {
        const double d = f->s[i * f->in->cols + j] - centre;
        if (f->in->batch[i] == b) sum += d * d;
    }
    return sum;
}

static void parametric(fit *f, size_t b)
{
    const size_t m = f->in->cols;
    const double n = (double)f->size[b];
    const double *hat = f->gamma + b * m;
    double *shift = f->c->shift + b * m, *scale = f->c->scale + b * m;
    double mean, t2, d_mean, d_var;
    moments(&mean, &t2, hat, f);
    moments(&d_mean, &d_var, f->delta + b * m, f);
    for (size_t j = 0; j < m; j++) {
        shift[j] = f->mean_only ? (t2 * hat[j] + mean) / (t2 + 1) : hat[j];
        scale[j] = f->mean_only ? 1 : f->delta[b * m + j];
    }
    if (f->mean_only) return;
    const double a = (2 * d_var + d_mean * d_mean) / d_var;
    const double rate = (d_mean * d_var + d_mean * d_mean * d_mean) / d_var;
    // all columns go on until the last one has settled, as in sva; a change is measured against
    // the signed shift, as there
    double change = 1;
    for (int round = 0; change > 1e-4 && round < 10000; round++) {
        change = -(double)INFINITY;
        for (size_t j = 0; j < m; j++) {
            if (f->c->sd[j] == 0) continue;
            const double g = (t2 * n * hat[j] + scale[j] * mean) / (t2 * n + scale[j]);
            const double d = (0.5 * squares_around(f, b, j, g) + rate) / (n / 2 + a - 1);
            change =
                fmax(change, fmax(fabs(g - shift[j]) / shift[j], fabs(d - scale[j]) / scale[j]));
            shift[j] = g;
            scale[j] = d;
        }
    }
}

/* Each column's effect is the mean of the other columns' raw effects, weighted by how well they
 * explain its values. */
static void nonparametric(fit *f, size_t b)
{
    const size_t m = f->in->cols;
    const double n = (double)f->size[b];
    const double *g = f->gamma + b * m, *d = f->delta + b * m;
    for (size_t j = 0; j < m; j++) {
        double top = -(double)INFINITY, weights = 0, shift = 0, scale = 0, sum = 0;
        for (size_t i = 0; i < f->in->n; i++)
            if (f->in->batch[i] == b) sum += f->s[i * m + j];
        const double own = squares_around(f, b, j, sum / n);
        for (int pass = 0; pass < 2; pass++) { // the first finds the largest, lest all vanish
            for (size_t k = 0; k < m; k++) {
                if (k == j || f->c->sd[k] == 0) continue;
                const double away = sum / n - g[k];
                const double l =
                    -n / 2 * log(2 * M_PI * d[k]) - (own + n * away * away) / (2 * d[k]);
                if (pass == 0) {
                    top = fmax(top, l);
                    continue;
                }
                const double w = exp(l - top);
                weights += w;
                shift += w * g[k];
                scale += w * d[k];
            }
        }
        f->c->shift[b * m + j] = shift / weights;
        f->c->scale[b * m + j] = scale / weights;
    }
}

dlrn_status dlrn_combat_fit(dlrn_combat *out, const dlrn_combat_rows *rows,
                            const dlrn_combat_options *o, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_combat_options plain = {.reference = SIZE_MAX};
    if (!o) o = &plain;
    *out = (dlrn_combat){.batches = rows->batches,
                         .cols = rows->cols,
                         .covariates = rows->covariates,
                         .reference = o->reference};
    fit f = {.c = out, .in = rows, .mean_only = o->mean_only, .nonparametric = o->nonparametric};
    if (rows->batches < 2)
        return dlrn_fail(err, DLRN_EINVAL, "ComBat: %zu batch; two are needed", rows->batches);
    DLRN_TRY(check_rows(rows, err));
    DLRN_TRY(allocate(&f, err));
    DLRN_TRY(fill_design(&f, err));
    DLRN_TRY(standardise(&f, err));
    size_t adjusted = 0;
    for (size_t j = 0; j < rows->cols; j++)
        adjusted += out->sd[j] > 0;
    if (adjusted < 2) {
        st = dlrn_fail(err, DLRN_EINVAL,
                       "ComBat: %zu columns vary within every batch; it learns from two at least",
                       adjusted);
        goto done;
    }
    DLRN_TRY(raw_effects(&f, err));
    for (size_t b = 0; b < rows->batches; b++) {
        if (b == o->reference) {
            for (size_t j = 0; j < rows->cols; j++)
                out->scale[b * rows->cols + j] = 1;
        } else if (f.nonparametric) {
            nonparametric(&f, b);
        } else {
            parametric(&f, b);
        }
    }
done:
    fit_clear(&f);
    if (st != DLRN_OK) dlrn_combat_clear(out);
    return st;
}

void dlrn_combat_clear(dlrn_combat *c)
{
    free(c->mean);
    free(c->sd);
    free(c->covariate);
    free(c->shift);
    free(c->scale);
    *c = (dlrn_combat){0};
}

dlrn_status dlrn_combat_apply(double *adjusted, const dlrn_combat *c, const dlrn_combat_rows *rows,
                              dlrn_error *err)
{
    const size_t m = c->cols;
    if (rows->cols != m || rows->covariates != c->covariates || rows->batches != c->batches)
        return dlrn_fail(
            err, DLRN_EINVAL,
            "ComBat: %zu columns, %zu covariates and %zu batches; the fit has %zu, %zu "
            "and %zu",
            rows->cols, rows->covariates, rows->batches, m, c->covariates, c->batches);
    const dlrn_status st = check_rows(rows, err);
    if (st != DLRN_OK) return st;
    for (size_t i = 0; i < rows->n; i++) {
        const size_t b = rows->batch[i];
        for (size_t j = 0; j < m; j++) {
            double centre = c->mean[j];
            adjusted[i * m + j] = rows->x[i * m + j];
            if (c->sd[j] == 0 || b == c->reference) continue;
            for (size_t k = 0; k < c->covariates; k++)
                centre += rows->covariate[i * c->covariates + k] * c->covariate[k * m + j];
            const double s = (rows->x[i * m + j] - centre) / c->sd[j];
            adjusted[i * m + j] =
                (s - c->shift[b * m + j]) / sqrt(c->scale[b * m + j]) * c->sd[j] + centre;
        }
    }
    return DLRN_OK;
}
