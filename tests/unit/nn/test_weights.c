/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/weights.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A safetensors file of this header and these values. */
static dlrn_status load(dlrn_weights **out, const char *header, const void *values, size_t n,
                        dlrn_error *err)
{
    dlrn_str b = {0};
    const uint64_t len = strlen(header);
    dlrn_str_addn(&b, (const char *)&len, sizeof len);
    dlrn_str_add(&b, header);
    dlrn_str_addn(&b, values, n);
    const dlrn_status st = dlrn_weights_load_mem(out, b.s, b.len, "w.safetensors", err);
    dlrn_str_clear(&b);
    return st;
}

static void expect_refusal(const char *header, size_t n, const char *message)
{
    static const char zeros[64];
    dlrn_weights *w;
    dlrn_error err = {DLRN_OK, ""};
    assert_int_equal(load(&w, header, zeros, n, &err), DLRN_EFORMAT);
    assert_null(w);
    if (!strstr(err.msg, message)) fail_msg("'%s' lacks '%s'", err.msg, message);
    assert_ptr_equal(strstr(err.msg, "w.safetensors: "), err.msg);
}

static void every_float_type_becomes_float(void **state)
{
    (void)state;
    const struct {
        double wide;
        float single;
        uint16_t half[4], brain[2];
    } values = {0.1, 0.1F, {0x3c00, 0xc000, 0x0001, 0x7bff}, {0x3f80, 0xc040}};
    dlrn_weights *w;
    assert_ok(load(&w,
                   "{\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                   "\"s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                   "\"h\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[12,20]},"
                   "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[20,24]}}",
                   &values, sizeof values, NULL));
    assert_int_equal(dlrn_weights_count(w), 4);
    assert_near((double)dlrn_weights_find(w, "d")->v[0], (double)0.1F, 0, 0);
    assert_near((double)dlrn_weights_find(w, "s")->v[0], (double)0.1F, 0, 0);
    const dlrn_tensor *h = dlrn_weights_find(w, "h"), *b = dlrn_weights_find(w, "b");
    assert_int_equal(h->ndim, 2);
    assert_near((double)h->v[0], 1, 0, 0);
    assert_near((double)h->v[1], -2, 0, 0);
    assert_near((double)h->v[2], 0x1p-24, 0, 0); // the smallest subnormal
    assert_near((double)h->v[3], 65504, 0, 0);   // the largest half
    assert_near((double)b->v[0], 1, 0, 0);
    assert_near((double)b->v[1], -3, 0, 0);
    dlrn_weights_free(w);
}

static void integer_tensors_are_left_out_and_named(void **state)
{
    (void)state;
    const float values[3] = {1, 2, 3};
    dlrn_weights *w;
    assert_ok(load(&w,
                   "{\"bn1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],"
                   "\"data_offsets\":[0,8]},"
                   "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
                   values, sizeof values, NULL));
    assert_int_equal(dlrn_weights_count(w), 1);
    dlrn_json *j = dlrn_weights_json(w);
    assert_string_equal(dlrn_json_as_string(dlrn_json_at(dlrn_json_get(j, "ignored"), 0), ""),
                        "bn1.num_batches_tracked");
    dlrn_json_free(j);
    dlrn_weights_free(w);
}

static void damaged_headers_are_refused_by_name(void **state)
{
    (void)state;
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4,
                   "tensor 'a' ends at byte 8");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 12,
                   "4 bytes after the last tensor");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8,
                   "tensor 'a': its shape does not fit");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}}", 8,
                   "tensor 'a' has no valid shape");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}}", 8,
                   "tensor 'a' has no valid shape");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296],"
                   "\"data_offsets\":[0,8]}}",
                   8, "tensor 'a': its shape does not fit");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8,
                   "tensor 'a' has no valid data_offsets");
    expect_refusal("{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8,
                   "tensor 'a' has type 'F99'");
    expect_refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                   "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                   4, "tensor 'b' begins at byte 0 of the values, expected 4");
    expect_refusal("{\"a\":3}", 0, "tensor 'a': expected an object");
    expect_refusal("{\"a\":{},\"a\":{}}", 0, "header is damaged");
    expect_refusal("{\"a\":", 0, "header is damaged");
    expect_refusal("{\"\\u001b[2J\":3}", 0, "tensor '?[2J'");
}

