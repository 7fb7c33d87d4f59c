/* SPDX-License-Identifier: Apache-2.0
 *
 * Variance, agreement of two readers, tests of one column.
 */
#include "select/steps.h"

#include <dlrn/icc.h>
#include <dlrn/tests.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t select_list(size_t *column, const uint8_t *keep, size_t cols)
{
    size_t n = 0;
    for (size_t j = 0; j < cols; j++)
        if (keep[j]) column[n++] = j;
    return n;
}

void select_gather(double *out, const double *x, size_t rows, size_t cols, const size_t *column,
                   size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < n; k++)
            out[i * n + k] = x[i * cols + column[k]];
}

dlrn_status select_by_variance(uint8_t *keep, const dlrn_select_data *d,
                               const dlrn_select_step *step, char **note, dlrn_error *err)
{
    (void)note;
    (void)err;
    const double *x = d->raw ? d->raw : d->x;
    for (size_t j = 0; j < d->cols; j++) {
        double mean = 0, sum = 0, largest = 0;
        if (!keep[j]) continue;
        for (size_t i = 0; i < d->rows; i++) {
            mean += x[i * d->cols + j] / (double)d->rows;
            largest = fmax(largest, fabs(x[i * d->cols + j]));
        }
        for (size_t i = 0; i < d->rows; i++) {
            const double e = x[i * d->cols + j] - mean;
            sum += e * e;
        }
        const double variance = sum / (double)(d->rows - 1), rounding = 1e-13 * largest;
        keep[j] = variance > step->number && variance > rounding * rounding;
    }
    return DLRN_OK;
}

dlrn_status select_by_icc(uint8_t *keep, const dlrn_select_data *d, const dlrn_select_step *step,
                          char **note, dlrn_error *err)
{
    const double *x = d->raw ? d->raw : d->x;
    dlrn_icc_form form;
    dlrn_icc icc[DLRN_ICC_FORMS];
    double *pair = NULL;
    dlrn_status st;
    if (!d->second) {
        *note = dlrn_strdup("skipped: there is no second reader");
        return *note ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    }
    DLRN_TRY(dlrn_icc_form_from_name(&form, step->word ? step->word : "2,1", err));
    DLRN_TRY(dlrn_alloc_or_fail(&pair, 2 * d->rows, err));
    for (size_t j = 0; j < d->cols; j++) {
        size_t n = 0;
        if (!keep[j]) continue;
        for (size_t i = 0; i < d->rows; i++) {
            const double a = x[i * d->cols + j], b = d->second[i * d->cols + j];
            if (!isfinite(a) || !isfinite(b)) continue;
            pair[2 * n] = a;
            pair[2 * n++ + 1] = b;
        }
        if (n == 0) continue; // not a column that he read: nothing to judge
        if (n < 3) {
            keep[j] = 0;
            continue;
        }
        DLRN_TRY(dlrn_icc_all(icc, pair, n, 2, 0.95, err));
        // no residual variance: the readers agree to the last digit
        keep[j] = isnan(icc[form].lo) || icc[form].lo >= step->number;
    }
done:
    free(pair);
    return st;
}

typedef dlrn_status test_fn(dlrn_test *, const double *, size_t, const double *, size_t,
                            dlrn_error *);

static test_fn *find_test(const char *name)
{
    if (!name || !strcmp(name, "mann_whitney")) return dlrn_mann_whitney;
    if (!strcmp(name, "student")) return dlrn_student;
    return strcmp(name, "welch") ? NULL : dlrn_welch;
}

dlrn_status select_by_univariate(uint8_t *keep, const dlrn_select_data *d,
                                 const dlrn_select_step *step, char **note, dlrn_error *err)
{
    dlrn_status st;
    test_fn *test = find_test(step->word);
    double *v = NULL, least = 2;
    size_t best = SIZE_MAX, kept = 0;
    if (!test)
        return dlrn_fail(err, DLRN_EINVAL,
                         "univariate: '%s' is none of mann_whitney, student, welch", step->word);
    DLRN_TRY(dlrn_alloc_or_fail(&v, d->rows, err));
    for (size_t j = 0; j < d->cols; j++) {
        size_t n0 = 0, n1 = 0;
        dlrn_test t = {.p = 1};
        if (!keep[j]) continue;
        for (size_t i = 0; i < d->rows; i++) {
            const double x = d->x[i * d->cols + j];
            if (d->label[i])
                v[d->rows - ++n1] = x;
            else
                v[n0++] = x;
        }
        st = test(&t, v, n0, v + n0, n1, err);
        if (st == DLRN_ENUMERIC) // a column that varies in neither group tells nothing
            t.p = 1;
        else if (st != DLRN_OK)
            goto done;
        st = DLRN_OK;
        if (t.p < least) {
            least = t.p;
            best = j;
        }
        keep[j] = t.p < step->number;
        kept += keep[j];
    }
    if (kept == 0 && best < d->cols) {
        dlrn_str text = {0};
        keep[best] = 1;
        dlrn_str_addf(&text, "no column has p < %g: the one with the least p stays", step->number);
        *note = text.s;
        if (text.failed) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    }
done:
    free(v);
    return st;
}
