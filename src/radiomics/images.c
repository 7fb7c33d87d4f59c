/* SPDX-License-Identifier: Apache-2.0
 *
 * The images that the enabled image types make of a case.
 */
#include "radiomics/images.h"

#include "radiomics/filters.h"

#include <stdlib.h>
#include <string.h>

/* What filters work on; lo, size: the box whose values are wanted, NULL: all. */
typedef struct source {
    const dlrn_image *image;
    const int64_t *lo, *size;
    const uint8_t *region;
    const dlrn_exec *ex;
} source;

void dlrn_rad_image_release(dlrn_rad_images *images, size_t i)
{
    if (images->v[i].owned) dlrn_image_clear(&images->v[i].image);
    images->v[i].owned = false;
}

void dlrn_rad_images_clear(dlrn_rad_images *images)
{
    for (size_t i = 0; i < images->n; i++)
        dlrn_rad_image_release(images, i);
    free(images->v);
    *images = (dlrn_rad_images){0};
}

static dlrn_status add(dlrn_rad_images *out, const char *name, const dlrn_image *image,
                       size_t choice, dlrn_error *err)
{
    const dlrn_status st = dlrn_grow(&out->v, &out->cap, out->n + 1, sizeof *out->v, err);
    if (st != DLRN_OK) return st;
    dlrn_rad_image *im = &out->v[out->n++];
    *im = (dlrn_rad_image){.choice = choice};
    if (image) im->image = *image;
    snprintf(im->name, sizeof im->name, "%s", name);
    return DLRN_OK;
}

/* Filters' options from the settings of image choice i; sigma[] holds the scales. */
static void filter_options(dlrn_filter_opts *o, dlrn_sigma *sigma, const dlrn_radiomics *s,
                           size_t i)
{
    const dlrn_rad_value *scales = dlrn_rad_get(s, i, DLRN_RAD_SIGMA);
    *o = (dlrn_filter_opts){.sigma = sigma, .n_sigma = scales->null ? 0 : scales->n};
    for (size_t k = 0; k < o->n_sigma; k++)
        sigma[k] = (dlrn_sigma){scales->v[k], scales->whole[k]};
    o->wavelet = dlrn_rad_word(s, i, DLRN_RAD_WAVELET);
    o->level = (int)dlrn_rad_number(s, i, DLRN_RAD_LEVEL);
    o->start_level = (int)dlrn_rad_number(s, i, DLRN_RAD_START_LEVEL);
    o->no_gradient_spacing = !dlrn_rad_bool(s, i, DLRN_RAD_GRADIENT_USE_SPACING);
    o->lbp2d_radius = dlrn_rad_number(s, i, DLRN_RAD_LBP2D_RADIUS);
    o->lbp2d_samples = (int)dlrn_rad_number(s, i, DLRN_RAD_LBP2D_SAMPLES);
    o->lbp2d_method = dlrn_rad_word(s, i, DLRN_RAD_LBP2D_METHOD);
    o->lbp3d_levels = (int)dlrn_rad_number(s, i, DLRN_RAD_LBP3D_LEVELS);
    o->lbp3d_radius = dlrn_rad_number(s, i, DLRN_RAD_LBP3D_ICOSPHERE_RADIUS);
    o->lbp3d_subdivision = (int)dlrn_rad_number(s, i, DLRN_RAD_LBP3D_ICOSPHERE_SUBDIVISION);
    o->force2d = dlrn_rad_bool(s, i, DLRN_RAD_FORCE_2D);
    o->force2d_dimension = (int)dlrn_rad_number(s, i, DLRN_RAD_FORCE_2D_DIMENSION);
}

