/* SPDX-License-Identifier: Apache-2.0
 *
 * From the words of the options to rules on a score.
 */
#include "stats_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dlrn_truth stats_truth(const stats_data *d)
{
    return (dlrn_truth){d->label, d->n, d->cluster};
}

dlrn_bootstrap stats_boot(const stats_data *d, size_t by_default)
{
    return (dlrn_bootstrap){d->o->bootstrap > 0 ? (size_t)d->o->bootstrap : by_default,
                            (uint64_t)d->call->seed, d->o->ci, (int)d->call->threads};
}

/* ---- direction ---- */

static double median_of(const stats_data *d, const double *score, uint8_t label)
{
    size_t n = 0, *order = dlrn_alloc_array(d->n, sizeof *order);
    double *v = dlrn_alloc_array(d->n, sizeof *v), *sorted = dlrn_alloc_array(d->n, sizeof *sorted);
    double median = (double)NAN;
    if (order && v && sorted) {
        for (size_t i = 0; i < d->n; i++)
            if (d->label[i] == label) v[n++] = score[i];
        dlrn_sort_index(order, v, n);
        for (size_t i = 0; i < n; i++)
            sorted[i] = v[order[i]];
        median = dlrn_quantile_sorted(sorted, n, 0.5);
    }
    free(sorted);
    free(v);
    free(order);
    return median;
}

dlrn_status stats_direction(double *sign, const stats_data *d, const double *score, dlrn_error *err)
{
    const char *asked = d->o->direction ? d->o->direction : "<";
    *sign = !strcmp(asked, ">") ? -1 : 1;
    if (!strcmp(asked, "<") || !strcmp(asked, ">")) return DLRN_OK;
    if (strcmp(asked, "auto") != 0)
        return dlrn_fail(err, DLRN_EINVAL, "--direction '%.20s': expected <, > or auto", asked);
    if (median_of(d, score, 1) < median_of(d, score, 0)) *sign = -1;
    return DLRN_OK;
}

/* ---- thresholds ---- */

bool stats_parse_target(bool *is_b, double *value, const char *text, const char *a, const char *b)
{
    const char *equals = strchr(text, '=');
    const size_t len = equals ? (size_t)(equals - text) : 0;
    if (!equals || !dlrn_parse_double(value, equals + 1, strlen(equals + 1))) return false;
    *is_b = len == strlen(b) && !memcmp(text, b, len);
    return *is_b || (len == strlen(a) && !memcmp(text, a, len));
}

/* The prevalence that weighs errors: as given, or that of the rows. */
static double prevalence_of(const stats_data *d)
{
    size_t cases = 0;
    for (size_t i = 0; i < d->n; i++)
        cases += d->label[i];
    return isnan(d->o->prevalence) ? (double)cases / (double)d->n : d->o->prevalence;
}

dlrn_status stats_parse_threshold(stats_threshold *out, const char *text, const char *option,
                                  const stats_data *d, dlrn_error *err)
{
    const char *asked = text ? text : "youden";
    const bool weights = d->o->cost != 1 || !isnan(d->o->prevalence);
    bool specificity;
    double v;
    *out = (stats_threshold){.fixed = dlrn_parse_double(&v, asked, strlen(asked)) && isfinite(v)};
    snprintf(out->name, sizeof out->name, "%s", out->fixed ? "given" : asked);
    if (out->fixed) {
        out->value = v;
    } else if (!strcmp(asked, "youden")) {
        out->rule.kind = DLRN_THRESHOLD_YOUDEN;
    } else if (!strcmp(asked, "closest") || !strcmp(asked, "cost")) {
        const bool closest = !strcmp(asked, "closest");
        out->rule.kind = closest ? DLRN_THRESHOLD_CLOSEST : DLRN_THRESHOLD_COST;
        if (closest && !weights) return DLRN_OK;
        out->rule.cost = d->o->cost;
        out->rule.prevalence = prevalence_of(d);
        snprintf(out->name, sizeof out->name, "%s, a miss weighs %.6g, prevalence %.6g", asked,
                 out->rule.cost, out->rule.prevalence);
        return DLRN_OK;
    } else if (stats_parse_target(&specificity, &v, asked, "sensitivity", "specificity")) {
        out->rule.kind = specificity ? DLRN_THRESHOLD_SPECIFICITY : DLRN_THRESHOLD_SENSITIVITY;
        out->rule.value = v;
        snprintf(out->name, sizeof out->name, "%s >= %.10g",
                 specificity ? "specificity" : "sensitivity", v);
    } else {
        return dlrn_fail(err, DLRN_EINVAL,
                         "--%s '%.40s': expected a number, youden, closest, cost, sensitivity=S "
                         "or specificity=S",
                         option, asked);
    }
    if (weights)
        return dlrn_fail(err, DLRN_EINVAL,
                         "--cost and --prevalence weigh --%s cost and closest, not '%.40s'", option,
                         asked);
    return DLRN_OK;
}

dlrn_status stats_pick_threshold(double *out, const stats_threshold *rule, const dlrn_roc *r,
                                 dlrn_error *err)
{
    size_t at;
    *out = rule->value;
    if (rule->fixed) return DLRN_OK;
    const dlrn_status st = dlrn_roc_threshold(&at, r, &rule->rule, err);
    if (st == DLRN_OK) *out = r->point[at].threshold;
    return st;
}

