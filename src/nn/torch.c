/* SPDX-License-Identifier: Apache-2.0
 *
 * PyTorch's .pth and .pt: since 1.6 a zip of one pickle and one file a storage; before that five
 * pickles in a row, then the storages (torch.serialization). A state dict, or a checkpoint that
 * holds one under a usual key.
 */
#include "nn/torch.h"
#include "base/zip.h"
#include "nn/pickle.h"

#include <stdlib.h>
#include <string.h>

/* One storage of a file: borrowed bytes. */
typedef struct storage {
    const char *key;
    size_t key_len;
    const char *data;
    size_t len;
} storage;

typedef struct source {
    const pk_doc *d;
    const storage *list; /* [n] */
    size_t n;
} source;

static nn_dtype storage_type(const pk_node *type)
{
    if (pk_is(type, "torch FloatStorage")) return NN_F32;
    if (pk_is(type, "torch HalfStorage")) return NN_F16;
    if (pk_is(type, "torch BFloat16Storage")) return NN_BF16;
    if (pk_is(type, "torch DoubleStorage")) return NN_F64;
    return NN_OTHER;
}

static const storage *find_storage(const source *s, const pk_node *key)
{
    for (size_t i = 0; key && key->kind == PK_TEXT && i < s->n; i++)
        if (s->list[i].key_len == key->len && !memcmp(s->list[i].key, key->text, key->len))
            return &s->list[i];
    return NULL;
}

/* A tensor as its pickle describes it. */
typedef struct view {
    int64_t offset, dim[NN_MAX_DIMS], stride[NN_MAX_DIMS];
    int ndim;
    nn_dtype type;
    const storage *from;
} view;

static bool take_numbers(int64_t *out, const pk_doc *d, const pk_node *list)
{
    for (size_t i = 0; list && i < list->n; i++) {
        const pk_node *x = pk_child(d, list, i);
        if (x->kind != PK_INT || x->number < 0) return false;
        out[i] = x->number;
    }
    return list != NULL;
}

/* False where the description makes no sense. */
static bool read_view(view *v, const source *s, const pk_node *tensor)
{
    const pk_doc *d = s->d;
    const pk_node *args = pk_child(d, tensor, 0), *from = pk_child(d, args, 0);
    const pk_node *offset = pk_child(d, args, 1), *dim = pk_child(d, args, 2);
    const pk_node *stride = pk_child(d, args, 3);
    if (!stride || from->kind != PK_STORAGE || offset->kind != PK_INT || offset->number < 0 ||
        dim->kind != PK_LIST || stride->kind != PK_LIST || dim->n != stride->n ||
        dim->n > NN_MAX_DIMS)
        return false;
    const pk_node *id = pk_child(d, from, 0);
    v->ndim = (int)dim->n;
    v->offset = offset->number;
    v->type = storage_type(pk_child(d, id, 1));
    v->from = find_storage(s, pk_child(d, id, 2));
    return v->from && take_numbers(v->dim, d, dim) && take_numbers(v->stride, d, stride);
}

/* The last element that the view touches lies in its storage. */
static bool view_fits(const view *v, size_t *count)
{
    const int64_t have = (int64_t)(v->from->len / nn_dtype_size(v->type));
    int64_t last = v->offset;
    if (!nn_product(count, v->ndim, v->dim, (size_t)have)) return false;
    for (int i = 0; i < v->ndim && *count; i++) {
        if (v->stride[i] && v->dim[i] - 1 > (have - last) / v->stride[i]) return false;
        last += (v->dim[i] - 1) * v->stride[i];
        if (last >= have) return false;
    }
    return *count == 0 || last < have;
}

static void copy_view(float *out, const view *v, size_t count)
{
    int64_t at[NN_MAX_DIMS] = {0};
    const size_t width = nn_dtype_size(v->type);
    for (size_t k = 0; k < count; k++) {
        int64_t place = v->offset;
        for (int i = 0; i < v->ndim; i++)
            place += at[i] * v->stride[i];
        nn_convert(&out[k], v->from->data + (size_t)place * width, v->type, 1);
        for (int i = v->ndim - 1; i >= 0 && ++at[i] == v->dim[i]; i--)
            at[i] = 0;
    }
}

static dlrn_status take_tensor(dlrn_weights *w, const source *s, const pk_node *key,
                               const pk_node *tensor, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    view v = {0};
    size_t count;
    float *out;
    char *name = dlrn_strndup(key->text, key->len);
    if (!name) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for tensor names");
    if (!read_view(&v, s, tensor))
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "tensor '%s': its description is damaged or its values "
                       "are missing",
                       nn_show(name).s);
    else if (v.type == NN_OTHER)
        st = nn_weights_ignore(w, name, err);
    else if (!view_fits(&v, &count))
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "tensor '%s' is larger than its storage of %zu bytes: the file is cut off",
                       nn_show(name).s, v.from->len);
    else if ((st = nn_weights_add(&out, w, name, v.ndim, v.dim, err)) == DLRN_OK)
        copy_view(out, &v, count);
    free(name);
    return st;
}

static bool has_tensor(const pk_doc *d, const pk_node *dict)
{
    for (size_t i = 1; i < dict->n; i += 2)
        if (pk_child(d, dict, i)->kind == PK_TENSOR) return true;
    return false;
}

/* The state dict: the root, or what it holds under a usual key. */
static const pk_node *find_state(const pk_doc *d)
{
    static const char *const keys[] = {"state_dict", "model_state_dict", "model", "net", "weights"};
    const pk_node *root = &d->node[d->root];
    if (root->kind != PK_DICT) return NULL;
    if (has_tensor(d, root)) return root;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t i = 0; i + 1 < root->n; i += 2) {
            const pk_node *value = pk_child(d, root, i + 1);
            if (pk_is(pk_child(d, root, i), keys[k]) && value->kind == PK_DICT &&
                has_tensor(d, value))
                return value;
        }
    return NULL;
}