static void a_json_bomb_is_refused(void **state)
{
    (void)state;
    dlrn_str b = {0};
    dlrn_str_add(&b, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        dlrn_str_add(&b, "[");
    expect_refusal(b.s, 0, "header is damaged");
    dlrn_str_clear(&b);
}

static void a_header_longer_than_the_file_is_refused(void **state)
{
    (void)state;
    dlrn_weights *w;
    dlrn_error err;
    const char cut[] = "\x40\0\0\0\0\0\0\0{\"a\":";
    assert_int_equal(dlrn_weights_load_mem(&w, cut, sizeof cut, "cut", &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "cut off"));
    const char huge[] = "\xff\xff\xff\xff\xff\xff\xff\xff{\"a\":";
    assert_int_equal(dlrn_weights_load_mem(&w, huge, sizeof huge, "huge", &err), DLRN_EFORMAT);
}

static void what_is_no_weight_file_is_refused(void **state)
{
    (void)state;
    dlrn_weights *w;
    dlrn_error err;
    assert_int_equal(dlrn_weights_load_mem(&w, "id,age\n1,70\n", 12, "t.csv", &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "t.csv: is no weight file that is known"));
    assert_int_equal(dlrn_weights_load_mem(&w, "", 0, "empty", &err), DLRN_EFORMAT);
    assert_int_equal(dlrn_weights_load(&w, "/nowhere/w.safetensors", &err), DLRN_ENOTFOUND);
    assert_null(w);
}

static void nan_is_refused_by_tensor(void **state)
{
    (void)state;
    const float values[2] = {0, NAN};
    dlrn_weights *w;
    dlrn_error err;
    assert_int_equal(
        load(&w, "{\"layer1.0.bn1.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
             values, sizeof values, &err),
        DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "'layer1.0.bn1.bias' holds NaN (element 1)"));
}

/* One tensor of this name after loading. */
static void expect_mapped(const char *name, const char *second, const char *want,
                          const char *mapping)
{
    const float values[2] = {0, 1};
    char header[400];
    dlrn_weights *w;
    snprintf(header, sizeof header,
             "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
             "\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
             name, second);
    assert_ok(load(&w, header, values, sizeof values, NULL));
    if (!dlrn_weights_find(w, want)) fail_msg("%s did not become %s", second, want);
    assert_non_null(strstr(dlrn_weights_mapping(w), mapping));
    dlrn_weights_free(w);
}

static void other_names_become_those_of_torchvision(void **state)
{
    (void)state;
    expect_mapped("backbone.4.0.conv1.weight", "backbone.1.running_mean", "bn1.running_mean",
                  "RadImageNet");
    expect_mapped("backbone.4.0.conv1.weight", "backbone.7.0.downsample.1.bias",
                  "layer4.0.downsample.1.bias", "RadImageNet");
    expect_mapped("4.0.conv1.weight", "0.weight", "conv1.weight", "numbered");
    expect_mapped("module.layer1.0.conv1.weight", "module.fc.bias", "fc.bias", "'module.'");
    expect_mapped("layer1.0.conv1.weight", "conv1.weight", "conv1.weight", "none needed");
    expect_mapped("layer1.0.conv1.weight", "projector.0.weight", "projector.0.weight",
                  "none needed");
}

static void two_tensors_with_one_name_after_mapping_are_refused(void **state)
{
    (void)state;
    const float values[2] = {0, 1};
    dlrn_weights *w;
    dlrn_error err;
    assert_int_equal(load(&w,
                          "{\"module.layer1.0.conv1.weight\":{\"dtype\":\"F32\",\"shape\":[1],"
                          "\"data_offsets\":[0,4]},\"layer1.0.conv1.weight\":{\"dtype\":\"F32\","
                          "\"shape\":[1],\"data_offsets\":[4,8]}}",
                          values, sizeof values, &err),
                     DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "is there twice"));
}

