/* SPDX-License-Identifier: Apache-2.0
 *
 * Safetensors: 8 bytes with the length of a JSON header, the header, the values. Read as strictly
 * as the format's own library: every byte of the values belongs to exactly one tensor.
 */
#include "nn/weights_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* No network comes near; a larger header is an attack or another kind of file. */
enum { MAX_HEADER = 16 << 20 };

/* One tensor as the header announces it. */
typedef struct entry {
    const char *name;
    nn_dtype type;
    size_t width; /* bytes an element */
    int ndim;
    int64_t dim[NN_MAX_DIMS];
    size_t begin, end; /* in the values */
} entry;

typedef struct header {
    entry *list; /* [n] */
    size_t n;
    const dlrn_json *metadata; /* NULL: none */
} header;

static dlrn_status find_type(entry *e, const dlrn_json *j, dlrn_error *err)
{
    static const struct {
        const char *name;
        nn_dtype type;
        size_t width;
    } known[] = {{"F32", NN_F32, 4},   {"F16", NN_F16, 2},   {"BF16", NN_BF16, 2},
                 {"F64", NN_F64, 8},   {"I64", NN_OTHER, 8}, {"U64", NN_OTHER, 8},
                 {"I32", NN_OTHER, 4}, {"U32", NN_OTHER, 4}, {"I16", NN_OTHER, 2},
                 {"U16", NN_OTHER, 2}, {"I8", NN_OTHER, 1},  {"U8", NN_OTHER, 1},
                 {"BOOL", NN_OTHER, 1}};
    const char *type = dlrn_json_get_string(j, "dtype", "");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(type, known[i].name) != 0) continue;
        e->type = known[i].type;
        e->width = known[i].width;
        return DLRN_OK;
    }
    return dlrn_fail(err, DLRN_EFORMAT, "tensor '%s' has type '%s'; expected F32, F16, BF16 or F64",
                     nn_show(e->name).s, nn_show(type).s);
}

/* A whole number that a double holds exactly. */
static bool whole(int64_t *out, const dlrn_json *j)
{
    const double x = dlrn_json_as_number(j, -1);
    if (!(x >= 0 && x <= 0x1p53) || floor(x) != x) return false;
    *out = (int64_t)x;
    return true;
}

static bool find_shape(entry *e, const dlrn_json *j)
{
    const dlrn_json *shape = dlrn_json_get(j, "shape");
    const size_t n = dlrn_json_size(shape);
    if (!dlrn_json_is_array(shape) || n > NN_MAX_DIMS) return false;
    e->ndim = (int)n;
    for (size_t i = 0; i < n; i++)
        if (!whole(&e->dim[i], dlrn_json_at(shape, i))) return false;
    return true;
}

static dlrn_status find_place(entry *e, const dlrn_json *j, size_t len, dlrn_error *err)
{
    const dlrn_json *offsets = dlrn_json_get(j, "data_offsets");
    int64_t begin, end;
    size_t count;
    if (!dlrn_json_is_array(offsets) || dlrn_json_size(offsets) != 2 ||
        !whole(&begin, dlrn_json_at(offsets, 0)) || !whole(&end, dlrn_json_at(offsets, 1)) ||
        begin > end)
        return dlrn_fail(err, DLRN_EFORMAT, "tensor '%s' has no valid data_offsets",
                         nn_show(e->name).s);
    if ((uint64_t)end > len)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "tensor '%s' ends at byte %lld of the values, but there are %zu: the file "
                         "is cut off",
                         nn_show(e->name).s, (long long)end, len);
    e->begin = (size_t)begin;
    e->end = (size_t)end;
    if (!nn_product(&count, e->ndim, e->dim, len) || count * e->width != e->end - e->begin)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "tensor '%s': its shape does not fit its %zu bytes of values",
                         nn_show(e->name).s, e->end - e->begin);
    return DLRN_OK;
}

