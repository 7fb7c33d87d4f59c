/* SPDX-License-Identifier: Apache-2.0
 *
 * What the diagnostics stand on: a mask's runs against a walk over voxels, SHA-1 against the
 * standard's examples and against itself in plain C.
 */
#include "radiomics/hashes.h"
#include "radiomics/runs.h"
#include "radiomics/sha1.h"

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

/* Sets the part that holds (x, y, z) to 2. */
static void paint(const dlrn_mask *m, int64_t x, int64_t y, int64_t z)
{
    if (x < 0 || y < 0 || z < 0 || x >= m->dim[0] || y >= m->dim[1] || z >= m->dim[2]) return;
    uint8_t *v = &m->v[(z * m->dim[1] + y) * m->dim[0] + x];
    if (*v != 1) return;
    *v = 2;
    for (int k = 0; k < 27; k++)
        paint(m, x + k % 3 - 1, y + k / 3 % 3 - 1, z + k / 9 - 1);
}

static int64_t parts_by_voxel(const dlrn_mask *m)
{
    int64_t parts = 0;
    for (int64_t z = 0; z < m->dim[2]; z++)
        for (int64_t y = 0; y < m->dim[1]; y++)
            for (int64_t x = 0; x < m->dim[0]; x++) {
                parts += m->v[(z * m->dim[1] + y) * m->dim[0] + x] == 1;
                paint(m, x, y, z);
            }
    return parts;
}

static void random_masks_have_as_many_parts_as_a_flood_finds(void **state)
{
    (void)state;
    static const int64_t dim[][3] = {{9, 9, 9}, {17, 11, 1}, {1, 12, 8}, {300, 5, 2}, {6, 1, 13}};
    dlrn_rng r;
    dlrn_rng_seed(&r, 7, 0);
    for (int turn = 0; turn < 200; turn++) {
        dlrn_mask m = {NULL, {0}};
        dlrn_runs runs;
        int64_t parts, lo[3], size[3];
        double centre[3], sum[3] = {0}, n = 0;
        memcpy(m.dim, dim[turn % 5], sizeof m.dim);
        const int64_t all = m.dim[0] * m.dim[1] * m.dim[2];
        m.v = dlrn_alloc_array((size_t)all, 1);
        const double p = 0.02 + 0.9 * dlrn_rng_uniform(&r);
        for (int64_t i = 0; i < all; i++)
            m.v[i] = dlrn_rng_uniform(&r) < p;
        m.v[all / 2] = 1;
        for (int64_t i = 0; i < all; i++) {
            sum[0] += m.v[i] * (double)(i % m.dim[0]);
            sum[1] += m.v[i] * (double)(i / m.dim[0] % m.dim[1]);
            sum[2] += m.v[i] * (double)(i / m.dim[0] / m.dim[1]);
            n += m.v[i];
        }
        assert_ok(dlrn_runs_make(&runs, &m, NULL));
        assert_ok(dlrn_runs_parts(&parts, &runs, NULL));
        dlrn_runs_centre(centre, &runs);
        assert_int_equal(dlrn_mask_box(&m, lo, size), (size_t)n);
        for (int k = 0; k < 3; k++)
            assert_true(centre[k] == sum[k] / n);
        assert_int_equal(parts, parts_by_voxel(&m));
        dlrn_runs_clear(&runs);
        dlrn_mask_clear(&m);
    }
}

static const char *sha1_of(const void *data, size_t n, size_t piece)
{
    static char hex[41];
    dlrn_sha1 h;
    dlrn_sha1_begin(&h);
    for (size_t i = 0; i < n; i += piece)
        dlrn_sha1_add(&h, (const char *)data + i, n - i < piece ? n - i : piece);
    dlrn_sha1_hex(hex, &h);
    return hex;
}

