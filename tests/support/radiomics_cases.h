/* SPDX-License-Identifier: Apache-2.0
 *
 * Golden cases of `tools/golden/pyradiomics.py golden`: cases.txt lists them; of each there are
 * image, mask, parameter file and a table with a row for each feature, a column for each image.
 */
#ifndef DLRN_TESTS_RADIOMICS_CASES_H
#define DLRN_TESTS_RADIOMICS_CASES_H

#include <dlrn/radiomics.h>
#include <dlrn/table.h>

#include <stdlib.h>
#include <string.h>

#include "support/near.h"

typedef struct rad_golden {
    char name[64], ending[8];
    dlrn_image image, mask;
    dlrn_radiomics *settings;
    dlrn_table *values;
    char *info; /* lines "diagnostics_NAME: TEXT", or NULL */
} rad_golden;

static inline char *rad_golden_path(const char *folder, const char *name, const char *rest)
{
    dlrn_str s = {0};
    dlrn_str_addf(&s, "%s/%s/%s%s", getenv("DLRN_TEST_GOLDEN"), folder, name, rest);
    return s.s;
}

/* `channel`: as dlrn_image_read_channel. */
static inline void rad_golden_image(dlrn_image *out, const rad_golden *g, const char *folder,
                                    const char *what, int64_t channel)
{
    char rest[32];
    snprintf(rest, sizeof rest, "_%s.%s", what, g->ending);
    char *path = rad_golden_path(folder, g->name, rest);
    assert_ok(dlrn_image_read_channel(out, path, channel, NULL));
    free(path);
}

static inline void rad_golden_read(rad_golden *g, const char *folder)
{
    size_t len;
    char *params = rad_golden_path(folder, g->name, ".json");
    char *values = rad_golden_path(folder, g->name, ".csv");
    char *info = rad_golden_path(folder, g->name, ".info");
    assert_ok(dlrn_radiomics_load(&g->settings, params, NULL));
    rad_golden_image(&g->image, g, folder, "image", 0);
    rad_golden_image(&g->mask, g, folder, "mask", dlrn_radiomics_label_channel(g->settings));
    assert_ok(dlrn_table_read(&g->values, values, NULL));
    g->info = NULL;
    if (dlrn_file_exists(info)) assert_ok(dlrn_read_file(&g->info, &len, info, NULL));
    free(params);
    free(values);
    free(info);
}

static inline void rad_golden_clear(rad_golden *g)
{
    dlrn_image_clear(&g->image);
    dlrn_image_clear(&g->mask);
    dlrn_radiomics_free(g->settings);
    dlrn_table_free(g->values);
    free(g->info);
}

/* Calls each(case, user) for every case of the folder; returns how many there were. */
static inline int rad_golden_each(const char *folder, void (*each)(const rad_golden *, void *),
                                  void *user)
{
    int n = 0;
    size_t len;
    char *path = rad_golden_path(folder, "cases", ".txt"), *text;
    assert_ok(dlrn_read_file(&text, &len, path, NULL));
    for (const char *at = text; *at; at = strchr(at, '\n') + 1, n++) {
        rad_golden g;
        assert_int_equal(sscanf(at, "%63s %7s", g.name, g.ending), 2);
        rad_golden_read(&g, folder);
        each(&g, user);
        rad_golden_clear(&g);
    }
    free(text);
    free(path);
    return n;
}

#endif
