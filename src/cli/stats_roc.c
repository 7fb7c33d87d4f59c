/* SPDX-License-Identifier: Apache-2.0
 *
 * roc and compare.
 */
#include "stats.h"

#include <dlrn/roc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static dlrn_truth truth_of(const stats_data *d)
{
    return (dlrn_truth){d->label, d->n, d->cluster};
}

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

/* +1 where a higher score means positive, -1 where a lower one does. */
static dlrn_status direction_of(double *sign, const stats_data *d, const double *score,
                                dlrn_error *err)
{
    const char *asked = d->o->direction ? d->o->direction : "<";
    *sign = !strcmp(asked, ">") ? -1 : 1;
    if (!strcmp(asked, "<") || !strcmp(asked, ">")) return DLRN_OK;
    if (strcmp(asked, "auto") != 0)
        return dlrn_fail(err, DLRN_EINVAL, "--direction '%.20s': expected <, > or auto", asked);
    if (median_of(d, score, 1) < median_of(d, score, 0)) *sign = -1;
    return DLRN_OK;
}

/* The point whose threshold calls the same rows as `t` does: the lowest threshold >= t. */
static size_t point_at(const dlrn_roc *r, double t)
{
    size_t at = 0; // thresholds fall
    while (at + 1 < r->points && r->point[at + 1].threshold >= t)
        at++;
    return at;
}

static dlrn_status set_threshold(dlrn_json *o, const dlrn_roc *r, const stats_data *d, double sign,
                                 dlrn_error *err)
{
    const char *asked = d->o->threshold ? d->o->threshold : "youden";
    double t;
    size_t at;
    if (!strcmp(asked, "youden")) {
        const dlrn_threshold_rule rule = {.kind = DLRN_THRESHOLD_YOUDEN};
        const dlrn_status st = dlrn_roc_threshold(&at, r, &rule, err);
        if (st != DLRN_OK) return st;
        t = sign * r->point[at].threshold;
    } else if (dlrn_parse_double(&t, asked, strlen(asked)) && isfinite(t)) {
        at = point_at(r, sign * t);
    } else {
        return dlrn_fail(err, DLRN_EINVAL, "--threshold '%.20s': expected youden or a number",
                         asked);
    }
    dlrn_json_set_number(o, "threshold", t);
    dlrn_json_set_number(o, "sensitivity", r->point[at].sensitivity);
    dlrn_json_set_number(o, "specificity", r->point[at].specificity);
    return DLRN_OK;
}

static dlrn_json *curve_json(const dlrn_roc *r, double sign)
{
    dlrn_json *curve = dlrn_json_array();
    for (size_t i = 0; i < r->points; i++) {
        const double point[] = {sign * r->point[i].threshold, r->point[i].sensitivity,
                                r->point[i].specificity};
        dlrn_json_append_take(curve, dlrn_json_numbers(point, 3));
    }
    return curve;
}

static dlrn_status roc_of(dlrn_json *o, const stats_data *d, const char *name, double *score,
                          dlrn_error *err)
{
    dlrn_status st;
    dlrn_auc a;
    dlrn_roc r = {0};
    const dlrn_truth t = truth_of(d);
    double sign;
    DLRN_TRY(direction_of(&sign, d, score, err));
    for (size_t i = 0; i < d->n; i++)
        score[i] *= sign;
    DLRN_TRY(dlrn_auc_delong(&a, score, &t, d->o->ci, err));
    DLRN_TRY(dlrn_roc_curve(&r, score, &t, err));
    dlrn_json_set_integer(o, "n", (int64_t)d->n);
    dlrn_json_set_integer(o, "positives", (int64_t)a.cases);
    dlrn_json_set_number(o, "auc", a.auc);
    dlrn_json_set_number(o, "se", a.se);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(a.lo, a.hi));
    dlrn_json_set_string(o, "ci_method", a.ci_method);
    if (d->o->bootstrap > 0) {
        dlrn_estimate e;
        const dlrn_bootstrap boot = {(size_t)d->o->bootstrap, (uint64_t)d->call->seed, d->o->ci,
                                     (int)d->call->threads};
        DLRN_TRY(dlrn_auc_bootstrap(&e, score, &t, NULL, &boot, err));
        dlrn_json_set_take(o, "bootstrap_ci", dlrn_json_interval(e.lo, e.hi));
    } else {
        dlrn_json_set_take(o, "bootstrap_ci", dlrn_json_null());
    }
    DLRN_TRY(set_threshold(o, &r, d, sign, err));
    dlrn_json_set_string(o, "direction", sign > 0 ? "<" : ">");
    dlrn_json_set_take(o, "curve", curve_json(&r, sign));
    if (a.auc < 0.5)
        cli_warn(d->call,
                 "%s: AUC %.3f is below 0.5; if a lower score means positive, say "
                 "--direction '>'",
                 name, a.auc);
