/* SPDX-License-Identifier: Apache-2.0
 *
 * Image types against PyRadiomics: names, order and every value.
 */
#include "radiomics/filters.h"
#include "support/golden.h"

static dlrn_image image_of(const golden *g, size_t k)
{
    static const dlrn_pixel types[] = {DLRN_PIXEL_I16, DLRN_PIXEL_F32, DLRN_PIXEL_F64};
    int64_t dim[3];
    for (int a = 0; a < 3; a++)
        dim[a] = (int64_t)golden_get(g, k, "dim")->v[a];
    dlrn_image im = {0};
    assert_ok(dlrn_image_alloc(&im, (int)golden_value(g, k, "ndim"), dim, NULL));
    im.stored = types[(int)golden_value(g, k, "type")];
    const golden_row *v = golden_get(g, k, "image");
    memcpy(im.v, v->v, v->n * sizeof *v->v);
    memcpy(im.spacing_mm, golden_get(g, k, "spacing")->v, sizeof im.spacing_mm);
    return im;
}

/* LoG has ITK's bits. Wavelets of a float image are sums of floats, whose order is PyWavelets' own:
 * 1e-6 of the range. All else is 1e-12 of the larger of input and result. */
static double tolerance(const golden_row *want, const dlrn_image *im)
{
    double most = fabs(im->v[0]);
    for (size_t i = 0; i < want->n; i++)
        most = fmax(most, fmax(fabs(im->v[i]), fabs(want->v[i])));
    if (!strncmp(want->name, "LoG:", 4)) return 0;
    return most * (im->stored == DLRN_PIXEL_F32 ? 1e-6 : 1e-12);
}

static void compare_type(const golden *g, size_t k, const dlrn_image *im, const char *type,
                         const dlrn_filter_opts *o)
{
    dlrn_filtered f = {0};
    dlrn_error err = {DLRN_OK, ""};
    if (dlrn_filter_apply(&f, im, type, o, NULL, &err) != DLRN_OK)
        fail_msg("%s: %s: %s", g->kase[k], type, err.msg);
    size_t next = 0;
    for (size_t i = 0; i < g->n; i++) {
        const golden_row *r = &g->row[i];
        const size_t len = strlen(type);
        if (r->kase != k || strncmp(r->name, type, len) || r->name[len] != ':') continue;
        assert_true(next < f.n);
        assert_string_equal(f.v[next].name, r->name + len + 1);
        const double tol = tolerance(r, im);
        for (size_t j = 0; j < r->n; j++) {
            const double got = f.v[next].image.v[j];
            if (!(fabs(got - r->v[j]) <= tol) && !(isnan(got) && isnan(r->v[j])))
                fail_msg("%s, %s, value %zu: got %.17g, want %.17g", g->kase[k], r->name, j, got,
                         r->v[j]);
        }
        next++;
    }
    // one slice alone has images that PyRadiomics does not make: 2-D LoG
    const bool own = next < f.n && !strcmp(f.v[next].name, "log-sigma-1-0-mm-2D");
    assert_true(next == f.n || own || !strcmp(g->kase[k], "two levels"));
    dlrn_filtered_clear(&f);
}

static void every_image_type_is_that_of_pyradiomics(void **state)
{
    (void)state;
    static const char *const types[] = {"Wavelet",   "LoG",         "Square",   "SquareRoot",
                                        "Logarithm", "Exponential", "Gradient", "LBP2D"};
    const dlrn_sigma sigma[] = {{1, false}, {1.5, false}};
    golden g = golden_read("pyradiomics-filters/filters.txt");
    assert_true(g.n_case >= 7);
    for (size_t k = 0; k < g.n_case; k++) {
        dlrn_image im = image_of(&g, k);
        const double *force = golden_get(&g, k, "force2D")->v, *lv = golden_get(&g, k, "levels")->v;
        const dlrn_filter_opts o = {.sigma = sigma,
                                    .n_sigma = 2,
                                    .level = (int)lv[0],
                                    .start_level = (int)lv[1],
                                    .force2d = force[0] != 0,
                                    .force2d_dimension = (int)force[1]};
        for (size_t t = 0; t < sizeof types / sizeof *types; t++)
            compare_type(&g, k, &im, types[t], &o);
        dlrn_image_clear(&im);
    }
    golden_clear(&g);
}

