/* SPDX-License-Identifier: Apache-2.0
 *
 * One reader of text files on arbitrary bytes: parameter files (PARAMS), study files and other YAML
 * (YAML), CSV tables (CSV), JSON (JSON); the build sets which. What was read is used and freed;
 * a refusal has a message.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <dlrn/json.h>
#include <dlrn/radiomics.h>
#include <dlrn/table.h>

#include "base/yaml.h"

#if defined PARAMS
/* What was read can be written as JSON, and that reads as the same settings. */
static dlrn_status read_text(const char *text, size_t size, dlrn_error *err)
{
    dlrn_radiomics *s = NULL, *again = NULL;
    dlrn_features names = {0};
    char *first = NULL, *second = NULL;
    dlrn_status st = dlrn_radiomics_parse(&s, text, size, "fuzz.yaml", err);
    if (st != DLRN_OK) return st;
    dlrn_json *a = dlrn_radiomics_to_json(s), *b = NULL;
    if (dlrn_json_text(&first, a, 0, NULL) != DLRN_OK) abort();
    if (dlrn_radiomics_from_json(&again, a, err) != DLRN_OK) abort();
    b = dlrn_radiomics_to_json(again);
    if (dlrn_json_text(&second, b, 0, NULL) != DLRN_OK || strcmp(first, second) != 0) abort();
    const int64_t dim[3] = {40, 30, 1};
    if (dlrn_radiomics_names(&names, s, 2, dim, NULL) == DLRN_OK) dlrn_features_clear(&names);
    free(first);
    free(second);
    dlrn_json_free(a);
    dlrn_json_free(b);
    dlrn_radiomics_free(s);
    dlrn_radiomics_free(again);
    return DLRN_OK;
}
#elif defined YAML
static dlrn_status read_text(const char *text, size_t size, dlrn_error *err)
{
    dlrn_yaml_doc *doc = NULL;
    const dlrn_status st = dlrn_yaml_parse(&doc, text, size, "fuzz.yaml", err);
    if (st == DLRN_OK && !dlrn_yaml_root(doc)) abort();
    dlrn_yaml_free(doc);
    return st;
}
#elif defined CSV
static dlrn_status read_text(const char *text, size_t size, dlrn_error *err)
{
    dlrn_table *t = NULL;
    size_t length = 0;
    const dlrn_status st = dlrn_table_parse(&t, text, size, "fuzz.csv", err);
    if (st != DLRN_OK) return st;
    for (size_t j = 0; j < dlrn_table_cols(t); j++) {
        const double *v;
        if (dlrn_table_find(t, dlrn_table_column(t, j)) != j) abort();
        for (size_t i = 0; i < dlrn_table_rows(t); i++)
            length += strlen(dlrn_table_text(t, j, i)) + dlrn_table_line(t, i);
        if (dlrn_table_is_numeric(t, j) && dlrn_table_numbers(&v, t, j, NULL) != DLRN_OK) abort();
    }
    if (length > 100 * size + 100 * size * size) abort();
    dlrn_table_free(t);
    return st;
}
#else
static dlrn_status read_text(const char *text, size_t size, dlrn_error *err)
{
    dlrn_json *o = NULL;
    char *first = NULL;
    const dlrn_status st = dlrn_json_parse(&o, text, size, err);
    if (st == DLRN_OK && dlrn_json_text(&first, o, 2, NULL) != DLRN_OK) abort();
    free(first);
    dlrn_json_free(o);
    return st;
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dlrn_error err = {0};
    const dlrn_status st = read_text((const char *)data, size, &err);
    if (st != DLRN_OK && (err.code != st || !err.msg[0])) abort();
    return 0;
}
