/* SPDX-License-Identifier: Apache-2.0
 *
 * Words and numbers of a header, and pixels raw, deflated or written out.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "image/count.h"
#include "image/text_header.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

dlrn_text dlrn_text_trim(dlrn_text t)
{
    while (t.at < t.end && is_blank(*t.at))
        t.at++;
    while (t.end > t.at && is_blank(t.end[-1]))
        t.end--;
    return t;
}

bool dlrn_text_is(dlrn_text t, const char *word)
{
    const size_t n = strlen(word);
    return (size_t)(t.end - t.at) == n && !strncasecmp(t.at, word, n);
}

bool dlrn_text_line(dlrn_text *line, dlrn_text *rest)
{
    const char *end = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    if (!end) return false;
    *line = dlrn_text_trim((dlrn_text){rest->at, end});
    rest->at = end + 1;
    return true;
}

int dlrn_text_numbers(double *out, int most, dlrn_text t)
{
    int n = 0;
    while (t.at < t.end) {
        const char *stop = t.at;
        while (stop < t.end && !strchr(" \t\r\n,()", *stop))
            stop++;
        if (stop > t.at) {
            if (n == most || !dlrn_parse_double(&out[n], t.at, (size_t)(stop - t.at))) return -1;
            n++;
        }
        t.at = stop < t.end ? stop + 1 : stop;
    }
    return n;
}

dlrn_status dlrn_stored_several(const dlrn_stored *s, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "a %s file of several values a pixel (colour or vectors); dlrn needs plain "
                     "grey",
                     s->format);
}

dlrn_status dlrn_stored_channel(dlrn_stored *s, double n, int64_t channel, dlrn_error *err)
{
    if (channel == DLRN_PLAIN) return dlrn_stored_several(s, err);
    if (!(n >= 1 && n < 1e6))
        return dlrn_fail(err, DLRN_EFORMAT, "a %s file of %g values a pixel: export it again",
                         s->format, n);
    s->n_channels = (size_t)n;
    s->channel = (size_t)channel;
    return dlrn_channel_check(channel, (int64_t)n, err);
}

static size_t pixels(const dlrn_image *im)
{
    return (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
}

static dlrn_status too_short(size_t n, const dlrn_stored *s, dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EFORMAT,
                     "the %s file is cut off: %zu pixels of %zu bytes are announced; copy or "
                     "export it again",
                     s->format, n, dlrn_pixel_size(s->type));
}

dlrn_status dlrn_stored_shape(dlrn_image *out, const dlrn_stored *s, int n_axes, const double *size,
                              dlrn_text data, dlrn_error *err)
{
    size_t n;
    int64_t dim[3] = {1, 1, 1};
    for (int k = 0; k < n_axes; k++)
        dim[k] = size[k] >= 1 && size[k] < 1e9 ? (int64_t)size[k] : 0;
    const dlrn_status st = dlrn_voxel_count(&n, dim, err);
    if (st != DLRN_OK) return st;
    // zlib packs at most 1032 bytes into one, text needs two for a pixel
    if ((double)n * (double)s->n_channels > 1100 * (double)(data.end - data.at))
        return too_short(n, s, err);
    dlrn_image_shape(out, n_axes, dim);
    out->stored = s->type;
    return DLRN_OK;
}

static dlrn_status take_raw(dlrn_image *out, const dlrn_stored *s, const unsigned char *buf,
                            size_t len, dlrn_error *err)
{
    const size_t n = pixels(out);
    const size_t bytes = dlrn_pixel_size(s->type), need = n * bytes * s->n_channels;
    const double skip = s->skip_bytes < 0 ? (double)len - (double)need : s->skip_bytes;
    if (!(skip >= 0) || skip > (double)len || len - (size_t)skip < need)
        return too_short(n, s, err);
    const unsigned char *at = buf + (size_t)skip + (s->planes ? s->channel * n * bytes : 0);
    unsigned char *own = NULL;
    dlrn_status st = DLRN_OK;
    const bool beside = s->n_channels > 1 && !s->planes;
    if (!beside && !s->big_endian) {
        out->raw = at;
        return DLRN_OK;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&out->v, n, err));
    if (beside) {
        DLRN_TRY(dlrn_alloc_or_fail(&own, n * bytes, err));
        dlrn_channel_pack(own, at, n, s->n_channels, s->channel, bytes);
    }
    dlrn_pixels_to_double(out->v, beside ? own : at, n, s->type, s->big_endian);
done:
    free(own);
    return st;
}

static dlrn_status take_text(dlrn_image *out, const dlrn_stored *s, dlrn_text t, dlrn_error *err)
{
    const size_t n = pixels(out);
    size_t i = 0;
    const dlrn_status st = dlrn_alloc_or_fail(&out->v, n, err);
    if (st != DLRN_OK) return st;
    while (i < n * s->n_channels && t.at < t.end) {
        const char *stop = t.at;
        double x;
        while (stop < t.end && !strchr(" \t\r\n,", *stop))
            stop++;
        if (stop > t.at) {
            if (!dlrn_parse_double(&x, t.at, (size_t)(stop - t.at)))
                return dlrn_fail(err, DLRN_EFORMAT, "the %s file's pixel %zu is no number",
                                 s->format, i + 1);
            const size_t channel = s->planes ? i / n : i % s->n_channels;
            if (channel == s->channel) out->v[s->planes ? i % n : i / s->n_channels] = x;
            i++;
        }
        t.at = stop < t.end ? stop + 1 : stop;
    }
    return i == n * s->n_channels ? DLRN_OK : too_short(n, s, err);
}

static dlrn_status take_deflated(dlrn_image *out, const dlrn_stored *s, const unsigned char *buf,
                                 size_t len, dlrn_error *err)
{
    unsigned char *plain;
    size_t n_plain;
    const size_t need = pixels(out) * dlrn_pixel_size(s->type) * s->n_channels;
    const size_t extra = s->skip_bytes > 0 && s->skip_bytes < 1e9 ? (size_t)s->skip_bytes : 0;
    dlrn_status st = dlrn_gunzip(&plain, &n_plain, buf, len, need + extra + 65536, err);
    if (st != DLRN_OK) return st;
    st = take_raw(out, s, plain, n_plain, err);
    if (out->raw)
        out->raw_owner = plain;
    else
        free(plain);
    return st;
}

dlrn_status dlrn_stored_take(dlrn_image *out, const dlrn_stored *s, dlrn_text data, dlrn_error *err)
{
    const unsigned char *buf = (const unsigned char *)data.at;
    const size_t len = (size_t)(data.end - data.at);
    if (s->packing == DLRN_TEXT) return take_text(out, s, data, err);
    return s->packing == DLRN_RAW ? take_raw(out, s, buf, len, err)
                                  : take_deflated(out, s, buf, len, err);
}
