/* SPDX-License-Identifier: Apache-2.0
 *
 * compare: AUCs of pairs of scores, or of two groups.
 */
#include "stats_rules.h"

#include <stdlib.h>
#include <string.h>

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
    dlrn_json_set_string(o, "method", p->method);
    return o;
}

/* The rows of d whose group column reads the first value (p[0]), or the other (p[1]). */
typedef struct cohort {
    const char *value;
    double *score;
    uint8_t *label;
    size_t n;
} cohort;

static dlrn_status split_groups(cohort p[2], const stats_data *d, size_t j, dlrn_error *err)
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

static dlrn_status pair_of_parts(dlrn_auc_pair *pair, const cohort p[2], const stats_data *d,
                                 const dlrn_auc_part *over, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_auc auc[2];
    const dlrn_bootstrap boot = stats_boot(d, 0);
    const dlrn_truth t[2] = {{p[0].label, p[0].n, NULL}, {p[1].label, p[1].n, NULL}};
    for (int g = 0; g < 2; g++) {
        st = dlrn_auc_delong(&auc[g], p[g].score, &t[g], d->o->ci, err);
        if (st == DLRN_OK) continue;
        dlrn_error_prefix(err, "%s = %.40s: ", d->o->groups, p[g].value);
        return st;
    }
    if (boot.replicates)
        return dlrn_auc_compare_independent_bootstrap(pair, p[0].score, &t[0], p[1].score, &t[1],
                                                      over, &boot, err);
    return dlrn_auc_compare_independent(pair, &auc[0], &auc[1], d->o->ci, err);
}

static dlrn_status compare_groups(dlrn_json *pairs, const stats_data *d, size_t k, size_t j,
                                  const dlrn_auc_part *over, dlrn_error *err)
{
    dlrn_status st;
    cohort p[2] = {{0}, {0}};
    dlrn_auc_pair pair;
    DLRN_TRY(split_groups(p, d, j, err));
    for (size_t i = 0; i < d->n; i++) {
        cohort *own = &p[strcmp(dlrn_table_text(d->table, j, d->row[i]), p[0].value) != 0];
        own->score[own->n] = d->score_v[k][i];
        own->label[own->n++] = d->label[i];
    }
    DLRN_TRY(pair_of_parts(&pair, p, d, over, err));
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

static dlrn_status compare_scores(dlrn_json *pairs, const stats_data *d, const dlrn_auc_part *over,
                                  dlrn_error *err)
{
    const dlrn_truth t = stats_truth(d);
    const dlrn_bootstrap boot = stats_boot(d, 0);
    for (size_t a = 0; a < d->score.n; a++) {
        for (size_t b = a + 1; b < d->score.n; b++) {
            dlrn_auc_pair pair;
            const double *const v[2] = {d->score_v[a], d->score_v[b]};
            const dlrn_status st =
                boot.replicates
                    ? dlrn_auc_compare_bootstrap(&pair, v[0], v[1], &t, over, &boot, err)
                    : dlrn_auc_compare(&pair, v[0], v[1], &t, d->o->ci, err);
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
    double sign;
    dlrn_auc_part part;
    bool partial;
    DLRN_TRY(stats_part(&part, &partial, d, err));
    if (partial && d->o->bootstrap <= 0)
        DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                           "--partial needs --bootstrap N here: partial areas have no closed-form "
                           "test"));
    for (size_t k = 0; k < d->score.n; k++) {
        DLRN_TRY(stats_direction(&sign, d, d->score_v[k], err));
        for (size_t i = 0; i < d->n; i++)
            d->score_v[k][i] *= sign;
    }
    if (d->o->groups) {
        DLRN_TRY(dlrn_table_need(&j, d->table, d->o->groups, err));
        if (d->cluster)
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL, "--groups and --cluster do not go together"));
        for (size_t k = 0; k < d->score.n; k++)
            DLRN_TRY(compare_groups(pairs, d, k, j, partial ? &part : NULL, err));
    } else {
        if (d->score.n < 2)
            DLRN_TRY(dlrn_fail(err, DLRN_EINVAL,
                               "compare needs two scores (--score A,B), or "
                               "--groups COL"));
        DLRN_TRY(compare_scores(pairs, d, partial ? &part : NULL, err));
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
    {"bootstrap", 0, CLI_INTEGER, STATS_AT(bootstrap), "N",
     "test by N replicates instead of DeLong's variance, as pROC's bootstrap"},
    STATS_OPT_CLUSTER,
    {"groups", 0, CLI_TEXT, STATS_AT(groups), "COL",
     "compare each score between the two values of this column"},
    STATS_OPT_PARTIAL,
    STATS_OPT_DIRECTION,
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
