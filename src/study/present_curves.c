/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures of a cohort: ROC, calibration, decision curve, waterfall, DeLong matrix, confusion.
 */
#include "study/present.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SERIES = 12, LABEL = 64 };

/* Arrays that a figure borrows while it is drawn. */
typedef struct borrowed {
    double *v[8 * MAX_SERIES];
    size_t n;
} borrowed;

static void borrowed_clear(borrowed *b)
{
    for (size_t k = 0; k < b->n; k++)
        free(b->v[k]);
}

static dlrn_status borrow(const double **v, size_t *n, borrowed *b, dlrn_table *t, const char *key,
                          const char *value, const char *column, dlrn_error *err)
{
    double *own;
    const dlrn_status st = present_rows(&own, n, t, key, value, column, err);
    if (own) b->v[b->n++] = own;
    *v = own;
    return st;
}

static double interval(const dlrn_json *j, const char *key, size_t at)
{
    return dlrn_json_as_number(dlrn_json_at(dlrn_json_get(j, key), at), (double)NAN);
}

static double value_of(const dlrn_json *j, const char *key)
{
    return dlrn_json_get_number(dlrn_json_get(j, key), "value", (double)NAN);
}

/* ROC of the named models in one cohort. */
static dlrn_status draw_roc(dlrn_figure **f, const present *p, dlrn_table *t, const char *cohort,
                            const char *const *model, size_t n, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_roc_series series[MAX_SERIES];
    char label[MAX_SERIES][LABEL];
    borrowed b = {.n = 0};
    size_t shown = 0;
    for (size_t k = 0; k < n && shown < MAX_SERIES; k++) {
        const dlrn_json *of = present_performance(p, model[k], cohort);
        const char *dot = strchr(model[k], '.');
        dlrn_roc_series *s = &series[shown];
        *s = (dlrn_roc_series){.name = label[shown]};
        if (dot)
            snprintf(label[shown], LABEL, "%s", dot + 1);
        else
            present_model_label(label[shown], LABEL, model[k]);
        s->style = dot ? dlrn_style_of_model(model[k], (unsigned)k) : present_style(p, model[k]);
        DLRN_TRY(borrow(&s->fpr, &s->n, &b, t, "model", model[k], "fpr", err));
        DLRN_TRY(borrow(&s->tpr, &s->n, &b, t, "model", model[k], "tpr", err));
        if (s->n == 0) continue;
        s->auc = dlrn_json_get_number(of, "auc", (double)NAN);
        s->ci[0] = interval(of, "auc_ci", 0);
        s->ci[1] = interval(of, "auc_ci", 1);
        s->at_fpr = dot ? (double)NAN : 1 - value_of(of, "specificity");
        s->at_tpr = dot ? (double)NAN : value_of(of, "sensitivity");
        shown++;
    }
    const dlrn_roc_plot plot = {cohort, series, shown, 0.95};
    st = dlrn_plot_roc(f, &plot, err);
done:
    borrowed_clear(&b);
    return st;
}

static dlrn_status draw_learners(const present *p, dlrn_table *t, const char *cohort,
                                 const char *model, dlrn_error *err)
{
    dlrn_json_member m;
    const dlrn_json *performance = dlrn_json_get(p->results, "performance");
    const char *learner[MAX_SERIES];
    size_t n = 0;
    char file[256];
    dlrn_figure *f;
    for (bool c = dlrn_json_first(performance, &m); c; c = dlrn_json_next(performance, &m)) {
        const size_t len = strlen(model);
        if (!strncmp(m.key, model, len) && m.key[len] == '.' && n < MAX_SERIES)
            learner[n++] = m.key;
    }
    if (n < 2) return DLRN_OK; // one learner is the model itself
    const dlrn_status st = draw_roc(&f, p, t, cohort, learner, n, err);
    if (st != DLRN_OK) return st;
    snprintf(file, sizeof file, "roc_learners_%.100s_%.100s", model, cohort);
    return present_save(p, f, file, err);
}

dlrn_status present_roc(const present *p, const char *cohort, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    dlrn_figure *f;
    char file[160];
    snprintf(file, sizeof file, "roc_%.140s", cohort);
    DLRN_TRY(present_table(&t, p, file, err));
    if (!t) goto done;
    DLRN_TRY(draw_roc(&f, p, t, cohort, p->model, p->n_models, err));
    DLRN_TRY(present_save(p, f, file, err));
    for (size_t k = 0; k < p->n_models; k++)
        DLRN_TRY(draw_learners(p, t, cohort, p->model[k], err));
done:
    dlrn_table_free(t);
    return st;
}

/* The nomogram where there is one, else the last model. */
const char *present_main_model(const present *p)
{
    return p->n_models ? p->model[p->n_models - 1] : "";
}

