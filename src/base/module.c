/* SPDX-License-Identifier: Apache-2.0
 *
 * Private files and dlopen.
 */
#include "base/module.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* dir/sub/name where it is there, else NULL. */
static char *probe(const char *dir, const char *sub, const char *name)
{
    dlrn_str b = {0};
    dlrn_str_addf(&b, "%s/%s%s", dir, sub, name);
    if (!b.failed && dlrn_file_exists(b.s)) return b.s;
    dlrn_str_clear(&b);
    return NULL;
}

static char *probe_around(const char *dir, const char *name)
{
    // beside the program in a build folder; from bin or from the library's folder once installed
    static const char *const sub[] = {"",
                                      "../",
                                      "deps/",
                                      "../deps/",
                                      "dlrn/",
                                      "../" DLRN_LIBDIR "/dlrn/",
                                      "../libexec/dlrn/",
                                      "../../libexec/dlrn/"};
    char *found = NULL;
    for (size_t i = 0; i < sizeof sub / sizeof *sub && !found; i++)
        found = probe(dir, sub[i], name);
    return found;
}

/* The folder of the file that this code was loaded from: the program, or libdlrn.so. */
static char *own_folder(void)
{
    char path[4096];
    Dl_info info;
    if (dladdr((void *)(uintptr_t)&dlrn_private_file, &info) && info.dli_fname &&
        strchr(info.dli_fname, '/') && strstr(info.dli_fname, ".so"))
        return dlrn_path_folder(info.dli_fname);
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return NULL;
    path[n] = '\0';
    return dlrn_path_folder(path);
}

char *dlrn_private_file(const char *name)
{
    const char *given = getenv("DLRN_MODULE_DIR");
    char *found = given && *given ? probe_around(given, name) : NULL;
    if (found) return found;
    char *own = own_folder();
    if (own) found = probe_around(own, name);
    free(own);
    if (!found) found = probe(DLRN_PRIVATE_LIBDIR, "", name);
    if (!found) found = probe(DLRN_PRIVATE_LIBEXECDIR, "", name);
    return found;
}

typedef struct opened {
    char file[64];
    void *handle;
    struct opened *next;
} opened;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static opened *all;

static dlrn_status open_module(void **handle, const char *file, const char *wanted_for,
                               dlrn_error *err)
{
    char *path = dlrn_private_file(file);
    if (!path)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "%s is not part of this installation (%s is missing); build with it, or "
                         "set DLRN_MODULE_DIR to its folder",
                         wanted_for, file);
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    free(path);
    if (*handle) return DLRN_OK;
    const char *why = dlerror();
    return dlrn_fail(err, DLRN_EUNSUPPORTED, "%s cannot be used: %s", wanted_for,
                     why ? why : "it does not load");
}

dlrn_status dlrn_module_symbol(void **out, const char *file, const char *symbol,
                               const char *wanted_for, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    opened *o;
    *out = NULL;
    pthread_mutex_lock(&lock);
    for (o = all; o && strcmp(o->file, file) != 0; o = o->next)
        ;
    if (!o) {
        void *handle;
        DLRN_TRY(open_module(&handle, file, wanted_for, err));
        DLRN_TRY(dlrn_alloc_or_fail(&o, 1, err));
        snprintf(o->file, sizeof o->file, "%s", file);
        o->handle = handle;
        o->next = all;
        all = o;
    }
    *out = dlsym(o->handle, symbol);
    if (!*out)
        st = dlrn_fail(err, DLRN_EUNSUPPORTED, "%s cannot be used: %s lacks %s", wanted_for, file,
                       symbol);
done:
    pthread_mutex_unlock(&lock);
    return st;
}
