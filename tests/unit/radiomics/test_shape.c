/* SPDX-License-Identifier: Apache-2.0
 *
 * shape: diameters against all pairs, invariances, refusals.
 */
#include "radiomics/shape.h"

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

static const double unit_mm[3] = {1, 1, 1};
static const int64_t origin[3] = {0, 0, 0};

static dlrn_mask random_mask(int64_t nx, int64_t ny, int64_t nz, double p, uint64_t seed)
{
    dlrn_mask m = {dlrn_alloc_array((size_t)(nx * ny * nz), 1), {nx, ny, nz}};
    dlrn_rng r;
    dlrn_rng_seed(&r, seed, 0);
    for (int64_t i = 0; i < nx * ny * nz; i++)
        m.v[i] = dlrn_rng_uniform(&r) < p;
    m.v[0] = 1;
    return m;
}

static int at(const dlrn_mask *m, int64_t x, int64_t y, int64_t z)
{
    if (x < 0 || y < 0 || z < 0 || x >= m->dim[0] || y >= m->dim[1] || z >= m->dim[2]) return 0;
    return m->v[(z * m->dim[1] + y) * m->dim[0] + x];
}

/* Every mesh vertex, then every pair. */
static void all_pairs(double d[4], const dlrn_mask *m, const double mm[3])
{
    static double p[20000][3];
    size_t n = 0;
    for (int64_t z = -1; z <= m->dim[2]; z++)
        for (int64_t y = -1; y <= m->dim[1]; y++)
            for (int64_t x = -1; x <= m->dim[0]; x++)
                for (int k = 0; k < 3; k++) {
                    if (at(m, x, y, z) == at(m, x + (k == 0), y + (k == 1), z + (k == 2))) continue;
                    p[n][0] = (double)x + (k == 0 ? 0.5 : 0);
                    p[n][1] = (double)y + (k == 1 ? 0.5 : 0);
                    p[n++][2] = (double)z + (k == 2 ? 0.5 : 0);
                }
    memset(d, 0, 4 * sizeof *d);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double r = 0;
            for (int k = 0; k < 3; k++)
                r += (p[i][k] - p[j][k]) * mm[k] * ((p[i][k] - p[j][k]) * mm[k]);
            for (int k = 0; k < 3; k++)
                if (p[i][2 - k] == p[j][2 - k]) d[k] = fmax(d[k], r);
            d[3] = fmax(d[3], r);
        }
    for (int k = 0; k < 4; k++)
        d[k] = sqrt(d[k]);
}

static void diameters_are_those_of_all_pairs(void **state)
{
    (void)state;
    const double share[4] = {0.03, 0.2, 0.6, 0.95};
    for (uint64_t seed = 0; seed < 800; seed++) {
        const int64_t nz = seed % 3 == 0 ? 1 : 1 + (int64_t)(seed % 7);
        dlrn_mask m = random_mask(3 + (int64_t)(seed % 19), 9 - (int64_t)(seed % 8), nz,
                                  share[seed % 4], seed);
        const double mm[3] = {0.5 + (double)(seed % 3), 1.25, 0.75 + (double)(seed % 5)};
        double want[4];
        all_pairs(want, &m, mm);
        dlrn_shape3d s;
        assert_ok(dlrn_shape3d_compute(&s, &m, origin, m.dim, mm, NULL));
        assert_near(s.maximum_2d_diameter_slice, want[0], 1e-14, 0);
        assert_near(s.maximum_2d_diameter_column, want[1], 1e-14, 0);
        assert_near(s.maximum_2d_diameter_row, want[2], 1e-14, 0);
        assert_near(s.maximum_3d_diameter, want[3], 1e-14, 0);
        free(m.v);
    }
}

static void one_voxel_has_the_area_and_volume_of_an_octahedron(void **state)
{
    (void)state;
    dlrn_mask m = {dlrn_alloc_array(1, 1), {1, 1, 1}};
    m.v[0] = 1;
    dlrn_shape3d s;
    assert_ok(dlrn_shape3d_compute(&s, &m, origin, m.dim, unit_mm, NULL));
    assert_near(s.mesh_volume, 1.0 / 6, 1e-15, 0);
    assert_near(s.surface_area, sqrt(3), 1e-15, 0);
    assert_near(s.maximum_3d_diameter, 1, 1e-15, 0);
    assert_true(isnan(s.elongation));
    free(m.v);
}

