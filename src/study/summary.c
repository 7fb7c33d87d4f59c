/* SPDX-License-Identifier: Apache-2.0
 *
 * The small table at the end of a study.
 */
#include "study/summary.h"

#include <math.h>
#include <string.h>

void summary_auc(char *text, size_t size, const dlrn_json *cohort_performance, const char *dash)
{
    const double auc = dlrn_json_get_number(cohort_performance, "auc", (double)NAN);
    const dlrn_json *ci = dlrn_json_get(cohort_performance, "auc_ci");
    if (isnan(auc))
        snprintf(text, size, "-");
    else if (dlrn_json_size(ci) != 2)
        snprintf(text, size, "%.3f", auc);
    else
        snprintf(text, size, "%.3f (%.3f%s%.3f)", auc,
                 dlrn_json_as_number(dlrn_json_at(ci, 0), (double)NAN), dash,
                 dlrn_json_as_number(dlrn_json_at(ci, 1), (double)NAN));
}

char *summary_table(const dlrn_json *results)
{
    dlrn_str b = {0};
    dlrn_json_member model, cohort;
    const dlrn_json *performance = dlrn_json_get(results, "performance");
    const dlrn_json *cohorts = dlrn_json_get(results, "cohorts");
    const char *train = dlrn_json_get_string(dlrn_json_get(results, "study"), "train", "training");
    dlrn_str_addf(&b, "%-22s", "AUC (95 % CI)");
    for (bool c = dlrn_json_first(cohorts, &cohort); c; c = dlrn_json_next(cohorts, &cohort))
        if (strcmp(cohort.key, train) != 0) dlrn_str_addf(&b, "  %-20s", cohort.key);
    dlrn_str_add(&b, "\n");
    for (bool m = dlrn_json_first(performance, &model); m;
         m = dlrn_json_next(performance, &model)) {
        if (strchr(model.key, '.')) continue; // single learners are in the report
        const dlrn_json *of = dlrn_json_get(model.value, "cohorts");
        dlrn_str_addf(&b, "%-22s", model.key);
        for (bool c = dlrn_json_first(cohorts, &cohort); c; c = dlrn_json_next(cohorts, &cohort)) {
            char text[64];
            if (!strcmp(cohort.key, train)) continue;
            summary_auc(text, sizeof text, dlrn_json_get(of, cohort.key), "-");
            dlrn_str_addf(&b, "  %-20s", text);
        }
        dlrn_str_add(&b, "\n");
    }
    if (!b.failed) return b.s;
    dlrn_str_clear(&b);
    return NULL;
}
