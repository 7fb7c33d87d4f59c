/* SPDX-License-Identifier: Apache-2.0
 *
 * Processor seconds that the statistics take on one thread; bench/stats_vs_r.R sets them beside
 * R's.
 *   ninja -C build bench_stats && build/bench_stats COHORT.csv [FEATURES.csv]
 * COHORT.csv: y, then columns of numbers. FEATURES.csv, for the LASSO: y, fold (1 to 10), then
 * columns of numbers. stats_vs_r.R writes both.
 */
#include <dlrn/calibration.h>
#include <dlrn/correlation.h>
#include <dlrn/lasso.h>
#include <dlrn/roc.h>
#include <dlrn/table.h>
#include <dlrn/validate.h>

#include <math.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
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

/* Best of three, in seconds: of the processor, or of any clock. */
#define BEST(name, call) BEST_BY(CLOCK_PROCESS_CPUTIME_ID, name, call)
#define BEST_BY(clock, name, call)                                                                 \
    do {                                                                                           \
        double best = 1e9;                                                                         \
        for (int k = 0; k < 3; k++) {                                                              \
            const double start = now(clock);                                                       \
            need((call), &err);                                                                    \
            best = fmin(best, now(clock) - start);                                                 \
        }                                                                                          \
        printf("%s %.6f\n", name, best);                                                           \
    } while (0)

static dlrn_status validate_once(const dlrn_logistic_data *d, dlrn_error *err)
{
    dlrn_validation v = {0};
    const dlrn_bootstrap boot = {1000, 1, 0.95, 1};
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
    const dlrn_bootstrap boot = {2000, 1, 0.95, 1};
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

static dlrn_status lasso_once(const double *x, const double *y, const size_t *fold, size_t n,
                              size_t p, dlrn_error *err)
{
    dlrn_lasso_cv c = {0};
    const dlrn_exec one = {.threads = 1};
    const dlrn_lasso_options o = {.loss = DLRN_LASSO_LOGISTIC, .alpha = 1};
    const dlrn_lasso_cv_options cv = {.measure = DLRN_LASSO_DEVIANCE, .fold = fold, .folds = 10};
    const dlrn_status st = dlrn_lasso_cross_validate(&c, x, y, n, p, &o, &cv, &one, err);
    dlrn_lasso_cv_clear(&c);
    return st;
}

static void features(const char *path)
{
    dlrn_error err = {0};
    dlrn_table *t = NULL;
    need(dlrn_table_read(&t, path, &err), &err);
    const size_t n = dlrn_table_rows(t), p = dlrn_table_cols(t) - 2;
    double *x = take(n * p, sizeof *x), *y = take(n, sizeof *y);
    size_t *fold = take(n, sizeof *fold);
    for (size_t j = 0; j < p + 2; j++) {
        const double *v;
        need(dlrn_table_numbers(&v, t, j, &err), &err);
        for (size_t i = 0; i < n; i++) {
            if (j == 0) y[i] = v[i];
            if (j == 1) fold[i] = (size_t)v[i] - 1;
            if (j > 1) x[i * p + j - 2] = v[i];
        }
    }
    BEST("lasso_cv", lasso_once(x, y, fold, n, p, &err));
    dlrn_table_free(t);
    free(fold);
    free(y);
    free(x);
}

/* Spearman's correlation of all pairs of 4,000 columns, 712 rows; by the wall clock on all
 * threads. */
static void ranks(void)
{
    enum { ROWS = 712, COLUMNS = 4000 };
    dlrn_error err = {0};
    double *x = take((size_t)ROWS * COLUMNS, sizeof *x);
    double *r = take((size_t)COLUMNS * COLUMNS, sizeof *r);
    double *p = take((size_t)COLUMNS * COLUMNS, sizeof *p);
    const dlrn_exec one = {.threads = 1};
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < (size_t)ROWS * COLUMNS; i++)
        x[i] = dlrn_rng_normal(&rng);
    BEST("spearman_712x4000",
         dlrn_correlation(r, NULL, x, ROWS, COLUMNS, DLRN_SPEARMAN, &one, &err));
    BEST_BY(CLOCK_MONOTONIC, "spearman_712x4000_all_threads",
            dlrn_correlation(r, NULL, x, ROWS, COLUMNS, DLRN_SPEARMAN, NULL, &err));
    BEST("spearman_712x4000_with_p",
         dlrn_correlation(r, p, x, ROWS, COLUMNS, DLRN_SPEARMAN, &one, &err));
    free(p);
    free(r);
    free(x);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3)
        return fprintf(stderr, "usage: bench_stats COHORT.csv [FEATURES.csv]\n"), 2;
    cohort(argv[1]);
    if (argc == 3) features(argv[2]);
    million();
    ranks();
    return 0;
}
