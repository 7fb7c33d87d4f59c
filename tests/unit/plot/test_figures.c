/* SPDX-License-Identifier: Apache-2.0 */
#include "plot/canvas.h"
#include "support/near.h"
#include "unit/plot/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_NAME                                                                                  \
    "wavelet-LH_gldm_LargeDependenceHighGrayLevelEmphasis of the anterior third of the vertebra "  \
    "(original spacing)"

static const sample plain = {
    {"Nomogram (DLRN)", "DLR (net)", "DTL (net)", "Radiomics", "Clinical"}, "External", 5, 0};

/* No ink within 1.5 pt of the edge, some ink inside. */
static void check_edges(const char *name, const dlrn_figure *f)
{
    uint32_t *v;
    size_t w, h, ink = 0;
    assert_ok(canvas_pixels(&v, &w, &h, f, 72, NULL));
    for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w; x++) {
            if ((v[y * w + x] & 0xFFFFFF) == 0xFFFFFF) continue;
            ink++;
            if (x < 2 || y < 2 || x + 2 >= w || y + 2 >= h)
                fail_msg("%s: ink at (%zu, %zu) of %zu x %zu", name, x, y, w, h);
        }
    }
    assert_true(ink > 100);
    free(v);
}

static void draw_all(const sample *s)
{
    for (size_t i = 0; i < n_sample_figures; i++) {
        dlrn_figure *f;
        dlrn_error err = {0};
        if (sample_figures[i].draw(&f, s, &err) != DLRN_OK)
            fail_msg("%s: %s", sample_figures[i].name, err.msg);
        check_edges(sample_figures[i].name, f);
        dlrn_figure_free(f);
    }
}

static void no_figure_has_ink_at_its_edge(void **state)
{
    (void)state;
    draw_all(&plain);
    const char *folder = getenv("DLRN_TEST_WORK");
    assert_ok(dlrn_make_folder(folder, NULL));
    for (size_t i = 0; i < n_sample_figures; i++) {
        char path[500];
        dlrn_figure *f;
        assert_ok(sample_figures[i].draw(&f, &plain, NULL));
        snprintf(path, sizeof path, "%s/figure_%s", folder, sample_figures[i].name);
        assert_ok(dlrn_figure_save(f, path, DLRN_FILE_SVG | DLRN_FILE_PDF, NULL));
        dlrn_figure_free(f);
    }
}

static void very_long_names_are_cut_and_not_run_over_the_edge(void **state)
{
    (void)state;
    const sample s = {{LONG_NAME, LONG_NAME, LONG_NAME, LONG_NAME, LONG_NAME}, LONG_NAME, 5, 0};
    draw_all(&s);
}

static void one_model_with_a_short_name_is_drawn(void **state)
{
    (void)state;
    const sample s = {{"a", "b", "c", "d", "e"}, NULL, 1, 0};
    draw_all(&s);
}

static void missing_values_leave_gaps(void **state)
{
    (void)state;
    sample s = plain;
    s.hole = NAN;
    draw_all(&s);
}

static void chinese_greek_and_broken_text_do_not_fail(void **state)
{
    (void)state;
    const sample s = {{"影像组学 α", "βγδ", "\xff\xfe", "", "é\n"}, "外部验证 Ω", 5, 0};
    draw_all(&s);
}

static void a_figure_has_the_same_bytes_each_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_sample_figures; i++) {
        char *svg[2], *pdf[2];
        size_t len[2];
        for (int k = 0; k < 2; k++) {
            dlrn_figure *f;
            assert_ok(sample_figures[i].draw(&f, &plain, NULL));
            assert_ok(dlrn_figure_svg(&svg[k], f, "p-", NULL));
            assert_ok(dlrn_figure_pdf(&pdf[k], &len[k], f, NULL));
            dlrn_figure_free(f);
        }
        assert_string_equal(svg[0], svg[1]);
        assert_memory_equal(svg[0], "<svg", 4);
        assert_null(strstr(svg[0], "id=\"g"));
        assert_int_equal(len[0], len[1]);
        assert_memory_equal(pdf[0], pdf[1], len[0]);
        for (int k = 0; k < 2; k++) {
            free(svg[k]);
            free(pdf[k]);
        }
    }
}

static void nothing_to_draw_is_an_error_that_names_the_figure(void **state)
{
    (void)state;
    dlrn_error err = {0};
    dlrn_figure *f;
    const dlrn_roc_plot roc = {.title = "External"};
    const dlrn_nomogram_plot nomogram = {.title = "x"};
    const dlrn_bars_plot bars = {.axis = "Coefficient"};
    assert_int_equal(dlrn_plot_roc(&f, &roc, &err), DLRN_EINVAL);
    assert_null(f);
    assert_string_equal(err.msg, "ROC curves: nothing to draw: no model");
    assert_int_equal(dlrn_plot_nomogram(&f, &nomogram, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "nomogram: nothing to draw: no term");
    assert_int_equal(dlrn_plot_bars(&f, &bars, &err), DLRN_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_figure_has_ink_at_its_edge),
        cmocka_unit_test(very_long_names_are_cut_and_not_run_over_the_edge),
        cmocka_unit_test(one_model_with_a_short_name_is_drawn),
        cmocka_unit_test(missing_values_leave_gaps),
        cmocka_unit_test(chinese_greek_and_broken_text_do_not_fail),
        cmocka_unit_test(a_figure_has_the_same_bytes_each_time),
        cmocka_unit_test(nothing_to_draw_is_an_error_that_names_the_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
