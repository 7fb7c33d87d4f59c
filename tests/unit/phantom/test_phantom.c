/* SPDX-License-Identifier: Apache-2.0
 *
 * The synthetic study: complete, the same bytes again, and its masks fit its images.
 */
#include <dlrn/image.h>
#include <dlrn/phantom.h>
#include <dlrn/table.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/near.h"

static const char *work_path(const char *name)
{
    static char path[2][4096];
    static int turn;
    const char *dir = getenv("DLRN_TEST_WORK");
    dlrn_error err;
    if (!dir) dir = "/tmp";
    turn = !turn;
    assert_ok(dlrn_make_folder(dir, &err));
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static void assert_same_file(const char *folder_a, const char *folder_b, const char *name)
{
    char a[65], b[65];
    char *pa = dlrn_path_join(folder_a, name), *pb = dlrn_path_join(folder_b, name);
    dlrn_error err;
    assert_ok(dlrn_sha256_file(a, pa, &err));
    assert_ok(dlrn_sha256_file(b, pb, &err));
    assert_string_equal(a, b);
    free(pa);
    free(pb);
}

static void threads_do_not_change_a_byte(void **state)
{
    (void)state;
    dlrn_error err;
    const dlrn_phantom_opts o = {.patients = 8, .size_px = 192, .seed = 5};
    const dlrn_exec one = {.threads = 1}, three = {.threads = 3};
    const char *a = work_path("phantom_a"), *b = work_path("phantom_b");
    assert_ok(dlrn_phantom_generate(a, &o, &one, &err));
    assert_ok(dlrn_phantom_generate(b, &o, &three, &err));
    assert_ok(dlrn_phantom_generate(b, &o, &three, &err)); // replaces its own
    static const char *const names[] = {"cohort.csv",           "truth.csv",
                                        "study.yaml",           "phantom.json",
                                        "images/p00001.nii.gz", "images/p00008.nii.gz",
                                        "masks/p00004.nii.gz",  "masks/p00004_reader2.nii.gz"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        assert_same_file(a, b, names[k]);
}

static void masks_lie_on_their_images(void **state)
{
    (void)state;
    dlrn_error err;
    dlrn_image image, mask, second;
    dlrn_mask one, two;
    const dlrn_phantom_opts o = {.patients = 8, .size_px = 192, .seed = 6};
    const char *folder = work_path("phantom_c");
    assert_ok(dlrn_phantom_generate(folder, &o, NULL, &err));
    char *pi = dlrn_path_join(folder, "images/p00002.nii.gz");
    char *pm = dlrn_path_join(folder, "masks/p00002.nii.gz");
    char *p2 = dlrn_path_join(folder, "masks/p00002_reader2.nii.gz");
    assert_ok(dlrn_image_read(&image, pi, &err));
    assert_ok(dlrn_image_read(&mask, pm, &err));
    assert_ok(dlrn_image_read(&second, p2, &err));
    assert_ok(dlrn_geometry_check(&image, &mask, 0, &err));
    assert_ok(dlrn_mask_from_image(&one, &mask, 1, &err));
    assert_ok(dlrn_mask_from_image(&two, &second, 1, &err));
    size_t both = 0, either = 0;
    for (size_t i = 0; i < 192 * 192; i++) {
        both += one.v[i] && two.v[i];
        either += one.v[i] || two.v[i];
    }
    assert_true(both > 1000 && both < either);        // readers differ,
    assert_true((double)both > 0.8 * (double)either); // but not much
    free(pi);
    free(pm);
    free(p2);
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask);
    dlrn_image_clear(&second);
    dlrn_mask_clear(&one);
    dlrn_mask_clear(&two);
}

static void a_strangers_folder_is_left_alone(void **state)
{
    (void)state;
    dlrn_error err;
    const dlrn_phantom_opts o = {.patients = 8, .size_px = 192};
    const char *folder = work_path("phantom_foreign");
    assert_ok(dlrn_make_folder(folder, &err));
    char *file = dlrn_path_join(folder, "thesis.txt");
    assert_ok(dlrn_write_file(file, "x", 1, &err));
    assert_int_equal(dlrn_phantom_generate(folder, &o, NULL, &err), DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "was not made by dlrn phantom"));
    assert_true(dlrn_file_exists(file));
    free(file);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    dlrn_error err;
    const dlrn_phantom_opts few = {.patients = 3}, small = {.size_px = 10};
    assert_int_equal(dlrn_phantom_generate(work_path("phantom_x"), &few, NULL, &err), DLRN_EINVAL);
    assert_int_equal(dlrn_phantom_generate(work_path("phantom_x"), &small, NULL, &err),
                     DLRN_EINVAL);
    assert_false(dlrn_file_exists(work_path("phantom_x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(masks_lie_on_their_images),
        cmocka_unit_test(a_strangers_folder_is_left_alone),
        cmocka_unit_test(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
