/* SPDX-License-Identifier: Apache-2.0
 *
 * Maximum likelihood for the study's logistic models.
 */
#include "study/fit_logit.h"

#include <dlrn/logistic.h>

#include <stdlib.h>
#include <string.h>

dlrn_status fit_logit(study_logit *f, const double *x, const uint8_t *label, const size_t *cluster,
                      size_t n, dlrn_error *err)
{
    dlrn_status st;
    dlrn_logistic m = {0};
    const dlrn_logistic_data d = {.x = x,
                                  .label = label,
                                  .n = n,
                                  .p = f->p,
                                  .cluster = cluster,
                                  .name = (const char *const *)f->name};
    const dlrn_logistic_opts opts = {.sandwich = cluster != NULL};
    DLRN_TRY(dlrn_logistic_fit(&m, &d, &opts, err));
    free(f->beta);
    free(f->covariance);
    f->beta = m.coefficient;
    f->covariance = m.covariance;
    m.coefficient = m.covariance = NULL;
done:
    dlrn_logistic_clear(&m);
    return st;
}

dlrn_status fit_logit_term_p(double *p, const study_run *r, const clinical_term *t,
                             const uint8_t *label, dlrn_error *err)
{
    dlrn_status st;
    dlrn_logistic full = {0}, null = {0};
    dlrn_lr_test test;
    double *x = NULL;
    const size_t n = r->n_train;
    DLRN_TRY(dlrn_alloc_or_fail(&x, n * t->width, err));
    for (size_t k = 0; k < n; k++)
        memcpy(x + k * t->width, r->clinical_x + r->train[k] * r->clinical.p + t->first,
               t->width * sizeof *x);
    const dlrn_logistic_data with = {.x = x, .label = label, .n = n, .p = t->width};
    const dlrn_logistic_data without = {.label = label, .n = n};
    DLRN_TRY(dlrn_logistic_fit(&full, &with, NULL, err));
    DLRN_TRY(dlrn_logistic_fit(&null, &without, NULL, err));
    dlrn_logistic_lr_test(&test, &full, &null);
    *p = test.p;
done:
    dlrn_logistic_clear(&null);
    dlrn_logistic_clear(&full);
    free(x);
    return st;
}

dlrn_status fit_recalibration(double *intercept, double *slope, const double *t,
                              const uint8_t *label, size_t n, dlrn_error *err)
{
    dlrn_logistic m = {0};
    const dlrn_logistic_data d = {.x = t, .label = label, .n = n, .p = 1};
    const dlrn_status st = dlrn_logistic_fit(&m, &d, NULL, err);
    const bool good = st == DLRN_OK && m.coefficient[1] > 0;
    *intercept = good ? m.coefficient[0] : 0;
    *slope = good ? m.coefficient[1] : 1;
    dlrn_logistic_clear(&m);
    return st == DLRN_ENUMERIC ? DLRN_OK : st;
}
