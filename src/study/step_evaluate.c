/* SPDX-License-Identifier: Apache-2.0
 *
 * The step evaluate: every model on every cohort, comparisons, and all of results.json.
 */
#include "study/evaluate.h"
#include "study/folder.h"
#include "study/measures.h"

#include <dlrn/padjust.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- performance ---- */

static dlrn_status add_cohort_measures(dlrn_json *cohorts, const study_run *r, const char *name,
                                       const measured *m, const study_score *s, bool fitted,
                                       dlrn_error *err)
{
    dlrn_json *j = NULL;
    if (m->n == 0) return DLRN_OK;
    const dlrn_status st = measures_json(&j, r, m, s->threshold, fitted, err);
    if (st == DLRN_OK) dlrn_json_set_take(cohorts, name, j);
    return st;
}

static dlrn_status add_training_measures(dlrn_json *cohorts, const study_run *r,
                                         const study_score *s, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    measured m = {0};
    char name[200];
    snprintf(name, sizeof name, "%.150s_cv", r->c.train);
    if (s->cv) {
        DLRN_TRY(measured_make(&m, r, s->cv, s->cv_raw, 0, err));
        DLRN_TRY(add_cohort_measures(cohorts, r, name, &m, s, false, err));
        measured_clear(&m);
    } else {
        dlrn_json_set_take(cohorts, name, dlrn_json_null());
        snprintf(name, sizeof name, "%.150s_cv_reason", r->c.train);
        dlrn_json_set_string(cohorts, name, s->cv_reason);
    }
    if (s->fit) {
        snprintf(name, sizeof name, "%.150s_fit", r->c.train);
        DLRN_TRY(measured_make(&m, r, s->fit, NULL, 0, err));
        DLRN_TRY(add_cohort_measures(cohorts, r, name, &m, s, true, err));
        measured_clear(&m);
    } else if (s->p) {
        DLRN_TRY(measured_make(&m, r, s->p, s->raw, 0, err));
        DLRN_TRY(add_cohort_measures(cohorts, r, r->c.train, &m, s, true, err));
    }
done:
    measured_clear(&m);
    return st;
}

static dlrn_status performance_of(dlrn_json **out, const study_run *r, const study_score *s,
                                  dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    measured m = {0};
    dlrn_json *j = dlrn_json_object(), *cohorts = dlrn_json_object();
    dlrn_json_set_number(j, "threshold", s->threshold);
    dlrn_json_set_bool(j, "contaminated", s->contaminated);
    for (size_t k = 1; k < r->cohort.n_cohorts; k++) {
        DLRN_TRY(measured_make(&m, r, s->p, s->raw, k, err));
        DLRN_TRY(add_cohort_measures(cohorts, r, r->cohort.cohort_name[k], &m, s, false, err));
        measured_clear(&m);
    }
    DLRN_TRY(add_training_measures(cohorts, r, s, err));
    dlrn_json_set_take(j, "cohorts", cohorts);
    cohorts = NULL;
    *out = j;
    j = NULL;
done:
    measured_clear(&m);
    dlrn_json_free(cohorts);
    dlrn_json_free(j);
    return st;
}

static dlrn_status add_performance(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *all = dlrn_json_object();
    for (int pass = 0; pass < 2; pass++) // the models first, then their learners
        for (size_t k = 0; k < r->n_scores; k++) {
            dlrn_json *j;
            if (r->score[k].headline != (pass == 0)) continue;
            DLRN_TRY(dlrn_progress(r->ex, "evaluating", k, r->n_scores, err));
            st = performance_of(&j, r, &r->score[k], err);
            if (st != DLRN_OK) {
                dlrn_error_prefix(err, "%s: ", r->score[k].name);
                goto done;
            }
            dlrn_json_set_take(all, r->score[k].name, j);
        }
    dlrn_json_set_take(r->results, "performance", all);
    all = NULL;
done:
    dlrn_json_free(all);
    return st;
}

/* ---- comparisons ---- */

typedef struct compared {
    const char *a, *b, *cohort;
    bool primary;
    comparison c;
} compared;

static dlrn_status compare_one(compared *out, const study_run *r, size_t cohort, dlrn_error *err)
{
    dlrn_status st;
    measured a = {0}, b = {0};
    const study_score *sa = study_find_score(r, out->a), *sb = study_find_score(r, out->b);
    if (!sa || !sb) {
        const double none = (double)NAN;
        out->c = (comparison){none, none, none, none, none, none, none, NULL, ""};
        snprintf(out->c.reason, sizeof out->c.reason, "%s was not fitted", sa ? out->b : out->a);
        return DLRN_OK;
    }
    DLRN_TRY(measured_make(&a, r, sa->p, NULL, cohort, err));
    DLRN_TRY(measured_make(&b, r, sb->p, NULL, cohort, err));
    DLRN_TRY(measures_compare(&out->c, r, &a, &b, err));
done:
    measured_clear(&a);
    measured_clear(&b);
    return st;
}