static void every_wavelet_is_that_of_pywavelets(void **state)
{
    (void)state;
    golden g = golden_read("pyradiomics-filters/wavelets.txt");
    assert_true(g.n_case > 100);
    dlrn_image im = {0};
    assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){9, 6, 1}, NULL));
    im.stored = DLRN_PIXEL_I16;
    memcpy(im.v, golden_get(&g, 0, "image")->v, 54 * sizeof *im.v);
    for (size_t k = 0; k < g.n_case; k++) {
        dlrn_filtered f = {0};
        assert_ok(dlrn_filter_apply(&f, &im, "Wavelet", &(dlrn_filter_opts){.wavelet = g.kase[k]},
                                    NULL, NULL));
        assert_int_equal(f.n, 4);
        for (size_t i = 0; i < f.n; i++) {
            const double *want = golden_get(&g, k, f.v[i].name)->v, *got = f.v[i].image.v;
            assert_near(got[0], want[0], 1e-9, 1e-9);
            assert_near(got[26], want[1], 1e-9, 1e-9);
            assert_near(got[53], want[2], 1e-9, 1e-9);
        }
        dlrn_filtered_clear(&f);
    }
    dlrn_image_clear(&im);
    golden_clear(&g);
}

/* Every voxel of the region, to 1e-9; the kurtosis of a float image is single in PyRadiomics too,
 * and its steps are followed, so it agrees as well. */
static void lbp3d_is_that_of_pyradiomics(void **state)
{
    (void)state;
    static const dlrn_pixel types[] = {DLRN_PIXEL_U8, DLRN_PIXEL_I16, DLRN_PIXEL_F32,
                                       DLRN_PIXEL_F64};
    golden g = golden_read("pyradiomics-filters/lbp3d.txt");
    size_t undefined = 0;
    assert_int_equal(g.n_case, 6);
    for (size_t k = 0; k < g.n_case; k++) {
        int64_t dim[3];
        for (int a = 0; a < 3; a++)
            dim[a] = (int64_t)golden_get(&g, k, "dim")->v[a];
        dlrn_image im = {0};
        dlrn_filtered f = {0};
        assert_ok(dlrn_image_alloc(&im, 3, dim, NULL));
        im.stored = types[(int)golden_value(&g, k, "type")];
        const golden_row *v = golden_get(&g, k, "image"), *m = golden_get(&g, k, "mask");
        const double *own = golden_get(&g, k, "options")->v;
        uint8_t *region = dlrn_alloc_array(m->n, sizeof *region);
        for (size_t i = 0; i < v->n; i++) {
            im.v[i] = v->v[i];
            region[i] = m->v[i] != 0;
        }
        const dlrn_filter_opts o = {.lbp3d_levels = (int)own[0],
                                    .lbp3d_radius = own[1],
                                    .lbp3d_subdivision = (int)own[2],
                                    .region = region};
        assert_ok(dlrn_filter_apply(&f, &im, "LBP3D", &o, &(dlrn_exec){NULL, 3}, NULL));
        assert_true(f.n == (size_t)o.lbp3d_levels + 1);
        for (size_t j = 0; j < f.n; j++) {
            const golden_row *want = golden_get(&g, k, f.v[j].name);
            size_t next = 0;
            for (size_t i = 0; i < v->n; i++) {
                if (!region[i]) continue;
                const double got = f.v[j].image.v[i], w = want->v[next++];
                undefined += isnan(w) ? 1 : 0;
                if (!(fabs(got - w) <= 1e-9 * fmax(1, fabs(w))) && !(isnan(got) && isnan(w)))
                    fail_msg("%s, %s, value %zu: got %.17g, want %.17g", g.kase[k], f.v[j].name, i,
                             got, w);
            }
            assert_int_equal(next, want->n);
        }
        free(region);
        dlrn_filtered_clear(&f);
        dlrn_image_clear(&im);
    }
    assert_true(undefined > 0);
    golden_clear(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_image_type_is_that_of_pyradiomics),
        cmocka_unit_test(every_wavelet_is_that_of_pywavelets),
        cmocka_unit_test(lbp3d_is_that_of_pyradiomics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
