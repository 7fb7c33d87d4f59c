/* SPDX-License-Identifier: Apache-2.0 */
#include "study/clinical.h"
#include "support/near.h"

#include <stdlib.h>
#include <string.h>

static const char CSV[] = "id,age,sex,vas,trauma\n"
                          "a,60,female,1,0\nb,70,male,NA,1\nc,80,female,3,0\nd,75,female,5,\n"
                          "e,99,other,7,1\n";
static const bool train[] = {true, true, true, true, false};

static dlrn_table *table(void)
{
    dlrn_table *t;
    assert_ok(dlrn_table_parse(&t, CSV, sizeof CSV - 1, "t.csv", NULL));
    return t;
}

static char age[] = "age", sex[] = "sex", vas[] = "vas", trauma[] = "trauma", male[] = "male";
static const config_clinical wanted[] = {
    {.column = age, .label = age},
    {.column = sex, .label = sex, .reference = male},
    {.column = vas, .label = vas, .log1p = true},
    {.column = trauma, .label = trauma},
};

static void kinds_and_imputation_come_from_training_rows(void **state)
{
    (void)state;
    dlrn_table *t = table();
    clinical_spec s;
    double *x;
    size_t unknown[4] = {0};
    assert_ok(clinical_fit(&s, wanted, 4, t, train, NULL));
    assert_int_equal(s.p, 4);
    assert_string_equal(s.name[1], "sex=female");
    assert_int_equal(s.term[3].kind, CLINICAL_BINARY);
    assert_near(s.term[0].impute, 72.5, 0, 0);
    assert_near(s.term[2].impute, log1p(3.0), 1e-15, 0);
    assert_int_equal(s.term[2].missing, 1);
    assert_ok(clinical_encode_table(&x, unknown, &s, t, NULL));
    assert_near(x[0], 60, 0, 0);
    assert_near(x[1], 1, 0, 0);
    assert_near(x[1 * 4 + 1], 0, 0, 0);
    assert_near(x[1 * 4 + 2], log1p(3.0), 1e-15, 0);
    assert_near(x[3 * 4 + 3], 0, 0, 0);
    assert_int_equal(unknown[1], 1); // "other" was not seen in training
    assert_near(x[4 * 4 + 1], 1, 0, 0);
    free(x);
    clinical_spec_clear(&s);
    dlrn_table_free(t);
}

static void a_kept_spec_encodes_alike(void **state)
{
    (void)state;
    dlrn_table *t = table();
    clinical_spec s, back;
    double a[4], b[4];
    clinical_note note;
    assert_ok(clinical_fit(&s, wanted, 4, t, train, NULL));
    dlrn_json *j = clinical_json(&s);
    assert_ok(clinical_from_json(&back, j, NULL));
    dlrn_json_free(j);
    const char *text[] = {"66", "female", "", "1"};
    for (size_t i = 0; i < 4; i++) {
        assert_ok(clinical_encode(a + s.term[i].first, &note, &s.term[i], text[i], NULL));
        assert_ok(clinical_encode(b + back.term[i].first, &note, &back.term[i], text[i], NULL));
    }
    assert_memory_equal(a, b, sizeof a);
    clinical_spec_clear(&back);
    clinical_spec_clear(&s);
    dlrn_table_free(t);
}

static void a_word_among_numbers_is_no_category(void **state)
{
    (void)state;
    static const char text[] = "id,age\na,60\nb,old\nc,80\nd,75\ne,99\n";
    dlrn_table *t;
    clinical_spec s;
    dlrn_error err;
    assert_ok(dlrn_table_parse(&t, text, sizeof text - 1, "t.csv", NULL));
    assert_int_equal(clinical_fit(&s, wanted, 1, t, train, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "t.csv, line 3: column 'age': 'old' is not a number"));
    dlrn_table_free(t);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    dlrn_table *t = table();
    clinical_spec s;
    dlrn_error err;
    char nowhere[] = "agee", number[] = "number", none[] = "x";
    const config_clinical absent = {.column = nowhere, .label = nowhere};
    const config_clinical words = {.column = sex, .label = sex, .type = number};
    const config_clinical reference = {.column = sex, .label = sex, .reference = none};
    assert_int_equal(clinical_fit(&s, &absent, 1, t, train, &err), DLRN_ENOTFOUND);
    assert_int_equal(clinical_fit(&s, &words, 1, t, train, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "t.csv, line 2: column 'sex': 'female' is not a number; correct "
                                 "it, leave it empty (missing), or give the column type: category");
    assert_int_equal(clinical_fit(&s, &reference, 1, t, train, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "t.csv: column 'sex' has no 'x' in the training rows, which is "
                                 "named as its reference");
    dlrn_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_imputation_come_from_training_rows),
        cmocka_unit_test(a_kept_spec_encodes_alike),
        cmocka_unit_test(a_word_among_numbers_is_no_category),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
