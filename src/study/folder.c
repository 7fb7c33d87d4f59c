/* SPDX-License-Identifier: Apache-2.0
 *
 * The output folder.
 */
#include "study/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char MARKER[] = ".dlrn-output";
static const char CACHE[] = ".cache";

/* Whether a folder holds nothing, the marker aside; *exists: there is one. */
static dlrn_status is_empty(bool *empty, bool *exists, const char *path, dlrn_error *err)
{
    *empty = true;
    *exists = false;
    DIR *d = opendir(path);
    if (!d) {
        if (errno == ENOENT) return DLRN_OK;
        return dlrn_fail(err, DLRN_EIO, "%s: %s", path, strerror(errno));
    }
    *exists = true;
    for (const struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            strcmp(e->d_name, MARKER) != 0)
            *empty = false;
    closedir(d);
    return DLRN_OK;
}

dlrn_status folder_open(bool *made, const char *out, dlrn_error *err)
{
    dlrn_status st;
    bool empty, exists;
    *made = false;
    char *marker = dlrn_path_join(out, MARKER);
    if (!marker) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    st = DLRN_OK;
    if (dlrn_file_exists(marker)) goto done;
    DLRN_TRY(is_empty(&empty, &exists, out, err));
    if (!empty) {
        st = dlrn_fail(err, DLRN_EINVAL,
                       "%s: holds files and is not an output folder of this program; name an empty "
                       "or new folder with -o",
                       out);
        goto done;
    }
    DLRN_TRY(dlrn_make_folder(out, err));
    *made = !exists;
    DLRN_TRY(dlrn_write_file(marker, "dlrn output folder\n", 19, err));
done:
    free(marker);
    return st;
}

void folder_withdraw(const char *out, bool made)
{
    bool empty, exists;
    char *marker = dlrn_path_join(out, MARKER);
    if (marker && is_empty(&empty, &exists, out, NULL) == DLRN_OK && exists && empty) {
        (void)unlink(marker);
        if (made) (void)rmdir(out);
    }
    free(marker);
}

dlrn_status folder_path(char **path, const char *out, const char *sub, const char *name,
                        dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    char *folder = dlrn_path_join(out, sub);
    *path = folder ? dlrn_path_join(folder, name) : NULL;
    if (!*path)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    else
        st = dlrn_make_folder(folder, err);
    free(folder);
    return st;
}

/* out/.cache/<step>.key; NULL without memory. */
static char *key_path(const char *out, const char *step)
{
    dlrn_str b = {0};
    dlrn_str_addf(&b, "%s/%s/%s.key", out, CACHE, step);
    if (!b.failed) return b.s;
    dlrn_str_clear(&b);
    return NULL;
}

bool folder_has(const char *out, const char *step, const char key[65])
{
    char *path = key_path(out, step), *text = NULL;
    size_t len = 0;
    const bool has = path && dlrn_read_file(&text, &len, path, NULL) == DLRN_OK && len >= 64 &&
                     !memcmp(text, key, 64);
    free(text);
    free(path);
    return has;
}

dlrn_status folder_note(const char *out, const char *step, const char key[65], dlrn_error *err)
{
    dlrn_status st;
    char *folder = dlrn_path_join(out, CACHE), *path = key_path(out, step);
    if (!folder || !path) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    DLRN_TRY(dlrn_make_folder(folder, err));
    DLRN_TRY(dlrn_write_file(path, key, 64, err));
done:
    free(path);
    free(folder);
    return st;
}

void folder_forget(const char *out)
{
    char *folder = dlrn_path_join(out, CACHE);
    DIR *d = folder ? opendir(folder) : NULL;
    if (d) {
        for (const struct dirent *e; (e = readdir(d));)
            if (e->d_name[0] != '.') (void)unlinkat(dirfd(d), e->d_name, 0);
        closedir(d);
    }
    free(folder);
}

dlrn_status folder_write_json(const char *out, const char *name, const dlrn_json *j,
                              dlrn_error *err)
{
    char *text = NULL, *path = dlrn_path_join(out, name);
    dlrn_status st = path ? dlrn_json_text(&text, j, 2, err)
                          : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    if (st == DLRN_OK) st = dlrn_write_file(path, text, strlen(text), err);
    free(text);
    free(path);
    return st;
}

dlrn_status folder_read_json(dlrn_json **j, const char *out, const char *name, dlrn_error *err)
{
    char *text = NULL, *path = dlrn_path_join(out, name);
    size_t len = 0;
    *j = NULL;
    dlrn_status st = path ? dlrn_read_file(&text, &len, path, err)
                          : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    if (st == DLRN_OK) {
        st = dlrn_json_parse(j, text, len, err);
        if (st != DLRN_OK) dlrn_error_prefix(err, "%s: ", path);
    }
    free(text);
    free(path);
    return st;
}
