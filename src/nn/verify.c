/* SPDX-License-Identifier: Apache-2.0
 *
 * Are these weights a ResNet-50? The list of its tensors against those of a file.
 */
#include "nn/resnet50.h"
#include "nn/weights_private.h"

#include <stdlib.h>
#include <string.h>

/* A tensor that the network needs. */
typedef struct need {
    char name[64];
    int ndim;
    int64_t dim[4];
} need;

enum { PARTS = 5, NEEDS = NN_CONVS * PARTS };

static const char *const PART[PARTS] = {"weight", "weight", "bias", "running_mean", "running_var"};

static void list_needs(need list[NEEDS])
{
    nn_layout layout[NN_CONVS];
    nn_resnet50(layout, 0);
    for (int i = 0; i < NN_CONVS; i++) {
        const nn_layout *l = &layout[i];
        for (int p = 0; p < PARTS; p++) {
            need *n = &list[i * PARTS + p];
            *n = (need){.ndim = p ? 1 : 4, .dim = {l->out, l->in, l->kernel, l->kernel}};
            snprintf(n->name, sizeof n->name, "%s.%s", p ? l->norm : l->conv, PART[p]);
        }
    }
}

static bool same_shape(const need *n, const dlrn_tensor *t)
{
    return t->ndim == n->ndim && !memcmp(t->dim, n->dim, (size_t)n->ndim * sizeof *n->dim);
}

static void add_shape(dlrn_str *b, int ndim, const int64_t *dim)
{
    dlrn_str_add(b, "[");
    for (int i = 0; i < ndim; i++)
        dlrn_str_addf(b, i ? ", %lld" : "%lld", (long long)dim[i]);
    dlrn_str_add(b, "]");
}

static dlrn_status fail_shape(dlrn_error *err, const need *n, const dlrn_tensor *t, size_t others)
{
    dlrn_str b = {0};
    add_shape(&b, t->ndim, t->dim);
    dlrn_str_add(&b, ", expected ");
    add_shape(&b, n->ndim, n->dim);
    if (others) dlrn_str_addf(&b, "; %zu more tensors are missing or wrong", others);
    const dlrn_status st = dlrn_fail(
        err, DLRN_EFORMAT, "tensor '%s' has shape %s: this is no ResNet-50 in torchvision's layout",
        n->name, dlrn_str_get(&b));
    dlrn_str_clear(&b);
    return st;
}

static dlrn_status fail_missing(dlrn_error *err, const need *n, size_t others)
{
    char more[64] = "";
    if (others) snprintf(more, sizeof more, " (and %zu more are missing or wrong)", others);
    return dlrn_fail(err, DLRN_EFORMAT,
                     "tensor '%s' is missing%s: expected a ResNet-50 with torchvision's names",
                     n->name, more);
}

/* fc, where it is there, goes from 2048 features to some classes. */
static bool fc_is_wrong(const dlrn_weights *w)
{
    const dlrn_tensor *t = dlrn_weights_find(w, "fc.weight"), *b = dlrn_weights_find(w, "fc.bias");
    if (!t && !b) return false;
    return !t || !b || t->ndim != 2 || t->dim[1] != NN_CHANNELS || b->ndim != 1 ||
           b->dim[0] != t->dim[0];
}

static dlrn_status check_variances(const dlrn_weights *w, const need *list, dlrn_error *err)
{
    for (size_t i = PARTS - 1; i < NEEDS; i += PARTS) {
        const dlrn_tensor *t = dlrn_weights_find(w, list[i].name);
        for (size_t k = 0; k < t->count; k++)
            if (t->v[k] < 0)
                return dlrn_fail(err, DLRN_EFORMAT,
                                 "tensor '%s' holds the negative variance %g (element %zu)",
                                 t->name, (double)t->v[k], k);
    }
    return DLRN_OK;
}

dlrn_status dlrn_weights_verify(const dlrn_weights *w, dlrn_error *err)
{
    dlrn_status st;
    need *list, *first = NULL;
    size_t bad = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&list, NEEDS, err));
    list_needs(list);
    for (size_t i = 0; i < NEEDS; i++) {
        const dlrn_tensor *t = dlrn_weights_find(w, list[i].name);
        if (t && same_shape(&list[i], t)) continue;
        if (!first) first = &list[i];
        bad++;
    }
    if (first) {
        const dlrn_tensor *t = dlrn_weights_find(w, first->name);
        st = t ? fail_shape(err, first, t, bad - 1) : fail_missing(err, first, bad - 1);
        goto done;
    }
    if (fc_is_wrong(w)) {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "tensor 'fc.weight' does not fit: expected [classes, %d] and fc.bias "
                       "[classes]",
                       NN_CHANNELS);
        goto done;
    }
    st = check_variances(w, list, err);
