/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrap replicates on several threads, the same bits for any number of them: replicates are
 * drawn in chunks, each from its own stream of the seed.
 */
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK = 32 }; // replicates that one item of work draws

typedef struct job {
    const resampler *draw;
    const dlrn_bootstrap *boot;
    stats_replicate_fn *fn;
    void *user;
} job;

static dlrn_status draw_chunk(void *user, size_t i, size_t worker, dlrn_error *err)
{
    const job *j = user;
    uint32_t *weight = NULL;
    dlrn_status st;

    DLRN_TRY(dlrn_alloc_or_fail(&weight, j->draw->n, err));
    dlrn_rng rng;
    dlrn_rng_seed(&rng, j->boot->seed, i);
    for (size_t b = i * CHUNK; b < (i + 1) * CHUNK && b < j->boot->replicates; b++) {
        resampler_draw(j->draw, &rng, weight);
        DLRN_TRY(j->fn(j->user, b, worker, weight, err));
    }
done:
    free(weight);
    return st;
}

size_t stats_bootstrap_workers(const dlrn_bootstrap *boot)
{
    const dlrn_exec ex = {.threads = boot->threads};
    return (size_t)dlrn_exec_threads(&ex);
}

dlrn_status stats_bootstrap(const dlrn_truth *t, const dlrn_bootstrap *boot, stats_replicate_fn *fn,
                            void *user, dlrn_error *err)
{
    if (boot->replicates < 2)
        return dlrn_fail(err, DLRN_EINVAL, "%zu bootstrap replicates: at least 2 are needed",
                         boot->replicates);
    if (!(boot->confidence > 0 && boot->confidence < 1))
        return dlrn_fail(err, DLRN_EINVAL, "confidence is %g, expected between 0 and 1",
                         boot->confidence);
    resampler draw = {0};
    dlrn_status st;
    DLRN_TRY(resampler_init(&draw, t, err));
    job j = {&draw, boot, fn, user};
    st = dlrn_parallel_for((boot->replicates + CHUNK - 1) / CHUNK,
                           (int)stats_bootstrap_workers(boot), draw_chunk, &j, err);
done:
    resampler_clear(&draw);
    return st;
}

void stats_percentile(double *lo, double *hi, double *v, size_t n, double confidence)
{
    size_t kept = 0; // a replicate without an answer (0 / 0) does not count
    for (size_t b = 0; b < n; b++)
        if (!isnan(v[b])) v[kept++] = v[b];
    stats_sort(v, kept);
    *lo = dlrn_quantile_sorted(v, kept, (1 - confidence) / 2);
    *hi = dlrn_quantile_sorted(v, kept, (1 + confidence) / 2);
}
