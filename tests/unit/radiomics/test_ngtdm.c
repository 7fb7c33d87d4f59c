/* SPDX-License-Identifier: Apache-2.0
 *
 * NGTDM features against their definitions, pair by pair.
 */
#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

enum { SIDE = 40, MOST = 2000 };

static void extract(dlrn_features *f, dlrn_image *im)
{
    static const char params[] = "setting: {binWidth: 1}\nfeatureClass: {ngtdm: }\n";
    dlrn_radiomics *s = NULL;
    dlrn_image mask;
    dlrn_error err;
    assert_ok(dlrn_image_alloc(&mask, 2, im->dim, NULL));
    for (int64_t i = 0; i < im->dim[0] * im->dim[1]; i++)
        mask.v[i] = 1;
    assert_ok(dlrn_radiomics_parse(&s, params, sizeof params - 1, "p.yaml", NULL));
    if (dlrn_radiomics_extract(f, im, &mask, s, NULL, &err) != DLRN_OK) fail_msg("%s", err.msg);
    assert_int_equal(f->n, 5);
    dlrn_radiomics_free(s);
    dlrn_image_clear(&mask);
}

static double value(const dlrn_features *f, const char *name)
{
    for (size_t k = 0; k < f->n; k++)
        if (strstr(f->name[k], name)) return f->value[k];
    fail_msg("no %s", name);
    return (double)NAN;
}

/* Busyness, Coarseness, Complexity, Contrast, Strength of an image of levels from 1. */
static void by_definition(double want[5], const dlrn_image *im)
{
    static double p[MOST + 1], s[MOST + 1];
    const int64_t nx = im->dim[0], ny = im->dim[1];
    const double n = (double)(nx * ny);
    double sum_s = 0, sum_ps = 0, levels = 0, pairs[4] = {0};
    memset(p, 0, sizeof p);
    memset(s, 0, sizeof s);
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++) {
            double sum = -im->v[y * nx + x], count = -1;
            for (int64_t b = y - 1; b <= y + 1; b++)
                for (int64_t a = x - 1; a <= x + 1; a++)
                    if (a >= 0 && a < nx && b >= 0 && b < ny) sum += im->v[b * nx + a], count++;
            const size_t level = (size_t)im->v[y * nx + x];
            p[level] += 1 / n;
            s[level] += fabs((double)level - sum / count);
        }
    for (int i = 1; i <= MOST; i++) {
        levels += p[i] > 0;
        sum_s += s[i];
        sum_ps += p[i] * s[i];
        for (int j = 1; j <= MOST; j++) {
            if (!(p[i] > 0) || !(p[j] > 0)) continue;
            pairs[0] += fabs(i * p[i] - j * p[j]);
            pairs[1] += abs(i - j) * (p[i] * s[i] + p[j] * s[j]) / (p[i] + p[j]);
            pairs[2] += p[i] * p[j] * (i - j) * (i - j);
            pairs[3] += (p[i] + p[j]) * (i - j) * (i - j);
        }
    }
    want[0] = sum_ps / pairs[0];
    want[1] = 1 / sum_ps;
    want[2] = pairs[1] / n;
    want[3] = pairs[2] / (levels * (levels - 1)) * sum_s / n;
    want[4] = pairs[3] / sum_s;
}

/* From two levels, each often, to more than a thousand, each seldom. */
static void sums_over_pairs_are_those_of_the_definition(void **state)
{
    (void)state;
    static const char *const names[] = {"Busyness", "Coarseness", "Complexity", "Contrast",
                                        "Strength"};
    dlrn_rng r;
    dlrn_rng_seed(&r, 8, 0);
    for (uint64_t most = 2; most <= MOST; most = most * 2 - most / 3) {
        dlrn_image im;
        dlrn_features f = {0};
        double want[5];
        assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){SIDE, SIDE, 1}, NULL));
        im.stored = DLRN_PIXEL_U16;
        for (int i = 0; i < SIDE * SIDE; i++) // low levels more often
            im.v[i] = (double)(1 + dlrn_rng_below(&r, 1 + dlrn_rng_below(&r, most)));
        im.v[0] = 1; // so that levels are values
        by_definition(want, &im);
        extract(&f, &im);
        for (int k = 0; k < 5; k++)
            assert_near(value(&f, names[k]), want[k], 1e-11, 0);
        dlrn_features_clear(&f);
        dlrn_image_clear(&im);
    }
}

/* Each of n levels once: the differences' sum cancels out of Contrast times Strength. */
static void tens_of_thousands_of_levels_take_no_time(void **state)
{
    (void)state;
    enum { WIDE = 250 };
    const double n = WIDE * WIDE, variance = (n * n - 1) / 12;
    dlrn_image im;
    dlrn_features f = {0};
    assert_ok(dlrn_image_alloc(&im, 2, (int64_t[3]){WIDE, WIDE, 1}, NULL));
    im.stored = DLRN_PIXEL_U16;
    for (int i = 0; i < WIDE * WIDE; i++)
        im.v[i] = (double)((int64_t)i * 7919 % (WIDE * WIDE));
    extract(&f, &im);
    assert_near(value(&f, "Contrast") * value(&f, "Strength"),
                8 * variance * variance / (n * (n - 1)), 1e-12, 0);
    dlrn_features_clear(&f);
    dlrn_image_clear(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_over_pairs_are_those_of_the_definition),
        cmocka_unit_test(tens_of_thousands_of_levels_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
