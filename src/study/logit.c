/* SPDX-License-Identifier: Apache-2.0
 *
 * The logistic models of a study as they are kept and applied.
 */
#include "study/logit.h"

#include "study/config_read.h"

#include <math.h>
#include <stdlib.h>

double logit_of_signature(double p, size_t n)
{
    const double least = 0.5 / (double)n;
    const double q = p < least ? least : p > 1 - least ? 1 - least : p;
    return log(q / (1 - q));
}

double logit_linear(const study_logit *f, const double *x)
{
    double t = f->beta[0];
    for (size_t j = 0; j < f->p; j++)
        t += f->beta[j + 1] * x[j];
    return t;
}

double logit_probability(double t)
{
    if (t >= 0) return 1 / (1 + exp(-t));
    const double e = exp(t);
    return e / (1 + e);
}

size_t nomogram_width(const clinical_spec *terms, bool signature)
{
    return terms->p + signature;
}

void study_logit_clear(study_logit *f)
{
    for (size_t j = 0; f->name && j < f->p; j++)
        free(f->name[j]);
    free(f->name);
    free(f->beta);
    free(f->covariance);
    *f = (study_logit){0};
}

dlrn_json *logit_json(const study_logit *f)
{
    dlrn_json *j = dlrn_json_object(), *names = dlrn_json_array();
    for (size_t k = 0; k < f->p; k++)
        dlrn_json_append_take(names, dlrn_json_string(f->name[k]));
    dlrn_json_set_take(j, "names", names);
    dlrn_json_set_take(j, "beta", dlrn_json_numbers(f->beta, f->p + 1));
    dlrn_json_set_take(j, "covariance", dlrn_json_numbers(f->covariance, (f->p + 1) * (f->p + 1)));
    dlrn_json_set_number(j, "threshold", f->threshold);
    return j;
}

static dlrn_status read_numbers(double **out, const dlrn_json *a, size_t n, dlrn_error *err)
{
    if (dlrn_json_size(a) != n) return dlrn_fail(err, DLRN_EFORMAT, "a logistic model is damaged");
    dlrn_status st = dlrn_alloc_or_fail(out, n, err);
    for (size_t k = 0; st == DLRN_OK && k < n; k++) {
        (*out)[k] = dlrn_json_as_number(dlrn_json_at(a, k), (double)NAN);
        if (!isfinite((*out)[k])) st = dlrn_fail(err, DLRN_EFORMAT, "a logistic model is damaged");
    }
    return st;
}

dlrn_status logit_from_json(study_logit *out, const dlrn_json *j, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_json *names = dlrn_json_get(j, "names");
    const size_t p = dlrn_json_size(names);
    *out = (study_logit){0};
    DLRN_TRY(dlrn_alloc_or_fail(&out->name, p, err));
    for (; out->p < p; out->p++)
        DLRN_TRY(config_set_text(&out->name[out->p],
                                 dlrn_json_as_string(dlrn_json_at(names, out->p), ""), err));
    DLRN_TRY(read_numbers(&out->beta, dlrn_json_get(j, "beta"), p + 1, err));
    DLRN_TRY(
        read_numbers(&out->covariance, dlrn_json_get(j, "covariance"), (p + 1) * (p + 1), err));
    out->threshold = dlrn_json_get_number(j, "threshold", (double)NAN);
done:
    if (st != DLRN_OK) study_logit_clear(out);
    return st;
}
