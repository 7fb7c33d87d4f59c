/* SPDX-License-Identifier: Apache-2.0 */
#include "base/linalg.h"
#include "base/yaml.h"
#include "base/zip.h"
#include "support/near.h"

#include <dlrn/base.h>
#include <dlrn/json.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void doubles_print_with_the_shortest_digits(void **state)
{
    (void)state;
    char buf[32];
    assert_string_equal(dlrn_format_double(buf, 0.1), "0.1");
    assert_string_equal(dlrn_format_double(buf, 1.0 / 3.0), "0.3333333333333333");
    assert_string_equal(dlrn_format_double(buf, 12345), "12345");
    assert_string_equal(dlrn_format_double(buf, -0.0), "-0");
    assert_string_equal(dlrn_format_double(buf, 1e300), "1e+300");
    assert_string_equal(dlrn_format_double(buf, (double)NAN), "nan");
}

static void random_doubles_survive_print_and_parse(void **state)
{
    (void)state;
    dlrn_rng r;
    dlrn_rng_seed(&r, 7, 0);
    for (int i = 0; i < 20000; i++) {
        const uint64_t bits = dlrn_rng_next(&r);
        double x, back;
        char buf[32];
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        dlrn_format_double(buf, x);
        assert_true(dlrn_parse_double(&back, buf, strlen(buf)));
        assert_memory_equal(&x, &back, sizeof x);
    }
}

static void words_are_no_numbers(void **state)
{
    (void)state;
    double x;
    assert_false(dlrn_parse_double(&x, "1.2.3", 5));
    assert_false(dlrn_parse_double(&x, "0x10", 4));
    assert_false(dlrn_parse_double(&x, "", 0));
    assert_false(dlrn_parse_double(&x, "-", 1));
    assert_false(dlrn_parse_double(&x, "12 a", 4));
    assert_true(dlrn_parse_double(&x, " -1.5e3 ", 8));
    assert_near(x, -1500, 0, 0);
}

/* Correctly rounded, as strtod: halfway cases, 19 and more digits, powers that 64 bits do not hold.
 */
