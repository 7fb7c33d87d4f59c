/* SPDX-License-Identifier: Apache-2.0
 *
 * Goldens that are JSON.
 */
#ifndef DLRN_TESTS_JSON_GOLDEN_H
#define DLRN_TESTS_JSON_GOLDEN_H

#include <dlrn/json.h>

#include <stdlib.h>

/* DLRN_TEST_GOLDEN/file, freed by the caller; NULL where it cannot be read. */
static inline dlrn_json *json_golden_read(const char *file)
{
    dlrn_json *golden = NULL;
    char *text = NULL, *path = dlrn_path_join(getenv("DLRN_TEST_GOLDEN"), file);
    size_t len;
    if (dlrn_read_file(&text, &len, path, NULL) != DLRN_OK ||
        dlrn_json_parse(&golden, text, len, NULL) != DLRN_OK)
        golden = NULL;
    free(text);
    free(path);
    return golden;
}

#endif