static dlrn_status read_entry(entry *e, const char *name, const dlrn_json *j, size_t len,
                              dlrn_error *err)
{
    dlrn_status st;
    e->name = name;
    if (!dlrn_json_is_object(j))
        return dlrn_fail(err, DLRN_EFORMAT, "tensor '%s': expected an object in the header",
                         nn_show(name).s);
    DLRN_TRY(find_type(e, j, err));
    if (!find_shape(e, j))
        return dlrn_fail(err, DLRN_EFORMAT,
                         "tensor '%s' has no valid shape: expected at most %d whole numbers",
                         nn_show(name).s, NN_MAX_DIMS);
    DLRN_TRY(find_place(e, j, len, err));
done:
    return st;
}

static int by_place(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end) return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

static dlrn_status check_places(header *h, size_t len, dlrn_error *err)
{
    size_t at = 0;
    qsort(h->list, h->n, sizeof *h->list, by_place);
    for (size_t i = 0; i < h->n; at = h->list[i++].end)
        if (h->list[i].begin != at)
            return dlrn_fail(err, DLRN_EFORMAT,
                             "tensor '%s' begins at byte %zu of the values, expected %zu: tensors "
                             "overlap or leave a gap",
                             nn_show(h->list[i].name).s, h->list[i].begin, at);
    if (at != len)
        return dlrn_fail(err, DLRN_EFORMAT, "%zu bytes after the last tensor belong to none",
                         len - at);
    return DLRN_OK;
}

static dlrn_status read_header(header *h, const dlrn_json *j, size_t len, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json_member m;
    if (!dlrn_json_is_object(j))
        return dlrn_fail(err, DLRN_EFORMAT, "the safetensors header is no JSON object");
    if (dlrn_json_size(j) > NN_MAX_TENSORS)
        return dlrn_fail(err, DLRN_EFORMAT, "the safetensors header names %zu tensors; %d at most",
                         dlrn_json_size(j), NN_MAX_TENSORS);
    DLRN_TRY(dlrn_alloc_or_fail(&h->list, dlrn_json_size(j), err));
    for (bool more = dlrn_json_first(j, &m); more; more = dlrn_json_next(j, &m)) {
        if (!strcmp(m.key, "__metadata__"))
            h->metadata = m.value;
        else
            DLRN_TRY(read_entry(&h->list[h->n++], m.key, m.value, len, err));
    }
    DLRN_TRY(check_places(h, len, err));
done:
    return st;
}

static dlrn_status take_values(dlrn_weights *w, const entry *e, const char *values, dlrn_error *err)
{
    float *v;
    if (e->type == NN_OTHER) return nn_weights_ignore(w, e->name, err);
    const dlrn_status st = nn_weights_add(&v, w, e->name, e->ndim, e->dim, err);
    if (st == DLRN_OK) nn_convert(v, values + e->begin, e->type, w->tensor[w->n - 1].count);
    return st;
}

static void take_metadata(dlrn_weights *w, const dlrn_json *metadata)
{
    w->made_up = !strcmp(dlrn_json_get_string(metadata, "made_up", ""), "true");
    w->stride_in_1x1 = !strcmp(dlrn_json_get_string(metadata, "stride", ""), "1x1");
    const char *sha = dlrn_json_get_string(metadata, "source_sha256", "");
    if (strlen(sha) == 64 && strspn(sha, "0123456789abcdef") == 64)
        memcpy(w->source_sha256, sha, 65);
}

dlrn_status nn_read_safetensors(dlrn_weights *w, const char *buf, size_t len, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_json *j = NULL;
    header h = {0};
    uint64_t size;
    memcpy(&size, buf, sizeof size);
    if (size > MAX_HEADER || size > len - sizeof size)
        return dlrn_fail(
            err, DLRN_EFORMAT,
            "the safetensors header should be %llu bytes long; the file has %zu: it is "
            "cut off, or no safetensors file",
            (unsigned long long)size, len);
    const char *values = buf + sizeof size + size;
    const size_t n_values = len - sizeof size - (size_t)size;
    st = dlrn_json_parse(&j, buf + sizeof size, (size_t)size, err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "the safetensors header is damaged: ");
        return st;
    }
    DLRN_TRY(read_header(&h, j, n_values, err));
    snprintf(w->format, sizeof w->format, "safetensors");
    take_metadata(w, h.metadata);
    for (size_t i = 0; i < h.n; i++)
        DLRN_TRY(take_values(w, &h.list[i], values, err));
