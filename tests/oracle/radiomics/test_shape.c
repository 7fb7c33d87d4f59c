/* SPDX-License-Identifier: Apache-2.0
 *
 * shape and shape2D against PyRadiomics.
 */
#include "radiomics/shape.h"
#include "support/golden.h"

typedef struct named {
    const char *name;
    size_t at;
} named;

static const named of_3d[] = {
    {"MeshVolume", offsetof(dlrn_shape3d, mesh_volume)},
    {"VoxelVolume", offsetof(dlrn_shape3d, voxel_volume)},
    {"SurfaceArea", offsetof(dlrn_shape3d, surface_area)},
    {"SurfaceVolumeRatio", offsetof(dlrn_shape3d, surface_volume_ratio)},
    {"Sphericity", offsetof(dlrn_shape3d, sphericity)},
    {"Maximum3DDiameter", offsetof(dlrn_shape3d, maximum_3d_diameter)},
    {"Maximum2DDiameterSlice", offsetof(dlrn_shape3d, maximum_2d_diameter_slice)},
    {"Maximum2DDiameterColumn", offsetof(dlrn_shape3d, maximum_2d_diameter_column)},
    {"Maximum2DDiameterRow", offsetof(dlrn_shape3d, maximum_2d_diameter_row)},
    {"MajorAxisLength", offsetof(dlrn_shape3d, major_axis_length)},
    {"MinorAxisLength", offsetof(dlrn_shape3d, minor_axis_length)},
    {"LeastAxisLength", offsetof(dlrn_shape3d, least_axis_length)},
    {"Elongation", offsetof(dlrn_shape3d, elongation)},
    {"Flatness", offsetof(dlrn_shape3d, flatness)},
    {"Compactness1", offsetof(dlrn_shape3d, compactness1)},
    {"Compactness2", offsetof(dlrn_shape3d, compactness2)},
    {"SphericalDisproportion", offsetof(dlrn_shape3d, spherical_disproportion)},
};

static const named of_2d[] = {
    {"MeshSurface", offsetof(dlrn_shape2d, mesh_surface)},
    {"PixelSurface", offsetof(dlrn_shape2d, pixel_surface)},
    {"Perimeter", offsetof(dlrn_shape2d, perimeter)},
    {"PerimeterSurfaceRatio", offsetof(dlrn_shape2d, perimeter_surface_ratio)},
    {"Sphericity", offsetof(dlrn_shape2d, sphericity)},
    {"MaximumDiameter", offsetof(dlrn_shape2d, maximum_diameter)},
    {"MajorAxisLength", offsetof(dlrn_shape2d, major_axis_length)},
    {"MinorAxisLength", offsetof(dlrn_shape2d, minor_axis_length)},
    {"Elongation", offsetof(dlrn_shape2d, elongation)},
    {"SphericalDisproportion", offsetof(dlrn_shape2d, spherical_disproportion)},
};

enum { N_3D = sizeof of_3d / sizeof *of_3d, N_2D = sizeof of_2d / sizeof *of_2d };

static dlrn_mask mask_of(const golden *g, size_t k)
{
    const golden_row *dim = golden_get(g, k, "dim"), *v = golden_get(g, k, "mask");
    dlrn_mask m = {.v = dlrn_alloc_array(v->n, 1)};
    for (int i = 0; i < 3; i++)
        m.dim[i] = (int64_t)dim->v[i];
    for (size_t i = 0; i < v->n; i++)
        m.v[i] = (uint8_t)v->v[i];
    return m;
}

/* An axis without extent has variance 0 here and rounding noise there: hence the absolute part,
 * 1e-7 mm, which is the root of 1e-16 times the largest eigenvalue. */
static void compare(const golden *g, size_t k, const void *got, const named *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double have = *(const double *)((const char *)got + f[i].at);
        const double want = golden_value(g, k, f[i].name);
        if (isnan(want) && isnan(have)) continue;
        if (!(fabs(have - want) <= fmax(1e-12 * fabs(want), 1e-7 * (fabs(want) < 1e-7))))
            fail_msg("%s of %s: got %.17g, want %.17g", f[i].name, g->kase[k], have, want);
    }
}

static void shape_of_every_mask_is_that_of_pyradiomics(void **state)
{
    (void)state;
    golden g = golden_read("pyradiomics-filters/shape.txt");
    assert_true(g.n_case >= 18);
    for (size_t k = 0; k < g.n_case; k++) {
        dlrn_mask m = mask_of(&g, k);
        dlrn_shape3d s;
        assert_ok(dlrn_shape3d_compute(&s, &m, (int64_t[3]){0}, m.dim,
                                       golden_get(&g, k, "spacing")->v, NULL));
        compare(&g, k, &s, of_3d, N_3D);
        free(m.v);
    }
    golden_clear(&g);
}

static void shape2d_of_every_mask_is_that_of_pyradiomics(void **state)
{
    (void)state;
    golden g = golden_read("pyradiomics-filters/shape2d.txt");
    assert_true(g.n_case >= 14);
    for (size_t k = 0; k < g.n_case; k++) {
        dlrn_mask m = mask_of(&g, k);
        dlrn_shape2d s;
        assert_ok(dlrn_shape2d_compute(&s, &m, (int64_t[3]){0}, m.dim,
                                       golden_get(&g, k, "spacing")->v, 2, NULL));
        compare(&g, k, &s, of_2d, N_2D);
        free(m.v);
    }
    golden_clear(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_of_every_mask_is_that_of_pyradiomics),
        cmocka_unit_test(shape2d_of_every_mask_is_that_of_pyradiomics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
