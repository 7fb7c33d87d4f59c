/* SPDX-License-Identifier: Apache-2.0
 *
 * A panel holds two rows of its 16 columns after another, the two of each column side by side, as
 * the processor's products of 16-bit pairs take them.
 */
#include "stats/rank_product.h"

#include "base/cpu.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { PAIR = 2 * RANK_PANEL };

/* tile[i][j] = sum over rows of column i of a times column j of b */
typedef void tile_fn(int32_t tile[RANK_PANEL][RANK_PANEL], const int16_t *a, const int16_t *b,
                     size_t pairs);

size_t rank_panel_size(size_t n)
{
    return (n + 1) / 2 * PAIR;
}

double rank_panel_set(int16_t *panel, size_t column, const double *rank, size_t n)
{
    double squares = 0; // below 2^53 for any n that a panel takes
    for (size_t i = 0; i < n; i++) {
        const double v = 2 * rank[i] - (double)(n + 1);
        panel[i / 2 * PAIR + 2 * column + i % 2] = (int16_t)v;
        squares += v * v;
    }
    return squares;
}

static void plain_tile(int32_t tile[RANK_PANEL][RANK_PANEL], const int16_t *a, const int16_t *b,
                       size_t pairs)
{
    memset(tile, 0, RANK_PANEL * sizeof *tile);
    for (size_t k = 0; k < pairs; k++, a += PAIR, b += PAIR)
        for (size_t i = 0; i < RANK_PANEL; i++)
            for (size_t j = 0; j < RANK_PANEL; j++)
                tile[i][j] += a[2 * i] * b[2 * j] + a[2 * i + 1] * b[2 * j + 1];
}

#if defined(__x86_64__)

/* Two rows of one column. */
static int32_t pair_at(const int16_t *v)
{
    int32_t pair;
    memcpy(&pair, v, sizeof pair);
    return pair;
}

__attribute__((target("avx2"))) static void
avx2_tile(int32_t tile[RANK_PANEL][RANK_PANEL], const int16_t *a, const int16_t *b, size_t pairs)
{
    enum { ROWS = 4 }; // of the tile at a time: the registers hold no more
    for (size_t i0 = 0; i0 < RANK_PANEL; i0 += ROWS) {
        __m256i sum[ROWS][2];
        for (size_t i = 0; i < ROWS; i++)
            sum[i][0] = sum[i][1] = _mm256_setzero_si256();
        for (size_t k = 0; k < pairs; k++) {
            const __m256i *row = (const __m256i *)(const void *)(b + k * PAIR);
            const __m256i b0 = _mm256_loadu_si256(row), b1 = _mm256_loadu_si256(row + 1);
            for (size_t i = 0; i < ROWS; i++) {
                const __m256i v = _mm256_set1_epi32(pair_at(a + k * PAIR + 2 * (i0 + i)));
                sum[i][0] = _mm256_add_epi32(sum[i][0], _mm256_madd_epi16(v, b0));
                sum[i][1] = _mm256_add_epi32(sum[i][1], _mm256_madd_epi16(v, b1));
            }
        }
        for (size_t i = 0; i < ROWS; i++) {
            _mm256_storeu_si256((__m256i *)(void *)tile[i0 + i], sum[i][0]);
            _mm256_storeu_si256((__m256i *)(void *)(tile[i0 + i] + 8), sum[i][1]);
        }
    }
}

__attribute__((target("avx512f,avx512bw,avx512vnni"))) static void
vnni_tile(int32_t tile[RANK_PANEL][RANK_PANEL], const int16_t *a, const int16_t *b, size_t pairs)
{
    __m512i sum[RANK_PANEL];
    for (size_t i = 0; i < RANK_PANEL; i++)
        sum[i] = _mm512_setzero_si512();
    for (size_t k = 0; k < pairs; k++, a += PAIR, b += PAIR) {
        const __m512i v = _mm512_loadu_si512(b);
#pragma GCC unroll 16
        for (size_t i = 0; i < RANK_PANEL; i++)
            sum[i] = _mm512_dpwssd_epi32(sum[i], v, _mm512_set1_epi32(pair_at(a + 2 * i)));
    }
    for (size_t i = 0; i < RANK_PANEL; i++)
        _mm512_storeu_si512(tile[i], sum[i]);
}

#endif

rank_kernel rank_kernel_best(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw"))
        return RANK_VNNI;
    if (__builtin_cpu_supports("avx2")) return RANK_AVX2;
#endif
    return RANK_PLAIN;
}

static tile_fn *tile_of(rank_kernel kernel)
{
#if defined(__x86_64__)
    if (kernel == RANK_VNNI) return vnni_tile;
    if (kernel == RANK_AVX2) return avx2_tile;
#endif
    (void)kernel;
    return plain_tile;
}

/* As many rows as 32 bits hold, then in doubles, which hold all of it: the sum over all rows is at
 * most n (n^2 - 1) / 3 (Cauchy and Schwarz), that over some of them so many (n - 1)^2. */
static size_t pairs_at_once(size_t n)
{
    const double most = INT32_MAX, v = (double)n;
    if (v * (v * v - 1) / 3 <= most) return (n + 1) / 2;
    return (size_t)(most / ((v - 1) * (v - 1))) / 2;
}

DLRN_WIDE static void add_tile(double *c, size_t width, int32_t tile[RANK_PANEL][RANK_PANEL])
{
    for (size_t i = 0; i < RANK_PANEL; i++)
        for (size_t j = 0; j < RANK_PANEL; j++)
            c[i * width + j] += tile[i][j];
}

void rank_products(double *c, const int16_t *a, const int16_t *b, size_t p, size_t q, size_t n,
                   rank_kernel kernel)
{
    const size_t size = rank_panel_size(n), pairs = (n + 1) / 2, step = pairs_at_once(n);
    tile_fn *multiply = tile_of(kernel);
    int32_t tile[RANK_PANEL][RANK_PANEL];
    for (size_t k = 0; k < pairs; k += step) {
        const size_t some = pairs - k < step ? pairs - k : step;
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < q; j++) {
                multiply(tile, a + i * size + k * PAIR, b + j * size + k * PAIR, some);
                add_tile(c + (i * q * RANK_PANEL + j) * RANK_PANEL, q * RANK_PANEL, tile);
            }
    }
}
