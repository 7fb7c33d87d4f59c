/* SPDX-License-Identifier: Apache-2.0
 *
 * results.subgroups: the AUC of the nomogram (or of the only model) in each level of a column, on
 * each test cohort.
 */
#include "study/evaluate.h"
#include "study/measures.h"
#include "study/tables_out.h"

#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LEVELS = 20 };

/* The levels of a column in one cohort. */
typedef struct levels {
    const char *v[MAX_LEVELS];
    size_t n;
    bool too_many;
} levels;

static void find_levels(levels *l, const study_run *r, size_t column, size_t cohort)
{
    *l = (levels){.n = 0};
    for (size_t i = 0; i < r->cohort.rows && !l->too_many; i++) {
        const char *text = dlrn_table_text(r->table, column, i);
        bool known = r->cohort.cohort[i] != cohort || clinical_is_missing(text);
        for (size_t k = 0; k < l->n && !known; k++)
            known = !strcmp(l->v[k], text);
        if (known) continue;
        l->too_many = l->n == MAX_LEVELS;
        if (!l->too_many) l->v[l->n++] = text;
    }
}

/* AUC of one level; out->auc is NaN with a reason where it has none. */
static dlrn_status auc_of_level(dlrn_auc *out, char reason[160], const study_run *r,
                                const study_score *s, size_t column, const char *level,
                                size_t cohort, dlrn_error *err)
{
    dlrn_status st;
    double *p = NULL;
    measured m = {0};
    dlrn_error why;
    reason[0] = '\0';
    *out = (dlrn_auc){.auc = (double)NAN, .lo = (double)NAN, .hi = (double)NAN};
    DLRN_TRY(study_rows_nan(&p, r, err));
    for (size_t i = 0; i < r->cohort.rows; i++)
        if (!strcmp(dlrn_table_text(r->table, column, i), level)) p[i] = s->p[i];
    DLRN_TRY(measured_make(&m, r, p, NULL, cohort, err));
    const dlrn_truth t = {m.label, m.n, m.clustered ? m.patient : NULL};
    if (dlrn_auc_delong(out, m.p, &t, r->c.statistics.confidence, &why) != DLRN_OK) {
        snprintf(reason, 160, "%.159s", why.msg);
        out->cases = m.n; // for the count of rows
    }
done:
    measured_clear(&m);
    free(p);
    return st;
}

/* p of the difference between two levels; NaN with a reason for more. */
static double interaction_of(const dlrn_auc *auc, size_t n, double confidence)
{
    dlrn_auc_pair d;
    if (n != 2 || isnan(auc[0].auc) || isnan(auc[1].auc) ||
        dlrn_auc_compare_independent(&d, &auc[0], &auc[1], confidence, NULL) != DLRN_OK)
        return (double)NAN;
    return d.p;
}

static dlrn_status subgroups_of(dlrn_json *list, const study_run *r, const study_score *s,
                                const char *column, size_t cohort, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    levels l;
    dlrn_auc auc[MAX_LEVELS];
    char reason[MAX_LEVELS][160];
    const size_t at = dlrn_table_find(r->table, column);
    if (at == SIZE_MAX) return DLRN_OK; // the default names columns that a table may lack
    find_levels(&l, r, at, cohort);
    if (l.too_many || l.n < 2) return DLRN_OK;
    for (size_t k = 0; k < l.n; k++)
        DLRN_TRY(auc_of_level(&auc[k], reason[k], r, s, at, l.v[k], cohort, err));
    const double p = interaction_of(auc, l.n, r->c.statistics.confidence);
    for (size_t k = 0; k < l.n; k++) {
        dlrn_json *j = dlrn_json_object();
        dlrn_json_set_string(j, "model", s->name);
        dlrn_json_set_string(j, "cohort", r->cohort.cohort_name[cohort]);
        dlrn_json_set_string(j, "column", column);
        dlrn_json_set_string(j, "value", l.v[k]);
        dlrn_json_set_integer(j, "n", (int64_t)(auc[k].cases + auc[k].controls));
        measures_set(j, "auc", auc[k].auc, reason[k]);
        dlrn_json_set_take(j, "ci", dlrn_json_interval(auc[k].lo, auc[k].hi));
        measures_set(j, "interaction_p", p, "needs two levels with an AUC each");
        dlrn_json_append_take(list, j);
    }
done:
    return st;
}

static dlrn_status write_table(const study_run *r, const dlrn_json *list, dlrn_error *err)
{
    csv_out c = {.mid_row = false};
    csv_header(&c, "model,cohort,column,value,n,auc,lo,hi,interaction_p");
    for (size_t k = 0; k < dlrn_json_size(list); k++) {
        static const char *const texts[] = {"model", "cohort", "column", "value"};
        const dlrn_json *j = dlrn_json_at(list, k), *ci = dlrn_json_get(j, "ci");
        for (size_t q = 0; q < 4; q++)
            csv_text(&c, dlrn_json_get_string(j, texts[q], ""));
        csv_number(&c, dlrn_json_get_number(j, "n", (double)NAN));
        csv_number(&c, dlrn_json_get_number(j, "auc", (double)NAN));
        csv_number(&c, dlrn_json_as_number(dlrn_json_at(ci, 0), (double)NAN));
        csv_number(&c, dlrn_json_as_number(dlrn_json_at(ci, 1), (double)NAN));
        csv_number(&c, dlrn_json_get_number(j, "interaction_p", (double)NAN));
        csv_end_row(&c);
    }
    return csv_write(&c, r->out, "tables", "subgroups.csv", err);
}

dlrn_status evaluate_subgroups(study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *list = dlrn_json_array();
    const study_score *s = study_find_score(r, "dlrn");
    if (!s && r->n_scores) s = &r->score[0];
    for (size_t q = 0; s && q < r->c.statistics.subgroups.n; q++)
        for (size_t k = 1; k < r->cohort.n_cohorts; k++)
            DLRN_TRY(subgroups_of(list, r, s, r->c.statistics.subgroups.v[q], k, err));
    DLRN_TRY(write_table(r, list, err));
    dlrn_json_set_take(r->results, "subgroups", list);
    list = NULL;
done:
    dlrn_json_free(list);
    return st;
}
