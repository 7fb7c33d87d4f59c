/* SPDX-License-Identifier: Apache-2.0
 *
 * Resampling against PyRadiomics (SimpleITK): size, origin, every voxel of image and mask.
 */
#include "radiomics/preprocess.h"
#include "support/golden.h"

static void resampling_is_that_of_pyradiomics(void **state)
{
    (void)state;
    golden g = golden_read("pyradiomics-filters/resample.txt");
    assert_int_equal(g.n_case, 5);
    for (size_t k = 0; k < g.n_case; k++) {
        int64_t dim[3];
        for (int a = 0; a < 3; a++)
            dim[a] = (int64_t)golden_get(&g, k, "dim")->v[a];
        dlrn_image im = {0}, out;
        dlrn_mask m = {dlrn_alloc_array((size_t)(dim[0] * dim[1] * dim[2]), 1),
                       {dim[0], dim[1], dim[2]}},
                  mask_out;
        assert_ok(dlrn_image_alloc(&im, 3, dim, NULL));
        const bool whole = golden_value(&g, k, "type") == 0;
        im.stored = whole ? DLRN_PIXEL_I16 : DLRN_PIXEL_F64;
        memcpy(im.spacing_mm, golden_get(&g, k, "spacing")->v, sizeof im.spacing_mm);
        const golden_row *v = golden_get(&g, k, "image"), *w = golden_get(&g, k, "mask");
        for (size_t i = 0; i < v->n; i++) {
            im.v[i] = v->v[i];
            m.v[i] = (uint8_t)w->v[i];
        }
        char *how = dlrn_strndup(g.kase[k], strcspn(g.kase[k], " "));
        assert_ok(dlrn_pre_resample(&out, &mask_out, &im, &m, golden_get(&g, k, "target")->v, how,
                                    2, NULL));
        for (int a = 0; a < 3; a++) {
            assert_int_equal(out.dim[a], (int64_t)golden_get(&g, k, "size")->v[a]);
            assert_near(out.origin_mm[a], golden_get(&g, k, "origin")->v[a], 1e-12, 1e-12);
        }
        const golden_row *r = golden_get(&g, k, "result"), *s = golden_get(&g, k, "result_mask");
        for (size_t i = 0; i < r->n; i++) {
            assert_near(out.v[i], r->v[i], 1e-12, whole ? 0 : 1e-10);
            if (mask_out.v[i] != (int)s->v[i])
                fail_msg("%s: mask voxel %zu is %d", g.kase[k], i, mask_out.v[i]);
        }
        free(how);
        dlrn_image_clear(&im);
        dlrn_image_clear(&out);
        dlrn_mask_clear(&m);
        dlrn_mask_clear(&mask_out);
    }
    golden_clear(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(resampling_is_that_of_pyradiomics)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
