/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing model.dlrn.
 */
#include "base/zip.h"
#include "study/bundle.h"
#include "study/config_read.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 24 };

typedef struct writing {
    dlrn_zip_entry entry[MAX_ENTRIES];
    bool owned[MAX_ENTRIES]; /* data is freed here */
    size_t n;
    dlrn_json *sha256;
} writing;

static dlrn_status add_entry(writing *w, const char *name, char *data, size_t len, bool owned,
                             dlrn_error *err)
{
    char hex[65];
    if (w->n == MAX_ENTRIES) return dlrn_fail(err, DLRN_EINTERNAL, "too many parts of a model");
    dlrn_zip_entry *e = &w->entry[w->n];
    e->data = data;
    e->len = len;
    w->owned[w->n++] = owned;
    e->name = dlrn_strdup(name);
    if (!e->name) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a name");
    dlrn_sha256_hex(hex, data, len);
    dlrn_json_set_string(w->sha256, name, hex);
    return DLRN_OK;
}

static void writing_clear(writing *w)
{
    for (size_t k = 0; k < w->n; k++) {
        free(w->entry[k].name);
        if (w->owned[k]) free(w->entry[k].data);
    }
    dlrn_json_free(w->sha256);
}

/* The training rows' numbers as a hash: the bundle tells whether two were fitted on the same data
 * without holding any of it. */
static dlrn_status hash_training_rows(char hex[65], const study_run *r, const study_model *m,
                                      dlrn_error *err)
{
    dlrn_str b = {0};
    const feature_set *s = m ? m->features : NULL;
    for (size_t k = 0; k < r->n_train; k++) {
        const size_t i = r->train[k];
        dlrn_str_addn(&b, (const char *)&r->cohort.label[i], 1);
        if (s) dlrn_str_addn(&b, (const char *)(s->x + i * s->p), s->p * sizeof(double));
        dlrn_str_addn(&b, (const char *)(r->clinical_x + i * r->clinical.p),
                      r->clinical.p * sizeof(double));
    }
    if (!b.failed) dlrn_sha256_hex(hex, dlrn_str_get(&b), b.len);
    const dlrn_status st = b.failed ? dlrn_fail(err, DLRN_ENOMEM, "out of memory") : DLRN_OK;
    dlrn_str_clear(&b);
    return st;
}

/* The backbone of a model named dtl_<name> or dlr_<name>; NULL: none. */
static const config_deep *backbone_of(const study_run *r, const study_model *m)
{
    for (size_t k = 0; m && k < r->c.n_deep; k++)
        if (strncmp(m->name, "radiomics", 9) != 0 && !strcmp(m->name + 4, r->c.deep[k].name))
            return &r->c.deep[k];
    return NULL;
}

/* The signature's own backbone; another model's does not matter to this bundle. */
static bool uses_made_up(const study_run *r, const study_model *m)
{
    const config_deep *d = backbone_of(r, m);
    for (size_t k = 0; d && k < r->n_sets; k++)
        if (!strcmp(r->set[k].name, d->name)) return r->set[k].made_up;
    return false;
}

static dlrn_status describe_features(dlrn_json *about, const study_run *r, const study_model *m,
                                     dlrn_error *err)
{
    const config_deep *d = backbone_of(r, m);
    if (m && strncmp(m->name, "dtl_", 4) != 0) {
        dlrn_json_set_bool(about, "radiomics_table", r->c.radiomics.features != NULL);
        if (r->c.radiomics.params) {
            dlrn_radiomics *settings;
            const dlrn_status st = study_radiomics_settings(&settings, &r->c, err);
            if (st != DLRN_OK) return st;
            dlrn_json_set_take(about, "radiomics", dlrn_radiomics_to_json(settings));
            dlrn_radiomics_free(settings);
        }
    }
    if (d) { // paths on the machine where it was made are nobody's business
        config_deep own = *d;
        own.weights = own.features = NULL;
        dlrn_json_set_take(about, "deep", config_deep_json(&own));
    }
    return DLRN_OK;
}

