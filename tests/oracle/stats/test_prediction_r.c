/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn stats against R's pROC, rms, Hmisc and stats on random small cases of every awkward kind:
 * tests/golden/r/prediction.json, made by tools/golden/prediction.R. The program runs as a user
 * runs it, and every key that R has is compared.
 */
#include "support/json_golden.h"
#include "support/near.h"

#include <dlrn/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static dlrn_json *golden;
static size_t compared;

static int load(void **state)
{
    (void)state;
    golden = json_golden_read("r/prediction.json");
    return golden ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    dlrn_json_free(golden);
    return 0;
}

static void add_value(dlrn_str *out, const dlrn_json *v)
{
    if (dlrn_json_is_number(v))
        dlrn_str_add_double(out, dlrn_json_as_number(v, 0));
    else
        dlrn_str_add(out, dlrn_json_as_string(v, ""));
}

/* The case's columns as a CSV file. */
static void write_csv(const char *path, const dlrn_json *data)
{
    dlrn_str s = {0};
    dlrn_json_member m;
    size_t n = 0;
    for (bool more = dlrn_json_first(data, &m); more; more = dlrn_json_next(data, &m)) {
        dlrn_str_addf(&s, "%s%s", n ? "," : "", m.key);
        n = dlrn_json_size(m.value);
    }
    for (size_t i = 0; i < n; i++) {
        const char *lead = "\n";
        for (bool more = dlrn_json_first(data, &m); more; more = dlrn_json_next(data, &m)) {
            dlrn_str_add(&s, lead);
            add_value(&s, dlrn_json_at(m.value, i));
            lead = ",";
        }
    }
    dlrn_str_add(&s, "\n");
    assert_ok(dlrn_write_file(path, s.s, s.len, NULL));
    dlrn_str_clear(&s);
}

/* `dlrn stats TEST FILE WORDS --json`, parsed. */
static dlrn_json *run(const char *command, const char *file)
{
    char line[2000], *text;
    const char *blank = strchr(command, ' ');
    char answer[700];
    size_t len;
    dlrn_json *out = NULL;
    dlrn_error err;
    assert_non_null(blank);
    snprintf(answer, sizeof answer, "%s.json", file);
    snprintf(line, sizeof line, "'%s' stats %.*s '%s'%s --json --quiet >'%s'", getenv("DLRN_BIN"),
             (int)(blank - command), command, file, blank, answer);
    if (system(line) != 0) fail_msg("%s: failed", line);
    assert_ok(dlrn_read_file(&text, &len, answer, NULL));
    if (dlrn_json_parse(&out, text, len, &err) != DLRN_OK) fail_msg("%s: %s", line, err.msg);
    free(text);
    return out;
}

static void same(const char *where, const dlrn_json *got, const dlrn_json *want, double rel)
{
    char path[700];
    dlrn_json_member m;
    if (dlrn_json_is_object(want)) {
        for (bool more = dlrn_json_first(want, &m); more; more = dlrn_json_next(want, &m)) {
            snprintf(path, sizeof path, "%.500s.%.60s", where, m.key);
            same(path, dlrn_json_get(got, m.key), m.value, rel);
        }
    } else if (dlrn_json_is_array(want)) {
        for (size_t i = 0; i < dlrn_json_size(want); i++) {
            snprintf(path, sizeof path, "%.500s[%zu]", where, i);
            same(path, dlrn_json_at(got, i), dlrn_json_at(want, i), rel);
        }
    } else if (dlrn_json_is_number(want)) {
        const double w = dlrn_json_as_number(want, 0), g = dlrn_json_as_number(got, (double)NAN);
        compared++;
        if (!(fabs(g - w) <= rel * fmax(fabs(w), 1e-3) + 1e-12))
            fail_msg("%s: got %.17g, R has %.17g", where, g, w);
    } else if (dlrn_json_is_string(want)) {
        compared++;
        assert_string_equal(dlrn_json_as_string(got, ""), dlrn_json_as_string(want, ""));
    } else if (!dlrn_json_is_null(got)) {
        fail_msg("%s: R has no value here", where);
    }
}

/* Five points of the 101 of the calibration curve. */
static void same_curve(const char *where, const dlrn_json *got, const dlrn_json *want)
{
    for (size_t i = 0; i < dlrn_json_size(want); i++)
        same(where, dlrn_json_at(got, 25 * i), dlrn_json_at(want, i), 1e-6);
}

static const dlrn_json *result_of(const dlrn_json *got, const dlrn_json *at)
{
    for (size_t i = 0; i < dlrn_json_size(at); i++) {
        const char *key = dlrn_json_as_string(dlrn_json_at(at, i), "");
        got = strcmp(key, "1") ? dlrn_json_get(got, key) : dlrn_json_at(got, 0);
    }
    return got;
}

static void every_number_is_that_of_r(void **state)
{
    (void)state;
    char file[600], where[900];
    assert_ok(dlrn_make_folder(getenv("DLRN_TEST_WORK"), NULL));
    snprintf(file, sizeof file, "%s/prediction.csv", getenv("DLRN_TEST_WORK"));
    for (size_t i = 0; i < dlrn_json_size(golden); i++) {
        const dlrn_json *one = dlrn_json_at(golden, i), *list = dlrn_json_get(one, "results");
        write_csv(file, dlrn_json_get(one, "data"));
        for (size_t k = 0; k < dlrn_json_size(list); k++) {
            const dlrn_json *r = dlrn_json_at(list, k), *want = dlrn_json_get(r, "want");
            const char *command = dlrn_json_get_string(r, "command", "");
            dlrn_json *got = run(command, file);
            snprintf(where, sizeof where, "%s: %s", dlrn_json_get_string(one, "kind", ""), command);
            const dlrn_json *found = result_of(got, dlrn_json_get(r, "at"));
            same(where, found, want, dlrn_json_get_number(r, "tolerance", 0));
            same_curve(where, dlrn_json_get(found, "curve"), dlrn_json_get(r, "curve"));
            dlrn_json_free(got);
        }
    }
    assert_true(compared > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_that_of_r),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
