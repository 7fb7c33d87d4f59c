/* SPDX-License-Identifier: Apache-2.0
 *
 * Every setting and image-type option against PyRadiomics (tools/golden/settings.py): values,
 * diagnostics, and what it refuses.
 */
#include <dlrn/json.h>
#include <dlrn/radiomics.h>

#include "support/near.h"

#include <stdlib.h>
#include <string.h>

static char *path_of(const char *name)
{
    dlrn_str s = {0};
    dlrn_str_addf(&s, "%s/pyradiomics-settings/%s", getenv("DLRN_TEST_GOLDEN"), name);
    return s.s;
}

/* As `dlrn extract` does it: settings, then image, then the channel of the mask. */
static dlrn_status extract(dlrn_features *f, const dlrn_json *row, const char *params, int threads,
                           dlrn_error *err)
{
    dlrn_status st;
    dlrn_image im = {0}, mask = {0};
    dlrn_radiomics *s = NULL;
    char *image_path = path_of(dlrn_json_get_string(row, "image", ""));
    char *mask_path = path_of(dlrn_json_get_string(row, "mask", ""));
    const dlrn_exec ex = {.threads = threads};
    *f = (dlrn_features){0};
    DLRN_TRY(dlrn_radiomics_parse(&s, params, strlen(params), "params.json", err));
    DLRN_TRY(dlrn_image_read(&im, image_path, err));
    DLRN_TRY(dlrn_image_read_channel(&mask, mask_path, dlrn_radiomics_label_channel(s), err));
    DLRN_TRY(dlrn_radiomics_extract(f, &im, &mask, s, &ex, err));
done:
    dlrn_image_clear(&im);
    dlrn_image_clear(&mask);
    dlrn_radiomics_free(s);
    free(image_path);
    free(mask_path);
    return st;
}

/* Text that is equal but for the last digits of its numbers. */
static bool same_text(const char *a, const char *b)
{
    if (!strcmp(a, b)) return true;
    while (*a && *b) {
        char *end_a, *end_b;
        const bool digits = (*a >= '0' && *a <= '9') || *a == '-';
        const double x = digits ? strtod(a, &end_a) : 0, y = digits ? strtod(b, &end_b) : 0;
        if (digits && end_a != a && end_b != b) {
            if (!(fabs(x - y) <= 1e-12 * fmax(1, fabs(y)))) return false;
            a = end_a;
            b = end_b;
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return *a == *b;
}

static void check_info(const dlrn_features *f, const dlrn_json *want, const char *params)
{
    dlrn_json_member m;
    for (bool more = dlrn_json_first(want, &m); more; more = dlrn_json_next(want, &m)) {
        size_t k = 0;
        while (k < f->n_info && strcmp(f->info_name[k], m.key) != 0)
            k++;
        const char *text = dlrn_json_as_string(m.value, "?");
        if (k == f->n_info) fail_msg("%s: %s is missing", params, m.key);
        if (!same_text(f->info_text[k], text))
            fail_msg("%s: %s: got %s, want %s", params, m.key, f->info_text[k], text);
    }
}

static void check_values(const dlrn_features *f, const dlrn_json *want, const char *params)
{
    dlrn_json_member m;
    size_t k = 0;
    if (f->n != dlrn_json_size(want))
        fail_msg("%s: %zu values, want %zu", params, f->n, dlrn_json_size(want));
    for (bool more = dlrn_json_first(want, &m); more; more = dlrn_json_next(want, &m), k++) {
        const double w = dlrn_json_as_number(m.value, NAN);
        assert_string_equal(f->name[k], m.key);
        if (isnan(w) ? !isnan(f->value[k])
                     : !(fabs(f->value[k] - w) <= fmax(1e-12, 1e-9 * fabs(w))))
            fail_msg("%s: %s: got %.17g, want %.17g", params, m.key, f->value[k], w);
    }
}

static dlrn_json *read_cases(void)
{
    char *path = path_of("cases.json"), *text;
    size_t len;
    dlrn_json *all;
    assert_ok(dlrn_read_file(&text, &len, path, NULL));
    assert_ok(dlrn_json_parse(&all, text, len, NULL));
    free(text);
    free(path);
    return all;
}

static void every_setting_is_that_of_pyradiomics(void **state)
{
    (void)state;
    dlrn_json *all = read_cases();
    size_t refused = 0;
    assert_true(dlrn_json_size(all) > 100);
    for (size_t i = 0; i < dlrn_json_size(all); i++) {
        const dlrn_json *row = dlrn_json_at(all, i);
        const bool refuses = dlrn_json_get_bool(row, "refused", false);
        dlrn_features f;
        dlrn_error err = {DLRN_OK, ""};
        char *params;
        assert_ok(dlrn_json_text(&params, dlrn_json_get(row, "params"), 0, NULL));
        const dlrn_status st = extract(&f, row, params, 1 + (int)(i % 3), &err);
        if (refuses && st == DLRN_OK) fail_msg("%s is not refused", params);
        if (!refuses && st != DLRN_OK) fail_msg("%s: %s", params, err.msg);
        refused += refuses ? 1 : 0;
        if (!refuses) {
            check_info(&f, dlrn_json_get(row, "info"), params);
            check_values(&f, dlrn_json_get(row, "values"), params);
        }
        dlrn_features_clear(&f);
        free(params);
    }
    assert_true(refused > 20);
    dlrn_json_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_setting_is_that_of_pyradiomics)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
