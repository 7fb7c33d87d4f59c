/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole extractions against PyRadiomics (tools/golden/pyradiomics.py golden): every image type on
 * every kind of image, every setting; every value, names, order and diagnostics.
 */
#include "support/radiomics_cases.h"

/* A cell "value" or "value~width": width is how far PyRadiomics' own rounding moves the value. */
static void check_value(const rad_golden *g, const char *name, double got, const char *cell)
{
    char *end;
    const double want = strtod(cell, &end);
    const double width = *end == '~' ? strtod(end + 1, NULL) : 0;
    if (isnan(want) && isnan(got)) return;
    if (!(fabs(got - want) <= fmax(width, 1e-9 * fabs(want))))
        fail_msg("%s: %s: got %.17g, want %s", g->name, name, got, cell);
}

/* One pass over the table, column by column: of the shapes, or of all else. */
static size_t check_pass(const rad_golden *g, const dlrn_features *f, size_t k, bool shapes)
{
    const size_t rows = dlrn_table_rows(g->values), cols = dlrn_table_cols(g->values);
    for (size_t j = 1; j < cols; j++)
        for (size_t i = 0; i < rows; i++) {
            const char *row = dlrn_table_text(g->values, 0, i);
            const char *cell = dlrn_table_text(g->values, j, i);
            char name[128];
            if (!*cell || shapes != !strncmp(row, "shape", 5)) continue;
            snprintf(name, sizeof name, "%s_%s", dlrn_table_column(g->values, j), row);
            // of one slice dlrn makes the true 2-D LoG, PyRadiomics nothing
            while (k < f->n && strstr(f->name[k], "-mm-2D_"))
                k++;
            assert_true(k < f->n);
            if (strcmp(f->name[k], name) != 0)
                fail_msg("%s: got %s, want %s", g->name, f->name[k], name);
            if (isnan(f->value[k])) assert_non_null(f->reason[k]);
            check_value(g, name, f->value[k++], cell);
        }
    while (k < f->n && strstr(f->name[k], "-mm-2D_"))
        k++;
    return k;
}

static void check_values(const rad_golden *g, const dlrn_features *f)
{
    const size_t k = check_pass(g, f, 0, true);
    assert_int_equal(check_pass(g, f, k, false), f->n);
}

static void check_info(const rad_golden *g, const dlrn_features *f)
{
    dlrn_str got = {0};
    for (size_t i = 0; i < f->n_info; i++)
        if (!strstr(f->info_name[i], "_Versions_"))
            dlrn_str_addf(&got, "%s: %s\n", f->info_name[i], f->info_text[i]);
    assert_string_equal(dlrn_str_get(&got), g->info ? g->info : "");
    dlrn_str_clear(&got);
}

static void check_case(const rad_golden *g, void *user)
{
    (void)user;
    dlrn_features first = {0}, f;
    dlrn_error err = {DLRN_OK, ""};
    for (int threads = 1; threads <= 8; threads += threads > 2 ? 5 : 1) { // 1, 2, 3, 8
        const dlrn_exec ex = {.threads = threads};
        if (dlrn_radiomics_extract(&f, &g->image, &g->mask, g->settings, &ex, &err) != DLRN_OK)
            fail_msg("%s: %s", g->name, err.msg);
        if (threads == 1) {
            check_values(g, &f);
            check_info(g, &f);
            first = f;
            continue;
        }
        assert_int_equal(f.n, first.n);
        assert_memory_equal(f.value, first.value, f.n * sizeof *f.value);
        dlrn_features_clear(&f);
    }
    dlrn_features_clear(&first);
}

static void every_setting_and_image_gives_pyradiomics_values_for_any_threads(void **state)
{
    (void)state;
    assert_true(rad_golden_each("pyradiomics", check_case, NULL) > 40);
}

static void nine_outlines_of_a_synthetic_radiograph_give_pyradiomics_values(void **state)
{
    (void)state;
    assert_int_equal(rad_golden_each("pyradiomics-synthetic2d", check_case, NULL), 27);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_and_image_gives_pyradiomics_values_for_any_threads),
        cmocka_unit_test(nine_outlines_of_a_synthetic_radiograph_give_pyradiomics_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
