/* SPDX-License-Identifier: Apache-2.0
 *
 * Other habits of naming ResNet-50's tensors, and the way to torchvision's names:
 *   - a prefix before all ("module." of DataParallel, "model.", "encoder.", ...);
 *   - torchvision's network cut into a Sequential, so that its children bear numbers: 0 conv1,
 *     1 bn1, 4 to 7 layer1 to layer4 (RadImageNet's PyTorch files: "backbone.4.0.conv1.weight").
 */
#include "nn/weights_private.h"

#include <stdlib.h>
#include <string.h>

/* The length of what stands before `tail` in `name`, where that is nothing or ends in a point;
 * else -1. */
static int before(const char *name, const char *tail)
{
    const size_t n = strlen(name), m = strlen(tail);
    if (n < m || strcmp(name + n - m, tail) != 0) return -1;
    if (n > m && name[n - m - 1] != '.') return -1;
    return (int)(n - m);
}

/* Looks for a tensor whose name ends in `tail`; copies what stands before it. */
static bool find_prefix(char prefix[NN_MAX_NAME + 1], const dlrn_weights *w, const char *tail)
{
    for (size_t i = 0; i < w->n; i++) {
        const int n = before(w->tensor[i].name, tail);
        if (n < 0) continue;
        snprintf(prefix, NN_MAX_NAME + 1, "%.*s", n, w->tensor[i].name);
        return true;
    }
    return false;
}

static void drop_prefix(char *name, const char *prefix)
{
    const size_t n = strlen(prefix);
    if (!strncmp(name, prefix, n)) memmove(name, name + n, strlen(name + n) + 1);
}

/* "4.0.conv1.weight" -> "layer1.0.conv1.weight"; false where the name begins with no such number.
 */
static bool from_number(char *out, size_t size, const char *name)
{
    static const char *const child[8] = {"conv1",  "bn1",    NULL,     NULL,
                                         "layer1", "layer2", "layer3", "layer4"};
    if (name[0] < '0' || name[0] > '7' || name[1] != '.' || !child[name[0] - '0']) return false;
    snprintf(out, size, "%s%s", child[name[0] - '0'], name + 1);
    return true;
}

static dlrn_status rename_tensor(dlrn_tensor *t, const char *prefix, bool numbers, dlrn_error *err)
{
    char stripped[NN_MAX_NAME + 1], mapped[NN_MAX_NAME + 16];
    snprintf(stripped, sizeof stripped, "%s", t->name);
    drop_prefix(stripped, prefix);
    if (!numbers || !from_number(mapped, sizeof mapped, stripped))
        snprintf(mapped, sizeof mapped, "%s", stripped);
    return nn_weights_rename(t, mapped, err);
}

static dlrn_status check_unique(const dlrn_weights *w, dlrn_error *err)
{
    enum { FEW = 4096 }; // a network that matters has some hundred
    for (size_t i = 0; i < w->n && w->n <= FEW; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(w->tensor[i].name, w->tensor[k].name))
                return dlrn_fail(err, DLRN_EFORMAT, "tensor '%s' is there twice",
                                 nn_show(w->tensor[i].name).s);
    return DLRN_OK;
}

dlrn_status nn_map_names(dlrn_weights *w, dlrn_error *err)
{
    char prefix[NN_MAX_NAME + 1] = "";
    bool numbers = false;
    dlrn_status st = DLRN_OK;
    if (!find_prefix(prefix, w, "layer1.0.conv1.weight"))
        numbers = find_prefix(prefix, w, "4.0.conv1.weight");
    if (numbers && !strcmp(prefix, "backbone."))
        snprintf(w->mapping, sizeof w->mapping, "backbone.N of RadImageNet to torchvision");
    else if (numbers)
        snprintf(w->mapping, sizeof w->mapping, "numbered children to torchvision");
    else if (*prefix)
        snprintf(w->mapping, sizeof w->mapping, "prefix '%.60s' removed", nn_show(prefix).s);
    else if (!*w->mapping)
        snprintf(w->mapping, sizeof w->mapping, "none needed");
    if (numbers || *prefix)
        for (size_t i = 0; i < w->n; i++)
            DLRN_TRY(rename_tensor(&w->tensor[i], prefix, numbers, err));
    st = check_unique(w, err);
done:
    return st;
}