static dlrn_status describe(dlrn_json *about, const study_run *r, const study_model *m,
                            dlrn_error *err)
{
    dlrn_status st;
    char hex[65];
    dlrn_json_set_string(about, "format", BUNDLE_FORMAT);
    dlrn_json_set_integer(about, "version", BUNDLE_VERSION);
    dlrn_json_set_string(about, "program", dlrn_version());
    dlrn_json_set_string(about, "title", r->c.title);
    dlrn_json_set_string(about, "outcome", r->c.outcome.name);
    dlrn_json_set_string(about, "note", "For research use, not a medical device.");
    dlrn_json_set_bool(about, "made_up_weights", uses_made_up(r, m));
    dlrn_json_set_integer(about, "n_train", (int64_t)r->n_train);
    DLRN_TRY(hash_training_rows(hex, r, m, err));
    dlrn_json_set_string(about, "training_sha256", hex);
    if (m) {
        dlrn_json_set_string(about, "model", m->name);
        dlrn_json_set_string(about, "learner",
                             dlrn_model_learner_at(m->fit, dlrn_model_chosen(m->fit))->name);
        dlrn_json_set_number(about, "signature_threshold",
                             dlrn_model_learner_at(m->fit, dlrn_model_chosen(m->fit))->threshold);
    }
    dlrn_json_set_take(about, "image", config_image_json(&r->c.image));
    DLRN_TRY(describe_features(about, r, m, err));
    dlrn_json_set_take(about, "clinical", clinical_json(&r->nomogram_terms));
    dlrn_json_set_take(about, "fit", logit_json(&r->nomogram_fit));
    dlrn_json_set_take(about, "nomogram", dlrn_json_copy(dlrn_json_get(r->results, "nomogram")));
done:
    return st;
}

static dlrn_status add_model(writing *w, const study_model *m, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json *j = NULL;
    dlrn_blob *blob = NULL;
    size_t n = 0;
    char *text = NULL;
    DLRN_TRY(dlrn_model_save(&j, &blob, &n, m->fit, err));
    DLRN_TRY(dlrn_json_text(&text, j, 0, err));
    st = add_entry(w, "model.json", text, strlen(text), true, err);
    if (st != DLRN_OK) goto done;
    for (size_t k = 0; k < n; k++) {
        char name[96];
        char *bytes = dlrn_strndup(blob[k].bytes, blob[k].len);
        if (!bytes) {
            st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a model");
            goto done;
        }
        snprintf(name, sizeof name, "learner/%.64s", blob[k].name);
        DLRN_TRY(add_entry(w, name, bytes, blob[k].len, true, err));
    }
done:
    dlrn_blobs_free(blob, n);
    dlrn_json_free(j);
    return st;
}

/* The network's weights in the one form that the bundle reads, whatever file they came in. */
static dlrn_status add_weights(writing *w, const study_run *r, const config_deep *d,
                               dlrn_error *err)
{
    dlrn_status st;
    dlrn_weights *weights = NULL;
    char *bytes = NULL, *temp = NULL, *path = dlrn_path_join(r->c.folder, d->weights);
    size_t len;
    dlrn_str name = {0};
    dlrn_str_addf(&name, "%s/.cache/weights.safetensors", r->out);
    temp = name.s;
    if (!path || name.failed) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    DLRN_TRY(dlrn_weights_load(&weights, path, err));
    DLRN_TRY(dlrn_weights_write(weights, temp, err));
    DLRN_TRY(dlrn_read_file(&bytes, &len, temp, err));
    remove(temp);
    DLRN_TRY(add_entry(w, "weights.safetensors", bytes, len, true, err));
    bytes = NULL;
done:
    dlrn_weights_free(weights);
    free(bytes);
    free(temp);
    free(path);
    return st;
}

dlrn_status study_step_bundle(study_run *r, dlrn_error *err)
{
    dlrn_status st;
    writing w = {.sha256 = dlrn_json_object()};
    dlrn_json *about = dlrn_json_object();
    char *text = NULL, *path = dlrn_path_join(r->out, "model.dlrn");
    const study_model *m = r->nomogram_model != SIZE_MAX ? &r->model[r->nomogram_model] : NULL;
    const config_deep *d = backbone_of(r, m);
    if (!path) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
        goto done;
    }
    if (!r->nomogram_fit.beta) {
        dlrn_log(r->ex, DLRN_LOG_WARNING,
                 "without a nomogram there is no model.dlrn to predict with");
        remove(path); // of an earlier run: it would not belong to these results
        st = DLRN_OK;
        goto done;
    }
    DLRN_TRY(describe(about, r, m, err));
    if (m) DLRN_TRY(add_model(&w, m, err));
    if (d && d->weights) DLRN_TRY(add_weights(&w, r, d, err));
    dlrn_json_set_take(about, "sha256", dlrn_json_copy(w.sha256));
    DLRN_TRY(dlrn_json_text(&text, about, 2, err));
    st = add_entry(&w, "dlrn.json", text, strlen(text), true, err);
    if (st == DLRN_OK) st = dlrn_zip_write(path, w.entry, w.n, err);
done:
    writing_clear(&w);
    dlrn_json_free(about);
    free(path);
    return st;
}
