/* SPDX-License-Identifier: Apache-2.0
 *
 * The frozen model's word on a new case.
 */
#include "study/bundle.h"
#include "study/case_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void dlrn_case_result_clear(dlrn_case_result *p)
{
    dlrn_json_free(p->terms);
    dlrn_json_free(p->notes);
    *p = (dlrn_case_result){0};
}

/* The features that the pipeline reads, found by name among what was computed. */
typedef struct gathered {
    double *row;  /* [p], in the pipeline's order */
    bool *filled; /* [p] */
    size_t p, left;
    const dlrn_pipeline *pipeline;
} gathered;

static void gather(gathered *g, const char *name, double value)
{
    for (size_t k = 0; k < g->p; k++) {
        if (g->filled[k] || strcmp(dlrn_pipeline_column(g->pipeline, k), name) != 0) continue;
        g->row[k] = isfinite(value) ? value : (double)NAN;
        g->filled[k] = true;
        g->left--;
        return;
    }
}

static dlrn_status gather_radiomics(gathered *g, const dlrn_bundle *b, const case_image *im,
                                    int64_t label, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_radiomics *own = NULL;
    dlrn_features f = {0};
    DLRN_TRY(case_image_settings(&own, b->radiomics, im, label, b->image.spacing, err));
    DLRN_TRY(dlrn_radiomics_extract(&f, &im->image, &im->labels, own, ex, err));
    for (size_t j = 0; j < f.n; j++)
        gather(g, f.name[j], f.value[j]);
done:
    dlrn_features_clear(&f);
    dlrn_radiomics_free(own);
    return st;
}

static dlrn_status gather_deep(gathered *g, const dlrn_bundle *b, const case_image *im,
                               const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    float *crop = NULL, out[DLRN_DEEP_FEATURES];
    dlrn_crop_opts o = DLRN_CROP_DEFAULTS;
    o.margin = b->deep.margin;
    o.size = (int)b->deep.size;
    o.window[0] = b->deep.window[0];
    o.window[1] = b->deep.window[1];
    DLRN_TRY(dlrn_crop_square(&crop, &im->image, &im->mask, &o, err));
    DLRN_TRY(dlrn_network_features(out, b->network, crop, 1, o.size, b->normalise, ex, err));
    for (size_t j = 0; j < DLRN_DEEP_FEATURES; j++) {
        char name[160];
        snprintf(name, sizeof name, "deep_%.100s_%04zu", b->deep.name, j);
        gather(g, name, (double)out[j]);
    }
done:
    free(crop);
    return st;
}

static dlrn_status check_can_compute(const dlrn_bundle *b, const dlrn_case *c, dlrn_error *err)
{
    const bool radiomics_table = dlrn_json_get_bool(b->about, "radiomics_table", false);
    if (radiomics_table || (b->deep.name && !b->network))
        return dlrn_fail(err, DLRN_EUNSUPPORTED,
                         "%s was trained on a feature table that was computed elsewhere; it cannot "
                         "compute these features from an image",
                         b->path);
    if (!c->image || !c->mask)
        return dlrn_fail(err, DLRN_EINVAL,
                         "this model needs an image and its mask: --image FILE --mask FILE, or "
                         "the columns image and mask of a batch");
    return DLRN_OK;
}

/* Nobody knows how large the pixels of such an image are beside those of training. */
static dlrn_status check_spacing(const dlrn_bundle *b, const dlrn_image *im, const char *path,
                                 dlrn_error *err)
{
    if (!b->radiomics || !(b->image.spacing > 0) || im->spacing_known) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL,
                     "%s: the image has no pixel spacing, so it cannot be brought to the %g mm of "
                     "this model: give a file that has it (DICOM, NIfTI, NRRD or MetaImage)",
                     path, b->image.spacing);
}

static dlrn_status signature_of(double *signature, const dlrn_bundle *b, const dlrn_case *c,
                                const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    case_image im = {0};
    gathered g = {.pipeline = dlrn_model_pipeline(b->model)};
    g.p = g.left = dlrn_pipeline_size(g.pipeline);
    DLRN_TRY(check_can_compute(b, c, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.row, g.p, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.filled, g.p, err));
    DLRN_TRY(case_image_read(&im, &b->image, c->image, c->mask, c->label, c->facing, err));
    DLRN_TRY(check_spacing(b, &im.image, c->image, err));
    if (b->radiomics) DLRN_TRY(gather_radiomics(&g, b, &im, c->label, ex, err));
    if (b->network) DLRN_TRY(gather_deep(&g, b, &im, ex, err));
    if (g.left) {
        st = dlrn_fail(err, DLRN_EFORMAT,
                       "%s: %zu of its features are not among those that this program computes "
                       "from its settings",
                       b->path, g.left);
        goto done;
    }
    const dlrn_prediction out = {.probability = signature};
    DLRN_TRY(dlrn_model_predict(&out, b->model, b->learner, g.row, 1, g.p, b->source, err));
done:
    case_image_clear(&im);
    free(g.filled);
    free(g.row);
    return st;
}

static const char *value_of(const dlrn_case *c, const char *column)
{
    for (size_t k = 0; k < c->n; k++)
        if (!strcmp(c->name[k], column)) return c->value[k];
    return "";
}

