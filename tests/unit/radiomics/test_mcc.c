/* SPDX-License-Identifier: Apache-2.0
 *
 * The maximal correlation coefficient against all eigenvalues of the dense matrix: by LAPACK.
 */
#include "radiomics/glcm.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

#include "support/near.h"

/* p from counts[n][n]. */
static dlrn_pairs pairs_of(const double *counts, size_t n, bool symmetrical)
{
    dlrn_pairs m = {.n_levels = n, .symmetrical = symmetrical};
    double total = 0;
    m.cell = dlrn_alloc_array(n * n, sizeof *m.cell);
    m.px = dlrn_alloc_array(2 * n, sizeof *m.px);
    m.py = m.px + n;
    for (size_t k = 0; k < n * n; k++)
        total += counts[k];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double p = counts[i * n + j] / total;
            if (p == 0) continue;
            if (!symmetrical || i <= j) m.cell[m.n++] = (dlrn_pair){(uint32_t)i, (uint32_t)j, p};
            m.px[i] += p;
            m.py[j] += p;
        }
    return m;
}

/* Root of the second largest eigenvalue of Q as it stands. */
static double by_all_eigenvalues(const dlrn_pairs *m)
{
    const size_t n = m->n_levels;
    double *p = dlrn_alloc_array(n * n, sizeof *p), *q = dlrn_alloc_array(n * n, sizeof *q);
    double *re = dlrn_alloc_array(2 * n, sizeof *re), *im = re + n, best[2] = {0, 0};
    for (size_t k = 0; k < m->n; k++) {
        p[m->cell[k].i * n + m->cell[k].j] = m->cell[k].p;
        if (m->symmetrical) p[m->cell[k].j * n + m->cell[k].i] = m->cell[k].p;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++)
                q[i * n + j] += p[i * n + k] * p[j * n + k] / (m->px[i] * m->py[k] + 0x1p-52);
    const lapack_int size = (lapack_int)n;
    assert_int_equal(
        LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', size, q, size, re, im, NULL, size, NULL, size),
        0);
    for (size_t k = 0; k < n; k++) {
        if (re[k] > best[0]) {
            best[1] = best[0];
            best[0] = re[k];
        } else if (re[k] > best[1]) {
            best[1] = re[k];
        }
    }
    free(p);
    free(q);
    free(re);
    return sqrt(best[1]);
}

static void compare(const double *counts, size_t n, bool symmetrical, double tolerance)
{
    dlrn_pairs m = pairs_of(counts, n, symmetrical);
    dlrn_error err = {0};
    double mcc;
    assert_int_equal(dlrn_glcm_mcc(&mcc, &m, &err), DLRN_OK);
    const double expected = by_all_eigenvalues(&m);
    if (fabs(mcc - expected) > tolerance * fmax(expected, 1e-6))
        fail_msg("%zu levels: %.15g, by all eigenvalues %.15g", n, mcc, expected);
    free(m.cell);
    free(m.px);
}

/* Adds pairs of levels of a Gaussian texture: `n` levels from `first` on, correlation rho. */
static void add_texture(double *counts, size_t all, size_t first, size_t n, double rho, int pairs,
                        dlrn_rng *rng)
{
    for (int k = 0; k < pairs; k++) {
        const double a = dlrn_rng_normal(rng);
        const double b = rho * a + sqrt(1 - rho * rho) * dlrn_rng_normal(rng);
        const double u = ((double)n - 1) / 2;
        const double i = fmin(fmax(round(u + a * u / 3.5), 0), (double)n - 1);
        const double j = fmin(fmax(round(u + b * u / 3.5), 0), (double)n - 1);
        counts[(first + (size_t)i) * all + first + (size_t)j]++;
    }
}

/* Counts of one pair and, where wanted, of its reverse; every level is met. */
static void finish(double *counts, size_t n, bool symmetrical)
{
    for (size_t i = 0; i < n; i++) {
        counts[i * n + i]++;
        if (i + 1 < n) counts[i * n + i + 1]++;
        for (size_t j = 0; symmetrical && j < i; j++)
            counts[i * n + j] = counts[j * n + i] = counts[i * n + j] + counts[j * n + i];
    }
}