/* One filtered image type: each of its images is taken over from the filter. */
static dlrn_status add_filtered(dlrn_rad_images *out, const dlrn_radiomics *s, size_t i,
                                const source *from, dlrn_error *err)
{
    dlrn_status st;
    dlrn_filter_opts o;
    dlrn_sigma sigma[DLRN_RAD_MAX_LIST];
    dlrn_filtered f = {0};
    filter_options(&o, sigma, s, i);
    if (s->image[i].type == DLRN_RAD_LOG && !o.n_sigma)
        dlrn_log(from->ex, DLRN_LOG_WARNING,
                 "LoG has no sigma, so it gives no image: add one, as LoG: {sigma: [1.0]}");
    o.lo = from->lo;
    o.size = from->size;
    o.region = from->region;
    DLRN_TRY(dlrn_filter_apply(&f, from->image, dlrn_rad_image_type_names[s->image[i].type], &o,
                               from->ex, err));
    for (size_t k = 0; k < f.n; k++) {
        DLRN_TRY(add(out, f.v[k].name, &f.v[k].image, i, err));
        out->v[out->n - 1].owned = true;
        f.v[k].image.v = NULL;
    }
done:
    dlrn_filtered_clear(&f);
    return st;
}

static dlrn_status make_one(dlrn_rad_images *out, const dlrn_radiomics *s, size_t i,
                            const source *from, dlrn_error *err)
{
    return s->image[i].type == DLRN_RAD_ORIGINAL ? add(out, "original", from->image, i, err)
                                                 : add_filtered(out, s, i, from, err);
}

/* Image types side by side. */
typedef struct job {
    const dlrn_radiomics *s;
    const source *from;
    size_t first;
    dlrn_rad_images *made; /* of each type */
} job;

static dlrn_status make_item(void *user, size_t i, size_t worker, dlrn_error *err)
{
    const job *j = user;
    (void)worker;
    return make_one(&j->made[i], j->s, j->first + i, j->from, err);
}

/* Images of the types first .. first + n, in their order. */
static dlrn_status make(dlrn_rad_images *out, const dlrn_radiomics *s, size_t first, size_t n,
                        const source *from, dlrn_error *err)
{
    dlrn_status st;
    job j = {s, from, first, NULL};
    DLRN_TRY(dlrn_alloc_or_fail(&j.made, n, err));
    DLRN_TRY(dlrn_parallel_for(n, dlrn_exec_threads(from->ex), make_item, &j, err));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < j.made[i].n; k++) {
            dlrn_rad_image *im = &j.made[i].v[k];
            DLRN_TRY(add(out, im->name, &im->image, im->choice, err));
            out->v[out->n - 1].owned = im->owned;
            im->owned = false;
        }
done:
    for (size_t i = 0; j.made && i < n; i++)
        dlrn_rad_images_clear(&j.made[i]);
    free(j.made);
    return st;
}

dlrn_status dlrn_rad_images_make(dlrn_rad_images *out, const dlrn_radiomics *s, size_t first,
                                 size_t n, const dlrn_rad_case *c, const dlrn_exec *ex,
                                 dlrn_error *err)
{
    const source from = {&c->image, c->lo, c->size, c->mask.v, ex};
    return make(out, s, first, n, &from, err);
}

dlrn_status dlrn_rad_image_names(dlrn_rad_images *out, const dlrn_radiomics *s, int ndim,
                                 const int64_t dim[3], dlrn_error *err)
{
    // the filters name what they make, so they are run on a small image of the same kind
    dlrn_status st;
    dlrn_image im = {0};
    int64_t small[3];
    const bool slice = dim[2] == 1 && dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_SLICE_AS_2D);
    const int64_t most = ndim == 2 || dim[2] == 1 ? 64 : 32;
    for (int k = 0; k < 3; k++)
        small[k] = dim[k] < most ? dim[k] : most;
    DLRN_TRY(dlrn_image_alloc(&im, slice ? 2 : ndim, small, err));
    const int64_t lo[3] = {0, 0, 0}, one[3] = {1, 1, 1};
    const source from = {&im, lo, one, NULL, NULL};
    DLRN_TRY(make(out, s, 0, s->n_images, &from, err));
    for (size_t i = 0; i < out->n; i++)
        dlrn_rad_image_release(out, i);
done:
    dlrn_image_clear(&im);
    return st;
}
