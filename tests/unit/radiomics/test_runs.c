/* SPDX-License-Identifier: Apache-2.0
 *
 * What the diagnostics stand on: a mask's runs against a walk over voxels, SHA-1 against the
 * standard's examples and against itself in plain C.
 */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_masks_have_as_many_parts_as_a_flood_finds),
        cmocka_unit_test(sha1_gives_the_digests_of_fips_180),
        cmocka_unit_test(the_processors_sha1_is_that_of_plain_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
