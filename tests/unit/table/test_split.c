/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/split.h>

#include "support/near.h"

enum { ROWS = 300 };

typedef struct sample {
    uint8_t label[ROWS];
    size_t group[ROWS], stratum[ROWS];
} sample;

/* About 150 patients of 1 to 4 rows in three centres; 40 % of the rows have label 1. */
static dlrn_split_rows make_sample(sample *s, uint64_t seed)
{
    dlrn_rng rng;
    dlrn_rng_seed(&rng, seed, 1);
    for (size_t i = 0; i < ROWS; i++) {
        s->group[i] = 7 * (size_t)dlrn_rng_below(&rng, 150);
        s->stratum[i] = s->group[i] % 3;
        s->label[i] = dlrn_rng_uniform(&rng) < 0.4;
    }
    return (dlrn_split_rows){ROWS, s->label, s->group, s->stratum};
}

static void no_patient_is_in_two_folds(void **state)
{
    (void)state;
    sample s;
    size_t fold[ROWS];
    for (uint64_t seed = 1; seed < 20; seed++) {
        const dlrn_split_rows r = make_sample(&s, seed);
        assert_ok(dlrn_folds(fold, &r, 5, seed, NULL));
        for (size_t i = 0; i < ROWS; i++) {
            assert_in_range(fold[i], 0, 4);
            for (size_t k = 0; k < i; k++)
                if (s.group[k] == s.group[i]) assert_int_equal(fold[k], fold[i]);
        }
    }
}

static void folds_hold_alike_many_of_each_label(void **state)
{
    (void)state;
    sample s;
    size_t fold[ROWS];
    for (uint64_t seed = 1; seed < 20; seed++) {
        const dlrn_split_rows r = make_sample(&s, seed);
        double n[5][2] = {{0}}, total[2] = {0};
        assert_ok(dlrn_folds(fold, &r, 5, seed, NULL));
        for (size_t i = 0; i < ROWS; i++) {
            n[fold[i]][s.label[i]]++;
            total[s.label[i]]++;
        }
        for (int f = 0; f < 5; f++)
            for (int l = 0; l < 2; l++)
                assert_near(n[f][l], total[l] / 5, 0, 5);
    }
}

static void single_rows_are_dealt_out_to_within_one_in_every_centre(void **state)
{
    (void)state;
    sample s;
    size_t fold[ROWS];
    dlrn_split_rows r = make_sample(&s, 3);
    double n[5][3][2] = {{{0}}}, total[3][2] = {{0}};
    r.group = NULL;
    assert_ok(dlrn_folds(fold, &r, 5, 1, NULL));
    for (size_t i = 0; i < ROWS; i++) {
        n[fold[i]][s.stratum[i]][s.label[i]]++;
        total[s.stratum[i]][s.label[i]]++;
    }
    for (int f = 0; f < 5; f++)
        for (int c = 0; c < 3; c++)
            for (int l = 0; l < 2; l++)
                assert_near(n[f][c][l], total[c][l] / 5, 0, 1.5);
}

static void the_same_seed_gives_the_same_folds_and_another_does_not(void **state)
{
    (void)state;
    sample s;
    size_t a[ROWS], b[ROWS], c[ROWS];
    const dlrn_split_rows r = make_sample(&s, 5);
    assert_ok(dlrn_folds(a, &r, 5, 11, NULL));
    assert_ok(dlrn_folds(b, &r, 5, 11, NULL));
    assert_ok(dlrn_folds(c, &r, 5, 12, NULL));
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
}

static void a_split_takes_about_its_share_of_whole_patients(void **state)
{
    (void)state;
    sample s;
    uint8_t part[ROWS];
    const dlrn_split_rows r = make_sample(&s, 9);
    size_t n = 0;
    assert_ok(dlrn_split(part, &r, 0.2, 1, NULL));
    for (size_t i = 0; i < ROWS; i++) {
        n += part[i];
        for (size_t k = 0; k < i; k++)
            if (s.group[k] == s.group[i]) assert_int_equal(part[k], part[i]);
    }
    assert_near((double)n, 0.2 * ROWS, 0, 6);
}

static void too_few_patients_of_a_label_are_counted(void **state)
{
    (void)state;
    const uint8_t label[] = {1, 1, 1, 0, 0, 0, 0, 0};
    const size_t group[] = {1, 1, 2, 3, 4, 5, 6, 7};
    const dlrn_split_rows r = {8, label, group, NULL};
    size_t fold[8];
    dlrn_error err;
    assert_int_equal(dlrn_folds(fold, &r, 5, 1, &err), DLRN_EINVAL);
    assert_string_equal(err.msg,
                        "2 of 7 patients have a row with label 1; a split of patients needs 5 at "
                        "least: take fewer folds or more patients");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_patient_is_in_two_folds),
        cmocka_unit_test(folds_hold_alike_many_of_each_label),
        cmocka_unit_test(single_rows_are_dealt_out_to_within_one_in_every_centre),
        cmocka_unit_test(the_same_seed_gives_the_same_folds_and_another_does_not),
        cmocka_unit_test(a_split_takes_about_its_share_of_whole_patients),
        cmocka_unit_test(too_few_patients_of_a_label_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