static void add_note(dlrn_case_result *out, const clinical_term *t, clinical_note note,
                     const char *text)
{
    char message[400], lo[32], hi[32];
    switch (note) {
    case CLINICAL_IMPUTED:
        snprintf(message, sizeof message, "%s is missing: the training %s stands in", t->column,
                 t->kind == CLINICAL_NUMBER ? "median" : "mode");
        break;
    case CLINICAL_UNKNOWN:
        snprintf(message, sizeof message,
                 "%s: '%s' did not occur in training: the most frequent level stands in", t->column,
                 text);
        break;
    case CLINICAL_OUT_OF_RANGE:
        snprintf(message, sizeof message, "%s: %s is outside the training range %s to %s",
                 t->column, text, dlrn_format_double(lo, t->lo), dlrn_format_double(hi, t->hi));
        break;
    default: return;
    }
    dlrn_json_append_take(out->notes, dlrn_json_string(message));
}

/* Points of one term at a design contribution, on the scale of the nomogram: its widest term spans
 * 100 points, the least value of each term gives 0. */
static double points_of(const dlrn_bundle *b, const char *term, double contribution)
{
    const dlrn_json *scale = dlrn_json_get(dlrn_json_get(b->about, "nomogram"), "scale");
    const dlrn_json *least = dlrn_json_get(scale, "least");
    const double unit = dlrn_json_get_number(scale, "points_per_logit", (double)NAN);
    return (contribution - dlrn_json_get_number(least, term, (double)NAN)) * unit;
}

/* What stands in for a value that is missing or unknown. */
static const char *stand_in(char text[32], const clinical_term *t)
{
    if (t->kind == CLINICAL_CATEGORY) return t->level.v[(size_t)t->impute];
    snprintf(text, 32, "%.6g", t->log1p ? expm1(t->impute) : t->impute);
    return text;
}

static void add_term(dlrn_case_result *out, const dlrn_bundle *b, const char *name,
                     const char *value, bool imputed, double contribution)
{
    dlrn_json *j = dlrn_json_object();
    const double points = points_of(b, name, contribution);
    dlrn_json_set_string(j, "name", name);
    dlrn_json_set_string(j, "value", value);
    dlrn_json_set_bool(j, "imputed", imputed);
    dlrn_json_set_number(j, "contribution", contribution);
    dlrn_json_set_number(j, "points", points);
    dlrn_json_append_take(out->terms, j);
    out->points += points;
}

static dlrn_status encode_clinical(dlrn_case_result *out, double *x, const dlrn_bundle *b,
                                   const dlrn_case *c, dlrn_error *err)
{
    const size_t offset = b->model != NULL;
    for (size_t k = 0; k < b->clinical.n; k++) {
        const clinical_term *t = &b->clinical.term[k];
        const char *text = value_of(c, t->column);
        char instead[32];
        clinical_note note;
        const dlrn_status st = clinical_encode(x + offset + t->first, &note, t, text, err);
        if (st != DLRN_OK) return st;
        double contribution = 0;
        for (size_t q = 0; q < t->width; q++) {
            const size_t j = offset + t->first + q;
            contribution += b->nomogram.beta[j + 1] * x[j];
        }
        add_note(out, t, note, text);
        const bool imputed = note == CLINICAL_IMPUTED || note == CLINICAL_UNKNOWN;
        add_term(out, b, t->column, imputed ? stand_in(instead, t) : text, imputed, contribution);
    }
    return DLRN_OK;
}

static dlrn_status no_term(const char *name, const char *const *known, size_t n, dlrn_error *err)
{
    const char *near = dlrn_nearest(name, known, n);
    dlrn_str list = {0};
    for (size_t k = 0; k < n; k++)
        dlrn_str_addf(&list, "%s%s", k ? ", " : "", known[k]);
    const dlrn_status st =
        near ? dlrn_fail(err, DLRN_EINVAL, "this model has no term '%s'; did you mean '%s'?", name,
                         near)
             : dlrn_fail(err, DLRN_EINVAL, "this model has no term '%s'; it has %s", name,
                         n ? dlrn_str_get(&list) : "none");
    dlrn_str_clear(&list);
    return st;
}

static dlrn_status check_names(const dlrn_bundle *b, const dlrn_case *c, dlrn_error *err)
{
    const char *known[64];
    const size_t n = b->clinical.n < 64 ? b->clinical.n : 64;
    for (size_t k = 0; k < n; k++)
        known[k] = b->clinical.term[k].column;
    for (size_t i = 0; i < c->n; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found = found || !strcmp(known[k], c->name[i]);
        if (found) continue;
        return no_term(c->name[i], known, n, err);
    }
    return DLRN_OK;
}

dlrn_status dlrn_predict(dlrn_case_result *out, const dlrn_bundle *b, const dlrn_case *c,
                         const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    double *x = NULL;
    *out = (dlrn_case_result){
        .signature = (double)NAN, .terms = dlrn_json_array(), .notes = dlrn_json_array()};
    DLRN_TRY(check_names(b, c, err));
    DLRN_TRY(dlrn_alloc_or_fail(&x, b->nomogram.p, err));
    if (b->model) {
        char value[32];
        DLRN_TRY(signature_of(&out->signature, b, c, ex, err));
        x[0] = logit_of_signature(out->signature, b->n_train);
        add_term(out, b, "signature", dlrn_format_double(value, out->signature), false,
                 b->nomogram.beta[1] * x[0]);
    }
    DLRN_TRY(encode_clinical(out, x, b, c, err));
    out->probability = logit_probability(logit_linear(&b->nomogram, x));
    out->threshold = b->nomogram.threshold;
    out->positive = out->probability >= out->threshold;
done:
    free(x);
    if (st != DLRN_OK) dlrn_case_result_clear(out);
    return st;
}