done:
    free(list);
    return st;
}

/* ---- the description ---- */

static dlrn_json *shape_json(int ndim, const int64_t *dim)
{
    dlrn_json *a = dlrn_json_array();
    for (int i = 0; i < ndim; i++)
        dlrn_json_append_take(a, dlrn_json_integer(dim[i]));
    return a;
}

static bool is_needed(const need *list, const char *name)
{
    for (size_t i = 0; i < NEEDS; i++)
        if (!strcmp(list[i].name, name)) return true;
    return !strcmp(name, "fc.weight") || !strcmp(name, "fc.bias");
}

static void add_lists(dlrn_json *j, const dlrn_weights *w, const need *list)
{
    dlrn_json *missing = dlrn_json_array(), *wrong = dlrn_json_array(), *extra = dlrn_json_array();
    for (size_t i = 0; i < NEEDS; i++) {
        const dlrn_tensor *t = dlrn_weights_find(w, list[i].name);
        if (!t) dlrn_json_append_take(missing, dlrn_json_string(list[i].name));
        if (!t || same_shape(&list[i], t)) continue;
        dlrn_json *o = dlrn_json_object();
        dlrn_json_set_string(o, "name", t->name);
        dlrn_json_set_take(o, "found", shape_json(t->ndim, t->dim));
        dlrn_json_set_take(o, "expected", shape_json(list[i].ndim, list[i].dim));
        dlrn_json_append_take(wrong, o);
    }
    for (size_t i = 0; i < w->n; i++)
        if (!is_needed(list, w->tensor[i].name))
            dlrn_json_append_take(extra, dlrn_json_string(nn_show(w->tensor[i].name).s));
    dlrn_json_set_take(j, "missing", missing);
    dlrn_json_set_take(j, "wrong", wrong);
    dlrn_json_set_take(j, "extra", extra);
}

static dlrn_json *ignored_json(const dlrn_weights *w)
{
    dlrn_json *a = dlrn_json_array();
    const char *at = dlrn_str_get(&w->ignored);
    for (const char *end; (end = strchr(at, '\n')); at = end + 1) {
        char *name = dlrn_strndup(at, (size_t)(end - at));
        dlrn_json_append_take(a, name ? dlrn_json_string(name) : NULL);
        free(name);
    }
    return a;
}

dlrn_json *dlrn_weights_json(const dlrn_weights *w)
{
    dlrn_json *j = dlrn_json_object();
    size_t parameters = 0;
    for (size_t i = 0; i < w->n; i++)
        parameters += w->tensor[i].count;
    const bool complete = dlrn_weights_verify(w, NULL) == DLRN_OK;
    dlrn_json_set_string(j, "format", w->format);
    dlrn_json_set_string(j, "mapping", w->mapping);
    dlrn_json_set_string(j, "sha256", w->sha256);
    if (*w->source_sha256) dlrn_json_set_string(j, "source_sha256", w->source_sha256);
    dlrn_json_set_bool(j, "made_up", w->made_up);
    dlrn_json_set_string(j, "architecture", complete ? "ResNet-50" : NULL);
    dlrn_json_set_string(j, "stride", w->stride_in_1x1 ? "1x1" : "3x3");
    dlrn_json_set_integer(j, "tensors", (int64_t)w->n);
    dlrn_json_set_integer(j, "parameters", (int64_t)parameters);
    const dlrn_tensor *fc = dlrn_weights_find(w, "fc.weight");
    dlrn_json_set_take(j, "classes",
                       fc && fc->ndim == 2 ? dlrn_json_integer(fc->dim[0]) : dlrn_json_null());
    dlrn_json_set_bool(j, "complete", complete);
    need *list = dlrn_alloc_array(NEEDS, sizeof *list);
    if (!list) {
        dlrn_json_free(j);
        return NULL;
    }
    list_needs(list);
    add_lists(j, w, list);
    free(list);
    dlrn_json_set_take(j, "ignored", ignored_json(w));
    return j;
}