dlrn_status present_calibration(const present *p, const char *cohort, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    dlrn_figure *f;
    borrowed b = {.n = 0};
    size_t n_bins, ignored;
    char file[160], label[LABEL], key[96];
    const char *model = present_main_model(p);
    const dlrn_json *of = present_performance(p, model, cohort);
    dlrn_calibration_series s = {.name = label, .style = present_style(p, model)};
    dlrn_calibration_plot plot = {cohort, &s, 1, NULL, NULL, 0, NULL, NULL};
    present_model_label(label, LABEL, model);
    snprintf(file, sizeof file, "calibration_%.140s", cohort);
    DLRN_TRY(present_table(&t, p, file, err));
    if (!t) goto done;
    snprintf(key, sizeof key, "%.60s curve", model);
    DLRN_TRY(borrow(&s.x, &s.n, &b, t, "what", key, "x", err));
    DLRN_TRY(borrow(&s.y, &s.n, &b, t, "what", key, "y", err));
    DLRN_TRY(borrow(&s.lo, &s.n, &b, t, "what", key, "lo", err));
    DLRN_TRY(borrow(&s.hi, &s.n, &b, t, "what", key, "hi", err));
    snprintf(key, sizeof key, "%.60s group", model);
    DLRN_TRY(borrow(&s.group_x, &s.n_groups, &b, t, "what", key, "x", err));
    DLRN_TRY(borrow(&s.group_y, &s.n_groups, &b, t, "what", key, "y", err));
    DLRN_TRY(borrow(&s.group_lo, &s.n_groups, &b, t, "what", key, "lo", err));
    DLRN_TRY(borrow(&s.group_hi, &s.n_groups, &b, t, "what", key, "hi", err));
    snprintf(key, sizeof key, "%.60s bins", model);
    DLRN_TRY(borrow(&plot.negative, &n_bins, &b, t, "what", key, "lo", err));
    DLRN_TRY(borrow(&plot.positive, &ignored, &b, t, "what", key, "hi", err));
    plot.n_bins = n_bins;
    s.intercept = dlrn_json_get_number(of, "intercept", (double)NAN);
    s.slope = dlrn_json_get_number(of, "slope", (double)NAN);
    s.brier = dlrn_json_get_number(of, "brier", (double)NAN);
    DLRN_TRY(dlrn_plot_calibration(&f, &plot, err));
    DLRN_TRY(present_save(p, f, file, err));
done:
    borrowed_clear(&b);
    dlrn_table_free(t);
    return st;
}

static dlrn_status numbers_of(const double **v, size_t *n, borrowed *b, const dlrn_json *a,
                              dlrn_error *err)
{
    double *own;
    const dlrn_status st = dlrn_alloc_or_fail(&own, dlrn_json_size(a), err);
    if (st != DLRN_OK) return st;
    b->v[b->n++] = own;
    *n = dlrn_json_size(a);
    for (size_t k = 0; k < *n; k++)
        own[k] = dlrn_json_as_number(dlrn_json_at(a, k), (double)NAN);
    *v = own;
    return DLRN_OK;
}

dlrn_status present_dca(const present *p, const char *cohort, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    borrowed b = {.n = 0};
    dlrn_dca_series series[MAX_SERIES];
    char label[MAX_SERIES][LABEL], file[160];
    dlrn_figure *f;
    const dlrn_json *c = dlrn_json_get(dlrn_json_get(p->results, "cohorts"), cohort);
    dlrn_dca_plot plot = {.title = cohort, .series = series, .range = {(double)NAN, (double)NAN}};
    plot.prevalence = dlrn_json_get_number(c, "events", 0) / dlrn_json_get_number(c, "n", 1);
    for (size_t k = 0; k < p->n_models && plot.n_series < MAX_SERIES; k++) {
        const dlrn_json *of = present_performance(p, p->model[k], cohort);
        const dlrn_json *nb = dlrn_json_get(of, "net_benefit");
        dlrn_dca_series *s = &series[plot.n_series];
        size_t n;
        if (!nb || !strncmp(p->model[k], "dtl_", 4)) continue;
        *s =
            (dlrn_dca_series){.name = label[plot.n_series], .style = present_style(p, p->model[k])};
        present_model_label(label[plot.n_series], LABEL, p->model[k]);
        DLRN_TRY(numbers_of(&s->net_benefit, &n, &b, dlrn_json_get(nb, "model"), err));
        if (!plot.n_series++) {
            DLRN_TRY(
                numbers_of(&plot.threshold, &plot.n, &b, dlrn_json_get(nb, "thresholds"), err));
            DLRN_TRY(numbers_of(&plot.all, &n, &b, dlrn_json_get(nb, "all"), err));
        }
    }
    if (!plot.n_series) goto done;
    snprintf(file, sizeof file, "dca_%.140s", cohort);
    DLRN_TRY(dlrn_plot_dca(&f, &plot, err));
    DLRN_TRY(present_save(p, f, file, err));
done:
    borrowed_clear(&b);
    return st;
}

