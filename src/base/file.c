/* SPDX-License-Identifier: Apache-2.0
 *
 * Files: read whole, written whole or not at all; paths.
 */
#include <dlrn/base.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static dlrn_status io_error(dlrn_error *err, const char *path, const char *what)
{
    const int e = errno;
    return dlrn_fail(err, e == ENOENT ? DLRN_ENOTFOUND : DLRN_EIO, "%s: %s: %s", path, what,
                     strerror(e));
}

static dlrn_status read_stream(char **out, size_t *len, FILE *f, const char *path, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    char *buf = NULL;
    size_t n = 0, cap = 0;
    struct stat info;
    if (fstat(fileno(f), &info) == 0 && S_ISDIR(info.st_mode))
        return dlrn_fail(err, DLRN_EIO, "%s: is a folder, expected a file", path);
    if (S_ISREG(info.st_mode) && info.st_size > 0)
        DLRN_TRY(dlrn_grow(&buf, &cap, (size_t)info.st_size + 2, 1, err));
    for (;;) {
        DLRN_TRY(dlrn_grow(&buf, &cap, n + 2, 1, err));
        const size_t got = fread(buf + n, 1, cap - n - 1, f);
        n += got;
        if (got == 0) break;
    }
    if (ferror(f)) {
        st = io_error(err, path, "cannot read");
        goto done;
    }
    buf[n] = '\0';
    *out = buf;
    *len = n;
    buf = NULL;
done:
    free(buf);
    return st;
}

dlrn_status dlrn_read_file(char **out, size_t *len, const char *path, dlrn_error *err)
{
    *out = NULL;
    *len = 0;
    if (!*path) return dlrn_fail(err, DLRN_ENOTFOUND, "the name of a file to read is empty");
    FILE *f = fopen(path, "rb");
    if (!f && errno == ENOENT)
        return dlrn_fail(err, DLRN_ENOTFOUND, "%s: there is no such file%s", path,
                         strchr(path, '\\') ? " (folders are parted by / here, not by \\)" : "");
    if (!f) return io_error(err, path, "cannot open");
    const dlrn_status st = read_stream(out, len, f, path, err);
    fclose(f);
    return st;
}

/* A device, pipe or socket is written to as it is: a rename would put a file in its place. So are
 * the links in /dev to what is open already (/dev/stdout). */
static bool is_special(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0 || S_ISDIR(info.st_mode)) return false;
    return !S_ISREG(info.st_mode) ||
           (!strncmp(path, "/dev/", 5) && lstat(path, &info) == 0 && S_ISLNK(info.st_mode));
}

/* Why nothing can be created at `path`, in words that say what to do. */
static dlrn_status cannot_create(const char *path, dlrn_error *err)
{
    struct stat info;
    const int e = errno;
    char *folder = dlrn_path_folder(path);
    const bool lacks = e == ENOENT && folder && stat(folder, &info) != 0;
    const dlrn_status st =
        lacks ? dlrn_fail(err, DLRN_ENOTFOUND, "%s: there is no folder %s: make it first", path,
                          folder)
              : dlrn_fail(err, DLRN_EIO, "%s: cannot create: %s", path, strerror(e));
    free(folder);
    return st;
}

/* Opens a temporary file beside where o->path leads; fills o->temp and o->f. */
static bool open_beside(dlrn_out *o)
{
    dlrn_str temp = {0};
    struct stat info;
    if (lstat(o->path, &info) == 0 &&
        S_ISLNK(info.st_mode)) { // it stays, and leads to the new file
        char *real = realpath(o->path, NULL);
        if (!real) return false;
        free(o->path);
        o->path = real;
    }
    dlrn_str_addf(&temp, "%s.XXXXXX.part", o->path);
    if (temp.failed) {
        dlrn_str_clear(&temp);
        errno = ENOMEM;
        return false;
    }
    const int fd = mkostemps(temp.s, 5, O_CLOEXEC);
    if (fd < 0) {
        dlrn_str_clear(&temp);
        return false;
    }
    o->temp = temp.s;
    const mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask); // a mere wish where the file system has no modes
    o->f = fdopen(fd, "wb");
    if (!o->f) close(fd);
    return o->f != NULL;
}

dlrn_status dlrn_out_open(dlrn_out *o, const char *path, dlrn_error *err)
{
    struct stat info;
    *o = (dlrn_out){0};
    if (!*path) return dlrn_fail(err, DLRN_EINVAL, "the name of the output file is empty");
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return dlrn_fail(err, DLRN_EIO, "%s: is a folder, expected the name of a file to write",
                         path);
    o->path = dlrn_strdup(path);
    if (!o->path) return dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", path);
    // appended, so that /dev/stdout keeps what the shell's >> is to keep
    if (is_special(path) ? (o->f = fopen(path, "ab")) != NULL : open_beside(o)) return DLRN_OK;
    const dlrn_status st = cannot_create(path, err);
    dlrn_out_discard(o);
    return st;
}

dlrn_status dlrn_out_commit(dlrn_out *o, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    FILE *f = o->f;
    o->f = NULL;
    const bool bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
        st = io_error(err, o->path, "cannot write");
    else if (o->temp && rename(o->temp, o->path) != 0)
        st = io_error(err, o->path, "cannot write");
    else {
        free(o->temp);
        o->temp = NULL;
    }
    dlrn_out_discard(o);
    return st;
}

void dlrn_out_discard(dlrn_out *o)
{
    if (o->f) fclose(o->f);
    if (o->temp) unlink(o->temp);
    free(o->temp);
    free(o->path);
    *o = (dlrn_out){0};
}

dlrn_status dlrn_write_file(const char *path, const void *buf, size_t len, dlrn_error *err)
{
    dlrn_status st;
    dlrn_out o = {0};
    DLRN_TRY(dlrn_out_open(&o, path, err));
    if (len && fwrite(buf, 1, len, o.f) != len) {
        st = io_error(err, path, "cannot write");
        goto done;
    }
    DLRN_TRY(dlrn_out_commit(&o, err));
done:
    dlrn_out_discard(&o);
    return st;
}

static dlrn_status make_one(const char *path, dlrn_error *err)
{
    struct stat info;
    if (mkdir(path, 0777) == 0) return DLRN_OK;
    if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return DLRN_OK;
    return io_error(err, path, "cannot create the folder");
}

dlrn_status dlrn_make_folder(const char *path, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    char *p = dlrn_strdup(path);
    if (!p) return dlrn_fail(err, DLRN_ENOMEM, "%s: out of memory", path);
    for (char *at = p + 1; *p && *at; at++) {
        if (*at != '/') continue;
        *at = '\0';
        DLRN_TRY(make_one(p, err));
        *at = '/';
    }
    DLRN_TRY(make_one(p, err));
done:
    free(p);
    return st;
}

bool dlrn_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

char *dlrn_path_join(const char *dir, const char *name)
{
    if (name[0] == '/' || !dir || !*dir || !strcmp(dir, ".")) return dlrn_strdup(name);
    dlrn_str b = {0};
    dlrn_str_add(&b, dir);
    if (dir[strlen(dir) - 1] != '/') dlrn_str_add(&b, "/");
    dlrn_str_add(&b, name);
    if (!b.failed) return b.s;
    dlrn_str_clear(&b);
    return NULL;
}

char *dlrn_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return dlrn_strdup(".");
    return slash == path ? dlrn_strdup("/") : dlrn_strndup(path, (size_t)(slash - path));
}

bool dlrn_path_has_ext(const char *path, const char *ext)
{
    const size_t n = strlen(path), m = strlen(ext);
    return n >= m && !strcasecmp(path + n - m, ext);
}
