/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening model.dlrn. Nothing in the file is trusted: format, version, checksums and every part are
 * checked.
 */
#include "base/zip.h"
#include "study/bundle.h"
#include "study/config_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_UNPACKED = 1 << 30 };

void dlrn_bundle_free(dlrn_bundle *b)
{
    if (!b) return;
    dlrn_json_free(b->about);
    free(b->path);
    free(b->image.invert);
    free(b->image.facing_column);
    free(b->image.facing_to);
    free(b->image.geometry);
    free(b->deep.name);
    free(b->deep.normalise);
    dlrn_radiomics_free(b->radiomics);
    dlrn_network_free(b->network);
    dlrn_model_free(b->model);
    free(b->source);
    clinical_spec_clear(&b->clinical);
    study_logit_clear(&b->nomogram);
    free(b);
}

const dlrn_json *dlrn_bundle_about(const dlrn_bundle *b)
{
    return b->about;
}

static dlrn_status read_about(dlrn_bundle *b, const dlrn_zip *z, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_zip_entry *e = dlrn_zip_find(z, "dlrn.json");
    if (!e)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "%s: is no model of this program (dlrn.json is missing)", b->path);
    st = dlrn_json_parse(&b->about, e->data, e->len, err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "%s: dlrn.json: ", b->path);
        return st;
    }
    const double version = dlrn_json_get_number(b->about, "version", 0);
    if (strcmp(dlrn_json_get_string(b->about, "format", ""), BUNDLE_FORMAT) != 0)
        return dlrn_fail(err, DLRN_EFORMAT, "%s: is a file of another kind (format '%s')", b->path,
                         dlrn_json_get_string(b->about, "format", ""));
    if (version > BUNDLE_VERSION)
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "%s: was written by a newer program (%s, format %g); this one reads "
                         "format %d: update it",
                         b->path, dlrn_json_get_string(b->about, "program", "?"), version,
                         BUNDLE_VERSION);
    if (version < 1) return dlrn_fail(err, DLRN_EFORMAT, "%s: is damaged (version)", b->path);
    return DLRN_OK;
}

static dlrn_status check_sums(const dlrn_bundle *b, const dlrn_zip *z, dlrn_error *err)
{
    dlrn_json_member m;
    const dlrn_json *sums = dlrn_json_get(b->about, "sha256");
    size_t checked = 1; // dlrn.json itself has the zip's CRC only
    for (bool more = dlrn_json_first(sums, &m); more; more = dlrn_json_next(sums, &m)) {
        char hex[65] = "";
        const dlrn_zip_entry *e = dlrn_zip_find(z, m.key);
        if (e) dlrn_sha256_hex(hex, e->data, e->len);
        if (strcmp(hex, dlrn_json_as_string(m.value, "?")) != 0)
            return dlrn_fail(err, DLRN_EFORMAT, "%s: %s is %s", b->path, m.key,
                             e ? "damaged (its SHA-256 differs)" : "missing");
        checked++;
    }
    if (checked != z->n)
        return dlrn_fail(err, DLRN_EFORMAT, "%s: holds parts that it does not list", b->path);
    return DLRN_OK;
}

static dlrn_status read_image(dlrn_bundle *b, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_json *j = dlrn_json_get(b->about, "image");
    const char *facing = dlrn_json_get_string(j, "facing_column", NULL);
    DLRN_TRY(config_set_text(&b->image.invert, dlrn_json_get_string(j, "invert", "auto"), err));
    DLRN_TRY(
        config_set_text(&b->image.geometry, dlrn_json_get_string(j, "geometry", "world"), err));
    DLRN_TRY(
        config_set_text(&b->image.facing_to, dlrn_json_get_string(j, "facing_to", "left"), err));
    if (facing) DLRN_TRY(config_set_text(&b->image.facing_column, facing, err));
    b->image.spacing = dlrn_json_get_number(j, "spacing", 0);
    b->n_train = (size_t)dlrn_json_get_number(b->about, "n_train", 0);
    if (b->n_train < 2) st = dlrn_fail(err, DLRN_EFORMAT, "%s: is damaged (n_train)", b->path);
done:
    return st;
}

