/* SPDX-License-Identifier: Apache-2.0
 *
 * Milliseconds that one extraction takes in this process, on one thread.
 *   ninja -C build bench_extract && build/bench_extract IMAGE MASK [PARAMS.yaml|-] [REPEATS]
 * Prints "read_and_extract MEDIAN CPU" and "extract MEDIAN CPU", with and without the reading of
 * the two files: the median of the wall clock, and the least processor time, which other work on
 * the machine disturbs less. Memory is kept as `dlrn` keeps it.
 */
#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WALL, CPU };

static void now_ms(double ms[2])
{
    struct timespec t[2];
    clock_gettime(CLOCK_MONOTONIC, &t[WALL]);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t[CPU]);
    for (int k = 0; k < 2; k++)
        ms[k] = 1e3 * (double)t[k].tv_sec + 1e-6 * (double)t[k].tv_nsec;
}

static void need(dlrn_status st, const dlrn_error *err)
{
    if (st == DLRN_OK) return;
    fprintf(stderr, "bench_extract: %s\n", err->msg);
    exit(1);
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

static void print(const char *name, double *ms[2], size_t n)
{
    qsort(ms[WALL], n, sizeof *ms[WALL], by_value);
    qsort(ms[CPU], n, sizeof *ms[CPU], by_value);
    printf("%-16s %.3f %.3f\n", name, 0.5 * (ms[WALL][(n - 1) / 2] + ms[WALL][n / 2]), ms[CPU][0]);
}

static double *numbers(size_t n)
{
    double *v = dlrn_alloc_array(n, sizeof *v);
    if (!v) exit(1);
    return v;
}

int main(int argc, char **argv)
{
    if (argc < 3) return fprintf(stderr, "usage: bench_extract IMAGE MASK [PARAMS|-] [N]\n"), 2;
    const long repeats = argc > 4 ? strtol(argv[4], NULL, 10) : 21;
    const size_t n = repeats > 0 ? (size_t)repeats : 1;
    const dlrn_exec one_thread = {.threads = 1};
    dlrn_error err = {0};
    dlrn_keep_memory();
    dlrn_radiomics *s = NULL;
    double *whole[2] = {numbers(n), numbers(n)}, *inner[2] = {numbers(n), numbers(n)};
    if (argc > 3 && strcmp(argv[3], "-") != 0)
        need(dlrn_radiomics_load(&s, argv[3], &err), &err);
    else
        need(dlrn_radiomics_defaults(&s, &err), &err);
    size_t features = 0;
    for (size_t i = 0; i <= n; i++) { // the first one warms up
        dlrn_image image = {0}, mask = {0};
        dlrn_features f = {0};
        double start[2], read[2], end[2];
        now_ms(start);
        need(dlrn_image_read_stored(&image, argv[1], -1, &err), &err);
        need(dlrn_image_read_stored(&mask, argv[2], 0, &err), &err);
        now_ms(read);
        need(dlrn_radiomics_extract(&f, &image, &mask, s, &one_thread, &err), &err);
        now_ms(end);
        for (int k = 0; k < 2; k++) {
            whole[k][i ? i - 1 : 0] = end[k] - start[k];
            inner[k][i ? i - 1 : 0] = end[k] - read[k];
        }
        features = f.n;
        dlrn_features_clear(&f);
        dlrn_image_clear(&image);
        dlrn_image_clear(&mask);
    }
    printf("features         %zu\n", features);
    print("read_and_extract", whole, n);
    print("extract", inner, n);
    dlrn_radiomics_free(s);
    for (int k = 0; k < 2; k++) {
        free(whole[k]);
        free(inner[k]);
    }
    return 0;
}