done:
    dlrn_roc_clear(&r);
    return st;
}

static dlrn_status run_roc(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_json *scores = dlrn_json_object();
    dlrn_status st = DLRN_OK;
    for (size_t k = 0; st == DLRN_OK && k < d->score.n; k++) {
        dlrn_json *o = dlrn_json_object();
        st = roc_of(o, d, d->score.v[k], d->score_v[k], err);
        dlrn_json_set_take(scores, d->score.v[k], o);
    }
    dlrn_json_set_take(out, "scores", scores);
    return st;
}

static const cli_option roc_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_SCORE,
    STATS_OPT_BY,
    STATS_OPT_CI,
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N",
     "replicates of a percentile interval, stratified (default: none)"},
    STATS_OPT_CLUSTER,
    {"threshold", 0, CLI_TEXT, STATS_AT(threshold), "T",
     "a number, or youden (default); a score >= it is positive"},
    {"direction", 0, CLI_TEXT, STATS_AT(direction), "D",
     "< higher is positive (default), > lower is, auto by the medians"},
};

const stats_test stats_roc = {
    .cli = {STATS_CLI(roc_options), .name = "roc", .summary = "AUC, interval, threshold, curve",
            .usage = "FILE.csv --label COL --score A,B,... [options]",
            .examples =
                "  # AUC of two scores, DeLong and bootstrap intervals\n"
                "  dlrn stats roc p.csv --label y --score radiomics,dlrn --bootstrap 2000\n"
                "  # each cohort by itself; rows of one patient belong together\n"
                "  dlrn stats roc p.csv --label y --score dlrn --by cohort --cluster patient\n"},
    .needs = STATS_LABEL | STATS_SCORE,
    .fn = run_roc,
};

/* ---- compare ---- */

static dlrn_json *pair_json(const dlrn_auc_pair *p, const char *a, const char *b)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "a", a);
    dlrn_json_set_string(o, "b", b);
    dlrn_json_set_number(o, "auc_a", p->auc_a);
    dlrn_json_set_number(o, "auc_b", p->auc_b);
    dlrn_json_set_number(o, "difference", p->difference);
    dlrn_json_set_number(o, "se", p->se);
    dlrn_json_set_number(o, "z", p->z);
    dlrn_json_set_number(o, "p", p->p);
    dlrn_json_set_take(o, "ci", dlrn_json_interval(p->lo, p->hi));
    dlrn_json_set_number(o, "df", p->df);
    return o;
}

/* The rows of d whose group column reads the first value (part 0), or the other (part 1). */
typedef struct part {
    const char *value;
    double *score;
    uint8_t *label;
    size_t n;
} part;

static dlrn_status split_groups(part p[2], const stats_data *d, size_t j, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (int g = 0; g < 2; g++) {
        DLRN_TRY(dlrn_alloc_or_fail(&p[g].score, d->n, err));
        DLRN_TRY(dlrn_alloc_or_fail(&p[g].label, d->n, err));
    }
    for (size_t i = 0; i < d->n; i++) {
        const char *s = dlrn_table_text(d->table, j, d->row[i]);
        int g = 0;
        while (g < 2 && p[g].value && strcmp(p[g].value, s) != 0)
            g++;
        if (g == 2)
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                               "%s, line %zu, column '%s': '%.40s' is a third value; --groups "
                               "compares two",
                               dlrn_table_name(d->table), dlrn_table_line(d->table, d->row[i]),
                               d->o->groups, s));
        p[g].value = s;
    }
    if (!p[1].value)
        st = dlrn_fail(err, DLRN_EINVAL,
                       "%s, column '%s': fewer than two values; --groups compares "
                       "two",
                       dlrn_table_name(d->table), d->o->groups);
    else if (strcmp(p[0].value, p[1].value) > 0) { // the order of the file does not matter
        const char *swap = p[0].value;
        p[0].value = p[1].value;
        p[1].value = swap;
    }
