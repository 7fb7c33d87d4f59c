/* SPDX-License-Identifier: Apache-2.0
 *
 * The IBSI digital phantom: consensus values where PyRadiomics' definition is IBSI's, other values
 * where it is not (axis lengths by a covariance with divisor N).
 */
#include <dlrn/radiomics.h>
#include <dlrn/table.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/near.h"

enum { WIDTH = 5, HEIGHT = 4, DEPTH = 4, ALL = WIDTH * HEIGHT * DEPTH };

static const char phantom[] = /* row by row, slice by slice; - is outside the region */
    "14411 14611 41641 44641 "
    "14411 11611 -1311 44611 "
    "144-- 11111 11-11 11611 "
    "144-- 11111 11111 11611 ";

static void make_phantom(dlrn_image *image, dlrn_image *mask)
{
    const int64_t dim[3] = {WIDTH, HEIGHT, DEPTH};
    assert_ok(dlrn_image_alloc(image, 3, dim, NULL));
    assert_ok(dlrn_image_alloc(mask, 3, dim, NULL));
    int n = 0;
    for (const char *at = phantom; *at; at++) {
        if (*at == ' ') continue;
        mask->v[n] = *at != '-';
        image->v[n++] = *at == '-' ? 1 : *at - '0';
    }
    assert_int_equal(n, ALL);
    image->stored = DLRN_PIXEL_I16;
    mask->stored = DLRN_PIXEL_U8;
    for (int k = 0; k < 3; k++)
        image->spacing_mm[k] = mask->spacing_mm[k] = 2;
}

static void extract(dlrn_features *out, const char *way)
{
    dlrn_image image, mask;
    dlrn_radiomics *s;
    make_phantom(&image, &mask);
    assert_ok(dlrn_radiomics_defaults(&s, NULL));
    assert_ok(dlrn_radiomics_set(s, "binWidth=1", NULL));
    assert_ok(dlrn_radiomics_set(s, "additionalInfo=false", NULL));
    if (!strcmp(way, "force2D")) assert_ok(dlrn_radiomics_set(s, "force2D=true", NULL));
    if (!strcmp(way, "no_weighting"))
        assert_ok(dlrn_radiomics_set(s, "weightingNorm=no_weighting", NULL));
    assert_ok(dlrn_radiomics_extract(out, &image, &mask, s, NULL, NULL));
    dlrn_radiomics_free(s);
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask);
}

static double find(const dlrn_features *f, const char *feature)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->name[i] + strlen("original_"), feature)) return f->value[i];
    fail_msg("no feature %s", feature);
    return NAN;
}

static double three_digits(double x)
{
    char text[32];
    snprintf(text, sizeof text, "%.2e", x);
    return strtod(text, NULL);
}

static int check_way(dlrn_table *t, const char *way)
{
    int differ = 0;
    dlrn_features f;
    const double *reference, *tolerance;
    extract(&f, way);
    assert_ok(dlrn_table_numbers(&reference, t, dlrn_table_find(t, "reference"), NULL));
    assert_ok(dlrn_table_numbers(&tolerance, t, dlrn_table_find(t, "tolerance"), NULL));
    for (size_t i = 0; i < dlrn_table_rows(t); i++) {
        if (strcmp(dlrn_table_text(t, dlrn_table_find(t, "settings"), i), way) != 0) continue;
        const char *tag = dlrn_table_text(t, 0, i);
        const char *feature = dlrn_table_text(t, dlrn_table_find(t, "feature"), i);
        const bool same = !strcmp(dlrn_table_text(t, dlrn_table_find(t, "same"), i), "yes");
        const double excess = !strcmp(feature, "firstorder_Kurtosis") ? 3 : 0;
        const double got = three_digits(find(&f, feature) - excess);
        // the reference has three digits of its own: 0.1 is not a double
        const bool agrees = fabs(got - reference[i]) <= tolerance[i] * (1 + 1e-9) + 1e-12;
        if (agrees != same)
            fail_msg("%s (%s): got %g, IBSI %g +- %g, expected %s", tag, feature, got, reference[i],
                     tolerance[i], same ? "the same" : "another value");
        differ += !same;
    }
    dlrn_features_clear(&f);
    return differ;
}

static void consensus_where_definitions_agree_and_only_there(void **state)
{
    (void)state;
    dlrn_table *t;
    char *path = dlrn_path_join(getenv("DLRN_TEST_GOLDEN"), "ibsi/digital_phantom.csv");
    assert_ok(dlrn_table_read(&t, path, NULL));
    assert_int_equal(dlrn_table_rows(t), 221);
    int differ = 0;
    differ += check_way(t, "plain");
    differ += check_way(t, "force2D");
    differ += check_way(t, "no_weighting");
    assert_int_equal(differ, 2); // minor and least axis length
    dlrn_table_free(t);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consensus_where_definitions_agree_and_only_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
