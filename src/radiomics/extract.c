/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of one case: checks, image types, region, levels, classes, names.
 */
#include "radiomics/collect.h"
#include "radiomics/images.h"
#include "radiomics/roi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef dlrn_status class_fn(dlrn_rad_values *, const dlrn_levels *, const dlrn_rad_texture *,
                             dlrn_error *);

static class_fn *const texture_fns[DLRN_RAD_N_CLASSES] = {
    NULL, dlrn_glcm, dlrn_gldm, dlrn_glrlm, dlrn_glszm, dlrn_ngtdm, NULL, NULL};

/* One image of the case, on its way to the classes. */
typedef struct prepared {
    dlrn_rad_image im;
    dlrn_roi roi;
    dlrn_levels levels;
    dlrn_rad_texture texture;
    bool ready; /* levels and first order are made; the pixels are gone */
} prepared;

typedef struct job {
    const dlrn_radiomics *s;
    dlrn_region region;
    dlrn_collect *out;
    size_t threads;
    prepared *ready; /* [threads] */
    size_t n;
    dlrn_rad_values *values; /* [threads][n_classes] */
} job;

/* force2Ddimension counts numpy's axes of the image as it is: of a 2-D image 0 is y, 1 is x, and 2
 * is none. */
static void forced_axis(dlrn_rad_texture *t, int ndim)
{
    t->force2d_dimension += 3 - ndim;
    if (t->force2d_dimension > 2) t->force2d = false;
}

/* Levels and first order: all that is made of the pixels, which go. */
static dlrn_status prepare(void *user, size_t i, size_t w, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    job *j = user;
    prepared *p = &j->ready[i];
    (void)w;
    if (p->ready) return DLRN_OK;
    dlrn_rad_texture_settings(&p->texture, j->s, p->im.choice);
    forced_axis(&p->texture, p->im.image.ndim);
    DLRN_TRY(dlrn_roi_make(&p->roi, &p->im.image, &j->region, (int)j->threads, err));
    DLRN_TRY(dlrn_levels_make(&p->levels, &p->roi, &p->texture, err));
    for (size_t k = 0; k < j->s->n_classes; k++)
        if (j->s->class_[k].id == DLRN_RAD_FIRSTORDER)
            DLRN_TRY(dlrn_firstorder(&j->values[i * j->s->n_classes + k], &p->roi, &p->levels,
                                     &p->texture, err));
    dlrn_roi_clear(&p->roi);
    dlrn_rad_image_clear(&p->im);
    p->ready = true;
done:
    if (st != DLRN_OK) dlrn_error_prefix(err, "%s: ", p->im.name);
    return st;
}

static dlrn_status compute(void *user, size_t i, size_t w, dlrn_error *err)
{
    job *j = user;
    const prepared *p = &j->ready[i / j->s->n_classes];
    class_fn *fn = texture_fns[j->s->class_[i % j->s->n_classes].id];
    (void)w;
    return fn ? fn(&j->values[i], &p->levels, &p->texture, err) : DLRN_OK;
}

/* All classes of one image: its levels stay near the one processor. */
static dlrn_status prepare_and_compute(void *user, size_t i, size_t w, dlrn_error *err)
{
    const job *j = user;
    dlrn_status st = prepare(user, i, w, err);
    for (size_t k = 0; k < j->s->n_classes && st == DLRN_OK; k++)
        st = compute(user, i * j->s->n_classes + k, w, err);
    return st;
}

/* Whether class k looks at grey values. */
static bool of_pixels(const dlrn_radiomics *s, size_t k)
{
    const dlrn_rad_class id = s->class_[k].id;
    return id == DLRN_RAD_FIRSTORDER || texture_fns[id];
}

static void clear_ready(job *j)
{
    for (size_t i = 0; i < j->n; i++) {
        dlrn_roi_clear(&j->ready[i].roi);
        dlrn_levels_clear(&j->ready[i].levels);
        dlrn_rad_image_clear(&j->ready[i].im);
    }
    j->n = 0;
}

/* The classes of the images that wait: an image for each thread, or the classes of the last ones
 * shared out. */
static dlrn_status compute_ready(job *j, dlrn_error *err)
{
    dlrn_status st;
    const int threads = (int)j->threads;
    const size_t n_classes = j->s->n_classes;
    if (j->n == j->threads) {
        DLRN_TRY(dlrn_parallel_for(j->n, threads, prepare_and_compute, j, err));
    } else {
        DLRN_TRY(dlrn_parallel_for(j->n, threads, prepare, j, err));
        DLRN_TRY(dlrn_parallel_for(j->n * n_classes, threads, compute, j, err));
    }
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < n_classes; k++)
            if (of_pixels(j->s, k))
                DLRN_TRY(dlrn_collect_class(j->out, j->s, k, j->ready[i].im.name,
                                            &j->values[i * n_classes + k], err));
done:
    clear_ready(j);
    return st;
}

/* The pixels of a large image do not wait: all threads share the work on them. */
static bool at_once(const job *j)
{
    return j->region.n_blocks > 1;
}

static dlrn_status take_image(void *user, const dlrn_rad_image *im, dlrn_error *err)
{
    job *j = user;
    dlrn_status st = DLRN_OK;
    const size_t i = j->n++, n_classes = j->s->n_classes;
    j->ready[i] = (prepared){.im = *im};
    memset(&j->values[i * n_classes], 0, n_classes * sizeof *j->values);
    if (at_once(j)) DLRN_TRY(prepare(j, i, 0, err));
    if (j->n == j->threads) DLRN_TRY(compute_ready(j, err));
done:
    return st;
}

