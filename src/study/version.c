/* SPDX-License-Identifier: Apache-2.0
 *
 * What this build is made of.
 */
#include <dlrn/version.h>

#include <dlrn/deep.h>

#include "base/library.h"
#include "base/module.h"

#include <stdlib.h>
#include <string.h>

static void add_lightgbm(dlrn_json *libraries)
{
    char *path = dlrn_private_file("lib_lightgbm.so");
    dlrn_json_set_string(libraries, "LightGBM", path ? "4.7.0" : NULL);
    if (!path)
        dlrn_json_set_string(libraries, "LightGBM_reason", "lib_lightgbm.so is not installed");
    free(path);
}

static void add_onednn(dlrn_json *libraries)
{
    char version[32];
    dlrn_error err;
    const bool there = dlrn_deep_library(version, &err) == DLRN_OK;
    dlrn_json_set_string(libraries, "oneDNN", there ? version : NULL);
    if (!there) dlrn_json_set_string(libraries, "oneDNN_reason", err.msg);
}

/* XGBoost's module is ours and tells no version; that it opens is what counts. */
static void add_xgboost(dlrn_json *libraries)
{
    void *address;
    dlrn_error err;
    const bool there = dlrn_module_symbol(&address, "dlrn-xgboost.so", "XGBoostVersion", "XGBoost",
                                          &err) == DLRN_OK;
    int version[3] = {0, 0, 0};
    char text[48];
    if (there) {
        void (*ask)(int *, int *, int *);
        memcpy(&ask, &address, sizeof ask);
        ask(&version[0], &version[1], &version[2]);
    }
    snprintf(text, sizeof text, "%d.%d.%d", version[0], version[1], version[2]);
    dlrn_json_set_string(libraries, "XGBoost", there ? text : NULL);
    if (!there) dlrn_json_set_string(libraries, "XGBoost_reason", err.msg);
}

static void add_linked(dlrn_json *libraries)
{
    static const struct {
        const char *name;
        const char *(*version)(void);
    } linked[] = {
        {"Boost", dlrn_library_boost},       {"cairo", dlrn_library_cairo},
        {"jansson", dlrn_library_jansson},   {"libpng", dlrn_library_libpng},
        {"libsvm", dlrn_library_libsvm},     {"libtiff", dlrn_library_libtiff},
        {"libyaml", dlrn_library_libyaml},   {"libzip", dlrn_library_libzip},
        {"OpenBLAS", dlrn_library_openblas}, {"pango", dlrn_library_pango},
    };
    for (size_t k = 0; k < sizeof linked / sizeof *linked; k++) {
        const char *text = linked[k].version(); // NULL: its module is missing
        // libtiff's has its copyright below
        char *line = text ? dlrn_strndup(text, strcspn(text, "\n")) : NULL;
        dlrn_json_set_string(libraries, linked[k].name, line);
        free(line);
    }
}

static dlrn_json *cpu_features(void)
{
    dlrn_json *a = dlrn_json_array();
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) dlrn_json_append_take(a, dlrn_json_string("sse4.2"));
    if (__builtin_cpu_supports("avx2")) dlrn_json_append_take(a, dlrn_json_string("avx2"));
    if (__builtin_cpu_supports("fma")) dlrn_json_append_take(a, dlrn_json_string("fma"));
    if (__builtin_cpu_supports("avx512f")) dlrn_json_append_take(a, dlrn_json_string("avx512f"));
#endif
    return a;
}

dlrn_json *dlrn_version_json(void)
{
    dlrn_json *v = dlrn_json_object(), *libraries = dlrn_json_object();
    dlrn_json_set_string(v, "program", dlrn_version());
    add_lightgbm(libraries);
    add_onednn(libraries);
    add_xgboost(libraries);
    add_linked(libraries);
    dlrn_json_set_take(v, "libraries", libraries);
    dlrn_json_set_take(v, "cpu", cpu_features());
    return v;
}
