/* SPDX-License-Identifier: Apache-2.0
 *
 * Resampling against PyRadiomics (SimpleITK): size, origin, every voxel of image and mask, and the
 * way from places to voxels bit for bit.
 */
#include "radiomics/inverse.h"
#include "radiomics/preprocess.h"
#include "radiomics/regrid.h"
#include "support/golden.h"

static void read_grid(dlrn_image *out, const golden *g, size_t k, const char *of)
{
    char name[32];
    out->ndim = (int)golden_value(g, k, "ndim");
    snprintf(name, sizeof name, "%sdim", of);
    for (int a = 0; a < 3; a++)
        out->dim[a] = (int64_t)golden_get(g, k, name)->v[a];
    snprintf(name, sizeof name, "%sspacing", of);
    memcpy(out->spacing_mm, golden_get(g, k, name)->v, sizeof out->spacing_mm);
    snprintf(name, sizeof name, "%sorigin", of);
    memcpy(out->origin_mm, golden_get(g, k, name)->v, sizeof out->origin_mm);
    snprintf(name, sizeof name, "%sdirection", of);
    memcpy(out->dir, golden_get(g, k, name)->v, sizeof out->dir);
}

/* Whole numbers are equal; others to 1e-12 of the image's largest value. */
static void compare_case(const golden *g, size_t k)
{
    static const dlrn_pixel types[] = {DLRN_PIXEL_I16, DLRN_PIXEL_F32, DLRN_PIXEL_F64,
                                       DLRN_PIXEL_U8};
    dlrn_image im = {0}, grid = {0}, out;
    dlrn_mask m = {0}, mask_out;
    read_grid(&im, g, k, "");
    read_grid(&grid, g, k, "mask_");
    im.stored = types[(int)golden_value(g, k, "type")];
    im.v = golden_get(g, k, "image")->v;
    const golden_row *w = golden_get(g, k, "mask");
    memcpy(m.dim, grid.dim, sizeof m.dim);
    m.v = dlrn_alloc_array(w->n, sizeof *m.v);
    for (size_t i = 0; i < w->n; i++)
        m.v[i] = (uint8_t)w->v[i];
    char *how = dlrn_strndup(g->kase[k], strcspn(g->kase[k], " "));
    assert_ok(dlrn_pre_resample(&out, &mask_out, &im, &m, &grid, golden_get(g, k, "target")->v, how,
                                2, NULL));
    for (int a = 0; a < 3; a++) {
        assert_int_equal(out.dim[a], (int64_t)golden_get(g, k, "size")->v[a]);
        assert_near(out.origin_mm[a], golden_get(g, k, "new_origin")->v[a], 1e-12, 1e-12);
    }
    const golden_row *r = golden_get(g, k, "result"), *s = golden_get(g, k, "result_mask");
    const bool whole = im.stored != DLRN_PIXEL_F64;
    for (size_t i = 0; i < r->n; i++) {
        if (!(fabs(out.v[i] - r->v[i]) <= (whole ? 0 : 4e-10)))
            fail_msg("%s: voxel %zu is %.17g, want %.17g", g->kase[k], i, out.v[i], r->v[i]);
        if (mask_out.v[i] != (int)s->v[i])
            fail_msg("%s: mask voxel %zu is %d", g->kase[k], i, mask_out.v[i]);
    }
    free(how);
    free(m.v);
    dlrn_image_clear(&out);
    dlrn_mask_clear(&mask_out);
}

static void every_interpolator_is_that_of_simpleitk(void **state)
{
    (void)state;
    golden g = golden_read("pyradiomics-filters/resample.txt");
    assert_int_equal(g.n_case, 41);
    for (size_t k = 0; k < g.n_case; k++)
        compare_case(&g, k);
    golden_clear(&g);
}

/* At -0.25, 0.25, 0.75 and 1.25 of two voxels: a spline is even about the first and the last. */
static void a_spline_beyond_two_voxels_is_mirrored_again(void **state)
{
    (void)state;
    dlrn_image im = {0}, out = {0};
    assert_ok(dlrn_image_alloc(&im, 3, (int64_t[3]){1, 1, 2}, NULL));
    assert_ok(dlrn_image_alloc(&out, 3, (int64_t[3]){1, 1, 4}, NULL));
    im.stored = out.stored = DLRN_PIXEL_F64;
    im.v[0] = 3;
    im.v[1] = -5;
    out.spacing_mm[2] = 0.5;
    out.origin_mm[2] = -0.25;
    assert_ok(dlrn_regrid_image(&out, &im, "sitkBSpline", NULL));
    assert_near(out.v[0], out.v[1], 1e-12, 0);
    assert_near(out.v[3], out.v[2], 1e-12, 0);
    assert_true(out.v[1] > -1 && out.v[1] < 3 && out.v[2] < -1 && out.v[2] > -5);
    dlrn_image_clear(&im);
    dlrn_image_clear(&out);
}

/* An n by n matrix in the corner of the identity. */
static void read_matrix(double m[9], const golden_row *r, int n)
{
    for (int i = 0; i < 9; i++) {
        const int row = i / 3, col = i % 3;
        m[i] = row < n && col < n ? r->v[n * row + col] : row == col;
    }
}

static void inverse_matrices_are_those_of_itk_to_the_last_bit(void **state)
{
    (void)state;
    golden g = golden_read("pyradiomics-filters/inverse.txt");
    assert_int_equal(g.n_case, 60);
    for (size_t k = 0; k < g.n_case; k++) {
        const int n = g.kase[k][0] - '0';
        double m[9], want[9], got[9];
        read_matrix(m, golden_get(&g, k, "matrix"), n);
        read_matrix(want, golden_get(&g, k, "inverse"), n);
        assert_true(dlrn_inverse_by_svd(got, m, n));
        for (int i = 0; i < 9; i++)
            if (got[i] != want[i])
                fail_msg("%s: element %d is %.17g, want %.17g", g.kase[k], i, got[i], want[i]);
    }
    golden_clear(&g);
}

static void a_matrix_without_inverse_is_told(void **state)
{
    (void)state;
    const double zero[9] = {0};
    const double far_apart[9] = {1, 0, 0, 0, 1e-30, 1, 0, 0, 1e-30};
    double out[9] = {7};
    assert_false(dlrn_inverse_by_svd(out, zero, 3));
    assert_false(dlrn_inverse_by_svd(out, far_apart, 3));
    assert_float_equal(out[0], 7, 0);
    assert_true(dlrn_inverse_by_svd(out, (double[9]){4}, 1));
    assert_float_equal(out[0], 0.25, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interpolator_is_that_of_simpleitk),
        cmocka_unit_test(a_spline_beyond_two_voxels_is_mirrored_again),
        cmocka_unit_test(inverse_matrices_are_those_of_itk_to_the_last_bit),
        cmocka_unit_test(a_matrix_without_inverse_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
