/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/table.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static dlrn_table *table_of(const char *text)
{
    dlrn_table *t = NULL;
    dlrn_error err = {DLRN_OK, ""};
    if (dlrn_table_parse(&t, text, strlen(text), "t.csv", &err) != DLRN_OK) fail_msg("%s", err.msg);
    return t;
}

static void expect_refusal(const char *text, size_t len, const char *message)
{
    dlrn_table *t = NULL;
    dlrn_error err;
    assert_int_equal(dlrn_table_parse(&t, text, len, "t.csv", &err), DLRN_EFORMAT);
    assert_string_equal(err.msg, message);
    assert_null(t);
}

static void cells_are_found_by_row_and_column(void **state)
{
    (void)state;
    dlrn_table *t = table_of("id,age\na,1\nb,2.5\n");
    assert_int_equal(dlrn_table_rows(t), 2);
    assert_int_equal(dlrn_table_cols(t), 2);
    assert_string_equal(dlrn_table_column(t, 1), "age");
    assert_int_equal(dlrn_table_find(t, "age"), 1);
    assert_true(dlrn_table_find(t, "Age") == SIZE_MAX);
    assert_string_equal(dlrn_table_text(t, 0, 1), "b");
    const double *v;
    assert_ok(dlrn_table_numbers(&v, t, 1, NULL));
    assert_near(v[1], 2.5, 0, 0);
    assert_true(dlrn_table_is_numeric(t, 1));
    assert_false(dlrn_table_is_numeric(t, 0));
    dlrn_table_free(t);
}

static void quotes_hold_delimiters_line_ends_and_quotes(void **state)
{
    (void)state;
    dlrn_table *t = table_of("\"a,1\",b\r\n\"x\n\"\"y\"\"\",\"\"\r\n,last\r\n");
    assert_string_equal(dlrn_table_column(t, 0), "a,1");
    assert_string_equal(dlrn_table_text(t, 0, 0), "x\n\"y\"");
    assert_string_equal(dlrn_table_text(t, 1, 0), "");
    assert_string_equal(dlrn_table_text(t, 1, 1), "last");
    assert_int_equal(dlrn_table_line(t, 0), 2);
    assert_int_equal(dlrn_table_line(t, 1), 4);
    dlrn_table_free(t);
}

static void the_delimiter_is_found_by_itself(void **state)
{
    (void)state;
    const char *const text[] = {"a;b;c\n1,5;\"x;y\";3\n", "a\tb\tc\n1,5\tx;y\t3\n",
                                "a,b,c\n\"1;2;3\",x;y,3\n"};
    for (size_t k = 0; k < 3; k++) {
        dlrn_table *t = table_of(text[k]);
        assert_int_equal(dlrn_table_cols(t), 3);
        assert_string_equal(dlrn_table_text(t, 1, 0), "x;y");
        dlrn_table_free(t);
    }
    // more commas than semicolons in the header, but only the semicolons are regular
    dlrn_table *t = table_of("height, cm, measured, twice;w\n1;2\n3;4\n");
    assert_int_equal(dlrn_table_cols(t), 2);
    dlrn_table_free(t);
}

static void byte_order_mark_and_missing_last_line_end_are_fine(void **state)
{
    (void)state;
    dlrn_table *t = table_of("\xef\xbb\xbfid,name\r\n1,\xe5\xbc\xa0");
    assert_string_equal(dlrn_table_column(t, 0), "id");
    assert_string_equal(dlrn_table_text(t, 1, 0), "\xe5\xbc\xa0");
    dlrn_table_free(t);
}

static void na_nan_and_empty_are_missing(void **state)
{
    (void)state;
    dlrn_table *t = table_of("x,y\nNA,1\n NaN ,2\nnan,3\n,4\n\"\",5\n-nan,6\n0,7\nNot,8\n-NA,9\n");
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(dlrn_table_missing(t, 0, i), i < 6);
    dlrn_table_free(t);
    t = table_of("x,y\nNA,\n-1.5e3 ,\n");
    const double *v;
    assert_ok(dlrn_table_numbers(&v, t, 0, NULL));
    assert_true(isnan(v[0]));
    assert_near(v[1], -1500, 0, 0);
    assert_true(dlrn_table_is_numeric(t, 0));
    assert_false(dlrn_table_is_numeric(t, 1)); // nothing but missing
    dlrn_table_free(t);
}