static dlrn_status read_deep(dlrn_bundle *b, const dlrn_zip *z, const dlrn_exec *ex,
                             dlrn_error *err)
{
    dlrn_status st;
    dlrn_weights *w = NULL;
    const dlrn_json *j = dlrn_json_get(b->about, "deep"), *window = dlrn_json_get(j, "window");
    const dlrn_zip_entry *e = dlrn_zip_find(z, "weights.safetensors");
    if (!j) return DLRN_OK;
    DLRN_TRY(config_set_text(&b->deep.name, dlrn_json_get_string(j, "name", ""), err));
    DLRN_TRY(
        config_set_text(&b->deep.normalise, dlrn_json_get_string(j, "normalise", "none"), err));
    DLRN_TRY(dlrn_normalise_parse(&b->normalise, b->deep.normalise, err));
    b->deep.margin = dlrn_json_get_number(j, "margin", 0.25);
    b->deep.size = (int64_t)dlrn_json_get_number(j, "size", 0);
    b->deep.window[0] = dlrn_json_as_number(dlrn_json_at(window, 0), (double)NAN);
    b->deep.window[1] = dlrn_json_as_number(dlrn_json_at(window, 1), (double)NAN);
    if (b->deep.size < 32 || b->deep.size > 4096 || !(b->deep.window[0] < b->deep.window[1])) {
        st = dlrn_fail(err, DLRN_EFORMAT, "%s: is damaged (deep)", b->path);
        goto done;
    }
    if (!e) goto done; // features came from a table
    DLRN_TRY(dlrn_weights_load_mem(&w, e->data, e->len, b->path, err));
    DLRN_TRY(dlrn_network_open(&b->network, w, ex, err));
done:
    dlrn_weights_free(w);
    return st;
}

static dlrn_status read_model(dlrn_bundle *b, const dlrn_zip *z, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json *j = NULL;
    dlrn_blob *blob = NULL;
    size_t n = 0;
    const dlrn_zip_entry *e = dlrn_zip_find(z, "model.json");
    if (!e) return DLRN_OK;
    DLRN_TRY(dlrn_json_parse(&j, e->data, e->len, err));
    DLRN_TRY(dlrn_alloc_or_fail(&blob, z->n, err));
    for (size_t k = 0; k < z->n; k++) // borrowed from the zip: not freed as blobs
        if (!strncmp(z->entry[k].name, "learner/", 8))
            blob[n++] = (dlrn_blob){z->entry[k].name + 8, z->entry[k].data, z->entry[k].len};
    DLRN_TRY(dlrn_model_load(&b->model, j, blob, n, err));
    b->learner = dlrn_model_find(b->model, dlrn_json_get_string(b->about, "learner", ""));
    if (b->learner == SIZE_MAX) {
        st = dlrn_fail(err, DLRN_EFORMAT, "%s: is damaged (learner)", b->path);
        goto done;
    }
    const dlrn_model_learner *l = dlrn_model_learner_at(b->model, b->learner);
    if (l->missing) {
        st = dlrn_fail(err, DLRN_EUNSUPPORTED, "%s: needs the learner %s: %s", b->path, l->name,
                       l->missing);
        goto done;
    }
    const size_t p = dlrn_pipeline_size(dlrn_model_pipeline(b->model));
    DLRN_TRY(dlrn_alloc_or_fail(&b->source, p, err));
    for (size_t k = 0; k < p; k++)
        b->source[k] = k;
done:
    free(blob);
    dlrn_json_free(j);
    return st;
}

static dlrn_status read_parts(dlrn_bundle *b, const dlrn_zip *z, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_exec quiet = {NULL, 0};
    const dlrn_json *radiomics = dlrn_json_get(b->about, "radiomics");
    DLRN_TRY(read_image(b, err));
    if (radiomics) DLRN_TRY(dlrn_radiomics_from_json(&b->radiomics, radiomics, err));
    DLRN_TRY(read_deep(b, z, &quiet, err));
    DLRN_TRY(read_model(b, z, err));
    DLRN_TRY(clinical_from_json(&b->clinical, dlrn_json_get(b->about, "clinical"), err));
    DLRN_TRY(logit_from_json(&b->nomogram, dlrn_json_get(b->about, "fit"), err));
    if (b->nomogram.p != nomogram_width(&b->clinical, b->model != NULL))
        st = dlrn_fail(err, DLRN_EFORMAT, "%s: is damaged (nomogram)", b->path);
done:
    return st;
}

static dlrn_status read_zip(dlrn_zip *z, const char *path, dlrn_error *err)
{
    dlrn_error why;
    const dlrn_status st = dlrn_zip_read(z, path, MAX_UNPACKED, &why);
    if (st == DLRN_OK) return DLRN_OK;
    return dlrn_fail(err, st, "%s%s", why.msg,
                     st == DLRN_EFORMAT ? "; expected a model.dlrn, as dlrn study writes it" : "");
}

dlrn_status dlrn_bundle_open(dlrn_bundle **out, const char *path, dlrn_error *err)
{
    dlrn_status st;
    dlrn_zip z = {0};
    dlrn_bundle *b = NULL;
    *out = NULL;
    DLRN_TRY(read_zip(&z, path, err));
    DLRN_TRY(dlrn_alloc_or_fail(&b, 1, err));
    DLRN_TRY(config_set_text(&b->path, path, err));
    DLRN_TRY(read_about(b, &z, err));
    DLRN_TRY(check_sums(b, &z, err));
    DLRN_TRY(read_parts(b, &z, err));
    *out = b;
    b = NULL;
done:
    dlrn_bundle_free(b);
    dlrn_zip_clear(&z);
    return st;
}