static void a_box_inside_a_larger_mask_counts_alone(void **state)
{
    (void)state;
    dlrn_mask m = random_mask(12, 11, 6, 0.5, 7);
    const int64_t lo[3] = {3, 2, 1}, size[3] = {5, 6, 4};
    dlrn_mask cut = {dlrn_alloc_array(120, 1), {5, 6, 4}};
    for (int64_t z = 0; z < 4; z++)
        for (int64_t y = 0; y < 6; y++)
            for (int64_t x = 0; x < 5; x++)
                cut.v[(z * 6 + y) * 5 + x] = (uint8_t)at(&m, x + 3, y + 2, z + 1);
    dlrn_shape3d a, b;
    assert_ok(dlrn_shape3d_compute(&a, &m, lo, size, unit_mm, NULL));
    assert_ok(dlrn_shape3d_compute(&b, &cut, origin, size, unit_mm, NULL));
    assert_memory_equal(&a, &b, sizeof a);
    free(m.v);
    free(cut.v);
}

static void shape2d_does_not_depend_on_the_axis_that_is_dropped(void **state)
{
    (void)state;
    dlrn_mask m = random_mask(9, 7, 1, 0.6, 3);
    const double mm[3] = {0.5, 2, 9};
    dlrn_shape2d a, b, c;
    assert_ok(dlrn_shape2d_compute(&a, &m, origin, m.dim, mm, 2, NULL));
    dlrn_mask xz = {m.v, {9, 1, 7}}, yz = {m.v, {1, 9, 7}};
    assert_ok(dlrn_shape2d_compute(&b, &xz, origin, xz.dim, (double[3]){0.5, 9, 2}, 1, NULL));
    assert_ok(dlrn_shape2d_compute(&c, &yz, origin, yz.dim, (double[3]){9, 0.5, 2}, 0, NULL));
    const double *got[2] = {(const double *)&b, (const double *)&c};
    for (size_t i = 0; i < sizeof a / sizeof(double); i++)
        for (int k = 0; k < 2; k++)
            assert_near(got[k][i], ((const double *)&a)[i], 1e-14, 0);
    free(m.v);
}

/* A solid body with a hole and a part that stands off; axis k of it is axis (k + turn) % 3. */
static dlrn_mask turned_body(int turn)
{
    const int64_t dim[3] = {45, 33, 26};
    dlrn_mask m = {dlrn_alloc_array(45 * 33 * 26, 1), {0, 0, 0}};
    for (int k = 0; k < 3; k++)
        m.dim[(k + turn) % 3] = dim[k];
    for (int64_t z = 0; z < dim[2]; z++)
        for (int64_t y = 0; y < dim[1]; y++)
            for (int64_t x = 0; x < dim[0]; x++) {
                const int64_t p[3] = {x, y, z};
                int64_t q[3];
                for (int k = 0; k < 3; k++)
                    q[(k + turn) % 3] = p[k];
                const double a = ((double)x - 20) / 19, b = ((double)y - 16) / 15;
                const double c = ((double)z - 12) / 11, r = a * a + b * b + c * c;
                const bool set = (r <= 1 && r > 0.1) || (x > 40 && y < 9);
                m.v[(q[2] * m.dim[1] + q[1]) * m.dim[0] + q[0]] = set;
            }
    return m;
}

