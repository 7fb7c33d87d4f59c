/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/base.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs the test in a folder of its own. */
static int enter(void **state)
{
    char folder[] = "test_file_XXXXXX";
    if (!mkdtemp(folder)) return -1;
    *state = dlrn_strdup(folder);
    return *state ? chdir(folder) : -1;
}

static int leave(void **state)
{
    const char *folder = *state;
    const int bad = chdir("..") || rmdir(folder);
    free(*state);
    return bad;
}

static void expect_text(const char *path, const char *want)
{
    char *text;
    size_t len;
    assert_int_equal(dlrn_read_file(&text, &len, path, NULL), DLRN_OK);
    assert_string_equal(text, want);
    free(text);
}

static void a_device_stays_a_device(void **state)
{
    (void)state;
    struct stat info;
    dlrn_error err;
    assert_int_equal(dlrn_write_file("/dev/null", "a", 1, NULL), DLRN_OK);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_int_equal(dlrn_write_file("/dev/full", "a", 1, &err), DLRN_EIO);
    assert_string_equal(err.msg, "/dev/full: cannot write: No space left on device");
    assert_int_equal(stat("/dev/full", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

static void a_link_leads_to_the_new_file(void **state)
{
    (void)state;
    struct stat info;
    assert_int_equal(dlrn_write_file("target", "old", 3, NULL), DLRN_OK);
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(dlrn_write_file("link", "new", 3, NULL), DLRN_OK);
    assert_int_equal(lstat("link", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    expect_text("target", "new");
    assert_int_equal(unlink("link"), 0);
    assert_int_equal(unlink("target"), 0);
}

static void what_cannot_be_written_says_why(void **state)
{
    (void)state;
    dlrn_error err;
    assert_int_equal(dlrn_write_file("no/where", "a", 1, &err), DLRN_ENOTFOUND);
    assert_string_equal(err.msg, "no/where: there is no folder no: make it first");
    assert_int_equal(dlrn_write_file("/", "a", 1, &err), DLRN_EIO);
    assert_string_equal(err.msg, "/: is a folder, expected the name of a file to write");
    assert_int_equal(dlrn_write_file("", "a", 1, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "the name of the output file is empty");
}

static void a_path_joins_without_a_needless_dot(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {".", "b", "b"}, {"", "b", "b"}, {"a", "/b", "/b"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *joined = dlrn_path_join(rows[i][0], rows[i][1]);
        assert_string_equal(joined, rows[i][2]);
        free(joined);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_device_stays_a_device, enter, leave),
        cmocka_unit_test_setup_teardown(a_link_leads_to_the_new_file, enter, leave),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_says_why, enter, leave),
        cmocka_unit_test(a_path_joins_without_a_needless_dot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