static bool is_primary(const study_config *c, const config_pair *p, const char *cohort)
{
    return c->primary_a && !strcmp(c->primary_cohort, cohort) && !strcmp(c->primary_a, p->a) &&
           !strcmp(c->primary_b, p->b);
}

/* Every wanted pair on every test cohort; the primary one first where it is no wanted pair. */
static dlrn_status compare_all(compared **out, size_t *n, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    const study_config *c = &r->c;
    const config_pair primary = {c->primary_a, c->primary_b};
    bool primary_done = !c->primary_a;
    DLRN_TRY(dlrn_alloc_or_fail(out, (c->n_compare + 1) * r->cohort.n_cohorts, err));
    for (size_t k = 1; k < r->cohort.n_cohorts; k++) {
        const char *cohort = r->cohort.cohort_name[k];
        for (size_t q = 0; q <= c->n_compare; q++) {
            const config_pair *p = q < c->n_compare ? &c->compare[q] : &primary;
            if (q == c->n_compare && (primary_done || strcmp(c->primary_cohort, cohort) != 0))
                continue;
            compared *x = &(*out)[*n];
            *x = (compared){p->a, p->b, cohort, is_primary(c, p, cohort), {.method = NULL}};
            primary_done = primary_done || x->primary;
            DLRN_TRY(compare_one(x, r, k, err));
            ++*n;
        }
    }
done:
    return st;
}

static dlrn_status adjust(double *adjusted, const compared *x, size_t n, const char *method,
                          dlrn_error *err)
{
    dlrn_status st;
    double *p = NULL, *q = NULL;
    size_t m = 0;
    dlrn_padjust how;
    DLRN_TRY(dlrn_alloc_or_fail(&p, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&q, n, err));
    for (size_t k = 0; k < n; k++)
        if (!x[k].primary) p[m++] = x[k].c.p;
    DLRN_TRY(dlrn_padjust_from_name(&how, method, err));
    DLRN_TRY(dlrn_p_adjust(q, p, m, how, err));
    for (size_t k = 0, at = 0; k < n; k++)
        adjusted[k] = x[k].primary ? x[k].c.p : q[at++];
done:
    free(q);
    free(p);
    return st;
}

static dlrn_json *comparison_json(const compared *x, double adjusted)
{
    dlrn_json *j = dlrn_json_object();
    const char *reason = x->c.reason[0] ? x->c.reason : NULL;
    dlrn_json_set_string(j, "cohort", x->cohort);
    dlrn_json_set_string(j, "a", x->a);
    dlrn_json_set_string(j, "b", x->b);
    measures_set(j, "auc_a", x->c.auc_a, reason);
    measures_set(j, "auc_b", x->c.auc_b, reason);
    measures_set(j, "difference", x->c.difference, reason);
    dlrn_json_set_take(j, "ci", dlrn_json_interval(x->c.lo, x->c.hi));
    dlrn_json_set_number(j, "z", x->c.z);
    measures_set(j, "p", x->c.p, reason);
    dlrn_json_set_number(j, "p_adjusted", adjusted);
    dlrn_json_set_bool(j, "primary", x->primary);
    dlrn_json_set_string(j, "method", x->c.method);
    return j;
}

static dlrn_status add_comparisons(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    compared *x = NULL;
    double *adjusted = NULL;
    size_t n = 0;
    dlrn_json *list = dlrn_json_array();
    DLRN_TRY(compare_all(&x, &n, r, err));
    DLRN_TRY(dlrn_alloc_or_fail(&adjusted, n, err));
    DLRN_TRY(adjust(adjusted, x, n, r->c.statistics.adjust, err));
    for (size_t k = 0; k < n; k++)
        dlrn_json_append_take(list, comparison_json(&x[k], adjusted[k]));
    dlrn_json_set_take(r->results, "comparisons", list);
    list = NULL;
done:
    dlrn_json_free(list);
    free(adjusted);
    free(x);
    return st;
}

/* ---- the rest of results.json ---- */