static void sha1_gives_the_digests_of_fips_180(void **state)
{
    (void)state;
    static char million[1000000];
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    memset(million, 'a', sizeof million);
    assert_string_equal(sha1_of("", 0, 1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_string_equal(sha1_of("abc", 3, 1), "a9993e364706816aba3e25717850c26c9cd0d89d");
    for (size_t piece = 1; piece < 60; piece++)
        assert_string_equal(sha1_of(two, 56, piece), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    assert_string_equal(sha1_of(million, sizeof million, 997),
                        "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

static void the_processors_sha1_is_that_of_plain_c(void **state)
{
    (void)state;
    unsigned char data[64 * 7];
    dlrn_rng r;
    dlrn_rng_seed(&r, 11, 0);
    for (int turn = 0; turn < 100; turn++) {
        dlrn_sha1 a;
        uint32_t b[5];
        for (size_t i = 0; i < sizeof data; i++)
            data[i] = (unsigned char)(256 * dlrn_rng_uniform(&r));
        dlrn_sha1_begin(&a);
        memcpy(b, a.h, sizeof b);
        dlrn_sha1_add(&a, data, sizeof data);
        dlrn_sha1_plain(b, data, sizeof data / 64);
        assert_memory_equal(a.h, b, sizeof b);
    }
}

/* Pixels of one type, and more of them than are converted at once. */
#define CHECK_HASH(name, own, low, high, at_once)                                                  \
    do {                                                                                           \
        static own stored[at_once];                                                                \
        const size_t n = at_once;                                                                  \
        for (size_t i = 0; i < n; i++)                                                             \
            v[i] = (double)(stored[i] = (own)(low + (high - low) * dlrn_rng_uniform(&r)));         \
        dlrn_pixel_hash(hex, &(dlrn_image){.v = v, .dim = {(int64_t)n, 1, 1}, .stored = name},     \
                        name);                                                                     \
        assert_string_equal(hex, sha1_of(stored, sizeof stored, sizeof stored));                   \
    } while (0)

static void an_image_is_hashed_in_its_own_type(void **state)
{
    (void)state;
    static double v[10000];
    char hex[41];
    dlrn_rng r;
    dlrn_rng_seed(&r, 12, 0);
    CHECK_HASH(DLRN_PIXEL_U8, uint8_t, 0, 256, 9001);
    CHECK_HASH(DLRN_PIXEL_I8, int8_t, -128, 127, 8192);
    CHECK_HASH(DLRN_PIXEL_U16, uint16_t, 0, 65536, 4099);
    CHECK_HASH(DLRN_PIXEL_I16, int16_t, -32768, 32767, 7);
    CHECK_HASH(DLRN_PIXEL_U32, uint32_t, 0, 4294967296.0, 2500);
    CHECK_HASH(DLRN_PIXEL_I32, int32_t, -2147483648.0, 2147483647.0, 1025);
    CHECK_HASH(DLRN_PIXEL_U64, uint64_t, 0, 9007199254740992.0, 1030);
    CHECK_HASH(DLRN_PIXEL_I64, int64_t, -9e15, 9e15, 600);
    CHECK_HASH(DLRN_PIXEL_F32, float, -10, 10, 1100);
    CHECK_HASH(DLRN_PIXEL_F64, double, -10, 10, 513);
}

/* Whatever the type in the file, as PyRadiomics casts it. */
static void a_mask_is_hashed_as_32_bits(void **state)
{
    (void)state;
    static double v[5] = {0, 1, 2, 255, 4000000000.0};
    const uint32_t stored[5] = {0, 1, 2, 255, 4000000000U};
    static const struct {
        dlrn_pixel type;
        size_t n; /* of these that it holds */
    } cases[] = {{DLRN_PIXEL_U8, 4},  {DLRN_PIXEL_I16, 4}, {DLRN_PIXEL_U32, 5},
                 {DLRN_PIXEL_I32, 4}, {DLRN_PIXEL_I64, 5}, {DLRN_PIXEL_F64, 5}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const size_t n = cases[k].n;
        char hex[41];
        const dlrn_image im = {.v = v, .dim = {(int64_t)n, 1, 1}, .stored = cases[k].type};
        dlrn_pixel_hash(hex, &im, DLRN_PIXEL_U32);
        assert_string_equal(hex, sha1_of(stored, n * sizeof *stored, n * sizeof *stored));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_masks_have_as_many_parts_as_a_flood_finds),
        cmocka_unit_test(sha1_gives_the_digests_of_fips_180),
        cmocka_unit_test(the_processors_sha1_is_that_of_plain_c),
        cmocka_unit_test(an_image_is_hashed_in_its_own_type),
        cmocka_unit_test(a_mask_is_hashed_as_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