static void blank_lines_are_no_rows_but_count_as_lines(void **state)
{
    (void)state;
    dlrn_table *t = table_of("\na,b\n\n1,2\n\n\n3,4\n\n\n");
    assert_int_equal(dlrn_table_rows(t), 2);
    assert_int_equal(dlrn_table_line(t, 0), 4);
    assert_int_equal(dlrn_table_line(t, 1), 7);
    dlrn_table_free(t);
}

static void a_blank_line_of_one_column_is_a_missing_value(void **state)
{
    (void)state;
    dlrn_table *t = table_of("p\n0.1\n\n0.3\n\n");
    assert_int_equal(dlrn_table_rows(t), 3);
    assert_true(dlrn_table_missing(t, 0, 1));
    dlrn_table_free(t);
}

static void a_header_alone_is_a_table_without_rows(void **state)
{
    (void)state;
    dlrn_table *t = table_of("a,b\n");
    assert_int_equal(dlrn_table_rows(t), 0);
    const double *v;
    assert_ok(dlrn_table_numbers(&v, t, 0, NULL));
    dlrn_table_free(t);
}

static void refusals_name_line_and_column(void **state)
{
    (void)state;
    const struct {
        const char *text, *message;
    } c[] = {
        {"a,b,c\n1,2,3\n4,5\n",
         "t.csv, line 3: 2 cells, the header has 3; nothing stands under column 'c'"},
        {"a,b\n1,2\n\n4,5,6\n",
         "t.csv, line 4: more cells than the header's 2; the last column is 'b'"},
        {"a,b,a\n", "t.csv, line 1: two columns are named 'a' (columns 1 and 3)"},
        {"a,,c\n", "t.csv, line 1: column 2 of 3 has no name; name it or take it out"},
        {"a,b\n1,\"x\n2,3\n", "t.csv, line 2, cell 2: the quote that opens here is never closed"},
        {"a,b\n\"x\"y,2\n", "t.csv, line 2, cell 1: text follows a closing quote; a quote inside "
                            "a quoted cell is written twice"},
        {"", "t.csv: is empty, expected a header line with column names"},
        {"\n\n", "t.csv: is empty, expected a header line with column names"},
        {"\xff\xfe"
         "a",
         "t.csv: is UTF-16 text, expected UTF-8; save it as \"CSV UTF-8\""},
        {"a,b\n1,M\xfcller\n",
         "t.csv: line 2 is not UTF-8 text; a CSV table was expected, saved as \"CSV UTF-8\""},
    };
    for (size_t k = 0; k < sizeof c / sizeof *c; k++)
        expect_refusal(c[k].text, strlen(c[k].text), c[k].message);
    expect_refusal("a,b\n\0\1\2", 7,
                   "t.csv: is a binary file (line 2 holds a zero byte), expected a CSV table");
}

static void a_word_among_numbers_is_named(void **state)
{
    (void)state;
    dlrn_table *t = table_of("age;vas\n1;x\n2,5;3\n");
    const double *v;
    dlrn_error err;
    assert_int_equal(dlrn_table_numbers(&v, t, 1, &err), DLRN_EINVAL);
    assert_string_equal(
        err.msg,
        "t.csv, line 2, column 'vas': 'x' is neither a number nor missing (empty, NA, NaN)");
    assert_int_equal(dlrn_table_numbers(&v, t, 0, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "line 3, column 'age': '2,5'"));
    assert_non_null(strstr(err.msg, "write a decimal point"));
    dlrn_table_free(t);
}

static void an_absent_column_gets_the_nearest_name(void **state)
{
    (void)state;
    dlrn_table *t = table_of("score,label\n1,0\n");
    size_t j;
    dlrn_error err;
    assert_int_equal(dlrn_table_need(&j, t, "lable", &err), DLRN_ENOTFOUND);
    assert_string_equal(err.msg, "t.csv: there is no column 'lable'; did you mean 'label'?");
    assert_int_equal(dlrn_table_need(&j, t, "wholly different", &err), DLRN_ENOTFOUND);
    assert_string_equal(err.msg,
                        "t.csv: there is no column 'wholly different'; there is 'score', 'label'");
    assert_ok(dlrn_table_need(&j, t, "label", &err));
    assert_int_equal(j, 1);
    dlrn_table_free(t);
}

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    dlrn_table *t, *back;
    const double v[] = {0.1, (double)NAN, 1.0 / 3.0};
    const char *const s[] = {"a,\"b\"", NULL, "two\nlines"};
    assert_ok(dlrn_table_new(&t, 3, "made", NULL));
    assert_ok(dlrn_table_add_numbers(t, "x", v, NULL));
    assert_ok(dlrn_table_add_text(t, "s;", s, NULL));
    assert_int_equal(dlrn_table_add_text(t, "x", s, NULL), DLRN_EINVAL);
    assert_true(dlrn_table_missing(t, 1, 1));
    assert_string_equal(dlrn_table_text(t, 0, 0), "0.1");
    assert_string_equal(dlrn_table_text(t, 0, 1), "");
    dlrn_str text = {0};
    dlrn_table_print(&text, t, "nan");
    assert_string_equal(dlrn_str_get(&text), "x,s;\n0.1,\"a,\"\"b\"\"\"\nnan,nan\n"
                                             "0.3333333333333333,\"two\nlines\"\n");
    assert_ok(dlrn_table_parse(&back, text.s, text.len, "back", NULL));
    const double *w;
    assert_ok(dlrn_table_numbers(&w, back, 0, NULL));
    assert_true(w[2] == v[2]);
    assert_string_equal(dlrn_table_text(back, 1, 2), s[2]);
    dlrn_str_clear(&text);
    dlrn_table_free(back);
    dlrn_table_free(t);
}

