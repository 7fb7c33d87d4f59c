/* SPDX-License-Identifier: Apache-2.0
 *
 * DICOM by way of the helper program dlrn-dicom: whatever its decoder does to itself, here it is
 * an error message. No text of the file ever reaches a message.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/module.h"
#include "image/count.h"
#include "image/dicom_pipe.h"
#include "image/format.h"

static dlrn_status start(pid_t *pid, int child_end, dlrn_error *err)
{
    posix_spawn_file_actions_t actions;
    char *path = dlrn_private_file("dlrn-dicom");
    char *argv[] = {path, NULL}, *env[] = {NULL};
    if (!path)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "DICOM needs the helper program dlrn-dicom, which is not part of this "
                         "installation");
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc == 0) {
        rc = posix_spawn_file_actions_adddup2(&actions, child_end, 0);
        if (!rc) rc = posix_spawn_file_actions_adddup2(&actions, child_end, 1);
        if (!rc) rc = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
        if (!rc) rc = posix_spawn(pid, path, &actions, NULL, argv, env);
        posix_spawn_file_actions_destroy(&actions);
    }
    free(path);
    if (rc) return dlrn_fail(err, DLRN_EINTERNAL, "cannot start dlrn-dicom: %s", strerror(rc));
    return DLRN_OK;
}

/* Sends the file and collects the answer; ends when the helper closes its side. */
static dlrn_status talk(int fd, unsigned char **answer, size_t *n, const unsigned char *buf,
                        size_t len, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    size_t sent = 0, cap = 0;
    bool sending = true;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (sending ? POLLOUT : 0))};
        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return dlrn_fail(err, DLRN_EINTERNAL, "cannot wait for dlrn-dicom");
        if (p.revents & (POLLIN | POLLHUP | POLLERR)) {
            DLRN_TRY(dlrn_grow(answer, &cap, *n + 65536, 1, err));
            const ssize_t got = recv(fd, *answer + *n, cap - *n, MSG_DONTWAIT);
            if (got == 0) return DLRN_OK;
            if (got < 0 && errno != EAGAIN && errno != EINTR) return DLRN_OK; // it is gone
            if (got > 0) *n += (size_t)got;
        }
        if (sending && (p.revents & POLLOUT)) {
            const ssize_t put = send(fd, buf + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (put > 0) sent += (size_t)put;
            if (sent == len || (put < 0 && errno != EAGAIN && errno != EINTR)) {
                shutdown(fd, SHUT_WR);
                sending = false;
            }
        }
    }
done:
    return st;
}

static dlrn_status decode(unsigned char **answer, size_t *n, const unsigned char *buf, size_t len,
                          dlrn_error *err)
{
    int end[2], how = 0;
    pid_t pid;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) != 0)
        return dlrn_fail(err, DLRN_EINTERNAL, "cannot reach dlrn-dicom: %s", strerror(errno));
    dlrn_status st = start(&pid, end[1], err);
    close(end[1]);
    if (st == DLRN_OK) {
        st = talk(end[0], answer, n, buf, len, err);
        close(end[0]);
        while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
            ;
    } else
        close(end[0]);
    if (st != DLRN_OK) return st;
    if (WIFSIGNALED(how))
        return dlrn_fail(err, DLRN_EFORMAT,
                         "its decoder died (%s): the DICOM file is damaged or of an unusual kind; "
                         "export it again, uncompressed if you can",
                         WTERMSIG(how) == SIGXCPU || WTERMSIG(how) == SIGKILL
                             ? "more than 60 s of work"
                             : strsignal(WTERMSIG(how)));
    return DLRN_OK;
}

static dlrn_status check_colour(const dlrn_dicom_head *h, int64_t channel, dlrn_error *err)
{
    if (channel == DLRN_PLAIN)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a colour (or palette) DICOM image; dlrn needs MONOCHROME1 or "
                         "MONOCHROME2: convert it to grey");
    if (h->frames != 1) return DLRN_OK;
    if (!h->bytes || h->samples != 3)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a DICOM image whose colours are not RGB or a palette: convert it to RGB, "
                         "or to grey");
    return dlrn_channel_check(channel, h->samples, err);
}