static void a_solid_body_may_be_turned(void **state)
{
    (void)state;
    dlrn_shape3d s[3];
    for (int turn = 0; turn < 3; turn++) {
        dlrn_mask m = turned_body(turn);
        const double mm[3] = {0.5, 0.75, 2};
        double turned_mm[3];
        for (int k = 0; k < 3; k++)
            turned_mm[(k + turn) % 3] = mm[k];
        double want[4];
        all_pairs(want, &m, turned_mm);
        assert_ok(dlrn_shape3d_compute(&s[turn], &m, origin, m.dim, turned_mm, NULL));
        assert_near(s[turn].maximum_2d_diameter_slice, want[0], 1e-14, 0);
        assert_near(s[turn].maximum_2d_diameter_column, want[1], 1e-14, 0);
        assert_near(s[turn].maximum_2d_diameter_row, want[2], 1e-14, 0);
        assert_near(s[turn].maximum_3d_diameter, want[3], 1e-14, 0);
        free(m.v);
    }
    for (int turn = 1; turn < 3; turn++) {
        assert_near(s[turn].mesh_volume, s[0].mesh_volume, 1e-13, 0);
        assert_near(s[turn].surface_area, s[0].surface_area, 1e-13, 0);
        assert_near(s[turn].voxel_volume, s[0].voxel_volume, 1e-13, 0);
        assert_near(s[turn].elongation, s[0].elongation, 1e-12, 0);
        assert_near(s[turn].flatness, s[0].flatness, 1e-12, 0);
    }
}

/* An ellipse with a hole, at the left border of the mask: as it is, and with its axes changed. */
static void a_solid_outline_may_be_turned(void **state)
{
    (void)state;
    enum { NX = 70, NY = 41 };
    dlrn_mask a = {dlrn_alloc_array(NX * NY, 1), {NX, NY, 1}};
    dlrn_mask b = {dlrn_alloc_array(NX * NY, 1), {NY, NX, 1}};
    for (int y = 0; y < NY; y++)
        for (int x = 0; x < NX; x++) {
            const double u = (x - 30) / 33.0, v = (y - 20) / 18.5, r = u * u + v * v;
            a.v[y * NX + x] = b.v[x * NY + y] = r <= 1 && r > 0.05;
        }
    dlrn_shape2d s, t;
    assert_ok(dlrn_shape2d_compute(&s, &a, origin, a.dim, (double[3]){0.5, 2, 1}, 2, NULL));
    assert_ok(dlrn_shape2d_compute(&t, &b, origin, b.dim, (double[3]){2, 0.5, 1}, 2, NULL));
    for (size_t i = 0; i < sizeof s / sizeof(double); i++)
        assert_near(((const double *)&t)[i], ((const double *)&s)[i], 1e-12, 0);
    free(a.v);
    free(b.v);
}

static void what_is_no_slice_or_has_no_voxel_is_refused(void **state)
{
    (void)state;
    dlrn_mask m = random_mask(4, 4, 2, 0.5, 1);
    dlrn_error err;
    dlrn_shape2d s;
    dlrn_shape3d t;
    assert_int_equal(dlrn_shape2d_compute(&s, &m, origin, m.dim, unit_mm, 2, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "one slice along axis z, and this one has 2"));
    memset(m.v, 0, 32);
    assert_int_equal(dlrn_shape3d_compute(&t, &m, origin, m.dim, unit_mm, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "no voxel"));
    assert_int_equal(dlrn_shape3d_compute(&t, &m, (int64_t[3]){5, 0, 0}, m.dim, unit_mm, &err),
                     DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "outside the mask"));
    free(m.v);
}

static void memory_that_runs_out_is_an_error(void **state)
{
    (void)state;
    dlrn_mask m = random_mask(4, 4, 2, 0.5, 1);
    dlrn_shape3d s;
    dlrn_status st = DLRN_ENOMEM;
    for (size_t k = 0; k < 40 && st != DLRN_OK; k++) {
        dlrn_alloc_fail_after(k);
        st = dlrn_shape3d_compute(&s, &m, origin, m.dim, unit_mm, NULL);
        dlrn_alloc_fail_after(SIZE_MAX);
        assert_true(st == DLRN_OK || st == DLRN_ENOMEM);
    }
    assert_ok(st);
    free(m.v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diameters_are_those_of_all_pairs),
        cmocka_unit_test(one_voxel_has_the_area_and_volume_of_an_octahedron),
        cmocka_unit_test(a_box_inside_a_larger_mask_counts_alone),
        cmocka_unit_test(shape2d_does_not_depend_on_the_axis_that_is_dropped),
        cmocka_unit_test(a_solid_body_may_be_turned),
        cmocka_unit_test(a_solid_outline_may_be_turned),
        cmocka_unit_test(what_is_no_slice_or_has_no_voxel_is_refused),
        cmocka_unit_test(memory_that_runs_out_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
