/* SPDX-License-Identifier: Apache-2.0
 *
 * The weights object: tensors by name, made-up weights, the check against ResNet-50.
 */
#include "nn/resnet50.h"
#include "nn/torch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

nn_shown nn_show(const char *name)
{
    nn_shown out;
    size_t n = 0;
    for (; name[n] && n < 80; n++) {
        const unsigned char c = (unsigned char)name[n];
        out.s[n] = (char)(c < 0x20 || c >= 0x7f ? '?' : c);
    }
    snprintf(out.s + n, sizeof out.s - n, "%s", name[n] ? "..." : "");
    return out;
}

bool nn_product(size_t *out, int ndim, const int64_t *dim, size_t limit)
{
    size_t n = 1;
    for (int i = 0; i < ndim; i++) {
        if (dim[i] < 0) return false;
        if (dim[i] > 0 && n > limit / (size_t)dim[i]) return false;
        n *= (size_t)dim[i];
    }
    *out = n;
    return n <= limit;
}

size_t nn_dtype_size(nn_dtype t)
{
    static const size_t size[] = {[NN_F32] = 4, [NN_F16] = 2, [NN_BF16] = 2, [NN_F64] = 8};
    return t == NN_OTHER ? 0 : size[t];
}

static float from_half(uint16_t h)
{
    const int exponent = h >> 10 & 31, fraction = h & 1023;
    double x;
    if (exponent == 31)
        x = fraction ? (double)NAN : (double)INFINITY;
    else
        x = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return (float)(h >> 15 ? -x : x);
}

static float from_bfloat(uint16_t h)
{
    const uint32_t bits = (uint32_t)h << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

void nn_convert(float *to, const void *from, nn_dtype t, size_t n)
{
    const char *at = from;
    if (t == NN_F32) {
        if (n) memcpy(to, from, n * sizeof *to);
        return;
    }
    for (size_t i = 0; i < n; i++, at += nn_dtype_size(t)) {
        uint16_t half;
        double wide;
        if (t == NN_F64) {
            memcpy(&wide, at, sizeof wide);
            to[i] = (float)wide;
            continue;
        }
        memcpy(&half, at, sizeof half);
        to[i] = t == NN_F16 ? from_half(half) : from_bfloat(half);
    }
}

dlrn_status nn_weights_add(float **v, dlrn_weights *w, const char *name, int ndim,
                           const int64_t *dim, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_tensor t = {.ndim = ndim};
    char *own_name = NULL;
    *v = NULL;
    if (strlen(name) > NN_MAX_NAME || w->n >= NN_MAX_TENSORS)
        return dlrn_fail(err, DLRN_EFORMAT, "tensor '%s': %s", nn_show(name).s,
                         w->n >= NN_MAX_TENSORS ? "there are too many tensors for one network"
                                                : "the name is too long");
    if (ndim > NN_MAX_DIMS || !nn_product(&t.count, ndim, dim, (size_t)1 << 32))
        return dlrn_fail(err, DLRN_EFORMAT, "tensor '%s': its shape makes no sense",
                         nn_show(name).s);
    for (int i = 0; i < ndim; i++)
        t.dim[i] = dim[i];
    DLRN_TRY(dlrn_grow(&w->tensor, &w->cap, w->n + 1, sizeof *w->tensor, err));
    DLRN_TRY(dlrn_alloc_or_fail(v, t.count, err));
    own_name = dlrn_strdup(name);
    if (!own_name) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for tensor names");
        goto done;
    }
    t.name = own_name;
    t.v = *v;
    w->tensor[w->n++] = t;
done:
    if (st != DLRN_OK) {
        free(*v);
        *v = NULL;
    }
    return st;
}

dlrn_status nn_weights_ignore(dlrn_weights *w, const char *name, dlrn_error *err)
{
    dlrn_str_addf(&w->ignored, "%s\n", nn_show(name).s);
    return w->ignored.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory for tensor names")
                             : DLRN_OK;
}