static void a_missing_value_of_one_column_survives_writing(void **state)
{
    (void)state;
    dlrn_table *t, *back;
    const double v[] = {1, (double)NAN};
    char path[] = "/tmp/dlrn_table_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_ok(dlrn_table_new(&t, 2, "made", NULL));
    assert_ok(dlrn_table_add_numbers(t, "x", v, NULL));
    assert_ok(dlrn_table_write(t, path, "", NULL));
    assert_ok(dlrn_table_read(&back, path, NULL));
    assert_int_equal(dlrn_table_rows(back), 2);
    assert_true(dlrn_table_missing(back, 0, 1));
    dlrn_table_free(back);
    dlrn_table_free(t);
    unlink(path);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    dlrn_table *t;
    dlrn_error err;
    assert_int_equal(dlrn_table_read(&t, "/nowhere/t.csv", &err), DLRN_ENOTFOUND);
    assert_non_null(strstr(err.msg, "/nowhere/t.csv"));
}

static void thousands_of_columns_are_found(void **state)
{
    (void)state;
    dlrn_str text = {0};
    for (int j = 0; j < 3000; j++)
        dlrn_str_addf(&text, "%sf%d", j ? "," : "", j);
    dlrn_str_add(&text, "\n");
    for (int j = 0; j < 3000; j++)
        dlrn_str_addf(&text, "%s%d", j ? "," : "", j);
    dlrn_table *t = table_of(text.s);
    for (size_t j = 0; j < 3000; j++) {
        const double *v;
        assert_int_equal(dlrn_table_find(t, dlrn_table_column(t, j)), j);
        assert_ok(dlrn_table_numbers(&v, t, j, NULL));
        assert_true(v[0] == (double)j);
    }
    dlrn_table_free(t);
    dlrn_str_clear(&text);
}

static void every_failed_allocation_is_a_clean_error(void **state)
{
    (void)state;
    const char text[] = "a,b\n\n1,\"x\"\n2,y\n";
    for (size_t k = 0; k < 200; k++) {
        dlrn_table *t = NULL;
        const double *v;
        dlrn_alloc_fail_after(k);
        dlrn_status st = dlrn_table_parse(&t, text, sizeof text - 1, "t.csv", NULL);
        if (st == DLRN_OK) st = dlrn_table_numbers(&v, t, 0, NULL);
        dlrn_alloc_fail_after(SIZE_MAX);
        dlrn_table_free(t);
        if (st == DLRN_OK) return;
        assert_int_equal(st, DLRN_ENOMEM);
    }
    fail_msg("it never came through");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_found_by_row_and_column),
        cmocka_unit_test(quotes_hold_delimiters_line_ends_and_quotes),
        cmocka_unit_test(the_delimiter_is_found_by_itself),
        cmocka_unit_test(byte_order_mark_and_missing_last_line_end_are_fine),
        cmocka_unit_test(na_nan_and_empty_are_missing),
        cmocka_unit_test(blank_lines_are_no_rows_but_count_as_lines),
        cmocka_unit_test(a_blank_line_of_one_column_is_a_missing_value),
        cmocka_unit_test(a_header_alone_is_a_table_without_rows),
        cmocka_unit_test(refusals_name_line_and_column),
        cmocka_unit_test(a_word_among_numbers_is_named),
        cmocka_unit_test(an_absent_column_gets_the_nearest_name),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(a_missing_value_of_one_column_survives_writing),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(thousands_of_columns_are_found),
        cmocka_unit_test(every_failed_allocation_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
