/* SPDX-License-Identifier: Apache-2.0
 *
 * tables/baseline.csv: the clinical columns by cohort and label.
 */
#include "study/evaluate.h"
#include "study/tables_out.h"

#include <dlrn/baseline.h>

#include <math.h>
#include <stdlib.h>

/* The clinical columns as the baseline table takes them. */
typedef struct columns {
    dlrn_baseline_column *v; /* [n] */
    double **number;         /* [n], NULL for words */
    const char ***text;
    size_t n;
} columns;

static void columns_clear(columns *c)
{
    for (size_t k = 0; c->number && k < c->n; k++)
        free(c->number[k]);
    for (size_t k = 0; c->text && k < c->n; k++)
        free(c->text[k]);
    free(c->v);
    free(c->number);
    free(c->text);
}

/* Values as they stand in the table, not as they are modelled. */
static dlrn_status fill_column(columns *c, const study_run *r, size_t k, dlrn_error *err)
{
    dlrn_status st;
    const clinical_term *t = &r->clinical.term[k];
    const size_t rows = r->cohort.rows;
    size_t at;
    DLRN_TRY(dlrn_table_need(&at, r->table, t->column, err));
    c->v[k] = (dlrn_baseline_column){.name = t->label};
    if (t->kind == CLINICAL_CATEGORY) {
        DLRN_TRY(dlrn_alloc_or_fail(&c->text[k], rows, err));
        for (size_t i = 0; i < rows; i++) {
            const char *text = dlrn_table_text(r->table, at, i);
            c->text[k][i] = clinical_is_missing(text) ? NULL : text;
        }
        c->v[k].text = c->text[k];
    } else {
        const double *v;
        DLRN_TRY(dlrn_alloc_or_fail(&c->number[k], rows, err));
        DLRN_TRY(dlrn_table_numbers(&v, r->table, at, err));
        for (size_t i = 0; i < rows; i++)
            c->number[k][i] = v[i];
        c->v[k].number = c->number[k];
    }
done:
    return st;
}

static void add_rows(csv_out *c, const char *cohort, const dlrn_baseline *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const dlrn_baseline_row *row = &b->row[i];
        csv_text(c, cohort);
        csv_text(c, row->name);
        csv_text(c, row->level);
        for (size_t g = 0; g < DLRN_BASELINE_GROUPS; g++) {
            dlrn_str cell = {0};
            dlrn_baseline_text(&cell, row, g);
            csv_text(c, dlrn_str_get(&cell));
            dlrn_str_clear(&cell);
        }
        csv_text(c, row->test && !isnan(row->p) ? row->test : "");
        csv_number(c, row->p);
        csv_number(c, row->standardised);
        csv_number(c, (double)row->missing);
        csv_end_row(c);
    }
}

static dlrn_status add_cohort(csv_out *out, const columns *c, const study_run *r, size_t cohort,
                              dlrn_error *err)
{
    dlrn_status st;
    dlrn_baseline b = {0};
    uint8_t *use = NULL;
    size_t n = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&use, r->cohort.rows, err));
    for (size_t i = 0; i < r->cohort.rows; i++) {
        use[i] = r->cohort.cohort[i] == cohort;
        n += use[i];
    }
    if (n) DLRN_TRY(dlrn_baseline_make(&b, c->v, c->n, r->cohort.label, use, r->cohort.rows, err));
    add_rows(out, r->cohort.cohort_name[cohort], &b);
done:
    dlrn_baseline_clear(&b);
    free(use);
    return st;
}

dlrn_status evaluate_baseline(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    columns c = {.n = r->clinical.n};
    csv_out out = {.mid_row = false};
    csv_header(&out, "cohort,variable,level,all,negative,positive,test,p,standardised_difference,"
                     "missing");
    DLRN_TRY(dlrn_alloc_or_fail(&c.v, c.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c.number, c.n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&c.text, c.n, err));
    for (size_t k = 0; k < c.n; k++)
        DLRN_TRY(fill_column(&c, r, k, err));
    for (size_t k = 0; k < r->cohort.n_cohorts; k++)
        DLRN_TRY(add_cohort(&out, &c, r, k, err));
    DLRN_TRY(csv_write(&out, r->out, "tables", "baseline.csv", err));
done:
    dlrn_str_clear(&out.text);
    columns_clear(&c);
    return st;
}
