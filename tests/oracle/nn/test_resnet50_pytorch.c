/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/deep.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As crop() of tools/golden/resnet50.py. */
static float *make_crop(int size)
{
    float *v = malloc((size_t)size * (size_t)size * sizeof *v);
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            v[y * size + x] =
                (float)((x * x / 8 + y * y / 16 + x * y / 32) % 512 + (7 * x + 13 * y) % 64 * 8) /
                1024;
    return v;
}

static FILE *open_golden(const char *name)
{
    char path[600], line[100];
    snprintf(path, sizeof path, "%s/pytorch_resnet50/%s", getenv("DLRN_TEST_GOLDEN"), name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f)); // the header
    return f;
}

static dlrn_network *net;

static int open_network(void **state)
{
    (void)state;
    dlrn_weights *w;
    if (dlrn_weights_init(&w, 1, NULL) != DLRN_OK) return -1;
    const dlrn_status st = dlrn_network_open(&net, w, NULL, NULL);
    dlrn_weights_free(w);
    return st == DLRN_OK ? 0 : -1;
}

static int close_network(void **state)
{
    (void)state;
    dlrn_network_free(net);
    return 0;
}

static void made_up_weights_are_those_of_the_goldens(void **state)
{
    (void)state;
    dlrn_weights *w;
    assert_ok(dlrn_weights_init(&w, 1, NULL));
    assert_string_equal(dlrn_weights_sha256(w),
                        "55d62b6f920a37df7fd683b3c1af05e188d875fdcd6614a6bc8d596da60a6c2a");
    dlrn_weights_free(w);
}

/* One case of features.csv: its rows, read until the next case begins. */
typedef struct golden {
    char how[16];
    int size, index[DLRN_DEEP_FEATURES], n;
    double value[DLRN_DEEP_FEATURES];
} golden;

static bool read_case(golden *g, FILE *f)
{
    char how[16];
    int size, index;
    double value;
    g->n = 0;
    for (;;) {
        const long at = ftell(f);
        if (fscanf(f, "%15[^,],%d,%d,%lf ", how, &size, &index, &value) != 4) break;
        if (g->n && (size != g->size || strcmp(how, g->how) != 0)) {
            assert_int_equal(fseek(f, at, SEEK_SET), 0);
            break;
        }
        memcpy(g->how, how, sizeof how);
        g->size = size;
        g->index[g->n] = index;
        g->value[g->n++] = value;
    }
    return g->n > 0;
}

static void features_are_those_of_pytorch(void **state)
{
    (void)state;
    static golden g;
    float out[DLRN_DEEP_FEATURES];
    FILE *f = open_golden("features.csv");
    int cases = 0;
    for (; read_case(&g, f); cases++) {
        dlrn_normalise how;
        double top = 0;
        float *crop = make_crop(g.size);
        assert_ok(dlrn_normalise_parse(&how, g.how, NULL));
        assert_ok(dlrn_network_features(out, net, crop, 1, g.size, how, NULL, NULL));
        for (int i = 0; i < g.n; i++)
            top = fmax(top, fabs(g.value[i]));
        for (int i = 0; i < g.n; i++)
            assert_near((double)out[g.index[i]], g.value[i], 0, 1e-4 * top);
        free(crop);
    }
    assert_int_equal(cases, 6);
    fclose(f);
}

static void gradcam_is_that_of_autograd(void **state)
{
    (void)state;
    enum { SIZE = 224 };
    static float out[SIZE * SIZE];
    double weight[DLRN_DEEP_FEATURES], value, top = 0;
    float *crop = make_crop(SIZE), *map;
    int y, x, n = 0;
    for (int k = 0; k < DLRN_DEEP_FEATURES; k++)
        weight[k] = (k * 37 % 101 - 50) / 64.0;
    assert_ok(dlrn_network_map(&map, net, crop, SIZE, DLRN_NORMALISE_IMAGENET, NULL));
    assert_ok(dlrn_gradcam(out, map, 7, weight, SIZE, NULL));
    for (int i = 0; i < SIZE * SIZE; i++)
        top = fmax(top, (double)out[i]);
    FILE *f = open_golden("gradcam.csv");
    for (; fscanf(f, "%d,%d,%lf ", &y, &x, &value) == 3; n++)
        assert_near((double)out[y * SIZE + x], value, 0, 1e-4 * top);
    assert_int_equal(n, 625);
    fclose(f);
    free(map);
    free(crop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_up_weights_are_those_of_the_goldens),
        cmocka_unit_test(features_are_those_of_pytorch),
        cmocka_unit_test(gradcam_is_that_of_autograd),
    };
    return cmocka_run_group_tests(tests, open_network, close_network);
}
