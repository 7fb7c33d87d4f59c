/* SPDX-License-Identifier: Apache-2.0
 *
 * How the names of images and masks are written into a table: PyRadiomics' --format-path.
 */
#include "extract.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder that this process is in; NULL where it cannot be told. Freed with free(). */
static char *working_folder(void)
{
    char *path = NULL;
    for (size_t size = 256; size < (1u << 20); size *= 2) {
        free(path);
        path = dlrn_alloc_array(size, 1);
        if (!path || getcwd(path, size)) return path;
    }
    free(path);
    return NULL;
}

/* The path from the root on, without "." and "..": a link is not followed. */
static char *absolute(const char *path)
{
    char *here = working_folder();
    char *all = here ? dlrn_path_join(here, path) : NULL;
    size_t m = 0;
    free(here);
    if (!all) return NULL;
    for (const char *part = all; *part;) {
        part += strspn(part, "/");
        const size_t n = strcspn(part, "/");
        if (n == 2 && !memcmp(part, "..", 2)) {
            while (m && all[--m] != '/')
                ;
        } else if (n && !(n == 1 && *part == '.')) {
            all[m++] = '/';
            memmove(all + m, part, n);
            m += n;
        }
        part += n;
    }
    if (!m) all[m++] = '/';
    all[m] = '\0';
    return all;
}

/* The way from one absolute path to another. */
static char *way(const char *from, const char *to)
{
    dlrn_str out = {0};
    size_t same = 0, k = 0;
    for (; from[k] && from[k] == to[k]; k++)
        if (from[k] == '/') same = k;
    if ((!from[k] || from[k] == '/') && (!to[k] || to[k] == '/')) same = k;
    for (const char *up = from + same; (up = strchr(up, '/')) && up[1]; up++)
        dlrn_str_add(&out, "../");
    dlrn_str_add(&out, to + same + (to[same] == '/'));
    if (!to[same] && out.len) out.s[--out.len] = '\0';
    if (!out.len) dlrn_str_add(&out, ".");
    char *text = out.failed ? NULL : dlrn_strdup(dlrn_str_get(&out));
    dlrn_str_clear(&out);
    return text;
}

bool extract_knows_path_format(const char *format)
{
    return !format || !strcmp(format, "absolute") || !strcmp(format, "relative") ||
           !strcmp(format, "basename");
}

char *extract_path(const char *format, const char *folder, const char *path)
{
    if (!format || !*path) return dlrn_strdup(path);
    const char *slash = strrchr(path, '/');
    if (!strcmp(format, "basename")) return dlrn_strdup(slash ? slash + 1 : path);
    char *joined = dlrn_path_join(folder, path);
    char *to = joined ? absolute(joined) : NULL;
    free(joined);
    if (!to || !strcmp(format, "absolute")) return to;
    char *from = absolute(folder ? folder : ".");
    char *text = from ? way(from, to) : NULL;
    free(from);
    free(to);
    return text;
}
