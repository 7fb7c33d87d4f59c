/* SPDX-License-Identifier: Apache-2.0
 *
 * Values by rank against sorting.
 */
#include "radiomics/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

enum { N_KINDS = 8, FEW_WHOLE = 1, WIDE_WHOLE = 6 };

/* Values of several kinds: spread, with many ties, nearly all in one place, all the same, over a
 * range whose inverse or whose width is infinite; some are whole numbers. */
static double draw(int kind, dlrn_rng *rng)
{
    const double x = dlrn_rng_normal(rng);
    switch (kind) {
    case 0: return x * 1e-3;
    case FEW_WHOLE: return round(3 * x);
    case 2: return exp(20 * x);
    case 3: return x > 3 ? 1e300 : x;
    case 4: return -7.25;
    case 5: return x * 1e-311;
    case WIDE_WHOLE: return round(3000 * x);
    default: return x > 0 ? 1.5e308 : -1.5e308;
    }
}

static void every_rank_is_that_of_the_sorted_values(void **state)
{
    (void)state;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 1, 0);
    for (int round = 0; round < 300; round++) {
        const size_t n = 1 + (size_t)dlrn_rng_below(&rng, round < 200 ? 40 : 4000);
        double *x = dlrn_alloc_array(2 * n, sizeof *x), *sorted = x + n, out[DLRN_MAX_RANKS];
        size_t rank[DLRN_MAX_RANKS];
        const int kind = round % N_KINDS;
        for (size_t i = 0; i < n; i++)
            x[i] = sorted[i] = draw(kind, &rng);
        qsort(sorted, n, sizeof *sorted, by_value);
        for (size_t k = 0; k < DLRN_MAX_RANKS; k++)
            rank[k] = k == 0 ? n - 1 : (size_t)dlrn_rng_below(&rng, n);
        const size_t cut = (size_t)dlrn_rng_below(&rng, n);
        const dlrn_piece pieces[2] = {{x, cut}, {x + cut, n - cut}};
        const size_t block[3] = {0, 1 + (size_t)round % 2, 2};
        const dlrn_pieces all = {pieces, n, block, 2 - (size_t)round % 2, 3};
        assert_ok(dlrn_values_by_rank(out, rank, DLRN_MAX_RANKS, &all, sorted[0], sorted[n - 1],
                                      kind == FEW_WHOLE || kind == WIDE_WHOLE, NULL));
        for (size_t k = 0; k < DLRN_MAX_RANKS; k++)
            assert_true(out[k] == sorted[rank[k]]);
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_rank_is_that_of_the_sorted_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
