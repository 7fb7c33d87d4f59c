/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of ranks against sums of 64 bits, by every kernel that this processor has, and the
 * correlations made of them.
 */
#include "stats/rank_product.h"

#include <dlrn/correlation.h>
#include <dlrn/describe.h>

#include "support/near.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 2 * RANK_PANEL };

/* Two panels of mid-ranks and the same as plain columns [SIDE][n]: ascending, descending, few
 * different values, and drawn. */
typedef struct sample {
    int16_t *panel;
    int64_t *value;
} sample;

static double drawn(dlrn_rng *rng, size_t i, size_t j)
{
    if (j % 5 == 0) return (double)i;
    if (j % 5 == 1) return -(double)i;
    return j % 5 == 2 ? (double)dlrn_rng_below(rng, 3) : dlrn_rng_normal(rng);
}

static sample make_sample(size_t n)
{
    sample s = {calloc(2 * rank_panel_size(n), sizeof *s.panel), calloc(SIDE * n, sizeof *s.value)};
    double *x = malloc(2 * n * sizeof *x), *rank = x + n;
    size_t *order = malloc(n * sizeof *order);
    dlrn_rng rng;
    dlrn_rng_seed(&rng, n, 0);
    for (size_t j = 0; j < SIDE; j++) {
        for (size_t i = 0; i < n; i++)
            x[i] = drawn(&rng, i, j);
        dlrn_rank(rank, order, x, n);
        const double squares =
            rank_panel_set(s.panel + j / RANK_PANEL * rank_panel_size(n), j % RANK_PANEL, rank, n);
        int64_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            const int64_t v = s.value[j * n + i] = (int64_t)(2 * rank[i]) - (int64_t)n - 1;
            sum += v * v;
        }
        assert_true(squares == (double)sum);
    }
    free(order);
    free(x);
    return s;
}

static int64_t product(const int64_t *a, const int64_t *b, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void every_kernel_is_exact(void **state)
{
    (void)state;
    // 1860 is the last whose sums fit 32 bits
    const size_t rows[] = {2, 3, 16, 711, 712, 1860, 1861, 2500, RANK_MOST_ROWS};
    double *c = malloc(SIDE * SIDE * sizeof *c);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const size_t n = rows[k];
        sample s = make_sample(n);
        for (int kernel = RANK_PLAIN; kernel <= (int)rank_kernel_best(); kernel++) {
            for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
                c[i] = 1; // it is added to
            rank_products(c, s.panel, s.panel, 2, 2, n, (rank_kernel)kernel);
            for (size_t i = 0; i < SIDE; i++)
                for (size_t j = 0; j < SIDE; j++)
                    assert_true(c[i * SIDE + j] ==
                                1 + (double)product(s.value + i * n, s.value + j * n, n));
        }
        free(s.value);
        free(s.panel);
    }
    free(c);
}

/* n rows of m columns with ties, and their mid-ranks; column 3 does not vary. */
static void make_table(double *x, double *ranks, size_t n, size_t m)
{
    double *v = malloc(2 * n * sizeof *v);
    size_t *order = malloc(n * sizeof *order);
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 7, n);
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < n; i++)
            v[i] = j == 3 ? 5 : j % 2 ? (double)dlrn_rng_below(&rng, 40) : dlrn_rng_normal(&rng);
        dlrn_rank(v + n, order, v, n);
        for (size_t i = 0; i < n; i++) {
            x[i * m + j] = v[i];
            ranks[i * m + j] = v[n + i];
        }
    }
    free(order);
    free(v);
}

/* By whole numbers, and beyond RANK_MOST_ROWS by doubles. */
static void spearman_is_pearson_of_ranks(void **state)
{
    (void)state;
    enum { COLUMNS = 261 }; // a block, and an unfinished panel
    const size_t rows[] = {2, 50, 2001, RANK_MOST_ROWS, RANK_MOST_ROWS + 1}, m = COLUMNS;
    double *r = malloc(3 * m * m * sizeof *r), *again = r + m * m, *want = again + m * m;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const size_t n = rows[k];
        double *x = malloc(2 * n * m * sizeof *x), *ranks = x + n * m;
        make_table(x, ranks, n, m);
        const dlrn_exec one = {.threads = 1}, three = {.threads = 3};
        assert_ok(dlrn_correlation(r, NULL, x, n, m, DLRN_SPEARMAN, &one, NULL));
        assert_ok(dlrn_correlation(again, NULL, x, n, m, DLRN_SPEARMAN, &three, NULL));
        assert_ok(dlrn_correlation(want, NULL, ranks, n, m, DLRN_PEARSON, &one, NULL));
        assert_memory_equal(r, again, m * m * sizeof *r);
        for (size_t i = 0; i < m * m; i++) {
            assert_int_equal(isnan(r[i]), isnan(want[i]));
            if (!isnan(r[i])) assert_near(r[i], want[i], 1e-13, 1e-15);
        }
        assert_true(isnan(r[3]) && r[0] == 1);
        free(x);
    }
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_is_exact),
        cmocka_unit_test(spearman_is_pearson_of_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
