/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/network_private.h"
#include "support/near.h"

#include <stdlib.h>
#include <string.h>

static dlrn_weights *weights;

static int make_weights(void **state)
{
    (void)state;
    return dlrn_weights_init(&weights, 1, NULL) == DLRN_OK ? 0 : -1;
}

static int free_weights(void **state)
{
    (void)state;
    dlrn_weights_free(weights);
    return 0;
}

static float *make_crops(size_t n, int size)
{
    dlrn_rng r;
    dlrn_rng_seed(&r, 5, 0);
    const size_t count = n * (size_t)size * (size_t)size;
    float *v = malloc(count * sizeof *v);
    for (size_t i = 0; i < count; i++)
        v[i] = (float)dlrn_rng_uniform(&r);
    return v;
}

static double largest(const float *v, size_t n)
{
    double m = 0;
    for (size_t i = 0; i < n; i++)
        m = fmax(m, fabs((double)v[i]));
    return m;
}

static void the_backend_agrees_with_plain_c_on_odd_sizes(void **state)
{
    (void)state;
    static const int sizes[] = {32, 45, 64};
    dlrn_network *fast, *slow;
    float a[DLRN_DEEP_FEATURES], b[DLRN_DEEP_FEATURES];
    assert_ok(dlrn_network_open(&fast, weights, NULL, NULL));
    assert_ok(dlrn_network_open(&slow, weights, NULL, NULL));
    nn_network_use_reference(slow);
    assert_string_equal(dlrn_network_backend(slow), "plain C");
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        float *crop = make_crops(1, sizes[s]);
        assert_ok(
            dlrn_network_features(a, fast, crop, 1, sizes[s], DLRN_NORMALISE_IMAGENET, NULL, NULL));
        assert_ok(
            dlrn_network_features(b, slow, crop, 1, sizes[s], DLRN_NORMALISE_IMAGENET, NULL, NULL));
        const double top = largest(b, DLRN_DEEP_FEATURES);
        assert_true(top > 0.1);
        for (size_t i = 0; i < DLRN_DEEP_FEATURES; i++)
            assert_near((double)a[i], (double)b[i], 0, 1e-5 * top);
        free(crop);
    }
    dlrn_network_free(fast);
    dlrn_network_free(slow);
}

static void threads_and_grouping_change_no_bit(void **state)
{
    (void)state;
    enum { N = 5, SIZE = 64 };
    dlrn_network *net;
    float *crops = make_crops(N, SIZE);
    static float one[N][DLRN_DEEP_FEATURES], two[N][DLRN_DEEP_FEATURES];
    static float single[DLRN_DEEP_FEATURES];
    assert_ok(dlrn_network_open(&net, weights, NULL, NULL));
    assert_ok(dlrn_network_features(one[0], net, crops, N, SIZE, DLRN_NORMALISE_MINUS1_1,
                                    &(dlrn_exec){NULL, 1}, NULL));
    assert_ok(dlrn_network_features(two[0], net, crops, N, SIZE, DLRN_NORMALISE_MINUS1_1,
                                    &(dlrn_exec){NULL, 3}, NULL));
    assert_memory_equal(one, two, sizeof one);
    assert_ok(dlrn_network_features(single, net, crops + (size_t)3 * SIZE * SIZE, 1, SIZE,
                                    DLRN_NORMALISE_MINUS1_1, NULL, NULL));
    assert_memory_equal(single, one[3], sizeof single);
    dlrn_network_free(net);
    free(crops);
}

static void the_means_of_the_map_are_the_features(void **state)
{
    (void)state;
    enum { SIZE = 96, SIDE = 3 };
    dlrn_network *net;
    float *crop = make_crops(1, SIZE), *map, features[DLRN_DEEP_FEATURES];
    assert_int_equal(dlrn_network_map_side(SIZE), SIDE);
    assert_int_equal(dlrn_network_map_side(224), 7);
    assert_ok(dlrn_network_open(&net, weights, NULL, NULL));
    assert_ok(dlrn_network_features(features, net, crop, 1, SIZE, DLRN_NORMALISE_NONE, NULL, NULL));
    assert_ok(dlrn_network_map(&map, net, crop, SIZE, DLRN_NORMALISE_NONE, NULL));
    for (size_t k = 0; k < DLRN_DEEP_FEATURES; k++) {
        double sum = 0;
        for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
            sum += (double)map[k * SIDE * SIDE + i];
        assert_near((double)features[k], sum / (SIDE * SIDE), 1e-6, 1e-9);
    }
    free(map);
    free(crop);
    dlrn_network_free(net);
}

static void impossible_crops_are_refused(void **state)
{
    (void)state;
    dlrn_network *net;
    dlrn_error err;
    float *crops = make_crops(2, 32), out[2 * DLRN_DEEP_FEATURES];
    assert_ok(dlrn_network_open(&net, weights, NULL, NULL));
    assert_int_equal(dlrn_network_features(out, net, crops, 1, 31, DLRN_NORMALISE_NONE, NULL, &err),
                     DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "crop size 31: expected 32 to 4096"));
    crops[32 * 32 + 7] = NAN;
    assert_int_equal(dlrn_network_features(out, net, crops, 2, 32, DLRN_NORMALISE_NONE, NULL, &err),
                     DLRN_EINVAL);
    assert_non_null(strstr(err.msg, "crop 2 "));
    dlrn_normalise how;
    assert_int_equal(dlrn_normalise_parse(&how, "imagnet", &err), DLRN_EINVAL);
    assert_ok(dlrn_normalise_parse(&how, "caffe", NULL));
    assert_int_equal(how, DLRN_NORMALISE_CAFFE);
    dlrn_network_free(net);
    free(crops);
}

static void gradcam_is_the_weighted_map_cut_at_zero(void **state)
{
    (void)state;
    static float map[DLRN_DEEP_FEATURES * 4];
    static double weight[DLRN_DEEP_FEATURES];
    float out[16];
    weight[3] = 2;
    weight[2047] = -1;
    const float third[4] = {1, 2, 3, 0}, last[4] = {0, 0, 2, 5};
    memcpy(map + (size_t)3 * 4, third, sizeof third);
    memcpy(map + (size_t)2047 * 4, last, sizeof last);
    assert_ok(dlrn_gradcam(out, map, 2, weight, 4, NULL));
    // the sum is 2 4 / 4 -5, cut to 2 4 / 4 0; the four pixels of a line lie at 0 (held), 0.25,
    // 0.75 and 1 (held) between the two of the map
    static const double want[16] = {2,   2.5,   3.5,   4, 2.5, 2.625, 2.875, 3,
                                    3.5, 2.875, 1.625, 1, 4,   3,     1,     0};
    for (size_t i = 0; i < 16; i++)
        assert_near((double)out[i], want[i], 1e-6, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_backend_agrees_with_plain_c_on_odd_sizes),
        cmocka_unit_test(threads_and_grouping_change_no_bit),
        cmocka_unit_test(the_means_of_the_map_are_the_features),
        cmocka_unit_test(impossible_crops_are_refused),
        cmocka_unit_test(gradcam_is_the_weighted_map_cut_at_zero),
    };
    return cmocka_run_group_tests(tests, make_weights, free_weights);
}
