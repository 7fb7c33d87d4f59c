/* SPDX-License-Identifier: Apache-2.0
 *
 * standalone FOLDER: runs the target it is linked with on every file of FOLDER, in the order of
 * their names, without libFuzzer. A test case a file (TAP); the one that goes wrong ends the run.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdlib.h>

#include <dlrn/base.h>

static int no_hidden(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static bool replay(const char *folder, const char *name)
{
    char *path = dlrn_path_join(folder, name), *data = NULL;
    uint8_t *exact = NULL;
    size_t size = 0;
    bool good = path && dlrn_read_file(&data, &size, path, NULL) == DLRN_OK;
    // exactly as long as the file, so that a sanitizer sees the first byte too far
    good = good && (exact = malloc(size ? size : 1));
    for (size_t i = 0; good && i < size; i++)
        exact[i] = (uint8_t)data[i];
    if (good) (void)LLVMFuzzerTestOneInput(exact, size);
    free(path);
    free(data);
    free(exact);
    return good;
}

int main(int argc, char **argv)
{
    struct dirent **entry;
    const int n = argc == 2 ? scandir(argv[1], &entry, no_hidden, alphasort) : -1;
    bool all = n > 0;
    for (int i = 0; i < n; i++) {
        const bool good = replay(argv[1], entry[i]->d_name);
        printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1, entry[i]->d_name);
        fflush(stdout);
        all = all && good;
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    printf("1..%d\n", n > 0 ? n : 0);
    return all ? 0 : 1;
}