static dlrn_status check(const dlrn_dicom_head *h, int64_t channel, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (h->problem[0])
        return dlrn_fail(err, DLRN_EFORMAT, "the DICOM file cannot be read: %s", h->problem);
    if (h->colour) DLRN_TRY(check_colour(h, channel, err));
    if (h->frames != 1)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "a DICOM file of %" PRId64 " frames; save the one frame to read as a file "
                         "of its own",
                         h->frames);
    const bool bits = (h->bits_allocated == 1 || h->bits_allocated == 8 ||
                       h->bits_allocated == 16 || h->bits_allocated == 32) &&
                      h->bits_stored >= 1 && h->bits_stored <= h->bits_allocated &&
                      h->high_bit >= h->bits_stored - 1 && h->high_bit < h->bits_allocated;
    if (!bits)
        return dlrn_fail(
            err, DLRN_EUNSUPPORTED,
            "%d bits allocated, %d stored, high bit %d: dlrn reads grey DICOM of 1, 8, "
            "16 and 32 bits",
            h->bits_allocated, h->bits_stored, h->high_bit);
done:
    return st;
}

static void set_geometry(dlrn_image *im, const dlrn_dicom_head *h)
{
    im->spacing_known = h->has_spacing && h->spacing_mm[0] > 0 && h->spacing_mm[1] > 0;
    if (im->spacing_known) {
        im->spacing_mm[0] = h->spacing_mm[1];
        im->spacing_mm[1] = h->spacing_mm[0];
    }
    if (!h->has_place) return;
    const double *a = h->orientation, *b = a + 3;
    const double normal[] = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                             a[0] * b[1] - a[1] * b[0]};
    if (fabs(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2] - 1) > 1e-3)
        return;
    im->ndim = 3; // a slice with a place in space, as ITK reads it
    for (int k = 0; k < 3; k++) {
        im->origin_mm[k] = h->position_mm[k];
        im->dir[3 * k] = a[k];
        im->dir[3 * k + 1] = b[k];
        im->dir[3 * k + 2] = normal[k];
    }
}

/* Eight pixels a byte, the lowest bit first (DICOM PS3.5, 8.1.1). */
static void spread_bits(double *v, size_t n, const unsigned char *packed)
{
    for (size_t i = 0; i < n; i++)
        v[i] = packed[i / 8] >> i % 8 & 1;
}

/* Pixels of `n` as doubles, of those with several samples one of each. */
static dlrn_status unpack(double *v, size_t n, const unsigned char *bytes, const dlrn_dicom_head *h,
                          dlrn_pixel p, int64_t channel, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    unsigned char *one = NULL;
    if (h->bits_allocated == 1) {
        spread_bits(v, n, bytes);
    } else if (h->colour) {
        const size_t size = dlrn_pixel_size(p);
        DLRN_TRY(dlrn_alloc_or_fail(&one, n * size, err));
        dlrn_channel_pack(one, bytes, n, (size_t)h->samples, (size_t)channel, size);
        dlrn_pixels_to_double(v, one, n, p, false);
    } else {
        dlrn_pixels_to_double(v, bytes, n, p, false);
    }
done:
    free(one);
    return st;
}

/* Keeps the stored bits, extends the sign, applies the rescale. */
static void finish_pixels(double *v, size_t n, const dlrn_dicom_head *h)
{
    const int shift = h->high_bit + 1 - h->bits_stored;
    const double whole = ldexp(1, h->bits_stored);
    for (size_t i = 0; i < n; i++) {
        double x = v[i];
        if (h->bits_stored < h->bits_allocated) {
            const uint64_t mask = ((uint64_t)1 << h->bits_stored) - 1;
            x = (double)(((uint64_t)(int64_t)x >> shift) & mask);
            if (h->is_signed && x >= whole / 2) x -= whole;
        }
        v[i] = x * h->slope + h->intercept;
    }
}

