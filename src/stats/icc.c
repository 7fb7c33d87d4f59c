/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/icc.h>

#include <dlrn/special.h>

#include <math.h>
#include <string.h>

dlrn_status dlrn_icc_form_from_name(dlrn_icc_form *out, const char *name, dlrn_error *err)
{
    static const char *const known[][2] = {{"1,1", "icc1"},  {"2,1", "icc2"},  {"3,1", "icc3"},
                                           {"1,k", "icc1k"}, {"2,k", "icc2k"}, {"3,k", "icc3k"}};
    for (size_t i = 0; i < DLRN_ICC_FORMS; i++) {
        if (strcmp(known[i][0], name) != 0 && strcmp(known[i][1], name) != 0) continue;
        *out = (dlrn_icc_form)i;
        return DLRN_OK;
    }
    return dlrn_fail(err, DLRN_EINVAL,
                     "'%.40s' is no form of ICC; expected 1,1 2,1 3,1 1,k 2,k or 3,k", name);
}

/* Mean squares of the two-way layout without replication. */
typedef struct layout {
    double n, k;                               /* subjects, readers */
    double between, within, readers, residual; /* MSB, MSW, MSJ, MSE */
} layout;

static layout layout_of(const double *v, size_t n, size_t k)
{
    layout a = {.n = (double)n, .k = (double)k};
    double mean = 0, between = 0, readers = 0, residual = 0, within = 0;
    for (size_t i = 0; i < n * k; i++)
        mean += v[i];
    mean /= a.n * a.k;
    for (size_t j = 0; j < k; j++) {
        double m = 0;
        for (size_t i = 0; i < n; i++)
            m += v[i * k + j] - mean;
        readers += a.n * (m / a.n) * (m / a.n);
    }
    for (size_t i = 0; i < n; i++) {
        double m = 0;
        for (size_t j = 0; j < k; j++)
            m += v[i * k + j] - mean;
        m /= a.k;
        between += a.k * m * m;
        for (size_t j = 0; j < k; j++)
            within += (v[i * k + j] - mean - m) * (v[i * k + j] - mean - m);
    }
    residual = fmax(0, within - readers);
    a.between = between / (a.n - 1);
    a.within = within / (a.n * (a.k - 1));
    a.readers = readers / (a.k - 1);
    a.residual = residual / ((a.n - 1) * (a.k - 1));
    return a;
}

static void test(dlrn_icc *out, double f, double df1, double df2)
{
    out->f = f;
    out->df1 = df1;
    out->df2 = df2;
    out->p = dlrn_f_upper(f, df1, df2);
}

/* Forms 1 and 3: intervals from F alone. */
static void exact_interval(dlrn_icc *one, dlrn_icc *mean, double k, double upper)
{
    if (isinf(one->f)) { // no disagreement: the limit
        one->lo = one->hi = mean->lo = mean->hi = 1;
        return;
    }
    const double lo = one->f / dlrn_f_quantile(upper, one->df1, one->df2);
    const double hi = one->f * dlrn_f_quantile(upper, one->df2, one->df1);
    one->lo = (lo - 1) / (lo + k - 1);
    one->hi = (hi - 1) / (hi + k - 1);
    mean->lo = 1 - 1 / lo;
    mean->hi = 1 - 1 / hi;
}

/* Form 2: Satterthwaite's degrees of freedom (Shrout & Fleiss, eq. 9 and 10). */
static void approximate_interval(dlrn_icc *one, dlrn_icc *mean, const layout *a, double upper)
{
    // both sides times the residual mean square, which may be 0
    const double n = a->n, k = a->k, icc = one->value, fj = k * icc * a->readers;
    const double part = (n * (1 + (k - 1) * icc) - k * icc) * a->residual;
    const double top = (k - 1) * (n - 1) * (fj + part) * (fj + part);
    const double df = top / ((n - 1) * fj * fj + part * part);
    const double f_hi = dlrn_f_quantile(upper, n - 1, df), f_lo = dlrn_f_quantile(upper, df, n - 1);
    const double rest = k * a->readers + (k * n - k - n) * a->residual;
    one->lo = n * (a->between - f_hi * a->residual) / (f_hi * rest + n * a->between);
    one->hi = n * (f_lo * a->between - a->residual) / (rest + n * f_lo * a->between);
    mean->lo = one->lo * k / (1 + one->lo * (k - 1));
    mean->hi = one->hi * k / (1 + one->hi * (k - 1));
}

dlrn_status dlrn_icc_all(dlrn_icc out[DLRN_ICC_FORMS], const double *v, size_t subjects,
                         size_t readers, double confidence, dlrn_error *err)
{
    if (subjects < 2 || readers < 2)
        return dlrn_fail(err, DLRN_EINVAL,
                         "ICC: %zu subjects rated by %zu readers; two of each are needed", subjects,
                         readers);
    if (!(confidence > 0 && confidence < 1))
        return dlrn_fail(err, DLRN_EINVAL, "ICC: confidence %g, expected 0 to 1", confidence);
    for (size_t i = 0; i < subjects * readers; i++)
        if (!isfinite(v[i]))
            return dlrn_fail(err, DLRN_EINVAL, "ICC: subject %zu, reader %zu: not a finite number",
                             i / readers + 1, i % readers + 1);
    const layout a = layout_of(v, subjects, readers);
    const double n = a.n, k = a.k, upper = 0.5 + confidence / 2;
    const double f1 = a.between / a.within, f3 = a.between / a.residual;
    const double bias = (a.readers - a.residual) / n, df2 = (n - 1) * (k - 1);
    out[DLRN_ICC1].value = (a.between - a.within) / (a.between + (k - 1) * a.within);
    out[DLRN_ICC2].value = (a.between - a.residual) / (a.between + (k - 1) * a.residual + k * bias);
    out[DLRN_ICC3].value = (a.between - a.residual) / (a.between + (k - 1) * a.residual);
    out[DLRN_ICC1K].value = (a.between - a.within) / a.between;
    out[DLRN_ICC2K].value = (a.between - a.residual) / (a.between + bias);
    out[DLRN_ICC3K].value = (a.between - a.residual) / a.between;
    for (size_t i = 0; i < DLRN_ICC_FORMS; i++) {
        const bool first = i == DLRN_ICC1 || i == DLRN_ICC1K;
        test(&out[i], first ? f1 : f3, n - 1, first ? n * (k - 1) : df2);
    }
    exact_interval(&out[DLRN_ICC1], &out[DLRN_ICC1K], k, upper);
    exact_interval(&out[DLRN_ICC3], &out[DLRN_ICC3K], k, upper);
    if (a.residual > 0 || a.readers > 0)
        approximate_interval(&out[DLRN_ICC2], &out[DLRN_ICC2K], &a, upper);
    else
        exact_interval(&out[DLRN_ICC2], &out[DLRN_ICC2K], k, upper);
    return DLRN_OK;
}
