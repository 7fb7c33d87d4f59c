/* SPDX-License-Identifier: Apache-2.0
 *
 * What only large images meet: work in blocks, filters in pieces, levels seen through a window.
 */
#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>

#include "radiomics/filters.h"
#include "radiomics/sums.h"
#include "support/near.h"

static dlrn_image new_image(int64_t nx, int64_t ny, dlrn_pixel stored)
{
    dlrn_image im = {0};
    assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){nx, ny, 1}, NULL));
    im.stored = stored;
    return im;
}

/* The features of the whole image; allocation `failing` fails. */
static dlrn_status try_extract(dlrn_features *f, const dlrn_image *im, const char *params,
                               int threads, size_t failing)
{
    dlrn_radiomics *s = NULL;
    dlrn_image mask = new_image(im->dim[0], im->dim[1], DLRN_PIXEL_U8);
    for (int64_t i = 0; i < im->dim[0] * im->dim[1]; i++)
        mask.v[i] = 1;
    assert_ok(dlrn_radiomics_parse(&s, params, strlen(params), "params", NULL));
    dlrn_alloc_fail_after(failing);
    const dlrn_status st =
        dlrn_radiomics_extract(f, im, &mask, s, &(dlrn_exec){.threads = threads}, NULL);
    dlrn_alloc_fail_after(SIZE_MAX);
    dlrn_radiomics_free(s);
    dlrn_image_clear(&mask);
    return st;
}

static dlrn_features extract(const dlrn_image *im, const char *params, int threads)
{
    dlrn_features f;
    assert_ok(try_extract(&f, im, params, threads, SIZE_MAX));
    return f;
}

static double value_of(const dlrn_features *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->name[i], name)) return f->value[i];
    fail_msg("no feature %s", name);
    return NAN;
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

/* Sums as numpy's of the whole array, ranks as those of the sorted values. */
static void first_order_in_blocks_is_first_order(void **state)
{
    (void)state;
    enum { NX = 701, NY = 503, N = NX * NY };
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 3, 0);
    for (int turn = 0; turn < 3; turn++) {
        const bool whole = turn == 1, mostly_one_value = turn == 2;
        dlrn_image im = new_image(NX, NY, DLRN_PIXEL_F64);
        double *square = dlrn_alloc_array(N, sizeof *square);
        for (int64_t i = 0; i < N; i++) {
            const double x = 100 * dlrn_rng_normal(&rng);
            im.v[i] = whole ? round(x) : mostly_one_value && i % 50 ? -0.0 : x;
            square[i] = im.v[i] * im.v[i];
        }
        dlrn_features f =
            extract(&im, "{imageType: {Original: {}}, featureClass: {firstorder: }}", 1 + 2 * turn);
        assert_true(value_of(&f, "original_firstorder_Mean") == dlrn_sum_pairwise(im.v, N) / N);
        assert_true(value_of(&f, "original_firstorder_Energy") == dlrn_sum_pairwise(square, N));
        qsort(im.v, N, sizeof *im.v, by_value);
        assert_true(value_of(&f, "original_firstorder_Median") == im.v[N / 2]);
        assert_true(value_of(&f, "original_firstorder_Minimum") == im.v[0]);
        assert_true(value_of(&f, "original_firstorder_Maximum") == im.v[N - 1]);
        const double place = (N - 1) * 0.1, part = place - floor(place);
        const double low = im.v[(size_t)place], high = im.v[(size_t)place + 1];
        assert_near(value_of(&f, "original_firstorder_10Percentile"), low + (high - low) * part,
                    1e-12, 0);
        dlrn_features_clear(&f);
        free(square);
        dlrn_image_clear(&im);
    }
}

/* Between 2^51 and 2^52 the halves are the last fractions that there are. */
static void halves_of_large_numbers_are_no_whole_numbers(void **state)
{
    (void)state;
    enum { NX = 5, NY = 3, N = NX * NY };
    for (int sign = -1; sign <= 1; sign += 2) {
        dlrn_image im = new_image(NX, NY, DLRN_PIXEL_F64);
        for (int64_t i = 0; i < N; i++)
            im.v[i] = sign * (0x1p51 + 0.5 * (double)i);
        dlrn_features f =
            extract(&im, "{imageType: {Original: {}}, featureClass: {firstorder: }}", 1);
        assert_true(value_of(&f, "original_firstorder_Median") == sign * (0x1p51 + 3.5));
        dlrn_features_clear(&f);
        dlrn_image_clear(&im);
    }
}

/* The number of neighbours, and their sum; alike: those that differ by 4 at most. */
static void look_around(int *n, double *sum, int *alike, const dlrn_image *im, int64_t x, int64_t y)
{
    const double centre = im->v[y * im->dim[0] + x];
    *n = *alike = 0;
    *sum = 0;
    for (int64_t b = y - 1; b <= y + 1; b++)
        for (int64_t a = x - 1; a <= x + 1; a++) {
            if ((a == x && b == y) || a < 0 || b < 0 || a >= im->dim[0] || b >= im->dim[1])
                continue;
            const double v = im->v[b * im->dim[0] + a];
            ++*n;
            *sum += v;
            *alike += fabs(v - centre) <= 4;
        }
}