static dlrn_status take_state(dlrn_weights *w, const source *s, dlrn_error *err)
{
    const pk_node *state = find_state(s->d);
    if (!state)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "holds no state dict; save the network with torch.save(net.state_dict(), "
                         "...) instead of the whole object");
    for (size_t i = 0; i + 1 < state->n; i += 2) {
        const pk_node *key = pk_child(s->d, state, i), *value = pk_child(s->d, state, i + 1);
        if (key->kind != PK_TEXT || value->kind != PK_TENSOR) continue;
        const dlrn_status st = take_tensor(w, s, key, value, err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

/* ---- zip ---- */

static bool ends_in(const char *name, const char *tail)
{
    const size_t n = strlen(name), m = strlen(tail);
    return n >= m && !strcmp(name + n - m, tail);
}

dlrn_status nn_read_torch_zip(dlrn_weights *w, const char *path, dlrn_error *err)
{
    dlrn_status st;
    dlrn_zip zip = {0};
    pk_doc d = {0};
    storage *list = NULL;
    const dlrn_zip_entry *pickle = NULL;
    size_t n = 0, at = 0;
    DLRN_TRY(dlrn_zip_read(&zip, path, (size_t)4 << 30, err));
    DLRN_TRY(dlrn_alloc_or_fail(&list, zip.n, err));
    for (size_t i = 0; i < zip.n; i++) {
        const dlrn_zip_entry *e = &zip.entry[i];
        const char *data = strstr(e->name, "/data/");
        if (ends_in(e->name, "/data.pkl")) pickle = e;
        if (data) list[n++] = (storage){data + 6, strlen(data + 6), e->data, e->len};
    }
    if (!pickle) {
        st = dlrn_fail(err, DLRN_EFORMAT, "%s: a zip file, but not PyTorch's: no data.pkl", path);
        goto done;
    }
    snprintf(w->format, sizeof w->format, "PyTorch zip");
    st = pk_read(&d, pickle->data, pickle->len, &at, err);
    if (st == DLRN_OK) st = take_state(w, &(source){&d, list, n}, err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "%s: ", path);
done:
    pk_clear(&d);
    free(list);
    dlrn_zip_clear(&zip);
    return st;
}

/* ---- legacy ---- */

static const char legacy_magic[] = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e";

bool nn_is_torch_legacy(const char *buf, size_t len)
{
    return len >= sizeof legacy_magic && !memcmp(buf, legacy_magic, sizeof legacy_magic - 1);
}

/* The width of the elements of storage `key`, from any tensor that names it; 0: none does. */
static size_t element_width(const pk_doc *d, const pk_node *key)
{
    static const struct {
        const char *type;
        size_t width;
    } known[] = {{"torch FloatStorage", 4},  {"torch HalfStorage", 2}, {"torch BFloat16Storage", 2},
                 {"torch DoubleStorage", 8}, {"torch LongStorage", 8}, {"torch IntStorage", 4},
                 {"torch ShortStorage", 2},  {"torch CharStorage", 1}, {"torch ByteStorage", 1},
                 {"torch BoolStorage", 1}};
    for (size_t i = 0; i < d->n; i++) {
        if (d->node[i].kind != PK_STORAGE) continue;
        const pk_node *id = pk_child(d, &d->node[i], 0), *own = pk_child(d, id, 2);
        if (!own || own->kind != PK_TEXT || own->len != key->len ||
            memcmp(own->text, key->text, key->len) != 0)
            continue;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (pk_is(pk_child(d, id, 1), known[k].type)) return known[k].width;
    }
    return 0;
}

/* After the keys, in their order: the number of elements (8 bytes), the elements. */
static dlrn_status find_storages(storage *list, const pk_doc *d, const pk_doc *keys,
                                 const char *buf, size_t len, size_t at, dlrn_error *err)
{
    const pk_node *root = &keys->node[keys->root];
    for (size_t i = 0; i < root->n; i++) {
        const pk_node *key = pk_child(keys, root, i);
        const size_t width = key->kind == PK_TEXT ? element_width(d, key) : 0;
        uint64_t count = 0;
        if (len - at >= sizeof count) memcpy(&count, buf + at, sizeof count);
        if (width == 0 || len - at < sizeof count || count > (len - at - sizeof count) / width)
            return dlrn_fail(err, DLRN_EFORMAT, "storage %zu of %zu: the file is cut off", i + 1,
                             root->n);
        list[i] = (storage){key->text, key->len, buf + at + sizeof count, (size_t)count * width};
        at += sizeof count + (size_t)count * width;
    }
    return DLRN_OK;
}

dlrn_status nn_read_torch_legacy(dlrn_weights *w, const char *buf, size_t len, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    pk_doc d = {0}, keys = {0};
    storage *list = NULL;
    size_t at = 0;
    for (int i = 0; i < 3; i++) { // magic number, protocol, system
        DLRN_TRY(pk_read(&d, buf, len, &at, err));
        pk_clear(&d);
    }
    DLRN_TRY(pk_read(&d, buf, len, &at, err));
    DLRN_TRY(pk_read(&keys, buf, len, &at, err));
    const size_t n = keys.node[keys.root].n;
    DLRN_TRY(dlrn_alloc_or_fail(&list, n, err));
    DLRN_TRY(find_storages(list, &d, &keys, buf, len, at, err));
    snprintf(w->format, sizeof w->format, "PyTorch legacy pickle");
    st = take_state(w, &(source){&d, list, n}, err);
done:
    pk_clear(&d);
    pk_clear(&keys);
    free(list);
    return st;
}
