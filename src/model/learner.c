/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of learners.
 */
#include <dlrn/learner.h>

#include "model/learners.h"

#include <string.h>

static const dlrn_learner *const all[] = {
    &learner_lr,          &learner_svm,     &learner_knn,      &learner_random_forest,
    &learner_extra_trees, &learner_xgboost, &learner_lightgbm, &learner_mlp,
};

size_t dlrn_learner_count(void)
{
    return sizeof all / sizeof *all;
}

const dlrn_learner *dlrn_learner_at(size_t i)
{
    return all[i];
}

const dlrn_learner *dlrn_learner_find(const char *name)
{
    for (size_t i = 0; i < dlrn_learner_count(); i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    return NULL;
}

double dlrn_params_get(const dlrn_params *p, const char *name, double fallback)
{
    for (size_t i = 0; i < p->n; i++)
        if (!strcmp(p->p[i].name, name)) return p->p[i].value;
    return fallback;
}