/* Whether the numbers are the pixels as they stand: no rescale, and above the stored bits nothing
 * but the sign. */
static bool is_plain(const unsigned char *bytes, size_t n, const dlrn_dicom_head *h)
{
    const int spare = h->bits_allocated - h->bits_stored;
    bool plain = !h->colour && h->bits_allocated >= 8 && h->slope == 1 && h->intercept == 0;
    if (spare == 0 || !plain) return plain;
    if (h->bits_allocated != 16 || h->high_bit != h->bits_stored - 1) return false;
    for (size_t i = 0; i < n && plain; i++) {
        const unsigned x = bytes[2 * i] | (unsigned)bytes[2 * i + 1] << 8;
        const unsigned above = x >> (h->bits_stored - 1), all = (2u << spare) - 1;
        plain = h->is_signed ? above == 0 || above == all : above <= 1;
    }
    return plain;
}

dlrn_status dlrn_dicom_from_answer(dlrn_image *out, const unsigned char *answer, size_t len,
                                   int64_t channel, dlrn_error *err)
{
    dlrn_status st;
    dlrn_dicom_head h;
    size_t n;
    if (len >= sizeof h) memcpy(&h, answer, sizeof h);
    if (len < sizeof h || memcmp(h.magic, DLRN_DICOM_MAGIC, sizeof h.magic) != 0 ||
        h.bytes != len - sizeof h || !memchr(h.problem, 0, sizeof h.problem))
        return dlrn_fail(err, DLRN_EFORMAT,
                         "its decoder gave no whole answer: the DICOM file is damaged; export it "
                         "again");
    DLRN_TRY(check(&h, channel, err));
    const int64_t dim[3] = {h.width, h.height, 1};
    DLRN_TRY(dlrn_voxel_count(&n, dim, err));
    const bool s = h.is_signed;
    const bool packed = h.bits_allocated == 1;
    const dlrn_pixel p = h.bits_allocated <= 8    ? (s ? DLRN_PIXEL_I8 : DLRN_PIXEL_U8)
                         : h.bits_allocated == 16 ? (s ? DLRN_PIXEL_I16 : DLRN_PIXEL_U16)
                                                  : (s ? DLRN_PIXEL_I32 : DLRN_PIXEL_U32);
    const uint64_t samples = h.colour ? (uint64_t)h.samples : 1;
    if (packed ? h.colour || h.bytes < (n + 7) / 8 : h.bytes / dlrn_pixel_size(p) / samples < n) {
        st = dlrn_fail(err, DLRN_EFORMAT, "the DICOM file is cut off: pixels are missing");
        goto done;
    }
    dlrn_image_shape(out, 2, dim);
    if (is_plain(answer + sizeof h, n, &h)) {
        out->raw = answer + sizeof h;
    } else {
        DLRN_TRY(dlrn_alloc_or_fail(&out->v, n, err));
        DLRN_TRY(unpack(out->v, n, answer + sizeof h, &h, p, channel, err));
        finish_pixels(out->v, n, &h);
    }
    out->stored = h.slope == 1 && h.intercept == 0 ? p : DLRN_PIXEL_F64;
    out->inverted = h.inverted;
    set_geometry(out, &h);
done:
    return st;
}

dlrn_status dlrn_dicom_read_mem(dlrn_image *out, const unsigned char *buf, size_t len,
                                int64_t channel, dlrn_error *err)
{
    unsigned char *answer = NULL;
    size_t n = 0;
    dlrn_status st = decode(&answer, &n, buf, len, err);
    if (st == DLRN_OK) st = dlrn_dicom_from_answer(out, answer, n, channel, err);
    if (out->raw)
        out->raw_owner = answer;
    else
        free(answer);
    return st;
}
