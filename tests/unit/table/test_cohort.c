/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/cohort.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

static const char *const tests_of_study[] = {"internal", "external"};

static dlrn_cohort_roles roles(void)
{
    return (dlrn_cohort_roles){.id = "id",
                               .patient = "patient",
                               .centre = "centre",
                               .cohort = "cohort",
                               .image = "image",
                               .mask = "mask",
                               .mask_label = "mask_label",
                               .mask2 = "mask2",
                               .outcome = "acute",
                               .positive = "1",
                               .train = "training",
                               .test = tests_of_study,
                               .n_test = 2,
                               .seed = 1};
}

static dlrn_status read_text(dlrn_cohort *c, const char *text, const dlrn_cohort_roles *r,
                             dlrn_error *err)
{
    dlrn_table *t = NULL;
    assert_ok(dlrn_table_parse(&t, text, strlen(text), "folder/cohort.csv", NULL));
    const dlrn_status st = dlrn_cohort_from_table(c, t, r, err);
    dlrn_table_free(t);
    return st;
}

static void roles_become_arrays(void **state)
{
    (void)state;
    const dlrn_cohort_roles r = roles();
    dlrn_cohort c;
    assert_ok(read_text(&c,
                        "id,patient,centre,cohort,image,mask,mask_label,acute,age,sex,level\n"
                        "a,p1,north,training,i/1.nii,m/1.nii,2,1,70,female,L1\n"
                        "b,p1,north,training,i/1.nii,m/1.nii,3,0,70.5,female,T12\n"
                        "c,p2,south,external,/i/2.nii,m/2.nii,,0,NA,male,\n"
                        "d,p3,north,training,i/3.nii,,1,0,64,male,L2\n",
                        &r, NULL));
    assert_int_equal(c.rows, 4);
    assert_int_equal(c.n_patients, 3);
    assert_int_equal(c.patient[1], 0);
    assert_int_equal(c.n_centres, 2);
    assert_string_equal(c.centre_name[c.centre[2]], "south");
    assert_int_equal(c.cohort[2], 2);
    assert_int_equal(c.label[0], 1);
    assert_int_equal(c.mask_label[1], 3);
    assert_int_equal(c.mask_label[2], 1);
    assert_string_equal(c.image[0], "folder/i/1.nii");
    assert_string_equal(c.image[2], "/i/2.nii");
    assert_null(c.mask[3]);
    assert_null(c.mask2);
    dlrn_cohort_clear(&c);
}

static void absent_columns_are_as_if_not_given(void **state)
{
    (void)state;
    dlrn_str text = {0};
    dlrn_cohort_roles r = roles();
    dlrn_cohort c;
    r.n_test = 0;
    dlrn_str_add(&text, "acute\n");
    for (int i = 0; i < 100; i++)
        dlrn_str_add(&text, i % 2 ? "1\n" : "0\n");
    assert_ok(read_text(&c, text.s, &r, NULL));
    size_t in_test = 0, positive = 0;
    for (size_t i = 0; i < 100; i++) {
        in_test += c.cohort[i] == 1;
        positive += c.cohort[i] == 1 && c.label[i];
    }
    assert_int_equal(in_test, 20);
    assert_int_equal(positive, 10);
    assert_true(c.split_made);
    assert_false(c.has_patient);
    assert_int_equal(c.n_patients, 100);
    assert_string_equal(c.id[99], "100");
    assert_string_equal(c.cohort_name[1], "test");
    dlrn_cohort_clear(&c);
    dlrn_str_clear(&text);
}

/* A table that must be refused, and its message. */
typedef struct refusal {
    const char *text, *message;
} refusal;

static const refusal refusals[] = {
    {"id,patient,cohort,acute\na,1,training,1\nb,2,training,0\na,3,external,0\n",
     "folder/cohort.csv, line 4, column id: the same id as in line 2 (duplicate id); every row "
     "needs an id of its own"},
    {"id,patient,cohort,acute\na,1,training,1\nb,2,training,0\nc,1,external,0\n",
     "folder/cohort.csv, line 4, column patient: the same patient is in two cohorts: external "
     "here, training in line 2; all rows of a patient belong into one"},
    {"id,patient,cohort,acute\na,1,training,1\nb,2,training,1\nc,3,external,0\n",
     "folder/cohort.csv: all 2 rows of the training cohort 'training' have one class (column acute "
     "is always 1); a model needs both"},
    {"id,patient,cohort,acute\na,1,training,1\nb,2,training,\n",
     "folder/cohort.csv, line 3, column acute: the outcome is missing; fill it in or take the row "
     "out"},
    {"id,patient,cohort,acute\na,1,training,1\nb,2,training,0\nc,3,training,2\n",
     "folder/cohort.csv, line 4, column acute: '2' is a third value; expected 1 (positive) or 0 "
     "(line 3)"},
    {"id,patient,cohort,acute\na,1,training,1\nb,2,trainng,0\n",
     "folder/cohort.csv, line 3, column cohort: unknown cohort 'trainng'; expected one of training, "
     "internal, external (see `cohorts`)"},
    {"id,patient,cohort,acute,mask_label\na,1,training,1,1\nb,2,training,0,1.5\n",
     "folder/cohort.csv, line 3, column mask_label: 1.5 is no mask label; expected 1, 2, 3, ..."},
    {"id,patient,cohort,acute\na,,training,1\n",
     "folder/cohort.csv, line 2, column patient: missing; every row needs its patient, or none has "
     "one"},
};

static void bad_tables_are_refused_by_line_and_column(void **state)
{
    (void)state;
    const dlrn_cohort_roles r = roles();
    for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++) {
        dlrn_cohort c;
        dlrn_error err;
        assert_int_equal(read_text(&c, refusals[k].text, &r, &err), DLRN_EINVAL);
        assert_string_equal(err.msg, refusals[k].message);
        assert_null(c.id);
    }
}

static void files_that_are_not_there_are_named(void **state)
{
    (void)state;
    dlrn_cohort_roles r = roles();
    dlrn_cohort c;
    dlrn_error err;
    r.check_files = true;
    assert_int_equal(read_text(&c,
                               "id,image,cohort,acute\n"
                               "a,nowhere.nii,training,1\nb,nowhere.nii,training,0\n",
                               &r, &err),
                     DLRN_ENOTFOUND);
    assert_string_equal(err.msg, "folder/cohort.csv, line 2, column image: there is no file "
                                 "folder/nowhere.nii (paths are relative to the table)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_become_arrays),
        cmocka_unit_test(absent_columns_are_as_if_not_given),
        cmocka_unit_test(bad_tables_are_refused_by_line_and_column),
        cmocka_unit_test(files_that_are_not_there_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
