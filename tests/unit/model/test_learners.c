/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/learner.h>

#include <stdlib.h>
#include <string.h>

enum { ROWS = 240, COLS = 4, FRESH = 60 };

/* Two overlapping clouds: the first column moves with the label, the second not in a straight line,
 * the others are noise. */
static void draw(double *x, uint8_t *label, size_t rows, uint64_t stream)
{
    dlrn_rng r;
    dlrn_rng_seed(&r, 11, stream);
    for (size_t i = 0; i < rows; i++) {
        label[i] = dlrn_rng_uniform(&r) < 0.45;
        for (size_t j = 0; j < COLS; j++)
            x[i * COLS + j] = dlrn_rng_normal(&r);
        x[i * COLS] += 1.6 * label[i];
        if (label[i]) x[i * COLS + 1] *= 2;
    }
}

static double auc(const double *score, const uint8_t *label, size_t n)
{
    double won = 0, pairs = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            if (label[a] && !label[b]) {
                pairs++;
                won += score[a] > score[b] ? 1 : score[a] == score[b] ? 0.5 : 0;
            }
    return won / pairs;
}

typedef struct data {
    double x[ROWS * COLS], fresh[FRESH * COLS];
    uint8_t label[ROWS], fresh_label[FRESH];
} data;

static const data *training(void)
{
    static data d;
    static bool drawn;
    if (!drawn) {
        draw(d.x, d.label, ROWS, 1);
        draw(d.fresh, d.fresh_label, FRESH, 2);
        drawn = true;
    }
    return &d;
}

static void every_learner_learns_and_survives_saving(void **state)
{
    (void)state;
    const data *d = training();
    const dlrn_learner_data train = {d->x, ROWS, COLS, d->label, 7};
    for (size_t l = 0; l < dlrn_learner_count(); l++) {
        const dlrn_learner *kind = dlrn_learner_at(l);
        dlrn_params grid[DLRN_GRID_MAX];
        double score[FRESH], again[FRESH], loaded[FRESH];
        void *fitted, *twin, *back;
        char *bytes;
        size_t len;
        if (kind->available(NULL) != DLRN_OK) continue;
        assert_true(kind->grid(grid, DLRN_GRID_MAX, ROWS, COLS) >= 1);
        assert_ok(kind->fit(&fitted, &train, &grid[0], NULL));
        assert_ok(kind->predict(score, fitted, d->fresh, FRESH, COLS, NULL));
        if (!(auc(score, d->fresh_label, FRESH) > 0.7))
            fail_msg("%s: AUC %.3f on new rows", kind->name, auc(score, d->fresh_label, FRESH));
        for (size_t i = 0; i < FRESH && !kind->margin; i++)
            assert_true(score[i] >= 0 && score[i] <= 1);
        assert_ok(kind->fit(&twin, &train, &grid[0], NULL));
        assert_ok(kind->predict(again, twin, d->fresh, FRESH, COLS, NULL));
        assert_memory_equal(score, again, sizeof score);
        assert_ok(kind->save(&bytes, &len, fitted, NULL));
        assert_ok(kind->load(&back, bytes, len, NULL));
        assert_ok(kind->predict(loaded, back, d->fresh, FRESH, COLS, NULL));
        assert_memory_equal(score, loaded, sizeof score);
        kind->free(back);
        kind->free(twin);
        kind->free(fitted);
        free(bytes);
    }
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    const data *d = training();
    const dlrn_learner_data train = {d->x, ROWS, COLS, d->label, 7};
    for (size_t l = 0; l < dlrn_learner_count(); l++) {
        const dlrn_learner *kind = dlrn_learner_at(l);
        dlrn_params grid[DLRN_GRID_MAX];
        void *fitted, *back = NULL;
        char *bytes;
        size_t len;
        dlrn_error err;
        if (kind->available(NULL) != DLRN_OK) continue;
        kind->grid(grid, DLRN_GRID_MAX, ROWS, COLS);
        assert_ok(kind->fit(&fitted, &train, &grid[0], NULL));
        assert_ok(kind->save(&bytes, &len, fitted, NULL));
        if (kind->load(&back, bytes, 3, &err) == DLRN_OK) fail_msg("%s: 3 bytes", kind->name);
        memset(bytes, 0x5a, 16);
        if (kind->load(&back, bytes, len, &err) == DLRN_OK) fail_msg("%s: no magic", kind->name);
        kind->free(fitted);
        free(bytes);
    }
}

static void columns_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    const data *d = training();
    const dlrn_learner_data train = {d->x, ROWS, COLS, d->label, 7};
    for (size_t l = 0; l < dlrn_learner_count(); l++) {
        const dlrn_learner *kind = dlrn_learner_at(l);
        dlrn_params grid[DLRN_GRID_MAX];
        double score[FRESH];
        void *fitted;
        if (kind->available(NULL) != DLRN_OK) continue;
        kind->grid(grid, DLRN_GRID_MAX, ROWS, COLS);
        assert_ok(kind->fit(&fitted, &train, &grid[0], NULL));
        assert_int_not_equal(kind->predict(score, fitted, d->fresh, FRESH, COLS - 1, NULL),
                             DLRN_OK);
        kind->free(fitted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_learner_learns_and_survives_saving),
        cmocka_unit_test(damaged_bytes_are_refused),
        cmocka_unit_test(columns_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