static void an_incomplete_network_is_named(void **state)
{
    (void)state;
    const float values[2] = {0, 1};
    dlrn_weights *w;
    dlrn_error err;
    assert_ok(load(&w,
                   "{\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                   values, sizeof values, NULL));
    assert_int_equal(dlrn_weights_verify(w, &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "'conv1.weight' has shape [2], expected [64, 3, 7, 7]"));
    dlrn_json *j = dlrn_weights_json(w);
    assert_int_equal(dlrn_json_size(dlrn_json_get(j, "missing")), 264);
    assert_int_equal(dlrn_json_size(dlrn_json_get(j, "wrong")), 1);
    assert_false(dlrn_json_get_bool(j, "complete", true));
    dlrn_json_free(j);
    dlrn_weights_free(w);
}

static void torch_path(char path[512], const char *name)
{
    snprintf(path, 512, "%s/torch/%s", getenv("DLRN_TEST_DATA"), name);
}

static void files_of_pytorch_are_read_without_running_them(void **state)
{
    (void)state;
    static const char *const names[] = {"zip.pth", "legacy.pth"};
    static const float want[6] = {0, 3, 1, 4, 2, 5}; // transposed: strides of a view
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        dlrn_weights *w;
        torch_path(path, names[i]);
        assert_ok(dlrn_weights_load(&w, path, NULL));
        assert_int_equal(dlrn_weights_count(w), 3);
        const dlrn_tensor *t = dlrn_weights_find(w, "layer1.0.conv1.weight");
        assert_int_equal(t->ndim, 2);
        assert_int_equal(t->dim[0], 3);
        assert_memory_equal(t->v, want, sizeof want);
        assert_near((double)dlrn_weights_find(w, "half")->v[1], -2, 0, 0);
        assert_near((double)dlrn_weights_find(w, "tail")->v[2], 7, 0, 0);
        assert_string_equal(dlrn_weights_mapping(w), "prefix 'module.' removed");
        dlrn_weights_free(w);
    }
}

static void a_pytorch_file_without_a_state_dict_says_what_to_do(void **state)
{
    (void)state;
    char path[512];
    dlrn_weights *w;
    dlrn_error err;
    torch_path(path, "n_list.pth");
    assert_int_equal(dlrn_weights_load(&w, path, &err), DLRN_EFORMAT);
    assert_non_null(strstr(err.msg, "n_list.pth: holds no state dict; save the network with"));
}

/* Every cut and every changed byte of a legacy file is read or refused, never more. */
static void damaged_pickles_do_no_harm(void **state)
{
    (void)state;
    char path[512], *buf;
    size_t len;
    dlrn_weights *w;
    torch_path(path, "legacy.pth");
    assert_ok(dlrn_read_file(&buf, &len, path, NULL));
    for (size_t n = 0; n < len; n++) {
        assert_int_equal(dlrn_weights_load_mem(&w, buf, n, "cut", NULL), DLRN_EFORMAT);
        assert_null(w);
    }
    for (size_t n = 0; n < len; n++) {
        static const char values[] = {0, '.', '(', 'u', 'R', 'h', (char)0xff};
        const char old = buf[n];
        for (size_t k = 0; k < sizeof values; k++) {
            buf[n] = values[k];
            if (dlrn_weights_load_mem(&w, buf, len, "changed", NULL) == DLRN_OK)
                dlrn_weights_free(w);
        }
        buf[n] = old;
    }
    free(buf);
}

static void made_up_weights_are_whole_labelled_and_survive_a_file(void **state)
{
    (void)state;
    dlrn_weights *w, *again;
    char path[512], sha[65];
    const char *folder = getenv("DLRN_TEST_WORK");
    assert_ok(dlrn_make_folder(folder, NULL));
    snprintf(path, sizeof path, "%s/nn_test_weights.safetensors", folder);
    assert_ok(dlrn_weights_init(&w, 1, NULL));
    assert_true(dlrn_weights_made_up(w));
    assert_ok(dlrn_weights_verify(w, NULL));
    assert_ok(dlrn_weights_write(w, path, NULL));
    assert_ok(dlrn_sha256_file(sha, path, NULL));
    assert_string_equal(sha, dlrn_weights_sha256(w));
    assert_ok(dlrn_weights_load(&again, path, NULL));
    unlink(path);
    assert_true(dlrn_weights_made_up(again));
    assert_string_equal(dlrn_weights_sha256(again), sha);
    assert_int_equal(dlrn_weights_count(w), dlrn_weights_count(again));
    for (size_t i = 0; i < dlrn_weights_count(w); i++) {
        const dlrn_tensor *a = dlrn_weights_at(w, i), *b = dlrn_weights_find(again, a->name);
        assert_memory_equal(a->v, b->v, a->count * sizeof *a->v);
    }
    dlrn_weights_free(w);
    dlrn_weights_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_float_type_becomes_float),
        cmocka_unit_test(integer_tensors_are_left_out_and_named),
        cmocka_unit_test(damaged_headers_are_refused_by_name),
        cmocka_unit_test(a_json_bomb_is_refused),
        cmocka_unit_test(a_header_longer_than_the_file_is_refused),
        cmocka_unit_test(what_is_no_weight_file_is_refused),
        cmocka_unit_test(nan_is_refused_by_tensor),
        cmocka_unit_test(other_names_become_those_of_torchvision),
        cmocka_unit_test(two_tensors_with_one_name_after_mapping_are_refused),
        cmocka_unit_test(an_incomplete_network_is_named),
        cmocka_unit_test(files_of_pytorch_are_read_without_running_them),
        cmocka_unit_test(a_pytorch_file_without_a_state_dict_says_what_to_do),
        cmocka_unit_test(damaged_pickles_do_no_harm),
        cmocka_unit_test(made_up_weights_are_whole_labelled_and_survive_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
