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

typedef dlrn_status class_fn(dlrn_rad_values *, const dlrn_roi *, const dlrn_levels *,
                             const dlrn_rad_texture *, dlrn_error *);

static class_fn *const class_fns[DLRN_RAD_N_CLASSES] = {
    dlrn_firstorder, dlrn_glcm, dlrn_gldm, dlrn_glrlm, dlrn_glszm, dlrn_ngtdm, NULL, NULL};

/* One image type of the case, ready for the classes. */
typedef struct prepared {
    dlrn_roi roi;
    dlrn_levels levels;
    dlrn_rad_texture texture;
} prepared;

typedef struct job {
    const dlrn_radiomics *s;
    const dlrn_rad_case *c;
    dlrn_rad_images images;
    dlrn_region region;
    size_t first;            /* image of the group at work */
    prepared *ready;         /* of the group [threads] */
    dlrn_rad_values *values; /* [images.n][n_classes] */
} job;

/* force2Ddimension counts numpy's axes of the image as it is: of a 2-D image 0 is y, 1 is x, and 2
 * is none. */
static void forced_axis(dlrn_rad_texture *t, int ndim)
{
    t->force2d_dimension += 3 - ndim;
    if (t->force2d_dimension > 2) t->force2d = false;
}

static dlrn_status prepare(void *user, size_t i, size_t w, dlrn_error *err)
{
    dlrn_status st;
    job *j = user;
    prepared *p = &j->ready[i];
    const dlrn_rad_image *im = &j->images.v[j->first + i];
    (void)w;
    dlrn_rad_texture_settings(&p->texture, j->s, im->choice);
    forced_axis(&p->texture, im->image.ndim);
    DLRN_TRY(dlrn_roi_make(&p->roi, &im->image, &j->region, err));
    DLRN_TRY(dlrn_levels_make(&p->levels, &p->roi, &p->texture, err));
done:
    return st == DLRN_OK ? st : dlrn_error_prefix(err, "%s: ", im->name);
}

static dlrn_status compute(void *user, size_t i, size_t w, dlrn_error *err)
{
    job *j = user;
    const size_t image = i / j->s->n_classes, k = i % j->s->n_classes;
    const prepared *p = &j->ready[image];
    class_fn *fn = class_fns[j->s->class_[k].id];
    dlrn_rad_values *out = &j->values[j->first * j->s->n_classes + i];
    (void)w;
    return fn ? fn(out, &p->roi, &p->levels, &p->texture, err) : DLRN_OK;
}

static void clear_group(job *j, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dlrn_roi_clear(&j->ready[i].roi);
        dlrn_levels_clear(&j->ready[i].levels);
        dlrn_rad_image_release(&j->images, j->first + i);
    }
}

/* The classes of all images; as many images at once as there are threads, for the sake of
 * memory. */
static dlrn_status compute_all(job *j, size_t threads, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t all = j->images.n;
    for (j->first = 0; j->first < all && st == DLRN_OK; j->first += threads) {
        const size_t n = all - j->first < threads ? all - j->first : threads;
        st = dlrn_parallel_for(n, (int)threads, prepare, j, err);
        if (st == DLRN_OK)
            st = dlrn_parallel_for(n * j->s->n_classes, (int)threads, compute, j, err);
        clear_group(j, n);
    }
    return st;
}

/* The image types first .. first + n, from filter to features. */
static dlrn_status some_types(dlrn_collect *out, job *j, size_t first, size_t n,
                              const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    const dlrn_radiomics *s = j->s;
    DLRN_TRY(dlrn_rad_images_make(&j->images, s, first, n, j->c, ex, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j->values, j->images.n * s->n_classes, err));
    DLRN_TRY(compute_all(j, (size_t)dlrn_exec_threads(ex), err));
    for (size_t i = 0; i < j->images.n; i++)
        for (size_t k = 0; k < s->n_classes; k++)
            if (class_fns[s->class_[k].id])
                DLRN_TRY(dlrn_collect_class(out, s, k, j->images.v[i].name,
                                            &j->values[i * s->n_classes + k], err));
done:
    free(j->values);
    j->values = NULL;
    dlrn_rad_images_clear(&j->images);
    return st;
}

static dlrn_status textures(dlrn_collect *out, const dlrn_radiomics *s, const dlrn_rad_case *c,
                            const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    job j = {.s = s, .c = c};
    const size_t threads = (size_t)dlrn_exec_threads(ex);
    // one thread goes type by type, for the sake of memory; more share what several types need
    const size_t step = threads == 1 ? 1 : 2 * threads;
    DLRN_TRY(dlrn_region_make(&j.region, &c->mask, c->lo, c->size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&j.ready, threads, err));
    for (size_t first = 0; first < s->n_images; first += step) {
        const size_t left = s->n_images - first;
        DLRN_TRY(some_types(out, &j, first, left < step ? left : step, ex, err));
    }
done:
    free(j.ready);
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

dlrn_status dlrn_radiomics_extract(dlrn_features *out, const dlrn_image *image,
                                   const dlrn_image *mask, const dlrn_radiomics *s,
                                   const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_collect c = {0};
    dlrn_rad_case one = {0};
    DLRN_TRY(dlrn_rad_case_make(&one, &c, s, image, mask, ex, err));
    DLRN_TRY(shapes(&c, s, &one, ex, err));
    DLRN_TRY(textures(&c, s, &one, ex, err));
    *out = c.f;
    c.f = (dlrn_features){0};
done:
    if (st != DLRN_OK) *out = (dlrn_features){0};
    dlrn_features_clear(&c.f);
    dlrn_rad_case_clear(&one);
    return st;
}

dlrn_status dlrn_radiomics_names(dlrn_features *out, const dlrn_radiomics *s, int ndim,
                                 const int64_t dim[3], dlrn_error *err)
{
    dlrn_status st;
    dlrn_collect c = {0};
    dlrn_rad_images images = {0};
    dlrn_rad_values v;
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
    DLRN_TRY(dlrn_rad_image_names(&images, s, ndim, dim, err));
    for (size_t i = 0; i < images.n; i++)
        for (size_t k = 0; k < s->n_classes; k++)
            if (class_fns[s->class_[k].id])
                DLRN_TRY(dlrn_collect_class(&c, s, k, images.v[i].name, &v, err));
    *out = c.f;
    c.f = (dlrn_features){0};
done:
    if (st != DLRN_OK) *out = (dlrn_features){0};
    dlrn_features_clear(&c.f);
    dlrn_rad_images_clear(&images);
    return st;
}