done:
    dlrn_json_free(j);
    free(h.list);
    return st;
}

/* ---- writing ---- */

static dlrn_json *metadata_json(const dlrn_weights *w)
{
    dlrn_json *m = dlrn_json_object();
    dlrn_json_set_string(m, "format", "pt"); // what other readers look for
    dlrn_json_set_string(m, "architecture", "resnet50");
    dlrn_json_set_string(m, "stride", w->stride_in_1x1 ? "1x1" : "3x3");
    if (w->made_up) dlrn_json_set_string(m, "made_up", "true");
    // an imported file names its origin; a file of ours that is written again keeps the first one
    const bool own = !strcmp(w->format, "safetensors") || w->made_up;
    if (*w->source_sha256 || (!own && *w->sha256))
        dlrn_json_set_string(m, "source_sha256", *w->source_sha256 ? w->source_sha256 : w->sha256);
    return m;
}

static dlrn_json *header_json(const dlrn_weights *w, size_t *bytes)
{
    dlrn_json *j = dlrn_json_object();
    size_t at = 0;
    dlrn_json_set_take(j, "__metadata__", metadata_json(w));
    for (size_t i = 0; i < w->n; i++) {
        const dlrn_tensor *t = &w->tensor[i];
        dlrn_json *o = dlrn_json_object(), *shape = dlrn_json_array(), *place = dlrn_json_array();
        for (int k = 0; k < t->ndim; k++)
            dlrn_json_append_take(shape, dlrn_json_integer(t->dim[k]));
        dlrn_json_append_take(place, dlrn_json_integer((int64_t)at));
        at += t->count * sizeof *t->v;
        dlrn_json_append_take(place, dlrn_json_integer((int64_t)at));
        dlrn_json_set_string(o, "dtype", "F32");
        dlrn_json_set_take(o, "shape", shape);
        dlrn_json_set_take(o, "data_offsets", place);
        dlrn_json_set_take(j, t->name, o);
    }
    *bytes = at;
    return j;
}

dlrn_status nn_safetensors_text(dlrn_str *out, const dlrn_weights *w, dlrn_error *err)
{
    dlrn_status st;
    size_t bytes;
    char *text = NULL;
    dlrn_json *j = header_json(w, &bytes);
    DLRN_TRY(dlrn_json_text(&text, j, 0, err));
    const size_t len = strlen(text) - 1; // without the newline
    const uint64_t padded = (len + 7) / 8 * 8;
    DLRN_TRY(dlrn_grow(&out->s, &out->cap, sizeof padded + padded + bytes + 1, 1, err));
    dlrn_str_addn(out, (const char *)&padded, sizeof padded);
    dlrn_str_addn(out, text, len);
    dlrn_str_addn(out, "       ", (size_t)padded - len);
    for (size_t i = 0; i < w->n; i++)
        dlrn_str_addn(out, (const char *)w->tensor[i].v, w->tensor[i].count * sizeof(float));
    if (out->failed) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the weight file");
done:
    free(text);
    dlrn_json_free(j);
    return st;
}

dlrn_status dlrn_weights_write(const dlrn_weights *w, const char *path, dlrn_error *err)
{
    dlrn_status st;
    dlrn_str b = {0};
    DLRN_TRY(nn_safetensors_text(&b, w, err));
    st = dlrn_write_file(path, b.s, b.len, err);
done:
    dlrn_str_clear(&b);
    return st;
}