/* The object owns what its borrowed views point to. */
static void *owned(const void *p)
{
    union {
        const void *in;
        void *out;
    } u = {p};
    return u.out;
}

dlrn_status nn_weights_rename(dlrn_tensor *t, const char *name, dlrn_error *err)
{
    char *copy = dlrn_strdup(name);
    if (!copy) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for tensor names");
    free(owned(t->name));
    t->name = copy;
    return DLRN_OK;
}

void dlrn_weights_free(dlrn_weights *w)
{
    if (!w) return;
    for (size_t i = 0; i < w->n; i++) {
        free(owned(w->tensor[i].name));
        free(owned(w->tensor[i].v));
    }
    free(w->tensor);
    dlrn_str_clear(&w->ignored);
    free(w);
}

/* ---- reading ---- */

static dlrn_status check_finite(const dlrn_weights *w, dlrn_error *err)
{
    for (size_t i = 0; i < w->n; i++) {
        const dlrn_tensor *t = &w->tensor[i];
        for (size_t k = 0; k < t->count; k++)
            if (!isfinite(t->v[k]))
                return dlrn_fail(err, DLRN_EFORMAT,
                                 "tensor '%s' holds %s (element %zu): the file is damaged or its "
                                 "training diverged",
                                 nn_show(t->name).s, isnan(t->v[k]) ? "NaN" : "an infinite value",
                                 k);
    }
    return DLRN_OK;
}

/* path: where a zip file is read from; NULL: from memory alone. */
static dlrn_status read_any(dlrn_weights *w, const char *buf, size_t len, const char *name,
                            const char *path, dlrn_error *err)
{
    dlrn_status st;
    if (path && len > 4 && !memcmp(buf, "PK\x03\x04", 4)) {
        DLRN_TRY(nn_read_torch_zip(w, path, err));
    } else if (nn_is_torch_legacy(buf, len)) {
        st = nn_read_torch_legacy(w, buf, len, err);
    } else if (len > 8 && buf[8] == '{') {
        st = nn_read_safetensors(w, buf, len, err);
    } else {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "is no weight file that is known; expected .safetensors, .pth or .pt");
    }
    if (st == DLRN_OK) st = check_finite(w, err);
    if (st == DLRN_OK) st = nn_map_names(w, err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "%s: ", name);
done:
    return st;
}

static dlrn_status load_named(dlrn_weights **out, const void *buf, size_t len, const char *name,
                              const char *path, dlrn_error *err)
{
    dlrn_weights *w;
    *out = NULL;
    dlrn_status st = dlrn_alloc_or_fail(&w, 1, err);
    if (st == DLRN_OK) st = read_any(w, buf, len, name, path, err);
    if (st != DLRN_OK) {
        dlrn_weights_free(w);
        return st;
    }
    dlrn_sha256_hex(w->sha256, buf, len);
    *out = w;
    return DLRN_OK;
}

dlrn_status dlrn_weights_load_mem(dlrn_weights **out, const void *buf, size_t len, const char *name,
                                  dlrn_error *err)
{
    return load_named(out, buf, len, name, NULL, err);
}

dlrn_status dlrn_weights_load(dlrn_weights **out, const char *path, dlrn_error *err)
{
    char *buf;
    size_t len;
    *out = NULL;
    dlrn_status st = dlrn_read_file(&buf, &len, path, err);
    if (st != DLRN_OK) return st;
    st = load_named(out, buf, len, path, path, err);
    free(buf);
    return st;
}

/* ---- made-up weights ---- */

static void fill_uniform(float *v, size_t n, dlrn_rng *r, double lo, double hi)
{
    for (size_t i = 0; i < n; i++)
        v[i] = (float)(lo + (hi - lo) * dlrn_rng_uniform(r));
}