done:
    return st;
}

static dlrn_status compare_groups(dlrn_json *pairs, const stats_data *d, size_t k, size_t j,
                                  dlrn_error *err)
{
    dlrn_status st;
    part p[2] = {{0}, {0}};
    dlrn_auc auc[2];
    dlrn_auc_pair pair;
    DLRN_TRY(split_groups(p, d, j, err));
    for (size_t i = 0; i < d->n; i++) {
        part *own = &p[strcmp(dlrn_table_text(d->table, j, d->row[i]), p[0].value) != 0];
        own->score[own->n] = d->score_v[k][i];
        own->label[own->n++] = d->label[i];
    }
    for (int g = 0; g < 2; g++) {
        const dlrn_truth t = {p[g].label, p[g].n, NULL};
        DLRN_TRY(dlrn_auc_delong(&auc[g], p[g].score, &t, d->o->ci, err));
    }
    DLRN_TRY(dlrn_auc_compare_independent(&pair, &auc[0], &auc[1], d->o->ci, err));
    dlrn_json *o = pair_json(&pair, p[0].value, p[1].value);
    dlrn_json_set_string(o, "group", d->score.v[k]);
    dlrn_json_append_take(pairs, o);
done:
    for (int g = 0; g < 2; g++) {
        free(p[g].score);
        free(p[g].label);
    }
    return st;
}

static dlrn_status compare_scores(dlrn_json *pairs, const stats_data *d, dlrn_error *err)
{
    const dlrn_truth t = truth_of(d);
    for (size_t a = 0; a < d->score.n; a++) {
        for (size_t b = a + 1; b < d->score.n; b++) {
            dlrn_auc_pair pair;
            const dlrn_status st =
                dlrn_auc_compare(&pair, d->score_v[a], d->score_v[b], &t, d->o->ci, err);
            if (st != DLRN_OK) return st;
            dlrn_json_append_take(pairs, pair_json(&pair, d->score.v[a], d->score.v[b]));
        }
    }
    return DLRN_OK;
}

static dlrn_status run_compare(dlrn_json *out, const stats_data *d, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *pairs = dlrn_json_array();
    size_t j;
    if (d->o->groups) {
        DLRN_TRY(dlrn_table_need(&j, d->table, d->o->groups, err));
        if (d->cluster)
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--groups and --cluster do not go together"));
        for (size_t k = 0; k < d->score.n; k++)
            DLRN_TRY(compare_groups(pairs, d, k, j, err));
    } else {
        if (d->score.n < 2)
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                               "compare needs two scores (--score A,B), or "
                               "--groups COL"));
        DLRN_TRY(compare_scores(pairs, d, err));
    }
    dlrn_json_set_take(out, "pairs", pairs);
    pairs = NULL;
done:
    dlrn_json_free(pairs);
    return st;
}

static const cli_option compare_options[] = {
    STATS_OPT_LABEL,
    STATS_OPT_SCORE,
    STATS_OPT_BY,
    STATS_OPT_CI,
    STATS_OPT_CLUSTER,
    {"groups", 0, CLI_TEXT, STATS_AT(groups), "COL",
     "compare each score between the two values of this column"},
};

const stats_test stats_compare = {
    .cli = {STATS_CLI(compare_options), .name = "compare",
            .summary = "AUCs of all pairs of scores, or of two groups",
            .usage = "FILE.csv --label COL --score A,B,... [options]",
            .examples = "  # paired DeLong test of two scores\n"
                        "  dlrn stats compare p.csv --label y --score clinical,dlrn\n"
                        "  # one score in two independent cohorts\n"
                        "  dlrn stats compare p.csv --label y --score dlrn --groups cohort\n"},
    .needs = STATS_LABEL | STATS_SCORE | STATS_GROUPS,
    .fn = run_compare,
};
