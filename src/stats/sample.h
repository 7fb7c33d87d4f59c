/* SPDX-License-Identifier: Apache-2.0
 *
 * What the statistics share among themselves; see <dlrn/sample.h> for what callers see.
 */
#ifndef DLRN_STATS_SAMPLE_H
#define DLRN_STATS_SAMPLE_H

#include <dlrn/sample.h>

/* DLRN_EINVAL unless both classes are there; the message ends "`what` needs both". */
DLRN_MUST_CHECK dlrn_status stats_need_both_classes(size_t cases, size_t n, const char *what,
                                                    dlrn_error *err);

double stats_mean(const double *v, size_t n);
/* n - 1 in the denominator. */
double stats_covariance(const double *a, const double *b, size_t n);
void stats_sort(double *v, size_t n);

/* out[i] = 0..count-1, the rank of row i's cluster among the numbers used. */
DLRN_MUST_CHECK dlrn_status stats_number_clusters(size_t *out, size_t *count, const size_t *cluster,
                                                  size_t n, dlrn_error *err);

/* Draws rows with replacement: within each class, or whole clusters. The truth outlives it. */
typedef struct resampler {
    size_t n, groups;
    bool clustered;
    const uint8_t *label;
    size_t *row;   /* rows, group after group                               [n] */
    size_t *start; /* group g is row[start[g] .. start[g + 1])              [groups + 2] */
} resampler;

DLRN_MUST_CHECK dlrn_status resampler_init(resampler *r, const dlrn_truth *t, dlrn_error *err);
void resampler_clear(resampler *r);
/* weight[i] becomes how often row i was drawn                              [n] */
void resampler_draw(const resampler *r, dlrn_rng *rng, uint32_t *weight);

/* Replicate b, in which row i was drawn weight[i] times; called on several threads, once for each
 * b: what it computes goes to slot b. `worker` is below stats_bootstrap_workers. */
typedef dlrn_status stats_replicate_fn(void *user, size_t b, size_t worker, const uint32_t *weight,
                                       dlrn_error *err);

/* DLRN_EINVAL for fewer than 2 replicates or a confidence outside (0, 1). */
DLRN_MUST_CHECK dlrn_status stats_bootstrap(const dlrn_truth *t, const dlrn_bootstrap *boot,
                                            stats_replicate_fn *fn, void *user, dlrn_error *err);
size_t stats_bootstrap_workers(const dlrn_bootstrap *boot);

/* Quantiles (type 7) of v's numbers around the middle; v is reordered, NaN left out. */
void stats_percentile(double *lo, double *hi, double *v, size_t n, double confidence);

#endif