/* One tensor of uniform numbers; only exact operations, so that every machine makes the same. */
static dlrn_status make_up(dlrn_weights *w, dlrn_rng *r, const char *base, const char *part,
                           int ndim, const int64_t *dim, double lo, double hi, dlrn_error *err)
{
    char name[80];
    float *v;
    snprintf(name, sizeof name, "%s.%s", base, part);
    const dlrn_status st = nn_weights_add(&v, w, name, ndim, dim, err);
    if (st == DLRN_OK) fill_uniform(v, w->tensor[w->n - 1].count, r, lo, hi);
    return st;
}

static dlrn_status make_up_layer(dlrn_weights *w, dlrn_rng *r, const nn_layout *l, dlrn_error *err)
{
    dlrn_status st;
    const int64_t dim[4] = {l->out, l->in, l->kernel, l->kernel};
    const double he = sqrt(6.0 / (l->in * l->kernel * l->kernel));
    // 16 blocks add up: were each as loud as its shortcut, the features would grow without bound
    const double scale = l->role == NN_THIRD ? 0.5 : 1;
    DLRN_TRY(make_up(w, r, l->conv, "weight", 4, dim, -he, he, err));
    DLRN_TRY(make_up(w, r, l->norm, "weight", 1, dim, 0.5 * scale, 1.5 * scale, err));
    DLRN_TRY(make_up(w, r, l->norm, "bias", 1, dim, -0.2, 0.2, err));
    DLRN_TRY(make_up(w, r, l->norm, "running_mean", 1, dim, -0.2, 0.2, err));
    DLRN_TRY(make_up(w, r, l->norm, "running_var", 1, dim, 0.5, 1.5, err));
done:
    return st;
}

/* The hash of the bytes that dlrn_weights_write gives. */
static dlrn_status hash_written(dlrn_weights *w, dlrn_error *err)
{
    dlrn_status st;
    dlrn_str b = {0};
    DLRN_TRY(nn_safetensors_text(&b, w, err));
    dlrn_sha256_hex(w->sha256, b.s, b.len);
done:
    dlrn_str_clear(&b);
    return st;
}

dlrn_status dlrn_weights_init(dlrn_weights **out, uint64_t seed, dlrn_error *err)
{
    dlrn_status st;
    nn_layout layout[NN_CONVS];
    const int64_t fc[2] = {NN_CLASSES, NN_CHANNELS};
    const double bound = sqrt(1.0 / NN_CHANNELS);
    dlrn_weights *w;
    dlrn_rng r;
    *out = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&w, 1, err));
    snprintf(w->format, sizeof w->format, "made up");
    snprintf(w->mapping, sizeof w->mapping, "none needed");
    w->made_up = true;
    nn_resnet50(layout, 0);
    for (int i = 0; i < NN_CONVS; i++) {
        dlrn_rng_seed(&r, seed, (uint64_t)i);
        DLRN_TRY(make_up_layer(w, &r, &layout[i], err));
    }
    dlrn_rng_seed(&r, seed, NN_CONVS);
    DLRN_TRY(make_up(w, &r, "fc", "weight", 2, fc, -bound, bound, err));
    DLRN_TRY(make_up(w, &r, "fc", "bias", 1, fc, -bound, bound, err));
    DLRN_TRY(hash_written(w, err));
    *out = w;
    w = NULL;
done:
    dlrn_weights_free(w);
    return st;
}

/* ---- asking ---- */

size_t dlrn_weights_count(const dlrn_weights *w)
{
    return w->n;
}

const dlrn_tensor *dlrn_weights_at(const dlrn_weights *w, size_t i)
{
    return &w->tensor[i];
}

const dlrn_tensor *dlrn_weights_find(const dlrn_weights *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (!strcmp(w->tensor[i].name, name)) return &w->tensor[i];
    return NULL;
}

const char *dlrn_weights_sha256(const dlrn_weights *w)
{
    return w->sha256;
}

bool dlrn_weights_made_up(const dlrn_weights *w)
{
    return w->made_up;
}

const char *dlrn_weights_format(const dlrn_weights *w)
{
    return w->format;
}

const char *dlrn_weights_mapping(const dlrn_weights *w)
{
    return w->mapping;
}
