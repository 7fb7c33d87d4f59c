/* SPDX-License-Identifier: Apache-2.0
 *
 * Milliseconds that one extraction takes in this process, on one thread.
 *   ninja -C build bench_extract && build/bench_extract IMAGE MASK [PARAMS.yaml|-] [REPEATS]
 * Prints "read_and_extract MEDIAN MINIMUM" and "extract MEDIAN MINIMUM": with and without the
 * reading of the two files.
 */
#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
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

static void print(const char *name, double *ms, size_t n)
{
    qsort(ms, n, sizeof *ms, by_value);
    printf("%-16s %.3f %.3f\n", name, 0.5 * (ms[(n - 1) / 2] + ms[n / 2]), ms[0]);
}

int main(int argc, char **argv)
{
    if (argc < 3) return fprintf(stderr, "usage: bench_extract IMAGE MASK [PARAMS|-] [N]\n"), 2;
    const long repeats = argc > 4 ? strtol(argv[4], NULL, 10) : 21;
    const size_t n = repeats > 0 ? (size_t)repeats : 1;
    const dlrn_exec one_thread = {.threads = 1};
    dlrn_error err = {0};
    dlrn_radiomics *s = NULL;
    double *whole = dlrn_alloc_array(n, sizeof *whole), *inner = dlrn_alloc_array(n, sizeof *inner);
    if (!whole || !inner) return 1;
    if (argc > 3 && strcmp(argv[3], "-") != 0)
        need(dlrn_radiomics_load(&s, argv[3], &err), &err);
    else
        need(dlrn_radiomics_defaults(&s, &err), &err);
    size_t features = 0;
    for (size_t i = 0; i <= n; i++) { // the first one warms up
        dlrn_image image = {0}, mask = {0};
        dlrn_features f = {0};
        const double start = now_ms();
        need(dlrn_image_read(&image, argv[1], &err), &err);
        need(dlrn_image_read(&mask, argv[2], &err), &err);
        const double read = now_ms();
        need(dlrn_radiomics_extract(&f, &image, &mask, s, &one_thread, &err), &err);
        const double end = now_ms();
        whole[i ? i - 1 : 0] = end - start;
        inner[i ? i - 1 : 0] = end - read;
        features = f.n;
        dlrn_features_clear(&f);
        dlrn_image_clear(&image);
        dlrn_image_clear(&mask);
    }
    printf("features         %zu\n", features);
    print("read_and_extract", whole, n);
    print("extract", inner, n);
    dlrn_radiomics_free(s);
    free(whole);
    free(inner);
    return 0;
}