static int compare_patients(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static dlrn_status cohort_json(dlrn_json **out, const study_run *r, size_t cohort, dlrn_error *err)
{
    size_t *patient = NULL, n = 0, patients = 0, events = 0;
    const dlrn_status st = dlrn_alloc_or_fail(&patient, r->cohort.rows, err);
    if (st != DLRN_OK) return st;
    for (size_t i = 0; i < r->cohort.rows; i++) {
        if (r->cohort.cohort[i] != cohort) continue;
        patient[n++] = r->cohort.patient[i];
        events += r->cohort.label[i];
    }
    qsort(patient, n, sizeof *patient, compare_patients);
    for (size_t k = 0; k < n; k++)
        patients += k == 0 || patient[k] != patient[k - 1];
    free(patient);
    *out = dlrn_json_object();
    dlrn_json_set_integer(*out, "n", (int64_t)n);
    dlrn_json_set_integer(*out, "patients", (int64_t)patients);
    dlrn_json_set_integer(*out, "events", (int64_t)events);
    return DLRN_OK;
}

static dlrn_status add_study(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *study = dlrn_json_object(), *cohorts = dlrn_json_object();
    dlrn_json_set_string(study, "title", r->c.title);
    dlrn_json_set_integer(study, "seed", r->c.seed);
    dlrn_json_set_string(study, "positive", r->c.outcome.positive);
    dlrn_json_set_string(study, "outcome", r->c.outcome.name);
    dlrn_json_set_string(study, "train", r->c.train);
    dlrn_json_set_bool(study, "made_up_weights", r->made_up);
    dlrn_json_set_bool(study, "patients_known", r->cohort.has_patient);
    dlrn_json_set_bool(study, "clustered", r->clustered);
    dlrn_json_set_string(r->results, "schema", "dlrn-results/1");
    dlrn_json_set_take(r->results, "study", study);
    for (size_t k = 0; k < r->cohort.n_cohorts; k++) {
        dlrn_json *j;
        DLRN_TRY(cohort_json(&j, r, k, err));
        dlrn_json_set_take(cohorts, r->cohort.cohort_name[k], j);
    }
    dlrn_json_set_take(r->results, "cohorts", cohorts);
    cohorts = NULL;
done:
    dlrn_json_free(cohorts);
    return st;
}

/* Columns of a set that its model's pipeline left out on the training rows. */
static size_t pipeline_drops(const study_run *r, const feature_set *s)
{
    for (size_t k = 0; k < r->n_models; k++)
        if (r->model[k].features == s) {
            const dlrn_dropped *d;
            return dlrn_pipeline_dropped(&d, dlrn_model_pipeline(r->model[k].fit));
        }
    return 0;
}

static void add_features(study_run *r)
{
    dlrn_json *features = dlrn_json_object(), *selection = dlrn_json_object();
    dlrn_json *learners = dlrn_json_object(), *chosen = dlrn_json_object();
    for (size_t k = 0; k < r->n_sets; k++) {
        const feature_set *s = &r->set[k];
        dlrn_json *j = dlrn_json_object();
        dlrn_json_set_integer(j, "computed", (int64_t)s->p);
        dlrn_json_set_integer(j, "dropped", (int64_t)(s->n_dropped + pipeline_drops(r, s)));
        dlrn_json_set_take(features, s->name, j);
    }
    for (size_t k = 0; k < r->n_models; k++) {
        const study_model *m = &r->model[k];
        dlrn_json_set_take(selection, m->name, dlrn_model_selection_json(m->fit));
        dlrn_json_set_take(learners, m->name, dlrn_model_learners_json(m->fit));
        dlrn_json_set_string(chosen, m->name,
                             dlrn_model_learner_at(m->fit, dlrn_model_chosen(m->fit))->name);
    }
    dlrn_json_set_take(r->results, "features", features);
    dlrn_json_set_take(r->results, "selection", selection);
    dlrn_json_set_take(r->results, "learners", learners);
    dlrn_json_set_take(r->results, "chosen", chosen);
}

dlrn_status study_step_evaluate(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(add_study(r, err));
    add_features(r);
    DLRN_TRY(add_performance(r, err));
    DLRN_TRY(add_comparisons(r, err));
    DLRN_TRY(evaluate_subgroups(r, err));
    DLRN_TRY(evaluate_clinical(r, err));
    DLRN_TRY(evaluate_nomogram(r, err));
    DLRN_TRY(evaluate_baseline(r, err));
    DLRN_TRY(evaluate_tables(r, err));
    dlrn_json_set_take(r->results, "warnings", dlrn_json_copy(r->warnings));
    DLRN_TRY(folder_write_json(r->out, "results.json", r->results, err));
done:
    return st;
}
