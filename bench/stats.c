/* SPDX-License-Identifier: Apache-2.0
 *
 * Seconds that the statistics take in this process; bench/stats_vs_r.R sets them beside R's.
 *   ninja -C build bench_stats && build/bench_stats COHORT.csv
 * COHORT.csv: y, then columns of numbers (written by stats_vs_r.R).
 */
#include <dlrn/calibration.h>
#include <dlrn/correlation.h>
#include <dlrn/roc.h>
#include <dlrn/table.h>
#include <dlrn/validate.h>

#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void need(dlrn_status st, const dlrn_error *err)
{
    if (st == DLRN_OK) return;
    fprintf(stderr, "bench_stats: %s\n", err->msg);
    exit(1);
}

static void *take(size_t n, size_t size)
{
    void *v = dlrn_alloc_array(n, size);
    if (!v) exit(1);
    return v;
}

/* Best of three, in seconds. */
#define BEST(name, call)                                                                           \
    do {                                                                                           \
        double best = 1e9;                                                                         \
        for (int k = 0; k < 3; k++) {                                                              \
            const double start = now();                                                            \
            need((call), &err);                                                                    \
            best = now() - start < best ? now() - start : best;                                    \
        }                                                                                          \
        printf("%s %.6f\n", name, best);                                                           \
    } while (0)

static dlrn_status validate_once(const dlrn_logistic_data *d, dlrn_error *err)
{
    dlrn_validation v = {0};
    const dlrn_bootstrap boot = {1000, 1, 0.95, 0};
    const dlrn_status st = dlrn_logistic_validate(&v, d, &boot, err);
    dlrn_validation_clear(&v);
    return st;
}

static void cohort(const char *path)
{
    dlrn_error err = {0};
    dlrn_table *t = NULL;
    need(dlrn_table_read(&t, path, &err), &err);
    const size_t n = dlrn_table_rows(t), p = dlrn_table_cols(t) - 1;
    double *x = take(n * p, sizeof *x), *score = take(n, sizeof *score);
    uint8_t *y = take(n, 1);
    for (size_t j = 0; j <= p; j++) {
        const double *v;
        need(dlrn_table_numbers(&v, t, j, &err), &err);
        for (size_t i = 0; i < n; i++) {
            if (j == 0) y[i] = v[i] == 1;
            if (j > 0) x[i * p + j - 1] = v[i];
            if (j == 1) score[i] = v[i];
        }
    }
    const dlrn_truth truth = {y, n, NULL};
    const dlrn_bootstrap boot = {2000, 1, 0.95, 0};
    const dlrn_logistic_data d = {.x = x, .label = y, .n = n, .p = p};
    dlrn_estimate e;
    BEST("auc_bootstrap_2000", dlrn_auc_bootstrap(&e, score, &truth, NULL, &boot, &err));
    BEST("validate_and_calibrate_1000", validate_once(&d, &err));
    dlrn_table_free(t);
    free(y);
    free(score);
    free(x);
}

static void million(void)
{
    enum { N = 1000000 };
    dlrn_error err = {0};
    double *p = take(N, sizeof *p);
    uint8_t *y = take(N, 1);
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < N; i++) {
        p[i] = dlrn_rng_uniform(&rng);
        y[i] = dlrn_rng_uniform(&rng) < p[i];
    }
    const dlrn_truth truth = {y, N, NULL};
    dlrn_auc a;
    dlrn_calibration c;
    BEST("auc_delong_1e6", dlrn_auc_delong(&a, p, &truth, 0.95, &err));
    BEST("calibrate_1e6", dlrn_calibrate(&c, p, &truth, NULL, &err));
    free(y);
    free(p);
}

/* Spearman's correlation of all pairs of 4,000 columns, 712 rows, on one thread. */
static void ranks(void)
{
    enum { ROWS = 712, COLUMNS = 4000 };
    dlrn_error err = {0};
    double *x = take((size_t)ROWS * COLUMNS, sizeof *x);
    double *r = take((size_t)COLUMNS * COLUMNS, sizeof *r);
    const dlrn_exec one = {.threads = 1};
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < (size_t)ROWS * COLUMNS; i++)
        x[i] = dlrn_rng_normal(&rng);
    BEST("spearman_712x4000",
         dlrn_correlation(r, NULL, x, ROWS, COLUMNS, DLRN_SPEARMAN, &one, &err));
    free(r);
    free(x);
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: bench_stats COHORT.csv\n"), 2;
    cohort(argv[1]);
    million();
    ranks();
    return 0;
}