static void textures(void **state)
{
    (void)state;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 1, 0);
    for (int round = 0; round < 60; round++) {
        const size_t n = 2 + (size_t)(round * round / 40);
        const double rho = 1.98 * dlrn_rng_uniform(&rng) - 0.99;
        double *counts = dlrn_alloc_array(n * n, sizeof *counts);
        add_texture(counts, n, 0, n, rho, 20 + round * 100, &rng);
        finish(counts, n, round % 3 != 0);
        compare(counts, n, round % 3 != 0, 1e-10);
        free(counts);
    }
}

/* Parts that hardly meet have eigenvalues near 1 that lie close together. */
static void nearly_split(void **state)
{
    (void)state;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 2, 0);
    for (int round = 0; round < 60; round++) {
        const size_t parts = 2 + (size_t)round % 4, each = 2 + (size_t)round / 2;
        const size_t n = parts * each;
        const bool symmetrical = round % 5 != 0;
        double *counts = dlrn_alloc_array(n * n, sizeof *counts);
        for (size_t p = 0; p < parts; p++) {
            if (round % 2) dlrn_rng_seed(&rng, 3, 0); // parts that are the same
            add_texture(counts, n, p * each, each, 0.5, 20000, &rng);
        }
        finish(counts, n, symmetrical);
        compare(counts, n, symmetrical, 1e-9);
        free(counts);
    }
}

/* A few voxels of rare levels that stick together within noise: their vector has next to no part
 * in a slope over the levels. */
static void rare_levels_that_stick_together(void **state)
{
    (void)state;
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 4, 0);
    for (size_t rare = 0; rare < 40; rare += 4) {
        enum { N = 80 };
        double counts[N * N] = {0};
        add_texture(counts, N, 0, N, 0.01, 2000000, &rng);
        finish(counts, N, true);
        for (size_t j = 0; j < N; j++)
            counts[rare * N + j] = counts[j * N + rare] = 0;
        counts[rare * N + rare] = 12;
        counts[rare * N + 45] = counts[45 * N + rare] = 1;
        compare(counts, N, true, 1e-10);
    }
}

static void many_levels(void **state)
{
    (void)state;
    enum { N = 400 };
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 5, 0);
    for (int round = 0; round < 2; round++) {
        double *counts = dlrn_alloc_array(N * N, sizeof *counts);
        add_texture(counts, N, 0, N, 0.8, 3000, &rng);
        finish(counts, N, round % 2);
        compare(counts, N, round % 2, 1e-9);
        free(counts);
    }
}

/* Each level meets itself and the next ones, so the walk over the levels has the eigenvalues
 * (1 + 2 cos(k pi / n)) / 3, k = 0..n-1: close together, so that it takes hundreds of steps. */
static void a_walk_of_many_steps_has_its_known_eigenvalue(void **state)
{
    (void)state;
    static const size_t lengths[] = {300, 1100, 1500};
    for (size_t k = 0; k < 3; k++) {
        const size_t n = lengths[k];
        double *counts = dlrn_alloc_array(n * n, sizeof *counts);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                counts[i * n + j] = i == j ? 1 + (i == 0) + (i == n - 1) : i + 1 == j || j + 1 == i;
        dlrn_pairs m = pairs_of(counts, n, true);
        dlrn_error err = {0};
        double mcc;
        assert_int_equal(dlrn_glcm_mcc(&mcc, &m, &err), DLRN_OK);
        // all margins are 1 / n
        const double eps = (double)(n * n) * 0x1p-52;
        const double want = (1 + 2 * cos(M_PI / (double)n)) / 3 / sqrt(1 + eps);
        if (!(fabs(mcc - want) < 1e-11)) fail_msg("%zu levels: %.17g, not %.17g", n, mcc, want);
        free(m.cell);
        free(m.px);
        free(counts);
    }
}

static void independent_levels_give_0(void **state)
{
    (void)state;
    enum { N = 16 };
    double counts[N * N];
    for (size_t k = 0; k < N * N; k++)
        counts[k] = 1;
    dlrn_pairs m = pairs_of(counts, N, true);
    dlrn_error err = {0};
    double mcc;
    assert_int_equal(dlrn_glcm_mcc(&mcc, &m, &err), DLRN_OK);
    assert_true(mcc < 1e-7);
    free(m.cell);
    free(m.px);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(textures),
        cmocka_unit_test(nearly_split),
        cmocka_unit_test(rare_levels_that_stick_together),
        cmocka_unit_test(many_levels),
        cmocka_unit_test(a_walk_of_many_steps_has_its_known_eigenvalue),
        cmocka_unit_test(independent_levels_give_0)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