dlrn_status stats_threshold_of(double *out, const stats_threshold *rule, const double *score,
                               const dlrn_truth *t, dlrn_error *err)
{
    dlrn_status st;
    dlrn_roc r = {0};
    DLRN_TRY(dlrn_roc_curve(&r, score, t, err));
    DLRN_TRY(stats_pick_threshold(out, rule, &r, err));
done:
    dlrn_roc_clear(&r);
    return st;
}

/* ---- a part of the curve ---- */

dlrn_status stats_part(dlrn_auc_part *out, bool *given, const stats_data *d, dlrn_error *err)
{
    const char *s = d->o->partial, *equals, *colon;
    *given = s != NULL;
    if (!s) return DLRN_OK;
    equals = strchr(s, '=');
    colon = equals ? strchr(equals, ':') : NULL;
    const size_t len = equals ? (size_t)(equals - s) : 0;
    const bool sens = len == 11 && !memcmp(s, "sensitivity", len),
               spec = len == 11 && !memcmp(s, "specificity", len);
    if (!colon || !(sens || spec) ||
        !dlrn_parse_double(&out->lo, equals + 1, (size_t)(colon - equals - 1)) ||
        !dlrn_parse_double(&out->hi, colon + 1, strlen(colon + 1)) ||
        !(out->lo >= 0 && out->lo < out->hi && out->hi <= 1))
        return dlrn_fail(err, DLRN_EINVAL,
                         "--partial '%.60s': expected specificity=FROM:TO or sensitivity=FROM:TO "
                         "within 0 to 1",
                         s);
    out->over_sensitivity = sens;
    return DLRN_OK;
}

/* ---- risks ---- */

dlrn_status stats_parse_risks(double **out, size_t *n, const char *text, const char *option,
                              dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    double v[3];
    size_t cap = 0, k = 0;
    *n = 0;
    const bool range = strchr(text, ':') != NULL;
    for (const char *s = text; *s; k++) {
        const size_t len = strcspn(s, range ? ":" : ",");
        double x;
        if (!dlrn_parse_double(&x, s, len) || !(x > 0) || !(x < 1) || (range && k > 2))
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                               "--%s '%.60s': expected from:to:step or a list, each "
                               "between 0 and 1",
                               option, text));
        if (range) {
            v[k] = x;
        } else {
            DLRN_TRY(dlrn_grow(out, &cap, k + 1, sizeof **out, err));
            (*out)[k] = x;
            *n = k + 1;
        }
        s += len + (s[len] != '\0');
    }
    if (!range && *n) goto done;
    if (!range || k != 3 || v[1] < v[0] || v[2] < 1e-5)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--%s '%.60s': expected from:to:step", option, text));
    *n = (size_t)floor((v[1] - v[0]) / v[2] + 1e-9) + 1;
    DLRN_TRY(dlrn_alloc_or_fail(out, *n, err));
    // hundredths as the decimal they are, not as a sum of steps
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = rint((v[0] + (double)i * v[2]) * 1e10) / 1e10;
done:
    return st;
}

/* ---- calibration rows and new ones ---- */

/* The column before the first '=' that ends a column's name; *value is what follows. */
static dlrn_status split_equation(size_t *j, const char **value, const stats_data *d,
                                  const char *text, dlrn_error *err)
{
    const char *first = strchr(text, '=');
    dlrn_status st = DLRN_OK;
    char *name = NULL;
    if (!first)
        return dlrn_fail(err, DLRN_EINVAL,
                         "--calibration '%.60s': expected COL=VALUE, a column and what it reads in "
                         "the calibration rows",
                         text);
    *j = SIZE_MAX;
    for (const char *e = first; e && *j == SIZE_MAX; e = strchr(e + 1, '=')) {
        name = dlrn_strndup(text, (size_t)(e - text));
        if (!name) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
        *j = dlrn_table_find(d->table, name);
        *value = e + 1;
        free(name);
    }
    if (*j != SIZE_MAX) return st;
    name = dlrn_strndup(text, (size_t)(first - text));
    if (!name) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    st = dlrn_table_need(j, d->table, name, err);
    free(name);
    return st;
}

dlrn_status stats_calibration_rows(bool **is_calibration, bool *given, const stats_data *d,
                                   dlrn_error *err)
{
    dlrn_status st;
    size_t j, n = 0;
    const char *value = "";
    *given = d->o->calibration != NULL;
    DLRN_TRY(dlrn_alloc_or_fail(is_calibration, d->n, err));
    if (!*given) goto done;
    DLRN_TRY(split_equation(&j, &value, d, d->o->calibration, err));
    for (size_t i = 0; i < d->n; i++) {
        (*is_calibration)[i] = !strcmp(dlrn_table_text(d->table, j, d->row[i]), value);
        n += (*is_calibration)[i];
    }
    if (n == 0 || n == d->n)
        st = dlrn_fail(err, DLRN_EINVAL,
                       "%s: %zu of %zu rows have %s; calibration rows and new rows are needed",
                       dlrn_table_name(d->table), n, d->n, d->o->calibration);
done:
    return st;
}

dlrn_status stats_take_rows(stats_part_rows *out, const stats_data *d, size_t score,
                            const bool *is_calibration, bool want, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(dlrn_alloc_or_fail(&out->label, d->n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&out->score, d->n, err));
    for (size_t i = 0; i < d->n; i++) {
        if (is_calibration[i] != want || d->label[i] == STATS_NO_LABEL) continue;
        out->label[out->n] = d->label[i];
        out->score[out->n++] = d->score_v[score][i];
    }
done:
    return st;
}

void stats_part_rows_clear(stats_part_rows *r)
{
    free(r->label);
    free(r->score);
    *r = (stats_part_rows){0};
}