dlrn_status present_waterfall(const present *p, const char *cohort, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    dlrn_figure *f;
    double *score = NULL, *label = NULL;
    bool *positive = NULL;
    size_t n;
    char file[160];
    const dlrn_json *of =
        dlrn_json_get(dlrn_json_get(p->results, "performance"), present_main_model(p));
    DLRN_TRY(present_table(&t, p, "../predictions", err));
    if (!t) goto done;
    DLRN_TRY(present_rows(&score, &n, t, "cohort", cohort, present_main_model(p), err));
    DLRN_TRY(present_rows(&label, &n, t, "cohort", cohort, "label", err));
    DLRN_TRY(dlrn_alloc_or_fail(&positive, n, err));
    for (size_t i = 0; i < n; i++)
        positive[i] = label[i] > 0;
    const dlrn_waterfall_plot plot = {
        cohort, score, positive, n, dlrn_json_get_number(of, "threshold", (double)NAN), NULL, NULL};
    snprintf(file, sizeof file, "waterfall_%.140s", cohort);
    DLRN_TRY(dlrn_plot_waterfall(&f, &plot, err));
    DLRN_TRY(present_save(p, f, file, err));
done:
    free(positive);
    free(label);
    free(score);
    dlrn_table_free(t);
    return st;
}

dlrn_status present_confusion(const present *p, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_confusion_panel panel[MAX_SERIES];
    dlrn_confusion_plot plot = {panel, 0, "positive", "negative"};
    dlrn_figure *f;
    for (size_t k = 0; k < p->n_test && plot.n_panels < MAX_SERIES; k++) {
        const dlrn_json *of = present_performance(p, present_main_model(p), p->test[k]);
        const dlrn_json *counts = dlrn_json_get(of, "counts");
        if (!counts) continue;
        panel[plot.n_panels++] = (dlrn_confusion_panel){
            p->test[k], dlrn_json_get_number(counts, "tp", 0),
            dlrn_json_get_number(counts, "fp", 0), dlrn_json_get_number(counts, "fn", 0),
            dlrn_json_get_number(counts, "tn", 0)};
    }
    if (!plot.n_panels) return DLRN_OK;
    DLRN_TRY(dlrn_plot_confusion(&f, &plot, err));
    DLRN_TRY(present_save(p, f, "confusion", err));
done:
    return st;
}

static size_t model_index(const present *p, const char *name)
{
    for (size_t k = 0; k < p->n_models; k++)
        if (!strcmp(p->model[k], name)) return k;
    return SIZE_MAX;
}

dlrn_status present_delong(const present *p, const char *cohort, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    dlrn_figure *f;
    double *m = NULL;
    size_t a, b, pv, diff;
    const double *p_value, *difference;
    const char *names[MAX_SERIES];
    char label[MAX_SERIES][LABEL], file[160];
    const size_t n = p->n_models < MAX_SERIES ? p->n_models : MAX_SERIES;
    snprintf(file, sizeof file, "delong_%.140s", cohort);
    DLRN_TRY(present_table(&t, p, file, err));
    if (!t || n < 2) goto done;
    DLRN_TRY(dlrn_table_need(&a, t, "a", err));
    DLRN_TRY(dlrn_table_need(&b, t, "b", err));
    DLRN_TRY(dlrn_table_need(&pv, t, "p", err));
    DLRN_TRY(dlrn_table_need(&diff, t, "difference", err));
    DLRN_TRY(dlrn_table_numbers(&p_value, t, pv, err));
    DLRN_TRY(dlrn_table_numbers(&difference, t, diff, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m, 2 * n * n, err));
    for (size_t k = 0; k < 2 * n * n; k++)
        m[k] = (double)NAN;
    for (size_t i = 0; i < dlrn_table_rows(t); i++) {
        const size_t x = model_index(p, dlrn_table_text(t, a, i));
        const size_t y = model_index(p, dlrn_table_text(t, b, i));
        if (x >= n || y >= n) continue;
        m[x * n + y] = m[y * n + x] = p_value[i];
        m[n * n + x * n + y] = difference[i];
        m[n * n + y * n + x] = -difference[i];
    }
    for (size_t k = 0; k < n; k++) {
        present_model_label(label[k], LABEL, p->model[k]);
        names[k] = label[k];
    }
    const dlrn_delong_plot plot = {cohort, names, m, m + n * n, n};
    DLRN_TRY(dlrn_plot_delong(&f, &plot, err));
    DLRN_TRY(present_save(p, f, file, err));
done:
    free(m);
    dlrn_table_free(t);
    return st;
}