static void numbers_are_rounded_as_strtod_rounds_them(void **state)
{
    (void)state;
    static const char *const text[] = {"0",
                                       "-0",
                                       "0.0e5",
                                       "1",
                                       "-1.5",
                                       "1e0",
                                       "9007199254740993",
                                       "9007199254740992.5",
                                       "18014398509481983",
                                       "18014398509481985",
                                       "36028797018963966",
                                       "9999999999999999999",
                                       "0.1",
                                       "0.30000000000000004",
                                       "123456789012345678",
                                       "1234567890.123456789",
                                       "-2.2250738e-2",
                                       "0.0000000000000000001",
                                       "5e-19",
                                       "4.35",
                                       "1.7976931348623157e308",
                                       "2.2250738585072014e-308",
                                       "1e19",
                                       "1e20",
                                       "12345678901234567890",
                                       "0.00000000000000000012345",
                                       "000000000000000000000001.5",
                                       "9223372036854775807.5",
                                       "72057594037927937e1",
                                       "1e-400",
                                       "6.0221407600000000001e23"};
    dlrn_rng r;
    double x;
    char made[64];
    dlrn_rng_seed(&r, 5, 0);
    for (size_t i = 0; i < 20000; i++) {
        const char *s = i < sizeof text / sizeof *text ? text[i] : made;
        const double v = dlrn_rng_normal(&r) * pow(10, dlrn_rng_uniform(&r) * 44 - 22);
        snprintf(made, sizeof made, "%.*g", 12 + (int)(i % 9), v);
        const double want = strtod(s, NULL);
        assert_true(dlrn_parse_double(&x, s, strlen(s)));
        if (memcmp(&x, &want, sizeof x) != 0) fail_msg("%s: %.17g, expected %.17g", s, x, want);
    }
    static const char *const none[] = {".",   "-",     "1e",  "e5",  "1.2.3",
                                       "1e+", "1e5.0", "--1", "0x1", "1 2"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (dlrn_parse_double(&x, none[i], strlen(none[i]))) fail_msg("'%s' was read", none[i]);
}

static void sorting_is_stable_and_puts_nan_last(void **state)
{
    (void)state;
    enum { N = 5000 };
    double *key = malloc(N * sizeof *key);
    size_t *order = malloc(N * sizeof *order);
    const size_t sizes[] = {5, 24, 25, 300, 2048, N};
    dlrn_rng r;
    dlrn_rng_seed(&r, 3, 0);
    for (size_t k = 0; k < 30; k++) {
        const size_t n = sizes[k % 6], kind = k / 6, last = kind < 2 ? n - 1 : n;
        for (size_t i = 0; i < n; i++) {
            key[i] = dlrn_rng_normal(&r);
            if (kind == 0) key[i] = floor(key[i] * 10); // many ties
            if (kind == 3) key[i] = exp(20 * key[i]);   // crowded at one end
            if (kind == 4) key[i] = i % 9 ? key[i] * 1e308 : 1 / (i % 2 ? 0.0 : -0.0);
        }
        if (kind < 2) key[2] = (double)NAN;
        dlrn_sort_index(order, key, n);
        if (last < n) assert_int_equal(order[last], 2);
        for (size_t i = 0; i + 1 < last; i++) {
            assert_true(key[order[i]] <= key[order[i + 1]]);
            if (key[order[i]] == key[order[i + 1]]) assert_true(order[i] < order[i + 1]);
        }
    }
    free(order);
    free(key);
}

static void sha256_of_abc(void **state)
{
    (void)state;
    char hex[65];
    dlrn_sha256_hex(hex, "abc", 3);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    dlrn_sha256_hex(hex, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void json_round_trip_keeps_order_and_digits(void **state)
{
    (void)state;
    const char *text = "{\"b\":[1,2.5,null],\"a\":{\"x\":0.1},\"s\":\"q\\\"\\n\"}\n";
    dlrn_json *j;
    char *back;
    assert_ok(dlrn_json_parse(&j, text, strlen(text), NULL));
    assert_ok(dlrn_json_text(&back, j, 0, NULL));
    assert_string_equal(back, "{\"b\":[1,2.5,null],\"a\":{\"x\":0.1},\"s\":\"q\\\"\\n\"}\n");
    free(back);
    dlrn_json_free(j);
}

static void numbers_keep_their_kind_in_json(void **state)
{
    (void)state;
    char *text;
    dlrn_json *a = dlrn_json_array();
    dlrn_json_append_take(a, dlrn_json_number(1));
    dlrn_json_append_take(a, dlrn_json_integer(1));
    dlrn_json_append_take(a, dlrn_json_number(1e300));
    dlrn_json_append_take(a, dlrn_json_number((double)NAN));
    assert_ok(dlrn_json_text(&text, a, 0, NULL));
    assert_string_equal(text, "[1.0,1,1e+300,null]\n");
    free(text);
    dlrn_json_free(a);
}

static void broken_json_is_named_by_line(void **state)
{
    (void)state;
    dlrn_json *j;
    dlrn_error err;
    assert_int_equal(dlrn_json_parse(&j, "{\n\"a\": }", 8, &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "line 2"));
}

static void yaml_knows_lines_and_finds_repeated_keys(void **state)
{
    (void)state;
    dlrn_yaml_doc *d;
    dlrn_error err;
    const char *good = "a: 1\nb:\n  - x\n  - {c: 'no', d: no}\n";
    assert_ok(dlrn_yaml_parse(&d, good, strlen(good), "t.yaml", &err));
    const dlrn_yaml *b = dlrn_yaml_get(dlrn_yaml_root(d), "b");
    bool flag;
    assert_int_equal(b->n, 2);
    assert_int_equal(b->item[1]->line, 4);
    assert_false(dlrn_yaml_bool(&flag, dlrn_yaml_get(b->item[1], "c")));
    assert_true(dlrn_yaml_bool(&flag, dlrn_yaml_get(b->item[1], "d")));
    assert_false(flag);
    const char *const known[] = {"a", "bb"};
    assert_int_equal(dlrn_yaml_check_keys(d, dlrn_yaml_root(d), "", known, 2, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "t.yaml, line 2: unknown key 'b'; did you mean 'bb'?");
    dlrn_yaml_free(d);
    const char *twice = "a: 1\nc: 2\na: 3\n";
    assert_int_equal(dlrn_yaml_parse(&d, twice, strlen(twice), "t.yaml", &err), DLRN_EINVAL);
    assert_string_equal(err.msg,
                        "t.yaml, line 3: the key 'a' stands here again; it was given in line 1");
    const char *broken = "a: [1\n";
    assert_int_equal(dlrn_yaml_parse(&d, broken, strlen(broken), "t.yaml", &err), DLRN_EFORMAT);
}

static void the_same_zip_content_gives_the_same_bytes(void **state)
{
    (void)state;
    char name[] = "a/b.json", data[] = "{\"x\": 1}", n2[] = "w.bin", d2[] = "\0\1\2";
    const dlrn_zip_entry e[] = {{name, data, 8}, {n2, d2, 3}};
    char h1[65], h2[65];
    dlrn_zip z;
    assert_ok(dlrn_zip_write("test_base_1.zip", e, 2, NULL));
    sleep(2); // zip times have a resolution of two seconds
    assert_ok(dlrn_zip_write("test_base_2.zip", e, 2, NULL));
    assert_ok(dlrn_sha256_file(h1, "test_base_1.zip", NULL));
    assert_ok(dlrn_sha256_file(h2, "test_base_2.zip", NULL));
    assert_string_equal(h1, h2);
    assert_ok(dlrn_zip_read(&z, "test_base_1.zip", 1000, NULL));
    assert_string_equal(dlrn_zip_find(&z, "a/b.json")->data, data);
    assert_null(dlrn_zip_find(&z, "c"));
    dlrn_zip_clear(&z);
    unlink("test_base_1.zip");
    unlink("test_base_2.zip");
}

static dlrn_status fail_at_3_and_7(void *user, size_t i, size_t w, dlrn_error *err)
{
    (void)w;
    ((size_t *)user)[i] = i * i;
    return i == 3 || i == 7 ? dlrn_fail(err, DLRN_EINVAL, "item %zu", i) : DLRN_OK;
}

static void parallel_for_reports_the_first_failure(void **state)
{
    (void)state;
    size_t out[20] = {0};
    dlrn_error err;
    for (int threads = 1; threads <= 4; threads++) {
        assert_int_equal(dlrn_parallel_for(20, threads, fail_at_3_and_7, out, &err), DLRN_EINVAL);
        assert_string_equal(err.msg, "item 3");
    }
    assert_int_equal(out[3], 9);
}

static void an_uncommitted_file_leaves_nothing(void **state)
{
    (void)state;
    dlrn_out o;
    assert_ok(dlrn_out_open(&o, "test_base_out.txt", NULL));
    fputs("half", o.f);
    char temp[200];
    snprintf(temp, sizeof temp, "%s", o.temp);
    dlrn_out_discard(&o);
    assert_false(dlrn_file_exists(temp));
    assert_false(dlrn_file_exists("test_base_out.txt"));
}

static void uniform_numbers_below_n_are_even(void **state)
{
    (void)state;
    dlrn_rng r;
    size_t count[6] = {0};
    dlrn_rng_seed(&r, 1, 2);
    for (int i = 0; i < 60000; i++)
        count[dlrn_rng_below(&r, 6)]++;
    for (int k = 0; k < 6; k++)
        assert_near((double)count[k], 10000, 0.04, 0);
}

static void a_symmetric_system_is_solved(void **state)
{
    (void)state;
    double a[] = {4, 1, 1, 3}, b[] = {1, 2}, s[] = {1, 1, 1, 1}, x[] = {1, 1};
    assert_ok(dlrn_solve_spd(a, b, 2, 1, NULL));
    assert_near(b[0], 1.0 / 11.0, 1e-14, 0);
    assert_near(b[1], 7.0 / 11.0, 1e-14, 0);
    double again[] = {-1, 5}; // by the factor that is left
    dlrn_solve_factored(a, again, 2);
    assert_near(again[0], -8.0 / 11.0, 1e-14, 0);
    assert_near(again[1], 21.0 / 11.0, 1e-14, 0);
    double wide[] = {2, 4, 6, 3, 6, 9}, two[] = {4, 1, 1, 3}; // more than one column at once
    assert_ok(dlrn_solve_spd(two, wide, 2, 3, NULL));
    for (int j = 0; j < 3; j++) {
        assert_near(wide[j], (j + 1) * 3.0 / 11.0, 1e-14, 0);
        assert_near(wide[3 + j], (j + 1) * 10.0 / 11.0, 1e-14, 0);
    }
    assert_int_equal(dlrn_solve_spd(s, x, 2, 1, NULL), DLRN_ENUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_print_with_the_shortest_digits),
        cmocka_unit_test(random_doubles_survive_print_and_parse),
        cmocka_unit_test(words_are_no_numbers),
        cmocka_unit_test(numbers_are_rounded_as_strtod_rounds_them),
        cmocka_unit_test(sorting_is_stable_and_puts_nan_last),
        cmocka_unit_test(sha256_of_abc),
        cmocka_unit_test(json_round_trip_keeps_order_and_digits),
        cmocka_unit_test(numbers_keep_their_kind_in_json),
        cmocka_unit_test(broken_json_is_named_by_line),
        cmocka_unit_test(yaml_knows_lines_and_finds_repeated_keys),
        cmocka_unit_test(the_same_zip_content_gives_the_same_bytes),
        cmocka_unit_test(parallel_for_reports_the_first_failure),
        cmocka_unit_test(an_uncommitted_file_leaves_nothing),
        cmocka_unit_test(uniform_numbers_below_n_are_even),
        cmocka_unit_test(a_symmetric_system_is_solved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