/* Whether any class looks at grey values. */
static bool wants_pixels(const dlrn_radiomics *s)
{
    bool any = false;
    for (size_t k = 0; k < s->n_classes; k++)
        any = any || of_pixels(s, k);
    return any;
}

static dlrn_status textures(dlrn_collect *out, const dlrn_radiomics *s, const dlrn_rad_case *c,
                            const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    job j = {.s = s, .out = out, .threads = (size_t)dlrn_exec_threads(ex)};
    DLRN_TRY(dlrn_region_make(&j.region, &c->mask, c->lo, c->size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j.ready, j.threads, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j.values, j.threads * s->n_classes, err));
    DLRN_TRY(dlrn_rad_each_image(s, c, at_once(&j), take_image, &j, ex, err));
    DLRN_TRY(compute_ready(&j, err));
done:
    clear_ready(&j);
    free(j.ready);
    free(j.values);
    dlrn_region_clear(&j.region);
    return st;
}

static dlrn_status shapes(dlrn_collect *out, const dlrn_radiomics *s, const dlrn_rad_case *c,
                          const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    // shape before shape2D, wherever the parameter file names them
    for (int id = DLRN_RAD_SHAPE; id <= DLRN_RAD_SHAPE2D; id++)
        for (size_t k = 0; k < s->n_classes; k++) {
            dlrn_rad_values v = {0};
            bool has;
            if ((int)s->class_[k].id != id) continue;
            DLRN_TRY(dlrn_rad_shape(&has, &v, s, c, (dlrn_rad_class)id, ex, err));
            if (has) DLRN_TRY(dlrn_collect_class(out, s, k, "original", &v, err));
        }
done:
    return st;
}

static dlrn_status extract(dlrn_features *out, const dlrn_rad_input *in, const dlrn_radiomics *s,
                           const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_collect c = {0};
    dlrn_rad_case one = {0};
    DLRN_TRY(dlrn_rad_case_make(&one, &c, s, in, ex, err));
    DLRN_TRY(shapes(&c, s, &one, ex, err));
    if (wants_pixels(s)) DLRN_TRY(textures(&c, s, &one, ex, err));
    *out = c.f;
    c.f = (dlrn_features){0};
done:
    if (st != DLRN_OK) *out = (dlrn_features){0};
    dlrn_features_clear(&c.f);
    dlrn_rad_case_clear(&one);
    return st;
}

dlrn_status dlrn_radiomics_extract(dlrn_features *out, const dlrn_image *image,
                                   const dlrn_image *mask, const dlrn_radiomics *s,
                                   const dlrn_exec *ex, dlrn_error *err)
{
    return extract(out, &(dlrn_rad_input){image, mask, NULL, NULL}, s, ex, err);
}

dlrn_status dlrn_radiomics_extract_files(dlrn_features *out, const char *image_path,
                                         const char *mask_path, const dlrn_radiomics *s,
                                         const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image image = {0}, mask = {0};
    const dlrn_rad_input in = {&image, &mask, &image, &mask};
    *out = (dlrn_features){0};
    DLRN_TRY(dlrn_image_read_stored(&image, image_path, -1, err));
    DLRN_TRY(dlrn_image_read_stored(&mask, mask_path, dlrn_radiomics_label_channel(s), err));
    st = extract(out, &in, s, ex, err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "%s, mask %s: ", image_path, mask_path);
done:
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask);
    return st;
}

typedef struct naming {
    const dlrn_radiomics *s;
    dlrn_collect *out;
    const dlrn_rad_values *none;
} naming;

static dlrn_status name_classes(void *user, const dlrn_rad_image *im, dlrn_error *err)
{
    const naming *n = user;
    dlrn_status st = DLRN_OK;
    dlrn_rad_image own = *im;
    for (size_t k = 0; k < n->s->n_classes && st == DLRN_OK; k++)
        if (of_pixels(n->s, k)) st = dlrn_collect_class(n->out, n->s, k, im->name, n->none, err);
    dlrn_rad_image_clear(&own);
    return st;
}

dlrn_status dlrn_radiomics_names(dlrn_features *out, const dlrn_radiomics *s, int ndim,
                                 const int64_t dim[3], dlrn_error *err)
{
    dlrn_status st;
    dlrn_collect c = {0};
    dlrn_rad_values v;
    naming names = {s, &c, &v};
    bool has;
    for (int k = 0; k < DLRN_RAD_MAX_FEATURES; k++) {
        v.v[k] = NAN;
        v.why[k] = "not computed";
    }
    for (int id = DLRN_RAD_SHAPE; id <= DLRN_RAD_SHAPE2D; id++)
        for (size_t k = 0; k < s->n_classes; k++) {
            if ((int)s->class_[k].id != id) continue;
            dlrn_rad_has_shape(&has, s, ndim, dim, (dlrn_rad_class)id);
            if (has) DLRN_TRY(dlrn_collect_class(&c, s, k, "original", &v, err));
        }
    DLRN_TRY(dlrn_rad_each_name(s, ndim, dim, name_classes, &names, err));
    *out = c.f;
    c.f = (dlrn_features){0};
done:
    if (st != DLRN_OK) *out = (dlrn_features){0};
    dlrn_features_clear(&c.f);
    return st;
}