/* Levels 1, 5, 9, 13: what tells levels apart sees the gaps, wherever in the image. */
static void levels_with_gaps_are_seen_as_they_are(void **state)
{
    (void)state;
    enum { NX = 301, NY = 207, N = NX * NY, MOST = 13 };
    double differences[MOST + 1] = {0}, count[MOST + 1] = {0}, coarse = 0, large = 0;
    dlrn_image im = new_image(NX, NY, DLRN_PIXEL_I16);
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 4, 0);
    for (int64_t i = 0; i < N; i++)
        im.v[i] = 1 + 4 * (double)dlrn_rng_below(&rng, 4);
    for (int64_t y = 0; y < NY; y++)
        for (int64_t x = 0; x < NX; x++) {
            int n, alike;
            double sum;
            const double v = im.v[y * NX + x];
            look_around(&n, &sum, &alike, &im, x, y);
            differences[(int)v] += fabs(v - sum / n);
            count[(int)v]++;
            large += (alike + 1) * (alike + 1);
        }
    for (int k = 1; k <= MOST; k++)
        coarse += count[k] / N * differences[k];
    dlrn_features f = extract(&im,
                              "{imageType: {Original: {}}, featureClass: {gldm: , ngtdm: }, "
                              "setting: {binWidth: 1, gldm_a: 4}}",
                              2);
    assert_near(value_of(&f, "original_ngtdm_Coarseness"), 1 / coarse, 1e-12, 0);
    assert_near(value_of(&f, "original_gldm_LargeDependenceEmphasis"), large / N, 1e-12, 0);
    dlrn_features_clear(&f);
    dlrn_image_clear(&im);
}

/* A half of the image is small enough to be filtered at once, the whole is not. */
static void a_wavelet_in_pieces_is_the_wavelet(void **state)
{
    (void)state;
    enum { NX = 1200, NY = 900 };
    static const char *const wavelets[] = {"haar", "coif1", "db7"};
    dlrn_image im = new_image(NX, NY, DLRN_PIXEL_I16);
    dlrn_rng rng;
    dlrn_rng_seed(&rng, 5, 0);
    for (int64_t i = 0; i < NX * NY; i++)
        im.v[i] = (double)dlrn_rng_below(&rng, 4000);
    for (size_t w = 0; w < sizeof wavelets / sizeof *wavelets; w++) {
        dlrn_filter_opts o = {.wavelet = wavelets[w], .level = 1 + (int)(w % 2)};
        dlrn_filtered whole = {0}, half = {0};
        const int64_t lo[3] = {NX / 4, 0, 0}, size[3] = {NX / 2, NY, 1};
        assert_ok(dlrn_filter_apply(&whole, &im, "Wavelet", &o, &(dlrn_exec){NULL, 2}, NULL));
        o.lo = lo;
        o.size = size;
        assert_ok(dlrn_filter_apply(&half, &im, "Wavelet", &o, &(dlrn_exec){NULL, 1}, NULL));
        assert_int_equal(whole.n, half.n);
        for (size_t i = 0; i < whole.n; i++)
            for (int64_t y = 0; y < NY; y++)
                assert_memory_equal(half.v[i].image.v + y * size[0],
                                    whole.v[i].image.v + y * NX + lo[0],
                                    (size_t)size[0] * sizeof(double));
        dlrn_filtered_clear(&whole);
        dlrn_filtered_clear(&half);
    }
    dlrn_image_clear(&im);
}

/* What is shared, lent or handed over is freed once, wherever it ends. */
static void memory_that_runs_out_is_an_error(void **state)
{
    (void)state;
    enum { NX = 300, NY = 231 };
    static const char params[] = "{imageType: {Original: {}, Wavelet: {wavelet: haar}, LBP2D: {}}, "
                                 "featureClass: {firstorder: , ngtdm: }}";
    dlrn_image im = new_image(NX, NY, DLRN_PIXEL_I16);
    for (int64_t i = 0; i < NX * NY; i++)
        im.v[i] = 100 * (double)(i % 7);
    for (int threads = 1; threads <= 2; threads++) {
        dlrn_status st = DLRN_ENOMEM;
        for (size_t k = 0; st != DLRN_OK; k += 3) {
            dlrn_features f;
            st = try_extract(&f, &im, params, threads, k);
            assert_true(st == DLRN_OK || st == DLRN_ENOMEM);
            assert_true(st == DLRN_OK ? f.n > 6 * 20 : f.n == 0 && !f.value);
            dlrn_features_clear(&f);
        }
    }
    dlrn_image_clear(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_order_in_blocks_is_first_order),
        cmocka_unit_test(halves_of_large_numbers_are_no_whole_numbers),
        cmocka_unit_test(levels_with_gaps_are_seen_as_they_are),
        cmocka_unit_test(a_wavelet_in_pieces_is_the_wavelet),
        cmocka_unit_test(memory_that_runs_out_is_an_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
